"""The losses: those on R and R^2 by what a theorem asks of them, those of the form l(xy) by the derivative of l."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from tests.claims.second.numbers import (
    NoValue,
    Number,
    Real,
    Truth,
    both,
    exponential,
    larger,
    logarithm,
    real,
    root,
    settled,
    sign,
    smaller,
    some,
)

Vector = tuple[Real, ...]


def length(vector: Sequence[Real]) -> Real:
    """The Euclidean norm."""
    return abs(vector[0]) if len(vector) == 1 else root(sum((entry**2 for entry in vector), Real(0)))


class Quadratic:
    """Half of w' H w on R or R^2; what is asked of it is asked of 2-by-2 matrices by their minors."""

    def __init__(self, *entries: Number, style: str = "") -> None:
        self.name = f"quadratic({style})"
        self.dimension = 1 if len(entries) == 1 else 2
        upper = (*entries, 0, 0) if len(entries) == 1 else entries
        if len(entries) == 2:
            upper = (entries[0], 0, entries[1])
        self.first, self.mixed, self.second = (real(entry) for entry in upper)

    @classmethod
    def single(cls, h: Fraction) -> Quadratic:
        """h w^2/2."""
        return cls(h, style=f"h={h}")

    @classmethod
    def diagonal(cls, h1: Fraction, h2: Fraction) -> Quadratic:
        """(h1 w_1^2 + h2 w_2^2)/2."""
        return cls(h1, h2, style=f"h1={h1},h2={h2}")

    @classmethod
    def full(cls, h11: Fraction, h12: Fraction, h22: Fraction) -> Quadratic:
        """Any symmetric matrix."""
        return cls(h11, h12, h22, style=f"h11={h11},h12={h12},h22={h22}")

    def _nonnegative(self, scale: Number, shift: Number) -> Truth:
        """Whether scale H + shift I has no negative eigenvalue."""
        first, second = self.first * scale + shift, self.second * scale + shift
        if self.dimension == 1:
            return first >= 0
        return both((first >= 0, second >= 0, first * second >= (self.mixed * scale) ** 2))

    def convex(self) -> Truth:
        return self._nonnegative(1, 0)

    def strongly_convex(self, alpha: Real) -> Truth:
        return self._nonnegative(1, -alpha)

    def smooth(self, beta: Real) -> Truth:
        return both((self._nonnegative(-1, beta), self._nonnegative(1, beta)))

    def polyak_lojasiewicz(self, mu: Real) -> Truth:
        """H^2 - mu H has no negative eigenvalue, and neither has H, for else there is no minimum."""
        if self.dimension == 1:
            return both((self.convex(), self.first * (self.first - mu) >= 0))
        first = self.first**2 + self.mixed**2 - mu * self.first
        second = self.second**2 + self.mixed**2 - mu * self.second
        mixed = self.mixed * (self.first + self.second - mu)
        return both((self.convex(), first >= 0, second >= 0, first * second >= mixed**2))

    def gd_contracts(self, eta: Real) -> Truth:
        """Whether gradient descent goes to a minimum from everywhere: no eigenvalue of eta H reaches 2."""
        first, second = 2 - eta * self.first, 2 - eta * self.second
        if self.dimension == 1:
            return first > 0
        return both((first > 0, second > 0, first * second > (eta * self.mixed) ** 2))

    def top_eigenvalue(self) -> Real:
        if self.dimension == 1:
            return self.first
        spread = root((self.first - self.second) ** 2 + 4 * self.mixed**2)
        return (self.first + self.second + spread) / 2

    def _apply(self, w: Vector) -> Vector:
        if self.dimension == 1:
            return (self.first * w[0],)
        return (self.first * w[0] + self.mixed * w[1], self.mixed * w[0] + self.second * w[1])

    def value(self, w: Vector) -> Real:
        if self.dimension == 1:
            return self.first * w[0] ** 2 / 2
        return self.first * w[0] ** 2 / 2 + self.mixed * w[0] * w[1] + self.second * w[1] ** 2 / 2

    gradient = _apply

    def sam(self, w: Vector, eta: Real, rho: Real) -> Vector:
        """w - eta g - (eta rho/|g|) H g with the gradient g = H w."""
        gradient = self._apply(w)
        size = length(gradient)
        if sign(size) == 0:
            raise NoValue("no direction of ascent")
        bend = self._apply(gradient)
        return tuple(
            at - eta * slope - eta * rho * turn / size for at, slope, turn in zip(w, gradient, bend, strict=True)
        )

    def usam(self, w: Vector, eta: Real, rho: Real) -> Vector:
        """w - eta g - eta rho H g."""
        gradient = self._apply(w)
        bend = self._apply(gradient)
        return tuple(at - eta * slope - eta * rho * turn for at, slope, turn in zip(w, gradient, bend, strict=True))


class _Even:
    """An even loss on the line that is least at 0, with curvature between two values that it attains or approaches."""

    def __init__(self, beta: Fraction, alpha: Fraction, delta: Fraction) -> None:
        self.name = f"{type(self).__name__.lower()}(beta={beta},alpha={alpha},delta={delta})"
        self.inner, self.outer, self.delta = Real(beta), Real(alpha), Real(delta)
        self.dimension = 1

    def convex(self) -> Truth:
        return self.strongly_convex(Real(0))

    def strongly_convex(self, alpha: Real) -> Truth:
        return both((alpha <= self.inner, alpha <= self.outer))

    def smooth(self, beta: Real) -> Truth:
        return both((abs(self.inner) <= beta, abs(self.outer) <= beta))

    def polyak_lojasiewicz(self, mu: Real) -> Truth:
        """L'^2/(2 L) is beta near 0, alpha far away, and in between elsewhere."""
        return self.strongly_convex(mu)

    def _slope(self, distance: Real) -> Real:
        raise NotImplementedError

    def gradient(self, w: Vector) -> Vector:
        side = sign(w[0])
        return (side * self._slope(abs(w[0])),) if side else (Real(0),)

    def sam(self, w: Vector, eta: Real, rho: Real) -> Vector:
        side = sign(self.gradient(w)[0])
        if side == 0:
            raise NoValue("no direction of ascent")
        (there,) = self.gradient((w[0] + side * rho,))
        return (w[0] - eta * there,)

    def usam(self, w: Vector, eta: Real, rho: Real) -> Vector:
        (here,) = self.gradient(w)
        (there,) = self.gradient((w[0] + rho * here,))
        return (w[0] - eta * there,)


class Huber(_Even):
    """Curvature beta up to delta, alpha beyond."""

    def _slope(self, distance: Real) -> Real:
        return self.inner * smaller(distance, self.delta) + self.outer * larger(distance - self.delta, 0)

    def value(self, w: Vector) -> Real:
        near, far = smaller(abs(w[0]), self.delta), larger(abs(w[0]) - self.delta, 0)
        return self.inner * near * (near / 2 + far) + self.outer * far**2 / 2


class LogCosh(_Even):
    """alpha w^2/2 + (beta - alpha) delta^2 log cosh(w/delta)."""

    def _slope(self, distance: Real) -> Real:
        return self.outer * distance + (self.inner - self.outer) * self.delta * _tanh(distance / self.delta)

    def value(self, w: Vector) -> Real:
        scaled = abs(w[0]) / self.delta
        log_cosh = scaled + logarithm((1 + exponential(-2 * scaled)) / 2)
        return self.outer * w[0] ** 2 / 2 + (self.inner - self.outer) * self.delta**2 * log_cosh


class Convex:
    """A loss on the line whose derivative is linear from knot to knot and constant beyond; L = 0 at the first knot."""

    dimension = 1

    def __init__(self, *knots: tuple[Fraction, Fraction]) -> None:
        self.name = f"convex(knots='{','.join(f'{at}:{value}' for at, value in knots)}')"
        self.knots = knots

    def _steeps(self) -> list[Fraction]:
        pairs = zip(self.knots, self.knots[1:], strict=False)
        return [(high - low) / (right - left) for (left, low), (right, high) in pairs]

    def convex(self) -> Truth:
        return min(self._steeps()) >= 0

    def smooth(self, beta: Real) -> Truth:
        return both(abs(Real(steep)) <= beta for steep in self._steeps())

    def gradient(self, w: Vector) -> Vector:
        """The first value, and what each stretch that lies to the left of w adds."""
        slope = Real(self.knots[0][1])
        for (left, _), (right, _), steep in zip(self.knots, self.knots[1:], self._steeps(), strict=False):
            slope = slope + steep * (larger(smaller(w[0], right), left) - left)
        return (slope,)

    def value(self, w: Vector) -> Real:
        """The integral of the derivative, a sum of trapezia."""
        place = w[0]
        inner = [Real(at) for at, _ in self.knots if settled(place > at)]
        bends = [*inner, place] if inner else [Real(self.knots[0][0]), place]
        return sum((self._mean(left, right) * (right - left) for left, right in pairwise(bends)), Real(0))

    def _mean(self, left: Real, right: Real) -> Real:
        return (self.gradient((left,))[0] + self.gradient((right,))[0]) / 2

    def sam(self, w: Vector, eta: Real, rho: Real) -> Vector:
        side = sign(self.gradient(w)[0])
        if side == 0:
            raise NoValue("no direction of ascent")
        return (w[0] - eta * self.gradient((w[0] + side * rho,))[0],)


def _tanh(value: Real) -> Real:
    return 1 - 2 / (1 + exponential(2 * value))


class Link:
    """A function l of xy, by its derivative at s >= 0 (it is odd)."""

    name: str

    def slope(self, s: Real) -> Real:
        """l'(s) for s >= 0."""
        raise NotImplementedError

    def shape(self) -> Iterator[Truth]:
        """(A1), and l''(0) = 1."""
        raise NotImplementedError

    def corners(self) -> Sequence[Real]:
        """Where l' bends; between them it is concave or convex, so that bounds by lines need a look there only."""
        return ()

    def derivative(self, s: Real) -> Real:
        """l'(s)."""
        side = sign(s)
        return side * self.slope(abs(s)) if side else Real(0)

    def assumptions(self, c: Real) -> Iterator[Truth]:
        """(A1), (A2) with this c, (A3)."""
        yield c > 0
        yield from self.shape()
        for s in (*self.corners(), c):
            yield some((s > c, both((self.slope(s) <= s, 2 * self.slope(s) >= s))))
        for s in (*self.corners(), c):
            yield some((s < c, 2 * self.slope(s) >= c))


class Tanh(Link):
    """delta tanh(s/delta)."""

    def __init__(self, delta: Fraction) -> None:
        self.name, self.delta = f"tanh(delta={delta})", Real(delta)

    def slope(self, s: Real) -> Real:
        return self.delta * _tanh(s / self.delta)

    def shape(self) -> Iterator[Truth]:
        yield self.delta <= 1


class Root(Link):
    """s/sqrt(1 + s^2)."""

    name = "root()"

    def slope(self, s: Real) -> Real:
        return s / root(1 + s**2)

    def shape(self) -> Iterator[Truth]:
        yield True


class Clip(Link):
    """s up to delta, then delta."""

    def __init__(self, delta: Fraction) -> None:
        self.name, self.delta = f"clip(delta={delta})", Real(delta)

    def slope(self, s: Real) -> Real:
        return smaller(s, self.delta)

    def shape(self) -> Iterator[Truth]:
        yield self.delta <= 1

    def corners(self) -> Sequence[Real]:
        return (self.delta,)


class Piecewise(Link):
    """Linear from 0 to the first knot, from knot to knot, then constant."""

    def __init__(self, *knots: tuple[Fraction, Fraction]) -> None:
        self.name = f"piecewise(knots='{','.join(f'{at}:{value}' for at, value in knots)}')"
        self.knots = ((Fraction(0), Fraction(0)), *knots)

    def _pieces(self) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
        for (left, low), (right, high) in zip(self.knots, self.knots[1:], strict=False):
            yield left, right, (high - low) / (right - left)

    def slope(self, s: Real) -> Real:
        return sum((steep * larger(smaller(s, right) - left, 0) for left, right, steep in self._pieces()), Real(0))

    def shape(self) -> Iterator[Truth]:
        steeps = [steep for _, _, steep in self._pieces()]
        yield steeps[0] == 1
        yield min(steeps) >= 0
        yield self.knots[-1][1] <= 1

    def corners(self) -> Sequence[Real]:
        return [Real(at) for at, _ in self.knots[1:]]


class Square(Link):
    """l(s) = s^2/2, whose loss is (xy)^2/2."""

    name = "product()"

    def slope(self, s: Real) -> Real:
        return s


def sam_step(loss: Link, eta: Number, rho: Number, x: Real, y: Real) -> tuple[Real, Real]:
    """One step of SAM on l(xy), in the quadrant of the first: r is the distance from the origin.

    The ascent goes from (X, Y) = (|x|, |y|) to (X + rho Y/r, Y + rho X/r), where the product is
    XY (1 + rho^2/r^2) + rho r, and the signs of x and y come back at the end.

    Raises:
        NoValue: the gradient is zero.
    """
    across, up = sign(x), sign(y)
    if across == 0 or up == 0:
        raise NoValue("no direction of ascent")
    far, high = abs(x), abs(y)
    r = root(far**2 + high**2)
    force = eta * loss.slope(far * high * (1 + real(rho) ** 2 / r**2) + rho * r)
    return across * (far - force * (high + rho * far / r)), up * (high - force * (far + rho * high / r))


def usam_step(loss: Link, eta: Number, rho: Number, x: Real, y: Real) -> tuple[Real, Real]:
    """One step of USAM on l(xy): with q = rho l'(xy) the product after the ascent is xy (1 + q^2) + q (x^2 + y^2)."""
    q = rho * loss.derivative(x * y)
    force = eta * loss.derivative(x * y * (1 + q**2) + q * (x**2 + y**2))
    return x - force * y - force * q * x, y - force * x - force * q * y
