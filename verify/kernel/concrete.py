"""Formulas at a concrete counterexample: their negation, and the loss put in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

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


def law_of(member: Member | None, order: int, argument: sp.Expr) -> sp.Expr:
    """The value (order 0) or slope (order 1) of a concrete loss at an argument.

    Raises:
        CertificateError: there is no loss, or it may have no such derivative.
    """
    if member is None:
        raise CertificateError("the counterexample names no loss")
    if order > 1:
        raise CertificateError(f"the loss may have no derivative of order {order} at {argument}")
    (coordinate,) = member.coordinates
    law: sp.Expr = member.gradient[0] if order == 1 else member.value
    return law.xreplace({coordinate: argument})


def rewritten(expression: sp.Basic, write: Callable[[int, sp.Expr], sp.Expr]) -> sp.Basic:
    """A formula with something else for each value and slope of the loss, the inner ones first.

    Args:
        write: what to put in, from the order and the argument.
    """
    if not expression.has(ScalarLoss):
        return expression
    arguments = [rewritten(argument, write) for argument in expression.args]
    if isinstance(expression, ScalarLoss):
        return write(int(arguments[1]), arguments[2])
    if isinstance(expression, sp.core.relational.Relational):
        return expression.func(*arguments, evaluate=False)
    return expression.func(*arguments)


def with_loss(expression: sp.Basic, member: Member | None) -> sp.Basic:
    """An expression with the values and the slopes of a concrete loss put in.

    Raises:
        CertificateError: there is no loss, or the expression asks for a derivative that it may not have.
    """
    return rewritten(expression, partial(law_of, member))


__all__ = ["law_of", "negation", "rewritten", "with_loss"]
