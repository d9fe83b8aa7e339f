"""``verify figure``: a table, a picture, a record; input errors in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Project

CLAIMS = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import toy
from verify import Claim

CLAIMS = [
    Claim("figure-1", kind="experiment", title="Does it?"),
    Claim("figure-2", kind="experiment", title="A control passes"),
    Claim("figure-3", kind="experiment", title="Nothing runs it"),
]
EXPERIMENTS = {{"figure-1": "toy:make", "figure-2": lambda setting: toy.experiment(control=2.0)}}
"""


@pytest.fixture
def project(empty_project: Project) -> Project:
    empty_project.write("claims/mine.py", CLAIMS)
    return empty_project


def test_it_prints_effect_interval_rule_controls_and_outcome(project: Project) -> None:
    done = project.verify("figure", "figure-1")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("Does the first arm lie higher?", "95 % interval", "> 0.5", "control: same arm", "must fail"):
        assert words in done.stdout
    assert done.stdout.rstrip().endswith("reproduced")
    assert (project.folder / "reports" / "figures" / "figure-1.png").is_file()
    assert (project.folder / "reports" / "figures" / "figure-1.svg").is_file()
    assert (project.folder / "reports" / "experiments" / "figure-1.json").is_file()


def test_all_runs_what_can_be_run_and_an_invalid_one_is_exit_1(project: Project) -> None:
    done = project.verify("figure", "all", "--json", "--seeds", "3")
    found = json.loads(done.stdout)["experiments"]
    assert done.returncode == 1
    assert [(record["id"], record["outcome"]) for record in found] == [
        ("figure-1", "reproduced"),
        ("figure-2", "invalid"),
    ]
    assert [record["seeds"] for record in found] == [[10, 11, 12]] * 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["figure-3"], "nothing runs figure-3"),
        (["figure-7"], "figure-7"),
        (["figure-1", "--scale", "huge"], "--scale 'huge' is unknown; it is one of small, paper"),
        (["figure-1", "--device", "tpu"], "--device 'tpu' is unknown; it is one of cpu, cuda"),
        (["figure-1", "--data", "nowhere"], "--data nowhere is no folder"),
        (["figure-1", "--seeds", "1"], "--seeds 1 must be at least 2"),
        ([], "Missing argument"),
    ],
)
def test_bad_input_is_one_sentence(project: Project, arguments: list[str], sentence: str) -> None:
    done = project.verify("figure", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
