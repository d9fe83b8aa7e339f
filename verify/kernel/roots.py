"""A root as near to 1 as one likes, and its powers along a trajectory: how a counterexample meets a value exactly.

For a > 1 and d > 0 there is an odd n with a <= (1 + d)^n.  The number r > 1 with r^n = a, an n-th root, is then at most
1 + d.  Its powers grow, so that at every time t, a natural number, r^t is at most a/r, or a, or at least a r, as t < n,
t = n or t > n; and r^(2 t) is at most a/r or at least a r, as 2 t is not n.
"""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.statement.claim import Root
from verify.statement.system import time


def conditions(root: Root) -> tuple[Boolean, ...]:
    """What holds of the root, where the distance that is asked for is positive.

    Raises:
        CertificateError: the power is no rational number above 1.
    """
    if not (isinstance(root.power, sp.Rational) and root.power > 1):
        raise CertificateError(f"{root.power} is no rational number above 1, to take a root of")
    return sp.Gt(root.symbol, 1, evaluate=False), sp.Le(root.symbol, 1 + root.within, evaluate=False)


def at_every_time(root: Root) -> tuple[Boolean, ...]:
    """What holds of r^t and of r^(2 t)."""
    now, power = root.symbol**time, root.power
    return sp.Or(sp.Eq(now, power, evaluate=False), _not_beside(root, now)), _not_beside(root, now**2)


def _not_beside(root: Root, number: sp.Expr) -> Boolean:
    """That a number is not between a/r and a r."""
    below, above = root.symbol * number - root.power, number - root.power * root.symbol
    return sp.Ge(below * above, 0, evaluate=False)


def power_symbol(root: Root) -> sp.Symbol:
    """r^t."""
    return sp.Symbol(f"power[{root.symbol.name}]", real=True)


def with_power_symbol(root: Root, formula: sp.Basic) -> sp.Basic:
    """A formula with a symbol for r^t, and so with r^j power^k for r^(k t + j)."""
    if isinstance(formula, sp.Pow) and formula.base == root.symbol:
        steps, first = formula.exp.coeff(time), formula.exp.xreplace({time: sp.S.Zero})
        if steps.is_Integer and first.is_Integer and formula.exp == steps * time + first:
            return root.symbol**first * power_symbol(root) ** steps
    if not formula.args:
        return formula
    arguments = [with_power_symbol(root, argument) for argument in formula.args]
    if isinstance(formula, Relational):
        return formula.func(*arguments, evaluate=False)
    return formula.func(*arguments)


__all__ = ["at_every_time", "conditions", "power_symbol", "with_power_symbol"]
