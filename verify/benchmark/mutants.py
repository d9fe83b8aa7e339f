"""Errors planted by rule in a true claim: the statements that a slip of the pen would have made of it.

The rules look at the form of a claim only, never at what a search makes of the result: each gives at most one mutant
of a claim, at the first place of the conclusion (and the last assumption) that it applies to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import ClaimError
from verify.statement.claim import Claim, Hints, is_vector_symbol
from verify.statement.formula import TrajectoryFormula
from verify.statement.loss import LossClass
from verify.statement.system import time
from verify.statement.vectors import is_vector

#: How much better than true a constant is made, and by how much a range is widened.
PERCENT = sp.Rational(1, 100)


@dataclass(frozen=True)
class Mutant:
    """A claim with a planted error: of which true claim it was made, by which rule, and the claim itself."""

    of: str
    rule: str
    claim: Claim


def mutants_of(claim: Claim) -> list[Mutant]:
    """Every mutant of a true claim, in the order of the rules; a statement that SymPy evaluates away is none."""
    found = []
    for rule, made in (*_of_the_conclusion(claim), *_of_the_assumptions(claim)):
        try:
            mutant = made()
        except (ClaimError, TypeError, ValueError):  # it cannot be stated
            continue
        found.append(Mutant(claim.id, rule, mutant))
    return found


# --- the conclusion -------------------------------------------------------------------------------------------------


def _of_the_conclusion(claim: Claim) -> Iterator[tuple[str, Callable[[], Claim]]]:
    """For each rule that applies to a relation of the conclusion: the mutant at the first such relation."""
    parts = next(iter(claim.conclusions.values()))
    for rule, change in _RULES.items():
        for part, formula in parts.items():
            changed = _first_change(formula, partial(change, claim))
            if changed is not None:
                yield rule, partial(_mutant, claim, rule, part, changed)
                break


def _mutant(claim: Claim, rule: str, part: str, formula: Boolean) -> Claim:
    show: Any = {part: formula} if part else formula
    return replace(claim, show=show, readings={}, **_bare(claim, rule))


def _bare(claim: Claim, rule: str) -> dict[str, Any]:
    """What every mutant has: a name of its own, and none of the advice for the true claim."""
    return {
        "id": f"{claim.id}~{rule.replace(' 1 %', '').replace(' ', '-')}",
        "hints": Hints(),
        "uses": (),
        "kind": "theorem",
    }


def _first_change(formula: Boolean, change: Callable[[Relational], Boolean | None]) -> Boolean | None:
    """The formula with its first relation that can be changed so; hypotheses inside it are left alone."""
    if isinstance(formula, Relational):
        return change(formula)
    if isinstance(formula, TrajectoryFormula) or not isinstance(formula, sp.logic.boolalg.BooleanFunction):
        return None
    places = range(1, 2) if isinstance(formula, sp.Implies) else range(len(formula.args))
    for place in places:
        changed = _first_change(formula.args[place], change)
        if changed is not None:
            arguments = [*formula.args[:place], changed, *formula.args[place + 1 :]]
            return formula.func(*arguments, evaluate=False)
    return None


def _rebuilt(relation: Relational, left: sp.Expr, right: sp.Expr) -> Boolean | None:
    if (left, right) == relation.args:
        return None
    return relation.func(left, right, evaluate=False)


def _scaled(relation: Relational, tighter: sp.Expr, larger: sp.Expr) -> Boolean | None:
    """The bound, where there is one, times a number that makes it better than it is (where it is positive)."""
    left, right = relation.args
    if isinstance(relation, sp.Ne) or right == 0:
        return None
    return _rebuilt(relation, left, (tighter if isinstance(relation, sp.Le | sp.Lt) else larger) * right)


def _constant(_: Claim, relation: Relational) -> Boolean | None:
    """A constant 1 % too good."""
    return _scaled(relation, 1 - PERCENT, 1 + PERCENT)


def _factor(_: Claim, relation: Relational) -> Boolean | None:
    """A factor 2 lost: at the first number that has one, or else in front of the bound."""

    def without_two(node: sp.Expr) -> sp.Expr | None:
        if not isinstance(node, sp.Rational) or node == 0:
            return None
        if node.p % 2 == 0:
            return node / 2
        return node * 2 if node.q % 2 == 0 else None

    changed = _at_first(relation, without_two)
    if changed is None:
        return _scaled(relation, sp.Rational(1, 2), sp.Integer(2))
    return changed


def _exponent(claim: Claim, relation: Relational) -> Boolean | None:
    """An exponent off by one (a root: left out), or the first parameter squared where nothing has one."""

    def off(node: sp.Expr) -> sp.Expr | None:
        if not isinstance(node, sp.Pow) or not isinstance(node.exp, sp.Rational):
            return None
        exponent = node.exp
        if exponent.q != 1:
            return node.base ** (2 * exponent)
        return node.base ** (exponent + (1 if exponent > 0 else -1))

    def squared(node: sp.Expr) -> sp.Expr | None:
        return node**2 if isinstance(node, sp.Symbol) and node in _scalars(claim) else None

    changed = _at_first(relation, off)
    return _at_first(relation, squared) if changed is None else changed


def _strict(_: Claim, relation: Relational) -> Boolean | None:
    """Strict where it is not."""
    kinds = {sp.Le: sp.Lt, sp.Ge: sp.Gt}
    kind = kinds.get(type(relation))
    return kind(*relation.args, evaluate=False) if kind is not None else None


def _swap(claim: Claim, relation: Relational) -> Boolean | None:
    """The first two parameters whose exchange changes the relation."""
    symbols = [symbol for symbol in _scalars(claim) if symbol in relation.free_symbols]
    for place, one in enumerate(symbols):
        for other in symbols[place + 1 :]:
            left, right = (side.xreplace({one: other, other: one}) for side in relation.args)
            changed = _rebuilt(relation, left, right)
            if changed is not None and changed != relation.reversed:
                return changed
    return None


_RULES: Mapping[str, Callable[[Claim, Relational], Boolean | None]] = {
    "constant 1 % too good": _constant,
    "exponent off": _exponent,
    "factor 2 lost": _factor,
    "strict for non-strict": _strict,
    "parameters swapped": _swap,
}


def _scalars(claim: Claim) -> list[sp.Symbol]:
    symbols = [*claim.parameters, *claim.quantified]
    return [symbol for symbol in symbols if symbol != time and not is_vector_symbol(symbol)]


def _at_first(relation: Relational, change: Callable[[sp.Expr], sp.Expr | None]) -> Boolean | None:
    """The relation with the first node of its right side, or else of its left one, that can be changed."""
    left, right = relation.args
    changed = _in(right, change)
    if changed is not None:
        return _rebuilt(relation, left, changed)
    changed = _in(left, change)
    return None if changed is None else _rebuilt(relation, changed, right)


def _in(node: sp.Expr, change: Callable[[sp.Expr], sp.Expr | None]) -> sp.Expr | None:
    changed = change(node)
    if changed is not None:
        return changed
    # an exponent is no factor, and the name of a loss no parameter
    places = range(1) if isinstance(node, sp.Pow) else range(len(node.args))
    for place in places:
        if isinstance(node.args[place], sp.Expr | Boolean):
            changed = _in(node.args[place], change)
            if changed is not None:
                return node.func(*node.args[:place], changed, *node.args[place + 1 :])
    return None


# --- the assumptions ------------------------------------------------------------------------------------------------

_WIDER, _DROPPED, _PROPERTY, _CLOSED = (
    "range end 1 % too wide",
    "hypothesis dropped",
    "property dropped",
    "end included",
)


def _of_the_assumptions(claim: Claim) -> Iterator[tuple[str, Callable[[], Claim]]]:
    """The last range widened, the last open range closed, the last assumption or property of the loss dropped."""
    for rule, change in ((_WIDER, _wider), (_CLOSED, _closed)):
        for place in reversed(range(len(claim.given))):
            changed = change(claim.given[place])
            if changed is not None:
                given = (*claim.given[:place], changed, *claim.given[place + 1 :])
                yield rule, partial(_with_given, claim, rule, given)
                break
    if claim.given:
        yield _DROPPED, partial(_with_given, claim, _DROPPED, claim.given[:-1])
    loss_class = claim.loss_class
    if loss_class is not None and loss_class.properties:
        yield _PROPERTY, partial(_with_given, claim, _PROPERTY, claim.given, drop_property=True)


def _with_given(claim: Claim, rule: str, given: Sequence[Boolean], *, drop_property: bool = False) -> Claim:
    parts = next(iter(claim.conclusions.values()))
    show: Any = dict(parts) if list(parts) != [""] else parts[""]
    kept = claim.over if isinstance(claim.over, tuple | list) else (claim.over,)
    over = [
        _without_last_property(entry) if drop_property and isinstance(entry, LossClass) else entry for entry in kept
    ]
    over += [symbol for symbol in _bound_by(claim) if symbol not in over]
    return replace(claim, show=show, readings={}, given=given, over=tuple(over), **_bare(claim, rule))


def _bound_by(claim: Claim) -> list[sp.Symbol]:
    """The parameters, so that they stay bound when what spoke of them has gone."""
    own = set((claim.start or {}).values()) | set(claim.step.state if claim.step is not None else ())
    return [symbol for symbol in (*claim.parameters, *claim.quantified) if symbol != time and symbol not in own]


def _without_last_property(loss_class: LossClass) -> LossClass:
    kept, dropped = loss_class.properties[:-1], loss_class.properties[-1]
    return replace(loss_class, text=f"{loss_class.text} (not {dropped.name})", properties=kept)


def _range(formula: Boolean) -> tuple[sp.Symbol, sp.Expr, bool] | None:
    """``(symbol, end, is an upper end)`` of a range, None for what is none."""
    if not isinstance(formula, sp.Le | sp.Lt | sp.Ge | sp.Gt) or any(is_vector(side) for side in formula.args):
        return None
    for symbol, end, upper in ((formula.lhs, formula.rhs, True), (formula.rhs, formula.lhs, False)):
        if isinstance(symbol, sp.Symbol):
            return symbol, end, upper == isinstance(formula, sp.Le | sp.Lt)
    return None


def _wider(formula: Boolean) -> Boolean | None:
    found = _range(formula)
    if found is None or not isinstance(formula, Relational):
        return None
    symbol, end, upper = found
    if end == 0:
        moved: sp.Expr = PERCENT if upper else -PERCENT
    else:
        larger = upper != bool(end.is_number and end.is_negative)
        moved = end * (1 + PERCENT if larger else 1 - PERCENT)
    left, right = (symbol, moved) if formula.lhs == symbol else (moved, symbol)
    return formula.func(left, right, evaluate=False)


def _closed(formula: Boolean) -> Boolean | None:
    kinds = {sp.Lt: sp.Le, sp.Gt: sp.Ge}
    kind = kinds.get(type(formula))
    return kind(*formula.args, evaluate=False) if kind is not None and _range(formula) is not None else None
