"""Numbers that are fractions while they can be and balls afterwards, and truths that may be unknown."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from flint import arb, ctx, fmpq

#: True, False, or None where a ball does not separate the two sides.
Truth: TypeAlias = bool | None

#: Working precision of the balls, in bits.
BITS = 256
#: A fraction with a longer denominator or numerator goes on as a ball.
LONGEST = 2000


class Unsettled(Exception):
    """A ball is too wide to tell which way the computation goes on."""


class NoValue(Exception):
    """An expression has no value: a division by zero, the root of a negative number, an iterate that is not there."""


class Real:
    """A real number: a fraction if ``exact`` is there, else somewhere in ``ball``."""

    __slots__ = ("_ball", "exact")

    def __init__(self, value: Fraction | int | arb) -> None:
        self.exact: Fraction | None = None
        self._ball: arb | None = None
        if isinstance(value, arb):
            self._ball = value
            return
        fraction = Fraction(value)
        if max(fraction.numerator.bit_length(), fraction.denominator.bit_length()) > LONGEST:
            self._ball = _enclosure(fraction)
        else:
            self.exact = fraction

    @property
    def ball(self) -> arb:
        """An enclosure."""
        if self._ball is None:
            assert self.exact is not None
            self._ball = _enclosure(self.exact)
        return self._ball

    def __add__(self, other: Number) -> Real:
        other = real(other)
        if self.exact is not None and other.exact is not None:
            return Real(self.exact + other.exact)
        return Real(self.ball + other.ball)

    def __mul__(self, other: Number) -> Real:
        other = real(other)
        if self.exact is not None and other.exact is not None:
            return Real(self.exact * other.exact)
        if self.exact == 0 or other.exact == 0:
            return Real(0)
        return Real(self.ball * other.ball)

    def __truediv__(self, other: Number) -> Real:
        other = real(other)
        if other.exact == 0:
            raise NoValue("a division by zero")
        if self.exact is not None and other.exact is not None:
            return Real(self.exact / other.exact)
        if other.ball.contains(arb(0)):
            raise Unsettled("a division by what may be zero")
        return Real(self.ball / other.ball)

    def __neg__(self) -> Real:
        return Real(-self.exact) if self.exact is not None else Real(-self.ball)

    def __sub__(self, other: Number) -> Real:
        return self + -real(other)

    def __pow__(self, exponent: int) -> Real:
        if self.exact is not None and self.exact.denominator.bit_length() * exponent <= LONGEST:
            return Real(self.exact**exponent)
        return Real(self.ball**exponent)

    def __abs__(self) -> Real:
        return Real(abs(self.exact)) if self.exact is not None else Real(abs(self.ball))

    def __radd__(self, other: Number) -> Real:
        return self + other

    def __rmul__(self, other: Number) -> Real:
        return self * other

    def __rsub__(self, other: Number) -> Real:
        return real(other) - self

    def __rtruediv__(self, other: Number) -> Real:
        return real(other) / self

    def __lt__(self, other: Number) -> Truth:
        other = real(other)
        if self.exact is not None and other.exact is not None:
            return self.exact < other.exact
        return True if self.ball < other.ball else False if self.ball >= other.ball else None

    def __le__(self, other: Number) -> Truth:
        return negated(real(other) < self)

    def __gt__(self, other: Number) -> Truth:
        return real(other) < self

    def __ge__(self, other: Number) -> Truth:
        return negated(self < other)

    def __repr__(self) -> str:
        return f"Real({self.exact if self.exact is not None else self.ball.str(10)})"


Number: TypeAlias = Real | Fraction | int


def _enclosure(fraction: Fraction) -> arb:
    return arb(fmpq(fraction.numerator, fraction.denominator))


def real(value: Number) -> Real:
    """The number itself, as a ``Real``."""
    return value if isinstance(value, Real) else Real(value)


def same(left: Number, right: Number) -> Truth:
    """Whether two numbers are equal; balls can only tell that they are not, or that both are one point."""
    left, right = real(left), real(right)
    if left.exact is not None and right.exact is not None:
        return left.exact == right.exact
    if not left.ball.overlaps(right.ball):
        return False
    return True if left.ball == right.ball else None


def root(value: Number) -> Real:
    """The square root; a fraction where it is one.

    Raises:
        NoValue: the number is negative.
    """
    value = real(value)
    if sign(value) < 0:
        raise NoValue("the root of a negative number")
    if value.exact is not None:
        above, below = isqrt(value.exact.numerator), isqrt(value.exact.denominator)
        if above**2 == value.exact.numerator and below**2 == value.exact.denominator:
            return Real(Fraction(above, below))
    return Real(value.ball.sqrt())


def exponential(value: Number) -> Real:
    """e to the power of a number."""
    value = real(value)
    return Real(1) if value.exact == 0 else Real(value.ball.exp())


def logarithm(value: Number) -> Real:
    """The natural logarithm of a positive number."""
    value = real(value)
    return Real(0) if value.exact == 1 else Real(value.ball.log())


def larger(left: Number, right: Number) -> Real:
    """The maximum of two numbers, which may be too close to tell apart."""
    left, right = real(left), real(right)
    above = left >= right
    if above is None:
        return Real(left.ball.max(right.ball))
    return left if above else right


def smaller(left: Number, right: Number) -> Real:
    """The minimum of two numbers."""
    return -larger(-real(left), -real(right))


def sign(value: Number) -> int:
    """-1, 0 or 1.

    Raises:
        Unsettled: the ball holds zero and more.
    """
    value = real(value)
    if settled(value > 0):
        return 1
    return -1 if settled(value < 0) else 0


def settled(truth: Truth) -> bool:
    """A truth that the computation has to know before it can go on.

    Raises:
        Unsettled: it is unknown.
    """
    if truth is None:
        raise Unsettled
    return truth


def negated(truth: Truth) -> Truth:
    """Not."""
    return None if truth is None else not truth


def equivalent(left: Truth, right: Truth) -> Truth:
    """Either both or neither."""
    return None if left is None or right is None else left == right


def both(truths: Iterable[Truth]) -> Truth:
    """And: false with the first that is false, whose successors are not asked for."""
    known: Truth = True
    for truth in truths:
        if truth is False:
            return False
        known = known and truth
    return known


def some(truths: Iterable[Truth]) -> Truth:
    """Or."""
    return negated(both(negated(truth) for truth in truths))


def last_power(base: Real) -> int | None:
    """The largest t with base^t >= 1/4, by multiplication; None where such t have no end."""
    if not settled(abs(base) < 1):
        return None
    exponent, power, last = 0, Real(1), 0
    while settled(abs(power) >= Fraction(1, 4)):
        if settled(power > 0):
            last = exponent
        exponent, power = exponent + 1, power * base
    return last


class Precision:
    """Work with that many bits inside, and with what was before afterwards."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before
