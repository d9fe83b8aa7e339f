"""Why the fifth invariant of ``duration`` lasts, and bounds t, where the base of t0 is near 1 (advice only).

There r is at most 3/16, so that I4 keeps Y away from 0.  With n = c eta sqrt(C)/2 and beta = n s, a step lets
kappa (X0 - X) + M (1/X - 1/X0) grow by at least beta: a fast one, as Y (kappa X^2 + M) >= X^2; a slow one, as then
X - X1 >= q X, and q (kappa X^2 + M/(1 - q)) >= beta X.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from sympy import And, Ge, Gt, Lt, Or, Rational, Symbol, expand
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam.duration_step import (
    X0,
    X1,
    B,
    Chain,
    G,
    K,
    N,
    R,
    V,
    X,
    Y,
    at_least,
    at_most,
    b,
    b_sign,
    below_diagonal,
    below_start,
    beta,
    e,
    equal,
    falls,
    keeps_order,
    moved_x,
    norm,
    of_parameters,
    of_slope,
    of_v,
    p,
    product,
    pull,
    r,
    r_positive,
    r_sign,
    s,
    slope,
    squared,
    u,
    u_sign,
    x0_positive,
    x1_positive,
    x_positive,
    y_positive,
    y_squared,
)
from claims.sam_normalization.setting import c, eta, half, t

#: 1/(1 + X) and 1/(1 + X0); M; how much of X a slow step takes at least; what V exceeds the part of q by.
w, f, M, q, d = (Symbol(f"size_{name}", real=True) for name in ("w", "f", "M", "q", "d"))
n = N / 2
kappa = 2 - Rational(12, 5) * n
#: M = n (1 - p + n lift)
lift = Rational(6, 5) * p + G / 2

#: What the author's terms say of their symbols.
s_positive, p_positive, circle = Gt(s, 0), Gt(p, 0), equal(p**2 + s**2, 1)
start = equal(X0 * s, p)
beta_is = equal(n * s, beta)
_e_is, _n_is = equal(e * s, eta), equal(N, c * e)
_b_positive, _n_positive, _e_positive, _g_positive = Gt(B, 0), Gt(N, 0), Gt(e, 0), Gt(G, 0)
_c_most, _e_most, near = at_most(c, 2), at_most(e, half), at_most(32 * r + 4 * e, 3 * c)
_w_is, _f_is, _w_positive, _f_positive = equal(w * (1 + X), 1), equal(f * (1 + X0), 1), Gt(w, 0), Gt(f, 0)
_g_is = equal(G * p, s**2)
_q_is = equal(4 * q, Rational(21, 100) + Rational(3, 5) * s + s * X / 2 + X**2)
_d_is = equal(d + p / 2 + Rational(3, 5) * s, Rational(79, 100))
_m_is = equal(M, n * (1 - p) + n**2 * lift)
lost = at_least((V - 1 + eta * (X0 - X)) * (1 + X) * (1 + X0) + K * r * (X0 - X), 0)


def invariant(x: Any, t: Any, start: Any, kappa: Any, m: Any, b: Any) -> Boolean:
    """beta t <= kappa (X0 - X) + M (1/X - 1/X0), with b = 2 beta, times X X0."""
    area = product(start, x)
    return at_least((start - x) * (kappa * area) + (start - x) * m, b / 2 * t * area)


def _gain(x: Any, t: Any) -> Any:
    one = invariant(x, t, X0, kappa, M, B)
    return one.lhs - one.rhs


class _Near:
    """The chain of lemmas, by what they are about."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.parameters()

    def parameters(self) -> None:
        chain = self.chain
        self.p_small = chain(at_most(p, 1 - s**2 / 2), s_positive, p_positive, circle)
        self.p_most = chain(at_most(p, 1), s_positive, self.p_small)
        self.n_is = chain(equal(2 * n, c * e), _n_is)
        self.n_positive = chain(Gt(n, 0), _n_positive)
        n_by_e = chain(at_most(n, e), self.n_is, _c_most, _e_positive)
        self.n_most = chain(at_most(n, half), n_by_e, _e_most)
        self.kappa_least = chain(at_least(kappa, Rational(4, 5)), self.n_most)
        # M is at least (6/5) n^2, and n (1 - p) + (59/50) n^2
        at_p = chain(equal(p * lift, Rational(7, 10) * p**2 + half), _g_is, circle)
        sides = chain(Or(at_most(p, Rational(59, 70)), at_least(p, Rational(59, 70))))
        lift_least = chain(at_least(lift, Rational(59, 50)), at_p, sides, p_positive)
        self.m_least = chain(
            at_least(M, n * (1 - p) + Rational(59, 50) * n**2), _m_is, self.p_most, self.n_positive, lift_least
        )
        self.m_square = chain(
            at_least(M, Rational(6, 5) * n**2), _m_is, self.p_most, self.n_positive, self.n_most, _g_positive
        )
        self.m_sign = chain(Ge(M, 0), self.m_square)

    def y_from_below(self) -> None:
        chain = self.chain
        self.r_and_e = chain(at_most(8 * r + e, Rational(3, 2)), near, _c_most)
        self.n_by_r = chain(at_least(3 * n, 2 * e * (8 * r + e)), self.n_is, near, _e_positive)
        self.sum_most = chain(at_most(p + s, Rational(71, 50)), circle)
        self.sum_least = chain(at_least(s + p, 1), circle, s_positive, p_positive)
        self.left = chain(at_most(s * X, p), start, below_start, s_positive)
        at_start = chain(equal(f * (s + p), s), _f_is, start)
        self.f_least = chain(
            at_least(f, Rational(7, 10) * s), at_start, self.sum_most, s_positive, p_positive, _f_positive
        )
        f_most = chain(at_most(f, s), at_start, self.sum_least, _f_positive)
        self.w_most = chain(at_most(w, 1), _w_is, x_positive, _w_positive)
        self.inverses = chain(equal((X0 - X) * w * f, w - f), _w_is, _f_is)
        self.w_above = chain(at_least(w - f, 0), self.inverses, _w_positive, _f_positive, below_start)
        inverse = chain(at_most(w * f, s), f_most, self.w_most, _f_positive, _w_positive)
        bounded = chain(at_most(w - f, (X0 - X) * s), self.inverses, inverse, below_start)
        self.w_below = chain(at_most(w - f, p - s * X), bounded, start)
        rest = V - 1 + eta * (X0 - X) + K * r * (w - f)
        scaled = chain(at_least(lost.lhs * w * f, 0), lost, _w_positive, _f_positive)
        is_rest = chain(at_least(rest, lost.lhs * w * f), _w_is, _f_is)
        of_rest = chain(at_least(rest, 0), scaled, is_rest)
        self.v_least = chain(at_least(V, 1 - e * (p - s * X) - K * r * (w - f)), of_rest, _e_is, start)
        self.v_plain = chain(
            at_least(V, 1 - e - K * r * w),
            *(self.v_least, self.p_most, self.left, x_positive, s_positive, _e_positive, r_sign, _f_positive),
        )

    def slow_drop(self) -> Boolean:
        """(X + r) Y^2 >= 4 q X, for r <= 1/8 and for r >= 1/8."""
        chain = self.chain
        eighth = Rational(1, 8)
        part = Rational(21, 100) + Rational(3, 5) * s + s * X / 2 + X**2
        self.q_positive = chain(Gt(q, 0), _q_is, s_positive, x_positive)
        half_sum = chain(at_most(p / 2 + Rational(3, 5) * s, Rational(79, 100)), circle, s_positive, p_positive)
        d_sign = chain(Ge(d, 0), half_sum, _d_is)
        d_least = chain(at_least(d, Rational(29, 100) - Rational(3, 5) * s + s**2 / 4), self.p_small, _d_is)
        at_x = Or(
            And(Gt(X, 0), at_most(X, eighth)),
            And(at_least(X, eighth), at_most(X, Rational(1, 4))),
            And(at_least(X, Rational(1, 4)), at_most(X, 1)),
            Ge(X, 1),
        )
        at_s = Or(And(Gt(s, 0), at_most(s, Rational(1, 4))), And(at_least(s, Rational(1, 4)), at_most(s, 1)))
        chain(at_x, x_positive)
        self.s_most = chain(at_most(s, 1), circle, p_positive, s_positive)
        chain(at_s, s_positive, self.s_most)
        grown = d * (1 + 8 * X) + Rational(7, 10) * K * s * X
        polynomial = chain(at_least((part + grown) * (1 + X) - K / 8 - K * X, 0), at_x, at_s, d_sign, d_least)
        divided = chain(at_least(part + grown - K * (X + eighth) * w, 0), polynomial, _w_is, _w_positive)
        shown = chain(at_least(4 * q + grown - K * (X + eighth) * w, 0), divided, _q_is)

        def y_least(r: Any) -> Any:
            return d + 4 * q - K * r * (w - Rational(7, 10) * s)

        def v_least(r: Any, f: Any) -> Boolean:
            return at_least(V, 1 - (p - s * X) / 2 - K * r * (w - f))

        def drop(r: Any) -> Boolean:
            return at_least((X + r) * Y**2, 4 * q * X)

        seven = Rational(7, 10) * s
        with_half = chain(v_least(r, f), self.v_least, _e_most, self.left)
        with_s = chain(v_least(r, seven), with_half, self.f_least, r_sign)
        of_y = chain(at_least(Y**2, y_least(r)), with_s, _d_is, _q_is, y_squared)
        times = chain(at_least((X + r) * Y**2, (X + r) * y_least(r)), of_y, x_positive, r_sign)
        enough = chain(
            Or(Gt(r, eighth), at_least((X + r) * y_least(r), 4 * q * X)),
            *(shown, d_sign, r_sign, x_positive, s_positive, _w_positive),
        )
        small = chain(Or(Gt(r, eighth), drop(r)), times, enough)

        def large(formula: Boolean) -> Boolean:
            return Or(Lt(r, eighth), formula)

        with_half = chain(large(v_least(eighth, f)), self.v_least, self.r_and_e, self.w_below, self.w_above, r_sign)
        with_s = chain(large(v_least(eighth, seven)), with_half, self.f_least)
        of_y = chain(large(at_least(Y**2, y_least(eighth))), with_s, _d_is, _q_is, y_squared)
        enough = chain(
            at_least((X + eighth) * y_least(eighth), 4 * q * X),
            *(shown, d_sign, x_positive, s_positive, _w_positive),
        )
        times = chain(large(at_least((X + eighth) * Y**2, 4 * q * X)), of_y, enough, x_positive)
        more = chain(large(drop(r)), times, y_positive)
        return chain(drop(r), small, more)

    def fast_or_slow(self) -> Boolean:
        """X - X1 >= beta Y or X - X1 >= q X."""
        chain = self.chain
        longer = chain(at_least(R, Y), norm, r_positive, y_positive, x_positive)
        ascent = (X + u * Y) * (Y + u * X)
        written = chain(equal(ascent, X * Y + u**2 * X * Y + r * R), pull, norm)
        ascends = chain(at_least(ascent, (X + r) * Y), written, longer, x_positive, y_positive, r_sign)
        either = chain(Or(at_least(b, beta), at_least(4 * b, (X + r) * Y)), slope, ascends)
        chain(Ge(b * u * X, 0), b_sign, u_sign, x_positive)
        drop = chain(at_least(X - X1, b * Y), moved_x, Ge(b * u * X, 0))
        of_x = chain(Or(at_least(X - X1, beta * Y), at_least(4 * (X - X1), (X + r) * Y**2)), either, drop, y_positive)
        return chain(Or(at_least(X - X1, beta * Y), at_least(X - X1, q * X)), of_x, self.slow_drop())

    def slow(self) -> Boolean:
        """Where X - X1 >= q X, the invariant's right side grows by beta."""
        chain, loss = self.chain, X - X1
        z, root = (1 + q / 2) ** 2, Rational(307, 100) * (1 + q / 2)

        def slow(formula: Boolean) -> Boolean:
            return Or(Lt(loss, q * X), formula)

        taken = chain(slow(And(Lt(q, 1), at_least(loss, q * z * X1))), falls, x1_positive, x_positive, self.q_positive)
        by_m = chain(slow(at_least(loss * M, q * z * X1 * M)), taken, self.m_sign)
        by_kappa = chain(
            slow(at_least(loss * kappa * X * X1, q * X * kappa * X * X1)), self.kappa_least, x_positive, x1_positive
        )
        both = chain(slow(at_least(loss * (kappa * X * X1 + M), q * X1 * (kappa * X**2 + z * M))), by_m, by_kappa)
        m_grown = chain(
            at_least(z * M, n * (s**2 / 2) * (1 + q) + Rational(59, 50) * n**2 * z),
            *(self.m_least, self.q_positive, self.n_positive, self.p_most, self.p_small),
        )
        sides = chain(Or(at_most(4 * X, n * root), at_least(4 * X, n * root)))
        square = chain(
            at_least(2 * X**2 + Rational(59, 50) * n**2 * z, n * X * root),
            *(sides, self.q_positive, self.n_positive, x_positive),
        )
        inner = X * root + s**2 / 2 * (1 + q) - Rational(12, 5) * X**2
        without_m = chain(at_least(kappa * X**2 + z * M, n * inner), square, m_grown)
        ends = [Rational(place) for place in ("1/8", "1/4", "3/8", "1/2", "3/4", "1")]
        inner_ranges = [And(at_least(X, low), at_most(X, high)) for low, high in pairwise(ends)]
        at_x = Or(And(Gt(X, 0), at_most(X, ends[0])), *inner_ranges, Gt(X, 1))
        at_s = Or(And(Gt(s, 0), at_most(s, half)), And(at_least(s, half), at_most(s, 1)))
        chain(at_x, x_positive)
        chain(at_s, s_positive, self.s_most)
        in_two = expand((q * inner - s * X).xreplace({q: _q_is.rhs / 4}))
        polynomial = chain(Or(Gt(X, 1), at_least(in_two, 0)), at_x, at_s)
        enough = chain(Or(Gt(X, 1), at_least(q * inner, s * X)), polynomial, _q_is)
        goal = at_least(q * (kappa * X**2 + z * M), n * s * X)
        small = chain(Or(Gt(X, 1), goal), without_m, enough, self.q_positive, self.n_positive)
        q_large = chain(
            Or(at_most(X, 1), at_least(Rational(4, 5) * q * X, s / 2)), _q_is, s_positive, self.left, self.p_small
        )
        by_kappa = chain(
            at_least(q * (kappa * X**2 + z * M), q * Rational(4, 5) * X**2),
            *(self.kappa_least, self.m_sign, self.q_positive, x_positive),
        )
        large = chain(Or(at_most(X, 1), goal), by_kappa, q_large, self.n_most, s_positive, x_positive)
        of_beta = chain(at_least(goal.lhs, beta * X), small, large, beta_is)
        return chain(slow(at_least(loss * (kappa * X * X1 + M), beta * X * X1)), both, of_beta, x1_positive)

    def fast(self) -> Boolean:
        """Y (kappa X^2 + M) >= X^2, on ranges of X."""
        chain = self.chain
        weight = kappa * X**2 + M
        goal = at_least(Y * weight, X**2)
        v_half = chain(
            at_least(V, half - Rational(17, 40) * w),
            *(self.v_plain, self.r_and_e, _e_most, self.w_most, _w_positive, r_sign),
        )

        def on_range(low: Rational, high: Rational, tau: Rational) -> Boolean:
            def there(formula: Boolean) -> Boolean:
                return Or(Gt(X, high), formula) if low == 0 else Or(Lt(X, low), Gt(X, high), formula)

            line = 2 + Rational(12, 5) * (tau - 1) * n - Rational(6, 5) * tau**2 * high**2
            sides = chain(Or(at_most(n, tau * X**2), at_least(n, tau * X**2)))
            above = chain(there(at_least(weight, X**2 * line)), sides, self.m_square, x_positive)
            if tau == 1:
                least = half - Rational(17, 40) / (1 + low) + low**2
                of_y = chain(there(at_least(Y**2, least)), v_half, y_squared, _w_is, _w_positive, x_positive)
                one = chain(there(at_least(Y**2 * line**2, 1)), of_y)
            else:
                least = 1 + low**2 - e - K * r / (1 + low)
                of_y = chain(
                    there(at_least(Y**2, least)),
                    *(self.v_plain, _w_is, _w_positive, y_squared, r_sign, self.w_most, x_positive),
                )
                enough = chain(
                    at_least(least * line**2, 1),
                    *(self.r_and_e, self.n_by_r, _e_most, _e_positive, r_sign, self.n_positive),
                )
                one = chain(there(at_least(Y**2 * line**2, 1)), of_y, enough)
            rooted = chain(there(at_least(Y * line, 1)), one, y_positive, self.n_positive)
            return chain(there(goal), above, rooted, y_positive, x_positive)

        so_far: Boolean | None = None
        for low, high, tau in _RANGES:
            here = on_range(low, high, tau)
            so_far = here if so_far is None else chain(Or(Gt(X, high), goal), so_far, here)
        assert so_far is not None
        last = Rational(3, 4)
        by_n = chain(
            Or(Lt(X, last), at_least(weight, Rational(4, 5) * X**2 + Rational(3, 10))),
            *(self.m_square, self.n_most, self.n_positive),
        )
        beyond = chain(Or(Lt(X, last), goal), by_n, below_diagonal, x_positive, self.m_sign, self.kappa_least)
        fast = chain(goal, so_far, beyond)

        def taken(formula: Boolean) -> Boolean:
            return Or(Lt(X - X1, beta * Y), formula)

        positive = chain(Gt(weight, 0), self.kappa_least, self.m_sign, x_positive)
        before = chain(taken(at_least((X - X1) * weight, beta * X**2)), fast, positive, _b_positive)
        squared = chain(Ge((X - X1) * M * (X - X1), 0), falls, self.m_sign)
        return chain(
            taken(at_least((X - X1) * (kappa * X * X1 + M), beta * X * X1)), before, squared, x1_positive, x_positive
        )

    def step(self) -> None:
        chain = self.chain
        either, slow, fast = self.fast_or_slow(), self.slow(), self.fast()
        grows = chain(at_least((X - X1) * (kappa * X * X1 + M) - beta * X * X1, 0), either, slow, fast)
        known = invariant(X, t, X0, kappa, M, B)
        first = chain(at_least(_gain(X, t) * X1, 0), known, x1_positive)
        second = chain(at_least(grows.lhs * X0, 0), grows, x0_positive)
        chain(at_least(_gain(X1, t + 1) * X, 0), first, second)
        chain(x_positive)

    def end(self) -> Boolean:
        """Where X > beta/2, s beta t <= 2."""
        chain = self.chain
        known, phase = invariant(X, t, X0, kappa, M, B), Gt(X, beta / 2)
        weight = kappa * X0 * beta + 2 * M
        of_m = chain(Ge((X0 - X) * M * (2 * X - beta), 0), phase, self.m_sign, x0_positive, below_start)
        with_beta = chain(at_most(beta * (beta * t * X * X0), (X0 - X) * X * weight), known, of_m, _b_positive)
        divided = chain(at_most(beta * (beta * t * X0), (X0 - X) * weight), with_beta, x_positive)
        positive = chain(Gt(weight, 0), self.kappa_least, self.m_sign, _b_positive, x0_positive)
        at_end = chain(at_most(beta * (beta * t * X0), (X0 - beta / 2) * weight), divided, positive, phase)
        sigma = G / 2
        as_weight = chain(equal(weight, 2 * n * (1 + n * sigma)), start, beta_is, _m_is)
        as_start = chain(equal((X0 - beta / 2) * s, p * (1 - n * sigma)), start, beta_is, _g_is)
        in_n = chain(
            at_most(beta * (beta * t * X0) * s, p * (1 - n * sigma) * (2 * n * (1 + n * sigma))),
            *(at_end, as_weight, as_start, s_positive),
        )
        in_p = chain(at_most(beta * (beta * t) * p, 2 * n * p), in_n, p_positive, self.n_positive, start)
        without = chain(at_most(beta * (beta * t), 2 * n), in_p, p_positive)
        with_n = chain(at_most(n * (s * beta * t), 2 * n), without, beta_is, self.n_positive)
        return chain(at_most(s * beta * t, 2), with_n, self.n_positive)


#: Ranges of X up to 3/4, and the tau with which (n - tau X^2)^2 >= 0 is used there.
_RANGES = [
    (Rational(low), Rational(high), Rational(tau))
    for low, high, tau in (
        ("0", "1/10", "4"),
        ("1/10", "1/5", "2"),
        ("1/5", "3/10", "3/2"),
        ("3/10", "2/5", "3/2"),
        ("2/5", "1/2", "1"),
        ("1/2", "3/5", "1"),
        ("3/5", "3/4", "1"),
    )
]


def _lemmas(opening: tuple[Boolean, ...], *parts: Callable[[_Near], object]) -> tuple[Boolean, ...]:
    chain = _Near(Chain(*opening))
    for part in parts:
        part(chain)
    return tuple(chain.chain.lemmas)


#: What the symbols of this module stand for, times X.
_of_terms = (
    *(equal(4 * X * q, X * (squared(X) + s * X / 2 + Rational(3, 5) * s + Rational(21, 100))), x_positive, _q_is),
    *(equal(X * d, X * Rational(79, 100) - X * p / 2 - Rational(3, 5) * X * s), x_positive, _d_is),
)
_of_m = (equal(X * M, X * (n * (1 - p)) + X * (product(n, n) * lift)), x_positive, _m_is)

keeps = _lemmas((*keeps_order, *of_slope, *of_v, *of_parameters, *_of_terms, *_of_m), _Near.y_from_below, _Near.step)
ends = _lemmas((*of_parameters, *_of_m), _Near.end)
