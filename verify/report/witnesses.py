"""A witness as Markdown: where it is, its working, and how to see it again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.errors import VerifyError
from verify.kernel.evaluation import parameter_names
from verify.report.brief import brief
from verify.report.mathtext import display, inline
from verify.report.numerals import LONGEST_EXACT, numeral, numeral_of_text
from verify.report.texts import cell, code, escaped
from verify.report.worked import NEW_ROW, Section, work
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of


@dataclass(frozen=True)
class Evidence:
    """A counterexample (or a point without a value): where it is, its working, and how to see it again."""

    heading: str
    summary: str
    working: tuple[Section, ...]
    replay: str

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """The working as ``(title, Markdown)``."""
        return tuple((escaped(section.title), section_markdown(section)) for section in self.working)

    @property
    def brief(self) -> str:
        """The working in few lines, as Markdown."""
        return brief(self.working)


def evidence_at(claim: Claim, witness: Mapping[str, Any], heading: str) -> Evidence:
    """A witness of the ledger with its working."""
    where = [f"{label} “{escaped(witness[label])}”" for label in ("reading", "part") if witness.get(label)]
    if where:
        heading += f" to the {', '.join(where)}"
    reading, part = witness.get("reading") or None, witness.get("part") or ""
    worked = work(claim, witness_values(claim, witness), witness.get("loss"), reading, part)
    working = worked.sections if worked else ()
    return Evidence(heading, summary(claim, witness), working, str(witness.get("replay") or ""))


def witness_values(claim: Claim, witness: Mapping[str, Any]) -> dict[str, str]:
    """The numbers of a witness that the claim takes, as text."""
    found = {**(witness.get("state") or {}), **(witness.get("parameters") or {})}
    try:
        names = parameter_names(claim, member_of(claim, witness.get("loss"), found))
    except VerifyError:
        names = []
    if witness.get("t") is not None:
        found.setdefault("t", str(witness["t"]))
    return {name: str(found[name]) for name in names if name in found}


def summary(claim: Claim, witness: Mapping[str, Any]) -> str:
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
    for label, name in (("left side", "lhs"), ("right side", "rhs")):
        if witness.get(name) not in (None, ""):
            sides.append(f"{label} {side(witness[name])}")
    if witness.get("violation") not in (None, ""):
        sides.append(f"violated by {side(_size(str(witness['violation'])))}")
    if witness.get("relative"):
        sides.append(f"relative to both sides {_relative(witness)}")
    text = " ".join(pieces) + (": " + ", ".join(sides) if sides else "")
    if witness.get("family"):
        # a family is named as such; the others begin with their numbers
        named = str(witness["family"])
        named = named if named.startswith("family") else f"at {named}"
        text += "; " + escaped(named) if text else escaped(named[0].upper() + named[1:])
    room = _room(witness)
    note = "" if claim.is_trajectory or claim.step is None else _REACHED[witness.get("reachable")]
    arithmetic = witness.get("arithmetic") or "exact"
    bits = f" of {witness['bits']} bits" if witness.get("bits") else ""
    kind = "Exact arithmetic." if arithmetic == "exact" else f"Ball arithmetic{bits}."
    return " ".join(piece for piece in (f"{text}." if text else "", kind, room, note) if piece)


def _room(witness: Mapping[str, Any]) -> str:
    """How far each number of a witness can move, in one sentence."""
    intervals = []
    for name, (low, high) in sorted((witness.get("box") or {}).items()):
        ends = ", ".join(numeral_of_text(str(end)).latex for end in (low, high))
        intervals.append(inline(rf"{_name(name)} \in [{ends}]"))
    if not intervals:
        return ""
    return f"It stays a counterexample, certified in balls, while one number alone moves: {', '.join(intervals)}."


_REACHED: dict[Any, str] = {
    True: "The state is reached from an admissible start.",
    False: "The state is not reached from a start.",
    None: "Whether the state is reached from a start is not known.",
}


def side(text: Any) -> str:
    """A number of the ledger as an inline formula, or as code."""
    value = numeral_of_text(str(text))
    if value.latex.startswith(r"\text"):
        return code(text)
    return inline(value.latex if value.exact else rf"\approx {value.latex}")


def _relative(witness: Mapping[str, Any]) -> str:
    """The violation over the sizes of both sides: exactly where these are rational and it is short."""
    with suppress(KeyError, TypeError, ValueError, ZeroDivisionError):
        left, right = Fraction(witness["lhs"]), Fraction(witness["rhs"])
        exactly = numeral(abs(left - right) / (abs(left) + abs(right)))
        if exactly.exact and len(exactly.latex) <= LONGEST_EXACT:
            return inline(exactly.latex)
    return side(witness["relative"])


def _size(text: str) -> str:
    """The size of a number as the ledger writes it: a violation is a margin with or without its sign."""
    return text.replace("-", "", 1) if text.startswith(("-", "[-")) else text


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
