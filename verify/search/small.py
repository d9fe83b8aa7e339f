"""Points with small numbers: what they refute is refuted by numbers that a reader can check with pen and paper."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.search.batch import Batch
from verify.search.budget import Budget
from verify.search.certify import Point
from verify.search.screen import INTERESTING
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
#: How many suspicious points of each kind are looked at in each step.
KEPT = 64


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
    suspects: dict[tuple[str, bool], dict[tuple[int, ...], Point]] = {}
    seen = 0
    with np.errstate(all="ignore"):
        environment = batch.environment_of(named, parameters)
        for t, _, admissible, parts in batch.run(environment, size, min(budget.steps, 8)):
            seen += int(admissible.sum())
            for part, margins in parts.items():
                for undefined, looks_bad in ((True, np.isnan(margins)), (False, margins < -INTERESTING)):
                    kept = suspects.setdefault((part, undefined), {})
                    lanes = np.flatnonzero(admissible & looks_bad)
                    # the simplest come first among the numbers
                    for lane in lanes[np.argsort(drawn[lanes].sum(axis=1), kind="stable")[:KEPT]]:
                        kept.setdefault((t, *drawn[lane]), _point(batch, names, losses, drawn[lane], t))
    return {kind: sorted(kept.values(), key=lambda point: point.complexity) for kind, kept in suspects.items()}, seen


def _point(batch: Batch, names: list[str], losses: list[str], places: Any, t: int) -> Point:
    numbers = [NUMBERS[place] for place in places]
    values = dict(zip(names, numbers, strict=False))
    if time in batch.claim.parameters:
        values["t"] = Fraction(t)
    return Point(values, batch.family, dict(zip(losses, numbers[len(names) :], strict=True)))
