"""Counterexamples to what no single step can refute: a trajectory that is trapped, constants of which none serves.

The parameters, start and loss come from the claim's hint, as expressions in the constants that the statement says there
are.  To show, whatever those constants are: every assumption holds and the loss is in its class; what a constant may
depend on does not move with it; the trajectory keeps an invariant; and the invariant contradicts the conclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, InputError
from verify.kernel.concrete import law_of, negation, rewritten
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.limits import missed
from verify.kernel.point_counterexample import PointRefutation, point_text
from verify.kernel.roots import at_every_time, conditions, power_symbol, with_power_symbol
from verify.kernel.substitution import lost_conditions, put_in
from verify.statement.claim import Claim, Counterexample, PointCounterexample
from verify.statement.formula import (
    Always,
    AsLongAs,
    ConvergesTo,
    DecaysExponentially,
    Diverges,
    DivergesExponentially,
    Eventually,
    EventuallyAlways,
    ForAll,
    LargestPower,
    LimSup,
    OrderOfGrowth,
    ThereAre,
    parts_of,
    speaks_of_a_point,
)
from verify.statement.loss import Member
from verify.statement.loss_text import loss_as_text
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
        #: Where the statement fails at a time, that time: what comes later does not matter.
        self.last: sp.Integer | None = None
        state = set(claim.step.state) if claim.step is not None else set()
        self.state = state if claim.is_trajectory else set()
        self._require_free(self.values, "gives a value to")
        self._require_free(self._chosen, "gives a name of its own to")
        if self._chosen & set(self.values):
            raise CertificateError("a value that is given has a name of its own, too")

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
        if isinstance(body, AsLongAs):
            self.last = self._last()
        parameters = self.hint.loss[1].values() if self.hint.loss is not None else ()
        for value in (*self.values.values(), *map(sp.sympify, parameters)):
            if not value.free_symbols <= self.bound:
                raise CertificateError(f"{value} speaks of more than the constants in question")
        for assumption in self.claim.assumptions:
            if assumption.free_symbols & set(self.claim.times):
                assumption = self._beyond_all(assumption)
            if self.hint.invariant and self._moves(assumption):  # then it holds along the whole trajectory
                self._conclude(f"{assumption} holds", self._known(), assumption)
            else:
                self._require(f"{assumption} holds", assumption)
        for symbol, value in (self.claim.start or {}).items():
            self._require(f"{symbol} has a value at the start", sp.Eq(value, value, evaluate=False))
        if self.hint.invariant:
            self._trajectory()
        elif self.claim.step is not None:
            self._require_step(body)
        self._contradiction(body)
        return self._finished()

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
            self._choose()
            if isinstance(formula, OrderOfGrowth):
                constants = tuple(sp.Symbol(f"constant[{place}]", real=True) for place in range(len(formula.sides)))
                positive = sp.And(*[sp.Gt(constant, 0, evaluate=False) for constant in constants])
                formula = ThereAre(sp.Tuple(*constants), positive, formula.depends, sp.And(*formula.bounds(constants)))
            if isinstance(formula, ThereAre):
                symbols = set(formula.symbols)
                if symbols & (self.bound | set(self.values) | self._chosen):
                    raise CertificateError("a constant has the name of another one, or of a hinted value")
                self._require_free(symbols, "leaves open")
                self._independent({*formula.depends, *chosen}, symbols | self._chosen)
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
            elif not self._chosen <= self.bound:
                raise CertificateError("what has a name of its own speaks of more than the constants in question")
            else:
                return formula

    def _choose(self) -> None:
        """What the hint gives a name of its own, once the constants are there that it speaks of."""
        root = self.hint.root
        if root is not None and root.symbol not in self.bound and root.within.free_symbols <= self.bound:
            self._require("the root may be above 1", sp.Gt(root.within, 0, evaluate=False))
            self.bound.add(root.symbol)
            self.constants = (*self.constants, *conditions(root))
        for symbol, value in self.hint.let.items():
            if symbol not in self.bound and value.free_symbols <= self.bound:
                self._require(f"{symbol} has a value", sp.Eq(value, value, evaluate=False))
                self.bound.add(symbol)
                self.constants = (*self.constants, sp.Eq(symbol, value, evaluate=False))

    @property
    def _chosen(self) -> set[sp.Basic]:
        """The names that the hint gives."""
        return {*self.hint.let, *([] if self.hint.root is None else [self.hint.root.symbol])}

    def _independent(self, depends: set[sp.Basic], constants: set[sp.Basic]) -> None:
        """What a constant may depend on is chosen without it and what is named after it (so is the loss)."""
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
        concrete = formula
        for values in around:
            concrete = put_in(concrete, values)
        for condition in lost_conditions(formula, *around):
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
        known = self._known()
        before = known if self.last is None else (*known, sp.Le(time, self.last - 1, evaluate=False))
        for formula in self.hint.invariant:
            self._conclude(f"the start meets {formula}", self.constants, formula, start)
        for condition in claim.step.well_defined:
            self._conclude("the step exists", known, condition)
        for symbol, expression in update.items():
            value = sp.Eq(expression, expression, evaluate=False)
            self._conclude(f"the next {symbol} has a value", known, value)
        for formula in self.hint.invariant:
            self._conclude(f"a step keeps {formula}", before, formula, update)

    def _known(self) -> tuple[Boolean, ...]:
        """What holds at every time."""
        until = () if self.last is None else (sp.Le(time, self.last, evaluate=False),)
        powers = () if self.hint.root is None else at_every_time(self.hint.root)
        return (*self.constants, *[self._concrete(formula) for formula in self.hint.invariant], *powers, *until)

    def _last(self) -> sp.Integer:
        """The hinted time at which a statement fails."""
        since = self.hint.since
        if not (isinstance(since, sp.Integer) and since >= 0 and self.hint.invariant):
            raise CertificateError("the counterexample gives no time at which the conclusion fails")
        return since

    def _beyond_all(self, assumption: Boolean) -> Boolean:
        """Where a time never comes, as b^t >= a for t as large as one likes where |b| >= 1: a number is below it."""
        number, symbol = assumption.args if isinstance(assumption, sp.Le | sp.Lt) else (assumption, None)
        kind = self.claim.times.get(symbol)
        if not isinstance(kind, LargestPower) or number.free_symbols & set(self.claim.times):
            raise CertificateError(f"{assumption} speaks of a hitting time")
        if not (isinstance(kind.level, sp.Rational) and 0 < kind.level <= 1) or self._moves(kind.base):
            raise CertificateError(f"{symbol} is no largest power of a number that stays")
        self._require(f"{symbol} never comes", sp.Ge(sp.Abs(kind.base), 1, evaluate=False))
        return sp.Eq(number, number, evaluate=False)

    def _moves(self, expression: sp.Basic) -> bool:
        """Whether an expression speaks of the state or the time."""
        return bool(self._concrete(expression).free_symbols & (self.state | {time}))

    def _fixed(self, value: sp.Expr | None, what: str) -> sp.Expr:
        """A hinted number, which is the same at every time."""
        if value is None or self._moves(value):
            raise CertificateError(f"the counterexample gives no {what}")
        return value

    def _distance(self) -> sp.Expr:
        """The hinted bound as a distance, which is positive."""
        distance = self._fixed(self.hint.bound, "distance that every iterate keeps")
        self._conclude("the distance is positive", self.constants, sp.Gt(distance, 0, evaluate=False))
        return distance

    def _contradiction(self, body: Boolean) -> None:
        known = self._known()
        if isinstance(body, Eventually | EventuallyAlways) and self.hint.invariant:
            if isinstance(body, EventuallyAlways) and self.hint.since is not None:
                # what fails at every time from some one on holds from no time on
                late = self._fixed(self.hint.since, "time from which on the conclusion fails")
                self._conclude("the time has a value", self.constants, sp.Eq(late, late, evaluate=False))
                known = (*known, self._concrete(sp.Ge(time, late, evaluate=False)))
            # what fails at every time fails at some time from every time on
            self._conclude("the conclusion fails", known, body.args[0], negated=True)
        elif isinstance(body, AsLongAs):
            condition, then = body.args
            following = set(self.claim.step.next) if self.claim.step is not None else set()
            # what is said of the state itself is a part of what is said, so it suffices that this fails
            said = [one for one in parts_of(then) if not one.free_symbols & following]
            if not said:
                raise CertificateError(f"{then} speaks of the next state only")
            self._conclude("the condition holds up to that time", known, condition)
            at = (*known, sp.Ge(time, self.last, evaluate=False))
            self._conclude("the conclusion fails at that time", at, sp.And(*said, evaluate=False), negated=True)
        elif isinstance(body, Always) and self.claim.start is not None:
            start = {**self.claim.start, time: sp.S.Zero}
            self._conclude("the conclusion fails", self.constants, body.args[0], start, negated=True)
        elif isinstance(body, Diverges | DivergesExponentially) and self.hint.invariant:
            bound = self._fixed(self.hint.bound, "bound on the states that meet its invariant")
            if self.claim.step is None or set(body.args) != set(self.claim.step.state):
                raise CertificateError(f"{body} does not speak of the whole state")
            size = sp.Add(*[symbol**2 for symbol in body.args])
            self._conclude("the trajectory is bounded", known, sp.Le(size, bound, evaluate=False))
        elif isinstance(body, ConvergesTo) and self.hint.invariant:
            self._no_such_limits(body)
        elif isinstance(body, DecaysExponentially) and self.hint.invariant:
            # what stays away from 0 does not decay
            away = sp.Ge(sp.Abs(body.args[0]), self._distance(), evaluate=False)
            self._conclude("every iterate keeps the distance from 0", known, away)
        elif isinstance(body, sp.Le | sp.Lt) and isinstance(body.lhs, LimSup) and self.hint.invariant:
            # a number that is never below the bound has a limes superior of at least that
            level = self._fixed(self.hint.bound, "bound below the limes superior")
            if self._moves(body.rhs):
                raise CertificateError(f"{body.rhs} moves along the trajectory")
            self._conclude("every iterate meets the bound", known, sp.Ge(body.lhs.args[0], level, evaluate=False))
            self._conclude("the bound is too large", self.constants, sp.Gt(level, body.rhs, evaluate=False))
        elif speaks_of_a_point(body) and not self._concrete(body).free_symbols & self.state:
            self._conclude("the conclusion fails", self.constants, body, negated=True)
        else:
            raise CertificateError(f"{body} is not refuted by a trapped trajectory")

    def _no_such_limits(self, body: ConvergesTo) -> None:
        """Every iterate, in the place of the limits, misses what is said of them by the hinted distance."""
        names, expressions, said = body.args
        limits = {name: sp.Symbol(f"limit[{name}]", real=True) for name in names}
        said = put_in(said, limits)
        if self._moves(said):
            raise CertificateError(f"{said} moves along the trajectory")
        apart = missed(said, set(limits.values()), self._distance())
        iterates = dict(zip(limits.values(), expressions, strict=True))
        self._conclude("every iterate misses the limit", self._known(), put_in(apart, iterates))

    @property
    def _substitutions(self) -> list[Mapping[sp.Symbol, sp.Expr]]:
        """What is put in, in order: the next state, the definitions, the hinted values."""
        following = dict(self.claim.step.one_step) if self.claim.step is not None else {}
        return [following, *[dict(self.claim.define)] * len(self.claim.define), self.values]

    def _concrete(self, expression: sp.Basic) -> sp.Basic:
        """With the next state, the definitions and the hinted values put in."""
        for values in self._substitutions:
            expression = put_in(expression, values)
        return expression

    def _with_loss(self, write: Callable[[int, sp.Expr], sp.Expr]) -> Callable[[Implication], Implication]:
        """Goals with what ``write`` makes of the order and the argument of each value and slope of the loss.

        The powers of the root get a symbol of their own.
        """

        @cache
        def written(formula: Boolean) -> Boolean:  # the goals share most of their hypotheses
            formula = rewritten(formula, write)
            return formula if self.hint.root is None else with_power_symbol(self.hint.root, formula)

        return lambda goal: Implication(goal.name, tuple(map(written, goal.hypotheses)), written(goal.conclusion))

    def _law(self, order: int, argument: sp.Expr) -> sp.Expr:
        return law_of(self.member, order, argument)

    def _finished(self) -> list[Implication]:
        """The goals with the loss put in; where there are lemmas, what follows from the invariant knows it by these."""
        lemmas = tuple(self._concrete(lemma) for lemma in self.hint.lemmas)
        known = self._known()
        along = [
            Implication(f"along the trajectory {lemma}", (*known, *lemmas[:place]), lemma)
            for place, lemma in enumerate(lemmas)
        ]
        named = self.bound | self.state | {time}
        _require_spoken((*along, *self.found), named | set(self.claim.loss_symbols))
        by_law = self._with_loss(self._law)
        finished = [by_law(goal) for goal in along]
        symbols: dict[tuple[int, sp.Expr], sp.Symbol] = {}

        def any_number(order: int, argument: sp.Expr) -> sp.Expr:
            return symbols.setdefault((order, argument), sp.Symbol(f"slope[{len(symbols)}]", real=True))

        by_lemmas = self._with_loss(any_number)
        for goal in self.found:
            if lemmas and goal.hypotheses[: len(known)] == known:
                hypotheses = (*known, *lemmas, *goal.hypotheses[len(known) :])
                finished.append(by_lemmas(Implication(goal.name, hypotheses, goal.conclusion)))
            else:
                finished.append(by_law(goal))
        own = {power_symbol(self.hint.root)} if self.hint.root is not None else set()
        _require_spoken(finished, named | own | set(symbols.values()))
        at = sp.Symbol("slope[at]", real=True)
        for order in sorted({order for order, _ in symbols}):
            for condition in definedness(self._law(order, at)):
                finished.append(Implication("the loss has a value everywhere", (), condition))
        return finished


def _require_spoken(goals: Iterable[Implication], allowed: set[sp.Basic]) -> None:
    """Refuse goals that speak of something else."""
    for goal in goals:
        spoken = set().union(*(f.free_symbols for f in (*goal.hypotheses, goal.conclusion)))
        if not spoken <= allowed:
            raise CertificateError(f"{sorted(map(str, spoken - allowed))} have no value")


def counterexample_text(hint: Counterexample | PointCounterexample) -> str:
    """A counterexample in one line, for the reader."""
    if isinstance(hint, PointCounterexample):
        return point_text(hint)
    text = ", ".join(f"{name} = {value}" for name, value in hint.values.items())
    if hint.loss is not None:
        text += f", loss {loss_as_text(*hint.loss)}"
    if hint.root is not None:
        root, most = hint.root.symbol, 1 + hint.root.within
        text += f", where 1 < {root} <= {most} and {root}^n = {hint.root.power} for an odd n"
    text += "".join(f", {name} = {value}" for name, value in hint.let.items())
    if hint.invariant:
        iterate = "every iterate" if not isinstance(hint.since, sp.Integer) else f"every iterate up to t = {hint.since}"
        text += f"; {iterate} meets {', '.join(map(str, hint.invariant))}"
    return text
