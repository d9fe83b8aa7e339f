"""The functions of the lane kernels against mpmath, over the whole range of doubles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from verify.lowering.lanes import functions
from verify.lowering.lanes.graph import Graph, Node, Rate
from verify.lowering.lanes.kernel import Kernel
from verify.lowering.lanes.program import Program, Step, Watched
from verify.lowering.lanes.tracing import Traced

Array = NDArray[np.float64]
POINTS = 3000


def evaluated(function: Callable[..., Any], *columns: Array) -> Array:
    """What a kernel computes for a function: its margin is the value, or none."""
    graph = Graph()
    inputs = tuple(graph.input(f"x{number}", Rate.LANE) for number in range(len(columns)))
    always = graph.constant(True)
    results = []
    for sign in (1.0, -1.0):  # a least margin never is +oo: the negative value tells
        step = Step((), always, always, (Watched(Traced(graph).node(function(*inputs) * sign), None),))
        program = Program(graph, inputs, (), (), always, always, step, step, graph.input("time", Rate.TIME))
        answer = Kernel(program).run(columns, 0).watched[0]
        results.append(np.where(answer["undefined"] >= 0, np.nan, sign * answer["margin"]))
    return np.where(np.isinf(results[0]) & ~np.isnan(results[1]), results[1], results[0])


def spread(low: float, high: float, *, signed: bool = True) -> Array:
    """Numbers of all sizes between 10**low and 10**high."""
    sizes = 10.0 ** np.random.default_rng(1).uniform(low, high, POINTS)
    return np.concatenate([sizes, -sizes]) if signed else sizes


def even(low: float, high: float) -> Array:
    return np.random.default_rng(2).uniform(low, high, POINTS)


def ulps(values: Array, reference: Callable[..., Any], *columns: Array) -> float:
    """The largest error in units in the last place of the true value."""
    worst = 0.0
    with mpmath.workprec(160):
        for value, *at in zip(values, *columns, strict=True):
            true = reference(*(mpmath.mpf(float(entry)) for entry in at))
            size = abs(float(true))
            if 2.3e-308 < size < math.inf:
                error = abs(mpmath.mpf(float(value)) - true) / mpmath.mpf(float(np.spacing(size)))
                worst = max(worst, float(error)) if math.isfinite(value) else math.inf
    return worst


#: For each function: the points over its whole range, and the error in units in the last place that it stays below.
ACCURACY: dict[str, tuple[Array, float]] = {
    "exp": (np.concatenate([even(-708, 709.7), spread(-18, 2)]), 1.5),
    "expm1": (np.concatenate([even(-60, 709.7), spread(-18, 1), even(-1, 1)]), 2.5),
    "tanh": (np.concatenate([spread(-300, 3), even(-4, 4), even(-0.5, 0.5)]), 3.5),
    "sinh": (np.concatenate([spread(-300, 2.85), even(-3, 3)]), 2.5),
    "cosh": (spread(-20, 2.85), 1.5),
    "log": (np.concatenate([spread(-323, 308, signed=False), even(0.5, 2)]), 1),
    "log1p": (np.concatenate([spread(-300, 308, signed=False), -spread(-20, 0, signed=False)]), 2),
    "sin": (np.concatenate([spread(-300, 6), even(-10, 10)]), 2),
    "cos": (np.concatenate([spread(-20, 6), even(-10, 10)]), 2),
    "tan": (np.concatenate([spread(-300, 6), even(-10, 10)]), 6),
    "atan": (spread(-300, 300), 2),
}


@pytest.mark.parametrize("name", ACCURACY)
def test_a_function_is_accurate_over_its_whole_range(name: str) -> None:
    points, allowed = ACCURACY[name]
    assert ulps(evaluated(functions.FUNCTIONS[name], points), getattr(mpmath, name), points) < allowed


def test_the_sine_of_large_angles_is_accurate_in_absolute_terms_and_has_an_end() -> None:
    angles = spread(6, math.log10(functions.LARGEST_ANGLE))
    for name in ("sin", "cos"):
        with mpmath.workprec(160):
            true = np.array([float(getattr(mpmath, name)(float(angle))) for angle in angles])
        assert np.abs(evaluated(functions.FUNCTIONS[name], angles) - true).max() < 2e-16
    assert np.isnan(evaluated(functions.sin, np.array([2.0**51, math.inf]))).all()


def test_a_power_is_accurate_to_the_size_of_its_logarithm() -> None:
    bases, exponents = spread(-3, 3, signed=False), even(-100, 100)
    worst = ulps(evaluated(functions.power, bases, exponents), mpmath.power, bases, exponents)
    assert worst < 1000  # at exp(690): half a unit in the last place of the logarithm, times 690


def test_the_exponential_has_a_least_value_and_is_accurate_down_to_it() -> None:
    points = np.array([-708.0, np.nextafter(-708.0, -1000.0), -707.9999, -707.7])
    values = evaluated(functions.exp, points)
    assert values[1] == 0
    kept = np.array([0, 2, 3])
    assert ulps(values[kept], mpmath.exp, points[kept]) < 1.5


INF, NAN = math.inf, math.nan
ENDS = np.array([0.0, NAN, INF, -INF, -1.0, 1e308, -1e308, 710.0, -746.0])
SPECIAL = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "atan": np.arctan,
    "Abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceiling": np.ceil,
}


@pytest.mark.parametrize("name", SPECIAL)
def test_the_ends_of_the_range_are_those_of_the_function(name: str) -> None:
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(evaluated(functions.FUNCTIONS[name], ENDS), SPECIAL[name](ENDS), rtol=1e-12)


def test_powers_of_negative_numbers_have_whole_exponents() -> None:
    bases = np.array([-2.0, -2.0, -2.0, 0.0, 0.0, -3.0])
    exponents = np.array([3.0, 2.0, 0.5, 0.0, 2.0, 0.0])
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(evaluated(functions.power, bases, exponents), np.power(bases, exponents), rtol=1e-14)


def test_every_function_of_one_number_is_measured() -> None:
    assert set(functions.FUNCTIONS) == set(ACCURACY) | set(SPECIAL)


def test_the_lesser_one_of_two_numbers_has_no_value_where_one_has_none() -> None:
    first, second = np.array([1.0, NAN, 2.0, NAN]), np.array([2.0, 1.0, NAN, NAN])

    def least(one: Node, other: Node) -> Node:
        return functions.least(one, other)

    def largest(one: Node, _: Node) -> Node:
        return functions.largest(one, 1.5)

    np.testing.assert_array_equal(evaluated(least, first, second), [1.0, NAN, NAN, NAN])
    np.testing.assert_array_equal(evaluated(largest, first, second), [1.5, NAN, 2.0, NAN])
