"""Formulas at a concrete counterexample: their negation, and the loss put in."""

from __future__ import annotations

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.statement.loss import Member, ScalarLoss

_NEGATED = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le, sp.Eq: sp.Ne, sp.Ne: sp.Eq}


def negation(formula: Boolean) -> Boolean:
    """That a concrete formula fails, as relations; an expression without a value refutes nothing.

    Raises:
        CertificateError: there is no such formula.
    """
    if isinstance(formula, sp.And):
        return sp.Or(*[negation(argument) for argument in formula.args], evaluate=False)
    if isinstance(formula, sp.Or):
        return sp.And(*[negation(argument) for argument in formula.args], evaluate=False)
    kind = _NEGATED.get(type(formula))
    if kind is None:
        raise CertificateError(f"{formula} has no negation here")
    return kind(*formula.args, evaluate=False)


def with_loss(expression: sp.Basic, member: Member | None) -> sp.Basic:
    """An expression with the values and the slopes of a concrete loss put in.

    Raises:
        CertificateError: there is no loss, or the expression asks for a derivative that it may not have.
    """
    if not expression.has(ScalarLoss):
        return expression
    if member is None:
        raise CertificateError("the counterexample names no loss")
    if isinstance(expression, ScalarLoss):
        _, order, argument = expression.args
        (coordinate,) = member.coordinates
        if int(order) > 1:
            raise CertificateError(f"{expression} may have no value")
        law = member.gradient[0] if int(order) == 1 else member.value
        return law.xreplace({coordinate: with_loss(argument, member)})
    arguments = [with_loss(argument, member) for argument in expression.args]
    if isinstance(expression, sp.core.relational.Relational):
        return expression.func(*arguments, evaluate=False)
    return expression.func(*arguments)


__all__ = ["negation", "with_loss"]
