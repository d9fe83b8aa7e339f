"""Figure 4 and Table 1: where GD, SAM and USAM end on l(xy), by the claims' own maps in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from claims.sam_normalization import setting
from verify.experiments import Control, Criterion, Experiment, Measurement, Run, Setting

S = setting.x * setting.y
#: The two losses: both even, convex, 1-Lipschitz.
LOSSES = {"log cosh": sp.log(sp.cosh(S)), "square root": sp.sqrt(1 + S**2)}
UPDATES = {"GD": setting.gd, "SAM": setting.sam, "USAM": setting.usam}
START = (2.0, math.sqrt(40))
ETAS, RHOS = (0.4, 0.1, 0.05), (0.01, 0.1, 0.5)
SHOWN = (0.4, 0.1)  # eta and rho of the picture
#: Steps in units of 1/(eta rho^2), the time in which SAM's y falls by a constant factor.
DURATION = 12.0
FEWEST, MOST = 20_000, 4_000_000

Course = Callable[[float, float, float, float, int, int], NDArray[np.float64]]


@cache
def course(algorithm: str, loss: str) -> Course:
    """The trajectory of an algorithm: a function of x0, y0, eta, rho, the steps, and every how many one is kept.

    The step is printed from the claims' SymPy map.  Where it has no value (a gradient that is exactly zero), the
    iterate stays, as the limit of the definition as the gradient shrinks along its direction does for GD and USAM.
    """
    import numba

    system = setting.on_plane(algorithm, UPDATES[algorithm], LOSSES[loss], normalised=algorithm == "SAM")
    symbols = [*system.state, setting.eta, setting.rho]
    step = numba.njit(error_model="numpy")(sp.lambdify(symbols, tuple(system.update), "numpy", cse=True))

    @numba.njit(error_model="numpy")
    def run(x: float, y: float, eta: float, rho: float, steps: int, every: int) -> NDArray[np.float64]:
        kept = np.empty((steps // every + 1, 2))
        kept[0, 0], kept[0, 1] = x, y
        for t in range(1, steps + 1):
            x_next, y_next = step(x, y, eta, rho)
            if np.isfinite(x_next) and np.isfinite(y_next):
                x, y = x_next, y_next
            if t % every == 0:
                kept[t // every, 0], kept[t // every, 1] = x, y
        return kept

    return run


def duration(eta: float, rho: float) -> int:
    """How many steps: enough for SAM to come to the origin."""
    return int(min(max(DURATION / (eta * rho**2), FEWEST), MOST))


def limit_of(algorithm: str, loss: str, start: tuple[float, float], eta: float, rho: float, steps: int) -> float:
    """The largest y^2 over the last 200 steps: SAM does not come to rest."""
    run = course(algorithm, loss)
    x, y = run(*start, eta, rho, steps, steps)[-1]
    return float((run(x, y, eta, rho, 200, 1)[:, 1] ** 2).max())


def predicted(algorithm: str, start: tuple[float, float], eta: float, rho: float) -> float:
    """Table 1, with the first case of Theorem 3: no limit lies above y0^2 - x0^2, where the flow would end."""
    free = start[1] ** 2 - start[0] ** 2
    threshold = 2 / eta
    if algorithm == "USAM" and rho > 0:
        threshold = (math.sqrt(1 + 8 * rho / eta) - 1) / (2 * rho)
    return min(free, threshold)


def agreement(found: float, expected: float) -> float:
    """1 where they are equal, 0 where they differ by 100 %."""
    return 1 - abs(found / expected - 1)


def start_of(seed: int) -> tuple[float, float]:
    """The paper's start, each coordinate moved by up to 5 %: the maps have no other randomness."""
    x, y = np.random.default_rng(seed).uniform(0.95, 1.05, 2)
    return START[0] * float(x), START[1] * float(y)


def measure(run: Run) -> Measurement:
    """All limits for one start, the curves from the paper's start."""
    start = start_of(run.seed)
    cells = [(loss, eta, rho) for loss in LOSSES for eta in ETAS for rho in RHOS]
    limits: dict[tuple[str, str, float, float], float] = {}
    for done, (loss, eta, rho) in enumerate(cells):
        run.step(done, len(cells))
        for algorithm in UPDATES:
            limits[algorithm, loss, eta, rho] = limit_of(algorithm, loss, start, eta, rho, duration(eta, rho))

    def worst(of: str, by: str) -> float:
        """The worst agreement of one algorithm's limits with the formula of an algorithm."""
        return min(agreement(limits[of, loss, eta, rho], predicted(by, start, eta, rho)) for loss, eta, rho in cells)

    def worst_trap(by: str) -> float:
        """The worst agreement of USAM's limits with a formula, over the factor that Theorem 5 allows."""
        return min(
            agreement(limits["USAM", loss, eta, rho], predicted(by, start, eta, rho)) / (1 - eta**2 - rho**2)
            for loss, eta, rho in cells
        )

    def towards_origin(of: str) -> float:
        return min(1 - limits[of, loss, eta, rho] / predicted("GD", start, eta, rho) for loss, eta, rho in cells)

    return Measurement(
        effects={
            "GD stops at 2/eta": worst("GD", "GD"),
            "SAM comes to the origin": towards_origin("SAM"),
            "USAM stops where (1 + rho y^2) y^2 = 2/eta": worst_trap("USAM"),
        },
        controls={
            "GD stops at 2/eta/SAM in GD's place": worst("SAM", "GD"),
            "SAM comes to the origin/rho = 0": towards_origin("GD"),
            "SAM comes to the origin/normalization off": towards_origin("USAM"),
            "USAM stops where (1 + rho y^2) y^2 = 2/eta/rho = 0 in the formula": worst_trap("GD"),
        },
        notes={
            f"y^2 of {algorithm} at eta = {SHOWN[0]}, rho = {SHOWN[1]}, log cosh": limits[algorithm, "log cosh", *SHOWN]
            for algorithm in UPDATES
        },
        curves={
            loss: {algorithm: _shown(course(algorithm, loss)(*START, *SHOWN, 4000, 1)) for algorithm in UPDATES}
            for loss in LOSSES
        },
    )


def _shown(points: NDArray[np.float64]) -> list[list[float]]:
    """The first 120 points, then every 35th: an odd number, since iterates change sides; still ones once."""
    kept = [*points[:120].tolist(), *points[121::35].tolist()]
    return [point for place, point in enumerate(kept) if place == 0 or math.dist(point, kept[place - 1]) > 1e-4]


def draw(measurements: Sequence[Measurement]) -> Any:
    """The paper's picture: the plane, x to the right, with the three trajectories from the black dot."""
    from claims.sam_normalization.experiments.drawing import ALGORITHM_COLOURS
    from verify.style import BLACK, GREY, new_figure

    figure, axes = new_figure(1, len(LOSSES), 8.6, 4.4)
    for axis, loss in zip(axes[0], LOSSES, strict=True):
        for algorithm in ("SAM", "USAM", "GD"):
            points = np.array(measurements[0].curves[loss][algorithm])
            colour = ALGORITHM_COLOURS[algorithm]
            axis.plot(points[:, 0], points[:, 1], ".", color=colour, markersize=3.2, alpha=0.75, label=algorithm)
            axis.plot(points[-1, 0], points[-1, 1], "*", color=colour, markeredgecolor=BLACK, markersize=13, zorder=4)
        axis.plot(*START, "o", color=BLACK, markersize=8, zorder=5, label="start")
        axis.plot([], [], "*", color="white", markeredgecolor=BLACK, markersize=11, label="last iterate")
        axis.axvline(0, color=GREY, linewidth=0.8)
        name = r"\ell(s)=\log\cosh s" if loss == "log cosh" else r"\ell(s)=\sqrt{1+s^2}"
        axis.set(xlabel=r"$x_t$", ylabel=r"$y_t$", title=rf"${name}$")
    axes[0, 0].legend(loc="lower right")
    figure.suptitle(rf"$\mathcal{{L}}(x,y)=\ell(xy)$,  $\eta={SHOWN[0]}$,  $\rho={SHOWN[1]}$", fontsize=11)
    return figure


def figure_4(setting_: Setting) -> Experiment:
    """Figure 4 with the limits of Table 1."""
    return Experiment(
        question="SAM keeps moving along the manifold of minimizers (i.e., the y-axis) until the origin. [...] USAM "
        "does not keep moving along the axis. Instead, a lower bound on y_inf^2 also presents, although smaller than "
        "the GD version.",
        procedure=f"Two losses, eta in {ETAS}, rho in {RHOS}, 12/(eta rho^2) steps (at least {FEWEST}, at most "
        f"{MOST}); the limit is the largest y^2 of 200 more steps; each number is the worst of the 18 cases.",
        criteria=(
            Criterion(
                "GD stops at 2/eta",
                "Agreement of y_inf^2 with min(2/eta, y0^2 - x0^2): 1 minus the relative error.",
                0.85,
                "Theorem 3 allows an error of O(eta), at eta = 0.4 some tenths of 2/eta = 5.",
                (Control("SAM in GD's place", "SAM passes the point where GD stops."),),
            ),
            Criterion(
                "SAM comes to the origin",
                "How much of the way from GD's limit to 0 was gone: 1 minus y_inf^2 over GD's limit.",
                0.9,
                "Theorem 4 leaves y of the order sqrt(eta) + eta rho, so y^2 at most a tenth of 2/eta for these eta.",
                (
                    Control("rho = 0", "That is GD, which stops."),
                    Control("normalization off", "That is USAM, which is trapped."),
                ),
            ),
            Criterion(
                "USAM stops where (1 + rho y^2) y^2 = 2/eta",
                "Agreement of y_inf^2 with that root (at most y0^2 - x0^2), 1 minus the relative error, over "
                "1 - eta^2 - rho^2.",
                0.95,
                "Theorem 5 says that the limit is at least 1 - eta^2 - rho^2 of the root, up to constants.",
                (Control("rho = 0 in the formula", "That is GD's limit, which USAM passes."),),
            ),
        ),
        measure=measure,
        draw=draw,
        seeds=(100, 101, 102, 103, 104),
        rule_seeds=(0, 1, 2),
        memory="under 300 MB",
        remarks=(
            "Two numbers a trajectory: computed on the CPU in double precision whatever the device.",
            "A seed moves each coordinate of the paper's start by up to 5 %; the maps themselves have no randomness.",
        ),
    )
