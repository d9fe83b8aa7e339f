"""Equalities that hold wherever their sides have values, by the arithmetic of polynomials alone."""

from __future__ import annotations

import sympy as sp
from flint import fmpq_mpoly
from sympy.logic.boolalg import Boolean

from verify.kernel.cases import Case, Split
from verify.kernel.ring import Fact, Ring


def is_identity(conclusion: Boolean) -> bool:
    """Whether an equality holds wherever its sides have values, by polynomial arithmetic alone.

    Raises:
        CertificateError: the equality has a term that is not algebraic.
    """
    if conclusion is sp.true:
        return True
    if isinstance(conclusion, sp.And):
        return all(is_identity(part) for part in conclusion.args)
    if not isinstance(conclusion, sp.Eq):
        return False
    case = Case(Ring([conclusion]))
    facts: list[Fact] = []
    try:
        numerator, _ = case._difference(conclusion.lhs, conclusion.rhs, facts)
    except Split:
        return False
    for place, radicand in reversed(list(enumerate(case.ring.radicands))):  # a root within a radicand comes after it
        if radicand in case.roots:
            numerator = without_squares(numerator, *case.roots[radicand], place, case.ring)
    return bool(numerator.is_zero())


def without_squares(
    polynomial: fmpq_mpoly, numerator: fmpq_mpoly, denominator: fmpq_mpoly, place: int, ring: Ring
) -> fmpq_mpoly:
    """The polynomial times a power of the denominator (not zero), with ``root**2 = numerator/denominator`` put in."""
    root = ring.context.gens()[place]
    cofactors: dict[int, fmpq_mpoly] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        power = int(exponents[place])
        cofactor = ring.context.from_dict({exponents: coefficient}) / root**power
        cofactors[power] = cofactors.get(power, ring.one * 0) + cofactor
    most = max(cofactors, default=0) // 2
    total = ring.one * 0
    for power, cofactor in cofactors.items():
        half = power // 2
        total += cofactor * numerator**half * denominator ** (most - half) * root ** (power % 2)
    return total


__all__ = ["is_identity", "without_squares"]
