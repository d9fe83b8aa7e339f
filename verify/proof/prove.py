"""Proving implications: identities and products first, the solvers where those fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.goals import Implication, is_identity
from verify.kernel.sequent import Leaf, leaves
from verify.proof.positivity import Effort, find_products
from verify.proof.solvers import Limits, ask


@dataclass(frozen=True)
class Work:
    """How hard an implication is tried: products, solver limits, and the most cases."""

    products: Effort
    limits: Limits
    most_leaves: int = 200


WORK = {
    "quick": Work(Effort(factors=4, columns=1500), Limits(work=1_000_000, seconds=4.0), 64),
    "standard": Work(Effort(factors=4, columns=4000), Limits(work=2_000_000, seconds=6.0), 200),
    "deep": Work(Effort(factors=6, columns=40_000, degree_slack=4), Limits(work=60_000_000, seconds=120.0), 2000),
}


@dataclass
class Attempt:
    """What became of an implication: its certificate, or why there is none (with candidate counterexamples)."""

    certificate: dict[str, Any] | None = None
    reasons: list[str] = field(default_factory=list)
    models: list[dict[sp.Symbol, Fraction]] = field(default_factory=list)
    backstop: bool = False


def prove_implication(implication: Implication, work: Work) -> Attempt:
    """Prove an implication within some work."""
    attempt = Attempt()
    proofs: list[dict[str, Any]] = []
    try:
        for hypotheses, conclusion in implication.goals():
            proof = _prove_goal(hypotheses, conclusion, work, attempt)
            if proof is None:
                attempt.reasons.append(f"{implication.name}: no proof of {conclusion}")
                return attempt
            proofs.append(proof)
    except CertificateError as reason:
        attempt.reasons.append(f"{implication.name}: {reason}")
        return attempt
    attempt.certificate = {"goals": proofs}
    return attempt


def _prove_goal(hypotheses: tuple[Boolean, ...], conclusion: Boolean, work: Work, attempt: Attempt) -> dict[str, Any] | None:
    if is_identity(conclusion):
        return {"kind": "identity"}
    found = leaves(hypotheses, conclusion)
    if len(found) > work.most_leaves:
        attempt.reasons.append(f"{len(found)} cases are more than {work.most_leaves}")
        return None
    treated: list[dict[str, Any]] = []
    for leaf in found:
        proof = find_products(leaf, work.products) or _by_solvers(leaf, work, attempt)
        if proof is None:
            return None
        treated.append(proof)
    return {"leaves": treated}


def _by_solvers(leaf: Leaf, work: Work, attempt: Attempt) -> dict[str, Any] | None:
    answers = ask(leaf, work.limits)
    agreeing = [answer.solver for answer in answers if answer.status == "unsat"]
    for answer in answers:
        if answer.status == "sat" and answer.model:
            attempt.models.append(answer.model)
        if answer.reason:
            attempt.reasons.append(answer.reason)
            attempt.backstop = attempt.backstop or "was stopped" in answer.reason
    if any(answer.status == "sat" for answer in answers) or not agreeing:
        return None
    return {"kind": "unsat", "solvers": agreeing, "limits": work.limits.json()}
