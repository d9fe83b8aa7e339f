"""Margins relative to the size of the two sides, over many points at once: in arrays, or as the nodes of a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from verify.lowering.interpret import Environment
from verify.statement.formula import Differentiable
from verify.statement.loss import Member

#: Keeps the relative margin of 0 <= 0 a number.
_TINY = 1e-300


class BatchEnvironment(Environment):
    """An environment of lanes whose relation margins are relative to the size of the two sides.

    Its arithmetic is ``Floats``, whose lanes are arrays, or ``Traced``, whose lanes are those of a kernel.
    """

    def with_values(self, values: Mapping[sp.Symbol, Any]) -> BatchEnvironment:
        """The same environment with further or other values."""
        return BatchEnvironment(self.arithmetic, {**self.values, **values}, self.member, self.sums, self.times)

    def ratio(self, formula: sp.Basic) -> tuple[Any, Any]:
        """The relative margin of a formula as ``(gap, size)``; the size is None where it is no single relation's."""
        if isinstance(formula, Relational):
            return self._gap_and_size(formula)
        if isinstance(formula, sp.Implies):
            gap, size = self.ratio(formula.args[1])
            # a hypothesis without a value does not hold
            return self._where(self.at_least(formula.args[0], 0.0), gap, float("inf")), size
        return self.margin(formula), None

    def margin(self, formula: sp.Basic) -> Any:
        """The relative margin of a formula, lane by lane; NaN where it has no value."""
        if isinstance(formula, Differentiable):
            return 1.0
        if isinstance(formula, sp.Implies):
            return self._where(self.at_least(formula.args[0], 0.0), self.margin(formula.args[1]), float("inf"))
        if formula is sp.true:
            return float("inf")
        if formula is sp.false:
            return float("-inf")
        return super().margin(formula)

    def at_least(self, formula: sp.Basic, bound: float) -> Any:
        """The lanes where the relative margin of a formula is a number, and at least this."""
        if isinstance(formula, sp.And | sp.Or):
            held = [self.at_least(argument, bound) for argument in formula.args]
            total = held[0]
            for one in held[1:]:
                total = total & one if isinstance(formula, sp.And) else total | one
            return total
        gap, size = self.ratio(formula)
        return gap >= (bound if size is None or bound == 0 else bound * size)

    def above_zero(self, formula: sp.Basic) -> Any:
        """The lanes where the margin of a formula is a number above 0."""
        gap, _ = self.ratio(formula)
        return gap > 0

    def _where(self, condition: Any, then: Any, otherwise: Any) -> Any:
        return self.arithmetic.where(condition, then, otherwise)  # type: ignore[attr-defined]

    def _abs(self, number: Any) -> Any:
        return self.arithmetic.call("Abs", [number])

    def _power(self, expression: sp.Pow) -> Any:
        base, exponent = expression.args
        if base is not sp.E and not isinstance(exponent, sp.Rational):
            power = self.value(exponent)
            if self.arithmetic.as_rational(power) is None:
                return self.arithmetic.real_power(self.value(base), power)  # type: ignore[attr-defined]
        return super()._power(expression)

    def _piecewise(self, expression: sp.Piecewise) -> Any:
        total: Any = float("nan")
        for value, condition in reversed(expression.args):
            strict = isinstance(condition, sp.Lt | sp.Gt | sp.Ne)
            holds = self.above_zero(condition) if strict else self.at_least(condition, 0.0)
            total = self._where(holds, self.value(value), total)
        return total

    def _projection(self, member: Member, point: tuple[Any, ...]) -> Any:
        """The nearest minimizer, lane by lane (flat directions of full quadratics are left to the certifier)."""
        if member.eigenvalues is None or not member.diagonal:
            return super()._projection(member, point) if member.eigenvalues is None else (0.0,) * member.dimension
        flat = [
            self.arithmetic.equal(self.value(eigenvalue), 0.0)  # type: ignore[attr-defined]
            for eigenvalue in member.eigenvalues
        ]
        return tuple(self._where(kind, entry, 0.0) for entry, kind in zip(point, flat, strict=True))

    def _geometric_series(self, term: sp.Expr, index: sp.Symbol, lower: sp.Expr) -> Any:
        base = self.value(term.base)
        return self._where(self._abs(base) < 1, self.arithmetic.divide(1.0, 1 - base), float("nan"))

    def _relation_margin(self, relation: Relational) -> Any:
        gap, size = self._gap_and_size(relation)
        return gap / size

    def _gap_and_size(self, relation: Relational) -> tuple[Any, Any]:
        left, right = self.value(relation.lhs), self.value(relation.rhs)
        if isinstance(left, tuple) or isinstance(right, tuple):
            left, right = self._vectors((relation.lhs, relation.rhs))
            gap = self.arithmetic.call(
                "Max",
                [self._abs(b - a) / (self._abs(a) + self._abs(b) + _TINY) for a, b in zip(left, right, strict=True)],
            )
            size = gap * 0 + 1.0
        elif isinstance(relation, sp.Ge | sp.Gt):
            gap, size = left - right, self._abs(left) + self._abs(right) + _TINY
        else:
            gap, size = right - left, self._abs(left) + self._abs(right) + _TINY
        if isinstance(relation, sp.Eq):
            return -self._abs(gap), size
        return (self._abs(gap) if isinstance(relation, sp.Ne) else gap), size


def known_power(arithmetic: Any, base: Any, level: Any) -> Any:
    """The largest t with base**t >= level, lane by lane; NaN where there is none."""
    size = arithmetic.call("Abs", [base])
    ratio = arithmetic.divide(arithmetic.call("log", [level]), arithmetic.call("log", [size]))
    largest = arithmetic.call("floor", [ratio])
    # a negative base has positive powers at even times only
    even = 2 * arithmetic.call("floor", [largest * 0.5])
    largest = arithmetic.where(base > 0, largest, even)
    contracts = (size < 1) & (size > 0)
    return arithmetic.where(contracts, largest, float("nan"))
