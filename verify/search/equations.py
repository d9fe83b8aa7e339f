"""Equations among the assumptions, solved for a coordinate: hardly a point meets them by chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from verify.statement.claim import Claim
from verify.statement.domain import Domain, linear_in


@dataclass(frozen=True)
class Equation:
    """The coordinate that an equation is solved for: its value, or that of its square, in terms of the others."""

    symbol: sp.Symbol
    solution: sp.Expr
    squared: bool


def equations_of(claim: Claim, domain: Domain) -> list[Equation]:
    """The equations among a claim's assumptions that are linear in a coordinate or in its square.

    Each is solved for a coordinate of its own, the last that serves.
    """
    free = [coordinate.symbol for coordinate in domain.coordinates]
    found: list[Equation] = []
    for formula in domain.rest:
        if not isinstance(formula, sp.Eq):
            continue
        difference = formula.lhs - formula.rhs
        for _ in claim.define:
            difference = difference.xreplace(dict(claim.define))
        if difference.free_symbols <= {coordinate.symbol for coordinate in domain.coordinates}:
            solved = next((one for s in reversed(free) if (one := _solved(difference, s))), None)
            if solved is not None:
                free.remove(solved.symbol)
                found.append(solved)
    return found


def _solved(difference: sp.Expr, symbol: sp.Symbol) -> Equation | None:
    square = sp.Dummy("square")
    for squared in (False, True):
        unknown = square if squared else symbol
        terms = linear_in(sp.expand(difference).xreplace({symbol**2: square}) if squared else difference, unknown)
        if terms is not None and symbol not in (terms[0] + terms[1]).free_symbols:
            return Equation(symbol, -terms[1] / terms[0], squared)
    return None


def onto_equations(
    equations: Sequence[Equation],
    placed: Mapping[sp.Symbol, Any],
    value_of: Callable[[sp.Expr, Mapping[sp.Symbol, Any]], Any],
) -> dict[sp.Symbol, Any]:
    """The points, moved along one coordinate for each equation (of two roots, to the one of the same sign)."""
    moved = dict(placed)
    for equation in equations:
        value = value_of(equation.solution, moved)
        if equation.squared:
            value = np.where(moved[equation.symbol] < 0, -1.0, 1.0) * np.sqrt(value)
        moved[equation.symbol] = np.where(np.isfinite(value), value, moved[equation.symbol])
    return moved
