"""One claim at one point, in exact or ball arithmetic: is the point admissible, does the conclusion hold there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import InputError, VerifyError
from verify.kernel.spectral import spectral_truth
from verify.kernel.substitution import lost_conditions, put_in
from verify.lowering.ball import Ball
from verify.lowering.exact import ClosedForm, Exact
from verify.lowering.interpret import Arithmetic, Environment, NotExact, Number, Truth, Undecided, Undefined
from verify.statement.claim import Claim, coordinate_names, is_vector_symbol
from verify.statement.formula import TrajectoryFormula, decided_by_eigenvalues, speaks_of_a_point
from verify.statement.loss import Member
from verify.statement.loss_text import member_of
from verify.statement.system import time
from verify.trajectory import NotWellDefined, Trajectory, advance, times_of_parameters

#: Ball precision starts here and doubles up to the maximum, then the answer is "undecided".
FIRST_BITS, LAST_BITS = 64, 4096
#: Closed forms grow too fast to be of use on trajectories longer than this.
CLOSED_FORM_STEPS = 2
#: How many steps beyond t are run to learn a hitting time that admissibility depends on.
TIME_HORIZON = 1000
#: A trajectory longer than this is refused: it could not be certified in reasonable time.
LONGEST_TRAJECTORY = 200_000


class BeyondHorizon(VerifyError):
    """A hitting time that matters has not come within the horizon; more precision would not help."""


@dataclass(frozen=True)
class PartAt:
    """One part of the conclusion at a point."""

    truth: Truth
    lhs: str | None = None
    rhs: str | None = None
    margin: str | None = None
    violation: float = 0.0
    relative: float = 0.0
    reason: str | None = None


@dataclass(frozen=True)
class PointResult:
    """What a claim says at a point; the fields of ``verify eval --json``.

    ``admissible`` and ``holds`` are None where they could not be decided (``reason`` says why).
    """

    id: str
    admissible: bool | None
    violated: tuple[str, ...]
    holds: bool | None
    reason: str | None
    part: str | None
    lhs: str | None
    rhs: str | None
    margin: str | None
    times: Mapping[str, str | None]
    state: Mapping[str, str]
    arithmetic: str
    bits: int | None
    parts: Mapping[str, PartAt] = field(default_factory=dict)

    @property
    def undefined(self) -> bool:
        """Whether the conclusion itself has no value at this admissible point."""
        return self.admissible is True and any(part.truth is Truth.UNDEFINED for part in self.parts.values())

    @property
    def exit_code(self) -> int:
        """0 holds, 1 violated, 2 not admissible, 3 undecided, undefined or no statement about one point."""
        if self.admissible is False:
            return 2
        if self.admissible is None or self.holds is None:
            return 3
        return 0 if self.holds else 1

    def json(self) -> dict[str, object]:
        """The answer of the command line."""
        names = ("id", "admissible", "violated", "holds", "reason", "part", "lhs", "rhs", "margin")
        answer: dict[str, object] = {name: getattr(self, name) for name in names}
        answer["violated"] = list(self.violated)
        answer |= {
            "times": dict(self.times),
            "state": dict(self.state),
            "arithmetic": self.arithmetic,
            "bits": self.bits,
        }
        return answer


def evaluate_point(
    claim: Claim,
    values: Mapping[str, Fraction],
    member: Member | None,
    reading: str | None = None,
    last_bits: int = LAST_BITS,
    *,
    closed_forms: bool = True,
) -> PointResult:
    """Evaluate a claim at a point, in the cheapest arithmetic that decides it.

    Args:
        values: a rational number for each of the claim's parameters, vectors by coordinate (``w_1``, ``w_2``).
        member: the concrete loss; of a claim without a loss class the values tell where its vectors are.
        reading: the name of a reading; the first one if None.
        last_bits: the largest precision tried before the answer is "undecided".
        closed_forms: whether closed forms are tried where balls do not tell (dear; they decide exact equalities).

    Raises:
        InputError: a parameter is missing or unknown, or t is no natural number.
    """
    reading = _reading(claim, reading)
    if member is None and claim.loss_class is None:
        member = member_of(claim, None, values)
    values = _complete(claim, values, member)
    last: PointResult | None = None
    for arithmetic, bits in arithmetics(
        last_bits, closed_forms=closed_forms and values.get("t", 0) <= CLOSED_FORM_STEPS
    ):
        try:
            result = Evaluator(claim, values, member, reading, arithmetic, bits).result()
        except NotExact:
            continue
        except ValueError:  # SymPy 1.14 cannot multiply some roots of long numbers (its issue 28621)
            if not isinstance(arithmetic, ClosedForm):
                raise
            continue
        except BeyondHorizon as reason:
            return _undecided(claim, str(reason), bits)
        except Undecided as reason:
            last = _undecided(claim, str(reason), bits)
            continue
        if result.admissible is False or (result.admissible and not _open(result)):
            return result
        if last is None or bits is not None:
            last = result
    assert last is not None
    return last


def arithmetics(last_bits: int, *, closed_forms: bool) -> Iterator[tuple[Arithmetic, int | None]]:
    """The number systems in the order in which they are tried, each with its precision."""
    yield Exact(), None
    bits = FIRST_BITS
    while bits <= last_bits:
        with Ball(bits) as ball:
            yield ball, bits
        if bits == 4 * FIRST_BITS and closed_forms:
            yield ClosedForm(), None
        bits *= 2


def _open(result: PointResult) -> bool:
    """Whether more precision could decide more."""
    return result.holds is None and any(
        part.truth is Truth.UNKNOWN and part.reason is None for part in result.parts.values()
    )


def _undecided(claim: Claim, reason: str, bits: int | None) -> PointResult:
    text = f"undecided at {bits} bits: {reason}" if bits else f"undecided: {reason}"
    kind = "ball" if bits else "exact"
    return PointResult(claim.id, None, (), None, text, None, None, None, None, {}, {}, kind, bits)


def _reading(claim: Claim, reading: str | None) -> str:
    names = list(claim.conclusions)
    if not names:
        raise InputError(f"{claim.id} is an experiment: it has an outcome, no conclusion to evaluate")
    if reading is None:
        return names[0]
    if reading not in names:
        known = ", ".join(repr(name) for name in names if name) or "none"
        raise InputError(f"reading {reading!r} of {claim.id} is unknown; its readings are: {known}")
    return reading


def parameter_names(claim: Claim, member: Member | None) -> list[str]:
    """The names of the numbers that a point of the claim consists of, vectors by coordinate."""
    dimension = member.dimension if member is not None else 1
    return [name for symbol in claim.parameters for name in coordinate_names(symbol, dimension)]


def _complete(claim: Claim, values: Mapping[str, Fraction], member: Member | None) -> dict[str, Fraction]:
    names = parameter_names(claim, member)
    unknown = [name for name in values if name not in names]
    missing = [name for name in names if name not in values]
    takes = f"{claim.id} takes {' '.join(names)}" if names else f"{claim.id} takes no parameter"
    on = f" on {member.name}" if member is not None and any(map(is_vector_symbol, claim.parameters)) else ""
    if unknown:
        raise InputError(f"unknown parameter {', '.join(unknown)}: {takes}{on}")
    if missing:
        raise InputError(f"missing parameter {', '.join(missing)}: {takes}{on}")
    if claim.loss_class is not None and member is None and claim.parameters:
        known = ", ".join(dict.fromkeys(family.name for family in claim.loss_class.families))
        raise InputError(f"{claim.id} needs a loss: give --loss with one of {known}")
    if time in claim.parameters:
        step = values["t"]
        if step.denominator != 1 or step < 0:
            raise InputError(f"t={step} must be a step index 0, 1, 2, ...")
        if step > LONGEST_TRAJECTORY:
            raise InputError(f"t={step} is too far; at most {LONGEST_TRAJECTORY} steps are run")
    return dict(values)


class Evaluator:
    """One point under one arithmetic."""

    def __init__(
        self,
        claim: Claim,
        values: Mapping[str, Fraction],
        member: Member | None,
        reading: str,
        arithmetic: Arithmetic,
        bits: int | None,
    ) -> None:
        self.claim, self.member, self.arithmetic, self.bits = claim, member, arithmetic, bits
        self.given = values
        given_by = {s: e for s, e in claim.define.items() if not e.free_symbols & set(self._state_symbols())}
        self.parts = {
            name: formula if lost_conditions(formula, given_by) else put_in(formula, given_by)
            for name, formula in claim.conclusions[reading].items()
        }
        dimension = member.dimension if member is not None else 1
        numbers: dict[sp.Symbol, object] = {}
        for symbol in claim.parameters:
            entries = [self._entry(name) for name in coordinate_names(symbol, dimension)]
            numbers[symbol] = tuple(entries) if is_vector_symbol(symbol) else entries[0]
        self.steps = int(values["t"]) if time in claim.parameters else 0
        self.environment = Environment(arithmetic, numbers, member)
        self._bind_attributes()
        for symbol, expression in claim.define.items():
            self._define(symbol, expression)
        self.violated: list[str] = []
        self.unknown: list[str] = []

    def _entry(self, name: str) -> Number:
        """The number of that name in the arithmetic at hand."""
        value = self.given[name]
        return self.arithmetic.rational(value.numerator, value.denominator)

    def _bind_attributes(self) -> None:
        """Bind the symbols whose value the concrete loss fixes."""
        if self.claim.loss_class is None or self.member is None:
            return
        for symbol, attribute in self.claim.loss_class.attributes.items():
            eigenvalues = self.member.eigenvalues
            if eigenvalues is None:
                self.environment.values[symbol] = Undefined(f"{self.member.name} has no {attribute}")
            else:
                chosen = eigenvalues[0] if attribute == "top eigenvalue" else eigenvalues[-1]
                self.environment.values[symbol] = self.environment.value(chosen)

    def _exact_truth(self, condition: Boolean) -> Truth:
        """The truth of a condition on the given numbers alone, which balls may not tell (1 <= 1, say)."""
        exact = Exact()
        numbers: dict[sp.Symbol, object] = {}
        dimension = self.member.dimension if self.member is not None else 1
        for symbol in self.claim.parameters:
            entries = [exact.rational(*self.given[n].as_integer_ratio()) for n in coordinate_names(symbol, dimension)]
            numbers[symbol] = tuple(entries) if is_vector_symbol(symbol) else entries[0]
        definitions = {symbol: value for symbol, value in self.claim.define.items() if symbol not in numbers}
        for _ in definitions:
            condition = put_in(condition, definitions)
        if not condition.free_symbols <= set(numbers) | set(self.claim.loss_symbols):
            return Truth.UNKNOWN  # it speaks of the state along the trajectory, or of a time
        try:
            return Environment(exact, numbers, self.member).truth(condition)
        except (NotExact, Undecided):
            return Truth.UNKNOWN

    def _define(self, symbol: sp.Symbol, expression: sp.Expr) -> None:
        if expression.free_symbols & set(self._state_symbols()) and self.claim.is_trajectory:
            return  # defined along the trajectory, see _with_definitions
        try:
            self.environment.values[symbol] = self.environment.value(expression)
        except Undefined as reason:
            self.environment.values[symbol] = reason

    def _state_symbols(self) -> tuple[sp.Symbol, ...]:
        return self.claim.step.state if self.claim.step is not None else ()

    # --- the answer ---------------------------------------------------------------------------------------------

    def result(self) -> PointResult:
        """Everything that this arithmetic can tell.

        Raises:
            NotExact, Undecided: it cannot tell.
        """
        here = self.arrive()
        if here is None or self.violated or self.unknown:
            return self._answer(here, {})
        return self._answer(here, {name: self._part(formula, here) for name, formula in self.parts.items()})

    def arrive(self) -> Environment | None:
        """The environment at the step in question, None where there is none.

        The point is admissible if nothing is ``violated`` and nothing ``unknown`` then.

        Raises:
            NotExact, Undecided: this arithmetic cannot tell.
        """
        self._require_membership()
        if self.violated:  # a loss outside the class need not have what the statement speaks of
            return None
        here = self._arrive()
        if here is not None:
            self._require_assumptions(here)
        return here

    def _require_membership(self) -> None:
        if self.claim.loss_class is None or self.member is None:
            return
        for entry, condition in self.claim.loss_class.requirements(self.member):
            text = f"the loss {self.member.name} is {entry}"
            if condition is None:
                self.unknown.append(f"{text} (not certified)")
            else:
                self._require(condition, self.environment, text)

    def _require(self, condition: Boolean, environment: Environment, text: str) -> None:
        truth = environment.truth(condition)
        if truth is Truth.UNKNOWN and self.bits is not None:
            truth = self._exact_truth(condition)
        if truth in (Truth.FALSE, Truth.UNDEFINED):
            self.violated.append(text)
        elif truth is Truth.UNKNOWN:
            self.unknown.append(text)

    def _arrive(self) -> Environment | None:
        """The environment at the step in question, None if the trajectory does not get there."""
        claim = self.claim
        if not claim.is_trajectory:
            self.environment.times = times_of_parameters(claim, self.environment)
            return self._with_next(self.environment)
        if not (claim.takes_time or claim.at is not None or claim.is_about_times):
            return self._at_the_start() if claim.takes else self.environment
        try:
            trajectory = Trajectory(claim, self.environment)
        except Undefined as reason:
            self.violated.append(f"the start exists ({reason})")
            return None
        assert claim.step is not None
        try:
            if claim.at is not None:
                self.steps = self._fixed_time(trajectory, claim.at)
                if self.violated:
                    return None
                trajectory = Trajectory(claim, self.environment)  # the time may lie before the step that settled it
            while trajectory.steps < self.steps:
                trajectory.step()
        except NotWellDefined as reason:
            self.violated.append(
                f"the iterates of {claim.step.name} are well defined ({reason} at step {trajectory.steps})"
            )
            return None
        here = trajectory.environment()
        if claim.times:
            self._settle_times(trajectory, here)
        for symbol in claim.phases:
            if here.times[symbol].high == -1:
                self.violated.append(f"the phase that ends at {symbol} is not empty")
        return self._with_next(self._with_definitions(here))

    def _at_the_start(self) -> Environment | None:
        """The environment at time 0, for a statement about the whole trajectory from a given start."""
        try:
            return self._with_definitions(Trajectory(self.claim, self.environment).environment())
        except Undefined as reason:
            self.violated.append(f"the start exists ({reason})")
            return None

    def _fixed_time(self, trajectory: Trajectory, at: sp.Expr) -> int:
        """The time that the statement fixes, a hitting time plus a number; not admissible where it never comes.

        Raises:
            BeyondHorizon: it did not come within the horizon.
        """
        (symbol,) = at.free_symbols
        while (known := trajectory.times[symbol]).low != known.high and trajectory.steps < TIME_HORIZON:
            trajectory.step()
        if known.low != known.high:
            raise BeyondHorizon(f"{symbol} did not come within {TIME_HORIZON} steps")
        when = None if known.low is None else int(at.xreplace({symbol: sp.Integer(known.low)}))
        if when is None or when < 0:
            self.violated.append(f"t = {at} is the time of a step")
            return 0
        return when

    def _settle_times(self, trajectory: Trajectory, here: Environment) -> None:
        """Run on until what the claim says of its times is settled, as far as the horizon goes."""
        formulas = (*self.claim.assumptions, *self.parts.values())
        about = [f for f in formulas if f.free_symbols & set(self.claim.times) and speaks_of_a_point(f)]
        limit = trajectory.steps + TIME_HORIZON
        try:
            while any(here.truth(formula) is Truth.UNKNOWN for formula in about):
                if not trajectory.times_open:
                    return
                if trajectory.steps >= limit:
                    open_times = [str(s) for s, known in trajectory.times.items() if known.low != known.high]
                    raise BeyondHorizon(f"{', '.join(open_times)} did not come within {limit} steps")
                trajectory.step()
                here.times = dict(trajectory.times)
            while self.claim.is_about_times and trajectory.times_open and trajectory.steps < limit:
                trajectory.step()  # what is compared is worth knowing
                here.times = dict(trajectory.times)
        except (NotWellDefined, Undecided, NotExact):
            pass  # what is known so far has to do

    def _with_next(self, here: Environment) -> Environment:
        """Add the next state where the claim speaks of it."""
        step = self.claim.step
        if step is None:
            return here
        spoken = set().union(*(formula.free_symbols for formula in (*self.parts.values(), *self.claim.assumptions)))
        if not spoken & set(step.next):
            if not self.claim.is_trajectory:
                for condition in step.well_defined:
                    self._require(condition, here, f"the iterates of {step.name} are well defined ({condition})")
            return here
        try:
            following = advance(here, step)
        except NotWellDefined as reason:
            self.violated.append(f"the iterates of {step.name} are well defined ({reason})")
            return here.with_values(dict.fromkeys(step.next, reason))  # which then have no value
        return here.with_values({after: following[before] for before, after in zip(step.state, step.next, strict=True)})

    def _with_definitions(self, here: Environment) -> Environment:
        """Add what the claim defines by the current state."""
        state = set(self._state_symbols())
        for symbol, expression in self.claim.define.items():
            if self.claim.is_trajectory and expression.free_symbols & state:
                try:
                    here = here.with_values({symbol: here.value(expression)})
                except Undefined as reason:
                    here = here.with_values({symbol: reason})
        return here

    def _require_assumptions(self, here: Environment) -> None:
        for formula in self.claim.assumptions:
            if speaks_of_a_point(formula):
                self._require(formula, here, str(formula))
            else:
                truth = spectral_truth(self.claim, formula, here, self._start(here))
                if truth is Truth.FALSE:
                    self.violated.append(str(formula))
                elif truth is not Truth.TRUE:
                    self.unknown.append(str(formula))

    def _start(self, here: Environment) -> tuple[object, ...] | None:
        for value in (self.claim.start or {}).values():
            if value in here.values and isinstance(here.values[value], tuple):
                return here.values[value]  # type: ignore[no-any-return]
        return None

    def _part(self, formula: Boolean, here: Environment) -> PartAt:
        if not speaks_of_a_point(formula):
            if not decided_by_eigenvalues(formula):
                return PartAt(Truth.UNKNOWN, reason="it speaks of the whole trajectory, not of one point")
            truth = spectral_truth(self.claim, formula, here, self._start(here))
            return PartAt(truth)
        truth = here.truth(formula)
        relation = decisive_relation(formula, here)
        if relation is None or truth is Truth.UNDEFINED:
            return PartAt(truth)
        return self._numbers(relation, truth, here)

    def _numbers(self, relation: Relational, truth: Truth, here: Environment) -> PartAt:
        if relation.free_symbols & set(self.claim.times):
            return PartAt(truth, here.time_text(relation.lhs), here.time_text(relation.rhs))
        try:
            left, right = here.value(relation.lhs), here.value(relation.rhs)
            margin = here.margin(relation)
        except (Undefined, Undecided):
            return PartAt(truth)
        if isinstance(left, tuple) or isinstance(right, tuple):
            return PartAt(truth, self._text(left), self._text(right), self._text(margin), _size(margin))
        size = abs(_size(left)) + abs(_size(right))
        violation = max(-_size(margin), 0.0)
        relative = violation / size if size > 0 else 0.0
        return PartAt(truth, self._text(left), self._text(right), self._text(margin), violation, relative)

    def _text(self, number: object) -> str:
        if isinstance(number, tuple):
            return "(" + ", ".join(self._text(entry) for entry in number) + ")"
        return str(number) if self.bits is None else number.str(20)  # type: ignore[attr-defined]

    def _answer(self, here: Environment | None, parts: dict[str, PartAt]) -> PointResult:
        admissible: bool | None = False if self.violated else (None if self.unknown else True)
        holds, reason, chosen = self._verdict(parts) if admissible else (None, None, None)
        if admissible is None:
            reason = f"not certified: {'; '.join(self.unknown)}"
        elif admissible is False:
            reason = f"not admissible: {'; '.join(self.violated)}"
        best = parts[chosen] if chosen is not None else PartAt(Truth.UNKNOWN)
        relevant = here if here is not None else self.environment
        return PointResult(
            id=self.claim.id,
            admissible=admissible,
            violated=tuple(self.violated),
            holds=holds,
            reason=reason,
            part=chosen or None,
            lhs=best.lhs,
            rhs=best.rhs,
            margin=best.margin,
            times=self._times(relevant),
            state=self._state(relevant),
            arithmetic=self.arithmetic.name,
            bits=self.bits,
            parts=parts,
        )

    def _verdict(self, parts: dict[str, PartAt]) -> tuple[bool | None, str | None, str | None]:
        speaking = {name: part for name, part in parts.items() if part.reason is None}
        silent = {name: part for name, part in parts.items() if part.reason is not None}
        notes = [f"{name or 'the conclusion'}: {part.reason}" for name, part in silent.items()]
        chosen = _least(speaking)
        truths = [part.truth for part in speaking.values()]
        if not speaking:
            return None, "not a statement about one point: " + "; ".join(notes), None
        if Truth.FALSE in truths:
            holds: bool | None = False
            chosen = _least({name: part for name, part in speaking.items() if part.truth is Truth.FALSE})
        elif Truth.UNDEFINED in truths:
            holds = None
            notes.insert(0, "the conclusion has no value here (a division by zero or the root of a negative number)")
            chosen = next(name for name, part in speaking.items() if part.truth is Truth.UNDEFINED)
        elif Truth.UNKNOWN in truths:
            holds = None
            notes.insert(0, f"undecided at {self.bits} bits" if self.bits else "undecided")
        else:
            holds = True
        return holds, "; ".join(notes) or None, chosen

    def _times(self, here: Environment) -> dict[str, str | None]:
        answer: dict[str, str | None] = {}
        for symbol in self.claim.times:
            known = here.times.get(symbol)
            if known is None or known.low != known.high:
                answer[symbol.name] = None
            else:
                answer[symbol.name] = "never" if known.low is None else str(known.low)
        return answer

    def _state(self, here: Environment) -> dict[str, str]:
        answer: dict[str, str] = {}
        dimension = self.member.dimension if self.member is not None else 1
        for symbol in self._state_symbols():
            value = here.values.get(symbol)
            if value is None or isinstance(value, VerifyError):
                continue
            entries = value if isinstance(value, tuple) else (value,)
            for name, entry in zip(coordinate_names(symbol, dimension), entries, strict=False):
                answer[name] = str(self.given[name]) if name in self.given else self._text(entry)
        return answer


def _least(parts: Mapping[str, PartAt]) -> str | None:
    """The part with the least margin (by its midpoint); parts without one come last."""
    if not parts:
        return None
    sized: Callable[[str], float] = lambda name: -parts[name].violation if parts[name].margin else float("inf")  # noqa: E731
    with_margin = [name for name in parts if parts[name].margin is not None]
    if not with_margin:
        return next(iter(parts))
    return min(with_margin, key=lambda name: (sized(name), _midpoint(parts[name].margin)))


def _midpoint(text: str | None) -> float:
    """The number that a text shows, roughly; for ordering only."""
    for candidate in (text or "0", (text or "").strip("[]").split(" ")[0]):
        try:
            return float(Fraction(candidate)) if "/" in candidate else float(candidate)
        except OverflowError:
            return float("-inf") if candidate.startswith("-") else float("inf")
        except ValueError:
            continue
    return 0.0


def _size(number: object) -> float:
    try:
        if isinstance(number, sp.Expr):
            return float(sp.N(number, 20))
        if hasattr(number, "mid"):
            return float(number.mid())
        return float(Fraction(int(number.p), int(number.q)))  # type: ignore[attr-defined]
    except OverflowError:
        return float("inf")


def decisive_relation(formula: sp.Basic, here: Environment) -> Relational | None:
    """The relation whose margin decides the formula here; None where it is no relation (an equivalence, say)."""
    if isinstance(formula, Relational):
        return formula
    if isinstance(formula, sp.Implies):
        return decisive_relation(formula.args[1], here) if here.truth(formula.args[0]) is Truth.TRUE else None
    if isinstance(formula, sp.And | sp.Or) and not formula.has(TrajectoryFormula):
        found = [relation for argument in formula.args if (relation := decisive_relation(argument, here)) is not None]
        sized: list[tuple[float, int]] = []
        for place, relation in enumerate(found):
            try:
                sized.append((_size(here.margin(relation)), place))
            except (Undefined, Undecided):
                continue
        if not sized:
            return None
        return found[(min(sized) if isinstance(formula, sp.And) else max(sized))[1]]
    return None
