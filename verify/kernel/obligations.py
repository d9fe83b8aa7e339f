"""What each method of proof has to establish: the obligations, derived from the claim itself.

A certificate only says which method was used and how each obligation was met; it never says what the obligations are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, ClaimError
from verify.kernel import phases
from verify.kernel.abstraction import Abstraction, always_has_value, usable_assumptions
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.spectral import SpectralGoal, expands, multiplier, multiplier_identity, spectral_goals
from verify.kernel.substitution import lost_conditions, put_in
from verify.statement.claim import Claim, Hints
from verify.statement.formula import (
    Diverges,
    DivergesExponentially,
    FirstTime,
    FromAlmostEveryStart,
    IsMember,
    LargestTimeWhile,
    OrderOfGrowth,
    StepSum,
    ThereAre,
    ThereIsLoss,
    TrajectoryFormula,
)
from verify.statement.loss import Family, Member
from verify.statement.loss_text import loss_parameters
from verify.statement.system import time


def obligations(claim: Claim, reading: str, part: str, method: str) -> list[Implication]:
    """The implications whose validity proves one part of one reading by a method.

    Raises:
        CertificateError: the method does not apply to this part.
    """
    if method not in METHODS:
        raise CertificateError(f"there is no method {method!r}")
    formula = claim.conclusions[reading][part]
    claim = claim.advised(part)
    try:
        return METHODS[method](claim, part, formula)
    except ClaimError as reason:
        raise CertificateError(str(reason)) from reason


def vacuity(claim: Claim) -> list[Implication]:
    """The implication that says that no point meets the assumptions."""
    abstract = Abstraction(claim)
    hypotheses = [abstract(formula) for formula in usable_assumptions(claim, claim.assumptions)]
    return [Implication("no point meets the assumptions", (*hypotheses, *abstract.facts()), sp.false)]


def _state_hypotheses(claim: Claim, abstract: Abstraction, formula: sp.Basic) -> list[Boolean]:
    """The assumptions about one state (of any time, reached or not), and that the step exists where it is asked for.

    To leave out those that the author does not name as needed only makes the goal stronger.
    """
    formulas = usable_assumptions(claim, claim.assumptions)
    if claim.hints.needs is not None:
        formulas = [formula for formula in formulas if formula in claim.hints.needs]
    if claim.is_trajectory:
        # dropping what is assumed of the start only makes the goal stronger
        started = {symbol for value in (claim.start or {}).values() for symbol in value.free_symbols}
        formulas = [formula for formula in formulas if not formula.free_symbols & started]
    if claim.step is not None and (not claim.is_trajectory or _speaks_of_next(claim, formula)):
        formulas = [*formulas, *claim.step.well_defined]
    return [abstract(formula) for formula in formulas]


def _speaks_of_next(claim: Claim, formula: sp.Basic) -> bool:
    """Whether a trajectory's next state, and so that the step exists, belongs to the statement."""
    return claim.step is not None and bool(formula.free_symbols & set(claim.step.next))


def _concluded(
    name: str,
    known: tuple[Boolean, ...],
    abstract: Abstraction,
    formula: Boolean,
    lemmas: tuple[Boolean, ...] = (),
    short: tuple[Boolean, ...] | None = None,
    lost: Sequence[Boolean] | None = None,
) -> list[Implication]:
    """The goal of a conclusion, and of what its algebraic form took for granted: series converge, p in p/|p| is not 0.

    ``short`` are hypotheses that suffice for the latter (fewer make fewer cases), ``lost`` what an earlier substitution
    took for granted.
    """
    series = [abstract(condition) for condition in abstract.series_conditions(formula)]
    lowered = abstract(formula)
    lost = lost_conditions(formula, *abstract.substitutions) if lost is None else lost
    granted = [*abstract.cancelled, *series, *[abstract(condition) for condition in lost]]
    return [
        *[Implication("the conclusion has a value", known if short is None else short, fact) for fact in granted],
        Implication(name, known, lowered, lemmas),
    ]


def _implication(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """At every state that meets the assumptions."""
    return _at_every_state(claim, formula, None, with_lemmas=True)


def _signs(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """As ``implication``, with only the signs of the slopes and without lemmas."""
    return _at_every_state(claim, formula, ("signs",), with_lemmas=False)


def _at_every_state(
    claim: Claim, formula: Boolean, axioms: tuple[str, ...] | None, *, with_lemmas: bool
) -> list[Implication]:
    abstract = Abstraction(claim, axioms)
    hypotheses = tuple(_state_hypotheses(claim, abstract, formula))
    abstract(formula)  # so that the facts cover what the conclusion speaks of
    lemmas = tuple(abstract(lemma) for lemma in claim.hints.lemmas) if with_lemmas else ()
    short = {symbol: abstract(value) for symbol, value in claim.hints.abbreviate.items()} if with_lemmas else {}
    known = (*hypotheses, *abstract.facts())
    name = "the conclusion at every state"
    if short:
        return _abbreviated(name, known, abstract, formula, lemmas, short)
    speaks_of_step = not claim.is_trajectory or _speaks_of_next(claim, formula)
    assumed_to_exist = claim.step is not None and claim.step.well_defined and speaks_of_step
    return _concluded(name, known, abstract, formula, lemmas, hypotheses if assumed_to_exist else None)


def _abbreviated(
    name: str,
    known: tuple[Boolean, ...],
    abstract: Abstraction,
    formula: Boolean,
    lemmas: tuple[Boolean, ...],
    short: dict[sp.Symbol, sp.Expr],
    lost: Sequence[Boolean] | None = None,
) -> list[Implication]:
    """As ``_concluded``, the last step with symbols for expressions: what holds for all their values holds for theirs.

    That needs every abbreviated expression, and the conclusion, to have a value where the known formulas hold.  A lemma
    that speaks of the symbols belongs to the last step.
    """
    *granted, conclusion = _concluded(name, known, abstract, formula, lost=lost)
    result = list(granted)
    whole = [lemma for lemma in lemmas if not lemma.free_symbols & set(short)]
    spoken = set().union(*(one.free_symbols for one in (*known, conclusion.conclusion, *whole, *short.values())))
    if spoken & set(short):
        raise CertificateError("a symbol that abbreviates an expression may not occur in the claim")
    for lemma in whole:
        result.append(Implication(f"the lemma {lemma}", known, lemma))
        known = (*known, lemma)
    result += [Implication(f"{symbol} has a value", known, _has_value(value)) for symbol, value in short.items()]
    result += _valued("the conclusion has a value", known, conclusion.conclusion)
    formulas = [*known, *lemmas, conclusion.conclusion]
    waiting = list(short.items())
    while waiting:
        (symbol, value), *rest = waiting
        formulas = [_replaced(one, value, symbol) for one in formulas]
        waiting = [(other, _replaced(expression, value, symbol)) for other, expression in rest]
    final = Implication(name, tuple(formulas[: len(known)]), formulas[-1], tuple(formulas[len(known) : -1]))
    return [*result, final]


def _valued(name: str, known: tuple[Boolean, ...], formula: Boolean) -> list[Implication]:
    """That a formula has a value: the conditions come inner terms first, each assumed by the next."""
    conditions = definedness(formula)
    return [Implication(name, (*known, *conditions[:place]), one) for place, one in enumerate(conditions)]


def _replaced(formula: sp.Basic, part: sp.Expr, symbol: sp.Symbol) -> sp.Basic:
    """A formula with a symbol in place of every occurrence of a part; nothing else is evaluated."""
    if formula == part:
        return symbol
    if isinstance(part, sp.Add) and formula == -part:
        return -symbol
    if isinstance(part, sp.Pow) and formula == sp.Pow(part.base, -part.exp):
        return 1 / symbol
    if not formula.args:
        return formula
    arguments = [_replaced(argument, part, symbol) for argument in formula.args]
    if isinstance(part, sp.Mul) and isinstance(formula, sp.Mul):
        rest = list(arguments)  # a product that is not evaluated may hold a factor twice
        for factor in part.args:
            if factor not in rest:
                break
            rest.remove(factor)
        else:
            return sp.Mul(symbol, *rest)
    if isinstance(formula, sp.core.relational.Relational):
        return formula.func(*arguments, evaluate=False)
    return formula.func(*arguments)


# --- for all t --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Invariant:
    """What an invariant leaves to prove, and what it gives.

    Attributes:
        obligations: the start meets the invariant, and a step keeps it.
        abstract: the algebra of these goals.
        known: what is known of a state on a trajectory.
        exists: what more is known where its next state exists.
        conclusion: the statement, with symbols for its sums over the steps and its powers.
        lemmas: the author's, in the same form.
    """

    obligations: list[Implication]
    abstract: Abstraction
    known: tuple[Boolean, ...]
    exists: tuple[Boolean, ...]
    conclusion: Boolean
    lemmas: tuple[Boolean, ...]


def _invariant(claim: Claim, conclusion: Boolean) -> _Invariant:
    """The induction along a trajectory; a sum over the steps is 0 at the start and grows by its term in each step."""
    if claim.start is None or claim.step is None or not claim.hints.invariant:
        raise CertificateError(f"{claim.id} gives no invariant of a trajectory")
    if any(value.free_symbols & set(claim.step.state) for value in claim.define.values()):
        raise CertificateError(f"{claim.id} defines something by the state, which moves with it")
    if any(formula.has(sp.Sum) for formula in claim.hints.invariant):
        raise CertificateError("an invariant holds a sum")
    running = _running(claim, conclusion)

    def hidden(formula: Boolean) -> Boolean:
        for node, part in running.items():
            formula = _replaced(formula, node, part.symbol)
        return formula

    invariant = [hidden(formula) for formula in claim.hints.invariant]
    abstract = _TrajectoryAbstraction(claim)
    everywhere = [f for f in usable_assumptions(claim, claim.assumptions) if not f.free_symbols & set(claim.step.state)]
    timeless = [formula for formula in everywhere if time not in formula.free_symbols]
    definitions = [sp.Eq(symbol, value, evaluate=False) for symbol, value in claim.define.items()]
    base = [abstract(formula) for formula in (*timeless, *definitions)]
    result = [
        Implication(f"{symbol} has a value", tuple(abstract(f) for f in timeless), abstract(_has_value(value)))
        for symbol, value in claim.define.items()
    ]
    start = {**claim.start, time: sp.S.Zero, **{part.symbol: part.first for part in running.values()}}
    for formula in invariant:
        initial = formula.func(*[side.xreplace(start) for side in formula.args], evaluate=False)
        lost = lost_conditions(formula, start, *abstract.substitutions)
        abstract(initial)  # so that the facts cover the start
        known = (*base, *abstract.facts()) if claim.hints.pairs is not None else tuple(base)
        result += _concluded(f"the start meets {formula}", known, abstract, initial, lost=lost)
    state = [abstract(formula) for formula in invariant]
    exists = [abstract(formula) for formula in claim.step.well_defined]
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
    known = (*base, *state, *abstract.facts())
    for formula, hint, intermediate in zip(invariant, hints, lemmas, strict=True):
        name = f"a step keeps {formula}"
        later = formula.func(*[side.xreplace(moved) for side in formula.args], evaluate=False)
        lost = lost_conditions(formula, moved, *abstract.substitutions)
        short = {symbol: abstract(value) for symbol, value in hint.abbreviate.items()}
        if short:
            result += _abbreviated(name, (*known, *exists), abstract, later, intermediate, short, lost)
        else:
            result += _concluded(name, (*known, *exists), abstract, later, intermediate, lost=lost)
    return _Invariant(result, abstract, known, tuple(exists), hidden(conclusion), last)


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

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        hidden = {symbol: sp.Symbol(f"defined[{symbol.name}]", real=True) for symbol in self._kept}
        lowered = super().__call__(put_in(formula, hidden))
        return put_in(lowered, {new: old for old, new in hidden.items()})


def _phases(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """As ``induction``, with invariants that hold in some phases only: every situation of t and the hitting times."""
    invariant = claim.hints.invariant
    if claim.start is None or claim.step is None or claim.at is not None or not invariant:
        raise CertificateError(f"{claim.id} gives no invariant of a trajectory")
    if any(value.free_symbols & set(claim.step.state) for value in claim.define.values()):
        raise CertificateError(f"{claim.id} defines something by the state, which moves with it")
    spoken: set[sp.Basic] = set().union(*(one.free_symbols for one in (*claim.assumptions, *invariant, formula)))
    used = {symbol: kind for symbol, kind in claim.times.items() if symbol in spoken}
    return _Phases(replace(claim, times=used)).obligations(formula)


class _Phases:
    """The obligations of an induction through phases."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        assert claim.step is not None and claim.start is not None
        self.state = set(claim.step.state)
        self.moved = dict(zip(claim.step.state, claim.step.update, strict=True)) | phases.moved_powers(claim)
        hit = set(claim.times) - set(phases.powers(claim))
        needs = claim.hints.needs
        self.assumed = [
            one
            for one in claim.assumptions
            if not one.has(TrajectoryFormula)
            and not one.free_symbols & (self.state | hit | {time})
            and (needs is None or one in needs)
        ]
        self.definitions = [sp.Eq(symbol, value, evaluate=False) for symbol, value in claim.define.items()]
        self.result: list[Implication] = []
        self.facts: list[Boolean] = []

    def _goal(
        self,
        name: str,
        known: list[Boolean],
        formula: Boolean,
        hints: Hints | None = None,
        substitution: dict[sp.Symbol, sp.Expr] | None = None,
    ) -> None:
        """One obligation, a formula with something put in, with advice of its own."""
        goal = put_in(formula, substitution or {})
        if formula == sp.true or sp.false in known:
            return
        needs = None if hints is None else hints.needs
        claim = self.claim if hints is None else replace(self.claim, hints=replace(hints, needs=None))
        abstract = _PhaseAbstraction(claim)
        assumed = [one for one in self.assumed if needs is None or one in needs]
        lowered = [abstract(one) for one in (*assumed, *self.definitions, *self.facts, *known) if one != sp.true]
        abstract(goal)  # so that the facts cover what the goal speaks of
        short = {symbol: abstract(value) for symbol, value in claim.hints.abbreviate.items()}
        lemmas = tuple(abstract(lemma) for lemma in claim.hints.lemmas)
        everything = (*lowered, *abstract.facts())
        lost = lost_conditions(formula, substitution or {}, *abstract.substitutions)
        if short:
            self.result += _abbreviated(name, everything, abstract, goal, lemmas, short, lost)
        else:
            self.result += _concluded(name, everything, abstract, goal, lemmas, lost=lost)

    def obligations(self, formula: Boolean) -> list[Implication]:
        """The start, every step from every situation, and the conclusion."""
        claim = self.claim
        assert claim.step is not None and claim.start is not None
        hints = claim.hints
        advice = [hints.keeps[place] if place < len(hints.keeps) else None for place in range(len(hints.invariant))]
        plain = Hints(axioms=hints.axioms)
        self._powers(plain)
        for symbol, value in claim.define.items():
            self._value(f"{symbol} has a value", value, plain)
        for kind in claim.times.values():
            if isinstance(kind, LargestTimeWhile | FirstTime):
                for side in kind.condition.args:
                    self._value(f"{kind.condition} has a value", side, plain)
        start = {**claim.start, **{phases.power_symbol(symbol): sp.S.One for symbol in phases.powers(claim)}}
        for situation, said in phases.starts(claim):
            for one in hints.invariant:
                goal = self._goal_in(one, situation)
                self._goal(f"the start meets {one}", [put_in(fact, start) for fact in said], goal, plain, start)
        for situation in phases.situations(claim):
            now = self._known(situation)
            for after, said in phases.successors(claim, situation):
                known = [*now, *claim.step.well_defined, *(put_in(fact, self.moved) for fact in said)]
                for one, hint in zip(hints.invariant, advice, strict=True):
                    goal = self._goal_in(one, after)
                    self._goal(f"a step keeps {one}", known, goal, hint or plain, self.moved)
            self._conclude(formula, situation, now)
        return self.result

    def _conclude(self, formula: Boolean, situation: phases.Situation, now: list[Boolean]) -> None:
        claim = self.claim
        assert claim.step is not None
        spoken = set(claim.times) | self.state | {time}
        given = [
            phases.resolved(claim, one, situation, unknown=sp.true)
            for one in claim.assumptions
            if one.free_symbols & spoken and not one.has(TrajectoryFormula)
        ]
        given = [one for one in given if not one.free_symbols & (set(claim.times) - set(phases.powers(claim)))]
        exists = claim.step.well_defined if _speaks_of_next(claim, formula) else ()
        goal = phases.resolved(claim, formula, situation, unknown=sp.false)
        last = replace(claim.hints, invariant=(), keeps=(), needs=None)
        self._goal("the invariant implies the conclusion", [*now, *given, *exists], goal, last)

    def _known(self, situation: phases.Situation) -> list[Boolean]:
        """What is known of a state in a situation: its conditions, the invariant, and the bounds of powers."""
        invariant = [self._invariant(one, situation, unknown=sp.true) for one in self.claim.hints.invariant]
        return [*phases.known_now(self.claim, situation), *invariant, *phases.power_bounds(self.claim)]

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
            self._goal(f"{one}, for the time that a power defines", [], one, advice)
        self.facts = facts
        for one in then:
            self._goal(f"{one}, for the time that a power defines", [], one, plain)
        self.facts = [*facts, *then]

    def _value(self, name: str, value: sp.Expr, plain: Hints) -> None:
        self._goal(name, [], _has_value(value), plain)


class _PhaseAbstraction(_TrajectoryAbstraction):
    """Lets the times that a power defines stand as numbers of which only the facts are known."""

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        hidden = {symbol: sp.Symbol(f"time[{symbol.name}]", real=True) for symbol in phases.powers(self.claim)}
        return super().__call__(put_in(phases.with_power_symbols(self.claim, formula), hidden))


def _has_value(expression: sp.Expr) -> Boolean:
    """A formula that has a value iff the expression has, and is then true."""
    return sp.Eq(expression, expression, evaluate=False)


def _induction(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """By an invariant that the start meets, that a step keeps, and that implies the conclusion."""
    found = _invariant(claim, formula)
    known = (*found.known, *found.exists) if _speaks_of_next(claim, formula) else found.known
    concluded = _concluded(
        "the invariant implies the conclusion", known, found.abstract, found.conclusion, found.lemmas
    )
    return [*found.obligations, *concluded]


def _growth(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
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
    known = (*found.known, *found.exists)  # a trajectory that diverges exists for ever
    update = claim.step.update[claim.step.state.index(symbol)]
    grows = sp.Ge(sp.Abs(update), factor * sp.Abs(symbol), evaluate=False)
    result += _concluded(f"{symbol} is never 0", known, abstract, sp.Ne(symbol, 0, evaluate=False))
    result += _concluded(f"|{symbol}| grows by {factor} in each step", known, abstract, grows, found.lemmas)
    return result


def _lower_end_of_time(assumption: Boolean) -> bool:
    if isinstance(assumption, sp.Ge | sp.Gt):
        return bool(assumption.lhs == time and assumption.rhs.is_number)
    return bool(isinstance(assumption, sp.Le | sp.Lt) and assumption.rhs == time and assumption.lhs.is_number)


# --- linear iterations on quadratics ----------------------------------------------------------------------------


def _spectral(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """By the eigenvalues of an arbitrary member of a class of quadratics."""
    goals: list[SpectralGoal]
    if isinstance(formula, sp.Eq):
        conclusion = multiplier_identity(claim, formula)
        return [Implication("both sides act alike on every eigenvector", (), conclusion)]
    goals = spectral_goals(claim, formula)
    return [
        Implication("at an arbitrary eigenvalue", tuple(g for g in goal.hypotheses if g != sp.true), goal.conclusion)
        for goal in goals
    ]


def _exhibit(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """There is a loss: one is named, shown to be of the class, and its eigenvalues decide the rest."""
    if not isinstance(formula, ThereIsLoss) or claim.hints.exhibit is None or claim.loss_class is None:
        raise CertificateError(f"{claim.id} exhibits no loss")
    body = formula.args[0]
    if not (isinstance(body, FromAlmostEveryStart) and isinstance(body.args[0], Diverges) and claim.step is not None):
        raise CertificateError(f"{body} is not decided by the eigenvalues of a loss")
    member = exhibited(claim)
    if member.eigenvalues is None:
        raise CertificateError(f"{member.name} is no quadratic")
    assumed = tuple(usable_assumptions(claim, claim.assumptions))
    result = []
    for entry, condition in claim.loss_class.requirements(member):
        if condition is None:
            raise CertificateError(f"{member.name} is not certified to be {entry}")
        if condition != sp.true:
            result.append(Implication(f"the exhibited loss is {entry}", assumed, condition))
    (state,) = claim.step.state
    factors = [multiplier(claim.step.update[0], state, eigenvalue) for eigenvalue in member.eigenvalues]
    result.append(Implication("it expands an eigenvector", assumed, sp.Or(*[expands(factor) for factor in factors])))
    return result


def exhibited(claim: Claim) -> Member:
    """The loss that a claim's hint exhibits, with parameters in the class's constants only."""
    assert claim.hints.exhibit is not None and claim.loss_class is not None
    name, parameters = claim.hints.exhibit
    family: Family | None = claim.loss_class.family(name, list(parameters))
    if family is None:
        raise CertificateError(f"the class of {claim.id} has no family {name}")
    allowed = set(claim.loss_class.constants)
    for expression in parameters.values():
        if not expression.free_symbols <= allowed:
            raise CertificateError(
                f"the exhibited loss depends on {expression}; it may depend on the class's constants only"
            )
    return family.build(f"{name}({', '.join(f'{k}={v}' for k, v in parameters.items())})", **parameters)


# --- limits and orders of growth --------------------------------------------------------------------------------


def _limit(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """A one-sided limit, by an equal expression that is continuous at the point.

    Sums, products, quotients with denominator not 0 and roots of what is not negative are continuous where defined.
    """
    form = claim.hints.limit
    if not (isinstance(formula, sp.Eq) and isinstance(formula.lhs, sp.Limit)) or form is None:
        raise CertificateError(f"{claim.id} gives no continuous form of a limit")
    expression, variable, point, direction = formula.lhs.args
    if str(direction) != "+" or not point.is_Rational:
        raise CertificateError(f"{formula.lhs} is no limit from the right at a rational point")
    if form.has(sp.sign, sp.floor, sp.Piecewise, sp.Heaviside):
        raise CertificateError(f"{form} is not continuous wherever it is defined")
    # the limit binds its variable: what is assumed of a symbol of that name says nothing of it
    assumed = tuple(f for f in usable_assumptions(claim, claim.assumptions) if variable not in f.free_symbols)
    near = sp.Gt(variable, point, evaluate=False)
    closed = sp.Ge(variable, point, evaluate=False)
    at_point = form.xreplace({variable: point})
    return [
        Implication("the continuous form is equal", (*assumed, near), sp.Eq(expression, form, evaluate=False)),
        Implication("it is defined up to the limit point", (*assumed, closed), _has_value(form)),
        Implication("its value there is the limit", assumed, sp.Eq(at_point, formula.rhs, evaluate=False)),
    ]


def _constants(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """An order of growth, with explicit constants."""
    constants = claim.hints.constants.get(part)
    if not isinstance(formula, OrderOfGrowth) or constants is None:
        raise CertificateError(f"{claim.id} gives no constant for {part!r}")
    chosen = tuple(constants) if isinstance(constants, tuple | list) else (constants,)
    if len(chosen) != len(formula.sides):
        raise CertificateError(f"{claim.id} gives {len(chosen)} constants for {formula}")
    result: list[Implication] = []
    for constant in chosen:
        if not constant.free_symbols <= set(formula.depends):
            raise CertificateError(f"the constant {constant} depends on more than {formula.depends}")
    abstract = Abstraction(claim)
    hypotheses = _state_hypotheses(claim, abstract, formula)
    bounds = formula.bounds(chosen)
    for bound in bounds:
        abstract(bound)  # so that the facts cover what it speaks of
    known = (*hypotheses, *abstract.facts())
    any_constant = tuple(sp.Symbol(f"constant[{place}]", real=True) for place in range(len(chosen)))
    values = dict(zip(any_constant, chosen, strict=True))
    for constant, bound, general in zip(chosen, bounds, formula.bounds(any_constant), strict=True):
        positive = sp.Gt(constant, 0, evaluate=False)
        lost = lost_conditions(general, values, *abstract.substitutions)
        result += _concluded("the constant is positive", known, abstract, positive)
        result += _concluded("it bounds the quantity", known, abstract, bound, lost=lost)
    return result


def _instance(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """There are constants: they are named, and the rest is shown of them."""
    if not isinstance(formula, ThereAre):
        raise CertificateError(f"{formula} does not say that there are constants")
    constants = claim.hints.constants.get(part)
    if constants is None:
        raise CertificateError(f"{claim.id} gives no constants for {part!r}")
    chosen = tuple(constants) if isinstance(constants, tuple | list) else (constants,)
    if len(chosen) != len(formula.symbols):
        raise CertificateError(f"{claim.id} gives {len(chosen)} constants for {formula}")
    for constant in chosen:
        if not constant.free_symbols <= set(formula.depends):
            raise CertificateError(f"the constant {constant} depends on more than {formula.depends}")
    values = dict(zip(formula.symbols, chosen, strict=True))
    condition, body = put_in(formula.condition, values), put_in(formula.body, values)
    assumed = tuple(usable_assumptions(claim, claim.assumptions))
    result = [Implication("the constants are as they should be", assumed, condition)]
    for lost in [*lost_conditions(formula.condition, values), *lost_conditions(formula.body, values)]:
        result += _at_every_state(claim, lost, None, with_lemmas=False)
    if isinstance(body, IsMember):
        return [*result, *_membership(claim, body)]
    return [*result, *_at_every_state(claim, body, None, with_lemmas=True)]


def _membership(claim: Claim, formula: IsMember) -> list[Implication]:
    """A named loss has a property with a constant."""
    loss, kind, constant = formula.args
    if claim.loss_class is None:
        raise CertificateError(f"{claim.id} speaks of no losses")
    family, parameters = loss_parameters(claim.loss_class, str(loss))
    decide = family.member(parameters).requirements.get(str(kind))
    condition = decide(constant) if decide is not None else None
    if condition is None:
        raise CertificateError(f"whether {formula} is not certified")
    return [Implication(str(formula), (), condition)]


METHODS: dict[str, Callable[[Claim, str, Boolean], list[Implication]]] = {
    "signs": _signs,
    "implication": _implication,
    "derivatives": _implication,
    "boxes": _implication,
    "induction": _induction,
    "phases": _phases,
    "growth": _growth,
    "spectral": _spectral,
    "exhibit": _exhibit,
    "limit": _limit,
    "constants": _constants,
    "instance": _instance,
}

__all__ = ["METHODS", "exhibited", "obligations", "vacuity"]
