"""Points on and next to the boundary of a domain, where an assumption that is no end of a range is an equality.

Such an assumption is solved for a coordinate that it is linear in, or quadratic in the square of.  The base of a time
that is defined by a power has its boundaries at -1 and 1: next to them that time is late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from verify.statement.claim import Claim
from verify.statement.domain import Domain
from verify.statement.formula import LargestPower

#: The share of points that is put on or next to a boundary, of these the share on it, and how near the others are.
SHARE, ON, NEAREST = 0.4, 0.15, 1e-9
#: The share of points that is put on or next to a landmark.
LANDMARK_SHARE = 0.2

#: How far a point is from a boundary, in the solution for it.
gap = sp.Dummy("gap", real=True)


@dataclass(frozen=True)
class Boundary:
    """``left = right + gap``, solved for a coordinate; ``side`` is the sign of the gap inside the domain.

    A landmark is the boundary of nothing that is assumed: there are points of the domain on both sides.
    """

    symbol: sp.Symbol
    place: int
    solution: sp.Expr
    size: sp.Expr
    side: int
    squared: bool
    landmark: bool = False


def boundaries_of(claim: Claim, domain: Domain) -> list[Boundary]:
    """The boundaries of a claim's domain that can be solved for a coordinate."""
    symbols = [coordinate.symbol for coordinate in domain.coordinates]
    pairs: list[tuple[sp.Expr, sp.Expr, int]] = []
    for formula in domain.rest:
        if isinstance(formula, sp.Le | sp.Lt | sp.Ge | sp.Gt):
            pairs.append((formula.lhs, formula.rhs, -1 if isinstance(formula, sp.Le | sp.Lt) else 1))
    for definition in claim.times.values():
        if isinstance(definition, LargestPower):
            pairs += [(definition.base, sp.S.One, -1), (definition.base, sp.S.NegativeOne, 1)]
    found = []
    for left, right, side in pairs:
        for _ in claim.define:
            left, right = left.xreplace(dict(claim.define)), right.xreplace(dict(claim.define))
        if (left.free_symbols | right.free_symbols) <= set(symbols):
            solved = next((one for s in reversed(symbols) if (one := solved_for(left - right, s))), None)
            if solved is not None:
                symbol, solution, squared = solved
                size = right if right != 0 else sp.S.One
                found.append(Boundary(symbol, symbols.index(symbol), solution, size, side, squared))
    return found


def solved_for(expression: sp.Expr, symbol: sp.Symbol) -> tuple[sp.Symbol, sp.Expr, bool] | None:
    """Where an expression equals the gap: the symbol, or its square (True), in terms of the others.

    None unless the expression is linear in the symbol, or linear or quadratic in its square.
    """
    difference = expression - gap
    if symbol not in difference.free_symbols:
        return None
    try:
        coefficients = sp.Poly(sp.expand(difference), symbol).all_coeffs()[::-1]
    except sp.PolynomialError:
        return None
    if len(coefficients) == 2:
        return symbol, -coefficients[0] / coefficients[1], False
    if len(coefficients) == 3 and coefficients[1] == 0:
        return symbol, -coefficients[0] / coefficients[2], True
    if len(coefficients) == 5 and coefficients[1] == coefficients[3] == 0:
        c, b, a = coefficients[0], coefficients[2], coefficients[4]
        # the root that stays finite as a -> 0
        return symbol, -2 * c / (b + sp.sign(b) * sp.sqrt(b**2 - 4 * a * c)), True
    return None


def onto_boundaries(
    boundaries: Sequence[Boundary],
    placed: Mapping[sp.Symbol, Any],
    columns: Sequence[Any],
    choice: Any,
    value_of: Callable[[sp.Expr, Mapping[sp.Symbol, Any]], Any],
) -> dict[sp.Symbol, Any]:
    """The points with a share of them moved onto a boundary, or next to it.

    Args:
        placed: the coordinates of each point.
        columns: the unit coordinates; that of the coordinate that moves says how near it comes.
        choice: a unit coordinate that chooses the boundary, if any.
    """
    moved = dict(placed)
    own = sum(not boundary.landmark for boundary in boundaries)
    beyond = np.floor((choice - SHARE) / LANDMARK_SHARE * (len(boundaries) - own))
    chosen = np.where(choice < SHARE, np.floor(choice / SHARE * own), own + beyond)
    chosen = np.where((choice < SHARE) & (own == 0), -1, chosen)
    for number, boundary in enumerate(boundaries):
        unit = columns[boundary.place]
        near = np.where(unit < ON, 0.0, NEAREST ** ((unit - ON) / (1 - ON)))
        size = np.abs(value_of(boundary.size, placed))
        solution = value_of(boundary.solution, {**placed, gap: boundary.side * near * size})
        if boundary.squared:
            solution = np.where(np.floor(choice * 1e6) % 2 == 0, 1.0, -1.0) * np.sqrt(solution)
        # where the boundary has no place the point stays
        moved[boundary.symbol] = np.where((chosen == number) & np.isfinite(solution), solution, moved[boundary.symbol])
    return moved
