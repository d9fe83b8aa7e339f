"""Numbers of every arithmetic as LaTeX: exact where that is short, else rounded and marked so."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

import sympy as sp

#: An exact number with more characters than this is shown rounded.
LONGEST_EXACT = 26
_DECIMAL = re.compile(r"[+-]?\d*\.?\d+(e[+-]?\d+)?")
#: Significant digits of a rounded number.
DIGITS = 10


class Numeral(NamedTuple):
    """A number (or a vector of numbers) as LaTeX; ``exact`` is False for a rounded one."""

    latex: str
    exact: bool

    @property
    def equals(self) -> str:
        """The sign between a quantity and this numeral."""
        return "=" if self.exact else r"\approx"


def numeral(value: Any) -> Numeral:
    """A value of the exact, closed-form or ball arithmetic, or a tuple of them."""
    if isinstance(value, tuple):
        entries = [numeral(entry) for entry in value]
        if len(entries) == 1:
            return entries[0]
        inside = r",\ ".join(entry.latex for entry in entries)
        return Numeral(rf"\left({inside}\right)", all(entry.exact for entry in entries))
    if isinstance(value, sp.Expr) and not isinstance(value, sp.Rational):
        return _closed_form(value)
    if hasattr(value, "mid") and not hasattr(value, "numerator"):
        return Numeral(rounded(str(value.mid().str(DIGITS, radius=False))), value.is_exact() and value.is_integer())
    return _rational(Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else Fraction(value))


def _rational(value: Fraction) -> Numeral:
    if value.denominator == 1 and len(str(value.numerator)) <= LONGEST_EXACT:
        return Numeral(str(value.numerator), True)
    sign, size = ("-" if value < 0 else ""), abs(value)
    if len(f"{value}") <= LONGEST_EXACT:
        return Numeral(rf"{sign}\tfrac{{{size.numerator}}}{{{size.denominator}}}", True)
    return Numeral(rounded(_decimal(value)), False)


def _closed_form(value: sp.Expr) -> Numeral:
    if sp.count_ops(value) <= 8 and len(str(value)) <= 2 * LONGEST_EXACT:
        return Numeral(sp.latex(value), True)
    return Numeral(rounded(str(sp.N(value, DIGITS))), False)


def _decimal(value: Fraction) -> str:
    return str(sp.Float(sp.Rational(value.numerator, value.denominator), DIGITS))


def rounded(text: str) -> str:
    """A decimal text as LaTeX: ``1.2e-7`` becomes ``1.2 \\cdot 10^{-7}``, trailing zeros go."""
    mantissa, _, exponent = text.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    if not exponent:
        return mantissa
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def numeral_of_text(text: str) -> Numeral:
    """A number as the ledger writes it: ``3/2``, a closed form, ``[1.5 +/- 1e-9]``; other text as it is."""
    stripped = text.strip()
    if _DECIMAL.fullmatch(stripped):
        return Numeral(rounded(stripped), True)
    try:
        return _rational(Fraction(stripped))
    except (ValueError, ZeroDivisionError):
        pass
    if stripped.startswith("[") and stripped.endswith("]"):
        return Numeral(rounded(stripped[1:-1].split("+/-")[0].strip()), False)
    escaped = stripped.replace("_", r"\_")
    return Numeral(rf"\text{{{escaped}}}", True)
