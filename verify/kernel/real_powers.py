"""Powers z^e of which the exponent is no rational number: symbols for them, and what is known of these.

For z > 0 the power is exp(e log z); elsewhere it may have no value, or at an integer e one that nothing is said of.  A
symbol stands for the value where there is one and for any number where there is none, so that a relation that holds of
powers holds of their symbols, whatever z is.  That z > 0 is therefore never concluded from a formula with z^e, it has
to be shown where such a formula is (see ``Abstraction.bases``), and each fact is guarded by it:

- z^e > 0, as an exponential is.
- z^e <= w^e for z <= w and e >= 0, as log and exp are increasing.
- z w^e >= z^e (z + e (w - z)) for e >= 1: a graph that is convex lies above its tangents.  The derivative of w^e in w
  is e w^(e - 1), and increases; so w^e >= z^e + e z^(e - 1) (w - z), which is multiplied by z.

A pair may have 1 = 1^e in place of one of its powers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.lowering.gram import fresh_symbol

Pair = tuple[sp.Expr, sp.Expr]


def is_real_power(node: Any) -> bool:
    """Whether a node is a power whose exponent is no rational number, and may be any real one."""
    if not isinstance(node, sp.Pow) or isinstance(node.exp, sp.Rational):
        return False
    return bool(node.base != sp.E and not node.exp.is_integer)


def real_powers(formula: sp.Basic) -> list[sp.Pow]:
    """Those that occur in a formula, inner ones first."""
    return list(dict.fromkeys(node for node in sp.postorder_traversal(formula) if is_real_power(node)))


class RealPowers:
    """A symbol for each such power in some formulas of one goal, which are algebra otherwise."""

    def __init__(self) -> None:
        self._symbols: dict[tuple[sp.Expr, sp.Expr], sp.Symbol] = {}

    def hidden(self, formula: sp.Basic) -> sp.Basic:
        """The formula, or the term, with symbols for its powers; its relations are not evaluated."""
        if not real_powers(formula):
            return formula
        arguments = [self.hidden(argument) for argument in formula.args]
        if is_real_power(formula):
            base, exponent = arguments
            return self._symbols.setdefault((base, exponent), fresh_symbol("real_power", len(self._symbols)))
        if isinstance(formula, Relational):
            return formula.func(*arguments, evaluate=False)
        return formula.func(*arguments)

    def facts(self, pairs: Sequence[Pair]) -> Iterator[Boolean]:
        """What is known of the symbols: their signs, and how those of each pair compare.

        Raises:
            CertificateError: what is paired are no powers with one exponent.
        """
        for (base, _), power in self._symbols.items():
            yield _where([_positive(base)], sp.Gt(power, 0, evaluate=False))
        powers = {symbol: key for key, symbol in self._symbols.items()}
        for first, second in pairs:
            exponents = {powers[one][1] for one in (first, second) if one in powers}
            if len(exponents) != 1 or not {first, second} <= {*powers, sp.S.One}:
                raise CertificateError(f"{first} and {second} are no powers with the same exponent")
            (e,) = exponents
            z, w = (powers[one][0] if one in powers else sp.S.One for one in (first, second))
            rises = [_positive(z), sp.Le(z, w, evaluate=False), sp.Ge(e, 0, evaluate=False)]
            yield _where(rises, sp.Le(first, second, evaluate=False))
            convex = [_positive(z), _positive(w), sp.Ge(e, 1, evaluate=False)]
            yield _where(convex, sp.Ge(z * second, first * (z + e * (w - z)), evaluate=False))


def _positive(base: sp.Expr) -> Boolean:
    return sp.Gt(base, 0, evaluate=False)


def _where(conditions: Sequence[Boolean], formula: Boolean) -> Boolean:
    return sp.Implies(sp.And(*conditions), formula, evaluate=False)


__all__ = ["RealPowers", "is_real_power", "real_powers"]
