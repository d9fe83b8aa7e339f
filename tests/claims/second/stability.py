"""Section 2, Appendices C and H: SAM and USAM on smooth losses that are convex, strongly convex or PL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.claims.second.losses import length
from tests.claims.second.numbers import (
    Real,
    Truth,
    both,
    equivalent,
    negated,
    same,
    some,
)
from tests.claims.second.statement import Point


def _after(step: Any, start: tuple[Real, ...], t: int, eta: Real, rho: Real) -> tuple[Real, ...]:
    place = start
    for _ in range(t):
        place = step(place, eta, rho)
    return place


# --- gradient descent on a convex quadratic ------------------------------------------------------------------------


def gd_given(p: Point) -> Iterator[Truth]:
    yield p["eta"] > 0
    yield p.loss.convex()
    yield p.loss.top_eigenvalue() > 0


def gd_shown(p: Point) -> Iterator[Truth]:
    yield equivalent(p["eta"] * p.loss.top_eigenvalue() < 2, p.loss.gd_contracts(p["eta"]))


# --- Theorems 1 and 8, Lemma 9 -------------------------------------------------------------------------------------


def _strongly_convex_and_smooth(p: Point) -> Iterator[Truth]:
    alpha, beta, eta, rho = p.take("alpha beta eta rho")
    yield rho >= 0
    yield alpha > 0
    yield beta > 0
    yield eta > 0
    yield p.loss.smooth(beta)
    yield p.loss.strongly_convex(alpha)
    _after(p.loss.sam, p.vector("w0"), p.t, eta, rho)
    yield True


def theorem_1_sam_given(p: Point) -> Iterator[Truth]:
    yield p["beta"] * p["eta"] < 2
    yield from _strongly_convex_and_smooth(p)


def theorem_8_given(p: Point) -> Iterator[Truth]:
    yield p["beta"] * p["eta"] <= 2
    yield from _strongly_convex_and_smooth(p)


def geometric_and_bias(p: Point) -> Iterator[Truth]:
    """The bound, with the room = 2 - eta beta that the learning rate leaves; the product of the factors unrolled."""
    alpha, beta, eta, rho = p.take("alpha beta eta rho")
    room = 2 - eta * beta
    bound = p.loss.value(p.vector("w0"))
    for _ in range(p.t):
        bound = bound - bound * room * eta * alpha
    bias = beta * (rho * beta) ** 2 * eta / (2 * room * alpha)
    yield p.loss.value(_after(p.loss.sam, p.vector("w0"), p.t, eta, rho)) - bias <= bound


def lemma_9_given(p: Point) -> Iterator[Truth]:
    beta, eta, rho = p.take("beta eta rho")
    yield p.loss.convex()
    yield rho >= 0
    yield eta > 0
    yield beta > 0
    yield eta < 2 / beta
    yield p.loss.smooth(beta)
    p.loss.sam(p.vector("w"), eta, rho)
    yield True


def lemma_9_shown(p: Point) -> Iterator[Truth]:
    beta, eta, rho = p.take("beta eta rho")
    here = p.vector("w")
    gained = p.loss.value(here) - p.loss.value(p.loss.sam(here, eta, rho))
    squared = sum((slope**2 for slope in p.loss.gradient(here)), Real(0))
    yield 2 * gained + beta * (eta * beta * rho) ** 2 >= (2 * eta - beta * eta**2) * squared


# --- Theorem 10, by components -------------------------------------------------------------------------------------


def _diagonal(p: Point) -> Iterator[Truth]:
    """lambda_1 > ... > 0 on the diagonal."""
    yield p["eta"] > 0
    yield p["rho"] >= 0
    if p.loss.dimension == 1:
        yield p.loss.first > 0
    else:
        yield same(p.loss.mixed, 0)
        yield p.loss.second > 0
        yield p.loss.second < p.loss.first


def _pull(p: Point) -> Real:
    top: Real = p.loss.first
    return p["eta"] * top * (1 + p["rho"] * top)


def theorem_10_1_given(p: Point) -> Iterator[Truth]:
    yield from _diagonal(p)
    yield _pull(p) < 2


def theorem_10_2_given(p: Point) -> Iterator[Truth]:
    yield from _diagonal(p)
    yield _pull(p) > 2
    yield negated(same(p.vector("w0")[0], 0))


def _factors(p: Point) -> Iterator[tuple[Real, Real]]:
    eta, rho = p.take("eta rho")
    for start, eigenvalue in zip(p.vector("w0"), (p.loss.first, p.loss.second), strict=False):
        yield start, 1 - eta * eigenvalue - eta * rho * eigenvalue**2


def theorem_10_1_shown(p: Point) -> Iterator[Truth]:
    for start, factor in _factors(p):
        yield some((same(start, 0), abs(factor) < 1))


def theorem_10_2_shown(p: Point) -> Iterator[Truth]:
    yield some(both((negated(same(start, 0)), abs(factor) > 1)) for start, factor in _factors(p))


# --- Theorem 48 and Lemma 49 ---------------------------------------------------------------------------------------


def pl_given(p: Point) -> Iterator[Truth]:
    mu, beta, eta, rho = p.take("mu beta eta rho")
    yield eta > 0
    yield eta * beta < 1
    yield rho >= 0
    yield rho * beta < 1
    yield mu > 0
    yield beta > 0
    yield p.loss.polyak_lojasiewicz(mu)
    yield p.loss.smooth(beta)


def lemma_49_shown(p: Point) -> Iterator[Truth]:
    mu, beta, eta, rho = p.take("mu beta eta rho")
    shrunk = eta * (1 - rho * beta)
    bound = p.loss.value(p.vector("w0"))
    for _ in range(p.t):
        bound = bound - bound * mu * shrunk * (2 - beta * shrunk)
    yield p.loss.value(_after(p.loss.usam, p.vector("w0"), p.t, eta, rho)) <= bound


def theorem_48_shown(p: Point) -> Iterator[Truth]:
    """Both sides squared: |w_t - w_0|^2 mu (1 - mu beta s^2) <= 2 (eta beta (1 + beta rho))^2 L(w_0)."""
    mu, beta, eta, rho = p.take("mu beta eta rho")
    start = p.vector("w0")
    end = _after(p.loss.usam, start, p.t, eta, rho)
    travelled = length([there - here for there, here in zip(end, start, strict=True)])
    inside = 1 - mu * beta * (eta * (1 - rho * beta)) ** 2
    if inside <= 0:
        yield None
    yield travelled**2 * mu * inside <= 2 * (eta * beta * (1 + beta * rho)) ** 2 * p.loss.value(start)
