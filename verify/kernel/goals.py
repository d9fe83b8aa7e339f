"""A named implication over the reals: one obligation of a proof, and how its certificate is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.functions import definedness
from verify.kernel.implication import Solve, check_implication

#: From the strongest to the weakest; a proof has the weakest grade of its obligations.
GRADE_ORDER = ("coq", "kernel", "two solvers", "one solver")


@dataclass(frozen=True)
class Implication:
    """``hypotheses => conclusion``, with lemmas that are proved first and then used.

    Attributes:
        name: what it is an obligation for, in plain words.
    """

    name: str
    hypotheses: tuple[Boolean, ...]
    conclusion: Boolean
    lemmas: tuple[Boolean, ...] = ()

    def check(self, certificate: Any, solve: Solve | None = None) -> str:
        """Accept a certificate of the implication; returns its grade.

        Raises:
            CertificateError: the certificate is malformed, or proves something else.
        """
        try:
            return check_implication(self.hypotheses, self.conclusion, certificate, self.lemmas, solve)
        except CertificateError as reason:
            raise CertificateError(f"{self.name}: {reason}") from reason

    def treated(
        self, certificate: Mapping[str, Any]
    ) -> Iterator[tuple[tuple[Boolean, ...], Boolean, Mapping[str, Any]]]:
        """For the reader: each goal inside an accepted certificate as ``(formulas used, conclusion, its proof)``."""
        known = list(self.hypotheses)
        parts = [*certificate["lemmas"], certificate["proof"]]
        for statement, part in zip((*self.lemmas, self.conclusion), parts, strict=True):
            here = list(known)
            conditions = definedness(statement)
            for goal, proof in zip((*conditions, statement), (*part["defined"], part["goal"]), strict=True):
                using = proof.get("using", range(len(here)))
                yield tuple(here[place] for place in using), goal, proof
                here.append(goal)
            known.append(statement)


def weakest(grades: Sequence[str]) -> str:
    """The weakest of some grades; ``kernel`` for none."""
    return max(grades, key=GRADE_ORDER.index, default="kernel")
