"""Losses that a worst case sketched: members of the class near them, certified like any other candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from verify.errors import InputError
from verify.search.budget import Budget
from verify.search.certify import DENOMINATORS, Certified, Point, certify, simplify
from verify.statement.claim import Claim
from verify.statement.domain import class_bounds
from verify.statement.loss import Sketch
from verify.statement.vectors import Vector


def certify_sketches(
    claim: Claim, reading: str, part: str, sketches: Sequence[Sketch], budget: Budget
) -> Certified | None:
    """The first member near a sketch that is a certified witness against a part, made simpler."""
    claim = claim.instance
    for sketch in sketches:
        for point in _points(claim, sketch):
            found = certify(claim, reading, part, point, budget.bits)
            if found is not None and found.kind == "violated":
                return simplify(claim, reading, found, budget.bits)
    return None


def _points(claim: Claim, sketch: Sketch) -> Iterator[Point]:
    """Members of the class's families on the line through the sketched points, rounded ever less."""
    assert claim.loss_class is not None
    bounds = class_bounds(claim, {symbol: sketch.values[symbol.name] for symbol in claim.loss_class.constants})
    for denominator in DENOMINATORS:
        values = {symbol.name: sketch.values.get(symbol.name, Fraction(0)) for symbol in claim.parameters}
        for vector in claim.parameters:
            if isinstance(vector, Vector):
                values[vector.name] = values[vector.name].limit_denominator(denominator)
        points = [
            (x.limit_denominator(denominator), slope.limit_denominator(denominator), value)
            for x, slope, value in sketch.points
        ]
        for family in claim.loss_class.families:
            for parameters in family.through(points, bounds) if family.through is not None else ():
                point = Point(values, family, parameters)
                try:
                    if point.member is not None:
                        yield point
                except (InputError, ZeroDivisionError):  # rounded to a loss that makes no sense
                    continue
