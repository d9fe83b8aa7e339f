"""Statements about vectors as algebra: inner products of basis vectors, norms, and function values become symbols.

The basis vectors are the named vectors and the gradients at the points that occur; a linear combination of them is
expanded, so that every inner product is a polynomial in the entries of their Gram matrix.  The squares of the norms are
its diagonal; Cauchy-Schwarz and non-negativity are what is known of it without a class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.statement.loss import Gradient, LossMinimum, LossValue, Minimizer, Projection
from verify.statement.vectors import Inner, Norm, is_vector, linear_terms


def fresh_symbol(kind: str, count: int) -> sp.Symbol:
    """A symbol that no claim can hold: Python names have no brackets (see ``Claim``, which refuses them)."""
    return sp.Symbol(f"{kind}[{count + 1}]", real=True)


class GramLowering:
    """One set of symbols for all the formulas of a goal."""

    def __init__(self) -> None:
        self._norms: dict[sp.Expr, sp.Symbol] = {}
        self._inner: dict[tuple[sp.Expr, sp.Expr], sp.Symbol] = {}
        self._values: dict[sp.Expr, sp.Symbol] = {}
        #: the squared norms of combinations whose norm is a root; not negative where they have a value
        self.squares: dict[sp.Expr, None] = {}
        #: the points at which a value or a gradient occurs, as vectors
        self.points: dict[sp.Expr, None] = {}

    @property
    def vectors(self) -> dict[sp.Expr, sp.Symbol]:
        """The basis vectors so far, with the symbols of their norms."""
        return dict(self._norms)

    @property
    def values(self) -> dict[sp.Expr, sp.Symbol]:
        """The points whose values occur, with the symbols of these."""
        return dict(self._values)

    def lower(self, expression: sp.Basic) -> sp.Basic:
        """The expression (or formula) with vectors gone."""
        if isinstance(expression, sp.Pow) and isinstance(expression.base, Norm) and expression.exp == 2:
            inner = expression.base.args[0]
            return self.inner(inner, inner)
        if isinstance(expression, Norm):
            return self.norm(expression.args[0])
        if isinstance(expression, Inner):
            return self.inner(*expression.args)
        if isinstance(expression, LossValue):
            return self.value(expression.args[1])
        if isinstance(expression, LossMinimum):
            return self.value(Minimizer(expression.args[0]))
        if isinstance(expression, sp.Eq | sp.Ne) and any(is_vector(side) for side in expression.args):
            # That all coefficients are 0 is more: named vectors may well be equal.
            difference = expression.lhs - expression.rhs
            return expression.func(self.inner(difference, difference), 0, evaluate=False)
        if not expression.args:
            return expression
        arguments = [self.lower(argument) for argument in expression.args]
        if isinstance(expression, sp.core.relational.Relational):
            return expression.func(*arguments, evaluate=False)
        return expression.func(*arguments)

    def vector(self, expression: sp.Expr) -> dict[sp.Expr, sp.Expr]:
        """A linear combination as coefficients of basis vectors, zero ones left out."""
        result: dict[sp.Expr, sp.Expr] = {}
        if expression == 0:
            return result
        for term, coefficient in linear_terms(expression).items():
            if isinstance(term, Gradient):
                self.point(term.args[1])
                if isinstance(term.args[1], Minimizer | Projection):
                    continue  # the gradient vanishes at a minimizer
                term = Gradient(term.args[0], self.canonical(term.args[1]))
            result[term] = result.get(term, sp.S.Zero) + self.lower(coefficient)
        return {basis: total for basis, coefficient in result.items() if (total := sp.expand(coefficient)) != 0}

    def canonical(self, point: sp.Expr) -> sp.Expr:
        """The point with its terms collected, so that equal points are recognised."""
        return sp.Add(*[coefficient * vector for vector, coefficient in linear_terms(point).items()])

    def point(self, expression: sp.Expr) -> sp.Expr:
        """Register a point at which the loss is looked at."""
        point = self.canonical(expression)
        self.points[point] = None
        return point

    def inner(self, left: sp.Expr, right: sp.Expr) -> sp.Expr:
        """The inner product of two linear combinations."""
        total = sp.S.Zero
        for u, a in self.vector(left).items():
            for v, b in self.vector(right).items():
                total += a * b * self._entry(u, v)
        return sp.expand(total)

    def norm(self, vector: sp.Expr) -> sp.Expr:
        """The norm of a linear combination: a symbol for a basis vector, a root otherwise."""
        terms = self.vector(vector)
        if not terms:
            return sp.S.Zero
        if len(terms) == 1:
            ((basis, coefficient),) = terms.items()
            return sp.Abs(coefficient) * self._norm(basis)
        square = self.inner(vector, vector)
        self.squares[square] = None
        return sp.sqrt(square)

    def value(self, point: sp.Expr) -> sp.Symbol:
        """The loss at a point."""
        point = self.point(point)
        if point not in self._values:
            self._values[point] = fresh_symbol("loss", len(self._values))
        return self._values[point]

    def _norm(self, basis: sp.Expr) -> sp.Symbol:
        if basis not in self._norms:
            self._norms[basis] = fresh_symbol("norm", len(self._norms))
        return self._norms[basis]

    def _entry(self, u: sp.Expr, v: sp.Expr) -> sp.Expr:
        if u == v:
            return self._norm(u) ** 2
        key = (u, v) if sp.default_sort_key(u) <= sp.default_sort_key(v) else (v, u)
        if key not in self._inner:
            self._norm(u), self._norm(v)
            self._inner[key] = fresh_symbol("inner", len(self._inner))
        return self._inner[key]

    def square(self, vector: sp.Expr) -> Boolean:
        """The fact that the squared norm of a vector is not negative."""
        return sp.Ge(self.inner(vector, vector), 0, evaluate=False)

    def cauchy_schwarz(self, left: sp.Expr, right: sp.Expr) -> list[Boolean]:
        """The fact that an inner product is at most the product of the norms, on both sides."""
        inner, product = self.inner(left, right), self.norm(left) * self.norm(right)
        return [sp.Le(inner, product, evaluate=False), sp.Ge(inner, -product, evaluate=False)]

    def facts(self) -> list[Boolean]:
        """What holds of every Gram matrix: norms and their squares are >= 0, and Cauchy-Schwarz."""
        facts: list[Boolean] = [sp.Ge(norm, 0, evaluate=False) for norm in self._norms.values()]
        for (u, v), entry in self._inner.items():
            product = self._norm(u) * self._norm(v)
            facts += [sp.Le(entry, product, evaluate=False), sp.Ge(entry, -product, evaluate=False)]
        return [*facts, *(sp.Ge(square, 0, evaluate=False) for square in self.squares)]

    def class_axioms(
        self, axiom: Callable[..., list[Boolean]], loss: sp.Symbol, pairs: Sequence[tuple[sp.Expr, sp.Expr]]
    ) -> list[Boolean]:
        """The axioms of a loss class at pairs of points, in both orders, as they are said of vectors."""
        ordered = [*pairs, *((second, first) for first, second in pairs)]
        found = [formula for first, second in ordered for formula in axiom(loss, first, second)]
        return list(dict.fromkeys(found))  # some speak of one point only, or of both alike
