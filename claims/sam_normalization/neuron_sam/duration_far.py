"""Why the last invariant of ``duration`` lasts, and bounds t, where the base of t0 is at most -1/2 (advice only).

There r is large.  For C >= 4 it is at least 4: a fast step takes 4 beta off X + Y, and a slow one lets 1/X grow by 1.
For C <= 4 a fast step takes beta s^2 off X/Y, and a slow one lets 1/X grow by 2 s^2/(2 s - p).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sympy import Ge, Gt, Lt, Or, Rational
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam.duration_step import (
    X0,
    X1,
    Y0,
    Y1,
    B,
    Chain,
    Q,
    R,
    X,
    Y,
    at_least,
    at_most,
    b,
    b_sign,
    below_diagonal,
    below_start,
    beta,
    equal,
    eta_positive,
    falls,
    keeps_sign,
    moved_x,
    moved_y,
    norm,
    of_parameters,
    of_slope,
    p,
    product,
    pull,
    r,
    r_positive,
    r_sign,
    s,
    slope,
    u,
    u_sign,
    x0_positive,
    x1_positive,
    x_positive,
    y1_positive,
    y_positive,
)
from claims.sam_normalization.setting import eta, half, t

s_positive, p_positive, circle, s_most = Gt(s, 0), Gt(p, 0), equal(p**2 + s**2, 1), at_most(s, 1)
start, start_y = equal(X0 * s, p), equal(Y0 * s, 1)
b_positive, phase = Gt(B, 0), Gt(X, beta / 2)
q_is = equal(Q, B * s**2)
far, small = at_least(8 * eta * r * s + eta**2, Rational(3, 2)), at_most(eta * r * s + eta, s / 2)
large_c, small_c = at_most(s, half), at_least(s, half)
#: X/Y never rises.
ratio = at_most(X, p * Y)


def invariant_large(x: Any, y: Any, t: Any, x0: Any, y0: Any, b: Any) -> Boolean:
    """4 beta t <= X0 + Y0 - X - Y + 4 beta (1/X - 1/X0), with b = 2 beta, times X X0."""
    area = product(x0, x)
    return at_least((x0 + y0 - x - y) * area + 2 * b * (x0 - x), 2 * b * t * area)


def invariant_small(x: Any, y: Any, t: Any, x0: Any, p: Any, s: Any, b: Any, q: Any) -> Boolean:
    """2 beta s^2 t <= 2 (p - X/Y) + beta (2 s - p) (1/X - 1/X0), with b = 2 beta and q = b s^2, times X Y X0."""
    area = product(x0, x)
    return at_least(2 * (p * y - x) * area + b * half * (2 * s - p) * (x0 - x) * y, q * t * y * area)


def _fast(formula: Boolean) -> Boolean:
    return Or(Lt(b, beta), formula)


def _slow(formula: Boolean) -> Boolean:
    return Or(at_least(b, beta), formula)


class _Far:
    """What holds in both cases."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.p_small = chain(at_most(p, 1 - s**2 / 2), s_positive, p_positive, circle)
        self.p_most = chain(at_most(p, 1), s_positive, self.p_small)

    def radius(self) -> None:
        """How large r is."""
        chain = self.chain
        pulled = eta * r * s
        once = chain(at_most(eta, s / 2), small, eta_positive, r_sign, s_positive)
        of_product = chain(at_least(pulled, Rational(5, 32)), far, once, s_most, eta_positive)
        twice = chain(at_most(eta, s / 2 - Rational(5, 32)), small, of_product)
        self.product = chain(at_least(pulled, Rational(11, 64)), far, twice, s_most, eta_positive)
        self.eta_most = chain(at_most(eta, s / 2 - Rational(11, 64)), small, self.product)
        self.rs_positive = chain(Gt(r * s, 0), self.product, eta_positive)
        self.r_positive = chain(Gt(r, 0), self.rs_positive, s_positive)
        self.r_least = chain(
            at_least(r * s * (s / 2 - Rational(11, 64)), Rational(11, 64)),
            *(self.eta_most, self.product, self.rs_positive),
        )

    def step(self) -> None:
        """What a fast step and a slow one do."""
        chain = self.chain
        self.longer = chain(at_least(R, Y), norm, r_positive, y_positive, x_positive)
        ascent = X * Y + u**2 * X * Y + r * R
        written = chain(equal((X + u * Y) * (Y + u * X), ascent), pull, norm)
        self.either = chain(_slow(at_least(4 * b, ascent)), slope, written)
        self.turn = chain(equal(X * Y1 - X1 * Y, b * (Y - X) * (Y + X)), moved_x, moved_y)
        self.drop = chain(equal(X - X1, b * (Y + u * X)), moved_x)


def _keeps_large() -> tuple[Boolean, ...]:
    chain = Chain(*keeps_sign, *of_slope, *of_parameters)
    known = _Far(chain)
    known.radius()
    known.step()
    radius = chain(at_least(r, 4), known.r_least, large_c, s_positive, known.r_positive)
    shorter = chain(at_most(R, X + Y), norm, r_positive, x_positive, y_positive)
    fall = chain(equal(X + Y - X1 - Y1, b * (1 + u) * (X + Y)), moved_x, moved_y)
    by_radius = chain(at_least(u * (X + Y), r), shorter, pull, u_sign)
    falls_4 = chain(at_least(X + Y - X1 - Y1, 4 * b), fall, by_radius, radius, b_sign, x_positive, y_positive)
    chain(Ge(b * u * X, 0), b_sign, u_sign, x_positive)
    along = chain(at_least(X - X1, b * Y), known.drop, Ge(b * u * X, 0))
    chain(Ge(X * Y + u**2 * X * Y, 0), x_positive, y_positive)
    steep = chain(_slow(at_least(4 * b, r * Y)), known.either, Ge(X * Y + u**2 * X * Y, 0), known.longer, r_sign)
    drop = chain(_slow(at_least(4 * (X - X1), r * Y**2)), along, steep, y_positive)
    in_x = chain(_slow(at_least(X - X1, X**2)), drop, radius, below_diagonal, x_positive)
    grows = chain(_slow(at_least(X - X1, X * X1)), in_x, falls, x_positive)
    gains = chain(
        at_least((X + Y - X1 - Y1) * X * X1 + 4 * beta * (X - X1) - 4 * beta * X * X1, 0),
        *(falls_4, b_sign, grows, falls, b_positive, x_positive, x1_positive),
    )
    now, later = invariant_large(X, Y, t, X0, Y0, B), invariant_large(X1, Y1, t + 1, X0, Y0, B)
    first = chain(at_least((now.lhs - now.rhs) * X1, 0), now, x1_positive)
    second = chain(at_least(gains.lhs * X0, 0), gains, x0_positive)
    chain(at_least((later.lhs - later.rhs) * X, 0), first, second)
    chain(x_positive)
    return tuple(chain.lemmas)


def _ends_large() -> tuple[Boolean, ...]:
    chain = Chain(*of_parameters)
    known = _Far(chain)
    of_start = chain(at_most(X0, Y0), start, start_y, known.p_most, s_positive)
    large = chain(at_least(Y0, 2), start_y, large_c, s_positive)
    now = invariant_large(X, Y, t, X0, Y0, B)
    whole = chain(
        at_most(4 * beta * t * X * X0, 2 * Y0 * X * X0 + 4 * beta * X0),
        *(now, of_start, x_positive, y_positive, x0_positive, b_positive),
    )
    in_x = chain(at_most(4 * beta * t * X * X0, 2 * Y0 * X * X0 + 8 * X * X0), whole, phase, x0_positive)
    divided = chain(at_most(4 * beta * t, 2 * Y0 + 8), in_x, x_positive, x0_positive)
    by_start = chain(at_most(beta * t, 2 * Y0), divided, large)
    chain(at_most(s * beta * t, 2), by_start, start_y, s_positive)
    return tuple(chain.lemmas)


def _slow_enough(known: _Far) -> Boolean:
    """(2 s - p) (3/8 r^2 s p + r/4 + 7/40 r p^2) >= 2 s^2 p^2, on ranges of s."""
    chain = known.chain
    goal = at_least((2 * s - p) * _WEIGHT, 2 * s**2 * p**2)
    last, least = Rational(7, 8), Rational(57, 320)

    def below(formula: Boolean) -> Boolean:
        return Or(Gt(s, last), formula)

    pulled = chain(below(at_least(eta * r * s, least)), far, known.eta_most, eta_positive)
    eta_most = chain(below(at_most(eta, s / 2 - least)), pulled, small)
    radius = chain(below(at_least(r * s * (s / 2 - least), least)), pulled, eta_most, known.rs_positive)
    places = [
        Rational(place) for place in ("1/2", "5/8", "11/16", "3/4", "25/32", "13/16", "27/32", "7/8", "15/16", "1")
    ]
    so_far = small_c
    for low, high in pairwise(places):
        of_radius = radius if low < last else known.r_least
        here = chain(Or(Lt(s, low), Gt(s, high), goal), of_radius, _turned, circle, p_positive)
        so_far = chain(Or(Gt(s, high), goal), here, so_far)
    return chain(goal, so_far, s_most)


_WEIGHT = Rational(3, 8) * r**2 * s * p + r / 4 + Rational(7, 40) * r * p**2
_turned = Gt(2 * s - p, 0)


def _keeps_ratio(chain: Chain, known: _Far) -> Boolean:
    """X1/Y1 <= X/Y <= p, by what is multiplied out."""
    rises = chain(at_least(X * Y1 - X1 * Y, 0), known.turn, b_sign, below_diagonal, x_positive, y_positive)
    by_p = chain(at_least(p * Y * Y1, X * Y1), ratio, y1_positive)
    chain(at_least((p * Y1 - X1) * Y, 0), by_p, rises, y_positive)
    chain(y_positive)
    return rises


def _keeps_small() -> tuple[Boolean, ...]:
    chain = Chain(*keeps_sign, *of_slope, *of_parameters)
    known = _Far(chain)
    known.radius()
    known.step()
    rises = _keeps_ratio(chain, known)
    chain(_turned, circle, small_c, p_positive)
    # a fast step
    squares = chain(at_most(X**2, p**2 * Y**2), ratio, x_positive, p_positive, y_positive)
    wide = chain(at_least((Y - X) * (Y + X), s**2 * Y**2), squares, circle)
    y_falls = chain(at_most(Y1, Y), moved_y, b_sign, u_sign, x_positive, y_positive)
    turns = chain(at_least(X * Y1 - X1 * Y, b * s**2 * Y**2), known.turn, wide, b_sign)
    turns = chain(at_least(X * Y1 - X1 * Y, b * s**2 * Y * Y1), turns, y_falls, y_positive, b_sign)
    fast = chain(_fast(at_least(X * Y1 - X1 * Y, beta * s**2 * Y * Y1)), turns, y_positive, y1_positive, s_positive)
    # a slow one
    parts = X * (u * Y) ** 2 + X**2 * u * Y + r * R * Y + r**2 * X
    ahead = chain(Gt(Y + u * X, 0), x_positive, y_positive, u_sign)
    ascent = X * Y + u**2 * X * Y + r * R
    drop = chain(_slow(at_least(4 * (X - X1), ascent * (Y + u * X))), known.either, ahead, known.drop)
    multiplied = chain(at_least(ascent * (Y + u * X), parts), pull, u_sign, x_positive, y_positive)
    drop = chain(_slow(at_least(4 * (X - X1), parts)), drop, multiplied)
    shorter = chain(at_most(7 * R, 10 * Y), norm, r_positive, y_positive, below_diagonal, x_positive)
    doubled = chain(at_most(R**2, 2 * Y**2), norm, below_diagonal, x_positive, y_positive)
    pulled = chain(at_least(10 * (u * Y), 7 * r), shorter, pull, u_sign)
    scaled = chain(at_most((u * R) ** 2, 2 * (u * Y) ** 2), doubled, u_sign)
    squared = chain(at_least(2 * (u * Y) ** 2, r**2), scaled, pull)
    drop = chain(
        _slow(at_least(4 * (X - X1), Rational(3, 2) * r**2 * X + Rational(7, 10) * r * X**2 + r * Y**2)),
        *(drop, pulled, squared, known.longer, r_sign, x_positive, y_positive),
    )
    left = chain(at_most(s * X, p), start, below_start, s_positive)
    weighted = chain(at_most(r**2 * s * X**2, r**2 * p * X), left, x_positive, r_sign)
    drop = chain(_slow(at_least(4 * p**2 * (X - X1), 4 * _WEIGHT * X**2)), drop, weighted, p_positive, squares, r_sign)
    loss = (2 * s - p) * p**2 * (X - X1)
    drop = chain(_slow(at_least(loss, (2 * s - p) * _WEIGHT * X**2)), drop, _turned)
    drop = chain(_slow(at_least(loss, 2 * s**2 * p**2 * X**2)), drop, _slow_enough(known))
    drop = chain(_slow(at_least((2 * s - p) * (X - X1), 2 * s**2 * X**2)), drop, p_positive)
    slow = chain(_slow(at_least((2 * s - p) * (X - X1), 2 * s**2 * X * X1)), drop, falls, x_positive)
    # both
    inverse = chain(at_least((2 * s - p) * (X - X1), 0), _turned, falls)
    angle = chain(at_least((X * Y1 - X1 * Y) * X * X1, 0), rises, x_positive, x1_positive)
    gain = 2 * (X * Y1 - X1 * Y) * X * X1 + beta * (2 * s - p) * (X - X1) * Y * Y1 - 2 * beta * s**2 * X * X1 * Y * Y1
    gains = at_least(gain, 0)
    facts = (b_positive, x_positive, x1_positive, y_positive, y1_positive)
    by_fast = chain(_fast(gains), fast, inverse, *facts)
    by_slow = chain(_slow(gains), slow, angle, *facts)
    chain(gains, by_fast, by_slow)
    now, later = invariant_small(X, Y, t, X0, p, s, B, Q), invariant_small(X1, Y1, t + 1, X0, p, s, B, Q)
    in_q = chain(at_least(gain + 2 * beta * s**2 * X * X1 * Y * Y1, Q * X * X1 * Y * Y1), gains, q_is)
    first = chain(at_least((now.lhs - now.rhs) * X1 * Y1, 0), now, x1_positive, y1_positive)
    second = chain(at_least((in_q.lhs - in_q.rhs) * X0, 0), in_q, x0_positive)
    chain(at_least((later.lhs - later.rhs) * X * Y, 0), first, second)
    chain.lemmas += [x_positive, y_positive]
    return tuple(chain.lemmas)


def _ratio_lemmas() -> tuple[Boolean, ...]:
    chain = Chain(*keeps_sign, *of_slope, *of_parameters)
    known = _Far(chain)
    known.step()
    _keeps_ratio(chain, known)
    return tuple(chain.lemmas)


def _ends_small() -> tuple[Boolean, ...]:
    chain = Chain(*of_parameters)
    _Far(chain)
    chain(_turned, circle, small_c, p_positive)
    now = invariant_small(X, Y, t, X0, p, s, B, Q)
    facts = (x_positive, y_positive, x0_positive)
    whole = chain(
        at_most(Q * t * X * Y * X0, 2 * p * Y * X * X0 + beta * (2 * s - p) * X0 * Y),
        *(now, _turned, b_positive, *facts),
    )
    in_x = chain(at_most(Q * t * X * Y * X0, 4 * s * X * Y * X0), whole, phase, _turned, x0_positive, y_positive)
    divided = chain(at_most(Q * t, 4 * s), in_x, *facts)
    in_b = chain(at_most(B * s**2 * t, 4 * s), divided, q_is)
    chain(at_most(s * beta * t, 2), in_b, s_positive)
    return tuple(chain.lemmas)


keeps_large, ends_large = _keeps_large(), _ends_large()
keeps_small, ends_small = _keeps_small(), _ends_small()
keeps_ratio = _ratio_lemmas()
