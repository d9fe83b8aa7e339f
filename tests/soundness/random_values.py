"""Random claims of known truth that hang on whether a term has a value.

A true one assumes that it has; the other one is true wherever it has a value and has none somewhere (it is ill-posed),
or, where the term stands in a hypothesis that then says nothing, is false.
"""

from __future__ import annotations

from random import Random
from typing import Any

import sympy as sp
from sympy import Abs, Eq, Ge, Implies, Le, Mul, Ne, Rational, Symbol

from claims.sam_normalization.losses import single_neuron_losses, smooth_convex
from claims.sam_normalization.setting import L, beta, ell
from verify.statement.claim import Claim
from verify.statement.vectors import Inner, Norm, Vector

x, y, z, a, c = (Symbol(name, real=True) for name in ("x", "y", "z", "a", "c"))
u, v = Vector("u"), Vector("v")


def _vanishing(rng: Random) -> sp.Expr:
    """A polynomial in a with a real zero, rational or not."""
    number = Rational(rng.randint(1, 12), 4)
    return rng.choice([a - number, a + number, a**2 - number, a**3 - number, a * (a + number), Abs(a) - number])


def _given(rng: Random, p: sp.Expr, true: bool) -> list[Any]:
    """That the polynomial is not 0; or something that says nothing of it, since every zero lies in [-3, 3]."""
    return [Ne(p, 0)] if true else [Le(a, rng.randint(4, 9))]


def _size(rng: Random) -> sp.Rational:
    return Rational(rng.randint(1, 12), 4)


def slopes(rng: Random, name: str, true: bool) -> Claim:
    """What holds of l' at every point, at a point x/p: its size, and that it has the sign of the point."""
    p = _vanishing(rng)
    slope = ell.slope(x / p)
    left, right = rng.choice([(slope**2, 1), (-slope * x / p, 0), (slope, 1), (-(slope**2), 0)])
    show = Le(left, right + rng.choice([0, _size(rng)]), evaluate=False)
    return Claim(name, given=[c > 0, *_given(rng, p, true)], over=(x, single_neuron_losses(c)), show=show)


def gradients(rng: Random, name: str, true: bool) -> Claim:
    """The same of a gradient at u/p: it is monotone, and its square is not negative."""
    p = _vanishing(rng)
    there, here = L.gradient(u / p), L.gradient(v)
    shows = [Inner(there - here, u / p - v), Norm(there) ** 2 + Norm(u) ** 2]
    show = Ge(rng.choice(shows), -_size(rng), evaluate=False)
    return Claim(name, given=[beta > 0, *_given(rng, p, true)], over=(u, v, smooth_convex(beta)), show=show)


def expanded(rng: Random, name: str, true: bool) -> Claim:
    """Products in which a quotient is multiplied out: p (1/p + k) is not 1 + k p where p is 0."""
    p, k = _vanishing(rng), _size(rng)
    factor = Mul(p, 1 / p + k, evaluate=False)
    shows = [
        Ge(Norm(factor * u), -_size(rng), evaluate=False),
        Eq(Inner(p * u, (1 / p + k) * v), (1 + k * p) * Inner(u, v), evaluate=False),
        Ge(Inner(factor * u, factor * u), 0, evaluate=False),
    ]
    return Claim(name, given=_given(rng, p, true), over=(u, v), show=rng.choice(shows))


def hypotheses(rng: Random, name: str, true: bool) -> Claim:
    """What q/q >= 1 implies holds, unless q is 0: then nothing is said."""
    p, level = _vanishing(rng), _size(rng)
    one = Ge(Mul(p, 1 / y, evaluate=False), rng.choice([1, Rational(1, 2), -1]), evaluate=False)
    given = [Implies(one, z >= level, evaluate=False), *_given(rng, p, true)]
    return Claim(name, given=given, define={y: p}, over=(a, z), show=z >= level - rng.choice([0, 1]))


def defined(rng: Random, name: str, true: bool) -> Claim:
    """A definition that has no value where what it divides by is 0."""
    p, k = _vanishing(rng), _size(rng)
    shows = [Eq(p * y, k, evaluate=False), Ge(y**2, -k, evaluate=False), Ge(Abs(y * x), -k, evaluate=False)]
    return Claim(name, given=_given(rng, p, true), define={y: k / p}, over=(a, x), show=rng.choice(shows))


def equal_vectors(rng: Random, name: str, true: bool) -> Claim:
    """What follows from u = k v, and a little more."""
    k, more = rng.choice([1, -1]) * _size(rng), 0 if true else _size(rng)
    shows = [
        Ge(k * Inner(u, v) - k**2 * Norm(v) ** 2, more, evaluate=False),
        Le(Norm(u - k * v) + more, 0, evaluate=False),
        Le(Norm(u) ** 2, k**2 * Norm(v) ** 2 - more, evaluate=False),
    ]
    return Claim(name, given=[Eq(u, k * v)], over=(u, v), show=rng.choice(shows))


#: These are ill-posed where they are not true, the others false.
ILL_POSED = (slopes, gradients, expanded, defined)
FALSE = (hypotheses, equal_vectors)
