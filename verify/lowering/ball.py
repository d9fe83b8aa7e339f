"""Ball arithmetic: enclosures by python-flint's ``arb`` at a given precision."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx, fmpq

from verify.lowering.interpret import Undecided, Undefined

#: Roots of a higher degree are taken by the logarithm.
_HIGHEST_ROOT = 64


class Ball:
    """Real numbers enclosed in balls of the given precision in bits; to be used as ``with Ball(256) as ball``."""

    name = "ball"

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> Ball:
        self._outer = ctx.prec
        ctx.prec = self.bits
        return self

    def __exit__(self, *_: object) -> None:
        ctx.prec = self._outer

    def rational(self, numerator: int, denominator: int) -> arb:
        """A ball around numerator/denominator."""
        return arb(fmpq(numerator, denominator))

    def divide(self, left: arb, right: arb) -> arb:
        """left/right."""
        sign = self.sign(right)
        if sign == 0:
            raise Undefined("a division by zero")
        if sign is None:
            raise Undecided("whether a denominator is zero")
        return left / right

    def power(self, base: arb, exponent: Fraction) -> arb:
        """base**exponent."""
        if exponent < 0:
            return self.divide(self.rational(1, 1), self.power(base, -exponent))
        if exponent.denominator == 1:
            return base**exponent.numerator
        sign = self.sign(base)
        if sign == -1:
            raise Undefined("the root of a negative number")
        if sign is None and not base >= 0:
            raise Undecided("whether a radicand is negative")
        if exponent.denominator > _HIGHEST_ROOT and sign == 1:
            return (base.log() * self.rational(exponent.numerator, exponent.denominator)).exp()
        if exponent.denominator > _HIGHEST_ROOT and not base.is_zero():
            raise Undecided("a root of a high degree of a number close to 0")
        root = base.sqrt() if exponent.denominator == 2 else base.root(min(exponent.denominator, _HIGHEST_ROOT))
        return root**exponent.numerator

    def call(self, name: str, arguments: list[arb]) -> arb:
        """The function of that name."""
        if name in ("Min", "Max"):
            result = arguments[0]
            for argument in arguments[1:]:
                result = result.min(argument) if name == "Min" else result.max(argument)
            return result
        if not arguments:
            return {"Pi": arb.pi, "Exp1": arb.const_e}[name]()
        argument = arguments[0]  # SymPy's Heaviside carries its value at 0 as a second argument
        if name == "Abs":
            return abs(argument)
        if name in ("sign", "Heaviside", "DiracDelta"):
            sign = self.sign(argument)
            if sign is None or (sign == 0 and name != "sign"):
                raise Undecided(f"the {name} of a number close to 0")
            if name == "DiracDelta":
                return arb(0)
            return arb(sign if name == "sign" else max(sign, 0))
        if name == "log":
            sign = self.sign(argument)
            if sign in (0, -1):
                raise Undefined("the logarithm of a number <= 0")
            if sign is None:
                raise Undecided("the sign of a logarithm's argument")
        if name == "floor":
            low, high = argument.lower().floor(), argument.upper().floor()
            if not low == high:
                raise Undecided("the floor of a number close to an integer")
            return low
        functions = {
            "exp": argument.exp,
            "log": argument.log,
            "tanh": argument.tanh,
            "cosh": argument.cosh,
            "sinh": argument.sinh,
            "sin": argument.sin,
            "cos": argument.cos,
            "tan": argument.tan,
            "asinh": argument.asinh,
            "atan": argument.atan,
            "sech": argument.sech,
        }
        if name not in functions:
            raise Undecided(f"{name} has no ball arithmetic")
        return functions[name]()

    def sign(self, number: arb) -> int | None:
        """-1, 0 or 1 where the ball tells, else None."""
        if number > 0:
            return 1
        if number < 0:
            return -1
        return 0 if number.is_zero() else None

    def as_rational(self, number: arb) -> Fraction | None:
        """The number as a Fraction if it is exactly a small integer."""
        if number.is_exact() and number.is_integer() and abs(number) < 2**60:
            return Fraction(int(number.mid().unique_fmpz() or 0))
        return None

    def kept(self, number: arb) -> arb:
        """The number itself."""
        return number
