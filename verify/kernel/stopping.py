"""Statements that hold as long as something does, or from within a number of steps: of an iteration that stops there.

As long as F: the iteration goes on only from states of which F is true.  A state that it reaches is one up to which F
has held without a break; an invariant of it is an invariant up to then.  Up to the largest time up to which F holds it
goes on to such states only, too: a bound on the times of states that it then reaches, F true of them, bounds that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.conclusion import concluded, has_value, speaks_of_next
from verify.kernel.goals import Implication
from verify.kernel.induction import Goal, by_invariant
from verify.kernel.powers import PowerAbstraction, powers, stands_alone
from verify.kernel.substitution import put_in
from verify.statement.claim import Claim, Hints
from verify.statement.formula import (
    AsLongAs,
    Eventually,
    LargestTimeWhile,
    TrajectoryFormula,
    parts_of,
    speaks_of_a_point,
)
from verify.statement.system import time

_NEGATED = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le}


def by_stopping(claim: Claim, formula: Boolean) -> list[Implication]:
    """By an invariant of the iteration that stops, for each condition that the parts name (what recurs, once)."""
    goals: dict[tuple[Boolean, bool], list[Goal]] = {}
    for one in parts_of(formula):
        condition, shown = _while(claim, one)
        goals.setdefault((condition, bounds_a_phase(claim, one)), []).extend(shown)
    result, claim = _settled(claim)
    for (condition, within), shown in goals.items():
        if claim.step is None or not speaks_of_a_point(condition) or condition.free_symbols & set(claim.times):
            raise CertificateError(f"no iteration stops where {condition} fails")
        following = put_in(condition, dict(zip(claim.step.state, claim.step.update, strict=True)))
        conditions = (condition, following) if within else (condition,)
        step = replace(claim.step, well_defined=(*claim.step.well_defined, *conditions))
        for one in _cases(claim):
            result += by_invariant(replace(one, step=step), shown)
    return list(dict.fromkeys(result))


def _cases(claim: Claim) -> list[Claim]:
    """The claim in each case that its author tells apart, with the advice for that case."""
    cases = claim.hints.cases
    return [replace(claim, given=(*claim.given, case), hints=hints) for case, hints in cases] if cases else [claim]


def _while(claim: Claim, formula: Boolean) -> tuple[Boolean, list[Goal]]:
    """The condition under which the iteration goes on, and what has to be shown of every state that it reaches."""
    if isinstance(formula, AsLongAs):
        condition, then = formula.args
        return condition, [((condition,), then)]
    if isinstance(formula, Eventually):
        return _within(claim, formula.args[0])
    if bounds_a_phase(claim, formula):
        return _ends(claim, formula)
    raise CertificateError(f"{formula} does not say how long something holds")


def bounds_a_phase(claim: Claim, formula: sp.Basic) -> bool:
    """Whether a formula says that the largest time while something holds is at most something."""
    return isinstance(formula, sp.Le | sp.Ge) and isinstance(claim.times.get(formula.lts), LargestTimeWhile)


def _ends(claim: Claim, formula: Boolean) -> tuple[Boolean, list[Goal]]:
    """The largest time T while F holds is at most N, or the least of some N: where F holds, t <= N.

    In place of a time that a power defines stands a number that the assumptions say it is at least; and T <= T.
    """
    symbol, last = formula.lts, formula.gts
    kind = claim.times[symbol]
    assert isinstance(kind, LargestTimeWhile)
    if symbol not in claim.phases:
        raise CertificateError(f"the phase that ends with {symbol} may be empty")
    goals: list[Goal] = []
    for end in last.args if isinstance(last, sp.Min) else (last,):
        if end == symbol:
            continue
        number = _least(claim, end) if end in powers(claim) else end
        if number.free_symbols & _moving(claim):
            raise CertificateError(f"{end} is no number that stays as it is")
        goals.append(((kind.condition,), sp.Le(time, number, evaluate=False)))
    return kind.condition, goals


def _least(claim: Claim, symbol: sp.Symbol) -> sp.Expr:
    """What the assumptions say that a time is at least."""
    for one in claim.given:
        if isinstance(one, sp.Le | sp.Ge) and one.gts == symbol:
            return one.lts
    raise CertificateError(f"nothing is said to be at most {symbol}")


def _moving(claim: Claim) -> set[sp.Symbol]:
    """The symbols of a claim that do not stay as they are along a trajectory, or are no numbers."""
    return {time, *claim.times, *(claim.step.state if claim.step else ()), *(claim.step.next if claim.step else ())}


def _within(claim: Claim, formula: Boolean) -> tuple[Boolean, list[Goal]]:
    """At some time t <= N a relation holds: 0 <= N, and where it has failed up to a time t, t + 1 <= N."""
    moving = _moving(claim)
    ends = [one for one in parts_of(formula) if isinstance(one, sp.Le) and one.lhs == time]
    rest = [one for one in parts_of(formula) if one not in ends]
    if len(ends) != 1 or len(rest) != 1 or type(rest[0]) not in _NEGATED or ends[0].rhs.free_symbols & moving:
        raise CertificateError(f"{formula} is no relation that holds at a time t <= N")
    (relation,), last = rest, ends[0].rhs
    if speaks_of_next(claim, relation):
        raise CertificateError(f"{relation} speaks of the next state, which may not exist")
    fails = _NEGATED[type(relation)](*relation.args, evaluate=False)
    # where a side had no value, the relation would neither hold nor fail
    valued: list[Goal] = [((), has_value(side)) for side in relation.args]
    return fails, [*valued, ((), sp.Ge(last, 0, evaluate=False)), ((fails,), sp.Le(time + 1, last, evaluate=False))]


def _settled(claim: Claim) -> tuple[list[Implication], Claim]:
    """What is said of the parameters, from the times that powers define too, and the claim with that assumed.

    Where its author tells cases apart, that one of them holds is said last.
    """
    kept, advice = claim.hints.settled, claim.hints.powers or Hints()
    said = (*kept, *_one_of(claim.hints.cases))
    if not said:
        return [], claim
    moving = {time, *(claim.step.state if claim.step else ()), *(claim.step.next if claim.step else ())}
    for one in said:
        if one.has(TrajectoryFormula) or one.free_symbols & {*moving, *claim.times}:
            raise CertificateError(f"{one} speaks of more than the parameters")
    moving |= set(claim.times) - set(powers(claim))
    assumed = [
        one
        for one in claim.assumptions
        if not one.has(TrajectoryFormula)
        and not one.free_symbols & moving
        and stands_alone(claim, one)
        and (advice.needs is None or one in advice.needs)
    ]
    abstract = PowerAbstraction(replace(claim, hints=advice))
    hypotheses = abstract.hypotheses(assumed)
    for one in said:
        abstract(one)  # so that the facts cover what it speaks of
    lemmas = tuple(abstract.lemma(lemma) for lemma in advice.lemmas)
    known = (*hypotheses, *abstract.facts(hypotheses))
    result: list[Implication] = []
    for one in said:
        result += concluded(f"of the parameters, {one}", known, abstract, one, lemmas)
    return result, replace(claim, given=(*claim.given, *kept))


def _one_of(cases: Sequence[tuple[Boolean, Hints]]) -> list[Boolean]:
    """That one of the cases holds, where there are any; nothing that SymPy has decided."""
    conditions = [case for case, _ in cases]
    if not conditions:
        return []
    whole = sp.Or(*conditions)
    if set(whole.args if isinstance(whole, sp.Or) else [whole]) != set(conditions):
        raise CertificateError(f"the cases {conditions} are not told apart as they stand")
    return [whole]


__all__ = ["bounds_a_phase", "by_stopping"]
