"""The iterations that speed is measured on, as claims, and a ball so thin that only a slope leads to it."""

from __future__ import annotations

from random import Random

import sympy as sp

from verify.statement.claim import Claim
from verify.statement.system import System, euclidean_norm

eta, rho, x, y, x0, y0 = sp.symbols("eta rho x y x0 y0", real=True)
_starts = sp.symbols("w1:5", real=True)
_state = sp.symbols("v1:5", real=True)

#: Ranges in which the trajectories neither end nor overflow.
_STEP_SIZES = [eta > 0, eta <= sp.Rational(1, 100), rho > 0, rho <= sp.Rational(1, 2)]


def tanh_map() -> Claim:
    """A normalized look ahead on log cosh(xy): two tangents, a root and two divisions each step."""

    def gradient(at: sp.Matrix) -> sp.Matrix:
        slope = sp.tanh(at[0] * at[1])
        return sp.Matrix([at[1] * slope, at[0] * slope])

    def step(gradient: sp.Expr, norm: sp.Expr, at: sp.Matrix) -> sp.Matrix:
        here = gradient(at)
        return at - eta * gradient(at + rho / norm(here) * here)

    return Claim(
        "tanh-map",
        given=[*_STEP_SIZES, x0 > 0, x0 <= 1, y0 >= 1, y0 <= 2],
        step=_system("tanh map", gradient, step),
        start={x: x0, y: y0},
        show=sp.Le(sp.Symbol("y_next", real=True), y, evaluate=False),
    )


def product_map() -> Claim:
    """A look ahead that is not normalized on (xy)^2/2: products and sums only."""

    def gradient(at: sp.Matrix) -> sp.Matrix:
        return sp.Matrix([at[0] * at[1] ** 2, at[0] ** 2 * at[1]])

    def step(gradient: sp.Expr, norm: sp.Expr, at: sp.Matrix) -> sp.Matrix:
        return at - eta * gradient(at + rho * gradient(at))

    following = sp.symbols("x_next y_next", real=True)
    show = sp.Le((following[0] * following[1]) ** 2, (x * y) ** 2, evaluate=False)
    return Claim(
        "product-map",
        given=[*_STEP_SIZES, x0 > 0, x0 <= 1, y0 >= 1, y0 <= 2],
        step=_system("product map", gradient, step),
        start={x: x0, y: y0},
        show=show,
    )


def quadratic_map() -> Claim:
    """A normalized look ahead on a quadratic with the eigenvalues 4, 3, 2, 1."""
    curvature = sp.diag(4, 3, 2, 1)
    point = sp.Matrix(_state)
    here = curvature * point
    following = point - eta * curvature * (point + rho / euclidean_norm(here) * here)
    system = System("quadratic map", _state, tuple(following))

    def value(at: sp.Matrix) -> sp.Expr:
        return sum(curvature[i, i] * at[i] ** 2 for i in range(4)) / 2

    ends = [relation for symbol in _starts for relation in (symbol >= 1, symbol <= 2)]
    return Claim(
        "quadratic-map",
        given=[*_STEP_SIZES, *ends],
        step=system,
        start=dict(zip(_state, _starts, strict=True)),
        show=sp.Le(value(sp.Matrix(system.next)), value(point), evaluate=False),
    )


def _system(name: str, gradient: sp.Expr, step: sp.Expr) -> System:
    return System.on_coordinates(name, (x, y), gradient, step)


def thin_ball(seed: int) -> Claim:
    """False in a ball of radius 1e-4 in the unit 4-cube alone, with a slope over 3 % of it and three decoys."""
    random = Random(seed)
    radius, reach = sp.Rational(1, 10**4), sp.Rational(28, 100)

    def squared_distance() -> sp.Expr:
        return sp.Add(*[(symbol - sp.Rational(random.randrange(1000, 8929), 9929)) ** 2 for symbol in _starts])

    well = squared_distance()
    decoys = [squared_distance() / 2 + 2 * radius**2 for _ in range(3)]
    cube = [relation for symbol in _starts for relation in (sp.Ge(symbol, 0), sp.Le(symbol, 1))]
    show = sp.Gt(sp.Min(well, *decoys, reach**2), radius**2, evaluate=False)
    return Claim(f"thin-ball-{seed}", given=cube, show=show)
