"""The pytest plugin in a user's project: what it collects, and what fails."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.conftest import TOY_CLAIMS
from verify.checking import Check
from verify.ledger import Ledger, with_results, write_ledger
from verify.result import Result, Searched, Verdict

INI = "[pytest]\nverify_claims = claims\naddopts = -p verify.pytest_plugin\n"


@pytest.fixture
def user(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with the toy claims and one test of its own."""
    root = Path(__file__).resolve().parent.parent
    monkeypatch.setenv("PYTHONPATH", f"{root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    pytester.mkdir("claims")
    (pytester.path / "claims" / "toy.py").write_text(TOY_CLAIMS)
    (pytester.path / "test_own.py").write_text("def test_own():\n    pass\n")
    return pytester


def run(user: pytest.Pytester, *arguments: str, ini: str = INI) -> pytest.RunResult:
    (user.path / "pytest.ini").write_text(ini)
    return user.runpytest_subprocess("-p", "no:cacheprovider", *arguments, timeout=300)


def record(user: pytest.Pytester, verdict: Verdict, *names: str) -> Path:
    """Put a verdict without evidence on record, as only a hand could."""
    place = user.path / "reports" / "ledger.json"
    check = Check((str(user.path / "claims"),), place, Ledger(), budget="quick", seed=0, fresh=True)
    searched = Searched(budget="quick", seed=0, points=1)
    results = {name: Result(id=name, verdict=verdict, searched=searched) for name in names}
    write_ledger(place, with_results(Ledger(), results, check.claims), {})
    return place


def test_it_is_silent_unless_it_is_asked_for(user: pytest.Pytester) -> None:
    result = run(user, ini="[pytest]\naddopts = -p verify.pytest_plugin\n")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("verify: claims*")


def test_each_claim_is_an_item_named_by_package_and_id(user: pytest.Pytester) -> None:
    result = run(user, "--collect-only", "-q")
    lines = [line for line in result.outlines if "::" in line]
    claims = [line for line in lines if line.startswith("toy::")]
    assert claims == ["toy::square", "toy::above", "toy::resting", "toy::above/repaired"]
    assert len(lines) == len(claims) + 1


def test_an_argument_decides_what_runs_and_the_flag_adds_the_claims(user: pytest.Pytester) -> None:
    def collected(*arguments: str) -> int:
        result = run(user, "--collect-only", "-q", *arguments)
        return len([line for line in result.outlines if "::" in line])

    assert collected("test_own.py") == 1
    assert collected("claims/toy.py") == 4
    assert collected("claims/toy.py::above") == 1
    assert collected("test_own.py", "--verify") == 5
    assert collected("-k", "above") == 2


def test_a_claim_without_a_record_fails_only_on_bad_news(user: pytest.Pytester) -> None:
    result = run(user)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*above is refuted, and nothing is recorded of it*", "*verify eval above *"])


def test_recorded_verdicts_are_replayed_and_a_tampered_certificate_fails(user: pytest.Pytester) -> None:
    recording = user.run(sys.executable, "-m", "verify", "check", "--budget", "quick", "--record", timeout=300)
    assert recording.ret == 0
    run(user).assert_outcomes(passed=5)

    certificate = user.path / "reports" / "certificates" / "above.json"
    text = certificate.read_text()
    certificate.write_text(re.sub(r'"fingerprint": "\w+"', f'"fingerprint": "{"0" * 64}"', text))
    assert certificate.read_text() != text
    result = run(user)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["above: the certificate is rejected: *"])

    certificate.unlink()
    result = run(user)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*above.json is missing*"])


def test_a_sample_that_violates_a_supported_claim_fails_with_both_verdicts(user: pytest.Pytester) -> None:
    record(user, "supported", "square", "above", "resting", "above/repaired")
    result = run(user)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*above is recorded as supported, now refuted*", "*verify eval above x=*"])


def test_a_verdict_that_needs_a_certificate_fails_without_one(user: pytest.Pytester) -> None:
    record(user, "proved", "square")
    result = run(user, "claims/toy.py::square")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*square is recorded as proved, but the ledger names no certificate*"])


def test_the_ledger_and_the_seed_come_from_the_configuration(user: pytest.Pytester) -> None:
    place = record(user, "supported", "above")
    place.rename(user.path / "elsewhere.json")
    ini = INI + "verify_ledger = elsewhere.json\nverify_seed = 7\nverify_samples = 0\n"
    result = run(user, "claims/toy.py::above", ini=ini)
    result.stdout.fnmatch_lines(["verify: claims of toy; ledger elsewhere.json; 0 samples at seed 7"])
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("ini", "message"),
    [
        ("verify_seed = -1\n", "verify_seed = '-1' must be a whole number"),
        ("verify_samples = many\n", "verify_samples = 'many' must be a whole number"),
        ("verify_claims = no_such_package\n", "there is no package or file of claims 'no_such_package'"),
    ],
)
def test_a_bad_option_is_refused_before_anything_runs(user: pytest.Pytester, ini: str, message: str) -> None:
    head = INI if "verify_claims" not in ini else INI.replace("verify_claims = claims\n", "")
    result = run(user, ini=head + ini)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}*"])


def test_a_damaged_ledger_is_a_collection_error(user: pytest.Pytester) -> None:
    place = record(user, "supported", "above")
    place.write_text(json.dumps({"schema": 9, "claims": {}}))
    result = run(user)
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*has schema 9, this version reads schema 1*"])


def test_workers_of_xdist_agree_on_the_items(user: pytest.Pytester) -> None:
    record(user, "supported", "square", "above", "resting", "above/repaired")
    result = run(user, "-n", "2")
    result.assert_outcomes(passed=4, failed=1)
