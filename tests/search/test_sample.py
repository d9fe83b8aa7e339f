"""Hypothesis draws the same points of a claim whatever else the process has loaded."""

from __future__ import annotations

import importlib
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from verify.search import sample as module
from verify.search.budget import BUDGETS
from verify.statement.claim import Claim

x, y = sp.symbols("x y", real=True)
claim = Claim("true", given=[x > 0, y > x], show=sp.Ge(x**2 + y**2, 2 * x * y, evaluate=False))


def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Fraction]]:
    seen: list[dict[str, Fraction]] = []
    evaluate_point = module.evaluate_point

    def spied(claim: Claim, values: dict[str, Fraction], *rest: Any, **options: Any) -> Any:
        seen.append(values)
        return evaluate_point(claim, values, *rest, **options)

    with monkeypatch.context() as patched:
        patched.setattr(module, "evaluate_point", spied)
        assert module.sample(claim, "", BUDGETS["standard"], 3)[0] is None
    return seen


def test_numbers_in_other_modules_change_no_draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn(monkeypatch)
    assert len(before) > 50
    (tmp_path / "full_of_numbers.py").write_text(f"numbers = {list(range(100, 4000, 7))}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("full_of_numbers")
    try:
        assert drawn(monkeypatch) == before
    finally:
        del sys.modules["full_of_numbers"]
