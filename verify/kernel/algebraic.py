"""Which formulas are algebraic: of these it is known where they have a value, and what they are as polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import sympy as sp

from verify.errors import CertificateError
from verify.kernel.functions import CASED, LARGEST_POWER, require_real

_CONNECTIVES = (sp.And, sp.Or, sp.Not, sp.Implies, sp.Equivalent, sp.logic.boolalg.BooleanAtom)
_RELATIONS = (sp.Eq, sp.Ne, sp.Ge, sp.Gt, sp.Le, sp.Lt)
_ALGEBRAIC = (sp.Rational, sp.Add, sp.Mul, *CASED, *_CONNECTIVES, *_RELATIONS)


def require_algebraic(formulas: Sequence[sp.Basic]) -> None:
    """Refuse formulas with something of which this module does not know where it has a value.

    Raises:
        CertificateError: it names the term, or two symbols of the same name, or a symbol that is not real.
    """
    names = [symbol.name for symbol in frozenset[sp.Symbol]().union(*map(_symbols, formulas))]
    if len(set(names)) < len(names) or any(name.startswith("root[") for name in names):
        raise CertificateError("two symbols have the same name, or one has the name of a root")


@lru_cache(maxsize=16_384)
def _symbols(formula: sp.Basic) -> frozenset[sp.Symbol]:
    """The symbols of a formula, if it is algebraic; most formulas are a hypothesis of many goals."""
    nodes = dict.fromkeys(sp.preorder_traversal(formula))
    for node in nodes:
        if isinstance(node, sp.Symbol):
            require_real(node)
        elif isinstance(node, sp.Pow):
            exponent = node.exp
            if not isinstance(exponent, sp.Rational) or exponent.q > 2 or abs(exponent.p) > LARGEST_POWER:
                raise CertificateError(f"{node} is no power with a small integer or half-integer exponent")
        elif not isinstance(node, _ALGEBRAIC):
            raise CertificateError(f"{node} is not algebraic")
    return frozenset(node for node in nodes if isinstance(node, sp.Symbol))


__all__ = ["require_algebraic"]
