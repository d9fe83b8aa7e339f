"""Points with small numbers: what they refute is refuted by numbers that a reader can check with pen and paper."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.search.batch import Batch
from verify.search.budget import Budget
from verify.search.certify import Point
from verify.statement.system import time

#: What parameters are drawn from, the simplest first; an earlier number is drawn more often.
_TEXTS = (
    *("1", "0", "2", "1/2", "-1", "3/2", "3", "1/4", "3/4", "1/3", "2/3", "4", "-1/2", "-2", "1/10", "9/10"),
    *("5/4", "5", "10", "1/8", "15/8", "1/16", "8", "1/20", "20", "1/50", "50", "100", "1/100", "19/10", "1/1000"),
)
NUMBERS = tuple(map(Fraction, _TEXTS))
#: The chance of a number relative to that of the one before it.
DECAY = 0.9
#: How many such points there are for each one of the screen: few of them are admissible.
POINTS = 4
#: How far trajectories are followed, and how many suspicious points of each kind are kept for each step.
STEPS, KEPT = 8, 64


def small_points(batch: Batch, budget: Budget, seed: int) -> tuple[dict[tuple[str, bool], list[Point]], int]:
    """The suspicious points by simplicity, and how many points were admissible.

    The suspicious ones come by part, and by whether it seems to have no value there (or to be violated).

    Families whose parameters are no numbers (knots) are left to the screen.
    """
    family = batch.family
    losses = list(family.defaults) if family is not None else []
    if "knots" in losses:
        return {}, 0
    names = [coordinate.symbol.name for coordinate in batch.domain.coordinates] + batch.vector_names
    size = POINTS * 2**budget.log2_points
    weights = DECAY ** np.arange(len(NUMBERS))
    rng = np.random.default_rng(seed + 3)
    drawn = rng.choice(len(NUMBERS), size=(size, len(names) + len(losses)), p=weights / weights.sum())
    values = np.array([float(number) for number in NUMBERS])[drawn]
    named = dict(zip(names, values.T, strict=False))
    parameters = dict(zip(losses, values.T[len(names) :], strict=True))
    suspects: dict[tuple[str, bool], list[Point]] = {}
    answers = batch.follow_from(named, parameters, size, min(budget.steps, STEPS))
    for part, watched in zip(batch.parts, answers.watched, strict=True):
        for undefined, times in ((True, watched["undefined"]), (False, watched["violated"])):
            lanes = np.flatnonzero(times >= 0)
            # the simplest come first among the numbers
            lanes = lanes[np.lexsort((drawn[lanes].sum(axis=1), times[lanes]))]
            kept: dict[tuple[int, ...], Point] = {}
            for lane in lanes[: KEPT * STEPS]:
                kept.setdefault(
                    (int(times[lane]), *drawn[lane]), _point(batch, names, losses, drawn[lane], int(times[lane]))
                )
            suspects[part, undefined] = sorted(kept.values(), key=lambda point: point.complexity)
    return suspects, int(answers.count.sum())


def _point(batch: Batch, names: list[str], losses: list[str], places: Any, t: int) -> Point:
    numbers = [NUMBERS[place] for place in places]
    values = dict(zip(names, numbers, strict=False))
    if time in batch.claim.parameters:
        values["t"] = Fraction(t)
    return Point(values, batch.family, dict(zip(losses, numbers[len(names) :], strict=True)))
