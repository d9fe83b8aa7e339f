"""What a claim refuses because it would be read in more than one way, or decided by what no reader sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sympy import Float, Integer, Rational, Symbol

from verify.errors import ClaimError
from verify.statement.claim import Claim
from verify.statement.formula import LargestPower
from verify.statement.loss import Loss, LossClass, Property
from verify.statement.system import System, time
from verify.statement.vectors import Vector

x, y, a, b = (Symbol(name, real=True) for name in ("x", "y", "a", "b"))
positive, whole, bare = Symbol("x", positive=True), Symbol("n", integer=True), Symbol("z")
x_next, bracket = Symbol("x_next", real=True), Symbol("slope[1]", real=True)
w = Vector("w")
halving = System("halving", (x,), (x / 2,))
losses = LossClass("L is convex", (Property("convex"),), ())


def trajectory(**arguments: Any) -> Claim:
    return Claim("c", given=[y > 0], step=halving, start={x: y}, **arguments)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Claim("c", given=[positive <= 5], show=positive <= 6), "declared as Symbol.'x', real=True."),
        (lambda: Claim("c", given=[whole <= 5], show=whole <= 6), "declared as Symbol"),
        (lambda: Claim("c", over=bare, show=x <= 5, given=[x <= 4]), "declared as Symbol"),
        (lambda: Claim("c", given=[x <= 5], over=Vector("x"), show=x <= 6), "two symbols have the name 'x'"),
        (lambda: Claim("c", over=(losses, w), show=Loss("L")(w) <= Loss("M")(w)), "the losses L, M"),
        (lambda: Claim("c", over=x, step=System("s", (x,), (x * Float("0.1"),)), show=x_next <= 1), "the float"),
        (lambda: Claim("c", over=x, step=System("s", (x,), (bracket,)), show=x_next <= 1), "holds a bracket"),
        (lambda: System("s", (x, x_next), (x / 2, x_next)), "speaks of x_next, which is the name of its next state"),
        (lambda: System("s", (x,), (x_next / 2,)), "speaks of x_next"),
        (lambda: Claim("c", given=[x > 0], define={a: a + 1}, show=x <= a), "defines a by itself"),
        (lambda: Claim("c", given=[x > 0], define={a: b, b: a + x}, show=a <= b), "defines a by itself"),
        (lambda: Claim("c", step=halving, define={x: Integer(1)}, show=x_next <= 1), "belongs to the state"),
        (lambda: Claim("c", step=halving, define={x_next: x}, show=x_next <= 1), "belongs to the state"),
        (lambda: trajectory(define={a: time}, show=x <= a), "defines a by t, which moves on"),
        (lambda: trajectory(define={a: b, b: time}, show=x <= a), "by t, which moves on"),
        (lambda: trajectory(times={a: LargestPower(x, Rational(1, 2))}, show=time <= a), "moves along the trajectory"),
        (lambda: trajectory(times={a: LargestPower(1 / time, Rational(1, 2))}, show=time <= a), "moves along"),
    ],
)
def test_it_is_refused_with_a_sentence(make: Callable[[], object], reason: str) -> None:
    with pytest.raises(ClaimError, match=reason):
        make()
