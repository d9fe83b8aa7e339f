"""One step of SAM's initial phase in sizes, and why the first four invariants of ``duration`` last (advice only).

All lengths are in units of sqrt(gamma/eta).  A step takes X to X - b (Y + u X) and Y to Y - b (X + u Y), where b is eta
times the slope and u the radius r over the norm R.
"""

from __future__ import annotations

from typing import Any

from sympy import And, Eq, Ge, Gt, Le, Or, Rational, Symbol
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.setting import c, eta, half, relation, t

#: The coordinates, the next ones and those of the start; the radius, the norm, eta times the slope, and r/R.
X, Y, X1, Y1, X0, Y0, r, R, b, u = (
    Symbol(f"size_{name}", real=True) for name in ("X", "Y", "X1", "Y1", "X0", "Y0", "r", "R", "b", "u")
)
#: The product of the ascent point's coordinates (not scaled).
A = Symbol("size_A", real=True)
#: Y^2 - X^2 and the next.
V, V1 = (Symbol(f"size_{name}", real=True) for name in ("V", "V1"))
#: 1/sqrt(C), x0/y0, eta sqrt(C), c eta sqrt(C), c eta, c eta/C and s^2/p.
s, p, e, N, B, Q, G = (Symbol(f"size_{name}", real=True) for name in ("s", "p", "e", "N", "B", "Q", "G"))

#: What X loses of Y^2 - X^2 is at most eta X and at most K r/(1 + X).
K = Rational(17, 5)
beta = B / 2


def at_least(left: Any, right: Any) -> Boolean:
    """left >= right, as it is written."""
    return relation(Ge, left, right)


def at_most(left: Any, right: Any) -> Boolean:
    """left <= right, as it is written."""
    return relation(Le, left, right)


def equal(left: Any, right: Any) -> Boolean:
    """left = right, as it is written."""
    return relation(Eq, left, right)


def product(first: Any, second: Any) -> Any:
    """A product that SymPy leaves in two factors, and that no abbreviation of the whole is put in for."""
    return first * (second + 1) - first


def squared(number: Any) -> Any:
    """A square that SymPy does not multiply out."""
    return product(number, number)


class Chain:
    """Lemmas, each directly after the facts that it follows from."""

    def __init__(self, *lemmas: Boolean) -> None:
        self.lemmas = list(lemmas)

    def __call__(self, lemma: Boolean, *facts: Boolean) -> Boolean:
        """Add a lemma that follows from facts that are known."""
        self.lemmas += [*facts, lemma]
        return lemma


def invariant_4(x: Any, y: Any, x0: Any, r: Any) -> Boolean:
    """V - eta X + K r/(1 + X) is at least what it is at the start, times (1 + X) (1 + X0)."""
    lost = (y - x) * (y + x) - 1 + eta * (x0 - x)
    return at_least(lost * (1 + x) * (1 + x0) + K * r * (x0 - x), 0)


# --- what is known -----------------------------------------------------------------------------------------------

x_positive, y_positive, x1_positive, x0_positive = Gt(X, 0), Gt(Y, 0), Gt(X1, 0), Gt(X0, 0)
r_positive, eta_positive = Gt(R, 0), Gt(eta, 0)
b_sign, b_most, u_sign, r_sign = Ge(b, 0), at_most(b, eta), Ge(u, 0), Ge(r, 0)
moved_x, moved_y = equal(X1, X - b * (Y + u * X)), equal(Y1, Y - b * (X + u * Y))
below_diagonal, below_start = at_least(Y, X), at_most(X, X0)
pull, norm = equal(u * R, r), equal(R**2, X**2 + Y**2)
#: The slope is at least c/2, or at least half of the ascent point's product.
slope = Or(at_least(b, beta), at_least(4 * b, (X + u * Y) * (Y + u * X)))

#: What the symbols of the parameters are, from products as an author can write them in the claim's own terms.
circle = equal(p**2 + s**2, 1)
of_parameters = (
    *(equal(squared(p) + squared(s), 1), circle),
    *(equal(product(e, s), eta), equal(e * s, eta)),
    *(equal(product(c, e), N), equal(N, c * e)),
    *(equal(product(N, s), B), equal(N * half * s, beta)),
    *(equal(B * squared(s), Q), equal(Q, B * s**2)),
    *(equal(product(G, p), squared(s)), equal(G * p, s**2)),
)

#: How t <= 4 sqrt(C)/(c eta) is written.
closing = (Gt(c, 0), eta_positive, Gt(s, 0), equal(product(c, eta), B), at_most(s * beta * t, 2))
#: The slope, from the product of the ascent point's coordinates as the claim writes it.
of_slope = (
    Or(at_least(b, beta), at_least(4 * b, 2 * eta * A)),
    at_least(2 * eta * A, (X + u * Y) * (Y + u * X)),
    slope,
)

# --- a step ------------------------------------------------------------------------------------------------------

_signs = (x_positive, y_positive, x1_positive, b_sign, u_sign)
_inside = Gt(1 - b * u, 0)
falls = at_most(X1, X)
#: Facts that every proof about a step begins with.
opening = (
    *(*_signs, moved_x, _inside),
    *(equal(u * (R + 1) - u, r), pull),
    *(equal((R - Y) * (R + Y), X * (X + 1) - X), norm),
    *(b_sign, u_sign, x_positive, y_positive, Ge(b * (Y + u * X), 0)),
    *(moved_x, Ge(b * (Y + u * X), 0), falls),
)
_ordered = (*(_inside, b_sign, moved_x, moved_y, below_diagonal), at_least(Y1, X1))
y1_positive = Gt(Y1, 0)
keeps_order = (*opening, *_ordered)
keeps_sign = (*keeps_order, x1_positive, at_least(Y1, X1), y1_positive)

_difference, _difference_1 = equal(V, (Y - X) * Y + (Y - X) * X), equal(V1, (Y1 - X1) * Y1 + (Y1 - X1) * X1)
v_sign, v_most = Ge(V, 0), at_most(V, 1)
v_shrinks = equal(V1, V * ((1 - b * u) ** 2 - b**2))
_V = (
    *keeps_order,
    *(_difference, _difference_1),
    *(x_positive, below_diagonal, _difference, v_sign),
    v_most,
    *(moved_x, moved_y, _difference_1, _difference, v_shrinks),
)
keeps_v = (
    *_V,
    *(v_sign, b_sign, u_sign, _inside, v_shrinks, at_most(V1, V)),
    *(v_most, at_most(V1, 1)),
)
y_squared = equal(Y**2, V + X**2)
of_v = (_difference, y_squared)


def _loses() -> tuple[Boolean, ...]:
    """Why 2 u V (1 + X) (1 + X1) <= K r Y, and then that the fourth invariant lasts."""
    chain = Chain(*_V)
    loses = chain(at_least(V1, V - 2 * b * u * V - b**2 * V), v_sign, v_shrinks)
    below_y = chain(at_most(V, Y), x_positive, y_positive, _difference, v_most)
    by_slope = chain(at_most(b**2 * V, eta * b * Y), b_sign, b_most, v_sign, below_y)
    ranges = Or(
        And(Gt(X, 0), at_most(X, Rational(1, 2))),
        And(at_least(X, Rational(1, 2)), at_most(X, Rational(3, 4))),
        And(at_least(X, Rational(3, 4)), at_most(X, 1)),
        Ge(X, 1),
    )
    chain(ranges, x_positive)
    quartic = chain(at_most(4 * (1 + X) ** 4, K**2 * (1 + X**2) * (1 + 2 * X**2)), ranges)
    once = chain(at_least(V + X**2, V * (1 + X**2)), v_sign, v_most)
    twice = chain(at_least(V + 2 * X**2, V * (1 + 2 * X**2)), v_sign, v_most)
    both = chain(at_least((V + X**2) * (V + 2 * X**2), V**2 * (1 + X**2) * (1 + 2 * X**2)), v_sign, once, twice)
    squared = chain(at_most(4 * V**2 * (1 + X) ** 4, K**2 * (V + X**2) * (V + 2 * X**2)), Ge(V**2, 0), quartic, both)
    chain(y_squared, _difference)
    of_norm = chain(equal(R**2, V + 2 * X**2), norm, y_squared)
    in_norms = chain(at_most(4 * V**2 * (1 + X) ** 4, K**2 * Y**2 * R**2), y_squared, of_norm, squared)
    rooted = chain(at_most(2 * V * (1 + X) ** 2, K * Y * R), y_positive, r_positive, v_sign, in_norms)
    pulled = chain(at_most(2 * u * V * (1 + X) ** 2, K * r * Y), u_sign, pull, rooted)
    later = chain(
        at_most(2 * u * V * (1 + X) * (1 + X1), K * r * Y), u_sign, v_sign, x1_positive, x_positive, falls, pulled
    )
    chain(Ge(b * u * X, 0), b_sign, u_sign, x_positive)
    drop = chain(at_least(X - X1, b * Y), moved_x, Ge(b * u * X, 0))
    along = chain(at_least(V1 - V + eta * (X - X1), -2 * b * u * V), loses, by_slope, drop, eta_positive)
    across = chain(at_least(K * r * (X - X1), 2 * b * u * V * (1 + X) * (1 + X1)), drop, later, r_sign, b_sign)
    gains = chain(
        at_least((V1 - V + eta * (X - X1)) * (1 + X) * (1 + X1) + K * r * (X - X1), 0),
        *(along, across, x_positive, x1_positive),
    )
    known = at_least((V - 1 + eta * (X0 - X)) * (1 + X) * (1 + X0) + K * r * (X0 - X), 0)
    first = chain(at_least(known.lhs * (1 + X1), 0), known, x1_positive)
    second = chain(at_least(gains.lhs * (1 + X0), 0), gains, x0_positive)
    chain(at_least(((V1 - 1 + eta * (X0 - X1)) * (1 + X1) * (1 + X0) + K * r * (X0 - X1)) * (1 + X), 0), first, second)
    chain(Gt(1 + X, 0), x_positive)
    return tuple(chain.lemmas)


keeps_lost = _loses()

__all__ = [name for name in dir() if not name.startswith("_")]
