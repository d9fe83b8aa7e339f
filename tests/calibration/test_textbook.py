"""The classics of ``claims.textbook``: what is recorded is true, is still accepted, and is all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from claims.textbook import CLAIMS
from tests.calibration.textbook import FALSE, TRUE
from verify.decide import check
from verify.ledger import read_ledger
from verify.replaying import replay
from verify.statement.claim import Claim, Source

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "reports" / "textbook" / "ledger.json"
RECORDED = read_ledger(LEDGER).claims
OPEN = ("supported", "undecided")


def truth(claim_id: str) -> str:
    return "refuted" if claim_id in FALSE else "proved"


def test_the_truth_of_every_classic_is_known_apart_from_the_claims() -> None:
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids) >= 40
    assert TRUE | set(FALSE) == set(ids)
    assert not TRUE & set(FALSE)
    assert len(FALSE) >= 10


def test_the_classics_come_from_many_authors_with_the_place() -> None:
    sources = [claim.source for claim in CLAIMS]
    assert all(isinstance(source, Source) and source.place for source in sources)
    assert len({source.paper for source in sources if isinstance(source, Source)}) >= 20
    assert all(claim.title for claim in CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_no_recorded_verdict_contradicts_the_truth(claim: Claim) -> None:
    assert RECORDED[claim.id].verdict in (truth(claim.id), *OPEN)


def test_every_classic_is_decided(capsys: pytest.CaptureFixture[str]) -> None:
    left = {claim.id for claim in CLAIMS if RECORDED[claim.id].verdict in OPEN}
    with capsys.disabled():
        print(f"\nclassics: {len(CLAIMS) - len(left)} of {len(CLAIMS)} decided")
    assert left == set()


def test_every_recorded_certificate_of_a_classic_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    answers = replay(["claims/textbook"], LEDGER)
    assert {answer.id: answer.reason for answer in answers if answer.accepted is False} == {}
    accepted = {answer.id for answer in answers if answer.accepted}
    assert accepted == {claim.id for claim in CLAIMS if RECORDED[claim.id].verdict not in OPEN}


@pytest.mark.nightly
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_no_classic_is_decided_wrongly_with_another_seed(claim: Claim) -> None:
    assert check(claim, budget="quick", seed=1).verdict in (truth(claim.id), *OPEN)
