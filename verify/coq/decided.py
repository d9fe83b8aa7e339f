"""That a formula is true or its negation is: the propositional steps of a proof, as Coq text.

A formula without implications is decided by a term that follows its connectives. An implication, an equivalence or a
conjunction of such is followed side by side; what a search (``tauto``) is left to tell apart is small, and no other
hypothesis stands beside it, since each disjunction there would double its cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.coq.text import Node, Printer, as_false, as_not_true, as_true
from verify.errors import CertificateError
from verify.kernel.functions import definedness


def told_apart(printer: Printer, name: str, statement: str, formula: Boolean, keeping: Sequence[str]) -> list[str]:
    """A hypothesis ``name`` that follows from others by telling apart which relations of ``formula`` hold.

    Args:
        keeping: the hypotheses that it follows from.
    """
    clear = f"clear - {' '.join(keeping)}." if keeping else "clear."
    steps = [clear, *[f"pose proof ({one})." for one in printer.decisions([formula])], "tauto."]
    return _asserted(name, statement, steps)


def decided(printer: Printer, name: str, formula: Boolean, known: Mapping[Boolean, str]) -> list[str]:
    """A hypothesis ``name`` that a formula is true or, having a value, is not.

    Args:
        known: the hypotheses by what they say; among them the conditions under which the formula has a value.
    """
    statement = f"{printer.formula(formula)} \\/ {printer.node(as_false(formula))}"
    if isinstance(formula, sp.And) and formula.has(sp.Implies, sp.Equivalent):
        return _asserted(name, statement, _conjunction(printer, name, formula.args, known))
    if isinstance(formula, sp.Implies) and not formula.args[0].has(sp.Implies):
        return _asserted(name, statement, _implication(printer, name, formula, known))
    if isinstance(formula, sp.Equivalent) and len(formula.args) == 2 and not formula.has(sp.Implies):
        return _asserted(name, statement, _equivalence(printer, name, formula, known))
    if formula.has(sp.Implies, sp.Equivalent):
        return told_apart(printer, name, statement, formula, list(known.values()))
    return [f"assert ({name} : {statement}) by exact {_either(printer, as_true(formula), known)}."]


def _either(printer: Printer, node: Node, known: Mapping[Boolean, str]) -> str:
    """The term that proves a formula or its negation, connective by connective.

    Raises:
        CertificateError: that a term has a value is not known.
    """
    if isinstance(node, Relational):
        proof = f"({printer.decision(node)})"
        for condition in reversed(definedness(node)):
            if condition not in known:
                raise CertificateError(f"{condition} is not known where Coq needs it")
            holds = known[condition]
            for _ in definedness(condition):  # it stands behind its own conditions
                holds = f"(proj2 {holds})"
            proof = f"(either_under _ _ _ {holds} {proof})"
        return proof
    kind, parts = node
    if not parts:
        return "(or_introl I)" if kind == "and" else "(or_intror I)"
    *others, proof = [_either(printer, part, known) for part in parts]
    for other in reversed(others):
        proof = f"(either_{kind} _ _ _ _ {other} {proof})"
    return proof


def _asserted(name: str, statement: str, steps: Sequence[str]) -> list[str]:
    return [f"assert ({name} : {statement}).", "{", *[f"  {step}" for step in steps], "}"]


def _conjunction(printer: Printer, name: str, parts: Sequence[Boolean], known: Mapping[Boolean, str]) -> list[str]:
    lines: list[str] = []
    names = [f"{name}_{place}" for place in range(len(parts))]
    for place, (part, one) in enumerate(zip(parts, names, strict=True)):
        lines += decided(printer, one, part, known)
        way = "right; " * (place + 1) + ("left; " if place + 1 < len(parts) else "")
        lines.append(f"destruct {one} as [{one} | {one}]; [| {way}exact {one}].")
    proof = names[-1]
    for one in reversed(names[:-1]):
        proof = f"(conj {one} {proof})"
    return [*lines, f"left; exact {proof}."]


def _implication(printer: Printer, name: str, formula: Boolean, known: Mapping[Boolean, str]) -> list[str]:
    """Where the first side holds, as its second side is decided."""
    first, second = formula.args
    holds, other = f"{name}a", f"{name}b"
    return [
        f"destruct (classic ({printer.formula(first)})) as [{holds} | {holds}]; [| left; intro; contradiction].",
        *_decided_under(printer, other, first, holds, second, known),
        f"destruct {other} as [{other} | {other}]; [left; intro; exact {other} | right; exact (conj {holds} {other})].",
    ]


def _equivalence(printer: Printer, name: str, formula: Boolean, known: Mapping[Boolean, str]) -> list[str]:
    """By which sides hold; where one does, the other one has a value."""
    first, second = formula.args
    a, b, not_a, not_b = (f"{name}{letter}" for letter in "abcd")
    return [
        f"destruct (classic ({printer.formula(first)})) as [{a} | {a}].",
        "{",
        *[f"  {line}" for line in _decided_under(printer, b, first, a, second, known)],
        f"  destruct {b} as [{b} | {b}]; [left; exact (conj (or_intror {b}) (or_intror {a})) |].",
        f"  right; left; exact (conj {a} {b}).",
        "}",
        f"destruct (classic ({printer.formula(second)})) as [{b} | {b}].",
        "{",
        *[f"  {line}" for line in _decided_under(printer, not_a, second, b, first, known)],
        f"  destruct {not_a} as [{not_a} | {not_a}]; [contradiction |].",
        f"  right; right; exact (conj {b} {not_a}).",
        "}",
        *told_apart(printer, not_a, printer.node(as_not_true(first)), first, [a]),
        *told_apart(printer, not_b, printer.node(as_not_true(second)), second, [b]),
        f"left; exact (conj (or_introl {not_a}) (or_introl {not_b})).",
    ]


def _decided_under(
    printer: Printer, name: str, first: Boolean, holds: str, second: Boolean, known: Mapping[Boolean, str]
) -> list[str]:
    """``decided`` for a formula that needs a value only where ``first`` holds, which the hypothesis ``holds`` says."""
    lines: list[str] = []
    inner: dict[Boolean, str] = {}
    for formula, one in known.items():
        if isinstance(formula, sp.Implies) and formula.args[0] == first:
            inner[formula.args[1]] = f"{name}_{one}"
            lines.append(f"pose proof ({one} {holds}) as {name}_{one}.")
    return [*lines, *decided(printer, name, second, inner)]
