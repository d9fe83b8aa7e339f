"""Every engine that can settle a claim, asked directly and with little work; what one finds goes through the kernel."""

from __future__ import annotations

from typing import Any

from verify.errors import CertificateError
from verify.kernel.check import Settled, check_evidence
from verify.kernel.implication import Solve
from verify.kernel.obligations import METHODS, obligations
from verify.proof.implication import Work, attempt_implication
from verify.proof.smt import solve
from verify.proof.strategy import prove_vacuous, refute_by_counterexample, refute_growth
from verify.search.budget import Budget
from verify.search.run import search
from verify.statement.claim import Claim

#: Products without solvers, and what a solver is given.
PRODUCTS = Work(3, 64, 0, 1, 512, 12)
SOLVERS = Work(2, 8, 200_000, 2, 512, 12)
#: A screen of a few points.
GLANCE = Budget("quick", 6, 6, 4, 1, 16, 2, 2_000, 256)


def found_by_methods(claim: Claim, work: Work) -> list[Settled]:
    """What every method of proof establishes of every part, whether or not it is the method that would be tried."""
    settled = []
    for reading, parts in claim.conclusions.items():
        for part in parts:
            for method in METHODS:
                if method == "signs" and (claim.loss_class is None or claim.loss_class.slope_axioms is None):
                    continue  # the same as "implication"
                entry = _by_method(claim, reading, part, method, work)
                if entry is not None:
                    settled.append(check_evidence(claim, entry, _solve(work)))
    return settled


def _by_method(claim: Claim, reading: str, part: str, method: str, work: Work) -> dict[str, Any] | None:
    try:
        needed = obligations(claim, reading, part, method)
    except CertificateError:
        return None
    proofs = []
    for goal in needed:
        attempt = attempt_implication(goal.hypotheses, goal.conclusion, lemmas=goal.lemmas, work=work)
        if attempt.certificate is None:
            return None
        proofs.append(attempt.certificate)
    return {"kind": "proof", "reading": reading, "part": part, "method": method, "obligations": proofs}


def found_by_refuters(claim: Claim, work: Work) -> list[Settled]:
    """What hinted families and counterexamples establish, and whether the assumptions contradict each other."""
    settled = []
    for reading, parts in claim.conclusions.items():
        for part in parts:
            for refuter in (refute_growth, refute_by_counterexample):
                entry = refuter(claim, reading, part, work).evidence
                if entry is not None:
                    settled.append(check_evidence(claim, entry, _solve(work)))
    entry = prove_vacuous(claim, work)
    return settled if entry is None else [*settled, check_evidence(claim, entry, _solve(work))]


def found_by_search(claim: Claim) -> list[str]:
    """The verdicts of the points that a small search certifies."""
    if not claim.instance.parameters:
        return []
    verdicts: list[str] = []
    for reading in claim.conclusions:
        found = search(claim.instance, reading, GLANCE, 0)
        verdicts += ["refuted" for certified in found.violated.values() for _ in certified]
        verdicts += ["ill-posed" for _ in found.undefined]
    return verdicts


def _solve(work: Work) -> Solve | None:
    return solve if work.solver_rlimit else None
