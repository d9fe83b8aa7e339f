"""Intervals with exact end points, rounded outward: an enclosure of all values that a term has on a box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq

from verify.errors import CertificateError

#: Bits of the end points.
PRECISION = 64


@dataclass(frozen=True)
class Interval:
    """All real numbers from low to high; an end that is None is infinite, and then no number.

    Attributes:
        low, high: exact numbers (``arb`` of radius 0).
        total: whether the term certainly has a value at every point of the box.
    """

    low: arb | None
    high: arb | None
    total: bool = True

    def lies_above(self, bound: int = 0, *, strict: bool) -> bool:
        """Whether every number of it is > bound (>= if not strict)."""
        return self.low is not None and bool(self.low > bound if strict else self.low >= bound)

    def lies_below(self, bound: int = 0, *, strict: bool) -> bool:
        """Whether every number of it is < bound (<= if not strict)."""
        return self.high is not None and bool(self.high < bound if strict else self.high <= bound)


WHOLE = Interval(None, None)
#: Values of symbols.
Box = Mapping[sp.Symbol, Interval]


class Empty(Exception):  # no error
    """The term has no value at any point of the box."""


def _low(ball: arb) -> arb | None:
    """The lower end of a ball; None if it is not finite."""
    return ball.lower() if ball.is_finite() else None


def _high(ball: arb) -> arb | None:
    return ball.upper() if ball.is_finite() else None


def hull(ball: arb, total: bool = True) -> Interval:
    """The interval of a ball."""
    return Interval(_low(ball), _high(ball), total)


def exact(value: Fraction) -> Interval:
    """The least interval around a rational number."""
    return hull(arb(fmpq(value.numerator, value.denominator)))


def joined(low: Interval, high: Interval) -> Interval:
    """From the lower end of one to the upper end of another."""
    return Interval(low.low, high.high, low.total and high.total)


def add(a: Interval, b: Interval) -> Interval:
    """a + b."""
    low = None if a.low is None or b.low is None else _low(a.low + b.low)
    high = None if a.high is None or b.high is None else _high(a.high + b.high)
    return Interval(low, high, a.total and b.total)


def negative(a: Interval) -> Interval:
    """-a."""
    return Interval(None if a.high is None else -a.high, None if a.low is None else -a.low, a.total)


def multiply(a: Interval, b: Interval) -> Interval:
    """a b."""
    total = a.total and b.total
    if a.lies_below(strict=False) and not a.lies_above(strict=False):
        return negative(multiply(negative(a), b))
    if b.lies_below(strict=False) and not b.lies_above(strict=False):
        return negative(multiply(a, negative(b)))
    if a.lies_above(strict=False) and b.lies_above(strict=False):
        low = _low(_finite(a.low) * _finite(b.low))
        return Interval(low, _product_end(a.high, b.high), total)
    if a.low is None or a.high is None or b.low is None or b.high is None:
        if _is_zero(a) or _is_zero(b):
            return Interval(arb(0), arb(0), total)
        if a.lies_above(strict=False):  # b has both signs
            low = _product_end(a.high, None if b.low is None else -b.low)
            return Interval(None if low is None else -low, _product_end(a.high, b.high), total)
        if b.lies_above(strict=False):
            return multiply(b, a)
        return Interval(None, None, total)
    products = [hull(left * right) for left in (a.low, a.high) for right in (b.low, b.high)]
    lows, highs = [p.low for p in products], [p.high for p in products]
    return Interval(_extreme(lows, least=True), _extreme(highs, least=False), total)


def _is_zero(a: Interval) -> bool:
    return a.low is not None and a.high is not None and bool(a.low == 0) and bool(a.high == 0)


def _finite(end: arb | None) -> arb:
    assert end is not None
    return end


def _product_end(a: arb | None, b: arb | None) -> arb | None:
    """The upper end of a product of two ends >= 0, of which one may be infinite; 0 times infinity is 0 here.

    That is right for the supremum: all products are 0 where one factor is 0 throughout.
    """
    if (a is not None and bool(a == 0)) or (b is not None and bool(b == 0)):
        return arb(0)
    return None if a is None or b is None else _high(a * b)


def _extreme(ends: list[arb | None], *, least: bool) -> arb | None:
    """The least or the largest end; None where one is infinite."""
    best: arb | None = None
    for end in ends:
        if end is None:
            return None
        if best is None or bool(end < best if least else end > best):
            best = end
    return best


def reciprocal(a: Interval) -> Interval:
    """1/a where a is not 0."""
    if _is_zero(a):
        raise Empty
    positive = a.lies_above(strict=False)
    if not positive and not a.lies_below(strict=False):
        return Interval(None, None, False)
    if not positive:
        return negative(reciprocal(negative(a)))
    low = arb(0) if a.high is None else _low(1 / a.high)
    touches = bool(_finite(a.low) == 0)
    return Interval(low, None if touches else _high(1 / _finite(a.low)), a.total and not touches)


def integer_power(a: Interval, n: int) -> Interval:
    """a**n for a natural number n > 0."""
    if n % 2 == 0:
        a = absolute(a)
    low = None if a.low is None else _low(a.low**n)
    return Interval(low, None if a.high is None else _high(a.high**n), a.total)


def absolute(a: Interval) -> Interval:
    """|a|."""
    if a.lies_above(strict=False):
        return a
    if a.lies_below(strict=False):
        return negative(a)
    high = None if a.low is None or a.high is None else _extreme([-a.low, a.high], least=False)
    return Interval(arb(0), high, a.total)


def _increasing(a: Interval, f: Callable[[arb], arb], below: Interval, above: Interval) -> Interval:
    """f(a) for an increasing f with all its values between ``below.low`` and ``above.high``."""
    low = below.low if a.low is None else _low(f(a.low))
    high = above.high if a.high is None else _high(f(a.high))
    return Interval(low, high, a.total)


def _on_the_positive(a: Interval, *, closed: bool) -> tuple[Interval, bool]:
    """The part of a where x >= 0 (closed) or x > 0, with its closure; whether that is certainly all of a."""
    if a.lies_below(strict=closed):
        raise Empty
    inside = a.lies_above(strict=not closed)
    return (a if a.lies_above(strict=False) else Interval(arb(0), a.high, a.total)), a.total and inside


def root(a: Interval, n: int) -> Interval:
    """The n-th root where a >= 0."""
    part, total = _on_the_positive(a, closed=True)
    found = _increasing(part, lambda end: end.root(n), WHOLE, WHOLE)
    low = found.low if found.low is not None and bool(found.low > 0) else arb(0)
    return Interval(low, found.high, total)


def logarithm(a: Interval) -> Interval:
    """The logarithm where a > 0."""
    part, total = _on_the_positive(a, closed=False)
    low = None if bool(_finite(part.low) == 0) else _low(_finite(part.low).log())
    return Interval(low, None if part.high is None else _high(part.high.log()), total)


def exponential(a: Interval) -> Interval:
    """exp(a)."""
    return _increasing(a, lambda end: end.exp(), Interval(arb(0), None), WHOLE)


def hyperbolic_cosine(a: Interval) -> Interval:
    """cosh(a), which increases on |a|."""
    return _increasing(absolute(a), lambda end: end.cosh(), WHOLE, WHOLE)


def sine(a: Interval) -> Interval:
    """sin(a)."""
    return cosine(add(a, negative(hull(arb.pi() / 2))))


def cosine(a: Interval) -> Interval:
    """cos(a): by the extreme values +-1 at multiples of pi, where it turns, and the ends between."""
    one = arb(1)
    if a.low is None or a.high is None or bool(a.high - a.low > 6):
        return Interval(-one, one, a.total)
    low, high = hull(a.low.cos()), hull(a.high.cos())
    # Every k with k pi in the interval lies between these (outward rounded) bounds.
    first = _finite(_low(a.low / arb.pi())).ceil().unique_fmpz()
    last = _finite(_high(a.high / arb.pi())).floor().unique_fmpz()
    if first is None or last is None:  # beyond the precision
        return Interval(-one, one, a.total)
    turns = {k % 2 for k in range(int(first), int(last) + 1)}
    least = -one if 1 in turns else _extreme([low.low, high.low], least=True)
    most = one if 0 in turns else _extreme([low.high, high.high], least=False)
    return Interval(least, most, a.total)


def arctangent(a: Interval) -> Interval:
    """atan(a)."""
    half = hull(arb.pi() / 2)
    return _increasing(a, lambda end: end.atan(), negative(half), half)


def hyperbolic_tangent(a: Interval) -> Interval:
    """tanh(a)."""
    return _increasing(a, lambda end: end.tanh(), Interval(-arb(1), None), Interval(None, arb(1)))


def signum(a: Interval) -> Interval:
    """sign(a)."""
    low = 1 if a.lies_above(strict=True) else 0 if a.lies_above(strict=False) else -1
    high = -1 if a.lies_below(strict=True) else 0 if a.lies_below(strict=False) else 1
    return Interval(arb(low), arb(high), a.total)


_FUNCTIONS: dict[type, Callable[[Interval], Interval]] = {
    sp.exp: exponential,
    sp.log: logarithm,
    sp.sin: sine,
    sp.cos: cosine,
    sp.tan: lambda a: multiply(sine(a), reciprocal(cosine(a))),
    sp.sinh: lambda a: _increasing(a, lambda end: end.sinh(), WHOLE, WHOLE),
    sp.cosh: hyperbolic_cosine,
    sp.tanh: hyperbolic_tangent,
    sp.asinh: lambda a: _increasing(a, lambda end: end.asinh(), WHOLE, WHOLE),
    sp.atan: arctangent,
    sp.Abs: absolute,
    sp.sign: signum,
}


def enclosure(expression: sp.Expr, box: Box) -> Interval:
    """An interval that holds the value of a term at every point of the box where it has one.

    Raises:
        Empty: it has a value nowhere on the box.
        CertificateError: it has a function that is not known here.
    """
    outer, ctx.prec = ctx.prec, PRECISION
    try:
        return _enclosure(expression, box)
    finally:
        ctx.prec = outer


def _enclosure(expression: sp.Expr, box: Box) -> Interval:
    if isinstance(expression, sp.Symbol):
        return box[expression]
    if isinstance(expression, sp.Rational):
        return exact(Fraction(int(expression.p), int(expression.q)))
    if expression in (sp.pi, sp.E):
        return hull(arb.pi() if expression == sp.pi else arb.const_e())
    if isinstance(expression, sp.Pow):
        return _power(expression, box)
    arguments = [_enclosure(argument, box) for argument in expression.args]
    if isinstance(expression, sp.Add | sp.Mul):
        combine = add if isinstance(expression, sp.Add) else multiply
        total = arguments[0]
        for argument in arguments[1:]:
            total = combine(total, argument)
        return total
    if isinstance(expression, sp.Min | sp.Max):
        return _least_or_largest(arguments, least=isinstance(expression, sp.Min))
    for kind, function in _FUNCTIONS.items():
        if isinstance(expression, kind):
            return function(arguments[0])
    raise CertificateError(f"{expression} has no interval arithmetic")


def _power(expression: sp.Pow, box: Box) -> Interval:
    base, exponent = expression.args
    if not isinstance(exponent, sp.Rational):  # the base is positive wherever there is a value
        return exponential(multiply(_enclosure(exponent, box), logarithm(_enclosure(base, box))))
    value = _enclosure(base, box)
    if exponent.q > 1:
        value = root(value, int(exponent.q))
    if abs(int(exponent.p)) > 1:
        value = integer_power(value, abs(int(exponent.p)))
    return reciprocal(value) if exponent < 0 else value


def _least_or_largest(arguments: list[Interval], *, least: bool) -> Interval:
    if not least:
        return negative(_least_or_largest([negative(argument) for argument in arguments], least=True))
    low = _extreme([argument.low for argument in arguments], least=True)
    finite = [argument.high for argument in arguments if argument.high is not None]
    high = _extreme(list(finite), least=True) if finite else None
    return Interval(low, high, all(argument.total for argument in arguments))
