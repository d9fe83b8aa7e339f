"""Advice to the provers may leave out, name and abbreviate; it never adds to what is known."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy import Abs, And, Ge, Gt, Le, Lt, Tuple
from sympy.core.symbol import Str

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.check import check_certificate
from verify.kernel.conclusion import replaced
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import IsMember, ThereAre
from verify.statement.loss import Family, LossClass, Member, Property, ScalarLossName

x, y, s, K, J, S, a = sp.symbols("x y s K J S a", real=True)
ell = ScalarLossName("ell")


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def proved(claim: Claim, part: str = "") -> bool:
    return prove_part(claim, "", part, WORK["quick"]).evidence is not None


def _parabola(name: str, a: sp.Expr) -> Member:
    return Member(name, (s,), a * s**2 / 2, (a * s,), {"flat": lambda beta: Le(a, beta)}, exists=a > 0)


parabolas = Family("parabola", {"a": "1"}, _parabola, lambda u, bounds: {"a": u[0] + 1}, 1)


def _axioms(at: sp.Expr, slope: sp.Expr) -> dict[str, list[sp.Basic]]:
    return {"signs": [sp.Implies(Gt(at, 0), Gt(slope, 0))], "flat": [rel(Le, Abs(slope), Abs(at))]}


flat = LossClass("l is flat", (Property("flat", sp.S.One),), (parabolas,), slope_axioms=_axioms, scalar=True)

# --- constants by instance --------------------------------------------------------------------------------------------


def bounded(constant: Any, *, depends: Tuple | None = None, condition: Any = None) -> Claim:
    return Claim(
        "bounded",
        given=[Gt(y, 0), Ge(x, 0), Le(x, y)],
        show=ThereAre(Tuple(K), condition or Gt(K, 0), Tuple(y) if depends is None else depends, rel(Le, x**2, K)),
        hints=Hints(constants={"": constant}),
    )


def test_named_constants_prove_that_there_are_such() -> None:
    result = check(bounded(y**2), budget="quick")
    assert (result.verdict, result.grade) == ("proved", "kernel")
    assert result.certificate is not None
    assert check_certificate(bounded(y**2), result.certificate).verdict == "proved"


def test_a_constant_that_depends_on_more_is_rejected() -> None:
    with pytest.raises(CertificateError, match="depends on more than"):
        obligations(bounded(x**2 + 1), "", "", "instance")
    with pytest.raises(CertificateError, match="depends on more than"):
        obligations(bounded(y**2, depends=Tuple()), "", "", "instance")


@pytest.mark.parametrize("constant", [sp.S.Zero, -(y**2), y**2 - y, y / 2])
def test_a_constant_that_is_not_positive_or_too_small_proves_nothing(constant: sp.Expr) -> None:
    assert not proved(bounded(constant))


def test_a_missing_or_spare_constant_is_rejected() -> None:
    with pytest.raises(CertificateError, match="gives 2 constants"):
        obligations(bounded((y, y)), "", "", "instance")
    with pytest.raises(CertificateError, match="gives no constants"):
        obligations(Claim("none", given=[Ge(x, 0)], over=y, show=bounded(y).show), "", "", "instance")


def test_the_instance_of_one_certificate_is_not_taken_for_another_claim() -> None:
    evidence = prove_part(bounded(y**2), "", "", WORK["quick"]).evidence
    assert evidence is not None
    smaller = bounded(y**2, condition=And(Gt(K, 0), Lt(K, y**2)))
    first, proof = obligations(smaller, "", "", "instance")[0], evidence["obligations"][0]
    assert "as they should be" in first.name
    with pytest.raises(CertificateError):
        first.check(proof)


@pytest.mark.parametrize(("constant", "holds"), [("1", True), ("2", True), ("1/2", False), ("-1", False)])
def test_a_named_loss_is_a_member_with_the_right_constant(constant: str, holds: bool) -> None:
    claim = Claim(
        "member",
        over=flat,
        show=ThereAre(Tuple(K), Gt(K, 0), Tuple(), IsMember(Str("parabola(a=1)"), Str("flat"), K)),
        hints=Hints(constants={"": sp.Rational(constant)}),
    )
    assert proved(claim) is holds


def test_a_property_that_nobody_certifies_is_not_proved() -> None:
    claim = Claim(
        "member",
        over=flat,
        show=ThereAre(Tuple(K), Gt(K, 0), Tuple(), IsMember(Str("parabola(a=1)"), Str("round"), K)),
        hints=Hints(constants={"": sp.S.One}),
    )
    with pytest.raises(CertificateError, match="not certified"):
        obligations(claim, "", "", "instance")


# --- assumptions and axioms -------------------------------------------------------------------------------------------


def test_needs_only_drops_assumptions() -> None:
    given = [Ge(x, 0), Ge(y, 0), Le(y, 5)]
    claim = Claim("sum", given=given, show=Ge(x + y, 0), hints=Hints(needs=(Ge(x, 0), Ge(y, 0))))
    (goal,) = obligations(claim, "", "", "implication")
    assert goal.hypotheses == (Ge(x, 0), Ge(y, 0))
    assert proved(claim)


def test_needs_that_nobody_assumes_are_no_hypotheses() -> None:
    claim = Claim("false", given=[Ge(x, 0)], over=y, show=Ge(x + y, 0), hints=Hints(needs=(Ge(x, 0), Ge(y, 0))))
    (goal,) = obligations(claim, "", "", "implication")
    assert goal.hypotheses == (Ge(x, 0),)
    assert check(claim, budget="quick").verdict == "refuted"


def test_axioms_are_those_of_the_named_groups() -> None:
    def facts(axioms: tuple[str, ...] | None) -> set[str]:
        claim = Claim("slope", over=flat, given=[Gt(x, 0)], show=Gt(ell.slope(x), 0), hints=Hints(axioms=axioms))
        (goal,) = obligations(claim, "", "", "implication")
        return {type(fact).__name__ for fact in goal.hypotheses[1:]}

    assert facts(None) == {"Implies", "LessThan"}
    assert facts(("signs",)) == {"Implies"}
    assert facts(("flat",)) == {"LessThan"}
    assert facts(()) == facts(("no such group",)) == set()


def test_without_the_axiom_that_it_needs_a_claim_is_not_proved() -> None:
    def claim(*axioms: str) -> Claim:
        return Claim("slope", over=flat, given=[Gt(x, 0)], show=Le(ell.slope(x), x), hints=Hints(axioms=axioms))

    assert proved(claim("flat"))
    needed = obligations(claim("signs"), "", "", "implication")
    assert all(not isinstance(fact, sp.Le) for fact in needed[0].hypotheses)


# --- advice for one part ----------------------------------------------------------------------------------------------


def test_a_part_has_its_own_advice() -> None:
    lemma = Ge(x * y, 0)
    claim = Claim(
        "parts",
        given=[Ge(x, 0), Ge(y, 0)],
        show={"first": Ge(x + y, 0), "second": Ge(x * y + x, 0)},
        hints=Hints(needs=(Ge(x, 0), Ge(y, 0)), parts={"second": Hints(lemmas=(lemma,))}),
    )
    (first,) = obligations(claim, "", "first", "implication")
    (second,) = obligations(claim, "", "second", "implication")
    assert (first.lemmas, second.lemmas) == ((), (lemma,))
    result = check(claim, budget="quick")
    assert result.parts == {"first": "proved", "second": "proved"}


def test_the_advice_for_one_part_replaces_the_other() -> None:
    claim = Claim(
        "replaced",
        given=[Ge(x, 0), Ge(y, 0)],
        show={"one": Ge(x, 0), "other": Ge(y, 0)},
        hints=Hints(needs=(Ge(x, 0),), parts={"other": Hints(needs=(Ge(y, 0),))}),
    )
    assert check(claim, budget="quick").verdict == "proved"
    assert obligations(claim, "", "other", "implication")[0].hypotheses == (Ge(y, 0),)


def test_the_fingerprint_does_not_see_advice() -> None:
    plain = Claim("same", given=[Ge(x, 0)], show=Ge(2 * x, 0))
    advised = Claim("same", given=[Ge(x, 0)], show=Ge(2 * x, 0), hints=Hints(lemmas=(Ge(x, 0),)))
    assert plain.fingerprint == advised.fingerprint


# --- abbreviations ----------------------------------------------------------------------------------------------------


def test_the_negative_of_an_abbreviated_sum_is_the_negative_symbol() -> None:
    assert replaced(x - y, y - x, S) == -S
    assert replaced((x - y) * K, y - x, S) == -S * K
    assert replaced(rel(Le, x - y, y - x), y - x, S) == rel(Le, -S, S)


def test_an_abbreviated_sum_is_the_same_in_both_signs() -> None:
    claim = Claim(
        "both-signs",
        given=[Le(x, y)],
        show=rel(Le, (x - y) ** 3, (y - x) ** 3),
        hints=Hints(lemmas=(rel(Ge, y - x, 0),), abbreviate={S: y - x}),
    )
    last = obligations(claim, "", "", "implication")[-1]
    assert last.conclusion == rel(Le, (-S) ** 3, S**3)
    assert check(claim, budget="quick").verdict == "proved"


def test_a_false_statement_is_not_proved_by_a_sign_lost() -> None:
    claim = Claim("sign", given=[Le(x, y)], show=rel(Ge, x - y, 0), hints=Hints(abbreviate={S: y - x}))
    assert check(claim, budget="quick").verdict == "refuted"
    assert not proved(claim)
