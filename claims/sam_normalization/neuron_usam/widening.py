"""How Theorem 35's first item is proved: y - x never drops where rho <= 1, as the condition on t0 says."""

from __future__ import annotations

from dataclasses import replace

from sympy import Eq, Ge, Gt, Le, Symbol, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import x_next, y_next
from claims.sam_normalization.neuron_usam.invariants import order_of_t0
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    relation,
    rho,
    root_large,
    root_small,
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
from verify.statement.claim import Hints

#: K, sqrt(gamma/eta), the slope at the ascent point, sqrt(gamma eta), the slope here, gamma/eta, the next x, the ascent
#: point's y and product.
B, L, P, Q, S, V, X, Y, Z = (Symbol(f"size_{name}", real=True) for name in "BLPQSVXYZ")

K = 4 * C * c + 4 * C / c

#: t0 (1 - base) <= 3 by Bernoulli's inequality, and t0 >= 2 sqrt(C)/eta >= 2/eta.
_small_rho = replace(
    order_of_t0,
    constants={},
    lemmas=(
        *order_of_t0.lemmas,
        relation(Le, t0 * (1 - usam_base), 3),
        relation(Eq, 1 - usam_base, eta**2 + 2 * eta * rho),
        relation(Ge, sqrt(C), 1),
        relation(Ge, 2 * sqrt(C) / eta, 2 / eta),
        relation(Ge, t0, 2 / eta),
        relation(Ge, t0 * eta, 2),
        relation(Le, t0 * (2 * eta * rho), 3),
        relation(Le, 4 * rho, 3),
    ),
)

_signs = (
    Gt(root_small, 0),
    Gt(K, 0),
    Gt(K * root_small, 0),
    Gt(x, 0),
    relation(Ge, y, x),
    Gt(y, 0),
    Gt(x * y, 0),
    Ge(slope_here, 0),
    relation(Le, slope_here, 1),
    Gt(x_ascent, 0),
    Gt(y_ascent, 0),
    Gt(x_ascent * y_ascent, 0),
    Ge(slope_ascent, 0),
)
_grows = Hints(
    lemmas=(
        *_signs,
        relation(Le, rho * slope_here, 1),
        relation(Eq, y_next - x_next, (y - x) * (1 + eta * slope_ascent * (1 - rho * slope_here))),
        (y - x) * P >= 0,
        eta * (y - x) * P * (1 - rho * S) >= 0,
    ),
    abbreviate={P: slope_ascent, S: slope_here},
)

# Beside what follows from it stands what it follows from; sqrt(gamma/eta) is added to both sides of what would else be
# shown in the claim's own terms, before all that is in short.
_in_root = relation(Eq, (1 + L) ** 2, 1 + 2 * L + V)
_of_y0 = relation(Eq, y0**2, C * V)
_apart = relation(Ge, 2 * C * (y0 - x0) * L, L * L)
_shrinks = (
    *(relation(Eq, L * Q, gamma), L > 0, B > 0, Q > 0, Z > 0, P >= 0),
    *(_in_root, _of_y0, C * L >= L, relation(Le, y0**2, (C * L) ** 2)),
    *(C * L > 0, relation(Le, y0, C * L)),
    *(x0 + L <= y0 + L, relation(Le, y0, C * L), relation(Le, y0 + x0, 2 * C * L)),
    *(x0 + L <= y0 + L, relation(Ge, (y0 - x0) * (2 * C * L - y0 - x0), 0)),
    *(relation(Eq, y0**2 - x0**2, V), _in_root, relation(Ge, (y0 - x0) * (2 * C * L - y0 - x0), 0), _apart),
    *(L > 0, _apart, relation(Ge, 2 * C * (y0 - x0) + L, 2 * L)),
    *(C * L >= L, relation(Ge, y + L, y0 - x0 + L), relation(Ge, 2 * C * y * L, 2 * C * (y0 - x0) * L)),
    *(L > 0, _apart, relation(Ge, 2 * C * y * L, 2 * C * (y0 - x0) * L), relation(Ge, 2 * C * y + L, 2 * L)),
    *(x > B * Q, L > 0, L * x >= B * L * Q),
    *(relation(Eq, L * Q, gamma), relation(Ge, L * x, B * gamma)),
    *(B > 0, B * gamma >= B / 2, relation(Ge, L * x, B / 2)),
    *(relation(Ge, 2 * C * y + L, 2 * L), relation(Ge, 2 * C * y * x + L, L * x + L)),
    *(4 * C * c <= B, relation(Ge, L * x, B / 2), relation(Ge, 2 * C * y * x + L, 2 * C * c + L)),
    *(C * L >= L, L > 0, relation(Ge, y * x + L, c + L)),
    *(x * y <= Z, relation(Ge, y * x + L, c + L), c <= Z),
    c / 2 <= P,
    *(relation(Eq, eta * L, Q), relation(Ge, 2 * C * y + L, 2 * L), relation(Ge, 2 * C * eta * y + L, Q + L)),
    *(c / 2 <= P, relation(Ge, eta * P * y, eta * c / 2 * y)),
    *(relation(Ge, 2 * C * eta * y + L, Q + L), relation(Ge, 4 * C * eta * P * y, c * Q)),
    *(c * B >= 4 * C, B > 0, relation(Ge, 4 * C * eta * P * y, c * Q)),
    *(relation(Ge, eta * P * y, 0), relation(Ge, c * B * eta * P * y, c * Q), relation(Ge, B * eta * P * y, Q)),
    *(P >= 0, L > 0, y <= Y, relation(Ge, eta * P * Y, eta * P * y)),
    *(
        relation(Eq, L * X, L * x - L * eta * P * Y),
        relation(Ge, eta * P * Y, eta * P * y),
        L > 0,
        relation(Le, X, x - eta * P * y),
    ),
    *(B > 0, relation(Ge, B * eta * P * y, Q), relation(Le, X, x - eta * P * y), relation(Le, B * X, B * x - Q)),
    *(B >= 2 * C, relation(Ge, 2 * C * y + L, 2 * L), relation(Ge, B * y + L, 2 * L)),
    *(B > 0, relation(Ge, B * y + L, 2 * L), relation(Le, B * X, B * x - Q)),
)

widening = Hints(
    constants={"": K},
    powers=_small_rho,
    settled=(relation(Le, rho, 1),),
    invariant=(relation(Ge, y - x, y0 - x0),),
    keeps=(_grows,),
    lemmas=(
        *_signs,
        Gt(root_large, 0),
        relation(Eq, (1 + root_large) ** 2, 1 + 2 * root_large + gamma / eta),
        relation(Eq, eta * root_large, root_small),
        relation(Eq, root_large * root_small, gamma),
        relation(Eq, y0**2, C * (gamma / eta)),
        relation(Eq, y0**2 - x0**2, gamma / eta),
        relation(Ge, K, 4 * C * c),
        relation(Ge, c * K, 4 * C),
        relation(Ge, K, 2 * C),
        relation(Ge, x_ascent * y_ascent, x * y),
        relation(Eq, root_large * x_next, root_large * x - root_large * eta * slope_ascent * y_ascent),
        relation(Ge, y_ascent, y),
        relation(Ge, y, y0 - x0),
        *_shrinks,
    ),
    abbreviate={
        X: x_next,
        P: slope_ascent,
        Z: x_ascent * y_ascent,
        Y: y_ascent,
        S: slope_here,
        L: root_large,
        Q: root_small,
        B: K,
        V: gamma / eta,
    },
)
