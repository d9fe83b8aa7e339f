"""What was found, kept: the ledger and the certificates beside it, and the work folder of an unfinished run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from verify.errors import InputError
from verify.result import Certificate, Result, Searched, Verdict, Witness, Witnesses

if TYPE_CHECKING:
    from verify.statement.claim import Claim

SCHEMA = 1
#: Where a project keeps its ledger, from its root.
DEFAULT_LEDGER = Path("reports") / "ledger.json"
#: The verdicts that rest on a certificate.
CERTIFIED: frozenset[Verdict] = frozenset(("vacuous", "refuted", "ill-posed", "proved"))


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded of one claim. ``certificate`` is a path relative to the ledger's folder."""

    title: str
    source: str
    kind: str
    parent: str | None
    verdict: Verdict
    grade: str | None
    readings: dict[str, Verdict]
    parts: dict[str, Verdict]
    witness: Witnesses | None
    undefined_at: Witness | None
    certificate: str | None
    searched: Searched
    tried: list[str]
    uses: list[str]
    rests_on_refuted: list[str]
    repaired_by: list[str]


class Ledger(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The recorded entries by id."""

    schema: int = SCHEMA
    claims: dict[str, Entry] = {}

    def encoded(self) -> bytes:
        """The bytes of the ledger file: the same for the same content."""
        return encoded(msgspec.to_builtins(self))


class _Header(msgspec.Struct):
    schema: int


def encoded(data: Any) -> bytes:
    """JSON with sorted keys, one space of indentation and a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=1) + b"\n"


# --- reading ----------------------------------------------------------------------------------------------------


def read_ledger(path: Path) -> Ledger:
    """The ledger at ``path``; an empty one where there is no file.

    Raises:
        InputError: the file cannot be read, is cut off or damaged, or has another schema.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Ledger()
    except OSError as reason:
        raise InputError(f"{path} cannot be read: {reason.strerror}") from None
    remedy = "restore it from version control, or move it away to start a new one"
    try:
        schema = msgspec.json.decode(text, type=_Header).schema
        if schema == SCHEMA:
            return msgspec.json.decode(text, type=Ledger)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        raise InputError(f"{path} is no intact ledger ({reason}); {remedy}") from None
    raise InputError(f"{path} has schema {schema}, this version reads schema {SCHEMA}; update the toolkit, or {remedy}")


def certificate_path(claim_id: str) -> str:
    """Where the certificate of a claim stands, relative to the ledger's folder."""
    return f"certificates/{claim_id.replace('/', '__')}.json"


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file.

    Raises:
        InputError: the file is missing, cut off or damaged.
    """
    remedy = "restore it from version control, or find it anew with 'verify check --fresh --record'"
    try:
        certificate = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"the certificate {path} is missing; {remedy}") from None
    except OSError as reason:
        raise InputError(f"the certificate {path} cannot be read: {reason.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as reason:
        raise InputError(f"the certificate {path} is cut off or damaged ({reason}); {remedy}") from None
    if not isinstance(certificate, dict):
        raise InputError(f"the certificate {path} is no JSON object; {remedy}")
    return certificate


def recorded_certificate(ledger_path: Path, entry: Entry) -> Certificate | None:
    """The certificate that an entry names, None if it names none.

    Raises:
        InputError: as ``read_certificate``, or the entry names a file outside the ledger's folder.
    """
    if entry.certificate is None:
        return None
    folder = ledger_path.parent.resolve()
    path = (folder / entry.certificate).resolve()
    if not path.is_relative_to(folder):
        raise InputError(f"{ledger_path} names a certificate outside its folder: {entry.certificate!r}")
    return read_certificate(path)


# --- from results to entries --------------------------------------------------------------------------------------


def with_results(
    ledger: Ledger, results: Mapping[str, Result], claims: Iterable[Claim], *, only_these: bool = False
) -> Ledger:
    """The ledger with the results of ``claims`` in it; what depends on other claims is computed anew.

    Args:
        results: by id; a claim without one keeps its entry.
        claims: every claim of the packages at hand.
        only_these: drop the entries of ids that are no longer among the claims.
    """
    by_id = {claim.id: claim for claim in claims}
    entries = {name: entry for name, entry in ledger.claims.items() if name in by_id or not only_these}
    for name, result in results.items():
        entries[name] = _entry(by_id[name], result)
    uses = {name: entry.uses for name, entry in entries.items()}
    uses |= {name: [str(use) for use in claim.uses] for name, claim in by_id.items()}
    repairs = _repairs(entries, by_id)
    refuted = {name for name, entry in entries.items() if entry.verdict == "refuted"}
    related = {
        name: msgspec.structs.replace(
            entry,
            rests_on_refuted=[use for use in _transitive(name, uses) if use in refuted],
            repaired_by=repairs.get(name, []),
        )
        for name, entry in entries.items()
    }
    return Ledger(claims=dict(sorted(related.items())))


def _entry(claim: Claim, result: Result) -> Entry:
    return Entry(
        title=claim.title,
        source=str(claim.source),
        kind=claim.kind,
        parent=claim.parent,
        verdict=result.verdict,
        grade=result.grade,
        readings=result.readings,
        parts=result.parts,
        witness=result.witness,
        undefined_at=result.undefined_at,
        certificate=certificate_path(claim.id) if result.certificate is not None else None,
        searched=result.searched,
        tried=result.tried,
        uses=[str(use) for use in claim.uses],
        rests_on_refuted=[],
        repaired_by=[],
    )


def _repairs(entries: Mapping[str, Entry], claims: Mapping[str, Claim]) -> dict[str, list[str]]:
    kinds = {name: (entry.kind, entry.parent) for name, entry in entries.items()}
    kinds |= {name: (claim.kind, claim.parent) for name, claim in claims.items()}
    found: dict[str, list[str]] = {}
    for name, (kind, parent) in sorted(kinds.items()):
        if kind == "repaired" and parent is not None:
            found.setdefault(parent, []).append(name)
    return found


def _transitive(name: str, uses: Mapping[str, Sequence[str]]) -> list[str]:
    """What a claim rests on, directly or through others, sorted."""
    reached: set[str] = set()
    waiting = list(uses.get(name, ()))
    while waiting:
        use = waiting.pop()
        if use not in reached:
            reached.add(use)
            waiting.extend(uses.get(use, ()))
    return sorted(reached - {name})


# --- writing ----------------------------------------------------------------------------------------------------


def write_ledger(path: Path, ledger: Ledger, certificates: Mapping[str, Certificate | None]) -> None:
    """Write the ledger, and the certificates of the claims in ``certificates`` (None removes one).

    Raises:
        InputError: the disk is full or the folder not writable; the old files are intact.
    """
    names: dict[str, str] = {}
    for claim_id in ledger.claims:
        other = names.setdefault(certificate_path(claim_id).casefold(), claim_id)
        if other != claim_id:
            raise InputError(f"the ids {other!r} and {claim_id!r} would share one certificate file; rename one of them")
    folder = path.parent
    for claim_id, certificate in certificates.items():
        if certificate is not None:
            write_atomically(folder / certificate_path(claim_id), encoded(certificate))
    write_atomically(path, ledger.encoded())
    kept = {entry.certificate for entry in ledger.claims.values()}
    for claim_id in certificates:
        if certificate_path(claim_id) not in kept:
            (folder / certificate_path(claim_id)).unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by ``content``, or leave it as it was.

    Raises:
        InputError: the disk is full or the folder not writable.
    """
    temporary: str | None = None
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as reason:
        raise InputError(
            f"{path} could not be written: {reason.strerror or reason}; what was there is intact"
        ) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # gone already after a successful replacement


# --- an unfinished run ------------------------------------------------------------------------------------------


class UnfinishedRun:
    """The results of a run so far, so that the same command continues after it was killed.

    The folder holds one file per finished claim, named by all that its result depends on, and is removed when the run
    ends. A folder that cannot be written costs the continuation, not the run.
    """

    def __init__(self, root: Path, arguments: Mapping[str, Any], digest: str) -> None:
        self.arguments = dict(arguments)
        self.digest = digest
        name = hashlib.sha256(encoded(self.arguments)).hexdigest()[:16]
        self.folder = root / ".verify-cache" / name
        self.writable = True

    def start(self) -> None:
        """Mark the run as unfinished."""
        self._write(self.folder / "unfinished-run.json", encoded(self.arguments))

    def _path(self, claim: Claim) -> Path:
        pieces = (toolkit_digest(), self.digest, claim.fingerprint, repr(claim.hints), str(self.arguments))
        return self.folder / f"{hashlib.sha256(chr(0).join(pieces).encode()).hexdigest()}.json"

    def result(self, claim: Claim) -> Result | None:
        """The result that the interrupted run had already found."""
        try:
            found = msgspec.json.decode(self._path(claim).read_bytes(), type=Result)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None  # not found yet, or cut off when the run was killed
        return found if found.id == claim.id else None

    def keep(self, claim: Claim, result: Result) -> None:
        """Keep a finished claim's result at once."""
        self._write(self._path(claim), msgspec.json.encode(result, order="deterministic"))

    def _write(self, path: Path, content: bytes) -> None:
        if self.writable:
            try:
                write_atomically(path, content)
            except InputError:
                self.writable = False

    def finish(self) -> None:
        """Forget the run: it came to its end."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()  # only if no other run is unfinished


@cache
def toolkit_digest() -> str:
    """A digest of the toolkit's own source text: results of another version are not continued."""
    folder = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
