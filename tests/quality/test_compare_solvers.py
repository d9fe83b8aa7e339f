"""The comparison with solvers continues where it was stopped."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp

from claims.sam_normalization import CLAIMS
from tests.quality import compare_solvers
from tests.quality.compare_solvers import compare, tallied
from verify.kernel.goals import Implication

x = sp.Symbol("x", real=True)
GOALS: list[tuple[Any, Implication, Any]] = [
    (CLAIMS[0], Implication("larger", (sp.Ge(x, bound),), sp.Gt(x, 0)), None) for bound in (1, 2, 1)
]


def test_answers_are_kept_and_not_asked_for_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(hypotheses: Any, conclusion: Any, limits: Any, solvers: list[str]) -> list[Any]:
        asked.extend(solvers)
        return [SimpleNamespace(status="unsat")]

    monkeypatch.setattr(compare_solvers, "ask", ask)
    record = tmp_path / "answers.jsonl"
    first = compare(GOALS, 1, record)
    assert sorted(asked) == ["cvc5", "cvc5", "z3", "z3"]  # two of the three goals are the same
    whole = record.read_text()
    record.write_text(whole[:-20])  # stopped while the last answer was being written
    assert [(one.who, one.says) for one in compare(GOALS, 1, record)] == [(one.who, one.says) for one in first]
    assert len(asked) == 5
    compare(GOALS, 1, record)
    assert len(asked) == 5
    compare(GOALS, 2, record)  # another limit is another question
    assert len(asked) == 9
    assert tallied(first)["z3"]["unsat"] == 2
