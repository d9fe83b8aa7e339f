"""A Hypothesis strategy over the points of a claim, for search and for tests of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from verify.errors import ClaimError, InputError
from verify.statement.claim import Claim, coordinate_names
from verify.statement.domain import Domain, class_bounds, domain_of
from verify.statement.formula import speaks_of_a_point
from verify.statement.system import time
from verify.statement.vectors import is_vector

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

#: The latest step that a drawn point of a trajectory statement asks about.
LATEST_STEP = 24


def points(claim: Claim) -> SearchStrategy[dict[str, Any]]:
    """Points of ``claim`` as ``{"eta": Fraction, ..., "loss": text or None}``, small numbers first.

    What a single assumption can decide is met by construction or filtered; what only the iteration decides (a phase,
    that SAM's iterates exist) is left to ``evaluate``.

    Raises:
        ClaimError: the claim speaks of no single point.
    """
    from hypothesis import reject
    from hypothesis import strategies as st

    if not claim.parameters and claim.loss_class is None:
        raise ClaimError(f"{claim.id} speaks of no single point, so it has no strategy")
    domain = domain_of(claim)
    filters = _decidable(claim, domain)

    @st.composite
    def point(draw: DrawFn) -> dict[str, Any]:
        ends = domain.closed_ends()
        unit = [draw(_unit(low, high)) for low, high in ends]
        placed = domain.place(unit, _rational)
        family = draw(st.sampled_from(claim.families))
        member = None
        if family is not None:
            inner = [draw(_unit(True, True)) for _ in range(family.unit_dimension)]
            try:
                member = family.member(exact_parameters(family.propose(inner, class_bounds(claim, placed))))
            except InputError:  # parameters that make no sense together
                reject()
        values = {symbol.name: value for symbol, value in placed.items()}
        for vector in domain.vectors:
            for name in coordinate_names(vector, member.dimension if member is not None else 1):
                values[name] = draw(st.fractions(-8, 8, max_denominator=8))
        if time in claim.parameters:
            values["t"] = Fraction(draw(st.integers(0, LATEST_STEP)))
        numbers = {symbol: _to_sympy(value) for symbol, value in placed.items()}
        loss = member.name if member is not None and claim.loss_class is not None else None
        return values | {"loss": loss, "_numbers": numbers}

    def meets(candidate: Mapping[str, Any]) -> bool:
        try:
            return all(formula.xreplace(candidate["_numbers"]) != False for formula in filters)  # noqa: E712  # SymPy's false
        except (TypeError, ValueError):  # SymPy compares no infinite numbers: an assumption has no value here
            return False

    def without_numbers(candidate: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in candidate.items() if name != "_numbers"}

    return point().filter(meets).map(without_numbers)


def _unit(low_closed: bool, high_closed: bool) -> SearchStrategy[Fraction]:
    """A simple fraction in [0, 1], without the ends that do not belong to the range."""
    from hypothesis import strategies as st

    def fraction(pair: tuple[int, int]) -> Fraction:
        denominator, numerator = pair
        low, high = (0 if low_closed else 1), (denominator if high_closed else denominator - 1)
        return Fraction(low + numerator % (high - low + 1), denominator)

    return st.tuples(st.integers(2, 64), st.integers(0, 4096)).map(fraction)


def _decidable(claim: Claim, domain: Domain) -> list[Any]:
    scalars = {coordinate.symbol for coordinate in domain.coordinates}
    return [
        formula
        for formula in domain.rest
        if speaks_of_a_point(formula) and formula.free_symbols <= scalars and not is_vector(formula)
    ]


def _to_sympy(value: Any) -> sp.Expr:
    return sp.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else sp.sympify(value)


def _rational(expression: sp.Expr, values: Mapping[sp.Symbol, Any]) -> Fraction:
    """The value of a range's end, rounded to a near fraction where it is irrational (the point is certified later)."""
    value = expression.xreplace({symbol: _to_sympy(number) for symbol, number in values.items()})
    if isinstance(value, sp.Rational):
        return Fraction(int(value.p), int(value.q))
    if not value.is_finite or value.is_real is False:  # an end without a value: no point lies there
        from hypothesis import reject

        reject()
    return Fraction(float(value)).limit_denominator(10**6)


def exact_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a loss as Fractions (knots as pairs of them)."""
    return {
        name: tuple((Fraction(a), Fraction(b)) for a, b in value) if isinstance(value, tuple) else Fraction(value)
        for name, value in parameters.items()
    }
