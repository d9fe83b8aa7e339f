"""From formulas to leaves: the cases in which hypotheses hold and a conclusion fails, as signs of polynomials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_mpoly
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.functions import CASED, definedness
from verify.kernel.literals import conjunction, fails, holds, literal
from verify.kernel.products import Leaf
from verify.kernel.ring import Fact, Ring

#: More leaves than this are refused.
MOST_LEAVES = 4096
#: The signs that a number can have.
ANY = frozenset({-1, 0, 1})


def leaves(hypotheses: Sequence[Boolean], conclusion: Boolean, most: int = MOST_LEAVES) -> list[Leaf]:
    """The cases in which the hypotheses hold and the conclusion, having a value, is false.

    The implication is valid wherever its conclusion has a value iff no leaf has a real point.  Deterministic: a
    certificate names leaves and atoms by their place.

    Raises:
        CertificateError: a term is not algebraic, or there are more than ``most`` leaves.
    """
    formulas = [*[holds(formula) for formula in hypotheses], fails(conclusion, defined=True)]
    ring = Ring([*hypotheses, conclusion])
    found: dict[tuple[tuple[str, str], ...], Leaf] = {}
    for facts in Case(ring).expand(formulas):
        found.setdefault(tuple((str(p), relation) for p, relation in facts), ring.leaf(facts))
        if len(found) > most:
            raise CertificateError(f"there are more than {most} cases")
    return list(found.values())


class Split(Exception):  # no error
    """The cases to tell apart before a term has a value."""

    def __init__(self, cases: list[tuple[Any, Any]]) -> None:
        self.cases = cases


class Case:
    """One case of the analysis: the facts so far, and the choices for Abs, sign, Min and Max that they rest on."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.facts: list[Fact] = []
        self.choices: dict[Any, Any] = {}
        #: The signs that irreducible factors can have by the facts, as far as that was found out.
        self.signs: dict[str, tuple[fmpq_mpoly, frozenset[int]]] = {}
        #: Of how many facts, from the first one on, the signs are found; and the names of signs just found.
        self.settled = 0
        self.found: set[str] = set()
        self.roots: dict[sp.Expr, tuple[fmpq_mpoly, fmpq_mpoly]] = {}

    def copy(self) -> Case:
        """A case with the same facts, to be narrowed further."""
        other = Case(self.ring)
        other.facts, other.choices = list(self.facts), dict(self.choices)
        other.signs, other.settled = dict(self.signs), self.settled
        return other

    def expand(self, formulas: Sequence[Any]) -> Iterator[list[Fact]]:
        """The leaves of this case and the formulas, depth first; a plainly contradictory case has none."""
        pending: list[Any] = list(formulas)
        branching: list[Any] = []
        while pending:
            formula = pending.pop(0)
            if isinstance(formula, Relational):
                try:
                    self._assume(formula)
                except Split as split:
                    if formula.has(*CASED) and any(plain(other) for other in pending):
                        pending.append(formula)  # the other relations may tell which case it is
                        continue
                    yield from self._cases(split, [formula, *pending, *branching])
                    return
            elif formula[0] == "and" or len(formula[1]) == 1:
                pending[:0] = formula[1]
            else:
                branching.append(formula)
        if not self._settle():
            return
        if branching:
            yield from self._branches(branching)
            return
        for polynomial, _ in list(self.signs.values()):
            if self._factor_signs(polynomial) == {-1, 1}:
                for sign in (1, -1):
                    case = self.copy()
                    case._add([(polynomial * sign, ">")])
                    yield from case.expand([])
                return
        yield self._simplified()

    def _branches(self, branching: list[Any]) -> Iterator[list[Fact]]:
        """Take the disjunction with the fewest cases that are not plainly contradictory."""
        best: tuple[int, list[Any]] | None = None
        for place, (_, parts) in enumerate(branching):
            alive = [part for part in parts if self._alive(part)]
            if best is None or len(alive) < len(best[1]):
                best = place, alive
            if len(alive) <= 1:
                break
        assert best is not None
        others = [formula for place, formula in enumerate(branching) if place != best[0]]
        excluded: list[Any] = []
        for part in best[1]:
            yield from self.copy().expand([part, *excluded, *others])
            if isinstance(part, Relational) and not definedness(part):
                excluded.append(literal(part, False))  # the later cases need not cover the earlier ones again

    def _alive(self, part: Any) -> bool:
        """Whether a formula does not plainly contradict the facts."""
        if isinstance(part, Relational):
            case = self.copy()
            try:
                case._assume(part)
            except Split:
                return True
            return case._settle()
        alive = [self._alive(entry) for entry in part[1]]
        return all(alive) if part[0] == "and" else any(alive)

    def _cases(self, split: Split, formulas: Sequence[Any]) -> Iterator[list[Fact]]:
        for key, (choice, condition) in split.cases:
            case = self.copy()
            case.choices[key] = choice
            yield from case.expand([condition, *formulas])

    def _assume(self, relation: Relational) -> None:
        """Add what the relation says, and that its terms have values."""
        facts: list[Fact] = []
        left, right = relation.args
        if isinstance(relation, sp.Le | sp.Lt):
            left, right = right, left
        numerator, denominator = self._difference(left, right, facts)
        kind = "=" if isinstance(relation, sp.Eq) else "!=" if isinstance(relation, sp.Ne) else None
        if kind is None:
            kind = ">" if isinstance(relation, sp.StrictLessThan | sp.StrictGreaterThan) else ">="
            numerator *= denominator  # not zero, so that this changes no sign but turns n/d into n*d
        self._add([*facts, (numerator, kind)])

    def _add(self, facts: Sequence[Fact]) -> None:
        self.facts += [fact for fact in facts if fact not in self.facts]

    # --- terms as quotients of polynomials ---------------------------------------------------------------------------

    def _difference(self, left: sp.Basic, right: sp.Basic, facts: list[Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        (a, b), (c, d) = self.quotient(left, facts), self.quotient(right, facts)
        common = b.gcd(d)
        return a * (d / common) - c * (b / common), b * (d / common)

    def quotient(self, term: sp.Basic, facts: list[Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """A term as numerator and denominator; what its having a value means is added to the facts."""
        one = self.ring.one
        if isinstance(term, sp.Rational):
            return one * fmpq(int(term.p), int(term.q)), one
        if isinstance(term, sp.Symbol):
            return self.ring.variables[term], one
        if isinstance(term, sp.Add):
            total, below = one * 0, one
            for argument in term.args:
                numerator, denominator = self.quotient(argument, facts)
                common = below.gcd(denominator)
                total = total * (denominator / common) + numerator * (below / common)
                below = below * (denominator / common)
            return total, below
        if isinstance(term, sp.Mul):
            return self._product([self.quotient(argument, facts) for argument in term.args])
        if isinstance(term, sp.Pow):
            return self._power(term, facts)
        if isinstance(term, sp.Abs | sp.sign):
            return self._signed(term, facts)
        if isinstance(term, sp.Min | sp.Max):
            return self._extreme(term, facts)
        raise CertificateError(f"{term} is no algebraic term")

    def _product(self, quotients: Sequence[tuple[fmpq_mpoly, fmpq_mpoly]]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        above, below = self.ring.one, self.ring.one
        for numerator, denominator in quotients:
            above, below = above * numerator, below * denominator
        common = above.gcd(below) if not above.is_zero() else below
        return above / common, below / common

    def _power(self, term: sp.Pow, facts: list[Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        base, exponent = term.args
        numerator, denominator = self.quotient(base, facts)
        if exponent.q == 2:
            root = self.ring.root[base]
            self.roots[base] = numerator, denominator
            facts += [(root, ">="), (root**2 * denominator - numerator, "=")]
            numerator, denominator = root, self.ring.one
        if exponent < 0:
            facts.append((numerator, "!="))
            if numerator.is_zero():
                return self.ring.one, self.ring.one  # the fact above ends this case
            numerator, denominator = denominator, numerator
        size = abs(int(exponent.p))
        return numerator**size, denominator**size

    def _signed(self, term: sp.Expr, facts: list[Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """Abs or sign; of a product factor by factor, so that one case decides all products with that factor."""
        argument, one = term.args[0], self.ring.one
        if isinstance(argument, sp.Mul):
            return self._product([self.quotient(term.func(factor, evaluate=False), facts) for factor in argument.args])
        numerator, denominator = self.quotient(argument, facts)
        signs = self._signs_of(numerator * denominator) & self.choices.get(("sign", argument), ANY)
        if len(signs) == 1:
            sign = next(iter(signs))
            return (one * sign, one) if isinstance(term, sp.sign) else (numerator * sign, denominator)
        if isinstance(term, sp.Abs) and signs in ({0, 1}, {-1, 0}):
            return numerator * (1 if 1 in signs else -1), denominator
        if isinstance(term, sp.Abs):
            options = [(frozenset({0, 1}), sp.Ge), (frozenset({-1}), sp.Lt)]
        else:
            options = [(frozenset({1}), sp.Gt), (frozenset({0}), sp.Eq), (frozenset({-1}), sp.Lt)]
        cases = [(s, relation) for s, relation in options if s & signs]
        raise Split([(("sign", argument), (s, relation(argument, 0, evaluate=False))) for s, relation in cases])

    def _extreme(self, term: sp.Expr, facts: list[Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """Min or Max: one of its arguments, as chosen in this case."""
        arguments = sorted(term.args, key=sp.srepr)
        if ("place", term) in self.choices:
            return self.quotient(arguments[self.choices["place", term]], facts)
        relation = sp.Ge if isinstance(term, sp.Max) else sp.Le
        cases = []
        for place, argument in enumerate(arguments):
            others = [relation(argument, other, evaluate=False) for other in arguments if other is not argument]
            cases.append((("place", term), (place, conjunction(others))))
        raise Split(cases)

    # --- signs -------------------------------------------------------------------------------------------------------

    def _signs_of(self, polynomial: fmpq_mpoly) -> frozenset[int]:
        """The signs that the facts, by what is plain of them, leave for a polynomial."""
        if polynomial.is_zero():
            return frozenset({0})
        self._settle()
        constant, factors = self.ring.factors(polynomial)
        signs = frozenset({1 if constant > 0 else -1})
        for factor, exponent in factors:
            signs = frozenset(a * b**exponent for a in signs for b in self._factor_signs(factor))
        return signs

    def _factor_signs(self, factor: fmpq_mpoly) -> frozenset[int]:
        known = self.signs.get(str(factor), (factor, ANY))[1]
        return known & self._monomial_signs(factor)

    def _monomial_signs(self, polynomial: fmpq_mpoly) -> frozenset[int]:
        """The signs of a sum whose terms all have one sign, by the known signs of the variables."""
        total = frozenset({0})
        for sign, powers in self.ring.terms(polynomial):
            term = frozenset({sign})
            for name, exponent in powers:
                variable = self.signs[name][1] if name in self.signs else ANY
                term = frozenset(a * b**exponent for a in term for b in variable)
            total = frozenset(s for a in total for b in term for s in (ANY if a * b < 0 else {a or b}))
            if total == ANY:
                break
        return total

    def _settle(self) -> bool:
        """Find the signs of irreducible factors that the facts tell; False where the facts contradict each other."""
        known, self.settled = self.settled, 0
        while known < len(self.facts) or self.found:
            before, self.found = self.found, set()
            for place, (polynomial, relation) in enumerate(self.facts):
                # a fact tells something new only where a sign that it has to do with was found after its last turn
                new = place >= known or not self.ring.concerned(polynomial).isdisjoint(before | self.found)
                if new and not self._learn(polynomial, relation):
                    return False
            known = len(self.facts)
        self.settled = known
        return True

    def _learn(self, polynomial: fmpq_mpoly, relation: str) -> bool:
        if polynomial.is_zero():
            return relation in (">=", "=")
        constant, factors = self.ring.factors(polynomial)
        if relation in (">", "!="):
            for factor, _ in factors:
                if not self._refine(factor, frozenset({-1, 1})):
                    return False
        sign, left = self._stripped(constant, factors)
        wanted = {">": {1}, ">=": {0, 1}, "=": {0}, "!=": {-1, 1}}[relation]
        if not left:
            return sign in wanted
        if len(left) == 1:
            factor, exponent = left[0]
            return self._refine(factor, frozenset(s for s in ANY if sign * s**exponent in wanted))
        return True

    def _stripped(self, constant: fmpq, factors: Any) -> tuple[int, list[tuple[fmpq_mpoly, int]]]:
        """The sign of the constant and of the factors of known sign, and the other factors."""
        sign, left = (1 if constant > 0 else -1), []
        for factor, exponent in factors:
            signs = {s**exponent for s in self._factor_signs(factor)}
            if len(signs) == 1 and 0 not in signs:
                sign *= next(iter(signs))
            else:
                left.append((factor, exponent))
        return sign, left

    def _refine(self, factor: fmpq_mpoly, signs: frozenset[int]) -> bool:
        name = str(factor)
        before = self.signs.get(name, (factor, ANY))[1]
        known = before & signs
        if known != before:
            self.signs[name] = factor, known
            self.found.add(name)
        return bool(known & self._monomial_signs(factor))

    def _simplified(self) -> list[Fact]:
        """The facts again: the signs of single factors, and the products whose sign these do not tell."""
        found: dict[str, Fact] = {}
        for name, (factor, signs) in self.signs.items():
            if len(factor) > 1 and self._monomial_signs(factor) <= signs:
                continue
            if signs in ({1}, {0, 1}):
                found[name] = factor, ">" if 0 not in signs else ">="
            elif signs in ({-1}, {-1, 0}):
                found[name] = -factor, ">" if 0 not in signs else ">="
            elif signs == {0}:
                found[name] = factor, "="
        for polynomial, relation in self.facts:
            if polynomial.is_zero() or relation == "!=":
                continue
            sign, left = self._stripped(*self.ring.factors(polynomial))
            if len(left) > 1 and all(self._factor_signs(factor) != {0} for factor, _ in left):
                product = self.ring.one * sign
                for factor, exponent in left:
                    product *= factor**exponent
                found[f"{product} {relation}"] = product, relation
        return list(found.values())


def plain(formula: Any) -> bool:
    """Whether a formula is a relation without cases."""
    return isinstance(formula, Relational) and not formula.has(*CASED)


__all__ = ["ANY", "MOST_LEAVES", "Case", "Split", "leaves", "plain"]
