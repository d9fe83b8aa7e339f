"""Recorded certificates checked again, without any search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from verify.collect import collect, project_root
from verify.coq.record import CoqRecord, read_record
from verify.errors import CertificateError, InputError
from verify.ledger import CERTIFIED, DEFAULT_LEDGER, Ledger, read_certificate, read_ledger, recorded_certificate
from verify.result import Certificate
from verify.statement.claim import Claim
from verify.workers import BACKSTOP_SECONDS, Ending, Order, Task, run_all


@dataclass(frozen=True)
class Replayed:
    """What came of one claim: ``accepted`` is None where nothing had to be replayed; ``reason`` says why not."""

    id: str
    accepted: bool | None
    verdict: str | None = None
    grade: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Recorded:
    """A recorded certificate that is to be checked; ``verdict`` is the recorded one (None: any will do)."""

    claim: Claim
    certificate: Certificate
    verdict: str | None


def replay(selects: Sequence[str], ledger_path: Path | None = None, jobs: int = 1) -> list[Replayed]:
    """Replay the recorded certificates of the selected claims, or of certificate files and ledgers.

    Args:
        jobs: how many certificates are checked at a time.

    Raises:
        InputError: a SELECT matches nothing, a ledger is damaged, nothing at all is recorded, or a file is of an
            unknown claim.
    """
    return [answer for _, answer in replay_sources(selects, ledger_path, jobs)]


def replay_sources(
    selects: Sequence[str], ledger_path: Path | None = None, jobs: int = 1
) -> list[tuple[Recorded | Replayed, Replayed]]:
    """As ``replay``, each answer beside what was replayed; a proof that Coq accepted has the grade ``coq``.

    Raises:
        InputError: as ``replay``, or the record of what Coq accepted is damaged.
    """
    place = ledger_path if ledger_path is not None else project_root() / DEFAULT_LEDGER
    record = read_record(place)
    names = [select for select in selects if not _is_data(select)]
    files = [Path(select) for select in selects if _is_data(select)]
    # the claims of files are of the packages that are named beside them, or of the project
    claims = collect(names)
    found = [found for path in files for found in _in_file(path, {claim.id: claim for claim in claims.universe})]
    if names or not files:
        chosen = [claim for claim in claims.claims if claim.kind != "experiment"]
        found += _in_ledger(chosen, place, read_ledger(place))
    replayed = check_all(names, found, jobs)
    if all(entry.accepted is None and entry.verdict is None for entry in replayed):
        raise InputError(f"nothing is recorded in {place} of what was selected; run 'verify check --record' first")
    return [(source, _with_coq(source, answer, record)) for source, answer in zip(found, replayed, strict=True)]


def _with_coq(source: Recorded | Replayed, answer: Replayed, record: CoqRecord) -> Replayed:
    if not isinstance(source, Recorded) or not answer.accepted or answer.verdict != "proved":
        return answer
    return replace(answer, grade=record.grade(answer.id, source.certificate, answer.grade))


def check_all(selects: Sequence[str], found: Sequence[Recorded | Replayed], jobs: int) -> list[Replayed]:
    """Check each certificate, ``jobs`` at a time; the answers come in the order of ``found``.

    Args:
        selects: what the claims were collected by.
        found: the certificates, among what needs no check.

    Raises:
        InputError: the file of a claim was changed meanwhile.
    """
    answers = [entry if isinstance(entry, Replayed) else None for entry in found]
    recorded = [(number, entry) for number, entry in enumerate(found) if isinstance(entry, Recorded)]
    # the longest first, so that no worker is left with one when the others are done
    recorded.sort(key=lambda one: -len(msgspec.json.encode(one[1].certificate)))
    if min(jobs, len(recorded)) < 2:  # nothing to share out, and a worker takes longer to start
        for number, entry in recorded:
            answers[number] = check_one(entry.claim, entry.certificate, entry.verdict)
        return [answer for answer in answers if answer is not None]

    def finished(task: int, ending: Ending, text: str) -> None:
        number, entry = recorded[task]
        if ending == "result":
            answers[number] = msgspec.json.decode(text, type=Replayed)
        else:
            reason = f"the certificate could not be checked: {text}"
            answers[number] = Replayed(entry.claim.id, False, entry.verdict, reason=reason)

    modules = ("verify.kernel.check", "verify.proof.smt")
    order = Order(tuple(selects), Path.cwd(), check_in_worker, modules, BACKSTOP_SECONDS["deep"], lasting=True)
    tasks = [Task(entry.claim, msgspec.json.encode((entry.certificate, entry.verdict))) for _, entry in recorded]
    run_all(order, tasks, jobs, finished, lambda claim, text: None)
    return [answer for answer in answers if answer is not None]


def check_in_worker(claim: Claim, data: bytes, progress: Callable[[str], None]) -> bytes:
    """The work of a worker: check the certificate of a claim, given with the recorded verdict as JSON."""
    certificate, verdict = msgspec.json.decode(data)
    return msgspec.json.encode(check_one(claim, certificate, verdict))


def check_one(claim: Claim, certificate: Certificate, recorded: str | None) -> Replayed:
    """Check one certificate of a claim, and that it is one of the recorded verdict (None: any)."""
    from verify.kernel.check import check_certificate
    from verify.proof.smt import solve

    try:
        checked = check_certificate(claim, certificate, solve)
    except CertificateError as reason:
        return Replayed(claim.id, False, recorded, reason=f"the certificate is rejected: {reason}")
    except MemoryError:  # says nothing of the certificate
        raise
    except Exception as reason:  # a damaged file must be rejected whatever it makes the checker trip over
        what = " ".join(f"{type(reason).__name__}: {reason}".split())
        return Replayed(claim.id, False, recorded, reason=f"the certificate is rejected: it is malformed ({what})")
    # an open claim's certificate settles some of its readings or parts, not the claim
    partial = recorded in ("supported", "undecided") and checked.verdict is None
    if recorded is not None and checked.verdict != recorded and not partial:
        reason_text = f"recorded as {recorded}, but the certificate shows {checked.verdict}"
        return Replayed(claim.id, False, recorded, checked.grade, reason_text)
    return Replayed(claim.id, True, checked.verdict, checked.grade)


def _is_data(select: str) -> bool:
    return select.endswith(".json")


def _in_ledger(claims: Sequence[Claim], place: Path, ledger: Ledger) -> list[Recorded | Replayed]:
    found: list[Recorded | Replayed] = []
    for claim in claims:
        entry = ledger.claims.get(claim.id)
        if entry is None:
            found.append(Replayed(claim.id, None, reason="nothing is recorded"))
            continue
        try:
            certificate = recorded_certificate(place, entry)
        except InputError as reason:
            found.append(Replayed(claim.id, False, entry.verdict, entry.grade, str(reason)))
            continue
        if certificate is not None:
            found.append(Recorded(claim, certificate, entry.verdict))
        elif entry.verdict in CERTIFIED:
            reason_text = f"recorded as {entry.verdict} without a certificate"
            found.append(Replayed(claim.id, False, entry.verdict, entry.grade, reason_text))
        else:
            found.append(Replayed(claim.id, None, entry.verdict, reason="it rests on no certificate"))
    return found


def _in_file(path: Path, known: Mapping[str, Claim]) -> Sequence[Recorded | Replayed]:
    """A certificate file, whose claim is found by its field ``claim``, or a ledger."""
    try:
        data = msgspec.json.decode(path.read_bytes())
    except OSError as reason:
        raise InputError(f"{path} cannot be read: {reason.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        return [Replayed(path.stem.replace("__", "/"), False, reason=f"{path} is cut off or damaged ({reason})")]
    if isinstance(data, dict) and "claims" in data:
        ledger = read_ledger(path)
        strangers = [Replayed(name, False, reason=f"{path} records it, but no claim has this id")
                     for name in ledger.claims if name not in known]  # fmt: skip
        return [*_in_ledger([known[name] for name in ledger.claims if name in known], path, ledger), *strangers]
    if not isinstance(data, dict) or not isinstance(data.get("claim"), str):
        return [Replayed(path.stem.replace("__", "/"), False, reason=f"{path} is no certificate: it names no claim")]
    if data["claim"] not in known:
        raise InputError(
            f"{path} is of {data['claim']!r}, which is no claim here; name the file or the package that it stands in "
            f"as well: verify replay CLAIMS.py {path}"
        )
    return [Recorded(known[data["claim"]], read_certificate(path), None)]
