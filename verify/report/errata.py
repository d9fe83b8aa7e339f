"""What ERRATA.md says: which printed statements fail, where, what rests on them, and which proof steps break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify.report.graphs import Edge, dependents
from verify.report.statements import Conclusion, Part
from verify.report.view import FAILED, View
from verify.report.witnesses import Evidence

#: The names of more statements than this that depend on one are counted, not listed.
MOST_NAMED = 12


@dataclass(frozen=True)
class Entry:
    """One statement of the errata.

    Attributes:
        falls: the parts of its conclusion that fail, or the whole of a conclusion without parts, by reading.
        stands: its other parts.
        evidence: the witness that earns the verdict.
        undefined: for a refuted one: a point where its conclusion has no value.
        direct, indirect: what uses it, and what rests on it only through those; ``more`` are not named.
        repairs: its corrected forms, each with what it changes.
    """

    view: View
    falls: tuple[tuple[Conclusion, tuple[Part, ...]], ...]
    stands: tuple[Part, ...]
    evidence: Evidence | None
    undefined: Evidence | None
    direct: tuple[str, ...]
    indirect: tuple[str, ...]
    more: int
    repairs: tuple[tuple[View, Change], ...]

    @property
    def anchor(self) -> str:
        """The name of its section."""
        return erratum_anchor(self.view)


@dataclass(frozen=True)
class Change:
    """What a corrected form changes: the assumptions in place of others, and its conclusions if they differ."""

    dropped: tuple[str, ...]
    added: tuple[str, ...]
    conclusions: tuple[Conclusion, ...]


def erratum_anchor(view: View) -> str:
    """The name of a statement's section in the errata."""
    return "erratum-" + view.anchor.removeprefix("claim-")


def steps_anchor(view: View) -> str:
    """The name of the section on the broken steps of a statement that does not fail itself."""
    return "steps-" + view.anchor.removeprefix("claim-")


def entry_of(view: View, edges: Iterable[Edge]) -> Entry:
    """The entry of a statement that fails or is vacuous."""
    direct, indirect = dependents(edges, view.id)
    room = max(0, MOST_NAMED - len(direct))
    parts = [part for conclusion in view.conclusions for part in conclusion.parts]
    falls = tuple((conclusion, _fallen(conclusion, view.verdict)) for conclusion in view.conclusions)
    shown = {part.name for _, fallen in falls for part in fallen}
    evidence, undefined = _witnesses(view)
    return Entry(
        view=view,
        falls=falls,
        stands=tuple({part.name: part for part in parts if part.name not in shown}.values()),
        evidence=evidence,
        undefined=undefined,
        direct=tuple(direct),
        indirect=tuple(indirect[:room]),
        more=len(indirect[room:]),
        repairs=tuple((other, _change(view, other)) for other in view.others if other.claim.kind == "repaired"),
    )


def _fallen(conclusion: Conclusion, verdict: str) -> tuple[Part, ...]:
    """The parts that fail; all of them where none is recorded on its own."""
    failed = tuple(part for part in conclusion.parts if part.verdict in FAILED)
    return failed if failed and verdict in FAILED else conclusion.parts


def _witnesses(view: View) -> tuple[Evidence | None, Evidence | None]:
    undefined = view.evidence[-1] if view.entry.get("undefined_at") else None
    if view.verdict == "refuted":
        return next(iter(view.evidence), None), undefined
    return undefined, None


def _change(printed: View, repaired: View) -> Change:
    before, after = printed.assumptions, repaired.assumptions
    same = [[part.text for part in c.parts] for c in printed.conclusions] == [
        [part.text for part in c.parts] for c in repaired.conclusions
    ]
    return Change(
        dropped=tuple(text for text in before if text not in after),
        added=tuple(text for text in after if text not in before),
        conclusions=() if same else repaired.conclusions,
    )


@dataclass(frozen=True)
class Errata:
    """The sections of the page.

    Attributes:
        failing: refuted and ill-posed statements.
        unreached: those of them that fail only at states that are not known to be reached.
        vacuous: statements whose assumptions nothing meets.
        disagreeing: statements of which one reading fails and another does not.
        surviving: statements that stand, with the steps of their proofs that fail.
        open: the same for statements that are not decided.
    """

    failing: tuple[Entry, ...]
    unreached: tuple[Entry, ...]
    vacuous: tuple[Entry, ...]
    disagreeing: tuple[View, ...]
    surviving: tuple[View, ...]
    open: tuple[View, ...]

    @property
    def sections(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Each section that has something: its anchor, its title, and ``(anchor, id)`` of what is in it."""
        found: list[tuple[str, str, list[tuple[str, str]]]] = []
        for name, views, anchor_of in (
            ("failing", [entry.view for entry in self.failing], erratum_anchor),
            ("unreached", [entry.view for entry in self.unreached], erratum_anchor),
            ("vacuous", [entry.view for entry in self.vacuous], erratum_anchor),
            ("disagreeing", self.disagreeing, erratum_anchor),
            ("surviving", self.surviving, steps_anchor),
            ("open", self.open, steps_anchor),
        ):
            if views:
                found.append((name, TITLES[name], [(anchor_of(view), view.id) for view in views]))
        return found


TITLES = {
    "failing": "Statements that fail",
    "unreached": "Statements that fail only at states not known to be reached",
    "vacuous": "Statements whose assumptions nothing meets",
    "disagreeing": "Statements of which one reading fails and another does not",
    "surviving": "Proof steps that fail though the statement stands",
    "open": "Proof steps that fail; the statement itself is not decided",
}


def errata(views: Sequence[View], edges: Iterable[Edge]) -> Errata:
    """The errata of the statements of their own, in the order of the paper."""
    edges = list(edges)
    theorems = [view for view in views if view.claim.kind == "theorem"]
    failing = [view for view in theorems if view.fails]
    return Errata(
        failing=tuple(entry_of(view, edges) for view in failing if not view.falls_unreached),
        unreached=tuple(entry_of(view, edges) for view in failing if view.falls_unreached),
        vacuous=tuple(entry_of(view, edges) for view in theorems if view.verdict == "vacuous"),
        disagreeing=tuple(view for view in theorems if view.verdict == "undecided" and _one_reading_fails(view)),
        surviving=tuple(view for view in theorems if view.verdict in ("proved", "supported") and view.broken),
        open=tuple(view for view in theorems if view.verdict in ("undecided", "") and view.broken),
    )


def _one_reading_fails(view: View) -> bool:
    return any(conclusion.verdict in FAILED for conclusion in view.conclusions)
