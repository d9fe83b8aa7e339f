"""Floating-point samples of a goal's hypotheses: whether a goal, or a way to prove it, is worth an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.boxes import difference
from verify.kernel.functions import derivative

#: Points in a sample, before those outside the hypotheses are left out.
POINTS = 3000
#: What is less than this part of the terms' size counts as rounding.
NOISE = 1e-9
_SHOWN = 300


class Samples:
    """Points that meet the hypotheses of a goal, as far as floating-point numbers tell; they decide nothing."""

    def __init__(self, hypotheses: Sequence[Boolean], goal: Boolean) -> None:
        symbols = goal.free_symbols.union(*(formula.free_symbols for formula in hypotheses))
        self.symbols = tuple(sorted(symbols, key=lambda symbol: str(symbol.name)))
        self.goal = goal
        found = difference(goal) if isinstance(goal, Relational) else None
        self.gap: sp.Expr | None = found[0] if found is not None else None
        points = _pool(len(self.symbols))
        for formula in hypotheses:
            if points.shape[1]:
                points = points[:, _truth(formula, self.symbols, points)]
        self.points = points[:, :_SHOWN]

    def violated(self) -> bool:
        """Whether the goal clearly fails at a sample."""
        if self.goal is sp.false:
            return bool(self.points.shape[1])
        if self.gap is None or not self.points.shape[1]:
            return False
        return bool(np.any(self._below(self.gap, self.points)))

    def sign(self) -> int:
        """The sign that the difference has at all samples; 0 if it has both, or none is known."""
        if self.gap is None or not self.points.shape[1]:
            return 0
        negative = bool(np.any(self._below(self.gap, self.points)))
        positive = bool(np.any(self._below(-self.gap, self.points)))
        return 0 if negative == positive else -1 if negative else 1

    def may_grow_from(self, x: sp.Symbol, start: sp.Expr) -> bool:
        """Whether the difference is not negative at x = start, and grows from there to the samples."""
        if self.gap is None:
            return False
        try:
            slope = derivative(self.gap, x)
        except CertificateError:
            return False
        begin = _values(start, self.symbols, self.points)
        place = self.symbols.index(x)
        reach = self.points[place] - begin
        first = self.points.copy()
        first[place] = begin
        if np.any(self._below(self.gap, first)):
            return False
        for part in (0.01, 0.3, 0.7, 1.0):
            between = self.points.copy()
            between[place] = begin + part * reach
            if np.any(self._below(slope, between, np.sign(reach))):
                return False
        return True

    def may_be_concave_between(self, x: sp.Symbol, start: sp.Expr, end: sp.Expr) -> bool:
        """Whether the samples lie between two values of x, the difference is not negative there, and bends downward."""
        if self.gap is None or x in start.free_symbols | end.free_symbols or start == end:
            return False
        try:
            bend = -derivative(derivative(self.gap, x), x)
        except CertificateError:
            return False
        ends = [_values(one, self.symbols, self.points) for one in (start, end)]
        place = self.symbols.index(x)
        if np.any(self.points[place] < ends[0]) or np.any(self.points[place] > ends[1]):
            return False
        for one in ends:
            moved = self.points.copy()
            moved[place] = one
            if np.any(self._below(self.gap, moved)):
                return False
        return not np.any(self._below(bend, self.points))

    def _below(self, term: sp.Expr, points: Any, sign: Any = 1.0) -> Any:
        """Where a term (times a sign) is clearly negative."""
        sizes = sum(np.abs(_values(part, self.symbols, points)) for part in sp.Add.make_args(term))
        with np.errstate(all="ignore"):
            return sign * _values(term, self.symbols, points) < -NOISE * (sizes + 1e-3)


@lru_cache(maxsize=32)
def _pool(dimension: int) -> Any:
    """Points in all orders of magnitude, some coordinates equal or simple; always the same."""
    random = np.random.default_rng(0)
    size = 10.0 ** random.uniform(-2, 1.2, (dimension, POINTS))
    points = random.choice([-1.0, 1.0], (dimension, POINTS)) * size
    unit = random.uniform(0, 1, (dimension, POINTS))
    return np.where(random.uniform(size=(1, POINTS)) < 0.5, points, unit)


def _values(term: sp.Expr, symbols: tuple[sp.Symbol, ...], points: Any) -> Any:
    with np.errstate(all="ignore"):
        found = np.asarray(_compiled(term, symbols)(*points))
    if found.dtype.kind not in "fiu":
        return np.full(points.shape[1], np.nan)
    return np.broadcast_to(found.astype(float), (points.shape[1],))


@lru_cache(maxsize=4096)
def _compiled(term: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> Any:
    return sp.lambdify(symbols, term, modules="numpy")


def _truth(relation: Boolean, symbols: tuple[sp.Symbol, ...], points: Any) -> Any:
    """Where a formula holds; what is no relation, And, Or or Implies is taken to hold."""
    if isinstance(relation, sp.And | sp.Or):
        parts = np.array([_truth(part, symbols, points) for part in relation.args])
        return parts.all(axis=0) if isinstance(relation, sp.And) else parts.any(axis=0)
    if isinstance(relation, sp.Implies):
        first, second = (_truth(part, symbols, points) for part in relation.args)
        return ~first | second
    if not isinstance(relation, Relational):
        return np.full(points.shape[1], relation is not sp.false)
    found = difference(relation)
    if found is None:
        gap = _values(relation.lhs - relation.rhs, symbols, points)
        return np.abs(gap) > 0 if isinstance(relation, sp.Ne) else np.abs(gap) < NOISE
    gap = _values(found[0], symbols, points)
    return gap > 0 if found[1] else gap >= 0
