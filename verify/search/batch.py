"""Many points of a claim at once, in floats: the worst margins along their trajectories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from verify.errors import VerifyError
from verify.lowering.floats import Floats
from verify.lowering.interpret import Environment
from verify.lowering.lanes.emit import WIDTH
from verify.lowering.lanes.graph import Graph, Rate
from verify.lowering.lanes.kernel import Answers, Kernel
from verify.lowering.lanes.program import ANSWERS, BLOCK, CLEAR, Program, Step, Watched, reachable, step_roots
from verify.lowering.lanes.rewrite import economical
from verify.lowering.lanes.tracing import Traced
from verify.search.boundary import onto_boundaries
from verify.search.course import Course
from verify.search.equations import equations_of, onto_equations
from verify.search.landmarks import special_places
from verify.search.margins import BatchEnvironment
from verify.statement.claim import Claim, coordinate_names
from verify.statement.domain import Domain, class_bounds, domain_of, place_between
from verify.statement.formula import TrajectoryFormula, speaks_of_a_point
from verify.statement.loss import Family, Member

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: So many points times steps pay for compiling a kernel.
WORTH_A_KERNEL = 2**17
#: So many pay for a longer compilation, of the steps of several vectors together, if these are not too many operations.
WORTH_MANY_CHAINS, MOST_NODES = 2**24, 2000


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
        self.equations = equations_of(claim, self.domain)
        self.assumptions = [formula for formula in claim.assumptions if not formula.has(TrajectoryFormula)]
        self.kernel: Kernel | None = None

    @property
    def unit_dimension(self) -> int:
        """How many unit coordinates a point has."""
        inner = self.family.unit_dimension if self.family is not None else 0
        return len(self.domain.coordinates) + inner + bool(self.boundaries) + len(self.vector_names)

    def environment(self, unit: Array) -> tuple[BatchEnvironment, dict[str, Any], dict[str, Any]]:
        """The environment of the points, their parameters by name, and the parameters of their losses."""
        named, loss_parameters = self.points(unit)
        return self.environment_of(named, loss_parameters), named, loss_parameters

    def points(self, unit: Array) -> tuple[dict[str, Any], dict[str, Any]]:
        """The points with these unit coordinates: their parameters by name, and the parameters of their losses."""
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
        placed = onto_equations(self.equations, placed, value_of)
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
        return named, loss_parameters

    def environment_of(
        self, named: Mapping[str, Any], loss_parameters: Mapping[str, Any], arithmetic: Any = None
    ) -> BatchEnvironment:
        """The environment of points that are given by their parameters, vectors by coordinate, and their losses."""
        values: dict[sp.Symbol, Any] = {c.symbol: named[c.symbol.name] for c in self.domain.coordinates}
        for name, symbol in self.loss_symbols.items():
            values |= _bind(symbol, loss_parameters[name])
        for vector in self.domain.vectors:
            size = self.member.dimension if self.member is not None else 1
            values[vector] = tuple(named[name] for name in coordinate_names(vector, size))
        environment = BatchEnvironment(arithmetic or Floats(), values, self.member)
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

    def follow(self, unit: Array, steps: int) -> Answers:
        """The worst margins of the points with these unit coordinates, along their trajectories."""
        with np.errstate(all="ignore"):
            named, loss_parameters = self.points(unit)
        return self.follow_from(named, loss_parameters, len(unit), steps)

    def follow_from(
        self, named: Mapping[str, Any], loss_parameters: Mapping[str, Any], size: int, steps: int
    ) -> Answers:
        """As ``follow``, for points that are given by their parameters and their losses."""
        steps = steps if self.claim.is_trajectory else 0
        if self.kernel is not None:
            columns = [np.broadcast_to(column, (size,)) for column in self._columns(named, loss_parameters)]
            return self.kernel.run(columns, steps)
        with np.errstate(all="ignore"):
            return follow_in_arrays(self.course(self.environment_of(named, loss_parameters)), size, steps)

    def margins(self, unit: Array, steps: int) -> Iterator[tuple[int, BatchEnvironment, Mask, dict[str, Array]]]:
        """For each time (0 for one-step claims): the admissible lanes, and each part's relative margin.

        Yields ``(t, environment, admissible, {part: margins})``.
        """
        environment, _, _ = self.environment(unit)
        size = len(unit)
        for seen in self.course(environment).run(size, steps):
            parts = {}
            for part, (gap, width) in zip(self.parts, seen.move.watched, strict=True):
                parts[part] = np.broadcast_to(gap if width is None else gap / width, (size,))
            yield seen.t, seen.move.here, seen.valid, parts

    def course(self, environment: BatchEnvironment) -> Course:
        """What the claim asks of these lanes at each step."""
        return Course(self.claim, self.parts, self.assumptions, environment)

    # --- the kernel ---------------------------------------------------------------------------------------------

    @cached_property
    def program(self) -> Program | None:
        """What a lane kernel has to compute; None where the claim needs what it does not have."""
        try:
            return traced(self)
        except VerifyError:
            return None

    def compile(self, points: int, steps: int) -> None:
        """Use a kernel from now on, if so much work pays for one."""
        work = points * ((steps if self.claim.is_trajectory else 0) + 1)
        if self.kernel is None and work >= WORTH_A_KERNEL and self.program is not None:
            chains = best_chains(self.program) if work >= WORTH_MANY_CHAINS else 1
            self.kernel = Kernel(self.program, chains=chains)

    def _columns(self, named: Mapping[str, Any], loss_parameters: Mapping[str, Any]) -> list[Any]:
        """The numbers of the points in the order of the kernel's inputs."""
        return [*(named[name] for name in self._names), *_flat(loss_parameters[name] for name in self.loss_symbols)]

    @property
    def _names(self) -> list[str]:
        return [coordinate.symbol.name for coordinate in self.domain.coordinates] + self.vector_names


def traced(batch: Batch) -> Program:
    """The program of a batch.

    Raises:
        VerifyError: it takes an operation that kernels do not have, or a decision about a lane.
    """
    graph = Graph()
    arithmetic = Traced(graph)
    named = {name: graph.input(name, Rate.LANE) for name in batch._names}
    losses = {name: _inputs(graph, f"loss {name}", symbol) for name, symbol in batch.loss_symbols.items()}
    course = batch.course(batch.environment_of(named, losses, arithmetic))
    start = tuple(arithmetic.node(value) for value in course.start)
    if not start and batch.claim.takes_time:
        raise VerifyError("a kernel counts the steps of a trajectory only")
    state = tuple(graph.input(f"state {number}", Rate.STEP) for number in range(len(start)))
    now = graph.input("time", Rate.TIME) if start else graph.constant(0.0)
    alive = arithmetic.node(course.alive)

    def step(*, last: bool) -> Step:
        move = course.move(state, now, last=last)
        watched = tuple(
            Watched(arithmetic.node(gap), None if size is None else arithmetic.node(size)) for gap, size in move.watched
        )
        counted = None if move.counted is None else arithmetic.node(move.counted)
        return Step(tuple(map(arithmetic.node, move.following)), arithmetic.node(move.exists), counted, watched)

    final = step(last=True)
    usual = step(last=False) if batch.claim.is_about_times else final
    if usual is final and final.counted is not None and start and final.counted.rate <= Rate.LANE:
        # what is never counted need not be followed
        alive, final = alive & final.counted, replace(final, counted=graph.constant(True))
        usual = final
    elif not start and final.counted is not None:
        alive, final = graph.constant(True), replace(final, counted=final.counted & alive)
        usual = final
    bounded = arithmetic.node(course.bounded(state))
    inputs = (*named.values(), *_flat(losses.values()))
    return economical(Program(graph, inputs, state, start, alive, bounded, usual, final, now))


def best_chains(program: Program) -> int:
    """How many vectors a kernel should work on together where only its speed counts."""
    if not program.state:
        return 1  # the processor finds the next vectors by itself: no step waits for the one before
    chains, size = BLOCK // WIDTH, len(reachable(step_roots(program.step)))
    while chains > 1 and chains * size > MOST_NODES:
        chains //= 2
    return chains


def follow_in_arrays(course: Course, size: int, steps: int) -> Answers:
    """What a kernel answers, computed by the interpreter of arrays."""
    count = np.zeros(size)
    answers = [{name: np.full(size, np.inf if name == "margin" else -1.0) for name in ANSWERS} for _ in course.parts]
    for seen in course.run(size, steps):
        count += seen.counted
        for found, (gap, width) in zip(answers, seen.move.watched, strict=True):
            _look(found, gap, width, (seen.counted, seen.valid), seen.t)
    return Answers(count, tuple(answers))


def _look(found: dict[str, Array], gap: Any, width: Any, lanes: tuple[Mask, Mask], t: int) -> None:
    """Bring the answers of one part up to date, from the lanes that count and those of them in bounds."""
    counted, valid = lanes
    margin = np.broadcast_to(np.asarray(gap if width is None else gap / width, dtype=float), valid.shape)
    huge = np.broadcast_to(np.isinf(np.asarray(0.0 if width is None else width, dtype=float)), valid.shape)
    missing = valid & np.isnan(margin)
    better = counted & (margin < found["margin"])
    found["margin"][better], found["at"][better] = margin[better], t
    for name, where in (
        ("violated", counted & (margin < -CLEAR)),
        ("undefined", missing & ~huge),
        ("overflowed", missing & huge),
    ):
        found[name][where & (found[name] < 0)] = t


def _inputs(graph: Graph, name: str, symbol: Any) -> Any:
    if isinstance(symbol, tuple):
        return tuple(
            (graph.input(f"{name} {place} at", Rate.LANE), graph.input(f"{name} {place} is", Rate.LANE))
            for place in range(len(symbol))
        )
    return graph.input(name, Rate.LANE)


def _flat(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += [entry for pair in value for entry in pair] if isinstance(value, tuple) else [value]
    return found


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
