"""The planted errors on file: of which true claim each was made, by which rule, and where it is known to be false."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from verify.benchmark.mutants import Mutant, mutants_of
from verify.collect import collect
from verify.errors import InputError, VerifyError
from verify.kernel.evaluation import evaluate_point
from verify.statement.claim import Claim
from verify.statement.loss_text import member_of, parse_values

#: Where a checkout keeps what is planted, from its root.
MUTANTS_FILE = Path("tests") / "quality" / "mutants.json"


class KnownWitness(msgspec.Struct, frozen=True):
    """A point at which a mutant is false or has no value, as text, and what found it."""

    values: dict[str, str]
    loss: str | None
    source: str


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """One mutant on file.

    Attributes:
        package: the package of the true claim, from the root of the checkout.
        of: the id of that claim.
        rule: what was planted.
        looked: whether a witness was looked for.
        witness: where the mutant is known to be false; None if it is not known to be.
    """

    package: str
    of: str
    rule: str
    looked: bool = False
    witness: KnownWitness | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the others."""
        return self.package, self.of, self.rule


def read_planted(path: Path) -> list[Planted]:
    """The mutants of a file.

    Raises:
        InputError: there is no such file, or it is damaged.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Planted])
    except FileNotFoundError:
        raise InputError(f"{path} is missing: the power is measured in a checkout of the toolkit") from None
    except (OSError, msgspec.DecodeError) as reason:
        raise InputError(f"{path} is no intact list of mutants ({reason}); restore it from version control") from None


def encoded_planted(entries: Iterable[Planted]) -> bytes:
    """One mutant a line, so that a change shows as one."""
    lines = b",\n".join(msgspec.json.encode(entry, order="deterministic") for entry in entries)
    return b"[\n" + lines + b"\n]\n"


@dataclass(frozen=True)
class Garden:
    """What a set of mutants was made of, and what was made: by package and claim, and by rule too."""

    true: Mapping[tuple[str, str], Claim]
    mutants: Mapping[tuple[str, str, str], Mutant]

    @classmethod
    def of(cls, entries: Iterable[Planted], root: Path) -> Garden:
        """The mutants of the claims that the entries name."""
        wanted: dict[str, set[str]] = {}
        for entry in entries:
            wanted.setdefault(entry.package, set()).add(entry.of)
        true = {
            (package, claim.id): claim
            for package, ids in wanted.items()
            for claim in collect([package], root).universe
            if claim.id in ids
        }
        made = {
            (package, mutant.of, mutant.rule): mutant
            for (package, _), claim in true.items()
            for mutant in mutants_of(claim)
        }
        return cls(true, made)


def refutes(claim: Claim, values: Mapping[str, Fraction], loss: str | None) -> bool:
    """Whether a point certainly meets every assumption while the conclusion is certainly false, or has no value."""
    try:
        result = evaluate_point(claim, values, member_of(claim, loss))
    except VerifyError:
        return False
    return result.admissible is True and (result.holds is False or result.undefined)


def known_to_be_false(claim: Claim, witness: KnownWitness) -> bool:
    """Whether a witness on file is one."""
    return refutes(claim, parse_values(witness.values), witness.loss)
