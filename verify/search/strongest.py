"""From a witness to the one with the largest relative violation, in numbers as simple as that allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget
from verify.search.certify import Certified, candidates, certify, simplify
from verify.search.explore import Arm, generation
from verify.search.terrain import RELATIVE

#: Of how many evaluations of the budget one generation is paid for, and how many lanes are certified at the end.
EVALUATIONS_A_GENERATION, CERTIFIED = 32, 12
#: A violation that is smaller by no more than this share counts as equal: then simpler numbers are worth more.
KEPT = 0.99
#: Nothing violates a relation by more than this relative to its two sides.
LARGEST = 1.0


def strongest(
    batch: Batch, starts: Sequence[Lane], known: Certified, budget: Budget, seed: int
) -> tuple[Certified, int]:
    """The strongest certified witness that a climb from the worst lanes of a part comes to.

    Args:
        batch: the family of losses on which the part looks worst.
        starts: its worst lanes.
        known: the strongest witness so far.

    Returns:
        The witness (the known one in simpler numbers where there is none stronger), and how many admissible points
        were looked at.
    """
    best, points = known, 0
    if batch.unit_dimension > 0 and known.relative < KEPT * LARGEST:
        lanes, points = _climb(batch, starts, budget, seed)
        for lane in [lane for lane in lanes if -lane.margin > known.relative / KEPT][:CERTIFIED]:
            best = max([best, *_certified(batch, lane, budget)], key=lambda entry: entry.relative)
            if best.relative >= -KEPT * lane.margin:
                break  # the lanes that follow are weaker
    return simplify(batch.claim, batch.reading, best, budget.bits, least=KEPT * best.relative), points


def _climb(batch: Batch, starts: Sequence[Lane], budget: Budget, seed: int) -> tuple[list[Lane], int]:
    """The lanes that it starts from and the worst one of each generation, the worst first."""
    arm = Arm(
        batch,
        starts[0].part,
        RELATIVE,
        1.0,
        np.array([lane.unit for lane in starts]),
        np.array([lane.margin for lane in starts]),
        np.array([lane.t for lane in starts]),
        waiting=[],
    )
    rng = np.random.default_rng(seed)
    lanes, points = list(starts), 0
    for _ in range(max(1, budget.ascent_evaluations // EVALUATIONS_A_GENERATION)):
        lane, spent = generation(arm, budget, rng)
        points += spent
        if lane is not None:
            lanes.append(lane)
        if arm.over:
            break
    return sorted(lanes, key=lambda one: one.margin), points


def _certified(batch: Batch, lane: Lane, budget: Budget) -> Iterator[Certified]:
    """The certified witnesses among the rational points near a lane, the simplest first."""
    for point in candidates(batch.claim, lane):
        found = certify(batch.claim, batch.reading, lane.part, point, budget.bits)
        if found is not None and found.kind == "violated":
            yield found
