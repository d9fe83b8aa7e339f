"""How the grade ``coq`` is earned, kept and lost, with stand-ins for Coq's compiler."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, Project
from verify.collect import collect
from verify.coq.generate import coq_file
from verify.coq.record import Accepted, CoqRecord, certificate_digest, read_record, record_path
from verify.coq.run import MISSING, coqc, digest, run_coq
from verify.errors import InputError
from verify.ledger import DEFAULT_LEDGER, read_ledger, recorded_certificate
from verify.result import Certificate
from verify.statement.claim import Claim


def stand_in(folder: Path, script: str) -> str:
    """A program that is run in the place of coqc."""
    path = folder / "bin" / "coqc"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# --- the process ------------------------------------------------------------


def test_without_coq_it_is_said_that_coq_was_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    answer = run_coq("Goal True.")
    assert (answer.status, answer.reason) == ("missing", MISSING)


@pytest.mark.parametrize(
    ("script", "status", "reason"),
    [
        ("exit 0", "accepted", ""),
        ('echo "File claim.v, line 7, characters 1-2: Error: no proof" >&2; exit 1', "rejected", "line 7: no proof"),
        ("echo Error: Out of memory. >&2; exit 2", "stopped", "Out of memory"),
        ("kill -9 $$", "stopped", "signal 9"),
        ("sleep 60", "stopped", "after 1 s"),
    ],
)
def test_what_coq_says_is_told_apart_from_its_limits(tmp_path: Path, script: str, status: str, reason: str) -> None:
    answer = run_coq("", seconds=1 if "sleep" in script else 30, program=stand_in(tmp_path, script))
    assert answer.status == status
    assert reason in answer.reason


def test_coq_gets_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    answer = run_coq("", memory_mb=300, program=stand_in(tmp_path, "ulimit -v; exit 1"))
    assert answer.reason.endswith(str(300 << 10))


def test_a_setting_of_the_user_brings_no_other_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COQPATH", "/elsewhere")
    answer = run_coq("", program=stand_in(tmp_path, 'test -z "$COQPATH"'))
    assert answer.status == "accepted"


# --- the record ------------------------------------------------------------


def test_a_changed_certificate_loses_the_grade() -> None:
    certificate = {"claim": "square", "evidence": [1]}
    entry = Accepted(certificate=certificate_digest(certificate), file="0" * 64)
    record = CoqRecord(accepted={"square": entry})
    assert record.grade("square", certificate, "kernel") == "coq"
    assert record.grade("square", {**certificate, "evidence": [2]}, "kernel") == "kernel"
    assert record.grade("other", certificate, "kernel") == "kernel"
    assert record.grade("square", certificate, "one solver") == "one solver"
    assert record.grade("square", None, None) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 2}', '{"schema": 1, "accepted": {"a": {}}}'])
def test_a_damaged_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "coq.json").write_text(text)
    with pytest.raises(InputError, match=r"coq\.json"):
        read_record(tmp_path / "ledger.json")


# --- the commands ------------------------------------------------------------


@pytest.fixture
def recorded(project: Project) -> Project:
    """The toy claims, decided and recorded."""
    project.verify("check", "--budget", "quick", "--record", "--jobs", "1")
    return project


def with_coq(project: Project, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = Path(stand_in(project.folder, script))
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def without_coq(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def grades(project: Project) -> dict[str, str | None]:
    ledger = read_ledger(project.folder / DEFAULT_LEDGER)
    return {name: entry.grade for name, entry in ledger.claims.items()}


def test_the_grade_is_earned_kept_and_lost(recorded: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert grades(recorded)["square"] == "kernel"
    with_coq(recorded, monkeypatch, "exit 0")
    done = recorded.verify("replay", "--coq", "--record")
    assert done.returncode == 0, done.stderr
    assert grades(recorded)["square"] == "coq"
    assert grades(recorded)["above"] is None  # refuted: no proof

    without_coq(monkeypatch, tmp_path)
    done = recorded.verify("replay", "square", "--coq", "--json")
    (check,) = json.loads(done.stdout)["coq"]
    assert (done.returncode, check["outcome"], check["reason"]) == (0, "unchanged", MISSING)
    plain = json.loads(recorded.verify("replay", "square", "--json").stdout)
    assert plain["replayed"][0]["grade"] == "coq"

    before = (recorded.folder / DEFAULT_LEDGER).read_bytes()
    recorded.verify("check", "--budget", "quick", "--record", "--jobs", "1")
    assert (recorded.folder / DEFAULT_LEDGER).read_bytes() == before

    place = record_path(recorded.folder / DEFAULT_LEDGER)
    record = json.loads(place.read_text())
    record["accepted"]["square"]["certificate"] = "0" * 64  # as if the certificate were another one now
    place.write_text(json.dumps(record))
    plain = json.loads(recorded.verify("replay", "square", "--json").stdout)
    assert plain["replayed"][0]["grade"] == "kernel"
    done = recorded.verify("replay", "square", "--coq")
    assert done.returncode == 1
    assert "not the recorded one" in done.stderr


def test_what_coq_rejects_fails_and_is_forgotten(recorded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with_coq(recorded, monkeypatch, "exit 0")
    recorded.verify("replay", "--coq", "--record")
    with_coq(recorded, monkeypatch, "echo Error: no >&2; exit 1")
    done = recorded.verify("replay", "square", "--coq", "--record")
    assert done.returncode == 1
    assert "square: coqc rejects" in done.stderr
    assert grades(recorded)["square"] == "kernel"


def test_a_proof_is_exported(recorded: Project) -> None:
    done = recorded.verify("export", "square", "--coq", "square.v")
    assert done.returncode == 0, done.stderr
    assert "Theorem obligation_e1_1" in (recorded.folder / "square.v").read_text()


def test_only_a_proof_can_be_exported(recorded: Project) -> None:
    done = recorded.verify("export", "above", "--coq", "above.v")
    assert done.returncode == 2
    assert "refuted" in done.stderr
    assert not (recorded.folder / "above.v").exists()


# --- what the project has recorded ------------------------------------------------------------


def test_the_ledger_says_coq_exactly_where_the_recorded_certificate_was_accepted() -> None:
    place = ROOT / DEFAULT_LEDGER
    ledger, record = read_ledger(place), read_record(place)
    for name, entry in ledger.claims.items():
        certificate = recorded_certificate(place, entry)
        expected = record.grade(name, certificate, "kernel" if entry.grade == "coq" else entry.grade)
        assert entry.grade == expected, name
    assert set(record.accepted) <= set(ledger.claims)


def proofs() -> dict[str, Certificate]:
    """The certificates of the recorded proofs."""
    place = ROOT / DEFAULT_LEDGER
    found = {}
    for name, entry in read_ledger(place).claims.items():
        certificate = recorded_certificate(place, entry) if entry.verdict == "proved" else None
        if certificate is not None:
            found[name] = certificate
    return found


def claims_of_the_paper() -> dict[str, Claim]:
    return {claim.id: claim for claim in collect([str(ROOT / "claims" / "sam_normalization")]).claims}


def test_proofs_whose_certificate_changed_are_accepted_again() -> None:
    accepted, known = read_record(ROOT / DEFAULT_LEDGER).accepted, proofs()
    both = [name for name in accepted if name in known]
    changed = [name for name in both if accepted[name].certificate != certificate_digest(known[name])]
    if not changed:
        return
    if coqc() is None:
        pytest.skip(f"{', '.join(changed)}: {MISSING}")
    claims = claims_of_the_paper()
    for name in changed:
        assert run_coq(coq_file(claims[name], known[name])).status == "accepted", name


def test_the_files_of_short_proofs_are_the_recorded_ones() -> None:
    """A change of the generator that changes its files has to be recorded: ``verify replay --coq --record``."""
    accepted, known = read_record(ROOT / DEFAULT_LEDGER).accepted, proofs()
    short = sorted((name for name in accepted if name in known), key=lambda name: (len(str(known[name])), name))[:12]
    assert len(short) == 12
    claims = claims_of_the_paper()
    for name in short:
        assert accepted[name].file == digest(coq_file(claims[name], known[name])), name
