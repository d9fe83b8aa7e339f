"""Lane kernels with fewer operations, and with the instructions of several vectors in one sequence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.lowering.lanes.graph import Graph, Node, Rate, abs_of
from verify.lowering.lanes.kernel import Kernel
from verify.lowering.lanes.program import Program, Step, Watched, reachable, step_roots
from verify.lowering.lanes.rewrite import economical
from verify.lowering.lanes.stagger import staggered
from verify.lowering.lanes.tracing import Traced

Array = NDArray[np.float64]


def followed(formulas: Callable[..., tuple[Any, Any]]) -> Program:
    """A run from (p, p) whose state (x, y) goes to these formulas in x, y and p; the margin is their difference."""
    graph = Graph()
    p = graph.input("p", Rate.LANE)
    state = (graph.input("x", Rate.STEP), graph.input("y", Rate.STEP))
    following = tuple(map(Traced(graph).node, formulas(*state, p)))
    always = graph.constant(True)
    step = Step(following, always, always, (Watched(following[0] - following[1], None),))
    return Program(graph, (p,), state, (p, p), always, always, step, step, graph.input("time", Rate.TIME))


def divide(left: Any, right: Node) -> Node:
    return Traced(right.graph).divide(left, right)


def operations(program: Program) -> Counter[str]:
    return Counter(node.op for node in reachable(step_roots(program.step)) if node.rate is Rate.STEP and node.args)


def least(program: Program, points: Array, steps: int = 1) -> Array:
    return Kernel(program).run([points], steps).watched[0]["margin"]


@pytest.mark.parametrize(
    ("formulas", "before", "after"),
    [
        (lambda x, y, p: (divide(x, y), divide(p, y)), {"div": 2}, {"div": 1, "mul": 2}),
        (lambda x, y, p: (x / p, y), {"div": 1}, {"mul": 1}),
        (lambda x, y, p: (x / 3, y), {"div": 1}, {"mul": 1}),
        (lambda x, y, p: (x / y, y), {"div": 1}, {"div": 1}),
        (lambda x, y, p: (x * x * p + x * x * (y * y), y), {"add": 1, "mul": 4}, {"mul": 2, "fma": 1}),
        (lambda x, y, p: ((x * x) * (y * y), y), {"mul": 3}, {"mul": 2}),
        (lambda x, y, p: (x * y + p, p - x * p), {"mul": 2, "add": 1}, {"fma": 2}),
        (lambda x, y, p: (x * y + p, x * y), {"mul": 1, "add": 1}, {"mul": 1, "add": 1}),
    ],
)
def test_a_step_is_left_with_fewer_operations(
    formulas: Callable[..., Any], before: dict[str, int], after: dict[str, int]
) -> None:
    program = followed(formulas)
    frugal = economical(program)
    for expected, found in ((before, operations(program)), (after, operations(frugal))):
        assert {op: found[op] for op in expected} == expected
    assert operations(frugal)["div"] == after.get("div", 0)
    points = np.random.default_rng(0).uniform(0.5, 2, 64)
    np.testing.assert_allclose(least(frugal, points), least(program, points), rtol=1e-13, atol=1e-14)


def test_a_shared_reciprocal_of_0_has_no_value() -> None:
    frugal = economical(followed(lambda x, y, p: (divide(p, x - 1), divide(2 * p, x - 1))))
    answers = Kernel(frugal).run([np.array([1.0, 2.0])], 0).watched[0]
    np.testing.assert_array_equal(answers["undefined"], [0, -1])
    assert answers["margin"][1] == -2


def test_a_division_by_what_overflows_is_kept_apart_from_one_by_0() -> None:
    frugal = economical(followed(lambda x, y, p: (divide(p, x * x), divide(1.0, x * x))))
    answers = Kernel(frugal).run([np.array([1e200, 3.0])], 0).watched[0]
    np.testing.assert_array_equal(answers["undefined"], [-1, -1])
    np.testing.assert_allclose(answers["margin"], [0, 2 / 9])


def test_products_of_a_difference_lose_no_more_digits_than_before() -> None:
    frugal = economical(followed(lambda x, y, p: (x * y - p * p, 0 * x)))
    assert abs(least(frugal, np.array([1.1]), 0)[0]) <= math.ulp(1.21)


BODY = [
    "  %v{0}1 = getelementptr double, ptr %j{0}.base, i64 64",
    "  %v{0}2 = load <8 x double>, ptr %v{0}1, align 64",
    "  %v{0}3 = getelementptr double, ptr %j{0}.base, i64 128",
    "  %v{0}4 = load <8 x double>, ptr %v{0}3, align 64",
    "  %v{0}5 = getelementptr double, ptr %j{0}.base, i64 64",
    "  store <8 x double> %v{0}4, ptr %v{0}5, align 64",
    "  %v{0}6 = fdiv <8 x double> %v{0}2, %v{0}4",
    "  %v{0}7 = getelementptr double, ptr %j{0}.base, i64 192",
    "  store <8 x double> %v{0}6, ptr %v{0}7, align 64",
]


def test_vectors_one_behind_the_other_keep_the_order_of_what_depends() -> None:
    bodies = [[line.format(chain) for line in BODY] for chain in range(1, 5)]
    order = staggered(bodies)
    assert sorted(order) == sorted(line for body in bodies for line in body)
    for body in bodies:
        places = [order.index(line) for line in body]
        for first, second in (
            (0, 1),
            (1, 6),
            (3, 6),
            (6, 8),
            (3, 5),
            (4, 5),
            (1, 5),
        ):  # a row is read before it is stored
            assert places[first] < places[second]
    assert order.index(bodies[0][6]) < order.index(bodies[3][6])
    assert staggered(bodies[:1]) == bodies[0]


def test_a_look_at_a_violation_does_not_disturb_the_other_vectors() -> None:
    program = economical(followed(lambda x, y, p: (x + y * p * 0.3, y - x * p * 0.3)))
    points = np.random.default_rng(1).uniform(-1, 1, 640)
    alone, together = (Kernel(program, chains=chains).run([points], 40) for chains in (1, 8))
    assert len(set(alone.watched[0]["violated"])) > 2
    assert len(set(alone.watched[0]["at"])) > 2
    for name, values in alone.watched[0].items():
        np.testing.assert_array_equal(values, together.watched[0][name])


def test_an_overflow_is_seen_whatever_the_least_margin_was_before() -> None:
    graph = Graph()
    x, p = graph.input("x", Rate.STEP), graph.input("p", Rate.LANE)
    always = graph.constant(True)
    size = abs_of(x) + abs_of(x * x)
    step = Step((x * x,), always, always, (Watched(x * p, size), Watched(-(x * x), size)))
    program = Program(
        graph, (p,), (x,), (graph.constant(1e120),), always, always, step, step, graph.input("t", Rate.TIME)
    )
    for chains in (1, 8):
        found = Kernel(economical(program), chains=chains).run([np.array([-1.0, 1.0])], 12).watched
        for answers, first in zip(
            found, (2, 1), strict=True
        ):  # the gap is infinite from the second step, from the first
            np.testing.assert_array_equal(answers["overflowed"], [first, first])
            assert np.isfinite(answers["margin"]).all()
