"""One claim as the template shows it: statement, verdict, evidence, and its place among the others, all as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify.report.evidence import Argument, arguments, evidence_of, grade_of
from verify.report.pictures import Picture, pictures
from verify.report.statements import Conclusion, assumptions_of, conclusions_of, iteration_of
from verify.report.texts import anchor, code, escaped, link, verdict_text
from verify.report.witnesses import Evidence, evidence_at, side, summary, witness_values
from verify.statement.claim import Claim
from verify.statement.system import System

#: The verdicts under which a statement does not stand as it is printed.
FAILED = ("refuted", "ill-posed")


@dataclass
class View:
    """Everything that the report says of one claim."""

    claim: Claim
    entry: Mapping[str, Any]
    place: str
    words: str
    assumptions: tuple[str, ...]
    iteration: str
    conclusions: tuple[Conclusion, ...]
    evidence: tuple[Evidence, ...]
    strongest: str
    full_arguments: tuple[Argument, ...]
    grade: str
    search: str
    relations: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...] = ()
    steps: list[View] = field(default_factory=list)
    others: list[View] = field(default_factory=list)
    #: What a page shows of ``full_arguments``.
    arguments: tuple[Argument, ...] = ()

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.claim.id

    @property
    def anchor(self) -> str:
        """The name of its section."""
        return anchor(self.claim.id)

    @property
    def title(self) -> str:
        """Its title, escaped."""
        return escaped(self.claim.title or self.claim.id)

    @property
    def verdict(self) -> str:
        """The verdict as a word; the empty text where none is recorded."""
        return str(self.entry.get("verdict") or "")

    @property
    def verdict_text(self) -> str:
        """The verdict with its sign."""
        return verdict_text(self.entry.get("verdict"))

    @property
    def fails(self) -> bool:
        """Whether it is refuted or ill-posed."""
        return self.verdict in FAILED

    @property
    def besides(self) -> str:
        """What else was decided: the readings and parts whose verdict is not the claim's, grouped by verdict."""
        found: dict[str, dict[str, None]] = {}
        for conclusion in self.conclusions:
            decided = [(conclusion.name, conclusion.verdict, "")]
            decided += [(part.name, part.verdict, part.grade) for part in conclusion.parts]
            for name, verdict, grade in decided:
                if verdict not in ("", self.verdict):
                    found.setdefault(verdict_text(verdict), {})[f"“{name}”" + (f" ({grade})" if grade else "")] = None
        return "; ".join(f"{verdict}: {', '.join(names)}" for verdict, names in found.items())

    @property
    def reachable(self) -> str:
        """Whether a state that earns the verdict is reached from a start: yes, no, not known.

        Empty without such a state, and where the claim speaks of no iteration.
        """
        witnesses = list((self.entry.get("witness") or {}).values()) or [self.entry.get("undefined_at")]
        known = [entry.get("reachable") for entry in witnesses if isinstance(entry, Mapping)]
        if not known or self.claim.step is None:
            return ""
        return "yes" if True in known else "not known" if None in known else "no"

    @property
    def twin(self) -> View | None:
        """The claim that asks about reached states only."""
        return next((other for other in self.others if other.id == f"{self.id}/on-trajectory"), None)

    @property
    def falls_unreached(self) -> bool:
        """Whether a one-step statement falls only at states that are not known to be reached."""
        if not self.fails or self.claim.is_trajectory or self.reachable not in ("no", "not known"):
            return False
        return self.twin is None or not self.twin.fails

    @property
    def broken(self) -> list[View]:
        """The steps of its proof that are refuted or have no value."""
        return [step for step in self.steps if step.fails]

    @property
    def first_broken(self) -> View | None:
        """The first step of its proof that is refuted or has no value."""
        return next(iter(self.broken), None)


def build_view(
    claim: Claim,
    entry: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    known: Mapping[str, Claim],
    status: Callable[[str], str],
    systems: Mapping[System, str],
) -> View:
    """The view of one claim.

    Args:
        entry: what the ledger says of it; empty where nothing is recorded.
        known: every claim of the report, by id.
        status: the verdict of a claim with its sign, or the outcome of an experiment, by id.
        systems: the anchors under which the report prints the iterations.
    """
    place, words = getattr(claim.source, "place", str(claim.source)), getattr(claim.source, "words", "")
    witnesses = entry.get("witness") or {}
    evidence: list[Evidence] = []
    strongest = ""
    drawn: list[Picture] = []
    simplest = witnesses.get("simplest")
    if simplest:
        evidence.append(evidence_at(claim, simplest, "Counterexample"))
        if claim.kind != "step":
            drawn = _pictures(claim, simplest)
        other = witnesses.get("strongest")
        if other and other != simplest:
            strongest = summary(claim, other) + (f" (replay: {code(other['replay'])})" if other.get("replay") else "")
    if entry.get("undefined_at"):
        evidence.append(evidence_at(claim, entry["undefined_at"], "A point where the conclusion has no value"))
    return View(
        claim=claim,
        entry=entry,
        place=escaped(place),
        words=escaped(words),
        assumptions=tuple(assumptions_of(claim)),
        iteration=iteration_of(claim, systems),
        conclusions=tuple(conclusions_of(claim, entry, certificate)),
        evidence=tuple(evidence),
        strongest=strongest,
        full_arguments=tuple(arguments(claim, certificate)),
        grade=_grade(entry, certificate),
        search=_search(entry),
        relations=tuple(_relations(claim, entry, known, status)),
        pictures=tuple(drawn),
    )


def _pictures(claim: Claim, witness: Mapping[str, Any]) -> list[Picture]:
    reading = witness.get("reading") or next(iter(claim.conclusions), "")
    parts = claim.conclusions.get(reading, {})
    formula = parts.get(witness.get("part") or "", next(iter(parts.values()), None))
    if formula is None:
        return []
    return pictures(claim, witness_values(claim, witness), witness.get("loss"), formula)


# --- who checked it -------------------------------------------------------------------------------------------------


def _grade(entry: Mapping[str, Any], certificate: Mapping[str, Any] | None) -> str:
    """The grade that is recorded; for a vacuous claim, of which none is, that of its certificate."""
    if entry.get("verdict") == "vacuous":
        return next((grade_of(found) for found in evidence_of(certificate) if found.get("kind") == "vacuous"), "")
    return str(entry.get("grade") or "")


# --- search and relations -------------------------------------------------------------------------------------------


def _search(entry: Mapping[str, Any]) -> str:
    searched = entry.get("searched") or {}
    if not searched:
        return ""
    points = searched.get("points")
    text = f"Searched with budget {escaped(searched.get('budget'))}, seed {escaped(searched.get('seed'))}"
    if isinstance(points, int):
        text += f", {points:,} points"
    if searched.get("worst_margin") is not None:
        text += f", least relative margin {side(searched['worst_margin'])}"
    tried = entry.get("tried") or []
    return text + (f". Tried: {', '.join(escaped(method) for method in tried)}." if tried else ".")


def _relations(
    claim: Claim, entry: Mapping[str, Any], known: Mapping[str, Claim], status: Callable[[str], str]
) -> Iterable[tuple[str, str]]:
    def listed(names: Sequence[str]) -> str:
        return ", ".join(f"{link(name, known)} ({status(name)})" for name in names)

    if claim.uses:
        yield "Rests on", listed([str(use) for use in claim.uses])
    if entry.get("rests_on_refuted"):
        yield "Refuted among what it rests on", listed(entry["rests_on_refuted"])
    if entry.get("repaired_by"):
        yield "Repaired by", listed(entry["repaired_by"])
    pictured = [other.id for other in known.values() if other.kind == "experiment" and claim.id in other.uses]
    if pictured:
        yield "Looked at in the experiments", listed(pictured)
    twin = f"{claim.id}/on-trajectory"
    if twin in known:
        yield "Only at reached states", listed([twin])
