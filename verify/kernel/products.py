"""One product certificate: an exact sum of products of a leaf's atoms that is positive and zero at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from verify.errors import CertificateError

Relation = Literal[">=", ">", "="]

_NUMBER = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")
_INDEX = re.compile(r"s?(0|[1-9][0-9]{0,5})")
#: A certificate whose products go beyond this degree is refused before anything is multiplied.
MAXIMAL_DEGREE = 256


@dataclass(frozen=True)
class Atom:
    """``polynomial relation 0``, the polynomial with rational coefficients."""

    polynomial: sp.Poly
    relation: Relation

    def as_formula(self) -> sp.Basic:
        """The atom as a SymPy relation."""
        kind = {">=": sp.Ge, ">": sp.Gt, "=": sp.Eq}[self.relation]
        return kind(self.polynomial.as_expr(), 0, evaluate=False)


#: A conjunction of atoms; to prove: no real point satisfies all of them.
Leaf = tuple[Atom, ...]


def leaf_symbols(leaf: Sequence[Atom]) -> tuple[sp.Symbol, ...]:
    """The symbols of a leaf, by name: the variables of its certificate's exponent lists."""
    return tuple(sorted({s for atom in leaf for s in atom.polynomial.free_symbols}, key=lambda s: str(s.name)))


def polynomials(leaf: Sequence[Atom]) -> tuple[fmpq_mpoly_ctx, list[fmpq_mpoly]]:
    """The leaf's polynomials over the rationals, in the variables ``leaf_symbols``."""
    symbols = leaf_symbols(leaf)
    context = fmpq_mpoly_ctx.get([f"x{index}" for index in range(len(symbols))], "degrevlex")
    found = []
    for atom in leaf:
        positions = [symbols.index(g) if g in symbols else None for g in atom.polynomial.gens]
        terms = {}
        for exponents, coefficient in atom.polynomial.terms():
            monomial = [0] * len(symbols)
            for position, exponent in zip(positions, exponents, strict=True):
                if position is not None:
                    monomial[position] = exponent
            terms[tuple(monomial)] = fmpq(int(coefficient.p), int(coefficient.q))
        found.append(context.from_dict(terms))
    return context, found


def check_products(leaf: Sequence[Atom], certificate: Mapping[str, Any]) -> None:
    """Accept a certificate that no real point satisfies all atoms of the leaf.

    The certificate's terms, each a positive multiplier times a product of atoms ``>= 0`` or ``> 0`` and of squares,
    and its multiples of the equalities must add up to the zero polynomial, with one term made of strict atoms only:
    at a point of the leaf that term is positive and no other is negative.

    Raises:
        CertificateError: the certificate is malformed or proves nothing of this leaf.
    """
    fields(certificate, {"kind", "terms", "equalities", "squares"})
    if certificate["kind"] != "products":
        raise CertificateError("the certificate of a leaf is not a product certificate")
    context, atoms = polynomials(leaf)
    squares = [_polynomial(text, context) ** 2 for text in items(certificate["squares"], "squares")]
    total = context.constant(0)
    strict = False
    for term in items(certificate["terms"], "terms"):
        fields(term, {"multiplier", "factors"})
        multiplier = number(term["multiplier"])
        if multiplier <= 0:
            raise CertificateError(f"the multiplier {multiplier} is not positive")
        product, is_strict = _product(term["factors"], leaf, atoms, squares, context)
        total += product * multiplier
        strict = strict or is_strict
    if not strict:
        raise CertificateError("no term is made of strict atoms only, so the sum need not be positive")
    for name, cofactor in mapping(certificate["equalities"], "equalities").items():
        index = _index(name, len(atoms))
        if leaf[index].relation != "=":
            raise CertificateError(f"atom {index} is no equality")
        total += _polynomial(cofactor, context) * atoms[index]
    if not total.is_zero():
        raise CertificateError("the products do not add up to the zero polynomial")


def _product(
    factors: object,
    leaf: Sequence[Atom],
    atoms: Sequence[fmpq_mpoly],
    squares: Sequence[fmpq_mpoly],
    context: fmpq_mpoly_ctx,
) -> tuple[fmpq_mpoly, bool]:
    """One product of nonnegative factors, and whether all of them are strict (the empty product is 1 > 0)."""
    product, strict, degree = context.constant(1), True, 0
    for name, exponent in mapping(factors, "factors").items():
        if type(exponent) is not int or not 1 <= exponent <= MAXIMAL_DEGREE:
            raise CertificateError(f"the exponent {str(exponent)[:40]} is not a positive integer")
        if isinstance(name, str) and name.startswith("s"):
            factor, strict = squares[_index(name, len(squares))], False
        else:
            index = _index(name, len(atoms))
            factor = atoms[index]
            if leaf[index].relation == "=":
                raise CertificateError(f"atom {index} is an equality, so it is no factor of a term")
            strict = strict and leaf[index].relation == ">"
        degree += exponent * max(int(factor.total_degree()), 0)
        if degree > MAXIMAL_DEGREE:
            raise CertificateError(f"a product has more than degree {MAXIMAL_DEGREE}")
        product *= factor**exponent
    return product, strict


# --- reading a certificate: data, never code -------------------------------------------------------------------------


def fields(value: object, names: set[str]) -> None:
    """Refuse what is not an object with exactly these fields."""
    if set(mapping(value, "a part")) != names:
        raise CertificateError(f"a part of the certificate does not have the fields {', '.join(sorted(names))}")


def mapping(value: object, what: str) -> Mapping[Any, Any]:
    """The value, if it is an object."""
    if not isinstance(value, Mapping):
        raise CertificateError(f"{what} of the certificate is no object")
    return value


def items(value: object, what: str) -> Sequence[Any]:
    """The value, if it is a list."""
    if not isinstance(value, list | tuple):
        raise CertificateError(f"{what} of the certificate is no list")
    return value


def number(text: object) -> fmpq:
    """A rational number written as "p" or "p/q"."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise CertificateError(f"{str(text)[:40]!r} is no rational number p/q")
    denominator = text.partition("/")[2]
    if denominator and not denominator.strip("0"):
        raise CertificateError("a number of the certificate has the denominator 0")
    return fmpq(text)


def _index(name: object, count: int) -> int:
    if not isinstance(name, str) or not _INDEX.fullmatch(name):
        raise CertificateError(f"{str(name)[:40]!r} names no atom")
    index = int(name.lstrip("s"))
    if index >= count:
        raise CertificateError(f"there is no atom or square {name}")
    return index


def _polynomial(value: object, context: fmpq_mpoly_ctx) -> fmpq_mpoly:
    """A polynomial written as a list of [coefficient, [exponents]]."""
    terms: dict[tuple[int, ...], fmpq] = {}
    for term in items(value, "a polynomial"):
        if not isinstance(term, list | tuple) or len(term) != 2:
            raise CertificateError("a polynomial is a list of [coefficient, [exponents]]")
        exponents = tuple(items(term[1], "a monomial"))
        if len(exponents) != context.nvars() or any(
            type(exponent) is not int or not 0 <= exponent <= MAXIMAL_DEGREE for exponent in exponents
        ):
            raise CertificateError("a monomial does not fit the leaf's variables")
        if exponents in terms:
            raise CertificateError("a polynomial names a monomial twice")
        terms[exponents] = number(term[0])
    return context.from_dict(terms)
