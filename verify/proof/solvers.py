"""z3 and cvc5 on one leaf, each in its own process with limits of work, memory and, as a backstop, time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.kernel.sequent import Leaf
from verify.lowering.smtlib import smtlib

SOLVERS = ("z3", "cvc5")
WORKER = (sys.executable, "-m", "verify.proof.solver_worker")


@dataclass(frozen=True)
class Limits:
    """What one solver call may use: solver work units, megabytes, and seconds as a backstop."""

    work: int = 4_000_000
    memory: int = 2048
    seconds: float = 10.0

    def json(self) -> dict[str, Any]:
        """As a certificate records them."""
        return {"work": self.work, "memory": self.memory, "seconds": self.seconds}


@dataclass(frozen=True)
class Answer:
    """What a solver said of a leaf.

    Attributes:
        status: ``unsat``, ``sat``, ``unknown``, or ``failed`` with the ``reason``.
        model: for ``sat``, a point (never trusted: algebraic numbers are rounded).
    """

    solver: str
    status: str
    reason: str = ""
    model: dict[sp.Symbol, Fraction] | None = None


def ask(leaf: Leaf, limits: Limits, solvers: Sequence[str] = SOLVERS, worker: Sequence[str] = WORKER) -> list[Answer]:
    """Ask solvers side by side whether a leaf has a real point; a solver that fails says so in its answer."""
    script = smtlib(leaf.symbols, [(atom.relation, atom.polynomial) for atom in leaf.atoms])
    running = [(solver, _start(solver, script, limits, worker)) for solver in solvers]
    return [_finish(solver, process, leaf, limits) for solver, process in running]


def _start(solver: str, script: str, limits: Limits, worker: Sequence[str]) -> subprocess.Popen[str] | str:
    command = [*worker, solver, str(limits.work), str(limits.memory)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(script)
        process.stdin.close()
        process.stdin = None
    except OSError as reason:
        return f"{solver} could not be started: {reason}"
    return process


def _finish(solver: str, process: subprocess.Popen[str] | str, leaf: Leaf, limits: Limits) -> Answer:
    if isinstance(process, str):
        return Answer(solver, "failed", process)
    try:
        output, errors = process.communicate(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        return Answer(solver, "failed", f"{solver} was stopped after {limits.seconds:g} s")
    except BaseException:
        _kill(process)
        raise
    try:
        data = json.loads(output)
        status = data["status"]
    except (ValueError, KeyError, TypeError):
        last = (errors.strip().splitlines() or ["no output"])[-1]
        return Answer(solver, "failed", f"{solver} died: {last[:200]}")
    if status not in ("sat", "unsat"):
        return Answer(solver, "unknown", f"{solver} does not know")
    return Answer(solver, status, "", _model(data.get("model", {}), leaf))


def _kill(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


def _model(values: dict[str, str], leaf: Leaf) -> dict[sp.Symbol, Fraction]:
    names = {f"v{place}": symbol for place, symbol in enumerate(leaf.symbols)}
    return {names[name]: Fraction(text) for name, text in values.items() if name in names}


def solve(solver: str, leaf: Leaf, limits: dict[str, Any]) -> bool:
    """Whether a solver confirms that a leaf is empty, within the limits of a certificate (for replay)."""
    allowed = Limits(
        min(int(limits.get("work", 0)) or Limits.work, 10**9),
        min(int(limits.get("memory", 0)) or Limits.memory, 8192),
        min(4 * float(limits.get("seconds", 0)) or Limits.seconds, 600.0),
    )
    return ask(leaf, allowed, [solver])[0].status == "unsat"
