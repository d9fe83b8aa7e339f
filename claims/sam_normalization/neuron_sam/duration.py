"""Why SAM's initial phase on l(xy) ends by t0, Theorem 20's "t1 <= t0" (advice only).

x need not drop by a constant in each step, nor y stay above half of sqrt(gamma/eta).  Shown is that t is at most
T = 4 sqrt(C)/(c eta) at every state of the phase, and by the conditions of Theorem 16 that is at most t0.

*The scale.*  In units of sqrt(gamma/eta) the state is (X, Y) with norm R, and the radius is r.  With s = 1/sqrt(C) and
p = x0/y0 it is p^2 + s^2 = 1, X0 = p/s and Y0 = 1/s.  With beta = c eta/2 the phase is X > beta/2, and t <= T is
s beta t <= 2.  A step with b = eta l' and u = r/R goes to X' = X - b (Y + u X) and Y' = Y - b (X + u Y).

*The slope* is at least c/2, which makes b >= beta (a fast step), or at least half of its argument, which makes
4 b >= (X + u Y) (Y + u X), as gamma >= 1/2 (a slow step).  A steep slope costs Y more, but X/Y falls with it.

*The regions.*  Let fall = 8 eta r s + eta^2 be 1 less the base of t0.  If 0 < base < 1, Bernoulli's inequality and
T <= t0 say T fall <= 3: then 32 r + 4 eta sqrt(C) <= 3 c (near).  If not, the base is at most -1/2, as its square is
at least 1/4 or t0 never comes: then fall >= 3/2 (far).

*Near*, r is at most 3/16, and these last throughout the phase:

1. Y >= X > 0 and X <= X0, as Y' - X' = (1 - b u + b) (Y - X);
2. V = Y^2 - X^2 <= 1, as V' = V ((1 - b u)^2 - b^2);
3. V - eta X + (17/5) r/(1 + X) is at least what it is at the start: V' >= V - 2 b u V - b^2 V, where b^2 V is at most
   eta b Y, as V <= Y, and 2 u V (1 + X) (1 + X') at most (17/5) r Y, as 2 V (1 + X)^2 <= (17/5) Y R; and
   X - X' >= b Y;
4. beta t <= kappa (X0 - X) + M (1/X - 1/X0) with n = beta/s, kappa = 2 - (12/5) n and
   M = n (1 - p) + n^2 ((6/5) p + s^2/(2 p)).

By the third, Y is not small where X is: (X + r) Y^2 >= 4 q X with 4 q = 21/100 + (3/5) s + s X/2 + X^2.  So a slow step
takes at least q X off X, and a fast one beta Y.  The fourth lasts as Y (kappa X^2 + M) >= X^2 and
q (kappa X^2 + (1 + q/2)^2 M) >= beta X, two inequalities of polynomials, each shown on ranges of X.  Where X > beta/2
it gives s beta t <= 2 (1 - (n s^2/(2 p))^2).

*Far*, eta (r + sqrt(C)) <= 1/2 forces r up, for eta r s >= 11/64 and eta <= s/2 - 11/64.  Y >= X > 0 and X <= X0 last.

- If C >= 4, r is at least 4.  X + Y falls by at least b r in each step, so by 4 beta in a fast one; a slow one lets 1/X
  grow by at least 1.  So beta t <= (X0 + Y0 - X - Y)/4 + beta (1/X - 1/X0), at most 2/s where X > beta/2.
- If C <= 4, then 2 s > p.  X/Y never rises, as X Y' - X' Y = b V; so X <= p Y, and a fast step takes beta s^2 off X/Y.
  A slow one lets 1/X grow by at least 2 s^2/(2 s - p).  So s^2 beta t <= p - X/Y + beta (s - p/2) (1/X - 1/X0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Abs, And, Ge, Gt, Le, Or, Rational, sqrt
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam import duration_far, duration_near
from claims.sam_normalization.neuron_sam import duration_step as step
from claims.sam_normalization.neuron_sam.duration_step import at_least, at_most, equal
from claims.sam_normalization.neuron_sam.duration_terms import (
    X0,
    X1,
    Y0,
    Y1,
    X,
    Y,
    constants,
    cross,
    moves,
    n,
    p,
    parameters,
    root,
    s,
    scale,
    signs,
    sizes,
    slopes,
)
from claims.sam_normalization.setting import (
    C,
    c,
    ell,
    eta,
    gamma,
    half,
    rho,
    root_large,
    sam_base,
    t,
    t0,
    theorem_16,
)
from verify.statement.claim import Hints

# --- the cases ------------------------------------------------------------------------------------------------

_fall = 1 - sam_base
_near, _far = at_most(4 * root * _fall, 3 * c * eta), at_least(_fall, Rational(3, 2))
_exponents = (
    *(Gt(sqrt(eta), 0), Gt(sqrt(gamma), 0), Gt(scale, 0)),
    equal(eta ** Rational(3, 2) * gamma ** Rational(-1, 2), eta * scale),
)
_fall_is = equal(_fall, 8 * eta * (scale * rho) / root + eta**2)
_condition = (
    theorem_16[-2],
    *(equal(scale * root_large, 1), equal(scale * sqrt(C * gamma * eta), eta * root)),
    at_most(eta * (scale * rho) + eta * root, half),
)
_conditions_near = (
    *_exponents,
    *_condition,
    *(Gt(eta, 0), at_least(scale * rho, 0), at_most(eta * root, half)),
    *(Gt(root, 0), _fall_is, _near, equal(root * _fall, 8 * eta * (scale * rho) + root * eta**2)),
    at_most(eta * (32 * (scale * rho) + 4 * (eta * root)), 3 * c * eta),
    *(Gt(eta, 0), at_most(32 * (scale * rho) + 4 * (eta * root), 3 * c)),
)
_conditions_far = (
    *_exponents,
    *_condition,
    *(Gt(root, 0), _fall_is, _far, _fall_is),
    at_least(8 * eta * (scale * rho) / root + eta**2, Rational(3, 2)),
    *(Gt(root, 0), at_most(eta * (scale * rho) / root + eta, 1 / root / 2)),
)

# --- the hints ------------------------------------------------------------------------------------------------

_order = (Gt(Y, 0), at_least(Y, X), at_most(X, X0))
_before = (*signs, *constants)
_lasting = (*_before, *moves)
#: Y^2 - X^2 now and next, by another product: what V and V1 abbreviate is put in for their own.
_V = (
    equal((Y - X) * (Y + X), (Y - X) * Y + (Y - X) * X),
    equal((Y1 - X1) * (Y1 + X1), (Y1 - X1) * Y1 + (Y1 - X1) * X1),
)
_short_v = {step.V1: (Y1 - X1) * (Y1 + X1), step.V: (Y - X) * (Y + X)}


def _keeps(*lemmas: Boolean) -> Hints:
    """Why a step keeps an invariant that does not speak of the parameters."""
    return Hints(lemmas=(*signs, *moves, *lemmas), abbreviate={**sizes, **_short_v})


def _hints(
    invariants: Sequence[Boolean], keeps: Sequence[Hints], ends: Sequence[Boolean], short: Mapping[Any, Any]
) -> Hints:
    """The advice for a region: its own invariants after Y >= X > 0 and X <= X0, and why the last one bounds t."""
    return Hints(
        axioms=("signs", "bound", "regimes"),
        invariant=(*_order, *invariants),
        keeps=(
            _keeps(*step.keeps_sign),
            _keeps(*step.keeps_order),
            _keeps(*step.opening, step.falls, step.below_start),
            *keeps,
        ),
        lemmas=(*_before, *ends, *step.closing),
        abbreviate={**sizes, **short},
    )


# --- near -----------------------------------------------------------------------------------------------------

_lift = Rational(6, 5) * p + cross / 2
_abbreviated = {
    duration_near.M: n * (1 - p) + step.product(n, n) * _lift,
    duration_near.q: (Rational(21, 100) + Rational(3, 5) * s + s * X / 2 + step.squared(X)) / 4,
    duration_near.d: Rational(79, 100) - p / 2 - Rational(3, 5) * s,
    duration_near.w: 2 / (2 + 2 * X),
    duration_near.f: 2 / (2 + 2 * X0),
}
_M, _q, _d, _w, _f = _abbreviated.values()
_of_terms = (
    *(Gt(X, 0), Gt(X0, 0), equal(_w * (1 + X), 1), equal(_f * (1 + X0), 1), Gt(_w, 0), Gt(_f, 0)),
    equal(4 * X * _q, X * (step.squared(X) + s * X / 2 + Rational(3, 5) * s + Rational(21, 100))),
    equal(X * _d, X * Rational(79, 100) - X * p / 2 - Rational(3, 5) * X * s),
)
_of_m = equal(X * _M, X * (n * (1 - p)) + X * (step.product(n, n) * _lift))
_short_m = {**parameters, duration_near.M: _M}

by_near = _hints(
    invariants=(
        at_most((Y - X) * (Y + X), 1),
        step.invariant_4(X, Y, X0, scale * rho),
        duration_near.invariant(X, t, X0, 2 - Rational(6, 5) * (c * eta * root), _M, c * eta),
    ),
    keeps=(
        _keeps(*_V, *step.keeps_v),
        _keeps(*_V, *step.keeps_lost),
        Hints(
            lemmas=(*_lasting, *_V, *slopes, *_conditions_near, *_of_terms, _of_m, *duration_near.keeps),
            abbreviate={**sizes, **_short_v, **parameters, **_abbreviated},
        ),
    ),
    ends=(_of_m, *_conditions_near, *duration_near.ends),
    short=_short_m,
)

# --- far ------------------------------------------------------------------------------------------------------

_large, _small = Ge(C, 4), Le(C, 4)
_short_far = {**sizes, **parameters}
_p_times_y = at_most(X, p * Y)


def _by_far(
    own: Sequence[Boolean], invariants: Sequence[Boolean], keeps: Sequence[Sequence[Boolean]], ends: Sequence[Boolean]
) -> Hints:
    """The advice for a part of the far region, with what is known of C there."""
    return _hints(
        invariants=invariants,
        keeps=[
            Hints(lemmas=(*_lasting, *slopes, *_conditions_far, *own, *one), abbreviate=_short_far) for one in keeps
        ],
        ends=(*_conditions_far, *own, *ends),
        short=parameters,
    )


by_large = _by_far(
    (_large, at_most(s, half)),
    (duration_far.invariant_large(X, Y, t, X0, Y0, c * eta),),
    (duration_far.keeps_large,),
    duration_far.ends_large,
)
by_small = _by_far(
    (_small, at_least(s, half)),
    (_p_times_y, duration_far.invariant_small(X, Y, t, X0, p, s, c * eta, c * eta / C)),
    (duration_far.keeps_ratio, duration_far.keeps_small),
    duration_far.ends_small,
)

# --- that there is no other region, and c <= 2, as c/2 <= |l'(c)| <= 1 -----------------------------------------

_T = 4 * root / c / eta
_powers = Hints(
    needs=(Gt(c, 0), Ge(gamma, half), Ge(C, 1), Gt(eta, 0), Ge(rho, 0), theorem_16[-1]),
    axioms=("bound", "regimes"),
    lemmas=(
        *(at_most(Abs(ell.slope(c)), 1), at_most(c, 2)),
        *(Gt(root, 0), Gt(_T, 0), Gt(_fall, 0)),
        *(Or(at_least(_fall, 1), at_most(t0 * _fall, 3)), Or(_far, at_most(t0 * _fall, 3))),
        *(at_most(_T, t0), Gt(c * eta, 0), at_most(4 * root, t0 * (c * eta))),
        *(Gt(_fall, 0), at_most(4 * root * _fall, t0 * _fall * (c * eta))),
        *(Gt(c * eta, 0), Or(_far, at_most(t0 * _fall, 3)), Or(_far, at_most(t0 * _fall * (c * eta), 3 * (c * eta)))),
        at_most(4 * root * _fall, t0 * _fall * (c * eta)),
        *(Gt(root, 0), Gt(sqrt(gamma), 0), Or(_far, at_most(4 * root * _fall, 3 * (c * eta)))),
    ),
)
by_t0 = Hints(
    settled=(at_most(c, 2),),
    cases=((_near, by_near), (And(_far, _large), by_large), (And(_far, _small), by_small)),
    powers=_powers,
)
