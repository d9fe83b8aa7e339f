"""``coqc`` in its own process, on one file, with limits of time and memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Stated where Coq is missing.
MISSING = "coqc is not installed (Debian: apt-get install coq), so Coq itself was not run"
#: Limits of one file: seconds and megabytes.
SECONDS, MEMORY_MB = 1800, 6000

Status = Literal["accepted", "rejected", "stopped", "missing"]


@dataclass(frozen=True)
class Answer:
    """What Coq said of a file; ``reason`` says why it was not accepted."""

    status: Status
    reason: str = ""


def coqc() -> str | None:
    """Where Coq's compiler is, None where it is not installed."""
    return shutil.which("coqc")


def digest(text: str) -> str:
    """The sha256 of a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def run_coq(text: str, seconds: int = SECONDS, memory_mb: int = MEMORY_MB, program: str | None = None) -> Answer:
    """Let Coq check a file. Never raises for what Coq does.

    Args:
        text: the whole file.
        program: the compiler; without it the one that is found on the path.
    """
    program = program if program is not None else coqc()
    if program is None:
        return Answer("missing", MISSING)
    with tempfile.TemporaryDirectory(prefix="verify-coq-") as folder:
        path = Path(folder) / "claim.v"
        path.write_text(text)
        return _run([program, "-q", "-noglob", str(path)], Path(folder), seconds, memory_mb)


def _run(command: list[str], folder: Path, seconds: int, memory_mb: int) -> Answer:
    limited = ["/bin/sh", "-c", 'ulimit -v "$0" && exec "$@"', str(memory_mb << 10), *command]
    # no settings of the user's own: a COQPATH could put another library in the place of Coq's
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COQ")}
    try:
        process = subprocess.Popen(
            limited,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=folder,
            env=environment,
            start_new_session=True,  # a group of its own, so that killing it reaches its children too
        )
    except OSError as reason:
        return Answer("stopped", f"coqc could not be started: {reason}")
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return Answer("stopped", f"coqc was stopped after {seconds} s")
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    said = " ".join((errors or output).split())
    if process.returncode == 0:
        return Answer("accepted")
    if process.returncode < 0 or re.search(r"Out of memory|Stack overflow|Cannot allocate", said):
        return Answer("stopped", f"coqc ended at its limits: {said[:200] or f'signal {-process.returncode}'}")
    place = re.search(r"line \d+", said)
    error = said.rpartition("Error:")[2].strip() or said
    return Answer("rejected", f"coqc rejects {place.group() if place else 'the file'}: {error[:300]}")
