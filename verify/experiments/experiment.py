"""What an experiment is: a question, a procedure, criteria fixed beforehand, and controls that must fail them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from verify.errors import InputError

Scale = Literal["small", "paper"]
SCALES: tuple[Scale, ...] = ("small", "paper")
DEVICES = ("cpu", "cuda")


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What one seed gave.

    Attributes:
        effects: a number for each criterion, by its name.
        controls: a number for each control, by ``CRITERION/CONTROL``: the same effect where it must not show.
        notes: further numbers for the reader; no rule looks at them.
        curves: what the picture is drawn from; any JSON.
    """

    effects: dict[str, float]
    controls: dict[str, float]
    notes: dict[str, float] = {}
    curves: dict[str, Any] = {}


@dataclass(frozen=True)
class Setting:
    """Where and how large: what the user chose.

    Attributes:
        scale: ``small`` runs on two cores in minutes, ``paper`` has the paper's sizes.
        device: ``cpu`` or ``cuda``.
        data: the folder of the user's own data set, for experiments that take one.
    """

    scale: Scale = "small"
    device: str = "cpu"
    data: Path | None = None

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise InputError(f"--scale {self.scale!r} is unknown; it is one of {', '.join(SCALES)}")
        if self.device not in DEVICES:
            raise InputError(f"--device {self.device!r} is unknown; it is one of {', '.join(DEVICES)}")
        if self.data is not None and not self.data.is_dir():
            raise InputError(f"--data {self.data} is no folder; it must hold the data set's files")


@dataclass(frozen=True)
class Run:
    """One seed of an experiment, and where it reports how far it is."""

    seed: int
    setting: Setting
    report: Callable[[int, int], None] = lambda done, total: None

    def step(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` steps of this seed are done."""
        self.report(done, total)


@dataclass(frozen=True)
class Control:
    """The same effect where it must not show: its name, and why it must fail."""

    name: str
    why: str


@dataclass(frozen=True)
class Criterion:
    """One effect and its pass rule.

    Passed when the effect is shown to exceed ``least`` by all seeds together (``analysis.decide``).

    Attributes:
        name: a few words.
        effect: what the number means, in its unit; larger speaks more for the paper's words.
        least: the effect has to be larger than this.
        reason: why this bound, in a sentence.
        controls: at least one.
    """

    name: str
    effect: str
    least: float
    reason: str
    controls: tuple[Control, ...]

    def __post_init__(self) -> None:
        if not self.controls:
            raise InputError(f"criterion {self.name!r} has no control; name at least one case that must fail it")


@dataclass(frozen=True)
class Experiment:
    """An experiment at one scale.

    Attributes:
        question: what the paper says, quoted.
        procedure: what is done, with its sizes.
        criteria: the effects and their pass rules; all have to pass.
        measure: runs one seed.
        draw: draws the picture from all measurements; returns a Matplotlib figure (see ``verify.style``).
        seeds: the seeds that the rules are judged on.
        rule_seeds: the seeds that were looked at when the rules were formed; never among ``seeds``.
        memory: how much memory a run takes, for the reader.
        remarks: differences from the paper's setting, and what could not be run.
    """

    question: str
    procedure: str
    criteria: tuple[Criterion, ...]
    measure: Callable[[Run], Measurement]
    draw: Callable[[Sequence[Measurement]], Any]
    seeds: tuple[int, ...]
    rule_seeds: tuple[int, ...] = ()
    memory: str = ""
    remarks: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.criteria:
            raise InputError("an experiment needs at least one criterion")
        names = [criterion.name for criterion in self.criteria]
        if len(set(names)) < len(names):
            raise InputError(f"two criteria of an experiment have the same name, among {', '.join(names)}")
        if len(set(self.seeds)) < max(2, len(self.seeds)):
            raise InputError(f"seeds {list(self.seeds)} must be at least two, all different")
        if shared := set(self.seeds) & set(self.rule_seeds):
            raise InputError(f"seeds {sorted(shared)} formed the rule, so they cannot judge it; take others")


#: How a claims package names its experiments: by claim id, a function of the setting that makes one, or
#: ``"module:function"``, which is imported only when it is run.
Experiments = Mapping[str, "str | Callable[[Setting], Experiment]"]
