"""Equalities of roots, which balls cannot decide."""

from __future__ import annotations

from fractions import Fraction

from sympy import Eq, Symbol, sqrt

from verify.point import evaluate
from verify.search.landmarks import _moved
from verify.statement.claim import Claim

x, y = Symbol("x", real=True), Symbol("y", real=True)
#: SymPy 1.14 raises a ValueError for the product of the roots of these two.
LONG = Fraction(989034254522489566), Fraction(989034254830458946)


def test_the_product_of_two_roots() -> None:
    claim = Claim("roots", given=[x > 0, y > 0], show=Eq(sqrt(x) * sqrt(y), sqrt(2 * x), evaluate=False))
    assert evaluate(claim, x=3, y=2).holds is True
    assert evaluate(claim, x=LONG[0], y=LONG[1]).holds is False


def test_long_numbers_are_left_undecided() -> None:
    claim = Claim("roots", given=[x > 0, y > 0], show=Eq(sqrt(x) * sqrt(y), sqrt(x * y), evaluate=False))
    assert evaluate(claim, x=LONG[0], y=LONG[1]).holds is not False


def test_a_point_is_put_on_a_place_that_is_rational() -> None:
    at = {"x": LONG[0], "y": LONG[1]}
    assert _moved(y, sqrt(x) * sqrt(y), at, squared=False) is None
    assert _moved(y, x + 1, at, squared=False) == {"x": LONG[0], "y": LONG[0] + 1}
    assert _moved(y, x**2, at, squared=True) == {"x": LONG[0], "y": LONG[0]}
