"""Induction through phases: what holds until, at and after a hitting time, and what must not be proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Eq, Ge, Gt, Implies, Le, Lt, Rational, Symbol, Tuple

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile, ThereAre
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


def test_an_invariant_is_shown_at_the_start_from_those_before_it() -> None:
    assert proved(claim(Ge(x, 0), invariant=(x > 0, Ge(x, 0))))
    hints = Hints(invariant=(x > 0, Ge(x, 0)), begins=(None, Hints(needs=(), knows=(x > 0,))))
    assert proved(claim(Ge(x, 0), hints=hints))
    backwards = Hints(invariant=(Ge(x, 0), x > 0), begins=(Hints(needs=(), knows=(x > 0,)), None))
    assert not proved(claim(Ge(x, 0), hints=backwards))
    false_at_the_start = Hints(invariant=(x <= 1, x > 5), begins=(None, Hints(needs=(), knows=(x <= 1,))))
    assert not proved(claim(Ge(x, 0), hints=false_at_the_start))


def test_a_definition_does_not_say_that_it_has_a_value() -> None:
    z, w = sp.symbols("z w", real=True)
    show = Ge(z**2 + x, 0, evaluate=False)

    def defined(**values: Any) -> Claim:
        named = {Symbol(name, real=True): value for name, value in values.items()}
        return claim(show, given=(Le(t, tau, evaluate=False),), invariant=(Ge(x, 0),), define=named)

    assert proved(defined(z=1 / x0))
    assert not proved(defined(z=1 / (x0 - 5)))
    # those before it have values
    assert proved(defined(w=sp.sqrt(x0), z=1 / w))
    assert not proved(defined(w=sp.sqrt(x0 - 4), z=1 / w))


def test_what_an_author_leaves_out_is_not_used() -> None:
    def statement(knows: tuple[Any, ...] | None) -> Claim:
        hints = Hints(invariant=(x > 0, x <= x0), keeps=(None, Hints(needs=(), knows=knows)))
        return claim(Le(x, x0), hints=hints)

    assert proved(statement(None))
    assert proved(statement((x > 0, x <= x0)))
    assert not proved(statement((x <= x0,)))


def test_a_condition_of_the_next_state_is_named_in_its_symbols() -> None:
    low = Symbol("x_next", real=True) < 1
    at_or_after = Implies(Ge(t, tau, evaluate=False), x < 1)
    for knows, holds in (((low, at_or_after, x > 0), True), ((at_or_after, x > 0), False)):
        hints = Hints(invariant=(x > 0, at_or_after), keeps=(None, Hints(needs=(), knows=knows)))
        assert proved(claim(Lt(x, 1), given=(AFTER,), hints=hints)) is holds


def test_an_obligation_that_recurs_is_met_once() -> None:
    statement = claim(Ge(x, 0), given=(UNTIL,), invariant=(x > 0,))
    needed = obligations(statement, "", "", "phases")
    assert len(needed) == len(set(needed))


def test_what_holds_some_steps_after_a_first_time_is_proved_of_all_later_times() -> None:
    invariant = (x > 0, Implies(Ge(t, tau, evaluate=False), x < 1))
    assert proved(claim(Lt(x, 1), invariant=invariant, at=tau + 1))
    assert proved(claim(Lt(x, 1), invariant=invariant, at=tau + 3))
    assert not proved(claim(Lt(x, Rational(1, 4)), invariant=invariant, at=tau + 1))


def test_another_fixed_time_is_refused() -> None:
    times = {tau: LargestTimeWhile(Gt(x, 1))}
    for statement in (
        claim(Lt(x, 1), invariant=(x > 0,), at=tau),
        claim(Ge(x, 0), invariant=(x > 0,), at=tau - 1),
        claim(Ge(x, 0), invariant=(x > 0,), at=tau + Rational(1, 2)),
        claim(Ge(x, 0), invariant=(x > 0,), at=tau + 1, times=times),
    ):
        with pytest.raises(CertificateError, match="no number of steps after a first time"):
            obligations(statement, "", "", "phases")


def test_nothing_is_assumed_of_a_power_s_time_with_which_t_is_not_compared() -> None:
    given = (Gt(q, 0), Lt(q, 1), Ge(late, 3, evaluate=False))
    assert proved(power(Gt(x, 0), q - 7, given, (x > 0,)))
    # the base is no number between 0 and 1, so that only the assumption tells
    assert not proved(power(Eq(late, late, evaluate=False), q - 7, given, (x > 0,)))
    for least, method in ((2, "implication"), (4, None)):
        outcome = prove_part(power(Ge(late, least), q - 7, given, (x > 0,)), "", "", WORK["quick"])
        assert (outcome.evidence or {}).get("method") == method


K = Symbol("K", real=True)


def of_some_constant(constant: Any, given: tuple[Any, ...] = (), depends: tuple[Any, ...] = (x0,)) -> Claim:
    body = Le(x, K, evaluate=False)
    hints = Hints(invariant=(x > 0, x <= x0), constants={"": constant})
    return claim(ThereAre(Tuple(K), Gt(K, 0), Tuple(*depends), body), given=given, hints=hints)


def proved_by_instance(statement: Claim) -> bool:
    outcome = prove_part(statement, "", "", WORK["quick"])
    assert outcome.tried == ["instance"]
    return outcome.evidence is not None and check_evidence(statement, outcome.evidence).verdict == "proved"


def test_there_are_constants_for_a_whole_trajectory() -> None:
    assert proved_by_instance(of_some_constant(x0))
    assert proved_by_instance(of_some_constant(x0, given=(UNTIL,)))


def test_a_constant_that_is_too_small_or_depends_on_too_much_proves_nothing() -> None:
    assert not proved_by_instance(of_some_constant(x0 / 2))
    assert not proved_by_instance(of_some_constant(-x0))
    assert not proved_by_instance(of_some_constant(x0, depends=()))
