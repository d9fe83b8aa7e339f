"""A claim refuses what has no meaning, with a sentence that says what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings

from verify.errors import ClaimError
from verify.kernel.evaluation import evaluate_point
from verify.statement.claim import Claim, Reading
from verify.statement.domain import domain_of, place_between
from verify.statement.vectors import Inner, Norm, Vector, linear_terms

x, y = sp.symbols("x y", real=True)
u, v = Vector("u"), Vector("v")
NON_NEGATIVE = sp.Ge(x**2, 0, evaluate=False)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"show": x >= 0.5, "over": x}, "Rational"),
        ({"show": sp.Ge(sp.Integer(2), 1), "over": x}, "already evaluated"),
        ({"show": y >= 0, "over": x}, "nothing binds"),
        ({"show": NON_NEGATIVE, "over": x, "kind": "guess"}, "kind 'guess'"),
        ({"show": NON_NEGATIVE, "over": x, "readings": {"a": Reading("a", NON_NEGATIVE)}}, "both show and readings"),
        ({"over": x}, "concludes nothing"),
        ({"show": NON_NEGATIVE, "over": x, "start": {x: x}}, "start but no step"),
        ({"show": sp.Ge(u, 0, evaluate=False), "over": (u,)}, "orders vectors"),
        ({"show": sp.Ge(Norm(x), 1), "over": x}, "is no vector"),
        ({"show": sp.Ge(sp.Symbol("slope[1]", real=True), 0), "over": sp.Symbol("slope[1]", real=True)}, "bracket"),
    ],
)
def test_a_claim_without_meaning_is_refused(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ClaimError, match=sentence):
        Claim("refused", **arguments)


def test_an_id_is_one_word() -> None:
    with pytest.raises(ClaimError, match="one word"):
        Claim("two words", show=NON_NEGATIVE, over=x)


def test_a_product_of_vectors_is_no_linear_combination() -> None:
    with pytest.raises(ClaimError, match="product of vectors"):
        linear_terms(u * v + u)


def test_linear_terms_collect_coefficients() -> None:
    assert linear_terms(u + 2 * (v - u)) == {u: -1, v: 2}


def test_a_claim_is_immutable_and_equal_to_its_copy() -> None:
    claim = Claim("square", show=NON_NEGATIVE, over=x)
    assert claim == Claim("square", show=NON_NEGATIVE, over=x)
    assert claim != Claim("square", show=NON_NEGATIVE, over=x, given=[x > 1])
    with pytest.raises(AttributeError):
        claim.id = "other"  # type: ignore[misc]  # a claim is frozen, which is what is tested


def test_the_fingerprint_sees_every_assumption() -> None:
    plain = Claim("square", show=NON_NEGATIVE, over=(x, u), given=[])
    other = Claim("square", show=NON_NEGATIVE, over=(x, u), given=[Inner(u, u) >= 1])
    assert plain.fingerprint != other.fingerprint


def test_ends_of_ranges_follow_each_other() -> None:
    claim = Claim("ordered", given=[x > 0, sp.Lt(y, 2 / x), y > 0], show=NON_NEGATIVE)
    first, second = domain_of(claim).coordinates
    assert (first.symbol, second.symbol) == (x, y)
    assert [str(bound.value) for bound in second.upper] == ["2/x"]


def test_places_map_the_unit_interval_onto_the_range() -> None:
    assert place_between(0.25, 1, 5) == 2
    assert place_between(0.5, 3, None) == 6
    assert place_between(0.5, None, None) == 0


STRATEGY_CLAIM = Claim("ordered", given=[x > 0, sp.Lt(y, 2 / x), y > 0, sp.Le(x * y, 1)], show=x * y <= 1)


@settings(max_examples=40, deadline=None)
@given(STRATEGY_CLAIM.strategy())
def test_the_strategy_draws_admissible_points(point: dict[str, Any]) -> None:
    assert point.pop("loss") is None
    assert evaluate_point(STRATEGY_CLAIM, point, None).admissible is True
