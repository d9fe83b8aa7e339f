"""What deserves a name or a line of its own in a long formula: slopes, norms, and sums that occur more than once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp

from verify.statement.loss import Gradient, HessianProduct, LossMinimum, LossValue, Minimizer, Projection, ScalarLoss
from verify.statement.vectors import Norm, is_vector

#: Quantities that a reader knows by their own notation.
SHOWN = (Gradient, HessianProduct, LossValue, LossMinimum, Minimizer, Projection, ScalarLoss, sp.Derivative, Norm)


def landmarks(expressions: Sequence[sp.Basic]) -> list[sp.Basic]:
    """The nodes that deserve a line of their own, inner nodes first."""
    counts: dict[sp.Basic, int] = {}
    arguments: set[sp.Basic] = set()
    order: dict[sp.Basic, None] = {}

    def visit(node: sp.Basic) -> None:
        counts[node] = counts.get(node, 0) + 1
        if counts[node] > 1:
            return
        if isinstance(node, sp.Pow) and node.exp.is_Rational and node.exp.is_negative:
            visit(sp.Pow(node.base, -node.exp))
            return
        children = _children(node)
        for child in children:
            visit(child)
        if isinstance(node, SHOWN):
            arguments.update(children)
        order[node] = None

    for expression in expressions:
        visit(expression)
    return [node for node in order if _deserves_a_line(node, counts, arguments)]


def _children(node: sp.Basic) -> tuple[sp.Basic, ...]:
    """The arguments that stand for quantities: not the name of a loss, not the order of a derivative."""
    if isinstance(node, sp.Derivative | LossMinimum | Minimizer):
        return ()
    if isinstance(node, ScalarLoss):
        return tuple(node.args[2:])
    if isinstance(node, Gradient | HessianProduct | LossValue | Projection):
        return tuple(node.args[1:])
    return tuple(node.args)


def _deserves_a_line(node: sp.Basic, counts: Mapping[sp.Basic, int], arguments: set[sp.Basic]) -> bool:
    if isinstance(node, SHOWN):
        return True
    if not node.free_symbols:
        return False
    composed = isinstance(node, sp.Add) or (isinstance(node, sp.Mul | sp.Pow) and node.has(*SHOWN))
    root = isinstance(node, sp.Pow) and node.exp == sp.Rational(1, 2)
    repeated = counts[node] > 1 and (root or isinstance(node, sp.Add))
    return (composed and node in arguments) or repeated


def alias(node: sp.Basic, number: int) -> str:
    """The name of the number-th auxiliary quantity."""
    return rf"v_{{{number}}}" if is_vector(node) else rf"a_{{{number}}}"
