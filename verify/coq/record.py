"""Which files Coq accepted, kept beside the ledger: what the grade ``coq`` rests on where Coq is not run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from verify.errors import InputError
from verify.ledger import encoded, write_atomically
from verify.result import Certificate

SCHEMA = 1


class Accepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sha256 of a certificate, and of the Coq file made from it that Coq accepted."""

    certificate: str
    file: str


class CoqRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Coq accepted, by claim."""

    schema: int = SCHEMA
    accepted: dict[str, Accepted] = {}

    def grade(self, claim_id: str, certificate: Certificate | None, grade: str | None) -> str | None:
        """``coq`` for a proof of grade ``kernel`` whose certificate is the one of which Coq accepted the file."""
        entry = self.accepted.get(claim_id)
        if grade != "kernel" or certificate is None or entry is None:
            return grade
        return "coq" if entry.certificate == certificate_digest(certificate) else grade

    def encoded(self) -> bytes:
        """The bytes of the file."""
        return encoded(msgspec.to_builtins(self))


def record_path(ledger: Path) -> Path:
    """Where the record stands, for a ledger."""
    return ledger.parent / "coq.json"


def certificate_digest(certificate: Certificate) -> str:
    """The sha256 of what a certificate proves and how; how long was searched before is no part of it."""
    proof = {name: certificate.get(name) for name in ("schema", "claim", "fingerprint", "evidence")}
    return hashlib.sha256(encoded(proof)).hexdigest()


def read_record(ledger: Path) -> CoqRecord:
    """The record beside a ledger; an empty one where there is no file.

    Raises:
        InputError: the file cannot be read, is damaged, or has another schema.
    """
    path = record_path(ledger)
    try:
        record = msgspec.json.decode(path.read_bytes(), type=CoqRecord)
    except FileNotFoundError:
        return CoqRecord()
    except OSError as reason:
        raise InputError(f"{path} cannot be read: {reason.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        remedy = "restore it from version control, or make it anew with 'verify replay --coq --record'"
        raise InputError(f"{path} is no intact record of what Coq accepted ({reason}); {remedy}") from None
    if record.schema != SCHEMA:
        raise InputError(f"{path} has schema {record.schema}, this version reads schema {SCHEMA}")
    return record


def write_record(ledger: Path, accepted: Mapping[str, Accepted]) -> None:
    """Replace the record beside a ledger.

    Raises:
        InputError: it could not be written; the old file is intact.
    """
    write_atomically(record_path(ledger), CoqRecord(accepted=dict(sorted(accepted.items()))).encoded())
