"""Corrupted certificates, and certificates of another or of a narrower claim, must not be believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Ge, Ne, Symbol

from claims.sam_normalization import stability
from claims.sam_normalization.factorization import theorem_15
from claims.sam_normalization.setting import beta, eta
from tests.soundness.corruption import check_corruptions, corruptions, is_true
from tests.soundness.evidence import EVIDENCE, KNOWN, certificate_of
from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.check import check_certificate, check_evidence
from verify.proof.smt import solve
from verify.statement.claim import Claim


@pytest.mark.parametrize("claim", EVIDENCE.values(), ids=EVIDENCE)
def test_a_corrupted_field_is_rejected_or_leaves_a_true_statement(claim: Claim) -> None:
    check_corruptions(claim, at_most=200)


@pytest.mark.nightly
@pytest.mark.parametrize("claim", EVIDENCE.values(), ids=EVIDENCE)
def test_every_corrupted_field_is_rejected_or_leaves_a_true_statement(claim: Claim) -> None:
    check_corruptions(claim, at_most=None)


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_certificate_of_another_claim_is_rejected_even_under_this_claims_name(name: str) -> None:
    claim = EVIDENCE[name]
    for other in EVIDENCE.values():
        if other is claim:
            continue
        forged = certificate_of(other) | {"claim": claim.id, "fingerprint": claim.fingerprint}
        with pytest.raises(CertificateError):
            check_certificate(claim, forged)


@pytest.mark.nightly
def test_a_corrupted_induction_of_the_paper_is_rejected() -> None:
    certificate = check(theorem_15, budget="standard", seed=0).certificate
    assert certificate is not None
    original = check_certificate(theorem_15, certificate, solve)
    for number, (where, corrupted) in enumerate(corruptions(certificate["evidence"][0])):
        if number % 97 == 0:
            try:
                settled = check_evidence(theorem_15, corrupted)
            except CertificateError:
                continue
            assert is_true(theorem_15, settled, corrupted, original), where


# --- a certificate of a narrower claim -------------------------------------------------------------------------------

WIDENED: dict[str, tuple[Claim, dict[str, Any]]] = {
    "implication": (KNOWN["inverse-order"], {"given": [], "over": (Symbol("x", real=True), Symbol("y", real=True))}),
    "strictness": (KNOWN["strict-inside"], {"given": [Ge(Symbol("x", real=True), 1)]}),
    "induction": (KNOWN["newton-stays-above"], {"given": [Ne(Symbol("x0", real=True), 0)]}),
    "spectral": (stability.gd_stability, {"given": [sp.Gt(beta, 0), Ne(eta, 0)]}),
    "vacuous": (KNOWN["touching-open-ends"], {"given": [Ge(Symbol("x", real=True), 1)]}),
    "root": (KNOWN["root-below-mean"], {"given": [Ge(Symbol("x", real=True), -1)]}),
}


@pytest.mark.parametrize("name", WIDENED)
def test_a_certificate_does_not_outlive_a_wider_domain(name: str) -> None:
    claim, change = WIDENED[name]
    wider = replace(claim, **change)
    certificate = certificate_of(claim)
    with pytest.raises(CertificateError, match="stale"):
        check_certificate(wider, certificate)
    with pytest.raises(CertificateError):
        check_certificate(wider, certificate | {"fingerprint": wider.fingerprint})
