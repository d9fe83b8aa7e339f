"""What solvers named as points where a goal fails: starts for the search, certified like any other candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import sympy as sp

from verify.errors import InputError
from verify.search.budget import Budget
from verify.search.certify import Certified, Point, certify, simplify
from verify.search.screen import sobol
from verify.statement.claim import Claim
from verify.statement.domain import class_bounds
from verify.statement.strategy import exact_parameters
from verify.statement.system import time

#: How many models are looked at, how many losses of each family beside each (as a power of 2), and their denominators.
MODELS, LOG2_LOSSES, DENOMINATOR = 4, 3, 16

Model = Mapping[sp.Symbol, Fraction]


def certify_models(
    claim: Claim, reading: str, part: str, models: Sequence[Model], budget: Budget, seed: int
) -> Certified | None:
    """The first model that is a certified witness against a part, with a loss of the class where one is needed."""
    claim = claim.instance
    for model in models[:MODELS]:
        values = _values(claim, model)
        for point in _points(claim, values, seed) if values is not None else ():
            found = certify(claim, reading, part, point, budget.bits)
            if found is not None:
                return simplify(claim, reading, found, budget.bits)
    return None


def _values(claim: Claim, model: Model) -> dict[str, Fraction] | None:
    """The numbers of a point from a model, 1 for what it leaves open; None where it names none of them."""
    named = {symbol.name: value for symbol, value in model.items()}
    names = [symbol.name for symbol in claim.parameters]
    if not set(named) & set(names):
        return None
    return {name: named.get(name, Fraction(0 if name == time.name else 1)) for name in names}


def _points(claim: Claim, values: dict[str, Fraction], seed: int) -> Iterator[Point]:
    """The point, beside some losses of each family in whose dimension its vectors are numbers."""
    if claim.loss_class is None:
        yield Point(values, None, {})
        return
    bounds = class_bounds(claim, {symbol: values[symbol.name] for symbol in claim.parameters})
    for family in claim.loss_class.families:
        for row in sobol(family.unit_dimension, LOG2_LOSSES, seed + 13):
            unit = [Fraction(float(place)).limit_denominator(DENOMINATOR) for place in row]
            try:
                point = Point(values, family, exact_parameters(family.propose(unit, bounds)))
                if point.member is not None and point.member.dimension > 1 and not claim.loss_class.scalar:
                    break
            except (InputError, ZeroDivisionError):  # parameters that make no sense together
                continue
            yield point
