"""What semidefinite programs suggest: inequalities and squares of known proofs, and worst cases to be certified."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy as sp

from claims.sam_normalization import CLAIMS as PAPER
from claims.sam_normalization.losses import CONVEX, SMOOTH, convex
from claims.textbook import CLAIMS
from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.advice import with_squares
from verify.kernel.check import check_evidence
from verify.kernel.implication import check_implication
from verify.kernel.obligations import obligations
from verify.proof.closed_forms import closed_form
from verify.proof.implication import attempt_implication
from verify.proof.strategy import WORK, prove_part
from verify.proof.suggest import sketches, suggested_squares
from verify.proof.worst_case import advise
from verify.search.budget import budget_named
from verify.search.run import Found
from verify.search.sketched import certify_sketches
from verify.statement.claim import Claim, Hints
from verify.statement.loss import Sketch

pytest.importorskip("cvxpy", reason="the extra sdp is not installed")

QUICK = budget_named("quick")
beta, eta = sp.symbols("beta eta", real=True)


def classic(name: str) -> Claim:
    """A classic without its author's advice."""
    (claim,) = [claim for claim in CLAIMS if claim.id == name]
    return replace(claim, hints=Hints())


def test_the_descent_lemma_needs_one_inequality() -> None:
    (goal,) = obligations(classic("gd-decrease"), "", "", "implication")
    advice = advise(goal)
    assert advice is not None and advice.using is not None and advice.worst is None
    of_class = [goal.hypotheses[place] for place in {k for proof in advice.proofs for k in proof.weights}]
    assert len(of_class) == 1 and str(of_class[0]).startswith("loss[1] <= beta*eta**2*norm[1]**2/2")
    work = replace(WORK["standard"], solver_rlimit=0)
    found = attempt_implication(goal.hypotheses, goal.conclusion, work=work, advised=advice.using)
    assert found.certificate is not None
    assert set(found.certificate["proof"]["goal"]["using"]) <= set(advice.using)
    assert check_implication(goal.hypotheses, goal.conclusion, found.certificate) == "kernel"


@pytest.mark.parametrize(
    "name",
    [
        "gap-below-gradient",
        "gd-one-step",
        pytest.param("gd-contraction", marks=pytest.mark.nightly),
        pytest.param("proximal-decrease", marks=pytest.mark.nightly),
    ],
)
def test_a_classic_is_proved_with_its_best_constant_and_no_advice(name: str) -> None:
    """The points and the squares come from worst cases; the certificate carries them, and the kernel checks it."""
    claim = classic(name)
    evidence = prove_part(claim, "", "", WORK["quick"]).evidence
    assert evidence is not None and "squares" in evidence
    assert check_evidence(claim, evidence).grade == "kernel"
    del evidence["squares"]
    with pytest.raises(CertificateError):
        check_evidence(claim, evidence)


def test_the_exact_worst_case_of_one_step_is_found() -> None:
    """Drori and Teboulle's proof has two squares; so has the suggested one, up to a factor."""
    claim = classic("gd-one-step")
    (author,) = [claim.hints.squares for claim in CLAIMS if claim.id == "gd-one-step"]
    mine = with_squares(claim, claim.conclusions[""][""], suggested_squares(claim, "", "")).hints.squares
    assert len(mine) == 2
    for one, theirs in zip(mine, author, strict=True):
        assert sp.expand(-2 * one - theirs) == 0 or sp.expand(2 * one - theirs) == 0 or sp.expand(one - theirs) == 0


@pytest.mark.parametrize(
    "squares",
    [
        0,
        [0],
        [[0]],
        [[[[["1", {}]], 99]]],
        [[[[["1", {}]], True]]],
        [[[[["1", {"w": 1}]], 0]]],
        [[[[["1", {"beta": -1}]], 0]]],
        [[[[["beta", {}]], 0]]],
        [[[[["1/0", {}]], 0]]],
    ],
)
def test_squares_are_data(squares: object) -> None:
    with pytest.raises(CertificateError):
        obligations(classic("gd-one-step"), "", "", "implication", squares)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gd-decrease-larger", "quadratic"),
        ("gd-contraction-better", "quadratic"),
        ("gd-one-step-better", "convex"),
        ("gap-below-gradient-sharper", "quadratic"),
        ("gd-gradient-shrinks-without-convexity", "quadratic"),
    ],
)
def test_a_better_constant_is_refuted_by_the_worst_case(name: str, family: str) -> None:
    claim = classic(name)
    found = certify_sketches(claim, "", "", sketches(claim, "", ""), QUICK)
    assert found is not None and found.kind == "violated"
    assert found.point.family is not None and found.point.family.name == family


@pytest.mark.parametrize("name", ["gd-decrease", "gd-contraction", "gd-one-step", "co-coercivity"])
def test_a_true_claim_has_no_worst_case_beyond_its_bound(name: str) -> None:
    assert sketches(classic(name), "", "") == []


def test_a_lemma_of_the_paper_falls_at_a_parabola() -> None:
    """The step of SAM divides by a norm, which the program takes for one of the numbers."""
    (lemma,) = [claim for claim in PAPER if claim.id == "lemma-9"]
    found = certify_sketches(lemma, "", "", sketches(lemma, "", ""), QUICK)
    assert found is not None and found.point.member is not None and found.kind == "violated"
    assert found.point.member.name == "quadratic(h=1)"
    assert found.point.values["eta"] * found.point.values["beta"] == Fraction(3, 2)


def test_what_neither_search_nor_solvers_find_the_worst_case_refutes(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = classic("gd-one-step-better")
    monkeypatch.setattr("verify.decide.search", lambda *_: Found(points=1))
    monkeypatch.setattr("verify.decide.certify_models", lambda *_: None)
    result = check(claim, budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None and "convex(knots=" in str(result.witness.simplest.loss)


def test_a_sketch_of_no_loss_of_the_class_refutes_nothing() -> None:
    points = tuple((Fraction(x), Fraction(p), Fraction(0)) for x, p in ((-1, 5), (0, 0), (1, -5)))
    values = {"beta": Fraction(1), "eta": Fraction(1), "w": Fraction(1)}
    assert certify_sketches(classic("gd-decrease"), "", "", [Sketch(values, points)], QUICK) is None


def test_a_member_passes_through_places_slopes_and_values() -> None:
    points = [("-2", "-1/2", "7/8"), ("0", "0", "0"), ("1", "1/4", "1/16"), ("3", "2", "37/16")]
    exact = [(Fraction(x), Fraction(p), Fraction(value)) for x, p, value in points]
    assert convex.through is not None
    parameters = convex.through(exact, {SMOOTH: Fraction(1)})[0]
    member = convex.member(parameters)
    assert member.requirements[CONVEX](sp.S.Zero) == True  # noqa: E712  # SymPy's true
    assert member.requirements[SMOOTH](sp.S.One) == True  # noqa: E712
    (at,) = member.coordinates
    values = [(member.value.subs(at, x), member.gradient[0].subs(at, x)) for x, _, _ in points]
    assert [slope for _, slope in values] == [sp.Rational(p) for _, p, _ in points]
    for (first, last), (_, _, low), (_, _, high) in zip(pairwise(values), points, points[1:], strict=False):
        assert last[0] - first[0] == sp.Rational(high) - sp.Rational(low)


def test_a_closed_form_is_seen_through_rounding_and_not_where_there_is_none() -> None:
    numbers = [{eta: Fraction(p, 3), beta: Fraction(q, 2)} for p in range(1, 7) for q in range(1, 7)]
    form = (1 - eta * beta) / (2 * eta + beta)
    exact = [float(form.subs({s: sp.Rational(v.numerator, v.denominator) for s, v in one.items()})) for one in numbers]
    noisy = [value * (1 + 1e-8 * (-1) ** place) for place, value in enumerate(exact)]
    found = closed_form(numbers, noisy)
    assert found is not None and sp.simplify(found - form) == 0
    roots = [float(one[eta]) ** 0.5 for one in numbers]
    assert closed_form(numbers, roots) is None
    assert closed_form(numbers[:3], exact[:3]) is None
