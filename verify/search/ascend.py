"""Local ascent on the violation from the worst points of the screen (Nelder-Mead, in unit coordinates)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget
from verify.search.screen import Array, lane_at


def ascend(batch: Batch, lane: Lane, budget: Budget) -> tuple[Lane, int]:
    """Follow the margin downhill from a lane; the lane reached, and how many points that took."""
    start = np.array(lane.unit)
    if not len(start):
        return lane, 0
    best = _Best(lane.margin, start, lane.t)
    spent = 0

    def margin(unit: Array) -> float:
        nonlocal spent
        clipped = np.clip(unit, 1e-15, 1 - 1e-15)
        worst = np.inf
        for t, _, admissible, parts in batch.margins(clipped[None, :], lane.t):
            spent += 1
            value = float(parts[lane.part][0])
            if bool(admissible[0]) and value < worst:
                worst = value
                if value < best.margin:
                    best.margin, best.unit, best.t = value, clipped, t
        return worst if np.isfinite(worst) else 1e6

    with np.errstate(all="ignore"):
        minimize(margin, start, method="Nelder-Mead", options={"maxfev": budget.ascent_evaluations, "xatol": 1e-9})
        unit = best.unit
        _, named, loss_parameters = batch.environment(unit[None, :])
    if unit is start:
        return lane, spent
    return lane_at(batch, lane.part, unit[None, :], named, loss_parameters, best.t, 0, best.margin), spent


@dataclass
class _Best:
    margin: float
    unit: Array
    t: int
