"""Certificates changed so that they fit together again, or moved to a false companion: none is believed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

import pytest
import sympy as sp

from claims.textbook import CLAIMS
from tests.calibration.test_textbook import LEDGER, RECORDED
from tests.calibration.textbook import FALSE
from tests.soundness.engines import found_by_search
from tests.soundness.evidence import EVIDENCE, certificate_of
from verify.errors import CertificateError
from verify.kernel.cases import leaves
from verify.kernel.check import check_certificate
from verify.kernel.obligations import obligations
from verify.kernel.products import check_products
from verify.ledger import recorded_certificate
from verify.proof.products import find_products
from verify.statement.claim import Claim
from verify.statement.system import time

BY_ID = {claim.id: claim for claim in CLAIMS}
PROVED = [claim for claim in CLAIMS if RECORDED[claim.id].verdict == "proved" and RECORDED[claim.id].grade == "kernel"]


def recorded(claim: Claim) -> dict[str, Any]:
    """The recorded certificate of a classic."""
    certificate = recorded_certificate(LEDGER, RECORDED[claim.id])
    assert certificate is not None
    return certificate


def moved(certificate: dict[str, Any], claim: Claim) -> dict[str, Any]:
    """A certificate that says that it is of another claim."""
    return certificate | {"claim": claim.id, "fingerprint": claim.fingerprint}


# --- one sum of products ---------------------------------------------------------------------------------------------

x, y = sp.Symbol("x", real=True), sp.Symbol("y", real=True)
#: x >= 1, y >= 1 and x y < 1 contradict each other; so do x = y^2 + 1 and x <= 0.
GOALS = {
    "inequalities": ([sp.Ge(x, 1), sp.Ge(y, 1)], sp.Ge(x * y, 1, evaluate=False)),
    "equality": ([sp.Eq(x, y**2 + 1, evaluate=False)], sp.Gt(x, 0, evaluate=False)),
    "square": ([sp.Ge(x, 0)], sp.Ge(x**2 + y**2 + x, 2 * x * y, evaluate=False)),
}


def _every_term(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def on_terms(proof: dict[str, Any]) -> None:
        for term in proof["terms"]:
            change(term)

    return on_terms


def _negated(term: dict[str, Any]) -> None:
    term["multiplier"] = str(-sp.Rational(term["multiplier"]))


def _negated_cofactors(proof: dict[str, Any]) -> None:
    for name, cofactor in proof["equalities"].items():
        proof["equalities"][name] = [[str(-sp.Rational(c)), exponents] for c, exponents in cofactor]


def _whole_sum_negated(proof: dict[str, Any]) -> None:
    _every_term(_negated)(proof)
    _negated_cofactors(proof)


def _opposite_terms(proof: dict[str, Any]) -> None:
    term = proof["terms"][0]
    proof["terms"] += [term | {"multiplier": "5"}, term | {"multiplier": "-5"}]


def _nothing(proof: dict[str, Any]) -> None:
    proof["terms"], proof["equalities"], proof["squares"] = [], {}, []


def _zero_terms(proof: dict[str, Any]) -> None:
    _nothing(proof)
    proof["terms"] = [{"multiplier": "0", "factors": {}}]


def _inequality_as_equality(proof: dict[str, Any]) -> None:
    proof["terms"] = [{"multiplier": "1", "factors": {"0": 1}}]
    proof["equalities"] = {"0": [["-1", [0, 0]]]}


def _constant_cancelled_by_a_square(proof: dict[str, Any]) -> None:
    _nothing(proof)
    proof["squares"] = [[["1", [0, 0]]]]
    proof["terms"] = [{"multiplier": "1", "factors": {}}, {"multiplier": "-1", "factors": {"s0": 1}}]


def _without_the_strict_term(proof: dict[str, Any]) -> None:
    for term in proof["terms"]:
        term["factors"] = term["factors"] | {"s0": 1}
    proof["squares"] = [*proof["squares"], [["1", [0, 0]]]] if not proof["squares"] else proof["squares"]


def _exponents_doubled(term: dict[str, Any]) -> None:
    term["factors"] = {name: 2 * exponent for name, exponent in term["factors"].items()}


FORGERIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "the whole sum negated": _whole_sum_negated,
    "two opposite terms": _opposite_terms,
    "nothing at all": _nothing,
    "a term times zero": _zero_terms,
    "an inequality as an equality": _inequality_as_equality,
    "a constant cancelled by a square": _constant_cancelled_by_a_square,
    "no strict term": _without_the_strict_term,
    "exponents doubled": _every_term(_exponents_doubled),
}


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_consistently_changed_sum_is_accepted(goal: str, forgery: str) -> None:
    for leaf in leaves(*GOALS[goal]):
        proof = find_products(leaf, max_degree=4, columns=200)
        assert proof is not None
        check_products(leaf, proof)
        forged = copy.deepcopy(proof)
        FORGERIES[forgery](forged)
        with pytest.raises(CertificateError):
            check_products(leaf, forged)


def test_a_sum_of_one_case_is_no_proof_of_another() -> None:
    proofs = {name: (leaves(*goal), [find_products(leaf, max_degree=4, columns=200) for leaf in leaves(*goal)])
              for name, goal in GOALS.items()}  # fmt: skip
    for name, (cases, _) in proofs.items():
        for other, (_, sums) in proofs.items():
            if other != name:
                for leaf, proof in zip(cases, sums, strict=False):
                    assert proof is not None
                    with pytest.raises(CertificateError):
                        check_products(leaf, proof)


# --- claim and certificate -------------------------------------------------------------------------------------------


def _companion(claim: Claim, among: Iterable[str]) -> Claim:
    """The classic whose name begins most like that of another one."""

    def shared(name: str) -> int:
        return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(name, claim.id, strict=False))))

    return BY_ID[max(among, key=lambda name: (shared(name), -len(name)))]


@pytest.mark.parametrize("claim_id", FALSE)
def test_a_false_classic_is_not_proved_by_the_certificate_of_its_true_companion(claim_id: str) -> None:
    claim = BY_ID[claim_id]
    companion = _companion(claim, [other.id for other in PROVED])
    with pytest.raises(CertificateError):
        check_certificate(claim, moved(recorded(companion), claim))


@pytest.mark.parametrize("claim", PROVED, ids=lambda claim: claim.id)
def test_a_proved_classic_is_not_refuted_by_the_certificate_of_a_false_one(claim: Claim) -> None:
    with pytest.raises(CertificateError):
        check_certificate(claim, moved(recorded(_companion(claim, FALSE)), claim))


def _swapped(formula: sp.Basic) -> sp.Basic:
    """A conclusion with its sides exchanged."""
    if isinstance(formula, sp.core.relational.Relational) and not isinstance(formula, sp.Eq | sp.Ne):
        return formula.func(*reversed(formula.args), evaluate=False)
    return sp.Not(formula, evaluate=False)


@pytest.mark.parametrize("claim", PROVED, ids=lambda claim: claim.id)
def test_a_certificate_does_not_prove_the_conclusion_with_its_sides_exchanged(claim: Claim) -> None:
    (parts,) = claim.conclusions.values()
    if any(isinstance(formula, sp.Eq) for formula in parts.values()):
        return  # an equality says the same both ways
    exchanged = replace(claim, show={part: _swapped(formula) for part, formula in parts.items()})
    with pytest.raises(CertificateError):
        check_certificate(exchanged, moved(recorded(claim), exchanged))


def _wider(claim: Claim) -> Iterator[Claim]:
    """The claim without one of its assumptions, whose symbols it still ranges over."""
    over = tuple(claim.over) if isinstance(claim.over, tuple | list) else (claim.over,)
    known = {entry for entry in over if isinstance(entry, sp.Symbol)} | {time}
    known |= set(claim.step.state) if claim.step is not None else set()
    spoken = set().union(*(formula.free_symbols for formula in claim.given))
    extra = sorted(spoken - known, key=str)
    for place in range(len(claim.given)):
        yield replace(claim, given=claim.given[:place] + claim.given[place + 1 :], over=(*over, *extra))


@pytest.mark.parametrize("claim", [claim for claim in PROVED if claim.given], ids=lambda claim: claim.id)
def test_a_domain_widened_afterwards_makes_the_certificate_stale_or_the_claim_is_true_there_too(claim: Claim) -> None:
    certificate = recorded(claim)
    for wider in _wider(claim):
        with pytest.raises(CertificateError, match="stale"):
            check_certificate(wider, certificate)
        try:
            checked = check_certificate(wider, moved(certificate, wider))
        except CertificateError:
            continue
        assert checked.verdict != "proved" or "refuted" not in found_by_search(wider)


def test_obligations_are_derived_from_the_claim_and_not_from_its_certificate() -> None:
    """A proof of one method is none of another one, and none with an obligation left out or done twice."""
    claim = EVIDENCE["induction"]
    certificate = certificate_of(claim)
    (entry,) = certificate["evidence"]
    for method in ("implication", "spectral", "limit", "growth", "exhibit", "instance"):
        with pytest.raises(CertificateError):
            check_certificate(claim, certificate | {"evidence": [entry | {"method": method}]})
    proofs = entry["obligations"]
    assert len(obligations(claim, "", "", "induction")) == len(proofs) > 1
    for forged in (proofs[1:], proofs[:-1], [*proofs, proofs[-1]], proofs[::-1], [proofs[-1]] * len(proofs)):
        with pytest.raises(CertificateError):
            check_certificate(claim, certificate | {"evidence": [entry | {"obligations": forged}]})
