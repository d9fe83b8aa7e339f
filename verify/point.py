"""One claim at one point from Python values or from text: what ``evaluate`` and ``verify eval`` share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from verify.errors import InputError
from verify.kernel.evaluation import PointResult, evaluate_point
from verify.statement.claim import Claim
from verify.statement.formula import decided_by_eigenvalues, speaks_of_a_point
from verify.statement.loss import Member
from verify.statement.loss_text import member_of, parse_number

#: What a value of a point may be (a SymPy Rational too, which type checkers do not know).
Value: TypeAlias = int | Fraction | str


def evaluate(
    claim: Claim, /, loss: str | Member | None = None, reading: str | None = None, **values: Value
) -> PointResult:
    """Is a point admissible, and does the claim hold there; decided in exact or ball arithmetic.

    Args:
        claim: the claim.
        loss: a concrete loss such as ``"quadratic(h=1)"``, for a claim over a class of losses.
        reading: the name of one of the claim's readings; the first if None.
        values: a rational number for each parameter of the claim: an int, a Fraction, a SymPy Rational, or text such
            as ``"3/2"`` and ``"0.1"``.

    Returns:
        The answer, with the fields of ``verify eval --json``.

    Raises:
        InputError: a value is a float or no number, or a parameter or the loss is missing or unknown.
    """
    numbers = {name: _rational(name, value) for name, value in values.items()}
    member = loss if isinstance(loss, Member) else member_of(claim, loss)
    return _evaluated(claim, numbers, member, reading)


def evaluate_text(
    claim: Claim, values: Mapping[str, str], loss: str | None = None, reading: str | None = None
) -> PointResult:
    """As ``evaluate``, with every value as text.

    Raises:
        InputError: as ``evaluate``.
    """
    return evaluate(claim, loss, reading, **values)


def takes_a_point(claim: Claim) -> bool:
    """Whether anything in the conclusion can be decided at one point (of parameters, or of a concrete loss)."""
    if claim.takes is not None:
        return bool(claim.takes)
    formulas = [formula for parts in claim.conclusions.values() for formula in parts.values()]
    return any(speaks_of_a_point(formula) or decided_by_eigenvalues(formula) for formula in formulas)


def _evaluated(
    claim: Claim, numbers: Mapping[str, Fraction], member: Member | None, reading: str | None
) -> PointResult:
    missing_loss = claim.loss_class is not None and member is None and not claim.parameters
    speaks = takes_a_point(claim) and not missing_loss
    if speaks or not claim.conclusions or reading not in (None, *claim.conclusions):
        return evaluate_point(claim, numbers, member, reading)
    if numbers:
        unknown = next(iter(numbers))
        raise InputError(
            f"unknown parameter {unknown}: {claim.id} takes no parameter, because it binds everything it speaks of"
        )
    bound = ", ".join(symbol.name for symbol in claim.quantified)
    which = f" ({bound})" if bound else ""
    reason = f"not a statement about one point: {claim.id} binds everything it speaks of{which}"
    if missing_loss and takes_a_point(claim):
        reason += "; with --loss it is evaluated for one loss of the class"
    return PointResult(claim.id, None, (), None, reason, None, None, None, None, {}, {}, "exact", None)


def _rational(name: str, value: Any) -> Fraction:
    if isinstance(value, str):
        return parse_number(name, value)
    if isinstance(value, sp.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, float | sp.Float):
        near = Fraction(str(value)) if _is_finite(value) else None
        write = f'; write {name}="{value}" or {name}=Fraction({near.numerator}, {near.denominator})' if near else ""
        raise InputError(f"{name}={value} is a float, whose value is not exactly what it prints{write}")
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Fraction(value)
    raise InputError(f"{name}={value!r} is no number: give an int, a Fraction, or text such as '3/2'")


def _is_finite(value: Any) -> bool:
    return math.isfinite(value)
