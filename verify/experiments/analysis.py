"""From the numbers of the seeds to an outcome: intervals, pass rules, the smallest effect that could have shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from verify.errors import VerifyError
from verify.experiments.experiment import Criterion, Measurement

Outcome = Literal["reproduced", "not reproduced", "not testable at this size", "invalid"]
REPRODUCED: Outcome = "reproduced"
NOT_REPRODUCED: Outcome = "not reproduced"
NOT_TESTABLE: Outcome = "not testable at this size"
INVALID: Outcome = "invalid"

#: Confidence of the interval; half of the rest lies on each side, so a false "reproduced" has one chance in 40.
CONFIDENCE = 0.95
#: How often an effect of the smallest detectable size would pass.
POWER = 0.8
RESAMPLES = 10_000


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One effect or one control, judged by a criterion.

    Attributes:
        values: a number for each seed.
        mean, low, high: the mean and its bootstrap interval over the seeds.
        detectable: the smallest true effect that would have passed in four of five runs of this size.
        outcome: whether the rule is met; a control is not expected to be ``reproduced``.
    """

    name: str
    values: list[float]
    mean: float
    low: float
    high: float
    detectable: float
    outcome: Outcome


class JudgedCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion with what came of it and of its controls."""

    name: str
    effect: str
    least: float
    reason: str
    result: Judged
    controls: list[Judged]
    control_reasons: list[str]


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """The percentile interval of the mean over resamples of the seeds, with a fixed generator."""
    numbers = np.asarray(values, dtype=float)
    picks = np.random.default_rng(0).integers(0, len(numbers), size=(RESAMPLES, len(numbers)))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(numbers[picks].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def decide(name: str, values: Sequence[float], least: float, other_spread: float = 0.0) -> Judged:
    """Judge an effect by the rule "larger than ``least``".

    Reproduced: the whole bootstrap interval lies above ``least``, and so does the interval of Student's t.  The second
    is asked for because a bootstrap over three or five seeds is too narrow.  Not reproduced: the
    same on the other side.  Otherwise the seeds decide neither way, and the effect is not testable at this size.

    Args:
        name: of the effect or control.
        values: one number a seed, at least two, finite.
        least: the bound.
        other_spread: a standard deviation that the effect's own must not fall below: that of the control.
    """
    if len(values) < 2 or not all(map(math.isfinite, values)):
        raise VerifyError(f"{name}: {list(values)} must be at least two finite numbers, one a seed")
    from scipy.stats import t

    spread = max(float(np.std(values, ddof=1)), other_spread)
    mean, (low, high) = float(np.mean(values)), bootstrap_interval(values)
    error = spread / math.sqrt(len(values))
    quantile = float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
    margin = quantile * error
    detectable = least + (quantile + float(t.ppf(POWER, len(values) - 1))) * error
    if low > least and mean - margin > least:
        outcome = REPRODUCED
    elif high <= least and mean + margin <= least:
        outcome = NOT_REPRODUCED
    else:
        outcome = NOT_TESTABLE
    return Judged(name=name, values=list(values), mean=mean, low=low, high=high, detectable=detectable, outcome=outcome)


def judge(criterion: Criterion, measurements: Sequence[Measurement]) -> JudgedCriterion:
    """Judge a criterion and, by the same rule, each of its controls.

    The spread of an effect counts as no smaller than that of its widest control: what moves by chance in a control
    moves by chance in the effect.
    """
    values = [_number(measurement.effects, criterion.name) for measurement in measurements]
    of_controls = {
        control.name: [_number(m.controls, f"{criterion.name}/{control.name}") for m in measurements]
        for control in criterion.controls
    }
    widest = max(float(np.std(numbers, ddof=1)) for numbers in of_controls.values())
    return JudgedCriterion(
        name=criterion.name,
        effect=criterion.effect,
        least=criterion.least,
        reason=criterion.reason,
        result=decide(criterion.name, values, criterion.least, widest),
        controls=[decide(name, numbers, criterion.least) for name, numbers in of_controls.items()],
        control_reasons=[control.why for control in criterion.controls],
    )


def _number(numbers: dict[str, float], name: str) -> float:
    if name not in numbers:
        raise VerifyError(f"the experiment measured no {name!r}; it has {', '.join(numbers) or 'nothing'}")
    return float(numbers[name])


def outcome_of(criteria: Sequence[JudgedCriterion]) -> Outcome:
    """The outcome of an experiment: invalid if a control passes; else the worst of its criteria."""
    if any(control.outcome == REPRODUCED for criterion in criteria for control in criterion.controls):
        return INVALID
    found = {criterion.result.outcome for criterion in criteria}
    return next(outcome for outcome in (NOT_REPRODUCED, NOT_TESTABLE, REPRODUCED) if outcome in found)
