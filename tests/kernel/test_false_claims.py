"""Small false (or ill-posed) claims, each after a rule of the kernel that could be misread; none is proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sympy as sp
from sympy import (
    Abs,
    Derivative,
    E,
    Eq,
    Equivalent,
    Ge,
    Gt,
    Implies,
    Le,
    Mul,
    Ne,
    Or,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    oo,
    sqrt,
)

from claims.sam_normalization.losses import scalar_losses
from claims.sam_normalization.setting import ell
from verify.errors import CertificateError
from verify.kernel.counterexample import counterexample_obligations
from verify.kernel.obligations import obligations
from verify.point import evaluate
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints, PointCounterexample
from verify.statement.formula import (
    Converges,
    ConvergesExponentially,
    Differentiable,
    FromEveryStart,
    LimSup,
)
from verify.statement.loss import Family, Loss, LossClass, Member, Property, Spectrum
from verify.statement.system import System, time
from verify.statement.vectors import Inner, Norm, Vector

x, y, z, a, i, x0 = (Symbol(name, real=True) for name in ("x", "y", "z", "a", "i", "x0"))
lam = Symbol("lam", real=True)
u, v, w, w0 = (Vector(name) for name in ("u", "v", "w", "w0"))
L = Loss("L")
s = Symbol("s", positive=True)


def proved(claim: Claim) -> bool:
    return prove_part(claim, "", "", WORK["quick"]).evidence is not None


def implies(first: Any, second: Any) -> Any:
    return Implies(first, second, evaluate=False)


CUBE = a**3 - 2  # 0 at no rational number, so that no search meets it

FALSE: Mapping[str, Claim] = {
    # two named vectors may be equal
    "vectors-equal": Claim("vectors-equal", given=[Eq(u, v)], show=Norm(u) <= Norm(v) - 1),
    "vector-zero": Claim("vector-zero", given=[Eq(u, 0), a <= 1], show=a <= 0),
    "vectors-differ": Claim("vectors-differ", given=[a <= 1], over=(u, v), show=implies(Eq(u, v), a <= 0)),
    # what is expanded, taken out of a root or looked at by a loss has to have a value
    "expanded": Claim("expanded", given=[a <= 5], over=u, show=Ge(Norm(CUBE * (1 / CUBE + 1) * u), 0, evaluate=False)),
    "inner": Claim("inner", given=[a <= 5], over=u, show=Inner(a * u, (1 / a + 1) * u) >= Inner(u, u) * (1 + a)),
    "rooted": Claim("rooted", given=[x <= 5], show=sqrt(x**4 / (x**2 - 2) - 4 / (x**2 - 2)) >= 1),
    "cancelled": Claim("cancelled", given=[x <= 1], over=w, show=Norm(w) + Mul(x, 1 / x, evaluate=False) >= 1),
    "argument": Claim("argument", given=[a <= 5], over=(x, scalar_losses()), show=ell.slope(x / CUBE) ** 2 <= 1),
    # the hypothesis of an implication holds only where it has a value
    "hypothesis": Claim("hypothesis", given=[implies(x / y >= 1, z >= 1)], define={y: x}, over=(x, z), show=z >= 1),
    "complements": Claim(
        "complements", given=[implies(Or(1 / x > 0, 1 / y <= 0), z >= 1)], define={y: x}, over=(x, z), show=z >= 1
    ),
    "equivalence": Claim(
        "equivalence", given=[Equivalent(x / y >= 1, z >= 1, evaluate=False)], define={y: x}, over=(x, z), show=z >= 1
    ),
    "circle": Claim("circle", given=[implies(x / Abs(x) >= -1, Ne(x, 0))], show=Ne(x, 0)),
    # exp(x) in another dress
    "power-of-e": Claim("power-of-e", given=[x <= 5], show=Eq(Pow(E, x, evaluate=False), exp(E))),
    # the base holds the index: no geometric series
    "series": Claim("series", given=[i >= 0, i <= 1], show=Le(Sum((i / 4) ** i, (i, 0, oo)), 2, evaluate=False)),
    # derivatives that do not exist everywhere
    "kink": Claim("kink", given=[x <= 1], show=Derivative(Abs(x), x) ** 2 <= 1),
    "second": Claim(
        "second", given=[x <= 1], over=(x, scalar_losses()), show=Ge(ell.curvature(x) ** 2, 0, evaluate=False)
    ),
    "taken": Claim("taken", over=(x, scalar_losses()), show=Eq(Derivative(ell(x), x), ell.slope(x), evaluate=False)),
    # a hint's symbol that SymPy takes for positive
    "abbreviated": Claim(
        "abbreviated",
        given=[x <= 1, y <= 1],
        show=Le(Abs(x * y + 1), x * y + 1, evaluate=False),
        hints=Hints(abbreviate={s: x * y + 1}),
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_not_proved(name: str) -> None:
    assert not proved(FALSE[name])


TRUE: Mapping[str, Claim] = {
    "equal": Claim("equal", given=[Eq(u, v)], show=Norm(u) <= Norm(v)),
    "zero": Claim("zero", given=[Eq(u, 0)], over=v, show=Inner(u, v) <= 0),
    "same": Claim("same", over=(u, v), show=implies(Eq(u - v, 0), Norm(u) <= Norm(v))),
    "expanded": Claim("expanded", given=[a <= 1], over=u, show=Ge(Norm(CUBE * (1 / CUBE + 1) * u), 0, evaluate=False)),
    "hypothesis": Claim(
        "hypothesis", given=[implies(x / y >= 1, z >= 1), x > 0], define={y: x}, over=(x, z), show=z >= 1
    ),
    "nothing-said": Claim(
        "nothing-said", given=[Or(Eq(x, 0), z >= 1)], define={y: x}, show=implies(x / y >= 1, z >= 1)
    ),
    "differentiable": Claim(
        "differentiable",
        given=[Differentiable(ell.symbol, S.One, x)],
        over=(x, scalar_losses()),
        show=Eq(Derivative(ell(x), x), ell.slope(x), evaluate=False),
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_beside_it_is_proved(name: str) -> None:
    assert proved(TRUE[name])


def test_an_implication_holds_where_its_hypothesis_has_no_value() -> None:
    """Once the definition is put in, x/y is 1 and z >= 1 all that is left."""
    assert evaluate(TRUE["nothing-said"], x=0, z=0).holds is True


# --- linear iterations ------------------------------------------------------------------------------------------------


def quadratics(*constraints: Any) -> LossClass:
    coordinate = Symbol("w", real=True)

    def member(name: str, h: sp.Expr) -> Member:
        return Member(
            name, (coordinate,), h * coordinate**2 / 2, (h * coordinate,), {"quadratic": lambda _: sp.true},
            eigenvalues=(h,), diagonal=True, minimizer=None if h < 0 else (S.Zero,),
        )  # fmt: skip

    family = Family("parabola", {"h": "1"}, member, lambda unit, _: {"h": unit[0]}, 1)
    return LossClass("quadratics", (Property("quadratic"),), (family,), spectrum=Spectrum(lam, constraints, ()))


def iteration(update: sp.Expr, *constraints: Any, show: Any) -> Claim:
    step = System("iteration", (w,), (update,))
    return Claim("iteration", over=quadratics(*constraints), step=step, start={w: w0}, show=FromEveryStart(show))


@pytest.mark.parametrize("show", [Converges(w), ConvergesExponentially(w)])
def test_a_map_that_moves_with_the_time_has_no_eigenvalues(show: Any) -> None:
    # each factor lies in (0, 1), and their product does not tend to 0
    claim = iteration(w - L.gradient(w) / (time + 2) ** 2, lam >= Rational(1, 2), lam <= 1, show=show)
    assert not proved(claim)


@pytest.mark.parametrize("show", [Converges(w), ConvergesExponentially(w)])
def test_without_a_minimizer_nothing_converges_to_it(show: Any) -> None:
    assert not proved(iteration(w + L.gradient(w) / 4, lam >= -2, lam <= -1, show=show))
    assert proved(iteration(w - L.gradient(w) / 4, lam >= 1, lam <= 2, show=show))


# --- a trap after a point ---------------------------------------------------------------------------------------------


def test_the_time_moves_on_after_the_point() -> None:
    """x grows by t - 1 in each step, so that its limit is not bounded; at t = 1 alone it stands still."""
    hint = PointCounterexample({"x0": "0", "t": "1"}, invariant=(x <= 1,), bound=S.One)
    claim = Claim(
        "moves",
        given=[x0 >= 0, x0 <= 1],
        step=System("steps", (x,), (x + time - 1,)),
        start={x: x0},
        takes=(x0, time),
        show=LimSup(x) >= 5,
        hints=Hints(counterexamples=(hint,)),
    )
    with pytest.raises(CertificateError, match="no value along the trajectory"):
        counterexample_obligations(claim, "", "", 0)


def test_a_condition_that_is_not_to_be_seen_is_an_obligation() -> None:
    goals = obligations(FALSE["argument"], "", "", "implication")
    assert Ne(CUBE, 0, evaluate=False) in [goal.conclusion for goal in goals]
    goals = obligations(FALSE["rooted"], "", "", "implication")
    assert Ne(x**2 - 2, 0, evaluate=False) in [goal.conclusion for goal in goals]


def test_what_is_assumed_hides_nothing() -> None:
    """Where the condition is known, it is no obligation."""
    known = Claim("known", given=[Gt(x**2 - 2, 0)], show=FALSE["rooted"].show)
    assert Ne(x**2 - 2, 0, evaluate=False) not in [
        goal.conclusion for goal in obligations(known, "", "", "implication")
    ]
