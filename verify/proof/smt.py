"""z3 and cvc5, each in a process of its own, within limits of work and memory, and of time as a backstop."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import VerifyError
from verify.lowering.smt import Script, smtlib

SOLVERS = ("z3", "cvc5")
#: Starts one solver; its name, work and memory follow.
WORKER = (sys.executable, "-m", "verify.proof.smt_worker")
#: The most of each limit that a certificate can ask for.
_MOST = {"work": 10**10, "memory_mb": 16_384, "seconds": 3600}
#: A replay gets this many times the seconds of the first run: they are only a backstop.
_REPLAY_PATIENCE = 4


@dataclass(frozen=True)
class Limits:
    """What one solver may use: its own units of work, megabytes, and seconds as a backstop."""

    work: int = 20_000_000
    memory_mb: int = 2048
    seconds: int = 20

    def as_json(self) -> dict[str, int]:
        """As a certificate keeps them."""
        return {"work": self.work, "memory_mb": self.memory_mb, "seconds": self.seconds}


@dataclass(frozen=True)
class Answer:
    """What became of one solver.

    Attributes:
        status: unsat, sat, unknown, killed (by the backstop), missing (cannot be imported) or died.
        reason: one line, for every status but unsat and sat.
        model: for sat, values of symbols; never trusted.
        rounded: the symbols whose value is a rational approximation.
    """

    solver: str
    status: str
    reason: str = ""
    model: dict[sp.Symbol, Fraction] = field(default_factory=dict)
    rounded: tuple[sp.Symbol, ...] = ()


def ask(
    hypotheses: Sequence[Boolean],
    conclusion: Boolean,
    limits: Limits,
    solvers: Sequence[str] = SOLVERS,
    command: Sequence[str] = WORKER,
) -> list[Answer]:
    """Ask solvers side by side for a point where the implication fails; unsat means that there is none.

    Never raises for what a solver does: one that is missing, hangs or dies says so in its answer.
    """
    try:
        script = smtlib(hypotheses, conclusion)
    except VerifyError as reason:
        return [Answer(solver, "unknown", f"{solver} was not asked: {reason}") for solver in solvers]
    with ThreadPoolExecutor(max_workers=len(solvers) or 1) as pool:
        return list(pool.map(lambda solver: _run(solver, script, limits, command), solvers))


def solver_models(
    hypotheses: Sequence[Boolean], conclusion: Boolean, limits: Limits
) -> list[dict[sp.Symbol, Fraction]]:
    """Candidate points where the implication fails, to be certified by others."""
    return [answer.model for answer in ask(hypotheses, conclusion, limits) if answer.status == "sat" and answer.model]


def solve(solver: str, hypotheses: Sequence[Boolean], conclusion: Boolean, limits: Mapping[str, Any]) -> bool:
    """Whether a solver confirms an implication within a certificate's limits: the kernel's callback for replay."""
    if set(limits) != set(_MOST):
        return False
    allowed = {name: min(int(limits[name]), most) for name, most in _MOST.items()}
    allowed["seconds"] *= _REPLAY_PATIENCE
    return ask(hypotheses, conclusion, Limits(**allowed), [solver])[0].status == "unsat"


def _run(solver: str, script: Script, limits: Limits, command: Sequence[str]) -> Answer:
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    try:
        process = subprocess.Popen(
            [*command, solver, str(limits.work), str(limits.memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a group of its own, so that killing it reaches its children too
            env=environment,
        )
    except OSError as reason:
        return Answer(solver, "died", f"{solver} could not be started: {reason}")
    with process:
        try:
            output, errors = process.communicate(script.text, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            return Answer(solver, "killed", f"{solver} was stopped after {limits.seconds} s")
        except (OSError, ValueError) as reason:
            return Answer(solver, "died", f"{solver} died: {reason}")
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    return _answer(solver, output, errors, script)


def _answer(solver: str, output: str, errors: str, script: Script) -> Answer:
    try:
        data = json.loads(output)
        status, reason = str(data["status"]), " ".join(str(data.get("reason", "")).split())
        values = {script.symbols[n]: Fraction(v) for n, v in data.get("model", {}).items() if n in script.symbols}
        rounded = tuple(script.symbols[name] for name in data.get("rounded", []) if name in script.symbols)
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        last = (errors.strip().splitlines() or ["it gave no answer"])[-1]
        return Answer(solver, "died", f"{solver} died: {last[:200]}")
    if status in ("sat", "unsat"):
        return Answer(solver, status, "", values, rounded)
    if status == "missing":
        return Answer(solver, "missing", f"{solver} is missing: {reason}")
    return Answer(solver, "unknown", f"{solver} does not know: {reason or 'no reason given'}")
