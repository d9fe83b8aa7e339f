"""The assumptions of a claim read as a set: bounds in an order in which points can be placed, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.statement.claim import Claim, is_vector_symbol
from verify.statement.system import time
from verify.statement.vectors import is_vector

Number = Any  # a Fraction, a float or an array


@dataclass(frozen=True)
class Bound:
    """One end of a coordinate's range."""

    value: sp.Expr
    strict: bool


@dataclass(frozen=True)
class Coordinate:
    """A real parameter with the ends that single assumptions give it; they speak of earlier coordinates only."""

    symbol: sp.Symbol
    lower: tuple[Bound, ...]
    upper: tuple[Bound, ...]


@dataclass(frozen=True)
class Domain:
    """The points that meet a claim's assumptions.

    Attributes:
        coordinates: the scalar parameters, in an order in which each one's ends are known when it is placed.
        vectors: the vector parameters; any vector is allowed, up to ``rest``.
        rest: the assumptions that are no ends of a range; a placed point may fail them.
    """

    coordinates: tuple[Coordinate, ...]
    vectors: tuple[sp.Symbol, ...]
    rest: tuple[Boolean, ...]

    def place(
        self, unit: Sequence[Number], value_of: Callable[[sp.Expr, Mapping[sp.Symbol, Number]], Number]
    ) -> dict[sp.Symbol, Number]:
        """The point with these unit coordinates in [0, 1].

        Args:
            unit: one number (or array) for each coordinate; 0 and 1 are the ends of its range.
            value_of: evaluates an end at the coordinates placed so far.
        """
        placed: dict[sp.Symbol, Number] = {}
        for coordinate, place in zip(self.coordinates, unit, strict=True):
            low = _extreme([value_of(bound.value, placed) for bound in coordinate.lower], largest=True)
            high = _extreme([value_of(bound.value, placed) for bound in coordinate.upper], largest=False)
            placed[coordinate.symbol] = place_between(place, low, high)
        return placed

    def closed_ends(self) -> list[tuple[bool, bool]]:
        """For each coordinate, whether its lower and its upper end are finite and belong to the range."""
        return [
            (
                bool(coordinate.lower) and not any(bound.strict for bound in coordinate.lower),
                bool(coordinate.upper) and not any(bound.strict for bound in coordinate.upper),
            )
            for coordinate in self.coordinates
        ]


def place_between(place: Number, low: Number | None, high: Number | None) -> Number:
    """Map [0, 1] onto a range: linearly, or by a rational function where an end is infinite (None)."""
    if low is not None and high is not None:
        return low + (high - low) * place
    if low is not None:
        return low + _scale(low) * place / (1 - place)
    if high is not None:
        return high - (1 - place) / place
    centred = 2 * place - 1
    return centred / (1 - centred * centred)


def _scale(low: Number) -> Number:
    """The scale of a range [low, oo): low itself where it is positive, so that 15/S or 1e-9 are no outsiders."""
    if hasattr(low, "shape"):
        import numpy as np

        return np.where(low > 0, low, 1.0)
    return low if low > 0 else low * 0 + 1


def _extreme(values: list[Number], *, largest: bool) -> Number | None:
    if not values:
        return None
    result = values[0]
    for value in values[1:]:
        keep = (value > result) if largest else (value < result)
        if hasattr(keep, "shape"):
            import numpy as np

            result = np.where(keep, value, result)
        elif keep:
            result = value
    return result


def domain_of(claim: Claim) -> Domain:
    """The domain of a claim's points (of its quantified symbols, where it speaks of no single point)."""
    symbols = [symbol for symbol in (claim.parameters or claim.quantified) if symbol != time]
    vectors = tuple(symbol for symbol in symbols if is_vector_symbol(symbol))
    scalars = [symbol for symbol in symbols if not is_vector_symbol(symbol)]
    definitions = dict(claim.define)
    bounds: dict[sp.Symbol, list[tuple[bool, Bound]]] = {symbol: [] for symbol in scalars}
    rest: list[Boolean] = []
    for formula in _conjuncts(claim.assumptions):
        found = _as_bound(formula, scalars, definitions)
        if found is None:
            rest.append(formula)
        else:
            symbol, is_lower, bound = found
            bounds[symbol].append((is_lower, bound))
    positive = [symbol for symbol in scalars if any(lower and _is_positive(end) for lower, end in bounds[symbol])]
    for formula in tuple(rest):
        for symbol, is_lower, bound in _implied(formula, scalars, positive, definitions):
            if bound.value.free_symbols <= _placed_before(symbol, scalars, bounds):
                bounds[symbol].append((is_lower, bound))
    ordered = _in_order(scalars, bounds, rest)
    return Domain(tuple(ordered), vectors, tuple(rest))


def _conjuncts(formulas: Sequence[Boolean]) -> list[Boolean]:
    return [part for formula in formulas for part in (formula.args if isinstance(formula, sp.And) else (formula,))]


def _as_bound(
    formula: Boolean, scalars: list[sp.Symbol], definitions: Mapping[sp.Symbol, sp.Expr]
) -> tuple[sp.Symbol, bool, Bound] | None:
    """``(symbol, is a lower end, end)`` of a relation with a bare parameter on one side."""
    if not isinstance(formula, sp.Le | sp.Lt | sp.Ge | sp.Gt) or any(is_vector(side) for side in formula.args):
        return None
    strict = isinstance(formula, sp.Lt | sp.Gt)
    small, large = (formula.lhs, formula.rhs) if isinstance(formula, sp.Le | sp.Lt) else (formula.rhs, formula.lhs)
    candidates: list[tuple[int, sp.Symbol, bool, sp.Expr]] = []
    for symbol, other, is_lower in ((large, small, True), (small, large, False)):
        end = other
        for _ in definitions:
            end = end.xreplace(dict(definitions))
        if symbol in scalars and symbol not in end.free_symbols and end.free_symbols <= set(scalars):
            candidates.append((scalars.index(symbol), symbol, is_lower, end))
    if not candidates:
        return None
    _, symbol, is_lower, end = max(candidates, key=lambda entry: entry[0])
    return symbol, is_lower, Bound(end, strict)


def _is_positive(end: Bound) -> bool:
    return bool(end.value.is_positive or (end.value == 0 and end.strict))


def _implied(
    formula: Boolean, scalars: list[sp.Symbol], positive: list[sp.Symbol], definitions: Mapping[sp.Symbol, sp.Expr]
) -> list[tuple[sp.Symbol, bool, Bound]]:
    """Ends that an assumption which is no end of a range implies: of |x| <= B, or solved for what it is linear in.

    The assumption stays one: its ends only spare points that fail it.
    """
    if not isinstance(formula, sp.Le | sp.Lt | sp.Ge | sp.Gt) or any(is_vector(side) for side in formula.args):
        return []
    small, large = (formula.lhs, formula.rhs) if isinstance(formula, sp.Le | sp.Lt) else (formula.rhs, formula.lhs)
    for _ in definitions:
        small, large = small.xreplace(dict(definitions)), large.xreplace(dict(definitions))
    if not (small.free_symbols | large.free_symbols) <= set(scalars):
        return []
    strict = isinstance(formula, sp.Lt | sp.Gt)
    if isinstance(small, sp.Abs) and small.args[0] in scalars and small.args[0] not in large.free_symbols:
        return [(small.args[0], True, Bound(-large, strict)), (small.args[0], False, Bound(large, strict))]
    known = {symbol: sp.Dummy(symbol.name, positive=True) for symbol in positive}
    for symbol in reversed(scalars):
        terms = linear_in(large - small, symbol)
        if terms is None:
            continue
        slope, constant = terms
        sign = slope.xreplace(known)
        if sign.is_positive or sign.is_negative:
            return [(symbol, bool(sign.is_positive), Bound(-constant / slope, strict))]
    return []


def linear_in(expression: sp.Expr, symbol: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """``(a, b)`` with expression = a * symbol + b, where a is not 0 and neither speaks of the symbol."""
    if symbol not in expression.free_symbols:
        return None
    slope, rest = sp.S.Zero, []
    for term in sp.Add.make_args(sp.expand(expression)):
        if symbol not in term.free_symbols:
            rest.append(term)
            continue
        factors = sp.Mul.make_args(term)
        others = [factor for factor in factors if factor != symbol]
        if len(others) != len(factors) - 1 or any(symbol in factor.free_symbols for factor in others):
            return None
        slope += sp.Mul(*others)
    return slope, sp.Add(*rest)


def _placed_before(
    symbol: sp.Symbol, scalars: list[sp.Symbol], bounds: Mapping[sp.Symbol, list[tuple[bool, Bound]]]
) -> set[sp.Symbol]:
    """The coordinates whose ends do not depend on a symbol, so that its ends may speak of them."""
    after = {symbol}
    while True:
        more = {s for s in scalars if any(end.value.free_symbols & after for _, end in bounds[s])} - after
        if not more:
            return set(scalars) - after
        after |= more


def _in_order(
    scalars: list[sp.Symbol], bounds: dict[sp.Symbol, list[tuple[bool, Bound]]], rest: list[Boolean]
) -> list[Coordinate]:
    """Sort so that ends speak of earlier coordinates; an end in a cycle becomes an assumption like any other."""
    ordered: list[Coordinate] = []
    done: set[sp.Symbol] = set()
    waiting = list(scalars)
    while waiting:
        ready = [s for s in waiting if all(bound.value.free_symbols <= done for _, bound in bounds[s])]
        if not ready:
            symbol = waiting[0]
            for is_lower, bound in bounds[symbol]:
                if not bound.value.free_symbols <= done:
                    relation = (
                        sp.Gt if is_lower and bound.strict else sp.Ge if is_lower else sp.Lt if bound.strict else sp.Le
                    )
                    rest.append(relation(symbol, bound.value, evaluate=False))
            bounds[symbol] = [entry for entry in bounds[symbol] if entry[1].value.free_symbols <= done]
            ready = [symbol]
        for symbol in ready:
            lower = tuple(bound for is_lower, bound in bounds[symbol] if is_lower)
            upper = tuple(bound for is_lower, bound in bounds[symbol] if not is_lower)
            ordered.append(Coordinate(symbol, lower, upper))
            done.add(symbol)
            waiting.remove(symbol)
    return ordered


def is_relation(formula: Boolean) -> bool:
    """Whether the formula is one relation."""
    return isinstance(formula, Relational)


def class_bounds(claim: Claim, values: Mapping[sp.Symbol, Number]) -> dict[str, Number]:
    """The constants of the claim's loss class by the name of the property, for a family's ``propose``."""
    if claim.loss_class is None:
        return {}
    return {
        entry.name: values[entry.constant]
        for entry in claim.loss_class.properties
        if entry.constant is not None and entry.constant in values
    }
