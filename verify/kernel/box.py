"""How far one number of a witness can move: an interval, each point of which is certified to be a witness too.

The interval goes through the whole evaluation as a ball, so that what holds is certain at every point of it.  An
assumption that a ball cannot tell, because the interval ends where it does, is decided at the two ends instead, where
it is the sign of a quotient of affine functions: these keep a sign that they have at both ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import VerifyError
from verify.kernel.evaluation import Evaluator
from verify.kernel.substitution import put_in
from verify.lowering.ball import Ball
from verify.lowering.interpret import Number, Truth
from verify.statement.claim import Claim
from verify.statement.formula import speaks_of_a_point
from verify.statement.loss import Member

#: The precision of the balls, and how often an interval is halved where one ball does not tell.
BITS, HALVINGS = 128, 2


def all_witnesses(
    claim: Claim,
    values: Mapping[str, Fraction],
    member: Member | None,
    reading: str,
    part: str,
    name: str,
    low: Fraction,
    high: Fraction,
    halvings: int = HALVINGS,
) -> bool:
    """Whether a part certainly fails, every assumption holding, at all points with ``name`` in [low, high].

    Args:
        values: the numbers of a point of the claim; all but ``name`` stay as they are.
        halvings: how often an interval is halved before the answer is no.
    """
    formula = claim.conclusions[reading][part]
    if name == "t" or not speaks_of_a_point(formula):
        return False
    if _fails_on(claim, values, member, reading, part, name, low, high):
        return True
    if halvings == 0 or low == high:
        return False
    middle = (low + high) / 2
    return all(
        all_witnesses(claim, values, member, reading, part, name, start, end, halvings - 1)
        for start, end in ((low, middle), (middle, high))
    )


def _fails_on(
    claim: Claim,
    values: Mapping[str, Fraction],
    member: Member | None,
    reading: str,
    part: str,
    name: str,
    low: Fraction,
    high: Fraction,
) -> bool:
    with Ball(BITS) as ball:
        try:
            result = _OnInterval(claim, values, member, reading, ball, (name, low, high)).result()
        except (VerifyError, ZeroDivisionError):
            return False
        return result.admissible is True and part in result.parts and result.parts[part].truth is Truth.FALSE


class _OnInterval(Evaluator):
    """A point of the claim, one number of which is an interval."""

    def __init__(
        self,
        claim: Claim,
        values: Mapping[str, Fraction],
        member: Member | None,
        reading: str,
        ball: Ball,
        moved: tuple[str, Fraction, Fraction],
    ) -> None:
        self.moved = moved
        super().__init__(claim, values, member, reading, ball, ball.bits)

    def _entry(self, name: str) -> Number:
        moved, low, high = self.moved
        if name != moved:
            return super()._entry(name)
        first, last = (self.arithmetic.rational(*end.as_integer_ratio()) for end in (low, high))
        return first.union(last)

    def _exact_truth(self, condition: Boolean) -> Truth:
        """True only where the condition is known to hold at every point of the interval."""
        name, low, high = self.moved
        symbol = next((one for one in self.claim.parameters if one.name == name), None)
        if symbol is None:  # a coordinate of a vector
            return Truth.UNKNOWN
        definitions = dict(self.claim.define)
        for _ in definitions:
            condition = put_in(condition, definitions)
        if symbol not in condition.free_symbols:
            return super()._exact_truth(condition)
        numbers = {
            one: sp.Rational(*self.given[one.name].as_integer_ratio())
            for one in self.claim.parameters
            if one != symbol and one.name in self.given
        }
        ends = [sp.Rational(*end.as_integer_ratio()) for end in (low, high)]
        return Truth.TRUE if _holds_between(put_in(condition, numbers), symbol, ends) else Truth.UNKNOWN


def _holds_between(condition: Boolean, symbol: sp.Symbol, ends: list[sp.Rational]) -> bool:
    """Whether relations between quotients of affine functions hold at two numbers, and so between them."""
    if isinstance(condition, sp.And):
        return all(_holds_between(argument, symbol, ends) for argument in condition.args)
    if condition is sp.true:
        return True
    if not isinstance(condition, Relational) or isinstance(condition, sp.Eq | sp.Ne):
        return False
    for node in sp.preorder_traversal(condition):
        if isinstance(node, sp.Pow) and node.exp.is_negative and not _has_one_sign(node.base, symbol, ends):
            return False  # it may have no value in between
    numerator, denominator = sp.fraction(sp.together(condition.lhs - condition.rhs))
    tops, bottoms = _at_ends(numerator, symbol, ends), _at_ends(denominator, symbol, ends)
    if tops is None or bottoms is None or not _has_one_sign(denominator, symbol, ends):
        return False
    return all(bool(condition.func(top / bottom, 0)) for top, bottom in zip(tops, bottoms, strict=True))


def _at_ends(expression: sp.Expr, symbol: sp.Symbol, ends: list[sp.Rational]) -> list[sp.Rational] | None:
    """The values of an affine function with rational coefficients; None of another one."""
    try:
        polynomial = sp.Poly(expression, symbol, domain="QQ")
    except (sp.PolynomialError, sp.CoercionFailed):
        return None
    return [polynomial.as_expr().xreplace({symbol: end}) for end in ends] if polynomial.degree() <= 1 else None


def _has_one_sign(expression: sp.Expr, symbol: sp.Symbol, ends: list[sp.Rational]) -> bool:
    values = _at_ends(expression, symbol, ends)
    return values is not None and (all(value > 0 for value in values) or all(value < 0 for value in values))
