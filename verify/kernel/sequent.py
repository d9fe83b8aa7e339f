"""Implications over the reals, taken apart into conjunctions of polynomial atoms ("leaves") that have to be empty.

``hypotheses => conclusion`` is valid where the hypotheses have values iff no leaf of ``hypotheses and not conclusion``
has a real point, and the conclusion has a value wherever the hypotheses hold (``definedness``).  The taking apart is
deterministic, so that a certificate can speak of leaves and atoms by their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom
from sympy.polys.rings import PolyElement, PolyRing

from verify.errors import CertificateError

#: More leaves than this are refused.
MOST_LEAVES = 4096

_FLIP = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le, sp.Eq: sp.Ne, sp.Ne: sp.Eq}
_CASED = (sp.Abs, sp.sign, sp.Min, sp.Max)


@dataclass(frozen=True)
class Atom:
    """``polynomial REL 0`` with REL one of ``>=``, ``>``, ``=``."""

    polynomial: sp.Expr
    relation: str

    def __str__(self) -> str:
        return f"{self.polynomial} {self.relation} 0"


@dataclass(frozen=True)
class Leaf:
    """A conjunction of atoms; to be shown to have no real point."""

    atoms: tuple[Atom, ...]

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """Its symbols in the order in which certificates write exponents."""
        found = set().union(*(atom.polynomial.free_symbols for atom in self.atoms)) if self.atoms else set()
        return tuple(sorted(found, key=lambda symbol: symbol.name))

    def ring(self) -> PolyRing:
        """The polynomials over the rationals in its symbols."""
        return PolyRing(self.symbols or (sp.Dummy(),), sp.QQ, sp.polys.orderings.grevlex)

    def polynomials(self, ring: PolyRing) -> list[PolyElement]:
        """Its atoms' polynomials in the ring."""
        return [ring.from_expr(atom.polynomial) for atom in self.atoms]


# --- definedness ------------------------------------------------------------------------------------------------


def definedness(formula: sp.Basic) -> list[Boolean]:
    """Conditions that together give the formula a value: denominators are not 0, radicands are not negative.

    The conclusion of an implication needs a value only where its hypothesis holds.
    """
    if isinstance(formula, sp.Implies):
        hypothesis, conclusion = formula.args
        return [sp.Implies(hypothesis, condition) for condition in definedness(conclusion)]
    if isinstance(formula, sp.Equivalent):
        first, second = formula.args
        return definedness(sp.Implies(first, second)) + definedness(sp.Implies(second, first))
    conditions: dict[Boolean, None] = {}
    if isinstance(formula, sp.Pow):
        base, exponent = formula.args
        if exponent.is_negative:
            conditions[sp.Ne(base, 0, evaluate=False)] = None
        if exponent.is_Rational and not exponent.is_Integer:
            conditions[sp.Ge(base, 0, evaluate=False)] = None
    for argument in formula.args:
        conditions.update(dict.fromkeys(definedness(argument)))
    return [condition for condition in conditions if condition != sp.true and not _plainly_true(condition)]


def _plainly_true(condition: Boolean) -> bool:
    return isinstance(condition, Relational) and not condition.free_symbols and condition.doit() == sp.true


# --- leaves -----------------------------------------------------------------------------------------------------


def leaves(hypotheses: Sequence[Boolean], conclusion: Boolean) -> list[Leaf]:
    """The leaves of ``hypotheses and not conclusion``.

    Raises:
        CertificateError: a term is no polynomial, root, absolute value, sign, minimum or maximum, or there are too many
            cases.
    """
    formula = sp.And(*hypotheses, sp.Not(conclusion, evaluate=False), evaluate=False)
    _require_algebra(formula)
    found: list[Leaf] = []
    for leaf in _Branch([_normal_form(formula)]).expand():
        if leaf not in found:
            found.append(leaf)
        if len(found) > MOST_LEAVES:
            raise CertificateError(f"more than {MOST_LEAVES} cases")
    return found


def _normal_form(formula: Boolean) -> Boolean:
    """Negation normal form whose literals are relations."""
    if isinstance(formula, sp.Not):
        inner = formula.args[0]
        if isinstance(inner, Relational):
            return _FLIP[type(inner)](*inner.args, evaluate=False)
        if isinstance(inner, sp.Not):
            return _normal_form(inner.args[0])
        if isinstance(inner, sp.And):
            return sp.Or(*[_normal_form(sp.Not(part, evaluate=False)) for part in inner.args], evaluate=False)
        if isinstance(inner, sp.Or):
            return sp.And(*[_normal_form(sp.Not(part, evaluate=False)) for part in inner.args], evaluate=False)
        if isinstance(inner, sp.Implies):
            hypothesis, conclusion = inner.args
            negated = _normal_form(sp.Not(conclusion, evaluate=False))
            return sp.And(_normal_form(hypothesis), negated, evaluate=False)
        if isinstance(inner, sp.Equivalent):
            first, second = inner.args
            return sp.Or(
                _normal_form(sp.Not(sp.Implies(first, second, evaluate=False), evaluate=False)),
                _normal_form(sp.Not(sp.Implies(second, first, evaluate=False), evaluate=False)),
                evaluate=False,
            )
        if inner in (sp.true, sp.false):
            return sp.false if inner is sp.true else sp.true
        raise CertificateError(f"no normal form for the negation of {inner}")
    if isinstance(formula, sp.And | sp.Or):
        return formula.func(*[_normal_form(part) for part in formula.args], evaluate=False)
    if isinstance(formula, sp.Implies):
        hypothesis, conclusion = formula.args
        negated = _normal_form(sp.Not(hypothesis, evaluate=False))
        return sp.Or(negated, _normal_form(conclusion), evaluate=False)
    if isinstance(formula, sp.Equivalent):
        first, second = formula.args
        both = sp.And(_normal_form(first), _normal_form(second), evaluate=False)
        neither = sp.And(
            _normal_form(sp.Not(first, evaluate=False)), _normal_form(sp.Not(second, evaluate=False)), evaluate=False
        )
        return sp.Or(both, neither, evaluate=False)
    if isinstance(formula, Relational) or formula in (sp.true, sp.false):
        return formula
    raise CertificateError(f"{formula} is no algebraic formula")


@dataclass
class _Branch:
    """One case of the analysis: formulas still to be taken apart, and the atoms so far."""

    pending: list[Boolean]
    atoms: list[Atom] = field(default_factory=list)
    roots: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)

    def expand(self) -> Iterator[Leaf]:
        """The leaves of this case, depth first; cases that are plainly contradictory are left out."""
        while self.pending:
            formula = self._take()
            if formula == sp.false:
                return
            if formula == sp.true:
                continue
            if isinstance(formula, sp.And):
                self.pending[:0] = formula.args
                continue
            if isinstance(formula, sp.Or):
                for part in formula.args:
                    yield from _Branch([part, *self.pending], list(self.atoms), dict(self.roots)).expand()
                return
            cased = _innermost(formula, _CASED)
            if cased is not None:
                for condition, value in _cases(cased):
                    replaced = [part.xreplace({cased: value}) for part in (formula, *self.pending)]
                    yield from _Branch([condition, *replaced], list(self.atoms), dict(self.roots)).expand()
                return
            split = self._add(formula)
            if split is None:
                return
            if split:
                for condition in split:
                    yield from _Branch([condition, formula, *self.pending], list(self.atoms), dict(self.roots)).expand()
                return
        leaf = Leaf(tuple(dict.fromkeys(self.atoms)))
        yield leaf

    def _take(self) -> Boolean:
        """The next formula: plain relations, then plain disjunctions, then the rest: contradictions show early."""
        for kind in (Relational, sp.Or):
            for place, formula in enumerate(self.pending):
                if (isinstance(formula, kind) or not isinstance(formula, sp.Or)) and not formula.has(*_CASED):
                    return self.pending.pop(place)
        return self.pending.pop(0)

    def _add(self, relation: Relational) -> list[Boolean] | None:
        """Add a relation without cases as atoms.

        Returns None where the case is contradictory, and the cases to be told apart first (the sign of a denominator)
        where there are some.
        """
        left, right = (self._without_roots(side) for side in relation.args)
        numerator, denominator_factors, content = _fraction(left - right)
        sign = 1
        for factor, power in denominator_factors:
            if power % 2 == 0 and self._sign(factor) is None:
                continue  # an even power is positive: that it is not 0 is assumed with the relation's having a value
            known = self._sign(factor)
            if known is None:
                return [sp.Gt(factor, 0, evaluate=False), sp.Lt(factor, 0, evaluate=False)]
            sign *= known**power
        sign *= 1 if content > 0 else -1
        if isinstance(relation, sp.Le | sp.Lt):
            sign = -sign
        polynomial, extra = self._stripped(numerator)
        polynomial = sp.expand(sign * extra * polynomial)
        if isinstance(relation, sp.Ne):
            if polynomial.is_number:
                return [] if polynomial != 0 else None
            if self._sign(polynomial) is not None:
                return []
            return [sp.Gt(polynomial, 0, evaluate=False), sp.Lt(polynomial, 0, evaluate=False)]
        kind = "=" if isinstance(relation, sp.Eq) else ">" if isinstance(relation, sp.Lt | sp.Gt) else ">="
        if polynomial.is_number:
            holds = {"=": polynomial == 0, ">": bool(polynomial > 0), ">=": bool(polynomial >= 0)}[kind]
            return [] if holds else None
        atom = Atom(polynomial, kind)
        if atom not in self.atoms:
            self.atoms.append(atom)
        return []

    def _without_roots(self, expression: sp.Expr) -> sp.Expr:
        """Replace each root by a variable v with v >= 0 and v**2 = radicand."""
        while True:
            root = _innermost(expression, (sp.Pow,), lambda power: not power.exp.is_Integer)
            if root is None:
                return expression
            if not (root.exp.is_Rational and root.exp.q == 2):
                raise CertificateError(f"{root} is no square root")
            radicand = sp.together(root.base)
            if radicand not in self.roots:
                variable = sp.Symbol(f"root_{len(self.roots) + 1}", real=True)
                self.roots[radicand] = variable
                numerator, denominator = sp.fraction(radicand)
                positive = denominator == 1 and self._sign(sp.expand(numerator)) == 1
                at_least = sp.Gt if positive else sp.Ge  # the root of a positive number is positive
                self.pending += [at_least(variable, 0, evaluate=False), sp.Eq(variable**2, radicand, evaluate=False)]
                self.pending.append(sp.Ge(radicand, 0, evaluate=False))
                self._settle(variable, strict=positive)
            expression = expression.xreplace({root: self.roots[radicand] ** root.exp.p})

    def _settle(self, root: sp.Symbol, *, strict: bool) -> None:
        """Note the sign of a new root at once: the relation at hand is analysed with it."""
        self.atoms.append(Atom(root, ">" if strict else ">="))

    def _stripped(self, polynomial: sp.Expr) -> tuple[sp.Expr, int]:
        """The polynomial without factors whose sign the atoms tell, and the product of those signs."""
        if polynomial.is_number:
            return polynomial, 1
        constant, factors = _factors(polynomial)
        kept, sign = [constant], 1
        for factor, power in factors:
            known = self._sign(factor)
            if known is None:
                kept.append(factor**power)
            else:
                sign *= known**power
        return sp.Mul(*kept), sign

    def _sign(self, polynomial: sp.Expr) -> int | None:
        """1 or -1 where the polynomial is plainly positive or negative, None where that is not plain.

        Plain means: it is a strict atom up to a positive factor, or all its terms have one sign by the signs that the
        atoms give its variables, one of them strictly.
        """
        for candidate, sign in ((polynomial, 1), (sp.expand(-polynomial), -1)):
            if self._plainly_positive(candidate):
                return sign
        return None

    def _plainly_positive(self, polynomial: sp.Expr) -> bool:
        normal = _up_to_positive_factor(polynomial)
        if any(atom.relation == ">" and _up_to_positive_factor(atom.polynomial) == normal for atom in self.atoms):
            return True
        strict = False
        for term in sp.Add.make_args(sp.expand(polynomial)):
            sign = self._term_sign(term)
            if sign is None:
                return False
            strict = strict or sign
        return strict

    def _term_sign(self, term: sp.Expr) -> bool | None:
        """True for a positive term, False for one that is >= 0, None for an unknown sign."""
        coefficient, monomial = term.as_coeff_Mul()
        sign, strict = (1, True) if coefficient > 0 else (-1, True)
        for factor in sp.Mul.make_args(monomial):
            base, power = factor.as_base_exp()
            if base.is_number:
                continue
            known = self._variable_sign(base)
            if power % 2 == 0:
                strict = strict and (known is not None and known[1])
                continue
            if known is None:
                return None
            sign *= known[0]
            strict = strict and known[1]
        return strict if sign > 0 else None

    def _variable_sign(self, variable: sp.Expr) -> tuple[int, bool] | None:
        found: tuple[int, bool] | None = None
        for atom in self.atoms:
            for sign in (1, -1):
                if atom.polynomial == sign * variable and atom.relation != "=":
                    strict = atom.relation == ">"
                    if found is None or strict:
                        found = (sign, strict)
        return found


@lru_cache(maxsize=100_000)
def _up_to_positive_factor(polynomial: sp.Expr) -> sp.Expr:
    """The polynomial divided by the size of its leading coefficient."""
    if polynomial.is_number:
        return sp.sign(polynomial)
    symbols = sorted(polynomial.free_symbols, key=lambda symbol: symbol.name)
    return sp.expand(polynomial / sp.Abs(sp.Poly(polynomial, *symbols).LC()))


@lru_cache(maxsize=100_000)
def _fraction(difference: sp.Expr) -> tuple[sp.Expr, tuple[tuple[sp.Expr, int], ...], sp.Expr]:
    """Numerator, factors of the denominator, and the constant factor of the denominator."""
    numerator, denominator = sp.fraction(sp.together(difference))
    constant, factors = sp.factor_list(denominator)
    return sp.expand(numerator), tuple(factors), constant


@lru_cache(maxsize=100_000)
def _factors(polynomial: sp.Expr) -> tuple[sp.Expr, tuple[tuple[sp.Expr, int], ...]]:
    constant, factors = sp.factor_list(polynomial)
    return constant, tuple(factors)


_ALGEBRA = (sp.Symbol, sp.Rational, sp.Add, sp.Mul, sp.Pow, *_CASED)


def _require_algebra(formula: sp.Basic) -> None:
    """Refuse what is no polynomial, root, absolute value, sign, minimum or maximum of real symbols."""
    for node in sp.preorder_traversal(formula):
        if isinstance(node, Relational | sp.And | sp.Or | sp.Not | sp.Implies | sp.Equivalent | BooleanAtom):
            continue
        if not isinstance(node, _ALGEBRA) or (isinstance(node, sp.Symbol) and not node.is_real):
            raise CertificateError(f"{node} is no algebra over the reals")
        if isinstance(node, sp.Pow) and not node.exp.is_Rational:
            raise CertificateError(f"{node} is no power with a rational exponent")


def _innermost(expression: sp.Basic, kinds: tuple[type, ...], accept: object = None) -> sp.Expr | None:
    """The first node of these kinds that has none below it (in post-order, so deterministic)."""
    for node in sp.postorder_traversal(expression):
        if isinstance(node, kinds) and (accept is None or accept(node)):  # type: ignore[operator]
            return node
    return None


def _cases(node: sp.Expr) -> list[tuple[Boolean, sp.Expr]]:
    """The cases of an absolute value, a sign, a minimum or a maximum: a condition, and the value under it."""
    if isinstance(node, sp.Abs):
        inner = node.args[0]
        return [(sp.Ge(inner, 0, evaluate=False), inner), (sp.Lt(inner, 0, evaluate=False), -inner)]
    if isinstance(node, sp.sign):
        inner = node.args[0]
        return [
            (sp.Gt(inner, 0, evaluate=False), sp.S.One),
            (sp.Lt(inner, 0, evaluate=False), sp.S.NegativeOne),
            (sp.Eq(inner, 0, evaluate=False), sp.S.Zero),
        ]
    order = sp.Le if isinstance(node, sp.Min) else sp.Ge
    options = sorted(node.args, key=sp.default_sort_key)
    return [
        (sp.And(*[order(chosen, other, evaluate=False) for other in options if other is not chosen], evaluate=False), chosen)
        for chosen in options
    ]


__all__ = ["MOST_LEAVES", "Atom", "Leaf", "definedness", "leaves"]
