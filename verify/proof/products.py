"""Search for product certificates: a linear program over products of a leaf's atoms, made exact on its support.

The multipliers of the program are floating-point numbers and only name a support; the certificate is the exact rational
solution on it, and is returned only after the kernel has accepted it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from verify.errors import CertificateError
from verify.kernel.products import Leaf, check_products, leaf_symbols

_Monomial = tuple[int, ...]
#: The monomials of all products that are made, for each column that a linear program may have: most products drop out
#: because nothing cancels them.
_MONOMIALS_PER_COLUMN = 25


@dataclass(frozen=True)
class _Factor:
    """A nonnegative factor: an atom (its place in the leaf) or a square (its place among those offered)."""

    name: str
    polynomial: fmpq_mpoly
    strict: bool
    plain: bool
    degree: int


@dataclass(frozen=True)
class _Column:
    """A product of factors, or, with ``equality``, a monomial times that equality; reduced by the other equalities."""

    polynomial: dict[_Monomial, fmpq]
    factors: tuple[int, ...] = ()
    strict: bool = False
    equality: int | None = None
    monomial: fmpq_mpoly | None = None


@dataclass(frozen=True)
class _Round:
    """One attempt: which products are offered.

    Attributes:
        degree: up to this degree (of a product, and of the multiples of an equality that does not reduce).
        factors: with at most so many factors that are more than a variable.
        size: with at most so many factors.
        squares: whether squares of differences and sums of two variables are among them.
    """

    degree: int
    factors: int
    size: int
    squares: bool

    def contains(self, other: _Round) -> bool:
        """Whether it offers all products of the other one."""
        sizes = zip(
            (self.degree, self.factors, self.size, self.squares),
            (other.degree, other.factors, other.size, other.squares),
            strict=True,
        )
        return all(mine >= theirs for mine, theirs in sizes)


def find_products(leaf: Leaf, *, max_degree: int, columns: int) -> dict[str, Any] | None:
    """A product certificate that the leaf has no real point, or None if none was found.

    Args:
        leaf: the atoms; deterministic in them.
        max_degree: the highest degree of a product (that of an atom is always allowed).
        columns: the most products in one linear program.
    """
    if not leaf:
        return None
    search = _Search(leaf)
    too_large: list[_Round] = []
    for attempt in search.rounds(max_degree):
        if any(attempt.contains(smaller) for smaller in too_large):
            continue
        found = search.columns(attempt, columns * _MONOMIALS_PER_COLUMN)
        if found is None:
            too_large.append(attempt)
            continue
        useful = _useful(found)
        certificate = search.solve(useful) if 0 < len(useful) <= columns else None
        if certificate is not None:
            return certificate
    return None


class _Search:
    """The factors of one leaf, and how products of them are reduced by the equalities."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.symbols = leaf_symbols(leaf)
        self.context, self.order = _elimination_order(leaf)
        atoms = _in_context(leaf, self.context, self.order)
        self.equalities = {place: atoms[place] for place, atom in enumerate(leaf) if atom.relation == "="}
        self.reducing = _reducing(self.equalities)
        self.factors = [
            _Factor(str(place), atoms[place], atom.relation == ">", _is_variable(atoms[place]), _degree(atoms[place]))
            for place, atom in enumerate(leaf)
            if atom.relation != "="
        ]
        self.factors = [factor for factor in self.factors if not self._lonely(factor)]
        generators = self.context.gens()
        signed = {str(f.polynomial.leading_coefficient() * f.polynomial) for f in self.factors if f.plain}
        self.roots = [g for g in generators if str(g) not in signed]
        self.squares: list[fmpq_mpoly] = list(self.roots)
        #: Of the products so far, by the places of their factors: most come back in larger rounds.
        self.normal_forms: dict[tuple[int, ...], dict[_Monomial, fmpq]] = {}
        self.differences = [
            combination for a, b in itertools.combinations(generators, 2) for combination in (a - b, a + b)
        ][:30]

    def _lonely(self, factor: _Factor) -> bool:
        """Whether a factor is a variable that no other atom speaks of, so that nothing cancels its products."""
        if not factor.plain or len(self.leaf) == 1:
            return False
        others = [*self.equalities.values(), *(f.polynomial for f in self.factors if f is not factor)]
        place = [int(degree) for degree in factor.polynomial.degrees()].index(1)
        return all(int(other.degrees()[place]) == 0 for other in others)

    def rounds(self, max_degree: int) -> Iterator[_Round]:
        """The attempts, roughly by size."""
        least = max(2, 2, *(factor.degree for factor in self.factors), *map(_degree, self.equalities.values()), 2)
        scored = [
            (2 * (degree - least) + 3 * factors + 2 * squares, _Round(degree, factors, degree, squares))
            for degree in range(least, max_degree + 1)
            for factors in range(1, 5)
            for squares in (False, True)
        ]
        # Factors of a high degree: products of few of them, whatever the degree.
        scored += [
            (3 * size + 2 * squares, _Round(size * least, size, size, squares))
            for size in range(2, max(4, max_degree // 2 + 1))
            for squares in (False, True)
        ]
        if least + 3 > max_degree:  # else the rounds above have them: an atom times up to three variables
            scored.append((3, _Round(least + 3, 1, 4, False)))
        yield _Round(least, 1, 1, False)  # the atoms alone: a chain of inequalities needs no more
        yield from (attempt for _, attempt in sorted(scored, key=lambda entry: (entry[0], entry[1].degree)))

    def columns(self, attempt: _Round, most: int) -> list[_Column] | None:
        """The products of one attempt; None if they have more than ``most`` monomials."""
        offered = [*self.squares, *(self.differences if attempt.squares else [])]
        factors = [
            *self.factors,
            *(
                _Factor(f"s{place}", square**2, False, place < len(self.squares), 2)
                for place, square in enumerate(offered)
            ),
        ]
        self.offered, self.all_factors = offered, factors
        found: list[_Column] = []
        monomials = 0
        for chosen, product, strict in _products(factors, attempt, self.context.constant(1)):
            if chosen not in self.normal_forms:
                self.normal_forms[chosen] = self._reduced(product).to_dict()
            found.append(_Column(self.normal_forms[chosen], chosen, strict))
            monomials += len(found[-1].polynomial)
            if monomials > most:
                return None
        for place, polynomial in self.equalities.items():
            if place in self.reducing:
                continue
            room = attempt.degree - _degree(polynomial)
            if room >= 0 and math.comb(room + len(self.symbols), room) > most:
                return None
            for monomial in _monomials(self.context, room):
                column = self._reduced(monomial * polynomial).to_dict()
                found.append(_Column(column, equality=place, monomial=monomial))
                monomials += len(column)
                if monomials > most:
                    return None
        return found

    def _reduced(self, polynomial: fmpq_mpoly, quotients: dict[int, fmpq_mpoly] | None = None) -> fmpq_mpoly:
        """The normal form by the reducing equalities; ``quotients`` collects their cofactors."""
        changed = bool(self.reducing)
        while changed:
            changed = False
            for place in self.reducing:
                quotient, rest = divmod(polynomial, self.equalities[place])
                if not quotient.is_zero():
                    changed, polynomial = True, rest
                    if quotients is not None:
                        quotients[place] = quotients.get(place, self.context.constant(0)) + quotient
        return polynomial

    # --- the linear program ------------------------------------------------------------------------------------------

    def solve(self, columns: Sequence[_Column]) -> dict[str, Any] | None:
        """Nonnegative multipliers whose combination vanishes, those of the strict products adding up to 1."""
        support = _support(columns)
        if support is None:
            return None
        exact = _exact([columns[place] for place in support])
        if exact is None:
            return None
        chosen = [(columns[place], value) for place, value in zip(support, exact, strict=True) if value != 0]
        certificate = self._certificate(chosen)
        try:
            check_products(self.leaf, certificate)
        except CertificateError:
            return None
        return certificate

    def _certificate(self, chosen: Sequence[tuple[_Column, fmpq]]) -> dict[str, Any]:
        terms: list[dict[str, Any]] = []
        cofactors: dict[int, fmpq_mpoly] = {}
        total = self.context.constant(0)
        squares: list[str] = []
        for column, value in chosen:
            if column.equality is not None:
                before = cofactors.get(column.equality, self.context.constant(0))
                cofactors[column.equality] = before + self._monomial(column) * value
                total += self.equalities[column.equality] * self._monomial(column) * value
                continue
            product, factors = self.context.constant(1), dict[str, int]()
            for place in column.factors:
                factor = self.all_factors[place]
                product *= factor.polynomial
                name = factor.name
                if name.startswith("s"):
                    if name not in squares:
                        squares.append(name)
                    name = f"s{squares.index(name)}"
                factors[name] = factors.get(name, 0) + 1
            total += product * value
            terms.append({"multiplier": str(value), "factors": factors})
        quotients: dict[int, fmpq_mpoly] = {}
        self._reduced(total, quotients)
        for place, quotient in quotients.items():
            cofactors[place] = cofactors.get(place, self.context.constant(0)) - quotient
        return {
            "kind": "products",
            "terms": terms,
            "equalities": {str(p): self._as_list(c) for p, c in sorted(cofactors.items()) if not c.is_zero()},
            "squares": [self._as_list(self.offered[int(name[1:])]) for name in squares],
        }

    def _monomial(self, column: _Column) -> fmpq_mpoly:
        return self.context.constant(1) if column.monomial is None else column.monomial

    def _as_list(self, polynomial: fmpq_mpoly) -> list[list[Any]]:
        """Coefficients and exponents over the leaf's symbols by name."""
        found = []
        for exponents, coefficient in polynomial.to_dict().items():
            by_name = [0] * len(self.symbols)
            for place, exponent in zip(self.order, exponents, strict=True):
                by_name[place] = int(exponent)
            found.append([str(coefficient), by_name])
        return found


def _useful(columns: Sequence[_Column]) -> list[_Column]:
    """The columns without those that have a monomial which no other column can cancel."""
    occurrences: dict[_Monomial, tuple[set[int], set[int]]] = {}
    alive = set(range(len(columns)))
    for place, column in enumerate(columns):
        for monomial, coefficient in column.polynomial.items():
            plus, minus = occurrences.setdefault(monomial, (set(), set()))
            if column.equality is not None or coefficient > 0:
                plus.add(place)
            if column.equality is not None or coefficient < 0:
                minus.add(place)
    pending = list(occurrences)
    while pending:
        monomial = pending.pop()
        plus, minus = occurrences[monomial]
        if (plus and minus and len(plus | minus) > 1) or not (plus or minus):
            continue
        for place in sorted(plus | minus):
            alive.discard(place)
            for other in columns[place].polynomial:
                occurrences[other][0].discard(place)
                occurrences[other][1].discard(place)
                pending.append(other)
    if not any(columns[place].strict for place in alive):
        return []
    return [columns[place] for place in sorted(alive)]


def _support(columns: Sequence[_Column]) -> list[int] | None:
    """The columns with a multiplier in a vertex of the linear program, None if it has no point."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csc_array

    rows: dict[_Monomial, int] = {}
    row_of, column_of, data = [], [], []
    for place, column in enumerate(columns):
        for monomial, coefficient in column.polynomial.items():
            row_of.append(rows.setdefault(monomial, len(rows) + 1))
            column_of.append(place)
            data.append(int(coefficient.p) / int(coefficient.q))
        if column.strict:
            row_of.append(0)
            column_of.append(place)
            data.append(1.0)
    matrix = csc_array((np.array(data), (np.array(row_of), np.array(column_of))), shape=(len(rows) + 1, len(columns)))
    right = np.zeros(len(rows) + 1)
    right[0] = 1.0
    bounds = [(None, None) if column.equality is not None else (0, None) for column in columns]
    cost = [0.0 if column.equality is not None else 1.0 + len(column.factors) for column in columns]
    # Simplex, so that the answer is a vertex: its support has one exact solution.
    answer = linprog(cost, A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds", options={"maxiter": 50_000})
    if answer.status != 0:
        return None
    return [place for place, value in enumerate(answer.x) if abs(value) > 1e-9]


def _exact(columns: Sequence[_Column]) -> list[fmpq] | None:
    """The exact multipliers on the support, None if they do not exist or one that must be nonnegative is negative."""
    rows: dict[_Monomial, int] = {}
    entries: dict[tuple[int, int], fmpq] = {}
    for place, column in enumerate(columns):
        for monomial, coefficient in column.polynomial.items():
            entries[rows.setdefault(monomial, len(rows) + 1), place] = coefficient
        if column.strict:
            entries[0, place] = fmpq(1)
    matrix = fmpq_mat(len(rows) + 1, len(columns) + 1)
    for (row, place), value in entries.items():
        matrix[row, place] = value
    matrix[0, len(columns)] = fmpq(1)
    reduced, rank = matrix.rref()
    solution = [fmpq(0)] * len(columns)
    for row in range(rank):
        lead = next(place for place in range(len(columns) + 1) if reduced[row, place] != 0)
        if lead == len(columns):
            return None
        solution[lead] = reduced[row, len(columns)]
    if any(value < 0 and column.equality is None for value, column in zip(solution, columns, strict=True)):
        return None
    return solution


def _products(
    factors: Sequence[_Factor], attempt: _Round, one: fmpq_mpoly
) -> Iterator[tuple[tuple[int, ...], fmpq_mpoly, bool]]:
    """Products of factors within the degree; variables count nothing towards the number of factors."""

    def extend(
        chosen: tuple[int, ...], product: fmpq_mpoly, strict: bool, degree: int, heavy: int, first: int
    ) -> Iterator[tuple[tuple[int, ...], fmpq_mpoly, bool]]:
        yield chosen, product, strict
        for place in range(first, len(factors)):
            factor = factors[place]
            more = heavy + (not factor.plain)
            if degree + factor.degree <= attempt.degree and more <= attempt.factors and len(chosen) < attempt.size:
                yield from extend(
                    (*chosen, place),
                    product * factor.polynomial,
                    strict and factor.strict,
                    degree + factor.degree,
                    more,
                    place,
                )

    yield from extend((), one, True, 0, 0, 0)


def _monomials(context: fmpq_mpoly_ctx, degree: int) -> Iterator[fmpq_mpoly]:
    generators = context.gens()
    for size in range(max(degree, -1) + 1):
        for chosen in itertools.combinations_with_replacement(generators, size):
            product = context.constant(1)
            for generator in chosen:
                product *= generator
            yield product


def _degree(polynomial: fmpq_mpoly) -> int:
    return max(int(polynomial.total_degree()), 0)


def _is_variable(polynomial: fmpq_mpoly) -> bool:
    return len(polynomial) == 1 and _degree(polynomial) == 1


# --- the equalities --------------------------------------------------------------------------------------------------


def _in_context(leaf: Leaf, context: fmpq_mpoly_ctx, order: Sequence[int]) -> list[fmpq_mpoly]:
    """The leaf's polynomials; ``order`` gives the context's variables as places among the leaf's symbols."""
    symbols = leaf_symbols(leaf)
    place_of = {symbols[place]: at for at, place in enumerate(order)}
    found = []
    for atom in leaf:
        terms = {}
        for exponents, coefficient in atom.polynomial.terms():
            monomial = [0] * len(symbols)
            for symbol, exponent in zip(atom.polynomial.gens, exponents, strict=True):
                if exponent:
                    monomial[place_of[symbol]] = exponent
            terms[tuple(monomial)] = fmpq(int(coefficient.p), int(coefficient.q))
        found.append(context.from_dict(terms))
    return found


def _elimination_order(leaf: Leaf) -> tuple[fmpq_mpoly_ctx, list[int]]:
    """A lexicographic order in which as many equalities as possible reduce the products, roots first."""
    symbols = leaf_symbols(leaf)
    roots = [place for place, symbol in enumerate(symbols) if symbol.name.startswith("root[")][::-1]
    others = [place for place in range(len(symbols)) if place not in roots]
    best: tuple[int, fmpq_mpoly_ctx, list[int]] | None = None
    wanted = sum(atom.relation == "=" for atom in leaf)
    for first in [(), *((place,) for place in others), *itertools.permutations(others, 2)]:
        order = [*first, *roots, *(place for place in others if place not in first)]
        context = fmpq_mpoly_ctx.get([f"x{place}" for place in order], "lex")
        if wanted == 0:
            return context, order
        atoms = _in_context(leaf, context, order)
        equalities = {place: atoms[place] for place, atom in enumerate(leaf) if atom.relation == "="}
        count = len(_reducing(equalities))
        if best is None or count > best[0]:
            best = count, context, order
        if count == wanted:
            break
    assert best is not None
    return best[1], best[2]


def _reducing(equalities: dict[int, fmpq_mpoly]) -> list[int]:
    """Equalities whose leading monomials have no variable in common: they are a Groebner basis of their ideal."""
    chosen: list[int] = []
    used: set[int] = set()
    for place, polynomial in equalities.items():
        exponents = polynomial.monoms()[0]
        variables = {at for at, exponent in enumerate(exponents) if exponent}
        if variables and not variables & used:
            chosen.append(place)
            used |= variables
    return chosen
