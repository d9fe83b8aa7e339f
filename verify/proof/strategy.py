"""Which methods apply to a part of a claim, in what order, and the evidence that they yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.counterexample import counterexample_obligations
from verify.kernel.families import family_obligations
from verify.kernel.functions import transcendental
from verify.kernel.goals import Implication
from verify.kernel.obligations import obligations, vacuity
from verify.kernel.stopping import bounds_a_phase
from verify.proof.implication import Attempt, Work, attempt_implication
from verify.proof.suggest import sketches, suggested_squares
from verify.proof.worst_case import advise, programs_available
from verify.statement.claim import Claim, PointCounterexample
from verify.statement.formula import (
    AsLongAs,
    Bounded,
    DecaysExponentially,
    Diverges,
    DivergesExponentially,
    Eventually,
    OrderOfGrowth,
    ThereAre,
    ThereIsLoss,
    decided_by_eigenvalues,
    speaks_of_a_point,
)
from verify.statement.loss import Sketch
from verify.statement.system import time

Hypotheses = tuple[Boolean, ...]

#: How hard an implication is tried under each budget.
WORK = {"quick": Work.quick(), "standard": Work.standard(), "deep": Work.deep()}

#: Rates tried in ``quantity**2 >= rate * n * scale**2``, and bounds on parameters, for a family.
RATES = (Fraction(1), Fraction(1, 2), Fraction(1, 16), Fraction(1, 1000))
BOUNDS = (1, 2, 4, 16, 256)


@dataclass
class Proved:
    """What the provers made of one part: a piece of evidence, or the methods tried and why they failed.

    ``models`` are points where a solver says that an obligation fails, ``sketches`` losses that a worst case drew;
    neither is trusted.
    """

    evidence: dict[str, Any] | None = None
    tried: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    models: list[dict[sp.Symbol, Fraction]] = field(default_factory=list)
    sketches: list[Sketch] = field(default_factory=list)


def methods_for(claim: Claim, formula: sp.Basic) -> Iterator[str]:
    """The methods that may prove a formula of a claim, the cheapest first."""
    if isinstance(formula, ThereIsLoss):
        yield "exhibit"
    elif formula.has(AsLongAs, Eventually):
        yield "stopping"
    elif isinstance(formula, ThereAre) and claim.hints.constants:
        yield "instance"
    elif isinstance(formula.args[-1] if isinstance(formula, sp.Implies) else formula, OrderOfGrowth):
        yield "constants"
    elif isinstance(formula, Diverges | DivergesExponentially) and claim.hints.growth is not None:
        yield "growth"
    elif isinstance(formula, DecaysExponentially) and claim.hints.decay is not None:
        yield "decay"
    elif formula.has(sp.Limit):
        yield "limit"
    elif decided_by_eigenvalues(formula):
        yield "spectral"
    elif speaks_of_a_point(formula):
        if claim.loss_class is not None and claim.loss_class.spectrum is not None and isinstance(formula, sp.Eq):
            yield "spectral"
        if (claim.hints.invariant or claim.hints.cases) and bounds_a_phase(claim, formula):
            yield "stopping"
        elif claim.hints.invariant:
            yield "phases" if claim.times else "induction"
        has_slopes = claim.loss_class is not None and claim.loss_class.slope_axioms is not None
        if has_slopes and not (claim.hints.lemmas or claim.hints.abbreviate):
            yield "signs"
        if _beyond_algebra([formula, *claim.assumptions, *claim.define.values()]):
            yield "derivatives"
            yield "boxes"
        else:
            yield "implication"


def _beyond_algebra(formulas: Sequence[sp.Basic]) -> bool:
    """Whether formulas have transcendental terms; powers whose exponent is the time are variables for algebra."""
    return any(not (isinstance(term, sp.Pow) and term.exp.has(time)) for term in transcendental(formulas))


def prove_part(claim: Claim, reading: str, part: str, work: Work) -> Proved:
    """Try the methods that apply to one part."""
    formula = claim.conclusions[reading][part]
    outcome = Proved()
    if isinstance(formula, Bounded):
        return outcome
    for method in methods_for(claim.advised(part), formula):
        outcome.tried.append(method)
        try:
            needed = obligations(claim, reading, part, method)
        except CertificateError as reason:
            outcome.reasons.append(f"{method}: {reason}")
            continue
        by_worst_cases = method == "implication" and _about_losses(claim) and programs_available()
        found = _by_worst_cases(claim, reading, part, needed, work, outcome) if by_worst_cases else None
        if found is None:
            proofs = _prove_all(needed, replace(work, boxes=0) if method == "derivatives" else work, outcome)
            found = None if proofs is None else {"obligations": proofs}
        if found is not None:
            outcome.evidence = {"kind": "proof", "reading": reading, "part": part, "method": method} | found
            return outcome
    return outcome


def _about_losses(claim: Claim) -> bool:
    """Whether a claim ranges over losses on R^d that satisfy inequalities between points."""
    return claim.loss_class is not None and claim.loss_class.point_axioms is not None


def _by_worst_cases(
    claim: Claim, reading: str, part: str, needed: list[Implication], work: Work, outcome: Proved
) -> dict[str, Any] | None:
    """A proof without solvers: at once, from the inequalities that matter at worst cases, or with suggested squares.

    Squares are carried by the certificate.  Where a worst case fails, it is drawn for the search.
    """
    work = _without_solvers(work)
    for attempt in (_plain, _advised):
        proofs = _prove_all(needed, work, outcome, attempt)
        if proofs is not None:
            return {"obligations": proofs}
    outcome.sketches = sketches(claim, reading, part)
    squares = None if outcome.sketches else suggested_squares(claim, reading, part)
    if squares is None:
        return None
    needed = obligations(claim, reading, part, "implication", squares)
    proofs = _prove_all(needed, work, Proved(), _advised)
    return None if proofs is None else {"squares": squares, "obligations": proofs}


def refute_growth(claim: Claim, reading: str, part: str, work: Work) -> Proved:
    """Try the hinted families against an order of growth."""
    formula = claim.conclusions[reading][part]
    outcome = Proved()
    if not isinstance(formula, Bounded) or not claim.hints.families:
        return outcome
    work = _without_solvers(work)
    outcome.tried.append("family")
    for place in range(len(claim.hints.families)):
        for rate in RATES:
            for bound in BOUNDS:
                bounds = {str(symbol): Fraction(bound) for symbol in formula.args[2] if isinstance(symbol, sp.Symbol)}
                polynomial = str(formula.args[3]) == "polynomial"
                try:
                    needed = family_obligations(claim, reading, part, place, rate, bounds if polynomial else {})
                except CertificateError as reason:
                    outcome.reasons.append(f"family: {reason}")
                    break
                proofs = _prove_all(needed, work, outcome)
                if proofs is not None:
                    outcome.evidence = {
                        "kind": "family",
                        "reading": reading,
                        "part": part,
                        "hint": place,
                        "rate": str(rate),
                        "bounds": {name: str(value) for name, value in bounds.items()} if polynomial else {},
                        "obligations": proofs,
                    }
                    return outcome
                if not polynomial:
                    break
    return outcome


def refute_by_counterexample(claim: Claim, reading: str, part: str, work: Work) -> Proved:
    """Try the hinted counterexamples: to whole trajectories, to "there are constants", or what the search missed."""
    outcome = Proved()
    work = _without_solvers(work)
    for place, hint in enumerate(claim.hints.counterexamples):
        if isinstance(hint, PointCounterexample) and speaks_of_a_point(claim.conclusions[reading][part]):
            outcome.evidence = _witness(claim, reading, part, hint, outcome)
            if outcome.evidence is not None:
                break
            continue
        try:
            needed = counterexample_obligations(claim, reading, part, place)
        except CertificateError as reason:
            outcome.reasons.append(f"counterexample: {reason}")
            continue
        outcome.tried.append("counterexample")
        proofs = _prove_all(needed, work, outcome)
        if proofs is not None:
            outcome.evidence = {
                "kind": "counterexample",
                "reading": reading,
                "part": part,
                "hint": place,
                "obligations": proofs,
            }
            break
    return outcome


def _witness(
    claim: Claim, reading: str, part: str, hint: PointCounterexample, outcome: Proved
) -> dict[str, Any] | None:
    """A hinted point as a witness, if it is one."""
    values = dict(hint.values)
    entry = {"kind": "witness", "reading": reading, "part": part, "values": values, "loss": hint.loss}
    try:
        check_evidence(claim, entry)
    except CertificateError as reason:
        outcome.reasons.append(f"counterexample: {reason}")
        return None
    return entry


def _without_solvers(work: Work) -> Work:
    """A refutation must not rest on solvers, so they are not asked."""
    return replace(work, solver_rlimit=0)


def prove_vacuous(claim: Claim, work: Work) -> dict[str, Any] | None:
    """Evidence that no point meets the assumptions, None if there is none."""
    try:
        needed = vacuity(claim)
    except CertificateError:
        return None
    proofs = _prove_all(needed, work, Proved())
    return None if proofs is None else {"kind": "vacuous", "obligations": proofs}


@lru_cache(maxsize=4096)
def _attempt(hypotheses: Hypotheses, conclusion: Boolean, lemmas: Hypotheses, work: Work) -> Attempt:
    """As ``attempt_implication``; the parts of a claim share obligations."""
    return attempt_implication(hypotheses, conclusion, lemmas=lemmas, work=work)


def _plain(goal: Implication, work: Work) -> Attempt:
    return _attempt(goal.hypotheses, goal.conclusion, goal.lemmas, work)


def _advised(goal: Implication, work: Work) -> Attempt:
    """With the hypotheses that matter at the worst cases, where the goal was not proved without this advice."""
    attempt = _plain(goal, work)
    advice = advise(goal) if attempt.certificate is None else None
    if advice is None or advice.using is None:
        return attempt
    return attempt_implication(goal.hypotheses, goal.conclusion, lemmas=goal.lemmas, work=work, advised=advice.using)


def _prove_all(
    needed: list[Implication],
    work: Work,
    outcome: Proved,
    attempt: Callable[[Implication, Work], Attempt] = _plain,
) -> list[dict[str, Any]] | None:
    proofs = []
    for goal in needed:
        found = attempt(goal, work)
        if found.certificate is None:
            outcome.reasons += [f"{goal.name}: {reason}" for reason in found.reasons]
            outcome.models += found.models
            return None
        proofs.append(found.certificate)
    return proofs
