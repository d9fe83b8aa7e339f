"""What worst cases at numbers suggest for one part of a claim about a class of losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.errors import CertificateError, ClaimError
from verify.kernel.abstraction import Abstraction
from verify.kernel.advice import lowered, with_all_points
from verify.kernel.obligations import obligations
from verify.proof.closed_forms import closed_form, squares
from verify.proof.gram_program import GramProgram
from verify.proof.worst_case import WorstCase, advise, worst_case
from verify.statement.claim import Claim, Hints
from verify.statement.loss import Gradient, Minimizer, Projection, Sketch
from verify.statement.vectors import Norm, Vector, linear_terms

#: At how many choices of the numbers a worst case is sought, and closed forms.
CHOICES, SAMPLES = 60, 30
#: The coordinates of a sketch are rounded to this denominator.
DENOMINATOR = 10**4


def sketches(claim: Claim, reading: str, part: str) -> list[Sketch]:
    """Losses of one variable that may refute a part, from a worst case with all points in view; nothing is certain."""
    formula = claim.conclusions[reading][part]
    wide = with_all_points(replace(claim, hints=Hints()), formula)
    try:
        # the points inside the gradients of the points that occur, too
        wide = replace(wide, hints=Hints(points=tuple(lowered(wide, formula).gram.points)))
        *_, goal = obligations(wide, reading, part, "implication")
    except (CertificateError, ClaimError):
        return []
    worst = worst_case(goal, CHOICES)
    return [] if worst is None else _drawn(wide, lowered(wide, formula), worst)


#: Squares as a certificate writes them.
Squares = list[list[list[Any]]]


def suggested_squares(claim: Claim, reading: str, part: str) -> Squares | None:
    """Squares that a proof may need, from closed forms of what is left at the worst cases; guesses.

    All points are in view: squares may be none.
    """
    formula = claim.conclusions[reading][part]
    try:
        *_, goal = obligations(claim, reading, part, "implication", [])
    except (CertificateError, ClaimError):
        return None
    advice = advise(goal, SAMPLES)
    if advice is None or advice.using is None:
        return None
    wide = with_all_points(claim.advised(part), formula)
    places = {symbol: place for place, symbol in enumerate(lowered(wide, formula).gram.vectors.values())}
    program = GramProgram.of(goal)
    assert program is not None
    numbers = [proof.numbers for proof in advice.proofs]
    found: Squares = []
    for square in squares([proof.rest for proof in advice.proofs]):
        coefficients = [closed_form(numbers, values) for values in zip(*(row for _, row in square), strict=True)]
        if None in coefficients:
            return None
        _, common = sp.fraction(sp.together(sp.Add(*coefficients)))
        factors = zip((sp.cancel(common * one) for one in coefficients), program.norms, strict=True)
        found.append([[_as_data(factor), places[norm]] for factor, norm in factors if factor != 0])
    return [square for place, square in enumerate(found) if square not in found[:place]]


def _as_data(coefficient: sp.Expr) -> list[Any]:
    """A polynomial as ``verify.kernel.advice`` reads it."""
    terms = coefficient.as_coefficients_dict()
    return [
        [str(size), {symbol.name: int(power) for symbol, power in monomial.as_powers_dict().items() if symbol != 1}]
        for monomial, size in sorted(terms.items(), key=lambda item: sp.default_sort_key(item[0]))
    ]


def _drawn(claim: Claim, abstract: Abstraction, worst: WorstCase) -> list[Sketch]:
    """The points of a worst case with their slopes on a line whose origin is the minimizer."""
    coordinates = worst.coordinates
    at = {vector: coordinates[symbol] for vector, symbol in abstract.gram.vectors.items() if symbol in coordinates}
    exact = {symbol: sp.Rational(*value.as_integer_ratio()) for symbol, value in worst.numbers.items()}
    exact |= {Norm(vector): sp.Float(abs(place)) for vector, place in at.items()}
    level = {point: coordinates.get(symbol, 0.0) for point, symbol in abstract.gram.values.items()}
    drawn: list[tuple[float, float, float]] = []
    for point in abstract.gram.points:
        # a vector that the goal does not speak of may be anywhere
        terms = [(at.get(vector, 0.0), factor.xreplace(exact)) for vector, factor in linear_terms(point).items()]
        still = isinstance(point, Minimizer | Projection)
        slope = 0.0 if still else at.get(Gradient(claim.loss_symbols[0], point))
        if slope is not None and all(factor.is_number and factor.is_finite for _, factor in terms):
            drawn.append((sum(place * float(factor) for place, factor in terms), slope, level.get(point, 0.0)))
    drawn.sort()
    size = max((abs(entry) for point in drawn for entry in point[:2]), default=0.0)
    if not size:
        return []
    size = size if worst.scalable else 1.0
    found = []
    for origin in _origins(drawn, [place for vector, place in at.items() if isinstance(vector, Minimizer)]):
        values = {symbol.name: value for symbol, value in worst.numbers.items() if symbol in claim.parameters}
        for vector in claim.parameters:
            if isinstance(vector, Vector):
                values[vector.name] = _near((at.get(vector, 0.0) - origin) / size)
        points = [((place - origin) / size, slope / size, value / size**2) for place, slope, value in drawn]
        found.append(Sketch(values, tuple((_near(x), _near(p), _near(value)) for x, p, value in points)))
    return found


def _origins(drawn: Sequence[tuple[float, float, float]], minimizers: Sequence[float]) -> list[float]:
    """Where the line's origin may be: at the minimizer, else as it is or where a parabola through the ends has it."""
    if minimizers:
        return list(minimizers)
    (left, first, _), (right, last, _) = drawn[0], drawn[-1]
    return [0.0] if first == last else [left - first * (right - left) / (last - first), 0.0]


def _near(value: float) -> Fraction:
    return Fraction(value).limit_denominator(DENOMINATOR)
