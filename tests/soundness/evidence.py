"""One claim for each kind of evidence, with the certificate that is found for it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Symbol

from claims.sam_normalization import neuron, stability
from tests.calibration.calibration import CALIBRATION
from tests.kernel.test_counterexample import REFUTED
from tests.kernel.test_hints import bounded
from tests.kernel.test_point_counterexample import REFUTED as AT_A_POINT
from verify.decide import check
from verify.statement.claim import Claim

KNOWN = {claim.id: claim for claim, _ in CALIBRATION}
TRAPPED = {claim.id: claim for claim in REFUTED}

#: One claim for each kind of evidence.
EVIDENCE: dict[str, Claim] = {
    "witness on a loss": stability.lemma_9,
    "witness along a trajectory": KNOWN["third-iterate"],
    "parts with a proof and a witness": KNOWN["mixed-parts"],
    "undefined point": KNOWN["inverse-at-a-corner"],
    "implication": KNOWN["inverse-order"],
    "induction": KNOWN["newton-stays-above"],
    "spectral": stability.gd_stability,
    "exhibit": stability.theorem_1_usam,
    "limit": neuron.eq_7_limit,
    "family": stability.theorem_1_neighborhood,
    "vacuous": KNOWN["touching-open-ends"],
    "trapped trajectory": TRAPPED["stays-near"],
    "no constant serves": TRAPPED["quantifiers"],
    "trapped after a point": AT_A_POINT["a loss"],
    "constants by instance": bounded(Symbol("y", real=True) ** 2),
}


@cache
def certificate_of(claim: Claim) -> dict[str, Any]:
    """The certificate that the quick budget finds; shared, so never to be changed in place."""
    certificate = check(claim, budget="quick", seed=0).certificate
    assert certificate is not None, f"{claim.id} is not decided"
    return certificate
