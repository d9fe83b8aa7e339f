"""Invariants of USAM's trajectories on l(xy) through its phases, and why a step keeps them (advice only)."""

from __future__ import annotations

from dataclasses import replace

from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Or, Rational, Symbol, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import x_next, y_next
from claims.sam_normalization.neuron_usam.proofs import A, D, M, P, Q, S, in_moves, moved_of, signs, small
from claims.sam_normalization.setting import (
    C,
    eta,
    gamma,
    half,
    relation,
    rho,
    root_bound,
    root_small,
    slope_ascent,
    slope_here,
    t,
    t0,
    t1,
    usam_base,
    x,
    x0,
    y,
    y0,
    y0_bound,
)
from verify.statement.claim import Hints

_late_t0 = relation(Le, 2 * sqrt(C) / eta, t0)
_small_eta, _small_product, _ = small
#: Why 1 - eta^2 - 2 eta rho, the base of eq. (21), lies between 0 and 1: it is at least -1/4, and t0 is not 0.
powers = Hints(
    needs=(Gt(eta, 0), Ge(rho, 0), Ge(C, 1), _small_eta, _small_product, _late_t0),
    lemmas=(
        _small_product,
        relation(Le, eta * rho, half),
        relation(Le, eta**2, Rational(1, 4)),
        relation(Ge, usam_base, -Rational(1, 4)),
        Gt(2 * sqrt(C) / eta, 0),
        _late_t0,
        relation(Gt, t0, 0),
    ),
)

#: 3/(4 (1 - b)) - 1 < t0 <= 3/(1 - b) for the base b = 1 - eta^2 - 2 eta rho, and 1 <= t0/4.
order_of_t0 = replace(
    powers,
    constants={"order of t0": (Rational(1, 5), Rational(3))},
    lemmas=(*powers.lemmas, Gt(usam_base, 0)),
)

_H, _G, _U, _V = (Symbol(name, real=True) for name in "HGUV")
_hyperbolic, _next_hyperbolic = y**2 - x**2, y_next**2 - x_next**2
#: The factor of the recursion of y^2 - x^2.
_factor = 1 - (eta * slope_ascent) ** 2 * (1 - (rho * slope_here) ** 2) - 2 * eta * slope_ascent * rho * slope_here
_short = {_G: _next_hyperbolic, _U: _factor, _H: _hyperbolic, _V: gamma / eta}

#: y^2 - x^2 >= base^t gamma/eta.
_above_power = relation(Ge, _hyperbolic, usam_base**t * (gamma / eta))
#: y^2 - x^2 > 0 is multiplied by a factor of at least the base.
_recursion = (
    relation(Eq, _next_hyperbolic, _factor * _hyperbolic),
    relation(Ge, slope_ascent * slope_here, 0),
    relation(Le, slope_ascent * slope_here, 1),
    relation(Le, slope_ascent**2, 1),
    relation(Le, (eta * slope_ascent) ** 2, eta**2),
    relation(Le, eta * rho * (slope_ascent * slope_here), eta * rho),
    relation(Ge, _factor, usam_base),
    _above_power,
    Gt(gamma / eta, 0),
    _H > 0,
    usam_base * _H <= _U * _H,
)

hyperbolic = Hints(
    needs=(*signs, Le(gamma, 2), _small_eta, _small_product, _late_t0),
    axioms=("signs", "bound"),
    invariant=(_above_power,),
    keeps=(Hints(needs=signs, axioms=("signs", "bound"), lemmas=_recursion, abbreviate=_short),),
    lemmas=(
        Gt(gamma / eta, 0),
        relation(Ge, usam_base**t * (gamma / eta), gamma / eta / 4),
        relation(Ge, _hyperbolic, gamma / eta / 4),
    ),
    powers=powers,
)

#: y > |x| at every time: y - eta |l'| (|x| + rho |l~'| y) > y - |x|/2 - y/2.
_size, _tilted = Abs(slope_ascent), rho * Abs(slope_here) * y
_positive = Hints(
    needs=(*signs, _small_eta, _small_product),
    axioms=("signs", "bound"),
    lemmas=(
        _above_power,
        Gt(gamma / eta, 0),
        relation(Eq, _hyperbolic, (y - Abs(x)) * (y + Abs(x))),
        relation(Le, eta * rho, half),
        relation(Eq, y_next, y - eta * _size * (Abs(x) + _tilted)),
        relation(Ge, _size, 0),
        relation(Le, _size, 1),
        relation(Ge, Abs(x), 0),
        relation(Ge, _tilted, 0),
        relation(Le, _tilted, rho * y),
        _H > 0,
        A > M,
        P * (M + Q) <= M + Q,
        eta * P * (M + Q) <= eta * (M + Q),
        eta * Q <= eta * rho * A,
        eta * rho * A <= A / 2,
        eta * M <= M / 2,
    ),
    abbreviate={_H: _hyperbolic, D: y_next, Q: _tilted, M: Abs(x), P: _size, A: y, _V: gamma / eta},
)

#: y > 0, and y^2 - x^2 >= base^t gamma/eta.
positive = replace(hyperbolic, invariant=(_above_power, Gt(y, 0)), keeps=(*hyperbolic.keeps, _positive))

#: While x > 0, both slopes are positive, so that x drops.
x_moves = replace(positive, lemmas=(Implies(Gt(x, 0), Gt(slope_here, 0)), Implies(Gt(x, 0), Gt(slope_ascent, 0))))

#: The two relations between the recursion and its bound.
recursion = replace(hyperbolic, lemmas=_recursion, abbreviate=_short)
unrolled = replace(
    hyperbolic,
    lemmas=(
        relation(Eq, y0**2 - x0**2, gamma / eta),
        usam_base * _H >= usam_base * usam_base**t * _V,
    ),
    abbreviate={_H: _hyperbolic, _V: gamma / eta},
)

#: |x|, |y| <= y0 at every time: a step shrinks |x|, or overshoots by at most eta |y|, and the other way round.
_y_in_box, _x_in_box = relation(Le, Abs(y), y0_bound), relation(Le, Abs(x), y0_bound)
_near_axis = relation(Le, Abs(x), root_bound)
_kept = {moved: in_moves(moved, (), (), [_x_in_box, _y_in_box]) for moved in (x, y)}

#: |y| <= y0.
below_start = Hints(
    needs=hyperbolic.needs,
    axioms=hyperbolic.axioms,
    invariant=(_y_in_box, _x_in_box),
    keeps=(_kept[y], _kept[x]),
    powers=powers,
)

#: |x| <= sqrt(C gamma eta) after t1: at t1 + 1 it is at most sqrt(gamma eta)/2, and at least -eta |y|.
near_axis = replace(
    below_start,
    invariant=(*below_start.invariant, Implies(relation(Gt, t, t1), _near_axis, evaluate=False)),
    keeps=(
        *below_start.keeps,
        in_moves(
            x,
            (),
            [
                relation(Le, half * root_small, root_bound),
                Or(_near_axis, And(Gt(x, 0), relation(Le, x_next, root_bound))),
                Or(_near_axis, And(relation(Eq, x_next, moved_of(x)), relation(Le, x_next, root_bound))),
            ],
            [_y_in_box, eta * M <= S],
        ),
    ),
)
