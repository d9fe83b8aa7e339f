"""Proving implications over the reals: identities, then products, and the solvers only where products fail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.algebraic import require_algebraic
from verify.kernel.cases import leaves
from verify.kernel.functions import definedness, require_known, transcendental
from verify.kernel.identity import is_identity
from verify.kernel.implication import by_squares
from verify.kernel.products import Leaf
from verify.proof.calculus import find_calculus
from verify.proof.products import find_products
from verify.proof.smt import Limits, ask

#: The linear programs grow from round to round: their columns as parts of the most that is allowed.
SIZES = (40, 8, 1)
#: More lemmas than ``LONG``, and more lemmas or hypotheses than ``MANY`` or ``CROWD``, are not tried all at once first.
LONG, MANY, CROWD = 20, 45, 90
#: How many of the last lemmas, and of the last formulas of either kind, are tried on their own.
LATEST, RECENT = (4, 8), (3, 10)
#: A root is bounded through squares where neither side's square has more terms.
LONGEST_SQUARE = 12
#: After the first round a solver is asked whether the goal fails; its work for that.
GLANCE = 300_000


@dataclass(frozen=True)
class Work:
    """How hard an implication is tried; everything but the seconds counts work.

    Attributes:
        max_degree: the highest degree of a product.
        lp_columns: the most products in one linear program.
        solver_rlimit: units of work of a solver (0: no solver is asked).
        solver_seconds: the backstop after which a solver is killed.
        memory_mb: the memory of a solver.
        leaves_cap: an implication with more cases is not tried.
        rules: how many goals the rules of calculus may lead to, for a goal with transcendental functions.
        boxes: the most boxes of a box tree (0: none is tried).
    """

    max_degree: int
    lp_columns: int
    solver_rlimit: int
    solver_seconds: int
    memory_mb: int
    leaves_cap: int
    rules: int = 400
    boxes: int = 2000

    @classmethod
    def quick(cls) -> Work:
        """A few seconds for a goal that is not proved."""
        return cls(6, 1200, 1_000_000, 2, 1024, 48)

    @classmethod
    def standard(cls) -> Work:
        """The default of a run."""
        return cls(8, 3000, 2_000_000, 3, 2048, 96, 800, 5000)

    @classmethod
    def deep(cls) -> Work:
        """For what the others leave open."""
        return cls(12, 20_000, 400_000_000, 300, 4096, 4096, 2000, 100_000)

    def limits(self) -> Limits:
        """The limits of one solver."""
        return Limits(self.solver_rlimit, self.memory_mb, self.solver_seconds)


#: For the algebraic goals within a proof by calculus.
SMALL = Work(4, 120, 0, 1, 512, 16)


@dataclass
class Attempt:
    """What became of an implication.

    Attributes:
        certificate: the proof, if one was found.
        reasons: why there is none, one line each.
        models: candidate counterexamples that a solver named (of the goal or of a lemma); never trusted.
        backstop: whether a limit of time ended a solver, so that another run may answer differently.
    """

    certificate: dict[str, Any] | None = None
    reasons: list[str] = field(default_factory=list)
    models: list[dict[sp.Symbol, Fraction]] = field(default_factory=list)
    backstop: bool = False


def prove_implication(
    hypotheses: Sequence[Boolean], conclusion: Boolean, *, lemmas: Sequence[Boolean] = (), work: Work
) -> dict[str, Any] | None:
    """A certificate of ``hypotheses => conclusion`` that ``check_implication`` accepts, or None.

    Args:
        hypotheses: formulas in real symbols; where one has no value it does not hold.
        conclusion: what follows, having a value wherever the hypotheses hold.
        lemmas: hints, never trusted: each is proved from the hypotheses and the earlier lemmas first.
        work: how hard to try.
    """
    return attempt_implication(hypotheses, conclusion, lemmas=lemmas, work=work).certificate


def attempt_implication(
    hypotheses: Sequence[Boolean],
    conclusion: Boolean,
    *,
    lemmas: Sequence[Boolean] = (),
    work: Work,
    advised: Sequence[int] | None = None,
) -> Attempt:
    """As ``prove_implication``, with the reasons and the solvers' candidates where no proof was found.

    Args:
        advised: the places of the hypotheses to use in the last step; None to try subsets of all.
    """
    found = Attempt()
    known = (*hypotheses, *lemmas)
    try:
        (require_known if transcendental([*known, conclusion]) else require_algebraic)([*known, conclusion])
        parts = []
        for place in range(len(hypotheses), len(known)):
            parts.append(_lemma(known[: place + 1], len(hypotheses), work).part(found))
        use = None if advised is None else {*advised, *range(len(hypotheses), len(known))}
        proof = _Prover(work, found, use).valued(known, conclusion, len(hypotheses))
        if proof is None:
            raise CertificateError(f"no proof of {conclusion}")
    except CertificateError as reason:
        found.reasons.append(str(reason))
        return found
    found.certificate = {"kind": "implication", "lemmas": parts, "proof": proof}
    return found


@dataclass(frozen=True)
class _Lemma:
    """What became of a lemma."""

    statement: Boolean
    proof: dict[str, Any] | None
    attempt: Attempt

    def part(self, found: Attempt) -> dict[str, Any]:
        """Its proof; raises CertificateError, and passes on what was learnt, where there is none."""
        if self.proof is None:
            found.reasons += self.attempt.reasons
            found.models += self.attempt.models
            found.backstop |= self.attempt.backstop
            raise CertificateError(f"no proof of {self.statement}")
        return self.proof


@lru_cache(maxsize=256)
def _lemma(known: tuple[Boolean, ...], given: int, work: Work) -> _Lemma:
    """The last of the known formulas, proved from the others; several goals of a claim share their lemmas."""
    attempt = Attempt()
    return _Lemma(known[-1], _Prover(work, attempt).valued(known[:-1], known[-1], given), attempt)


#: Linear programs: the most columns, and the places of the formulas used.
_Programs = list[tuple[int, tuple[int, ...]]]


class _Prover:
    def __init__(self, work: Work, attempt: Attempt, advised: Collection[int] | None = None) -> None:
        self.work = work
        self.advised = advised
        self.attempt = attempt
        #: Leaves come back under other subsets of the hypotheses: what was found of each, by the columns allowed.
        self.products: dict[tuple[tuple[tuple[sp.Expr, str], ...], int], dict[str, Any] | None] = {}

    def valued(self, known: Sequence[Boolean], conclusion: Boolean, given: int) -> dict[str, Any] | None:
        """Prove that the conclusion has a value and is true; the first ``given`` of the known are hypotheses."""
        conditions = definedness(conclusion)
        proofs = []
        for place, condition in enumerate(conditions):
            proof = self.goal([*known, *conditions[:place]], condition, given)
            if proof is None:
                self.attempt.reasons.append(f"{condition} is not known, so {conclusion} may have no value")
                return None
            proofs.append(proof)
        goal = self.goal([*known, *conditions], conclusion, given)
        return None if goal is None else {"defined": proofs, "goal": goal}

    def goal(self, known: Sequence[Boolean], conclusion: Boolean, given: int) -> dict[str, Any] | None:
        """Prove that the conclusion is true where all known formulas hold and it has a value."""
        if transcendental([*known, conclusion]):
            return self._by_calculus(known, conclusion)
        if is_identity(conclusion):
            return {"kind": "identity"}
        if conclusion not in known and _bounds_a_root(conclusion):
            squared = self._by_squares(known, conclusion, given)
            if squared is not None:
                return squared
        early, late = self._programs(known, conclusion, given)
        proof = self._by_programs(early, known, conclusion)
        if proof is not None or self._fails(known, conclusion):
            return proof
        proof = self._by_programs(late, known, conclusion)
        if proof is None and self.work.solver_rlimit:
            return self._by_solvers(known, conclusion)
        return proof

    def _programs(self, known: Sequence[Boolean], conclusion: Boolean, given: int) -> tuple[_Programs, _Programs]:
        """The linear programs to try, by their columns and the formulas that they use: small ones, then the rest."""
        subsets = _subsets(known, conclusion, given) if self.advised is None else [tuple(sorted(self.advised))]
        small, *larger = (self.work.lp_columns // part for part in SIZES)
        # an author who gives many lemmas has put each after what it follows from: there larger programs come first
        latest = subsets[: 1 + len(LATEST)] if len(known) - given > LONG else []
        early = dict.fromkeys(
            [
                *((columns, using) for columns in (small, *larger[:-1]) for using in latest),
                *((small, using) for using in subsets),
            ]
        )
        late = ((columns, using) for columns in larger for using in subsets)
        return list(early), [one for one in late if one not in early]

    def _by_programs(self, programs: _Programs, known: Sequence[Boolean], conclusion: Boolean) -> dict[str, Any] | None:
        """Products for every case, from the first of the programs that has a solution for each."""
        for columns, using in programs:
            found = self._leaves([known[place] for place in using], conclusion)
            proofs = None if found is None else self._by_products(found, columns)
            if proofs is not None:
                return {"kind": "leaves", "using": list(using), "leaves": proofs}
        return None

    def _by_squares(self, known: Sequence[Boolean], conclusion: Boolean, given: int) -> dict[str, Any] | None:
        """Prove ``a <= b`` by ``b >= 0`` and ``a**2 <= b**2``, each cheaply or not at all."""
        nonnegative, squares = by_squares(conclusion)
        glance = _Prover(replace(self.work, lp_columns=self.work.lp_columns // SIZES[0], solver_rlimit=0), Attempt())
        first = glance.goal(known, nonnegative, given)
        second = None if first is None else glance.goal(known, squares, given)
        return None if second is None else {"kind": "squares", "nonnegative": first, "squares": second}

    def _by_calculus(self, known: Sequence[Boolean], conclusion: Boolean) -> dict[str, Any] | None:
        rule = find_calculus(known, conclusion, _small_algebra, rules=self.work.rules, boxes=self.work.boxes)
        return None if rule is None else {"kind": "calculus", "rule": rule}

    def _fails(self, known: Sequence[Boolean], conclusion: Boolean) -> bool:
        """Whether a solver quickly names a point where the goal fails, so that no product can prove it."""
        if not self.work.solver_rlimit:
            return False
        limits = replace(self.work.limits(), work=min(self.work.solver_rlimit, GLANCE))
        (answer,) = ask(known, conclusion, limits, ["z3"])
        if answer.status != "sat":
            return False
        self.attempt.models += [_without_roots(answer.model)] if answer.model else []
        self.attempt.reasons.append(f"{answer.solver} names a point where it fails")
        return True

    def _leaves(self, known: Sequence[Boolean], conclusion: Boolean) -> list[Leaf] | None:
        try:
            return leaves(known, conclusion, self.work.leaves_cap)
        except CertificateError as reason:
            if str(reason) not in self.attempt.reasons:
                self.attempt.reasons.append(str(reason))
            return None

    def _by_products(self, found: Sequence[Leaf], columns: int) -> list[dict[str, Any]] | None:
        proofs = []
        for leaf in found:
            proof = self._products(leaf, columns)
            if proof is None:
                return None
            proofs.append(proof)
        return proofs

    def _products(self, leaf: Leaf, columns: int) -> dict[str, Any] | None:
        identity = tuple((atom.polynomial.as_expr(), atom.relation) for atom in leaf)
        for allowed in sorted({self.work.lp_columns // part for part in SIZES}):
            if allowed > columns:
                break
            key = identity, allowed
            if key not in self.products:
                self.products[key] = find_products(leaf, max_degree=self.work.max_degree, columns=allowed)
            if self.products[key] is not None:
                return self.products[key]
        return None

    def _by_solvers(self, known: Sequence[Boolean], conclusion: Boolean) -> dict[str, Any] | None:
        """Products where they serve, the solvers for the other leaves; for the whole goal if its cases are too many."""
        found = self._leaves(known, conclusion)
        if found is None:
            return self._ask(known, conclusion)
        proofs: list[dict[str, Any]] = []
        for leaf in found:
            proof = self._products(leaf, self.work.lp_columns)
            proof = proof or self._ask([atom.as_formula() for atom in leaf], sp.false)
            if proof is None:
                return None
            proofs.append(proof)
        return {"kind": "leaves", "using": list(range(len(known))), "leaves": proofs}

    def _ask(self, known: Sequence[Boolean], conclusion: Boolean) -> dict[str, Any] | None:
        answers = ask(known, conclusion, self.work.limits())
        confirmed = [answer.solver for answer in answers if answer.status == "unsat"]
        refuted = [answer for answer in answers if answer.status == "sat"]
        self.attempt.models += [_without_roots(answer.model) for answer in refuted if answer.model]
        if confirmed and not refuted:
            return {"kind": "unsat", "solvers": confirmed, "limits": self.work.limits().as_json()}
        self.attempt.backstop |= any(answer.status == "killed" for answer in answers)
        self.attempt.reasons += [answer.reason for answer in answers if answer.reason]
        self.attempt.reasons += [f"{answer.solver} names a point where it fails" for answer in refuted]
        return None


def _bounds_a_root(conclusion: Boolean) -> bool:
    """Whether it compares something with a multiple of a root, and the squares of both sides are short."""
    if not isinstance(conclusion, sp.Le | sp.Lt | sp.Ge | sp.Gt) or sp.S.Zero in conclusion.args:
        return False  # the sign of a root says itself
    factors = [factor for side in conclusion.args for factor in sp.Mul.make_args(side)]
    if not any(isinstance(factor, sp.Pow) and factor.exp == sp.S.Half for factor in factors):
        return False
    return all(len(sp.Add.make_args(sp.expand(side**2))) <= LONGEST_SQUARE for side in conclusion.args)


def _small_algebra(known: Sequence[Boolean], conclusion: Boolean) -> dict[str, Any] | None:
    """An algebraic goal within a proof by calculus: many are tried, so each gets little work, and no solver."""
    return _small(tuple(known), conclusion)


@lru_cache(maxsize=1024)
def _small(known: tuple[Boolean, ...], conclusion: Boolean) -> dict[str, Any] | None:
    require_algebraic([*known, conclusion])
    if is_identity(conclusion):
        return {"kind": "identity"}
    proofs = []
    for leaf in leaves(known, conclusion, SMALL.leaves_cap):
        proof = find_products(leaf, max_degree=SMALL.max_degree, columns=SMALL.lp_columns)
        if proof is None:
            return None
        proofs.append(proof)
    return {"kind": "leaves", "using": list(range(len(known))), "leaves": proofs}


def _without_roots(model: dict[sp.Symbol, Fraction]) -> dict[sp.Symbol, Fraction]:
    """A model of a leaf in the goal's own symbols."""
    return {symbol: value for symbol, value in model.items() if not symbol.name.startswith("root[")}


def _subsets(known: Sequence[Boolean], conclusion: Boolean, given: int) -> list[tuple[int, ...]]:
    """Which known formulas to try, in order: fewer of them make smaller programs and fewer cases.

    What was shown last is often what an author had in mind for the next step: the longer the list, the sooner its end
    is tried without the rest.
    """
    places = range(len(known))
    lemmas = set(places[given:])
    signs = {place for place in places if _is_sign(known[place])}
    plain = {place for place in places if isinstance(known[place], Relational)}
    foreign = [len(formula.free_symbols - conclusion.free_symbols) for formula in known]
    near = {place for place in plain if foreign[place] == 0}
    adjacent = {place for place in places if foreign[place] <= 1}
    own = {place for place in signs if known[place].free_symbols <= conclusion.free_symbols}
    defined = {place for place in plain if _defines(known[place], conclusion)}
    spoken = conclusion.free_symbols.union(*(known[place].free_symbols for place in defined))
    bounds = {place for place in plain if len(known[place].free_symbols) == 1 and known[place].free_symbols <= spoken}
    recent = [signs | lemmas | set(places[:given][-few:]) for few in RECENT]
    order: list[tuple[bool, list[set[int]]]] = [
        (conclusion in known, [{place} for place in places if known[place] == conclusion][:1]),
        (bool(defined), [defined | bounds]),  # what it speaks of, written out
        (len(lemmas) > LONG, [own | set(places[-few:]) for few in LATEST]),
        (len(lemmas) > MANY, [*(signs | set(places[-few:]) for few in RECENT), near]),
        (given > CROWD, recent),
        (True, [signs | lemmas if lemmas else near]),
        (given > MANY, recent),
        (True, [near | signs, adjacent | signs, set(places), plain]),
    ]
    return list(dict.fromkeys(tuple(sorted(one)) for applies, some in order if applies for one in some))


def _defines(formula: Boolean, conclusion: Boolean) -> bool:
    return isinstance(formula, sp.Eq) and formula.lhs in conclusion.free_symbols


def _is_sign(formula: Boolean) -> bool:
    return isinstance(formula, Relational) and len(formula.free_symbols) == 1 and any(s == 0 for s in formula.args)
