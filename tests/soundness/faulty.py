"""The kernel with a seeded fault: its modules loaded anew, one of them from changed source."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import verify.kernel

KERNEL = Path(verify.kernel.__file__).parent
#: What is loaded anew: the kernel, and the provers, which take goals apart with it.
ROOMS = ("verify.kernel.", "verify.proof.")


@dataclass(frozen=True)
class Fault:
    """A fault: in a module of the kernel every ``old`` is replaced by ``new``; the probe that has to notice it."""

    name: str
    module: str
    changes: Sequence[tuple[str, str]]
    caught_by: str

    @property
    def applies(self) -> bool:
        """Whether there is something to change."""
        path = KERNEL / f"{self.module}.py"
        return path.is_file() and all(old in path.read_text() for old, _ in self.changes)

    def source(self) -> str:
        """The changed source; each change has to apply."""
        text = (KERNEL / f"{self.module}.py").read_text()
        for old, new in self.changes:
            assert old in text, f"the fault {self.name!r} finds nothing to change: {old}"
            text = text.replace(old, new)
        return text


class Kernel:
    """Its modules by name, such as ``kernel.products``, and the prover that goes with them."""

    def __getattr__(self, name: str) -> ModuleType:
        room = "verify.proof" if name == "prover" else "verify.kernel"
        return importlib.import_module(f"{room}.{'implication' if name == 'prover' else name}")


class _Changed(importlib.abc.SourceLoader):
    def __init__(self, path: Path, source: str) -> None:
        self.path, self.text = path, source

    def get_filename(self, fullname: str) -> str:
        return str(self.path)

    def get_data(self, path: Any) -> bytes:
        return self.text.encode()

    def path_stats(self, path: Any) -> Any:
        raise OSError  # so that nothing is cached


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self.name = f"verify.kernel.{fault.module}"
        self.loader = _Changed(KERNEL / f"{fault.module}.py", fault.source())

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self.loader, origin=str(self.loader.path))


@contextmanager
def kernel_with(fault: Fault | None) -> Iterator[Kernel]:
    """The kernel, with a fault; afterwards everything is as it was."""
    if fault is None:
        yield Kernel()
        return
    rooms = [importlib.import_module(room.rstrip(".")) for room in ROOMS]
    attributes = [dict(vars(room)) for room in rooms]
    kept = {name: module for name, module in sys.modules.items() if name.startswith(ROOMS)}
    finder = _Finder(fault)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield Kernel()
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.startswith(ROOMS)]:
            del sys.modules[name]
        sys.modules.update(kept)
        for room, before in zip(rooms, attributes, strict=True):
            vars(room).update(before)
