"""What the statements of Appendix G have in common: one step of USAM, its trajectories, twins and steps of proofs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy.logic.boolalg import Boolean

from claims.sam_normalization.derived import step_of, twin_of
from claims.sam_normalization.setting import (
    neuron_start,
    neurons,
    theorem_35,
    usam_neuron,
    usam_t0,
    usam_times,
    x,
    x0,
    y,
    y0,
)
from verify.statement.claim import Claim

x_next, y_next = usam_neuron.next

#: A statement about one step of USAM, from any state.
one_step: dict[str, Any] = {"over": neurons, "step": usam_neuron}
#: A statement about one step of USAM that speaks of gamma, C and t0.
one_step_35: dict[str, Any] = {**one_step, "define": neuron_start, "times": usam_t0}
#: A statement about the trajectories of USAM from the starts of Theorem 35.
trajectory: dict[str, Any] = {
    **one_step,
    "start": {x: x0, y: y0},
    "define": neuron_start,
    "times": usam_times,
}


def on_trajectory(claim: Claim) -> Claim:
    """The twin of a one-step claim that asks only about the states reached from a start of Theorem 35."""
    own = [formula for formula in claim.given if formula not in theorem_35]
    return twin_of(
        claim,
        "Theorem 35",
        given=[*theorem_35, *own],
        over=neurons,
        step=usam_neuron,
        start={x: x0, y: y0},
        times=usam_times,
        define={**neuron_start, **claim.define},
    )


def step(parent: str, number: int, title: str, given: Sequence[Boolean], show: Any = None, **more: Any) -> Claim:
    """The step claim for a displayed relation of a proof; from any state unless ``more`` says otherwise."""
    return step_of(parent, number, title, given, show, where="Appendix G", **(one_step | more))
