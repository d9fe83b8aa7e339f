"""That a formula holds, or fails to, as nested ("and", ...), ("or", ...) of relations that are true, and so defined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from verify.errors import CertificateError
from verify.kernel.functions import definedness, ring_of

_NEGATED = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le, sp.Eq: sp.Ne, sp.Ne: sp.Eq}


def conjunction(parts: Sequence[Any]) -> tuple[str, list[Any]]:
    """All of the parts."""
    return ("and", list(parts))


def disjunction(parts: Sequence[Any]) -> tuple[str, list[Any]]:
    """One of the parts."""
    return ("or", list(parts))


def holds(formula: sp.Basic, truth: bool = True) -> Any:
    """The formula has the value ``truth``: nested ("and", ...), ("or", ...) of relations, each true and so defined."""
    if formula in (sp.true, sp.false):
        return conjunction([]) if (formula is sp.true) is truth else disjunction([])
    if isinstance(formula, sp.Not):
        return holds(formula.args[0], not truth)
    if isinstance(formula, sp.And | sp.Or):
        together = conjunction if isinstance(formula, sp.And) is truth else disjunction
        return together([holds(part, truth) for part in formula.args])
    if isinstance(formula, sp.Implies):
        first, second = formula.args
        if truth:
            return disjunction([fails(first), holds(second)])
        return conjunction([holds(first), holds(second, False)])
    if isinstance(formula, sp.Equivalent):
        together = conjunction if truth else disjunction
        return together([holds(part, truth) for part in ring_of(formula)])
    return literal(formula, truth)


def fails(formula: sp.Basic, truth: bool = True, defined: bool = False) -> Any:
    """The formula has another value than ``truth``, or none.

    Args:
        defined: that the formula has a value is known (proved apart), so having none is no case.
    """
    if formula in (sp.true, sp.false):
        return holds(formula, not truth)
    if isinstance(formula, sp.Not):
        return fails(formula.args[0], not truth, defined)
    if isinstance(formula, sp.And | sp.Or):
        together = disjunction if isinstance(formula, sp.And) is truth else conjunction
        return together([fails(part, truth, defined) for part in formula.args])
    if isinstance(formula, sp.Implies):
        first, second = formula.args
        if truth:
            return conjunction([holds(first), fails(second, True, defined)])
        return disjunction([fails(first), fails(second, False, defined)])
    if isinstance(formula, sp.Equivalent):
        together = disjunction if truth else conjunction
        return together([fails(part, truth, defined) for part in ring_of(formula)])
    negation = literal(formula, not truth)
    if defined:
        return negation
    return disjunction([negation, *[holds(condition, False) for condition in definedness(formula)]])


def literal(formula: sp.Basic, truth: bool) -> Relational:
    """The relation, or its negation.

    Raises:
        CertificateError: the formula is no relation.
    """
    if not isinstance(formula, Relational) or type(formula) not in _NEGATED:
        raise CertificateError(f"{formula} is no algebraic relation")
    return formula if truth else _NEGATED[type(formula)](*formula.args, evaluate=False)


__all__ = ["conjunction", "disjunction", "fails", "holds", "literal"]
