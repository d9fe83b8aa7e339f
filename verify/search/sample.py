"""Hypothesis over the points of a claim: structure, choice of loss, targeting of the margin, and shrinking."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, seed, settings, target
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture.providers import HypothesisProvider

from verify.kernel.evaluation import PointResult, evaluate_point
from verify.lowering.interpret import Truth
from verify.search.budget import Budget
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of


class _Enough(BaseException):
    """The work for shrinking is spent; no Exception, so that Hypothesis stops at once."""


class _Violated(Exception):
    """A drawn point certainly violates the conclusion; Hypothesis shrinks it."""


def sample(claim: Claim, reading: str, budget: Budget, number: int) -> tuple[dict[str, Any] | None, int]:
    """Draw points; the smallest certified violation (with its part), and how many admissible points were seen.

    The violation is ``{"values": {...}, "loss": text, "part": name}``.
    """
    last: dict[str, Any] | None = None
    seen = 0
    left = budget.examples

    @seed(number)
    @settings(
        max_examples=budget.examples,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        phases=(Phase.generate, Phase.target, Phase.shrink),
    )
    @given(claim.strategy())
    def search(point: dict[str, Any]) -> None:
        nonlocal last, seen, left
        if last is not None:
            left -= 1
            if left < 0:
                raise _Enough
        loss = point["loss"]
        values: dict[str, Fraction] = {name: value for name, value in point.items() if name != "loss"}
        result = evaluate_point(claim, values, member_of(claim, loss), reading, 256, closed_forms=False)
        if result.admissible is not True:
            return
        seen += 1
        part = _failing(result)
        if part is not None:
            last = {"values": values, "loss": loss, "part": part}
            raise _Violated
        target(-_least_relative(result))

    with _the_same_draws_everywhere(), contextlib.suppress(_Violated, _Enough, HypothesisException):
        search()
    return last, seen


def _the_same_draws_everywhere() -> AbstractContextManager[Any]:
    """Hypothesis also draws numbers that occur in the modules that happen to be loaded: not here.

    The same claim, seed and budget have to give the same points in every process.
    """
    return patch.object(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None, create=True)


def _failing(result: PointResult) -> str | None:
    return next((name for name, part in result.parts.items() if part.truth is Truth.FALSE), None)


def _least_relative(result: PointResult) -> float:
    """How far the tightest part is from failing, relative to its sides; at most 1."""
    worst = 1.0
    for part in result.parts.values():
        if part.margin is None or part.lhs is None or part.rhs is None:
            continue
        numbers = [_as_float(text) for text in (part.lhs, part.rhs, part.margin)]
        size = abs(numbers[0]) + abs(numbers[1])
        if size > 0:
            worst = min(worst, numbers[2] / size)
    return max(min(worst, 1.0), -1.0)


def _as_float(text: str) -> float:
    try:
        return float(Fraction(text))
    except (ValueError, OverflowError):
        try:
            return float(text.strip("[]").split(" ")[0])
        except ValueError:
            return 0.0
