"""Ascent from many starts at once: islands that climb together, and effort that goes where margins shrink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget
from verify.search.certify import NOISE
from verify.search.landmarks import targets
from verify.search.screen import INTERESTING, corners, sobol, warp
from verify.search.terrain import GAP, OUTSIDE, RELATIVE, Array, lane_of, look, operations_of

#: How many points one look takes: as many lanes cost little more than one.
LANES = 512
#: Islands that climb on one kind of height, and how many points are looked at to choose where they start.
ISLANDS, LOG2_STARTS = 8, 10
#: How far apart islands start, in the unit cube of one dimension.
APART = 0.15
#: The spread of the first generation, how it grows after a success and shrinks after a failure.
SPREAD, GROWTH, SHRINKAGE = 0.1, 1.5, 0.5
#: An island has come to its end after so many generations that lowered it by less than this share.
STALE, SHARE = 6, 0.01
#: A claim of few operations gets up to so many times the generations: one with ORDINARY of them gets its budget.
CHEAP, ORDINARY = 8, 240
#: Generations of a round; the arm with the best progress in its last round gets the next one.
ROUND = 8
#: A part is flat where so many of its points have one and the same margin.
FLAT = 0.9
#: How much farther than the time of its best point a trajectory is followed.
LATER = 2


@dataclass
class Arm:
    """Islands of one family that climb on one kind of height.

    Attributes:
        centres: the best point of each island, in unit coordinates, and their heights and times.
        waiting: where islands that have come to an end start anew.
        progress: by which factor the lowest height shrank in the last round (1 for an arm that has had none).
    """

    batch: Batch
    part: str
    kind: Any
    factor: float
    centres: Array
    heights: Array
    times: NDArray[np.int64]
    waiting: list[Array]
    spreads: Array = field(default_factory=lambda: np.zeros(0))
    steps: Array = field(default_factory=lambda: np.zeros((0, 0)))
    stale: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    progress: float = 1.0
    rounds: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        self.spreads = np.full(len(self.centres), SPREAD)
        self.steps = np.zeros_like(self.centres)
        self.stale = np.zeros(len(self.centres), dtype=np.int64)


def explore(
    batches: list[tuple[Batch, int]], part: str, budget: Budget, seed: int
) -> Iterator[tuple[Lane | None, int]]:
    """Climb from many starts; each suspicious lane as it is reached (or None), and the admissible points it took.

    Args:
        batches: the families of losses, the most promising first, each with the time of its worst point.
    """
    rng = np.random.default_rng(seed)
    generations = _generations(batches, part, budget)
    arms: list[Arm] = []
    for batch, t in batches[: budget.ascents]:
        made, spent = _arms(batch, part, t, budget, seed)
        arms += made
        yield None, spent
    while generations > 0:
        active = [arm for arm in arms if not arm.over]
        if not active:
            return
        arm = max(active, key=lambda one: (one.rounds == 0, one.progress))
        before = float(arm.heights.min())
        for _ in range(min(ROUND, generations)):
            lane, spent = generation(arm, budget, rng)
            generations -= 1
            yield lane, spent
            if arm.over:
                break
        arm.rounds += 1
        after = float(arm.heights.min())
        # an arm that stands still is come back to when the others do
        arm.progress = (before - after) / abs(before) if before and np.isfinite(before) else 0.5**arm.rounds
        arm.progress = max(arm.progress, 0.0) + 0.01 / arm.rounds


def _generations(batches: list[tuple[Batch, int]], part: str, budget: Budget) -> int:
    """How many generations a part gets: as many as are paid for, more where one costs little."""
    ordinary = budget.ascents * budget.ascent_evaluations // 32
    if not batches or batches[0][0].claim.is_trajectory:
        return ordinary
    operations = operations_of(batches[0][0], [part])
    return ordinary * max(1, min(CHEAP, ORDINARY // operations))


def _arms(batch: Batch, part: str, t: int, budget: Budget, seed: int) -> tuple[list[Arm], int]:
    """The islands of one family: where the margin is least, where the gap is, or at sign changes where it is flat."""
    if batch.unit_dimension == 0:
        return [], 0
    unit = sobol(batch.unit_dimension, min(budget.log2_points, LOG2_STARTS), seed + 7)
    unit = corners(batch, warp(unit, seed + 7), seed + 7)
    kinds: dict[Any, float] = {RELATIVE: 1.0, GAP: 1.0}
    kinds |= dict.fromkeys(targets(batch.parts[part]), 1.0)
    view = look(batch, part, unit, _horizon(batch, t, budget), kinds)
    arms = []
    known = view.margin[np.isfinite(view.margin)]
    if len(known) and np.median(np.abs(known)) < NOISE:
        return [], view.points  # an equality, or as good as one: rounding has no slope
    flat = len(known) > 0 and np.mean(known == np.median(known)) >= FLAT
    for kind in kinds:
        heights, factor = view.heights[kind], 1.0
        if kind not in (RELATIVE, GAP):
            if not flat:
                continue
            inside = heights[heights < OUTSIDE]
            factor = 1.0 if len(inside) == 0 or np.median(inside) > 0 else -1.0
            heights = np.where(heights < OUTSIDE, factor * heights, heights)
        elif flat and len(known) and kind is RELATIVE:
            continue
        chosen = _spread_out(unit, heights)
        if chosen:
            first = chosen[:ISLANDS]
            rest = [unit[place] for place in chosen[ISLANDS:]]
            arms.append(Arm(batch, part, kind, factor, unit[first], heights[first], view.times[kind][first], rest))
    return arms, view.points


def _spread_out(unit: Array, heights: Array) -> list[int]:
    """The lowest lanes that keep a distance from one another."""
    distance = APART * np.sqrt(unit.shape[1])
    chosen: list[int] = []
    for lane in np.argsort(heights, kind="stable"):
        if not np.isfinite(heights[lane]) or len(chosen) >= 4 * ISLANDS:
            break
        if all(np.linalg.norm(unit[lane] - unit[other]) > distance for other in chosen):
            chosen.append(int(lane))
    return chosen


def _horizon(batch: Batch, t: int, budget: Budget) -> int:
    return min(LATER * t + ROUND, budget.steps) if batch.claim.is_trajectory else 0


def generation(arm: Arm, budget: Budget, rng: np.random.Generator) -> tuple[Lane | None, int]:
    """One generation of all islands of an arm; a suspicious lane if there is one."""
    count, dimension = arm.centres.shape
    offspring = LANES // count
    around = _around(rng, arm, offspring).reshape(count * offspring, dimension)
    view = look(arm.batch, arm.part, around, _horizon(arm.batch, int(arm.times.max()), budget), {arm.kind: arm.factor})
    heights = view.heights[arm.kind].reshape(count, offspring)
    best = heights.argmin(axis=1)
    lowest = heights[np.arange(count), best]
    better = lowest < arm.heights
    points = around.reshape(count, offspring, dimension)[np.arange(count), best]
    arm.steps = np.where(better[:, None], points - arm.centres, arm.steps * 0.5)
    arm.centres = np.where(better[:, None], points, arm.centres)
    arm.times = np.where(better, view.times[arm.kind].reshape(count, offspring)[np.arange(count), best], arm.times)
    with np.errstate(all="ignore"):
        stands = ~(arm.heights - lowest > SHARE * np.abs(arm.heights))
    arm.stale = np.where(stands, arm.stale + 1, 0)
    arm.heights = np.where(better, lowest, arm.heights)
    arm.spreads = np.where(better, np.minimum(arm.spreads * GROWTH, 0.5), arm.spreads * SHRINKAGE)
    _restart(arm, budget)
    place = int(np.argmin(view.margin))
    lane = None
    if view.margin[place] <= INTERESTING:
        lane = lane_of(arm.batch, arm.part, around, place, view)
    return lane, view.points


def _restart(arm: Arm, budget: Budget) -> None:
    """Islands that stand still start anew elsewhere; an arm without any left is over."""
    ended = np.flatnonzero((arm.stale >= STALE) | (np.abs(arm.heights) < NOISE))  # at a tight point there is no more
    for island in ended:
        if not arm.waiting:
            arm.over = len(ended) == len(arm.stale)
            continue
        start = arm.waiting.pop(0)
        view = look(
            arm.batch,
            arm.part,
            start[None, :],
            _horizon(arm.batch, int(arm.times.max()), budget),
            {arm.kind: arm.factor},
        )
        arm.centres[island], arm.heights[island] = start, view.heights[arm.kind][0]
        arm.spreads[island], arm.steps[island], arm.stale[island] = SPREAD, 0.0, 0


def _around(rng: np.random.Generator, arm: Arm, offspring: int) -> Array:
    """A generation around each island's best point.

    Steps in all coordinates, or along one (a ridge is often parallel to an axis), relative to the distance from the
    ends of the ranges for half of them (so that open ends are approached geometrically), and on along the last step.
    """
    count, dimension = arm.centres.shape
    steps = rng.standard_normal((count, offspring, dimension))
    number = np.arange(offspring)
    chosen = rng.integers(0, dimension, (count, offspring))
    alone = (number % 4 == 1)[None, :, None] & (np.arange(dimension) != chosen[..., None])
    steps = np.where(alone, 0.0, steps)
    room = np.minimum(arm.centres, 1 - arm.centres)[:, None, :]
    relative = rng.random((count, offspring, 1)) < 0.5
    scale = arm.spreads[:, None, None] * 10.0 ** (-2 * rng.random((count, offspring, 1)) ** 2)
    moved = arm.centres[:, None, :] + scale * steps * np.where(relative, 10 * room, 1.0)
    along = (number % 4 == 3)[None, :, None]
    moved = np.where(along, moved + arm.steps[:, None, :] * 3 * rng.random((count, offspring, 1)), moved)
    return np.asarray(np.clip(moved, 1e-15, 1 - 1e-15))
