"""A float engine that lies changes no verdict into a wrong one: what it suggests counts only once it is certified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.calibration.calibration import CALIBRATION, Truth
from verify.decide import check
from verify.kernel.evaluation import evaluate_point
from verify.lowering.lanes.kernel import Answers
from verify.search.batch import Batch
from verify.search.budget import BUDGETS
from verify.search.explore import explore
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of, parse_values

Array = NDArray[np.float64]
Lie = Callable[[Array, np.random.Generator], Array]

#: What the engine says instead of the margins that it computed.
LIES: dict[str, Lie] = {
    "random margins": lambda margins, rng: rng.standard_normal(margins.shape),
    "no value anywhere": lambda margins, _: np.full_like(margins, np.nan),
    "everything is violated": lambda margins, _: np.full_like(margins, -1.0),
    "nothing is violated": lambda margins, _: np.full_like(margins, 1.0),
    "the opposite": lambda margins, _: -margins,
}
_IDS = (
    *("cube-above-square", "thin-strip", "mixed-parts", "third-iterate", "descent-with-any-step"),
    *("inverse-at-a-corner", "logarithm-of-zero", "means", "proved-parts"),
    *("newton-stays-above", "touching-open-ends", "sine-below-angle", "halving-tends-down"),
)
#: What each truth may come out as.  A vacuous statement is true, and proved where floats claim to have seen its points.
HONEST: dict[Truth, tuple[str, ...]] = {"beyond": ("proved",), "vacuous": ("vacuous", "proved")}
KNOWN: list[tuple[Claim, Truth]] = [(claim, truth) for claim, truth in CALIBRATION if claim.id in _IDS]


def lie_to_the_search(monkeypatch: pytest.MonkeyPatch, lie: Lie) -> None:
    """Have the floats say something else, in the screen (kernels or arrays) and along every climb."""
    followed, margins = Batch.follow_from, Batch.margins
    rng = np.random.default_rng(0)

    def follow_from(self: Batch, named: Any, loss_parameters: Any, size: int, steps: int) -> Answers:
        honest = followed(self, named, loss_parameters, size, steps)
        watched = []
        for part in honest.watched:
            told = lie(part["margin"], rng)
            watched.append(
                part
                | {
                    "margin": np.where(np.isnan(told), np.inf, told),
                    "at": np.maximum(part["at"], 0),
                    "violated": np.where(told < 0, 0.0, -1.0),
                    "undefined": np.where(np.isnan(told), 0.0, -1.0),
                }
            )
        return Answers(np.full_like(honest.count, steps + 1.0), tuple(watched))

    def told_margins(self: Batch, unit: Array, steps: int) -> Iterator[Any]:
        for t, here, admissible, parts in margins(self, unit, steps):
            told = {part: lie(np.array(values, dtype=float), rng) for part, values in parts.items()}
            yield t, here, np.ones_like(admissible), told

    monkeypatch.setattr(Batch, "follow_from", follow_from)
    monkeypatch.setattr(Batch, "margins", told_margins)


@pytest.mark.parametrize("name", LIES)
def test_only_honest_verdicts_come_from_a_lying_engine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(KNOWN) == len(_IDS)
    lie_to_the_search(monkeypatch, LIES[name])
    wrong = []
    for claim, truth in KNOWN:
        result = check(claim, budget="quick")
        if result.verdict not in (*HONEST.get(truth, (truth,)), "supported", "undecided"):
            wrong.append((claim.id, truth, result.verdict))
        for witness in (result.witness.simplest, result.witness.strongest) if result.witness else ():
            at = evaluate_point(claim, parse_values(witness.parameters), member_of(claim, witness.loss))
            assert (at.admissible, at.holds) == (True, False)
    assert wrong == []


def test_the_lies_reach_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = next(claim for claim, _ in KNOWN if claim.id == "means")
    lie_to_the_search(monkeypatch, LIES["everything is violated"])
    suspicious = [
        lane for lane, _ in explore([(Batch(claim, "", None), 0)], "", BUDGETS["quick"], 0) if lane is not None
    ]
    assert suspicious
    assert all(lane.margin == -1 for lane in suspicious)
