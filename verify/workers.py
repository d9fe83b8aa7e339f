"""Each claim decided in a process of its own, so that one that hangs or dies costs no other its verdict."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from verify.errors import Contradiction, InputError, VerifyError
from verify.result import Certificate, Result, Searched

if TYPE_CHECKING:
    from verify.statement.claim import Claim

#: Seconds after which a claim's worker is stopped. Budgets count work; this only contains a worker that hangs.
BACKSTOP_SECONDS = {"quick": 300, "standard": 1800, "deep": 6 * 3600}
BUDGETS = tuple(BACKSTOP_SECONDS)
#: Address space of one worker; beyond it an allocation fails and the claim is undecided.
BACKSTOP_BYTES = 12 * 2**30
#: The environment of the workers: string hashes and linear algebra must not differ from run to run or host to host.
ENVIRONMENT = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
#: Names the claims that the server process loads once for all workers.
PRELOAD_VARIABLE = "VERIFY_PRELOAD"

#: How a worker ended: with a result, stopped by a limit that contains it, or by a fault.
Ending = Literal["result", "stopped", "failed"]


@dataclass(frozen=True)
class Order:
    """What all workers of a run are told."""

    selects: tuple[str, ...]
    start: Path
    budget: str
    seed: int


def default_jobs() -> int:
    """As many workers as there are cores for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Running:
    process: Any
    connection: Connection
    claim: Claim
    deadline: float


def decide_all(
    order: Order,
    claims: Sequence[Claim],
    known: Mapping[str, Certificate],
    jobs: int,
    finished: Callable[[Claim, Result, Ending], None],
    progress: Callable[[Claim | None, str], None],
) -> None:
    """Decide claims, ``jobs`` at a time.

    Args:
        known: recorded certificates by id, to be replayed first.
        finished: told of each claim, its result, and how its worker ended.
        progress: told what a claim's worker is doing, and regularly of nothing.

    Raises:
        Contradiction: a proof and a witness of the same thing; the other workers are stopped.
        InputError: a worker meets an input error that the caller did not.
    """
    context = _context()
    waiting = list(reversed(claims))
    running: dict[Connection, _Running] = {}
    try:
        with _environment(order):
            while waiting or running:
                while waiting and len(running) < jobs:
                    worker = _started(context, order, waiting.pop(), known)
                    running[worker.connection] = worker
                for worker in _ready(running):
                    kind, text = _message(worker)
                    if kind == "progress":
                        progress(worker.claim, text)
                        continue
                    del running[worker.connection]
                    _stop(worker)
                    finished(worker.claim, *_outcome(order, worker.claim, kind, text))
                progress(None, "")
    finally:
        for worker in running.values():
            _stop(worker)


def _context() -> BaseContext:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload(["verify.preload"])
    return context


@contextlib.contextmanager
def _environment(order: Order) -> Iterator[None]:
    """The workers' environment, while they are started."""
    wanted = ENVIRONMENT | {PRELOAD_VARIABLE: json.dumps([list(order.selects), str(order.start)])}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _started(context: BaseContext, order: Order, claim: Claim, known: Mapping[str, Certificate]) -> _Running:
    receiver, sender = context.Pipe(duplex=False)
    task = msgspec.json.encode(known.get(claim.id))
    process = context.Process(target=_work, args=(sender, order, claim.id, claim.fingerprint, task))  # type: ignore[attr-defined]  # typeshed has it on the concrete contexts only
    process.start()
    sender.close()
    return _Running(process, receiver, claim, time.monotonic() + BACKSTOP_SECONDS[order.budget])


def _ready(running: Mapping[Connection, _Running]) -> list[_Running]:
    """The workers that said something, ended, or ran out of time."""
    handles: list[Any] = [handle for w in running.values() for handle in (w.connection, w.process.sentinel)]
    signalled = set(wait(handles, timeout=0.2))
    now = time.monotonic()
    return [
        worker
        for worker in running.values()
        if worker.connection in signalled or worker.process.sentinel in signalled or now > worker.deadline
    ]


def _message(worker: _Running) -> tuple[str, str]:
    """What a worker said (progress, result, contradiction, input, stopped or failed), and the text of it."""
    try:
        if worker.connection.poll():
            kind, text = json.loads(worker.connection.recv_bytes())
            return kind, text
        if time.monotonic() > worker.deadline:
            return "stopped", "it was stopped at the time limit that contains a worker which hangs"
    except (EOFError, OSError):
        pass
    worker.process.join(timeout=5)
    return "failed", f"its worker process died (exit code {worker.process.exitcode})"


def _outcome(order: Order, claim: Claim, kind: str, text: str) -> tuple[Result, Ending]:
    if kind == "contradiction":
        raise Contradiction(text)
    if kind == "input":
        raise InputError(text)
    if kind == "result":
        return msgspec.json.decode(text, type=Result), "result"
    searched = Searched(budget=order.budget, seed=order.seed, points=0)
    result = Result(id=claim.id, verdict="undecided", searched=searched, notes=[f"not decided: {text}"])
    return result, "stopped" if kind == "stopped" else "failed"


def _stop(worker: _Running) -> None:
    """End a worker and whatever it has started."""
    process = worker.process
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg") and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    if process.is_alive():
        process.kill()
    process.join(timeout=5)
    worker.connection.close()


# --- in the worker ------------------------------------------------------------------------------------------------


def _work(connection: Connection, order: Order, claim_id: str, fingerprint: str, known: bytes) -> None:
    """Decide one claim and send the result; the body of a worker process."""
    _isolate()

    def say(kind: str, text: str) -> None:
        connection.send_bytes(json.dumps([kind, text]).encode())

    try:
        result = _decide(order, claim_id, fingerprint, msgspec.json.decode(known), lambda text: say("progress", text))
    except Contradiction as reason:
        say("contradiction", str(reason))
    except InputError as reason:
        say("input", str(reason))
    except MemoryError:
        say("stopped", f"it needed more than the {BACKSTOP_BYTES >> 30} GiB that contain a worker")
    except Exception as reason:  # a fault in deciding one claim must not cost the others theirs
        what = " ".join(str(reason).split())
        say("failed", what if isinstance(reason, VerifyError) else f"{type(reason).__name__} in deciding it: {what}")
    else:
        say("result", msgspec.json.encode(result, order="deterministic").decode())


def _decide(
    order: Order, claim_id: str, fingerprint: str, known: Certificate | None, progress: Callable[[str], None]
) -> Result:
    from verify.collect import collect
    from verify.decide import check

    for claim in collect(order.selects, order.start).universe:
        if claim.id == claim_id and claim.fingerprint == fingerprint:
            result: Result = check(claim, budget=order.budget, seed=order.seed, known=known, progress=progress)
            return result
    raise InputError(f"the claim {claim_id} changed while it was checked; start again")


def _isolate() -> None:
    """A process group and a memory limit of its own, nothing on standard output, and an end when the parent ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (BACKSTOP_BYTES, BACKSTOP_BYTES))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)
