"""What the kernel knows of elementary functions, against mpmath: derivatives, inequalities, where there is a value."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Abs, And, Eq, Ge, Gt, Implies, Ne, Rational, cos, exp, log, pi, sign, sin, sqrt, tan, tanh

from verify.errors import CertificateError
from verify.kernel.functions import (
    CONTRACTING,
    ELEMENTARY,
    FACTS,
    INCREASING,
    POWER_FACTS,
    definedness,
    derivative,
    fact,
    is_partial,
    require_known,
    smoothness,
    usable,
)

x, y, r = sp.symbols("x y r", real=True)
reals = st.floats(-20, 20).map(lambda number: sp.Rational(number).limit_denominator(1000))


def true_at(formula: sp.Basic, values: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether a formula holds at a point, up to rounding to 60 digits."""
    if isinstance(formula, Implies):
        return not true_at(formula.args[0], values) or true_at(formula.args[1], values)
    if isinstance(formula, And):
        return all(true_at(part, values) for part in formula.args)
    with mpmath.workdps(60):
        point = [mpmath.mpf(int(value.p)) / int(value.q) for value in values.values()]
        left, right = (sp.lambdify(list(values), side, "mpmath")(*point) for side in formula.args)
        noise = mpmath.mpf(10) ** -40 * (1 + abs(left) + abs(right))
        if isinstance(formula, Eq):
            return bool(abs(left - right) <= noise)
        return bool(left >= right - noise if isinstance(formula, Ge | Gt) else left <= right + noise)


UNARY = [(kind, name) for kind, facts in FACTS.items() for name in facts]
PAIRS = [
    *[(kind, "increasing") for kind in INCREASING],
    *[(kind, "order") for kind in INCREASING],
    *[(kind, "contracting") for kind in CONTRACTING],
    (exp, "tangent"),
    (log, "tangent"),
]


@pytest.mark.parametrize(("kind", "name"), UNARY, ids=lambda part: getattr(part, "__name__", part))
@settings(max_examples=15, deadline=None)
@given(value=reals)
def test_a_fact_about_a_function_is_true(kind: type, name: str, value: sp.Rational) -> None:
    assume(kind is not log or value > 0)
    assert true_at(fact(name, [kind(x)]), {x: value})


@pytest.mark.parametrize(("kind", "name"), PAIRS, ids=lambda part: getattr(part, "__name__", part))
@settings(max_examples=15, deadline=None)
@given(first=reals, second=reals)
def test_a_fact_about_two_values_of_a_function_is_true(
    kind: type, name: str, first: sp.Rational, second: sp.Rational
) -> None:
    assume(kind is not log or (first > 0 and second > 0))
    assert true_at(fact(name, [kind(x), kind(y)]), {x: first, y: second})


@pytest.mark.parametrize("name", POWER_FACTS)
@settings(max_examples=15, deadline=None)
@given(base=reals, exponent=reals)
def test_a_fact_about_a_real_power_is_true(name: str, base: sp.Rational, exponent: sp.Rational) -> None:
    assume(base > 0)
    assert true_at(fact(name, [x**r]), {x: base, r: exponent})


def test_every_fact_is_named_for_its_function_only() -> None:
    with pytest.raises(CertificateError, match="no fact 'increasing'"):
        fact("increasing", [sin(x), sin(y)])
    with pytest.raises(CertificateError, match="no fact 'tangent'"):
        fact("tangent", [tanh(x)])
    with pytest.raises(CertificateError, match="no fact 'contracting'"):
        fact("contracting", [exp(x), tanh(x)])


TERMS = [
    *[kind(x * y + 1) for kind in ELEMENTARY],
    x**r * y,
    (x**2 + 1) ** (r * x),
    2**x,
    sqrt(x**2 + y) / (1 + x**2),
    (1 + x**2) ** Rational(-2, 3),
    log(exp(x) + exp(y)) * tanh(x * sin(y)),
]


@pytest.mark.parametrize("term", TERMS, ids=str)
@settings(max_examples=10, deadline=None)
@given(a=st.floats(0.1, 2), b=st.floats(0.1, 2), c=st.floats(-2, 2))
def test_the_derivative_is_that_of_mpmath(term: sp.Expr, a: float, b: float, c: float) -> None:
    symbols, at = (x, y, r), (a, b, c)
    with mpmath.workdps(40):
        f = sp.lambdify(symbols, term, "mpmath")
        expected = mpmath.diff(lambda t: f(t, b, c), a)
        found = sp.lambdify(symbols, derivative(term, x), "mpmath")(*at)
        assume(abs(mpmath.cos(a * b + 1)) > 0.05)  # near a pole of the tangent the difference quotient is no measure
        assert abs(expected - found) <= mpmath.mpf(10) ** -12 * (1 + abs(found))


def test_what_has_no_derivative_everywhere_is_refused() -> None:
    for term in (Abs(x), sign(x), sp.Max(x, y), exp(Abs(x - y))):
        with pytest.raises(CertificateError, match="may have no derivative in x"):
            smoothness(term, x)
    assert smoothness(Abs(y) * x, x) == []


def test_conditions_for_a_value_come_inner_terms_first() -> None:
    assert definedness(log(1 / x)) == [Ne(x, 0), Gt(1 / x, 0, evaluate=False)]
    assert definedness(x**r) == [Gt(x, 0, evaluate=False)]
    assert definedness(2**x) == []
    assert definedness(tan(x)) == [Ne(cos(x), 0, evaluate=False)]
    assert definedness(sqrt(x)) == [Ge(x, 0, evaluate=False)]
    assert smoothness(sqrt(x), x) == [Ge(x, 0, evaluate=False), Gt(x, 0, evaluate=False)]


def test_a_hypothesis_that_may_hold_without_a_value_is_left_out() -> None:
    relation = Gt(log(x), 1, evaluate=False)
    assert usable([relation]) == [relation]
    # where log(x) has no value this holds, whatever y is
    assert is_partial(Implies(relation, y > 0)) and usable([Implies(relation, y > 0)]) == []
    # at r = 2 this holds for negative x too, so it does not say that x > 0
    assert usable([Gt(x**r, 1, evaluate=False), And(x > 1, y > 2)]) == [x > 1, y > 2]


def test_what_the_kernel_knows_nothing_of_is_refused() -> None:
    for term in (
        sp.gamma(x),
        sp.Float(0.5) * x,
        sp.zoo,
        sp.oo,
        sp.I,
        sp.Symbol("z"),
        x ** sp.Symbol("n", integer=True),
    ):
        with pytest.raises(CertificateError):
            require_known([sp.Ge(term, x, evaluate=False) if term.is_extended_real else term])
    require_known([Ge(exp(pi * x) + r**x, 1, evaluate=False)])
