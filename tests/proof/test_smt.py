"""The solvers: answers as data, whatever a solver does; and scripts in which nothing is free."""

from __future__ import annotations

import sys
import time
from fractions import Fraction

import pytest
import sympy as sp

from verify.errors import VerifyError
from verify.lowering.smt import smtlib
from verify.proof.smt import Answer, Limits, ask, solve, solver_models

x, y = sp.symbols("x y", real=True)
LIMITS = Limits(work=2_000_000, memory_mb=1024, seconds=20)


def statuses(answers: list[Answer]) -> list[str]:
    return [answer.status for answer in answers]


def pretend(program: str) -> list[str]:
    """A solver that does something else."""
    return [sys.executable, "-c", program]


@pytest.mark.parametrize(
    ("hypotheses", "conclusion"),
    [
        ([], sp.Ge(x**2 + y**2, 2 * x * y, evaluate=False)),
        ([x > 0], sp.Gt(1 / x, 0, evaluate=False)),
        ([], sp.Le(sp.Abs(x + y), sp.Abs(x) + sp.Abs(y), evaluate=False)),
        ([], sp.Ge(sp.Max(x, y, 1), sp.Min(x, y), evaluate=False)),
        ([x >= 0, y >= 0], sp.Le(sp.sqrt(x * y), (x + y) / 2, evaluate=False)),
        ([sp.Ne(x, 0)], sp.Eq(sp.sign(x) * sp.Abs(x), x, evaluate=False)),
        ([x > 0], sp.Gt(sp.sqrt(x) ** -1, 0, evaluate=False)),
        ([sp.Gt(1 / x, sp.Rational(1, 3))], sp.Lt(x, 4)),
    ],
)
def test_both_solvers_confirm_what_is_true(hypotheses: list[sp.Basic], conclusion: sp.Basic) -> None:
    assert statuses(ask(hypotheses, conclusion, LIMITS)) == ["unsat", "unsat"]


@pytest.mark.parametrize(
    ("hypotheses", "conclusion"),
    [
        ([], sp.Ge(1 / x**2, 0, evaluate=False)),  # no value at 0
        ([], sp.Ge(sp.sqrt(x), 0, evaluate=False)),  # no value below 0
        ([], sp.Ne(sp.sqrt(x), -1, evaluate=False)),
        ([], sp.Implies(x >= 0, sp.Gt(sp.sqrt(x) + 1 / x, 0, evaluate=False))),
        ([sp.Implies(sp.Gt(1 / x, 0, evaluate=False), y > 0)], sp.Or(y > 0, x < 0)),  # at x = 0 nothing is implied
        ([], sp.Ge(x * y, 0, evaluate=False)),
    ],
)
def test_a_point_without_a_value_is_a_counterexample(hypotheses: list[sp.Basic], conclusion: sp.Basic) -> None:
    assert statuses(ask(hypotheses, conclusion, LIMITS)) == ["sat", "sat"]


def test_a_model_names_a_point_in_exact_rationals() -> None:
    models = solver_models([sp.Eq(3 * x, 1), sp.Gt(y, 2)], sp.Lt(x + y, 2), LIMITS)
    assert len(models) == 2
    for model in models:
        assert model[x] == Fraction(1, 3)
        assert model[y] > 2


def test_an_algebraic_value_is_flagged_as_rounded() -> None:
    (answer,) = ask([sp.Eq(x**2, 2), x > 0], sp.false, LIMITS, ["z3"])
    assert answer.status == "sat"
    assert answer.rounded == (x,)
    assert abs(float(answer.model[x]) ** 2 - 2) < 1e-6


def test_rationals_are_written_as_quotients_and_never_as_decimals() -> None:
    text = smtlib([], sp.Le(x / 3 - sp.Rational(7, 2) * y, sp.Rational(-1, 10), evaluate=False)).text
    assert "(/ 1 3)" in text
    assert "(- (/ 7 2))" in text
    assert "." not in text


def test_a_function_without_counterpart_is_refused() -> None:
    with pytest.raises(VerifyError, match="exp"):
        smtlib([], sp.Gt(sp.exp(x), 0, evaluate=False))
    answers = ask([], sp.Gt(sp.exp(x), 0, evaluate=False), LIMITS)
    assert statuses(answers) == ["unknown", "unknown"]


def test_a_solver_that_hangs_is_killed_with_its_children() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    started = time.monotonic()
    (answer,) = ask([], x > 0, Limits(seconds=1), ["z3"], pretend(child))
    assert answer.status == "killed"
    assert "stopped after 1 s" in answer.reason
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise SystemExit('broken')",
        "print('unsat')",
        "print('{}')",
        "print('[]')",
        'print(\'{"status": "sat", "model": {"v0": "1/0"}}\')',
        "pass",
    ],
)
def test_a_solver_that_dies_or_babbles_is_an_answer_and_no_error(program: str) -> None:
    (answer,) = ask([], x > 0, LIMITS, ["z3"], pretend(program))
    assert answer.status == "died"
    assert answer.reason.startswith("z3 died: ")
    assert "\n" not in answer.reason


def test_a_solver_that_cannot_be_started_or_imported_is_an_answer() -> None:
    (answer,) = ask([], x > 0, LIMITS, ["z3"], ["/nonexistent/solver"])
    assert answer.status == "died"
    said = 'print(\'{"status": "missing", "reason": "No module named z3"}\')'
    (answer,) = ask([], x > 0, LIMITS, ["z3"], pretend(said))
    assert (answer.status, answer.reason) == ("missing", "z3 is missing: No module named z3")


def test_too_little_memory_ends_in_no_verdict() -> None:
    (answer,) = ask([], sp.Ge(x**2, 0, evaluate=False), Limits(memory_mb=20), ["z3"])
    assert answer.status in ("died", "unknown", "missing")


def test_replay_confirms_only_within_well_formed_limits() -> None:
    goal = sp.Ge(x**2, 0, evaluate=False)
    assert solve("z3", [], goal, LIMITS.as_json())
    assert not solve("z3", [], goal, {})
    assert not solve("cvc5", [], x > 0, LIMITS.as_json())
