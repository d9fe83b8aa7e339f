"""Exact arithmetic: rational numbers of python-flint, and closed forms where a root or a function occurs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp
from flint import fmpq, fmpz

from verify.errors import VerifyError
from verify.lowering.ball import Ball
from verify.lowering.interpret import Environment, NotExact, Number, Undecided, Undefined

#: A rational number with more bits than this is left to ball arithmetic.
MAXIMAL_BITS = 20_000


class Exact:
    """Rational numbers. Whatever is not rational raises NotExact."""

    name = "exact"

    def rational(self, numerator: int, denominator: int) -> fmpq:
        """The number numerator/denominator."""
        return fmpq(numerator, denominator)

    def divide(self, left: fmpq, right: fmpq) -> fmpq:
        """left/right."""
        if right == 0:
            raise Undefined("a division by zero")
        return self._reasonable(left / right)

    def power(self, base: fmpq, exponent: Fraction) -> fmpq:
        """base**exponent; a root only where it is rational."""
        if exponent.denominator == 1:
            power = exponent.numerator
            if power < 0 and base == 0:
                raise Undefined("a division by zero")
            size = max(int(base.p).bit_length(), int(base.q).bit_length())
            if size > 1 and size * abs(power) > 4 * MAXIMAL_BITS:
                raise NotExact("a power with too many digits")
            return self._reasonable(base**power)
        if base < 0:
            raise Undefined("the root of a negative number")
        if base == 0:
            if exponent < 0:
                raise Undefined("a division by zero")
            return base
        root = exponent.denominator
        if root > MAXIMAL_BITS:  # no number of reasonable size but 0 and 1 has such a root
            raise NotExact("a root of a high degree")
        numerator, denominator = _exact_root(base.p, root), _exact_root(base.q, root)
        if numerator is None or denominator is None:
            raise NotExact("an irrational root")
        return self.power(fmpq(numerator, denominator), Fraction(exponent.numerator))

    def call(self, name: str, arguments: list[fmpq]) -> fmpq:
        """Abs, sign, Min, Max, floor, and the functions whose value at a point is rational."""
        if name in ("Min", "Max"):
            return min(arguments) if name == "Min" else max(arguments)
        if not arguments:
            raise NotExact(f"{name} is not rational")
        argument = arguments[0]  # SymPy's Heaviside carries its value at 0 as a second argument
        if name == "Abs":
            return abs(argument)
        if name == "sign":
            return fmpq(int(argument > 0) - int(argument < 0))
        if name == "floor":
            return fmpq(argument.p // argument.q)
        if name == "Heaviside" and argument != 0:
            return fmpq(int(argument > 0))
        if name == "DiracDelta" and argument != 0:
            return fmpq(0)
        at_zero = {"exp": 1, "cosh": 1, "cos": 1, "sinc": 1, "sin": 0, "tanh": 0, "sinh": 0, "atan": 0}
        if argument == 0 and name in at_zero:
            return fmpq(at_zero[name])
        if name == "log":
            if argument == 1:
                return fmpq(0)
            if argument <= 0:
                raise Undefined("the logarithm of a number <= 0")
        raise NotExact(f"{name} is not rational")

    def sign(self, number: fmpq) -> int:
        """-1, 0 or 1."""
        return int(number > 0) - int(number < 0)

    def as_rational(self, number: fmpq) -> Fraction:
        """The number as a Fraction."""
        return Fraction(int(number.p), int(number.q))

    def kept(self, number: fmpq) -> fmpq:
        """The number, unless it has too many digits."""
        return self._reasonable(number)

    def _reasonable(self, number: fmpq) -> fmpq:
        if number.q.bit_length() > MAXIMAL_BITS or abs(number.p).bit_length() > MAXIMAL_BITS:
            raise NotExact("a rational number with too many digits")
        return number


def rational_value(expression: sp.Expr, values: Mapping[str, Fraction]) -> Fraction | None:
    """The value of an expression where its symbols, by name, have these values; None if it is not rational."""
    exact = Exact()
    known = [symbol for symbol in expression.free_symbols if symbol.name in values]
    numbers = {symbol: exact.rational(*values[symbol.name].as_integer_ratio()) for symbol in known}
    try:
        return exact.as_rational(Environment(exact, numbers).value(expression))
    except VerifyError:
        return None


def _exact_root(number: fmpz, degree: int) -> fmpz | None:
    root = number.root(degree)
    return root if root**degree == number else None


class ClosedForm:
    """Constant SymPy expressions, for the points where a root or a function takes an exact value.

    The sign of a number is found in balls; that it is zero only by SymPy's simplification to the number 0.
    """

    name = "exact"

    def __init__(self) -> None:
        self._ball = Ball(256)

    def rational(self, numerator: int, denominator: int) -> sp.Expr:
        """The number numerator/denominator."""
        return sp.Rational(numerator, denominator)

    def divide(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        """left/right."""
        sign = self.sign(right)
        if sign is None:
            raise Undecided("whether a denominator is zero")
        if sign == 0:
            raise Undefined("a division by zero")
        return self._reasonable(left / right)

    def power(self, base: sp.Expr, exponent: Fraction) -> sp.Expr:
        """base**exponent."""
        sign = self.sign(base) if exponent < 0 or exponent.denominator != 1 else 1
        if sign is None:
            raise Undecided("the sign of a radicand")
        if sign == 0 and exponent < 0:
            raise Undefined("a division by zero")
        if sign == -1 and exponent.denominator != 1:
            raise Undefined("the root of a negative number")
        return self._reasonable(base ** sp.Rational(exponent.numerator, exponent.denominator))

    def call(self, name: str, arguments: list[sp.Expr]) -> sp.Expr:
        """The SymPy function of that name."""
        if name in ("Abs", "sign", "Heaviside", "DiracDelta") or (name in ("Min", "Max") and len(arguments) > 1):
            return self._by_sign(name, arguments)
        if name == "log" and self.sign(arguments[0]) != 1:
            raise Undefined("the logarithm of a number <= 0")
        return getattr(sp, name)(*arguments) if arguments else getattr(sp.S, name)

    def _by_sign(self, name: str, arguments: list[sp.Expr]) -> sp.Expr:
        if name in ("Min", "Max"):
            best = arguments[0]
            for other in arguments[1:]:
                sign = self.sign(other - best)
                if sign is None:
                    raise Undecided(f"the {name} of two close numbers")
                if sign == (-1 if name == "Min" else 1):
                    best = other
            return best
        sign = self.sign(arguments[0])
        if sign is None or (sign == 0 and name in ("Heaviside", "DiracDelta")):
            raise Undecided(f"the {name} of a number close to 0")
        if name == "DiracDelta":
            return sp.S.Zero
        if name == "Abs":
            return arguments[0] * sign
        return sp.Integer(sign) if name == "sign" else sp.Integer(max(sign, 0))

    def sign(self, number: sp.Expr) -> int | None:
        """-1, 0, 1, or None where neither balls nor simplification tell."""
        if isinstance(number, sp.Rational):
            return int(number.p > 0) - int(number.p < 0)
        try:
            with self._ball:
                sign = self._ball.sign(Environment(self._ball, {}).value(number))
        except (Undecided, Undefined):
            sign = None
        if sign is None and sp.count_ops(number) < 160 and _is_zero(number):
            return 0
        return sign

    def as_rational(self, number: sp.Expr) -> Fraction | None:
        """The number as a Fraction if it is one."""
        return Fraction(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else None

    def kept(self, number: sp.Expr) -> sp.Expr:
        """The number, unless its form grew too long."""
        return self._reasonable(number)

    def _reasonable(self, number: sp.Expr) -> sp.Expr:
        if sp.count_ops(number) > 600:
            raise Undecided("a closed form that grew too long")
        return number


def _is_zero(number: sp.Expr) -> bool:
    """Whether a constant expression is 0 by algebra: as a rational function of its exponentials and roots."""
    if number.has(sp.tanh, sp.sinh, sp.cosh, sp.exp):
        return bool(sp.cancel(sp.together(number.rewrite(sp.exp))) == 0)
    return bool(sp.simplify(sp.expand(number)) == 0)


def closed_form_text(number: Number) -> str:
    """An exact number as text: ``p/q`` or a closed form."""
    return str(number)
