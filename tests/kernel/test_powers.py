"""The largest t with base^t >= level: what is known of it holds, and what must not be proved of it is not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Ge, Gt, Implies, Le, Lt, Min, Rational, Symbol, Tuple

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.evaluation import evaluate_point
from verify.kernel.obligations import obligations
from verify.kernel.powers import bounds, stands_alone
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import BigTheta, LargestPower

q, r, T, S = (Symbol(name, real=True) for name in ("q", "r", "T", "S"))
quarter = Rational(1, 4)
falling = (Gt(q, 0), Lt(q, 1))


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def claim(show: Any, *, assumed: tuple[Any, ...] = falling, base: Any = q, level: Any = quarter, **more: Any) -> Claim:
    return Claim("powers", given=assumed, over=(q, r), times={T: LargestPower(base, level)}, show=show, **more)


def proved(statement: Claim) -> bool:
    """Whether it is proved, and the kernel accepts the evidence."""
    outcome = prove_part(statement, "", "", WORK["quick"])
    return outcome.evidence is not None and check_evidence(statement, outcome.evidence).verdict == "proved"


@settings(deadline=None, max_examples=150)
@given(
    base=st.fractions(min_value=-1, max_value=1, max_denominator=40).filter(lambda base: abs(base) < 1),
    level=st.fractions(min_value=Fraction(1, 50), max_value=1, max_denominator=50),
)
def test_what_is_known_of_the_time_holds(base: Fraction, level: Fraction) -> None:
    values = {q: sp.Rational(base.numerator, base.denominator), r: sp.Rational(level.numerator, level.denominator)}
    statement = Claim("time", over=(q, r), times={T: LargestPower(q, r)}, show=rel(Ge, T, 0))
    answer = evaluate_point(statement, {"q": base, "r": level}, None)
    values[T] = sp.Integer(answer.times["T"])
    assert values[T] >= 0 and base ** int(values[T]) >= level
    for bound in bounds(T, LargestPower(q, r)):
        assert bound.subs(values) == sp.true


def test_the_time_is_bounded_from_both_sides() -> None:
    assert proved(claim(rel(Le, T, 3 / (1 - q))))
    assert proved(claim(rel(Gt, T, Rational(3, 4) / (1 - q) - 1)))
    assert not proved(claim(rel(Le, T, 1 / (1 - q))))
    assert not proved(claim(rel(Ge, T, Rational(3, 4) / (1 - q))))


def test_its_order_is_proved_with_constants() -> None:
    order = BigTheta(T, 1 / (1 - q), Tuple())
    later = (*falling, rel(Le, 1, T))
    constants = Hints(constants={"": (Rational(3, 8), Rational(3))})
    assert proved(claim(order, assumed=later, hints=constants))
    assert not proved(claim(order, hints=constants))  # T = 0 where q < 1/4
    assert not proved(claim(order, assumed=later, hints=Hints(constants={"": (Rational(1), Rational(3))})))
    only_then = claim(Implies(Gt(r, 0), BigTheta(T, Min(1 / (1 - q), 1 / r), Tuple())), hints=constants, assumed=later)
    assert not proved(only_then)  # the minimum may be far below
    upper_only = (*later, rel(Ge, 1 / r, 1 / (1 - q)))
    assert proved(claim(only_then.conclusions[""][""], hints=constants, assumed=upper_only))


def test_a_condition_of_an_order_is_used_and_nothing_beyond_it() -> None:
    constants = Hints(constants={"": (Rational(3, 8), Rational(3))})
    order = Implies(Gt(q, 0), BigTheta(T, 1 / (1 - q), Tuple()))
    assert proved(claim(order, assumed=(Lt(q, 1), rel(Le, 1, T)), hints=constants))
    assert not proved(claim(order, assumed=(Lt(q, 2), rel(Le, 1, T)), hints=constants))


@pytest.mark.parametrize("assumed", [(Lt(q, 1),), (Gt(q, 0), sp.Ne(q, 1)), (Gt(q, -1), Lt(q, 1))])
def test_a_base_that_may_lie_beyond_bounds_nothing(assumed: tuple[Any, ...]) -> None:
    assert not proved(claim(rel(Le, T, 3 / (1 - q)), assumed=assumed))


def test_the_time_is_a_natural_number_where_the_power_falls() -> None:
    assert proved(claim(rel(Gt, T, -1), assumed=(Gt(q, -1), Lt(q, 1))))
    assert not proved(claim(rel(Gt, T, -1), assumed=(Gt(q, -2), Lt(q, 1))))


def test_a_negative_base_makes_the_time_0_or_its_square_large() -> None:
    assumed = (Gt(q, Rational(-1, 3)), Lt(q, 1), rel(Le, 2, T))
    assert proved(claim(rel(Lt, T, 4 / (1 - q)), assumed=assumed, hints=Hints(lemmas=(Gt(q, 0),))))
    assert not proved(claim(rel(Lt, T, 4 / (1 - q)), assumed=(Gt(q, Rational(-2, 3)), *assumed[1:])))


def test_a_time_that_never_comes_is_no_number() -> None:
    always = claim(rel(Le, T, T + 1), assumed=(Gt(q, 1),))
    assert not stands_alone(always, always.conclusions[""][""])
    with pytest.raises(CertificateError, match="otherwise than by comparing it"):
        obligations(always, "", "", "implication")
    assert not proved(claim(rel(Le, T, 5), assumed=(Gt(q, 1),)))
    assert not proved(claim(rel(Ge, T, 5), assumed=(Gt(q, 1),)))  # true, but nothing is known of it


def test_assumptions_about_the_time_are_used_where_it_stands_alone_only() -> None:
    assert proved(claim(rel(Ge, T, 2), assumed=(*falling, rel(Ge, T, 3))))
    assert not proved(claim(rel(Ge, T, 2), assumed=(*falling, rel(Ge, T + 1, 4))))
    two = Claim(
        "two",
        given=[*falling, rel(Ge, T, S)],
        times={T: LargestPower(q, quarter), S: LargestPower(q, quarter)},
        show=rel(Ge, T, S),
    )
    assert not proved(two)


@pytest.mark.parametrize("level", [r, Rational(0), Rational(-1), Rational(2)])
def test_a_level_that_is_no_number_up_to_1_is_refused(level: Any) -> None:
    with pytest.raises(CertificateError, match="no number in"):
        obligations(claim(rel(Ge, T, 0), level=level), "", "", "implication")


def test_a_base_without_a_value_gives_no_time() -> None:
    assumed = (rel(Gt, 1 / r, 0), rel(Lt, 1 / r, 1))
    assert proved(claim(rel(Ge, T, 0), base=1 / r, assumed=assumed))
    apart = (Ge(r, 0), Le(r, 2))
    conditional = Implies(rel(Gt, r, 1), rel(Ge, T, 0))
    assert not proved(claim(conditional, base=1 / r, assumed=apart))
    assert proved(claim(conditional, base=1 / r, assumed=(Gt(r, 0),)))


def test_a_lemma_may_speak_of_the_time_as_of_a_number() -> None:
    lemma = rel(Le, T + 1, 2 * T)
    assert proved(
        claim(rel(Ge, T, Rational(3, 8) / (1 - q)), assumed=(*falling, rel(Ge, T, 1)), hints=Hints(lemmas=(lemma,)))
    )
    false = rel(Le, 2 * T, T + 1)
    assert not proved(claim(rel(Le, T, 1), assumed=(*falling, rel(Ge, T, 1)), hints=Hints(lemmas=(false,))))
