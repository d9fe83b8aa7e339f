"""Closed forms of what semidefinite programs found at numbers: low rational functions that fit; guesses, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
import sympy as sp

#: The degrees of numerator and denominator, the largest denominator of a coefficient, and how well a form has to fit.
MOST_DEGREE, DENOMINATOR, CLOSE = 2, 24, 1e-3
#: A pivot below this part of the largest entry is 0.
FLAT = 1e-4


def squares(forms: Sequence[np.ndarray]) -> Iterator[list[tuple[int, list[float]]]]:
    """Positive semidefinite forms as sums of squares, each by its leading place and the coefficients, that one 1.

    Nothing where the forms differ in the number of squares or in the leading places: they have no common closed form.
    """
    found = [_squares(form) for form in forms]
    if len({tuple(place for place, _ in one) for one in found}) == 1:
        yield from (list(column) for column in zip(*found, strict=True))


def _squares(form: np.ndarray) -> list[tuple[int, list[float]]]:
    left, found = np.array(form), []
    least = FLAT * max(1.0, float(np.max(np.abs(form))))
    for place in range(len(left)):
        if left[place, place] > least:
            row = left[place] / left[place, place]
            left = left - left[place, place] * np.outer(row, row)
            found.append((place, [float(entry) for entry in row]))
    return found


def closed_form(numbers: Sequence[Mapping[sp.Symbol, Fraction]], values: Sequence[float]) -> sp.Expr | None:
    """A rational function of low degree that takes the values at the numbers, None where none is seen."""
    symbols = sorted(numbers[0], key=lambda symbol: str(symbol.name))
    exact = [{s: sp.Rational(*value.as_integer_ratio()) for s, value in one.items()} for one in numbers]
    for degree in range(MOST_DEGREE + 1):
        monomials = sorted(sp.itermonomials(symbols, degree), key=sp.default_sort_key)
        table = np.array([[float(monomial.xreplace(one)) for monomial in monomials] for one in exact])
        matrix = np.hstack([table, -np.array(values)[:, None] * table])
        if len(matrix) < matrix.shape[1]:
            return None  # anything would fit
        _, sizes, directions = np.linalg.svd(matrix)
        kernel = directions[sizes < CLOSE**2 * sizes[0]]
        for vector in _sparse(kernel):
            above, below = (_combined(half, monomials) for half in np.split(vector, 2))
            if below == 0:
                continue
            form = sp.cancel(above / below)
            if all(_fits(form, one, value) for one, value in zip(exact, values, strict=True)):
                return form
    return None


def _sparse(kernel: np.ndarray) -> list[np.ndarray]:
    """A basis with many zeros, by elimination; those with the most come first."""
    rows = np.array(kernel)
    for place in range(len(rows)):
        column = int(np.argmax(np.abs(rows[place])))
        rows[place] /= rows[place, column]
        for other in range(len(rows)):
            if other != place:
                rows[other] -= rows[other, column] * rows[place]
    return sorted(rows, key=lambda row: int(np.sum(np.abs(row) > CLOSE)))


def _combined(coefficients: np.ndarray, monomials: Sequence[sp.Expr]) -> sp.Expr:
    rounded = [Fraction(float(one)).limit_denominator(DENOMINATOR) for one in coefficients]
    return sp.Add(*[sp.Rational(c.numerator, c.denominator) * m for c, m in zip(rounded, monomials, strict=True)])


def _fits(form: sp.Expr, numbers: Mapping[sp.Symbol, sp.Rational], value: float) -> bool:
    found = form.xreplace(numbers)
    return bool(found.is_finite) and abs(float(found) - value) <= CLOSE * max(1.0, abs(value))
