"""Two sides that become one and the same expression still have to have a value."""

from __future__ import annotations

import pytest
from sympy import Abs, Eq, Ge, Ne, Symbol, sqrt

from claims.sam_normalization.losses import scalar_losses
from claims.sam_normalization.setting import ell
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim

x, y = Symbol("x", real=True), Symbol("y", real=True)
slope = ell.slope(x)
#: Both sides are y + l'(x) / (|l'(x)| |x|) once squares are taken out of the root, and without a value at x = 0.
same = Eq(
    y + slope / sqrt(x**2 * slope**2 + y**2 * slope**2), y + slope / (Abs(slope) * sqrt(x**2 + y**2)), evaluate=False
)


@pytest.mark.parametrize("method", ["signs", "implication"])
def test_what_has_no_value_is_not_proved_to_be_itself(method: str) -> None:
    claim = Claim("at-zero-too", given=[Ge(y, 0)], over=(x, y, scalar_losses()), show=same)
    needed = obligations(claim, "", "", method)
    assert any(goal.conclusion.has(Ne) for goal in needed)
    assert prove_part(claim, "", "", WORK["quick"]).evidence is None
