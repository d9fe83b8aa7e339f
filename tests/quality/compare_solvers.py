"""z3 alone and cvc5 alone on the algebraic obligations of the paper, beside the exact checker.

``python -m tests.quality.compare_solvers [--seconds N] [--every N] [--resume FILE] [--json]`` takes the obligations of
every recorded proof, and those by which an open statement would be proved, and prints how many each settles, and in
what time.  With ``--resume`` each answer is added to a file as a line of JSON, and what stands there is not asked
again: a run that was stopped continues.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sympy as sp

from claims.sam_normalization import CLAIMS
from verify.errors import CertificateError
from verify.kernel.algebraic import require_algebraic
from verify.kernel.goals import Implication
from verify.kernel.obligations import obligations
from verify.ledger import read_ledger, recorded_certificate
from verify.proof.smt import Limits, ask
from verify.proof.strategy import methods_for
from verify.statement.claim import Claim

LEDGER = Path(__file__).parents[2] / "reports" / "ledger.json"
SOLVERS = ("z3", "cvc5")


@dataclass(frozen=True)
class Answer:
    """What one of them says of an obligation, and the seconds that it takes."""

    key: str
    who: str
    says: str
    seconds: float


def proved_obligations() -> Iterator[tuple[Claim, Implication, Any]]:
    """The obligations of every recorded proof, each with its certificate."""
    ledger = read_ledger(LEDGER)
    for claim in CLAIMS:
        entry = ledger.claims.get(claim.id)
        certificate = recorded_certificate(LEDGER, entry) if entry is not None else None
        for piece in (certificate or {}).get("evidence", []):
            if piece["kind"] == "proof":
                needed, proofs = (
                    obligations(claim, piece["reading"], piece["part"], piece["method"], piece.get("squares")),
                    piece["obligations"],
                )
                if len(needed) != len(proofs):  # the author's hints have changed since
                    proofs = [None] * len(needed)
                yield from (
                    (claim, goal, proof) for goal, proof in zip(needed, proofs, strict=True) if _algebraic(goal)
                )


def open_obligations() -> Iterator[tuple[Claim, Implication, Any]]:
    """The obligations of the first method that applies to each part of a statement that is recorded as open."""
    ledger = read_ledger(LEDGER)
    for claim in CLAIMS:
        entry = ledger.claims.get(claim.id)
        if entry is None or entry.verdict not in ("supported", "undecided"):
            continue
        for reading, parts in claim.conclusions.items():
            for part, formula in parts.items():
                for method in methods_for(claim.advised(part), formula):
                    try:
                        needed = obligations(claim, reading, part, method)
                    except CertificateError:
                        continue
                    if not all(map(_algebraic, needed)):
                        continue
                    yield from ((claim, goal, None) for goal in needed)
                    break


def _algebraic(goal: Implication) -> bool:
    try:
        require_algebraic([*goal.hypotheses, goal.conclusion])
    except CertificateError:
        return False
    return True


def compare(goals: Iterable[tuple[Claim, Implication, Any]], seconds: int, record: Path | None) -> list[Answer]:
    """Give each different obligation to the checker (where there is a certificate), to z3 and to cvc5.

    Args:
        record: a file of earlier answers, to which the new ones are added; only answers with the same limit count.
    """
    known = {(one.key, one.who): one for one in _recorded(record)}
    answers: dict[tuple[str, str], Answer] = {}
    for _, goal, proof in goals:
        key = _key(goal, seconds)
        for who in ("kernel", *SOLVERS):
            if (key, who) in answers:
                continue
            answer = known.get((key, who))
            if answer is None:
                started = time.perf_counter()
                says = _checked(goal, proof) if who == "kernel" else _asked(goal, who, seconds)
                answer = Answer(key, who, says, round(time.perf_counter() - started, 3))
                if record is not None:
                    with record.open("a") as file:
                        file.write("\n" + json.dumps(asdict(answer)))  # the line before may have been cut off
            answers[key, who] = answer
    return list(answers.values())


def _recorded(record: Path | None) -> list[Answer]:
    """The answers in a file; the last line may have been cut off."""
    found = []
    for line in record.read_text().splitlines() if record is not None and record.exists() else ():
        with contextlib.suppress(json.JSONDecodeError):
            found.append(Answer(**json.loads(line)))
    return found


def _key(goal: Implication, seconds: int) -> str:
    """What is asked: the same goal with the same limit."""
    text = sp.srepr((seconds, *goal.hypotheses, "=>", goal.conclusion))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _asked(goal: Implication, solver: str, seconds: int) -> str:
    (answer,) = ask(goal.hypotheses, goal.conclusion, Limits(10_000_000, 2048, seconds), [solver])
    return answer.status


def _checked(goal: Implication, proof: Any) -> str:
    if proof is None:
        return "no certificate"
    try:
        return goal.check(proof)
    except CertificateError:
        return "needs a solver"


def tallied(answers: Sequence[Answer]) -> dict[str, dict[str, Any]]:
    """For each of them how many obligations it settles in which way, and the seconds that it took in all."""
    rows: dict[str, dict[str, Any]] = {}
    for who in ("kernel", *SOLVERS):
        mine = [one for one in answers if one.who == who]
        rows[who] = {**Counter(one.says for one in mine), "seconds": round(sum(one.seconds for one in mine), 1)}
    return rows


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="after which a solver is stopped")
    parser.add_argument("--every", type=int, default=1, help="take one obligation in so many")
    parser.add_argument("--resume", type=Path, help="the file of answers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    answer: dict[str, Any] = {}
    for name, goals in (("proved", proved_obligations()), ("open", open_obligations())):
        chosen = islice(goals, 0, None, options.every)
        answer[name] = tallied(compare(chosen, options.seconds, options.resume))
    if options.json:
        print(json.dumps(answer, indent=1))
        return
    for name, rows in answer.items():
        print(f"obligations of {name} statements")
        for who, row in rows.items():
            seconds = row.pop("seconds")
            print(f"  {who:8} {', '.join(f'{count} {what}' for what, count in sorted(row.items()))}; {seconds} s")


if __name__ == "__main__":
    main()
