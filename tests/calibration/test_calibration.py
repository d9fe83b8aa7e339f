"""Claims of known truth through the whole pipeline: no wrong verdict, and enough decided."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.calibration.calibration import CALIBRATION, Truth
from verify.decide import check
from verify.statement.claim import Claim

DECIDED = ("vacuous", "refuted", "ill-posed", "proved")

#: How many of each kind the quick budget decides at least.
FLOOR: dict[Truth, int] = {"vacuous": 8, "refuted": 18, "ill-posed": 6, "proved": 25}

_verdicts: dict[str, str] = {}


def verdict_of(claim: Claim) -> str:
    """The verdict of the quick budget, decided once in a run of the tests."""
    if claim.id not in _verdicts:
        _verdicts[claim.id] = check(claim, budget="quick", seed=0).verdict
    return _verdicts[claim.id]


@pytest.mark.parametrize(("claim", "truth"), CALIBRATION, ids=[claim.id for claim, _ in CALIBRATION])
def test_no_verdict_contradicts_the_truth(claim: Claim, truth: Truth) -> None:
    allowed = {"proved" if truth == "beyond" else truth, "supported", "undecided"}
    if truth == "readings disagree":
        allowed = {"undecided"}
    assert verdict_of(claim) in allowed


def test_enough_claims_of_each_kind_are_decided(capsys: pytest.CaptureFixture[str]) -> None:
    known = Counter(truth for _, truth in CALIBRATION)
    decided = Counter(truth for claim, truth in CALIBRATION if verdict_of(claim) in DECIDED)
    with capsys.disabled():
        print("\ncalibration: " + ", ".join(f"{decided[truth]} of {known[truth]} {truth}" for truth in known))
    assert {truth: count for truth, count in FLOOR.items() if decided[truth] < count} == {}


def test_the_table_holds_enough_of_every_kind_under_ids_of_their_own() -> None:
    known = Counter(truth for _, truth in CALIBRATION)
    assert len({claim.id for claim, _ in CALIBRATION}) == len(CALIBRATION) >= 40
    assert all(known[truth] >= 7 for truth in FLOOR) and known["beyond"] >= 4
