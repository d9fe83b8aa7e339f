"""Recorded certificates, checked again by several processes at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.conftest import ROOT, Project
from verify.collect import collect
from verify.ledger import Ledger, with_results, write_ledger
from verify.result import Result, Searched

TITLES = ["slow", "first", "second", "dies", "hangs", "hungry", "last"]

#: Checks a certificate as the title of its claim says, and notes in which process.
STAND_IN = """
import os, time
from pathlib import Path
from types import SimpleNamespace

def check_certificate(claim, certificate, solve):
    with Path("checked.txt").open("a") as log:
        log.write(f"{claim.id} {os.getpid()}" + chr(10))
    if claim.title == "slow": time.sleep(4)
    if claim.title == "dies": os._exit(7)
    if claim.title == "hangs": time.sleep(600)
    if claim.title == "hungry": bytearray(1 << 40)
    return SimpleNamespace(verdict="proved", grade="kernel")
"""
#: Every Python process that finds this on its path takes the stand-in for the kernel's check of certificates.
AT_START = """
import importlib.util, sys

spec = importlib.util.spec_from_file_location("verify.kernel.check", {place!r})
sys.modules[spec.name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[spec.name])
"""


@pytest.fixture
def acting(empty_project: Project) -> Project:
    """Claims recorded as proved, whose title says what becomes of the process that checks the certificate."""
    lines = ["import sympy as sp", "from verify import Claim", "x = sp.Symbol('x', real=True)", "CLAIMS = ["]
    lines += [f"    Claim({title!r}, title={title!r}, over=x, show=x >= 0)," for title in TITLES]
    claims = empty_project.write("claims/toy.py", "\n".join([*lines, "]"]))
    place = empty_project.write("stand_in/checking.py", STAND_IN)
    empty_project.write("stand_in/sitecustomize.py", AT_START.format(place=str(place)))
    searched = Searched(budget="quick", seed=0, points=1)
    results = {
        title: Result(
            id=title,
            verdict="proved",
            grade="kernel",
            certificate={"claim": title, "evidence": ["a long proof"] * (title == "slow")},  # the longest comes first
            searched=searched,
        )
        for title in TITLES
    }
    ledger = with_results(Ledger(), results, collect([str(claims)]).claims)
    certificates = {title: result.certificate for title, result in results.items()}
    write_ledger(empty_project.folder / "reports" / "ledger.json", ledger, certificates)
    return empty_project


def without_outer_run(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what pytest-xdist tells the processes of the run that this test is part of."""
    return {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}


def run(project: Project, *command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(project.folder / "stand_in"), str(ROOT)])
    return subprocess.run(
        [sys.executable, *command],
        cwd=project.folder,
        env=without_outer_run(os.environ) | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def replay(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(project, "-m", "verify", "replay", *arguments)


def processes(project: Project) -> dict[str, str]:
    """The number of the process that checked the certificate of each claim."""
    return dict(line.split() for line in log(project))


def log(project: Project) -> list[str]:
    """A line for each check of a certificate."""
    return (project.folder / "checked.txt").read_text().splitlines()


def verdicts(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    rows = [line.split() for line in done.stdout.splitlines()[2:-1]]
    return [(row[0], row[1]) for row in rows]


def test_certificates_are_shared_out_and_answered_in_the_order_of_the_claims(acting: Project) -> None:
    done = replay(acting, "first", "second", "last", "slow", "--jobs", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert verdicts(done) == [(name, "accepted") for name in ("first", "second", "last", "slow")]
    by_claim = processes(acting)
    assert len(set(by_claim.values())) == 2
    assert by_claim["first"] == by_claim["second"] == by_claim["last"], "a worker goes on while another is busy"


def test_one_job_needs_no_other_process(acting: Project) -> None:
    done = replay(acting, "first", "second", "last", "--jobs", "1")
    assert done.returncode == 0
    assert len(set(processes(acting).values())) == 1


def test_files_and_selected_claims_are_answered_in_the_order_that_they_had(acting: Project) -> None:
    files = [f"reports/certificates/{name}.json" for name in ("second", "slow")]
    done = replay(acting, "last", "first", *files, "--jobs", "2")
    assert [name for name, _ in verdicts(done)] == ["second", "slow", "last", "first"]


def test_a_process_that_dies_or_needs_too_much_costs_only_its_own_claim(acting: Project) -> None:
    done = replay(acting, "first", "dies", "hungry", "second", "last", "--jobs", "2")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "dies: the certificate could not be checked: its worker process died (exit code 7)",
        "hungry: the certificate could not be checked: it needed more than the 12 GiB that contain a worker",
    ]
    accepted = [name for name, word in verdicts(done) if word == "accepted"]
    assert accepted == ["first", "second", "last"]


def test_a_process_that_hangs_is_stopped(acting: Project) -> None:
    patched = (
        "from verify import workers; workers.BACKSTOP_SECONDS['deep'] = 3; from verify.cli import run; exit(run())"
    )
    done = run(acting, "-c", patched, "replay", "hangs", "last", "--jobs", "2")
    assert done.returncode == 1
    assert done.stderr.startswith("hangs: the certificate could not be checked: it was stopped at the time limit")
    assert verdicts(done) == [("hangs", "rejected"), ("last", "accepted")]


@pytest.mark.parametrize("jobs", ["0", "-2", "two"])
def test_a_senseless_number_of_jobs_is_refused_with_a_sentence(acting: Project, jobs: str) -> None:
    done = replay(acting, "--jobs", jobs)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "--jobs" in done.stderr
    assert done.stderr.count("\n") == 1


def pytest_run(project: Project, *arguments: str, ini: str = "") -> subprocess.CompletedProcess[str]:
    project.write("pytest.ini", f"[pytest]\nverify_claims = claims\naddopts = -p verify.pytest_plugin\n{ini}")
    project.write("conftest.py", "from verify import workers\nworkers.default_jobs = lambda: 2\n")
    return run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)


def test_the_plugin_checks_the_certificates_of_a_run_on_all_cores(acting: Project) -> None:
    done = pytest_run(acting, "-k", "slow or first or second or dies")
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "dies: the certificate could not be checked: its worker process died" in done.stdout
    by_claim = processes(acting)
    assert set(by_claim) == {"slow", "first", "second", "dies"}, "only those of the run"
    assert by_claim["slow"] != by_claim["first"]


def test_a_missing_certificate_costs_only_its_own_item(acting: Project) -> None:
    (acting.folder / "reports" / "certificates" / "first.json").unlink()
    done = pytest_run(acting, "-k", "first or second or last")
    assert "1 failed, 2 passed" in done.stdout
    assert "first.json is missing" in done.stdout


def test_under_xdist_each_process_checks_its_own_items(acting: Project) -> None:
    done = pytest_run(acting, "-n", "2", "-k", "slow or first or second or last")
    assert "4 passed" in done.stdout, done.stdout + done.stderr
    assert sorted(line.split()[0] for line in log(acting)) == ["first", "last", "second", "slow"], (
        "none is checked twice"
    )


def test_a_certificate_of_claims_that_stand_elsewhere_is_replayed_beside_their_file(empty_project: Project) -> None:
    text = "import sympy as sp\nfrom verify import Claim\nx = sp.Symbol('x', real=True)\n"
    own = empty_project.write("mine.py", text + "mine = Claim('mine', given=[x > 1], show=x > 0)\n")
    recorded = empty_project.verify("check", str(own), "--record", "--ledger", "kept/ledger.json", "--budget", "quick")
    assert recorded.returncode == 0, recorded.stderr
    certificate = "kept/certificates/mine.json"
    alone = empty_project.verify("replay", certificate)
    assert alone.returncode == 2
    assert f"{certificate} is of 'mine', which is no claim here" in alone.stderr
    beside = empty_project.verify("replay", "mine.py", certificate)
    assert beside.returncode == 0, beside.stderr
    assert verdicts(beside)[0] == ("mine", "accepted")
