"""What must never be believed: corrupted certificates, certificates of a narrower claim, and claims that are false."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sympy import Abs, Eq, Equivalent, Ge, Implies, Le, Limit, Max, Ne, Or, Symbol, sqrt

from claims.sam_normalization import neuron, stability
from claims.sam_normalization.factorization import theorem_15
from claims.sam_normalization.setting import beta, eta
from tests.calibration.calibration import CALIBRATION
from tests.kernel.test_counterexample import REFUTED
from tests.kernel.test_hints import bounded
from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.check import Checked, Settled, check_certificate, check_evidence
from verify.kernel.evaluation import evaluate_point
from verify.kernel.obligations import METHODS, obligations
from verify.lowering.interpret import Truth
from verify.proof.implication import attempt_implication
from verify.proof.smt import solve
from verify.proof.strategy import WORK
from verify.statement.claim import Claim, Hints
from verify.statement.loss_text import member_of, parse_values
from verify.statement.system import System

KNOWN = {claim.id: claim for claim, _ in CALIBRATION}
TRAPPED = {claim.id: claim for claim in REFUTED}

#: One claim for each kind of evidence.
EVIDENCE: dict[str, Claim] = {
    "witness on a loss": stability.lemma_9,
    "witness along a trajectory": KNOWN["third-iterate"],
    "parts with a proof and a witness": KNOWN["mixed-parts"],
    "undefined point": KNOWN["inverse-at-a-corner"],
    "implication": KNOWN["inverse-order"],
    "induction": KNOWN["newton-stays-above"],
    "spectral": stability.gd_stability,
    "exhibit": stability.theorem_1_usam,
    "limit": neuron.eq_7_limit,
    "family": stability.theorem_1_neighborhood,
    "vacuous": KNOWN["touching-open-ends"],
    "trapped trajectory": TRAPPED["stays-near"],
    "no constant serves": TRAPPED["quantifiers"],
    "constants by instance": bounded(Symbol("y", real=True) ** 2),
}


@cache
def certificate_of(claim: Claim) -> dict[str, Any]:
    """The certificate that the quick budget finds; shared, so never to be changed in place."""
    certificate = check(claim, budget="quick", seed=0).certificate
    assert certificate is not None, f"{claim.id} is not decided"
    return certificate


# --- corruption ------------------------------------------------------------------------------------------------------

#: What is put in the place of a value, whatever it was.
_HUGE = ("1e999", "1e4999", "1e999999999")
STRANGERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "x", *_HUGE, "-1/0", [], {}, [[]], [None], {"x": 1})
KINDS = ("witness", "undefined", "proof", "family", "counterexample", "vacuous", "identity", "products", "unsat")
BOOKKEEPING = ("searched", "tried")


def changed(value: Any) -> Iterator[Any]:
    """Other values in the place of one value."""
    yield from (stranger for stranger in STRANGERS if stranger != value or type(stranger) is not type(value))
    if isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != key} for key in value)
        if len(value) > 1:
            keys = list(value)
            yield dict(zip(keys, [value[key] for key in (*keys[1:], keys[0])], strict=True))
    elif isinstance(value, list):
        yield value[:-1]
        yield value[1:]
        yield [*value, *value[-1:]]
        if value != value[::-1]:
            yield value[::-1]
    elif isinstance(value, str):
        yield from (kind for kind in (*KINDS, *METHODS) if kind != value)
        yield value + "1"
        yield "-" + value
        try:
            number = Fraction(value)
        except (ValueError, ZeroDivisionError):
            return
        yield from (str(number + 1), str(number * 2), str(number / 3), str(-number))
    elif type(value) is int:
        yield from (value + 1, value - 1, value + 64, str(value))


def corruptions(data: Any) -> Iterator[tuple[str, Any]]:
    """``(where, corrupted copy)`` for every field of a piece of JSON, at every depth."""
    for other in changed(data):
        yield "", other
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        for where, other in corruptions(value):
            copied = copy.copy(data)
            copied[key] = other
            yield f"/{key}{where}", copied


def established(claim: Claim, corrupted: Any) -> Checked | None:
    """What the kernel makes of it; None where it rejects it, with a reason."""
    try:
        return check_certificate(claim, corrupted)
    except CertificateError as reason:
        if not str(reason):
            raise
        return None


def is_true(claim: Claim, settled: Settled, entry: dict[str, Any], original: Checked) -> bool:
    """Whether what was accepted is true of the claim: by evaluation at a witness, else as originally established."""
    if settled.verdict not in ("refuted", "ill-posed") or settled.point is None:
        known = {(s.reading, s.part): s.verdict for s in original.settled}
        return known.get((settled.reading, settled.part)) == settled.verdict
    result = evaluate_point(claim, parse_values(entry["values"]), member_of(claim, entry.get("loss")), settled.reading)
    wanted = Truth.FALSE if settled.verdict == "refuted" else Truth.UNDEFINED
    return result.admissible is True and result.parts[settled.part].truth is wanted


def check_corruptions(claim: Claim, at_most: int | None) -> None:
    """Corrupt every field (or a fixed sample of the corruptions): rejected with a reason, or still a true statement."""
    certificate = certificate_of(claim)
    original = check_certificate(claim, certificate)
    tries = list(corruptions({key: value for key, value in certificate.items() if key not in BOOKKEEPING}))
    if at_most is not None and len(tries) > at_most:
        tries = Random(0).sample(tries, at_most)
    wrong, crashes, rejected = [], [], 0
    for where, corrupted in tries:
        try:
            found = established(claim, corrupted)
        except Exception as error:  # whatever a damaged certificate trips over is a finding of this test
            crashes.append(f"{where}: {type(error).__name__}: {error}"[:160])
            continue
        if found is None:
            rejected += 1
            continue
        pieces = zip(found.settled, corrupted["evidence"], strict=True)
        if not all(is_true(claim, settled, entry, original) for settled, entry in pieces):
            wrong.append(where)
    assert not wrong
    assert not crashes, f"{len(crashes)} of {len(tries)}:\n" + "\n".join(crashes[:: len(crashes) // 12 + 1])
    assert rejected > len(tries) / 2


@pytest.mark.parametrize("claim", EVIDENCE.values(), ids=EVIDENCE)
def test_a_corrupted_field_is_rejected_or_leaves_a_true_statement(claim: Claim) -> None:
    check_corruptions(claim, at_most=200)


@pytest.mark.nightly
@pytest.mark.parametrize("claim", EVIDENCE.values(), ids=EVIDENCE)
def test_every_corrupted_field_is_rejected_or_leaves_a_true_statement(claim: Claim) -> None:
    check_corruptions(claim, at_most=None)


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_certificate_of_another_claim_is_rejected_even_under_this_claims_name(name: str) -> None:
    claim = EVIDENCE[name]
    for other in EVIDENCE.values():
        if other is claim:
            continue
        forged = certificate_of(other) | {"claim": claim.id, "fingerprint": claim.fingerprint}
        with pytest.raises(CertificateError):
            check_certificate(claim, forged)


@pytest.mark.nightly
def test_a_corrupted_induction_of_the_paper_is_rejected() -> None:
    certificate = check(theorem_15, budget="standard", seed=0).certificate
    assert certificate is not None
    original = check_certificate(theorem_15, certificate, solve)
    for number, (where, corrupted) in enumerate(corruptions(certificate["evidence"][0])):
        if number % 97 == 0:
            try:
                settled = check_evidence(theorem_15, corrupted)
            except CertificateError:
                continue
            assert is_true(theorem_15, settled, corrupted, original), where


# --- a certificate of a narrower claim -------------------------------------------------------------------------------

WIDENED: dict[str, tuple[Claim, dict[str, Any]]] = {
    "implication": (KNOWN["inverse-order"], {"given": [], "over": (Symbol("x", real=True), Symbol("y", real=True))}),
    "strictness": (KNOWN["strict-inside"], {"given": [Ge(Symbol("x", real=True), 1)]}),
    "induction": (KNOWN["newton-stays-above"], {"given": [Ne(Symbol("x0", real=True), 0)]}),
    "spectral": (stability.gd_stability, {"given": [sp.Gt(beta, 0), Ne(eta, 0)]}),
    "vacuous": (KNOWN["touching-open-ends"], {"given": [Ge(Symbol("x", real=True), 1)]}),
    "root": (KNOWN["root-below-mean"], {"given": [Ge(Symbol("x", real=True), -1)]}),
}


@pytest.mark.parametrize("name", WIDENED)
def test_a_certificate_does_not_outlive_a_wider_domain(name: str) -> None:
    claim, change = WIDENED[name]
    wider = replace(claim, **change)
    certificate = certificate_of(claim)
    with pytest.raises(CertificateError, match="stale"):
        check_certificate(wider, certificate)
    with pytest.raises(CertificateError):
        check_certificate(wider, certificate | {"fingerprint": wider.fingerprint})


# --- false claims that a careless rule would prove --------------------------------------------------------------------

x, y, z, n, q, x0, y0, rho = (Symbol(name, real=True) for name in ("x", "y", "z", "n", "q", "x0", "y0", "rho"))
k = Symbol("k", integer=True)
_countdown = System("countdown", (x,), (x - 1,), (Ne(x, 0),))
_odd = sp.Rational(101, 37)
_halving = System("halving", (n,), (n / 2,))


def _printed(kind: type[sp.core.relational.Relational], left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


#: Claims that are false, or have no value, somewhere.
TRAPS: list[Claim] = [
    # at x = 0 the hypothesis 1/x > 0 has no value, so the implication holds and says nothing of y
    Claim("assumed-implication", given=[Implies(1 / x > 0, y > 0)], show=Or(Ne(x, 0), y > 0)),
    Claim("assumed-equivalence", given=[Equivalent(1 / x > 0, y > 0)], show=Or(Ne(x, 0), y > 0)),
    # the root is 0 at x = 101/37, whatever y is
    Claim("assumed-root", given=[_printed(Ge, sqrt(sp.expand((x - _odd) ** 2 * (y + 1))), 0)], show=Ge(y, -1)),
    # from x0 = 100 it meets 0 at time 100, and was well defined until then
    Claim(
        "end-of-a-trajectory",
        given=[x0 >= 100],
        step=_countdown,
        start={x: x0},
        show=Ne(x, 0),
        hints=Hints(invariant=(x <= x0,)),
    ),
    Claim("end-of-a-trajectory-by-algebra", given=[x0 >= 100], step=_countdown, start={x: x0}, show=Ne(x, 0)),
    # what is defined by the state moves with the state: z = 1 at n = 1
    Claim(
        "moving-definition",
        step=System("counter", (n,), (n + 1,)),
        start={n: sp.Integer(0)},
        define={z: 1 - (n - 1) ** 2},
        show=_printed(Le, z, (1 - n) ** 2),
        hints=Hints(invariant=(n >= 0, Or(n <= 0, n >= 1), _printed(Le, z, (1 - n) ** 2))),
    ),
    # the variable of a limit is bound: nothing is assumed of it
    Claim(
        "bound-variable",
        given=[rho >= 1],
        show=_printed(Eq, Limit(Max(1, rho), rho, 0, "+"), 0),
        hints=Hints(limit=rho),
    ),
    # n/|n| has no value at n = 0
    Claim(
        "sign-by-division-along-a-trajectory",
        given=[x0 >= -1, x0 <= 1],
        step=_halving,
        start={n: x0},
        show=_printed(Le, n / Abs(n), 1),
        hints=Hints(invariant=(n <= 1, n >= -1)),
    ),
    # the series diverges for q >= 2
    Claim(
        "divergent-series-along-a-trajectory",
        given=[q >= 2],
        step=_halving,
        start={n: q},
        show=_printed(Le, sp.Sum(q**k, (k, 0, sp.oo)), n),
        hints=Hints(invariant=(n >= 0,)),
    ),
    # 0^y has no value for y < 0
    Claim("power-without-a-value", given=[x >= 0], over=y, show=_printed(Le, x**y, x**y + 1)),
]


@pytest.mark.parametrize("claim", TRAPS, ids=lambda claim: claim.id)
def test_no_method_proves_a_false_claim(claim: Claim) -> None:
    for method in METHODS:
        try:
            needed = obligations(claim, "", "", method)
        except CertificateError:
            continue
        attempts = (
            attempt_implication(o.hypotheses, o.conclusion, lemmas=o.lemmas, work=WORK["quick"]) for o in needed
        )
        assert any(attempt.certificate is None for attempt in attempts), f"{method} proves {claim.id}"


@pytest.mark.parametrize("claim", TRAPS, ids=lambda claim: claim.id)
def test_no_false_claim_comes_out_proved(claim: Claim) -> None:
    assert check(claim, budget="quick", seed=0).verdict in ("refuted", "ill-posed", "supported", "undecided")


# --- random claims of known truth -----------------------------------------------------------------------------------

_small = st.fractions(-3, 3, max_denominator=4)
_positive = st.fractions(Fraction(1, 4), 3, max_denominator=4)


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


@st.composite
def _polynomials(draw: st.DrawFn, degree: int = 2) -> sp.Expr:
    monomials = [x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    chosen = draw(st.lists(st.sampled_from(monomials), min_size=1, max_size=3, unique=True))
    return sp.Add(*[_rational(draw(_small)) * monomial for monomial in chosen])


@st.composite
def true_claims(draw: st.DrawFn) -> Claim:
    """``p = sum of products of what is assumed to be >= 0, and squares, with positive coefficients => p >= 0``."""
    assumed = draw(st.lists(_polynomials(), min_size=1, max_size=2))
    terms = [draw(_polynomials(degree=1)) ** 2 * _rational(draw(_positive))]
    for _ in range(draw(st.integers(1, 2))):
        factors = draw(st.lists(st.sampled_from(assumed), min_size=1, max_size=2))
        terms.append(sp.Mul(*factors) * _rational(draw(_positive)))
    conclusion = sp.expand(sp.Add(*terms))
    given_relations = [_printed(Ge, polynomial, 0) for polynomial in assumed]
    return Claim("random-true", given=given_relations, over=(x, y), show=_printed(Ge, conclusion, 0))


@st.composite
def false_claims(draw: st.DrawFn) -> Claim:
    """Assumptions shifted to hold at a point, and a conclusion shifted to fail there."""
    point = {x: _rational(draw(_small)), y: _rational(draw(_small))}
    given_relations = []
    for polynomial in draw(st.lists(_polynomials(), min_size=1, max_size=2)):
        slack = _rational(draw(st.fractions(0, 2, max_denominator=4)))
        given_relations.append(_printed(Ge, polynomial - polynomial.xreplace(point) + slack, 0))
    goal = draw(_polynomials())
    if draw(st.booleans()):
        show = _printed(sp.Gt, goal, goal.xreplace(point))  # fails by equality at the least
    else:
        show = _printed(Ge, goal, goal.xreplace(point) + _rational(draw(_positive)))
    return Claim("random-false", given=given_relations, over=(x, y), show=show)


def _no_wrong_verdict(claim: Claim, wrong: set[str]) -> None:
    note(f"given {claim.given}, show {claim.show}")
    result = check(claim, budget="quick", seed=0)
    assert result.verdict not in wrong
    if result.certificate is not None:
        assert check_certificate(claim, result.certificate, solve).verdict in (result.verdict, None)


_SETTINGS = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
#: What a true claim must not come out as (assumptions may contradict each other), and what a false one must not.
WRONG_IF_TRUE, WRONG_IF_FALSE = {"refuted", "ill-posed"}, {"proved", "ill-posed", "vacuous"}


@settings(_SETTINGS, max_examples=6)
@given(true_claims())
def test_a_random_true_claim_never_falls(claim: Claim) -> None:
    _no_wrong_verdict(claim, WRONG_IF_TRUE)


@settings(_SETTINGS, max_examples=20)
@given(false_claims())
def test_a_random_false_claim_is_never_proved(claim: Claim) -> None:
    _no_wrong_verdict(claim, WRONG_IF_FALSE)


@pytest.mark.nightly
@settings(_SETTINGS, max_examples=250)
@given(true_claims())
def test_many_random_true_claims_never_fall(claim: Claim) -> None:
    _no_wrong_verdict(claim, WRONG_IF_TRUE)


@pytest.mark.nightly
@settings(_SETTINGS, max_examples=250)
@given(false_claims())
def test_many_random_false_claims_are_never_proved(claim: Claim) -> None:
    _no_wrong_verdict(claim, WRONG_IF_FALSE)
