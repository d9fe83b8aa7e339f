"""What the proofs of Appendix G have in common: a step of USAM on l(xy) in sizes, and bounds on them (advice only)."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Le, Min, Or, Symbol
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_usam.appendix_g import x_next, y_next
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    relation,
    rho,
    root_bound,
    slope_ascent,
    slope_here,
    x,
    y,
    y0_bound,
)
from verify.statement.claim import Hints

#: The next coordinate, the sizes of both and of the two slopes, what is taken off, and the bounds that occur.
D, A, M, P, Q, S, U, V, W, Z = (Symbol(name, real=True) for name in "DAMPQSUVWZ")

#: What most proofs need of the conditions of Theorem 35.
signs = (Gt(c, 0), Gt(eta, 0), Ge(rho, 0), Ge(gamma, half), Ge(C, 1))
#: What eta rho is at most.
smallest = Min(half, 1 / (C * gamma))
#: Two conditions of Theorem 35, and what they say of eta rho.
small = (relation(Le, eta, half), relation(Le, eta * rho, smallest), relation(Le, eta * rho, half))
#: sqrt(C gamma/eta) eta = sqrt(C gamma eta)
scaled = relation(Eq, eta * y0_bound, root_bound)

_slope, _tilt = Abs(slope_ascent), rho * Abs(slope_here)


def _moves(coordinate: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    other = y if coordinate == x else x
    sideways, along = eta * _slope * Abs(other), eta * _slope * _tilt * Abs(coordinate)
    return sideways, along, Abs(coordinate) - sideways - along


def moved_of(coordinate: sp.Symbol) -> sp.Expr:
    """The size of a coordinate after a step, up to its sign, multiplied out."""
    return _moves(coordinate)[2]


def in_moves(
    coordinate: sp.Symbol,
    needs: Sequence[Boolean],
    lemmas: Sequence[Boolean] = (),
    final: Sequence[Boolean] = (),
    *,
    by: Sequence[Boolean] = (),
) -> Hints:
    """Hints for a bound on the next x or y: it is +-(A - U - V) with 0 <= U <= eta M and 0 <= V <= eta rho A.

    A is the size of the moved coordinate and M that of the other one.

    Args:
        needs: the assumptions needed beside the signs.
        lemmas: shown after the conditions of Theorem 35 on eta and eta rho.
        final: shown after the bounds.
        by: how the next coordinate is written; by default by the two signs.
    """
    after, other = (x_next, y) if coordinate == x else (y_next, x)
    sideways, along, size = _moves(coordinate)
    return Hints(
        needs=(*signs, *small[:2], *needs),
        axioms=("signs", "bound"),
        lemmas=(
            *small[:2],
            relation(Le, smallest, half),
            *lemmas,
            relation(Le, _slope, 1),
            relation(Le, _slope * Abs(slope_here), 1),
            relation(Ge, sideways, 0),
            relation(Le, sideways, eta * Abs(other)),
            relation(Ge, along, 0),
            relation(Le, along, eta * rho * Abs(coordinate)),
            relation(Ge, Abs(coordinate), 0),
            eta * rho * A <= A / 2,
            *(by or (Or(relation(Eq, after, size), relation(Eq, after, -size)),)),
            scaled,
            *final,
        ),
        abbreviate={
            D: after,
            U: sideways,
            V: along,
            A: Abs(coordinate),
            M: Abs(other),
            P: _slope,
            Q: Abs(slope_here),
            W: smallest,
            S: root_bound,
            Z: y0_bound,
        },
    )
