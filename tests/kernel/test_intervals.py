"""Interval arithmetic encloses what mpmath computes, on random terms, boxes and points."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Rational, cos, cosh, exp, log, sin, sqrt, tan

from verify.kernel.intervals import Empty, Interval, enclosure, exact, joined

x, y = sp.symbols("x y", real=True)

numbers = st.fractions(-8, 8, max_denominator=64)
leaves = st.sampled_from([x, y, sp.Integer(2), Rational(-3, 7), sp.pi, sp.E])
functions = st.sampled_from(
    [sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atan, sp.Abs, sp.sign]
)
powers = st.sampled_from([2, 3, -1, -2, Rational(1, 2), Rational(-1, 2), Rational(2, 3), Rational(-5, 3)])
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda f, a: f(a), functions, inner),
        st.builds(lambda a, p: a**p, inner, powers),
        st.builds(lambda a, b: sp.Max(a, b), inner, inner),
        st.builds(lambda a, b: sp.Min(a, b), inner, inner),
        st.builds(lambda a, b: (1 + a**2) ** b, inner, inner),
    ),
    max_leaves=6,
)


def evaluated(term: sp.Expr, values: dict[sp.Symbol, mpmath.mpf]) -> mpmath.mpf:
    """The term at a point by mpmath; an error or a complex number where it has no real value."""
    if term in values:
        return values[term]
    if isinstance(term, sp.Rational):
        return mpmath.mpf(int(term.p)) / int(term.q)
    if term in (sp.pi, sp.E):
        return +(mpmath.pi if term == sp.pi else mpmath.e)
    arguments = [evaluated(argument, values) for argument in term.args]
    if any(isinstance(argument, mpmath.mpc) for argument in arguments):
        raise ValueError(term)
    combined = {sp.Add: mpmath.fsum, sp.Mul: mpmath.fprod, sp.Max: max, sp.Min: min}
    if type(term) in combined:
        return combined[type(term)](arguments)
    if isinstance(term, sp.Pow):
        if term.exp.is_Integer:
            return arguments[0] ** int(term.exp)
        if term.exp.is_Rational:
            return mpmath.root(arguments[0], int(term.exp.q)) ** int(term.exp.p)
        return mpmath.power(*arguments)
    names = {"Abs": "fabs"}
    return getattr(mpmath, names.get(term.func.__name__, term.func.__name__))(*arguments)


def value_at(term: sp.Expr, a: Fraction, b: Fraction) -> mpmath.mpf | None:
    """The term at a point by mpmath; None where it has no real value there."""
    try:
        with mpmath.workdps(50):
            points = [mpmath.mpf(n.numerator) / n.denominator for n in (a, b)]
            found = evaluated(term, dict(zip((x, y), points, strict=True)))
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    if isinstance(found, mpmath.mpc) or not mpmath.isfinite(found):
        return None
    return found


def contains(interval: Interval, value: mpmath.mpf) -> bool:
    with mpmath.workdps(50):
        noise = mpmath.mpf(10) ** -30 * (1 + abs(value))
        low = interval.low is None or mpmath.mpf(interval.low.str(60, radius=False)) <= value + noise
        high = interval.high is None or mpmath.mpf(interval.high.str(60, radius=False)) >= value - noise
    return low and high


@settings(max_examples=120, deadline=None)
@given(term=terms, ends=st.tuples(*[numbers] * 4), at=st.tuples(*[st.fractions(0, 1, max_denominator=50)] * 2))
def test_an_enclosure_holds_every_value(
    term: sp.Expr, ends: tuple[Fraction, ...], at: tuple[Fraction, Fraction]
) -> None:
    assume(not term.has(sp.zoo, sp.nan, sp.oo, sp.I) and term.count_ops() < 40)
    (a, b), (c, d) = sorted(ends[:2]), sorted(ends[2:])
    box = {x: joined(exact(a), exact(b)), y: joined(exact(c), exact(d))}
    p, q = a + at[0] * (b - a), c + at[1] * (d - c)
    value = value_at(term, p, q)
    try:
        found = enclosure(term, box)
    except Empty:
        assert value is None
        return
    if value is None:
        return
    assert contains(found, value)


@settings(max_examples=60, deadline=None)
@given(term=terms, low=numbers, further=st.fractions(0, 20), other=numbers)
def test_an_enclosure_on_an_unbounded_box_holds_every_value(
    term: sp.Expr, low: Fraction, further: Fraction, other: Fraction
) -> None:
    assume(not term.has(sp.zoo, sp.nan, sp.oo, sp.I) and term.count_ops() < 40)
    value = value_at(term, low + further, other)
    assume(value is not None)
    box = {x: Interval(exact(low).low, None), y: Interval(None, exact(other).high)}
    assert contains(enclosure(term, box), value)


@pytest.mark.parametrize(
    ("term", "low", "high", "total"),
    [
        (log(x), None, Fraction(1), False),
        (sqrt(x), Fraction(0), Fraction(3, 2), False),
        (sqrt(1 + x), Fraction(0), Fraction(2), True),
        (1 / x, None, None, False),
        (1 / (5 + x), Fraction(1, 8), Fraction(1, 4), True),
        (tan(x), None, None, False),
        (cosh(x), Fraction(1), None, True),
    ],
    ids=str,
)
def test_a_term_is_total_only_where_it_always_has_a_value(
    term: sp.Expr, low: Fraction | None, high: Fraction | None, total: bool
) -> None:
    found = enclosure(term, {x: joined(exact(Fraction(-1)), exact(Fraction(3)))})
    assert found.total is total
    if low is not None:
        assert found.low is not None and found.low <= arb(str(float(low)))
    if high is not None:
        assert found.high is not None and found.high >= arb(str(float(high)))


def test_a_term_without_a_value_on_the_whole_box_is_empty() -> None:
    for term in (log(x), sqrt(x), exp(sqrt(x)) + sin(x), 1 / (x - x**2 / x)):
        if term.has(sp.zoo):
            continue
        with pytest.raises(Empty):
            enclosure(term, {x: joined(exact(Fraction(-2)), exact(Fraction(-1)))})


def test_the_cosine_turns_where_it_should() -> None:
    around = joined(exact(Fraction(3)), exact(Fraction(4)))
    assert enclosure(cos(x), {x: around}).low == -1
    assert enclosure(cos(x), {x: joined(exact(Fraction(-1)), exact(Fraction(1)))}).high == 1
    far = joined(exact(Fraction(10**30)), exact(Fraction(10**30)))
    found = enclosure(cos(x), {x: far})
    assert contains(found, mpmath.cos(mpmath.mpf(10) ** 30))
