"""Lane kernels as machine code: compiled once, kept on disk by the digest of their source, run on all cores."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from verify.lowering.lanes.emit import NAME, WIDTH, emit
from verify.lowering.lanes.program import ANSWERS, BLOCK, Program

Array = NDArray[np.float64]

#: Names another folder for the compiled kernels; an empty one keeps none.
FOLDER_VARIABLE = "VERIFY_KERNELS"

#: A file begins with the digest of the code that follows, so that a damaged one is compiled anew.
_SEAL = hashlib.sha256().digest_size

#: Another thread is asked for so many blocks of points, not for fewer.
BLOCKS_A_THREAD = 16


@dataclass(frozen=True)
class Answers:
    """What a kernel found for each point; the arrays of a watched margin by the names of ``ANSWERS``."""

    count: Array
    watched: tuple[dict[str, Array], ...]


class Kernel:
    """The compiled form of a program.

    Args:
        program: what is computed.
        width: lanes in one vector value (a power of 2 up to 64); the answers do not depend on it.
        chains: how many vectors are worked on together (a power of 2 up to 64/width); nor on this.
    """

    def __init__(self, program: Program, width: int = WIDTH, chains: int = 1) -> None:
        self.inputs = len(program.inputs)
        self.watched = len(program.last.watched)
        self.source = emit(program, width, chains)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the source and of what it is compiled for, which names its file."""
        return hashlib.sha256(f"{_host()}\n{self.source}".encode()).hexdigest()

    @cached_property
    def _function(self) -> tuple[Any, Any]:
        """The engine, which owns the code, and the function."""
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
        engine.add_object_file(llvm.ObjectFileRef.from_data(self._object_code()))
        engine.finalize_object()
        arguments = [*[ctypes.c_void_p] * 3, *[ctypes.c_int64] * 2]
        return engine, ctypes.CFUNCTYPE(None, *arguments)(engine.get_function_address(NAME))

    def _object_code(self) -> bytes:
        folder = kernel_folder()
        if folder is None:
            return self._compiled()
        path = folder / f"{self.digest}.o"
        with contextlib.suppress(OSError):
            kept = path.read_bytes()
            if hashlib.sha256(kept[_SEAL:]).digest() == kept[:_SEAL]:
                return kept[_SEAL:]
        code = self._compiled()
        with contextlib.suppress(OSError):  # a folder that cannot be written to costs time only
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(hashlib.sha256(code).digest() + code)
            os.replace(file.name, path)
        return code

    def _compiled(self) -> bytes:
        module = llvm.parse_assembly(self.source)
        module.verify()
        return bytes(target_machine().emit_object(module))

    def run(self, columns: Sequence[Array], steps: int, threads: int | None = None) -> Answers:
        """Follow the points for some steps.

        Args:
            columns: for each input, its value at every point.
            steps: how far; the time runs from 0 to it.
            threads: on how many cores; all by default. The answers do not depend on it.
        """
        count = len(columns[0]) if len(columns) else 1
        blocks = -(-count // BLOCK)
        inputs = np.empty((self.inputs, blocks * BLOCK))
        for row, column in zip(inputs, columns, strict=True):
            row[:count] = column
            row[count:] = column[-1]
        answers = np.empty((1 + self.watched * len(ANSWERS), blocks * BLOCK))
        _, function = self._function
        following = ctypes.c_int64(0)  # the first point of the next block, for whichever thread is free

        def work() -> None:
            function(inputs.ctypes.data, answers.ctypes.data, ctypes.byref(following), blocks * BLOCK, steps)

        workers = max(1, min(threads or _cores(), blocks // BLOCKS_A_THREAD))
        others = [_pool().submit(work) for _ in range(1, workers)]
        work()
        for other in others:
            other.result()
        rows = iter(answers[1:, :count])
        watched = tuple({name: next(rows) for name in ANSWERS} for _ in range(self.watched))
        return Answers(answers[0, :count], watched)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    """Threads that stay: to start them takes as long as a short screen."""
    return ThreadPoolExecutor(max(1, _cores() - 1))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # no thread comes along


def kernel_folder() -> Path | None:
    """Where compiled kernels are kept; None where they are not."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "verify-claims" / "kernels"


def target_machine() -> Any:
    """A machine of its own for each use: an engine takes possession of the one that it is given."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2)


@cache
def _host() -> str:
    version = ".".join(map(str, llvm.llvm_version_info))
    features = llvm.get_host_cpu_features().flatten()
    return f"LLVM {version} {llvm.get_process_triple()} {llvm.get_host_cpu_name()} {features}"
