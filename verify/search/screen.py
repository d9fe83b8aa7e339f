"""The first stage: a scrambled Sobol screen that follows the geometry of the domain, with its corners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget

Array = NDArray[np.float64]

#: How much longer the trajectories of a statement about times are.
LONGER = 4

#: Lanes that look this good are no candidates (relative margin).
INTERESTING = 1e-9


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
    dimension = batch.unit_dimension
    unit = sobol(dimension, budget.log2_points, seed)
    unit = warp(unit, seed)
    unit = corners(batch, unit, seed)
    with np.errstate(all="ignore"):
        _, named, loss_parameters = batch.environment(unit)
        steps = budget.steps * LONGER if batch.claim.is_about_times else budget.steps
        for t, _, admissible, parts in batch.margins(unit, steps):
            found.points += int(admissible.sum())
            for part, margins in parts.items():
                _keep(found, batch, part, unit, named, loss_parameters, t, admissible, margins, budget.candidates)
    return found


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

    A coordinate without ends (a state, say) is put on 0.
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
    return result


def _keep(
    found: Screened,
    batch: Batch,
    part: str,
    unit: Array,
    named: dict[str, Any],
    loss_parameters: dict[str, Any],
    t: int,
    admissible: NDArray[np.bool_],
    margins: Array,
    count: int,
) -> None:
    """Bring the lists of the worst lanes up to date with one time step."""
    missing = np.flatnonzero(admissible & np.isnan(margins))
    lost = found.undefined.setdefault(part, [])
    for lane in missing[: max(0, count - len(lost))]:
        lost.append(lane_at(batch, part, unit, named, loss_parameters, t, int(lane), float("nan")))
    usable = np.where(admissible & ~np.isnan(margins), margins, np.inf)
    if not len(usable):
        return
    found.worst_margin = min(found.worst_margin, float(usable.min()))
    worst = found.worst.setdefault(part, [])
    for lane in np.argsort(usable, kind="stable")[:count]:
        if np.isfinite(usable[lane]):
            worst.append(lane_at(batch, part, unit, named, loss_parameters, t, int(lane), float(usable[lane])))
    worst.sort(key=lambda lane: (lane.margin, lane.t))
    del worst[count:]


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
