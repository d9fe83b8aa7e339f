"""One run of ``verify check``: what is recorded is replayed, the rest decided, and both compared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from verify.collect import collect, project_root
from verify.coq.record import read_record
from verify.errors import InputError
from verify.ledger import Ledger, UnfinishedRun, encoded, recorded_certificate, with_results, write_ledger
from verify.result import Certificate, Result, Searched
from verify.statement.claim import Claim
from verify.workers import BACKSTOP_SECONDS, Ending, Order, Task, run_all

#: Verdicts that a claim without a record fails with.
BAD_NEWS = ("refuted", "ill-posed", "vacuous")


def decide(claim: Claim, data: bytes, progress: Callable[[str], None], *, budget: str, seed: int) -> bytes:
    """The work of a worker: decide a claim, given its recorded certificate (or null) and its address as JSON."""
    from verify.decide import check

    known, address = msgspec.json.decode(data)
    result = check(claim, budget=budget, seed=seed, known=known, progress=progress, address=address)
    return msgspec.json.encode(result, order="deterministic")


class Check:
    """A run over the selected claims.

    Attributes:
        claims: what is decided, in order (an experiment has an outcome, never a verdict).
        results: by id, as far as the run has got.
        run: the work folder from which the same command continues.

    Raises:
        InputError: nothing to decide is selected, or a recorded certificate is damaged.
    """

    def __init__(
        self, selects: tuple[str, ...], place: Path, recorded: Ledger, *, budget: str, seed: int, fresh: bool
    ) -> None:
        self.selects, self.place, self.recorded, self.fresh = selects, place, recorded, fresh
        self.selection = collect(selects)
        self.claims = [claim for claim in self.selection.claims if claim.kind != "experiment"]
        if not self.claims:
            raise InputError("only experiments are selected: they have an outcome, no verdict to check")
        self.budget, self.seed = budget, seed
        self.known: dict[str, Certificate] = {} if fresh else self._certificates()
        self.results: dict[str, Result] = {}
        #: The claims whose worker came to no result, with the reason.
        self.stopped: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        arguments = {
            "command": "check",
            "select": list(selects),
            "budget": budget,
            "seed": seed,
            "fresh": fresh,
            "ledger": str(place),
        }
        state = self.selection.digest + hashlib.sha256(encoded(self.known)).hexdigest()
        self.coq = read_record(place)
        self.run = UnfinishedRun(project_root(), arguments, state)

    def _certificates(self) -> dict[str, Certificate]:
        known = {}
        for claim in self.claims:
            entry = self.recorded.claims.get(claim.id)
            certificate = recorded_certificate(self.place, entry) if entry is not None else None
            if certificate is not None:
                known[claim.id] = certificate
        return known

    def decide(
        self,
        jobs: int,
        finished: Callable[[Claim, Result], None],
        progress: Callable[[Claim | None, str], None],
    ) -> None:
        """Decide every claim that an interrupted run has not decided yet; fills ``results``.

        Raises:
            Contradiction: a proof and a witness of the same thing.
        """
        self.run.start()
        waiting = []
        for claim in self.claims:
            result = self.run.result(claim)
            if result is None:
                waiting.append(claim)
            else:
                self.results[claim.id] = result
                finished(claim, result)

        def keep(number: int, ending: Ending, text: str) -> None:
            claim = waiting[number]
            result = self._with_recorded_search(self._result(claim, ending, text))
            self.results[claim.id] = result
            if ending == "result":
                self.run.keep(claim, result)
            else:
                (self.stopped if ending == "stopped" else self.failed)[claim.id] = "; ".join(result.notes)
            finished(claim, result)

        work = partial(decide, budget=self.budget, seed=self.seed)
        order = Order(self.selects, Path.cwd(), work, ("verify.decide",), BACKSTOP_SECONDS[self.budget])
        given = [(self.known.get(claim.id), self.selection.address(claim)) for claim in waiting]
        tasks = [Task(claim, msgspec.json.encode(data)) for claim, data in zip(waiting, given, strict=True)]
        run_all(order, tasks, jobs, keep, progress)

    def _result(self, claim: Claim, ending: Ending, text: str) -> Result:
        if ending == "result":
            return msgspec.json.decode(text, type=Result)
        searched = Searched(budget=self.budget, seed=self.seed, points=0)
        return Result(id=claim.id, verdict="undecided", searched=searched, notes=[f"not decided: {text}"])

    def _with_recorded_search(self, result: Result) -> Result:
        """A certificate that was only replayed keeps the record of how it was found, and that Coq accepted it."""
        if result.verdict == "proved":
            grade = self.coq.grade(result.id, result.certificate, result.grade)
            result = msgspec.structs.replace(result, grade=grade)
        entry = self.recorded.claims.get(result.id)
        known = self.known.get(result.id)
        if entry is None or known is None or result.certificate != known or result.verdict != entry.verdict:
            return result
        return msgspec.structs.replace(result, searched=entry.searched, tried=entry.tried)

    # --- what came out ----------------------------------------------------------------------------------------------

    def failures(self, *, record: bool) -> dict[str, str]:
        """Why a claim fails, by id: a changed verdict, bad news that is not on record, a fault of the toolkit.

        What is recorded by this very run does not fail for being new.
        """
        found: dict[str, str] = {}
        for claim in self.claims:
            result, entry = self.results[claim.id], self.recorded.claims.get(claim.id)
            reason = self.failed.get(claim.id) or self.stopped.get(claim.id)
            if reason is not None and entry is not None and entry.verdict != result.verdict:
                found[claim.id] = f"{reason}; what is recorded stays ({entry.verdict})"
            elif claim.id in self.failed:
                found[claim.id] = f"{reason}; nothing is recorded of it"
            elif record:
                continue
            elif entry is not None and entry.verdict != result.verdict:
                found[claim.id] = f"recorded as {entry.verdict}, now {result.verdict}"
            elif entry is None and result.verdict in BAD_NEWS:
                found[claim.id] = f"{result.verdict}, and nothing is recorded; 'verify check --record' records it"
        return found

    def selected_ledger(self) -> Ledger:
        """The results of this run in the shape of the ledger."""
        whole = with_results(self.recorded, self.results, self.selection.universe)
        return Ledger(claims={claim.id: whole.claims[claim.id] for claim in sorted(self.claims, key=lambda c: c.id)})

    def record(self) -> None:
        """Write the results to the ledger; a run over all claims also drops what is no claim any more.

        Raises:
            InputError: it could not be written; the old files are intact.
        """
        kept = {
            name: result
            for name, result in self.results.items()
            if name not in self.failed and (name not in self.stopped or name not in self.recorded.claims)
        }
        universe = self.selection.universe
        ledger = with_results(self.recorded, kept, universe, only_these=not self.selects)
        certificates: dict[str, Certificate | None] = {name: result.certificate for name, result in kept.items()}
        certificates |= {name: None for name in self.recorded.claims if name not in ledger.claims}
        write_ledger(self.place, ledger, certificates)
