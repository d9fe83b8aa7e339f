"""What ascent climbs on: the margin of a part at many points, its gap, and expressions whose sign matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.relational import Relational

from verify.errors import VerifyError
from verify.search.batch import Batch, Lane
from verify.search.margins import BatchEnvironment
from verify.search.screen import lane_at
from verify.statement.system import time

Array = NDArray[np.float64]

#: What can be climbed on: the margin relative to the two sides (blind where one side is 0), and the bare gap.
RELATIVE, GAP = "relative", "gap"
#: A point that is not admissible comes after all that are, in the order of what it lacks.
OUTSIDE = 1e30
#: Whether the trajectories have come to rest (and nothing changes but the time) is looked at so often.
RESTING = 64


@dataclass
class View:
    """The least of each height over the times, lane by lane, with the time; and the least margin.

    Attributes:
        heights: by kind; beyond OUTSIDE where the point is not admissible.
        times: when each was reached.
        margin: the least relative margin at an admissible time, infinite where there is none.
        margin_time: when that was.
        points: how many admissible points were looked at.
    """

    heights: dict[Any, Array]
    times: dict[Any, NDArray[np.int64]]
    margin: Array
    margin_time: NDArray[np.int64]
    points: int = 0


class _Gaps(BatchEnvironment):
    """An environment whose margins are the bare differences of the two sides; it shares the values of another."""

    def __init__(self, here: BatchEnvironment) -> None:
        super().__init__(here.arithmetic, {}, here.member, here.sums, here.times)
        self.values, self._memo = here.values, here._memo

    def _relation_margin(self, relation: Relational) -> Any:
        if any(isinstance(self.value(side), tuple) for side in relation.args):
            return super()._relation_margin(relation)
        gap = self.value(relation.rhs) - self.value(relation.lhs)
        if isinstance(relation, sp.Eq):
            return -np.abs(gap)
        if isinstance(relation, sp.Ne):
            return np.abs(gap)
        return gap if isinstance(relation, sp.Le | sp.Lt) else -gap


def look(batch: Batch, part: str, unit: Array, steps: int, kinds: Mapping[Any, float]) -> View:
    """Look at many points.

    Args:
        steps: how far a trajectory is followed; it ends early where all have come to rest.
        kinds: RELATIVE, GAP, or an expression with the factor that it is multiplied by.
    """
    size = len(unit)
    none = np.zeros(size, dtype=np.int64)
    view = View(
        {kind: np.full(size, np.inf) for kind in kinds},
        {kind: none.copy() for kind in kinds},
        np.full(size, np.inf),
        none.copy(),
    )
    before: list[Array] | None = None
    state = _that_may_rest(batch, part)
    with np.errstate(all="ignore"):
        for t, here, admissible, parts in batch.margins(unit, steps):
            margin = np.where(admissible & ~np.isnan(parts[part]), parts[part], np.inf)
            view.points += int(admissible.sum())
            closer = margin < view.margin
            view.margin, view.margin_time = np.where(closer, margin, view.margin), np.where(closer, t, view.margin_time)
            outside = None if batch.claim.is_trajectory else _lacking(batch, here, size)
            for kind, factor in kinds.items():
                height = margin if kind is RELATIVE else factor * _height(batch, part, here, kind, size)
                height = np.where(admissible & ~np.isnan(height), height, np.inf)
                if outside is not None:
                    height = np.where(admissible, np.minimum(height, OUTSIDE), OUTSIDE * (1 + outside))
                lower = height < view.heights[kind]
                view.heights[kind] = np.where(lower, height, view.heights[kind])
                view.times[kind] = np.where(lower, t, view.times[kind])
            if state and t % RESTING == 0 and not here.sums:
                now = [np.asarray(here.values[symbol]) for symbol in state]
                if before is not None and all(map(_same, now, before)):
                    break
                before = now
    return view


def _that_may_rest(batch: Batch, part: str) -> tuple[sp.Symbol, ...]:
    """The state whose rest is the rest of everything: none where the time itself or a hitting time is spoken of."""
    claim = batch.claim
    formulas = [batch.parts[part], *batch.assumptions, *claim.define.values()]
    spoken: set[sp.Basic] = set().union(*(formula.free_symbols for formula in formulas))
    if claim.step is None or not claim.is_trajectory or time in spoken or claim.times:
        return ()
    return claim.step.state


def lane_of(batch: Batch, part: str, unit: Array, place: int, view: View) -> Lane:
    """The point in that place, at the time of its least margin."""
    chosen = unit[place : place + 1]
    with np.errstate(all="ignore"):
        _, named, loss_parameters = batch.environment(chosen)
    t, margin = int(view.margin_time[place]), float(view.margin[place])
    return lane_at(batch, part, chosen, named, loss_parameters, t, 0, margin)


def _same(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=True)


def _height(batch: Batch, part: str, here: BatchEnvironment, kind: Any, size: int) -> Array:
    if kind is GAP:
        return np.broadcast_to(np.asarray(_Gaps(here).margin(batch.parts[part]), dtype=float), (size,))
    try:
        return np.broadcast_to(np.asarray(here.value(kind), dtype=float), (size,))
    except (VerifyError, TypeError, ValueError):
        return np.full(size, np.nan)  # an expression of something that has no value here


def _lacking(batch: Batch, here: BatchEnvironment, size: int) -> Array:
    """How far each point is from meeting the assumptions: the sum of what they lack."""
    total = np.zeros(size)
    for formula in batch.assumptions:
        margin = np.broadcast_to(np.asarray(here.margin(formula), dtype=float), (size,))
        total = total + np.where(np.isnan(margin), 1.0, np.clip(-margin, 0, 1))
    return total


def operations_of(batch: Batch, parts: Iterable[str], t: int = 1) -> int:
    """How many operations one evaluation of some parts at step t takes, roughly: what work is counted in."""
    claim = batch.claim
    formulas = [batch.parts[part] for part in parts if part in batch.parts]
    formulas += [*batch.assumptions, *(claim.step.update if claim.step is not None else ())]
    terms = [node.function for formula in formulas for node in formula.atoms(sp.Sum) if time in node.free_symbols]
    return 1 + sum(int(formula.count_ops()) for formula in formulas) + t * sum(int(term.count_ops()) for term in terms)
