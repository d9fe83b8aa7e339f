"""The checker: a certificate and a claim in, what the certificate establishes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.errors import CertificateError, InputError
from verify.kernel.box import all_witnesses
from verify.kernel.counterexample import counterexample_obligations
from verify.kernel.evaluation import PointResult, evaluate_point
from verify.kernel.families import family_obligations
from verify.kernel.goals import Implication, weakest
from verify.kernel.implication import Solve
from verify.kernel.obligations import obligations, vacuity
from verify.lowering.interpret import Truth
from verify.result import Verdict
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of, parse_values

SCHEMA = 1
#: The order in which one verdict of a part decides a claim's.
_FIRST: tuple[Verdict, ...] = ("refuted", "ill-posed", "undecided", "supported", "proved")

#: The grades of what was accepted, by the obligation and its proof: readings and parts often share theirs.
Accepted = dict[tuple[Implication, str], str]


@dataclass(frozen=True)
class Settled:
    """What one piece of evidence establishes about one part of one reading."""

    reading: str
    part: str
    verdict: Verdict
    grade: str | None
    method: str
    point: PointResult | None = None


@dataclass(frozen=True)
class Checked:
    """What a certificate establishes about its claim.

    Attributes:
        verdict: the claim's verdict from this evidence alone; None where it settles not every part.
        grade: who checked a proof.
    """

    verdict: Verdict | None
    grade: str | None
    settled: tuple[Settled, ...]


def check_certificate(claim: Claim, certificate: Any, solve: Solve | None = None) -> Checked:
    """Re-derive everything that a certificate says, from the claim itself.

    Args:
        solve: re-runs a solver; without it, a certificate that rests on solvers is rejected.

    Raises:
        CertificateError: the certificate is malformed, stale, of another claim, or does not establish what it says.
    """
    if not isinstance(certificate, dict):
        raise CertificateError("a certificate must be a JSON object")
    if certificate.get("schema") != SCHEMA:
        raise CertificateError(f"schema {certificate.get('schema')!r} is unknown; this version reads {SCHEMA}")
    if certificate.get("claim") != claim.id:
        raise CertificateError(f"it is a certificate of {certificate.get('claim')!r}, not of {claim.id}")
    if certificate.get("fingerprint") != claim.fingerprint:
        raise CertificateError(f"it is stale: {claim.id} has changed since it was written")
    evidence = certificate.get("evidence")
    if not isinstance(evidence, list) or not evidence:
        raise CertificateError("it holds no evidence")
    accepted: Accepted = {}
    settled = tuple(check_evidence(claim, entry, solve, accepted) for entry in evidence)
    if any(entry.verdict == "vacuous" for entry in settled):
        return Checked("vacuous", settled[0].grade, settled)
    verdicts: dict[tuple[str, str], Verdict] = {}
    for entry in settled:
        key = (entry.reading, entry.part)
        if key in verdicts and {verdicts[key], entry.verdict} == {"refuted", "proved"}:
            raise CertificateError(f"it both proves and refutes {entry.part or claim.id}")
        verdicts[key] = _earlier(verdicts.get(key), entry.verdict)
    readings = {
        reading: _reading_verdict([verdicts.get((reading, part)) for part in parts])
        for reading, parts in claim.conclusions.items()
    }
    verdict = combine_readings(list(readings.values())) if None not in readings.values() else None
    grades = [entry.grade for entry in settled if entry.verdict == "proved" and entry.grade is not None]
    return Checked(verdict, weakest(grades) if verdict == "proved" else None, settled)


def _earlier(first: Verdict | None, second: Verdict) -> Verdict:
    return second if first is None else min(first, second, key=_FIRST.index)


def _reading_verdict(parts: list[Verdict | None]) -> Verdict | None:
    """One refuted part refutes the conclusion, whatever the others are."""
    if "refuted" in parts:
        return "refuted"
    known = [part for part in parts if part is not None]
    return combine_parts(known) if len(known) == len(parts) else None


def combine_parts(parts: list[Verdict]) -> Verdict:
    """The verdict of a conclusion from those of its parts."""
    return min(parts, key=_FIRST.index)


def combine_readings(readings: list[Verdict | None]) -> Verdict:
    """The verdict of a claim from those of its readings: the common one, or undecided where they disagree."""
    distinct = set(readings)
    if len(distinct) == 1:
        (only,) = distinct
        if only is not None:
            return only
    return "undecided"


def check_evidence(claim: Claim, entry: Any, solve: Solve | None = None, accepted: Accepted | None = None) -> Settled:
    """What one piece of evidence establishes.

    Args:
        accepted: what need not be checked again; what is accepted now is added.

    Raises:
        CertificateError: it establishes nothing.
    """
    if not isinstance(entry, dict):
        raise CertificateError("a piece of evidence must be an object")
    kind, reading, part = entry.get("kind"), entry.get("reading"), entry.get("part")
    accepted = {} if accepted is None else accepted
    if kind == "vacuous":
        _check_obligations(vacuity(claim), entry, solve, accepted)
        return Settled("", "", "vacuous", None, "implication")
    if not isinstance(reading, str) or not isinstance(part, str) or part not in claim.conclusions.get(reading, {}):
        raise CertificateError(f"{claim.id} has no part {part!r} in a reading {reading!r}")
    if kind in ("witness", "undefined"):
        return _check_witness(claim, reading, part, kind, entry)
    if kind == "proof":
        method = entry.get("method")
        if not isinstance(method, str):
            raise CertificateError("a proof must name its method")
        needed = obligations(claim, reading, part, method, entry.get("squares"))
        grade = _check_obligations(needed, entry, solve, accepted)
        return Settled(reading, part, "proved", grade, method)
    if kind == "family":
        place, rate, bounds = entry.get("hint"), entry.get("rate"), entry.get("bounds", {})
        if type(place) is not int or not isinstance(bounds, dict):
            raise CertificateError("a family must name its hint and its bounds")
        limits = {str(name): _fraction(value) for name, value in bounds.items()}
        needed = family_obligations(claim, reading, part, place, _fraction(rate), limits)
        if _check_obligations(needed, entry, solve, accepted) != "kernel":
            raise CertificateError("a refutation must not rest on solvers")
        return Settled(reading, part, "refuted", None, "family")
    if kind == "counterexample":
        place = entry.get("hint")
        if type(place) is not int:
            raise CertificateError("a counterexample must name its hint")
        needed = counterexample_obligations(claim, reading, part, place)
        if _check_obligations(needed, entry, solve, accepted) != "kernel":
            raise CertificateError("a refutation must not rest on solvers")
        return Settled(reading, part, "refuted", None, "counterexample")
    raise CertificateError(f"evidence of the kind {kind!r} is unknown")


def _check_obligations(
    needed: list[Implication], entry: Mapping[str, Any], solve: Solve | None, accepted: Accepted
) -> str:
    proofs = entry.get("obligations")
    if not isinstance(proofs, list) or len(proofs) != len(needed):
        raise CertificateError(
            f"{len(needed)} obligations are to be met, {len(proofs) if isinstance(proofs, list) else 0} are"
        )
    grades = []
    for goal, proof in zip(needed, proofs, strict=True):
        key = goal, repr(proof)
        if key not in accepted:
            accepted[key] = goal.check(proof, solve)
        grades.append(accepted[key])
    return weakest(grades)


def _check_witness(claim: Claim, reading: str, part: str, kind: str, entry: Mapping[str, Any]) -> Settled:
    values, loss = entry.get("values"), entry.get("loss")
    if not isinstance(values, dict) or not all(isinstance(v, str) and isinstance(k, str) for k, v in values.items()):
        raise CertificateError("a witness must give its values as text")
    if loss is not None and not isinstance(loss, str):
        raise CertificateError("a witness must name its loss as text")
    try:
        result = evaluate_point(claim.instance, parse_values(values), member_of(claim, loss), reading)
    except InputError as reason:
        raise CertificateError(f"the witness is no point of {claim.id}: {reason}") from reason
    if result.admissible is not True:
        raise CertificateError(f"the witness is not certified to be admissible: {result.reason}")
    truth = result.parts[part].truth if part in result.parts else Truth.UNKNOWN
    wanted = Truth.FALSE if kind == "witness" else Truth.UNDEFINED
    if truth is not wanted:
        raise CertificateError(f"at the witness the conclusion is {truth.value}, not {wanted.value}")
    if kind == "witness":
        _check_box(claim.instance, reading, part, entry)
    return Settled(reading, part, "refuted" if kind == "witness" else "ill-posed", None, kind, result)


def _check_box(claim: Claim, reading: str, part: str, entry: Mapping[str, Any]) -> None:
    """The intervals around a witness, where it has such: each number of it alone may lie anywhere in its own."""
    box = entry.get("box", {})
    if not isinstance(box, dict):
        raise CertificateError("the box of a witness must be an object")
    values = parse_values(entry["values"])
    member = member_of(claim, entry.get("loss"), values)
    for name, ends in box.items():
        if name not in values or not isinstance(ends, list) or len(ends) != 2:
            raise CertificateError(f"the box of a witness must give two ends for {name!r}")
        low, high = map(_fraction, ends)
        if not low <= values[name] <= high:
            raise CertificateError(f"{name}={values[name]} lies outside of its own interval")
        if not all(
            all_witnesses(claim, values, member, reading, part, name, min(values[name], end), max(values[name], end))
            for end in (low, high)
        ):
            raise CertificateError(f"that {name} may lie in [{low}, {high}] is not certified")


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, str) or len(value) > 400 or "e" in value.lower():  # 1e999999999 would fill the memory
        raise CertificateError(f"{value!r} is no rational number")
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise CertificateError(f"{value!r} is no rational number") from None
