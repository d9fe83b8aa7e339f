"""What keeps numbers along a trajectory from limits of which a formula holds: a closed set that they never leave."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError


def missed(said: Boolean, names: AbstractSet[sp.Basic], level: sp.Expr) -> Boolean:
    """That the numbers called ``names`` miss a formula by at least ``level``.

    The set of such numbers is closed, since both sides of each relation are continuous; where ``level`` is positive the
    formula holds of none of them.  So numbers that miss it at every time have no limits of which it holds.

    Raises:
        CertificateError: a side of a relation is not seen to be continuous, or the formula is no relation at all.
    """
    if isinstance(said, sp.And):
        return sp.Or(*[missed(argument, names, level) for argument in said.args], evaluate=False)
    if isinstance(said, sp.Or):
        return sp.And(*[missed(argument, names, level) for argument in said.args], evaluate=False)
    if not isinstance(said, sp.Eq | sp.Le | sp.Lt | sp.Ge | sp.Gt):
        raise CertificateError(f"{said} is no relation that numbers could miss by some distance")
    left, right = said.args
    if not (_continuous(left, names) and _continuous(right, names)):
        raise CertificateError(f"{said} is not seen to be continuous")
    if isinstance(said, sp.Ge | sp.Gt):
        left, right = right, left
    excess = sp.Add(left, sp.Mul(-1, right, evaluate=False), evaluate=False)
    return sp.Ge(sp.Abs(excess) if isinstance(said, sp.Eq) else excess, level, evaluate=False)


def _continuous(expression: sp.Basic, names: AbstractSet[sp.Basic]) -> bool:
    """Whether an expression is continuous in some numbers, whatever they are."""
    if expression in names or not expression.free_symbols & names:
        return True
    if isinstance(expression, sp.Pow):
        return bool(expression.exp.is_Integer and expression.exp > 0) and _continuous(expression.base, names)
    built = isinstance(expression, sp.Add | sp.Mul | sp.Abs | sp.Max | sp.Min)
    return built and all(_continuous(argument, names) for argument in expression.args)


__all__ = ["missed"]
