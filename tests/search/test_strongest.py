"""Of a statement that falls, the point at which it falls the most is found, in simple numbers."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import Ge, Le

from verify.search.budget import BUDGETS
from verify.search.certify import certify
from verify.search.run import search
from verify.statement.claim import Claim

x, y = sp.symbols("x y", real=True)

#: Each with the largest relative violation, |left - right|/(|left| + |right|), that its domain allows.
CASES = [
    (Claim("grows", given=[Ge(x, 0), Le(x, 10)], show=Le(x**2, x, evaluate=False)), 9 / 11),
    (
        Claim("hump", given=[Ge(x, 0), Le(x, 1)], show=Le(x * (1 - x), sp.Rational(1, 100), evaluate=False)),
        (0.25 - 0.01) / (0.25 + 0.01),
    ),
    (
        Claim("two", given=[Ge(x, 0), Ge(y, 0), Le(x + y, 4)], show=Le(x * y**3 + 1, 2, evaluate=False)),
        (28 - 2) / (28 + 2),
    ),  # at x = 1, y = 3
]


@pytest.mark.parametrize(("claim", "largest"), CASES, ids=lambda value: getattr(value, "id", ""))
def test_the_strongest_witness_is_near_the_largest_violation(claim: Claim, largest: float) -> None:
    budget = BUDGETS["standard"]
    simplest, strongest = search(claim, "", budget, 0).violated[""]
    assert 0.98 * largest <= strongest.relative <= largest + 1e-12
    assert strongest.relative >= simplest.relative
    again = certify(claim, "", "", strongest.point, budget.bits)
    assert again is not None
    assert again.kind == "violated"
    assert sum(strongest.point.complexity) < 40
