"""Conjunctions of polynomial relations as SMT-LIB 2 text for nonlinear real arithmetic: polynomials with exact rationals only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp


def smtlib(symbols: Sequence[sp.Symbol], atoms: Sequence[tuple[str, sp.Expr]]) -> str:
    """A script that asks whether ``polynomial REL 0`` holds for all ``(REL, polynomial)`` at one real point.

    The variables are named v0, v1, ... in the order of ``symbols``.
    """
    names = {symbol: f"v{place}" for place, symbol in enumerate(symbols)}
    lines = ["(set-logic QF_NRA)"]
    lines += [f"(declare-const {name} Real)" for name in names.values()]
    lines += [f"(assert ({relation} {_term(polynomial, names)} 0))" for relation, polynomial in atoms]
    return "\n".join([*lines, "(check-sat)"])


def _term(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> str:
    if isinstance(expression, sp.Symbol):
        return names[expression]
    if isinstance(expression, sp.Rational):
        numerator = str(abs(int(expression.p)))
        size = numerator if expression.q == 1 else f"(/ {numerator} {int(expression.q)})"
        return f"(- {size})" if expression.p < 0 else size
    if isinstance(expression, sp.Add | sp.Mul):
        operator = "+" if isinstance(expression, sp.Add) else "*"
        return f"({operator} {' '.join(_term(argument, names) for argument in expression.args)})"
    if isinstance(expression, sp.Pow) and expression.exp.is_Integer and expression.exp > 0:
        base = _term(expression.base, names)
        return base if expression.exp == 1 else f"(* {' '.join([base] * int(expression.exp))})"
    raise ValueError(f"{expression} is no polynomial")
