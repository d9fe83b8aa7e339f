"""The first stage: a scrambled Sobol screen that follows the geometry of the domain, with its corners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from verify.lowering.lanes.program import CLEAR
from verify.search.batch import Batch, Lane
from verify.search.budget import Budget

Array = NDArray[np.float64]

#: How much longer the trajectories of a statement about times are.
LONGER = 4

#: With a kernel, 2 to this power times as many points cost little more.
MORE_WITH_A_KERNEL = 3

#: Where fewer points than this share meet the assumptions, so many generations of points are looked at.
ENOUGH, GENERATIONS = 0.25, 3

#: Lanes that look this good are no candidates (relative margin).
INTERESTING = CLEAR


@dataclass
class Screened:
    """What a screen met: the worst lanes by part, lanes without a value, and the effort."""

    worst: dict[str, list[Lane]] = field(default_factory=dict)
    undefined: dict[str, list[Lane]] = field(default_factory=dict)
    points: int = 0
    worst_margin: float = float("inf")


def screen(batch: Batch, budget: Budget, seed: int) -> Screened:
    """Evaluate many points of a claim in floats and keep the worst ones."""
    found = Screened()
    steps = budget.steps * LONGER if batch.claim.is_about_times else budget.steps
    batch.compile(2**budget.log2_points, steps)
    log2_points = budget.log2_points + (MORE_WITH_A_KERNEL if batch.kernel is not None else 0)
    unit = sobol(batch.unit_dimension, log2_points, seed)
    unit = warp(unit, seed)
    unit = corners(batch, unit, seed)
    for generation in range(GENERATIONS):
        met = _look(batch, unit, steps, budget.candidates, found)
        if not met.any() or met.mean() >= ENOUGH:
            break
        unit = among(unit[met], len(unit), seed + 4 + generation)
    return found


def _look(batch: Batch, unit: Array, steps: int, count: int, found: Screened) -> NDArray[np.bool_]:
    """Evaluate points and bring the lists of the worst up to date; which points met the assumptions."""
    with np.errstate(all="ignore"):
        named, loss_parameters = batch.points(unit)
    answers = batch.follow_from(named, loss_parameters, len(unit), steps)
    found.points += int(answers.count.sum())

    def lane(part: str, watched: dict[str, Array], time: str, place: int) -> Lane:
        margin = float(watched["margin"][place]) if time == "at" else float("nan")
        return lane_at(batch, part, unit, named, loss_parameters, int(watched[time][place]), place, margin)

    for part, watched in zip(batch.parts, answers.watched, strict=True):
        margins = watched["margin"]
        found.worst_margin = min(found.worst_margin, float(margins.min()))
        worst = found.worst.setdefault(part, [])
        chosen = np.argsort(margins, kind="stable")[:count]
        worst += [lane(part, watched, "at", place) for place in map(int, chosen) if np.isfinite(margins[place])]
        worst.sort(key=lambda one: one.margin)
        del worst[count:]
        lost = found.undefined.setdefault(part, [])
        missing = np.flatnonzero(watched["undefined"] >= 0)
        missing = missing[np.argsort(watched["undefined"][missing], kind="stable")][: count - len(lost)]
        lost += [lane(part, watched, "undefined", place) for place in map(int, missing)]
    return np.asarray(answers.count > 0)


def among(parents: Array, size: int, seed: int) -> Array:
    """Points between and around those that met the assumptions: coordinates of two of them, some moved a little.

    A coordinate moves by a share of its distance from the nearer end of its range, so that it stays near an end.
    """
    rng = np.random.default_rng(seed)
    one, other = (parents[rng.integers(0, len(parents), size)] for _ in range(2))
    mixed = np.where(rng.random(one.shape) < 0.7, one, other)
    room = np.minimum(mixed, 1 - mixed)
    moved = mixed + room * rng.standard_normal(mixed.shape) * 10.0 ** (-3 * rng.random((size, 1)))
    return np.asarray(np.where(rng.random(mixed.shape) < 0.5, np.clip(moved, 1e-15, 1 - 1e-15), mixed))


def sobol(dimension: int, log2_points: int, seed: int) -> Array:
    """Scrambled Sobol points in the unit cube."""
    if dimension == 0:
        return np.zeros((1, 0))
    return np.asarray(qmc.Sobol(dimension, scramble=True, rng=seed).random_base2(log2_points))


def warp(unit: Array, seed: int) -> Array:
    """Move half of the points towards the ends of each coordinate's range, geometrically down to 1e-12."""
    rng = np.random.default_rng(seed + 1)
    kind = rng.integers(0, 4, size=unit.shape)
    exponent = 10.0 ** (-12 * rng.random(unit.shape))
    near_low, near_high = unit * exponent, 1 - unit * exponent
    moved = np.where(kind == 0, near_low, np.where(kind == 1, near_high, unit))
    plain = np.arange(len(unit)) % 2 == 0
    moved[plain] = unit[plain]
    return np.asarray(np.clip(moved, 1e-15, 1 - 1e-15))


def corners(batch: Batch, unit: Array, seed: int) -> Array:
    """Put every eighth point on closed ends of some of its coordinates, and losses on the ends of their families.

    A coordinate without ends (a state, say) is put on 0, and of every other eighth point next to it.
    """
    rng = np.random.default_rng(seed + 2)
    ends = batch.domain.closed_ends()
    ends += [(True, True)] * (unit.shape[1] - len(ends) - len(batch.vector_names))
    boundless = {i for i, one in enumerate(batch.domain.coordinates) if not one.lower and not one.upper}
    result = unit.copy()
    chosen = np.arange(len(unit)) % 8 == 3
    for index, (low, high) in enumerate(ends):
        draw = rng.random(len(unit))
        if low:
            result[chosen & (draw < 0.3), index] = 0.0
        if high:
            result[chosen & (draw > 0.7), index] = 1.0
        if index in boundless:
            result[chosen & (draw < 0.3), index] = 0.5
    place = np.arange(unit.shape[1])
    free = np.isin(place, list(boundless)) | (place >= unit.shape[1] - len(batch.vector_names))
    near = (np.arange(len(unit)) % 8 == 5)[:, None] & free & (rng.random(unit.shape) < 0.5)
    return np.where(near, 0.5 + (unit - 0.5) * 10.0 ** (-12 * rng.random(unit.shape)), result)


def lane_at(
    batch: Batch,
    part: str,
    unit: Array,
    named: dict[str, Any],
    loss_parameters: dict[str, Any],
    t: int,
    lane: int,
    margin: float,
) -> Lane:
    """One lane of a batch as a point of its own."""

    def pick(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple((pick(a), pick(b)) for a, b in value)
        array = np.asarray(value)
        return float(array[lane]) if array.ndim else float(array)

    return Lane(
        part=part,
        family=batch.family,
        values={name: pick(value) for name, value in named.items()},
        loss_parameters={name: pick(value) for name, value in loss_parameters.items()},
        t=t,
        margin=margin,
        unit=tuple(unit[lane]),
    )
