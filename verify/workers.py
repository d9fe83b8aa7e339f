"""Each claim worked on in a process of its own, so that one that hangs or dies costs no other its verdict."""

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
from typing import TYPE_CHECKING, Any, Literal, Protocol

from verify.errors import Contradiction, InputError, VerifyError

if TYPE_CHECKING:
    from verify.statement.claim import Claim

#: Seconds after which a claim's worker is stopped. Budgets count work; this only contains a worker that hangs.
BACKSTOP_SECONDS = {"quick": 300, "standard": 1800, "deep": 6 * 3600}
BUDGETS = tuple(BACKSTOP_SECONDS)
#: Address space of one worker; beyond it an allocation fails and the worker is stopped.
BACKSTOP_BYTES = 12 * 2**30
#: The environment of the workers: string hashes and linear algebra must not differ from run to run or host to host.
ENVIRONMENT = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
#: Names the claims and the modules that the server process loads once for all workers.
PRELOAD_VARIABLE = "VERIFY_PRELOAD"

#: How a worker ended: with a result, stopped by a limit that contains it, or by a fault.
Ending = Literal["result", "stopped", "failed"]


class Work(Protocol):
    """What a worker does with its claim: a function of a module (or a partial of one), for it goes to the worker."""

    def __call__(self, claim: Claim, data: bytes, progress: Callable[[str], None], /) -> bytes:
        """The result, as JSON."""


@dataclass(frozen=True)
class Order:
    """What all workers of a run are told.

    Attributes:
        selects: what the claims are found by, from the folder ``start``.
        work: what is done with each.
        modules: what the work imports, loaded once for all workers.
        seconds: after which a worker is stopped that has not finished with a claim.
        lasting: whether a worker that has finished with a claim goes on with the next; else each gets a fresh one.
    """

    selects: tuple[str, ...]
    start: Path
    work: Work
    modules: tuple[str, ...]
    seconds: float
    lasting: bool = False


@dataclass(frozen=True)
class Task:
    """A claim, and what its worker is given besides: JSON."""

    claim: Claim
    data: bytes

    @property
    def encoded(self) -> bytes:
        """What the worker is sent."""
        return json.dumps([self.claim.id, self.claim.fingerprint, self.data.decode()]).encode()


def default_jobs() -> int:
    """As many workers as there are cores for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Running:
    process: Any
    connection: Connection
    number: int
    claim: Claim
    deadline: float


def run_all(
    order: Order,
    tasks: Sequence[Task],
    jobs: int,
    finished: Callable[[int, Ending, str], None],
    progress: Callable[[Claim | None, str], None],
) -> None:
    """Do the work on each task, ``jobs`` at a time.

    Args:
        finished: told of each task by its number, how its worker ended, and the result (JSON) or the reason.
        progress: told what a claim's worker is doing, and regularly of nothing.

    Raises:
        Contradiction: a proof and a witness of the same thing; the other workers are stopped.
        InputError: a worker meets an input error that the caller did not.
    """
    context = _context()
    waiting = list(reversed(list(enumerate(tasks))))
    running: dict[Connection, _Running] = {}
    try:
        with _environment(order):
            while waiting or running:
                while waiting and len(running) < jobs:
                    worker = _started(context, order, *waiting.pop())
                    running[worker.connection] = worker
                for worker in _ready(running):
                    kind, text = _message(worker)
                    if kind == "progress":
                        progress(worker.claim, text)
                        continue
                    number, ending = worker.number, _ending(kind, text)
                    if order.lasting and ending == "result" and waiting:
                        _go_on(worker, order, *waiting.pop())
                    else:
                        del running[worker.connection]
                        _stop(worker)
                    finished(number, ending, text)
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
    wanted = ENVIRONMENT | {PRELOAD_VARIABLE: json.dumps([order.selects, str(order.start), order.modules])}
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


def _started(context: BaseContext, order: Order, number: int, task: Task) -> _Running:
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, order, task.encoded))  # type: ignore[attr-defined]  # typeshed has it on the concrete contexts only
    process.start()
    theirs.close()
    return _Running(process, ours, number, task.claim, time.monotonic() + order.seconds)


def _go_on(worker: _Running, order: Order, number: int, task: Task) -> None:
    """Hand the next task to a worker that has finished one."""
    worker.number, worker.claim, worker.deadline = number, task.claim, time.monotonic() + order.seconds
    with contextlib.suppress(OSError):  # if it died meanwhile, it has nothing more to say, and that is noticed
        worker.connection.send_bytes(task.encoded)


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


def _ending(kind: str, text: str) -> Ending:
    if kind == "contradiction":
        raise Contradiction(text)
    if kind == "input":
        raise InputError(text)
    return "result" if kind == "result" else "stopped" if kind == "stopped" else "failed"


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


def _work(connection: Connection, order: Order, task: bytes) -> None:
    """Do the work on one claim after the other and send the results; the body of a worker process."""
    _isolate()

    def say(kind: str, text: str) -> None:
        connection.send_bytes(json.dumps([kind, text]).encode())

    say(*_answer(order, task, lambda text: say("progress", text)))
    while order.lasting:
        try:
            task = connection.recv_bytes()
        except EOFError:
            return
        say(*_answer(order, task, lambda text: say("progress", text)))


def _answer(order: Order, task: bytes, progress: Callable[[str], None]) -> tuple[str, str]:
    """What came of a task (result, contradiction, input, stopped or failed), and the text of it."""
    claim_id, fingerprint, data = json.loads(task)
    try:
        return "result", order.work(_found(order, claim_id, fingerprint), data.encode(), progress).decode()
    except Contradiction as reason:
        return "contradiction", str(reason)
    except InputError as reason:
        return "input", str(reason)
    except MemoryError:
        return "stopped", f"it needed more than the {BACKSTOP_BYTES >> 30} GiB that contain a worker"
    except Exception as reason:  # a fault in deciding one claim must not cost the others theirs
        what = " ".join(str(reason).split())
        return "failed", what if isinstance(reason, VerifyError) else f"{type(reason).__name__} in deciding it: {what}"


def _found(order: Order, claim_id: str, fingerprint: str) -> Claim:
    from verify.collect import collect

    for claim in collect(order.selects, order.start).universe:
        if claim.id == claim_id and claim.fingerprint == fingerprint:
            return claim
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
