"""Plants errors by rule in every true claim and looks for an exact point at which each mutant is false.

    python -m tests.quality.planting [--within SECONDS] [--again]

writes ``mutants.json`` beside this file: every mutant of every proved claim, none left out, with a witness where one
was found.  A mutant that has one keeps it while it is one.  The witnesses come from random points, from solvers, and
from searches with another seed (with ``--again``: and many more points) than the search whose power they measure.
"""

from __future__ import annotations

import argparse
import signal
import time as clock
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.calibration.calibration import CALIBRATION
from verify.benchmark.mutants import mutants_of
from verify.benchmark.planted import (
    MUTANTS_FILE,
    KnownWitness,
    Planted,
    encoded_planted,
    known_to_be_false,
    read_planted,
    refutes,
)
from verify.collect import collect
from verify.errors import VerifyError
from verify.kernel.evaluation import parameter_names
from verify.kernel.obligations import obligations
from verify.ledger import DEFAULT_LEDGER, read_ledger, write_atomically
from verify.proof.smt import Limits, solver_models
from verify.search.budget import Budget
from verify.search.run import search
from verify.search.sample import sample
from verify.statement.claim import Claim

ROOT = Path(__file__).resolve().parents[2]
#: The seed is none that a measurement uses.
SEED = 101
FIRST = Budget("planting", 11, 24, 100, 2, 640, 6, 100_000, 512)
PATIENT = Budget("planting again", 14, 64, 400, 8, 4096, 8, 400_000, 1024)
#: Seconds of work that a source gets for a mutant.
PATIENCE = 6.0
Point = tuple[dict[str, Fraction], str | None]


def true_claims() -> Iterator[tuple[str, Claim]]:
    """Every claim that is known to be true, by package: recorded as proved, or so in the calibration table."""
    for claim, truth in CALIBRATION:
        if truth == "proved":
            yield "tests/calibration/calibration.py", claim
    recorded = read_ledger(ROOT / DEFAULT_LEDGER).claims
    for package in collect((), ROOT).packages:
        proved = [one for one in package.claims if one.id in recorded and recorded[one.id].verdict == "proved"]
        for claim in sorted(proved, key=lambda one: one.is_trajectory):  # what is slow to run comes last
            yield str(package.path.relative_to(ROOT)), claim


def random_points(mutant: Claim, budget: Budget) -> Iterator[Point]:
    """What Hypothesis alone meets."""
    violation, _ = sample(mutant.instance, "", budget, SEED)
    if violation is not None:
        yield violation["values"], violation["loss"]


def solvers(mutant: Claim, budget: Budget) -> Iterator[Point]:
    """The models that solvers give of the negation, for claims without a loss."""
    if mutant.loss_class is not None:
        return
    limits = Limits(seconds=10 if budget is PATIENT else 2)
    names = parameter_names(mutant, None)
    for part in mutant.conclusions[""]:
        for goal in obligations(mutant, "", part, "implication"):
            for model in solver_models(goal.hypotheses, goal.conclusion, limits):
                values = {symbol.name: value for symbol, value in model.items()}
                yield {name: values.get(name, Fraction(0)) for name in names}, None


def other_searches(mutant: Claim, budget: Budget) -> Iterator[Point]:
    """A search with another seed."""
    found = search(mutant.instance, "", budget, SEED)
    for certified in [*found.undefined.values(), *(one for part in found.violated.values() for one in part)]:
        yield dict(certified.point.values), certified.point.loss


SOURCES = {"random points": random_points, "solver": solvers, "another search": other_searches}


def witness_of(mutant: Claim, budget: Budget) -> KnownWitness | None:
    """A point at which the mutant is certainly false (or without a value), and what found it."""
    for source, points in SOURCES.items():
        signal.setitimer(signal.ITIMER_PROF, PATIENCE * (10 if budget is PATIENT else 1))
        try:
            for values, loss in points(mutant, budget):
                if refutes(mutant, values, loss):
                    return KnownWitness({name: str(value) for name, value in values.items()}, loss, source)
        except (VerifyError, TypeError, ValueError, NotImplementedError, ArithmeticError):
            continue  # this source does not know what to make of such a claim
        except _GivenUp:
            continue
        except IndexError:  # Hypothesis, when it is interrupted while it takes down what it has drawn
            continue
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return None


class _GivenUp(BaseException):
    """A source has had its time; no Exception, so that nothing on the way takes it for its own."""


def _give_up(*_: object) -> None:
    raise _GivenUp


def main() -> None:
    """Write the file anew, a claim at a time; a run that was stopped continues."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--within", type=float, default=float("inf"), help="seconds after which no new one is begun")
    parser.add_argument("--again", action="store_true", help="look again where no witness was found")
    arguments = parser.parse_args()
    path = ROOT / MUTANTS_FILE
    known: dict[Any, Planted] = {entry.key: entry for entry in read_planted(path)} if path.exists() else {}
    entries: list[Planted] = []
    begun = clock.monotonic()
    signal.signal(signal.SIGPROF, _give_up)
    for package, claim in true_claims():
        for mutant in mutants_of(claim):
            before = known.pop((package, mutant.of, mutant.rule), None)
            witness = before.witness if before is not None else None
            if witness is not None and not known_to_be_false(mutant.claim, witness):
                witness = None
            looked = before is not None and before.looked and not arguments.again
            if witness is None and not looked and clock.monotonic() - begun < arguments.within:
                witness, looked = witness_of(mutant.claim, PATIENT if arguments.again else FIRST), True
            entries.append(
                Planted(
                    package=package, of=mutant.of, rule=mutant.rule, looked=looked or bool(witness), witness=witness
                )
            )
        write_atomically(path, encoded_planted([*entries, *known.values()]))
        print(
            f"{claim.id}: {sum(e.witness is not None for e in entries)} of {len(entries)} known to be false", flush=True
        )
    write_atomically(path, encoded_planted(entries))


if __name__ == "__main__":
    main()
