"""Induction through the phases of a trajectory: what is known of t and the hitting times, step by step.

A situation says for each hitting time where t stands.  A largest time while c holds is ``within`` (t <= it, so c holds
now) or ``past``; a first time of c is ``before`` (c has not held yet), ``at`` (c holds now for the first time) or
``after``.  A largest t with base^t >= level is compared through base^t itself, once 0 < base < 1 is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.powers import powers
from verify.statement.claim import Claim
from verify.statement.formula import FirstTime, LargestTimeWhile
from verify.statement.system import time

Situation = Mapping[sp.Symbol, str]

_NEGATED = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le}
_MIRRORED = {sp.Le: sp.Ge, sp.Lt: sp.Gt, sp.Ge: sp.Le, sp.Gt: sp.Lt}
#: Which comparisons of t with a time are true in a situation; what is in neither set is not known.
_TRUE = {
    "within": {sp.Le},
    "past": {sp.Gt, sp.Ge},
    "before": {sp.Le, sp.Lt},
    "at": {sp.Le, sp.Ge},
    "after": {sp.Gt, sp.Ge},
}
_FALSE = {
    "within": {sp.Gt},
    "past": {sp.Le, sp.Lt},
    "before": {sp.Gt, sp.Ge},
    "at": {sp.Lt, sp.Gt},
    "after": {sp.Le, sp.Lt},
}
_FOLLOWING = {
    "within": ("within", "past"),
    "past": ("past",),
    "before": ("before", "at"),
    "at": ("after",),
    "after": ("after",),
}
#: Whether the time's condition holds at the state itself, by situation.
_HOLDS = {"within": True, "before": False, "at": True}


def power_symbol(symbol: sp.Symbol) -> sp.Symbol:
    """base^t for a time that is defined by a power."""
    return sp.Symbol(f"power[{symbol.name}]", real=True)


def apart(claim: Claim, formula: Boolean) -> Claim:
    """One part of a claim apart from the others, with the times that an induction for it has to know of.

    Of a time that a power defines, and with which neither t is compared nor anything that is shown, nothing is assumed.
    """
    shown = [*claim.hints.invariant, formula]
    compared = _symbols([*shown, *(one for one in claim.assumptions if time in one.free_symbols)])
    idle = {symbol for symbol in powers(claim) if symbol not in compared}
    given = [one for one in claim.given if not one.free_symbols & idle]
    spoken = _symbols([*given, *shown])
    used = {symbol: kind for symbol, kind in claim.times.items() if symbol in spoken}
    return replace(claim, show=formula, readings={}, given=given, times=used)


def _symbols(formulas: Sequence[sp.Basic]) -> set[sp.Basic]:
    return set[sp.Basic]().union(*(formula.free_symbols for formula in formulas))


def from_then_on(claim: Claim) -> Claim:
    """A statement about one time, n >= 1 steps after a first time, as one about every time after that first time.

    Raises:
        CertificateError: it speaks of another time.
    """
    for symbol, kind in claim.times.items():
        steps = claim.at - symbol
        if isinstance(kind, FirstTime) and steps.is_Integer and steps >= 1:
            return replace(claim, at=None, given=[*claim.given, sp.Gt(time, symbol, evaluate=False)])
    raise CertificateError(f"{claim.at} is no number of steps after a first time")


def _hit(claim: Claim) -> dict[sp.Symbol, LargestTimeWhile | FirstTime]:
    return {s: kind for s, kind in claim.times.items() if isinstance(kind, LargestTimeWhile | FirstTime)}


def starts(claim: Claim) -> Iterator[tuple[Situation, list[Boolean]]]:
    """The situations at time 0, each with what it says of the first state; empty phases are not admissible."""
    options: list[list[tuple[str, bool]]] = []
    times = _hit(claim)
    for symbol, kind in times.items():
        if isinstance(kind, FirstTime):
            options.append([("before", False), ("at", True)])
        elif symbol in claim.phases:
            options.append([("within", True)])
        else:
            options.append([("within", True), ("past", False)])
    for chosen in product(*options):
        situation = {symbol: name for symbol, (name, _) in zip(times, chosen, strict=True)}
        yield situation, [_condition(kind, holds) for kind, (_, holds) in zip(times.values(), chosen, strict=True)]


def successors(claim: Claim, situation: Situation) -> Iterator[tuple[Situation, list[Boolean]]]:
    """The situations one step later, each with what it says of the next state (written in the state's symbols)."""
    times = _hit(claim)
    for chosen in product(*(_FOLLOWING[situation[symbol]] for symbol in times)):
        after = dict(zip(times, chosen, strict=True))
        said = []
        for symbol, kind in times.items():
            now, then = situation[symbol], after[symbol]
            if now in ("within", "before"):  # otherwise the condition has done its part
                holds = then == "within" if isinstance(kind, LargestTimeWhile) else then == "at"
                said.append(_condition(kind, holds))
        yield after, said


def situations(claim: Claim) -> list[Situation]:
    """All situations that a trajectory can be in, those of the start first."""
    found = [situation for situation, _ in starts(claim)]
    for situation in found:
        found += [after for after, _ in successors(claim, situation) if after not in found]
    return found


def known_now(claim: Claim, situation: Situation) -> list[Boolean]:
    """What a situation says of the current state."""
    return [
        _condition(kind, _HOLDS[situation[symbol]])
        for symbol, kind in _hit(claim).items()
        if situation[symbol] in _HOLDS
    ]


def _condition(kind: LargestTimeWhile | FirstTime, holds: bool) -> Boolean:
    condition = kind.condition
    if type(condition) not in _NEGATED:
        raise CertificateError(f"{condition} is no inequality")
    return condition if holds else _NEGATED[type(condition)](*condition.args, evaluate=False)


def resolved(claim: Claim, formula: Boolean, situation: Situation, *, unknown: Boolean) -> Boolean:
    """A formula with its comparisons of t and times decided; ``unknown`` stands for what is not known."""
    if isinstance(formula, Relational) and formula.free_symbols & set(claim.times):
        answer = _compared(claim, formula, situation)
        return unknown if answer is None else answer
    if isinstance(formula, sp.Implies):
        hypothesis = resolved(claim, formula.args[0], situation, unknown=sp.Not(unknown))
        conclusion = resolved(claim, formula.args[1], situation, unknown=unknown)
        if hypothesis == sp.false:
            return sp.true
        return conclusion if hypothesis == sp.true else sp.Implies(hypothesis, conclusion, evaluate=False)
    if isinstance(formula, sp.And | sp.Or):
        return formula.func(*[resolved(claim, one, situation, unknown=unknown) for one in formula.args])
    if formula.free_symbols & set(claim.times):
        raise CertificateError(f"{formula} is no comparison with a hitting time")
    return formula


def _compared(claim: Claim, relation: Relational, situation: Situation) -> Boolean | None:
    if type(relation) not in _NEGATED or time not in relation.args:
        return None
    mirrored = relation.rhs == time
    kind: Any = _MIRRORED[type(relation)] if mirrored else type(relation)
    other = relation.lhs if mirrored else relation.rhs
    if isinstance(other, sp.Min) and kind in (sp.Le, sp.Lt):
        parts = [_compared(claim, kind(time, one, evaluate=False), situation) for one in other.args]
        return None if None in parts else sp.And(*parts)
    if other in situation:
        name = situation[other]
        return sp.true if kind in _TRUE[name] else sp.false if kind in _FALSE[name] else None
    power = powers(claim).get(other)
    if power is None:
        return None
    now, later = power_symbol(other), power.base * power_symbol(other)
    sides = {sp.Le: (sp.Ge, now), sp.Gt: (sp.Lt, now), sp.Lt: (sp.Ge, later), sp.Ge: (sp.Lt, later)}
    compare, value = sides[kind]
    return compare(value, power.level, evaluate=False)


def power_facts(claim: Claim) -> tuple[list[Boolean], list[Boolean], list[Boolean]]:
    """For the powers: what is to be shown first, what then holds of the times, and what is to be shown from that.

    Given -1 < base < 1 and 0 < level <= 1, the largest t with base^t >= level is a natural number.  If it is not 0,
    then base >= level, or base < 0 (only even t count) and base^2 >= level.  Where 0 < base, base^t falls from 1 to 0.
    """
    first: list[Boolean] = []
    facts: list[Boolean] = []
    then: list[Boolean] = []
    for symbol, kind in powers(claim).items():
        base, level = kind.base, kind.level
        first += [
            sp.Lt(-1, base, evaluate=False),
            sp.Lt(base, 1, evaluate=False),
            sp.Lt(0, level, evaluate=False),
            sp.Le(level, 1, evaluate=False),
        ]
        negative = sp.And(sp.Lt(base, 0, evaluate=False), sp.Ge(base**2, level, evaluate=False))
        facts += [
            sp.Ge(symbol, 0, evaluate=False),
            sp.Or(sp.Le(symbol, 0, evaluate=False), sp.Ge(base, level, evaluate=False), negative),
        ]
        then.append(sp.Gt(base, 0, evaluate=False))
    return first, facts, then


def power_bounds(claim: Claim) -> list[Boolean]:
    """What holds of base^t at every time, once 0 < base < 1."""
    found: list[Boolean] = []
    for symbol in powers(claim):
        power = power_symbol(symbol)
        found += [sp.Gt(power, 0, evaluate=False), sp.Le(power, 1, evaluate=False)]
    return found


def with_power_symbols(claim: Claim, formula: sp.Basic) -> sp.Basic:
    """A formula with base^t and base^(t+1) by the symbol of the power."""
    for symbol, kind in powers(claim).items():
        now = power_symbol(symbol)
        formula = _with_part(formula, {kind.base**time: now, kind.base ** (time + 1): kind.base * now})
    return formula


def _with_part(formula: sp.Basic, parts: Mapping[sp.Basic, sp.Expr]) -> sp.Basic:
    if formula in parts:
        return parts[formula]
    if not formula.args or time not in formula.free_symbols:
        return formula
    arguments = [_with_part(argument, parts) for argument in formula.args]
    if isinstance(formula, Relational):
        return formula.func(*arguments, evaluate=False)
    return formula.func(*arguments)


def moved_powers(claim: Claim) -> dict[sp.Symbol, sp.Expr]:
    """base^(t+1) for base^t."""
    return {power_symbol(symbol): kind.base * power_symbol(symbol) for symbol, kind in powers(claim).items()}


__all__ = [
    "Situation",
    "apart",
    "from_then_on",
    "known_now",
    "moved_powers",
    "power_bounds",
    "power_facts",
    "power_symbol",
    "resolved",
    "situations",
    "starts",
    "successors",
    "with_power_symbols",
]
