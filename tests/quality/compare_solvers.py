"""z3 alone and cvc5 alone on the algebraic obligations of the paper, beside the exact checker.

``python -m tests.quality.compare_solvers [--seconds N] [--every N] [--json]`` takes the obligations of every recorded
proof, and those by which an open statement would be proved, and prints how many each settles, and in what time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claims.sam_normalization import CLAIMS
from verify.errors import CertificateError
from verify.kernel.goals import Implication
from verify.kernel.implication import require_algebraic
from verify.kernel.obligations import obligations
from verify.ledger import read_ledger, recorded_certificate
from verify.proof.smt import Limits, ask
from verify.proof.strategy import methods_for
from verify.statement.claim import Claim

LEDGER = Path(__file__).parents[2] / "reports" / "ledger.json"
SOLVERS = ("z3", "cvc5")


@dataclass
class Tally:
    """How many obligations one of them settles, and the seconds that it takes."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def proved_obligations() -> Iterator[tuple[Claim, Implication, Any]]:
    """The obligations of every recorded proof, each with its certificate."""
    ledger = read_ledger(LEDGER)
    for claim in CLAIMS:
        entry = ledger.claims.get(claim.id)
        certificate = recorded_certificate(LEDGER, entry) if entry is not None else None
        for piece in (certificate or {}).get("evidence", []):
            if piece["kind"] == "proof":
                needed = obligations(claim, piece["reading"], piece["part"], piece["method"])
                yield from ((claim, goal, proof) for goal, proof in zip(needed, piece["obligations"], strict=True))


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
                        require_algebraic([f for goal in needed for f in (*goal.hypotheses, goal.conclusion)])
                    except CertificateError:
                        continue
                    yield from ((claim, goal, None) for goal in needed)
                    break


def compare(goals: list[tuple[Claim, Implication, Any]], seconds: int) -> dict[str, Tally]:
    """Give each different obligation to the checker (where there is a certificate), to z3 and to cvc5."""
    tallies = {name: Tally() for name in ("kernel", *SOLVERS)}
    seen: set[tuple[Any, ...]] = set()
    for _, goal, proof in goals:
        key = (goal.hypotheses, goal.conclusion)
        if key in seen:
            continue
        seen.add(key)
        started = time.perf_counter()
        tallies["kernel"].answers[_checked(goal, proof)] += 1
        tallies["kernel"].seconds += time.perf_counter() - started
        for solver in SOLVERS:
            started = time.perf_counter()
            (answer,) = ask(goal.hypotheses, goal.conclusion, Limits(10_000_000, 2048, seconds), [solver])
            tallies[solver].answers[answer.status] += 1
            tallies[solver].seconds += time.perf_counter() - started
    return tallies


def _checked(goal: Implication, proof: Any) -> str:
    if proof is None:
        return "no certificate"
    try:
        return goal.check(proof)
    except CertificateError:
        return "needs a solver"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="after which a solver is stopped")
    parser.add_argument("--every", type=int, default=1, help="take one obligation in so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    answer: dict[str, Any] = {}
    for name, goals in (("proved", proved_obligations()), ("open", open_obligations())):
        chosen = list(goals)[:: options.every]
        tallies = compare(chosen, options.seconds)
        answer[name] = {who: {**tally.answers, "seconds": round(tally.seconds, 1)} for who, tally in tallies.items()}
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
