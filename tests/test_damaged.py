"""Damaged certificates are rejected with a reason, whatever they make the checker trip over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sympy import Symbol

from verify.decide import check
from verify.errors import InputError
from verify.kernel.check import check_evidence
from verify.ledger import read_certificate, read_ledger
from verify.replaying import replay_sources
from verify.statement.claim import Claim

x = Symbol("x", real=True)
claim = Claim("small", given=[x >= 1], show=x**2 >= x)


def test_a_malformed_rule_is_rejected_and_the_proof_found_anew() -> None:
    certificate = check(claim, budget="quick").certificate
    assert certificate is not None
    damaged = json.loads(json.dumps(certificate))
    damaged["evidence"][0]["obligations"][0]["proof"]["goal"] = {"kind": "calculus", "rule": {"kind": ["algebra"]}}
    result = check(claim, budget="quick", known=damaged)
    assert result.verdict == "proved"
    assert len(result.rejected) == 1 and "there is no rule" in result.rejected[0]


def test_what_trips_the_checker_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = check(claim, budget="quick").certificate
    calls = iter([True])

    def tripping(*arguments: object) -> object:
        if next(calls, False):
            raise TypeError("unhashable")
        return check_evidence(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr("verify.decide.check_evidence", tripping)
    result = check(claim, budget="quick", known=certificate)
    assert result.verdict == "proved"
    assert result.rejected == ["a recorded piece of evidence was rejected: it is malformed (TypeError: unhashable)"]


def test_what_is_nested_too_deeply_is_damaged(tmp_path: Path) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(InputError, match="cut off or damaged"):
        read_certificate(deep)
    with pytest.raises(InputError, match="no intact ledger"):
        read_ledger(deep)
    (found,) = replay_sources([str(deep)], None, 1)
    assert "cut off or damaged" in str(found)
