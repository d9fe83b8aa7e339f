"""How much of what is wrong the search finds: planted errors and thin traps, and how long each took."""

from __future__ import annotations

import hashlib
import sys
import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from verify.benchmark.planted import MUTANTS_FILE, Garden, Planted, read_planted
from verify.collect import collect
from verify.errors import InputError
from verify.ledger import UnfinishedRun, toolkit_digest, write_atomically
from verify.statement.claim import Claim
from verify.workers import Ending, Order, Task, run_all

#: The thin traps of a checkout, from its root: a claim is of the kind that its id names before the last dash.
TRAPS_FILE = Path("tests") / "quality" / "traps.py"
#: Seconds after which a mutant's worker is stopped; what is not found by then counts as not found.
PATIENCE = 600
#: Where a measurement is kept for the report.
RECORD = "power.json"
#: The verdicts of what is found to be false.
FOUND = ("refuted", "ill-posed")
TRAP = "trap: "

Progress = Callable[[int, int, str], None]


class Hunted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one planted error.

    Attributes:
        kind: the rule that planted it, or the kind of trap.
        verdict: the toolkit's.
        seconds: until the verdict.
        points: how many points were looked at.
    """

    id: str
    kind: str
    verdict: str
    seconds: float
    points: int

    @property
    def found(self) -> bool:
        """Whether it was found out."""
        return self.verdict in FOUND


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One kind in the table: found of planted, the others, and the seconds to find one."""

    kind: str
    planted: int
    found: int
    missed: list[str]
    not_known_false: int
    median_seconds: float | None
    longest_seconds: float | None


@dataclass(frozen=True)
class _Quarry:
    """What is hunted: a true claim with a rule, or a trap, and the package that it is loaded from."""

    package: str
    claim: Claim
    rule: str
    kind: str
    id: str


def hunt(claim: Claim, data: bytes, progress: Callable[[str], None], *, budget: str, seed: int) -> bytes:
    """The work of a worker: plant the error that ``data`` names in the claim (a trap has none), and decide it."""
    from verify.benchmark.mutants import mutants_of
    from verify.decide import check

    rule, kind = msgspec.json.decode(data)
    if rule:
        claim = next(mutant.claim for mutant in mutants_of(claim) if mutant.rule == rule)
    progress(claim.id)
    begun = clock.perf_counter()
    result = check(claim, budget=budget, seed=seed)
    seconds = clock.perf_counter() - begun
    return msgspec.json.encode(
        Hunted(id=claim.id, kind=kind, verdict=result.verdict, seconds=seconds, points=result.searched.points)
    )


def measure(
    root: Path,
    *,
    budget: str = "standard",
    seed: int = 0,
    jobs: int = 1,
    only: Sequence[str] = (),
    every: int = 1,
    progress: Progress = lambda done, total, text: None,
) -> dict[str, Any]:
    """Hunt what is planted in a checkout; the table and what became of each, as JSON values.

    Args:
        root: of the checkout.
        only: the kinds to hunt (a part of their name); all if empty.
        every: hunt every so-manieth mutant only.
        progress: told how many are done, of how many, and what was found last.

    Raises:
        InputError: the checkout has no planted errors, or no kind is called so.
    """
    entries = read_planted(root / MUTANTS_FILE)
    quarry = [one for one in _quarry(root, entries, every) if not only or any(word in one.kind for word in only)]
    if not quarry:
        raise InputError(f"--only {' '.join(only)!r} names no kind of planted errors")
    run = _Kept(root, budget, seed)
    done = {one.id: kept for one in quarry if (kept := run.result(one)) is not None}
    for package in dict.fromkeys(one.package for one in quarry):
        waiting = [one for one in quarry if one.package == package and one.id not in done]

        def finished(number: int, ending: Ending, text: str, waiting: list[_Quarry] = waiting) -> None:
            one = waiting[number]
            hunted = (
                msgspec.json.decode(text, type=Hunted)
                if ending == "result"
                else Hunted(id=one.id, kind=one.kind, verdict=ending, seconds=PATIENCE, points=0)
            )
            done[one.id] = hunted
            run.keep(one, hunted)
            progress(len(done), len(quarry), f"{one.id}: {hunted.verdict} after {hunted.seconds:.1f} s")

        order = Order((package,), root, partial(hunt, budget=budget, seed=seed), ("verify.decide",), PATIENCE)
        tasks = [Task(one.claim, msgspec.json.encode((one.rule, one.kind))) for one in waiting]
        run_all(order, tasks, jobs, finished, lambda claim, text: None)
    run.finish()
    hunted = [done[one.id] for one in quarry]
    rows = table(hunted, [entry for entry in entries if entry.witness is None])
    return {
        "budget": budget,
        "seed": seed,
        "every": every,
        "found": sum(one.found for one in hunted),
        "planted": len(hunted),
        "kinds": msgspec.to_builtins(rows),
        "hunted": msgspec.to_builtins(hunted),
    }


def table(hunted: Iterable[Hunted], apart: Iterable[Planted] = ()) -> list[Row]:
    """The counts by kind; what is not known to be false is counted apart."""
    hunted, apart = list(hunted), list(apart)
    rows = []
    for kind in dict.fromkeys(one.kind for one in hunted):
        of_kind = [one for one in hunted if one.kind == kind]
        seconds = [one.seconds for one in of_kind if one.found]
        rows.append(
            Row(
                kind=kind,
                planted=len(of_kind),
                found=sum(one.found for one in of_kind),
                missed=[one.id for one in of_kind if not one.found],
                not_known_false=sum(entry.rule == kind for entry in apart),
                median_seconds=round(median(seconds), 3) if seconds else None,
                longest_seconds=round(max(seconds), 3) if seconds else None,
            )
        )
    return rows


def _quarry(root: Path, entries: Sequence[Planted], every: int) -> list[_Quarry]:
    """The mutants that are known to be false, and the traps."""
    known = [entry for entry in entries if entry.witness is not None][::every]
    garden = Garden.of(known, root)
    found = []
    for entry in known:
        if entry.key not in garden.mutants:
            raise InputError(
                f"{entry.of} of {entry.package} has no mutant {entry.rule!r} any more; "
                "plant again with 'python -m tests.quality.planting'"
            )
        mutant = garden.mutants[entry.key]
        found.append(
            _Quarry(entry.package, garden.true[entry.package, entry.of], entry.rule, entry.rule, mutant.claim.id)
        )
    if (root / TRAPS_FILE).exists():
        for claim in collect([str(TRAPS_FILE)], root).claims:
            found.append(_Quarry(str(TRAPS_FILE), claim, "", TRAP + claim.id.rpartition("-")[0], claim.id))
    return found


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A row of what is recorded: no times, so that the same toolkit and seed give the same bytes."""

    kind: str
    planted: int
    found: int
    missed: list[str]
    not_known_false: int


class PowerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a measurement found, for the report."""

    budget: str
    seed: int
    every: int
    kinds: list[Kind]


def record(measured: Mapping[str, Any], folder: Path) -> Path:
    """Keep a measurement beside the ledger; the file."""
    path = folder / RECORD
    kept = msgspec.convert(measured, PowerRecord)
    write_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    return path


def recorded(folder: Path) -> PowerRecord | None:
    """The measurement that is kept in a folder, None if there is none.

    Raises:
        InputError: the file is damaged.
    """
    path = folder / RECORD
    try:
        return msgspec.json.decode(path.read_bytes(), type=PowerRecord)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as reason:
        raise InputError(f"{path} is no record of a measurement: {reason}") from reason


def told(done: int, total: int, text: str) -> None:
    """Progress on standard error, a line for each."""
    sys.stderr.write(f"{done}/{total} {text}\n")


def print_power(measured: Mapping[str, Any]) -> None:
    """The table of a measurement, and what was missed."""
    from rich.table import Table

    from verify.console import out

    listing = Table("planted", "found", "of", "not known false", "median s", "longest s", box=None)
    for row in measured["kinds"]:
        times = ("-" if row[name] is None else f"{row[name]:.1f}" for name in ("median_seconds", "longest_seconds"))
        apart = str(row["not_known_false"] or "")
        listing.add_row(row["kind"], str(row["found"]), str(row["planted"]), apart, *times)
    out().print(listing)
    share = 100 * measured["found"] / measured["planted"]
    out().print(f"{measured['found']} of {measured['planted']} found ({share:.1f} %), budget {measured['budget']}")
    for row in measured["kinds"]:
        for name in row["missed"]:
            out().print(f"missed: {name}", highlight=False)


class _Kept:
    """What an interrupted measurement has done already."""

    def __init__(self, root: Path, budget: str, seed: int) -> None:
        arguments = {"command": "bench --power", "budget": budget, "seed": seed}
        self._run = UnfinishedRun(root, arguments, toolkit_digest())

    def _path(self, one: _Quarry) -> Path:
        name = f"{one.package}:{one.id}:{one.claim.fingerprint}:{toolkit_digest()}"
        return self._run.folder / f"{hashlib.sha256(name.encode()).hexdigest()}.json"

    def result(self, one: _Quarry) -> Hunted | None:
        try:
            return msgspec.json.decode(self._path(one).read_bytes(), type=Hunted)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, one: _Quarry, hunted: Hunted) -> None:
        write_atomically(self._path(one), msgspec.json.encode(hunted))

    def finish(self) -> None:
        self._run.finish()
