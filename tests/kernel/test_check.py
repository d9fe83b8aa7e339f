"""A certificate is checked piece by piece; what its readings share is checked once, and only where it is the same."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import sympy as sp
from sympy import Ge, Gt, Le

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.check import check_certificate
from verify.kernel.goals import Implication
from verify.statement.claim import Claim, Reading

x, y = sp.symbols("x y", real=True)
sum_of_squares = Ge(x**2 + y**2, 2 * x * y, evaluate=False)
alike = Claim(
    "alike",
    given=[Gt(x, 0), Le(x, y)],
    over=(x, y),
    readings={"one": Reading("as it is", sum_of_squares), "two": Reading("the same again", sum_of_squares)},
)


@pytest.fixture(scope="module")
def certificate() -> dict[str, Any]:
    result = check(alike, budget="quick")
    assert result.verdict == "proved"
    found: dict[str, Any] = dict(result.certificate or {})
    return found


def test_what_two_readings_share_is_checked_once(certificate: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    whole = Implication.check

    def counted(goal: Implication, *arguments: Any) -> str:
        checked.append(goal)
        return whole(goal, *arguments)

    monkeypatch.setattr(Implication, "check", counted)
    assert check_certificate(alike, certificate).verdict == "proved"
    assert len(certificate["evidence"]) == 2
    assert len(checked) == len(certificate["evidence"][0]["obligations"])


def test_another_proof_of_the_same_is_checked_too(certificate: dict[str, Any]) -> None:
    damaged = copy.deepcopy(certificate)
    damaged["evidence"][1]["obligations"][-1]["proof"]["goal"] = {"kind": "identity"}
    with pytest.raises(CertificateError):
        check_certificate(alike, damaged)
    damaged["evidence"].reverse()
    with pytest.raises(CertificateError):
        check_certificate(alike, damaged)
