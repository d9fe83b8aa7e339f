"""The cases that a goal of a proof falls into, as the kernel tells them apart, in words for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.errors import VerifyError
from verify.kernel.cases import leaves
from verify.kernel.counterexample import counterexample_obligations
from verify.kernel.families import family_obligations
from verify.kernel.goals import Implication
from verify.kernel.obligations import METHODS, obligations, vacuity
from verify.kernel.products import leaf_symbols
from verify.report.plain import plain
from verify.statement.claim import Claim

#: The cases of a goal are told apart again for the reader up to this many.
MOST_CASES = 40

#: The hypotheses and the conclusion of a goal.
Goal = tuple[tuple[Any, ...], Any]


@dataclass(frozen=True)
class Case:
    """One case: its atoms as text, and the symbols in the order in which certificates write exponents."""

    atoms: tuple[str, ...]
    symbols: tuple[sp.Symbol, ...]

    def polynomial(self, entries: Any) -> str:
        """A polynomial of a certificate, ``[[coefficient, exponents], ...]``, as text."""
        try:
            terms = [
                sp.Rational(coefficient)
                * sp.Mul(*[symbol**power for symbol, power in zip(self.symbols, exponents, strict=True)])
                for coefficient, exponents in entries
            ]
        except (TypeError, ValueError):
            return "a polynomial"
        return plain(sp.Add(*terms))


def implications(claim: Claim, entry: Mapping[str, Any]) -> list[Implication]:
    """What an entry of a certificate has to establish, derived from the claim; none where that fails."""
    reading, part = str(entry.get("reading") or ""), str(entry.get("part") or "")
    try:
        if entry.get("kind") == "vacuous":
            return vacuity(claim)
        if entry.get("method") in METHODS and part in claim.conclusions.get(reading, {}):
            return obligations(claim, reading, part, str(entry["method"]), entry.get("squares"))
        if entry.get("kind") == "counterexample":
            return counterexample_obligations(claim, reading, part, entry["hint"])
        if entry.get("kind") == "family":
            bounds = {name: Fraction(text) for name, text in (entry.get("bounds") or {}).items()}
            return family_obligations(claim, reading, part, entry["hint"], Fraction(entry["rate"]), bounds)
    except (VerifyError, KeyError, ValueError, TypeError):
        pass
    return []


def cases(goal: Goal | None, count: int) -> Sequence[Case | None]:
    """The cases of a goal whose certificate treats ``count``, None where they are not told apart again."""
    if goal is not None and count <= MOST_CASES:
        try:
            found = leaves(*goal)
        except VerifyError:
            found = []
        if len(found) == count:
            return [Case(tuple(_text(atom) for atom in leaf), tuple(leaf_symbols(leaf))) for leaf in found]
    return [None] * count


def _text(atom: Any) -> str:
    return f"{plain(atom.polynomial.as_expr())} {atom.relation} 0"
