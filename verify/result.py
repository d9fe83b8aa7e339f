"""What deciding a claim yields: verdict, grade, witnesses, search effort; the shapes that the ledger keeps."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Verdict = Literal["vacuous", "refuted", "ill-posed", "proved", "supported", "undecided"]
VERDICTS: tuple[Verdict, ...] = ("proved", "refuted", "ill-posed", "vacuous", "supported", "undecided")
#: Who checked a proof, the strongest first.
GRADES = ("coq", "kernel", "two solvers", "one solver")

#: A certificate is data: JSON values only.
Certificate = dict[str, Any]


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One certified point (or family of points) at which a conclusion fails or has no value.

    ``box``: for a number, the ends of an interval (text) all of which is certified: moved in it, the others fixed, the
    point stays a witness.
    """

    part: str | None = None
    reading: str | None = None
    parameters: dict[str, str]
    loss: str | None = None
    state: dict[str, str] | None = None
    t: int | None = None
    lhs: str | None = None
    rhs: str | None = None
    violation: str | None = None
    relative: str | None = None
    arithmetic: str = "exact"
    bits: int | None = None
    reachable: bool | None = None
    family: str | None = None
    box: dict[str, list[str]] | None = None
    replay: str = ""


class Witnesses(msgspec.Struct, frozen=True, kw_only=True):
    """The simplest witness and the one with the largest relative violation."""

    simplest: Witness
    strongest: Witness


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """How hard the search looked; ``worst_margin`` is the least relative margin it met, None if it met none."""

    budget: str
    seed: int
    points: int
    worst_margin: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one claim. ``certificate`` holds the evidence of ``verdict`` (None where there is none).

    ``rejected``: why evidence that was recorded earlier did not stand.
    """

    id: str
    verdict: Verdict
    grade: str | None = None
    readings: dict[str, Verdict] = {}
    parts: dict[str, Verdict] = {}
    witness: Witnesses | None = None
    undefined_at: Witness | None = None
    certificate: Certificate | None = None
    searched: Searched
    tried: list[str] = []
    notes: list[str] = []
    rejected: list[str] = []
