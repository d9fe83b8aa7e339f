"""Violations that come late: few trajectories, followed much longer than the screen follows its many."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget
from verify.search.certify import NOISE
from verify.search.screen import INTERESTING, corners, sobol, warp
from verify.search.terrain import RELATIVE, lane_of, look, operations_of

#: How many trajectories are followed, as a power of 2, and the latest step.
LOG2_LANES, LATEST = 4, 12_000


def late_lanes(
    batch: Batch, parts: list[str], tight: Container[str], budget: Budget, seed: int
) -> tuple[list[Lane], int]:
    """The most suspicious lane of each part beyond the steps of the screen, and how many points were looked at.

    Args:
        tight: the parts that are equalities, or as good as that, early on: rounding makes none of these suspicious.
    """
    claim = batch.claim
    if claim.step is None or not claim.takes_time or not parts:
        return [], 0
    horizon = bisect_right(range(1, LATEST + 1), budget.long_run, key=lambda t: t * operations_of(batch, parts, t))
    if horizon <= budget.steps:
        return [], 0
    unit = sobol(batch.unit_dimension, LOG2_LANES, seed + 11)
    unit = corners(batch, warp(unit, seed + 11), seed + 11)
    found = []
    seen = 0
    for part in parts:
        view = look(batch, part, unit, horizon, {RELATIVE: 1.0})
        seen += view.points
        place = int(view.margin.argmin())
        limit = -NOISE if part in tight else INTERESTING
        if view.margin[place] <= limit and view.margin_time[place] > budget.steps:
            found.append(lane_of(batch, part, unit, place, view))
    return found, seen
