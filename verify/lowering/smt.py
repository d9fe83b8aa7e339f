"""Implications as SMT-LIB 2 text for nonlinear real arithmetic, with exact rationals and no free values.

Division by zero and roots of negative numbers are free in SMT-LIB, or do not exist there.  So each quotient and each
root is a variable of its own with its defining condition, and each relation also says that its terms have values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import VerifyError

_OPERATORS = {sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">", sp.Eq: "="}


@dataclass(frozen=True)
class Script:
    """SMT-LIB text, satisfiable iff the implication fails at some point, and the symbol of each variable in it."""

    text: str
    symbols: dict[str, sp.Symbol]


def smtlib(hypotheses: Sequence[Boolean], conclusion: Boolean) -> Script:
    """Whether there is a point where the hypotheses are true and the conclusion is not (or has no value).

    Raises:
        VerifyError: a term has no counterpart in SMT-LIB's real arithmetic.
    """
    writer = _Writer(sorted({s for f in (*hypotheses, conclusion) for s in f.free_symbols}, key=lambda s: str(s.name)))
    assertions = [writer.truth(formula, True) for formula in hypotheses]
    assertions.append(f"(not {writer.truth(conclusion, True)})")
    symbols = {name: symbol for symbol, name in writer.names.items()}
    lines = ["(set-logic QF_NRA)", *[f"(declare-fun {name} () Real)" for name in symbols], *writer.definitions]
    return Script("\n".join([*lines, *[f"(assert {text})" for text in assertions], "(check-sat)"]) + "\n", symbols)


class _Writer:
    def __init__(self, symbols: Sequence[sp.Symbol]) -> None:
        self.names = {symbol: f"v{place}" for place, symbol in enumerate(symbols)}
        self.definitions: list[str] = []
        #: The text of each term, and the conditions under which it has a value.
        self.known: dict[sp.Basic, tuple[str, tuple[str, ...]]] = {}

    def truth(self, formula: sp.Basic, value: bool) -> str:
        """That the formula has this truth value (a relation without a value has neither)."""
        if formula in (sp.true, sp.false):
            return "true" if (formula is sp.true) is value else "false"
        if isinstance(formula, sp.Not):
            return self.truth(formula.args[0], not value)
        if isinstance(formula, sp.And | sp.Or):
            return _join("and" if isinstance(formula, sp.And) is value else "or", self._truths(formula.args, value))
        if isinstance(formula, sp.Implies):
            first, second = formula.args
            if value:  # a hypothesis that is not true does not hold
                return _join("or", [f"(not {self.truth(first, True)})", self.truth(second, True)])
            return _join("and", [self.truth(first, True), self.truth(second, False)])
        if isinstance(formula, sp.Equivalent):
            sides = formula.args
            ring = [sp.Implies(a, b, evaluate=False) for a, b in zip(sides, (*sides[1:], sides[0]), strict=True)]
            return _join("and" if value else "or", self._truths(ring, value))
        return self._relation(formula, value)

    def _truths(self, formulas: Sequence[sp.Basic], value: bool) -> list[str]:
        return [self.truth(formula, value) for formula in formulas]

    def _relation(self, formula: sp.Basic, value: bool) -> str:
        if isinstance(formula, sp.Ne):
            formula, value = sp.Eq(*formula.args, evaluate=False), not value
        if not isinstance(formula, Relational) or type(formula) not in _OPERATORS:
            raise VerifyError(f"{formula} is no relation of real numbers")
        (left, first), (right, second) = self.term(formula.args[0]), self.term(formula.args[1])
        text = f"({_OPERATORS[type(formula)]} {left} {right})"
        return _join("and", [*dict.fromkeys((*first, *second)), text if value else f"(not {text})"])

    def term(self, term: sp.Basic) -> tuple[str, tuple[str, ...]]:
        """A term and the conditions under which it has a value."""
        if term not in self.known:
            self.known[term] = self._term(term)
        return self.known[term]

    def _term(self, term: sp.Basic) -> tuple[str, tuple[str, ...]]:
        if isinstance(term, sp.Symbol):
            return self.names[term], ()
        if isinstance(term, sp.Rational):
            return _number(term), ()
        if isinstance(term, sp.Pow):
            return self._power(term)
        if not isinstance(term, sp.Add | sp.Mul | sp.Abs | sp.sign | sp.Min | sp.Max):
            raise VerifyError(f"{term} has no counterpart in SMT-LIB's real arithmetic")
        parts = [self.term(argument) for argument in term.args]
        conditions = tuple(dict.fromkeys(condition for _, needed in parts for condition in needed))
        texts = [text for text, _ in parts]
        if isinstance(term, sp.Add | sp.Mul):
            return f"({'+' if isinstance(term, sp.Add) else '*'} {' '.join(texts)})", conditions
        texts = [self._named(text) for text in texts]
        if isinstance(term, sp.Abs):
            return f"(ite (>= {texts[0]} 0) {texts[0]} (- {texts[0]}))", conditions
        if isinstance(term, sp.sign):
            return f"(ite (> {texts[0]} 0) 1 (ite (< {texts[0]} 0) (- 1) 0))", conditions
        chosen = texts[0]
        for text in texts[1:]:
            order = "<=" if isinstance(term, sp.Min) else ">="
            chosen = self._named(f"(ite ({order} {chosen} {text}) {chosen} {text})")
        return chosen, conditions

    def _power(self, term: sp.Pow) -> tuple[str, tuple[str, ...]]:
        base, exponent = term.args
        if not isinstance(exponent, sp.Rational) or exponent.q > 2:
            raise VerifyError(f"{term} is no power with an integer or half-integer exponent")
        text, conditions = self.term(base)
        text = self._named(text)
        if exponent.q == 2:
            radicand, text = text, self._root(base, text)
            conditions = (*conditions, f"(>= {radicand} 0)")
        if exponent < 0:
            conditions = (*conditions, f"(not (= {text} 0))")
            text = self._reciprocal(text)
        size = abs(int(exponent.p))
        return (text if size == 1 else f"(* {' '.join([text] * size)})"), conditions

    def _root(self, base: sp.Basic, radicand: str) -> str:
        key = sp.Function("root")(base)
        if key not in self.known:
            name = self._declare("r")
            self.definitions.append(f"(assert (>= {name} 0))")
            self.definitions.append(f"(assert (=> (>= {radicand} 0) (= (* {name} {name}) {radicand})))")
            self.known[key] = name, ()
        return self.known[key][0]

    def _reciprocal(self, text: str) -> str:
        key = sp.Symbol(f"1/{text}")
        if key not in self.known:
            name = self._declare("q")
            self.definitions.append(f"(assert (=> (not (= {text} 0)) (= (* {name} {text}) 1)))")
            self.known[key] = name, ()
        return self.known[key][0]

    def _declare(self, letter: str) -> str:
        name = f"{letter}{len(self.definitions)}"
        self.definitions.append(f"(declare-fun {name} () Real)")
        return name

    def _named(self, text: str) -> str:
        """A name for a term that occurs more than once, so that nested cases do not multiply the text."""
        if not text.startswith("("):
            return text
        key = sp.Symbol(f"={text}")
        if key not in self.known:
            name = f"t{len(self.definitions)}"
            self.definitions.append(f"(define-fun {name} () Real {text})")
            self.known[key] = name, ()
        return self.known[key][0]


def _number(value: sp.Rational) -> str:
    size = str(abs(int(value.p))) if value.q == 1 else f"(/ {abs(int(value.p))} {int(value.q)})"
    return f"(- {size})" if value.p < 0 else size


def _join(operator: str, parts: Sequence[str]) -> str:
    if not parts:
        return "true" if operator == "and" else "false"
    return parts[0] if len(parts) == 1 else f"({operator} {' '.join(parts)})"
