"""A made-up experiment whose effect, noise and controls are chosen by the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from verify.experiments import Control, Criterion, Experiment, Measurement, Run, Setting
from verify.style import new_figure


def experiment(
    *,
    effect: float = 1.0,
    control: float = 0.0,
    noise: float = 0.1,
    least: float = 0.5,
    seeds: Sequence[int] = (10, 11, 12, 13, 14),
    rule_seeds: Sequence[int] = (0, 1),
    permuted: bool = False,
) -> Experiment:
    """Two arms of twenty samples a seed; the effect is the difference of their means.

    With ``permuted`` the labels of the arms are drawn anew, so that there is no effect whatever the arms hold.
    """

    def measure(run: Run) -> Measurement:
        random = np.random.default_rng(run.seed)
        samples = np.concatenate([effect + noise * random.normal(size=20), noise * random.normal(size=20)])
        labels = np.repeat([True, False], 20)
        if permuted:
            labels = random.permutation(labels)
        for step in range(3):
            run.step(step, 3)
        difference = float(samples[labels].mean() - samples[~labels].mean())
        return Measurement(
            effects={"difference": difference},
            controls={"difference/same arm": control + noise * float(random.normal())},
            notes={"largest": float(samples.max())},
            curves={"samples": samples.tolist()},
        )

    def draw(measurements: Sequence[Measurement]) -> Any:
        figure, axes = new_figure(1, 1, 3, 2)
        axes[0, 0].plot(measurements[0].curves["samples"])
        return figure

    return Experiment(
        question="Does the first arm lie higher?",
        procedure="Two arms.",
        criteria=(
            Criterion("difference", "Difference of the means.", least, "Half.", (Control("same arm", "None."),)),
        ),
        measure=measure,
        draw=draw,
        seeds=tuple(seeds),
        rule_seeds=tuple(rule_seeds),
    )


def make(setting: Setting) -> Experiment:
    """As a claims package names it."""
    return experiment()


def replace_measure(plain: Experiment, measure: Any) -> Experiment:
    """The same experiment, measured otherwise."""
    return replace(plain, measure=measure)
