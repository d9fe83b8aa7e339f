"""Recorded certificates checked again, without any search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from verify.collect import collect, find_claim, project_root
from verify.errors import CertificateError, InputError
from verify.ledger import CERTIFIED, DEFAULT_LEDGER, Ledger, read_certificate, read_ledger, recorded_certificate
from verify.result import Certificate
from verify.statement.claim import Claim


@dataclass(frozen=True)
class Replayed:
    """What came of one claim: ``accepted`` is None where nothing had to be replayed; ``reason`` says why not."""

    id: str
    accepted: bool | None
    verdict: str | None = None
    grade: str | None = None
    reason: str = ""


def replay(selects: Sequence[str], ledger_path: Path | None = None) -> list[Replayed]:
    """Replay the recorded certificates of the selected claims, or of certificate files and ledgers.

    Raises:
        InputError: a SELECT matches nothing, a ledger is damaged, or nothing at all is recorded.
    """
    place = ledger_path if ledger_path is not None else project_root() / DEFAULT_LEDGER
    replayed: list[Replayed] = []
    names = [select for select in selects if not _is_data(select)]
    for select in selects:
        if _is_data(select):
            replayed += _replay_file(Path(select))
    if names or not selects:
        claims = [claim for claim in collect(names).claims if claim.kind != "experiment"]
        replayed += _replay_recorded(claims, place, read_ledger(place))
        if all(entry.accepted is None and entry.verdict is None for entry in replayed):
            raise InputError(f"nothing is recorded in {place} of what was selected; run 'verify check --record' first")
    return replayed


def check_one(claim: Claim, certificate: Certificate, recorded: str | None) -> Replayed:
    """Check one certificate of a claim, and that it is one of the recorded verdict (None: any)."""
    from verify.kernel.check import check_certificate
    from verify.proof.smt import solve

    try:
        checked = check_certificate(claim, certificate, solve)
    except CertificateError as reason:
        return Replayed(claim.id, False, recorded, reason=f"the certificate is rejected: {reason}")
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


def _replay_recorded(claims: Sequence[Claim], place: Path, ledger: Ledger) -> list[Replayed]:
    replayed = []
    for claim in claims:
        entry = ledger.claims.get(claim.id)
        if entry is None:
            replayed.append(Replayed(claim.id, None, reason="nothing is recorded"))
            continue
        try:
            certificate = recorded_certificate(place, entry)
        except InputError as reason:
            replayed.append(Replayed(claim.id, False, entry.verdict, entry.grade, str(reason)))
            continue
        if certificate is not None:
            replayed.append(check_one(claim, certificate, entry.verdict))
        elif entry.verdict in CERTIFIED:
            reason_text = f"recorded as {entry.verdict} without a certificate"
            replayed.append(Replayed(claim.id, False, entry.verdict, entry.grade, reason_text))
        else:
            replayed.append(Replayed(claim.id, None, entry.verdict, reason="it rests on no certificate"))
    return replayed


def _replay_file(path: Path) -> list[Replayed]:
    """A certificate file, whose claim is found by its field ``claim``, or a ledger."""
    try:
        data = msgspec.json.decode(path.read_bytes())
    except OSError as reason:
        raise InputError(f"{path} cannot be read: {reason.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as reason:
        return [Replayed(path.stem.replace("__", "/"), False, reason=f"{path} is cut off or damaged ({reason})")]
    if isinstance(data, dict) and "claims" in data:
        ledger = read_ledger(path)
        known = {claim.id: claim for claim in collect().claims}
        strangers = [Replayed(name, False, reason=f"{path} records it, but no claim has this id")
                     for name in ledger.claims if name not in known]  # fmt: skip
        return _replay_recorded([known[name] for name in ledger.claims if name in known], path, ledger) + strangers
    if not isinstance(data, dict) or not isinstance(data.get("claim"), str):
        return [Replayed(path.stem.replace("__", "/"), False, reason=f"{path} is no certificate: it names no claim")]
    return [check_one(find_claim(data["claim"]), read_certificate(path), None)]
