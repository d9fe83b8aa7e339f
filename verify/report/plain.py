"""Formulas as one line of plain text, with ``=`` and ``!=`` where SymPy writes ``Eq`` and ``Ne``."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter


class _PlainPrinter(StrPrinter):
    def _print_Relational(self, expr: Any) -> str:  # noqa: N802  # SymPy finds printers by name
        sign = {sp.Eq: "=", sp.Ne: "!="}.get(type(expr), getattr(expr, "rel_op", "?"))
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"

    def _print_Abs(self, expr: Any) -> str:  # noqa: N802
        return f"|{self._print(expr.args[0])}|"

    def _joined(self, expr: Any, word: str) -> str:
        plain = (sp.core.relational.Relational, sp.Symbol)
        parts = [self._print(part) if isinstance(part, plain) else f"({self._print(part)})" for part in expr.args]
        return f" {word} ".join(parts)

    def _print_And(self, expr: Any) -> str:  # noqa: N802
        return self._joined(expr, "and")

    def _print_Or(self, expr: Any) -> str:  # noqa: N802
        return self._joined(expr, "or")

    def _print_Implies(self, expr: Any) -> str:  # noqa: N802
        return self._joined(expr, "implies")

    def _print_Equivalent(self, expr: Any) -> str:  # noqa: N802
        return self._joined(expr, "iff")


def plain(formula: sp.Basic) -> str:
    """The formula as text."""
    return str(_PlainPrinter({"order": "none"}).doprint(formula))
