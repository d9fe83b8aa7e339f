"""What a claim asks of a point at each step, written once: over arrays it is computed, over nodes it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.logic.boolalg import Boolean

from verify.lowering.lanes.program import HUGE, STRIDE, TINY
from verify.search.margins import BatchEnvironment, known_power
from verify.statement.claim import Claim
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile, StepSum, TrajectoryFormula
from verify.statement.system import time

Mask = NDArray[np.bool_]

#: How far an equality, or a loss's membership in its class, may be from exact.
SLACK = -1e-12


@dataclass(frozen=True)
class Move:
    """One step of all lanes.

    Attributes:
        following: the state after it.
        exists: where the trajectory goes on.
        counted: where the assumptions are met and the conclusion is due; None where it never is.
        watched: each part's relative margin as ``(gap, size)``.
        here: the environment of the step.
    """

    following: tuple[Any, ...]
    exists: Any
    counted: Any
    watched: tuple[tuple[Any, Any], ...]
    here: BatchEnvironment


@dataclass(frozen=True)
class Seen:
    """One step that was looked at, over arrays.

    Attributes:
        counted: the lanes that meet the assumptions.
        valid: those of them whose state is in bounds.
    """

    t: int
    move: Move
    counted: Mask
    valid: Mask


class Course:
    """The state of a claim's lanes and how it goes on: the system's state, sums over steps, and hitting times."""

    def __init__(
        self,
        claim: Claim,
        parts: Mapping[str, Boolean],
        assumptions: Sequence[Boolean],
        environment: BatchEnvironment,
    ) -> None:
        self.claim, self.parts, self.assumptions, self.environment = claim, parts, assumptions, environment
        self.arithmetic: Any = environment.arithmetic
        self.known = {
            symbol: known_power(self.arithmetic, environment.value(kind.base), environment.value(kind.level))
            for symbol, kind in claim.times.items()
            if isinstance(kind, LargestPower)
        }
        self.waited = {symbol: kind for symbol, kind in claim.times.items() if symbol not in self.known}
        self.sums = list(dict.fromkeys(node for formula in parts.values() for node in sorted_sums(formula)))
        self._shape: list[tuple[sp.Symbol, int]] = []
        self.start = self._start() if claim.is_trajectory else ()

    def _start(self) -> tuple[Any, ...]:
        assert self.claim.start is not None
        entries: list[Any] = []
        for symbol, expression in self.claim.start.items():
            value = self.environment.value(expression)
            self._shape.append((symbol, len(value) if isinstance(value, tuple) else 0))
            entries += value if isinstance(value, tuple) else (value,)
        self.size = len(entries)
        return (*entries, *[0.0] * len(self.sums), *[float("inf")] * len(self.waited))

    def run(self, size: int, steps: int) -> Iterator[Seen]:
        """Over arrays: the steps at which the conclusion may be due, as long as a lane is left."""
        steps = steps if self.claim.is_trajectory or self.claim.takes_time else 0
        state: tuple[Any, ...] = self.start
        alive = np.broadcast_to(np.asarray(self.alive, dtype=bool), (size,))
        for t in range(steps + 1):
            bounded = self.bounded(state)
            if t % STRIDE == 0 and (t < steps or t == 0):
                alive = alive & bounded
                if not alive.any():
                    return
            move = self.move(state, float(t), last=t == steps)
            if move.counted is not None:
                counted = np.broadcast_to(alive & move.counted, (size,))
                yield Seen(t, move, counted, counted & bounded)
            alive = alive & move.exists
            state = move.following

    @property
    def alive(self) -> Any:
        """Where the loss is in its class."""
        ok: Any = True
        member, loss_class = self.environment.member, self.claim.loss_class
        if loss_class is not None and member is not None:
            for _, condition in loss_class.requirements(member):
                if condition is not None and not condition.has(TrajectoryFormula):
                    ok = self.environment.at_least(condition, SLACK) & ok
        return ok

    def bounded(self, state: Sequence[Any]) -> Any:
        """Where no coordinate has overflowed, or is about to become subnormal (which is slow, and tells no more)."""
        ok: Any = True
        for entry in state[: self.size] if self.claim.is_trajectory else ():
            size = self.arithmetic.call("Abs", [entry])
            ok = (size <= HUGE) & ok
            if not self.claim.is_about_times:
                ok = ((size >= TINY) | self.arithmetic.equal(size, 0.0)) & ok
        return ok

    def move(self, state: Sequence[Any], t: Any, *, last: bool) -> Move:
        """One step from a state at time t; ``last`` is the last step of the run."""
        claim = self.claim
        if not claim.is_trajectory:
            here = self._localized(self.environment.with_values({time: t, **self.known}))
            counted = self._admissible(here) & self._exists(here)
            return Move((), True, counted, self._watched(here), here)
        here, known = self._now(state, t, last=last)
        due = self._due(known, t)
        looked = last or not claim.is_about_times
        counted = self._admissible(here) & due if looked else None
        following: list[Any] = []
        assert claim.step is not None
        for update in claim.step.update:
            value = here.value(update)
            following += value if isinstance(value, tuple) else (value,)
        following += [here.sums[node] + here.value(node.args[0]) for node in self.sums]
        following += [known[symbol] for symbol in self.waited]
        return Move(tuple(following), self._exists(here), counted, self._watched(here) if looked else (), here)

    def _now(self, state: Sequence[Any], t: Any, *, last: bool) -> tuple[BatchEnvironment, dict[sp.Symbol, Any]]:
        """The environment at time t, and the times that are known by then."""
        entries = iter(state)
        values: dict[sp.Symbol, Any] = {time: t}
        for symbol, size in self._shape:
            values[symbol] = tuple(next(entries) for _ in range(size)) if size else next(entries)
        here = self.environment.with_values(values)
        here.sums = {node: next(entries) for node in self.sums}
        known = dict(self.known)
        for symbol, kind in self.waited.items():
            assert isinstance(kind, FirstTime | LargestTimeWhile)
            before = next(entries)
            holds = here.above_zero(kind.condition)
            first = isinstance(kind, FirstTime)
            hit = (holds if first else ~holds) & self.arithmetic.equal(before, float("inf"))
            known[symbol] = self.arithmetic.where(hit, t if first else t - 1.0, before)
            if last and self.claim.is_about_times:  # where only times count, the others are the last step
                known[symbol] = self.arithmetic.call("Min", [known[symbol], t])
        return self._localized(here.with_values(known)), known

    def _due(self, known: Mapping[sp.Symbol, Any], t: Any) -> Any:
        """The lanes whose conclusion is evaluated at step t; a statement about times is evaluated at the last."""
        if self.claim.at is not None:
            (symbol,) = self.claim.at.free_symbols
            return self.arithmetic.equal(known[symbol] + float(self.claim.at - symbol), t)
        begun: Any = True
        for symbol in self.claim.phases:
            begun = (known[symbol] >= 0) & begun
        return begun

    def _localized(self, here: BatchEnvironment) -> BatchEnvironment:
        """The environment with what is defined by the state, and the next state where it is spoken of."""
        sums = here.sums
        state = set(self.claim.step.state) if self.claim.step is not None else set()
        for symbol, expression in self.claim.define.items():
            if self.claim.is_trajectory and expression.free_symbols & state:
                here = here.with_values({symbol: here.value(expression)})
        if self.claim.step is not None:
            spoken = set().union(*(formula.free_symbols for formula in (*self.parts.values(), *self.assumptions)))
            if spoken & set(self.claim.step.next):
                here = here.with_values(
                    {after: here.value(update) for after, update in self.claim.step.one_step.items()}
                )
        here.sums = sums
        return here

    def _admissible(self, here: BatchEnvironment) -> Any:
        ok: Any = True
        for formula in self.assumptions:
            if isinstance(formula, sp.Lt | sp.Gt | sp.Ne):
                met = here.above_zero(formula)
            else:
                met = here.at_least(formula, SLACK if isinstance(formula, sp.Eq) else 0.0)
            ok = met & ok
        return ok

    def _exists(self, here: BatchEnvironment) -> Any:
        ok: Any = True
        for condition in self.claim.step.well_defined if self.claim.step is not None else ():
            ok = here.above_zero(condition) & ok
        return ok

    def _watched(self, here: BatchEnvironment) -> tuple[tuple[Any, Any], ...]:
        return tuple(here.ratio(formula) for formula in self.parts.values())


def sorted_sums(formula: Boolean) -> list[StepSum]:
    """The sums over steps in a formula, in an order that does not change from run to run."""
    return sorted(formula.atoms(StepSum), key=sp.default_sort_key)
