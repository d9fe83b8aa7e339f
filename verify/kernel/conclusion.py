"""The goals of one conclusion: it holds wherever the known formulas hold, and it has a value there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.abstraction import Abstraction, open_conditions, usable_assumptions
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.powers import spoken_of
from verify.kernel.substitution import lost_conditions
from verify.statement.claim import Claim


def state_hypotheses(claim: Claim, abstract: Abstraction, formula: sp.Basic) -> list[Boolean]:
    """The assumptions about one state (of any time, reached or not), and that the step exists where it is asked for.

    To leave out those that the author does not name as needed only makes the goal stronger.
    """
    formulas = [*usable_assumptions(claim, claim.assumptions), *spoken_of(claim, formula)]
    if claim.hints.needs is not None:
        formulas = [formula for formula in formulas if formula in claim.hints.needs]
    if claim.is_trajectory:
        # dropping what is assumed of the start only makes the goal stronger
        started = {symbol for value in (claim.start or {}).values() for symbol in value.free_symbols}
        formulas = [formula for formula in formulas if not formula.free_symbols & started]
    if claim.step is not None and (not claim.is_trajectory or speaks_of_next(claim, formula)):
        formulas = [*formulas, *claim.step.well_defined]
    return abstract.hypotheses(formulas)


def speaks_of_next(claim: Claim, formula: sp.Basic) -> bool:
    """Whether a trajectory's next state, and so that the step exists, belongs to the statement."""
    return claim.step is not None and bool(formula.free_symbols & set(claim.step.next))


def concluded(
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
    took for granted.  That the bases of real powers are positive belongs to the goal itself, so that lemmas serve it.
    """
    series = [abstract(condition) for condition in abstract.series_conditions(formula)]
    lowered, bases = abstract(formula), abstract.bases(formula)
    lost = lost_conditions(formula, *abstract.substitutions) if lost is None else lost
    known_of_values = known if short is None else short
    granted = [*abstract.cancelled, *series, *[abstract(condition) for condition in lost]]
    granted += open_conditions(abstract.lost(formula), [*known_of_values, *granted, *bases])
    return [
        *[Implication("the conclusion has a value", known_of_values, fact) for fact in dict.fromkeys(granted)],
        Implication(name, known, sp.And(*bases, lowered) if bases else lowered, lemmas),
    ]


def abbreviated(
    name: str,
    known: tuple[Boolean, ...],
    abstract: Abstraction,
    formula: Boolean,
    lemmas: tuple[Boolean, ...],
    short: dict[sp.Symbol, sp.Expr],
    lost: Sequence[Boolean] | None = None,
) -> list[Implication]:
    """As ``concluded``, the last step with symbols for expressions: what holds for all their values holds for theirs.

    That needs every abbreviated expression, and the conclusion, to have a value where the known formulas hold.  A lemma
    that speaks of the symbols belongs to the last step.
    """
    *granted, conclusion = concluded(name, known, abstract, formula, lost=lost)
    result = list(granted)
    whole = [lemma for lemma in lemmas if not lemma.free_symbols & set(short)]
    spoken = set().union(*(one.free_symbols for one in (*known, conclusion.conclusion, *whole, *short.values())))
    if spoken & set(short):
        raise CertificateError("a symbol that abbreviates an expression may not occur in the claim")
    for lemma in whole:
        result.append(Implication(f"the lemma {lemma}", known, lemma))
        known = (*known, lemma)
    result += [Implication(f"{symbol} has a value", known, has_value(value)) for symbol, value in short.items()]
    result += _valued("the conclusion has a value", known, conclusion.conclusion)
    formulas = [*known, *lemmas, conclusion.conclusion]
    waiting = list(short.items())
    while waiting:
        (symbol, value), *rest = waiting
        formulas = [replaced(one, value, symbol) for one in formulas]
        waiting = [(other, replaced(expression, value, symbol)) for other, expression in rest]
    final = Implication(name, tuple(formulas[: len(known)]), formulas[-1], tuple(formulas[len(known) : -1]))
    return [*result, final]


def _valued(name: str, known: tuple[Boolean, ...], formula: Boolean) -> list[Implication]:
    """That a formula has a value: the conditions come inner terms first, each assumed by the next."""
    conditions = definedness(formula)
    return [Implication(name, (*known, *conditions[:place]), one) for place, one in enumerate(conditions)]


@lru_cache(maxsize=65_536)
def replaced(formula: sp.Basic, part: sp.Expr, symbol: sp.Symbol) -> sp.Basic:
    """A formula with a symbol in place of every occurrence of a part; nothing else is evaluated."""
    if formula == part:
        return symbol
    if isinstance(part, sp.Add) and formula == -part:
        return -symbol
    if isinstance(part, sp.Pow) and formula == sp.Pow(part.base, -part.exp):
        return 1 / symbol
    if not formula.args:
        return formula
    arguments = [replaced(argument, part, symbol) for argument in formula.args]
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


def has_value(expression: sp.Expr) -> Boolean:
    """A formula that has a value iff the expression has, and is then true."""
    return sp.Eq(expression, expression, evaluate=False)
