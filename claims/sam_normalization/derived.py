"""Claims that come with others: the displayed relations of a proof, and twins that ask about reached states only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sympy.logic.boolalg import Boolean

from claims.sam_normalization.setting import paper
from verify.statement.claim import Claim


def step_of(
    parent: str, number: int, title: str, given: Sequence[Boolean], show: Any, *, where: str, **setting: Any
) -> Claim:
    """The step claim for a displayed relation of a proof.

    Args:
        parent: the id of the claim whose proof it is.
        number: counted in the order of print.
        where: the appendix that the proof stands in.
        setting: what a ``Claim`` is made of besides.
    """
    kind, _, place = parent.partition(".")[0].partition("-")
    return Claim(
        f"{parent}/step-{number}",
        title=title,
        source=paper.at(f"{where}, proof of {kind.capitalize()} {place}, relation {number}"),
        kind="step",
        given=given,
        show=show,
        **setting,
    )


def twin_of(claim: Claim, from_a_start_of: str, **setting: Any) -> Claim:
    """The twin of a one-step claim that asks only about reached states.

    Args:
        from_a_start_of: the statement that says where trajectories start.
        setting: what the twin has in place of the claim's own; the start among it.
    """
    return replace(
        claim,
        id=f"{claim.id}/on-trajectory",
        title=f"{claim.title}, at the states reached from a start of {from_a_start_of}",
        uses=[claim.id],
        **setting,
    )
