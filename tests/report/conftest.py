"""A small ledger made by hand: a refuted lemma with a broken step, its proved repair, and a trajectory witness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from claims.sam_normalization import CLAIMS
from verify.collect import collect
from verify.ledger import read_ledger, recorded_certificate
from verify.point import evaluate
from verify.report import groups_of, write
from verify.report.groups import Group
from verify.statement.claim import Claim

ROOT = Path(__file__).resolve().parents[2]
BY_ID = {claim.id: claim for claim in CLAIMS}

#: A certified counterexample each: claim, loss, values.
WITNESSES: list[tuple[str, str | None, dict[str, str]]] = [
    ("lemma-9", "quadratic(h=1)", {"beta": "1", "eta": "3/2", "rho": "1", "w": "1"}),
    ("lemma-9/step-10", "quadratic(h=1)", {"beta": "1", "eta": "3/2", "rho": "1", "w": "1"}),
    (
        "theorem-1.sam",
        "quadratic(h=1)",
        {"alpha": "1", "beta": "1", "eta": "3/2", "rho": "1", "w0": "1", "t": "3"},
    ),
    ("theorem-48", "quadratic(h=1)", {"mu": "1", "beta": "1", "eta": "1/2", "rho": "1/10", "w0": "3", "t": "4"}),
]


def witness(claim: Claim, loss: str | None, values: dict[str, str], *, reachable: bool | None = True) -> dict[str, Any]:
    """A witness in the shape of the ledger."""
    result = evaluate(claim, loss, None, **values)
    assert result.holds is False
    part = result.parts[result.part or ""]
    replay = " ".join(["verify eval", claim.id, *(f"{name}={value}" for name, value in values.items())])
    return {
        "part": result.part,
        "reading": None,
        "parameters": values,
        "loss": loss,
        "state": dict(result.state),
        "t": int(values["t"]) if "t" in values else None,
        "lhs": result.lhs,
        "rhs": result.rhs,
        "violation": (result.margin or "").lstrip("-"),
        "relative": f"{part.relative:.3g}",
        "arithmetic": result.arithmetic,
        "bits": result.bits,
        "reachable": reachable,
        "family": None,
        "replay": replay + (f" --loss '{loss}'" if loss else ""),
    }


def entry(claim: Claim, verdict: str, **more: Any) -> dict[str, Any]:
    """A ledger entry."""
    return {
        "title": claim.title,
        "source": str(claim.source),
        "kind": claim.kind,
        "parent": claim.parent,
        "verdict": verdict,
        "grade": None,
        "readings": {},
        "parts": {},
        "witness": None,
        "undefined_at": None,
        "certificate": None,
        "searched": {"budget": "quick", "seed": 0, "points": 1234, "worst_margin": "-0.353"},
        "tried": ["implication"],
        "uses": [str(use) for use in claim.uses],
        "rests_on_refuted": [],
        "repaired_by": [],
    } | more


def refuted(claim: Claim, loss: str | None = None, *, reachable: bool | None = True, **values: str) -> dict[str, Any]:
    """A ledger entry with a witness at some point."""
    found = witness(claim, loss, values, reachable=reachable)
    return entry(claim, "refuted", witness={"simplest": found, "strongest": found})


def ill_posed(claim: Claim, **values: str) -> dict[str, Any]:
    """A ledger entry with a point where the conclusion has no value."""
    assert evaluate(claim, None, None, **values).holds is None
    at = {"parameters": values, "loss": None, "t": None, "arithmetic": "exact", "reachable": True}
    replay = " ".join(["verify eval", claim.id, *(f"{name}={value}" for name, value in values.items())])
    return entry(claim, "ill-posed", undefined_at=at | {"replay": replay})


@pytest.fixture(scope="session")
def claims() -> list[Claim]:
    return list(CLAIMS)


@pytest.fixture(scope="session")
def ledger() -> dict[str, Any]:
    entries = {claim.id: entry(claim, "supported") for claim in CLAIMS if claim.kind != "experiment"}
    for claim_id, loss, values in WITNESSES:
        found = witness(BY_ID[claim_id], loss, values)
        entries[claim_id] = entry(BY_ID[claim_id], "refuted", witness={"simplest": found, "strongest": found})
    entries["lemma-9"]["repaired_by"] = ["lemma-9/repaired"]
    entries["lemma-9/repaired"] = entry(
        BY_ID["lemma-9/repaired"], "proved", grade="kernel", certificate="certificates/lemma-9__repaired.json"
    )
    del entries["gd-stability"]  # not checked yet
    return {"schema": 1, "claims": entries}


@pytest.fixture(scope="session")
def groups() -> list[Group]:
    return groups_of(collect(start=ROOT).packages)


@pytest.fixture(scope="session")
def written(
    tmp_path_factory: pytest.TempPathFactory,
    claims: list[Claim],
    ledger: dict[str, Any],
    certificates: dict[str, Any],
    groups: list[Group],
) -> list[Path]:
    """The files of the report of that ledger."""
    return write(tmp_path_factory.mktemp("project") / "reports", claims, ledger, certificates, groups)


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory, groups: list[Group]) -> list[Path]:
    """The files of the report of the ledger that the repository holds."""
    place = ROOT / "reports" / "ledger.json"
    ledger = read_ledger(place)
    folder = tmp_path_factory.mktemp("committed")
    (folder / "docs").mkdir()
    (folder / "docs" / "trust.md").write_text("# Trust\n")
    certificates = {
        name: certificate
        for name, entry in ledger.claims.items()
        if (certificate := recorded_certificate(place, entry)) is not None
    }
    return write(folder / "reports", CLAIMS, ledger, certificates, groups)


@pytest.fixture(scope="session")
def report(written: list[Path]) -> str:
    """Its first page."""
    return written[0].read_text()


@pytest.fixture(scope="session")
def errata_page(written: list[Path]) -> str:
    """Its errata."""
    return written[1].read_text()


@pytest.fixture(scope="session")
def details(written: list[Path]) -> str:
    """Its pages of statements, one after the other."""
    return "\n".join(path.read_text() for path in written if path.parent.name == "statements")


@pytest.fixture(scope="session")
def certificates() -> dict[str, dict[str, Any]]:
    products = {
        "kind": "products",
        "terms": [{"multiplier": "1/2", "factors": {"0": 1, "s0": 1}}, {"multiplier": "1", "factors": {}}],
        "squares": [],
        "equalities": {},
    }
    unsat = {"kind": "unsat", "solvers": ["z3", "cvc5"], "limits": {}}
    obligations = [{"name": "by products", "certificate": products}, {"name": "by solvers", "certificate": unsat}]
    proof = {"kind": "proof", "method": "implication", "reading": "", "part": "", "obligations": obligations}
    strange = {"kind": "proof", "method": "a method of tomorrow", "values": {"n": "3"}, "certificate": {"tree": [1, 2]}}
    evidence = [proof, strange]
    return {"lemma-9/repaired": {"schema": 1, "claim": "lemma-9/repaired", "fingerprint": "", "evidence": evidence}}
