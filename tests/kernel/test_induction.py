"""Induction along a trajectory with sums over its steps and powers of a rate, and what must not be proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Eq, Ge, Gt, Le, Lt, Rational, Symbol, sqrt

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import StepSum
from verify.statement.system import System, time

x, x0, q = (Symbol(name, real=True) for name in ("x", "x0", "q"))
t = time
shrinking = System("shrinking", (x,), (q * x,))
travel = StepSum((1 - q) * x)


def claim(show: Any, *, invariant: tuple[Any, ...] = (), lemmas: tuple[Any, ...] = (), **more: Any) -> Claim:
    """A statement on x -> q x from x0 >= 0, with 0 <= q <= 1."""
    parts: dict[str, Any] = {
        "given": [Ge(x0, 0), Ge(q, 0), Le(q, 1)],
        "step": shrinking,
        "start": {x: x0},
        "hints": Hints(invariant=invariant, lemmas=lemmas),
    }
    return Claim("induction", show=show, **(parts | more))


def proved(statement: Claim) -> bool:
    """Whether an induction proves it, and the kernel accepts the evidence."""
    outcome = prove_part(statement, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert outcome.evidence["method"] == "induction"
    return check_evidence(statement, outcome.evidence).verdict == "proved"


def test_a_telescoping_sum_is_its_two_ends() -> None:
    assert proved(claim(Eq(travel, x0 - x), invariant=(Eq(travel, x0 - x),)))
    assert proved(claim(Le(travel, x0), invariant=(Eq(travel, x0 - x), Ge(x, 0))))


def test_a_sum_that_is_one_term_off_is_not_proved() -> None:
    longer = x0 - q * x
    assert not proved(claim(Eq(travel, longer), invariant=(Eq(travel, longer),)))
    assert not proved(claim(Le(travel, x0 / 2), invariant=(Le(travel, x0 / 2),)))


def test_a_power_of_the_rate_is_followed_from_1() -> None:
    assert proved(claim(Eq(x, q**t * x0), invariant=(Eq(x, q**t * x0),)))
    assert not proved(claim(Eq(x, q ** (t + 1) * x0), invariant=(Eq(x, q ** (t + 1) * x0),)))
    assert not proved(claim(Lt(x, q**t * x0), invariant=(Lt(x, q**t * x0),)))


def test_a_power_of_something_that_moves_is_not_taken_for_one_of_a_rate() -> None:
    with pytest.raises(CertificateError):
        obligations(claim(Le(x**t, 1), invariant=(Le(x**t, 1),)), "", "", "induction")
    rising = Claim(
        "rising",
        given=[Ge(x0, 1)],
        step=System("doubling", (x,), (2 * x,)),
        start={x: x0},
        show=Ge(x**t, 1),
        hints=Hints(invariant=(Ge(x, 1), Ge(x**t, 1))),
    )
    assert prove_part(rising, "", "", WORK["quick"]).evidence is None


def test_a_sum_of_which_nothing_is_kept_is_refused() -> None:
    """Its terms might have no value."""
    statement = claim(Ge(StepSum(1 / x), 0), invariant=(Ge(x, 0),))
    with pytest.raises(CertificateError, match="occurs in no invariant"):
        obligations(statement, "", "", "induction")


def test_the_terms_of_a_sum_must_have_values() -> None:
    """From x0 = 0 the first term 1/x has none, though the invariant says nothing false of the sum."""
    harmless = Eq(StepSum(1 / x), StepSum(1 / x), evaluate=False)
    statement = claim(harmless, invariant=(harmless, Ge(x, 0)))
    assert not proved(statement)
    positive = replace(
        statement,
        given=[Gt(x0, 0), Gt(q, 0), Le(q, 1)],
        hints=Hints(invariant=(harmless, Gt(x, 0))),
    )
    assert proved(positive)


def test_advice_on_one_invariant_serves_that_one() -> None:
    invariant = (Ge(x, 0), Le(sqrt(x), sqrt(x0)))
    hints = Hints(invariant=invariant, keeps=(None, Hints(lemmas=(Le(q * x, x),))))
    assert proved(claim(Le(sqrt(x), sqrt(x0)), hints=hints))
    wrong = Hints(invariant=invariant, keeps=(None, Hints(lemmas=(Lt(q * x, Rational(1, 2) * x),))))
    assert not proved(claim(Le(sqrt(x), sqrt(x0)), hints=wrong))


def test_abbreviations_in_a_step_prove_no_more_than_they_may() -> None:
    part = Symbol("part", real=True)
    short = {part: 1 - q}
    good = Hints(invariant=(Ge(x, 0), Le(x, x0)), keeps=(None, Hints(lemmas=(Ge(1 - q, 0),), abbreviate=short)))
    assert proved(claim(Le(x, x0), hints=good))
    wrong = Hints(invariant=(Ge(x, 0), Le(x, x0)), keeps=(None, Hints(lemmas=(Gt(part, 0),), abbreviate=short)))
    assert not proved(claim(Le(x, x0), hints=wrong))


def test_sums_and_powers_leave_no_symbol_that_a_claim_could_use() -> None:
    statement = claim(Eq(travel, x0 - x), invariant=(Eq(travel, x0 - x),))
    for goal in obligations(statement, "", "", "induction"):
        names = {symbol.name for symbol in sp.And(*goal.hypotheses, goal.conclusion).free_symbols}
        assert all("[" in name or name in {"x", "x0", "q"} for name in names)
