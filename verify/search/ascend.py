"""Local ascent on the violation from the worst points of the screen: an evolution strategy in unit coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget
from verify.search.screen import Array, lane_at

#: Points tried around the best one in each generation: as many lanes cost little more than one.
OFFSPRING = 32
#: The spread of the first generation, how it grows after a success and shrinks after a failure.
SPREAD, GROWTH, SHRINKAGE = 0.1, 1.5, 0.4


@dataclass
class _Best:
    margin: float
    unit: Array
    t: int


def ascend(batch: Batch, lane: Lane, budget: Budget, seed: int = 0) -> tuple[Lane, int]:
    """Follow the margin downhill from a lane; the lane reached, and how many points that took.

    Each generation spreads around the best point so far, half of it along single coordinates (a ridge is often
    parallel to an axis), and half of it in proportion to the distance from the ends of the ranges, so that open ends
    are approached geometrically.  The spread adapts to success.
    """
    start = np.array(lane.unit)
    if not len(start):
        return lane, 0
    rng = np.random.default_rng(seed)
    best, spread, spent = _Best(lane.margin, start, lane.t), SPREAD, 0
    with np.errstate(all="ignore"):
        for _ in range(budget.ascent_evaluations // OFFSPRING):
            around = _around(rng, best.unit, spread)
            before = best.margin
            for t, _, admissible, parts in batch.margins(around, lane.t):
                spent += OFFSPRING
                values = np.where(admissible & ~np.isnan(parts[lane.part]), parts[lane.part], np.inf)
                place = int(np.argmin(values))
                if values[place] < best.margin:
                    best = _Best(float(values[place]), around[place], t)
            spread = min(spread * GROWTH, 0.5) if best.margin < before else spread * SHRINKAGE
        if best.unit is start:
            return lane, spent
        _, named, loss_parameters = batch.environment(best.unit[None, :])
    return lane_at(batch, lane.part, best.unit[None, :], named, loss_parameters, best.t, 0, best.margin), spent


def _around(rng: np.random.Generator, centre: Array, spread: float) -> Array:
    """A generation around a point: steps in all coordinates, and in one; relative to the distance from the ends."""
    steps = rng.standard_normal((OFFSPRING, len(centre)))
    alone = np.arange(OFFSPRING) % 2 == 0
    chosen = rng.integers(0, len(centre), OFFSPRING)
    steps[alone] *= np.arange(len(centre)) == chosen[alone, None]
    relative = rng.random((OFFSPRING, 1)) < 0.5
    room = np.minimum(centre, 1 - centre)
    moved = centre + spread * steps * np.where(relative, 10 * room, 1.0)
    return np.asarray(np.clip(moved, 1e-15, 1 - 1e-15))
