"""The command line, as a user meets it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT, TOY_CLAIMS, Project

POINT = ["beta=1", "eta=1/2", "rho=1", "w=1", "--loss", "quadratic(h=1)"]
EVAL_FIELDS = [
    "id",
    "admissible",
    "violated",
    "holds",
    "reason",
    "part",
    "lhs",
    "rhs",
    "margin",
    "times",
    "state",
    "arithmetic",
    "bits",
]
ENTRY_FIELDS = [
    "title",
    "source",
    "kind",
    "parent",
    "verdict",
    "grade",
    "readings",
    "parts",
    "witness",
    "undefined_at",
    "certificate",
    "searched",
    "tried",
    "uses",
    "rests_on_refuted",
    "repaired_by",
]


# --- list, show -----------------------------------------------------------------------------------------------------


def test_list_names_every_claim_with_its_record(project: Project) -> None:
    done = project.verify("list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    claims = json.loads(done.stdout)["claims"]
    assert [claim["id"] for claim in claims] == ["square", "above", "resting", "above/repaired"]
    assert claims[0] == {
        "id": "square",
        "title": "Squares",
        "source": "Line 1",
        "kind": "theorem",
        "parent": None,
        "verdict": None,
    }
    assert claims[3]["parent"] == "above"


def test_list_of_a_glob_is_a_table_without_colour_in_a_pipe(project: Project) -> None:
    done = project.verify("list", "above*")
    assert "\x1b" not in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == ["above", "above/repaired"]


def test_show_has_the_fields_of_the_contract(empty_project: Project) -> None:
    done = empty_project.verify("show", "lemma-9", "--json")
    shown = json.loads(done.stdout)
    assert list(shown) == [
        "id",
        "title",
        "source",
        "kind",
        "parent",
        "verdict",
        "parameters",
        "losses",
        "quantified",
        "given",
        "show",
        "parts",
        "latex",
        "readings",
        "uses",
        "grade",
        "witness",
        "certificate",
    ]
    assert shown["parameters"] == ["beta", "eta", "rho", "w"]
    assert shown["losses"] == ["quadratic", "huber", "logcosh", "convex"]
    assert "beta > 0" in shown["given"]
    assert shown["verdict"] is None


def test_show_of_readings_names_each_with_its_meaning(empty_project: Project) -> None:
    shown = json.loads(empty_project.verify("show", "theorem-6", "--json").stdout)
    assert [reading["name"] for reading in shown["readings"]] == ["factor", "polynomial"]
    assert all(reading["text"] for reading in shown["readings"])
    assert shown["parameters"] == []
    assert "eta" in shown["quantified"]


def test_an_unknown_id_is_answered_with_the_nearest_ones(project: Project) -> None:
    done = project.verify("show", "sqare")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: unknown claim 'sqare' (did you mean square?)\n"


# --- eval -----------------------------------------------------------------------------------------------------------


def test_eval_answers_with_the_fields_of_the_contract(empty_project: Project) -> None:
    done = empty_project.verify("eval", "lemma-9", *POINT, "--json")
    answer = json.loads(done.stdout)
    assert list(answer) == EVAL_FIELDS
    assert (done.returncode, answer["holds"]) == (0, True)
    assert (answer["lhs"], answer["rhs"], answer["margin"]) == ("0", "1/4", "1/4")


@pytest.mark.parametrize(
    ("point", "code"),
    [
        (["x=2"], 0),
        (["x=1/2"], 1),
        (["x=-1"], 2),
        (["x=one"], 2),
        (["y=1"], 2),
        ([], 2),
        (["x"], 2),
        (["x=1", "x=2"], 2),
    ],
)
def test_eval_says_by_its_exit_code_what_a_point_shows(project: Project, point: list[str], code: int) -> None:
    done = project.verify("eval", "above", *point)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_eval_for_people_names_values_sides_margin_and_answer(project: Project) -> None:
    done = project.verify("eval", "above", "x=1/2")
    lines = {line.split("  ")[0].strip(): line for line in done.stdout.splitlines()[1:]}
    assert "x = 1/2" in lines["at"]
    assert lines["left side"].endswith("1/2")
    assert lines["right side"].endswith(" 1")
    assert lines["margin"].endswith("-1/2")
    assert "no (exactly)" in lines["holds"]


def test_eval_of_a_claim_without_a_point_says_why(empty_project: Project) -> None:
    done = empty_project.verify("eval", "theorem-6", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 3
    assert answer["holds"] is None
    assert "binds everything it speaks of" in answer["reason"]
    assert empty_project.verify("eval", "theorem-10.class").returncode == 3
    assert empty_project.verify("eval", "theorem-6", "eta=1").returncode == 2


def test_eval_from_a_stream_answers_every_line_in_order(empty_project: Project) -> None:
    values = {"beta": "1", "eta": "1/2", "rho": "1", "w": "1"}
    points = [
        {"id": "lemma-9", "values": values, "loss": "quadratic(h=1)"},
        {"id": "lemma-9", "values": values | {"eta": "3"}, "loss": "quadratic(h=1)", "reading": None},
        {"id": "theorem-6"},
        {"id": "lema-9", "values": {}},
        {"id": "lemma-9", "values": values | {"eta": 0.5}},
        {"id": "lemma-9", "value": values},
    ]
    lines = [json.dumps(point) for point in points]
    lines[2:2] = ["not json", ""]
    done = empty_project.verify("eval", "--from", "-", text="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [answer.get("exit") for answer in answers] == [0, 2, None, 3, None, None, None]
    assert "line 3" in answers[2]["error"]
    assert "did you mean lemma-9" in answers[4]["error"]
    assert '"0.5"' in answers[5]["error"]
    assert "unknown field 'value'" in answers[6]["error"]
    assert set(answers[0]) == {*EVAL_FIELDS, "exit"}


def test_eval_from_a_stream_answers_before_the_stream_ends(project: Project) -> None:
    command = [sys.executable, "-m", "verify", "eval", "--from", "-"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=project.folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write('{"id": "above", "values": {"x": "2"}}\n')
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["exit"] == 0
        running.stdin.close()
        assert running.wait(30) == 0


# --- check, replay --------------------------------------------------------------------------------------------------


def test_check_record_replay_and_check_again_agree(project: Project) -> None:
    first = project.verify("check", "--budget", "quick", "--json")
    assert first.returncode == 1, "a refuted claim that is not on record fails"
    assert "above: refuted, and nothing is recorded" in first.stderr
    found = json.loads(first.stdout)
    assert found["schema"] == 1
    entries = found["claims"]
    assert set(entries["above"]) == set(ENTRY_FIELDS)
    verdicts = {name: entry["verdict"] for name, entry in entries.items()}
    assert verdicts["above"] == "refuted"
    assert entries["resting"]["rests_on_refuted"] == ["above"]
    assert entries["above"]["repaired_by"] == ["above/repaired"]
    assert not (project.folder / "reports").exists()

    assert project.verify("check", "--budget", "quick", "--record").returncode == 0
    ledger = project.folder / "reports" / "ledger.json"
    recorded = {path: path.read_bytes() for path in ledger.parent.rglob("*.json")}
    assert json.loads(recorded[ledger]) == found
    assert len(recorded) > 1
    again = project.verify("check", "--budget", "quick", "--record")
    assert again.returncode == 0, again.stdout + again.stderr
    assert {path: path.read_bytes() for path in ledger.parent.rglob("*.json")} == recorded

    replayed = project.verify("replay")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    for jobs in ("1", "3"):
        assert project.verify("replay", "--jobs", jobs).stdout == replayed.stdout
    certificate = project.folder / "reports" / "certificates" / "above.json"
    assert project.verify("replay", str(certificate), str(ledger)).returncode == 0
    listed = json.loads(project.verify("list", "--json").stdout)["claims"]
    assert {claim["id"]: claim["verdict"] for claim in listed} == verdicts

    shown = json.loads(project.verify("show", "above", "--json").stdout)
    command = shown["witness"]["simplest"]["replay"].split()
    assert command[:3] == ["verify", "eval", "above"]
    assert project.verify(*command[1:]).returncode == 1

    data = json.loads(certificate.read_text())
    certificate.write_text(json.dumps(data)[:-20])
    broken = project.verify("replay", "above")
    assert broken.returncode == 1
    assert broken.stderr.startswith("above: the certificate ")
    assert "Traceback" not in broken.stderr


def test_a_verdict_that_differs_from_the_ledger_fails_until_it_is_recorded(project: Project) -> None:
    assert project.verify("check", "above/repaired", "--budget", "quick", "--record").returncode == 0
    ledger = project.folder / "reports" / "ledger.json"
    ledger.write_text(ledger.read_text().replace('"verdict": "proved"', '"verdict": "refuted"'))
    done = project.verify("check", "above/repaired", "--budget", "quick", "--fresh")
    assert done.returncode == 1
    assert "above/repaired: recorded as refuted, now proved" in done.stderr
    assert project.verify("replay").returncode == 1
    assert project.verify("check", "above/repaired", "--budget", "quick", "--fresh", "--record").returncode == 0
    assert project.verify("check", "above/repaired", "--budget", "quick").returncode == 0


def test_the_command_of_a_witness_works_for_a_file_outside_the_project_claims(project: Project) -> None:
    project.write("more claims/mine.py", TOY_CLAIMS.replace('"above"', '"higher"').replace('"square"', '"cube"'))
    done = project.verify("check", "./more claims/mine.py", "--budget", "quick", "--json")
    command = json.loads(done.stdout)["claims"]["higher"]["witness"]["simplest"]["replay"]
    assert command.startswith("verify eval 'more claims/mine.py:higher' x=")
    assert project.verify(*shlex.split(command)[1:]).returncode == 1
    done = project.verify("check", "claims/toy.py", "--budget", "quick", "--json")
    command = json.loads(done.stdout)["claims"]["above"]["witness"]["simplest"]["replay"]
    assert command.startswith("verify eval above x="), "as in a check of the whole project"


def test_the_number_of_jobs_changes_nothing(project: Project) -> None:
    one = project.verify("check", "--budget", "quick", "--jobs", "1", "--json")
    four = project.verify("check", "--budget", "quick", "--jobs", "4", "--json")
    assert one.stdout == four.stdout


# --- workers: a stand-in for deciding, in the worker process --------------------------------------------------------

#: Decides by what the title of a claim says.
STAND_IN = """
import os, time
from pathlib import Path
from verify.errors import Contradiction
from verify.result import Result, Searched

def check(claim, *, budget="standard", seed=0, known=None, progress=None, address=None):
    progress("thinking")
    print("noise")
    with Path("decided.txt").open("a") as log:
        log.write(claim.id + chr(10))
    if claim.title == "dies": os._exit(7)
    if claim.title == "hangs" and not Path("patient").exists(): time.sleep(600)
    if claim.title == "raises": raise ZeroDivisionError("no such thing")
    if claim.title == "hungry": bytearray(1 << 40)
    if claim.title == "contradicts": raise Contradiction(f"{claim.id} is proved, and refuted at x=1")
    return Result(id=claim.id, verdict="supported", searched=Searched(budget=budget, seed=seed, points=1))
"""
#: Every Python process that finds this on its path takes the stand-in for ``verify.decide``.
FINDER = """
import importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, {place!r}) if name == "verify.decide" else None

sys.meta_path.insert(0, Finder())
"""


@pytest.fixture
def acting(project: Project) -> Project:
    """Claims whose title says what becomes of the worker that decides them."""
    titles = ["first", "dies", "raises", "hungry", "hangs", "last"]
    lines = ["import sympy as sp", "from verify import Claim", "x = sp.Symbol('x', real=True)", "CLAIMS = ["]
    lines += [f"    Claim({title!r}, title={title!r}, over=x, show=x >= 0)," for title in [*titles, "contradicts"]]
    project.write("claims/toy.py", "\n".join([*lines, "]"]))
    place = project.write("stand_in/deciding.py", STAND_IN)
    project.write("stand_in/sitecustomize.py", FINDER.format(place=str(place)))
    return project


def start(
    project: Project, *arguments: str, command: Sequence[str] = ("-m", "verify", "check")
) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": f"{project.folder / 'stand_in'}{os.pathsep}{ROOT}"}
    return subprocess.Popen(
        [sys.executable, *command, *arguments],
        cwd=project.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path: Path, text: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < end, f"{text!r} never came to {path}"
        time.sleep(0.05)


def test_a_worker_that_dies_or_fails_costs_only_its_own_claim(acting: Project) -> None:
    with start(acting, "first", "dies", "raises", "hungry", "last", "--jobs", "2") as running:
        out, errors = running.communicate(timeout=120)
    assert running.returncode == 1, "a fault of ours is no finding"
    assert [line.split(":")[0] for line in errors.splitlines()] == ["dies", "raises"]
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    assert "supported" in rows["first"]
    assert "supported" in rows["last"]
    assert "its worker process died (exit code 7)" in rows["dies"]
    assert "ZeroDivisionError in deciding it: no such thing" in rows["raises"]
    assert "12 GiB" in rows["hungry"]
    assert "noise" not in out + errors
    assert out.splitlines()[-1] == "5 claims: 2 supported, 3 undecided"


def test_a_worker_that_hangs_is_stopped(acting: Project) -> None:
    patched = (
        "from verify import workers; workers.BACKSTOP_SECONDS['quick'] = 2; from verify.cli import run; exit(run())"
    )
    command = ["-c", patched, "check", "hangs", "last", "--budget", "quick"]
    with start(acting, command=command) as running:
        out, _ = running.communicate(timeout=60)
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    assert "stopped at the time limit" in rows["hangs"]
    assert "supported" in rows["last"]
    assert running.returncode == 0, "undecided without a record passes"


def test_a_contradiction_ends_the_run_and_records_nothing(acting: Project) -> None:
    with start(acting, "first", "contradicts", "--record") as running:
        out, errors = running.communicate(timeout=120)
    assert (running.returncode, out) == (3, "")
    assert errors == "error: contradiction: contradicts is proved, and refuted at x=1\n"
    assert not (acting.folder / "reports").exists()


def test_ctrl_c_says_what_is_kept_and_the_same_command_continues(acting: Project) -> None:
    log = acting.folder / "decided.txt"
    with start(acting, "first", "hangs", "last", "--jobs", "1", "--record") as running:
        wait_for(log, "hangs")
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert errors == "error: interrupted: 1 of 3 claims are decided; the same command continues there\n"
    continue_to_the_end(acting, log)


def test_a_killed_run_continues_where_it_stopped_and_ends_with_the_same_bytes(acting: Project) -> None:
    log = acting.folder / "decided.txt"
    with start(acting, "first", "hangs", "last", "--jobs", "1", "--record") as running:
        wait_for(log, "hangs")
        running.kill()
        running.communicate(timeout=30)
    assert not (acting.folder / "reports").exists()
    continue_to_the_end(acting, log)


def continue_to_the_end(acting: Project, log: Path) -> None:
    ledger = acting.folder / "reports" / "ledger.json"
    (acting.folder / "patient").touch()
    log.unlink()
    with start(acting, "first", "hangs", "last", "--jobs", "1", "--record") as running:
        _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (0, "")
    assert log.read_text().split() == ["hangs", "last"], "what was decided is not decided again"
    continued = ledger.read_bytes()
    assert not (acting.folder / ".verify-cache").exists()
    ledger.unlink()
    with start(acting, "first", "hangs", "last", "--record") as running:
        running.communicate(timeout=60)
    assert ledger.read_bytes() == continued


def test_a_recorded_verdict_survives_a_worker_that_dies(acting: Project) -> None:
    with start(acting, "first", "--record") as running:
        running.communicate(timeout=60)
    ledger = acting.folder / "reports" / "ledger.json"
    before = ledger.read_bytes()
    claims = acting.folder / "claims" / "toy.py"
    claims.write_text(claims.read_text().replace("title='first'", "title='dies'"))
    with start(acting, "first", "--record") as running:
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "what is recorded stays (supported)" in errors
    assert ledger.read_bytes() == before
    ledger.unlink()
    with start(acting, "first", "last", "--record") as running:
        running.communicate(timeout=60)
    assert running.returncode == 1
    assert list(json.loads(ledger.read_text())["claims"]) == ["last"]


def test_strict_fails_on_what_is_not_decided(acting: Project) -> None:
    with start(acting, "first") as running:
        assert running.communicate(timeout=60) and running.returncode == 0
    with start(acting, "first", "--strict") as running:
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "--strict does not accept" in out


def test_progress_is_shown_on_a_terminal_only_and_on_standard_error(acting: Project) -> None:
    leader, follower = pty.openpty()
    environment = os.environ | {"PYTHONPATH": f"{acting.folder / 'stand_in'}{os.pathsep}{ROOT}", "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, "-m", "verify", "check", "first", "--json"],
        cwd=acting.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=follower,
        timeout=60,
        check=False,
    )
    os.close(follower)
    assert json.loads(done.stdout)["schema"] == 1
    assert b"checking" in os.read(leader, 100_000)
    os.close(leader)


# --- the whole --------------------------------------------------------------------------------------------------------


def test_help_names_the_commands_and_answers_at_once(empty_project: Project) -> None:
    def seconds(*arguments: str) -> float:
        """Processor time, which other processes do not lengthen much."""
        took = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(took)

    text = empty_project.verify("--help").stdout
    for command in ("list", "show", "eval", "check", "replay", "report"):
        assert f"  {command} " in text
    assert seconds("-m", "verify", "--help") - seconds("-c", "pass") < 0.3


def test_a_reader_that_goes_away_gets_no_complaint(empty_project: Project) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m verify list --json | true"
    folder = empty_project.folder
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
