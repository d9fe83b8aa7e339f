"""Statements that hold as long as something does, or from within a number of steps: what is proved, what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import And, Ge, Gt, Le, Lt, Min, Or, Rational, Symbol, Tuple, sqrt

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import (
    Always,
    AsLongAs,
    Eventually,
    FirstTime,
    LargestPower,
    LargestTimeWhile,
    ThereAre,
)
from verify.statement.system import System, time

x, x0, q, K, T = sp.symbols("x x0 q K T", real=True)
x_next = Symbol("x_next", real=True)

#: x -> x - 1 from x0, and a map that has no value at 0.
falling, inverting = System("falling", (x,), (x - 1,)), System("inverting", (x,), (1 / x,))


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def claim(show: Any, *invariant: Any, **more: Any) -> Claim:
    settings: dict[str, Any] = {
        "given": (Ge(x0, 0),),
        "over": x0,
        "step": falling,
        "start": {x: x0},
        "hints": Hints(invariant=invariant),
    }
    return Claim("c", show=show, **(settings | more))


def proved(one: Claim) -> bool:
    """Whether the method proves it, and the kernel takes the certificate."""
    outcome = prove_part(one, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert check_evidence(one, outcome.evidence).verdict == "proved"
    return True


descends = (Le(x, x0 - time), Ge(time, 0))


def test_what_holds_up_to_a_time_is_proved() -> None:
    assert proved(claim(AsLongAs(Gt(x, 0), rel(Le, x, x0)), *descends))
    assert proved(claim(AsLongAs(Gt(x, 0), rel(Lt, time, x0)), *descends))
    assert proved(claim(AsLongAs(Gt(x, 0), rel(Gt, x_next, -1)), *descends))
    # x stays above -1 only until it is 0 or less, which the invariant may use
    assert proved(claim(AsLongAs(Gt(x, 0), rel(Gt, x, -1)), Gt(x, -1)))


def test_what_recurs_is_shown_once() -> None:
    shown = [AsLongAs(Gt(x, 0), rel(Le, x, x0)), AsLongAs(Gt(x, 1), rel(Le, x, x0))]
    (one, other), both = ([obligations(claim(part, *descends), "", "", "stopping") for part in shown], And(*shown))
    assert set(one) & set(other)
    assert obligations(claim(both, *descends), "", "", "stopping") == [*dict.fromkeys([*one, *other])]


def test_what_comes_within_some_steps_is_proved() -> None:
    assert proved(claim(Eventually(And(rel(Le, time, x0 + 1), rel(Le, x, 0))), *descends))
    of_constants = ThereAre(Tuple(K), Gt(K, 0), Tuple(x0), Eventually(And(rel(Le, time, K), rel(Le, x, 0))))
    assert proved(claim(of_constants, hints=Hints(invariant=descends, constants={"": x0 + 1})))


FALSE = {
    "the second fails while the first holds": claim(AsLongAs(Gt(x, 0), rel(Ge, x, 1)), *descends),
    "the first still holds one step longer": claim(AsLongAs(Gt(x, -1), rel(Ge, x, 0)), Ge(x, -1)),
    "an invariant that only later states meet": claim(AsLongAs(Gt(x, 0), rel(Lt, x, x0)), Lt(x, x0)),
    "it comes too late": claim(Eventually(And(rel(Le, time, x0 - 1), rel(Le, x, 0))), *descends),
    "it never comes": claim(Eventually(And(rel(Le, time, x0 + 9), rel(Le, x, -time - 1))), *descends),
    "the end is negative though it holds at once": claim(Eventually(And(rel(Le, time, -1), rel(Le, x, x0))), Le(x, x0)),
    "it has no value": claim(Eventually(And(rel(Le, time, 0), rel(Le, sqrt(-1 - x**2), 1))), Ge(time, 0)),
}


@pytest.mark.parametrize("why", FALSE)
def test_a_false_statement_is_not_proved_where(why: str) -> None:
    assert not proved(FALSE[why])


REFUSED = {
    "no iteration stops": claim(AsLongAs(Gt(x, T), Gt(x, 0)), *descends, times={T: FirstTime(Lt(x, 0))}),
    "no relation that holds at a time": claim(Eventually(And(rel(Le, time, x + 5), rel(Le, x, 0))), *descends),
    "speaks of the next state": claim(Eventually(And(rel(Le, time, x0 + 5), rel(Le, 1 / x_next, 0))), *descends),
    "does not say how long": claim(And(Always(Gt(x, 0)), AsLongAs(Gt(x, 0), Gt(x, 0))), *descends),
    "gives no invariant": claim(AsLongAs(Gt(x, 0), rel(Le, x, x0))),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_it_says_why_it_does_not_apply(sentence: str) -> None:
    with pytest.raises(CertificateError, match=sentence):
        obligations(REFUSED[sentence], "", "", "stopping")


def test_an_eventuality_needs_an_end_and_one_relation() -> None:
    for body in (rel(Le, x, 0), rel(Le, time, x0 + 1), And(rel(Le, time, x0 + 1), rel(Le, x, 0), rel(Le, x, 1))):
        with pytest.raises(CertificateError, match="no relation that holds at a time"):
            obligations(claim(Eventually(body), *descends), "", "", "stopping")
    # an end that moves is none
    moving = claim(Eventually(And(rel(Le, time, time + 1), rel(Le, x, 0))), *descends)
    with pytest.raises(CertificateError, match="no relation that holds at a time"):
        obligations(moving, "", "", "stopping")


def test_a_step_without_a_value_keeps_nothing() -> None:
    assert not proved(claim(AsLongAs(Ge(x, 0), rel(Ge, x, 0)), Ge(x, 0), step=inverting))


def shrinking(*settled: Any, given: Any = (), level: Any = 6) -> Claim:
    """x -> q x from x0 >= 0, where q^t >= 1/4 at least until t = level."""
    return Claim(
        "shrinking",
        given=(Ge(x0, 0), rel(Le, level, T), *given),
        over=(x0, q),
        step=System("shrinking", (x,), (q * x,)),
        start={x: x0},
        times={T: LargestPower(q, Rational(1, 4))},
        show=AsLongAs(Gt(x, 0), rel(Ge, x_next, x / 2)),
        hints=Hints(invariant=(Ge(time, 0),), settled=settled),
    )


def test_what_a_power_says_of_the_parameters_is_shown_first() -> None:
    positive = (Gt(q, 0),)
    assert proved(shrinking(rel(Ge, q, Rational(1, 2)), given=positive))
    assert not proved(shrinking(given=positive))
    assert not proved(shrinking(rel(Ge, q, Rational(1, 2)), given=positive, level=5))
    # where q <= -1, the time never comes
    assert not proved(shrinking(rel(Ge, q, Rational(1, 2))))


def in_cases(*cases: Any) -> Claim:
    """x -> q x from x0 >= 0; its step keeps x >= 0 where q >= 0, and a quarter of it where q <= 0 and x0 = 0."""
    hints = Hints(cases=tuple((case, Hints(invariant=invariant)) for case, invariant in cases))
    return replace(shrinking(given=(Or(Ge(q, 0), And(Le(q, 0), rel(Le, x0, 0))),)), show=stays, hints=hints)


stays = AsLongAs(rel(Lt, x, 1), rel(Ge, x, 0))
grows, still = (Ge(q, 0), (Ge(x, 0),)), (And(Le(q, 0), rel(Le, x0, 0)), (rel(Le, x, 0), Ge(x, 0)))


def test_cases_are_proved_one_by_one() -> None:
    assert proved(in_cases(grows, still))
    # each needs its own advice, and one of them has to hold
    assert not proved(in_cases(grows, (still[0], (Ge(time, 0),))))
    assert not proved(in_cases(grows))
    assert not proved(in_cases(still))


def test_cases_that_sympy_decides_are_refused() -> None:
    # neither holds where q = 0
    with pytest.raises(CertificateError, match="are not told apart as they stand"):
        obligations(in_cases((1 / q < 1, ()), (1 / q >= 1, ())), "", "", "stopping")
    with pytest.raises(CertificateError, match="speaks of more than the parameters"):
        obligations(in_cases((Ge(x, 0), (Ge(x, 0),))), "", "", "stopping")


@pytest.mark.parametrize("said", [Ge(x, 0), Ge(x_next, 0), Ge(time, 0), rel(Ge, T, 0), AsLongAs(Gt(q, 0), Gt(q, 0))])
def test_what_moves_is_not_settled_first(said: Any) -> None:
    with pytest.raises(CertificateError, match="speaks of more than the parameters"):
        obligations(shrinking(said), "", "", "stopping")


# --- the largest time while something holds -----------------------------------------------------------------------

T0 = Symbol("T0", real=True)
positive = {T: LargestTimeWhile(Gt(x, 0))}


def ends(show: Any, *invariant: Any, **more: Any) -> Claim:
    """x -> x - 1 from x0, which is positive up to the time T."""
    return claim(show, *(invariant or descends), **({"times": positive} | more))


def test_the_end_of_a_phase_is_bounded() -> None:
    assert proved(ends(rel(Le, T, x0)))
    assert proved(ends(rel(Ge, x0, T)))
    assert proved(ends(rel(Ge, Min(x0, T), T)))


def test_a_time_that_a_power_defines_is_at_least_what_is_assumed() -> None:
    given = (Ge(x0, 0), Gt(q, 0), rel(Le, x0 + 2, T0))
    bounded = Claim(
        "bounded",
        given=given,
        over=(x0, q),
        step=falling,
        start={x: x0},
        times={**positive, T0: LargestPower(q, Rational(1, 4))},
        show=rel(Ge, Min(T0, T), T),
        hints=Hints(invariant=descends),
    )
    assert proved(bounded)
    nothing_said = replace(bounded, given=given[:2])
    with pytest.raises(CertificateError, match="nothing is said to be at most T0"):
        obligations(nothing_said, "", "", "stopping")
    of_the_time = replace(bounded, given=(*given[:2], rel(Le, T, T0)))
    with pytest.raises(CertificateError, match="T0 is no number that stays as it is"):
        obligations(of_the_time, "", "", "stopping")


def test_within_a_phase_a_step_leads_to_a_state_of_the_phase() -> None:
    # x is positive at every time up to T, and not a step later
    from_inside = {"given": (Gt(x0, 0),), "over": x0, "times": positive}
    assert proved(claim(rel(Le, T, x0), Gt(x, 0), *descends, **from_inside))
    assert not proved(claim(AsLongAs(Gt(x, 0), rel(Gt, x, 0)), Gt(x, 0), Gt(x_next, 0), **from_inside))
    assert not proved(claim(AsLongAs(Gt(x, 0), rel(Gt, x_next, 0)), Gt(x, 0), **from_inside))
    # that the start lies in the phase is not taken for granted
    assert not proved(ends(rel(Le, T, x0), Gt(x, 0), *descends))


NOT_BOUNDED = {
    "it comes a step later": ends(rel(Le, T, x0 - 2)),
    "only one of the two is large enough": ends(rel(Ge, Min(q, x0), T), over=(x0, q)),
    "nothing falls": ends(rel(Le, T, x0), Ge(time, 0), step=System("still", (x,), (x,))),
    "the end has no value": ends(rel(Le, T, sqrt(-1 - x0))),
    "the other way round": ends(rel(Ge, T, x0)),
}


@pytest.mark.parametrize("why", NOT_BOUNDED)
def test_the_end_of_a_phase_is_not_bounded_where(why: str) -> None:
    assert not proved(NOT_BOUNDED[why])


def test_an_end_that_is_no_number_bounds_nothing() -> None:
    later = {**positive, T0: FirstTime(Lt(x, 0))}
    for end in (T0, Min(x0, T0), T0 + x0):
        with pytest.raises(CertificateError, match="is no number that stays as it is"):
            obligations(ends(rel(Le, T, end), times=later), "", "", "stopping")


def test_an_end_that_moves_bounds_nothing() -> None:
    # of every time t <= T it says that T <= t + 1
    with pytest.raises(CertificateError, match="is no number that stays as it is"):
        obligations(ends(rel(Le, T, time + 1), given=(Ge(x0, 0), rel(Le, time, T))), "", "", "stopping")


def test_a_phase_that_may_be_empty_has_no_end() -> None:
    # what speaks of a time or a state says something where T is no time, too
    for said, given in ((rel(Le, T, -5), (rel(Le, x0, 0), Ge(time, 0))), (rel(Le, T, x), ())):
        with pytest.raises(CertificateError, match="may be empty"):
            obligations(ends(said, given=given), "", "", "stopping")
