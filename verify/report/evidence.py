"""Certificates for the reader: the argument of each proof, its obligations, and the multipliers that close them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verify.kernel.goals import Implication
from verify.kernel.implication import by_squares
from verify.report.calculus import calculus_lines
from verify.report.cases import Case, Goal, cases, implications
from verify.report.plain import plain
from verify.statement.claim import Claim

#: More lines of one obligation than this are left to the certificate's file; the page's length may ask for fewer.
MOST_LINES = 24
#: Hypotheses of one obligation, and characters of one formula, that are shown.
MOST_HYPOTHESES, LONGEST_TEXT = 16, 600
_LONGEST_JSON = 1500

#: What a method of proof argues, in one sentence.
METHODS = {
    "implication": "The assumptions, and what the class says of the loss at the points in play, imply the conclusion.",
    "derivatives": "Calculus: derivatives, and inequalities known of elementary functions, lead back to algebra.",
    "boxes": "The domain is cut into boxes on which interval arithmetic decides; calculus and algebra beside it.",
    "algebra": "Bookkeeping: the assumptions imply the conclusion whatever the loss is.",
    "signs": "The assumptions, and the signs of the slopes that occur, imply the conclusion.",
    "growth": "A coordinate is never 0 and grows by a constant factor in each step.",
    "decay": "An invariant; a step contracts the coordinate where it is small, and where it is not, a coordinate that "
    "is never negative falls by a fixed amount, which happens finitely often.",
    "induction": "An invariant: the start meets it, each step keeps it, and it implies the conclusion.",
    "spectral": "On a quadratic the step multiplies each eigenvector's component by a number; its size decides.",
    "exhibit": "One loss of the class is exhibited, and it has what the statement asks for.",
    "identity": "Both sides are the same expression once they are expanded.",
    "limit": "Near the limit point the expression equals one that is continuous there.",
    "constants": "Explicit constants for the order of growth; the inequality with them was proved.",
    "family": "A family of points with an index n = 1, 2, ...: along it the square of the quantity is at least "
    "the rate times n times the square of the scale, so no constant works.",
    "phases": "An invariant: it holds at the start, and each step keeps it, in every situation of the time and the "
    "hitting times; it implies the conclusion.",
    "stopping": "An invariant as long as a condition holds: the start meets it, each step up to then keeps it, and it "
    "implies the conclusion.",
    "instance": "Explicit constants are named; they are as they should be, and the rest was proved of them.",
    "counterexample": "A concrete loss and numbers: every assumption holds there, and the conclusion fails whatever "
    "the steps or the constants are.",
    "vacuous": "No value meets the assumptions.",
}


@dataclass(frozen=True)
class Obligation:
    """One obligation of a proof as text: hypotheses, conclusion, and how it was closed, line by line."""

    title: str
    hypotheses: tuple[str, ...]
    conclusion: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Argument:
    """One entry of a certificate's evidence that is not a witness."""

    where: str
    kind: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    obligations: tuple[Obligation, ...]


def arguments(claim: Claim, certificate: Mapping[str, Any] | None) -> list[Argument]:
    """What a certificate argues, witnesses left out; a missing field is passed over."""
    return [
        _argument(claim, entry)
        for entry in evidence_of(certificate)
        if entry.get("kind") not in ("witness", "undefined")
    ]


def evidence_of(certificate: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The entries of a certificate's evidence."""
    return [entry for entry in _sequence((certificate or {}).get("evidence")) if isinstance(entry, Mapping)]


def grade_of(proof: Mapping[str, Any]) -> str:
    """Who checked one entry of a certificate's evidence: the weakest of what its obligations rest on."""
    solvers = [len(list(_sequence(found.get("solvers")))) for found in _mappings(proof) if found.get("kind") == "unsat"]
    if not solvers:
        return "kernel"
    return "two solvers" if min(solvers) > 1 else "one solver"


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping within some data, itself included."""
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    for entry in _sequence(value):
        yield from _mappings(entry)


def _argument(claim: Claim, entry: Mapping[str, Any]) -> Argument:
    kind, method = str(entry.get("kind", "proof")), str(entry.get("method") or "")
    where = ", ".join(f"{label} “{entry[label]}”" for label in ("reading", "part") if entry.get(label))
    sentence = METHODS.get(method) or METHODS.get(kind) or (f"By the method “{method}”." if method else "")
    known = ("reading", "part", "kind", "method", "obligations", "certificate", "grade", "hint")
    facts = tuple((str(name), _value(value)) for name, value in sorted(entry.items()) if name not in known and value)
    items = [item for item in _sequence(entry.get("obligations")) if isinstance(item, Mapping)]
    if isinstance(entry.get("certificate"), Mapping):
        items.append({"name": "the conclusion", "certificate": entry["certificate"]})
    derived: list[Implication | None] = [*implications(claim, entry)]
    if len(derived) != len(items):
        derived = [None] * len(items)
    shown = [_obligation(item, implication) for item, implication in zip(items, derived, strict=True)]
    return Argument(where, kind, sentence, facts, tuple(shown))


def _obligation(item: Mapping[str, Any], implication: Implication | None) -> Obligation:
    title = str(item.get("text") or item.get("name") or (implication.name if implication else "obligation"))
    hypotheses = [str(text) for text in _sequence(item.get("hypotheses"))]
    conclusion = str(item.get("conclusion") or "")
    if implication is not None:
        hypotheses = [plain(formula) for formula in implication.hypotheses]
        conclusion = plain(implication.conclusion)
    certificate = item.get("certificate", item if "proof" in item else None)
    lines = _closed_by(certificate, implication) if isinstance(certificate, Mapping) else []
    if len(hypotheses) > MOST_HYPOTHESES:
        hypotheses[MOST_HYPOTHESES:] = [f"... {len(hypotheses) - MOST_HYPOTHESES} more"]
    return Obligation(title, tuple(map(_short, hypotheses)), _short(conclusion), _first(lines, MOST_LINES))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " ..."


def _first(lines: Sequence[str], most: int) -> tuple[str, ...]:
    """The first lines; what is left out is said."""
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[:most], f"... {len(lines) - most} more lines in the certificate") if most else ()


def shortened(argument: Argument, lines: int) -> Argument:
    """The argument with at most so many lines an obligation; with none at all below 0."""
    if lines < 0:
        return replace(argument, obligations=())
    kept = tuple(replace(item, lines=_first(item.lines, lines)) for item in argument.obligations)
    return replace(argument, obligations=kept)


def _closed_by(certificate: Mapping[str, Any], implication: Implication | None) -> list[str]:
    """How one obligation was closed: goal by goal, case by case."""
    if implication is None or "proof" not in certificate:
        return _leaf(certificate, "", None) if "kind" in certificate else [_json(certificate)]
    try:
        treated = list(implication.treated(certificate))
    except (KeyError, TypeError, ValueError, IndexError):
        return [_json(certificate)]
    lines: list[str] = []
    for number, (known, goal, proof) in enumerate(treated):
        label = "" if len(treated) == 1 else f"goal {number + 1} of {len(treated)}, {plain(goal)}"
        lines += _goal(proof, label, (known, goal))
    return lines


def _goal(goal: Any, label: str, formula: Goal | None) -> list[str]:
    before = f"{label}: " if label else ""
    if not isinstance(goal, Mapping):
        return [before + _json(goal)]
    if goal.get("kind") == "identity":
        return [f"{before}both sides are equal once expanded"]
    if goal.get("kind") == "calculus" and formula is not None:
        place = label.partition(",")[0]  # the first line says the goal itself
        first, *others = calculus_lines(*formula, goal.get("rule")) or [_json(goal)]
        return [f"{place}, {first}" if place else first, *others]
    if goal.get("kind") == "squares":
        return _squares(goal, label, formula)
    proofs = goal.get("leaves")
    if not isinstance(proofs, list):
        return [before + _json(goal)]
    if not proofs:
        return [f"{before}every case of its negation contradicts itself plainly"]
    lines = []
    for number, (proof, case) in enumerate(zip(proofs, cases(formula, len(proofs)), strict=True)):
        name = "" if len(proofs) == 1 else f"case {number + 1} of {len(proofs)}"
        lines += _leaf(proof, ", ".join(part for part in (label, name) if part), case)
    return lines


def _squares(goal: Mapping[str, Any], label: str, formula: Goal | None) -> list[str]:
    """The larger side is not negative, and the squares compare as the sides do."""
    before = f"{label}: " if label else ""
    goals = by_squares(formula[1]) if formula is not None else (None, None)
    lines = [f"{before}a <= b where b >= 0 and a**2 <= b**2:"]
    for name, one in zip(("nonnegative", "squares"), goals, strict=True):
        inner = (formula[0], one) if formula is not None and one is not None else None
        lines += [f"    {line}" for line in _goal(goal.get(name), name if one is None else plain(one), inner)]
    return lines


def _leaf(proof: Any, label: str, case: Case | None) -> list[str]:
    before = f"{label}: " if label else ""
    if not isinstance(proof, Mapping):
        return [before + _json(proof)]
    if proof.get("kind") == "products":
        return _products(proof, before, case)
    if proof.get("kind") == "unsat":
        solvers = " and ".join(str(name) for name in _sequence(proof.get("solvers")))
        return [f"{before}no solution of the negation, by {solvers}"]
    return [before + _json(proof)]


def _products(proof: Mapping[str, Any], before: str, case: Case | None) -> list[str]:
    """``0 = sum of multiplier * product of atoms``, with the atoms' text where the case is known."""
    terms = [_term(term) for term in _sequence(proof.get("terms")) if isinstance(term, Mapping)]
    used = [str(name) for term in _sequence(proof.get("terms")) for name in _mapping(_mapping(term).get("factors"))]
    for name, coefficient in _mapping(proof.get("equalities")).items():
        terms.append(f"({_polynomial(coefficient, case)}) * [{name}]")
        used.append(str(name))
    total = " + ".join(terms) if terms else "0"
    lines = [f"{before}if the conclusion failed, this sum would be positive, yet it is identically 0:", f"    {total}"]
    squares = list(_sequence(proof.get("squares")))
    for name in sorted(set(used), key=lambda text: (text.startswith("s"), len(text), text)):
        if name.startswith("s") and name[1:].isdecimal() and int(name[1:]) < len(squares):
            lines.append(f"    [{name}]: ({_polynomial(squares[int(name[1:])], case)})**2 >= 0")
        elif case is not None and name.isdecimal() and int(name) < len(case.atoms):
            lines.append(f"    [{name}]: {case.atoms[int(name)]}")
    return lines


def _term(term: Mapping[str, Any]) -> str:
    powers = _mapping(term.get("factors")).items()
    factors = [f"[{name}]" + (f"^{power}" if power != 1 else "") for name, power in powers]
    multiplier = _lowest(str(term.get("multiplier", "1")))
    if not factors:
        return multiplier
    return " * ".join(factors if multiplier == "1" else [multiplier, *factors])


def _lowest(number: str) -> str:
    """A rational number in lowest terms; what is none stays as it is."""
    try:
        return str(Fraction(number))
    except (ValueError, ZeroDivisionError):
        return number


def _polynomial(entries: Any, case: Case | None) -> str:
    if isinstance(entries, str):
        return entries
    return case.polynomial(entries) if case is not None else "a polynomial"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_value(entry)}" for name, entry in value.items())
    if isinstance(value, list):
        return ", ".join(_value(entry) for entry in value)
    return str(value)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST_JSON else text[:_LONGEST_JSON] + " …"


def _sequence(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
