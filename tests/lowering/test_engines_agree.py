"""Every claim of the paper through every arithmetic at the same points: they never contradict each other."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from claims.sam_normalization import CLAIMS
from verify.kernel.evaluation import BeyondHorizon, Evaluator, parameter_names
from verify.lowering.ball import Ball
from verify.lowering.exact import Exact
from verify.lowering.floats import Floats
from verify.lowering.interpret import Environment, NotExact, Truth, Undecided
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of


def _value_of(formula: sp.Expr, variable: sp.Symbol, at: mpmath.mpf) -> mpmath.mpf:
    return mpmath.mpf(str(formula.subs(variable, at).evalf(35)))


POINTWISE = [claim for claim in CLAIMS if claim.parameters]


def truths(claim: Claim, values: dict[str, Fraction], loss: str | None, arithmetic: Any) -> dict[str, Truth] | None:
    """The parts' truths at an admissible point; None where this arithmetic does not tell or the point is none."""
    bits = getattr(arithmetic, "bits", None)
    try:
        reading = next(iter(claim.conclusions))
        result = Evaluator(claim, values, member_of(claim, loss), reading, arithmetic, bits).result()
    except (NotExact, Undecided, BeyondHorizon):
        return None
    return {name: part.truth for name, part in result.parts.items()} if result.admissible else None


@pytest.mark.parametrize("claim", POINTWISE, ids=lambda claim: claim.id)
def test_exact_and_ball_arithmetic_never_contradict_each_other(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.kernel.evaluation.TIME_HORIZON", 60)

    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # to shrink a point whose trajectory is long takes minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(claim.strategy())
    def agree(point: dict[str, Any]) -> None:
        loss = point.pop("loss")
        point |= {"t": min(point["t"], Fraction(4))} if "t" in point else {}
        assert set(parameter_names(claim, member_of(claim, loss))) == set(point)
        answers = [truths(claim, point, loss, Exact())]
        for bits in (64, 200):
            with Ball(bits) as ball:
                answers.append(truths(claim, point, loss, ball))
        for part in claim.conclusions[next(iter(claim.conclusions))]:
            known = {answer[part] for answer in answers if answer is not None} - {Truth.UNKNOWN}
            assert len(known) <= 1, (part, answers)

    agree()


FRACTIONS = st.fractions(-6, 6, max_denominator=40)


@pytest.mark.parametrize(
    "text", ["huber(beta=2,alpha=1/2)", "logcosh(beta=2,alpha=1/3)", "plsine(a=3/4)", "quadratic(h=3/2)"]
)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(at=FRACTIONS)
def test_balls_contain_the_value_that_mpmath_finds_and_the_gradient_is_the_derivative(text: str, at: Fraction) -> None:
    lemma_49 = next(claim for claim in CLAIMS if claim.id == "lemma-49")
    member = member_of(lemma_49, text)
    assert member is not None
    (coordinate,) = member.coordinates
    value = float(Environment(Floats(), {coordinate: float(at)}).value(member.value))
    with Ball(128) as ball:
        enclosure = Environment(ball, {coordinate: ball.rational(at.numerator, at.denominator)}).value(member.value)
        slope = Environment(ball, {coordinate: ball.rational(at.numerator, at.denominator)}).value(member.gradient[0])
        assert abs(float(enclosure.mid()) - value) < 1e-9
        assert float(enclosure.rad()) < 1e-20
    with mpmath.workdps(40):
        numeric = mpmath.diff(
            partial(_value_of, member.value, coordinate),
            mpmath.mpf(at.numerator) / at.denominator,
            h=mpmath.mpf(10) ** -8,
        )
    if not any(
        abs(float(kink.subs(coordinate, float(at)))) < 1e-6 for kinks in member.kinks.values() for kink in kinks
    ):
        assert abs(float(numeric) - float(slope.mid())) < 1e-5


def test_the_float_lowering_is_vectorised_and_marks_missing_values() -> None:
    floats = Floats()
    assert np.isnan(floats.divide(np.array([1.0]), np.array([0.0]))).all()
