"""Generated files through Coq itself: true goals are accepted, false ones are not. ``pytest -m coq`` runs them."""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from sympy.logic.boolalg import Boolean

from tests.conftest import ROOT
from tests.coq.test_generate import CASES, by_cases
from verify import Claim, check
from verify.collect import collect
from verify.coq.generate import coq_file, prelude, theorems
from verify.coq.record import certificate_digest, read_record
from verify.coq.run import MISSING, Answer, coqc, digest, run_coq
from verify.coq.text import Names
from verify.errors import CertificateError
from verify.kernel.goals import Implication
from verify.ledger import DEFAULT_LEDGER, read_ledger, recorded_certificate
from verify.proof.implication import Work, prove_implication
from verify.statement.claim import Hints
from verify.statement.system import System

x, y, z = sp.symbols("x y z", real=True)
WORK = Work(max_degree=4, lp_columns=400, solver_rlimit=0, solver_seconds=1, memory_mb=512, leaves_cap=64)
LEDGER = ROOT / DEFAULT_LEDGER


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    """Without Coq these tests fail, so that none of them counts as passed."""
    if coqc() is None:
        pytest.fail(MISSING)


def asked(*goals: tuple[Implication, Any]) -> Answer:
    return run_coq("\n".join([prelude(), *theorems(goals, Names(), "g")]), seconds=600)


def proved(hypotheses: list[Boolean], conclusion: Boolean, *lemmas: Boolean) -> tuple[Implication, Any]:
    certificate = prove_implication(hypotheses, conclusion, lemmas=lemmas, work=WORK)
    assert certificate is not None
    return Implication("a goal", tuple(hypotheses), conclusion, lemmas), certificate


def ge(left: Any, right: Any) -> Boolean:
    return sp.Ge(sp.sympify(left), sp.sympify(right), evaluate=False)


def gt(left: Any, right: Any) -> Boolean:
    return sp.Gt(sp.sympify(left), sp.sympify(right), evaluate=False)


def eq(left: Any, right: Any) -> Boolean:
    return sp.Eq(sp.sympify(left), sp.sympify(right), evaluate=False)


pytestmark = pytest.mark.coq

#: One for each thing that a formula may hold: hypotheses, conclusion, lemmas.
TRUE: list[tuple[list[Boolean], Boolean, tuple[Boolean, ...]]] = [
    ([gt(x, 1), gt(y, 1)], gt(x * y, 1), ()),
    ([], ge(x**2 + y**2, 2 * x * y), ()),
    ([gt(x, 0)], ge(x + 1 / x, 2), ()),
    ([], ge(sp.Abs(x) + sp.Abs(y), sp.Abs(x + y)), ()),
    ([gt(x * y, 0)], eq(sp.sign(x) * sp.sign(y), 1), ()),
    ([], ge(sp.sqrt(x**2 + y**2), sp.Abs(x)), ()),
    ([gt(x, 0)], eq(x / sp.sqrt(x), sp.sqrt(x)), ()),
    ([], ge(sp.Max(x, y), sp.Min(x, y)), ()),
    ([ge(x, sp.Max(y, z, 1))], ge(x, y), ()),
    ([sp.Implies(ge(x, 1), ge(y, 2), evaluate=False), ge(x, 3)], ge(y, 1), ()),
    ([sp.Or(ge(x, 1), sp.Le(x, -1, evaluate=False), evaluate=False)], ge(x**2, 1), ()),
    ([sp.Equivalent(ge(x, 1), ge(y, 1)), ge(x, 2)], ge(y, sp.Rational(1, 2)), ()),
    ([], eq((x + y) ** 3, x**3 + 3 * x**2 * y + 3 * x * y**2 + y**3), ()),
    ([eq(x**2, 2), gt(x, 0)], gt(x, 1), ()),
    ([gt(x, 2)], gt(x**4, 16), (gt(x**2, 4),)),
    ([gt(x, 0), sp.Ne(y, 0)], sp.Implies(gt(y, 0), gt(x / y, 0), evaluate=False), ()),
    ([sp.Le(sp.Rational(2, 3) * x, sp.Rational(5, 7), evaluate=False)], sp.Le(x, 2, evaluate=False), ()),
    ([], sp.And(sp.Implies(gt(x, 0), gt(1 / x, 0)), sp.Implies(gt(0, x), gt(0, 1 / x))), ()),
    ([gt(x, 0)], sp.Equivalent(gt(1 / y, x), sp.And(gt(1 / x, y), gt(y, 0))), ()),
    ([sp.Implies(gt(1 / x, y), gt(1 / y, 0), evaluate=False), gt(x, 0), gt(1, x * y)], ge(y, 0), ()),
    ([gt(x, 0), gt(y, 0), gt(1, y)], ge(sp.sqrt(x / y), sp.sqrt(x * y)), ()),
    ([gt(x, 0), gt(y, 0)], ge(sp.sqrt(x / y), sp.sqrt(x) / sp.sqrt(y)), ()),
    ([gt(y, sp.Abs(x))], gt(sp.sqrt(2) * y, sp.sqrt(x**2 + y**2)), ()),
    ([gt(x, 0), gt(y, 0)], gt(x + y, sp.sqrt(x**2 + y**2)), ()),
]

#: What Coq's own library takes without proof: two decisions about the real numbers, functions, excluded middle.
AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "classic",
}


def test_coq_accepts_true_goals_of_every_kind() -> None:
    goals = [proved(hypotheses, conclusion, *lemmas) for hypotheses, conclusion, lemmas in TRUE]
    assert asked(*goals) == Answer("accepted")


def test_coq_accepts_the_cases_of_the_kernel() -> None:
    assert asked(*[by_cases(*case) for case in CASES]) == Answer("accepted")


def test_a_proof_rests_on_the_axioms_of_the_real_numbers_and_on_classical_logic_alone(tmp_path: Path) -> None:
    goals = [proved(hypotheses, conclusion, *lemmas) for hypotheses, conclusion, lemmas in TRUE]
    asks = [f"Print Assumptions obligation_g_{place}." for place in range(1, len(goals) + 1)]
    path = tmp_path / "assumptions.v"
    path.write_text("\n".join([prelude(), *theorems(goals, Names(), "g"), *asks]))
    program = coqc()
    assert program is not None
    done = subprocess.run([program, "-q", "-noglob", str(path)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Axioms:") == len(goals)
    assert set(re.findall(r"^([\w.]+) :", done.stdout, re.MULTILINE)) <= AXIOMS


FALSE: list[tuple[list[Boolean], Boolean, Boolean]] = [
    ([gt(x, 1)], gt(x, 0), gt(x, 2)),
    ([gt(x, 1), gt(y, 1)], gt(x * y, 1), gt(x * y, 2)),
    ([], ge(x**2 + y**2, 2 * x * y), ge(x**2 + y**2, 3 * x * y)),
    ([gt(x, 0)], ge(x + 1 / x, 2), ge(x + 1 / x, 3)),
    ([], ge(sp.Abs(x) + sp.Abs(y), sp.Abs(x + y)), gt(sp.Abs(x) + sp.Abs(y), sp.Abs(x + y))),
    ([], eq((x + y) ** 2, x**2 + 2 * x * y + y**2), eq((x + y) ** 2, x**2 + x * y + y**2)),
    ([], ge(sp.sqrt(x**2 + y**2), x), ge(sp.sqrt(x**2 + y**2), 2 * x)),
    ([gt(x, 0), gt(y, 0)], gt(x + y, sp.sqrt(x**2 + y**2)), gt(x + y, 2 * sp.sqrt(x**2 + y**2))),
]


@pytest.mark.parametrize(("hypotheses", "true", "false"), FALSE)
def test_a_false_statement_with_the_certificate_of_a_true_one_is_rejected(
    hypotheses: list[Boolean], true: Boolean, false: Boolean
) -> None:
    goal, certificate = proved(hypotheses, true)
    try:
        answer = asked((Implication(goal.name, goal.hypotheses, false), certificate))
    except (CertificateError, LookupError):
        return  # no file is made of it
    assert answer.status == "rejected"


def mutated(value: Any) -> Iterator[Any]:
    """The certificate with one number in it changed."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for other in mutated(inner):
                yield {**value, key: other}
            if key == "multiplier":
                yield {**value, key: str(sp.Rational(inner) + 1)}
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            for other in mutated(inner):
                yield [*value[:place], other, *value[place + 1 :]]


def test_coq_rejects_every_multiplier_that_was_changed() -> None:
    goal, certificate = proved([gt(x, 1), gt(y, 1)], gt(x * y, 1))
    changed = list(mutated(copy.deepcopy(certificate)))
    assert changed
    for other in changed:
        assert asked((goal, other)).status == "rejected"


x0, eta = sp.symbols("x0 eta", real=True)
DECAY = Claim(
    "decay",
    given=[gt(eta, 0), sp.Le(eta, 1, evaluate=False), ge(x0, 0)],
    step=System("decay", (x,), ((1 - eta) * x,)),
    start={x: x0},
    show=sp.Le(x, x0, evaluate=False),
    hints=Hints(invariant=(ge(x, 0), sp.Le(x, x0, evaluate=False))),
)


def test_an_invariant_becomes_an_induction_over_the_natural_numbers() -> None:
    certificate = check(DECAY, budget="quick").certificate
    assert certificate is not None
    text = coq_file(DECAY, certificate)
    assert "forall (t : nat), (s0 t) <= v_x0" in text
    assert run_coq(text) == Answer("accepted")
    wrong = text.replace("s0 (S t) = ((s0 t) * (1 + ((-1) * v_eta)))", "s0 (S t) = (s0 t) + 1")
    assert wrong != text
    assert run_coq(wrong).status == "rejected"


PROVED = [name for name, entry in sorted(read_ledger(LEDGER).claims.items()) if entry.verdict == "proved"]


@pytest.mark.parametrize("name", PROVED)
def test_coq_accepts_the_recorded_proof(name: str) -> None:
    """Every proof whose file can be made; where the grade is coq, the file is the one that was recorded."""
    entry = read_ledger(LEDGER).claims[name]
    claim = next(claim for claim in collect([str(ROOT / "claims" / "sam_normalization")]).claims if claim.id == name)
    certificate = recorded_certificate(LEDGER, entry)
    assert certificate is not None
    try:
        text = coq_file(claim, certificate)
    except CertificateError as reason:
        if entry.grade == "coq":
            raise
        pytest.skip(f"no Coq file: {reason}")
    known = read_record(LEDGER).accepted.get(name)
    if known is not None and known.certificate == certificate_digest(certificate):
        assert known.file == digest(text)
    assert run_coq(text) == Answer("accepted")
