"""Runs an experiment: seed by seed with resume, then the rules, the picture and the record."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from verify import style
from verify.errors import InputError
from verify.experiments.analysis import judge, outcome_of
from verify.experiments.experiment import Experiment, Measurement, Run, Setting
from verify.experiments.record import (
    PICTURES,
    Record,
    UnfinishedSeeds,
    keep_seconds,
    stem,
    write_record,
)
from verify.ledger import toolkit_digest, write_atomically

#: Whose versions a result depends on.
_LIBRARIES = ("numpy", "scipy", "sympy", "numba", "torch", "scikit-learn")

#: Called with the seed's place, the number of seeds, and how far the seed is: done and total steps.
Progress = Callable[[int, int, int, int], None]


def silent(place: int, seeds: int, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Named:
    """An experiment as it was found: whose claim it belongs to, and what makes it."""

    id: str
    make: str | Callable[[Setting], Experiment]

    def build(self, setting: Setting) -> Experiment:
        """The experiment at a setting; a name ``module:function`` is imported now."""
        make = self.make
        if isinstance(make, str):
            module, _, function = make.partition(":")
            make = getattr(importlib.import_module(module), function)
        return make(setting)

    @property
    def source(self) -> Path | None:
        """The file that the experiment is written in."""
        module = self.make.partition(":")[0] if isinstance(self.make, str) else self.make.__module__
        found = importlib.import_module(module).__file__
        return Path(found) if found else None


def with_seeds(experiment: Experiment, count: int) -> Experiment:
    """The experiment on ``count`` seeds: its own first, then the numbers after them."""
    if count < 2:
        raise InputError(f"--seeds {count} must be at least 2: an interval over seeds needs more than one")
    own = list(experiment.seeds[:count])
    candidate = max([*experiment.seeds, *experiment.rule_seeds]) + 1
    return replace(experiment, seeds=(*own, *range(candidate, candidate + count - len(own))))


def run(
    named: Named,
    setting: Setting,
    folder: Path,
    *,
    seeds: int | None = None,
    fresh: bool = False,
    progress: Progress = silent,
) -> Record:
    """Run an experiment and write its result and its picture beside the ledger.

    Args:
        named: which.
        setting: where and how large.
        folder: the ledger's folder.
        seeds: how many seeds; by default those of the experiment.
        fresh: forget the seeds that an interrupted run had finished.
        progress: told how far it is.

    Raises:
        InputError: a device or data that are not there, too few seeds.
        VerifyError: a measurement lacks a number that a rule asks for, or it is not finite.
    """
    if setting.device == "cuda":
        _require_cuda()
    experiment = named.build(setting)
    if seeds is not None:
        experiment = with_seeds(experiment, seeds)
    with _one_thread():
        measurements, seconds = _measured(named, experiment, setting, folder, fresh, progress)
    record = judged(named.id, experiment, setting, measurements)
    name = stem(named.id, setting.scale)
    with style.styled():
        figure = experiment.draw(measurements)
        for ending, content in (("png", style.png(figure)), ("svg", style.svg(figure))):
            write_atomically(folder / PICTURES / f"{name}.{ending}", content)
    write_record(folder, record)
    keep_seconds(folder, f"{named.id} {setting.scale} {setting.device}", seconds)
    _unfinished(named, setting, folder).forget()
    return record


def judged(claim_id: str, experiment: Experiment, setting: Setting, measurements: Sequence[Measurement]) -> Record:
    """The record of an experiment whose seeds have all been measured."""
    criteria = [judge(criterion, measurements) for criterion in experiment.criteria]
    names = list(dict.fromkeys(name for measurement in measurements for name in measurement.notes))
    name = stem(claim_id, setting.scale)
    return Record(
        id=claim_id,
        scale=setting.scale,
        device=setting.device,
        question=experiment.question,
        procedure=experiment.procedure,
        outcome=outcome_of(criteria),
        criteria=criteria,
        seeds=list(experiment.seeds),
        rule_seeds=list(experiment.rule_seeds),
        notes={note: [m.notes[note] for m in measurements if note in m.notes] for note in names},
        memory=experiment.memory,
        remarks=list(experiment.remarks),
        versions=_versions(),
        pictures=[f"{PICTURES}/{name}.png", f"{PICTURES}/{name}.svg"],
    )


def _measured(
    named: Named, experiment: Experiment, setting: Setting, folder: Path, fresh: bool, progress: Progress
) -> tuple[list[Measurement], dict[int, float]]:
    unfinished = _unfinished(named, setting, folder)
    if fresh:
        unfinished.forget()
    measurements, seconds = [], {}
    for place, seed in enumerate(experiment.seeds):
        progress(place, len(experiment.seeds), 0, 1)
        found = unfinished.measurement(seed)
        if found is None:
            started = time.perf_counter()

            def report(done: int, total: int, place: int = place) -> None:
                progress(place, len(experiment.seeds), done, total)

            found = experiment.measure(Run(seed, setting, report))
            seconds[seed] = time.perf_counter() - started
            unfinished.keep(seed, found)
        measurements.append(found)
    progress(len(experiment.seeds), len(experiment.seeds), 1, 1)
    return measurements, seconds


def _unfinished(named: Named, setting: Setting, folder: Path) -> UnfinishedSeeds:
    """The finished seeds of a run that was interrupted; those of another version or other data do not count."""
    pieces = [toolkit_digest(), setting.scale, setting.device, str(setting.data), repr(_versions())]
    source = named.source
    if source is not None:
        pieces += [file.read_text(encoding="utf-8") for file in sorted(source.parent.glob("*.py"))]
    digest = hashlib.sha256("\0".join(pieces).encode()).hexdigest()
    return UnfinishedSeeds(folder, f"{stem(named.id, setting.scale)}-{setting.device}", digest)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            # What stands after "+" names the build for one kind of device, which the record names itself.
            found[library] = metadata.version(library).partition("+")[0]
        except metadata.PackageNotFoundError:
            continue
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """Torch on one thread: more of them add in another order, and training carries the last digit into the first."""
    if importlib.util.find_spec("torch") is None:
        yield
        return
    torch = importlib.import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _require_cuda() -> None:
    """Refuse a machine without a GPU; on one with it, ask for the same numbers every time, at some cost of speed."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when the library starts
    torch = require_torch()
    if not torch.cuda.is_available():
        raise InputError("--device cuda: this machine has no CUDA device that torch can use; take --device cpu")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True)


def require_torch() -> Any:
    """The module ``torch``, loaded only where an experiment needs it.

    Raises:
        InputError: it is not installed.
    """
    try:
        return importlib.import_module("torch")
    except ImportError:
        python = sys.executable
        raise InputError(
            f"this experiment needs torch and scikit-learn: {python} -m pip install 'verify-claims[nets]'"
        ) from None
