"""Statements for all t: an invariant that the start meets, that a step keeps, and that implies the conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel import phases
from verify.kernel.abstraction import Abstraction, always_has_value, usable_assumptions
from verify.kernel.conclusion import abbreviated, concluded, has_value, replaced, speaks_of_next
from verify.kernel.goals import Implication
from verify.kernel.powers import number, powers, stands_alone
from verify.kernel.substitution import lost_conditions, put_in
from verify.statement.claim import Claim, Hints
from verify.statement.formula import (
    Diverges,
    DivergesExponentially,
    FirstTime,
    LargestTimeWhile,
    StepSum,
    TrajectoryFormula,
)
from verify.statement.system import time


def by_induction(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """By an invariant that the start meets, that a step keeps, and that implies the conclusion."""
    found = _invariant(claim, formula)
    return [*found.obligations, *_implied(claim, found, found.conclusion)]


#: What is assumed of a state on a trajectory, and what then holds of it.
Goal = tuple[tuple[Boolean, ...], Boolean]


def by_invariant(claim: Claim, goals: Sequence[Goal]) -> list[Implication]:
    """As ``by_induction``, of goals without sums over the steps; lemmas are for those that assume something."""
    found = _invariant(claim, sp.true)
    plain = replace(found, lemmas=(), short={})
    result = found.obligations
    for assumed, formula in goals:
        result = [*result, *_implied(claim, found if assumed else plain, formula, assumed)]
    return result


def _implied(claim: Claim, found: _Invariant, formula: Boolean, assumed: Sequence[Boolean] = ()) -> list[Implication]:
    """That the invariant, and what else is assumed of a state, implies a formula."""
    known = found.known_of_step if speaks_of_next(claim, formula) else found.known
    known = (*known, *found.abstract.hypotheses(assumed, known))
    name = "the invariant implies the conclusion"
    if found.short:
        return abbreviated(name, known, found.abstract, formula, found.lemmas, found.short)
    return concluded(name, known, found.abstract, formula, found.lemmas)


def by_growth(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """A coordinate that is never 0 and grows by a factor > 1 in each step diverges exponentially.

    The statement may exclude finitely many first steps (``t >= 1``), which changes nothing of a divergence.
    """
    if not isinstance(formula, Diverges | DivergesExponentially) or claim.hints.growth is None or claim.step is None:
        raise CertificateError(f"{claim.id} gives no growing coordinate")
    symbol, factor = claim.hints.growth
    if symbol not in formula.args or not (factor.is_Rational and factor > 1):
        raise CertificateError(f"{symbol} growing by {factor} does not prove {formula}")
    for assumption in claim.assumptions:
        if time in assumption.free_symbols and not _lower_end_of_time(assumption):
            raise CertificateError(f"{assumption} bounds the time from above")
    found = _invariant(claim, formula)
    result, abstract = found.obligations, found.abstract
    known = found.known_of_step  # a trajectory that diverges exists for ever
    update = claim.step.update[claim.step.state.index(symbol)]
    grows = sp.Ge(sp.Abs(update), factor * sp.Abs(symbol), evaluate=False)
    result += concluded(f"{symbol} is never 0", known, abstract, sp.Ne(symbol, 0, evaluate=False))
    result += concluded(f"|{symbol}| grows by {factor} in each step", known, abstract, grows, found.lemmas)
    return result


def _lower_end_of_time(assumption: Boolean) -> bool:
    if isinstance(assumption, sp.Ge | sp.Gt):
        return bool(assumption.lhs == time and assumption.rhs.is_number)
    return bool(isinstance(assumption, sp.Le | sp.Lt) and assumption.rhs == time and assumption.lhs.is_number)


@dataclass(frozen=True)
class _Invariant:
    """What an invariant leaves to prove, and what it gives.

    Attributes:
        obligations: the start meets the invariant, and a step keeps it.
        abstract: the algebra of these goals.
        known: what is known of a state on a trajectory.
        known_of_step: the same, where its next state exists.
        conclusion: the statement, with symbols for its sums over the steps and its powers.
        lemmas: the author's, in the same form.
        short: the author's symbols for expressions, for the conclusion.
    """

    obligations: list[Implication]
    abstract: Abstraction
    known: tuple[Boolean, ...]
    known_of_step: tuple[Boolean, ...]
    conclusion: Boolean
    lemmas: tuple[Boolean, ...]
    short: dict[sp.Symbol, sp.Expr]


def _invariant(claim: Claim, conclusion: Boolean) -> _Invariant:
    """The induction along a trajectory; a sum over the steps is 0 at the start and grows by its term in each step."""
    if claim.start is None or claim.step is None or not claim.hints.invariant:
        raise CertificateError(f"{claim.id} gives no invariant of a trajectory")
    if any(value.free_symbols & {*claim.step.state, time} for value in claim.define.values()):
        raise CertificateError(f"{claim.id} defines something by the state or the time, which moves with it")
    if any(formula.has(sp.Sum) for formula in claim.hints.invariant):
        raise CertificateError("an invariant holds a sum")
    running = _running(claim, conclusion)

    def hidden(formula: sp.Basic) -> sp.Basic:
        for node, part in running.items():
            formula = replaced(formula, node, part.symbol)
        return formula

    invariant = [hidden(formula) for formula in claim.hints.invariant]
    abstract = _TrajectoryAbstraction(claim)
    everywhere = [f for f in usable_assumptions(claim, claim.assumptions) if not f.free_symbols & set(claim.step.state)]
    timeless = [formula for formula in everywhere if time not in formula.free_symbols]
    definitions = [sp.Eq(symbol, value, evaluate=False) for symbol, value in claim.define.items()]
    base = abstract.hypotheses([*timeless, *definitions])
    result = []
    for place, (symbol, value) in enumerate(claim.define.items()):
        earlier = abstract.hypotheses([*timeless, *definitions[:place]])  # those have values, so that they hold
        result += concluded(f"{symbol} has a value", tuple(earlier), abstract, has_value(value))
    start = {**claim.start, time: sp.S.Zero, **{part.symbol: part.first for part in running.values()}}
    for formula in invariant:
        initial = formula.func(*[side.xreplace(start) for side in formula.args], evaluate=False)
        lost = lost_conditions(formula, start, *abstract.substitutions)
        abstract(initial)  # so that the facts cover the start
        known = (*base, *abstract.facts(base)) if claim.hints.pairs is not None else tuple(base)
        result += concluded(f"the start meets {formula}", known, abstract, initial, lost=lost)
    state = abstract.hypotheses(invariant, base)
    exists = abstract.hypotheses(claim.step.well_defined, [*base, *state])
    advice = [claim.hints.keeps[place] if place < len(claim.hints.keeps) else None for place in range(len(invariant))]
    hints = [claim.hints if hint is None else hint for hint in advice]
    lemmas = [tuple(abstract(hidden(lemma)) for lemma in hint.lemmas) for hint in hints]
    moved = {
        **dict(zip(claim.step.state, claim.step.update, strict=True)),
        time: time + 1,
        **{part.symbol: part.next for part in running.values()},
    }
    for formula in invariant:  # so that the facts cover the points of the next state
        abstract(formula.func(*[side.xreplace(moved) for side in formula.args], evaluate=False))
    last = tuple(abstract(hidden(lemma)) for lemma in claim.hints.lemmas)
    known = (*base, *state, *abstract.facts([*base, *state]))
    known_of_step = (*base, *state, *abstract.facts([*base, *state, *exists]), *exists)
    for formula, hint, intermediate in zip(invariant, hints, lemmas, strict=True):
        name = f"a step keeps {formula}"
        later = formula.func(*[side.xreplace(moved) for side in formula.args], evaluate=False)
        lost = lost_conditions(formula, moved, *abstract.substitutions)
        short = {symbol: abstract(hidden(value)) for symbol, value in hint.abbreviate.items()}
        if short:
            result += abbreviated(name, known_of_step, abstract, later, intermediate, short, lost)
        else:
            result += concluded(name, known_of_step, abstract, later, intermediate, lost=lost)
    short = {symbol: abstract(hidden(value)) for symbol, value in claim.hints.abbreviate.items()}
    return _Invariant(result, abstract, known, known_of_step, hidden(conclusion), last, short)


@dataclass(frozen=True)
class _Running:
    """A sum over the steps, or a power with exponent t: what it is at the start, and one step later."""

    symbol: sp.Symbol
    first: sp.Expr
    next: sp.Expr


def _running(claim: Claim, conclusion: Boolean) -> dict[sp.Expr, _Running]:
    """The sums and powers that run along the trajectory, by what they stand for."""
    assert claim.step is not None
    hints = claim.hints
    moving = {*claim.step.state, *claim.step.next, *claim.times, *claim.define, time}
    lemmas = [*hints.lemmas, *(lemma for one in hints.keeps if one is not None for lemma in one.lemmas)]
    found: dict[sp.Expr, _Running] = {}
    for formula in (*hints.invariant, *lemmas, conclusion):
        for node in sp.preorder_traversal(formula):
            symbol = sp.Symbol(f"running[{len(found) + 1}]", real=True)
            if node in found:
                continue
            if isinstance(node, StepSum):
                if not any(one.has(node) for one in hints.invariant):
                    # that its terms have values is part of keeping an invariant that holds it
                    raise CertificateError(f"{node} occurs in no invariant")
                found[node] = _Running(symbol, sp.S.Zero, symbol + node.args[0])
            elif isinstance(node, sp.Pow) and node.exp == time and _is_constant(node.base, moving):
                found[node] = _Running(symbol, sp.S.One, node.base * symbol)
    return found


def _is_constant(base: sp.Expr, moving: set[sp.Symbol]) -> bool:
    """Whether a base has one value along a trajectory."""
    return always_has_value(base) and not base.free_symbols & moving


class _TrajectoryAbstraction(Abstraction):
    """Keeps what the claim defines as symbols, tied by equations, instead of putting the definitions in."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim)
        self._kept = dict(claim.define)
        self._stand_ins = {symbol: sp.Symbol(f"defined[{symbol.name}]", real=True) for symbol in self._kept}

    def _put_in(self, formula: sp.Basic) -> sp.Basic:
        return put_in(formula, self._next)

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        lowered = super().__call__(put_in(formula, self._stand_ins))
        return put_in(lowered, {new: old for old, new in self._stand_ins.items()})


# --- through phases ----------------------------------------------------------------------------------------------


def by_phases(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """As ``induction``, with invariants that hold in some phases only: every situation of t and the hitting times."""
    invariant = claim.hints.invariant
    if claim.start is None or claim.step is None or not invariant:
        raise CertificateError(f"{claim.id} gives no invariant of a trajectory")
    if any(value.free_symbols & {*claim.step.state, time} for value in claim.define.values()):
        raise CertificateError(f"{claim.id} defines something by the state or the time, which moves with it")
    taken = set(claim.phases)
    if claim.at is not None:
        claim = phases.from_then_on(claim)
    apart = replace(claim, show=formula, readings={})  # without what only other parts speak of
    apart = phases.with_used_times(apart, [*invariant, formula])
    if not set(apart.phases) <= taken:
        raise CertificateError(f"apart from the others, {part!r} would take more phases not to be empty")
    return Phases(apart).obligations(formula)


#: What is known, by how an author names it: a condition of the next state is written in x_next.
Known = dict[Boolean, Boolean]


class Phases:
    """The obligations of an induction through phases."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        assert claim.step is not None and claim.start is not None
        self.state = set(claim.step.state)
        self.next = dict(zip(claim.step.state, claim.step.next, strict=True))
        self.exists: Known = {one: one for one in claim.step.well_defined}
        self.moved = dict(zip(claim.step.state, claim.step.update, strict=True)) | phases.moved_powers(claim)
        hit = set(claim.times) - set(powers(claim))
        needs = claim.hints.needs
        self.assumed = [
            one
            for one in claim.assumptions
            if not one.has(TrajectoryFormula)
            and not one.free_symbols & (self.state | hit | {time})
            and (needs is None or one in needs)
            and stands_alone(claim, one)
        ]
        defined = [sp.Eq(symbol, value, evaluate=False) for symbol, value in claim.define.items()]
        self.definitions: Known = {one: one for one in defined}
        self.result: dict[Implication, None] = {}
        self.facts: list[Boolean] = []

    def goal(
        self,
        name: str,
        known: Known,
        formula: Boolean,
        hints: Hints | None = None,
        substitution: dict[sp.Symbol, sp.Expr] | None = None,
    ) -> None:
        """One obligation, a formula with something put in, with advice of its own; what recurs is shown once."""
        goal = put_in(formula, substitution or {})
        if formula == sp.true or sp.false in known.values():
            return
        needs, knows = (None, None) if hints is None else (hints.needs, hints.knows)
        claim = self.claim if hints is None else replace(self.claim, hints=replace(hints, needs=None))
        abstract = _PhaseAbstraction(claim)
        assumed = [one for one in self.assumed if needs is None or one in needs]
        definitions, recalled = (
            [one for said, one in some.items() if knows is None or said in knows or said in self.exists]
            for some in (self.definitions, known)
        )
        lowered = abstract.hypotheses(
            [one for one in (*assumed, *definitions, *self.facts, *recalled) if one != sp.true]
        )
        abstract(goal)  # so that the facts cover what the goal speaks of
        short = {symbol: abstract(value) for symbol, value in claim.hints.abbreviate.items()}
        lemmas = tuple(abstract(lemma) for lemma in claim.hints.lemmas)
        everything = (*lowered, *abstract.facts(lowered))
        lost = lost_conditions(formula, substitution or {}, *abstract.substitutions)
        if short:
            found = abbreviated(name, everything, abstract, goal, lemmas, short, lost)
        else:
            found = concluded(name, everything, abstract, goal, lemmas, lost=lost)
        self.result.update(dict.fromkeys(found))

    def obligations(self, formula: Boolean) -> list[Implication]:
        """The start, every step from every situation, and the conclusion."""
        claim = self.claim
        assert claim.step is not None and claim.start is not None
        hints = claim.hints
        count = len(hints.invariant)
        begins, advice = ([*one, *[None] * (count - len(one))] for one in (hints.begins, hints.keeps))
        plain = Hints(axioms=hints.axioms)
        self._powers(plain)
        defined = list(self.definitions)
        for place, (symbol, value) in enumerate(claim.define.items()):
            # that its own equation holds would say that it has one
            self._value(f"{symbol} has a value", value, replace(plain, knows=tuple(defined[:place])))
        for kind in claim.times.values():
            if isinstance(kind, LargestTimeWhile | FirstTime):
                for side in kind.condition.args:
                    self._value(f"{kind.condition} has a value", side, plain)
        start = {**claim.start, **{phases.power_symbol(symbol): sp.S.One for symbol in powers(claim)}}
        for situation, said in phases.starts(claim):
            known = {fact: put_in(fact, start) for fact in said}
            for one, hint in zip(hints.invariant, begins, strict=False):
                goal = self._goal_in(one, situation)
                self.goal(f"the start meets {one}", known, goal, hint or plain, start)
                known[one] = put_in(goal, start)  # which the next ones may use
        for situation in phases.situations(claim):
            now = self._known(situation)
            for after, said in phases.successors(claim, situation):
                later = {put_in(fact, self.next): put_in(fact, self.moved) for fact in said}
                known = now | later | self.exists
                for one, hint in zip(hints.invariant, advice, strict=False):
                    self.goal(f"a step keeps {one}", known, self._goal_in(one, after), hint or plain, self.moved)
            self._conclude(formula, situation, now)
        return list(self.result)

    def _conclude(self, formula: Boolean, situation: phases.Situation, now: Known) -> None:
        claim = self.claim
        assert claim.step is not None
        spoken = set(claim.times) | self.state | {time}
        given = [
            phases.resolved(claim, one, situation, unknown=sp.true)
            for one in claim.assumptions
            if one.free_symbols & spoken and not one.has(TrajectoryFormula)
        ]
        given = [one for one in given if not one.free_symbols & (set(claim.times) - set(powers(claim)))]
        exists = self.exists if speaks_of_next(claim, formula) else {}
        goal = phases.resolved(claim, formula, situation, unknown=sp.false)
        last = replace(claim.hints, invariant=(), begins=(), keeps=(), needs=None)
        known = now | {one: one for one in given} | exists
        self.goal("the invariant implies the conclusion", known, goal, last)

    def _known(self, situation: phases.Situation) -> Known:
        """What is known of a state in a situation: its conditions, the invariant, and the bounds of powers."""
        invariant = {one: self._invariant(one, situation, unknown=sp.true) for one in self.claim.hints.invariant}
        plain = [*phases.known_now(self.claim, situation), *phases.power_bounds(self.claim)]
        return {one: one for one in plain} | invariant

    def _goal_in(self, formula: Boolean, situation: phases.Situation) -> Boolean:
        return self._invariant(formula, situation, unknown=sp.false)

    def _invariant(self, formula: Boolean, situation: phases.Situation, *, unknown: Boolean) -> Boolean:
        here = phases.resolved(self.claim, formula, situation, unknown=unknown)
        here = phases.with_power_symbols(self.claim, here)
        if time in here.free_symbols:
            raise CertificateError(f"the invariant {formula} speaks of t otherwise than by its times")
        return here

    def _powers(self, plain: Hints) -> None:
        first, facts, then = phases.power_facts(self.claim)
        plain = self.claim.hints.powers or plain
        for one in first:
            advice = plain if one.free_symbols else Hints()
            self.goal(f"{one}, for the time that a power defines", {}, one, advice)
        self.facts = facts
        for one in then:
            self.goal(f"{one}, for the time that a power defines", {}, one, plain)
        self.facts = [*facts, *then]

    def _value(self, name: str, value: sp.Expr, plain: Hints) -> None:
        self.goal(name, {}, has_value(value), plain)


class _PhaseAbstraction(_TrajectoryAbstraction):
    """Lets the times that a power defines stand as numbers of which only the facts are known."""

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        hidden = {symbol: number(symbol) for symbol in powers(self.claim)}
        return super().__call__(put_in(phases.with_power_symbols(self.claim, formula), hidden))
