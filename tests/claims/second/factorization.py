"""Section 2.2 and Appendix D: the loss (xy)^2/2, with eta = 1/(x0^2 + y0^2)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.claims.second.losses import Square, sam_step
from tests.claims.second.numbers import Real, Truth, negated, root, same, sign
from tests.claims.second.statement import Point


def _start(p: Point) -> Iterator[Truth]:
    """0 < x0 < y0 < 2 x0."""
    yield p["x0"] > 0
    yield p["y0"] > p["x0"]
    yield p["y0"] < 2 * p["x0"]


def _disc(p: Point) -> Real:
    return p["x0"] ** 2 + p["y0"] ** 2


def _next(p: Point) -> tuple[Real, Real]:
    return sam_step(Square(), 1 / _disc(p), *p.take("rho x y"))


# --- smoothness ----------------------------------------------------------------------------------------------------


def smoothness_given(p: Point) -> Iterator[Truth]:
    """Section 2.2 asks nothing of x0 and y0; beta is positive by convention."""
    yield _disc(p) > 0
    yield p["x"] ** 2 + p["y"] ** 2 <= _disc(p)


def smoothness_shown(p: Point) -> Iterator[Truth]:
    """The curvature along every direction is at most beta in size, by the minors of beta I - H and beta I + H."""
    beta, x, y = _disc(p), p["x"], p["y"]
    yield (beta - y**2) * (beta - x**2) >= 4 * x**2 * y**2
    yield beta >= y**2
    yield beta >= x**2
    yield (beta + y**2) * (beta + x**2) >= 4 * x**2 * y**2


# --- SAM, one step -------------------------------------------------------------------------------------------------


def monotone_given(p: Point) -> Iterator[Truth]:
    yield from _start(p)
    yield p["rho"] >= 0
    _next(p)
    yield True


def monotone_shown(p: Point) -> Iterator[Truth]:
    for before, after in zip(p.take("x y"), _next(p), strict=True):
        if sign(before) >= 0:
            yield before >= after
        if sign(before) <= 0:
            yield after >= before


def lemma_13_given(p: Point) -> Iterator[Truth]:
    yield p["y"] >= 5 * p["rho"]
    yield p["x"] >= 5 * p["rho"]
    yield from monotone_given(p)


def lemma_13_shown(p: Point) -> Iterator[Truth]:
    """The loss falls when |xy| does."""
    x, y = _next(p)
    yield abs(p["x"] * p["y"]) > abs(x * y)


def lemma_14_given(p: Point) -> Iterator[Truth]:
    yield p["y"] >= 5 * p["rho"]
    yield p["x"] <= 5 * p["rho"]
    yield -p["x"] <= 5 * p["rho"]
    yield from monotone_given(p)


def lemma_14_shown(p: Point) -> Iterator[Truth]:
    x, y = _next(p)
    rho = p["rho"]
    yield p["y"] - y >= p["y"] * rho**2 / (2 * _disc(p))
    yield x**2 <= 25 * rho**2


def eq_9_given(p: Point) -> Iterator[Truth]:
    yield p["x"] >= 0
    yield p["x"] <= 5 * p["rho"]
    yield 5 * p["rho"] <= p["y"]
    yield from monotone_given(p)


def eq_9_shown(p: Point) -> Iterator[Truth]:
    """The four relations from the end to the beginning; with beta = 1/eta."""
    rho, x, y = p.take("rho x y")
    beta = _disc(p)
    reached = root(4 * beta / 5)
    constant = -6 * rho * (reached + rho) ** 2 / beta
    rough = x - 6 * rho * (y + rho) ** 2 / beta
    cosine, sine = x / root(x**2 + y**2), y / root(x**2 + y**2)
    written_out = x - (x + rho * sine) * (y + rho * cosine) ** 2 / beta
    yield constant >= -5 * rho
    yield rough >= constant
    yield written_out >= rough
    yield same(_next(p)[0], written_out)


# --- USAM ----------------------------------------------------------------------------------------------------------


def theorem_15_given(p: Point) -> Iterator[Truth]:
    yield negated(Real(p.t) < 1)
    yield p["rho"] * _disc(p) >= 15
    yield from _start(p)


def _usam(p: Point, steps: int) -> tuple[Real, Real]:
    """The iterate in factored form: x (1 - eta Y^2 (1 + rho Y^2) (1 + rho X^2)^2) and likewise for y."""
    eta, rho = 1 / _disc(p), p["rho"]
    x, y = p["x0"], p["y0"]
    for _ in range(steps):
        stretch_x, stretch_y = 1 + rho * y**2, 1 + rho * x**2
        both_ways = eta * stretch_x * stretch_y
        x, y = x * (1 - both_ways * y**2 * stretch_y), y * (1 - both_ways * x**2 * stretch_x)
    return x, y


def theorem_15_shown(p: Point) -> Iterator[Truth]:
    for before, after in zip(_usam(p, p.t), _usam(p, p.t + 1), strict=True):
        yield after**2 >= 4 * before**2
