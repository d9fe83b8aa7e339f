"""A goal about vectors and a loss as linear forms in a Gram matrix, once its other symbols are numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np
import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.kernel.goals import Implication

#: Among how many choices of the numbers admissible ones are sought, and the numbers themselves.
TRIED = 3000
NUMBERS = tuple(Fraction(text) for text in ("1", "1/2", "3/2", "1/4", "2", "3", "3/4", "1/8", "-1", "-1/2"))
#: What the symbols of norms, inner products and values of the loss are called by ``GramLowering``.
KINDS = ("norm", "inner", "loss")

Numbers = Mapping[sp.Symbol, Fraction]


class Form(NamedTuple):
    """A linear form that is not negative (0 for an equality)."""

    gram: np.ndarray
    values: np.ndarray
    constant: float
    equality: bool = False


class Forms(NamedTuple):
    """The constraints by the place of their hypothesis (below 0: the fixed norms), and the conclusion."""

    constraints: Mapping[int, Form]
    conclusion: Form

    @property
    def homogeneous(self) -> bool:
        """Whether a multiple of a worst case is one."""
        return not any(form.constant for form in (*self.constraints.values(), self.conclusion))


@dataclass(frozen=True)
class GramProgram:
    """A goal with vectors, as a program in a Gram matrix once its other symbols are numbers.

    Attributes:
        norms: the symbols of the vectors' norms, in the order of the matrix.
        entries: the places of the symbols of inner products.
        values: the symbols of the loss's values.
        others: the other symbols, and the norms that occur other than squared.
        about_numbers: the places of the hypotheses that speak of these only.
        of_class: the places of those that the programs take for constraints.
        of_gram: the places of those that every Gram matrix meets.
    """

    goal: Implication
    norms: tuple[sp.Symbol, ...]
    entries: Mapping[sp.Symbol, tuple[int, int]]
    values: tuple[sp.Symbol, ...]
    others: tuple[sp.Symbol, ...]
    about_numbers: tuple[int, ...]
    of_class: tuple[int, ...]
    of_gram: tuple[int, ...]

    @staticmethod
    def of(goal: Implication) -> GramProgram | None:
        """The program of a goal, None where it has no vectors or is no inequality."""
        if not isinstance(goal.conclusion, sp.Le | sp.Ge | sp.Lt | sp.Gt):
            return None
        formulas = [*goal.hypotheses, goal.conclusion]
        symbols = sorted({s for one in formulas for s in one.free_symbols}, key=lambda s: (len(s.name), s.name))
        norms, inner, values = (tuple(s for s in symbols if s.name.startswith(f"{kind}[")) for kind in KINDS)
        pairs = [_cauchy_schwarz(one, norms, inner) for one in goal.hypotheses]
        spoken = [one for one, pair in zip(formulas, [*pairs, None], strict=True) if pair is None]
        fixed = {norm for norm in norms if any(_other_than_squared(one, norm) for one in spoken)}
        others = tuple(s for s in symbols if s in fixed or s not in {*norms, *inner, *values})
        numbers, of_class, of_gram = [], [], []
        for place, (one, pair) in enumerate(zip(goal.hypotheses, pairs, strict=True)):
            if one.free_symbols <= set(others):
                numbers.append(place)
            elif pair is not None or _is_sign(one, norms):
                of_gram.append(place)
            elif isinstance(one, sp.Le | sp.Ge | sp.Eq):
                of_class.append(place)
        entries = dict(pair for pair in pairs if pair is not None)
        if not norms or set(entries) != set(inner) or not of_class:
            return None
        return GramProgram(goal, norms, entries, values, others, tuple(numbers), tuple(of_class), tuple(of_gram))

    def choices(self) -> Iterator[dict[sp.Symbol, Fraction]]:
        """Numbers for the other symbols that meet all that is assumed of them."""
        assumed = [self.goal.hypotheses[place] for place in self.about_numbers]
        size = min(len(NUMBERS), int(TRIED ** (1 / max(len(self.others), 1))))
        ranked = sorted(product(range(size), repeat=len(self.others)), key=lambda places: (sum(places), places))
        for places in ranked:
            numbers = {symbol: NUMBERS[place] for symbol, place in zip(self.others, places, strict=True)}
            exact = _exact(numbers)
            if all(one.xreplace(exact).doit() == True for one in assumed):  # noqa: E712  # SymPy's true is no Python bool
                yield numbers

    def forms(self, numbers: Numbers) -> Forms | None:
        """The constraints and the conclusion at some numbers; None where that one is not linear."""
        exact = _exact(numbers)
        constraints: dict[int, Form] = {}
        for place, norm in enumerate(self.norms):
            if norm in numbers:
                corner = np.zeros((len(self.norms),) * 2)
                corner[place, place] = 1
                constraints[-1 - place] = Form(corner, np.zeros(len(self.values)), -(float(numbers[norm]) ** 2), True)
        for place in self.of_class:
            form = self._form(self.goal.hypotheses[place], exact)
            if form is not None:  # without it the worst case is worse, which exact arithmetic will find out
                constraints[place] = form
        conclusion = self._form(self.goal.conclusion, exact)
        return None if conclusion is None else Forms(constraints, conclusion)

    def _form(self, relation: Boolean, numbers: Mapping[sp.Symbol, sp.Rational]) -> Form | None:
        left, right = (side.xreplace(numbers) for side in relation.args)
        difference = sp.expand(right - left if isinstance(relation, sp.Le | sp.Lt) else left - right)
        unknown = (*self.norms, *self.entries, *self.values)
        if not difference.is_polynomial(*unknown):
            return None
        gram, values, constant = np.zeros((len(self.norms),) * 2), np.zeros(len(self.values)), 0.0
        for term, coefficient in difference.as_coefficients_dict(*unknown).items():
            size = float(coefficient)
            if term in self.entries:
                i, j = self.entries[term]
                gram[i, j] += size / 2
                gram[j, i] += size / 2
            elif term in self.values:
                values[self.values.index(term)] += size
            elif isinstance(term, sp.Pow) and term.base in self.norms and term.exp == 2:
                place = self.norms.index(term.base)
                gram[place, place] += size
            elif term.is_number:
                constant += size * float(term)
            else:
                return None
        return Form(gram, values, constant, isinstance(relation, sp.Eq))


def _exact(numbers: Numbers) -> dict[sp.Symbol, sp.Rational]:
    return {symbol: sp.Rational(*value.as_integer_ratio()) for symbol, value in numbers.items()}


def _other_than_squared(formula: sp.Basic, norm: sp.Symbol) -> bool:
    return not _is_sign(formula, (norm,)) and formula.xreplace({norm**2: sp.S.One}).has(norm)


def _is_sign(formula: sp.Basic, norms: Sequence[sp.Symbol]) -> bool:
    """Whether it says that a norm is not negative."""
    return isinstance(formula, sp.Ge) and formula.args[0] in norms and formula.args[1] == 0


def _cauchy_schwarz(
    relation: Boolean, norms: Sequence[sp.Symbol], inner: Sequence[sp.Symbol]
) -> tuple[sp.Symbol, tuple[int, int]] | None:
    """Whose inner product a symbol is, where a relation compares it with the product of two norms."""
    if not isinstance(relation, Relational) or relation.args[0] not in inner:
        return None
    factors = [factor for factor in sp.Mul.make_args(relation.args[1]) if factor in norms]
    if len(factors) != 2 or relation.args[1] not in (sp.Mul(*factors), -sp.Mul(*factors)):
        return None
    first, second = (norms.index(factor) for factor in factors)
    return relation.args[0], (first, second)
