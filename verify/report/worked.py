"""A point of a claim worked by hand: the loss, the step and the two sides with their numbers, line by line.

Nothing here decides anything.  The lines come from the claim's own expressions, evaluated in the arithmetic that
decided the point, so that a reader can follow them with pen and paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from verify.errors import VerifyError
from verify.kernel.evaluation import PointResult, decisive_relation, evaluate_point
from verify.kernel.spectral import multiplier
from verify.lowering.ball import Ball
from verify.lowering.exact import ClosedForm, Exact
from verify.lowering.interpret import Arithmetic, Environment, NotExact, Truth, Undecided, Undefined, leaf_relations
from verify.report.landmarks import SHOWN, alias, landmarks
from verify.report.loss_cases import printed_cases
from verify.report.mathtext import MathPrinter, inline, state_names
from verify.report.numerals import Numeral, numeral
from verify.report.statements import abbreviated
from verify.statement.claim import Claim, coordinate_names, is_vector_symbol
from verify.statement.formula import speaks_of_a_point
from verify.statement.loss import Member
from verify.statement.loss_text import member_of, parse_number
from verify.statement.system import next_symbol, time
from verify.statement.vectors import is_vector
from verify.trajectory import Trajectory, advance

#: Rows of a trajectory's table: up to this many in full, else its beginning and its end.
ROWS, FIRST_ROWS, LAST_ROWS = 12, 6, 4
#: A formula with numbers put in is shown up to this length.
LONGEST_FORMULA = 420
#: A line with more LaTeX than this is broken before each sign of equality.
LONGEST_ROW = 230
#: A trajectory beyond this many steps is evaluated, but not listed.
LONGEST_LISTED = 5000


@dataclass(frozen=True)
class Section:
    """One part of the working: a title, aligned lines of LaTeX, and a table (its first row the header)."""

    title: str
    lines: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class WorkedPoint:
    """The working of one point.

    Attributes:
        sections: in the order of reading.
        result: the evaluation that the lines follow.
        lhs, rhs: the two sides of the relation that decides, as the evaluation prints them; None where it is none.
    """

    sections: tuple[Section, ...]
    result: PointResult
    lhs: str | None = None
    rhs: str | None = None


def work(
    claim: Claim,
    values: Mapping[str, str],
    loss: str | None = None,
    reading: str | None = None,
    part: str | None = None,
) -> WorkedPoint | None:
    """The working of a point; None where the claim speaks of no single point, or the point cannot be evaluated.

    Args:
        values: a number as text for each parameter of the claim.
        part: the part of the conclusion that is worked out; the one that decides if None.
    """
    if not claim.parameters:
        return None
    try:
        member = member_of(claim, loss, values)
        numbers = {name: parse_number(name, text) for name, text in values.items()}
        result = evaluate_point(claim, numbers, member, reading or None)
    except VerifyError:
        return None
    if result.admissible is not True:
        return None
    parts = claim.conclusions[reading or next(iter(claim.conclusions))]
    chosen = part if part is not None and part in parts else result.part or next(iter(parts))
    with _arithmetic_of(result) as choices:
        for arithmetic in choices:
            try:
                return _Working(claim, numbers, member, arithmetic, result).point(parts[chosen])
            except (NotExact, Undecided):
                continue
            except VerifyError:
                break  # something in it has no value, or no working: the witness stands without one
    return None


@contextmanager
def _arithmetic_of(result: PointResult) -> Iterator[list[Arithmetic]]:
    """The arithmetic that decided a point (closed forms after rationals; then balls, which always serve)."""
    bits = result.bits or 256
    with Ball(bits) as ball:
        yield [ball] if result.bits else [Exact(), ClosedForm(), ball]


# --- one point ------------------------------------------------------------------------------------------------------


class _Working:
    """The lines of one point under one arithmetic."""

    def __init__(
        self,
        claim: Claim,
        values: Mapping[str, Fraction],
        member: Member | None,
        arithmetic: Arithmetic,
        result: PointResult,
    ) -> None:
        self.claim, self.member, self.values, self.result = claim, member, values, result
        #: What the printed statement names keeps its names in the working.
        self.reserved = {node: row.partition(" &=")[0] for node, row in abbreviated(claim)[1].items()}
        dimension = member.dimension if member is not None else 1
        numbers: dict[sp.Symbol, Any] = {}
        for symbol in claim.parameters:
            names = coordinate_names(symbol, dimension)
            entries = [arithmetic.rational(values[name].numerator, values[name].denominator) for name in names]
            numbers[symbol] = tuple(entries) if is_vector_symbol(symbol) else entries[0]
        self.steps = int(values["t"]) if time in claim.parameters else 0
        self.base = Environment(arithmetic, numbers, member)
        self.parameters = list(numbers)
        self._bind_attributes()
        self.states: list[dict[sp.Symbol, Any]] = []
        self.shown: _Shown | None = None
        self.moving = set(claim.step.state) if claim.step is not None and claim.is_trajectory else set()
        self._define(self.base, lambda free: not free & self.moving)

    def _bind_attributes(self) -> None:
        loss_class = self.claim.loss_class
        if loss_class is None or self.member is None or self.member.eigenvalues is None:
            return
        for symbol, attribute in loss_class.attributes.items():
            chosen = self.member.eigenvalues[0 if attribute == "top eigenvalue" else -1]
            self.base.values[symbol] = self.base.value(chosen)

    def _define(self, here: Environment, applies: Any) -> None:
        for symbol, expression in self.claim.define.items():
            if applies(expression.free_symbols):
                try:
                    here.values[symbol] = here.value(expression)
                except Undefined as reason:
                    here.values[symbol] = reason

    def given(self, symbol: sp.Symbol) -> Numeral:
        """A parameter as it was given: exact in every arithmetic."""
        names = coordinate_names(symbol, self.member.dimension if self.member is not None else 1)
        if all(name in self.values for name in names):
            return numeral(tuple(self.values[name] for name in names))
        return numeral(self.base.values[symbol])

    # --- the sections ---------------------------------------------------------------------------------------------

    def point(self, formula: sp.Basic) -> WorkedPoint:
        """Everything, for one part of the conclusion."""
        sections = [*self._loss(), self._numbers_given()]
        if not speaks_of_a_point(formula):
            sections += self._spectral()
            return WorkedPoint(_filled(sections), self.result)
        here = self._arrive()
        sections += self._iteration(formula)
        relation = decisive_relation(formula, here)
        if relation is None:
            sections.append(self._truths(formula, here))
            return WorkedPoint(_filled(sections), self.result)
        conclusion, lhs, rhs = self._conclusion(relation, formula, here)
        return WorkedPoint(_filled([*sections, conclusion]), self.result, lhs, rhs)

    def _arrive(self) -> Environment:
        """The environment at the step in question; fills ``states``."""
        claim, here = self.claim, self.base
        if claim.is_trajectory and claim.takes_time:
            trajectory = Trajectory(claim, self.base)
            while True:
                here = trajectory.environment()
                self.states.append({symbol: here.values[symbol] for symbol in self.moving})
                if trajectory.steps >= self.steps:
                    break
                trajectory.step()
            self._define(here, lambda free: bool(free & self.moving))
        return self._with_next(here)

    def _with_next(self, here: Environment) -> Environment:
        step = self.claim.step
        if step is None or not self._speaks_of_next():
            return here
        following = advance(here, step)
        moved = here.with_values({next_symbol(symbol): value for symbol, value in following.items()})
        if self.states:
            self.states.append(following)
        return moved

    def _speaks_of_next(self) -> bool:
        step = self.claim.step
        if step is None:
            return False
        formulas = [formula for parts in self.claim.conclusions.values() for formula in parts.values()]
        spoken = set().union(*(formula.free_symbols for formula in (*formulas, *self.claim.assumptions)))
        return bool(spoken & set(step.next))

    def _loss(self) -> list[Section]:
        """The concrete loss, its gradient, and why it belongs to the class."""
        member = self.member
        if member is None or self.claim.loss_class is None:
            return []
        scalar = self.claim.loss_class.scalar
        names = dict(zip(member.coordinates, _coordinate_latex(member, scalar), strict=True))
        at = ", ".join(names.values())
        printer = MathPrinter(names)
        name, slope = (r"\ell", r"\ell'") if scalar else (r"\mathcal{L}", r"\nabla\mathcal{L}")
        lines = [f"{name}({at}) &= {printed_cases(member.value, member, printer)}"]
        gradient = [printed_cases(entry, member, printer) for entry in member.gradient]
        vector = gradient[0] if len(gradient) == 1 else r"\left(" + r",\ ".join(gradient) + r"\right)"
        lines.append(f"{slope}({at}) &= {vector}")
        return [Section(f"The loss {member.name}", tuple(lines))]

    def _numbers_given(self) -> Section:
        """The parameters, what is defined by them, the class, and the assumptions with the numbers in them."""
        printer = MathPrinter(self._names())
        parameters = [
            f"{printer.formula(symbol)} &= {self.given(symbol).latex}"
            for symbol in (*self.parameters, *(self.claim.loss_class.attributes if self.claim.loss_class else ()))
            if symbol in self.base.values
        ]
        compact = [",\\quad ".join(entry.replace("&", "") for entry in parameters)] if parameters else []
        shown = _Shown(self, self.base, self._names())
        defined = [
            shown.line(printer.formula(symbol), expression)
            for symbol, expression in self.claim.define.items()
            if symbol in self.base.values and not isinstance(self.base.values[symbol], VerifyError)
        ]
        return Section("The point", (*compact, *defined))

    def _names(self, now: str = "t", after: str = "t+1") -> dict[sp.Symbol, str]:
        return state_names(self.claim, now, after)

    def _spectral(self) -> list[Section]:
        """What one step does along each eigenvector of a quadratic."""
        claim, member = self.claim, self.member
        if claim.step is None or member is None or member.eigenvalues is None:
            return []
        (state,) = claim.step.state
        if not is_vector(state):
            return []
        eigenvalue = sp.Symbol("lambda", real=True)
        factor = multiplier(claim.step.update[0], state, eigenvalue)
        rows = [(inline(r"\lambda"), inline(MathPrinter({}).formula(factor)))]
        for entry in dict.fromkeys(member.eigenvalues):
            value = self.base.value(entry)
            at = self.base.with_values({eigenvalue: value}).value(factor)
            rows.append((inline(numeral(value).latex), inline(numeral(at).latex)))
        text = "One step multiplies the component along an eigenvector with eigenvalue λ by"
        return [Section(text, (), tuple(rows))]

    # --- the iteration ----------------------------------------------------------------------------------------------

    def _iteration(self, formula: sp.Basic) -> list[Section]:
        """One step in full, and the table of all of them."""
        claim = self.claim
        if claim.step is None:
            return []
        if not self.states:
            return [self._step(self.base, "t", "t+1", "The step")] if self._speaks_of_next() else []
        sections = []
        last = len(self.states) - 1
        if last >= 1:
            start = self.base.with_values({**self.states[0], time: self.base.arithmetic.rational(0, 1)})
            sections.append(self._step(start, "0", "1", "The first step"))
        if last >= 2 and last <= LONGEST_LISTED:
            sections.append(Section(f"The iterates up to step {last}", (), self._table()))
        return sections

    def _step(self, here: Environment, now: str, after: str, title: str) -> Section:
        step = self.claim.step
        assert step is not None
        shown = self.shown = _Shown(self, here, self._names(now, after))
        lines = shown.intermediate(step.update)
        for symbol, update in zip(step.state, step.update, strict=True):
            name = self._names(now, after)[next_symbol(symbol)]
            lines.append(shown.line(name, update))
        return Section(title, tuple(lines))

    def _table(self) -> tuple[tuple[str, ...], ...]:
        step = self.claim.step
        assert step is not None
        shown: list[int | None] = list(range(len(self.states)))
        if len(self.states) > ROWS:
            shown = [*range(FIRST_ROWS), None, *range(len(self.states) - LAST_ROWS, len(self.states))]
        names = [inline(self._names()[symbol]) for symbol in step.state]
        rows: list[tuple[str, ...]] = [(inline("t"), *names)]
        for index in shown:
            if index is None:
                rows.append(("…",) * len(rows[0]))
            else:
                entries = [numeral(self.states[index][symbol]) for symbol in step.state]
                rows.append((str(index), *(inline(("" if e.exact else r"\approx ") + e.latex) for e in entries)))
        return tuple(rows)

    # --- the conclusion -----------------------------------------------------------------------------------------------

    def _conclusion(
        self, relation: Relational, formula: sp.Basic, here: Environment
    ) -> tuple[Section, str | None, str | None]:
        """Both sides of the relation that decides, with their numbers, and their difference."""
        shown = self._shown_at(here)
        for sub in [node for node in sp.preorder_traversal(relation) if node in self.claim.times]:
            shown.values[sub] = Numeral(f"{sub}", True)
        lines = shown.intermediate([relation.lhs, relation.rhs])
        for label, side in (("left", relation.lhs), ("right", relation.rhs)):
            lines.append(shown.line(rf"\text{{{label} side}}", side))
        title = "The conclusion" if relation is formula else "The conclusion, at the relation that decides it"
        try:
            sides = [_text(here.value(side), self.result) for side in (relation.lhs, relation.rhs)]
        except Undefined:
            return Section(title, (*lines, r"& \text{so the conclusion has no value here}")), None, None
        lines.append(_difference(relation, here))
        return Section(title, tuple(lines)), sides[0], sides[1]

    def _shown_at(self, here: Environment) -> _Shown:
        """For a one-step claim the lines go on from those of the step; else they start anew."""
        fresh = _Shown(self, here, self._final_names())
        if self.shown is not None and not self.states:
            fresh.aliases, fresh.named = self.shown.aliases, self.shown.named
            fresh.values = {**self.shown.values, **fresh.values}
        elif self.shown is not None:
            fresh.named = self.shown.named  # what the first step named keeps its names
        return fresh

    def _final_names(self) -> dict[sp.Symbol, str]:
        if not self.states:
            return self._names()
        return self._names(str(self.steps), str(self.steps + 1))

    def _truths(self, formula: sp.Basic, here: Environment) -> Section:
        """For a conclusion that is no single relation: each relation in it, with its truth."""
        shown = self._shown_at(here)
        printer = MathPrinter(self._final_names())
        lines = []
        for relation in leaf_relations(formula):
            try:
                left, right = (shown.with_numbers(side) for side in (relation.lhs, relation.rhs))
            except (Undefined, Undecided, VerifyError):
                left, right = printer.formula(relation.lhs), printer.formula(relation.rhs)
            said = rf"\quad \text{{{_SAID[here.truth(relation)]}}}"
            lines.append(rf"{printer.formula(relation)}:\quad & {left} {_SIGN[type(relation)]} {right}{said}")
        return Section("The conclusion, relation by relation", tuple(lines))


class _Shown:
    """Lines ``name = formula = formula with numbers = value`` at one environment."""

    def __init__(self, working: _Working, here: Environment, names: Mapping[sp.Symbol, str]) -> None:
        self.working, self.here, self.names = working, here, names
        self.aliases: dict[sp.Basic, str] = {}
        self.named = len(working.reserved)
        self.values: dict[sp.Basic, Numeral] = {}
        for symbol, value in here.values.items():
            if not isinstance(value, VerifyError):
                self.values[symbol] = working.given(symbol) if symbol in working.parameters else numeral(value)

    def symbolic(self, expression: sp.Basic) -> str:
        """The formula, with the names of what was computed before it."""
        return MathPrinter(self.names, self.aliases).formula(expression)

    def with_numbers(self, expression: sp.Basic) -> str:
        """The formula with numbers in place of symbols and of what was computed before it."""
        texts = {node: value.latex for node, value in self.values.items() if node != expression}
        return MathPrinter(self.names, texts, dots=True).formula(expression)

    def line(self, name: str, expression: sp.Basic, *, symbolic: bool = True) -> str:
        """One line; ``name`` may be the formula itself."""
        try:
            value = numeral(self.here.value(expression))
        except Undefined as reason:
            said = str(reason).replace("_", r"\_").replace("^", r"\^{}")
            value = Numeral(rf"\quad\text{{has no value: {said}}}", True)
        pieces = [f"{name} &"]
        formula = self.symbolic(expression)
        if symbolic and formula not in (name, value.latex):
            pieces.append(f"= {formula}")
        known = symbolic and expression in self.values and formula != name  # it has a line of its own already
        numbers = formula if known else self.with_numbers(expression)
        if numbers not in (formula, value.latex) and len(numbers) <= LONGEST_FORMULA:
            rough = any(not v.exact for node, v in self.values.items() if expression.has(node))
            pieces.append(f"{_APPROXIMATELY if rough else '='} {numbers}")
        undefined = value.latex.startswith(r"\quad")
        pieces.append(value.latex if undefined else f"{value.equals} {value.latex}")
        long = sum(map(len, pieces)) > LONGEST_ROW
        return f" {NEW_ROW} & ".join(pieces).replace(f"& {NEW_ROW} &", "&") if long else " ".join(pieces)

    def intermediate(self, expressions: Sequence[sp.Basic]) -> list[str]:
        """Lines for what the expressions are made of: slopes, norms, and sums that occur more than once."""
        lines = []
        for node in landmarks(expressions):
            if node in self.values:
                continue
            try:
                value = numeral(self.here.value(node))
            except (Undefined, VerifyError):
                continue
            if isinstance(node, SHOWN):
                lines.append(self.line(self.symbolic(node), node))
            else:
                if (name := self.working.reserved.get(node, "")) == "":
                    self.named += 1
                    name = alias(node, self.named)
                lines.append(self.line(name, node))
                self.aliases[node] = name
            self.values[node] = value
        return lines


# --- text -----------------------------------------------------------------------------------------------------------

NEW_ROW = r"\\"
_APPROXIMATELY = r"\approx"
_SIGN = {sp.Le: r"\le", sp.Lt: "<", sp.Ge: r"\ge", sp.Gt: ">", sp.Eq: "=", sp.Ne: r"\ne"}
_SAID = {Truth.TRUE: "(true)", Truth.FALSE: "(false)", Truth.UNKNOWN: "(open)", Truth.UNDEFINED: "(no value)"}


def _difference(relation: Relational, here: Environment) -> str:
    """The comparison with numbers, and the difference that decides it."""
    left, right = here.value(relation.lhs), here.value(relation.rhs)
    sign, truth = _SIGN[type(relation)], here.truth(relation)
    said = {
        Truth.TRUE: rf"\text{{left}} {sign} \text{{right holds}}",
        Truth.FALSE: rf"\text{{left}} {sign} \text{{right fails}}",
        Truth.UNDEFINED: r"\text{one side has no value}",
        Truth.UNKNOWN: r"\text{not decided}",
    }[truth]
    if isinstance(left, tuple) or isinstance(right, tuple):
        return rf"& {said}"
    first, second, size = "right", "left", numeral(right - left)
    if isinstance(relation, sp.Ge | sp.Gt):
        first, second, size = "left", "right", numeral(left - right)
    return rf"\text{{{first}}} - \text{{{second}}} &{size.equals} {size.latex},\quad \text{{so }}{said}"


def _text(value: Any, result: PointResult) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_text(entry, result) for entry in value) + ")"
    return str(value) if result.bits is None else str(value.str(20))


def _filled(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.lines or section.table)


def _coordinate_latex(member: Member, scalar: bool) -> list[str]:
    if scalar:
        return ["s"]
    return [sp.latex(coordinate) for coordinate in member.coordinates]


__all__ = ["Section", "WorkedPoint", "work"]
