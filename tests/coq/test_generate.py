"""Coq files made from certificates: what they say, and what they refuse. Nothing here runs Coq."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
import sympy as sp
from sympy.logic.boolalg import Boolean

from tests.conftest import ROOT
from verify import Claim, check
from verify.coq.generate import LARGEST_POWER, REAL_POWERS, coq_file, prelude, theorems
from verify.coq.needed import needed
from verify.coq.text import Names, Printer, comment
from verify.errors import CertificateError
from verify.kernel.cases import leaves
from verify.kernel.goals import Implication
from verify.kernel.implication import check_implication
from verify.proof.implication import Work, prove_implication
from verify.proof.products import find_products
from verify.statement.claim import Hints
from verify.statement.formula import LargestPower

x, y, z = sp.symbols("x y z", real=True)
WORK = Work(max_degree=4, lp_columns=400, solver_rlimit=0, solver_seconds=1, memory_mb=512, leaves_cap=64)

#: The statement and proof of x >= 1 => x > 0, as it stands in the file.
GOLDEN = """\
(* a small goal *)
Lemma goal_g_1_1 : forall (v_x : R),
  v_x >= 1 ->
  v_x > 0.
Proof. intros v_x H0.
  assert (T1 : v_x > 0 \\/ v_x <= 0) by exact (decide_gt v_x 0).
  destruct T1 as [T1 | T1]; [exact T1 | exfalso].
"""


def claim_of(name: str, given: list[Boolean], conclusion: Boolean, over: Any = x) -> Claim:
    return Claim(name, given=given, over=over, show=conclusion)


def proved(hypotheses: list[Boolean], conclusion: Boolean) -> tuple[Implication, Any]:
    certificate = prove_implication(hypotheses, conclusion, work=WORK)
    assert certificate is not None
    return Implication("a small goal", tuple(hypotheses), conclusion), certificate


def by_cases(hypotheses: list[Boolean], using: list[int], conclusion: Boolean) -> tuple[Implication, Any]:
    """A goal with a certificate that uses some of its hypotheses only, and not that its terms have values."""
    goal, certificate = proved(hypotheses, conclusion)
    found = leaves([hypotheses[place] for place in using], conclusion)
    cases = [find_products(leaf, max_degree=2, columns=400) for leaf in found]
    assert found
    assert None not in cases
    certificate["proof"]["goal"] = {"kind": "leaves", "using": using, "leaves": cases}
    assert check_implication(hypotheses, conclusion, certificate) == "kernel"
    return goal, certificate


#: Where the kernel's cases are easily missed: hypotheses, the places of those that a proof uses, conclusion.
CASES: list[tuple[list[Boolean], list[int], Boolean]] = [
    # that the conclusion's terms have values is no fact for the kernel, whether it is known at once
    ([sp.Ge(x, 1), sp.Ge(z, 1)], [1], sp.Gt(sp.sqrt(x) + z, 0)),
    # or under a condition
    ([sp.Implies(sp.Ge(y, 1), sp.Ge(x, 0)), sp.Ge(z, 1)], [1], sp.Implies(sp.Ge(y, 1), sp.Gt(sp.sqrt(x) + z, 0))),
    # a minimum is told apart before a conjunction behind it is opened
    ([sp.Ge(sp.Min(x, y), 1)], [0], sp.Implies(sp.Ge(z, 1), sp.Ge(x + z, 2))),
    ([sp.Ge(sp.Min(x, y), 1), sp.And(sp.Ge(z, 1), sp.Ge(y, z))], [0, 1], sp.And(sp.Ge(x + z, 2), sp.Ge(x + y, 2))),
]


def without_comments(text: str) -> str:
    """The file without its comments, which may be nested; an unbalanced one fails."""
    found, depth, place = [], 0, 0
    while place < len(text):
        two = text[place : place + 2]
        if two in ("(*", "*)"):
            depth += 1 if two == "(*" else -1
            assert depth >= 0
            place += 2
        else:
            if depth == 0:
                found.append(text[place])
            place += 1
    assert depth == 0
    return "".join(found)


def test_a_small_goal_is_written_as_expected() -> None:
    text = "\n".join(theorems([proved([sp.Ge(x, 1)], sp.Gt(x, 0))], Names(), "g"))
    assert text.startswith(GOLDEN)
    assert "Theorem obligation_g_1 : forall (v_x : R),\n  v_x >= 1 ->\n  v_x > 0.\n" in text
    assert text.rstrip().endswith("exact G1.\nQed.")


def test_a_relation_stands_beside_the_conditions_of_its_terms() -> None:
    printer = Printer(Names())
    assert printer.formula(sp.Le(1 / x, sp.sqrt(y), evaluate=False)) == (
        "(v_x <> 0 /\\ v_y >= 0 /\\ (/ v_x) <= (sqrt v_y))"
    )


def test_a_denominator_is_no_hypothesis_that_the_claim_does_not_have() -> None:
    """What is assumed is that the relation is true: as in the kernel, x / y <= 1 says that y is not 0."""
    goal = proved([sp.Le(1 / y, 1, evaluate=False), sp.Gt(y, 0)], sp.Ge(y, 1))
    assert "(v_y <> 0 /\\ (/ v_y) <= 1) ->" in "\n".join(theorems([goal], Names(), "g"))


@pytest.mark.parametrize(
    "name", ["Qed. Axiom bad : False.", "*) Axiom bad : False. (*", 'forall "', "η", "sqrt", "x y", "x_y", ""]
)
def test_a_symbol_may_have_any_name(name: str) -> None:
    strange = sp.Symbol(name, real=True)
    claim = Claim("strange", title=f"of {name} *) Axiom bad : False. (*", over=x, given=[x >= 1], show=x > 0)
    goal = proved([sp.Ge(strange, 1)], sp.Gt(strange, 0))
    names = Names()
    text = "\n".join([comment(claim.title), comment(name), *theorems([goal], names, "g")])
    code = without_comments(text)
    assert not re.search(r"\bAxiom\b", code)
    assert re.fullmatch(r"v_[A-Za-z0-9_]+", names(strange))
    assert set(re.findall(r"v_\w+", code)) == {names(strange)}


def test_symbols_that_read_alike_keep_apart() -> None:
    names = Names()
    alike = [sp.Symbol(name, real=True) for name in ("a b", "a_b", "a+b", "a")]
    assert len({names(symbol) for symbol in alike}) == len(alike)


def test_nothing_is_assumed_without_proof() -> None:
    text = without_comments(prelude())
    assert not re.search(r"\b(Axiom|Parameter|Hypothesis|Conjecture|Admitted|admit|Variable)s?\b", text)


def test_a_goal_that_is_known_needs_no_lemma() -> None:
    text = "\n".join(theorems([proved([sp.Ge(x, 1), sp.Ge(y, 1)], sp.Ge(y, 1))], Names(), "g"))
    assert "Lemma" not in text
    assert "Proof. intros v_x v_y H0 H1.\n  exact H1.\nQed." in text


def test_a_goal_that_occurs_again_is_proved_once() -> None:
    goals = [proved([sp.Ge(x, 1), other], sp.Gt(x, 0)) for other in (sp.Ge(y, 1), sp.Ge(z, 1))]
    text = "\n".join(theorems(goals, Names(), "g"))
    assert re.findall(r"Lemma (\w+) : ", text) == ["goal_g_1_1"]
    assert text.count("pose proof (goal_g_1_1 v_x H0) as G1.") == 2


def test_an_obligation_that_occurs_again_is_shown_once() -> None:
    goals = [proved([sp.Ge(x, least)], sp.Gt(x, 0)) for least in (1, 1, 2)]
    text = "\n".join(theorems(goals, Names(), "g"))
    assert re.findall(r"Theorem (\w+) : ", text) == ["obligation_g_1", "obligation_g_3"]
    assert "Definition obligation_g_2 := obligation_g_1." in text


def test_goals_that_read_alike_but_are_proved_otherwise_keep_apart() -> None:
    first = proved([sp.Ge(x, 1), sp.Ge(x, 2)], sp.Gt(x * x, 0))
    other = proved([sp.Ge(x, 1), sp.Ge(x, 3)], sp.Gt(x * x, 0))
    stronger = proved([sp.Ge(x, 1)], sp.Gt(x, sp.Rational(1, 2)))
    lemmas = re.findall(r"Lemma (\w+) : ", "\n".join(theorems([first, other, stronger], Names(), "g")))
    assert "goal_g_3_1" in lemmas
    assert len(set(lemmas)) == len(lemmas)


def test_steps_that_no_later_step_uses_are_left_out() -> None:
    lines = [
        "destruct H0 as (D1 & D2).",
        "destruct H1 as (D3 & D4).",
        "assert (N5 : 0 < x) by (exact D2).",
        "assert (N6 : 0 < y) by (exact N5).",
        "assert (N50 : 0 < y) by (exact D1).",
        "destruct (two_signs x) as [C7 | C7].",
        "{",
        "  exact (gt_ge _ _ N50 C7 ltac:(ring)).",
        "}",
    ]
    assert needed(lines) == [lines[0], *lines[4:]]


def test_a_case_assumes_only_what_its_sum_uses() -> None:
    either = sp.Or(sp.And(sp.Ge(x, 1), sp.Ge(y, 2)), sp.Ge(x, 3))
    lines = theorems([proved([either, sp.Ge(z, 1)], sp.Ge(x + z, 2, evaluate=False))], Names(), "g")
    cases = [line.partition(" : ")[2] for line in lines if re.match(r"Lemma goal_g_1_1_\d+ ", line)]
    assert any("0 <= (v_x + (-1)) -> " in case for case in cases)
    assert not any("0 <= (v_y + (-2)) -> " in case for case in cases)


@pytest.mark.parametrize(("hypotheses", "using", "conclusion"), CASES)
def test_cases_are_those_of_the_kernel(hypotheses: list[Boolean], using: list[int], conclusion: Boolean) -> None:
    goal, certificate = by_cases(hypotheses, using, conclusion)
    text = "\n".join(theorems([(goal, certificate)], Names(), "g"))
    own = rf"goal_g_1_{len(certificate['proof']['defined']) + 1}_\d+"
    used = set(re.findall(rf"exact \(({own}) ", text))
    assert len(used) == len(certificate["proof"]["goal"]["leaves"])


def test_a_whole_claim_becomes_a_file() -> None:
    claim = claim_of("am-gm", [], sp.Ge(x**2 + y**2, 2 * x * y, evaluate=False), (x, y))
    result = check(claim, budget="quick")
    assert result.verdict == "proved"
    assert result.certificate is not None
    text = coq_file(claim, result.certificate)
    assert "Theorem obligation_e1_1 :" in text
    assert text == coq_file(claim, result.certificate)
    assert not re.search(r"\b(Axiom|Admitted)\b", without_comments(text))


def test_what_a_solver_answered_is_refused() -> None:
    unsat = {"kind": "unsat", "solvers": ["z3"], "limits": {}}
    certificate = {"kind": "implication", "lemmas": [], "proof": {"defined": [], "goal": unsat}}
    goal = Implication("by a solver", (sp.Ge(x, 1),), sp.Gt(x, 0))
    with pytest.raises(CertificateError, match="rests on a solver"):
        theorems([(goal, certificate)], Names(), "g")


def test_a_bound_on_squares_rests_on_its_two_goals() -> None:
    goal = proved([], sp.Ge(sp.sqrt(x**2 + y**2), sp.Abs(x), evaluate=False))
    assert goal[1]["proof"]["goal"]["kind"] == "squares"
    text = "\n".join(theorems([goal], Names(), "g"))
    lemmas = re.findall(r"Lemma (goal_\w+) :", text)
    assert {"goal_g_1_2_nonnegative", "goal_g_1_2_squares"} <= set(lemmas)
    assert lemmas[-1] == "goal_g_1_2"
    assert "(Rsqr_incr_0_var (Rabs v_x) (sqrt ((v_x ^ 2) + (v_y ^ 2)))" in text


def test_what_is_used_of_a_largest_power_is_said_to_be_shown_elsewhere() -> None:
    time = sp.Symbol("T", real=True)
    later = Claim(
        "later",
        given=[x > 0, x < 1],
        times={time: LargestPower(x, sp.Rational(1, 4))},
        show=sp.Lt(time, 3 / (1 - x) + 1, evaluate=False),
    )
    text = coq_file(later, check(later, budget="quick").certificate)
    assert comment(LARGEST_POWER) in text
    plain = claim_of("plain", [x > 1], sp.Gt(x, 0))
    assert comment(LARGEST_POWER) not in coq_file(plain, check(plain, budget="quick").certificate)


def test_what_is_used_of_real_powers_is_said_to_be_shown_elsewhere() -> None:
    hints = Hints(real_powers=((sp.Integer(1), x**y),))
    bernoulli = sp.Ge(x**y, 1 + y * (x - 1), evaluate=False)
    claim = Claim("bernoulli", given=[x > 0, y >= 1], show=bernoulli, hints=hints)
    text = coq_file(claim, check(claim, budget="quick").certificate)
    assert comment(REAL_POWERS) in text
    assert "real_power[1]" in text


def test_a_minimum_of_four_is_refused_with_a_reason() -> None:
    a, b, c, d = sp.symbols("a b c d", real=True)
    goal = proved([sp.Ge(sp.Min(a, b, c, d), 1, evaluate=False)], sp.Gt(a, 0))
    with pytest.raises(CertificateError, match="more than three arguments"):
        theorems([goal], Names(), "g")


def test_a_witness_is_no_proof_to_export() -> None:
    claim = claim_of("above", [sp.Gt(x, 0)], sp.Ge(x, 1))
    result = check(claim, budget="quick")
    assert result.certificate is not None
    with pytest.raises(CertificateError, match="no proof"):
        coq_file(claim, result.certificate)


def test_a_file_is_the_same_in_every_process() -> None:
    """Sets are ordered by hashes, which differ from process to process."""
    script = (
        "from tests.coq.test_generate import *\n"
        "both = sp.And(sp.Ge(x, 1), sp.Ge(y, 1), sp.Or(sp.Ge(z, 1), sp.Le(z, -1)))\n"
        "print('\\n'.join(theorems([proved([both], sp.And(sp.Gt(x, 0), sp.Gt(y, 0), sp.Ne(z, 0)))], Names(), 'g')))\n"
    )
    texts = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
        )
        texts.add(done.stdout)
    assert len(texts) == 1
    assert "Theorem" in texts.pop()
