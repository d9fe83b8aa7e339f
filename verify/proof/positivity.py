"""Search for product certificates: a linear program over products of the atoms, made exact on its support."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog
from scipy.sparse import csc_array
from sympy.polys.rings import PolyElement, PolyRing

from verify.errors import CertificateError
from verify.kernel.positivity import check_products
from verify.kernel.sequent import Leaf


@dataclass(frozen=True)
class Effort:
    """How far products are tried.

    Attributes:
        factors: at most this many atoms (with repetition) in one product.
        columns: a linear program with more columns than this is not tried.
        degree_slack: products may exceed the highest degree of an atom by this much.
    """

    factors: int = 3
    columns: int = 6000
    degree_slack: int = 2


@dataclass(frozen=True)
class _Column:
    """One product of atoms and squares, or one multiple of an equality (``equality`` is its index)."""

    polynomial: PolyElement
    factors: tuple[str, ...] = ()
    strict: bool = False
    equality: int | None = None
    monomial: tuple[int, ...] = ()


def find_products(leaf: Leaf, effort: Effort) -> dict[str, Any] | None:
    """A product certificate that the leaf is empty, None if none was found within the effort."""
    if not leaf.atoms:
        return None
    ring = leaf.ring()
    atoms = leaf.polynomials(ring)
    squares = _squares(ring)
    for stage in _stages(leaf, effort):
        columns = list(itertools.islice(_columns(leaf, ring, atoms, squares, stage), effort.columns + 1))
        if len(columns) > effort.columns:
            continue
        certificate = _solve(leaf, columns, squares)
        if certificate is not None:
            return certificate
    return None


@dataclass(frozen=True)
class _Stage:
    """Which products one linear program offers.

    Attributes:
        places: the inequalities that may be factors.
        factors: at most this many of them in a product.
        degree: the highest degree of a product.
        squares: whether one further factor may be a square.
        room: the highest degree of a polynomial that multiplies an equality.
        once: inequalities of which a product holds at most one.
    """

    places: tuple[int, ...]
    factors: int
    degree: int
    squares: bool
    room: int
    once: frozenset[int] = frozenset()


def _stages(leaf: Leaf, effort: Effort) -> Iterator[_Stage]:
    """From few products to many; first among the last atoms, which are the negated goal and the latest lemmas."""
    inequalities = tuple(place for place, atom in enumerate(leaf.atoms) if atom.relation != "=")
    ring = leaf.ring()
    degree = max(_degree(polynomial) for polynomial in leaf.polynomials(ring)) + effort.degree_slack
    has_equalities = len(inequalities) < len(leaf.atoms)
    once = _linear_facts(leaf, inequalities)
    if once:
        # facts that are linear in some unknowns, multiplied by what does not hold those unknowns
        for factors in range(1, effort.factors + 1):
            for room in (0, 2) if has_equalities else (0,):
                yield _Stage(inequalities, factors, degree + effort.degree_slack, False, room, once)
        if len(inequalities) > 20:
            return
    for factors in range(1, effort.factors + 1):
        for squares in (False, True):
            for room in (0, 2, 4) if has_equalities else (0,):
                if len(inequalities) > 6:
                    yield _Stage(inequalities[-6:], factors, degree, squares, room)
                yield _Stage(inequalities, factors, degree, squares, room)


def _linear_facts(leaf: Leaf, inequalities: tuple[int, ...]) -> frozenset[int]:
    """The inequalities that hold an unknown in which every atom is linear (and no two of them are multiplied)."""
    ring = leaf.ring()
    polynomials = leaf.polynomials(ring)
    linear = set(range(ring.ngens))
    for polynomial in polynomials:
        for monomial in polynomial.monoms():
            linear -= {place for place, power in enumerate(monomial) if power > 1}
    for polynomial in polynomials:
        for monomial in polynomial.monoms():
            together = [place for place, power in enumerate(monomial) if power and place in linear]
            linear -= set(together[1:])
    if len(linear) < 2:
        return frozenset()
    return frozenset(
        place
        for place in inequalities
        if any(power and index in linear for monomial in polynomials[place].monoms() for index, power in enumerate(monomial))
    )


def _degree(polynomial: PolyElement) -> int:
    return max((sum(monomial) for monomial in polynomial.monoms()), default=0)


def _squares(ring: PolyRing) -> list[PolyElement]:
    """Polynomials whose squares are offered: variables, and differences and sums of two."""
    variables = list(ring.gens)
    result = list(variables)
    for a, b in itertools.combinations(variables, 2):
        result += [a - b, a + b]
    return result[:24]


def _columns(
    leaf: Leaf, ring: PolyRing, atoms: list[PolyElement], squares: list[PolyElement], stage: _Stage
) -> Iterator[_Column]:
    one = _Column(ring.one, (), True)
    layer: list[tuple[int, _Column]] = [(0, one)]
    yield one
    for count in range(stage.factors + 1):
        if stage.squares and count < stage.factors:
            for _, column in layer:
                for place, square in enumerate(squares):
                    product = column.polynomial * square**2
                    if _degree(product) <= stage.degree:
                        yield _Column(product, (*column.factors, f"s{place}"), False)
        if count == stage.factors:
            break
        following: list[tuple[int, _Column]] = []
        for first, column in layer:
            for index in range(first, len(stage.places)):
                place = stage.places[index]
                if place in stage.once and any(int(name) in stage.once for name in column.factors):
                    continue
                product = column.polynomial * atoms[place]
                if _degree(product) <= stage.degree:
                    strict = column.strict and leaf.atoms[place].relation == ">"
                    entry = _Column(product, (*column.factors, str(place)), strict)
                    following.append((index, entry))
                    yield entry
        layer = following
    for place, atom in enumerate(leaf.atoms):
        if atom.relation == "=":
            room = min(stage.room, stage.degree - _degree(atoms[place]))
            for monomial in _monomials(ring.ngens, max(room, 0)):
                yield _Column(atoms[place] * ring.term_new(monomial, sp.QQ(1)), equality=place, monomial=monomial)


def _monomials(variables: int, degree: int) -> Iterator[tuple[int, ...]]:
    for total in range(degree + 1):
        for chosen in itertools.combinations_with_replacement(range(variables), total):
            yield tuple(chosen.count(variable) for variable in range(variables))


def _solve(leaf: Leaf, columns: list[_Column], squares: list[PolyElement]) -> dict[str, Any] | None:
    """Find nonnegative multipliers whose combination vanishes, the strict ones adding up to 1."""
    rows: dict[tuple[int, ...], int] = {}
    entries: list[tuple[int, int, float]] = []
    for place, column in enumerate(columns):
        for monomial, coefficient in column.polynomial.terms():
            row = rows.setdefault(monomial, len(rows))
            entries.append((row, place, float(coefficient)))
    for place, column in enumerate(columns):
        if column.strict:
            entries.append((len(rows), place, 1.0))
    data = np.array([value for _, _, value in entries])
    where = (np.array([row for row, _, _ in entries]), np.array([place for _, place, _ in entries]))
    matrix = csc_array((data, where), shape=(len(rows) + 1, len(columns)))
    right = np.zeros(len(rows) + 1)
    right[-1] = 1.0
    bounds = [(None, None) if column.equality is not None else (0, None) for column in columns]
    cost = [0.0 if column.equality is not None else 1.0 + 0.01 * len(column.factors) for column in columns]
    answer = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds")
    if answer.status != 0:
        return None
    for tolerance in (1e-7, 1e-10):
        support = [place for place, value in enumerate(answer.x) if abs(value) > tolerance]
        exact = _exact(columns, support, rows)
        if exact is not None:
            certificate = _certificate(columns, exact, squares)
            try:
                check_products(leaf, certificate)
            except CertificateError:
                continue
            return certificate
    return None


def _exact(columns: list[_Column], support: list[int], rows: dict[tuple[int, ...], int]) -> dict[int, fmpq] | None:
    """The exact multipliers on a support: the solution of the linear system over the rationals."""
    used = sorted({monomial for place in support for monomial in columns[place].polynomial.monoms()}, key=rows.__getitem__)
    index = {monomial: row for row, monomial in enumerate(used)}
    matrix = fmpq_mat(len(used) + 1, len(support) + 1)
    for place, column in enumerate(support):
        for monomial, coefficient in columns[column].polynomial.terms():
            matrix[index[monomial], place] = fmpq(int(coefficient.numerator), int(coefficient.denominator))
        if columns[column].strict:
            matrix[len(used), place] = fmpq(1)
    matrix[len(used), len(support)] = fmpq(1)
    reduced, rank = matrix.rref()
    solution = {column: fmpq(0) for column in support}
    for row in range(rank):
        lead = next(place for place in range(len(support) + 1) if reduced[row, place] != 0)
        if lead == len(support):
            return None  # inconsistent
        solution[support[lead]] = reduced[row, len(support)]
    for column, value in solution.items():
        if columns[column].equality is None and value < 0:
            return None
    return solution


def _certificate(columns: list[_Column], exact: dict[int, fmpq], squares: list[PolyElement]) -> dict[str, Any]:
    terms = []
    equalities: dict[str, list[list[Any]]] = {}
    for place, value in exact.items():
        column = columns[place]
        if value == 0:
            continue
        if column.equality is None:
            factors: dict[str, int] = {}
            for name in column.factors:
                factors[name] = factors.get(name, 0) + 1
            terms.append({"multiplier": str(value), "factors": factors})
        else:
            equalities.setdefault(str(column.equality), []).append([str(value), list(column.monomial)])
    certificate: dict[str, Any] = {"kind": "products", "terms": terms}
    if equalities:
        certificate["equalities"] = equalities
    used = sorted({name for term in terms for name in term["factors"] if name.startswith("s")}, key=lambda n: int(n[1:]))
    if used:
        renamed = {name: f"s{place}" for place, name in enumerate(used)}
        for term in terms:
            term["factors"] = {renamed.get(name, name): power for name, power in term["factors"].items()}
        certificate["squares"] = [_as_list(squares[int(name[1:])]) for name in used]
    return certificate


def _as_list(polynomial: PolyElement) -> list[list[Any]]:
    return [[str(coefficient), list(monomial)] for monomial, coefficient in polynomial.terms()]
