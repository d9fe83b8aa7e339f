"""Many points of a claim at once, in floats: margins over a batch, along the trajectory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.core.relational import Relational

from verify.lowering.floats import Floats
from verify.lowering.interpret import Environment
from verify.search.boundary import onto_boundaries
from verify.search.landmarks import special_places
from verify.statement.claim import Claim, coordinate_names
from verify.statement.domain import Domain, class_bounds, domain_of, place_between
from verify.statement.formula import (
    Differentiable,
    FirstTime,
    LargestPower,
    LargestTimeWhile,
    StepSum,
    TrajectoryFormula,
    speaks_of_a_point,
)
from verify.statement.loss import Family, Member
from verify.statement.system import time

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
_TINY = 1e-300


class BatchEnvironment(Environment):
    """An environment of arrays whose relation margins are relative to the size of the two sides."""

    times_by_lane: dict[sp.Symbol, Array]

    def with_values(self, values: Mapping[sp.Symbol, Any]) -> BatchEnvironment:
        """The same environment with further or other values."""
        return BatchEnvironment(self.arithmetic, {**self.values, **values}, self.member, self.sums, self.times)

    def margin(self, formula: sp.Basic) -> Any:
        """The relative margin of a formula, lane by lane; NaN where it has no value."""
        if isinstance(formula, Differentiable):
            return 1.0
        if isinstance(formula, sp.Implies):
            held = self.margin(formula.args[0])
            # a hypothesis without a value does not hold
            return np.where(held >= 0, self.margin(formula.args[1]), np.inf)
        if formula is sp.true:
            return np.inf
        if formula is sp.false:
            return -np.inf
        return super().margin(formula)

    def _projection(self, member: Member, point: tuple[Any, ...]) -> Any:
        """The nearest minimizer, lane by lane (flat directions of full quadratics are left to the certifier)."""
        if member.eigenvalues is None or not member.diagonal:
            return super()._projection(member, point) if member.eigenvalues is None else (0.0,) * member.dimension
        flat = [self.value(eigenvalue) == 0 for eigenvalue in member.eigenvalues]
        return tuple(np.where(kind, entry, 0.0) for entry, kind in zip(point, flat, strict=True))

    def _geometric_series(self, term: sp.Expr, index: sp.Symbol, lower: sp.Expr) -> Any:
        base = self.value(term.base)
        return np.where(np.abs(base) < 1, 1 / (1 - base), np.nan)

    def _relation_margin(self, relation: Relational) -> Any:
        left, right = self.value(relation.lhs), self.value(relation.rhs)
        if isinstance(left, tuple) or isinstance(right, tuple):
            left, right = self._vectors((relation.lhs, relation.rhs))
            gaps = [np.abs(b - a) / (np.abs(a) + np.abs(b) + _TINY) for a, b in zip(left, right, strict=True)]
            gap = np.maximum.reduce(gaps)
        else:
            gap = (right - left) / (np.abs(left) + np.abs(right) + _TINY)
        if isinstance(relation, sp.Eq):
            return -np.abs(gap)
        if isinstance(relation, sp.Ne):
            return np.abs(gap)
        return gap if isinstance(relation, sp.Le | sp.Lt) else -gap


@dataclass(frozen=True)
class Lane:
    """One point of a batch: parameter values, the loss's parameters, the time, and how bad it looks."""

    part: str
    family: Family | None
    values: Mapping[str, float]
    loss_parameters: Mapping[str, Any]
    t: int
    margin: float
    unit: tuple[float, ...]


class Batch:
    """The points of one claim, one reading and one family of losses, by unit coordinates."""

    def __init__(self, claim: Claim, reading: str, family: Family | None) -> None:
        self.claim, self.reading, self.family = claim, reading, family
        self.domain: Domain = domain_of(claim)
        self.parts = {name: f for name, f in claim.conclusions[reading].items() if speaks_of_a_point(f)}
        self.assumptions = [formula for formula in claim.assumptions if not formula.has(TrajectoryFormula)]
        self.member: Member | None = None
        self.loss_symbols: dict[str, Any] = {}
        if family is not None:
            self.member, self.loss_symbols = symbolic_member(family)
        self.vector_names = [
            name
            for vector in self.domain.vectors
            for name in coordinate_names(vector, self.member.dimension if self.member is not None else 1)
        ]

        self.boundaries = special_places(claim, reading)

    @property
    def unit_dimension(self) -> int:
        """How many unit coordinates a point has."""
        inner = self.family.unit_dimension if self.family is not None else 0
        return len(self.domain.coordinates) + inner + bool(self.boundaries) + len(self.vector_names)

    def environment(self, unit: Array) -> tuple[BatchEnvironment, dict[str, Any], dict[str, Any]]:
        """The environment of the points, their parameters by name, and the parameters of their losses."""
        floats = Floats()
        count = len(self.domain.coordinates)
        columns = [unit[:, index] for index in range(unit.shape[1])]

        def value_of(expression: sp.Expr, placed: Mapping[sp.Symbol, Any]) -> Any:
            return Environment(floats, placed).value(expression)

        placed = self.domain.place(columns[:count], value_of)
        if self.boundaries:
            at = count + (self.family.unit_dimension if self.family is not None else 0)
            choice = columns.pop(at)
            placed = onto_boundaries(self.boundaries, placed, columns, choice, value_of)
        named: dict[str, Any] = {symbol.name: value for symbol, value in placed.items()}
        loss_parameters: dict[str, Any] = {}
        rest = columns[count:]
        if self.family is not None:
            inner, rest = rest[: self.family.unit_dimension], rest[self.family.unit_dimension :]
            proposal = self.family.propose(inner, class_bounds(self.claim, placed))
            loss_parameters = {name: _as_floats(value, len(unit)) for name, value in proposal.items()}
        for vector in self.domain.vectors:
            size = self.member.dimension if self.member is not None else 1
            coordinates, rest = rest[:size], rest[size:]
            entries = [place_between(column, None, None) for column in coordinates]
            named |= dict(zip(coordinate_names(vector, size), entries, strict=True))
        return self.environment_of(named, loss_parameters), named, loss_parameters

    def environment_of(self, named: Mapping[str, Any], loss_parameters: Mapping[str, Any]) -> BatchEnvironment:
        """The environment of points that are given by their parameters, vectors by coordinate, and their losses."""
        values: dict[sp.Symbol, Any] = {c.symbol: named[c.symbol.name] for c in self.domain.coordinates}
        for name, symbol in self.loss_symbols.items():
            values |= _bind(symbol, loss_parameters[name])
        for vector in self.domain.vectors:
            size = self.member.dimension if self.member is not None else 1
            values[vector] = tuple(named[name] for name in coordinate_names(vector, size))
        environment = BatchEnvironment(Floats(), values, self.member)
        self._bind(environment)
        return environment

    def _bind(self, environment: BatchEnvironment) -> None:
        loss_class = self.claim.loss_class
        if loss_class is not None and self.member is not None and self.member.eigenvalues is not None:
            for symbol, attribute in loss_class.attributes.items():
                place = 0 if attribute == "top eigenvalue" else -1
                environment.values[symbol] = environment.value(self.member.eigenvalues[place])
        state = set(self.claim.step.state) if self.claim.step is not None else set()
        for symbol, expression in self.claim.define.items():
            if not (self.claim.is_trajectory and expression.free_symbols & state):
                environment.values[symbol] = environment.value(expression)

    def margins(self, unit: Array, steps: int) -> Iterator[tuple[int, BatchEnvironment, Mask, dict[str, Array]]]:
        """For each time (0 for one-step claims): the admissible lanes, and each part's relative margin.

        Yields ``(t, environment, admissible, {part: margins})``.
        """
        environment, _, _ = self.environment(unit)
        yield from self.run(environment, len(unit), steps)

    def run(
        self, environment: BatchEnvironment, size: int, steps: int
    ) -> Iterator[tuple[int, BatchEnvironment, Mask, dict[str, Array]]]:
        """As ``margins``, for points that have an environment already."""
        member_ok = self._membership(environment, size)
        if not self.claim.is_trajectory:
            here = self._localized(_Clock(self.claim, environment, size).now(environment))
            yield 0, here, member_ok & self._admissible(here, size) & self._exists(here, size), self._parts(here, size)
            return
        assert self.claim.step is not None and self.claim.start is not None
        state = {symbol: environment.value(value) for symbol, value in self.claim.start.items()}
        sums = {node: np.zeros(size) for formula in self.parts.values() for node in formula.atoms(StepSum)}
        clock = _Clock(self.claim, environment, size)
        alive = member_ok
        for t in range(steps + 1):
            here = environment.with_values({**state, time: float(t)})
            here.sums = dict(sums)
            here = clock.watch(here, t, last=t == steps)
            here = self._localized(here)
            due = clock.due(t, last=t == steps)
            if due is not None:
                yield t, here, alive & due & self._admissible(here, size), self._parts(here, size)
            alive = alive & self._exists(here, size)
            for node in sums:
                sums[node] = sums[node] + here.value(node.args[0])
            state = {
                symbol: here.value(update)
                for symbol, update in zip(self.claim.step.state, self.claim.step.update, strict=True)
            }
            if not alive.any():
                return

    def _localized(self, here: BatchEnvironment) -> BatchEnvironment:
        state = set(self.claim.step.state) if self.claim.step is not None else set()
        for symbol, expression in self.claim.define.items():
            if self.claim.is_trajectory and expression.free_symbols & state:
                here = here.with_values({symbol: here.value(expression)})
        if self.claim.step is None:
            return here
        spoken = set().union(*(formula.free_symbols for formula in (*self.parts.values(), *self.assumptions)))
        if not spoken & set(self.claim.step.next):
            return here
        return here.with_values({after: here.value(update) for after, update in self.claim.step.one_step.items()})

    def _membership(self, environment: BatchEnvironment, size: int) -> Mask:
        ok = np.ones(size, dtype=bool)
        if self.claim.loss_class is None or self.member is None:
            return ok
        for _, condition in self.claim.loss_class.requirements(self.member):
            if condition is not None and not condition.has(TrajectoryFormula):
                ok &= np.broadcast_to(environment.margin(condition) >= -1e-12, (size,))
        return ok

    def _admissible(self, here: BatchEnvironment, size: int) -> Mask:
        ok = np.ones(size, dtype=bool)
        for formula in self.assumptions:
            margin = np.broadcast_to(here.margin(formula), (size,))
            strict = isinstance(formula, sp.Lt | sp.Gt | sp.Ne)
            ok &= (margin > 0) if strict else (margin >= (-1e-12 if isinstance(formula, sp.Eq) else 0))
        return ok

    def _exists(self, here: BatchEnvironment, size: int) -> Mask:
        ok = np.ones(size, dtype=bool)
        if self.claim.step is None:
            return ok
        for condition in self.claim.step.well_defined:
            ok &= np.broadcast_to(here.margin(condition) > 0, (size,))
        return ok

    def _parts(self, here: BatchEnvironment, size: int) -> dict[str, Array]:
        return {name: np.broadcast_to(here.margin(formula), (size,)) for name, formula in self.parts.items()}


class _Clock:
    """The hitting times of each lane, as far as the trajectory has run."""

    def __init__(self, claim: Claim, environment: BatchEnvironment, size: int) -> None:
        self.claim = claim
        self.known: dict[sp.Symbol, Array] = {}
        for symbol, definition in claim.times.items():
            if isinstance(definition, LargestPower):
                base, level = environment.value(definition.base), environment.value(definition.level)
                with np.errstate(all="ignore"):
                    largest = np.floor(np.log(level) / np.log(np.abs(base)))
                    even = largest - largest % 2  # a negative base has positive powers at even times only
                largest = np.where(base > 0, largest, even)
                self.known[symbol] = np.where((base != 0) & (np.abs(base) < 1), largest, np.nan) * np.ones(size)
            else:
                self.known[symbol] = np.full(size, np.inf)

    def due(self, t: int, *, last: bool) -> Mask | None:
        """The lanes whose conclusion is evaluated at step t; None if there can be none.

        A statement about times is evaluated once, at the last step.
        """
        if self.claim.at is not None:
            (symbol,) = self.claim.at.free_symbols
            shift = float(self.claim.at - symbol)
            return np.asarray(self.known[symbol] + shift == t)
        if self.claim.is_about_times and not last:
            return None
        begun = np.ones(len(next(iter(self.known.values()))) if self.known else 1, dtype=bool)
        for symbol in self.claim.phases:
            begun = begun & (self.known[symbol] >= 0)
        return begun

    def now(self, here: BatchEnvironment) -> BatchEnvironment:
        """The environment with the times known so far."""
        return here.with_values(self.known) if self.known else here

    def watch(self, here: BatchEnvironment, t: int, *, last: bool = False) -> BatchEnvironment:
        """The environment with the times known at step t; at the last, where only times count, the others are t."""
        for symbol, definition in self.claim.times.items():
            if isinstance(definition, LargestPower):
                continue
            assert isinstance(definition, FirstTime | LargestTimeWhile)
            holds = here.margin(definition.condition) > 0
            first = isinstance(definition, FirstTime)
            hit = (holds if first else ~holds) & np.isinf(self.known[symbol])
            self.known[symbol] = np.where(hit, t if first else t - 1, self.known[symbol])
            if last and self.claim.is_about_times:
                self.known[symbol] = np.minimum(self.known[symbol], t)
        return self.now(here)


def symbolic_member(family: Family) -> tuple[Member, dict[str, Any]]:
    """A member with symbols for its parameters, and the symbols by parameter name (pairs of them for knots)."""
    symbols: dict[str, Any] = {}
    for name in family.defaults:
        if name == "knots":
            count = _knot_count(family)
            symbols[name] = tuple(
                (sp.Dummy(f"knot_{index}", real=True), sp.Dummy(f"level_{index}", real=True)) for index in range(count)
            )
        else:
            symbols[name] = sp.Dummy(name, real=True)
    return family.build(family.name, **symbols), symbols


def _knot_count(family: Family) -> int:
    proposal = family.propose([Fraction(1, 2)] * family.unit_dimension, {})
    return len(proposal["knots"])


def _bind(symbol: Any, value: Any) -> dict[sp.Symbol, Any]:
    if isinstance(symbol, tuple):
        bound: dict[sp.Symbol, Any] = {}
        for (where, what), (place, level) in zip(symbol, value, strict=True):
            bound |= {where: place, what: level}
        return bound
    return {symbol: value}


def _as_floats(value: Any, size: int) -> Any:
    """A family's proposal as arrays of doubles (its arithmetic may have mixed in Fractions)."""
    if isinstance(value, tuple):
        return tuple((_as_floats(a, size), _as_floats(b, size)) for a, b in value)
    return np.broadcast_to(np.asarray(value, dtype=float), (size,))
