"""The concrete losses of the paper's function classes, and the classes themselves.

Every family says under which exact condition it is smooth, convex, strongly convex, PL or satisfies (A1)-(A3), so that
a witness can be certified to lie in the class it is used for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy as sp
from sympy import And, Eq, Max, Min, Or, Symbol
from sympy.logic.boolalg import Boolean

from verify.errors import InputError
from verify.statement.formula import Uncertified
from verify.statement.loss import (
    Family,
    Gradient,
    LossClass,
    LossMinimum,
    LossValue,
    Member,
    PointOfLoss,
    Property,
    Spectrum,
)
from verify.statement.vectors import Inner

w = Symbol("w", real=True)
s = Symbol("s", real=True)
_plane = (Symbol("w_1", real=True), Symbol("w_2", real=True))
_space = (*_plane, Symbol("w_3", real=True))
_xy = (Symbol("x", real=True), Symbol("y", real=True))

Requirements = Mapping[str, Callable[[sp.Expr], Boolean | None]]

SMOOTH, CONVEX, STRONGLY_CONVEX, PL = "smooth", "convex", "strongly convex", "PL"
QUADRATIC, ORDERED = "quadratic", "diagonal with lambda_1 > ... >= lambda_d > 0"
SCALAR, A1_A3 = "convex, even and 1-Lipschitz", "a loss with (A1)-(A3)"
UNIT_CURVATURE = "twice continuously differentiable near 0 with second derivative 1 there"


def _clamp(at: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    """``at``, or the end of [low, high] that it is beyond (left as it is: SymPy's simplification is dear)."""
    return Max(low, Min(at, high, evaluate=False), evaluate=False)


def _beyond(at: sp.Expr, place: sp.Expr) -> sp.Expr:
    """How far ``at`` is beyond a place, 0 before it; left as it is like ``_clamp``."""
    return Max(sp.S.Zero, at - place, evaluate=False)


def require(condition: Any, sentence: str) -> None:
    """Refuse a loss whose parameters make no sense; a condition on symbols is left to the batch."""
    if condition == False:  # noqa: E712  # SymPy's false is no Python bool
        raise InputError(sentence)


# --- quadratics -------------------------------------------------------------------------------------------------


def _quadratic_requirements(
    positive: Callable[[sp.Expr], Boolean], flat: Boolean, ordered: Boolean, pl: Any
) -> Requirements:
    """Conditions of a quadratic; ``positive(a)`` says that H - a I is positive semidefinite, ``pl`` when it is PL."""
    return {
        SMOOTH: lambda beta: And(positive(-beta), flat(beta)),
        CONVEX: lambda _: positive(sp.S.Zero),
        STRONGLY_CONVEX: positive,
        PL: pl,
        QUADRATIC: lambda _: sp.true,
        ORDERED: lambda _: ordered,
    }


def _diagonal(name: str, coordinates: tuple[Symbol, ...], eigenvalues: tuple[sp.Expr, ...]) -> Member:
    numeric = all(entry.is_number for entry in eigenvalues)
    ordered = And(*[a >= b for a, b in pairwise(eigenvalues[1:])], eigenvalues[-1] > 0)
    if len(eigenvalues) > 1:
        ordered = And(ordered, eigenvalues[0] > eigenvalues[1])
    convex = And(*[entry >= 0 for entry in eigenvalues])
    bounded = not numeric or convex == True  # noqa: E712  # SymPy's true is no Python bool
    size = len(coordinates)
    in_order = not numeric or all(a >= b for a, b in pairwise(eigenvalues))
    return Member(
        name=name,
        coordinates=coordinates,
        value=sp.Add(*[entry * coordinate**2 / 2 for entry, coordinate in zip(eigenvalues, coordinates, strict=True)]),
        gradient=tuple(entry * coordinate for entry, coordinate in zip(eigenvalues, coordinates, strict=True)),
        hessian=tuple(tuple(eigenvalues[i] if i == j else sp.S.Zero for j in range(size)) for i in range(size)),
        minimizer=(sp.S.Zero,) * size if bounded else None,
        eigenvalues=tuple(sorted(eigenvalues, reverse=True)) if numeric else eigenvalues,
        diagonal=in_order,
        requirements=_quadratic_requirements(
            lambda a: And(*[entry >= a for entry in eigenvalues]),
            lambda beta: And(*[entry <= beta for entry in eigenvalues]),
            ordered,
            lambda mu: And(*[Or(entry >= mu, Eq(entry, 0)) for entry in eigenvalues]),
        ),
    )


def _full_quadratic(name: str, h11: sp.Expr, h12: sp.Expr, h22: sp.Expr) -> Member:
    first, second = _plane

    def positive(a: sp.Expr, sign: int = 1) -> Boolean:
        p, q, r = sign * (h11 - a), sign * h12, sign * (h22 - a)
        return And(p >= 0, r >= 0, p * r - q**2 >= 0)

    trace, gap = h11 + h22, sp.sqrt((h11 - h22) ** 2 + 4 * h12**2)
    flat = Eq(h11 * h22, h12**2)
    numeric = all(entry.is_number for entry in (h11, h12, h22))
    bounded = not numeric or positive(sp.S.Zero) == True  # noqa: E712  # as above
    return Member(
        name=name,
        coordinates=_plane,
        value=h11 * first**2 / 2 + h12 * first * second + h22 * second**2 / 2,
        gradient=(h11 * first + h12 * second, h12 * first + h22 * second),
        hessian=((h11, h12), (h12, h22)),
        minimizer=(sp.S.Zero, sp.S.Zero) if bounded else None,
        eigenvalues=((trace + gap) / 2, (trace - gap) / 2),
        diagonal=bool(numeric and h12 == 0 and h11 >= h22),
        requirements=_quadratic_requirements(
            positive,
            lambda beta: positive(beta, -1),
            And(Eq(h12, 0), h11 > h22, h22 > 0),
            lambda mu: Or(positive(mu), And(flat, trace >= mu), And(flat, Eq(trace, 0))),
        ),
    )


def _between(u: Any, low: Any, high: Any) -> Any:
    return low + (high - low) * u


def _range(bounds: Mapping[str, Any]) -> tuple[Any, Any]:
    """The least and the largest curvature that a class allows; [0, 2] where it does not say."""
    low = bounds.get(STRONGLY_CONVEX, bounds.get(PL, Fraction(0)))
    return low, bounds.get(SMOOTH, low + Fraction(2))


def _propose_diagonal(names: Sequence[str]) -> Callable[[Sequence[Any], Mapping[str, Any]], dict[str, Any]]:
    def propose(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
        low, high = _range(bounds)
        chosen: dict[str, Any] = {}
        for name, place in zip(names, u, strict=True):
            high = _between(place, low, high)
            chosen[name] = high
        return chosen

    return propose


def _propose_full(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    low, high = _range(bounds)
    top = _between(u[0], low, high)
    bottom = _between(u[1], low, top)
    tangent = u[2]
    cosine, sine = (1 - tangent**2) / (1 + tangent**2), 2 * tangent / (1 + tangent**2)
    return {
        "h11": top * cosine**2 + bottom * sine**2,
        "h12": (top - bottom) * cosine * sine,
        "h22": top * sine**2 + bottom * cosine**2,
    }


def _parabola_through(points: Sequence[PointOfLoss], bounds: Mapping[str, Any]) -> list[dict[str, Any]]:
    place, slope, _ = max(points, key=lambda point: abs(point[0]))
    high = bounds.get(SMOOTH)
    if place == 0 or high is None:
        return []
    return [{"h": min(max(slope / place, bounds.get(STRONGLY_CONVEX, -high)), high)}]


quadratic = Family(
    "quadratic",
    {"h": "1"},
    lambda name, h: _diagonal(name, (w,), (h,)),
    _propose_diagonal(["h"]),
    1,
    through=_parabola_through,
)
quadratic_plane = Family(
    "quadratic",
    {"h1": "2", "h2": "1"},
    lambda name, h1, h2: _diagonal(name, _plane, (h1, h2)),
    _propose_diagonal(["h1", "h2"]),
    2,
)
quadratic_space = Family(
    "quadratic",
    {"h1": "3", "h2": "2", "h3": "1"},
    lambda name, h1, h2, h3: _diagonal(name, _space, (h1, h2, h3)),
    _propose_diagonal(["h1", "h2", "h3"]),
    3,
)
quadratic_full = Family("quadratic", {"h11": "2", "h12": "1", "h22": "1"}, _full_quadratic, _propose_full, 3)

# --- one dimension, not quadratic -------------------------------------------------------------------------------


def _two_curvatures(inside: sp.Expr, outside: sp.Expr) -> Requirements:
    """Conditions of a loss whose curvature runs between ``inside`` (at 0) and ``outside`` (far away).

    PL with mu means min(inside, outside) >= mu: the ratio |L'|^2 / (2 (L - min L)) tends to ``inside`` at 0 and to
    ``outside`` at infinity, and stays above the lesser of the two; with a flat tail it tends to 0.
    """
    return {
        SMOOTH: lambda beta: And(Max(inside, -inside) <= beta, Max(outside, -outside) <= beta),
        CONVEX: lambda _: And(inside >= 0, outside >= 0),
        STRONGLY_CONVEX: lambda alpha: And(inside >= alpha, outside >= alpha),
        PL: lambda mu: Or(And(inside >= mu, outside >= mu), And(Eq(inside, 0), Eq(outside, 0))),
        QUADRATIC: lambda _: Eq(inside, outside),
        ORDERED: lambda _: sp.false,
    }


def _origin_if(condition: Any) -> tuple[sp.Expr, ...] | None:
    return None if condition == False else (sp.S.Zero,)  # noqa: E712  # SymPy's false


def _huber(name: str, beta: sp.Expr, alpha: sp.Expr, delta: sp.Expr) -> Member:
    require(delta > 0, f"delta={delta} of huber must be > 0")
    clipped = Max(-delta, Min(w, delta))
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(w,),
        value=alpha * w**2 / 2 + (beta - alpha) * (clipped * w - clipped**2 / 2),
        gradient=(alpha * w + (beta - alpha) * clipped,),
        kinks={2: (sp.Abs(w) - delta,)},
        minimizer=_origin_if(And(alpha >= 0, beta >= 0)),
        requirements=_two_curvatures(beta, alpha),
    )


def _logcosh(name: str, beta: sp.Expr, alpha: sp.Expr, delta: sp.Expr) -> Member:
    require(delta > 0, f"delta={delta} of logcosh must be > 0")
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(w,),
        value=alpha * w**2 / 2 + (beta - alpha) * delta**2 * sp.log(sp.cosh(w / delta)),
        gradient=(alpha * w + (beta - alpha) * delta * sp.tanh(w / delta),),
        minimizer=_origin_if(And(alpha >= 0, beta >= 0)),
        requirements=_two_curvatures(beta, alpha),
    )


def _propose_two(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    low, high = _range(bounds)
    outside = _between(u[1], low, high)
    return {"beta": _between(u[0], outside, high), "alpha": outside, "delta": 2 * u[2] + Fraction(1, 8)}


def _knot_slopes(knots: Sequence[tuple[sp.Expr, sp.Expr]]) -> list[sp.Expr]:
    return [(right[1] - left[1]) / (right[0] - left[0]) for left, right in pairwise(knots)]


def _convex(name: str, knots: Sequence[tuple[sp.Expr, sp.Expr]]) -> Member:
    for left, right in pairwise(knots):
        require(right[0] > left[0], f"the knots of {name} must have increasing positions: {left[0]}, {right[0]}")
    slopes = _knot_slopes(knots)
    gradient = knots[0][1]
    value = knots[0][1] * w
    for slope, (left, right) in zip(slopes, pairwise(knots), strict=True):
        beyond_left, beyond_right = _beyond(w, left[0]), _beyond(w, right[0])
        gradient += slope * (beyond_left - beyond_right)
        value += slope * (beyond_left**2 - beyond_right**2) / 2
    minimizer = _zero_of(knots)
    if minimizer is not None:
        value -= value.subs(w, minimizer)
    flat = And(*[Eq(level, 0) for _, level in knots])
    return Member(
        name=name,
        exists=And(*[right[0] > left[0] for left, right in pairwise(knots)]),
        coordinates=(w,),
        value=value,
        gradient=(gradient,),
        kinks={2: tuple(w - place for place, _ in knots)},
        minimizer=None if minimizer is None else (minimizer,),
        unique_minimizer=sum(1 for _, level in knots if level == 0) <= 1,
        requirements={
            SMOOTH: lambda beta: And(*[And(slope <= beta, slope >= -beta) for slope in slopes]),
            CONVEX: lambda _: And(*[slope >= 0 for slope in slopes]),
            STRONGLY_CONVEX: lambda alpha: alpha <= 0,  # its curvature vanishes beyond the outer knots
            PL: lambda _: flat,  # a tail of constant slope is not PL for any mu
            QUADRATIC: lambda _: flat,
            ORDERED: lambda _: sp.false,
        },
    )


def _zero_of(knots: Sequence[tuple[sp.Expr, sp.Expr]]) -> sp.Expr | None:
    """Where the derivative through numeric increasing knots vanishes; None where it does not (or for symbols)."""
    if not all(entry.is_number for knot in knots for entry in knot):
        return None
    if any(slope < 0 for slope in _knot_slopes(knots)):
        return None
    for left, right in pairwise(knots):
        if left[1] <= 0 <= right[1] and left[1] != right[1]:
            return left[0] - left[1] * (right[0] - left[0]) / (right[1] - left[1])
    return next((place for place, level in knots if level == 0), None)


def _propose_convex(count: int) -> Callable[[Sequence[Any], Mapping[str, Any]], dict[str, Any]]:
    def propose(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
        _, high = _range(bounds)
        place, level = -2 * u[0], -2 * u[1] * high
        knots = [(place, level)]
        for index in range(count - 1):
            gap = 3 * u[2 + 2 * index] + Fraction(1, 16)
            place, level = place + gap, level + gap * high * u[3 + 2 * index]
            knots.append((place, level))
        return {"knots": tuple(knots)}

    return propose


def _knots_through(points: Sequence[PointOfLoss], bounds: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Between two points the slope is low, high and low again, the high stretch where it gives the values.

    The lowest slope is that of the convex losses or of all smooth ones.
    """
    high, close = bounds.get(SMOOTH), (points[-1][0] - points[0][0]) / 100
    if high is None or not close:
        return []
    found = []
    for low in (0 * high, -high):
        place, level, value = points[0]
        knots = [(place, level)]
        for next_place, next_level, next_value in points[1:]:
            length = next_place - place
            if length <= close:
                continue  # rounding may have made two points of one
            steep = min(max((next_level - level - low * length) / (high - low), 0 * high), length)
            late = (length - steep) / 2
            if steep:
                gained = (next_value - value - level * length - low * length**2 / 2) / ((high - low) * steep)
                late = min(max(length - steep / 2 - gained, 0 * high), length - steep)
            knots.append((place + late, level + low * late))
            knots.append((place + late + steep, level + low * late + high * steep))
            place, level, value = next_place, level + low * length + (high - low) * steep, next_value
            knots.append((place, level))
        found.append({"knots": tuple(dict(knots).items())})
    return found


def _plsine(name: str, a: sp.Expr) -> Member:
    size = Max(a, -a)
    return Member(
        name=name,
        coordinates=(w,),
        value=w**2 + a * sp.sin(w) ** 2,
        gradient=(2 * w + a * sp.sin(2 * w),),
        minimizer=_origin_if(a >= -1),
        requirements={
            SMOOTH: lambda beta: 2 + 2 * size <= beta,
            CONVEX: lambda _: size <= 1,
            STRONGLY_CONVEX: lambda alpha: 2 - 2 * size >= alpha,
            PL: lambda mu: _plsine_pl(a, mu),
            QUADRATIC: lambda _: Eq(a, 0),
            ORDERED: lambda _: sp.false,
        },
    )


def _plsine_pl(a: sp.Expr, mu: sp.Expr) -> Boolean:
    if not isinstance(a, sp.Rational):
        return mu <= 2 - 2 * Max(a, -a)
    if a < -1:
        return Uncertified(Symbol("PL with minimizers away from 0"))
    low, high = plsine_constant(Fraction(int(a.p), int(a.q)))
    return Or(
        mu <= sp.Rational(low), And(mu <= sp.Rational(high), Uncertified(Symbol("PL between the certified bounds")))
    )


#: A best PL constant that is certainly smaller is 0 in all likelihood, and is not looked for in earnest.
NO_PL = Fraction(1, 10**12)


@lru_cache(maxsize=64)
def plsine_constant(a: Fraction) -> tuple[Fraction, Fraction]:
    """Certified bounds on the best PL constant of w^2 + a sin(w)^2, for a >= -1, by branch and bound in balls.

    The ratio |L'|^2 / (2 L) is 2 (1 + a sinc(2w))^2 / (1 + a sinc(w)^2), continuous at 0; beyond |w| = W it is at least
    2 (1 - |a|/(2W))^2 / (1 + |a|/W^2).
    """
    from flint import arb, fmpq

    amplitude = arb(fmpq(a.numerator, a.denominator))
    edge = max(8, int(16 * abs(a)) + 1)

    def ratio(box: Any) -> Any:
        below = 1 + amplitude * box.sinc() ** 2
        above = 2 * (1 + amplitude * (2 * box).sinc()) ** 2
        if not below > 0:
            return arb(0, 1e9)
        return above / below

    def ball(left: Fraction, right: Fraction) -> Any:
        middle, radius = (left + right) / 2, (right - left) / 2
        return arb(fmpq(middle.numerator, middle.denominator), float(radius) * 1.0000001)

    def least(box: Any) -> Fraction:
        if not box.is_finite():  # a ball that is too wide for its sinc
            return Fraction(0)
        return max(Fraction(float(box.lower())) * Fraction(999999, 1000000), Fraction(0))

    upper = Fraction(2) * (1 + a)
    heap = [(least(ratio(ball(Fraction(0), Fraction(edge)))), Fraction(0), Fraction(edge))]
    for _ in range(20_000):
        bound, left, right = heap[0]
        middle = (left + right) / 2
        value = ratio(ball(middle, middle))
        if value.is_finite():
            upper = min(upper, Fraction(float(value.upper())) * Fraction(1000001, 1000000))
        if upper < NO_PL or (bound > 0 and upper - bound < upper / 1000):
            break
        heapq.heappop(heap)
        for start, end in ((left, middle), (middle, right)):
            heapq.heappush(heap, (least(ratio(ball(start, end))), start, end))
    tail = 2 * (1 - abs(a) / (2 * edge)) ** 2 / (1 + abs(a) / Fraction(edge) ** 2)
    return min(heap[0][0], tail), upper


huber = Family("huber", {"beta": "1", "alpha": "0", "delta": "1"}, _huber, _propose_two, 3)
logcosh = Family("logcosh", {"beta": "1", "alpha": "0", "delta": "1"}, _logcosh, _propose_two, 3)
convex = Family("convex", {"knots": "-1:-1,0:0,2:1"}, _convex, _propose_convex(3), 6, through=_knots_through)
plsine = Family("plsine", {"a": "3"}, _plsine, lambda u, bounds: {"a": _range(bounds)[1] * u[0] / 2}, 1)

# --- two variables ----------------------------------------------------------------------------------------------


def _product(name: str) -> Member:
    x, y = _xy
    return Member(name, _xy, (x * y) ** 2 / 2, (x * y**2, x**2 * y), {}, minimizer=(sp.S.Zero, sp.S.Zero))


product = Family("product", {}, _product, lambda u, bounds: {}, 0)

# --- l(s) for L(x, y) = l(xy) -----------------------------------------------------------------------------------


def _tanh(name: str, delta: sp.Expr) -> Member:
    require(delta > 0, f"delta={delta} of tanh must be > 0")
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(s,),
        value=delta**2 * sp.log(sp.cosh(s / delta)),
        gradient=(delta * sp.tanh(s / delta),),
        minimizer=(sp.S.Zero,),
        requirements={
            SCALAR: lambda _: delta <= 1,
            UNIT_CURVATURE: lambda _: sp.true,
            # concave on s >= 0, so that both halves of (A3) say the same at s = c
            A1_A3: lambda c: And(delta <= 1, delta * sp.tanh(c / delta) >= c / 2),
        },
    )


def _root(name: str) -> Member:
    return Member(
        name=name,
        coordinates=(s,),
        value=sp.sqrt(1 + s**2) - 1,
        gradient=(s / sp.sqrt(1 + s**2),),
        minimizer=(sp.S.Zero,),
        requirements={SCALAR: lambda _: sp.true, UNIT_CURVATURE: lambda _: sp.true, A1_A3: lambda c: c**2 <= 3},
    )


def _clip(name: str, delta: sp.Expr) -> Member:
    require(delta > 0, f"delta={delta} of clip must be > 0")
    clipped = Max(-delta, Min(s, delta))
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(s,),
        value=clipped * s - clipped**2 / 2,
        gradient=(clipped,),
        kinks={2: (sp.Abs(s) - delta,)},
        minimizer=(sp.S.Zero,),
        requirements={
            SCALAR: lambda _: delta <= 1,
            UNIT_CURVATURE: lambda _: sp.true,
            A1_A3: lambda c: And(delta <= 1, c / 2 <= delta),
        },
    )


def _softsign(name: str, delta: sp.Expr) -> Member:
    require(delta > 0, f"delta={delta} of softsign must be > 0")
    size = sp.Abs(s)
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(s,),
        value=delta * size - delta**2 * sp.log(1 + size / delta),
        gradient=(s / (1 + size / delta),),
        minimizer=(sp.S.Zero,),
        requirements={
            SCALAR: lambda _: delta <= 1,
            UNIT_CURVATURE: lambda _: sp.true,
            # concave on s >= 0, so that both halves of (A3) say the same at s = c
            A1_A3: lambda c: And(delta <= 1, c <= delta),
        },
    )


def _spline(name: str, delta: sp.Expr) -> Member:
    """The derivative is a parabola on each side that reaches its top, delta, at |s| = 2 delta, and stays there."""
    require(delta > 0, f"delta={delta} of spline must be > 0")
    size = Min(sp.Abs(s), 2 * delta)
    inner = _clamp(s, -2 * delta, 2 * delta)
    return Member(
        name=name,
        exists=delta > 0,
        coordinates=(s,),
        value=size**2 / 2 - size**3 / (12 * delta) + delta * (sp.Abs(s) - size),
        gradient=(inner - inner * size / (4 * delta),),
        kinks={2: (sp.Abs(s) - 2 * delta,)},
        minimizer=(sp.S.Zero,),
        requirements={
            SCALAR: lambda _: delta <= 1,
            UNIT_CURVATURE: lambda _: sp.true,
            # concave on s >= 0, as above
            A1_A3: lambda c: And(delta <= 1, c <= 2 * delta),
        },
    )


def _cubic(name: str) -> Member:
    """The derivative is s + s^3 up to |s| = 1/2 and constant beyond: it exceeds s next to 0."""
    bounded = _clamp(s, -sp.Rational(1, 2), sp.Rational(1, 2))
    return Member(
        name=name,
        coordinates=(s,),
        value=bounded**2 / 2 + bounded**4 / 4 + (bounded + bounded**3) * (s - bounded),
        gradient=(bounded + bounded**3,),
        kinks={2: (sp.Abs(s) - sp.Rational(1, 2),)},
        minimizer=(sp.S.Zero,),
        requirements={SCALAR: lambda _: sp.true, UNIT_CURVATURE: lambda _: sp.true, A1_A3: lambda _: sp.false},
    )


def _piecewise(name: str, knots: Sequence[tuple[sp.Expr, sp.Expr]]) -> Member:
    chain = [(sp.S.Zero, sp.S.Zero), *knots]
    for left, right in pairwise(chain):
        require(right[0] > left[0], f"the knots of {name} must have increasing positions > 0: {left[0]}, {right[0]}")
    slopes = _knot_slopes(chain)

    def derivative(at: sp.Expr) -> sp.Expr:
        """l'(at) for at >= 0."""
        segments = zip(slopes, pairwise(chain), strict=True)
        return sp.Add(*[slope * (Max(0, at - a[0]) - Max(0, at - b[0])) for slope, (a, b) in segments])

    size = Max(s, -s)
    segments = zip(slopes, pairwise(chain), strict=True)
    value = sp.Add(*[slope * (_beyond(size, a[0]) ** 2 - _beyond(size, b[0]) ** 2) / 2 for slope, (a, b) in segments])
    odd = sp.Add(
        *[
            slope * (_clamp(s, a[0], b[0]) + _clamp(s, -b[0], -a[0]))
            for slope, (a, b) in zip(slopes, pairwise(chain), strict=True)
        ]
    )
    monotone = And(*[slope >= 0 for slope in slopes], knots[-1][1] <= 1)

    def regimes(c: sp.Expr) -> Boolean:
        at_knots = [Or(place > c, And(level <= place, level >= place / 2)) for place, level in knots]
        at_c = derivative(c)
        return And(monotone, Eq(knots[0][0], knots[0][1]), *at_knots, at_c <= c, at_c >= c / 2)

    return Member(
        name=name,
        exists=And(*[right[0] > left[0] for left, right in pairwise(chain)]),
        coordinates=(s,),
        value=value,
        gradient=(odd,),
        kinks={2: tuple(size - place for place, _ in knots)},
        minimizer=(sp.S.Zero,),
        requirements={
            SCALAR: lambda _: monotone,
            UNIT_CURVATURE: lambda _: Eq(knots[0][0], knots[0][1]),
            A1_A3: regimes,
        },
    )


def _propose_piecewise(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    """Three knots: slope 1 up to the first, then free slopes, never above the diagonal nor 1."""
    c = bounds.get(A1_A3, Fraction(1))
    first = c * (u[0] + Fraction(1, 16)) / 2
    second, level = first + c * (u[1] + Fraction(1, 16)), first
    level_second = level + (second - first) * u[2]
    third = second + 2 * c * (u[3] + Fraction(1, 16))
    return {"knots": ((first, first), (second, level_second), (third, level_second + (third - second) * u[4] / 2))}


def _propose_steep(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    """Three knots, the second at c: beyond it nothing keeps the slope below the diagonal but the bound 1."""
    c = bounds.get(A1_A3, Fraction(1, 4))
    first = c * (16 * u[0] + 1) / 18
    level = c - (c - first) * u[1] / 2
    third = c + c * (2 * u[2] ** 2 + Fraction(1, 64))
    return {"knots": ((first, first), (c, level), (third, level + (1 - level) * u[3]))}


def _propose_delta(u: Sequence[Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    low = bounds.get(A1_A3, Fraction(1, 8)) / 2
    return {"delta": _between(u[0], low, Fraction(1))}


tanh = Family("tanh", {"delta": "1"}, _tanh, _propose_delta, 1)
root = Family("root", {}, _root, lambda u, bounds: {}, 0)
clip = Family("clip", {"delta": "1"}, _clip, _propose_delta, 1)
piecewise = Family("piecewise", {"knots": "1/2:1/2,2:1"}, _piecewise, _propose_piecewise, 5)
steep = Family("piecewise", {"knots": "1/8:1/8,1/4:1/4,1/2:1"}, _piecewise, _propose_steep, 4)
softsign = Family("softsign", {"delta": "1"}, _softsign, _propose_delta, 1)
spline = Family("spline", {"delta": "1"}, _spline, _propose_delta, 1)
cubic = Family("cubic", {}, _cubic, lambda u, bounds: {}, 0)

# --- the classes ------------------------------------------------------------------------------------------------

_SMOOTH_FAMILIES = (quadratic, quadratic_plane, quadratic_full, huber, logcosh, convex, quadratic_space)
_SCALAR_FAMILIES = (tanh, root, clip, piecewise, steep, softsign, spline)


def _smooth_facts(beta: sp.Symbol, loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
    """What beta-smoothness says of two points: the descent lemma, and that the gradient is beta-Lipschitz."""
    slope = Inner(Gradient(loss, b), a - b)
    difference = Gradient(loss, a) - Gradient(loss, b)
    return [
        sp.Le(LossValue(loss, a), LossValue(loss, b) + slope + beta / 2 * Inner(a - b, a - b), evaluate=False),
        sp.Le(Inner(difference, difference), beta**2 * Inner(a - b, a - b), evaluate=False),
    ]


def _convex_facts(beta: sp.Symbol, loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
    """What convexity adds: the interpolation inequality, and that the gradient is monotone."""
    slope = Inner(Gradient(loss, b), a - b)
    difference = Gradient(loss, a) - Gradient(loss, b)
    gain = Inner(difference, difference) / (2 * beta)
    return [
        *_smooth_facts(beta, loss, a, b),
        sp.Ge(LossValue(loss, a), LossValue(loss, b) + slope + gain, evaluate=False),
        sp.Ge(Inner(difference, a - b), 0, evaluate=False),
    ]


def smooth_convex(beta: sp.Symbol) -> LossClass:
    """The convex, beta-smooth losses on R^d, for every d."""
    return LossClass(
        f"L is convex and {beta}-smooth",
        (Property(CONVEX), Property(SMOOTH, beta)),
        _SMOOTH_FAMILIES,
        point_axioms=lambda loss, a, b: _convex_facts(beta, loss, a, b),
    )


def smooth_strongly_convex(alpha: sp.Symbol, beta: sp.Symbol) -> LossClass:
    """The alpha-strongly convex, beta-smooth losses on R^d, for every d; there are none unless alpha <= beta."""
    families = tuple(family for family in _SMOOTH_FAMILIES if family is not convex)

    def facts(loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
        slope = Inner(Gradient(loss, b), a - b)
        lower = LossValue(loss, b) + slope + alpha / 2 * Inner(a - b, a - b)
        return [*_convex_facts(beta, loss, a, b), sp.Ge(LossValue(loss, a), lower, evaluate=False)]

    return LossClass(
        f"L is {alpha}-strongly convex and {beta}-smooth",
        (Property(STRONGLY_CONVEX, alpha), Property(SMOOTH, beta)),
        (*families, convex),
        conditions=(sp.Le(alpha, beta, evaluate=False),),
        point_axioms=facts,
    )


def smooth_pl(mu: sp.Symbol, beta: sp.Symbol) -> LossClass:
    """The mu-PL, beta-smooth losses on R^d that attain their minimum, for every d."""
    families = (quadratic, quadratic_plane, quadratic_full, huber, logcosh, plsine, convex, quadratic_space)

    def facts(loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
        size = Inner(Gradient(loss, a), Gradient(loss, a))
        gap = LossValue(loss, a) - LossMinimum(loss)
        return [
            *_smooth_facts(beta, loss, a, b),
            sp.Ge(size, 2 * mu * gap, evaluate=False),
            sp.Ge(gap, 0, evaluate=False),
        ]

    properties = (Property(PL, mu), Property(SMOOTH, beta))
    text = f"L is {mu}-PL and {beta}-smooth"
    return LossClass(text, properties, families, point_axioms=facts, attains_minimum=True)


def quadratics(beta: sp.Symbol) -> LossClass:
    """The convex quadratics on R^d with top eigenvalue beta > 0, for every d."""
    lam = Symbol("lambda", real=True)
    return LossClass(
        f"L is a convex quadratic with largest Hessian eigenvalue {beta}",
        (Property(QUADRATIC), Property(CONVEX)),
        (quadratic, quadratic_plane, quadratic_full, quadratic_space),
        attributes={beta: "top eigenvalue"},
        spectrum=Spectrum(lam, (lam >= 0, sp.Le(lam, beta, evaluate=False)), (beta,)),
    )


def ordered_quadratics(largest: sp.Symbol, least: sp.Symbol) -> LossClass:
    """The quadratics of eq. (8): diagonal, lambda_1 > ... >= lambda_d > 0, for every d."""
    lam = Symbol("lambda", real=True)
    return LossClass(
        "L(w) = w' Lambda w / 2 with Lambda = diag(lambda_1, ..., lambda_d), lambda_1 > ... >= lambda_d > 0",
        (Property(QUADRATIC), Property(ORDERED)),
        (quadratic, quadratic_plane, quadratic_full, quadratic_space),
        conditions=(least > 0, sp.Le(least, largest, evaluate=False)),
        attributes={largest: "top eigenvalue", least: "least eigenvalue"},
        spectrum=Spectrum(
            lam, (sp.Le(least, lam, evaluate=False), sp.Le(lam, largest, evaluate=False)), (largest, least)
        ),
    )


def scalar_losses() -> LossClass:
    """The losses l of eq. (5): convex, even, 1-Lipschitz."""
    return LossClass("l is convex, even and 1-Lipschitz", (Property(SCALAR),), _SCALAR_FAMILIES, scalar=True)


def curved_losses() -> LossClass:
    """The losses l with (A1) of Appendix E that are C^2 near 0 with l''(0) = 1, what (A2) begins with."""
    return LossClass(
        "l is convex, even and 1-Lipschitz, and twice continuously differentiable near 0 with l''(0) = 1",
        (Property(SCALAR), Property(UNIT_CURVATURE)),
        (*_SCALAR_FAMILIES, cubic),
        scalar=True,
    )


def single_neuron_losses(c: sp.Symbol) -> LossClass:
    """The losses l with (A1)-(A3) of Appendix E, constant c > 0."""

    def axioms(at: sp.Expr, slope: sp.Expr) -> dict[str, list[Boolean]]:
        """What (A1)-(A3) say of the slope p = l'(s) at one point s."""
        size = sp.Abs(at)
        core = And(size <= c, sp.Abs(slope) <= size, sp.Abs(slope) >= size / 2)
        tail = And(size >= c, sp.Abs(slope) >= c / 2)
        return {
            "signs": [Or(And(at > 0, slope > 0), And(at < 0, slope < 0), And(Eq(at, 0), Eq(slope, 0)))],
            "bound": [sp.Abs(slope) <= 1],
            "regimes": [Or(core, tail)],
        }

    return LossClass(
        f"l satisfies (A1)-(A3) with the constant {c}",
        (Property(A1_A3, c),),
        _SCALAR_FAMILIES,
        slope_axioms=axioms,
        slope_has_sign_of_argument=True,
        scalar=True,
    )


def only(family: Family) -> LossClass:
    """The one loss of a family without parameters, for claims that fix their loss."""
    return LossClass(f"L is {family.name}", (), (family,))
