"""Advice that a certificate carries beside the author's hints, and worth as much: it is not trusted.

Squares of linear combinations of the vectors that a part speaks of: each vector by its place among these, its
coefficient a polynomial in the claim's numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.abstraction import Abstraction
from verify.kernel.conclusion import state_hypotheses
from verify.kernel.products import items, mapping, number
from verify.statement.claim import Claim
from verify.statement.loss import LossMinimum, Minimizer
from verify.statement.vectors import Vector

#: The largest exponent in a coefficient.
MOST = 16


def with_all_points(claim: Claim, formula: Boolean) -> Claim:
    """The claim with its vectors, and the minimizer where it speaks of one, among its hinted points."""
    vectors = [symbol for symbol in claim.parameters if isinstance(symbol, Vector)]
    best = [*formula.atoms(Minimizer), *[Minimizer(least.args[0]) for least in formula.atoms(LossMinimum)]]
    points = tuple(dict.fromkeys([*claim.hints.points, *vectors, *best]))
    return replace(claim, hints=replace(claim.hints, points=points))


def lowered(claim: Claim, formula: Boolean) -> Abstraction:
    """What becomes of the vectors of a formula, in the order in which its obligation meets them."""
    abstract = Abstraction(claim)
    known = state_hypotheses(claim, abstract, formula)
    abstract(formula)
    abstract.facts(known)
    return abstract


def with_squares(claim: Claim, formula: Boolean, squares: Any) -> Claim:
    """The claim with the squares of a certificate among its hints.

    Raises:
        CertificateError: they are malformed, or name a vector or a number that there is not.
    """
    claim = with_all_points(claim, formula)
    vectors = list(lowered(claim, formula).gram.vectors)
    numbers = {symbol.name: symbol for symbol in claim.parameters if not isinstance(symbol, Vector)}
    found = []
    for square in items(squares, "squares"):
        terms = []
        for term in items(square, "a square"):
            if not isinstance(term, list | tuple) or len(term) != 2:
                raise CertificateError("a square is a list of [coefficient, place of the vector]")
            coefficient, place = term
            if type(place) is not int or not 0 <= place < len(vectors):
                raise CertificateError(f"there is no vector number {str(place)[:40]}")
            terms.append(_polynomial(coefficient, numbers) * vectors[place])
        found.append(sp.Add(*terms))
    hints = claim.hints
    return replace(claim, hints=replace(hints, squares=tuple(dict.fromkeys([*hints.squares, *found]))))


def _polynomial(value: Any, numbers: dict[str, sp.Symbol]) -> sp.Expr:
    """A polynomial written as a list of [coefficient, {number: exponent}]."""
    terms = []
    for term in items(value, "a coefficient"):
        if not isinstance(term, list | tuple) or len(term) != 2:
            raise CertificateError("a coefficient is a list of [rational, {number: exponent}]")
        size = number(term[0])
        product: sp.Expr = sp.Rational(int(size.p), int(size.q))
        for name, exponent in mapping(term[1], "a monomial").items():
            if name not in numbers or type(exponent) is not int or not 1 <= exponent <= MOST:
                raise CertificateError(f"a coefficient holds {str(name)[:40]} to the power {str(exponent)[:40]}")
            product *= numbers[name] ** exponent
        terms.append(product)
    return sp.Add(*terms)


__all__ = ["lowered", "with_all_points", "with_squares"]
