"""Powers whose exponent is any real number, as numbers of which some facts are known: what is proved, what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import And, Eq, Ge, Gt, Implies, Integer, Le, Or, Rational, Symbol, Tuple

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import _as_they_should_be, obligations
from verify.kernel.real_powers import RealPowers, is_real_power
from verify.proof.implication import attempt_implication
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import ThereAre
from verify.statement.system import System, time

x, y, e, a, x0, K = sp.symbols("x y e a x0 K", real=True)
x_next = Symbol("x_next", real=True)
one = Integer(1)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def claim(show: Any, *given: Any, pairs: Any = ((x**e, y**e),), **more: Any) -> Claim:
    hints = replace(more.pop("hints", Hints()), real_powers=pairs)
    return Claim("c", given=given, over=(x, y, e), show=show, hints=hints, **more)


def evidence(one: Claim) -> Any:
    return prove_part(one, "", "", WORK["quick"]).evidence


def proved(one: Claim) -> bool:
    """Whether it is proved, and the kernel takes the certificate."""
    found = evidence(one)
    return found is not None and check_evidence(one, found).verdict == "proved"


def test_which_powers_are_meant() -> None:
    assert all(map(is_real_power, (x**e, 2**e, x ** (e + 1), x ** sp.sqrt(2))))
    natural = Symbol("n", integer=True)
    for other in (x**2, x ** Rational(1, 3), sp.exp(e), sp.Pow(sp.E, e, evaluate=False), x**natural, x, one):
        assert not is_real_power(other)


def test_a_power_rises_with_its_base() -> None:
    rises = rel(Ge, y**e, x**e)
    assert proved(claim(rises, Gt(x, 0), Ge(y, x), Ge(e, 0)))
    assert not proved(claim(rises, Gt(x, 0), Ge(y, x)))
    assert not proved(claim(rises, Ge(x, 0), Ge(y, x), Ge(e, 0)))
    assert not proved(claim(rises, Gt(x, 0), Gt(y, 0), Ge(e, 0)))
    assert not proved(claim(rel(Ge, x**e, y**e), Gt(x, 0), Ge(y, x), Ge(e, 0)))


def test_bernoullis_inequality_is_a_tangent_at_one() -> None:
    bernoulli, pairs = rel(Ge, (1 + x) ** e, 1 + e * x), ((one, (1 + x) ** e),)
    assert proved(claim(bernoulli, Gt(x, -1), Ge(e, 1), pairs=pairs))
    assert not proved(claim(bernoulli, Gt(x, -1), Ge(e, 0), pairs=pairs))
    assert not proved(claim(bernoulli, Ge(x, -1), Ge(e, 1), pairs=pairs))


def test_a_power_is_positive_and_at_most_one() -> None:
    small = And(rel(Gt, x**e, 0), rel(Le, x**e, 1))
    assert proved(claim(small, Gt(x, 0), Le(x, 1), Ge(e, 0), pairs=((x**e, one),)))
    assert not proved(claim(small, Gt(x, 0), Le(x, 1), pairs=((x**e, one),)))


def test_a_power_of_a_positive_number_has_a_value() -> None:
    assert proved(claim(rel(Gt, 2**e, 0), pairs=((one, 2**e),)))
    assert proved(claim(rel(Ge, 2**e, 1), Ge(e, 0), pairs=((one, 2**e),)))


def test_its_base_has_to_be_positive() -> None:
    for show in (Eq(x**e, x**e, evaluate=False), Or(rel(Gt, x**e, 0), rel(Le, x**e, 1))):
        assert not proved(claim(show, Ge(x, 0)))
        assert proved(claim(show, Gt(x, 0)))
    nested = rel(Gt, (x**e - 1) ** a, 0)
    assert not proved(claim(nested, Gt(x, 0), rel(Ge, x**e, 1), Ge(a, 0)))
    assert proved(claim(nested, Gt(x, 0), rel(Gt, x**e, 1), Ge(a, 0)))


def test_its_exponent_and_its_base_have_to_have_values() -> None:
    assert not proved(claim(rel(Gt, x ** (1 / y), 0), Gt(x, 0), pairs=((one, x ** (1 / y)),)))
    assert proved(claim(rel(Gt, x ** (1 / y), 0), Gt(x, 0), Gt(y, 0), pairs=((one, x ** (1 / y)),)))
    ratio = (x + 1) / (y - 1)
    assert not proved(claim(Eq(ratio**e, ratio**e, evaluate=False), Gt(x, 0), Ge(y, 1)))
    assert proved(claim(Eq(ratio**e, ratio**e, evaluate=False), Gt(x, 0), Gt(y, 1)))


def test_a_lemma_may_say_that_a_base_is_positive() -> None:
    base = x**3 + y**3 - 1
    lemmas = (rel(Ge, x**3, 1), rel(Gt, y**3, 0), Gt(base, 0), Implies(Gt(base, 0), Gt(base**e, 0)))
    assert proved(claim(rel(Gt, base**e, 0), Ge(x, 1), Gt(y, 0), hints=Hints(lemmas=lemmas)))
    a_sum = {Symbol("s", real=True): x**3 + y**3 - 1}
    assert proved(claim(rel(Gt, base**e, 0), Ge(x, 1), Gt(y, 0), hints=Hints(lemmas=lemmas, abbreviate=a_sum)))


def test_no_hypothesis_says_that_a_base_is_positive() -> None:
    """(-3)^2 >= 1, too."""
    assert not proved(claim(Gt(x, 0), rel(Ge, x**e, 1)))
    assert not proved(claim(rel(Gt, x * x**e, 0), rel(Ge, x**e, 1)))
    with pytest.raises(CertificateError, match="is lost"):
        obligations(claim(Ge(y, 0), Implies(rel(Ge, x**e, 1), Ge(y, 0))), "", "", "implication")


def test_pairs_have_one_exponent() -> None:
    for pair in ((x**e, y**a), (x**e, y), (x**e, Integer(2)), (one, one), (one, x**2)):
        with pytest.raises(CertificateError, match="no powers with the same exponent"):
            obligations(claim(rel(Gt, x**e, 0), pairs=(pair,)), "", "", "implication")


def test_powers_stand_as_numbers_only_where_they_are_paired() -> None:
    given = Gt(x, 0), Ge(y, x), Ge(e, 0)
    with_pairs, without = claim(rel(Ge, y**e, x**e), *given), claim(rel(Ge, y**e, x**e), *given, pairs=())
    (goal,) = obligations(without, "", "", "implication")
    assert goal.conclusion == rel(Ge, y**e, x**e)
    assert goal.hypotheses == given
    with pytest.raises(CertificateError):
        check_evidence(without, evidence(with_pairs))


def test_a_power_with_an_exponent_in_t_is_no_such_power() -> None:
    with pytest.raises(CertificateError):
        obligations(claim(rel(Ge, x ** (2 * time + e), 0), Gt(x, 0)), "", "", "implication")


# --- along a trajectory ----------------------------------------------------------------------------------------------


def along(update: Any, *pairs: Any, **more: Any) -> Claim:
    """x^e never falls below x0^e."""
    step = System("a step", (x,), (update,))
    grows = rel(Ge, x**e, x0**e)
    hints = Hints(invariant=(Gt(x, 0), grows), real_powers=pairs)
    return Claim("c", given=[Gt(x0, 0), Ge(e, 0)], over=(x0, e), step=step, start={x: x0}, show=grows, hints=hints)


def test_the_power_of_the_next_state_is_another_number() -> None:
    assert proved(along(2 * x, (x**e, x_next**e)))
    assert not proved(along(2 * x, (x0**e, x**e)))
    assert not proved(along(x / 2, (x**e, x_next**e)))
    assert not proved(along(x - 1, (x**e, x_next**e)))  # where it may have no value


def test_a_base_may_speak_of_what_a_claim_defines() -> None:
    rests, power = System("rest", (x,), (x,)), (1 + a) ** e

    def bounded(end: Any) -> Claim:
        hints = Hints(invariant=(rel(Le, x, x0),), real_powers=((one, power),), lemmas=(rel(Ge, power, 1 + e * a),))
        settings: dict[str, Any] = {"given": [Gt(x0, 0), Ge(e, 1)], "over": (x0, e), "define": {a: end}}
        return Claim("c", show=rel(Le, x, power), step=rests, start={x: x0}, hints=hints, **settings)

    assert proved(bounded(x0))
    assert not proved(bounded(x0 - 1))
    assert not proved(bounded(x0 / 2))


# --- constants -------------------------------------------------------------------------------------------------------


def test_a_constant_may_hold_a_power() -> None:
    bounded = ThereAre(Tuple(K), Gt(K, 0), Tuple(x, e), rel(Le, x**e, K))
    assert proved(claim(bounded, Gt(x, 0), hints=Hints(constants={"": 1 + x**e})))
    assert not proved(claim(bounded, Gt(x, 0), hints=Hints(constants={"": x**e - 1})))
    there = ThereAre(Tuple(K), Gt(K, 0), Tuple(x, e), rel(Ge, sp.Abs(y), 0))
    for constant in (sp.Max(x**e, 1), 1 + (1 + x**2) ** (1 / e)):
        assert not proved(claim(there, Ge(x, 0), Ge(e, 0), hints=Hints(constants={"": constant})))
        assert proved(claim(there, Gt(x, 0), Gt(e, 0), hints=Hints(constants={"": constant})))


def test_an_assumption_with_a_power_that_may_have_no_value_says_nothing_of_a_constant() -> None:
    """Where x < 0 and e = 1/2 both assumptions hold, whatever y is."""
    either = Implies(rel(Ge, x**e, 1), Gt(y, 0)), Implies(rel(Le, x**e, 1), Gt(y, 0))
    there = ThereAre(Tuple(K), Gt(K, 0), Tuple(y), rel(Ge, sp.Abs(x), 0))
    named = claim(there, *either, hints=Hints(constants={"": y}))
    goal = _as_they_should_be(named, named.assumptions, Gt(y, 0))
    assert not any(one.has(Implies) and y in one.free_symbols for one in goal.hypotheses)
    assert attempt_implication(goal.hypotheses, goal.conclusion, work=WORK["quick"]).certificate is None
    helps = claim(there, rel(Ge, y**e, 1), hints=Hints(constants={"": 1 + x**2}))
    assert len(_as_they_should_be(helps, helps.assumptions, Gt(1 + x**2, 0)).hypotheses) > 1


def test_symbols_are_shared_and_inner_powers_come_first() -> None:
    powers = RealPowers()
    first = powers.hidden(x**e)
    assert powers.hidden(rel(Ge, x**e, x**e)) == rel(Ge, first, first)
    assert powers.hidden((1 + x**e) ** a) == powers.hidden((1 + first) ** a)
    assert powers.hidden(x**a) != first
