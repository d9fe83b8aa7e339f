"""Symbols, terms and formulas as Coq text: what the generated theorems say.

A formula becomes the proposition that it is true, which includes that its terms have values: Coq's ``/`` and ``sqrt``
are total, so each relation stands beside the conditions under which its quotients and roots are what they should be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.functions import definedness
from verify.kernel.literals import fails, holds, literal

#: A formula as the kernel takes it apart: a relation, or ("and" | "or", parts).
Node = Any

_RELATIONS = {sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">", sp.Eq: "=", sp.Ne: "<>"}
#: How the lemmas about a kind of relation are named.
KINDS = {sp.Le: "le", sp.Lt: "lt", sp.Ge: "ge", sp.Gt: "gt", sp.Eq: "eq", sp.Ne: "ne"}
_SAFE = re.compile(r"[^A-Za-z0-9]+")


class Names:
    """Coq identifiers for symbols: their letters and digits behind ``v_``, so that none is a word of Coq or of ours."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, symbol: sp.Symbol) -> str:
        """The identifier of a symbol, the same one each time."""
        name = str(symbol.name)
        if name not in self._known:
            base = "v_" + (_SAFE.sub("_", name).strip("_")[:40] or "symbol")
            found, taken = base, set(self._known.values())
            while found in taken:
                found = f"{base}_{len(taken)}"
            self._known[name] = found
        return self._known[name]

    def table(self) -> list[tuple[str, str]]:
        """Each symbol's name with its identifier."""
        return list(self._known.items())


def comment(text: str) -> str:
    """A comment that holds any text: nothing in it can end the comment or open a string."""
    plain = text.encode("ascii", "backslashreplace").decode().replace("**", "^").replace('"', "'")
    spaced = " ".join(plain.replace("*", " * ").split())
    return f"(* {spaced} *)"


class Printer:
    """Terms and formulas as Coq text, with the identifiers of ``names``."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def term(self, term: sp.Basic) -> str:
        """A term, in parentheses unless it is a name or a natural number.

        Raises:
            CertificateError: the term is not algebraic.
        """
        if isinstance(term, sp.Rational):
            if term.q == 1:
                return str(term.p) if term.p >= 0 else f"({term.p})"
            return f"({term.p} / {term.q})"
        if isinstance(term, sp.Symbol):
            return self.names(term)
        if isinstance(term, sp.Add | sp.Mul):
            return f"({(' + ' if isinstance(term, sp.Add) else ' * ').join(map(self.term, term.args))})"
        if isinstance(term, sp.Pow) and isinstance(term.exp, sp.Rational) and term.exp.q in (1, 2):
            return self.power(term)
        if isinstance(term, sp.Abs | sp.sign):
            return f"({'Rabs' if isinstance(term, sp.Abs) else 'sgn'} {self.term(term.args[0])})"
        if isinstance(term, sp.Min | sp.Max):
            return self.extreme("Rmin" if isinstance(term, sp.Min) else "Rmax", extreme_arguments(term))
        raise CertificateError(f"{term} is no term that the Coq file can state")

    def power(self, term: sp.Pow) -> str:
        """A power with an integer or half-integer exponent."""
        inner, size = self.power_base(term), abs(int(term.exp.p))
        text = inner if size == 1 else f"({inner} ^ {size})"
        return f"(/ {text})" if term.exp < 0 else text

    def power_base(self, term: sp.Pow) -> str:
        """What is raised to a natural number: the base or its root."""
        base = self.term(term.base)
        return base if term.exp.q == 1 else f"(sqrt {base})"

    def extreme(self, function: str, arguments: Sequence[sp.Expr]) -> str:
        """A minimum or maximum of two or more arguments, nested to the right."""
        first, *rest = arguments
        return f"({function} {self.term(first)} {self.extreme(function, rest)})" if rest else self.term(first)

    def relation(self, relation: Relational) -> str:
        """A relation between terms, whether or not they have values."""
        if type(relation) not in _RELATIONS:
            raise CertificateError(f"{relation} is no algebraic relation")
        left, right = relation.args
        return f"{self.term(left)} {_RELATIONS[type(relation)]} {self.term(right)}"

    def literal(self, relation: Relational) -> str:
        """The relation is true: its terms have values, and it holds."""
        return _joined("/\\", [self.relation(one) for one in (*definedness(relation), relation)], "True")

    def node(self, node: Node) -> str:
        """A formula as the kernel takes it apart."""
        if isinstance(node, Relational):
            return self.literal(node)
        kind, parts = node
        return _joined("/\\" if kind == "and" else "\\/", [self.node(part) for part in parts],
                       "True" if kind == "and" else "False")  # fmt: skip

    def formula(self, formula: sp.Basic) -> str:
        """The proposition that a formula is true."""
        if isinstance(formula, sp.Implies):
            first, second = formula.args
            return f"({self.formula(first)} -> {self.formula(second)})"
        if isinstance(formula, sp.And | sp.Or) and formula.has(sp.Implies):
            parts = [self.formula(part) for part in formula.args]
            return _joined("/\\" if isinstance(formula, sp.And) else "\\/", parts, "True")
        return self.node(holds(formula))

    def decision(self, relation: Relational) -> str:
        """A lemma's instance: the relation or its negation holds."""
        left, right = map(self.term, relation.args)
        return f"decide_{KINDS[type(relation)]} {left} {right}"

    def decisions(self, formulas: Iterable[sp.Basic]) -> list[str]:
        """For each relation of some formulas, once for it and its negation, the lemma that one of both holds."""
        found: dict[str, str] = {}
        for formula in formulas:
            for relation in relations(formula):
                either = (relation, literal(relation, False))
                found.setdefault(min(map(self.decision, either)), "")
        return list(found)


def symbols_of(formulas: Iterable[sp.Basic]) -> list[sp.Symbol]:
    """The symbols of some formulas, by name."""
    found = {symbol for formula in formulas for symbol in formula.free_symbols}
    return sorted(found, key=lambda symbol: str(symbol.name))


def implied(printer: Printer, symbols: Sequence[sp.Symbol], hypotheses: Sequence[str], conclusion: str) -> str:
    """``forall symbols, hypotheses -> conclusion``, a line for each hypothesis."""
    quantified = f"forall ({' '.join(map(printer.names, symbols))} : R),\n  " if symbols else ""
    return quantified + "".join(f"{one} ->\n  " for one in hypotheses) + conclusion


def extreme_arguments(term: sp.Expr) -> list[sp.Expr]:
    """The arguments of a minimum or maximum in the kernel's order."""
    return sorted(term.args, key=sp.srepr)


def relations(formula: sp.Basic) -> list[Relational]:
    """The relations of a formula and of the conditions under which it has a value."""
    # with keys, as the parts of a conjunction otherwise come in the order of their hashes
    nodes = sp.preorder_traversal(formula, keys=sp.default_sort_key)
    found = [node for node in nodes if isinstance(node, Relational)]
    return list(dict.fromkeys(one for node in found for one in (*definedness(node), node)))


def as_true(formula: Boolean) -> Node:
    """The formula is true, as the kernel takes it apart."""
    return holds(formula)


def as_false(formula: Boolean) -> Node:
    """The formula has a value and is not true, as the kernel takes it apart."""
    return fails(formula, defined=True)


def as_not_true(formula: Boolean) -> Node:
    """The formula is not true, having a value or not, as the kernel takes it apart."""
    return fails(formula)


def _joined(connective: str, parts: Sequence[str], empty: str) -> str:
    if len(parts) < 2:
        return parts[0] if parts else empty
    return f"({f' {connective} '.join(parts)})"
