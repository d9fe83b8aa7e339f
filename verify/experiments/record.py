"""What is kept of an experiment: its results beside the ledger, its times apart from them, and an unfinished run."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from verify.errors import InputError
from verify.experiments.analysis import JudgedCriterion, Outcome
from verify.experiments.experiment import Measurement
from verify.ledger import encoded, write_atomically

SCHEMA = 1
#: Where results and pictures stand, from the ledger's folder.
FOLDER, PICTURES = "experiments", "figures"
#: Where times and unfinished runs stand, from the ledger's folder; never committed.
CACHE = ".verify-cache"


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of an experiment at one scale: no times, no facts of the machine."""

    schema: int = SCHEMA
    id: str
    scale: str
    device: str
    question: str
    procedure: str
    outcome: Outcome
    criteria: list[JudgedCriterion]
    seeds: list[int]
    rule_seeds: list[int]
    notes: dict[str, list[float]]
    memory: str
    remarks: list[str]
    versions: dict[str, str]
    pictures: list[str]


def stem(claim_id: str, scale: str) -> str:
    """The name of an experiment's files, without their ending."""
    name = claim_id.replace("/", "__")
    return name if scale == "small" else f"{name}-{scale}"


def write_record(folder: Path, record: Record) -> Path:
    """Write a result beside the ledger in ``folder``."""
    path = folder / FOLDER / f"{stem(record.id, record.scale)}.json"
    write_atomically(path, encoded(msgspec.to_builtins(record)))
    return path


def read_records(folder: Path) -> list[Record]:
    """Every recorded result beside the ledger in ``folder``, by name.

    Raises:
        InputError: a file there is no such result.
    """
    found: list[Record] = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=Record))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as reason:
            raise InputError(f"{path} is no result of an experiment ({reason}); remove it or run it again") from None
    return found


def outcomes(records: Sequence[Record]) -> dict[str, str]:
    """What came out, by claim id; the paper's size is named where it was run."""
    found: dict[str, str] = {}
    for record in sorted(records, key=lambda record: record.scale != "small"):
        said = record.outcome if record.scale == "small" else f"{record.outcome} (at the paper's size)"
        found[record.id] = f"{found[record.id]}; {said}" if record.id in found else said
    return found


def keep_seconds(folder: Path, name: str, seconds: Mapping[int, float]) -> None:
    """Add to the file of times, which is never committed: what each seed of an experiment took."""
    path = folder / CACHE / "experiment-times.json"
    times: dict[str, dict[str, float]] = {}
    with contextlib.suppress(OSError, msgspec.DecodeError):
        times = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, float]])
    times[name] = {str(seed): round(value, 2) for seed, value in seconds.items()}
    write_atomically(path, encoded(times))


class UnfinishedSeeds:
    """The seeds that an interrupted run had finished: a file each, named by all that it depends on."""

    def __init__(self, folder: Path, name: str, digest: str) -> None:
        self.folder = folder / CACHE / "experiments" / name
        self.digest = digest

    def _path(self, seed: int) -> Path:
        name = hashlib.sha256(f"{self.digest} {seed}".encode()).hexdigest()[:24]
        return self.folder / f"{name}.json"

    def measurement(self, seed: int) -> Measurement | None:
        """What the seed gave, if it was finished."""
        try:
            return msgspec.json.decode(self._path(seed).read_bytes(), type=Measurement)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None  # not measured yet, or cut off

    def keep(self, seed: int, measurement: Measurement) -> None:
        """Keep a finished seed at once."""
        write_atomically(self._path(seed), msgspec.json.encode(measurement))

    def forget(self) -> None:
        """Remove them: the run came to its end, or starts from nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
