"""What the statements of Appendix F have in common: one step of SAM, its trajectories, twins and steps of proofs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy.logic.boolalg import Boolean

from claims.sam_normalization.derived import step_of, twin_of
from claims.sam_normalization.setting import (
    B_definition,
    neurons,
    nonzero,
    sam_all_times,
    sam_neuron,
    sam_t0,
    sam_times,
    theorem_16,
    theorem_16_start,
    x,
    x0,
    y,
    y0,
    z_definition,
)
from verify.statement.claim import Claim

x_next, y_next = sam_neuron.next

#: A statement about one step of SAM, from any state.
one_step: dict[str, Any] = {"over": neurons, "step": sam_neuron, "define": z_definition}
#: A statement about one step of SAM that speaks of gamma, C and t0 (and of B).
one_step_16: dict[str, Any] = {
    "over": neurons,
    "step": sam_neuron,
    "define": {**theorem_16_start, **B_definition, **z_definition},
    "times": sam_t0,
}
#: A statement about the trajectories of SAM from the starts of Theorem 16: until t1, and beyond.
_trajectory: dict[str, Any] = {"over": neurons, "step": sam_neuron, "start": {x: x0, y: y0}}
initial_phase: dict[str, Any] = {**_trajectory, "define": theorem_16_start, "times": sam_times}
all_phases: dict[str, Any] = {**_trajectory, "define": {**theorem_16_start, **B_definition}, "times": sam_all_times}
from_start_16 = (*theorem_16, *nonzero)


def on_trajectory(claim: Claim) -> Claim:
    """The twin of a one-step claim that asks only about the states reached from a start of Theorem 16."""
    own = [formula for formula in claim.given if formula not in theorem_16]
    return twin_of(
        claim,
        "Theorem 16",
        given=[*theorem_16, *own],
        over=neurons,
        step=sam_neuron,
        start={x: x0, y: y0},
        times=sam_times,
        define={**theorem_16_start, **claim.define},
    )


def step(parent: str, number: int, title: str, given: Sequence[Boolean], show: Any = None, **more: Any) -> Claim:
    """The step claim for a displayed relation of a proof; from any state unless ``more`` says otherwise."""
    return step_of(parent, number, title, given, show, where="Appendix F", **(one_step | more))
