"""Our verdicts beside those of performance estimation (PEPit, AutoLyap), for the classics that they can state.

``python -m tests.quality.compare_pep`` prints a table: the worst case that each finds at one choice of the constants,
in floats, and what it says of the bound; our verdict, for all constants and exact.  It needs the extra ``compare``.
AutoLyap speaks of a state and a minimizer, and of the iterations of a method: of gradient descent here.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
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
        lyapunov: AutoLyap's, None where it cannot state the claim.
    """

    id: str
    constants: str
    bound: float
    worst: Callable[[], float]
    lyapunov: Callable[[], float] | None = None


@dataclass(frozen=True)
class Answer:
    """One tool's worst case, the side of the bound on which it is, and the seconds of one core that it took."""

    value: float
    holds: bool
    seconds: float


@dataclass(frozen=True)
class Row:
    """What all say; ``tools`` by name."""

    id: str
    constants: str
    bound: float
    verdict: str
    seconds: float
    tools: dict[str, Answer] = field(default_factory=dict)


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


def _chained(kind: str, steps: int, eta: float, metric: str, start: str = "distance", **constants: float) -> float:
    """The same by AutoLyap: the least c with measure(last) <= c measure(first), along a chain of Lyapunov functions."""
    import autolyap
    from autolyap.algorithms import GradientMethod
    from autolyap.problemclass import InclusionProblem

    method, chains = GradientMethod(gamma=eta), autolyap.IterationDependent
    problem = InclusionProblem([getattr(autolyap.problemclass, kind)(**constants)])
    measures = {
        "distance": chains.get_parameters_distance_to_solution,
        "gap": chains.get_parameters_function_value_suboptimality,
        "gradient": chains.get_parameters_optimality_measure,
    }
    (first, first_values), (last, last_values) = measures[start](method, 0), measures[metric](method, steps)
    found = chains.search_lyapunov(
        problem,
        method,
        steps,
        first,
        last,
        first_values,
        last_values,
        autolyap.SolverOptions(backend="cvxpy", cvxpy_solver="CLARABEL"),
        verbosity=0,
    )
    return float(found["c_K"]) if found["status"] == "feasible" else math.inf


def _gradient_descent(
    name: str,
    text: str,
    bound: float,
    kind: str,
    steps: int,
    eta: float,
    metric: str,
    start: str = "distance",
    **constants: float,
) -> Instance:
    """An instance that both can state; ``kind`` is PEPit's name of the class without "Function", and AutoLyap's."""
    return Instance(
        name,
        text,
        bound,
        partial(_descent, f"{kind}Function", steps, eta, metric, start, **constants),
        partial(_chained, kind, steps, eta, metric, start, **constants),
    )


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
    _gradient_descent("gd-one-step", "beta = 1", 1 / 6, "SmoothConvex", 1, 1, "gap", L=1),
    _gradient_descent("gd-one-step-better", "beta = 1", 1 / 7, "SmoothConvex", 1, 1, "gap", L=1),
    _gradient_descent("gd-two-steps-better", "beta = 1", 1 / 11, "SmoothConvex", 2, 1, "gap", L=1),
    _gradient_descent(
        "gd-gradient-shrinks", "beta = 1, eta = 2", 1.0, "SmoothConvex", 1, 2, "gradient", "gradient", L=1
    ),
    _gradient_descent(
        "gd-gradient-shrinks-without-convexity", "beta = 1, eta = 1", 1.0, "Smooth", 1, 1, "gradient", "gradient", L=1
    ),
    _gradient_descent(
        "gd-contraction",
        "alpha = 1/4, beta = 1, eta = 1",
        0.75**2,
        "SmoothStronglyConvex",
        1,
        1,
        "distance",
        mu=0.25,
        L=1,
    ),
    _gradient_descent(
        "gd-contraction-better",
        "alpha = 1/4, beta = 1, eta = 19/10",
        (1 - 0.475) ** 2,
        "SmoothStronglyConvex",
        1,
        1.9,
        "distance",
        mu=0.25,
        L=1,
    ),
    _gradient_descent(
        "gd-strongly-convex-distance",
        "alpha = 1/4, beta = 1, eta = 1",
        0.75,
        "SmoothStronglyConvex",
        1,
        1,
        "distance",
        mu=0.25,
        L=1,
    ),
    _gradient_descent(
        "gd-decrease-past-the-threshold", "beta = 1, eta = 9/4", 1.0, "SmoothConvex", 1, 2.25, "gap", "gap", L=1
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
    """Ask all of them."""
    (claim,) = [claim for claim in CLAIMS if claim.id == instance.id]
    tools: dict[str, Answer] = {}
    for name, worst in (("PEPit", instance.worst), ("AutoLyap", instance.lyapunov)):
        if worst is not None:
            started = time.process_time()
            value = worst()
            holds = value <= instance.bound + TOLERANCE * max(1.0, abs(instance.bound))
            tools[name] = Answer(value, holds, time.process_time() - started)
    started = time.process_time()
    verdict = check(claim, budget="quick", seed=0).verdict
    seconds = time.process_time() - started
    return Row(instance.id, instance.constants, instance.bound, verdict, seconds, tools)


def main() -> None:
    """Print the table, or with ``--json`` the rows."""
    rows = [compare(instance) for instance in INSTANCES]
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    names = ("PEPit", "AutoLyap")
    heads = "".join(f" {name:>12} {'- bound':>9} {'s':>6}" for name in names)
    print(f"{'claim':40} {'constants':36} {'bound':>9}{heads}  {'ours':10} {'s':>6}")
    for row in rows:
        said = ""
        for name in names:
            one = row.tools.get(name)
            said += f" {one.value:12.8f} {one.value - row.bound:9.1e} {one.seconds:6.2f}" if one else f" {'-':>29}"
        print(f"{row.id:40} {row.constants:36} {row.bound:9.6f}{said}  {row.verdict:10} {row.seconds:6.2f}")
    for name in names:
        asked = [(row, row.tools[name]) for row in rows if name in row.tools]
        apart = [row.id for row, one in asked if (row.verdict == "refuted") is one.holds]
        above = sum(one.holds and one.value > row.bound for row, one in asked)
        print(
            f"{name}: on our side {len(asked) - len(apart)} of {len(asked)}"
            + (f", not {', '.join(apart)}" if apart else "")
            + f"; bounds that hold and that its floats exceed all the same: {above}"
        )


if __name__ == "__main__":
    main()
