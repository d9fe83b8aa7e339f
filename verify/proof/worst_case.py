"""What semidefinite programs say of a goal about a class of losses, at numbers: advice, and never more than that.

With numbers for the parameters, the class's inequalities are linear in the Gram matrix of the vectors and in the loss's
values (performance estimation).  Where the conclusion holds, the least multipliers that prove it name the inequalities
that matter; where it fails, a worst case names points and slopes of a loss.  Exact arithmetic has to confirm both.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.kernel.goals import Implication

#: How many admissible choices of the numbers are looked at, among how many; and the numbers themselves.
CHOICES, TRIED = 6, 3000
NUMBERS = tuple(Fraction(text) for text in ("1", "1/2", "3/2", "1/4", "2", "3", "3/4", "1/8", "-1", "-1/2"))
#: A worst case above this (for vectors whose squares add up to 1) is a violation; a smaller multiplier is none.
VIOLATION, NOTHING = 1e-5, 1e-4
#: How little what the multipliers leave counts beside them: few inequalities and more squares have closed forms.
REST = 1e-2
#: Rounds of the search for a worst case on a line, and what keeps a direction's weight finite in it.
ROUNDS, SMALL = 8, 1e-4
#: The values of the loss stay below this.
LARGEST_VALUE = 10.0


@dataclass(frozen=True)
class Multipliers:
    """A proof at numbers, in floats: the multipliers of the hypotheses, and what they leave of the conclusion.

    Attributes:
        numbers: of the symbols that are no vectors.
        weights: the multipliers by the place of the hypothesis; the others are 0.
        rest: a positive semidefinite form in the vectors.
    """

    numbers: Mapping[sp.Symbol, Fraction]
    weights: Mapping[int, float]
    rest: np.ndarray


@dataclass(frozen=True)
class Advice:
    """What the programs suggest.

    Attributes:
        using: the places of the hypotheses that a proof needs, None where the conclusion failed.
        proofs: one for each choice of the numbers that was looked at.
        worst: a choice of the numbers at which the conclusion fails, with the coordinates of each vector and value of
            the worst case, by symbol.
    """

    using: list[int] | None
    proofs: tuple[Multipliers, ...] = ()
    worst: tuple[Mapping[sp.Symbol, Fraction], Mapping[sp.Symbol, float]] | None = None


def programs_available() -> bool:
    """Whether the extra ``sdp`` is installed; without it there is no advice."""
    return find_spec("cvxpy") is not None


def advise(goal: Implication, most: int = CHOICES) -> Advice | None:
    """What the worst cases at up to ``most`` choices of the numbers suggest; None where it is no such goal."""
    program = GramProgram.of(goal)
    if program is None:
        return None
    found: list[Multipliers] = []
    for numbers in program.choices():
        forms = program.forms(numbers)
        if forms is None:
            return None
        vectors = program.worst(forms)
        if vectors is not None:
            return Advice(None, tuple(found), (numbers, vectors))
        multipliers = program.multipliers(numbers, forms)
        if multipliers is not None:
            found.append(multipliers)
        if len(found) == most:
            break
    if not found:
        return None
    needed = {place for proof in found for place in proof.weights}
    return Advice(sorted(needed | set(program.about_numbers) | set(program.of_gram)), tuple(found))


#: A linear form: the coefficients of the Gram matrix (symmetric), of the values, and whether it is an equality.
_Form = tuple[np.ndarray, np.ndarray, bool]


@dataclass(frozen=True)
class GramProgram:
    """A goal with vectors, as a program in a Gram matrix once its other symbols are numbers.

    Attributes:
        norms: the symbols of the vectors' norms, in the order of the matrix.
        entries: the places of the symbols of inner products.
        values: the symbols of the loss's values.
        about_numbers: the places of the hypotheses that speak of the other symbols only.
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
        others = tuple(symbol for symbol in symbols if symbol not in {*norms, *inner, *values})
        if not norms:
            return None
        entries: dict[sp.Symbol, tuple[int, int]] = {}
        numbers, of_class, of_gram = [], [], []
        for place, one in enumerate(goal.hypotheses):
            pair = _cauchy_schwarz(one, norms, inner)
            if pair is not None:
                entries[pair[0]] = pair[1]
            if pair is not None or (isinstance(one, sp.Ge) and one.args[0] in norms and one.args[1] == 0):
                of_gram.append(place)
            elif one.free_symbols <= set(others):
                numbers.append(place)
            elif isinstance(one, sp.Le | sp.Ge | sp.Eq):
                of_class.append(place)
        if set(entries) != set(inner) or not of_class:
            return None
        return GramProgram(goal, norms, entries, values, others, tuple(numbers), tuple(of_class), tuple(of_gram))

    def choices(self) -> Iterator[dict[sp.Symbol, Fraction]]:
        """Numbers for the other symbols that meet all that is assumed of them."""
        assumed = [self.goal.hypotheses[place] for place in self.about_numbers]
        size = min(len(NUMBERS), int(TRIED ** (1 / max(len(self.others), 1))))
        ranked = sorted(product(range(size), repeat=len(self.others)), key=lambda places: (sum(places), places))
        for places in ranked:
            numbers = {symbol: NUMBERS[place] for symbol, place in zip(self.others, places, strict=True)}
            exact = {symbol: sp.Rational(*value.as_integer_ratio()) for symbol, value in numbers.items()}
            if all(one.xreplace(exact).doit() == True for one in assumed):  # noqa: E712  # SymPy's true is no Python bool
                yield numbers

    def forms(self, numbers: Mapping[sp.Symbol, Fraction]) -> tuple[dict[int, _Form], _Form] | None:
        """The constraints and the conclusion, each as what is not negative; None where one is not linear."""
        exact = {symbol: sp.Rational(*value.as_integer_ratio()) for symbol, value in numbers.items()}
        constraints = {}
        for place in self.of_class:
            form = self._form(self.goal.hypotheses[place], exact)
            if form is not None:  # to leave a constraint out makes the worst case worse, which the search will find out
                constraints[place] = form
        conclusion = self._form(self.goal.conclusion, exact)
        return None if conclusion is None else (constraints, conclusion)

    def _form(self, relation: Boolean, numbers: Mapping[sp.Symbol, sp.Rational]) -> _Form | None:
        left, right = (side.xreplace(numbers) for side in relation.args)
        difference = sp.expand(right - left if isinstance(relation, sp.Le | sp.Lt) else left - right)
        if not difference.is_polynomial(*self.norms, *self.entries, *self.values):
            return None
        gram, values = np.zeros((len(self.norms),) * 2), np.zeros(len(self.values))
        for term, coefficient in difference.as_coefficients_dict(*self.norms, *self.entries, *self.values).items():
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
            else:
                return None
        return gram, values, isinstance(relation, sp.Eq)

    def worst(self, forms: tuple[dict[int, _Form], _Form]) -> dict[sp.Symbol, float] | None:
        """A worst case along its longest direction: coordinates of the vectors, and values; None where all is well."""
        import cvxpy as cp

        constraints, (above, along, _) = forms
        gram, values = cp.Variable((len(self.norms),) * 2, PSD=True), cp.Variable(max(len(self.values), 1))
        limits = [cp.trace(gram) <= 1, cp.norm_inf(values) <= LARGEST_VALUE]
        for matrix, row, equal in constraints.values():
            form = cp.trace(matrix @ gram) + (row @ values if len(self.values) else 0)
            limits.append(form == 0 if equal else form >= 0)
        margin = cp.trace(above @ gram) + (along @ values if len(self.values) else 0)
        problem = cp.Problem(cp.Minimize(margin), limits)
        if not _solved(problem) or problem.value > -VIOLATION:
            return None
        # of the cases that still fail clearly, one of low rank: each round weighs directions by what is left of them
        limits.append(margin <= problem.value / 8)
        for _ in range(ROUNDS):
            weight = np.linalg.inv(gram.value + SMALL * np.eye(len(self.norms)))
            if not _solved(cp.Problem(cp.Minimize(cp.trace((weight + weight.T) / 2 @ gram)), limits)):
                return None
        sizes, directions = np.linalg.eigh(gram.value)
        longest = directions[:, -1] * np.sqrt(max(sizes[-1], 0.0))
        return dict(zip((*self.norms, *self.values), map(float, (*longest, *values.value)), strict=False))

    def multipliers(
        self, numbers: Mapping[sp.Symbol, Fraction], forms: tuple[dict[int, _Form], _Form]
    ) -> Multipliers | None:
        """The least multipliers of the constraints that leave a positive semidefinite form, None without any."""
        import cvxpy as cp

        constraints, (above, along, _) = forms
        weights = cp.Variable(max(len(constraints), 1))
        rest = cp.Variable((len(self.norms),) * 2, PSD=True)
        total, values = rest, np.zeros(len(self.values))
        limits: list[Any] = []
        for weight, (matrix, row, equal) in zip(weights, constraints.values(), strict=True):
            total, values = total + weight * matrix, values + weight * row
            limits += [] if equal else [weight >= 0]
        limits += [total == above, *([values == along] if len(self.values) else [])]
        problem = cp.Problem(cp.Minimize(cp.norm1(weights) + REST * cp.trace(rest)), limits)
        if not _solved(problem):
            return None
        least = NOTHING * max(1.0, float(np.max(np.abs(weights.value))))
        sizes = zip(constraints, map(float, weights.value), strict=False)
        return Multipliers(numbers, {place: size for place, size in sizes if abs(size) > least}, rest.value)


#: What the symbols of norms, inner products and values of the loss are called by ``GramLowering``.
KINDS = ("norm", "inner", "loss")


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


def _solved(problem: Any) -> bool:
    """Whether Clarabel finds an optimum; what it finds is in the problem's variables."""
    import cvxpy as cp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a solution may be inaccurate is no news here
        try:
            problem.solve(solver=cp.CLARABEL)
        except cp.SolverError:
            return False
    return problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE)
