"""A statement as Markdown: its assumptions, its iteration, and its conclusion in all readings and parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from verify.report.evidence import evidence_of, grade_of
from verify.report.landmarks import SHOWN, alias, landmarks
from verify.report.mathtext import MathPrinter, display, inline, state_names, statement_printer
from verify.report.texts import escaped
from verify.statement.claim import Claim
from verify.statement.formula import HittingTime, LargestPower
from verify.statement.system import System

#: A conclusion longer than this (in LaTeX) has what it repeats named.
_LONG = 200


@dataclass(frozen=True)
class Part:
    """One part of a conclusion: its name (empty for the only one), its verdict if it has one, and who proved it."""

    name: str
    verdict: str
    grade: str
    text: str


@dataclass(frozen=True)
class Conclusion:
    """One reading of the conclusion: its meaning, its verdict and its parts."""

    name: str
    text: str
    verdict: str
    parts: tuple[Part, ...]


def assumptions_of(claim: Claim) -> Iterable[str]:
    """Each assumption, in the order of the claim."""
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


def iteration_of(claim: Claim, systems: Mapping[System, str]) -> str:
    """The iteration in words, its name a link to one of the anchors."""
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


def conclusions_of(
    claim: Claim, entry: Mapping[str, Any], certificate: Mapping[str, Any] | None
) -> Iterable[Conclusion]:
    """The conclusion in each reading, with what the ledger's entry and the certificate say of its parts."""
    printer, where = abbreviated(claim)
    readings, parts = entry.get("readings") or {}, entry.get("parts") or {}
    for name, formulas in claim.conclusions.items():
        shown = []
        for part, formula in formulas.items():
            key = next((key for key in (f"{name}: {part}", f"{name}/{part}", part) if key in parts), None)
            said = str(parts[key]) if part and key is not None else ""
            grade = _proof_grade(certificate, name, part) if said == "proved" else ""
            if grade == "kernel" and entry.get("grade") == "coq":  # a claim has the lowest grade of its parts
                grade = "coq"
            rows = [row for node, row in where.items() if formula.has(node)]
            text = display([printer.formula(formula)])
            text += f"\n\nwhere\n\n{display(rows)}" if rows else ""
            shown.append(Part(escaped(part), said, grade, text))
        reading = claim.readings.get(name)
        said = str(readings[name]) if name and name in readings else ""
        yield Conclusion(escaped(name), escaped(reading.text) if reading else "", said, tuple(shown))


def _proof_grade(certificate: Mapping[str, Any] | None, reading: str, part: str) -> str:
    """Who checked the proof of a part."""
    for entry in evidence_of(certificate):
        if entry.get("kind") == "proof" and (entry.get("reading"), entry.get("part")) == (reading, part):
            return grade_of(entry)
    return ""
