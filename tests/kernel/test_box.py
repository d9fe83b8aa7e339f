"""The interval around a witness: every point of it is one, and nothing else is accepted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from sympy import Ge, Gt, Le, Lt

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.box import all_witnesses
from verify.kernel.check import check_evidence
from verify.kernel.evaluation import evaluate_point
from verify.statement.claim import Claim
from verify.statement.system import System

x, y = sp.symbols("x y", real=True)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


#: x * y <= 1 fails from 1/y on; the range of x ends at 3, that of y where the quotient is.
product = Claim("product", given=[Gt(x, 0), Gt(y, 0), Le(x, 3), rel(Le, y, 8 / x)], show=rel(Le, x * y, 1))
AT = {"x": Fraction(2), "y": Fraction(2)}


def fails(name: str, low: Any, high: Any, claim: Claim = product, at: dict[str, Fraction] = AT) -> bool:
    return all_witnesses(claim, at, None, "", "", name, Fraction(low), Fraction(high))


def test_an_interval_inside_is_certified_up_to_a_closed_end_of_the_range() -> None:
    assert fails("x", 2, 3)
    assert fails("y", 2, 4)  # y <= 8/x is an equality at 4
    assert fails("x", Fraction(6, 10), 2)


@pytest.mark.parametrize(("name", "low", "high"), [("x", "1/2", "2"), ("x", "2", "31/10"), ("y", "2", "41/10")])
def test_an_interval_that_leaves_the_witnesses_is_not(name: str, low: str, high: str) -> None:
    assert not fails(name, low, high)


def test_a_strict_end_is_not_part_of_it() -> None:
    claim = Claim("open", given=[Gt(x, 0), Lt(x, 3)], show=rel(Le, x, 1))
    assert fails("x", 2, Fraction(299, 100), claim, {"x": Fraction(2)})
    assert not fails("x", 2, 3, claim, {"x": Fraction(2)})


def test_a_hole_in_an_assumption_is_not_bridged() -> None:
    claim = Claim("hole", given=[Gt(x, -3), rel(Gt, (x**2 - 1) / (x - 1), 0)], show=rel(Lt, x, 0))
    assert fails("x", Fraction(3, 2), 2, claim, {"x": Fraction(2)})
    assert not fails("x", 0, 2, claim, {"x": Fraction(2)})  # at 1 the assumption has no value


def test_a_time_has_no_interval_and_a_trajectory_has() -> None:
    doubling = System("doubling", (x,), (2 * x,))
    x0 = sp.Symbol("x0", real=True)
    claim = Claim("grows", given=[Gt(x0, 0)], step=doubling, start={x: x0}, show=rel(Le, x, 4))
    at = {"x0": Fraction(1), "t": Fraction(3)}
    assert fails("x0", 1, 2, claim, at)
    assert not fails("x0", Fraction(1, 2), 1, claim, at)
    assert not fails("t", 3, 4, claim, at)


def test_a_found_witness_carries_a_box_whose_points_are_witnesses() -> None:
    result = check(product, budget="quick")
    assert result.witness is not None
    box = result.witness.simplest.box
    assert box is not None
    assert set(box) == {"x", "y"}
    at = {name: Fraction(text) for name, text in result.witness.simplest.parameters.items()}
    for name, ends in box.items():
        low, high = map(Fraction, ends)
        assert low <= at[name] <= high
        assert low < high
        for part in range(5):
            point = {**at, name: low + (high - low) * part / 4}
            found = evaluate_point(product, point, None)
            assert (found.admissible, found.holds) == (True, False)


@pytest.mark.parametrize(
    "box",
    [{"x": ["1/10", "2"]}, {"x": ["2", "4"]}, {"z": ["1", "2"]}, {"x": ["5/2", "3"]}, {"x": ["2"]}, ["x"], {"x": "23"}],
)
def test_a_box_that_is_not_certified_is_rejected(box: Any) -> None:
    entry = {"kind": "witness", "reading": "", "part": "", "values": {"x": "2", "y": "2"}, "loss": None}
    assert check_evidence(product, entry).verdict == "refuted"
    assert check_evidence(product, {**entry, "box": {"x": ["2", "3"]}}).verdict == "refuted"
    with pytest.raises(CertificateError):
        check_evidence(product, {**entry, "box": box})


def test_assumptions_are_decided_at_their_own_ends() -> None:
    claim = Claim("above", given=[rel(Ge, x, 1), rel(Le, 2 / x, 2)], show=rel(Lt, x, Fraction(1, 2)))
    assert fails("x", 1, 5, claim, {"x": Fraction(1)})
