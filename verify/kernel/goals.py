"""Certificates of implications over the reals, and their check: leaves by product certificates, or by solvers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.positivity import check_products
from verify.kernel.sequent import Leaf, definedness, leaves

#: From the strongest to the weakest; an implication has the weakest grade of its leaves.
GRADE_ORDER = ("kernel", "two solvers", "one solver")

#: Asks a solver of that name whether a leaf is empty, with the limits that the certificate names.
Solve = Callable[[str, Leaf, dict[str, Any]], bool]


@dataclass(frozen=True)
class Implication:
    """``hypotheses => conclusion``, with lemmas that may be proved and used on the way.

    Attributes:
        name: what it is an obligation for, in plain words.
        defined: whether the conclusion's having a value is part of what is to be proved.
    """

    name: str
    hypotheses: tuple[Boolean, ...]
    conclusion: Boolean
    lemmas: tuple[Boolean, ...] = ()
    defined: bool = True

    def goals(self) -> list[tuple[tuple[Boolean, ...], Boolean]]:
        """What has to be proved, in order: each lemma, each condition of having a value, the conclusion."""
        known = self.hypotheses
        found: list[tuple[tuple[Boolean, ...], Boolean]] = []
        conditions: list[Boolean] = []
        for lemma in self.lemmas:
            found += [(known, condition) for condition in definedness(lemma)]
            found.append((known, lemma))
            known = (*known, lemma)
        if self.defined:
            conditions = definedness(self.conclusion)
            found += [(known, condition) for condition in conditions]
        found.append((known, self.conclusion))
        return found


def weakest(grades: Sequence[str]) -> str:
    """The weakest of some grades; ``kernel`` for none."""
    return max(grades, key=GRADE_ORDER.index, default="kernel")


def check_implication(implication: Implication, certificate: Any, solve: Solve | None = None) -> str:
    """Accept a certificate of an implication; returns its grade.

    Args:
        solve: re-runs a solver; without it, certificates that rest on solvers are rejected.

    Raises:
        CertificateError: the certificate is malformed, or proves something else.
    """
    if not isinstance(certificate, dict) or not isinstance(certificate.get("goals"), list):
        raise CertificateError(f"{implication.name}: the certificate lacks its goals")
    goals = implication.goals()
    proofs = certificate["goals"]
    if len(proofs) != len(goals):
        raise CertificateError(f"{implication.name}: {len(goals)} goals, but {len(proofs)} proofs")
    return weakest([_check_goal(implication.name, goal, proof, solve) for goal, proof in zip(goals, proofs, strict=True)])


def _check_goal(name: str, goal: tuple[tuple[Boolean, ...], Boolean], proof: Any, solve: Solve | None) -> str:
    if proof == {"kind": "identity"}:
        if not is_identity(goal[1]):
            raise CertificateError(f"{name}: {goal[1]} is no identity")
        return "kernel"
    if not isinstance(proof, dict) or not isinstance(proof.get("leaves"), list):
        raise CertificateError(f"{name}: a proof lacks its leaves")
    found = leaves(*goal)
    if len(found) != len(proof["leaves"]):
        raise CertificateError(f"{name}: {len(found)} cases, but {len(proof['leaves'])} are treated")
    return weakest([_check_leaf(name, leaf, entry, solve) for leaf, entry in zip(found, proof["leaves"], strict=True)])


def _check_leaf(name: str, leaf: Leaf, entry: Any, solve: Solve | None) -> str:
    if not isinstance(entry, dict):
        raise CertificateError(f"{name}: a case is treated by {entry!r}")
    if entry.get("kind") == "products":
        check_products(leaf, entry)
        return "kernel"
    if entry.get("kind") == "unsat":
        solvers, limits = entry.get("solvers"), entry.get("limits", {})
        known = ("z3", "cvc5")
        if not isinstance(solvers, list) or not solvers or any(solver not in known for solver in solvers):
            raise CertificateError(f"{name}: the solvers {solvers!r} are not z3 or cvc5")
        if len(set(solvers)) != len(solvers) or not isinstance(limits, dict):
            raise CertificateError(f"{name}: a case names a solver twice, or no limits")
        if solve is None:
            raise CertificateError(f"{name}: a case rests on {' and '.join(solvers)}, which may not be asked here")
        for solver in solvers:
            if not solve(solver, leaf, limits):
                raise CertificateError(f"{name}: {solver} does not confirm a case")
        return "two solvers" if len(solvers) == 2 else "one solver"
    raise CertificateError(f"{name}: a case is treated by the unknown kind {entry.get('kind')!r}")


def is_identity(conclusion: Boolean) -> bool:
    """Whether an equality holds by expanding both sides (where they have values)."""
    if not isinstance(conclusion, sp.Eq):
        return False
    left, right = conclusion.args
    return bool(sp.expand(left - right) == 0 or sp.cancel(sp.together(left - right)) == 0)
