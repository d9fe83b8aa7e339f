"""Statements at a fixed time, about hitting times, and at points that have no start: what one point of them says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from sympy import Eq, Ge, Gt, Le, Lt, Ne

from verify.decide import check
from verify.errors import ClaimError, InputError
from verify.kernel.evaluation import PointResult, evaluate_point
from verify.statement.claim import Claim
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile
from verify.statement.system import System, time

x, y, x0, y0, a, b, eta, T, S = sp.symbols("x y x0 y0 a b eta T S", real=True)
halving = System("halving", (x,), (x / 2,))
descent = System("GD", (x,), (x - eta * x,))
from_x0 = {x: x0}


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def at(claim: Claim, **values: str | int) -> PointResult:
    return evaluate_point(claim, {name: Fraction(value) for name, value in values.items()}, None)


# --- the time that the statement fixes --------------------------------------------------------------------------------

small = FirstTime(rel(Le, x, 1))


def fixed(shift: int, show: Any = None) -> Claim:
    return Claim(
        "fixed",
        given=[Gt(x0, 0)],
        step=halving,
        start=from_x0,
        times={T: small},
        at=T + shift,
        show=rel(Ge, x, sp.Rational(1, 2)) if show is None else show,
    )


def test_it_is_evaluated_at_the_hitting_time_plus_a_number() -> None:
    assert [symbol.name for symbol in fixed(0).parameters] == ["x0"]
    here = at(fixed(0), x0=8)
    assert (here.times, here.state, here.holds) == ({"T": "3"}, {"x": "1"}, True)
    assert at(fixed(2), x0=8).state == {"x": "1/4"}
    assert at(fixed(2), x0=8).holds is False


def test_the_time_may_lie_before_the_step_that_settled_it() -> None:
    assert at(fixed(-2), x0=8).state == {"x": "4"}


def test_a_time_before_the_start_is_not_admissible() -> None:
    answer = at(fixed(-2), x0=2)
    assert answer.admissible is False
    assert "t = T - 2 is the time of a step" in answer.violated[0]


def test_a_time_that_never_comes_is_not_admissible() -> None:
    claim = Claim(
        "never",
        given=[Gt(a, 0)],
        step=halving,
        start=from_x0,
        times={T: LargestPower(a, b)},
        at=T,
        over=b,
        show=Gt(x, 0),
    )
    assert at(claim, a=2, b="1/8", x0=1).admissible is False
    assert at(claim, a="1/2", b="1/8", x0=1).state == {"x": "1/8"}


def test_a_time_beyond_the_horizon_is_undecided_with_that_reason() -> None:
    claim = Claim(
        "late",
        given=[Ge(eta, 0)],
        step=descent,
        start={x: sp.S.One},
        times={T: FirstTime(Lt(x, 0))},
        at=T,
        show=Gt(x, 0),
    )
    answer = at(claim, eta=0)
    assert answer.admissible is None
    assert answer.reason is not None and "did not come within 1000 steps" in answer.reason
    assert answer.exit_code == 3


def test_an_iteration_that_stops_before_the_time_is_not_admissible() -> None:
    guarded = System("guarded", (x,), (x - 1,), (Ne(x, 2),))
    claim = Claim(
        "guarded", given=[Gt(x0, 0)], step=guarded, start=from_x0, times={T: FirstTime(Le(x, 0))}, at=T, show=Le(x, 0)
    )
    assert at(claim, x0=1).holds is True
    assert "well defined" in at(claim, x0=3).violated[0]


def test_the_time_has_to_be_one_of_the_claims_times() -> None:
    with pytest.raises(ClaimError, match="one of its times"):
        Claim("free", given=[Gt(x0, 0)], step=halving, start=from_x0, at=S, times={T: small}, show=Gt(x, 0))


def test_a_violation_at_a_fixed_time_is_found() -> None:
    result = check(fixed(0, rel(Gt, x, sp.Rational(51, 100))), budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None and "t" not in result.witness.simplest.parameters


# --- statements that bind all that they range over --------------------------------------------------------------------


def test_a_statement_that_takes_nothing_falls_by_an_instance() -> None:
    claim = Claim("binds", given=[Gt(x0, 0), Gt(y0, 0)], show=rel(Ge, x0 + y0, 1), takes=())
    assert claim.parameters == ()
    assert set(claim.quantified) == {x0, y0}
    result = check(claim, budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None
    assert result.witness.simplest.replay == "verify replay binds"
    with pytest.raises(InputError, match="takes no parameter"):
        at(claim, x0=1, y0=1)


def test_what_a_statement_takes_is_part_of_it() -> None:
    free = Claim("binds", given=[Gt(x0, 0)], show=rel(Ge, x0, 1))
    assert free.fingerprint != Claim("binds", given=[Gt(x0, 0)], show=rel(Ge, x0, 1), takes=()).fingerprint


# --- statements about times -------------------------------------------------------------------------------------------

above = LargestTimeWhile(rel(Gt, x, 1))


def durations(show: Any, **more: Any) -> Claim:
    defaults: dict[str, Any] = {"given": [Gt(x0, 0)], "step": halving, "start": from_x0, "times": {T: above, S: small}}
    return Claim("durations", show=show, **(defaults | more))


def test_a_statement_about_times_has_no_time_of_its_own() -> None:
    claim = durations(rel(Le, T, S))
    assert claim.is_about_times
    assert [symbol.name for symbol in claim.parameters] == ["x0"]
    assert not durations(rel(Ge, x, 0)).is_about_times


def test_both_sides_of_a_comparison_of_times_are_told() -> None:
    answer = at(durations(rel(Le, T, S)), x0=8)
    assert (answer.lhs, answer.rhs, answer.holds) == ("2", "3", True)
    assert at(durations(rel(Le, S, T)), x0=8).holds is False


def test_a_time_that_does_not_come_is_no_infinite_number() -> None:
    claim = durations(rel(Le, S, 5), times={S: FirstTime(Lt(x, 0))})
    answer = at(claim, x0=8)
    assert answer.holds is False
    assert "oo" not in (answer.lhs or "") and "inf" not in (answer.lhs or "")


def test_an_empty_phase_is_not_admissible() -> None:
    claim = durations(rel(Le, T, 5))
    assert claim.phases == (T,)
    answer = at(claim, x0="1/2")
    assert answer.admissible is False
    assert "the phase that ends at T is not empty" in answer.violated
    assert at(claim, x0=2).admissible is True


def test_a_phase_that_the_statement_does_not_speak_of_may_be_empty() -> None:
    assert durations(rel(Le, S, 5)).phases == ()
    assert at(durations(rel(Le, S, 5)), x0="1/2").holds is True


# --- largest powers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "level", "largest"),
    [
        ("1/2", "1/8", "3"),
        ("1/2", "1/9", "3"),
        ("-1/2", "1/8", "2"),
        ("-1/2", "1/16", "4"),
        ("-1/2", "1/3", "0"),
        ("0", "1/2", "0"),
        ("1", "1/2", "never"),
        ("2", "1/2", "never"),
        ("-1", "1/2", "never"),
        ("-2", "1/2", "never"),
        ("1/2", "0", "never"),
    ],
)
def test_the_largest_power(base: str, level: str, largest: str) -> None:
    claim = Claim("power", over=(a, b), times={T: LargestPower(a, b)}, show=rel(Ge, T, 0))
    answer = at(claim, a=base, b=level)
    assert answer.times == {"T": largest}


def test_without_any_time_a_power_has_no_value() -> None:
    claim = Claim("power", over=(a, b), times={T: LargestPower(a, b)}, show=rel(Ge, T, 0))
    assert at(claim, a="1/2", b=2).undefined


# --- starts, and equalities of rational numbers -----------------------------------------------------------------------


def test_a_start_without_a_value_is_not_admissible() -> None:
    claim = Claim("start", over=x0, step=halving, start={x: 1 / x0}, show=rel(Gt, x**2, 0))
    answer = at(claim, x0=0, t=0)
    assert answer.admissible is False
    assert answer.violated[0].startswith("the start exists")
    root = Claim("start", over=x0, step=halving, start={x: sp.sqrt(x0)}, show=rel(Ge, x, 0))
    assert at(root, x0=-1, t=3).admissible is False
    assert at(root, x0=4, t=1).holds is True


def test_an_equality_of_rational_numbers_is_decided_though_the_conclusion_needs_balls() -> None:
    claim = Claim("third", given=[Eq(3 * a, b)], show=rel(Le, sp.exp(a), sp.exp(b) + 1))
    assert at(claim, a="1/3", b=1).holds is True
    off = at(claim, a="1/3", b="1000001/1000000")
    assert off.admissible is False


def test_an_equality_of_what_the_trajectory_reaches_is_left_open() -> None:
    claim = Claim(
        "reached", given=[rel(Eq, x, sp.exp(x0) / 2)], step=halving, start={x: sp.exp(x0)}, show=rel(Ge, x, 0), over=x0
    )
    assert at(claim, x0=1, t=1).admissible is not False


def test_a_comparison_of_identical_sides_is_decided() -> None:
    side = sp.exp(a) / (1 + sp.exp(a))
    assert at(Claim("same", over=a, show=rel(Le, side, side)), a="1/3").holds is True
    assert at(Claim("same", over=a, show=rel(Eq, side, side)), a="1/3").holds is True
    assert at(Claim("same", over=a, show=rel(Lt, side, side)), a="1/3").holds is False
    assert at(Claim("same", over=a, show=rel(Le, 1 / a, 1 / a)), a=0).undefined


def test_the_time_is_a_parameter_where_a_state_is_spoken_of() -> None:
    claim = Claim("state", given=[Gt(x0, 0)], step=halving, start=from_x0, show=rel(Gt, x, 0))
    assert claim.parameters == (x0, time)
    assert at(claim, x0=1, t=4).state == {"x": "1/16"}
