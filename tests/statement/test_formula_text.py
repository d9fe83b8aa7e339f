"""Formulas as text and as LaTeX: what is bound, what a constant may depend on, and sums as factors in parentheses."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import Gt, Le, Tuple
from sympy.core.symbol import Str
from sympy.logic.boolalg import Boolean

from verify.statement.claim import Claim
from verify.statement.formula import (
    Always,
    AsLongAs,
    BigO,
    BigOmega,
    BigTheta,
    ConvergesTo,
    DecaysExponentially,
    Diverges,
    DivergesExponentially,
    Eventually,
    EventuallyAlways,
    ForAll,
    IsMember,
    LimInf,
    LimSup,
    StepSum,
    ThereAre,
)
from verify.statement.loss import Loss
from verify.statement.system import System
from verify.statement.vectors import Inner, Norm, Vector

x, y, K, J, e, rho, limit = sp.symbols("x y K J e rho l", real=True)
turn = System("turn", (x, y), (-y, x))

TEXTS: list[tuple[sp.Basic, str, str]] = [
    (
        BigO(x**2, y, Tuple(rho)),
        "there is K(rho) > 0 with x**2 <= K(rho)*y",
        r"\exists\,K(\rho)>0:\ x^{2} \le K(\rho)\cdot y",
    ),
    (BigO(x, y + 1, Tuple()), "there is K > 0 with x <= K*(y + 1)", r"\exists\,K>0:\ x \le K\cdot \left(y + 1\right)"),
    (BigOmega(x, y, Tuple()), "there is K > 0 with x >= K*y", r"\exists\,K>0:\ x \ge K\cdot y"),
    (
        BigTheta(x, y, Tuple(e, rho)),
        "there are k(e, rho) > 0, K(e, rho) > 0 with x >= k(e, rho)*y and x <= K(e, rho)*y",
        r"\exists\,k(e, \rho)>0, K(e, \rho)>0:\ x \ge k(e, \rho)\cdot y,\ x \le K(e, \rho)\cdot y",
    ),
    (
        ThereAre(Tuple(K, J), Gt(K, J), Tuple(rho), Le(x, K)),
        "there are K, J with K > J depending on rho only: x <= K",
        r"\exists\,K(\rho), J(\rho)\ [K > J]:\ x \leq K",
    ),
    (
        ThereAre(Tuple(K), Gt(K, 0), Tuple(), Le(x, K)),
        "there is K with K > 0, the same for all: x <= K",
        r"\exists\,K\ [K > 0]:\ x \leq K",
    ),
    (ForAll(Tuple(e), Gt(e, 0), Le(x, e)), "for all e with e > 0: x <= e", r"\forall\,e\ [e > 0]:\ x \leq e"),
    (Always(Le(x, 1)), "always: x <= 1", r"\forall t:\ x \leq 1"),
    (Eventually(Le(x, 1)), "at some time: x <= 1", r"\exists t:\ x \leq 1"),
    (EventuallyAlways(Le(x, 1)), "from some time on: x <= 1", r"\exists T\,\forall t\ge T:\ x \leq 1"),
    (AsLongAs(Gt(y, 0), Le(x, 1)), "as long as y > 0: x <= 1", r"\text{as long as } y > 0:\ x \leq 1"),
    (ConvergesTo(Tuple(limit), Tuple(x), Le(limit, 1)), "x -> l with l <= 1", r"x\to l\ \text{with}\ l \leq 1"),
    (DecaysExponentially(x), "x decays exponentially fast", r"x \text{ decays exponentially fast}"),
    (Le(LimInf(x), 1), "liminf_t x <= 1", r"\liminf_{t\to\infty} x \leq 1"),
    (Le(LimInf(x + y), 1), "liminf_t (x + y) <= 1", r"\liminf_{t\to\infty} \left(x + y\right) \leq 1"),
    (Le(LimSup(x + y), 1), "limsup_t (x + y) <= 1", r"\limsup_{t\to\infty} \left(x + y\right) \leq 1"),
    (Le(StepSum(x + y), 1), "sum_(i<t) (x + y) <= 1", r"\sum_{i=0}^{t-1} \left(x + y\right)\big|_i \leq 1"),
    (
        IsMember(Str("tanh(delta=1)"), Str("smooth"), K),
        "tanh(delta=1) is smooth with the constant K",
        r"\text{tanh(delta=1) is smooth with the constant } K",
    ),
    (Diverges(x, y), "(x, y)_t diverges (||(x, y)_t|| -> oo)", r"\lVert (x, y)_t \rVert \to \infty"),
    (Diverges(x), "x_t diverges (||x_t|| -> oo)", r"\lVert x_t \rVert \to \infty"),
    (
        DivergesExponentially(x, y),
        "(x, y)_t diverges exponentially fast",
        r"(x, y)_t \text{ diverges exponentially fast}",
    ),
]


@pytest.mark.parametrize(("formula", "text", "latex"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_a_formula_reads(formula: sp.Basic, text: str, latex: str) -> None:
    assert str(formula) == text
    assert sp.latex(formula) == latex


L, u = Loss(), Vector("u")
POWERS = [
    (L(u), "L(u)**2", r"\mathcal{L}(u)^{2}"),
    (L.minimum, "(min L)**2", r"\left(\mathcal{L}^*\right)^{2}"),
    (Inner(u, u), "<u, u>**2", r"\langle u, u \rangle^{2}"),
    (Norm(u), "||u||**2", r"\left\lVert u \right\rVert^{2}"),
    (LimInf(x), "(liminf_t x)**2", r"\left(\liminf_{t\to\infty} x\right)^{2}"),
    (LimSup(x), "(limsup_t x)**2", r"\left(\limsup_{t\to\infty} x\right)^{2}"),
    (StepSum(x), "(sum_(i<t) x)**2", r"\left(\sum_{i=0}^{t-1} x\big|_i\right)^{2}"),
]


@pytest.mark.parametrize(("base", "text", "latex"), POWERS, ids=[text for _, text, _ in POWERS])
def test_a_power_reads(base: sp.Expr, text: str, latex: str) -> None:
    assert (str(base**2), sp.latex(base**2)) == (text, latex)
    assert str(2 * base) == f"2*{base}"
    sp.latex(2 / base - base)


def test_nested_formulas_read_from_the_outside_in() -> None:
    formula = ThereAre(Tuple(K), Gt(K, 0), Tuple(), ForAll(Tuple(e), Gt(e, 0), EventuallyAlways(Le(x, K * e))))
    assert str(formula) == "there is K with K > 0, the same for all: for all e with e > 0: from some time on: x <= K*e"


BINDERS: list[Boolean] = [
    ThereAre(Tuple(K), Gt(K, 0), Tuple(), Always(Le(x, K))),
    ForAll(Tuple(e), Gt(e, 0), EventuallyAlways(Le(x, e))),
    ThereAre(Tuple(K), Gt(K, 0), Tuple(), ForAll(Tuple(e), Gt(e, 0), Eventually(Le(x, K * e)))),
    ConvergesTo(Tuple(limit), Tuple(x**2), Le(limit, 1)),
]


@pytest.mark.parametrize("formula", BINDERS, ids=str)
def test_a_bound_symbol_is_not_free_and_no_parameter(formula: Boolean) -> None:
    claim = Claim("binds", step=turn, start={x: sp.S.One, y: sp.S.Zero}, show=formula)
    assert formula.free_symbols == {x}
    assert not {K, e, limit} & {*claim.parameters, *claim.quantified}


def test_what_a_constant_may_depend_on_is_free() -> None:
    assert rho in ThereAre(Tuple(K), Gt(K, 0), Tuple(rho), Le(x, K)).free_symbols


@pytest.mark.parametrize(("formula", "text", "latex"), TEXTS[:3], ids=["a", "b", "c"])
def test_formulas_do_not_evaluate(formula: sp.Basic, text: str, latex: str) -> None:
    assert formula.func(*formula.args) == formula
    assert BigO(x, x, Tuple()) not in (sp.true, sp.false)
