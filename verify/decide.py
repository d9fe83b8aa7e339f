"""One claim: search and proof, then the kernel, then a verdict."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from verify.errors import CertificateError, Contradiction
from verify.kernel.check import SCHEMA, Accepted, Settled, check_evidence, combine_parts, combine_readings
from verify.kernel.counterexample import counterexample_text
from verify.kernel.evaluation import parameter_names
from verify.kernel.families import family_text
from verify.kernel.goals import weakest
from verify.proof.smt import solve
from verify.proof.strategy import WORK, prove_part, prove_vacuous, refute_by_counterexample, refute_growth
from verify.result import Result, Searched, Verdict, Witness, Witnesses
from verify.search.budget import Budget, budget_named
from verify.search.certify import Certified
from verify.search.models import certify_models
from verify.search.run import Found, assumptions_met, probe, search
from verify.search.sketched import certify_sketches
from verify.statement.claim import Claim
from verify.statement.formula import decided_by_eigenvalues, speaks_of_a_point
from verify.statement.loss_text import member_of

Progress = Callable[[str], None]


def check(
    claim: Claim,
    *,
    budget: str = "standard",
    seed: int = 0,
    known: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    address: str | None = None,
) -> Result:
    """Decide a claim.

    Args:
        budget: ``quick``, ``standard`` or ``deep``: how much work may be spent.
        seed: of the search; the same claim, budget and seed give the same result.
        known: a certificate from before; what it establishes is not searched again.
        progress: told in a few words what is being done.
        address: what names the claim in the commands of its witnesses; its id if None.

    Raises:
        Contradiction: a part has both a proof and a witness: a bug of the toolkit.
        InputError: the budget is unknown.
    """
    work = _Decision(claim, budget_named(budget), seed, progress or (lambda _: None), address or claim.id)
    return work.result(known)


class _Decision:
    def __init__(self, claim: Claim, budget: Budget, seed: int, progress: Progress, address: str) -> None:
        self.claim, self.budget, self.seed, self.progress, self.address = claim, budget, seed, progress, address
        self.work = WORK[budget.name]
        self.evidence: list[dict[str, Any]] = []
        self.settled: list[Settled] = []
        self.accepted: Accepted = {}
        self.tried: dict[str, None] = {}
        self.notes: list[str] = []
        self.rejected: list[str] = []
        self.points = 0
        self.worst_margin = float("inf")

    def result(self, known: Mapping[str, Any] | None) -> Result:
        """Everything that could be found out."""
        if known is not None:
            self._take(known)
        self._settle_conclusions()
        return self._summary(known)

    def _take(self, known: Mapping[str, Any]) -> None:
        """Accept what still stands of an earlier certificate, piece by piece."""
        if known.get("fingerprint") != self.claim.fingerprint or known.get("claim") != self.claim.id:
            self.rejected.append("the recorded certificate is of an earlier form of the claim")
            return
        self.progress("replaying")
        for entry in known.get("evidence", []):
            try:
                self._accept(entry)
            except CertificateError as reason:
                self.rejected.append(f"a recorded piece of evidence was rejected: {reason}")
            except (MemoryError, Contradiction):
                raise
            except Exception as reason:  # a damaged file is rejected whatever it makes the checker trip over
                what = " ".join(f"{type(reason).__name__}: {reason}".split())
                self.rejected.append(f"a recorded piece of evidence was rejected: it is malformed ({what})")

    def _accept(self, entry: dict[str, Any]) -> Settled:
        """Have the kernel check a piece of evidence, and keep it."""
        settled = check_evidence(self.claim, entry, solve, self.accepted)
        for other in self.settled:
            same = (other.reading, other.part) == (settled.reading, settled.part)
            if same and {other.verdict, settled.verdict} == {"proved", "refuted"}:
                raise Contradiction(
                    f"{self.claim.id}: {settled.part or 'the conclusion'} has both a proof and a witness "
                    f"({other.method}, {settled.method}); this is a bug of the toolkit, please report it"
                )
        self.evidence.append(entry)
        self.settled.append(settled)
        return settled

    def _has(self, reading: str, part: str, *verdicts: str) -> bool:
        return any((s.reading, s.part) == (reading, part) and s.verdict in verdicts for s in self.settled)

    def _settle_conclusions(self) -> None:
        if any(entry.verdict == "vacuous" for entry in self.settled):
            return
        for reading, parts in self.claim.conclusions.items():
            if all(self._has(reading, part, "proved", "refuted", "ill-posed") for part in parts):
                continue
            if self._prove_equalities(reading):
                continue
            found = self._search(reading)
            if self._may_be_empty(found) and self._vacuous():
                return
            for part in parts:
                self._settle_part(reading, part, found)

    def _prove_equalities(self, reading: str) -> bool:
        """Prove a conclusion that is equalities only, where points of its domain are seen, before any search."""
        parts = self.claim.conclusions[reading]
        if not self.claim.instance.parameters or not all(isinstance(formula, sp.Eq) for formula in parts.values()):
            return False
        seen = probe(self.claim.instance, reading, self.budget, self.seed)
        if not seen:
            return False
        for part in parts:
            outcome = prove_part(self.claim, reading, part, self.work)
            self.tried.update(dict.fromkeys(outcome.tried))
            if outcome.evidence is None:
                return False
            self._accept(outcome.evidence)
        self.points += seen
        return True

    def _search(self, reading: str) -> Found:
        if not self.claim.instance.parameters:
            return Found()
        self.progress("searching")
        found = search(self.claim.instance, reading, self.budget, self.seed)
        self.points += found.points
        self.worst_margin = min(self.worst_margin, found.worst_margin)
        return found

    def _may_be_empty(self, found: Found) -> bool:
        """Whether no point is known to meet the assumptions; rounding lets floats see some next to a tight place."""
        about_numbers = self.claim.loss_class is None and not self.claim.is_trajectory
        if found.points and not (about_numbers and not found.violated and not found.undefined):
            return False
        return not assumptions_met(self.claim, self.seed)

    def _vacuous(self) -> bool:
        self.progress("looking for a point of the domain")
        entry = prove_vacuous(self.claim, self.work)
        if entry is None:
            return False
        self._accept(entry)
        return True

    def _settle_part(self, reading: str, part: str, found: Found) -> None:
        for certified in found.violated.get(part, []):
            self._accept_witness(reading, certified)
        if part in found.undefined:
            self._accept_witness(reading, found.undefined[part])
        if self._has(reading, part, "refuted", "ill-posed", "proved"):
            return
        self.progress(f"proving {part}" if part else "proving")
        for attempt in (refute_growth, refute_by_counterexample, prove_part):
            outcome = attempt(self.claim, reading, part, self.work)
            self.tried.update(dict.fromkeys(outcome.tried))
            self.notes += [reason for reason in outcome.reasons if reason not in self.notes][:3]
            if outcome.evidence is not None:
                self._accept(outcome.evidence)
                return
            if outcome.models and speaks_of_a_point(self.claim.conclusions[reading][part]):
                witness = certify_models(self.claim, reading, part, outcome.models, self.budget, self.seed)
                if witness is not None:
                    self._accept_witness(reading, witness)
                    return
            if outcome.sketches:
                witness = certify_sketches(self.claim, reading, part, outcome.sketches, self.budget)
                if witness is not None:
                    self._accept_witness(reading, witness)
                    return

    def _accept_witness(self, reading: str, certified: Certified) -> None:
        entry: dict[str, Any] = {
            "kind": "witness" if certified.kind == "violated" else "undefined",
            "reading": reading,
            "part": certified.part,
            "values": {name: str(value) for name, value in certified.point.values.items()},
            "loss": certified.point.loss,
        }
        if certified.box:
            entry["box"] = {name: [str(low), str(high)] for name, (low, high) in certified.box.items()}
        if not any({**entry, "box": None} == {**other, "box": None} for other in self.evidence):
            self._accept(entry)

    # --- the summary --------------------------------------------------------------------------------------------

    def _summary(self, known: Mapping[str, Any] | None) -> Result:
        readings: dict[str, Verdict] = {}
        parts: dict[str, Verdict] = {}
        for reading, formulas in self.claim.conclusions.items():
            of_parts = {part: self._part_verdict(reading, part) for part in formulas}
            readings[reading] = combine_parts(list(of_parts.values()))
            for part, verdict in of_parts.items():
                if part:
                    parts[part] = combine_parts([parts[part], verdict]) if part in parts else verdict
        verdict = combine_readings(list(readings.values())) if readings else "undecided"
        if any(entry.verdict == "vacuous" for entry in self.settled):
            verdict = "vacuous"
        proofs = [entry.grade for entry in self.settled if entry.verdict == "proved" and entry.grade]
        searched, tried = self._searched(known), self._all_tried(known)
        return Result(
            id=self.claim.id,
            verdict=verdict,
            grade=weakest(proofs) if verdict == "proved" else None,
            readings={name: value for name, value in readings.items() if name},
            parts=parts,
            witness=self._witnesses(),
            undefined_at=self._undefined_at(),
            certificate=self._certificate(searched, tried) if self.evidence else None,
            searched=searched,
            tried=tried,
            notes=[*self.rejected, *self.notes],
            rejected=self.rejected,
        )

    def _part_verdict(self, reading: str, part: str) -> Verdict:
        settled = [s for s in self.settled if (s.reading, s.part) == (reading, part)]
        found: list[Verdict] = [s.verdict for s in settled if s.verdict != "vacuous"]
        if found:
            return combine_parts(found)
        formula = self.claim.conclusions[reading][part]
        searchable = speaks_of_a_point(formula) or decided_by_eigenvalues(formula)
        return "supported" if searchable and self.points > 0 else "undecided"

    def _searched(self, known: Mapping[str, Any] | None) -> Searched:
        recorded = (known or {}).get("searched")
        if self.points == 0 and isinstance(recorded, dict) and self.evidence:
            return Searched(**recorded)
        worst = f"{self.worst_margin:.3g}" if self.worst_margin < float("inf") else None
        return Searched(budget=self.budget.name, seed=self.seed, points=self.points, worst_margin=worst)

    def _all_tried(self, known: Mapping[str, Any] | None) -> list[str]:
        recorded = (known or {}).get("tried")
        earlier = recorded if isinstance(recorded, list) and self.evidence else []
        return list(dict.fromkeys([*earlier, *self.tried]))

    def _certificate(self, searched: Searched, tried: list[str]) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "claim": self.claim.id,
            "fingerprint": self.claim.fingerprint,
            "evidence": self.evidence,
            "searched": {
                "budget": searched.budget,
                "seed": searched.seed,
                "points": searched.points,
                "worst_margin": searched.worst_margin,
            },
            "tried": tried,
        }

    def _witnesses(self) -> Witnesses | None:
        found: list[tuple[float, Witness]] = []
        for entry, settled in zip(self.evidence, self.settled, strict=True):
            if settled.verdict == "refuted":
                relative = settled.point.parts[settled.part].relative if settled.point is not None else 0.0
                found.append((relative, self._witness(entry, settled)))
        if not found:
            return None
        simplest = min((witness for _, witness in found), key=_complexity)
        strongest = max(found, key=lambda pair: pair[0])[1]
        return Witnesses(simplest=simplest, strongest=strongest)

    def _undefined_at(self) -> Witness | None:
        found = [
            self._witness(entry, settled)
            for entry, settled in zip(self.evidence, self.settled, strict=True)
            if settled.verdict == "ill-posed"
        ]
        return min(found, key=_complexity) if found else None

    def _witness(self, entry: dict[str, Any], settled: Settled) -> Witness:
        reading, part = settled.reading or None, settled.part or None
        if settled.point is None:
            hints, place = self.claim.hints, entry["hint"]
            is_family = entry["kind"] == "family"
            text = (
                family_text(hints.families[place]) if is_family else counterexample_text(hints.counterexamples[place])
            )
            return Witness(
                part=part,
                reading=reading,
                parameters={},
                family=text,
                reachable=True,
                replay=f"verify replay {shlex.quote(self.address)}",
            )
        given: dict[str, str] = entry["values"]  # in a file they are sorted by name
        names = parameter_names(self.claim.instance, member_of(self.claim.instance, entry["loss"], given))
        values = {name: given[name] for name in names}
        at = settled.point.parts[settled.part]
        time = values.get("t")
        return Witness(
            part=part,
            reading=reading,
            parameters=values,
            loss=entry["loss"],
            state=dict(settled.point.state) or None,
            t=int(time) if time is not None else None,
            lhs=at.lhs,
            rhs=at.rhs,
            violation=at.margin.removeprefix("-") if at.margin and settled.verdict == "refuted" else None,
            relative=f"{at.relative:.3g}" if settled.verdict == "refuted" else None,
            arithmetic=settled.point.arithmetic,
            bits=settled.point.bits,
            box=entry.get("box"),
            reachable=True if self.claim.is_trajectory or self.claim.every_state_is_a_start else None,
            replay=(
                replay_command(self.address, values, entry["loss"], reading)
                if self.claim.takes is None
                else f"verify replay {shlex.quote(self.address)}"
            ),
        )


def _complexity(witness: Witness) -> tuple[int, int, str]:
    text = "".join(witness.parameters.values()) + (witness.loss or "")
    return len(witness.parameters), len(text), text


def replay_command(address: str, values: Mapping[str, str], loss: str | None, reading: str | None) -> str:
    """The command that shows what happens at a point of the claim that ``address`` names."""
    words = [f"verify eval {shlex.quote(address)}", *(f"{name}={value}" for name, value in values.items())]
    if loss is not None:
        words.append(f'--loss "{loss}"' if "'" in loss else f"--loss '{loss}'")
    if reading is not None:
        words.append(f"--reading '{reading}'")
    return " ".join(words)
