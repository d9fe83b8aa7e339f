"""A statement about t = 0, 1, 2, ... that speaks of no iteration, and assumptions that have no value at a point."""

from __future__ import annotations

from sympy import Max, Ne, Symbol

from verify.decide import check
from verify.statement.claim import Claim
from verify.statement.system import time

x = Symbol("x", real=True)


def test_it_falls_at_some_t() -> None:
    result = check(Claim("squares", given=[time >= 0], show=2**time >= time**2), budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None
    assert result.witness.simplest.parameters == {"t": "3"}


def test_it_may_hold_at_every_t() -> None:
    result = check(Claim("linear", given=[time >= 0], show=2 * time >= time), budget="quick")
    assert result.verdict == "proved"


def test_an_assumption_without_a_value_does_not_hold() -> None:
    result = check(Claim("largest", given=[Max(x, 1 / x) >= 2], show=Ne(x, 0)), budget="quick")
    assert result.verdict == "proved"
