"""Thin traps: false statements whose violations are rare; the name before the last dash is the kind.

Their truth is known by construction: each is false on the set that its text names, and nowhere else.
"""

from __future__ import annotations

from random import Random

import sympy as sp
from sympy import Ge, Gt, Integer, Le, Lt, Min, Ne, Or, Rational, Symbol, sign

from claims.sam_normalization.losses import scalar_losses
from claims.sam_normalization.setting import ell
from verify.statement.claim import Claim
from verify.statement.system import System

SEEDS = range(10)
a, b, c, d, x, n, eta = (Symbol(name, real=True) for name in ("a", "b", "c", "d", "x", "n", "eta"))
unit = [relation for symbol in (a, b, c, d) for relation in (Ge(symbol, 0), Le(symbol, 1))]


def _squared_distance(symbols: tuple[Symbol, ...], centre: list[Rational]) -> sp.Expr:
    return sp.Add(*[(symbol - place) ** 2 for symbol, place in zip(symbols, centre, strict=True)])


def _centre(random: Random, dimension: int) -> list[Rational]:
    """A place without small numerators or denominators."""
    return [Rational(random.randrange(1000, 8929), 9929) for _ in range(dimension)]


def sloped_ball(seed: int) -> Claim:
    """False in a ball of radius 1e-4 in the unit 4-cube: a share of 5e-16 of it.

    The margin slopes towards it over a ball of radius 0.28 (3 % of the space), and towards three decoys, each in a
    wider basin whose floor is just above zero; elsewhere it is flat.
    """
    random = Random(seed)
    radius, reach = Rational(1, 10**4), Rational(28, 100)
    symbols = (a, b, c, d)
    well = _squared_distance(symbols, _centre(random, 4))
    decoys = [_squared_distance(symbols, _centre(random, 4)) / 2 + 2 * radius**2 for _ in range(3)]
    return Claim(f"sloped-ball-{seed}", given=unit, show=Gt(Min(well, *decoys, reach**2), radius**2, evaluate=False))


def flat_ball(seed: int) -> Claim:
    """False in a ball of radius 1e-2 in the unit 3-cube (a share of 4e-6), without any slope towards it."""
    well = _squared_distance((a, b, c), _centre(Random(100 + seed), 3))
    show = Ge(sign(well - Rational(1, 10**4)), 0, evaluate=False)
    return Claim(f"flat-ball-{seed}", given=unit[:6], show=show)


counter = System("counter", (n,), (n + 1,))
pair = System("two counters", (n, x), (n + 1, (x + 1) / 2))

#: False at t = 9973 alone.
LATE = [
    Claim("late-step-0", given=[], step=counter, start={n: Integer(0)}, show=Ne(n, 9973)),
    Claim(
        "late-step-1",
        given=[x >= 0, x <= 1],
        step=pair,
        start={n: Integer(0), x: x},
        show=Or(Lt(n, 9973), Gt(n, 9973), Lt(x, 0), evaluate=False),
    ),
]


def knots_in_a_window(place: Rational, width: Rational) -> Claim:
    """False only for losses whose slope is the identity up to a knot in the window, and flat from there on."""
    low, high = place, place + width
    show = Or(
        Lt(ell.slope(low), low, evaluate=False),
        Gt(ell.slope(2 * place), high, evaluate=False),
        evaluate=False,
    )
    return Claim(f"knot-window-{width.q}", given=[x >= 0, x <= 1], over=(x, scalar_losses()), show=show)


#: False only beyond 1 - 1e-6 (1e-9).
ENDS = [
    Claim(
        f"open-end-{power}",
        given=[eta > 0, eta < 1, x >= 0, x <= 1],
        show=Le(eta * x, 1 - Rational(1, 10**power), evaluate=False),
    )
    for power in (6, 9)
]

CLAIMS = [
    *(sloped_ball(seed) for seed in SEEDS),
    *(flat_ball(seed) for seed in SEEDS),
    *LATE,
    knots_in_a_window(Rational(7001, 10007), Rational(1, 10**4)),
    knots_in_a_window(Rational(3001, 10007), Rational(1, 10**6)),
    *ENDS,
]
