"""How Theorem 5's first item is proved: x drops in each step, and y stays, until |x| <= K sqrt(eta) (advice only).

Let m = y - x, q = y + x and, of a step, a = eta l'(...) and b = a rho l'(xy) <= R a.  It takes m to m (1 + a - b) and q
to q (1 - a - b).  So m may fall, but m (m/q)^n never does, for n = R + 1, as the tangent of the power n says of a step.
From the start on this is of the size of 1/sqrt(eta), and so is y >= m, as m <= q.  Then the slope is at least c/2, and
x drops in each step by at least a constant times sqrt(eta).
"""

from __future__ import annotations

from typing import Any

from sympy import And, Eq, Ge, Gt, Implies, Integer, Le, Symbol, sqrt

from claims.sam_normalization.neuron_initial import R, of_the_start
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    half,
    relation,
    rho,
    slope_ascent,
    slope_here,
    t,
    usam_neuron,
    x,
    x0,
    x_ascent,
    y,
    y0,
    y_ascent,
)
from verify.statement.claim import Hints

#: eta times the slope, K, y - x, eta, rho times the slope at the iterate, y0 - x0, sqrt(eta), the ascent point's
#: product, y - x after a step, the slope, y + x after a step, y + x, what a step multiplies y + x and y - x by, the
#: next state, sqrt(1/eta).
A, B, D, E, F, G, H, J, M, P, Q, S, U, V, X, Y, Z = (Symbol(f"size_{name}", real=True) for name in "ABDEFGHJMPQSUVXYZ")

_n = R + 1
_most_ratio = 1 + 4 * C**2
#: An upper bound on ((y0 + x0)/(y0 - x0))^n.
_most = _most_ratio**_n
K = 1 + C**2 * (16 * (1 + R) + (4 + 4 * c + 16 / c) * _most)

x_next, y_next = usam_neuron.next
_root, _gap_0 = sqrt(eta), y0**2 - x0**2
_ascent = x_ascent * y_ascent
_ratio, _ratio_0, _ratio_next = (x + y) / (y - x), (x0 + y0) / (y0 - x0), (x_next + y_next) / (y_next - x_next)
_power, _power_0, _power_next = _ratio**_n, _ratio_0**_n, _ratio_next**_n
_move, _pull = eta * slope_ascent, rho * slope_here
_sum_factor, _difference_factor = 1 - _move * (1 + _pull), 1 + _move * (1 - _pull)
_short = {
    M: y_next - x_next,
    Q: x_next + y_next,
    D: y - x,
    S: x + y,
    G: y0 - x0,
    X: x_next,
    Y: y_next,
    U: _sum_factor,
    V: _difference_factor,
    A: _move,
    F: _pull,
    J: _ascent,
    P: slope_ascent,
    H: _root,
    Z: sqrt(1 / eta),
    B: K,
    E: eta,
}

#: Bounds on the powers: at least 1, at most K's, and the tangent for one step.
_powers = ((Integer(1), _power), (_power_0, _most), (_power_next, _power))

invariant = (
    Gt(x, 0),
    Gt(y, x),
    relation(Le, x, x0),
    relation(Le, y, y0),
    relation(Ge, (y - x) * _power_0, (y0 - x0) * _power),
    Ge(t, 0),
    relation(Le, 8 * C * _most * x + t * c * _root, 8 * C * _most * x0),
)

# --- in the claim's own terms -------------------------------------------------------------------------------------

_parameters = (
    *of_the_start,
    Gt(C, 0),
    relation(Ge, C**2, C),
    relation(Gt, _most, 0),
    relation(Ge, K, 16 * C * (1 + R)),
    relation(Ge, K, 4 * C * _most),
    relation(Ge, K, 4 * c * C * _most),
    relation(Ge, c * K, 16 * C**2 * _most + c),
    Gt(K, 0),
    relation(Eq, sqrt(1 / eta) * _root, 1),
    Gt(sqrt(1 / eta), 0),
    *(relation(Le, eta * _gap_0, 4), relation(Eq, y0**2, C * _gap_0), relation(Le, eta * y0**2, 4 * C)),
    relation(Le, eta * y0**2, 4 * C**2),
    relation(Le, y0 * _root, 2 * C),
)
#: Once K sqrt(eta) < x0, eta is small.
_eta_small = relation(Ge, 1, 8 * (1 + R) * eta)
_small = (
    *(relation(Gt, x, K * _root), relation(Le, x, x0), relation(Gt, x0, K * _root)),
    *(relation(Ge, K * _root, 16 * C * (1 + R) * _root), relation(Gt, x0, 16 * C * (1 + R) * _root)),
    relation(Ge, x0 * _root, 16 * C * (1 + R) * eta),
    *(relation(Le, x0 * _root, y0 * _root), relation(Ge, 2 * C, 16 * C * (1 + R) * eta)),
    _eta_small,
)
_moves = (
    Gt(y, 0),
    Ge(slope_here, 0),
    relation(Le, slope_here, 1),
    Ge(_pull, 0),
    relation(Le, _pull, R),
    relation(Ge, x_ascent, x),
    relation(Ge, y_ascent, y),
    relation(Ge, _ascent, x * y),
    Ge(slope_ascent, 0),
    relation(Le, slope_ascent, 1),
    Ge(_move, 0),
    relation(Le, _move, eta),
    relation(Le, _move * (1 + R), eta * (1 + R)),
    *(_eta_small, relation(Le, _move * (1 + _pull), _move * (1 + R)), relation(Le, 8 * _move * (1 + _pull), 1)),
    relation(Eq, x_next, x - _move * y - _move * _pull * x),
    relation(Eq, y_next, y - _move * x - _move * _pull * y),
    relation(Eq, _sum_factor, 1 - _move - _move * _pull),
    relation(Eq, _difference_factor, 1 + _move - _move * _pull),
    relation(Ge, _sum_factor, half),
    *(Gt(x + y, 0), relation(Eq, x_next + y_next, (x + y) * _sum_factor), Gt(x_next + y_next, 0)),
    relation(Ge, _difference_factor, half),
    *(Gt(y - x, 0), relation(Eq, y_next - x_next, (y - x) * _difference_factor), Gt(y_next - x_next, 0)),
)


def _positive(above: Any, below: Any) -> tuple[Any, ...]:
    """That a power of a ratio is positive, as both of its terms are."""
    ratio = above / below
    return (Gt(above, 0), Gt(below, 0), Gt(ratio, 0), Implies(Gt(ratio, 0), Gt(ratio**_n, 0)), Gt(ratio**_n, 0))


_bounds = (
    *_positive(x0 + y0, y0 - x0),
    *_positive(x + y, y - x),
    *(relation(Ge, _ratio, 1), Implies(And(Ge(_n, 0), Ge(_ratio, 1)), Ge(_power, 1)), relation(Ge, _power, 1)),
    *(relation(Eq, y0**2, C * _gap_0), relation(Le, (x0 + y0) ** 2, 4 * y0**2)),
    relation(Le, x0 + y0, 4 * C * (y0 - x0)),
    *(relation(Ge, _most_ratio, 4 * C), relation(Le, x0 + y0, _most_ratio * (y0 - x0))),
    relation(Le, _ratio_0, _most_ratio),
    *(Ge(_n, 0), Gt(_ratio_0, 0)),
    Implies(And(Ge(_n, 0), Gt(_ratio_0, 0), Le(_ratio_0, _most_ratio)), Le(_power_0, _most)),
    relation(Le, _power_0, _most),
    relation(Ge, 2 * eta * y0 * (y0 - x0), 1),
    relation(Ge, y, y - x),
)
_move_is = relation(Eq, _move + eta, eta * (1 + slope_ascent))

# --- in short: each group ends in what follows from the rest of it ------------------------------------------------

_is_square = relation(Eq, E, H**2)
_far = relation(Gt, x, B * H)
_y0_in_root = relation(Le, y0 * H, 2 * C)
_next_x, _next_y = relation(Eq, X, x - A * y - A * F * x), relation(Eq, Y, y - A * x - A * F * y)
_sum, _difference = relation(Eq, Q, S * U), relation(Eq, M, D * V)
_sum_is, _difference_is = relation(Eq, U, 1 - A - A * F), relation(Eq, V, 1 + A - A * F)
#: The tangent of the power at the next ratio.
_tangent = Implies(
    And(Gt(_ratio_next, 0), Gt(_ratio, 0), Ge(_n, 1)),
    Ge(_ratio_next * _power, _power_next * (_ratio_next + _n * (_ratio - _ratio_next))),
)
_potential = relation(Ge, D * _power_0, G * _power)
_power_rises = relation(Ge, V * (U + 2 * _n * A), U)
_y_large = relation(Ge, 4 * C * H * _most * y, 1)
#: y - x stays of the size that it had at the start, which is that of 1/sqrt(eta).
_stays_large = (
    *(_is_square, _y0_in_root, relation(Ge, 2 * E * y0 * G, 1), relation(Le, 2 * E * y0 * G, 4 * C * H * G)),
    relation(Ge, 4 * C * H * G, 1),
    *(_potential, relation(Ge, _power, 1), relation(Ge, D * _power_0, G)),
    *(relation(Le, _power_0, _most), relation(Ge, D * _most, G)),
    *(relation(Ge, y, D), relation(Ge, y * _most, G)),
    *(relation(Ge, 4 * C * H * G, 1), relation(Ge, 4 * C * H * _most * y, 4 * C * H * G), _y_large),
)


def _keeps(*lemmas: Any) -> Hints:
    return Hints(lemmas=(*_parameters, *_small, *_moves, *lemmas), abbreviate=_short)


keeps = (
    _keeps(
        *(relation(Le, F * x, R * y0), relation(Le, y + F * x, (1 + R) * y0)),
        *(relation(Ge, y + F * x, 0), relation(Le, A, E), relation(Le, A * (y + F * x), E * (1 + R) * y0)),
        *(_is_square, _y0_in_root, relation(Le, E * (1 + R) * y0, 2 * C * (1 + R) * H)),
        *(relation(Ge, B, 16 * C * (1 + R)), relation(Le, 2 * C * (1 + R) * H, B * H)),
        *(_far, _next_x, relation(Le, A * (y + F * x), E * (1 + R) * y0)),
        *(relation(Le, E * (1 + R) * y0, 2 * C * (1 + R) * H), relation(Gt, X, 0)),
    ),
    _keeps(Gt(y_next, x_next)),
    _keeps(relation(Ge, A * y + A * F * x, 0), _next_x, relation(Le, X, x)),
    _keeps(relation(Ge, A * x + A * F * y, 0), _next_y, relation(Le, Y, y)),
    _keeps(
        *_bounds,
        *_positive(x_next + y_next, y_next - x_next),
        *(_tangent, relation(Ge, Q * D * _power, _power_next * (Q * D + _n * (S * M - Q * D)))),
        *(_sum, _difference, relation(Ge, S * D * U * _power, S * D * _power_next * (U + _n * (V - U)))),
        relation(Ge, U * _power, _power_next * (U + _n * (V - U))),
        *(_sum_is, _difference_is, relation(Ge, U * _power, _power_next * (U + 2 * _n * A))),
        *(_sum_is, relation(Le, U, 1), relation(Le, F * U, R)),
        *(relation(Ge, V, half), relation(Ge, (1 - F) * U + 2 * _n * V, 0)),
        relation(Ge, A * ((1 - F) * U + 2 * _n * V), 0),
        *(_difference_is, _power_rises),
        *(relation(Ge, V, half), relation(Ge, U * _power, _power_next * (U + 2 * _n * A))),
        *(_power_rises, relation(Ge, U * (V * _power - _power_next), 0)),
        *(relation(Ge, U, half), relation(Ge, V * _power, _power_next)),
        *(_potential, relation(Ge, V, half), relation(Ge, V * D * _power_0, G * V * _power)),
        *(relation(Ge, V * _power, _power_next), _difference, relation(Ge, M * _power_0, G * _power_next)),
    ),
    Hints(),
    _keeps(
        *_bounds,
        _move_is,
        *_stays_large,
        *(relation(Ge, B, 4 * c * C * _most), _far, relation(Ge, x, 4 * c * C * _most * H)),
        *(_y_large, relation(Ge, x * y + H, c + H)),
        *(relation(Ge, J, x * y), relation(Ge, J, c)),
        relation(Ge, P, c / 2),
        *(relation(Eq, A + E, E * (1 + P)), relation(Ge, A, c * E / 2)),
        *(_y_large, _is_square, relation(Ge, 8 * C * _most * A * y, c * H)),
        *(relation(Ge, A * F * x, 0), _next_x, relation(Le, X, x - A * y)),
        relation(Le, 8 * C * _most * X, 8 * C * _most * x - 8 * C * _most * A * y),
        relation(Le, 8 * C * _most * x + t * c * H, 8 * C * _most * x0),
    ),
)

initial_phase = Hints(
    constants={"": K},
    invariant=invariant,
    real_powers=_powers,
    keeps=keeps,
    lemmas=(
        *_parameters,
        *_small,
        *_bounds,
        *_stays_large,
        *(relation(Le, 8 * C * _most * x + t * c * H, 8 * C * _most * x0), relation(Le, t * c * H, 8 * C * _most * x0)),
        *(_is_square, relation(Le, t * c * E, 8 * C * _most * x0 * H)),
        *(relation(Le, x0 * H, y0 * H), _y0_in_root, relation(Le, t * c * E, 16 * C**2 * _most)),
        *(relation(Ge, 1, 8 * (1 + R) * E), relation(Le, E, 1)),
        *(relation(Ge, c * B, 16 * C**2 * _most + c), relation(Le, t * c * E, 16 * C**2 * _most)),
        *(relation(Le, E, 1), relation(Le, c * (t + 1) * E, c * B)),
        relation(Le, (t + 1) * E, B),
        *(relation(Eq, Z * H, 1), _y_large, relation(Le, Z, 4 * C * _most * y)),
        *(relation(Ge, B, 4 * C * _most), relation(Le, Z, B * y)),
    ),
    abbreviate=_short,
)
