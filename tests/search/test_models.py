"""A solver's model is a start like any other: certified before it counts, beside a loss of the class where needed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from tests.calibration.calibration import CALIBRATION
from verify import decide
from verify.search.budget import BUDGETS
from verify.search.models import certify_models
from verify.search.run import Found
from verify.statement.claim import Claim

x, y, beta, eta, rho, w = (sp.Symbol(name, real=True) for name in ("x", "y", "beta", "eta", "rho", "w"))
QUICK = BUDGETS["quick"]


def test_a_model_that_violates_becomes_a_witness_with_simple_numbers() -> None:
    claim = Claim("above", given=[x > 0, y > 0], show=sp.Le(x * y, 1, evaluate=False))
    found = certify_models(claim, "", "", [{x: Fraction(123457, 1000), y: Fraction(7, 3)}], QUICK, 0)
    assert found is not None
    assert max(value.numerator for value in found.point.values.values()) <= 4


@pytest.mark.parametrize(
    "model", [{x: Fraction(1), y: Fraction(1)}, {x: Fraction(-2), y: Fraction(-2)}, {beta: Fraction(1)}]
)
def test_a_model_that_does_not_violate_or_is_not_admissible_is_none(model: dict[sp.Symbol, Fraction]) -> None:
    claim = Claim("above", given=[x > 0, y > 0], show=sp.Le(x * y, 1, evaluate=False))
    assert certify_models(claim, "", "", [model], QUICK, 0) is None


def test_a_model_of_a_class_of_losses_is_put_beside_concrete_ones() -> None:
    claim = next(claim for claim, _ in CALIBRATION if claim.id == "descent-with-any-step")
    beta_, eta_ = (next(s for s in claim.parameters if s.name == name) for name in ("beta", "eta"))
    found = certify_models(claim, "", "", [{beta_: Fraction(1), eta_: Fraction(3)}], QUICK, 0)
    assert found is not None
    assert found.point.family is not None


def test_what_the_search_misses_a_solver_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(*_: Any) -> Found:
        return Found(points=1)

    monkeypatch.setattr(decide, "search", blind)
    claim = Claim("thin", given=[x >= 0, x <= 1], show=sp.Ne(7919 * x, 1, evaluate=False))
    result = decide.check(claim, budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None
    assert result.witness.simplest.parameters == {"x": "1/7919"}
