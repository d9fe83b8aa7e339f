"""The polynomials of a goal: in its symbols, and one variable for each root that occurs in it."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy.logic.boolalg import Boolean

from verify.kernel.algebraic import require_algebraic
from verify.kernel.products import Atom, Leaf, Relation

#: A polynomial and what it is to zero: one of ">", ">=", "=", "!=".
Fact = tuple[fmpq_mpoly, str]


class Ring:
    """Polynomials in the symbols of a goal and one variable for each root that occurs in it."""

    def __init__(self, formulas: Sequence[Boolean]) -> None:
        require_algebraic(formulas)
        symbols = sorted({s for formula in formulas for s in formula.free_symbols}, key=lambda s: str(s.name))
        nodes = {node for formula in formulas for node in sp.preorder_traversal(formula)}
        roots = {n.base for n in nodes if isinstance(n, sp.Pow) and n.exp.is_Rational and not n.exp.is_Integer}
        self.radicands = sorted(roots, key=lambda base: (base.count_ops(), sp.srepr(base)))
        variables = [sp.Symbol(f"root[{place}]", real=True) for place in range(len(self.radicands))]
        self.symbols: list[sp.Symbol] = [*variables, *symbols]
        # The polynomial ring has names of its own: a symbol's name may be anything.
        self.context = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(self.symbols))], "lex")
        self.one = self.context.constant(1)
        self.variables = dict(zip(self.symbols, self.context.gens(), strict=True))
        self.root = {base: self.context.gens()[place] for place, base in enumerate(self.radicands)}
        self._terms: dict[str, list[tuple[int, list[tuple[str, int]]]]] = {}
        self._factors: dict[str, tuple[fmpq, list[tuple[fmpq_mpoly, int]]]] = {}
        self._concerned: dict[str, frozenset[str]] = {}

    def factors(self, polynomial: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        """The constant, and the irreducible factors with their exponents."""
        name = str(polynomial)
        if name not in self._factors:
            constant, factors = polynomial.factor()
            self._factors[name] = constant, sorted(((f, int(k)) for f, k in factors), key=lambda entry: str(entry[0]))
        return self._factors[name]

    def concerned(self, polynomial: fmpq_mpoly) -> frozenset[str]:
        """The names of what tells the polynomial's sign: its irreducible factors, and its variables."""
        name = str(polynomial)
        if name not in self._concerned:
            factors = [] if polynomial.is_zero() else [factor for factor, _ in self.factors(polynomial)[1]]
            variables = {variable for factor in factors for _, powers in self.terms(factor) for variable, _ in powers}
            self._concerned[name] = frozenset({str(factor) for factor in factors} | variables)
        return self._concerned[name]

    def terms(self, polynomial: fmpq_mpoly) -> list[tuple[int, list[tuple[str, int]]]]:
        """The sign of each term's coefficient, with the term's variables and their exponents."""
        name = str(polynomial)
        if name not in self._terms:
            self._terms[name] = [
                (1 if coefficient > 0 else -1, [(f"x{place}", int(e)) for place, e in enumerate(exponents) if e])
                for exponents, coefficient in polynomial.to_dict().items()
            ]
        return self._terms[name]

    def leaf(self, facts: Sequence[Fact]) -> Leaf:
        """The facts as atoms over SymPy's polynomials."""
        return tuple(Atom(self._poly(polynomial), _relation(relation)) for polynomial, relation in facts)

    def _poly(self, polynomial: fmpq_mpoly) -> sp.Poly:
        terms = {tuple(map(int, m)): sp.Rational(int(c.p), int(c.q)) for m, c in polynomial.to_dict().items()}
        used = [place for place in range(len(self.symbols)) if any(monomial[place] for monomial in terms)]
        used = used or [0]
        short = {tuple(monomial[place] for place in used): coefficient for monomial, coefficient in terms.items()}
        return sp.Poly.from_dict(short, *[self.symbols[place] for place in used], domain=sp.QQ)


def _relation(text: str) -> Relation:
    return "=" if text == "=" else ">" if text == ">" else ">="


__all__ = ["Fact", "Ring"]
