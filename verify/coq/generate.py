"""From a claim's certificate to a Coq file: one theorem for each obligation, proved as the certificate says."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sympy.logic.boolalg import Boolean

from verify.coq.goals import Goal
from verify.coq.text import Names, Printer, comment, implied, symbols_of
from verify.coq.trajectories import induction
from verify.errors import CertificateError
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.obligations import obligations
from verify.kernel.powers import number, powers
from verify.statement.claim import Claim

#: What a method of proof adds to its obligations; the other methods add nothing.
CONCLUDED = {
    "induction": "the start meets the invariant and a step keeps it, so every state of the trajectory meets it "
    "(induction on t), and with it the conclusion.",
    "phases": "in every situation of t and the hitting times the invariant holds at the start and is kept by a step, "
    "so it holds at every t (induction on t), and with it the conclusion.",
    "stopping": "the start meets the invariant and a step keeps it as long as the condition holds, so every state "
    "up to which it has held meets it (induction on t), and with it the conclusion.",
    "growth": "a coordinate that is never 0 and grows by a constant factor above 1 in each step diverges "
    "exponentially.",
    "decay": "the invariant and what is kept hold of every state from the one in question on; a rank that is never "
    "negative falls by a fixed amount in each step that begins outside of the radius, so that there are finitely many, "
    "and every other step multiplies the size by at most a factor below 1.",
    "spectral": "what holds at an arbitrary eigenvalue holds along every eigenvector, and these are a basis.",
    "exhibit": "the named loss is of the class, and starts without a component along the expanded eigenvector form a "
    "null set.",
    "limit": "the expression equals one that is continuous at the limit point, so the limit is its value there.",
}

#: What the hypotheses of the other methods may say of a time that a power defines.
LARGEST_POWER = (
    "A time[...] is the largest t with base^t >= level, by Bernoulli's inequality between the bounds that the "
    "hypotheses give; this is not shown here."
)

#: What the hypotheses say of real powers, where these stand as numbers.
REAL_POWERS = (
    "A real_power[...] is z^e where z > 0, and any number elsewhere; that what the hypotheses say of it holds of real "
    "powers is not shown here."
)

#: A file of more characters than this is refused.
LONGEST_FILE = 20_000_000


@cache
def prelude() -> str:
    """The definitions and lemmas that every file begins with."""
    return (Path(__file__).parent / "prelude.v").read_text()


def coq_file(claim: Claim, certificate: Mapping[str, Any]) -> str:
    """The Coq file of an accepted certificate that proves its claim.

    Raises:
        CertificateError: something in it is not expressed in Coq; the reason says what.
    """
    names = Names()
    body: list[str] = []
    proved: dict[Hashable, str] = {}
    for place, entry in enumerate(certificate["evidence"], start=1):
        if entry.get("kind") != "proof":
            raise CertificateError(f"evidence of the kind {entry.get('kind')!r} is no proof")
        body += evidence_lines(claim, entry, names, f"e{place}", proved)
        if sum(map(len, body)) > LONGEST_FILE:
            raise CertificateError(f"its Coq file has more than {LONGEST_FILE} characters")
    table = [comment(f"{identifier} is {name}") for name, identifier in names.table()]
    head = [comment(f"{claim.id}: {claim.title}"), comment(f"statement {claim.fingerprint}")]
    return "\n".join([*head, "", prelude(), *table, "", *body, ""])


def evidence_lines(
    claim: Claim, entry: Mapping[str, Any], names: Names, label: str, proved: dict[Hashable, str]
) -> list[str]:
    """The theorems of one piece of evidence, with what the kernel concludes from them as a comment."""
    method = entry["method"]
    where = " ".join(str(entry[key]) for key in ("reading", "part") if entry.get(key))
    lines = [comment(f"by {method} {where}")]
    needed = obligations(claim, entry["reading"], entry["part"], method, entry.get("squares"))
    advised = claim.advised(entry["part"])
    hides_powers = bool(advised.hints.real_powers)
    # a number in place of a power does not tell how it moves along a trajectory
    inductive = method == "induction" and not hides_powers
    whole = induction(advised, needed, names, label) if inductive else None
    if method in CONCLUDED and whole is None:
        lines.append(
            comment(f"From the obligations below the toolkit's kernel, not this file, concludes: {CONCLUDED[method]}")
        )
    if (method not in CONCLUDED or method == "stopping") and speaks_of_power(claim, needed):
        lines.append(comment(LARGEST_POWER))
    if hides_powers:
        lines.append(comment(REAL_POWERS))
    goals = zip(needed, entry["obligations"], strict=True)
    return [*lines, "", *theorems(list(goals), names, label, proved), *(whole or [])]


def speaks_of_power(claim: Claim, needed: Sequence[Implication]) -> bool:
    """Whether obligations speak of a time that a power defines, as a number."""
    times = {number(symbol) for symbol in powers(claim)}
    return any(times & formula.free_symbols for goal in needed for formula in (*goal.hypotheses, goal.conclusion))


def theorems(
    goals: Sequence[tuple[Implication, Mapping[str, Any]]],
    names: Names,
    label: str,
    proved: dict[Hashable, str] | None = None,
) -> list[str]:
    """A theorem ``obligation_LABEL_n`` for each implication and its certificate.

    Args:
        proved: the lemmas that the file has so far, by ``Goal.key``, and the obligations, without their names; those
            that are written here are added.

    Raises:
        CertificateError: something in a certificate is not expressed in Coq.
    """
    lines: list[str] = []
    proved = {} if proved is None else proved
    for place, (goal, certificate) in enumerate(goals, start=1):
        lines += _Theorem(f"{label}_{place}", names, proved).lines(goal, certificate)
    return lines


class _Theorem:
    """The theorem of one obligation."""

    def __init__(self, label: str, names: Names, proved: dict[Hashable, str]) -> None:
        self.label, self.names, self.proved, self.printer = label, names, proved, Printer(names)

    def lines(self, goal: Implication, certificate: Mapping[str, Any]) -> list[str]:
        """The theorem of one obligation, after those of its lemmas and its own parts; what recurs is shown once."""
        own = f"obligation_{self.label}"
        shown = self.proved.setdefault(replace(goal, name=""), own)
        if shown != own:
            return [comment(f"obligation: {goal.name}"), f"Definition {own} := {shown}.", ""]
        known: list[Boolean] = list(goal.hypotheses)
        names = [f"H{place}" for place in range(len(known))]
        lines: list[str] = [comment(goal.name)]
        steps: list[str] = []
        parts = [*certificate["lemmas"], certificate["proof"]]
        count = 0
        last = ""
        for statement, part in zip((*goal.lemmas, goal.conclusion), parts, strict=True):
            conditions = definedness(statement)
            here, here_names = list(known), list(names)
            for one, proof in zip((*conditions, statement), (*part["defined"], part["goal"]), strict=True):
                count += 1
                if one in here:
                    last = here_names[here.index(one)]
                else:
                    inner = Goal(f"goal_{self.label}_{count}", here, one, proof, self.printer)
                    lemma = self.proved.setdefault(inner.key(), inner.name)
                    lines += inner.lines() if lemma == inner.name else []
                    last = f"G{count}"
                    used = [here_names[place] for place in inner.uses]
                    symbols = " ".join(map(self.names, inner.symbols))
                    steps.append(f"pose proof ({lemma} {symbols} {' '.join(used)}) as {last}.")
                here.append(one)
                here_names.append(last)
            known.append(statement)
            names.append(last)
        variables = symbols_of([*goal.hypotheses, *goal.lemmas, goal.conclusion])
        assumed = [self.printer.formula(one) for one in goal.hypotheses]
        stated = implied(self.printer, variables, assumed, self.printer.formula(goal.conclusion))
        intro = " ".join([*map(self.names, variables), *names[: len(goal.hypotheses)]])
        return [
            *lines,
            comment(f"obligation: {goal.name}"),
            f"Theorem {own} : {stated}.",
            f"Proof. intros{' ' + intro if intro else ''}.",
            *[f"  {step}" for step in steps],
            f"  exact {last}.",
            "Qed.",
            "",
        ]
