"""Substitution into formulas, and what its evaluation takes for granted: that p in p/p is not 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.kernel.functions import definedness, ring_of

_TESTS = {
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.Ge: lambda a, b: a >= b,
    sp.Gt: lambda a, b: a > b,
    sp.Le: lambda a, b: a <= b,
    sp.Lt: lambda a, b: a < b,
}


def put_in(formula: sp.Basic, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Basic:
    """Substitute without evaluating the relations anew, so that nothing printed is decided by SymPy.

    What the hypothesis of an Implies needs for a value stays a part of it: "x/y >= 1 => z" is true at x = y = 0.
    """
    if not (formula.free_symbols & set(values)):
        return formula
    if isinstance(formula, sp.Symbol):
        return values[formula]
    if isinstance(formula, sp.Implies):
        first, second = formula.args
        lost, first = lost_conditions(first, values), put_in(first, values)
        return sp.Implies(sp.And(first, *lost) if lost else first, put_in(second, values))
    if isinstance(formula, sp.Equivalent) and any(lost_conditions(side, values) for side in formula.args):
        return sp.And(*[put_in(one, values) for one in ring_of(formula)])
    return _evaluated(formula, [put_in(argument, values) for argument in formula.args])


def lost_conditions(formula: sp.Basic, *substitutions: Mapping[sp.Symbol, sp.Expr]) -> list[Boolean]:
    """Conditions for a value after some substitutions that can no longer be read off the evaluated result.

    1/x with x = 0 loses all of them but one that is false; p/q with p = q = k loses that k is not 0.
    """
    plain = formula
    for values in substitutions:
        plain = put_in(plain, values)
    kept = definedness(plain)
    nonzero = {factor for condition in kept if isinstance(condition, sp.Ne | sp.Gt) for factor in _factors(condition)}
    found: dict[Boolean, None] = {}
    for unevaluated in _raw_conditions(formula, substitutions):
        condition = _reevaluated(unevaluated)
        if condition in kept or _is_true(condition) or sp.Gt(*condition.args, evaluate=False) in kept:
            continue
        if isinstance(condition, sp.Ne):
            if condition.args[1] == 0 and set(_factors(condition)) <= nonzero and condition.args[0] != 0:
                continue
            nonzero.update(_factors(condition))
        found[condition] = None
    return list(found)


def _raw_conditions(formula: sp.Basic, substitutions: Sequence[Mapping[sp.Symbol, sp.Expr]]) -> list[Boolean]:
    """``definedness`` after substitutions in which nothing cancels; part by part, as SymPy decides "p or not p"."""
    if isinstance(formula, sp.And | sp.Or | sp.Not):
        return [one for argument in formula.args for one in _raw_conditions(argument, substitutions)]
    raw = formula
    for values in substitutions:
        raw = _put_in_unevaluated(raw, values)
    return definedness(raw)


def _factors(condition: Boolean) -> list[sp.Expr]:
    """The factors of a base that is not 0, without their exponents, and without the numbers other than 0."""
    factors = sp.Mul.make_args(condition.args[0])
    bases = [factor.base if isinstance(factor, sp.Pow) else factor for factor in factors]
    return [base for base in bases if not (isinstance(base, sp.Rational) and base != 0)]


def _is_true(condition: Boolean) -> bool:
    """Whether it compares two rational numbers, and holds."""
    test = _TESTS.get(type(condition))
    numbers = condition.args
    return test is not None and all(isinstance(n, sp.Rational) for n in numbers) and bool(test(*numbers))


def _evaluated(node: sp.Basic, arguments: list[sp.Basic]) -> sp.Basic:
    return node.func(*arguments, evaluate=False) if isinstance(node, Relational) else node.func(*arguments)


def _reevaluated(formula: sp.Basic) -> sp.Basic:
    return _evaluated(formula, [_reevaluated(part) for part in formula.args]) if formula.args else formula


def _put_in_unevaluated(formula: sp.Basic, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Basic:
    """Substitute with every node left as it is, so that nothing cancels."""
    if not (formula.free_symbols & set(values)):
        return formula
    if isinstance(formula, sp.Symbol):
        return values[formula]
    arguments = [_put_in_unevaluated(argument, values) for argument in formula.args]
    kept = sp.Add | sp.Mul | sp.Pow | sp.Function | sp.Min | sp.Max | Relational | sp.And | sp.Or | sp.Not | sp.Implies
    if isinstance(formula, kept) or type(formula) is sp.Equivalent:
        return formula.func(*arguments, evaluate=False)
    return formula.func(*arguments)


__all__ = ["lost_conditions", "put_in"]
