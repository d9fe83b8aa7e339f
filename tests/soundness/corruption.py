"""Corrupted copies of a certificate, and whether what the kernel makes of one is true."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from tests.soundness.evidence import certificate_of
from verify.errors import CertificateError
from verify.kernel.check import Checked, Settled, check_certificate
from verify.kernel.evaluation import evaluate_point
from verify.kernel.obligations import METHODS
from verify.lowering.interpret import Truth
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of, parse_values

#: What is put in the place of a value, whatever it was.
_HUGE = ("1e999", "1e4999", "1e999999999")
STRANGERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "x", *_HUGE, "-1/0", [], {}, [[]], [None], {"x": 1})
KINDS = ("witness", "undefined", "proof", "family", "counterexample", "vacuous", "identity", "products", "unsat")
BOOKKEEPING = ("searched", "tried")


def changed(value: Any) -> Iterator[Any]:
    """Other values in the place of one value."""
    yield from (stranger for stranger in STRANGERS if stranger != value or type(stranger) is not type(value))
    if isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != key} for key in value)
        if len(value) > 1:
            keys = list(value)
            yield dict(zip(keys, [value[key] for key in (*keys[1:], keys[0])], strict=True))
    elif isinstance(value, list):
        yield value[:-1]
        yield value[1:]
        yield [*value, *value[-1:]]
        if value != value[::-1]:
            yield value[::-1]
    elif isinstance(value, str):
        yield from (kind for kind in (*KINDS, *METHODS) if kind != value)
        yield value + "1"
        yield "-" + value
        try:
            number = Fraction(value)
        except (ValueError, ZeroDivisionError):
            return
        yield from (str(number + 1), str(number * 2), str(number / 3), str(-number))
    elif type(value) is int:
        yield from (value + 1, value - 1, value + 64, str(value))


def corruptions(data: Any) -> Iterator[tuple[str, Any]]:
    """``(where, corrupted copy)`` for every field of a piece of JSON, at every depth."""
    for other in changed(data):
        yield "", other
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        for where, other in corruptions(value):
            copied = copy.copy(data)
            copied[key] = other
            yield f"/{key}{where}", copied


def established(claim: Claim, corrupted: Any) -> Checked | None:
    """What the kernel makes of it; None where it rejects it, with a reason."""
    try:
        return check_certificate(claim, corrupted)
    except CertificateError as reason:
        if not str(reason):
            raise
        return None


def is_true(claim: Claim, settled: Settled, entry: dict[str, Any], original: Checked) -> bool:
    """Whether what was accepted is true of the claim: by evaluation at a witness, else as originally established."""
    if settled.verdict not in ("refuted", "ill-posed") or settled.point is None:
        known = {(s.reading, s.part): s.verdict for s in original.settled}
        return known.get((settled.reading, settled.part)) == settled.verdict
    result = evaluate_point(claim, parse_values(entry["values"]), member_of(claim, entry.get("loss")), settled.reading)
    wanted = Truth.FALSE if settled.verdict == "refuted" else Truth.UNDEFINED
    return result.admissible is True and result.parts[settled.part].truth is wanted


def check_corruptions(claim: Claim, at_most: int | None) -> None:
    """Corrupt every field (or a fixed sample of the corruptions): rejected with a reason, or still a true statement."""
    certificate = certificate_of(claim)
    original = check_certificate(claim, certificate)
    tries = list(corruptions({key: value for key, value in certificate.items() if key not in BOOKKEEPING}))
    if at_most is not None and len(tries) > at_most:
        tries = Random(0).sample(tries, at_most)
    wrong, crashes, rejected = [], [], 0
    for where, corrupted in tries:
        try:
            found = established(claim, corrupted)
        except Exception as error:  # whatever a damaged certificate trips over is a finding of this test
            crashes.append(f"{where}: {type(error).__name__}: {error}"[:160])
            continue
        if found is None:
            rejected += 1
            continue
        pieces = zip(found.settled, corrupted["evidence"], strict=True)
        if not all(is_true(claim, settled, entry, original) for settled, entry in pieces):
            wrong.append(where)
    assert not wrong
    assert not crashes, f"{len(crashes)} of {len(tries)}:\n" + "\n".join(crashes[:: len(crashes) // 12 + 1])
    assert rejected > len(tries) / 2
