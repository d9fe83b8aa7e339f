"""Vectors of R^d with d left open: named vectors, inner products, norms, and the linear combinations of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from verify.errors import ClaimError


class Vector(sp.Symbol):
    """A named vector of R^d; d comes from the loss that it is used with, else from the coordinates of a point."""

    def __new__(cls, name: str) -> Vector:
        """The vector of that name."""
        return super().__new__(cls, name)  # type: ignore[no-any-return]  # SymPy's Symbol is untyped


#: How tightly a word before an argument binds ("min L"): as a factor it stands alone, as a base in parentheses.
PREFIXED = PRECEDENCE["Pow"] - 1


def raised(body: str, exp: str | None, *, bracket: bool = False) -> str:
    """The LaTeX of a power of what ``body`` shows, as SymPy asks a function's printer for it; no power for None."""
    if exp is None:
        return body
    return rf"\left({body}\right)^{{{exp}}}" if bracket else rf"{body}^{{{exp}}}"


class VectorValued(sp.Function):
    """Base of the functions whose value is a vector (a gradient, a minimizer)."""


class Inner(sp.Function):
    """The inner product <u, v> of two vectors: a real number."""

    nargs = 2
    is_real = True
    is_extended_real = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        left, right = (printer.doprint(argument) for argument in self.args)
        return raised(rf"\langle {left}, {right} \rangle", exp)

    def _sympystr(self, printer: Any) -> str:
        left, right = (printer.doprint(argument) for argument in self.args)
        return f"<{left}, {right}>"


class Norm(sp.Function):
    """The Euclidean norm of a vector: a real number >= 0."""

    nargs = 1
    is_real = True
    is_extended_real = True
    is_nonnegative = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(rf"\left\lVert {printer.doprint(self.args[0])} \right\rVert", exp)

    def _sympystr(self, printer: Any) -> str:
        return f"||{printer.doprint(self.args[0])}||"


def is_vector(expression: sp.Basic) -> bool:
    """Whether ``expression`` is vector-valued: a vector, or a linear combination of vectors."""
    if isinstance(expression, Vector | VectorValued):
        return True
    if isinstance(expression, sp.Add | sp.Mul):
        return any(is_vector(argument) for argument in expression.args)
    return False


def linear_terms(expression: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    """Return ``{vector: coefficient}`` of a linear combination.

    Raises:
        ClaimError: ``expression`` multiplies two vectors, or adds a number to a vector.
    """
    terms: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand_mul(expression)):
        if term == 0:
            continue
        vectors = [factor for factor in sp.Mul.make_args(term) if is_vector(factor)]
        if len(vectors) != 1:
            what = "no vector" if not vectors else "a product of vectors"
            raise ClaimError(f"{expression} is no linear combination of vectors: the term {term} has {what}")
        coefficient = sp.Mul(*[factor for factor in sp.Mul.make_args(term) if not is_vector(factor)])
        terms[vectors[0]] = terms.get(vectors[0], sp.S.Zero) + coefficient
    return terms


def require_well_typed(expression: sp.Basic) -> None:
    """Refuse an expression that mixes vectors and numbers.

    Raises:
        ClaimError: a vector stands where a number is meant, or the reverse.
    """
    if isinstance(expression, Inner | Norm):
        for argument in expression.args:
            if not is_vector(argument):
                raise ClaimError(f"{expression}: {argument} is no vector; declare it as Vector('{argument}')")
    elif isinstance(expression, sp.Eq | sp.Ne):
        left, right = expression.args
        if is_vector(left) != is_vector(right) and 0 not in (left, right):
            raise ClaimError(f"{expression} compares a vector with a number; compare norms or inner products")
    elif isinstance(expression, sp.core.relational.Relational):
        if any(is_vector(argument) for argument in expression.args):
            raise ClaimError(f"{expression} orders vectors; compare norms or inner products")
    elif isinstance(expression, sp.Add | sp.Mul) and is_vector(expression):
        linear_terms(expression)
    elif isinstance(expression, sp.Pow | sp.Abs | sp.Min | sp.Max) and _any_vector(expression.args):
        raise ClaimError(f"{expression} takes a number, not a vector; write Norm(...) or Inner(..., ...)")
    for argument in expression.args:
        require_well_typed(argument)


def _any_vector(arguments: Iterable[sp.Basic]) -> bool:
    return any(is_vector(argument) for argument in arguments)
