"""Invariants of USAM's trajectories on l(xy) through its phases, and why a step keeps them (advice only)."""

from __future__ import annotations

from sympy import Eq, Ge, Gt, Le, Min, Rational, Symbol, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import x_next, y_next
from claims.sam_normalization.neuron_usam.proofs import (
    signs,
)
from claims.sam_normalization.setting import (
    C,
    eta,
    gamma,
    half,
    relation,
    rho,
    slope_ascent,
    slope_here,
    t,
    t0,
    usam_base,
    x,
    y,
)
from verify.statement.claim import Hints

_small_product = relation(Le, eta * rho, Min(half, 1 / (C * gamma)))
_late_t0 = relation(Le, 2 * sqrt(C) / eta, t0)
_small_eta = relation(Le, eta, half)
#: Why 1 - eta^2 - 2 eta rho, the base of eq. (21), lies between 0 and 1: it is at least -1/4, and t0 is not 0.
_powers = Hints(
    needs=(Gt(eta, 0), Ge(rho, 0), Ge(C, 1), _small_eta, _small_product, _late_t0),
    lemmas=(
        relation(Le, eta * rho, half),
        relation(Le, eta**2, Rational(1, 4)),
        relation(Ge, usam_base, -Rational(1, 4)),
        relation(Gt, t0, 0),
    ),
)

_H, _G, _U, _V = (Symbol(name, real=True) for name in "HGUV")
_hyperbolic, _next_hyperbolic = y**2 - x**2, y_next**2 - x_next**2
#: The factor of the recursion of y^2 - x^2.
_factor = 1 - (eta * slope_ascent) ** 2 * (1 - (rho * slope_here) ** 2) - 2 * eta * slope_ascent * rho * slope_here

#: y^2 - x^2 >= base^t gamma/eta.
hyperbolic = Hints(
    needs=(*signs, Le(gamma, 2), _small_eta, _small_product, _late_t0),
    axioms=("signs", "bound"),
    invariant=(relation(Ge, _hyperbolic, usam_base**t * (gamma / eta)),),
    keeps=(
        Hints(
            needs=signs,
            axioms=("signs", "bound"),
            lemmas=(
                relation(Eq, _next_hyperbolic, _factor * _hyperbolic),
                relation(Ge, slope_ascent * slope_here, 0),
                relation(Le, slope_ascent * slope_here, 1),
                relation(Le, slope_ascent**2, 1),
                relation(Ge, _factor, usam_base),
                Gt(gamma / eta, 0),
                Gt(_hyperbolic, 0),
                usam_base <= _U,
                usam_base * _H <= _U * _H,
            ),
            abbreviate={_G: _next_hyperbolic, _U: _factor, _H: _hyperbolic, _V: gamma / eta},
        ),
    ),
    lemmas=(
        Gt(gamma / eta, 0),
        relation(Ge, usam_base**t * (gamma / eta), gamma / eta / 4),
        relation(Ge, y**2 - x**2, gamma / eta / 4),
    ),
    powers=_powers,
)
