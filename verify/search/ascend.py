"""Local ascent on the violation from the worst points of the screen (Nelder-Mead, in unit coordinates)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from verify.search.batch import Batch, Lane
from verify.search.budget import Budget


def ascend(batch: Batch, lane: Lane, budget: Budget) -> tuple[Lane, int]:
    """Follow the margin downhill from a lane; the lane reached, and how many points that took."""
    start = np.array(lane.unit)
    if not len(start):
        return lane, 0
    best: dict[str, object] = {"margin": lane.margin, "unit": start, "t": lane.t}
    spent = 0

    def margin(unit: np.ndarray) -> float:
        nonlocal spent
        clipped = np.clip(unit, 1e-15, 1 - 1e-15)
        worst = np.inf
        for t, _, admissible, parts in batch.margins(clipped[None, :], lane.t):
            spent += 1
            value = float(parts[lane.part][0])
            if bool(admissible[0]) and value < worst:
                worst = value
                if value < float(best["margin"]):  # type: ignore[arg-type]
                    best.update(margin=value, unit=clipped, t=t)
        return worst if np.isfinite(worst) else 1e6

    with np.errstate(all="ignore"):
        minimize(margin, start, method="Nelder-Mead", options={"maxfev": budget.ascent_evaluations, "xatol": 1e-9})
        unit = np.asarray(best["unit"])
        _, named, loss_parameters = batch.environment(unit[None, :])
    if best["unit"] is start:
        return lane, spent
    from verify.search.screen import _lane

    reached = _lane(
        batch, lane.part, unit[None, :], named, loss_parameters, int(best["t"]), 0, float(best["margin"])  # type: ignore[call-overload, arg-type]
    )
    return reached, spent
