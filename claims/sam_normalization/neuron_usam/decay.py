"""Why |x| decays exponentially under USAM on l(xy) once y is below its threshold (advice only).

y stays above |x|, and above a number: where y is small it falls no faster than y^2 - x^2 does.  So y falls by a fixed
amount in every step from an x that is not small, and a step from a small x contracts it.
"""

from __future__ import annotations

import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Le, Lt, Ne, Or, Rational, Symbol, sqrt
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_usam.appendix_g import x_next, y_next
from claims.sam_normalization.neuron_usam.invariants import powers
from claims.sam_normalization.neuron_usam.proofs import signs
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    relation,
    rho,
    slope_ascent,
    slope_here,
    t0,
    usam_base,
    x,
    x0,
    x_ascent,
    y,
    y0,
    y_ascent,
)
from verify.statement.claim import Decay, Hints

_small_product = relation(Le, eta * rho, sp.Min(half, 1 / (C * gamma)))
_small_eta = relation(Le, eta, half)
_late_t0 = relation(Le, 2 * sqrt(C) / eta, t0)

#: |x|, the next y and x^2, eta |l'|, rho |l~'|, 1 less their product, and the argument of l', for the last steps.
_A, _Q, _D, _W, _M, _T, _R, _S = (Symbol(name, real=True) for name in "AQDWMTRS")
_size, _slope, _tilt = Abs(x), Abs(slope_ascent), rho * Abs(slope_here)
_move, _argument = eta * _slope, Abs(x_ascent * y_ascent)
_rest = 1 - _move * _tilt

#: Where l y < 1, y falls no faster than y^2 - x^2 does, so that b (y^2 - x^2) stays at least y.
_steep = 4 * (1 + rho) + 4 * (1 + rho) / c
_bound = 1 + C * _steep / usam_base**2
_difference = y**2 - x**2
_B, _b, _l = (Symbol(name, real=True) for name in "Bbl")

_needs = (*signs, _small_eta)
_small = relation(Le, eta * rho, half)
_positive = Gt(y, 0)
_below_one = relation(Ge, C * _difference, usam_base * y**2)
_above = relation(Ge, _bound * _difference, y)

#: A step in sizes: y falls to R y - M A, and |x| becomes the size of R A - M y.
_in_sizes = (
    relation(Ge, _size, 0),
    relation(Ge, _tilt, 0),
    relation(Le, _tilt, rho),
    relation(Ge, _move * _tilt, 0),
    relation(Le, _rest, 1),
    relation(Ge, _move, 0),
    relation(Le, _move, eta),
    relation(Le, _move * _tilt, eta * rho),
    relation(Lt, eta * rho + eta, 1),
    relation(Gt, _rest, _move),
    relation(Ge, _rest, 1 - eta * rho),
    _small,
    relation(Ge, _rest**2, (1 - eta * rho) ** 2),
    relation(Ge, _rest**2 - eta**2, usam_base),
    relation(Eq, (_size - y) * (_size + y), x**2 - y**2),
    relation(Eq, y_next, _rest * y - _move * _size),
    relation(Eq, x_next**2, (_rest * _size - _move * y) ** 2),
)
#: With the symbols; before each conclusion that needs more than what was shown last, its premises again.
_H, _N, _F = y**2 - _Q, _D**2 - _W, (_R - _M) * (_R + _M)
_defined = (
    relation(Eq, _Q, _A**2),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Eq, _W, (_R * _A - _M * y) ** 2),
    relation(Eq, _N, _F * _H),
)
_below_y = (
    relation(Gt, _B * y**2, 0),
    relation(Ge, C * _H, _B * y**2),
    relation(Gt, C * _H, 0),
    relation(Ge, C, 1),
    relation(Gt, _H, 0),
    relation(Eq, _Q, _A**2),
    relation(Lt, _A, y),
)
_falls = (
    relation(Gt, _R, _M),
    relation(Ge, _M, 0),
    relation(Ge, _M * y, _M * _A),
    relation(Gt, _R * y, _M * y),
    relation(Gt, _R * y - _M * _A, 0),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Gt, _D, 0),
    relation(Le, _R, 1),
    relation(Le, _R * y, y),
    relation(Ge, _M * _A, 0),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Le, _D, y - _M * _A),
    relation(Le, _D, y),
)
#: y^2 - x^2 keeps at least the share B of itself.
_share = (
    relation(Ge, _R**2 - eta**2, _B),
    relation(Le, _M, eta),
    relation(Ge, _M, 0),
    relation(Ge, _F, _B),
    relation(Gt, _B, 0),
    relation(Gt, _F, 0),
    relation(Gt, _H, 0),
    relation(Ge, _F, _B),
    relation(Ge, _F * _H, _B * _H),
    relation(Gt, _F * _H, 0),
    relation(Ge, C * _F * _H, _F * _H),
    relation(Ge, C * _H, _B * y**2),
    relation(Gt, _F, 0),
    relation(Ge, C * _F * _H, _F * _B * y**2),
)
_symbols = {
    _D: y_next,
    _S: _argument,
    _W: x_next**2,
    _Q: x**2,
    _R: _rest,
    _M: _move,
    _T: _tilt,
    _A: _size,
    _b: _bound,
    _l: _steep,
    _B: usam_base,
}


def _step(*lemmas: Boolean, first: tuple[Boolean, ...] = (), axioms: tuple[str, ...] = ()) -> Hints:
    """Advice on a step in sizes."""
    return Hints(
        needs=_needs,
        axioms=("signs", "bound", *axioms),
        lemmas=(*first, *_in_sizes, *_defined, *_below_y, *_falls, *lemmas),
        abbreviate=_symbols,
    )


_keeps_below_one = _step(
    *_share,
    relation(Gt, _H, 0),
    relation(Eq, _Q, _A**2),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Gt, _D, 0),
    Or(relation(Le, _M * (y**2 + _A**2), 2 * _R * y * _A), relation(Le, _D * (y**2 + _A**2), _R * y * _H)),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Ge, _M, 0),
    Or(relation(Le, _D**2, y**2 * _F), relation(Le, _D * (y**2 + _A**2), _R * y * _H)),
    relation(Le, _R * y, y),
    relation(Gt, _H, 0),
    Or(relation(Le, _D**2, y**2 * _F), relation(Le, _D * (y**2 + _A**2), y * _H)),
    relation(Eq, _Q, _A**2),
    relation(Gt, _D, 0),
    Or(relation(Le, _D**2, y**2 * _F), relation(Le, _D**2, _H)),
    Or(relation(Le, _B * _D**2, _F * _B * y**2), relation(Le, _B * _D**2, _B * _H)),
    relation(Ge, _F * _H, _B * _H),
    relation(Ge, C * _F * _H, _F * _H),
    relation(Ge, C * _F * _H, _F * _B * y**2),
    relation(Ge, C * _F * _H, _B * _D**2),
    relation(Eq, _N, _F * _H),
)

#: The size of the argument of l', and what (A2) and (A3) say of the two slopes.
_regimes = (
    relation(Ge, _size, 0),
    Or(relation(Le, Abs(slope_here), _size * y), relation(Ge, _size * y, c)),
    Or(relation(Le, _slope, _argument), relation(Ge, _argument, c)),
    Or(relation(Le, _tilt, rho * _size * y), relation(Ge, _size * y, c)),
    Or(relation(Le, _move, eta * _argument), relation(Ge, _argument, c)),
    relation(Eq, _argument, (_size + _tilt * y) * (y + _tilt * _size)),
)
_bounds = (
    relation(Ge, _steep, 4 + 4 * rho),
    relation(Ge, _steep * c, 4),
    Gt(_bound, 0),
    relation(Ge, _bound * usam_base**2, C * _steep),
    relation(Eq, y * _rest, y - y * _move * _tilt),
)


def _if_low(formula: Boolean) -> Boolean:
    """A formula where y is low."""
    return Or(relation(Ge, _l * y, 1), formula)


_keeps_above = _step(
    *_share,
    # y is low or not
    Gt(y, 0),
    relation(Ge, _l, 4 + 4 * rho),
    _if_low(relation(Lt, 4 * y + 4 * rho * y, 1)),
    relation(Ge, rho * y, 0),
    _if_low(relation(Lt, 4 * y, 1)),
    _if_low(relation(Lt, 4 * rho * y, 1)),
    _if_low(relation(Le, 16 * rho * y**2, 1)),
    _if_low(relation(Lt, 4 * y, 1)),
    _if_low(relation(Lt, 4 * y**2, 1)),
    relation(Ge, _l * c, 4),
    _if_low(relation(Lt, 4 * y, c)),
    _if_low(relation(Lt, 4 * y, 1)),
    _if_low(relation(Lt, 4 * y**2, c)),
    # |x| y < c, where (A2) bounds the slope here
    relation(Lt, _A, y),
    relation(Le, _A * y, y**2),
    _if_low(relation(Lt, _A * y, c)),
    Or(relation(Le, _T, rho * _A * y), relation(Ge, _A * y, c)),
    _if_low(relation(Le, _T, rho * _A * y)),
    _if_low(relation(Le, _T * y, rho * _A * y**2)),
    _if_low(relation(Le, 16 * rho * y**2, 1)),
    _if_low(relation(Le, 16 * rho * _A * y**2, _A)),
    _if_low(relation(Le, _T * y, rho * _A * y**2)),
    _if_low(relation(Le, 16 * _T * y, _A)),
    relation(Lt, _A, y),
    relation(Ge, _T, 0),
    relation(Le, _T * _A, _T * y),
    _if_low(relation(Le, 16 * _T * _A, y)),
    _if_low(relation(Le, 16 * _T * y, _A)),
    relation(Ge, _T, 0),
    relation(Eq, _S, (_A + _T * y) * (y + _T * _A)),
    _if_low(relation(Le, _S, _A * (1 + Rational(1, 16)) * (y + _T * _A))),
    _if_low(relation(Le, 16 * _T * _A, y)),
    _if_low(relation(Le, _S, 2 * _A * y)),
    # so that it bounds the slope at the ascent point
    relation(Le, _A * y, y**2),
    _if_low(relation(Lt, 4 * y**2, c)),
    _if_low(relation(Le, _S, 2 * _A * y)),
    _if_low(relation(Lt, _S, c)),
    Or(relation(Le, _M, eta * _S), relation(Ge, _S, c)),
    _if_low(relation(Le, _M, eta * _S)),
    _if_low(relation(Le, _S, 2 * _A * y)),
    _if_low(relation(Le, _M, 2 * eta * _A * y)),
    relation(Le, eta, half),
    relation(Ge, _A * y, 0),
    _if_low(relation(Le, _M, _A * y)),
    _if_low(relation(Le, _M * y, _A * y**2)),
    _if_low(relation(Lt, 4 * y**2, 1)),
    _if_low(relation(Le, 4 * _M * y, _A)),
    _if_low(relation(Le, 16 * _T * y, _A)),
    _if_low(relation(Ge, _A, y * (_T + _M))),
    # F y - D = M (A - y (R T + M))
    relation(Le, _R, 1),
    relation(Ge, _T, 0),
    _if_low(relation(Ge, _A, y * (_R * _T + _M))),
    relation(Ge, _M, 0),
    relation(Eq, y * _R, y - y * _M * _T),
    relation(Eq, _R, 1 - _M * _T),
    relation(Eq, _D, _R * y - _M * _A),
    relation(Eq, _F * y - _D, _M * (_A - y * (_R * _T + _M))),
    _if_low(relation(Ge, _F * y, _D)),
    relation(Ge, _b * _H, y),
    relation(Gt, _F, 0),
    relation(Ge, _b * _F * _H, _F * y),
    _if_low(relation(Ge, _b * _F * _H, _D)),
    # where y is not low
    relation(Ge, C * _F * _H, _F * _B * y**2),
    relation(Ge, _F, _B),
    relation(Gt, _B * y**2, 0),
    relation(Ge, C * _F * _H, _B**2 * y**2),
    relation(Gt, _b, 0),
    relation(Ge, _b * C * _F * _H, _b * _B**2 * y**2),
    relation(Ge, _b * _B**2, C * _l),
    relation(Ge, _b * C * _F * _H, C * _l * y**2),
    relation(Ge, C, 1),
    relation(Ge, _b * _F * _H, _l * y**2),
    relation(Le, _D, y),
    Or(relation(Lt, _l * y, 1), relation(Ge, _b * _F * _H, _D)),
    _if_low(relation(Ge, _b * _F * _H, _D)),
    relation(Ge, _b * _F * _H, _D),
    relation(Eq, _N, _F * _H),
    first=(*_bounds, *_regimes),
    axioms=("regimes",),
)

# --- from the state on at which y is below the threshold ----------------------------------------------------------

_X, _Z = Symbol("x_below", real=True), Symbol("y_below", real=True)
_gap = 2 - eta * (1 + rho * _Z**2) * _Z**2
#: Where a |x| <= 1, a step contracts x.
_reach = _Z + rho * _Z**3
_near = 1 + (24 + 24 * rho + 4 * _reach / c) / _gap
_a, _e, _p, _V = (Symbol(name, real=True) for name in "aepV")
_low_gap = (
    relation(Gt, usam_base, 0),
    Gt(_bound, 0),
    relation(Ne, _bound, 0),
    relation(Ge, _bound, 1),
    Gt(_Z, 0),
    relation(Lt, eta * (1 + rho * _Z**2) * _Z**2, 2),
    Gt(_gap, 0),
    relation(Gt, eta * (1 + rho * _Z**2) * _Z**2, 0),
    relation(Lt, _gap, 2),
    relation(Ge, _near, 1),
    relation(Ne, _near, 0),
)
_of_numbers = Hints(
    needs=_needs,
    axioms=(),
    lemmas=(*_low_gap, Gt(_b**2, 0), Gt(_a**2 * _b, 0), Gt(_e / _b**2, 0)),
    abbreviate={_a: _near, _e: _gap, _b: _bound},
)


def _from_then_on(*lemmas: Boolean, first: tuple[Boolean, ...] = ()) -> Hints:
    return Hints(
        needs=_needs,
        axioms=("signs", "bound", "regimes"),
        lemmas=(
            *_low_gap,
            relation(Ge, _near * _gap, 12 + 12 * rho),
            relation(Gt, 4 * _reach / _gap, 2 * _reach),
            relation(Ge, _near * c, 4 * _reach / _gap),
            relation(Gt, _near * c, 2 * _reach),
            relation(Ge, rho * _Z**3, 0),
            relation(Le, y, _Z),
            Or(relation(Ge, 2 * _move, eta * _argument), relation(Ge, 2 * _move, eta * c)),
            relation(Eq, y * _rest, y - y * _move * _tilt),
            *_regimes,
            *first,
            *_in_sizes,
            *_defined,
            *_below_y,
            *_falls,
            relation(Ge, _b, 1),
            relation(Eq, _Q, _A**2),
            relation(Ge, _b * _H, y),
            relation(Ge, _b * y**2, y),
            Gt(y, 0),
            relation(Ge, _b * y, 1),
            *lemmas,
        ),
        abbreviate={_V: Abs(x_next), _a: _near, _e: _gap, _p: 1 + rho * y**2, **_symbols},
    )


_ascends = (
    relation(Eq, _S, (_A + _T * y) * (y + _T * _A)),
    relation(Ge, _T * y, 0),
    relation(Ge, _T * _A, 0),
    relation(Ge, _A, 0),
    relation(Ge, _S, _A * y),
)
_contracts = _from_then_on(
    # |x| y < c, where (A2) bounds the slope here
    relation(Ge, _A, 0),
    relation(Ge, _a, 1),
    relation(Le, _a * _A, 1),
    relation(Le, _A, 1),
    Gt(y, 0),
    relation(Le, _a * _A * y, y),
    relation(Le, y, _Z),
    relation(Ge, rho * _Z**3, 0),
    relation(Gt, _a * c, 2 * _reach),
    relation(Lt, _a * _A * y, _a * c),
    relation(Ge, _a, 1),
    relation(Lt, _A * y, c),
    Or(relation(Le, _T, rho * _A * y), relation(Ge, _A * y, c)),
    relation(Le, _T, rho * _A * y),
    relation(Le, _T * y, rho * _A * y**2),
    relation(Ge, _A * _p, _A + rho * _A * y**2),
    relation(Le, _A + _T * y, _A * _p),
    # what the perturbation adds to y
    relation(Ge, _a * _e, 12 + 12 * rho),
    relation(Le, _a * _A, 1),
    relation(Ge, _A, 0),
    Gt(_e, 0),
    relation(Le, 12 * rho * _A, _e),
    relation(Le, _A, 1),
    relation(Le, 12 * rho * _A**2, _e),
    relation(Le, _T, rho * _A * y),
    relation(Le, _T * _A, rho * _A**2 * y),
    relation(Le, 12 * rho * _A**2, _e),
    relation(Le, 12 * (y + _T * _A), y * (12 + _e)),
    # so that it bounds the slope at the ascent point
    *_ascends,
    relation(Le, _A + _T * y, _A * _p),
    relation(Eq, _S, (_A + _T * y) * (y + _T * _A)),
    relation(Ge, _T * _A, 0),
    relation(Le, _S, _A * _p * (y + _T * _A)),
    relation(Ge, _A * _p, 0),
    relation(Le, 12 * (y + _T * _A), y * (12 + _e)),
    relation(Le, 12 * _S, _A * _p * y * (12 + _e)),
    relation(Lt, _e, 2),
    relation(Ge, _A * _p * y, 0),
    relation(Le, _S, 2 * _A * _p * y),
    relation(Le, _a * _A, 1),
    relation(Ge, _p * y, 0),
    relation(Le, _a * _A * _p * y, _p * y),
    relation(Ge, _a, 1),
    relation(Le, _a * _S, 2 * _a * _A * _p * y),
    relation(Le, _p * y, _reach),
    relation(Gt, _a * c, 2 * _reach),
    relation(Lt, _a * _S, _a * c),
    relation(Ge, _a, 1),
    relation(Lt, _S, c),
    Or(relation(Le, _M, eta * _S), relation(Ge, _S, c)),
    relation(Le, _M, eta * _S),
    # x does not overshoot by much
    relation(Ge, _M, 0),
    relation(Le, 12 * (y + _T * _A), y * (12 + _e)),
    relation(Le, 12 * _M * (y + _T * _A), _M * y * (12 + _e)),
    relation(Le, _M, eta * _S),
    relation(Le, 12 * _S, _A * _p * y * (12 + _e)),
    relation(Le, 12 * _M, eta * _A * _p * y * (12 + _e)),
    Gt(y, 0),
    relation(Le, 12 * _M * y, eta * _A * _p * y**2 * (12 + _e)),
    relation(Le, eta * _p * y**2, 2 - _e),
    relation(Ge, _A, 0),
    relation(Ge, _A * (12 + _e), 0),
    relation(Le, 12 * _M * y, _A * (2 - _e) * (12 + _e)),
    Gt(_e, 0),
    relation(Le, 12 * _M * (y + _T * _A), _M * y * (12 + _e)),
    relation(Le, 144 * _M * (y + _T * _A), _A * (2 - _e) * (12 + _e) ** 2),
    Gt(_e, 0),
    relation(Le, (2 - _e) * (12 + _e) ** 2, 288 - 72 * _e),
    relation(Ge, _A, 0),
    relation(Le, 144 * _M * (y + _T * _A), _A * (288 - 72 * _e)),
    # and it moves
    Or(relation(Ge, 2 * _M, eta * _S), relation(Ge, 2 * _M, eta * c)),
    relation(Lt, _S, c),
    relation(Ge, 2 * _M, eta * _S),
    relation(Ge, _S, _A * y),
    relation(Ge, 2 * _M, eta * _A * y),
    relation(Ge, 2 * _M * y, eta * _A * y**2),
    relation(Ge, _b * y, 1),
    relation(Ge, _b, 1),
    relation(Ge, _b**2 * y**2, 1),
    relation(Ge, _A, 0),
    relation(Ge, 2 * _M * y * _b**2, eta * _A),
    relation(Lt, _e, 2),
    relation(Ge, 4 * _M * y * _b**2, eta * _A * _e),
    relation(Ge, _b, 1),
    relation(Ge, _M * y, eta * _A * _e / (8 * _b**2)),
    relation(Le, eta, half),
    relation(Le, eta / (8 * _b**2), half),
    Gt(_e, 0),
    relation(Le, eta * _e / (8 * _b**2), _e / 2),
    relation(Ge, _A, 0),
    relation(Le, eta * _A * _e / (8 * _b**2), _A * _e / 2),
    relation(Eq, y * _R, y - y * _M * _T),
    relation(Eq, _R, 1 - _M * _T),
    relation(Ge, _T * _A, 0),
    relation(Ge, _M, 0),
    relation(Ge, _M * _T * _A, 0),
    relation(Ge, _M * y, eta * _A * _e / (8 * _b**2)),
    relation(Le, 144 * _M * (y + _T * _A), _A * (288 - 72 * _e)),
    relation(Le, eta * _A * _e / (8 * _b**2), _A * _e / 2),
    relation(Eq, _R, 1 - _M * _T),
    Or(relation(Eq, _V, _R * _A - _M * y), relation(Eq, _V, -(_R * _A - _M * y))),
    first=(
        Or(
            relation(Eq, Abs(x_next), _rest * _size - _move * y),
            relation(Eq, Abs(x_next), -(_rest * _size - _move * y)),
        ),
        relation(Ge, 1 + rho * y**2, 1),
        relation(Ge, _size * (1 + rho * y**2), _size + rho * _size * y**2),
        relation(Le, y * (1 + rho * y**2), _reach),
        relation(Le, _gap, 2 - eta * (1 + rho * y**2) * y**2),
        relation(Le, _near * _size, 1),
    ),
)
_falls_by = _from_then_on(
    *_ascends,
    relation(Ge, _S, _A * y),
    relation(Gt, _a * _A, 1),
    relation(Ge, _b * y, 1),
    relation(Ge, _a * _A * _b * y, 1),
    relation(Ge, _a, 1),
    relation(Ge, _b, 1),
    relation(Ge, _S, _A * y),
    relation(Ge, _a * _b * _S, 1),
    relation(Ge, rho * _Z**3, 0),
    relation(Le, y, _Z),
    relation(Gt, _a * c, 2 * _reach),
    relation(Ge, _a * c, y),
    relation(Ge, _b * y, 1),
    relation(Ge, _b, 1),
    relation(Ge, _a * _b * c, 1),
    relation(Ge, _a * _b * _S, 1),
    relation(Ge, _a, 1),
    Or(relation(Ge, 2 * _M, eta * _S), relation(Ge, 2 * _M, eta * c)),
    relation(Ge, 2 * _M * _a * _b, eta),
    relation(Gt, _a * _A, 1),
    relation(Ge, 2 * _M * _A * _a**2 * _b, eta),
    relation(Ge, _a, 1),
    relation(Ge, _b, 1),
    relation(Ge, _M * _A, eta / (2 * _a**2 * _b)),
    relation(Le, _D, y - _M * _A),
    first=(relation(Gt, _near * _size, 1),),
)

decay = Decay(
    frozen={x: _X, y: _Z},
    kept=(relation(Le, y, _Z),),
    radius=1 / _near,
    factor=1 - eta * _gap / (8 * _bound**2),
    rank=y,
    drop=eta / (2 * _near**2 * _bound),
    advice={
        "begins": Hints(needs=(), axioms=()),
        "keeps": _step(),
        "numbers": _of_numbers,
        "contracts": _contracts,
        "falls": _falls_by,
        "rank": Hints(needs=(), axioms=(), knows=(_positive,)),
    },
)

_start = (relation(Eq, y0**2, C * gamma / eta), relation(Eq, x0**2, y0**2 - gamma / eta))
stuck = Hints(
    needs=(*signs, Le(gamma, 2), _small_eta, _small_product, _late_t0),
    axioms=("signs", "bound"),
    invariant=(_small, _positive, _below_one, _above),
    begins=(
        Hints(needs=(*signs, _small_product), axioms=()),
        Hints(needs=signs, axioms=()),
        Hints(needs=signs, axioms=(), lemmas=(*_start, relation(Le, usam_base, 1))),
        Hints(
            needs=_needs,
            axioms=(),
            lemmas=(
                Gt(y0, 0),
                *_start,
                relation(Ge, C * gamma / eta, 1),
                relation(Ge, y0, 1),
                relation(Eq, C * (y0**2 - x0**2), y0**2),
                relation(Le, usam_base, 1),
                relation(Ge, _steep, 4 + 4 * rho),
                relation(Ge, _steep, 1),
                relation(Ge, _bound * usam_base**2, C * _steep),
                relation(Le, usam_base**2, 1),
                Gt(_bound, 0),
                relation(Ge, _b, _b * _B**2),
                relation(Ge, _b, C),
                relation(Gt, y0**2 - x0**2, 0),
                relation(Ge, _b * (y0**2 - x0**2), C * (y0**2 - x0**2)),
                relation(Ge, _b * (y0**2 - x0**2), y0),
            ),
            abbreviate={_b: _bound, _l: _steep, _B: usam_base},
        ),
    ),
    keeps=(None, _step(), _keeps_below_one, _keeps_above),
    powers=powers,
    decay=decay,
)
