"""The search finds planted violations, certifies them, and makes them simple."""

from __future__ import annotations

import pytest
import sympy as sp

from verify.search.batch import Batch
from verify.search.budget import BUDGETS
from verify.search.run import search
from verify.search.terrain import operations_of
from verify.statement.claim import Claim
from verify.statement.system import time

x, y = sp.symbols("x y", real=True)
UNIT = [x >= 0, x <= 1, y >= 0, y <= 1]


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("open", Claim("open", given=[x > 0], show=x > sp.Rational(1, 100))),
        ("corner", Claim("corner", given=UNIT, show=sp.Lt(x + y, 2, evaluate=False))),
        (
            "disc",
            Claim(
                "disc",
                given=UNIT,
                show=(x - sp.Rational(1, 3)) ** 2 + (y - sp.Rational(2, 3)) ** 2 >= sp.Rational(1, 10**4),
            ),
        ),
        ("large", Claim("large", given=[x > 0], show=x <= 10**9)),
        ("equation", Claim("equation", over=(x, y), show=sp.Eq((x + y) ** 2, x**2 + y**2))),
    ],
)
def test_a_planted_violation_is_found_and_certified(name: str, claim: Claim) -> None:
    found = search(claim, "", BUDGETS["standard"], seed=0)
    assert found.violated[""], name


def test_the_simplest_witness_has_small_numbers() -> None:
    claim = Claim("above", given=[x > 0, y > 0], show=sp.Le(x * y, 1, evaluate=False))
    simplest = search(claim, "", BUDGETS["quick"], seed=0).violated[""][0]
    assert all(value.numerator <= 4 and value.denominator <= 2 for value in simplest.point.values.values())


def test_a_true_statement_has_no_witness_and_its_effort_is_counted() -> None:
    claim = Claim("square", over=(x, y), show=sp.Ge(x**2 + y**2, 2 * x * y, evaluate=False))
    found = search(claim, "", BUDGETS["quick"], seed=0)
    assert not found.violated
    assert not found.undefined
    assert found.points > 1000


def test_the_same_seed_finds_the_same() -> None:
    claim = Claim("above", given=[x > 0, y > 0], show=sp.Le(x * y, 1, evaluate=False))
    first, second = (search(claim, "", BUDGETS["quick"], seed=3).violated[""][0].point for _ in range(2))
    assert first == second


def test_a_sum_up_to_now_costs_more_the_later_it_is_evaluated() -> None:
    q = sp.Symbol("q", real=True)
    k = sp.Symbol("k", integer=True)
    powers = Claim("powers", given=[q > 0, q < 1], show=sp.Le(sp.Sum(q**k, (k, 0, time)), 1 / (1 - q)))
    batch = Batch(powers, "", None)
    early, late = (operations_of(batch, [""], t) for t in (1, 1001))
    assert late - early == 1000
    assert operations_of(batch, [], 1001) == operations_of(batch, [])
