"""How Theorem 4's first item is proved: x drops in each step, and y stays, until |x| <= K sqrt(eta) (advice only).

No step lowers y^2 - x^2 - (2 R + eta y0) x, and what x can lose at all is at most half of y0^2 - x0^2.  So y stays of
the size of 1/sqrt(eta), the slope is at least c/2, and x drops by at least (c/4) sqrt(eta).
"""

from __future__ import annotations

from typing import Any

from sympy import Abs, Eq, Ge, Gt, Le, Lt, Symbol, sqrt

from claims.sam_normalization.setting import (
    C,
    c,
    ell,
    eta,
    half,
    radius,
    relation,
    rho,
    sam_neuron,
    sign_xy,
    t,
    x,
    x0,
    y,
    y0,
)
from verify.statement.claim import Hints

R = Symbol("R", real=True)
#: K, y0^2 - x0^2, eta, y^2 - x^2, sqrt(eta), the slope, what y^2 - x^2 loses in units of x, the ascent point's
#: product, rho over the norm, the next state, sqrt(1/eta).
B, D, E, G, H, P, Q, S, U, X, Y, Z = (Symbol(f"size_{name}", real=True) for name in "BDEGHPQSUXYZ")

K = 256 * C**2 * (1 + R**2) + 8 * C**2 / c + 2 * c

x_next, y_next = sam_neuron.next
_root, _gap, _gap_0 = sqrt(eta), y**2 - x**2, y0**2 - x0**2
_loss = 2 * R + eta * y0
_pull = rho / radius
_ascent = (x + rho * y * sign_xy / radius) * (y + rho * x * sign_xy / radius)
_slope = ell.slope(_ascent)
_short = {
    X: x_next,
    Y: y_next,
    P: _slope,
    S: _ascent,
    U: _pull,
    Z: sqrt(1 / eta),
    H: _root,
    B: K,
    Q: _loss,
    D: _gap_0,
    G: _gap,
    E: eta,
}

invariant = (
    Gt(x, 0),
    Gt(y, 0),
    relation(Le, x, x0),
    relation(Le, y, y0),
    relation(Ge, _gap - _loss * x, _gap_0 - _loss * x0),
    Ge(t, 0),
    relation(Le, x + t * c * _root / 4, x0),
)

# --- in the claim's own terms -------------------------------------------------------------------------------------

#: What the assumptions say of eta, R, C and the start, for SAM and USAM alike.
of_the_start = (
    Gt(_root, 0),
    relation(Eq, (1 + _root) ** 2, 1 + 2 * _root + eta),
    Gt(y0, 0),
    Ge(R, 0),
    Gt(_gap_0, 0),
    relation(Ge, eta * _gap_0, 1),
    relation(Le, eta * _gap_0, 4),
    relation(Eq, y0**2, C * _gap_0),
    relation(Eq, (C - 1) * _gap_0, x0**2),
    relation(Ge, C + x0 + y0, 1 + x0 + y0),
    relation(Ge, C + x0, 1 + x0),
    Ge(C, 1),
    relation(Le, x0**2, C * _gap_0),
)
_parameters = (
    *of_the_start,
    Gt(K, 0),
    relation(Ge, K, 256 * C**2),
    relation(Ge, K, 256 * C**2 * R**2),
    relation(Ge, K, 2 * c),
    relation(Ge, K, 2),
    relation(Ge, c * K, 8 * C**2 + c),
    relation(Eq, sqrt(1 / eta) * _root, 1),
    relation(Ge, C**2, C),
    relation(Ge, C**2 * R**2, R**2),
    relation(Ge, 1 + R**2, R),
    relation(Ge, K, 2 * C + R),
    Ge(_loss, 0),
    relation(Eq, x0 * _loss, 2 * R * x0 + eta * y0 * x0),
    relation(Eq, y * _loss, 2 * R * y + eta * y0 * y),
    relation(Eq, (y - x) * (y + x), _gap),
    relation(Ge, y**2, _gap),
    relation(Ge, _gap, y0**2 - x0**2 - x0 * _loss + x * _loss),
    relation(Ge, x0 * _gap, x0 * _gap_0 - x0**2 * _loss + x0 * x * _loss),
    Gt(sqrt(1 / eta), 0),
)
_moves = (
    relation(Eq, sign_xy, 1),
    Gt(radius, 0),
    relation(Ge, radius, x),
    relation(Ge, radius, y),
    Ge(_pull, 0),
    relation(Le, _pull * x, R),
    relation(Le, _pull * y, R),
    relation(Ge, _ascent, x * y),
    Ge(_slope, 0),
    relation(Le, _slope, 1),
    relation(Eq, x_next, x - eta * _slope * (y + _pull * x)),
    relation(Eq, y_next, y - eta * _slope * (x + _pull * y)),
)

# --- in short: each group ends in what follows from the rest of it ------------------------------------------------
# A lemma without a symbol that abbreviates something is shown in the claim's own terms, before all that are in short;
# with eta added to both sides it stands beside what follows from it.

_is_square = relation(Eq, E, H**2)
_is_more = relation(Ge, C + E, 1 + E)
_far, _far_at_start = relation(Lt, B * H, x), relation(Lt, B * H, x0)
_of_x0, _of_y0 = relation(Le, x0**2, C * D), relation(Eq, y0**2, C * D)
_least, _most = relation(Ge, E * D, 1), relation(Le, E * D, 4)
_large = relation(Le, 256 * C, D)
_large_by_radius = relation(Le, 256 * C * R**2, D)
_stays = relation(Ge, G, D / 2)
_difference = relation(Eq, (y - x) * (y + x), G)
_y_large = relation(Ge, H * y, half)
_y0_in_root = relation(Le, E * y0**2, 4 * C)
#: Once K sqrt(eta) < x0, y0^2 - x0^2 is large; so y^2 - x^2 stays at least half of it.
_start_is_large = (
    _is_square,
    *(relation(Gt, Abs(x), B * H), relation(Eq, Abs(x) + E, x + E), _far),
    *(relation(Le, x + E, x0 + E), _far_at_start),
    *(relation(Ge, B * H, 0), _far_at_start, _is_square, relation(Le, B**2 * E, x0**2)),
    *(_of_x0, D > 0, relation(Le, B**2 * E * D, C * D**2)),
    *(_least, relation(Le, B**2, B**2 * E * D)),
    relation(Le, C * D**2, (C * D) ** 2),
    relation(Le, B**2, C * D**2),
    relation(Le, B**2, (C * D) ** 2),
    *(C * D > 0, B > 0, relation(Le, B**2, (C * D) ** 2), relation(Le, B, C * D)),
    *(relation(Ge, B, 256 * C**2), _large),
    *(relation(Le, B, C * D), relation(Ge, B, 256 * C**2 * R**2), _large_by_radius),
)
_remains_large = (
    *(_of_x0, relation(Le, 256 * R**2 * x0**2, 256 * R**2 * C * D)),
    *(_large_by_radius, relation(Le, 256 * R**2 * C * D, D**2)),
    relation(Le, (16 * R * x0) ** 2, D**2),
    relation(Le, 16 * R * x0, D),
    *(_of_y0, _most, _y0_in_root),
    *(relation(Le, E * y0 * x0, E * y0**2), relation(Le, E * y0 * x0, 4 * C)),
    *(_large, relation(Le, 16 * R * x0, D), relation(Eq, x0 * Q, 2 * R * x0 + E * y0 * x0)),
    relation(Le, x0 * Q, D / 2),
    relation(Ge, x0 * G, x0 * D - x0**2 * Q + x0 * x * Q),
    *(x * Q >= 0, relation(Ge, G, D - x0 * Q)),
    *(relation(Le, x0 * Q, D / 2), _stays),
    *(_difference, D > 0, _stays, relation(Le, x + E, y + E)),
    *(_least, relation(Ge, y**2, G), _stays, relation(Ge, 2 * E * y**2, 1)),
    *(_is_square, relation(Ge, H * y, 0), _y_large),
)
_root_is_small = (
    *(_large, _most, relation(Le, 256 * C * E, 4)),
    *(_is_more, relation(Le, E, 1)),
    *(_is_square, relation(Le, H, 1)),
)


def _keeps(*lemmas: Any) -> Hints:
    return Hints(lemmas=(*_parameters, *_moves, *lemmas), abbreviate=_short)


keeps = (
    _keeps(
        *_start_is_large,
        *_remains_large,
        *_root_is_small,
        *(_y0_in_root, _is_square, _is_more, relation(Le, (H * y0) ** 2, (2 * C) ** 2), relation(Le, H * y0, 2 * C)),
        *(_is_square, relation(Le, E * y0, 2 * C * H)),
        *(relation(Le, H, 1), _is_square, relation(Le, E * R, R * H)),
        *(relation(Ge, B, 2 * C + R), relation(Le, (2 * C + R) * H, B * H)),
        *(relation(Le, E * y0, 2 * C * H), relation(Le, E * R, R * H), relation(Le, E * y0 + E * R, B * H)),
        *(relation(Le, U * x, R), relation(Le, y + E, y0 + E), relation(Le, y + U * x, y0 + R)),
        *(relation(Ge, U * x, 0), relation(Ge, y + U * x, 0), relation(Le, P, 1), relation(Le, y + U * x, y0 + R)),
        relation(Le, P * (y + U * x), y0 + R),
        relation(Le, E * P * (y + U * x), E * y0 + E * R),
        *(relation(Le, E * y0 + E * R, B * H), _far, relation(Eq, X, x - E * P * (y + U * x))),
    ),
    _keeps(
        *_start_is_large,
        *_remains_large,
        *_root_is_small,
        *(_large_by_radius, _most, relation(Le, 64 * R**2 * E, 1)),
        *(_is_square, relation(Le, (8 * R * H) ** 2, 1), relation(Le, 8 * R * H, 1)),
        *(_is_square, relation(Le, E * R, H / 8)),
        *(_y_large, _is_square, relation(Le, H, 2 * E * y)),
        *(relation(Le, x + E, y + E), relation(Le, U * y, R), relation(Le, x + U * y, y + R)),
        *(relation(Ge, U * y, 0), relation(Ge, x + U * y, 0), relation(Le, P, 1), relation(Le, x + U * y, y + R)),
        relation(Le, P * (x + U * y), y + R),
        relation(Le, E * P * (x + U * y), E * y + E * R),
        *(relation(Le, 256 * C * E, 4), _is_more, relation(Le, 64 * E, 1), relation(Le, 64 * E * y, y)),
        *(relation(Le, E * R, H / 8), relation(Le, H, 2 * E * y), relation(Le, E * P * (x + U * y), E * y + E * R)),
        relation(Eq, Y, y - E * P * (x + U * y)),
    ),
    _keeps(Ge(P * (y + U * x), 0), relation(Le, X, x)),
    _keeps(Ge(P * (x + U * y), 0), relation(Le, Y, y)),
    _keeps(
        *_start_is_large,
        *_remains_large,
        *(relation(Le, U * y, R), relation(Ge, y**2, G), relation(Le, U * G, R * y)),
        *(relation(Le, y + E, y0 + E), relation(Le, P, 1), relation(Ge, y**2, G), relation(Le, P * G, y0 * y)),
        *(D > 0, _stays, relation(Ge, E * P * U**2 * G, 0)),
        *(relation(Ge, Q * U * x, 0), relation(Le, E * P * G, E * y0 * y), relation(Le, U * G, R * y)),
        relation(Eq, Q * y, 2 * R * y + E * y0 * y),
        relation(Ge, Q * (y + U * x) - 2 * U * G - E * P * G + E * P * U**2 * G, 0),
        relation(Ge, E * P * (Q * (y + U * x) - 2 * U * G - E * P * G + E * P * U**2 * G), 0),
        *(_difference, relation(Eq, X, x - E * P * (y + U * x)), relation(Eq, Y, y - E * P * (x + U * y))),
        relation(Eq, Y**2 - X**2, G * ((1 - E * P * U) ** 2 - (E * P) ** 2)),
        relation(Ge, E * P * (Q * (y + U * x) - 2 * U * G - E * P * G + E * P * U**2 * G), 0),
        relation(Ge, Y**2 - X**2, G - Q * E * P * (y + U * x)),
        *(relation(Eq, X, x - E * P * (y + U * x)), relation(Eq, Q * X, Q * x - Q * E * P * (y + U * x))),
        relation(Ge, Y**2 - X**2, G - Q * E * P * (y + U * x)),
        relation(Ge, G, y0**2 - x0**2 - x0 * Q + x * Q),
    ),
    Hints(),
    _keeps(
        *_start_is_large,
        *_remains_large,
        *_root_is_small,
        *(relation(Ge, B, 2 * c), _far, relation(Le, 2 * c * H, x)),
        *(_y_large, relation(Ge, x * y + H, c + H)),
        *(relation(Ge, S, x * y), relation(Ge, S, c)),
        relation(Ge, P, c / 2),
        *(P * y >= c / 2 * y, _y_large, _is_square, relation(Ge, E * P * y, c * H / 4)),
        *(relation(Ge, E * P * U * x, 0), relation(Eq, X, x - E * P * (y + U * x)), relation(Le, X, x - c * H / 4)),
        relation(Le, x + t * c * H / 4, x0),
    ),
)

initial_phase = Hints(
    constants={"": K},
    invariant=invariant,
    keeps=keeps,
    lemmas=(
        *_parameters,
        *_start_is_large,
        *_remains_large,
        *(_is_more, relation(Le, E * C, E * C**2)),
        *(
            _most,
            _of_x0,
            relation(Le, E * x0**2, 4 * C),
            _is_square,
            _is_more,
            relation(Le, (H * x0) ** 2, (2 * C) ** 2),
        ),
        relation(Le, H * x0, 2 * C),
        *(relation(Le, x + t * c * H / 4, x0), relation(Le, t * c * H, 4 * x0)),
        *(_is_square, relation(Le, t * c * E, 4 * x0 * H)),
        *(relation(Le, H * x0, 2 * C), relation(Le, t * c * E, 8 * C)),
        *(_is_more, relation(Le, t * c * E, 8 * C**2)),
        *(_large, _most, relation(Le, 256 * C * E, 4)),
        *(_is_more, relation(Le, E, 1)),
        *(relation(Ge, c * B, 8 * C**2 + c), relation(Le, t * c * E, 8 * C**2), relation(Le, c * (t + 1) * E, c * B)),
        relation(Le, (t + 1) * E, B),
        *(relation(Eq, Z * H, 1), _y_large, Z > 0, relation(Le, Z, 2 * y)),
        *(relation(Ge, B, 2), relation(Ge, B * y, 2 * y), relation(Le, Z, B * y)),
    ),
    abbreviate=_short,
)
