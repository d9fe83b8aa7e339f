"""Double precision over whole batches (numpy): for screening only, never for a verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

#: An array of doubles, one entry a lane; a value that does not exist is NaN.
Lanes = Any


class Floats:
    """Arrays of doubles; what has no value is NaN, and no sign is ever certain."""

    name = "float"

    def rational(self, numerator: int, denominator: int) -> float:
        """The double nearest to numerator/denominator."""
        return numerator / denominator

    def divide(self, left: Lanes, right: Lanes) -> Lanes:
        """left/right; NaN where right is 0."""
        return np.divide(left, np.where(np.equal(right, 0), np.nan, right))

    def power(self, base: Lanes, exponent: Fraction) -> Lanes:
        """base**exponent."""
        if exponent == Fraction(1, 2):
            return np.sqrt(base)
        if exponent.denominator == 1 and 0 <= exponent.numerator <= 4:
            result = np.ones_like(np.asarray(base, dtype=float))
            for _ in range(exponent.numerator):
                result = result * base
            return result
        return np.power(np.asarray(base, dtype=float), float(exponent))

    def call(self, name: str, arguments: list[Lanes]) -> Lanes:
        """The function of that name, entry by entry."""
        if name in ("Min", "Max"):
            result = arguments[0]
            for argument in arguments[1:]:
                result = np.minimum(result, argument) if name == "Min" else np.maximum(result, argument)
            return result
        if not arguments:
            return {"Pi": np.pi, "Exp1": np.e}[name]
        argument = arguments[0]  # SymPy's Heaviside carries its value at 0 as a second argument
        if name == "Heaviside":
            return np.heaviside(argument, np.nan)
        if name == "DiracDelta":
            return np.where(np.equal(argument, 0), np.nan, 0.0)
        functions: dict[str, Any] = {"Abs": np.abs, "sign": np.sign, "atan": np.arctan}
        return (functions.get(name) or getattr(np, name))(argument)

    def real_power(self, base: Lanes, exponent: Lanes) -> Lanes:
        """base**exponent, entry by entry."""
        return np.power(np.asarray(base, dtype=float), exponent)

    def where(self, condition: Any, then: Lanes, otherwise: Lanes) -> Lanes:
        """``then`` where the condition holds, ``otherwise`` where not."""
        return np.where(condition, then, otherwise)

    def equal(self, left: Lanes, right: Lanes) -> Any:
        """Where two numbers are equal."""
        return np.equal(left, right)

    def sign(self, number: Lanes) -> int | None:
        """The sign of a single double (a batch has none)."""
        array = np.asarray(number)
        if array.ndim or np.isnan(array):
            return None
        return int(np.sign(array))

    def as_rational(self, number: Lanes) -> Fraction | None:
        """A single integer-valued double as a Fraction."""
        array = np.asarray(number)
        return Fraction(int(array)) if not array.ndim and float(array).is_integer() else None

    def kept(self, number: Lanes) -> Lanes:
        """The number itself."""
        return number
