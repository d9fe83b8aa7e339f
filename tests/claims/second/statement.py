"""What a second encoding is: a point, the hypotheses there, the conclusion there, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from tests.claims.second.numbers import BITS, NoValue, Precision, Real, Truth, Unsettled, both


@dataclass(frozen=True)
class Answer:
    """Whether a point meets the hypotheses and whether the conclusion holds there; None where that is not known."""

    admissible: Truth
    holds: Truth


@dataclass(frozen=True)
class Point:
    """The values of a statement's parameters, by the names of the paper, and the loss it is asked about."""

    values: Mapping[str, Fraction]
    loss: Any = None
    #: What has been computed here already.
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, name: str) -> Real:
        return Real(self.values[name])

    def take(self, names: str) -> list[Real]:
        """The values of several parameters, whose names stand in one text."""
        return [self[name] for name in names.split()]

    def __str__(self) -> str:
        values = " ".join(f"{name}={value}" for name, value in self.values.items())
        return values if self.loss is None else f"{values} --loss {self.loss.name!r}"

    @property
    def t(self) -> int:
        """The step."""
        return int(self.values["t"])

    def vector(self, name: str) -> tuple[Real, ...]:
        """A vector: ``name``, or ``name_1``, ``name_2``."""
        return tuple(self[entry] for entry in sorted(self.values) if entry == name or entry.startswith(name + "_"))


@dataclass(frozen=True)
class Encoding:
    """One statement, in plain Python.

    ``given`` yields the hypotheses one after the other, ``shown`` what the conclusion says; ``draw`` makes a point.
    """

    given: Callable[[Point], Iterable[Truth]]
    shown: Callable[[Point], Iterable[Truth]]
    draw: Callable[[Random], Point]
    #: Which truth values the conclusion takes at the points that are compared.
    truths: frozenset[bool] = frozenset({True, False})
    #: How many points are compared at least, those that meet the hypotheses and those that do not.
    inside: int = 80
    outside: int = 30

    def answer(self, point: Point) -> Answer:
        """What the statement says at a point."""
        with Precision(BITS):
            try:
                admissible = both(self.given(point))
            except NoValue:
                admissible = False
            except Unsettled:
                admissible = None
            if admissible is not True:
                return Answer(admissible, None)
            try:
                return Answer(True, both(self.shown(point)))
            except (NoValue, Unsettled):
                return Answer(True, None)
