"""Recorded proofs checked a second time, by Coq: files made anew from the certificates, run, compared, recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from verify.coq.record import Accepted, CoqRecord, certificate_digest, read_record, write_record
from verify.coq.run import MISSING, coqc, digest, run_coq
from verify.errors import CertificateError, InputError
from verify.ledger import read_ledger, recorded_certificate, write_ledger
from verify.result import Certificate
from verify.statement.claim import Claim

Outcome = Literal["accepted", "unchanged", "changed", "rejected", "not run", "not expressed"]
#: The outcomes that fail a run.
FAILED: frozenset[Outcome] = frozenset(("rejected", "changed"))


@dataclass(frozen=True)
class SecondCheck:
    """What came of one proof.

    Attributes:
        outcome: ``accepted`` or ``rejected`` by Coq, or ``not run`` to its end; where Coq is missing, ``unchanged``
            (it is the file that Coq accepted when it was recorded) or ``changed``; ``not expressed``: there is none.
        file: the sha256 of the file, "" where there is none.
    """

    id: str
    outcome: Outcome
    reason: str = ""
    certificate: str = ""
    file: str = ""

    @property
    def failed(self) -> bool:
        """Whether this is bad news: the proof has not what is recorded of it, or Coq rejects it."""
        return self.outcome in FAILED


def exported(claim: Claim, ledger: Path) -> str:
    """The Coq file of a claim's recorded proof.

    Raises:
        InputError: no proof is recorded, it is not accepted, or Coq's file cannot express it.
    """
    from verify.replaying import check_one

    entry = read_ledger(ledger).claims.get(claim.id)
    if entry is None or entry.verdict != "proved":
        verdict = "nothing" if entry is None else f"that it is {entry.verdict}"
        raise InputError(f"{ledger} records {verdict} of {claim.id}; only a proof can be exported")
    certificate = recorded_certificate(ledger, entry)
    if certificate is None:
        raise InputError(f"{claim.id} is recorded as proved without a certificate")
    checked = check_one(claim, certificate, entry.verdict)
    if not checked.accepted:
        raise InputError(f"the proof of {claim.id} cannot be exported: {checked.reason}")
    try:
        return _file(claim, certificate)
    except CertificateError as reason:
        raise InputError(f"the proof of {claim.id} is not expressed in Coq: {reason}") from None


def _file(claim: Claim, certificate: Certificate) -> str:
    from verify.coq.generate import coq_file

    try:
        return coq_file(claim, certificate)
    except (LookupError, TypeError, ValueError, ArithmeticError, AssertionError, StopIteration) as reason:
        what = " ".join(f"{type(reason).__name__}: {reason}".split())
        raise CertificateError(f"no file could be made of it ({what[:200]})") from reason


def check_with_coq(
    proofs: Sequence[tuple[Claim, Certificate]],
    ledger: Path,
    jobs: int = 1,
    finished: Callable[[SecondCheck], None] = lambda found: None,
) -> list[SecondCheck]:
    """Let Coq check accepted proofs, ``jobs`` at a time; without Coq, compare their files with what is recorded.

    Args:
        finished: told of each as it is done.
    """
    record, program = read_record(ledger), coqc()
    with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
        waiting: list[Future[SecondCheck]] = []
        for claim, certificate in proofs:
            found = _compared(claim, certificate, record)
            if isinstance(found, str):
                waiting.append(pool.submit(_run, claim.id, certificate_digest(certificate), found, program))
            else:
                waiting.append(Future())
                waiting[-1].set_result(found)
            waiting[-1].add_done_callback(lambda done: finished(done.result()))
        return [one.result() for one in waiting]


def _compared(claim: Claim, certificate: Certificate, record: CoqRecord) -> SecondCheck | str:
    """The file for Coq to check; or the answer, where there is no file, or no Coq."""
    known, own = record.accepted.get(claim.id), certificate_digest(certificate)
    try:
        text = _file(claim, certificate)
    except CertificateError as reason:
        return SecondCheck(claim.id, "not expressed" if known is None else "changed", str(reason), own)
    if coqc() is not None:
        return text
    file = digest(text)
    if known is None:
        return SecondCheck(claim.id, "not run", f"nothing is recorded; {MISSING}", own, file)
    if known == Accepted(certificate=own, file=file):
        return SecondCheck(claim.id, "unchanged", MISSING, own, file)
    return SecondCheck(claim.id, "changed", f"its Coq file is not the recorded one; {MISSING}", own, file)


def _run(claim_id: str, certificate: str, text: str, program: str | None) -> SecondCheck:
    answer = run_coq(text, program=program)
    outcomes: dict[str, Outcome] = {"accepted": "accepted", "rejected": "rejected"}
    outcome = outcomes.get(answer.status, "not run")
    return SecondCheck(claim_id, outcome, answer.reason, certificate, digest(text))


def record_checks(checks: Sequence[SecondCheck], ledger: Path) -> None:
    """Keep what Coq accepted, forget what it rejected or what has changed, and write the grades into the ledger.

    Raises:
        InputError: a file could not be written; the old files are intact.
    """
    accepted = dict(read_record(ledger).accepted)
    for check in checks:
        if check.outcome == "accepted":
            accepted[check.id] = Accepted(certificate=check.certificate, file=check.file)
        elif check.outcome in ("rejected", "changed", "not expressed"):
            accepted.pop(check.id, None)
    recorded = read_ledger(ledger)
    accepted = {name: entry for name, entry in accepted.items() if name in recorded.claims}
    record = CoqRecord(accepted=accepted)
    claims = dict(recorded.claims)
    for name, entry in claims.items():
        if entry.grade in ("kernel", "coq"):
            grade = record.grade(name, recorded_certificate(ledger, entry), "kernel")
            claims[name] = msgspec.structs.replace(entry, grade=grade)
    write_record(ledger, accepted)
    write_ledger(ledger, msgspec.structs.replace(recorded, claims=claims), {})
