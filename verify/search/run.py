"""All stages of the search for one claim and reading, each feeding the next."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from verify.errors import VerifyError
from verify.lowering.ball import Ball
from verify.lowering.interpret import Environment, Truth, Undefined
from verify.search.batch import Batch
from verify.search.box import box_of
from verify.search.budget import Budget
from verify.search.certify import NOISE, Certified, Point, certify, certify_lane, simplify
from verify.search.explore import explore
from verify.search.late import late_lanes
from verify.search.sample import sample
from verify.search.screen import INTERESTING, Screened, screen, sobol, warp
from verify.search.small import small_points
from verify.search.strongest import strongest
from verify.statement.claim import Claim
from verify.statement.domain import domain_of
from verify.statement.formula import decided_by_eigenvalues, speaks_of_a_point
from verify.statement.loss import Family
from verify.statement.loss_text import loss_parameters

#: How many points are tried for one that meets the assumptions, as a power of 2.
PROBES = 6

#: How many of a part's witnesses are made simpler.
SIMPLIFIED = 1

#: How many lanes of a family are tried whose margin may be rounding only.
NOISY_LANES = 2


@dataclass
class Found:
    """What the search of one reading found."""

    violated: dict[str, list[Certified]] = field(default_factory=dict)
    undefined: dict[str, Certified] = field(default_factory=dict)
    points: int = 0
    worst_margin: float = float("inf")
    stages: list[str] = field(default_factory=list)


def search(claim: Claim, reading: str, budget: Budget, seed: int) -> Found:
    """Look for points that violate a reading of a claim, or at which it has no value."""
    found = Found()
    formulas = claim.conclusions[reading].values()
    if not any(speaks_of_a_point(formula) for formula in formulas):
        if any(decided_by_eigenvalues(formula) for formula in formulas):
            _sample(claim, reading, budget, seed, found)
            _polish(claim, reading, budget, found)
        return found
    screened: list[tuple[Batch, Screened]] = []
    for place, family in enumerate(claim.families):
        batch = Batch(claim, reading, family)
        try:
            result = screen(batch, budget, seed + 1000 * place)
        except Undefined:
            continue  # this family lacks what the statement speaks of (a minimizer, say)
        screened.append((batch, result))
        found.points += _small_numbers(batch, budget, seed + 1000 * place, found)
        found.points += result.points
        found.worst_margin = min(found.worst_margin, result.worst_margin)
    found.stages += ["small numbers", "screen"]
    for part in claim.conclusions[reading]:
        if speaks_of_a_point(claim.conclusions[reading][part]):
            _certify_part(claim, reading, part, screened, budget, seed, found)
        _strengthen(claim, reading, part, screened, budget, seed, found)
    _late(claim, reading, screened, budget, seed, found)
    if any(speaks_of_a_point(f) and not found.violated.get(part) for part, f in claim.conclusions[reading].items()):
        _sample(claim, reading, budget, seed, found)
    _polish(claim, reading, budget, found)
    return found


def _small_numbers(batch: Batch, budget: Budget, seed: int, found: Found) -> int:
    """Certify the simplest suspicious points among those with small numbers; how many admissible ones were seen."""
    suspects, seen = small_points(batch, budget, seed)
    for (part, _), points in suspects.items():
        for point in points[: budget.candidates]:
            certified = certify(batch.claim, batch.reading, part, point, budget.bits)
            if certified is not None:
                _record(found, certified)
                break
    return seen


def probe(claim: Claim, reading: str, budget: Budget, seed: int) -> int:
    """How many admissible points a screen on the first family of losses sees."""
    return screen(Batch(claim, reading, claim.families[0]), budget, seed).points


def assumptions_met(claim: Claim, seed: int) -> bool:
    """Whether a point of a claim that speaks of no single point certainly meets all of its assumptions.

    False also where some assumption is about a vector, a loss or a whole trajectory.
    """
    domain = domain_of(claim)
    symbols = [coordinate.symbol for coordinate in domain.coordinates]
    if not symbols or not all(formula.free_symbols <= set(symbols) for formula in claim.assumptions):
        return False
    for row in warp(sobol(len(symbols), PROBES, seed), seed):
        unit = [Fraction(float(entry)).limit_denominator(64) for entry in row]
        with Ball(128) as ball, suppress(VerifyError, ZeroDivisionError):

            def value_of(end: sp.Expr, placed: Mapping[sp.Symbol, Fraction], ball: Ball = ball) -> Fraction:
                numbers = {symbol: ball.rational(*value.as_integer_ratio()) for symbol, value in placed.items()}
                return Fraction(float(Environment(ball, numbers).value(end).mid())).limit_denominator(10**6)

            placed = domain.place(unit, value_of)
            numbers = {symbol: ball.rational(*value.as_integer_ratio()) for symbol, value in placed.items()}
            here = Environment(ball, numbers)
            if all(here.truth(formula) is Truth.TRUE for formula in claim.assumptions):
                return True
    return False


def _certify_part(
    claim: Claim,
    reading: str,
    part: str,
    screened: list[tuple[Batch, Screened]],
    budget: Budget,
    seed: int,
    found: Found,
) -> None:
    """Certify the worst lanes of a part, family by family; ascend from the best of the good-looking ones."""
    for _, result in screened:
        for lane in result.undefined.get(part, [])[:1]:
            if part not in found.undefined:
                certified = certify_lane(claim, reading, lane, budget.bits)
                if certified is not None:
                    _record(found, certified)
        in_noise = 0
        for lane in result.worst.get(part, []):
            in_noise += abs(lane.margin) < NOISE
            if lane.margin > INTERESTING or in_noise > NOISY_LANES:
                break
            certified = certify_lane(claim, reading, lane, budget.bits)
            if certified is not None:
                _record(found, certified)
                break
    if found.violated.get(part):
        return
    batches = [(batch, result.worst[part][0]) for batch, result in screened if result.worst.get(part)]
    batches.sort(key=lambda entry: entry[1].margin)
    starts = [(batch, lane.t) for batch, lane in batches] or [(batch, 0) for batch, _ in screened]
    tries = {True: NOISY_LANES, False: budget.candidates}
    for reached, spent in explore(starts, part, budget, seed):
        found.points += spent
        if reached is None:
            continue
        found.worst_margin = min(found.worst_margin, reached.margin)
        noisy = abs(reached.margin) < NOISE
        if tries[noisy] > 0:
            tries[noisy] -= 1
            certified = certify_lane(claim, reading, reached, budget.bits)
            if certified is not None:
                _record(found, certified)
                break
    if "ascend" not in found.stages:
        found.stages.append("ascend")


def _strengthen(
    claim: Claim,
    reading: str,
    part: str,
    screened: list[tuple[Batch, Screened]],
    budget: Budget,
    seed: int,
    found: Found,
) -> None:
    """Where a part falls, look for the point at which it falls the most."""
    known = found.violated.get(part)
    lanes = [(batch, result.worst[part]) for batch, result in screened if result.worst.get(part)]
    if not known or not lanes:
        return
    batch, starts = min(lanes, key=lambda entry: entry[1][0].margin)
    stronger, spent = strongest(batch, starts, max(known, key=lambda entry: entry.relative), budget, seed)
    found.points += spent
    known.append(stronger)
    if "strengthen" not in found.stages:
        found.stages.append("strengthen")


def _late(
    claim: Claim, reading: str, screened: list[tuple[Batch, Screened]], budget: Budget, seed: int, found: Found
) -> None:
    """Follow few trajectories of the most promising family far beyond the steps of the screen."""
    waiting = [part for part in claim.conclusions[reading] if not found.violated.get(part)]
    alive = [(batch, result) for batch, result in screened if any(result.worst.values())]
    if not alive or not claim.is_trajectory or found.violated:
        return
    batch, _ = min(alive, key=lambda entry: entry[1].worst_margin)
    tight = {part for _, one in alive for part, lanes in one.worst.items() if lanes and lanes[0].margin <= NOISE}
    lanes, seen = late_lanes(batch, [part for part in waiting if part in batch.parts], tight, budget, seed)
    found.points += seen
    found.stages.append("long run")
    for lane in lanes:
        certified = certify_lane(claim, reading, lane, budget.bits)
        if certified is not None:
            _record(found, certified)


def _record(found: Found, certified: Certified) -> None:
    if certified.kind == "undefined":
        found.undefined.setdefault(certified.part, certified)
    else:
        found.violated.setdefault(certified.part, []).append(certified)


def _sample(claim: Claim, reading: str, budget: Budget, seed: int, found: Found) -> None:
    violation, seen = sample(claim, reading, budget, seed)
    found.points += seen
    found.stages.append("sample")
    if violation is None or (claim.loss_class is None and violation["loss"] is not None):
        return
    family: Family | None = None
    parameters: dict[str, Any] = {}
    if violation["loss"] is not None and claim.loss_class is not None:
        family, parameters = loss_parameters(claim.loss_class, violation["loss"])
    point = Point(violation["values"], family, parameters)
    certified = certify(claim, reading, violation["part"], point, budget.bits)
    if certified is not None:
        _record(found, certified)


def _polish(claim: Claim, reading: str, budget: Budget, found: Found) -> None:
    """Order each part's witnesses: the simplest (made simpler still) first, the strongest last."""
    for part, witnesses in found.violated.items():
        strongest = max(witnesses, key=lambda entry: entry.relative)
        simple = sorted(witnesses, key=lambda entry: entry.point.complexity)[:SIMPLIFIED]
        simplest = min(
            (simplify(claim, reading, witness, budget.bits) for witness in simple),
            key=lambda entry: entry.point.complexity,
        )
        simplest = replace(simplest, box=box_of(claim, reading, simplest))
        found.violated[part] = [simplest, max(strongest, simplest, key=lambda entry: entry.relative)]
    for part, witness in found.undefined.items():
        found.undefined[part] = simplify(claim, reading, witness, budget.bits)
