"""Special places of a claim by its structure, and points put exactly on them.

Where a factor of a conclusion's margin, a denominator, a radicand, or the argument of a sign is zero, a bound is tight,
a value is missing, or a case changes.  Such an expression is solved for a coordinate like the boundary of a domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.lowering.exact import rational_value
from verify.search.boundary import Boundary, boundaries_of, gap, solved_for
from verify.statement.claim import Claim
from verify.statement.domain import domain_of
from verify.statement.formula import speaks_of_a_point
from verify.statement.loss import Gradient, LossValue, ScalarLoss
from verify.statement.vectors import Inner, Norm, is_vector

#: The most landmarks of a claim, and the most operations of an expression that is taken apart for them.
MOST, OPERATIONS = 6, 60
#: The most expressions of a formula whose sign is looked at.
TARGETS = 6


@lru_cache(maxsize=256)
def special_places(claim: Claim, reading: str) -> tuple[Boundary, ...]:
    """The boundaries of a claim's domain, then its landmarks (twice each: a landmark has two sides)."""
    domain = domain_of(claim)
    symbols = [coordinate.symbol for coordinate in domain.coordinates]
    found = boundaries_of(claim, domain)
    landmarks: list[Boundary] = []
    for expression in _expressions(claim, reading, set(symbols)):
        for symbol in reversed(symbols):
            solved = solved_for(expression, symbol)
            if solved is not None and symbol not in solved[1].free_symbols:
                solution, squared = solved[1], solved[2]
                place = symbols.index(symbol)
                landmarks += [
                    Boundary(symbol, place, solution, sp.S.One, side, squared, landmark=True) for side in (1, -1)
                ]
                break
        if len(landmarks) >= 2 * MOST:
            break
    return (*found, *landmarks)


def _expressions(claim: Claim, reading: str, symbols: set[sp.Symbol]) -> list[sp.Expr]:
    """What may vanish, in the coordinates alone, the likeliest first."""
    found: dict[sp.Expr, None] = {}
    moves = claim.step.one_step if claim.step is not None and not claim.is_trajectory else {}
    formulas = [formula for formula in claim.conclusions[reading].values() if speaks_of_a_point(formula)]
    for formula in formulas:
        for node in sp.preorder_traversal(formula):
            if isinstance(node, Relational) and not any(is_vector(side) for side in node.args):
                found.update(dict.fromkeys(_factors(_written_out(node.lhs - node.rhs, claim, moves), symbols)))
    for formula in (*formulas, *claim.given):
        for node in sp.preorder_traversal(formula):
            if isinstance(node, sp.Pow) and (node.exp.is_negative or not node.exp.is_integer):
                found.update(dict.fromkeys(_factors(_written_out(node.base, claim, moves), symbols)))
        if speaks_of_a_point(formula):
            for target in targets(formula):
                found.update(dict.fromkeys(_factors(_written_out(target, claim, moves), symbols)))
    return list(found)


def _written_out(expression: sp.Expr, claim: Claim, moves: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    expression = expression.xreplace(dict(moves))
    for _ in claim.define:
        expression = expression.xreplace(dict(claim.define))
    return expression


def _factors(expression: sp.Expr, symbols: set[sp.Symbol]) -> Iterator[sp.Expr]:
    """The factors of a rational expression's numerator that speak of coordinates alone."""
    if not expression.free_symbols or not expression.free_symbols <= symbols:
        return
    if expression.has(Inner, Norm, Gradient, LossValue, ScalarLoss) or expression.count_ops() > OPERATIONS:
        return
    try:
        numerator, _ = sp.fraction(sp.together(expression))
        _, factors = sp.factor_list(numerator)
    except (sp.PolynomialError, NotImplementedError, AttributeError):
        yield expression
        return
    for factor, _ in factors:
        yield factor


def targets(formula: Boolean) -> list[sp.Expr]:
    """Expressions of a formula at whose zeros it may change without any slope towards them."""
    found: dict[sp.Expr, None] = {}
    for node in sp.preorder_traversal(formula):
        if isinstance(node, sp.sign | sp.Abs | sp.Heaviside | sp.floor):
            found[node.args[0]] = None
        elif isinstance(node, sp.Min | sp.Max):
            found.update(dict.fromkeys(one - other for one, other in combinations(node.args[:3], 2)))
        elif isinstance(node, sp.Pow) and node.exp.is_negative:
            found[node.base] = None
        elif isinstance(node, Relational) and node is not formula and not node.rhs.is_Boolean:
            found[node.lhs - node.rhs] = None
    return [expression for expression in found if expression.free_symbols][:TARGETS]


def snapped(claim: Claim, reading: str, values: Mapping[str, Fraction]) -> Iterator[dict[str, Fraction]]:
    """The values with one of them put exactly on a special place, or an end of its range, that it is next to."""
    for coordinate in domain_of(claim).coordinates:
        for bound in (*coordinate.lower, *coordinate.upper):
            moved = _moved(coordinate.symbol, bound.value, values, squared=False)
            if moved is not None:
                yield moved
    for place in special_places(claim, reading):
        solution = place.solution.xreplace({gap: sp.S.Zero})
        moved = _moved(place.symbol, solution, values, squared=place.squared)
        if moved is not None:
            yield moved


def _moved(
    symbol: sp.Symbol, solution: sp.Expr, values: Mapping[str, Fraction], *, squared: bool
) -> dict[str, Fraction] | None:
    value = rational_value(sp.sqrt(solution) if squared else solution, values)
    place = value if value is None or not squared or values[symbol.name] >= 0 else -value
    return None if place in (None, values[symbol.name]) else {**values, symbol.name: place}
