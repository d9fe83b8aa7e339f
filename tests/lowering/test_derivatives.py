"""Derivatives of expressions without a loss: taken where everything is smooth, refused elsewhere."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Abs, Derivative, Eq, Mul, Symbol, exp, sqrt

from verify.errors import ClaimError, VerifyError
from verify.point import evaluate
from verify.statement.claim import Claim
from verify.statement.system import System

x, y = Symbol("x", real=True), Symbol("y", real=True)


def at(expression: object, place: Fraction) -> bool | None:
    """Whether the derivative is 6 at a place; None where it has no value."""
    claim = Claim("derivative", over=x, show=Eq(Derivative(expression, x), 6, evaluate=False))
    return evaluate(claim, x=place).holds


def test_a_smooth_expression_is_derived() -> None:
    assert at(x**2, Fraction(3)) is True
    assert at(x**2 + exp(x), Fraction(3)) is False
    assert at(-6 / x, Fraction(1)) is True


def test_where_it_has_no_value_it_has_no_derivative() -> None:
    assert at(-6 / x, Fraction(0)) is None
    assert at(Mul(6, x**2, 1 / x, evaluate=False), Fraction(1)) is True
    assert at(Mul(6, x**2, 1 / x, evaluate=False), Fraction(0)) is None


@pytest.mark.parametrize("kink", [Abs(x), sqrt(x)])
def test_what_may_have_no_derivative_is_refused(kink: object) -> None:
    with pytest.raises(VerifyError, match="write out what is meant"):
        at(kink, Fraction(3))


def test_what_stands_for_an_expression_is_no_constant() -> None:
    step = System("a step", (x,), (x - x**2,))
    with pytest.raises(ClaimError, match="takes x_next for a constant"):
        Claim("next", over=x, step=step, show=Eq(Derivative(step.next[0], x), 1 - 2 * x, evaluate=False))
    with pytest.raises(ClaimError, match="takes y for a constant"):
        Claim("defined", over=x, define={y: x**2}, show=Eq(Derivative(y, x), 2 * x, evaluate=False))
