"""The largest t with base^t >= level as a number: what holds of it, and where a statement may speak of it.

For a rational level with 0 < level <= 1 there is such a t, or base^t >= level for t as large as one likes, where
|base| >= 1: then the time never comes and counts as +infinity.  A formula in which it is one side of inequalities, and
occurs nowhere else, is then true as it is for all large numbers.  So an implication between such formulas that holds
for every number in place of the time holds of the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.abstraction import Abstraction
from verify.kernel.functions import definedness
from verify.kernel.substitution import put_in
from verify.statement.claim import Claim
from verify.statement.formula import LargestPower, TrajectoryFormula


def powers(claim: Claim) -> dict[sp.Symbol, LargestPower]:
    """The times of a claim that a power defines."""
    return {symbol: kind for symbol, kind in claim.times.items() if isinstance(kind, LargestPower)}


def number(symbol: sp.Symbol) -> sp.Symbol:
    """The number that a time is."""
    return sp.Symbol(f"time[{symbol.name}]", real=True)


def stands_alone(claim: Claim, formula: sp.Basic) -> bool:
    """Whether the times that powers define occur in a formula as one side of an inequality only."""
    times = set(powers(claim))
    if not formula.free_symbols & times:
        return True
    if isinstance(formula, sp.Le | sp.Lt | sp.Ge | sp.Gt) and times & set(formula.args):
        return sum(bool(side.free_symbols & times) for side in formula.args) == 1
    if isinstance(formula, sp.And | sp.Or | sp.Not | sp.Implies):
        return all(stands_alone(claim, one) for one in formula.args)
    return False


def spoken_of(claim: Claim, conclusion: sp.Basic) -> list[Boolean]:
    """The assumptions about the times of this kind that a conclusion speaks of."""
    times = set(powers(claim)) & conclusion.free_symbols
    others = set(claim.times) - times
    return [
        formula
        for formula in claim.assumptions
        if formula.free_symbols & times
        and not formula.free_symbols & others
        and not formula.has(TrajectoryFormula)
        and stands_alone(claim, formula)
    ]


def bounds(symbol: sp.Symbol, kind: LargestPower) -> list[Boolean]:
    """What holds of the largest t = T with base^t >= level, given 0 < level <= 1.

    Where |base| < 1, T is a natural number; if it is not 0, then base >= level, or base < 0 (only even t count) and
    base^2 >= level.  Where 0 < base < 1, Bernoulli's inequality (1 + u)^n >= 1 + n u for u >= -1 bounds it from both
    sides: 1/level >= (1/base)^T >= 1 + T (1/base - 1) >= 1 + T (1 - base), and
    level > base^(T+1) >= 1 - (T+1) (1 - base).
    """
    base, level = kind.base, kind.level
    falls = [sp.Lt(base, 1, evaluate=False)]
    natural = sp.And(
        sp.Ge(symbol, 0, evaluate=False),
        sp.Or(
            sp.Le(symbol, 0, evaluate=False),
            sp.Ge(base, level, evaluate=False),
            sp.And(sp.Lt(base, 0, evaluate=False), sp.Ge(base**2, level, evaluate=False)),
        ),
    )
    bernoulli = sp.And(
        sp.Le(level * (1 + symbol * (1 - base)), 1, evaluate=False),
        sp.Lt(1 - (symbol + 1) * (1 - base), level, evaluate=False),
    )
    return [
        sp.Implies(sp.And(sp.Gt(base, -1, evaluate=False), *falls), natural, evaluate=False),
        sp.Implies(sp.And(sp.Gt(base, 0, evaluate=False), *falls), bernoulli, evaluate=False),
    ]


class PowerAbstraction(Abstraction):
    """The algebraic form of formulas that may compare something with a time that a power defines."""

    def __init__(self, claim: Claim, axioms: tuple[str, ...] | None = None) -> None:
        super().__init__(claim, axioms)
        self._powers = powers(claim)
        self._occurring: dict[sp.Symbol, None] = {}

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        """The algebraic form of a formula of the claim; a time has to stand alone in it."""
        if not stands_alone(self.claim, formula):
            raise CertificateError(f"{formula} speaks of a hitting time otherwise than by comparing it")
        return self.lemma(formula)

    def lemma(self, formula: sp.Basic) -> sp.Basic:
        """The algebraic form of an author's lemma, which may speak of a time as of any number."""
        for symbol in self._powers:
            if symbol in formula.free_symbols and symbol not in self._occurring:
                level = self._powers[symbol].level
                if not (isinstance(level, sp.Rational) and 0 < level <= 1):
                    raise CertificateError(f"{symbol} is the largest t with a power >= {level}, no number in (0, 1]")
                self._occurring[symbol] = None
                # where the base has no value the time has none
                self.cancelled.update(dict.fromkeys(self._lowered(one) for one in self._base_has_value(symbol)))
        return self._lowered(formula)

    def facts(self, known: Sequence[Boolean] = ()) -> list[Boolean]:
        """What is known of the symbols, the bounds of the times that occur included."""
        found = [bound for symbol in self._occurring for bound in bounds(symbol, self._powers[symbol])]
        lowered = [self._lowered(bound) for bound in found]
        return [*super().facts(known), *lowered]

    def _base_has_value(self, symbol: sp.Symbol) -> list[Boolean]:
        return definedness(sp.Gt(self._powers[symbol].base, 0, evaluate=False))

    def _lowered(self, formula: sp.Basic) -> sp.Basic:
        return super().__call__(put_in(formula, {symbol: number(symbol) for symbol in self._powers}))


__all__ = ["PowerAbstraction", "bounds", "number", "powers", "spoken_of", "stands_alone"]
