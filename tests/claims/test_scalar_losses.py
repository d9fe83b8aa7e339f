"""The losses l(s) of the paper's package: derivatives, and membership certified or refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from claims.sam_normalization.losses import (
    A1_A3,
    SCALAR,
    UNIT_CURVATURE,
    curved_losses,
    s,
    scalar_losses,
    single_neuron_losses,
)
from verify.errors import InputError
from verify.kernel.evaluation import evaluate_point
from verify.lowering.ball import Ball
from verify.lowering.interpret import Environment, Truth
from verify.statement.claim import Claim
from verify.statement.loss import Member, ScalarLossName
from verify.statement.loss_text import member_of

c, x = sp.symbols("c x", real=True)
ell = ScalarLossName("ell")
LOSSES = {
    "tanh(delta=1/2)": "1/2",
    "root()": "1",
    "clip(delta=2/3)": "1",
    "softsign(delta=1)": "1",
    "softsign(delta=1/3)": "1/4",
    "spline(delta=1)": "1",
    "spline(delta=1/2)": "1/2",
    "piecewise(knots='1/2:1/2,2:1')": "1",
}

smooth_claim = Claim("slope-bound", given=[x > 0], over=curved_losses(), show=sp.Le(ell.slope(x), x, evaluate=False))
bounded_claim = Claim("slope", given=[x > 0], over=scalar_losses(), show=sp.Le(ell.slope(x), 1, evaluate=False))
neuron_claim = Claim(
    "neuron", given=[c > 0, x > 0], over=single_neuron_losses(c), show=sp.Le(ell.slope(x), 1, evaluate=False)
)


def member(name: str) -> Member:
    found = member_of(smooth_claim, name)
    assert found is not None
    return found


def number(expression: sp.Expr, at: Fraction) -> float:
    with Ball(128) as ball:
        value = Environment(ball, {s: ball.rational(at.numerator, at.denominator)}).value(expression)
        return float(value.mid())


def has(name: str, kind: str, constant: str = "0") -> bool | None:
    condition = member(name).requirements[kind](sp.Rational(constant))
    if condition is None:
        return None
    with Ball(256) as ball:
        return Environment(ball, {}).truth(condition) is Truth.TRUE


POINTS = [Fraction(text) for text in ("-3", "-5/4", "-1/3", "-1/100", "1/7", "2/5", "9/10", "7/3", "10")]


@pytest.mark.parametrize("name", [*LOSSES, "cubic()"])
def test_the_slope_is_the_derivative_of_the_value(name: str) -> None:
    """By a symmetric difference quotient, whose error is at most a millionth away from the kinks."""
    loss = member(name)
    step = Fraction(1, 10**6)
    for at in POINTS:
        quotient = (number(loss.value, at + step) - number(loss.value, at - step)) / float(2 * step)
        assert abs(quotient - number(loss.gradient[0], at)) < 1e-6, at


@pytest.mark.parametrize("name", [*LOSSES, "cubic()"])
def test_a_loss_is_even_has_its_minimum_zero_at_zero_and_increases(name: str) -> None:
    loss = member(name)
    assert number(loss.value, Fraction(0)) == number(loss.gradient[0], Fraction(0)) == 0
    slopes = [number(loss.gradient[0], at) for at in POINTS]
    assert slopes == sorted(slopes)
    for at in POINTS:
        assert abs(number(loss.value, at) - number(loss.value, -at)) < 1e-30 + 1e-15 * abs(number(loss.value, at))
        assert abs(number(loss.gradient[0], at)) <= 1 + 1e-15


@pytest.mark.parametrize("name", [*LOSSES, "cubic()"])
def test_the_curvature_at_zero_is_one(name: str) -> None:
    near = Fraction(1, 10**6)
    assert abs(number(member(name).gradient[0], near) / float(near) - 1) < 1e-5
    assert has(name, UNIT_CURVATURE) is True
    assert has(name, SCALAR) is True


@pytest.mark.parametrize(("name", "constant"), LOSSES.items())
def test_a_member_meets_the_inequalities_that_it_is_certified_for(name: str, constant: str) -> None:
    """(A2) and (A3): s/2 <= l'(s) <= s up to c, and l'(s) >= c/2 beyond."""
    assert has(name, A1_A3, constant) is True
    size = Fraction(constant)
    for at in (size / 100, size / 3, size, 2 * size, 100 * size):
        slope = number(member(name).gradient[0], at)
        low, high = (at / 2, at) if at <= size else (size / 2, Fraction(1))
        assert float(low) - 1e-12 <= slope <= float(high) + 1e-12


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("clip(delta=2)", "1"),
        ("clip(delta=1/2)", "3/2"),
        ("softsign(delta=1)", "2"),
        ("softsign(delta=2)", "1"),
        ("spline(delta=1)", "3"),
        ("spline(delta=2)", "1"),
        ("tanh(delta=2)", "1"),
        ("root()", "2"),
        ("cubic()", "1"),
        ("cubic()", "1/1000"),
    ],
)
def test_a_loss_without_the_property_is_refused(name: str, constant: str) -> None:
    assert has(name, A1_A3, constant) is False


def test_cubic_is_steeper_than_its_argument_next_to_zero() -> None:
    for at in (Fraction(1, 1000), Fraction(1, 10), Fraction(1, 2)):
        assert number(member("cubic()").gradient[0], at) > float(at)
    answer = evaluate_point(smooth_claim, {"x": Fraction(1, 4)}, member("cubic()"))
    assert (answer.admissible, answer.holds) == (True, False)


@pytest.mark.parametrize(
    ("name", "text"),
    [("clip(delta=2)", "1-Lipschitz"), ("softsign(delta=2)", "1-Lipschitz"), ("spline(delta=3/2)", "1-Lipschitz")],
)
def test_a_slope_above_one_is_refused_with_that_reason(name: str, text: str) -> None:
    answer = evaluate_point(bounded_claim, {"x": Fraction(1)}, member_of(bounded_claim, name))
    assert answer.admissible is False
    assert text in answer.violated[0]


def test_the_wrong_constant_is_refused_with_that_reason() -> None:
    values = {"c": Fraction(2), "x": Fraction(1)}
    answer = evaluate_point(neuron_claim, values, member_of(neuron_claim, "softsign(delta=1)"))
    assert answer.admissible is False
    assert "(A1)-(A3)" in answer.violated[0]
    assert evaluate_point(neuron_claim, values | {"c": Fraction(1)}, member_of(neuron_claim, "softsign(delta=1)")).holds


def test_a_piecewise_loss_of_another_first_slope_has_no_unit_curvature() -> None:
    name = "piecewise(knots='1/2:1/4,2:1')"
    assert has(name, SCALAR) is True
    assert has(name, UNIT_CURVATURE) is False


def test_cubic_belongs_to_no_class_with_the_three_assumptions() -> None:
    with pytest.raises(InputError):
        member_of(neuron_claim, "cubic()")


@pytest.mark.parametrize("family", ["tanh", "clip", "softsign", "spline"])
def test_the_condition_of_a_symbolic_member_says_that_it_exists(family: str) -> None:
    """With delta left open, delta > 0 is part of the condition: nothing else refuses a negative one."""
    delta = sp.Symbol("delta", real=True)
    loss_class = scalar_losses()
    found = loss_class.family(family)
    assert found is not None
    ((_, condition),) = loss_class.requirements(found.build(family, delta=delta))
    assert condition is not None
    assert condition.xreplace({delta: sp.S.NegativeOne}) == sp.false
    assert condition.xreplace({delta: sp.Rational(1, 2)}) == sp.true
