r"""SymPy to the LaTeX that GitHub renders: states with their time, and formulas with numbers put in.

Inline formulas are written ``$`...`$`` and displays in ``math`` blocks, so that Markdown leaves ``_`` and ``*`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from verify.statement.claim import Claim
from verify.statement.formula import Converges, ConvergesExponentially, Diverges, DivergesExponentially, StepSum
from verify.statement.system import next_symbol, time
from verify.statement.vectors import VectorValued

#: Formulas that write the time of their state themselves.
_TIMED = (Converges, ConvergesExponentially, Diverges, DivergesExponentially)


class MathPrinter(LatexPrinter):
    """LaTeX of SymPy formulas, with some nodes printed as a given text.

    Args:
        names: how symbols are written.
        texts: nodes (symbols too) that are printed as this text: a number, or the name of an auxiliary quantity.
        dots: whether products are written with a dot, as products of numbers have to be.
    """

    def __init__(
        self, names: Mapping[sp.Symbol, str], texts: Mapping[sp.Basic, str] | None = None, *, dots: bool = False
    ) -> None:
        super().__init__({"symbol_names": dict(names), "mul_symbol": "dot" if dots else None})
        self._texts = dict(texts or {})
        self._whole: sp.Basic | None = None

    def formula(self, expression: sp.Basic) -> str:
        """The LaTeX of an expression, written out at its top even where it has a text of its own."""
        self._whole = expression
        return _allowed(str(self.doprint(expression)))

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, sp.Basic):
            if expr is self._whole:
                self._whole = None
            elif expr in self._texts:
                text = self._texts[expr]
                if "exp" not in kwargs:
                    return str(text)
                base = text if _is_atomic(text) else rf"\left({text}\right)"
                return f"{base}^{{{kwargs['exp']}}}"
            if isinstance(expr, _TIMED):
                return self._with_names({}, expr, **kwargs)
            if isinstance(expr, StepSum):
                return self._step_sum(expr)
        return str(super()._print(expr, **kwargs))

    def _with_names(self, names: Mapping[sp.Symbol, str], expr: sp.Basic, **kwargs: Any) -> str:
        outer = self._settings["symbol_names"]
        self._settings["symbol_names"] = dict(names)
        try:
            return str(super()._print(expr, **kwargs))
        finally:
            self._settings["symbol_names"] = outer

    def _step_sum(self, expr: sp.Basic) -> str:
        outer = self._settings["symbol_names"]
        inner = {symbol: name.replace("_{t}", "_{i}").replace("_{t+1}", "_{i+1}") for symbol, name in outer.items()}
        self._settings["symbol_names"] = {**inner, time: "i"}
        try:
            return r"\sum_{i=0}^{t-1} " + self.parenthesize(expr.args[0], 45)
        finally:
            self._settings["symbol_names"] = outer

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:  # noqa: N802  # SymPy finds printers by name
        terms = _readable_order(expr)
        first = next((term for term in terms if not term.could_extract_minus_sign()), terms[0])
        terms.remove(first)
        text = self._term(first)
        for term in terms:
            negative = term.could_extract_minus_sign()
            text += f" - {self._term(-term)}" if negative else f" + {self._term(term)}"
        return text

    def _term(self, term: sp.Expr) -> str:
        return rf"\left({self._print(term)}\right)" if self._needs_add_brackets(term) else str(self._print(term))

    # --- brackets around what is printed as a given text ------------------------------------------------------------

    def _needs_mul_brackets(self, expr: sp.Basic, first: bool = False, last: bool = False) -> bool:
        text = self._texts.get(expr)
        if text is not None:
            return _is_sum(text) or (text.startswith("-") and not first)
        return bool(super()._needs_mul_brackets(expr, first, last)) and not isinstance(expr, VectorValued)

    def _needs_add_brackets(self, expr: sp.Basic) -> bool:
        text = self._texts.get(expr)
        return text.startswith("-") or _is_sum(text) if text is not None else bool(super()._needs_add_brackets(expr))

    def parenthesize(self, item: sp.Basic, level: int, is_neg: bool = False, strict: bool = False) -> str:
        """The item, in brackets where it binds weaker than ``level``."""
        text = self._texts.get(item)
        if text is None:
            return str(super().parenthesize(item, level, is_neg, strict))
        return text if _is_atomic(text) else rf"\left({text}\right)"

    def _print_sign(self, expr: sp.Basic, exp: str | None = None) -> str:
        body = rf"\mathrm{{sign}}\left({self._print(expr.args[0])}\right)"
        return body if exp is None else f"{body}^{{{exp}}}"


def _readable_order(expr: sp.Add) -> list[sp.Expr]:
    """The terms of a polynomial by degree, of anything else the short ones first."""
    if len(expr.free_symbols) == 1 and expr.is_polynomial():
        return list(expr.as_ordered_terms())
    return sorted(expr.args, key=lambda term: term.count_ops())


def _is_sum(text: str) -> bool:
    return not text.startswith(r"\left(") and (" + " in text or " - " in text[1:])


def _is_atomic(text: str) -> bool:
    """A natural number, a decimal one, a name or something in brackets."""
    return text.replace(".", "", 1).isdigit() or text.startswith(r"\left(") or (text[0].isalpha() and " " not in text)


#: Macros that GitHub does not accept, with an equal one that it does.
_REPLACED = (
    (r"\left|", r"\left\lvert "),
    (r"\right|", r"\right\rvert "),
    (r"\operatorname{", r"\mathrm{"),
    (r"\geq", r"\ge"),
    (r"\leq", r"\le"),
    (r"\neq", r"\ne"),
)


def _allowed(text: str) -> str:
    for macro, other in _REPLACED:
        text = text.replace(macro, other)
    return text


def state_names(claim: Claim, now: str = "t", after: str = "t+1") -> dict[sp.Symbol, str]:
    """How the state symbols of a claim are written at a time: ``w`` as ``w_{t}``, ``w_next`` as ``w_{t+1}``."""
    if claim.step is None:
        return {}
    names: dict[sp.Symbol, str] = {}
    for symbol in claim.step.state:
        names[symbol] = f"{sp.latex(symbol)}_{{{now}}}"
        names[next_symbol(symbol)] = f"{sp.latex(symbol)}_{{{after}}}"
    return names


def statement_printer(claim: Claim) -> MathPrinter:
    """The printer of a claim's own formulas."""
    return MathPrinter(state_names(claim))


def inline(latex: str) -> str:
    """An inline formula."""
    return f"$`{' '.join(latex.split())}`$"


def display(lines: Iterable[str]) -> str:
    """A display of one line, or of several aligned at their ``&``."""
    rows = [" ".join(line.split()) for line in lines]
    if not rows:
        return ""
    if len(rows) == 1:
        body = rows[0].replace("&", "")
    else:
        aligned = " \\\\\n".join(row if "&" in row else f"& {row}" for row in rows)
        body = f"\\begin{{aligned}}\n{aligned}\n\\end{{aligned}}"
    return f"```math\n{body}\n```"
