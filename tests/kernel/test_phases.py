"""Induction through phases: what holds until, at and after a hitting time, and what must not be proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Ge, Gt, Implies, Le, Lt, Rational, Symbol

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile
from verify.statement.system import System, time

x, x0, q = (Symbol(name, real=True) for name in ("x", "x0", "q"))
tau, late = Symbol("tau", real=True), Symbol("late", real=True)
t = time
halving = System("halving", (x,), (x / 2,))


def claim(show: Any, *, given: tuple[Any, ...] = (), invariant: tuple[Any, ...] = (), **more: Any) -> Claim:
    """A statement on x -> x/2 from x0 >= 4, with tau the first time that x < 1."""
    parts: dict[str, Any] = {
        "given": [Ge(x0, 4), *given],
        "step": halving,
        "start": {x: x0},
        "times": {tau: FirstTime(Lt(x, 1))},
        "hints": Hints(invariant=invariant),
    }
    return Claim("phases", show=show, **(parts | more))


def proved(statement: Claim) -> bool:
    """Whether the phases prove it, and the kernel accepts the evidence."""
    outcome = prove_part(statement, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert outcome.evidence["method"] == "phases"
    return check_evidence(statement, outcome.evidence).verdict == "proved"


UNTIL, AFTER = Le(t, tau, evaluate=False), Gt(t, tau, evaluate=False)


def test_what_holds_until_a_time_is_proved() -> None:
    assert proved(claim(Ge(x, Rational(1, 2)), given=(UNTIL,), invariant=(Implies(UNTIL, x >= Rational(1, 2)),)))


def test_what_holds_before_a_time_only_is_not_proved_at_it() -> None:
    assert proved(claim(Ge(x, 1), given=(Lt(t, tau, evaluate=False),), invariant=(x > 0,)))
    assert not proved(claim(Ge(x, 1), given=(UNTIL,), invariant=(x > 0,)))


def test_what_holds_after_a_time_is_proved_from_the_state_at_it() -> None:
    at_or_after = Ge(t, tau, evaluate=False)
    assert proved(claim(Lt(x, 1), given=(AFTER,), invariant=(x > 0, Implies(at_or_after, x < 1))))
    assert not proved(claim(Lt(x, Rational(1, 4)), given=(AFTER,), invariant=(x > 0, Implies(at_or_after, x < 1))))


def test_an_invariant_that_fails_in_one_transition_proves_nothing() -> None:
    assert not proved(claim(Ge(x, 1), given=(UNTIL,), invariant=(Implies(UNTIL, x >= 1),)))


def test_the_last_time_of_a_phase_and_the_first_after_it_are_told_apart() -> None:
    times = {tau: LargestTimeWhile(Gt(x, 1))}
    past = Implies(AFTER, x <= 1)
    assert proved(claim(Gt(x, 1), given=(UNTIL,), invariant=(x > 0,), times=times))
    assert proved(claim(Le(x, 1), given=(AFTER,), invariant=(x > 0, past), times=times))
    assert not proved(claim(Gt(x, 1), given=(AFTER,), invariant=(x > 0,), times=times))


def test_a_part_is_proved_without_the_times_of_the_others() -> None:
    until = Implies(UNTIL, x >= Rational(1, 2))
    statement = claim({"positive": Gt(x, 0), "until": until}, hints=Hints(invariant=(x > 0, until)))
    statement = replace(statement, hints=Hints(parts={"positive": Hints(invariant=(x > 0,)), "until": statement.hints}))
    outcome = prove_part(statement, "", "positive", WORK["quick"])
    assert outcome.evidence is not None
    assert outcome.evidence["method"] == "phases"
    assert not any("tau" in goal.name for goal in obligations(statement, "", "positive", "phases"))
    assert prove_part(statement, "", "until", WORK["quick"]).evidence is not None


def test_apart_from_the_others_a_part_takes_no_more_phases_to_be_nonempty() -> None:
    times = {tau: LargestTimeWhile(Gt(x, 1))}
    statement = claim(
        {"times": Ge(tau, 0, evaluate=False), "state": Gt(x, 0)}, given=(), invariant=(x > 0,), times=times
    )
    assert tau not in statement.phases
    with pytest.raises(CertificateError, match="more phases"):
        obligations(statement, "", "times", "phases")


def power(show: Any, base: Any, given: tuple[Any, ...], invariant: tuple[Any, ...]) -> Claim:
    """A statement on x -> q x from 1, with ``late`` the largest t with base^t >= 1/4."""
    return claim(
        show,
        given=given,
        invariant=invariant,
        step=System("scaling", (x,), (q * x,)),
        start={x: sp.S.One},
        times={late: LargestPower(base, Rational(1, 4))},
    )


def test_a_time_that_a_power_defines_is_compared_through_the_power() -> None:
    range_of_q = (Gt(q, 0), Lt(q, 1))
    until = Le(t, late, evaluate=False)
    statement = power(Ge(x, Rational(1, 4)), q, (*range_of_q, until), (Ge(x, q**t, evaluate=False),))
    assert proved(replace(statement, given=[*range_of_q, until]))
    assert not proved(power(Ge(x, Rational(1, 3)), q, (*range_of_q, until), (Ge(x, q**t, evaluate=False),)))


def test_a_base_that_may_be_negative_proves_nothing() -> None:
    signed = (Gt(q, -1), Lt(q, 1), Le(t, late, evaluate=False))
    assert not proved(power(Ge(x, Rational(1, 4)), q, signed, (Ge(x, q**t, evaluate=False),)))


def test_an_assumption_that_calculates_with_a_time_is_not_used() -> None:
    until, below = Le(t, late, evaluate=False), Lt(q + late, 1 + late, evaluate=False)  # where it never comes, neither
    statement = power(Ge(x, Rational(1, 4)), q, (Gt(q, 0), below, until), (Ge(x, q**t, evaluate=False),))
    assert not proved(statement)
    assert proved(replace(statement, given=[Gt(q, 0), Lt(q, 1), until]))


def test_an_invariant_that_speaks_of_t_itself_is_refused() -> None:
    statement = claim(Ge(x, 0), invariant=(Ge(x, -t, evaluate=False),), given=(UNTIL,))
    with pytest.raises(CertificateError, match="speaks of t otherwise"):
        obligations(statement, "", "", "phases")
