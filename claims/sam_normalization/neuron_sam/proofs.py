"""What the proofs of Appendix F have in common: a step of SAM on l(xy) in sizes, and bounds on them (advice only)."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Le, Min, Ne, Or, Symbol, sqrt
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam.appendix_f import x_next, y_next
from claims.sam_normalization.setting import (
    B,
    C,
    c,
    eta,
    gamma,
    half,
    radius,
    relation,
    rho,
    root_bound,
    slope_t,
    x,
    x_tilde,
    y,
    y0_bound,
    y_tilde,
    z_definition,
)
from verify.statement.claim import Hints

#: The next coordinate, the sizes of both, of the slope and of the perturbation, the norm, and the bounds that occur.
D, A, M, P, Q, R, Z, S, T, W = (Symbol(name, real=True) for name in "DAMPQRZSTW")

#: What most proofs need of the conditions of Theorem 16.
signs = (Gt(c, 0), Gt(eta, 0), Ge(rho, 0), Ne(x, 0), Ne(y, 0), Ge(gamma, half), Ge(C, 1))

#: l'_t with z_t written out, as the trajectories do not name it.
slope = slope_t.xreplace(z_definition)
slope_size = Abs(slope)
#: sqrt(C gamma/eta) eta = sqrt(C gamma eta)
scaled = relation(Eq, eta * y0_bound, root_bound)


x_up, y_up = (coordinate.xreplace(z_definition) for coordinate in (x_tilde, y_tilde))
#: With R the norm of (x, y), P = |l'|, Q = l' x_tilde and W = |x_tilde y_tilde|, the drop of y is eta Q.
short_drop = {Q: slope * x_up, P: slope_size, W: Abs(x_up * y_up), R: radius}
#: Where y >= |x|, and how much the perturbation adds.
at_most_sqrt_2_y = (Gt(y, 0), Gt(radius, 0), relation(Ge, sqrt(2) * y, radius))
ascent_adds = (
    relation(Ge, Abs(x_up * y_up), rho * radius),
    relation(Ge, slope * x_up, slope_size * rho * y / radius),
)
#: Lemma 30: y drops by eta Q.
drop = (*at_most_sqrt_2_y, *ascent_adds, relation(Ge, P, Min(c, rho * R) / 2))


def in_sizes(
    moved: sp.Symbol,
    needs: Sequence[Boolean],
    lemmas: Sequence[Boolean] = (),
    *,
    by: Sequence[Boolean] = (),
    final: Sequence[Boolean] = (),
    threshold: bool = False,
) -> Hints:
    """Hints for a bound on the next x or y: it is +-(A - eta P (Q + M)) with 0 <= P <= 1 and 0 <= Q <= rho.

    A is the size of the moved coordinate and M that of the other one, P that of the slope, and Q = rho A/R with the
    norm R.

    Args:
        needs: the assumptions needed beside the signs.
        lemmas: shown before the sizes are abbreviated.
        by: how the next coordinate is written; by default by the two signs.
        final: shown of the abbreviated sizes, after the bounds on their products.
        threshold: whether the proof speaks of B.
    """
    after, other = (x_next, y) if moved == x else (y_next, x)
    size = Abs(moved) - eta * slope_size * (rho * Abs(moved) / radius + Abs(other))
    return Hints(
        needs=(*signs, *needs),
        axioms=("signs", "bound"),
        lemmas=(
            relation(Ge, slope_size, 0),
            relation(Le, slope_size, 1),
            relation(Ge, Abs(moved), 0),
            relation(Ge, Abs(other), 0),
            Gt(radius, 0),
            relation(Ge, radius, Abs(moved)),
            relation(Ge, rho * Abs(moved) / radius, 0),
            relation(Le, rho * Abs(moved) / radius, rho),
            *(by or (Or(relation(Eq, after, size), relation(Eq, after, -size)),)),
            *lemmas,
            P * Q >= 0,
            P * M >= 0,
            eta * P * Q >= 0,
            eta * P * M >= 0,
            P * Q <= Q,
            P * M <= M,
            eta * P * Q <= eta * Q,
            eta * P * M <= eta * M,
            eta * Q <= eta * rho,
            *final,
        ),
        abbreviate={
            D: after,
            Q: rho * Abs(moved) / radius,
            A: Abs(moved),
            M: Abs(other),
            P: slope_size,
            R: radius,
            **({T: B} if threshold else {}),
            S: root_bound,
            Z: y0_bound,
        },
    )
