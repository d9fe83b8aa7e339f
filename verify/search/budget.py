"""How much work a search may do; counted in points, steps and evaluations, never in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from verify.errors import InputError


@dataclass(frozen=True)
class Budget:
    """The work of one search.

    Attributes:
        name: ``quick``, ``standard`` or ``deep``.
        log2_points: the screen takes 2**log2_points points for each family of losses.
        steps: how far a trajectory is followed in the screen.
        examples: how many points Hypothesis draws.
        ascents: on how many families of losses the margin is followed to where it is least.
        ascent_evaluations: how many points, in units of what one look takes in a lane of its own, each may cost.
        candidates: how many of the worst points of each part are certified.
        long_run: how many operations a long trajectory may take, a step of a simple claim takes about ten.
        bits: the largest ball precision for certifying a candidate.
    """

    name: str
    log2_points: int
    steps: int
    examples: int
    ascents: int
    ascent_evaluations: int
    candidates: int
    long_run: int
    bits: int


BUDGETS = {
    "quick": Budget("quick", 10, 12, 40, 2, 256, 4, 20_000, 512),
    "standard": Budget("standard", 12, 64, 100, 4, 640, 4, 120_000, 1024),
    "deep": Budget("deep", 16, 256, 2000, 16, 8192, 24, 10_000_000, 4096),
}


def budget_named(name: str) -> Budget:
    """The budget of that name.

    Raises:
        InputError: there is none.
    """
    if name not in BUDGETS:
        raise InputError(f"budget {name!r} is unknown; it is one of {', '.join(BUDGETS)}")
    return BUDGETS[name]
