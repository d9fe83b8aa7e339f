"""Invariants of SAM's trajectories on l(xy) through its phases, and why a step keeps them (advice only).

A step shrinks a coordinate, or takes it beyond 0 by at most eta (rho + the other one's size).  Both start within y0,
and eta (rho + y0) is at most y0 and at most B.  So none of them leaves [-y0, y0], and what is once in [-B, B] stays
there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp
from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Lt, Min, Ne, Or, Rational, sqrt
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam.appendix_f import x_next, y_next
from claims.sam_normalization.neuron_sam.proofs import (
    A,
    D,
    M,
    P,
    Q,
    R,
    S,
    Z,
    drop,
    scaled,
    short_drop,
    slope_size,
)
from claims.sam_normalization.setting import (
    B,
    B_definition,
    C,
    c,
    ell,
    eta,
    gamma,
    half,
    neuron_start,
    radius,
    relation,
    rho,
    root_bound,
    root_large,
    root_small,
    t,
    t1,
    t2,
    theorem_16,
    x,
    x0,
    y,
    y0,
    y0_bound,
)
from verify.statement.claim import Hints

E, G, H, L, V = (sp.Symbol(name, real=True) for name in "EGHLV")

_defined = {symbol: relation(Eq, symbol, value) for symbol, value in {**neuron_start, **B_definition}.items()}
_positive = (Gt(c, 0), Gt(eta, 0), Ge(rho, 0))
_parameters = (*_positive, Ge(gamma, half), Ge(C, 1))

# --- what holds of the parameters: an invariant without a state, so that it is shown once, at the start -----------

_overshoot = eta * rho + eta * y0
_within_start, _within_threshold = relation(Le, _overshoot, y0), relation(Le, _overshoot, B)
_begins_within_start = Hints(
    needs=(*_parameters, *theorem_16),
    knows=(_defined[y0],),
    axioms=(),
    lemmas=(
        Gt(root_large, 0),
        relation(Le, eta * rho + sqrt(C * gamma * eta), root_large),
        relation(Le, root_large, y0_bound),
        scaled,
    ),
)
_begins_within_threshold = Hints(
    needs=_parameters,
    knows=(_defined[y0], _defined[B]),
    axioms=(),
    lemmas=(scaled, relation(Ge, B, eta * rho + root_bound)),
)

#: c is at most 2, as c/2 <= |l'(c)| <= 1.
_entry = relation(Le, c / 4 * root_small, eta * y0)
_begins_entry = Hints(
    needs=_parameters,
    knows=(_defined[y0],),
    axioms=("bound", "regimes"),
    lemmas=(
        relation(Le, Abs(ell.slope(c)), 1),
        relation(Le, c, 2),
        relation(Eq, eta * root_large, root_small),
        relation(Le, root_large, y0_bound),
        Ge(root_small, 0),
        (2 - c) * S >= 0,
        eta * L <= eta * Z,
    ),
    abbreviate={S: root_small, L: root_large, Z: y0_bound},
)


def _kept(invariant: Boolean) -> Hints:
    """Why a step keeps an invariant without a state."""
    return Hints(needs=(), knows=(invariant,), axioms=())


# --- at every time ------------------------------------------------------------------------------------------------

_x_within, _y_within = relation(Le, Abs(x), y0), relation(Le, Abs(y), y0)


def _moves(coordinate: sp.Symbol, knows: Sequence[Boolean], *final: Boolean) -> Hints:
    """The next coordinate is A - eta P (Q + M) with the sign of the coordinate, where 0 <= P <= 1 and 0 <= Q <= rho.

    A and M are the sizes of the moved and the other coordinate; it must be known that M is at most y0.
    """
    after, other = (x_next, y) if coordinate == x else (y_next, x)
    size = Abs(coordinate) - eta * slope_size * (rho * Abs(coordinate) / radius + Abs(other))
    return Hints(
        needs=_positive,
        knows=tuple(knows),
        axioms=("signs", "bound"),
        lemmas=(
            Ne(x, 0),
            Ne(y, 0),
            relation(Ge, slope_size, 0),
            relation(Le, slope_size, 1),
            relation(Ge, Abs(other), 0),
            Gt(radius, 0),
            relation(Ge, radius, Abs(coordinate)),
            relation(Ge, rho * Abs(coordinate) / radius, 0),
            relation(Le, rho * Abs(coordinate) / radius, rho),
            Or(
                And(Gt(coordinate, 0), relation(Eq, Abs(coordinate), coordinate), relation(Eq, after, size)),
                And(Lt(coordinate, 0), relation(Eq, Abs(coordinate), -coordinate), relation(Eq, after, -size)),
            ),
            eta * P * (Q + M) >= 0,
            P * (Q + M) <= Q + M,
            eta * P * (Q + M) <= eta * (Q + M),
            eta * (Q + M) <= eta * rho + eta * y0,
            *final,
        ),
        abbreviate={
            D: after,
            Q: rho * Abs(coordinate) / radius,
            A: Abs(coordinate),
            M: Abs(other),
            P: slope_size,
            R: radius,
        },
    )


def _with(phase: Hints, *added: tuple[Boolean, Hints | None, Hints], **more: Any) -> Hints:
    """Advice with further invariants: each with why the start meets it, and why a step keeps it."""
    invariant, begins, keeps = zip(*added, strict=True)
    return replace(
        phase,
        invariant=(*phase.invariant, *invariant),
        begins=(*phase.begins, *begins),
        keeps=(*phase.keeps, *keeps),
        **more,
    )


_inside = (_within_start, _x_within, _y_within)
#: |x| and |y| are at most y0.
within = _with(
    Hints(axioms=("signs", "bound")),
    (_within_start, _begins_within_start, _kept(_within_start)),
    (_x_within, None, _moves(x, _inside, relation(Le, D, y0), relation(Ge, D, -y0))),
    (_y_within, None, _moves(y, _inside, relation(Le, D, y0), relation(Ge, D, -y0))),
)
#: The same with the value of y0.
within_value = replace(within, knows=(_defined[y0], _y_within))

_threshold = (_within_threshold, _begins_within_threshold, _kept(_within_threshold))
_from_below = _moves(x, (*_inside, _within_threshold, relation(Le, Abs(x), B)), D <= B, D >= -B)
#: A step from [-B, B] leads there, at any time.
stays_below = _with(
    within, _threshold, knows=_from_below.knows, lemmas=_from_below.lemmas, abbreviate=_from_below.abbreviate
)

# --- after t1: |x| is at most B -----------------------------------------------------------------------------------

_initial, _left = Gt(x, c / 4 * root_small), relation(Le, x, c / 4 * root_small)
_past = relation(Gt, t, t1)
_x_below, _x_above = Implies(_past, relation(Le, x, B)), Implies(_past, relation(Ge, x, -B))
_known = (_within_threshold, _entry, _x_within, _y_within)
#: Where the initial phase is empty, x starts in [0, c/4 sqrt(gamma eta)].
_begins_x_below = Hints(needs=_parameters, knows=(_within_threshold, _entry, _left), axioms=())
_begins_x_above = Hints(
    needs=(*_parameters, Gt(x0, 0), Ge(y0, x0)),
    knows=(_within_threshold,),
    axioms=(),
    lemmas=(eta * y0 >= 0, B >= 0),
)
after_t1 = _with(
    within,
    _threshold,
    (_entry, _begins_entry, _kept(_entry)),
    (_x_below, _begins_x_below, _moves(x, (*_known, _left.xreplace({x: x_next}), _x_below), D <= B)),
    (_x_above, _begins_x_above, _moves(x, (*_known, _initial, _x_above), D >= -B)),
)

# --- after t2: so is |y| ------------------------------------------------------------------------------------------

_before, _at = relation(Ge, y, Abs(x)), relation(Lt, y, Abs(x))
_next = {x: x_next, y: y_next}
#: t2 comes after t1: y - x does not become negative while x stays positive.
_t2_late = Or(relation(Lt, t, t2), _past)
_along = eta * slope_size * rho / radius
_keeps_t2_late = Hints(
    needs=_positive,
    knows=(_initial, _before, _initial.xreplace(_next), _at.xreplace(_next)),
    axioms=("signs", "bound"),
    lemmas=(
        Gt(x, 0),
        Ge(y, x),
        Gt(radius, 0),
        relation(Ge, eta * slope_size, 0),
        relation(Eq, x_next, (1 - _along) * x - eta * slope_size * y),
        relation(Eq, y_next, (1 - _along) * y - eta * slope_size * x),
        Ge(root_small, 0),
        D > 0,
        E < D,
        (1 - G) * x > 0,
        1 - G > 0,
        (1 - G + H) * (y - x) >= 0,
    ),
    abbreviate={D: x_next, E: y_next, S: root_small, G: _along, H: eta * slope_size},
)
_y_above, _y_below = (
    Implies(relation(Ge, t, t2), relation(Ge, y, -B)),
    Implies(relation(Gt, t, t2), relation(Le, y, B)),
)
_begins_before = Hints(needs=(*_parameters, Gt(x0, 0), Ge(y0, x0)), knows=(_at,), axioms=())
_square = (_x_below, _x_above, _y_above, _y_below)
after_t2 = _with(
    after_t1,
    (_t2_late, _begins_before, _keeps_t2_late),
    (_y_above, _begins_before, _moves(y, (*_known, _before, _y_above), D >= -B)),
    (_y_below, None, _moves(y, (*_known, _at, *_square), relation(Le, Abs(x), B), D <= B)),
)

# --- the orders of Theorem 16 -------------------------------------------------------------------------------------

#: B is at most K (eta rho + sqrt(eta)), and y drops by at least 1/K of what Theorem 16 says.
K = 3 / c + 2 * C + 2
_root = sqrt(eta)
_scale = K * (eta * rho + _root)
_small = relation(Le, B, _scale)
_begins_small = Hints(
    needs=(*_parameters, Le(gamma, 2)),
    knows=(_defined[B],),
    axioms=(),
    lemmas=(
        relation(Le, sqrt(eta / (C * gamma)), Rational(3, 2) * _root),
        relation(Le, root_bound, 2 * C * _root),
        Gt(1 / c, 0),
        Ge(_root, 0),
        G * (3 * E - 2 * L) >= 0,
        C * eta * rho >= 0,
        C * E >= 0,
        G * eta * rho >= 0,
    ),
    abbreviate={L: sqrt(eta / (C * gamma)), S: root_bound, E: _root, G: 1 / c},
)
_order = (_small, _begins_small, _kept(_small))

order_after_t2 = _with(after_t2, _order, constants={"": K}, knows=(*_square, _t2_late, _small), abbreviate={V: _scale})
_slow, _fast = half * eta * rho**2 * y, c / (2 * sqrt(2)) * eta * rho
#: As long as y >= |x|, Lemma 30 says how much y drops.
order_after_t1 = _with(
    after_t1,
    _order,
    constants={"": K},
    axioms=None,
    knows=(_x_below, _x_above, _before, _small, Ne(x, 0), Ne(y, 0)),
    lemmas=(
        *drop,
        relation(Ge, eta * Q, Min(_slow, _fast)),
        relation(Ge, 1 / K, 0),
        relation(Le, 1 / K, half),
        relation(Le, 1 / K, c / (2 * sqrt(2))),
        relation(Ge, eta * rho, 0),
        relation(Ge, eta * rho**2 * y, 0),
        eta * rho**2 * y * G <= _slow,
        eta * rho * G <= _fast,
    ),
    abbreviate={**short_drop, V: _scale, G: 1 / K},
)
