"""Our verdicts beside those of performance estimation (PEPit), for the classics that both can state.

``python -m tests.quality.compare_pep`` prints a table: the worst case that PEPit finds at one choice of the constants,
in floats, and what it says of the bound; our verdict, for all constants and exact.  It needs the extra ``compare``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from claims.textbook import CLAIMS
from verify.decide import check

#: A worst case above its bound by more than this, relatively, counts as a violation (what the solver leaves is less).
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Instance:
    """A classic at one choice of its constants.

    Attributes:
        id: of the claim.
        constants: for the reader.
        bound: what the claim says the worst case is at most.
        worst: PEPit's worst case.
    """

    id: str
    constants: str
    bound: float
    worst: Callable[[], float]


@dataclass(frozen=True)
class Row:
    """What both say; seconds of one core."""

    id: str
    constants: str
    bound: float
    value: float
    holds: bool
    seconds: float
    verdict: str
    our_seconds: float


def _solved(problem: Any) -> float:
    return float(problem.solve(verbose=0))


def _descent(kind: str, steps: int, eta: float, metric: str, start: str = "distance", **constants: float) -> float:
    """The worst case of gradient descent on a class: a gap, a squared distance or a squared gradient."""
    from PEPit import PEP, functions

    problem = PEP()
    loss = problem.declare_function(getattr(functions, kind), **constants)
    best = loss.stationary_point()
    point = first = problem.set_initial_point()
    for _ in range(steps):
        point = point - eta * loss.gradient(point)
    measures = {
        "distance": lambda at: (at - best) ** 2,
        "gap": lambda at: loss(at) - loss(best),
        "gradient": lambda at: loss.gradient(at) ** 2,
    }
    problem.set_initial_condition(measures[start](first) <= 1)
    problem.set_performance_metric(measures[metric](point))
    return _solved(problem)


def _two_points(kind: str, metric: Callable[..., Any], **constants: float) -> float:
    """The worst case of a quantity of two points and their gradients, at most 1 apart."""
    from PEPit import PEP, functions

    problem = PEP()
    loss = problem.declare_function(getattr(functions, kind), **constants)
    first, second = problem.set_initial_point(), problem.set_initial_point()
    problem.set_initial_condition((first - second) ** 2 <= 1)
    problem.set_performance_metric(metric(first, second, loss.gradient(first), loss.gradient(second)))
    return _solved(problem)


def _proximal(metric: str, **constants: float) -> float:
    """The worst case of a proximal step with eta = 1 from two points that are at most 1 apart."""
    from PEPit import PEP
    from PEPit.functions import ConvexFunction, StronglyConvexFunction
    from PEPit.primitive_steps import proximal_step

    problem = PEP()
    loss = problem.declare_function(StronglyConvexFunction if constants else ConvexFunction, **constants)
    first, second = problem.set_initial_point(), problem.set_initial_point()
    after_first, _, _ = proximal_step(first, loss, 1)
    after_second, _, _ = proximal_step(second, loss, 1)
    problem.set_initial_condition((first - second) ** 2 <= 1)
    moved = after_first - after_second
    problem.set_performance_metric(moved**2 if metric == "distance" else 2 * moved**2 - moved * (first - second))
    return _solved(problem)


CONVEX, STRONGLY = "SmoothConvexFunction", "SmoothStronglyConvexFunction"

INSTANCES = [
    Instance("gd-one-step", "beta = 1", 1 / 6, lambda: _descent(CONVEX, 1, 1, "gap", L=1)),
    Instance("gd-one-step-better", "beta = 1", 1 / 7, lambda: _descent(CONVEX, 1, 1, "gap", L=1)),
    Instance("gd-two-steps-better", "beta = 1", 1 / 11, lambda: _descent(CONVEX, 2, 1, "gap", L=1)),
    Instance(
        "gd-gradient-shrinks",
        "beta = 1, eta = 2",
        1.0,
        lambda: _descent(CONVEX, 1, 2, "gradient", "gradient", L=1),
    ),
    Instance(
        "gd-gradient-shrinks-without-convexity",
        "beta = 1, eta = 1",
        1.0,
        lambda: _descent("SmoothFunction", 1, 1, "gradient", "gradient", L=1),
    ),
    Instance(
        "gd-contraction",
        "alpha = 1/4, beta = 1, eta = 1",
        0.75**2,
        lambda: _descent(STRONGLY, 1, 1, "distance", mu=0.25, L=1),
    ),
    Instance(
        "gd-contraction-better",
        "alpha = 1/4, beta = 1, eta = 19/10",
        (1 - 0.475) ** 2,
        lambda: _descent(STRONGLY, 1, 1.9, "distance", mu=0.25, L=1),
    ),
    Instance(
        "gd-strongly-convex-distance",
        "alpha = 1/4, beta = 1, eta = 1",
        0.75,
        lambda: _descent(STRONGLY, 1, 1, "distance", mu=0.25, L=1),
    ),
    Instance(
        "gd-decrease-past-the-threshold",
        "beta = 1, eta = 9/4",
        1.0,
        lambda: _descent(CONVEX, 1, 2.25, "gap", "gap", L=1),
    ),
    Instance(
        "gd-nonexpansive",
        "beta = 1, eta = 2",
        1.0,
        lambda: _two_points(CONVEX, lambda w, v, g, h: (w - 2 * g - v + 2 * h) ** 2, L=1),
    ),
    Instance(
        "gd-nonexpansive-without-convexity",
        "beta = 1, eta = 1",
        1.0,
        lambda: _two_points("SmoothFunction", lambda w, v, g, h: (w - g - v + h) ** 2, L=1),
    ),
    Instance(
        "co-coercivity",
        "beta = 1",
        0.0,
        lambda: _two_points(CONVEX, lambda w, v, g, h: (g - h) ** 2 - (g - h) * (w - v), L=1),
    ),
    Instance(
        "co-coercivity-without-convexity",
        "beta = 1",
        0.0,
        lambda: _two_points("SmoothFunction", lambda w, v, g, h: (g - h) ** 2 - (g - h) * (w - v), L=1),
    ),
    Instance(
        "strong-co-coercivity",
        "alpha = 1/4, beta = 1",
        0.0,
        lambda: _two_points(
            STRONGLY,
            lambda w, v, g, h: 0.2 * (w - v) ** 2 + 0.8 * (g - h) ** 2 - (g - h) * (w - v),
            mu=0.25,
            L=1,
        ),
    ),
    Instance("proximal-firmly-nonexpansive-twice", "eta = 1", 0.0, lambda: _proximal("firm")),
    Instance("proximal-contraction", "alpha = 1/4, eta = 1", 1 / 1.25**2, lambda: _proximal("distance", mu=0.25)),
    Instance("proximal-contraction-better", "alpha = 1/4, eta = 1", 1 / 1.5**2, lambda: _proximal("distance", mu=0.25)),
]


def compare(instance: Instance) -> Row:
    """Ask both."""
    (claim,) = [claim for claim in CLAIMS if claim.id == instance.id]
    started = time.process_time()
    value = instance.worst()
    between = time.process_time()
    verdict = check(claim, budget="quick", seed=0).verdict
    ended = time.process_time()
    holds = value <= instance.bound + TOLERANCE * max(1.0, abs(instance.bound))
    return Row(
        instance.id, instance.constants, instance.bound, value, holds, between - started, verdict, ended - between
    )


def main() -> None:
    """Print the table, or with ``--json`` the rows."""
    rows = [compare(instance) for instance in INSTANCES]
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    print(f"{'claim':40} {'constants':36} {'bound':>9} {'PEPit':>12} {'- bound':>9} {'s':>6}  {'ours':10} {'s':>6}")
    for row in rows:
        said = f"{row.value:12.8f} {row.value - row.bound:9.1e} {row.seconds:6.2f}"
        print(f"{row.id:40} {row.constants:36} {row.bound:9.6f} {said}  {row.verdict:10} {row.our_seconds:6.2f}")
    apart = [row.id for row in rows if (row.verdict == "refuted") is row.holds]
    print(f"on the same side: {len(rows) - len(apart)} of {len(rows)}" + (f"; not {', '.join(apart)}" if apart else ""))
    above = sum(row.holds and row.value > row.bound for row in rows)
    print(f"bounds that hold and that the floats exceed all the same: {above}")


if __name__ == "__main__":
    main()
