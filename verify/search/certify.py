"""From a suspicious float to a certified witness: small rationals first, then the exact double."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import isfinite
from typing import Any

from verify.errors import InputError
from verify.kernel.evaluation import PointResult, evaluate_point
from verify.lowering.exact import rational_value
from verify.lowering.interpret import Truth
from verify.search.batch import Lane
from verify.search.landmarks import snapped
from verify.statement.claim import Claim
from verify.statement.domain import Coordinate, domain_of
from verify.statement.loss import SPACES, Family, Member
from verify.statement.system import time

#: The denominators that a suspicious double is rounded to, the simplest first.
DENOMINATORS = (1, 2, 4, 10, 16, 64, 1000, 10**6)

#: A point is put on a special place that moves none of its numbers by more than this (relatively, where large).
SNAP = 1e-2

#: How many simpler points are tried in the place of a witness.
ATTEMPTS = 360

#: Numbers of so many powers of ten are moved towards 1 together, each with so many digits.
EXTREME, SCALED_DIGITS = 4, (2, 4)

#: Numbers belong to a tiny one if they are at most so many times larger or smaller.
CLUSTER = 100

#: A relative margin below this may be rounding only; the precision and the denominators that such a candidate gets.
NOISE, NOISE_BITS, NOISE_DENOMINATORS = 1e-12, 256, (1, 4, 64)


@dataclass(frozen=True)
class Point:
    """A rational point of a claim: its numbers by name, and the family and parameters of its loss."""

    values: Mapping[str, Fraction]
    family: Family | None
    loss_parameters: Mapping[str, Any]

    @property
    def member(self) -> Member | None:
        """The concrete loss, or the space of its vectors."""
        return self.family.member(self.loss_parameters) if self.family is not None else None

    @property
    def loss(self) -> str | None:
        """The concrete loss as text, None where no loss is spoken of."""
        return None if self.family is None or self.family in SPACES else self.family.text(self.loss_parameters)

    @property
    def complexity(self) -> tuple[int, int, int]:
        """Fewer dimensions, then earlier, then smaller numerators and denominators come first."""
        numbers = [*self.values.values(), *_flat(self.loss_parameters.values())]
        size = sum(map(_size, numbers))
        t = int(self.values.get("t", 0))
        return len(self.values) + 2 * len(_flat(self.loss_parameters.values())), t, size


@dataclass(frozen=True)
class Certified:
    """A point at which a part of the conclusion certainly fails, or has no value."""

    point: Point
    part: str
    result: PointResult
    kind: str  # "violated" or "undefined"
    box: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)

    @property
    def relative(self) -> float:
        """The violation relative to the size of the two sides."""
        return self.result.parts[self.part].relative


def certify(claim: Claim, reading: str, part: str, point: Point, bits: int) -> Certified | None:
    """The point as a certified witness against a part, None if it is none."""
    try:
        member = point.member
        result = evaluate_point(claim, point.values, member, reading, bits, closed_forms=False)
    except InputError:
        return None  # the rounded loss makes no sense (two knots at one place, say)
    if result.admissible is not True or part not in result.parts:
        return None
    truth = result.parts[part].truth
    if truth is Truth.FALSE:
        return Certified(point, part, result, "violated")
    if truth is Truth.UNDEFINED:
        return Certified(point, part, result, "undefined")
    return None


def candidates(claim: Claim, lane: Lane) -> Iterator[Point]:
    """Rational points near a lane, the simplest first; the last is the lane itself."""
    numbers: list[Any] = [*lane.values.values(), *_flat(lane.loss_parameters.values())]
    if not all(map(isfinite, numbers)):
        return  # floats lost the point itself
    times = {"t": Fraction(lane.t)} if time in claim.parameters else {}
    seen = set()
    for denominator in (*(NOISE_DENOMINATORS if abs(lane.margin) < NOISE else DENOMINATORS), None):
        values = {name: _round(value, denominator) for name, value in lane.values.items()} | times
        parameters = {name: _round_any(value, denominator) for name, value in lane.loss_parameters.items()}
        key = (tuple(values.items()), tuple(parameters.items()))
        if key not in seen:
            seen.add(key)
            yield Point(values, lane.family, parameters)


def _candidates(claim: Claim, reading: str, lane: Lane) -> Iterator[Point]:
    """The rational points near a lane, each also put exactly on a special place or an end that the lane is on."""
    for point in candidates(claim, lane):
        yield point
        for values in snapped(claim, reading, point.values):
            near = [
                abs(float(values[name]) - value) <= SNAP * max(1, abs(value)) for name, value in lane.values.items()
            ]
            if all(near):
                yield Point(values, point.family, point.loss_parameters)


def certify_lane(claim: Claim, reading: str, lane: Lane, bits: int) -> Certified | None:
    """The first certified witness among the rational points near a lane.

    A margin that is within the noise of doubles is mostly an equality, which no precision decides: it gets less.
    """
    bits = min(bits, NOISE_BITS) if abs(lane.margin) < NOISE else bits
    for point in _candidates(claim, reading, lane):
        found = certify(claim, reading, lane.part, point, bits)
        if found is not None:
            return found
    return None


def simplify(
    claim: Claim, reading: str, found: Certified, bits: int, rounds: int = 3, *, least: float = 0.0
) -> Certified:
    """Replace the numbers of a witness by simpler ones, one after the other, while it stays one.

    Args:
        least: the relative violation that it has to keep.
    """
    best, left = found, ATTEMPTS
    for _ in range(rounds):
        before = best.point.complexity
        for change in _changes(best.point):
            for smaller in _with_ends(claim, best.point, change(best.point)):
                if smaller.complexity >= best.point.complexity:
                    continue
                left -= 1
                if left < 0:
                    return best
                again = certify(claim, reading, best.part, smaller, bits)
                if again is not None and again.kind == best.kind and again.relative >= least:
                    best = again
                    break  # the simplest come first; on to the next number
        if best.point.complexity == before:
            break
    return best


def _with_ends(claim: Claim, point: Point, simpler: Iterable[Point]) -> Iterator[Point]:
    """Simpler points, each also with the numbers that sat on an end of their range put back there."""
    domain = domain_of(claim)
    ends: dict[str, Coordinate] = {}
    for coordinate in domain.coordinates:
        bounds = [*coordinate.lower, *coordinate.upper]
        if any(
            rational_value(bound.value, point.values) == point.values.get(coordinate.symbol.name) for bound in bounds
        ):
            ends[coordinate.symbol.name] = coordinate
    for smaller in simpler:
        yield smaller
        values = dict(smaller.values)
        for name, coordinate in ends.items():
            for bound in (*coordinate.lower, *coordinate.upper):
                if rational_value(bound.value, point.values) == point.values[name]:
                    moved = rational_value(bound.value, values)
                    values[name] = values[name] if moved is None else moved
        if values != smaller.values:
            yield Point(values, smaller.family, smaller.loss_parameters)


Change = Callable[[Point], Iterator[Point]]


def _changes(point: Point) -> list[Change]:
    """The ways to make a point simpler: earlier, all numbers at another scale, equal ones together, each alone."""
    changes: list[Change] = [_earlier] if "t" in point.values else []
    changes += [_scaled, *[partial(_cluster_scaled, value) for value in _tiny(point)]]
    distinct = dict.fromkeys([*point.values.values(), *_flat(point.loss_parameters.values())])
    changes += [partial(_together, value) for value in distinct]
    changes += [
        partial(_loss_alone, name) for name, value in point.loss_parameters.items() if isinstance(value, Fraction)
    ]
    changes += [partial(_alone, name) for name in point.values if name != "t"]
    return changes


def _earlier(point: Point) -> Iterator[Point]:
    for t in range(min(int(point.values["t"]), 8)):
        yield Point({**point.values, "t": Fraction(t)}, point.family, point.loss_parameters)


def _scaled(point: Point) -> Iterator[Point]:
    """All numbers moved towards 1 together, as powers of an extreme one: eta ~ 1e-12 and rho ~ eta^(-3/2), say."""
    sizes = {name: _magnitude(value) for name, value in point.values.items() if name != "t" and value}
    extreme = sorted((name for name, size in sizes.items() if abs(size) >= EXTREME), key=lambda name: -abs(sizes[name]))
    for unit in extreme:
        powers = {name: Fraction(round(2 * size / sizes[unit]), 2) for name, size in sizes.items()}
        for left in dict.fromkeys([0, 1, 2, 3, abs(sizes[unit]) // 2]):
            moved = sizes[unit] - left if sizes[unit] > 0 else sizes[unit] + left
            if any((power * moved).denominator != 1 for power in powers.values()):
                continue
            for digits in SCALED_DIGITS:
                values = dict(point.values)
                for name, power in powers.items():
                    if power:
                        values[name] = _digits(values[name] * Fraction(10) ** -int(power * moved), digits)
                yield Point(values, point.family, point.loss_parameters)


def _tiny(point: Point) -> list[Fraction]:
    """The tiny numbers that the loss shares with the point: a range in which it is not simple, say."""
    shared = set(point.values.values()) & set(_flat(point.loss_parameters.values()))
    return sorted(value for value in shared if 0 < value < Fraction(1, 1000))


def _cluster_scaled(value: Fraction, point: Point) -> Iterator[Point]:
    """A tiny number and all of its size moved towards 1 together, so that a loss keeps its shape there."""
    for target in (Fraction(1, 8), Fraction(1, 16), Fraction(1, 100), Fraction(1, 1000)):

        def moved(number: Fraction, target: Fraction = target) -> Fraction:
            if not value / CLUSTER < abs(number) < value * CLUSTER:
                return number
            return (number / value).limit_denominator(8) * target

        parameters = {name: _replaced(entry, moved) for name, entry in point.loss_parameters.items()}
        values = {name: number if name == "t" else moved(number) for name, number in point.values.items()}
        yield Point(values, point.family, parameters)


def _together(value: Fraction, point: Point) -> Iterator[Point]:
    """All numbers of that value replaced; and one other with it, so that their product (beta * eta, say) stays."""
    for simpler in _near(value, ()):
        tied = _tied(point, value, simpler)
        yield tied
        if value and simpler:
            for name, number in tied.values.items():
                if name != "t" and number != simpler:
                    for ratio in (value / simpler, simpler / value):
                        yield Point({**tied.values, name: number * ratio}, tied.family, tied.loss_parameters)


def _loss_alone(name: str, point: Point) -> Iterator[Point]:
    for simpler in _near(point.loss_parameters[name], point.values.values()):
        yield Point(point.values, point.family, {**point.loss_parameters, name: simpler})


def _alone(name: str, point: Point) -> Iterator[Point]:
    for simpler in _near(point.values[name], ()):
        yield Point({**point.values, name: simpler}, point.family, point.loss_parameters)


def _tied(point: Point, value: Fraction, simpler: Fraction) -> Point:
    """The point with every number equal to ``value`` replaced: an equality between parameters is often the reason."""
    values = {name: simpler if number == value and name != "t" else number for name, number in point.values.items()}
    parameters = {
        name: _replaced(number, lambda entry: simpler if entry == value else entry)
        for name, number in point.loss_parameters.items()
    }
    return Point(values, point.family, parameters)


def _near(value: Fraction, also: Sequence[Fraction] | Any) -> list[Fraction]:
    options = [Fraction(1), Fraction(0), Fraction(2), Fraction(1, 2), Fraction(3, 2), *also]
    options += [_round(value, denominator) for denominator in (1, 2, 3, 4, 5, 8, 10, 16, 100)]
    if value and not Fraction(1, 100) <= abs(value) <= 100:
        power = _magnitude(value)
        options += [
            Fraction(10) ** exponent for exponent in (1, 2, 3, 6, power, power + 1) if value > 1 or exponent < 0
        ]
        options.append(15 * Fraction(10) ** power / 10)
    if abs(value) > 3:
        sign = 1 if value > 0 else -1
        options += [sign * Fraction(small) for small in (3, 4, 5, 10, 100) if small < abs(value)]
        options += [_digits(value / factor, 1) for factor in (2, 10, 1000, 10**6)]
    options += [_digits(value, count) for count in (1, 2, 3, 4)]
    for simple in (_round(value, 1), _round(value, 2)):
        if 0 < abs(value - simple) < Fraction(1, 20):  # just inside an open end: 1 + 1/1000 will often do
            step = 1 if value > simple else -1
            options += [simple + Fraction(step, 10**exponent) for exponent in (1, 2, 3, 6)]
    if value < 0:
        options += [Fraction(-1), -value]
    distinct = dict.fromkeys(option for option in options if option != value)
    return sorted(distinct, key=lambda option: (_size(option), option < 0))


def _size(number: Fraction) -> int:
    return abs(number.numerator).bit_length() + number.denominator.bit_length()


def _magnitude(value: Fraction) -> int:
    """The power of ten that a number is near to."""
    return round((abs(value.numerator).bit_length() - value.denominator.bit_length()) * math.log10(2))


def _digits(value: Fraction, count: int) -> Fraction:
    """A number rounded to so many significant digits."""
    return Fraction(f"{float(value):.{count - 1}e}") if value else value


def _round(value: float | Fraction, denominator: int | None) -> Fraction:
    exact = Fraction(value)
    if denominator is None:
        return exact
    rounded = exact.limit_denominator(denominator)
    if rounded == 0 and exact != 0:  # keep the scale of a small number: 1/1000, not 0
        return 1 / Fraction(round(1 / exact)) if abs(exact) < 1 else rounded
    return rounded


def _replaced(value: Any, change: Callable[[Any], Fraction]) -> Any:
    """A parameter of a loss, or each coordinate of its knots, changed."""
    return tuple(_replaced(entry, change) for entry in value) if isinstance(value, tuple) else change(value)


def _round_any(value: Any, denominator: int | None) -> Any:
    return _replaced(value, lambda entry: _round(entry, denominator))


def _flat(values: Any) -> list[Fraction]:
    flat: list[Fraction] = []
    for value in values:
        flat.extend(_flat(value) if isinstance(value, tuple) else [value])
    return flat
