"""Bad input at the command line: one clear sentence on standard error, exit code 2, and never a traceback."""

from __future__ import annotations

import subprocess

import pytest

from tests.conftest import Project
from verify import evaluate
from verify.collect import find_claim
from verify.errors import InputError

LEMMA_9 = {"beta": 1, "eta": "1/2", "rho": 1, "w": 1}


def require_one_sentence(done: subprocess.CompletedProcess[str], part: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert part in done.stderr


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["sho", "square"], "No such command 'sho'"),
        (["show"], "Missing argument 'ID'"),
        (["show", "square", "--jsn"], "--jsn"),
        (["check", "--seed", "one"], "Invalid value for '--seed'"),
        (["check", "--seed", "-1"], "--seed -1 must be 0 or more"),
        (["check", "--jobs", "0"], "--jobs 0 must be 1 or more"),
        (["check", "--budget", "huge"], "it is one of quick, standard, deep"),
        (["check", "no-such-claim"], "unknown claim 'no-such-claim'"),
        (["check", "zz*"], "no claim matches 'zz*'"),
        (["list", "missing.py"], "missing.py does not exist"),
        (["eval"], "eval needs the id of a claim"),
        (["eval", "above", "x"], "'x' must be written name=value"),
        (["eval", "above", "=1"], "'=1' must be written name=value"),
        (["eval", "above", "x=1", "x=2"], "x is given twice"),
        (["eval", "above", "x=0.5.1"], "is no number"),
        (["eval", "above", "x=1/0"], "divides by zero"),
        (["eval", "above", "x=nan"], "is no number"),
        (["eval", "above", "x=__import__('os')"], "is no number"),
        (["eval", "above"], "missing parameter x"),
        (["eval", "above", "x=1", "z=1"], "unknown parameter z"),
        (["eval", "above", "x=1", "--loss", "quadratic(h=1)"], "speaks of no loss"),
        (["eval", "above", "x=1", "--reading", "other"], "reading 'other' of above is unknown"),
        (["eval", "--from", "missing.jsonl"], "missing.jsonl cannot be read"),
        (["eval", "above", "--from", "-"], "give only FILE"),
        (["replay"], "nothing is recorded"),
        (["replay", "missing.json"], "missing.json cannot be read"),
        (["report"], "nothing is recorded"),
        (["check", "--ledger", "claims"], "claims cannot be read"),
    ],
)
def test_a_bad_argument_is_refused_in_one_sentence(project: Project, arguments: list[str], part: str) -> None:
    require_one_sentence(project.verify(*arguments), part)


@pytest.mark.parametrize(
    ("loss", "part"),
    [
        ("cubic(h=1)", "'cubic' is not in this claim's class; it takes quadratic, huber"),
        ("quadratic(h=1", "must be written NAME(param=value,...)"),
        ("quadratic(q=1)", "the parameters of quadratic are"),
        ("quadratic(h=one)", "is no number"),
        ("quadratic(h=1,h=2)", "gives h twice"),
    ],
)
def test_a_bad_loss_is_refused_in_one_sentence(empty_project: Project, loss: str, part: str) -> None:
    point = [f"{name}={value}" for name, value in LEMMA_9.items()]
    require_one_sentence(empty_project.verify("eval", "lemma-9", *point, "--loss", loss), part)


def test_a_missing_loss_is_named_with_the_losses_that_serve(empty_project: Project) -> None:
    point = [f"{name}={value}" for name, value in LEMMA_9.items()]
    require_one_sentence(
        empty_project.verify("eval", "lemma-9", *point), "needs a loss: give --loss with one of quadratic"
    )


def test_a_claims_file_that_raises_is_named_with_its_line(project: Project) -> None:
    project.write("claims/broken.py", "import sympy\n\nsympy.nothing\n")
    done = project.verify("list")
    require_one_sentence(done, "broken.py, line 3: importing the claims raised AttributeError")


def test_a_damaged_ledger_stops_every_command_and_stays(project: Project) -> None:
    ledger = project.write("reports/ledger.json", '{"schema": 1, "claims": {')
    for arguments in (
        ["list"],
        ["show", "square"],
        ["check"],
        ["check", "--fresh", "--record"],
        ["replay"],
        ["report"],
    ):
        require_one_sentence(project.verify(*arguments), "ledger.json is no intact ledger")
    assert ledger.read_text() == '{"schema": 1, "claims": {'


def test_without_arguments_the_help_is_shown_and_the_exit_code_is_2(project: Project) -> None:
    done = project.verify()
    assert done.returncode == 2
    assert "Commands:" in done.stdout


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (0.5, r'w=0\.5 is a float, whose value is not exactly what it prints; write w="0\.5" or w=Fraction\(1, 2\)'),
        (float("nan"), "w=nan is a float"),
        (True, "w=True is no number"),
        (None, "w=None is no number"),
        ("half", "w='half' is no number"),
    ],
)
def test_evaluate_refuses_what_is_no_exact_number(value: object, part: str) -> None:
    with pytest.raises(InputError, match=part):
        evaluate(find_claim("lemma-9"), "quadratic(h=1)", **(LEMMA_9 | {"w": value}))  # type: ignore[arg-type]  # as a caller without type checks


def test_evaluate_takes_every_exact_number() -> None:
    from fractions import Fraction

    import sympy as sp

    claim = find_claim("lemma-9")
    answers = [
        evaluate(claim, "quadratic(h=1)", **(LEMMA_9 | {"eta": value})).json()
        for value in ("0.5", "1/2", Fraction(1, 2), sp.Rational(1, 2))
    ]
    assert answers[0]["margin"] == "1/4"
    assert all(answer == answers[0] for answer in answers)
