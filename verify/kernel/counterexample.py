"""Counterexamples to what no single step can refute: a trajectory that is trapped, constants of which none serves.

The parameters, start and loss come from the claim's hint, as expressions in the constants that the statement says there
are.  To show, whatever those constants are: every assumption holds and the loss is in its class; what a constant may
depend on does not move with it; the trajectory keeps an invariant; and the invariant contradicts the conclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, InputError
from verify.kernel.concrete import negation, with_loss
from verify.kernel.goals import Implication
from verify.kernel.point_counterexample import PointRefutation, point_text
from verify.kernel.substitution import lost_conditions, put_in
from verify.statement.claim import Claim, Counterexample, PointCounterexample
from verify.statement.formula import (
    Always,
    Diverges,
    DivergesExponentially,
    Eventually,
    EventuallyAlways,
    ForAll,
    LimSup,
    OrderOfGrowth,
    ThereAre,
    speaks_of_a_point,
)
from verify.statement.loss import Member
from verify.statement.system import time
from verify.statement.vectors import Vector


def counterexample_obligations(claim: Claim, reading: str, part: str, place: int) -> list[Implication]:
    """The implications that make a hinted counterexample a refutation of one part of one reading.

    Raises:
        CertificateError: the claim has no such hint, or it is of no use for this formula.
    """
    if not 0 <= place < len(claim.hints.counterexamples):
        raise CertificateError(f"{claim.id} gives no counterexample number {place}")
    hint, formula = claim.hints.counterexamples[place], claim.conclusions[reading][part]
    if isinstance(hint, PointCounterexample):
        return PointRefutation(claim, hint, reading).obligations(formula)
    return _Refutation(claim, hint).obligations(formula)


class _Refutation:
    def __init__(self, claim: Claim, hint: Counterexample) -> None:
        if claim.at is not None or any(
            isinstance(symbol, Vector) for symbol in (claim.step.state if claim.step else ())
        ):
            raise CertificateError(f"{claim.id} speaks of vectors or of a fixed time")
        self.claim, self.hint = claim, hint
        self.values = {sp.Symbol(name, real=True): sp.sympify(value) for name, value in hint.values.items()}
        self.constants: tuple[Boolean, ...] = ()
        self.bound: set[sp.Basic] = set()
        self.found: list[Implication] = []
        self.member: Member | None = None
        state = set(claim.step.state) if claim.step is not None else set()
        self.state = state if claim.is_trajectory else set()
        self._require_free(self.values, "gives a value to")

    def _require_free(self, symbols: Iterable[sp.Basic], what: str) -> None:
        """Refuse symbols that the claim itself gives a meaning: the state, a time, a definition, a loss."""
        claim = self.claim
        own = {time, *claim.define, *claim.times, *claim.loss_symbols, *self.state}
        own |= set(claim.step.next) if claim.step is not None else set()
        own |= set(claim.loss_class.attributes) if claim.loss_class is not None else set()
        for symbol in symbols:
            if symbol in own:
                raise CertificateError(f"a counterexample {what} {symbol}, which the claim itself gives a meaning")

    def obligations(self, formula: Boolean) -> list[Implication]:
        """Admissibility, independence of the constants, the trajectory, and the contradiction."""
        body = self._peeled(formula)
        self._build_loss()
        parameters = self.hint.loss[1].values() if self.hint.loss is not None else ()
        for value in (*self.values.values(), *map(sp.sympify, parameters)):
            if not value.free_symbols <= self.bound:
                raise CertificateError(f"{value} speaks of more than the constants in question")
        for assumption in self.claim.assumptions:
            if assumption.free_symbols & set(self.claim.times):
                raise CertificateError(f"{assumption} speaks of a hitting time")
            self._require(f"{assumption} holds", assumption)
        for symbol, value in (self.claim.start or {}).items():
            self._require(f"{symbol} has a value at the start", sp.Eq(value, value, evaluate=False))
        if self.hint.invariant:
            self._trajectory()
        elif self.claim.step is not None:
            self._require_step(body)
        self._contradiction(body)
        allowed = self.bound | self.state | {time}
        for goal in self.found:
            spoken = set().union(*(f.free_symbols for f in (*goal.hypotheses, goal.conclusion)))
            if not spoken <= allowed:
                raise CertificateError(f"{sorted(map(str, spoken - allowed))} have no value")
        return self.found

    def _require_step(self, body: Boolean) -> None:
        """That the step exists, where that belongs to the statement."""
        step = self.claim.step
        assert step is not None
        formulas = (body, *self.claim.assumptions, *self.claim.define.values())
        spoken = set().union(*(formula.free_symbols for formula in formulas)) & set(step.next)
        for condition in step.well_defined if spoken or not self.claim.is_trajectory else ():
            self._require("the step exists", condition)
        for update in step.update if spoken else ():
            self._require("the next state has a value", sp.Eq(update, update, evaluate=False))

    def _peeled(self, formula: Boolean) -> Boolean:
        """The formula inside the quantifiers; "for all" takes the hinted values, "there are" leaves any constants."""
        chosen: set[sp.Basic] = set()
        while True:
            if isinstance(formula, OrderOfGrowth):
                constants = tuple(sp.Symbol(f"constant[{place}]", real=True) for place in range(len(formula.sides)))
                positive = sp.And(*[sp.Gt(constant, 0, evaluate=False) for constant in constants])
                formula = ThereAre(sp.Tuple(*constants), positive, formula.depends, sp.And(*formula.bounds(constants)))
            if isinstance(formula, ThereAre):
                symbols = set(formula.symbols)
                if symbols & (self.bound | set(self.values)):
                    raise CertificateError("a constant has the name of another one, or of a hinted value")
                self._require_free(symbols, "leaves open")
                self._independent({*formula.depends, *chosen}, symbols)
                self.bound |= symbols
                self.constants = (*self.constants, self._concrete(formula.condition))
                formula = formula.body
            elif isinstance(formula, ForAll):
                names, condition, body = formula.args
                missing = [name for name in names if name not in self.values]
                if missing:
                    raise CertificateError(f"the counterexample gives no value to {missing[0]}")
                chosen |= set(names)  # what is said to exist for all of them may depend on them
                self._require(f"{condition} holds", condition)
                formula = body
            elif isinstance(formula, sp.Implies):
                self._require(f"{formula.args[0]} holds", formula.args[0])
                formula = formula.args[1]
            else:
                return formula

    def _independent(self, depends: set[sp.Basic], constants: set[sp.Basic]) -> None:
        """What a constant may depend on is chosen without it (and so is the loss, where that is named)."""
        losses = {"L", *(symbol.name for symbol in self.claim.loss_symbols)}
        for symbol in depends:
            expression = symbol
            for values in self._substitutions:
                expression = put_in(expression, values)
            if expression.free_symbols & constants:
                raise CertificateError(f"the constant may depend on {symbol}, which moves with it")
            if expression.free_symbols & (self.state | {time, *self.claim.times}):
                raise CertificateError(f"the constant may depend on {symbol}, which moves along the trajectory")
            if str(symbol) in losses and self.hint.loss is not None:
                for value in self.hint.loss[1].values():
                    if sp.sympify(value).free_symbols & constants:
                        raise CertificateError("the constant may depend on the loss, which moves with it")

    def _build_loss(self) -> None:
        loss_class = self.claim.loss_class
        if loss_class is None:
            return
        if loss_class.attributes:
            raise CertificateError(f"{self.claim.id} speaks of what the loss fixes")
        if self.hint.loss is None and (loss_class.properties or len(loss_class.families) != 1):
            raise CertificateError("the counterexample names no loss")
        name, parameters = self.hint.loss or (loss_class.families[0].name, {})
        family = loss_class.family(name, list(parameters))
        if family is None:
            raise CertificateError(f"the class of {self.claim.id} has no family {name}")
        try:
            self.member = family.build(name, **parameters)
        except (InputError, TypeError) as reason:
            raise CertificateError(f"there is no such loss: {reason}") from reason
        if set(self.member.coordinates) & self.bound:
            raise CertificateError(f"a constant has the name of the argument of {name}")
        for entry, condition in loss_class.requirements(self.member):
            if condition is None:
                raise CertificateError(f"the loss is not certified to be {entry}")
            self._require(f"the loss is {entry}", condition)

    def _require(self, name: str, formula: Boolean) -> None:
        if formula is not sp.true:
            self._conclude(name, self.constants, formula)

    def _conclude(
        self,
        name: str,
        known: tuple[Boolean, ...],
        formula: Boolean,
        moved: Mapping[sp.Symbol, sp.Expr] | None = None,
        *,
        negated: bool = False,
    ) -> None:
        """That a formula, at the state that ``moved`` puts in, holds (or fails), and what its evaluation granted."""
        around = self._substitutions if moved is None else [*self._substitutions[:-1], moved, *self._substitutions]
        lost = [self._without_slopes(condition) for condition in lost_conditions(formula, *around)]
        concrete = formula
        for values in around:
            concrete = put_in(concrete, values)
        concrete = self._without_slopes(concrete)
        for condition in lost:
            self.found.append(Implication("what is spoken of has a value", known, condition))
        goal = negation(concrete) if negated else concrete
        if negated and goal is sp.true:  # SymPy's "p or not p", which leaves open whether p has a value
            raise CertificateError(f"{formula} contradicts itself")
        self.found.append(Implication(name, known, goal))

    def _trajectory(self) -> None:
        """The start meets the invariant, a step exists and keeps it."""
        claim = self.claim
        if claim.step is None or claim.start is None:
            raise CertificateError(f"{claim.id} has no trajectory")
        start = {**claim.start, time: sp.S.Zero}
        update = dict(zip(claim.step.state, claim.step.update, strict=True)) | {time: time + 1}
        known = (*self.constants, *self._invariant())
        for formula in self.hint.invariant:
            self._conclude(f"the start meets {formula}", self.constants, formula, start)
        for condition in claim.step.well_defined:
            self._conclude("the step exists", known, condition)
        for symbol, expression in update.items():
            value = sp.Eq(expression, expression, evaluate=False)
            self._conclude(f"the next {symbol} has a value", known, value)
        for formula in self.hint.invariant:
            self._conclude(f"a step keeps {formula}", known, formula, update)

    def _invariant(self) -> tuple[Boolean, ...]:
        return tuple(self._concrete(formula) for formula in self.hint.invariant)

    def _contradiction(self, body: Boolean) -> None:
        known = (*self.constants, *self._invariant())
        if isinstance(body, Eventually | EventuallyAlways) and self.hint.invariant:
            # what fails at every time fails at some time from every time on
            self._conclude("the conclusion fails", known, body.args[0], negated=True)
        elif isinstance(body, Always) and self.claim.start is not None:
            start = {**self.claim.start, time: sp.S.Zero}
            self._conclude("the conclusion fails", self.constants, body.args[0], start, negated=True)
        elif isinstance(body, Diverges | DivergesExponentially) and self.hint.invariant:
            if self.hint.bound is None or self._concrete(self.hint.bound).free_symbols & (self.state | {time}):
                raise CertificateError("the counterexample gives no bound on the states that meet its invariant")
            if self.claim.step is None or set(body.args) != set(self.claim.step.state):
                raise CertificateError(f"{body} does not speak of the whole state")
            size = sp.Add(*[symbol**2 for symbol in body.args])
            self._conclude("the trajectory is bounded", known, sp.Le(size, self.hint.bound, evaluate=False))
        elif isinstance(body, sp.Le | sp.Lt) and isinstance(body.lhs, LimSup) and self.hint.invariant:
            # a number that is never below the bound has a limes superior of at least that
            level = self.hint.bound
            if level is None or (self._concrete(level).free_symbols | body.rhs.free_symbols) & (self.state | {time}):
                raise CertificateError("the counterexample gives no bound below the limes superior")
            self._conclude("every iterate meets the bound", known, sp.Ge(body.lhs.args[0], level, evaluate=False))
            self._conclude("the bound is too large", self.constants, sp.Gt(level, body.rhs, evaluate=False))
        elif speaks_of_a_point(body) and not self._concrete(body).free_symbols & self.state:
            self._conclude("the conclusion fails", self.constants, body, negated=True)
        else:
            raise CertificateError(f"{body} is not refuted by a trapped trajectory")

    @property
    def _substitutions(self) -> list[Mapping[sp.Symbol, sp.Expr]]:
        """What is put in, in order: the next state, the definitions, the hinted values."""
        following = dict(self.claim.step.one_step) if self.claim.step is not None else {}
        return [following, *[dict(self.claim.define)] * len(self.claim.define), self.values]

    def _concrete(self, expression: sp.Basic) -> sp.Basic:
        """With the next state, the definitions, the hinted values and the concrete loss put in."""
        for values in self._substitutions:
            expression = put_in(expression, values)
        return self._without_slopes(expression)

    def _without_slopes(self, expression: sp.Basic) -> sp.Basic:
        return with_loss(expression, self.member)


def counterexample_text(hint: Counterexample | PointCounterexample) -> str:
    """A counterexample in one line, for the reader."""
    if isinstance(hint, PointCounterexample):
        return point_text(hint)
    text = ", ".join(f"{name} = {value}" for name, value in hint.values.items())
    if hint.loss is not None:
        name, parameters = hint.loss
        text += f", loss {name}({', '.join(f'{key}={value}' for key, value in parameters.items())})"
    if hint.invariant:
        text += f"; every iterate meets {', '.join(map(str, hint.invariant))}"
    return text
