"""The ledger: the same bytes for the same content, nothing lost, nothing overwritten."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verify.collect import collect
from verify.errors import InputError
from verify.ledger import (
    Ledger,
    UnfinishedRun,
    certificate_path,
    read_certificate,
    read_ledger,
    recorded_certificate,
    with_results,
    write_atomically,
    write_ledger,
)
from verify.result import Result, Searched, Verdict
from verify.statement.claim import Claim

TOY = """
import sympy as sp
from verify import Claim
x = sp.Symbol("x", real=True)
a = Claim("a", over=x, show=x >= 0)
b = Claim("b", over=x, show=x >= 0, uses=[a])
c = Claim("c", over=x, show=x >= 0, uses=[b])
d = Claim("a/repaired", over=x, show=x >= 0, kind="repaired", uses=[c])
"""


@pytest.fixture
def claims(tmp_path: Path) -> tuple[Claim, ...]:
    (tmp_path / "toy.py").write_text(TOY)
    return collect(["toy.py"], tmp_path).claims


def result(claim_id: str, verdict: Verdict = "proved", certificate: Any = None) -> Result:
    return Result(
        id=claim_id, verdict=verdict, certificate=certificate, searched=Searched(budget="quick", seed=0, points=3)
    )


def recorded(claims: tuple[Claim, ...], **verdicts: Verdict) -> Ledger:
    results = {claim.id: result(claim.id, verdicts.get(claim.id, "proved")) for claim in claims}
    return with_results(Ledger(), results, claims)


def test_what_rests_on_a_refuted_claim_says_so_also_through_others(claims: tuple[Claim, ...]) -> None:
    ledger = recorded(claims, a="refuted")
    assert {name: entry.rests_on_refuted for name, entry in ledger.claims.items()} == {
        "a": [],
        "a/repaired": ["a"],
        "b": ["a"],
        "c": ["a"],
    }
    assert all(not entry.rests_on_refuted for entry in recorded(claims).claims.values())


def test_a_refuted_claim_names_its_repaired_form(claims: tuple[Claim, ...]) -> None:
    ledger = recorded(claims, a="refuted")
    assert ledger.claims["a"].repaired_by == ["a/repaired"]
    assert ledger.claims["b"].repaired_by == []


def test_recording_one_claim_keeps_the_others_and_updates_what_depends_on_it(claims: tuple[Claim, ...]) -> None:
    before = recorded(claims)
    after = with_results(before, {"a": result("a", "refuted")}, claims)
    assert after.claims["b"].verdict == "proved"
    assert after.claims["b"].rests_on_refuted == ["a"]


def test_a_run_over_everything_drops_what_is_no_claim_any_more(claims: tuple[Claim, ...]) -> None:
    before = recorded(claims)
    assert "c" in with_results(before, {}, claims[:2]).claims
    assert "c" not in with_results(before, {}, claims[:2], only_these=True).claims


def test_the_same_content_gives_the_same_bytes_in_any_order(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    write_ledger(path, recorded(claims), {})
    first = path.read_bytes()
    write_ledger(path, recorded(tuple(reversed(claims))), {})
    assert path.read_bytes() == first
    assert first.endswith(b"}\n")
    assert list(json.loads(first)["claims"]) == sorted(claim.id for claim in claims)
    assert read_ledger(path).encoded() == first


def test_certificates_stand_beside_the_ledger_and_go_when_the_verdict_does(
    claims: tuple[Claim, ...], tmp_path: Path
) -> None:
    path = tmp_path / "reports" / "ledger.json"
    certificate = {"claim": "a/repaired", "verdict": "proved"}
    ledger = with_results(Ledger(), {"a/repaired": result("a/repaired", certificate=certificate)}, claims)
    write_ledger(path, ledger, {"a/repaired": certificate})
    file = tmp_path / "reports" / "certificates" / "a__repaired.json"
    assert ledger.claims["a/repaired"].certificate == certificate_path("a/repaired") == "certificates/a__repaired.json"
    assert recorded_certificate(path, ledger.claims["a/repaired"]) == certificate == read_certificate(file)
    ledger = with_results(ledger, {"a/repaired": result("a/repaired", "supported")}, claims)
    write_ledger(path, ledger, {"a/repaired": None})
    assert not file.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"verdict": "proved"', '"verdict": "certain"'),
        lambda text: text.replace('"kind"', '"sort"'),
        lambda text: "[]",
        lambda text: "",
        lambda text: "\udcff",
    ],
)
def test_a_damaged_ledger_is_refused_and_left_alone(claims: tuple[Claim, ...], tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "ledger.json"
    text = damage(recorded(claims).encoded().decode()).encode("utf-8", "surrogateescape")
    path.write_bytes(text)
    with pytest.raises(InputError, match=r"ledger\.json is no intact ledger .*restore it from version control"):
        read_ledger(path)
    assert path.read_bytes() == text


def test_an_unknown_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    path.write_text('{"schema": 2, "claims": {"a": {"new": "shape"}}}')
    with pytest.raises(InputError, match="has schema 2, this version reads schema 1"):
        read_ledger(path)


def test_a_certificate_outside_the_ledgers_folder_is_not_read(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    entry = msgspec.structs.replace(recorded(claims).claims["a"], certificate="../secret.json")
    with pytest.raises(InputError, match="outside its folder"):
        recorded_certificate(tmp_path / "reports" / "ledger.json", entry)


def test_a_full_disk_is_one_sentence_and_the_old_file_is_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.json"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="could not be written: No space left on device; what was there is intact"):
        write_atomically(path, b"new")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.json"]


def test_two_ids_that_would_share_a_certificate_file_are_refused(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    entry = recorded(claims).claims["a"]
    with pytest.raises(InputError, match="share one certificate file"):
        write_ledger(tmp_path / "ledger.json", Ledger(claims={"a/b": entry, "a__b": entry}), {})


def test_an_unfinished_run_continues_only_with_the_same_arguments_and_claims(
    claims: tuple[Claim, ...], tmp_path: Path
) -> None:
    run = UnfinishedRun(tmp_path, {"seed": 0}, "sources")
    run.start()
    run.keep(claims[0], result("a"))
    assert UnfinishedRun(tmp_path, {"seed": 0}, "sources").result(claims[0]) == result("a")
    assert UnfinishedRun(tmp_path, {"seed": 0}, "sources").result(claims[1]) is None
    assert UnfinishedRun(tmp_path, {"seed": 1}, "sources").result(claims[0]) is None
    assert UnfinishedRun(tmp_path, {"seed": 0}, "changed").result(claims[0]) is None
    run.finish()
    assert UnfinishedRun(tmp_path, {"seed": 0}, "sources").result(claims[0]) is None
    assert not (tmp_path / ".verify-cache").exists()


def test_a_result_that_was_cut_off_by_the_kill_is_found_anew(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    run = UnfinishedRun(tmp_path, {"seed": 0}, "sources")
    run.keep(claims[0], result("a"))
    (kept,) = run.folder.glob("*.json")
    kept.write_bytes(kept.read_bytes()[:20])
    assert run.result(claims[0]) is None


def test_a_run_that_cannot_keep_its_results_still_runs(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    (tmp_path / ".verify-cache").write_text("in the way")
    run = UnfinishedRun(tmp_path, {"seed": 0}, "sources")
    run.start()
    run.keep(claims[0], result("a"))
    assert not run.writable
