"""What semidefinite programs say of a goal about a class of losses, at numbers: advice, and never more than that.

With numbers for the parameters, the class's inequalities are linear in the Gram matrix of the vectors and in the loss's
values (performance estimation).  Where the conclusion holds, the least multipliers that prove it name the inequalities
that matter; where it fails, a worst case names points and slopes of a loss.  Exact arithmetic has to confirm both.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from typing import Any

import numpy as np
import sympy as sp

from verify.kernel.goals import Implication
from verify.proof.gram_program import Form, Forms, GramProgram, Numbers

#: How many admissible choices of the numbers are looked at.
CHOICES = 6
#: A worst case above this is a violation; a smaller multiplier is none.
VIOLATION, NOTHING = 1e-5, 1e-4
#: How little what the multipliers leave counts beside them: few inequalities and more squares have closed forms.
REST = 1e-2
#: Rounds of the search for a worst case on a line, and what keeps a direction's weight finite in it.
ROUNDS, SMALL = 8, 1e-4
#: The squares of the vectors' norms add up to at most 1 where only ratios matter, else to this; the values stay below.
LARGEST_SIZE, LARGEST_VALUE = 100.0, 100.0


@dataclass(frozen=True)
class Multipliers:
    """A proof at numbers, in floats: the multipliers of the hypotheses, and what they leave of the conclusion.

    Attributes:
        numbers: of the symbols that are no vectors.
        weights: the multipliers by the place of the hypothesis; the others are 0.
        rest: a positive semidefinite form in the vectors.
    """

    numbers: Numbers
    weights: Mapping[int, float]
    rest: np.ndarray


@dataclass(frozen=True)
class WorstCase:
    """Numbers at which the conclusion fails, in floats.

    Attributes:
        numbers: of the symbols that are no vectors.
        coordinates: of the vectors along one direction, by the symbols of their norms, and the loss's values.
        scalable: whether a multiple of it is a worst case too.
    """

    numbers: Numbers
    coordinates: Mapping[sp.Symbol, float]
    scalable: bool


@dataclass(frozen=True)
class Advice:
    """What the programs suggest.

    Attributes:
        using: the places of the hypotheses that a proof needs, None where the conclusion failed.
        proofs: one for each choice of the numbers that was looked at.
        worst: where the conclusion failed.
    """

    using: list[int] | None
    proofs: tuple[Multipliers, ...] = ()
    worst: WorstCase | None = None


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
        coordinates = _worst(program, forms)
        if coordinates is not None:
            return Advice(None, tuple(found), WorstCase(numbers, coordinates, forms.homogeneous))
        multipliers = _multipliers(numbers, forms)
        if multipliers is not None:
            found.append(multipliers)
        if len(found) == most:
            break
    if not found:
        return None
    needed = {place for proof in found for place in proof.weights}
    return Advice(sorted(needed | set(program.about_numbers) | set(program.of_gram)), tuple(found))


def worst_case(goal: Implication, most: int) -> WorstCase | None:
    """The first worst case beyond the conclusion among up to ``most`` choices of the numbers."""
    program = GramProgram.of(goal)
    if program is None:
        return None
    for numbers in islice(program.choices(), most):
        forms = program.forms(numbers)
        if forms is None:
            return None
        coordinates = _worst(program, forms)
        if coordinates is not None:
            return WorstCase(numbers, coordinates, forms.homogeneous)
    return None


def _worst(program: GramProgram, forms: Forms) -> dict[sp.Symbol, float] | None:
    """A worst case along its longest direction: coordinates of the vectors, and values; None where all is well."""
    import cvxpy as cp

    size, count = forms.conclusion.gram.shape[0], len(forms.conclusion.values)
    gram, values = cp.Variable((size, size), PSD=True), cp.Variable(max(count, 1))

    def at(form: Form) -> Any:
        return cp.trace(form.gram @ gram) + form.constant + (form.values @ values if count else 0)

    limits = [cp.trace(gram) <= (1 if forms.homogeneous else LARGEST_SIZE), cp.norm_inf(values) <= LARGEST_VALUE]
    limits += [at(form) == 0 if form.equality else at(form) >= 0 for form in forms.constraints.values()]
    margin = at(forms.conclusion)
    problem = cp.Problem(cp.Minimize(margin), limits)
    if not _solved(problem) or problem.value > -VIOLATION:
        return None
    # of the cases that still fail clearly, one of low rank: each round weighs directions by what is left of them
    limits.append(margin <= problem.value / 8)
    for _ in range(ROUNDS):
        weight = np.linalg.inv(gram.value + SMALL * np.eye(size))
        if not _solved(cp.Problem(cp.Minimize(cp.trace((weight + weight.T) / 2 @ gram)), limits)):
            return None
    sizes, directions = np.linalg.eigh(gram.value)
    longest = directions[:, -1] * np.sqrt(max(sizes[-1], 0.0))
    return dict(zip((*program.norms, *program.values), map(float, (*longest, *values.value)), strict=False))


def _multipliers(numbers: Numbers, forms: Forms) -> Multipliers | None:
    """The least multipliers of the constraints that leave a positive semidefinite form, None without any."""
    import cvxpy as cp

    conclusion = forms.conclusion
    weights = cp.Variable(max(len(forms.constraints), 1))
    rest = cp.Variable(conclusion.gram.shape, PSD=True)
    total, values, constant = rest, np.zeros(len(conclusion.values)), 0.0
    limits: list[Any] = []
    for weight, form in zip(weights, forms.constraints.values(), strict=False):
        total, values = total + weight * form.gram, values + weight * form.values
        constant = constant + weight * form.constant
        limits += [] if form.equality else [weight >= 0]
    limits += [total == conclusion.gram, constant <= conclusion.constant]
    limits += [values == conclusion.values] if len(conclusion.values) else []
    problem = cp.Problem(cp.Minimize(cp.norm1(weights) + REST * cp.trace(rest)), limits)
    if not _solved(problem):
        return None
    least = NOTHING * max(1.0, float(np.max(np.abs(weights.value))))
    sizes = zip(forms.constraints, map(float, weights.value), strict=False)
    found = {place: size for place, size in sizes if abs(size) > least and place >= 0}
    return Multipliers(numbers, found, rest.value)


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
