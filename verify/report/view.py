"""One claim as the template shows it: statement, verdict, evidence, and its place among the others, all as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from verify.errors import VerifyError
from verify.kernel.evaluation import parameter_names
from verify.report.evidence import Argument, arguments
from verify.report.landmarks import SHOWN, alias, landmarks
from verify.report.mathtext import MathPrinter, display, inline, state_names, statement_printer
from verify.report.numerals import numeral_of_text
from verify.report.pictures import Picture, pictures
from verify.report.texts import anchor, cell, code, escaped, link, verdict_text
from verify.report.worked import NEW_ROW, Section, work
from verify.statement.claim import Claim
from verify.statement.formula import HittingTime, LargestPower
from verify.statement.loss_text import member_of
from verify.statement.system import System

#: A conclusion longer than this (in LaTeX) has what it repeats named.
_LONG = 200


@dataclass(frozen=True)
class Evidence:
    """A counterexample (or a point without a value): where it is, its working, and how to see it again."""

    heading: str
    summary: str
    sections: tuple[tuple[str, str], ...]
    replay: str


@dataclass(frozen=True)
class Conclusion:
    """One reading of the conclusion: its meaning, its verdict and its parts as ``(name, verdict, display)``."""

    name: str
    text: str
    verdict: str
    parts: tuple[tuple[str, str, str], ...]


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
    arguments: tuple[Argument, ...]
    search: str
    relations: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...] = ()
    steps: list[View] = field(default_factory=list)
    others: list[View] = field(default_factory=list)

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
    def grade(self) -> str:
        """Who checked the proof."""
        return str(self.entry.get("grade") or "")

    @property
    def reachable(self) -> str:
        """Whether a witness is reached from a start: yes, no, not known, or empty without a witness."""
        witnesses = self.entry.get("witness") or {}
        known = [entry.get("reachable") for entry in witnesses.values() if isinstance(entry, Mapping)]
        if not known:
            return ""
        return "yes" if True in known else "not known" if None in known else "no"

    @property
    def first_broken(self) -> View | None:
        """The first step of its proof that is refuted or has no value."""
        return next((step for step in self.steps if step.verdict in ("refuted", "ill-posed")), None)


def build_view(
    claim: Claim,
    entry: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    known: Mapping[str, Claim],
    ledger: Mapping[str, Mapping[str, Any]],
    systems: Mapping[System, str],
) -> View:
    """The view of one claim.

    Args:
        entry: what the ledger says of it; empty where nothing is recorded.
        known: every claim of the report, by id.
        ledger: every entry, by id.
        systems: the anchors under which the report prints the iterations.
    """
    place, words = getattr(claim.source, "place", str(claim.source)), getattr(claim.source, "words", "")
    witnesses = entry.get("witness") or {}
    evidence: list[Evidence] = []
    strongest = ""
    drawn: list[Picture] = []
    simplest = witnesses.get("simplest")
    if simplest:
        evidence.append(_evidence(claim, simplest, "Counterexample"))
        if claim.kind != "step":
            drawn = _pictures(claim, simplest)
        other = witnesses.get("strongest")
        if other and other != simplest:
            strongest = _summary(claim, other) + (f" (replay: {code(other['replay'])})" if other.get("replay") else "")
    if entry.get("undefined_at"):
        evidence.append(_evidence(claim, entry["undefined_at"], "A point where the conclusion has no value"))
    return View(
        claim=claim,
        entry=entry,
        place=escaped(place),
        words=escaped(words),
        assumptions=tuple(_assumptions(claim)),
        iteration=_iteration(claim, systems),
        conclusions=tuple(_conclusions(claim, entry)),
        evidence=tuple(evidence),
        strongest=strongest,
        arguments=tuple(arguments(claim, certificate)),
        search=_search(entry),
        relations=tuple(_relations(claim, entry, known, ledger)),
        pictures=tuple(drawn),
    )


# --- the statement --------------------------------------------------------------------------------------------------


def _assumptions(claim: Claim) -> Iterable[str]:
    printer = statement_printer(claim)
    for formula in claim.given:
        yield inline(printer.formula(formula))
    loss_class = claim.loss_class
    if loss_class is not None:
        implied = ", ".join(inline(printer.formula(condition)) for condition in loss_class.conditions)
        yield escaped(loss_class.text) + (f" (so {implied})" if implied else "")
    for symbol, expression in claim.define.items():
        yield inline(f"{printer.formula(symbol)} := {printer.formula(expression)}")
    for symbol, definition in claim.times.items():
        yield f"{inline(printer.formula(symbol))} is {_time_text(definition, printer)}"


def _time_text(definition: HittingTime, printer: MathPrinter) -> str:
    if isinstance(definition, LargestPower):
        base, level = printer.formula(definition.base), printer.formula(definition.level)
        formula = inline(rf"\left({base}\right)^{{t}} \ge {level}")
        return f"the largest {inline('t')} with {formula}"
    condition = getattr(definition, "condition", None)
    if condition is None:
        return escaped(definition)
    return escaped(str(definition).replace(str(condition), "@")).replace("@", inline(printer.formula(condition)))


def _iteration(claim: Claim, systems: Mapping[System, str]) -> str:
    step = claim.step
    if step is None:
        return ""
    name = f"[{escaped(step.name)}](#{systems[step]})" if step in systems else escaped(step.name)
    if claim.start is None:
        return f"{name}, one step from any state that meets the assumptions"
    starts = ", ".join(inline(f"{_start_name(symbol)} = {sp.latex(value)}") for symbol, value in claim.start.items()
                       if _start_name(symbol) != sp.latex(value))  # fmt: skip
    return f"{name}, the trajectory" + (f" with {starts}" if starts else " from its start")


def _start_name(symbol: sp.Symbol) -> str:
    return f"{sp.latex(symbol)}_{{0}}"


def system_display(system: System, claim: Claim) -> str:
    """The update of a system as a display, and what has to hold for it to exist."""
    printer = MathPrinter(state_names(claim))
    rows = [f"{printer.formula(after)} &= {printer.formula(update)}" for after, update in system.one_step.items()]
    rows += [rf"& \text{{defined where }} {printer.formula(condition)}" for condition in system.well_defined]
    return display(rows)


def abbreviated(claim: Claim) -> tuple[MathPrinter, dict[sp.Basic, str]]:
    """A printer of a claim's conclusions that names what a long formula repeats, and the names' definitions."""
    names = state_names(claim)
    formulas = [formula for parts in claim.conclusions.values() for formula in parts.values()]
    plain = MathPrinter(names)
    if max((len(plain.formula(formula)) for formula in formulas), default=0) <= _LONG:
        return plain, {}
    texts: dict[sp.Basic, str] = {}
    where: dict[sp.Basic, str] = {}
    for node in landmarks([*(claim.step.update if claim.step is not None else ()), *formulas]):
        if not isinstance(node, SHOWN) and any(formula.has(node) for formula in formulas):
            name = alias(node, 1 + len(texts))
            where[node] = f"{name} &= {MathPrinter(names, texts).formula(node)}"
            texts[node] = name
    return MathPrinter(names, texts), where


def _conclusions(claim: Claim, entry: Mapping[str, Any]) -> Iterable[Conclusion]:
    printer, where = abbreviated(claim)
    readings, parts = entry.get("readings") or {}, entry.get("parts") or {}
    for name, formulas in claim.conclusions.items():
        shown = []
        for part, formula in formulas.items():
            key = next((key for key in (f"{name}: {part}", f"{name}/{part}", part) if key in parts), None)
            said = verdict_text(parts[key]) if part and key is not None else ""
            rows = [row for node, row in where.items() if formula.has(node)]
            text = display([printer.formula(formula)])
            shown.append((escaped(part), said, text + (f"\n\nwhere\n\n{display(rows)}" if rows else "")))
        reading = claim.readings.get(name)
        said = verdict_text(readings[name]) if name and name in readings else ""
        yield Conclusion(escaped(name), escaped(reading.text) if reading else "", said, tuple(shown))


# --- the evidence ---------------------------------------------------------------------------------------------------


def _evidence(claim: Claim, witness: Mapping[str, Any], heading: str) -> Evidence:
    where = [f"{label} “{escaped(witness[label])}”" for label in ("reading", "part") if witness.get(label)]
    if where:
        heading += f" to the {', '.join(where)}"
    reading, part = witness.get("reading") or None, witness.get("part") or ""
    worked = work(claim, witness_values(claim, witness), witness.get("loss"), reading, part)
    sections = tuple((escaped(part.title), section_markdown(part)) for part in worked.sections) if worked else ()
    return Evidence(heading, _summary(claim, witness), sections, str(witness.get("replay") or ""))


def witness_values(claim: Claim, witness: Mapping[str, Any]) -> dict[str, str]:
    """The numbers of a witness that the claim takes, as text."""
    try:
        names = parameter_names(claim, member_of(claim, witness.get("loss")))
    except VerifyError:
        names = []
    found = {**(witness.get("state") or {}), **(witness.get("parameters") or {})}
    if witness.get("t") is not None:
        found.setdefault("t", str(witness["t"]))
    return {name: str(found[name]) for name in names if name in found}


def _summary(claim: Claim, witness: Mapping[str, Any]) -> str:
    """A witness in one sentence."""
    numbers = {**(witness.get("parameters") or {})}
    if witness.get("t") is not None:
        numbers.setdefault("t", str(witness["t"]))
    at = ", ".join(inline(f"{_name(name)} = {numeral_of_text(str(text)).latex}") for name, text in numbers.items())
    pieces = []
    if witness.get("loss"):
        pieces.append(f"On {code(witness['loss'])}")
    if at:
        pieces.append(f"{'at' if pieces else 'At'} {at}")
    sides = []
    for label, name in (("left side", "lhs"), ("right side", "rhs"), ("violated by", "violation")):
        if witness.get(name) not in (None, ""):
            sides.append(f"{label} {_side(witness[name])}")
    if witness.get("relative"):
        sides.append(f"relative to both sides {_side(witness['relative'])}")
    text = " ".join(pieces) + (": " + ", ".join(sides) if sides else "")
    if witness.get("family"):
        text += f"{'; ' if text else ''}family {escaped(witness['family'])}"
    note = "" if claim.is_trajectory or claim.step is None else _REACHED[witness.get("reachable")]
    arithmetic = witness.get("arithmetic") or "exact"
    bits = f" of {witness['bits']} bits" if witness.get("bits") else ""
    kind = "Exact arithmetic." if arithmetic == "exact" else f"Ball arithmetic{bits}."
    return " ".join(piece for piece in (f"{text}." if text else "", kind, note) if piece)


_REACHED: dict[Any, str] = {
    True: "The state is reached from an admissible start.",
    False: "The state is not reached from a start.",
    None: "Whether the state is reached from a start is not known.",
}


def _side(text: Any) -> str:
    value = numeral_of_text(str(text))
    if value.latex.startswith(r"\text"):
        return code(text)
    return inline(value.latex if value.exact else rf"\approx {value.latex}")


def _name(name: str) -> str:
    return str(sp.latex(sp.Symbol(name)))


def section_markdown(section: Section) -> str:
    """A section of a working as Markdown."""
    pieces = []
    if section.lines:
        rows = list(section.lines)
        if not any(r"\begin{cases}" in line for line in rows):
            rows = [row for line in rows for row in line.split(f" {NEW_ROW} ")]
        pieces.append(display(rows))
    if section.table:
        header, *rest = section.table
        table = [header, ("---",) * len(header), *rest]
        pieces.append("\n".join("| " + " | ".join(cell(entry) for entry in row) + " |" for row in table))
    return "\n\n".join(pieces)


def _pictures(claim: Claim, witness: Mapping[str, Any]) -> list[Picture]:
    reading = witness.get("reading") or next(iter(claim.conclusions), "")
    parts = claim.conclusions.get(reading, {})
    formula = parts.get(witness.get("part") or "", next(iter(parts.values()), None))
    if formula is None:
        return []
    return pictures(claim, witness_values(claim, witness), witness.get("loss"), formula)


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
        text += f", least relative margin {_side(searched['worst_margin'])}"
    tried = entry.get("tried") or []
    return text + (f". Tried: {', '.join(escaped(method) for method in tried)}." if tried else ".")


def _relations(
    claim: Claim, entry: Mapping[str, Any], known: Mapping[str, Claim], ledger: Mapping[str, Mapping[str, Any]]
) -> Iterable[tuple[str, str]]:
    def listed(names: Sequence[str]) -> str:
        return ", ".join(f"{link(name, known)} ({verdict_text(ledger.get(name, {}).get('verdict'))})" for name in names)

    if claim.uses:
        yield "Rests on", listed([str(use) for use in claim.uses])
    if entry.get("rests_on_refuted"):
        yield "Refuted among what it rests on", listed(entry["rests_on_refuted"])
    if entry.get("repaired_by"):
        yield "Repaired by", listed(entry["repaired_by"])
    twin = f"{claim.id}/on-trajectory"
    if twin in known:
        yield "Only at reached states", listed([twin])
