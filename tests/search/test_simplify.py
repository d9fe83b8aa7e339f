"""A witness with huge or crooked numbers is replaced by a simpler one that is certified as well."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy import Eq, Ge, Gt, Le, Lt

from claims.sam_normalization import CLAIMS
from claims.sam_normalization.losses import piecewise
from verify.search.batch import Lane
from verify.search.certify import Certified, Point, candidates, certify, simplify
from verify.statement.claim import Claim

x, y = sp.symbols("x y", real=True)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def simplest(claim: Claim, values: Mapping[str, str | int | Fraction]) -> Certified:
    found = certify(claim, "", "", Point({name: Fraction(value) for name, value in values.items()}, None, {}), 256)
    assert found is not None
    return simplify(claim, "", found, 256)


CROOKED = Fraction(123456789, 987654321)
HUGE = 10**15 + 37


@pytest.mark.parametrize(
    ("claim", "values", "wanted"),
    [
        (Claim("huge", given=[Gt(x, 0)], show=rel(Le, x, 2)), {"x": HUGE}, {"x": "3"}),
        (Claim("crooked", given=[Gt(x, 0)], show=rel(Ge, x, sp.Rational(1, 7))), {"x": CROOKED}, {"x": "1/8"}),
        (Claim("near-integer", given=[Gt(x, 1)], show=rel(Ge, x, 2)), {"x": "1000001/1000000"}, {"x": "3/2"}),
        (Claim("negative", over=x, show=rel(Ge, x, -1)), {"x": -HUGE}, {"x": "-2"}),
        (
            Claim("equal", given=[Gt(x, 1), Eq(x, y)], show=rel(Lt, x * y, 2)),
            {"x": HUGE, "y": HUGE},
            {"x": "2", "y": "2"},
        ),
    ],
    ids=lambda value: value.id if isinstance(value, Claim) else None,
)
def test_a_simpler_witness_is_found(claim: Claim, values: dict[str, Any], wanted: dict[str, str]) -> None:
    best = simplest(claim, values)
    given = Point({name: Fraction(value) for name, value in values.items()}, None, {})
    assert best.point.complexity < given.complexity
    size = {name: len(str(value)) for name, value in best.point.values.items()}
    assert size == {name: len(text) for name, text in wanted.items()}, best.point.values


@pytest.mark.parametrize("exponent", [-11, -14, 12])
@pytest.mark.parametrize(("power", "width"), [(3, "1/20"), (3, "1/400"), (4, "1/20"), (1, "1/20")])
def test_numbers_that_are_tied_by_a_power_are_moved_together(exponent: int, power: int, width: str) -> None:
    """Near y^2 = x^(-power), within a share of it."""
    product = x**power * y**2
    near = [Gt(x, 0), Gt(y, 0), rel(Gt, product, 1 - sp.Rational(width)), rel(Lt, product, 1 + sp.Rational(width))]
    at = Fraction(37, 10) * Fraction(10) ** exponent
    root = sp.sqrt(sp.Rational(at.numerator, at.denominator) ** -power)
    other = Fraction(str(sp.N(root, 12))).limit_denominator(10**40)
    best = simplest(Claim("tied", given=near, show=rel(Lt, x, 0)), {"x": at, "y": other})
    assert all(max(value.numerator, value.denominator) < 10**5 for value in best.point.values.values())


def test_what_sits_next_to_an_open_end_stays_a_witness() -> None:
    claim = Claim("open", given=[Gt(x, 1)], show=rel(Ge, x, sp.Rational(1001, 1000)))
    best = simplest(claim, {"x": 1 + Fraction(1234567, 10**11)})
    assert best.kind == "violated"
    value = best.point.values["x"]
    assert 1 < value < Fraction(1001, 1000)
    assert value.denominator in {10**exponent for exponent in range(3, 8)}


def test_a_number_on_an_end_of_its_range_stays_there() -> None:
    claim = Claim("end", given=[Gt(x, 0), Gt(y, 0), rel(Le, y, 2 / x)], show=rel(Lt, x * y, 2))
    best = simplest(claim, {"x": CROOKED, "y": 2 / CROOKED})
    assert best.point.values["x"] * best.point.values["y"] == 2
    assert max(value.numerator for value in best.point.values.values()) <= 2


def test_the_simplest_witness_is_left_as_it_is() -> None:
    claim = Claim("one", given=[Gt(x, 0)], show=rel(Lt, x, 1))
    assert simplest(claim, {"x": 1}).point.values == {"x": 1}


def test_a_tiny_range_of_a_loss_is_scaled_as_a_whole() -> None:
    claim = next(claim for claim in CLAIMS if claim.id == "lemma-47/step-1")
    tiny = Fraction(1, 999999999999999)
    knots = ((tiny / 5, tiny / 5), (tiny, tiny), (3 * tiny, Fraction(1)))
    values = {"c": tiny, "gamma": 2, "C": 2, "eta": Fraction(1, 6), "rho": Fraction(1, 8), "t": 0}
    values |= {"x": Fraction(1, 4), "y": Fraction(-5, 2)}
    point = Point({name: Fraction(value) for name, value in values.items()}, piecewise, {"knots": knots})
    found = certify(claim, "", "update", point, 256)
    assert found is not None
    best = simplify(claim, "", found, 256)
    assert best.point.values["c"] >= Fraction(1, 1000)
    assert max(len(str(number)) for knot in best.point.loss_parameters["knots"] for number in knot) < 6


@pytest.mark.parametrize(
    ("values", "parameters"),
    [({"x": np.nan}, {}), ({"x": 1.0}, {"h": np.nan}), ({"x": 1.0}, {"knots": ((0.0, 1.0), (2.0, np.inf))})],
)
def test_where_floats_lost_a_number_there_is_no_candidate(values: dict[str, float], parameters: dict[str, Any]) -> None:
    lane = Lane("", None, values, parameters, 0, -1.0, ())
    assert not list(candidates(Claim("positive", over=x, show=rel(Ge, x, 0)), lane))
