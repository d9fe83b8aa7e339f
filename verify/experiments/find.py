"""Finds the experiments that the claims packages name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify.collect import Selection, collect, imported
from verify.errors import InputError
from verify.experiments.experiment import Experiment, Setting
from verify.experiments.harness import Named


def experiments(selects: Sequence[str] = ()) -> list[Named]:
    """The experiments of the selected claims, in the order of the claims.

    A module of claims names its experiments as ``EXPERIMENTS = {CLAIM_ID: function or "module:function"}``.

    Raises:
        InputError: a selected claim is no experiment, or nothing runs it.
    """
    selection = collect(list(selects))
    makers = _makers(selection)
    wanted = [claim for claim in selection.claims if claim.kind == "experiment"]
    if selects and not wanted:
        names = ", ".join(claim.id for claim in selection.claims[:3])
        known = ", ".join(makers) or "none"
        raise InputError(f"{names} is no experiment; the experiments are: {known}")
    missing = [claim.id for claim in wanted if claim.id not in makers]
    if missing and selects:
        raise InputError(f"nothing runs {', '.join(missing)}: its package has no such key in EXPERIMENTS")
    return [Named(claim.id, makers[claim.id]) for claim in wanted if claim.id in makers]


def _makers(selection: Selection) -> dict[str, str | Callable[[Setting], Experiment]]:
    found: dict[str, str | Callable[[Setting], Experiment]] = {}
    for package in selection.packages:
        for module in package.modules:
            listed = getattr(imported(module), "EXPERIMENTS", {})
            if not isinstance(listed, dict) or not all(isinstance(v, str) or callable(v) for v in listed.values()):
                raise InputError(f"{module.path}: EXPERIMENTS must map ids to functions or 'module:function'")
            found.update(listed)
    return found
