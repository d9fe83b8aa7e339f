"""Random claims whose truth is known because of how they are made.

A true one is made from what proves it: a sum of products of what is assumed and of squares, class axioms with positive
multipliers, a map that keeps an interval.  A false one is made from what violates it: a point that is moved to where
the assumptions hold and the conclusion fails, or a constant on the wrong side of a known threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import sympy as sp
from sympy import Abs, Eq, Equivalent, Ge, Gt, Le, Limit, Lt, Max, Min, Ne, Or, Rational, Symbol, sqrt

from claims.sam_normalization.losses import quadratics, smooth_convex, smooth_strongly_convex
from claims.sam_normalization.setting import L, alpha, beta, eta, gd_step, relation, w, w0
from tests.soundness import random_values
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import (
    BigO,
    Converges,
    Diverges,
    DivergesExponentially,
    Eventually,
    FirstTime,
    FromAlmostEveryStart,
    FromEveryStart,
    ThereAre,
    ThereIsLoss,
)
from verify.statement.system import System, time
from verify.statement.vectors import Inner, Norm, Vector

x, y, s, x0, t1, K = (Symbol(name, real=True) for name in ("x", "y", "s", "x0", "t1", "K"))
v = Vector("v")


@dataclass(frozen=True)
class Known:
    """A claim and whether it is true; None where it is ill-posed."""

    claim: Claim
    true: bool | None


def _number(rng: Random, low: int = -3, high: int = 3) -> sp.Rational:
    return Rational(rng.randint(4 * low, 4 * high), 4)


def _positive(rng: Random) -> sp.Rational:
    return Rational(rng.randint(1, 12), 4)


def _polynomial(rng: Random, degree: int = 2) -> sp.Expr:
    monomials = [x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    return sp.Add(*[_number(rng) * monomial for monomial in rng.sample(monomials, rng.randint(1, 3))])


def _products(rng: Random, assumed: list[sp.Expr]) -> sp.Expr:
    """A sum of products of the assumed and of a square, with positive multipliers."""
    terms = [_polynomial(rng, 1) ** 2 * _positive(rng)]
    for _ in range(rng.randint(1, 2)):
        terms.append(sp.Mul(*rng.choices(assumed, k=rng.randint(1, 2))) * _positive(rng))
    return sp.expand(sp.Add(*terms))


def _shifted(rng: Random, point: dict[sp.Symbol, sp.Expr]) -> tuple[list[sp.Expr], sp.Expr]:
    """Polynomials that are not negative at a point, and one that is."""
    assumed = [_polynomial(rng) for _ in range(rng.randint(1, 2))]
    assumed = [p - p.xreplace(point) + Rational(rng.randint(0, 8), 4) for p in assumed]
    goal = _polynomial(rng)
    return assumed, goal - goal.xreplace(point) - _positive(rng) / 4


def algebraic(rng: Random, name: str, true: bool) -> Claim:
    """Polynomials that are assumed not to be negative, and one that follows or does not."""
    if true:
        assumed = [_polynomial(rng) for _ in range(rng.randint(1, 2))]
        goal = _products(rng, assumed)
    else:
        assumed, goal = _shifted(rng, {x: _number(rng), y: _number(rng)})
    return Claim(name, given=[relation(Ge, p, 0) for p in assumed], over=(x, y), show=relation(Ge, goal, 0))


def disguised(rng: Random, name: str, true: bool) -> Claim:
    """The same with |x|, a root, or a maximum for x, and a minimum for y."""
    place = Rational(rng.randint(0, 12), 4)
    level = place - _positive(rng)
    kind = rng.randrange(3)
    wide = (Abs(x), sqrt(x), Max(x, level))[kind]
    put = {x: wide, y: Min(y, y + _positive(rng), evaluate=False)}
    if true:
        assumed = [_polynomial(rng) for _ in range(rng.randint(1, 2))]
        goal = _products(rng, assumed)
    else:  # |place| = sqrt(place^2) = max(place, level) = place
        assumed, goal = _shifted(rng, {x: place, y: _number(rng)})
    domain = [relation(Ge, x, 0)] if kind == 1 else []
    given = [relation(Ge, p.xreplace(put), 0) for p in assumed]
    return Claim(name, given=[*domain, *given], over=(x, y), show=relation(Ge, goal.xreplace(put), 0))


def identity(rng: Random, name: str, true: bool) -> Claim:
    """A product and what it is multiplied out, or that and a little more."""
    p, q = _polynomial(rng), _polynomial(rng, 1)
    more = 0 if true else _positive(rng) * rng.choice([x, y, x * y, sp.S.One]) ** 2
    return Claim(name, over=(x, y), show=relation(Eq, p * q, sp.expand(p * q) + more))


def equivalent(rng: Random, name: str, true: bool) -> Claim:
    """x < y iff a x^3 < a y^3, which needs a > 0."""
    a = _positive(rng) * (1 if true else -1)
    return Claim(name, over=(x, y), show=Equivalent(relation(Lt, x, y), relation(Lt, a * x**3, a * y**3)))


def divided(rng: Random, name: str, true: bool) -> Claim:
    """1/x is at most 1/a for x >= a, which needs a > 0."""
    a = _positive(rng)
    given = [relation(Ge, x, a if true else -a), Ne(x, 0)]
    return Claim(name, given=given, show=relation(Le, 1 / x, 1 / a))


def induction(rng: Random, name: str, true: bool) -> Claim:
    """A linear map that keeps an interval, or takes one of its ends out of it."""
    low = _number(rng)
    high = low + _positive(rng)
    slope = Rational(rng.randint(-4, 4), 4)
    ends = sorted([slope * low, slope * high])
    if true:
        shift = low - ends[0] + (high - low - (ends[1] - ends[0])) * Rational(rng.randint(0, 4), 4)
    else:
        shift = high - ends[1] + _positive(rng) / 4
    step = System("a linear map", (x,), (slope * x + shift,))
    stays = (relation(Ge, x, low), relation(Le, x, high))
    return Claim(
        name,
        given=[relation(Ge, x0, low), relation(Le, x0, high)],
        step=step,
        start={x: x0},
        show=relation(Le, x, high),
        hints=Hints(invariant=stays),
    )


def phases(rng: Random, name: str, true: bool) -> Claim:
    """Before the first time that x <= c, x > c; a little more is not true."""
    c = _number(rng)
    start = c + 1 + _positive(rng)
    step = System("a descent", (x,), (x - Rational(1, 2),))
    above = relation(Gt, x, c if true else c + Rational(1, 2))
    return Claim(
        name,
        given=[relation(Lt, time, t1), relation(Ge, x0, start)],
        step=step,
        start={x: x0},
        times={t1: FirstTime(relation(Le, x, c))},
        show=above,
        hints=Hints(invariant=(Or(relation(Ge, time, t1), above),)),
    )


def growth(rng: Random, name: str, true: bool) -> Claim:
    """A linear map diverges iff its factor is larger than 1."""
    factor = 1 + _positive(rng)
    slope = factor * rng.choice([1, -1]) if true else rng.choice([sp.S.One, Rational(1, 2), -1 / factor])
    return Claim(
        name,
        given=[Ne(x0, 0)],
        step=System("a linear map", (x,), (slope * x,)),
        start={x: x0},
        show=DivergesExponentially(x),
        hints=Hints(invariant=(Ne(x, 0),), growth=(x, factor)),
    )


def trapped(rng: Random, name: str, true: bool) -> Claim:
    """A linear contraction comes below a level that its fixed point is below; the hinted invariant says otherwise."""
    fixed = _number(rng)
    level = fixed + (_positive(rng) if true else -_positive(rng))
    start = level + _positive(rng)
    return Claim(
        name,
        over=x0,
        step=System("a contraction", (x,), (fixed + (x - fixed) / 2,)),
        start={x: x0},
        show=Eventually(relation(Lt, x, level)),
        hints=Hints(counterexamples=(Counterexample(values={"x0": start}, invariant=(relation(Ge, x, level),)),)),
    )


_difference = L.gradient(v) - L.gradient(w)


def _facts(rng: Random, low: sp.Expr) -> sp.Expr:
    """What a convex, beta-smooth loss satisfies at two points, with positive multipliers."""
    gap = L(v) - L(w) - Inner(L.gradient(w), v - w)
    cross, size, moved = Inner(_difference, v - w), Norm(_difference) ** 2, Norm(v - w) ** 2
    facts = [gap - size / (2 * beta), cross - size / beta, beta * moved - cross, beta / 2 * moved - gap]
    facts += [cross - low * moved] if low != 0 else []
    square = Norm(_positive(rng) * _difference) ** 2 * rng.randint(0, 1)
    return square + _positive(rng) * rng.choice(facts)


def vectors(rng: Random, name: str, true: bool) -> Claim:
    """Inequalities of convex, smooth losses at two points; false ones fail on a quadratic."""
    strongly = rng.random() < 0.3
    over = smooth_strongly_convex(alpha, beta) if strongly else smooth_convex(beta)
    given = [Gt(beta, 0), Gt(alpha, 0)] if strongly else [Gt(beta, 0)]
    total = _facts(rng, alpha if strongly else sp.S.Zero)
    if not true:  # on the quadratic with curvature beta or alpha, less than what is subtracted is left
        total = total - 1000 * Norm(v - w) ** 2
    return Claim(name, given=given, over=(w, v, over), show=relation(Ge, total, 0))


def spectral(rng: Random, name: str, true: bool) -> Claim:
    """A gradient step k eta converges on quadratics iff eta < 2/(k beta)."""
    k = _positive(rng)
    threshold = 2 / k if true else 2 / k + rng.choice([-1, 1]) / (k * rng.randint(1, 4))
    return Claim(
        name,
        given=[Gt(beta, 0), Gt(eta, 0)],
        over=quadratics(beta),
        step=System("GD", (w,), (w - k * eta * L.gradient(w),)),
        start={w: w0},
        show=Equivalent(FromEveryStart(Converges(w)), relation(Lt, eta, threshold / beta)),
    )


def exhibit(rng: Random, name: str, true: bool) -> Claim:
    """Gradient descent diverges on some loss for eta beta > level iff the level is at least 2."""
    level = 2 + (Rational(rng.randint(0, 4), 4) if true else -Rational(rng.randint(1, 4), 4))
    return Claim(
        name,
        given=[Gt(alpha, 0), Gt(eta, 0), Le(alpha, beta), relation(Gt, eta * beta, level)],
        over=smooth_strongly_convex(alpha, beta),
        step=gd_step,
        start={w: w0},
        show=ThereIsLoss(FromAlmostEveryStart(Diverges(w))),
        hints=Hints(exhibit=("quadratic", {"h": beta})),
    )


def limit(rng: Random, name: str, true: bool) -> Claim:
    """(sqrt(a + k s) - sqrt(a))/s tends to k/(2 sqrt(a))."""
    a, k = Rational(rng.randint(1, 4)) ** 2, _positive(rng)
    value = k / (2 * sqrt(a)) + (0 if true else _positive(rng))
    quotient = (sqrt(a + k * s) - sqrt(a)) / s
    return Claim(
        name,
        over=x,
        show=relation(Eq, Limit(quotient, s, 0, "+"), value),
        hints=Hints(limit=k / (sqrt(a + k * s) + sqrt(a))),
    )


def constants(rng: Random, name: str, true: bool) -> Claim:
    """a x = O(x^2 + 1), and a x^3 is not."""
    a = _positive(rng)
    quantity = a * x if true else a * x**3
    return Claim(
        name,
        over=x,
        show=BigO(quantity, x**2 + 1, sp.Tuple()),
        hints=Hints(constants={"": a}),
    )


def instance(rng: Random, name: str, true: bool) -> Claim:
    """There is K with K (x^2 + 1) >= a x, and none with K (x^2 + 1) >= a x^3."""
    a = _positive(rng)
    body = relation(Ge, K * (x**2 + 1), a * x if true else a * x**3)
    return Claim(
        name,
        over=x,
        show=ThereAre(sp.Tuple(K), relation(Gt, K, 0), sp.Tuple(), body),
        hints=Hints(constants={"": (a,)}),
    )


def transcendental(rng: Random, name: str, true: bool) -> Claim:
    """exp(p) >= 1 + p, log(p^2 + 1) <= p^2 and cosh(p) >= 1; a little more is not true where p = 0."""
    a = _positive(rng)
    p = a * (x - _number(rng))
    more = 0 if true else _positive(rng)
    margin = rng.choice([sp.exp(p) - 1 - p, p**2 - sp.log(p**2 + 1), sp.cosh(p) - 1])
    return Claim(name, over=x, show=relation(Ge, margin, more))


def vacuous(rng: Random, name: str, true: bool) -> Claim:
    """Assumptions that contradict each other by an identity, so that anything follows; or that hold at a point."""
    point = {x: _number(rng), y: _number(rng)}
    p = _polynomial(rng)
    if true:
        given = [relation(Ge, p, 0), relation(Ge, -p - _polynomial(rng, 1) ** 2, _positive(rng))]
    else:
        value = p.xreplace(point)
        given = [relation(Ge, p, value - 1), relation(Le, p, value + 1)]
    show = relation(Gt, x, point[x]) if not true else relation(Gt, x, y)
    return Claim(name, given=given, over=(x, y), show=show)


Maker = Callable[[Random, str, bool], Claim]
MAKERS: tuple[Maker, ...] = (
    algebraic,
    disguised,
    identity,
    equivalent,
    divided,
    induction,
    phases,
    growth,
    trapped,
    vectors,
    spectral,
    exhibit,
    limit,
    constants,
    instance,
    transcendental,
    vacuous,
    *random_values.FALSE,
    *random_values.ILL_POSED,
)


def random_claims(count: int, seed: int) -> list[Known]:
    """That many claims, of every kind in turn, every other one of a kind true."""
    rng = Random(seed)
    found: list[Known] = []
    for number in range(count):
        maker: Any = MAKERS[number % len(MAKERS)]
        true = (number // len(MAKERS)) % 2 == 0
        truth = None if not true and maker in random_values.ILL_POSED else true
        found.append(Known(maker(rng, f"{maker.__name__}-{seed}-{number}", true), truth))
    return found
