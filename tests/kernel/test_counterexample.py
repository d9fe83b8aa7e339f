"""A trapped trajectory refutes; a hint that shows nothing of the kind is rejected, also where the statement is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, And, Eq, Ge, Gt, Le, Lt, Min, Ne, Or, Rational, Symbol, Tuple
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, ClaimError
from verify.kernel.check import check_evidence
from verify.kernel.counterexample import counterexample_obligations, counterexample_text
from verify.proof.strategy import WORK, refute_by_counterexample
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import (
    Always,
    AsLongAs,
    BigO,
    BigOmega,
    BigTheta,
    ConvergesTo,
    DecaysExponentially,
    Diverges,
    DivergesExponentially,
    Eventually,
    EventuallyAlways,
    FirstTime,
    ForAll,
    LargestPower,
    LimSup,
    StepSum,
    ThereAre,
)
from verify.statement.loss import Family, LossClass, Member, Property, ScalarLossName
from verify.statement.system import System, time

x, y, x0, y0, d, e, eta, K, T = sp.symbols("x y x0 y0 d e eta K T", real=True)
x_next, s = Symbol("x_next", real=True), Symbol("s", real=True)
ell = ScalarLossName("ell")


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def positive(*symbols: sp.Symbol) -> Boolean:
    return And(*[Gt(symbol, 0) for symbol in symbols])


def hint(
    values: Mapping[str, Any] | None = None,
    invariant: Sequence[Boolean] = (),
    bound: Any = None,
    loss: tuple[str, Mapping[str, Any]] | None = None,
    lemmas: Sequence[Boolean] = (),
    since: Any = None,
) -> Hints:
    entered = {name: sp.sympify(value) for name, value in (values or {}).items()}
    limit, late = (None if value is None else sp.sympify(value) for value in (bound, since))
    return Hints(counterexamples=(Counterexample(entered, loss, tuple(invariant), limit, late, tuple(lemmas)),))


#: GD on x^2/2, its last step overshot: x -> x - eta x, and simpler maps.
descent = System("GD", (x,), (x - eta * x,))
halving, doubling, counter = (
    System(name, (x,), (update,)) for name, update in (("halving", x / 2), ("doubling", 2 * x), ("counter", x + 1))
)
from_zero, from_one, from_x0 = {x: sp.S.Zero}, {x: sp.S.One}, {x: x0}


def _parabola(name: str, a: sp.Expr) -> Member:
    """l(s) = a s^2/2, whose parameter may be any number > 0."""
    return Member(name, (s,), a * s**2 / 2, (a * s,), {"flat": lambda beta: Le(a, beta)}, exists=a > 0)


parabolas = Family("parabola", {"a": "1"}, _parabola, lambda u, bounds: {"a": u[0] + 1}, 1)
any_parabola = LossClass("l is a parabola", (), (parabolas,), scalar=True)
flat_parabola = LossClass("l is a parabola with a <= 1", (Property("flat", sp.S.One),), (parabolas,), scalar=True)


def accepted(claim: Claim) -> bool:
    """Whether the hint gets through: it is proved, and the kernel takes the certificate."""
    outcome = refute_by_counterexample(claim, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert check_evidence(claim, outcome.evidence).verdict == "refuted"
    return True


# --- what is refuted --------------------------------------------------------------------------------------------------

REFUTED = [
    Claim(
        "comes-near",
        given=[Gt(x0, 0)],
        step=halving,
        start=from_x0,
        show=Eventually(rel(Le, x, 0)),
        hints=hint({"x0": 1}, [Gt(x, 0)]),
    ),
    Claim(
        "stays-near",
        given=[Ge(eta, 0), Le(eta, 2)],
        step=descent,
        start=from_one,
        show=EventuallyAlways(rel(Lt, Abs(x), 1)),
        hints=hint({"eta": 2}, [Or(Eq(x, 1), Eq(x, -1))]),
    ),
    Claim("at-once", step=halving, start=from_one, show=Always(Lt(x, 1)), hints=hint()),
    Claim(
        "diverges",
        given=[Ge(eta, 2)],
        step=descent,
        start=from_one,
        show=Diverges(x),
        hints=hint({"eta": 2}, [rel(Le, x**2, 1)], 1),
    ),
    Claim(
        "diverges-exponentially",
        step=System("turn", (x, y), (-y, x)),
        start={x: x0, y: y0},
        given=[Ne(x0, 0), Ne(y0, 0)],
        show=DivergesExponentially(x, y),
        hints=hint({"x0": 1, "y0": 1}, [rel(Le, x**2 + y**2, 2)], 2),
    ),
    Claim(
        "bounded-by-a-constant",
        given=[Gt(x0, 0)],
        step=halving,
        start=from_x0,
        show=ThereAre(Tuple(K), positive(K), Tuple(), Always(rel(Le, x, K))),
        hints=hint({"x0": K + 1}),
    ),
    Claim(
        "small-step-by-a-constant",
        given=[Gt(x0, 0)],
        step=halving,
        start=from_x0,
        show=ThereAre(Tuple(K), positive(K), Tuple(x0), Eventually(rel(Le, x + K, 0))),
        hints=hint({"x0": 1}, [Gt(x, 0)]),
    ),
    Claim(
        "order", given=[Gt(x, 0)], show=BigO(x**2, x, Tuple()), hints=hint({"x": Symbol("constant[0]", real=True) + 1})
    ),
    Claim(
        "lower-order",
        given=[Gt(x, 0)],
        show=BigOmega(x**2, x, Tuple()),
        hints=hint({"x": Symbol("constant[0]", real=True) / 2}),
    ),
    Claim(
        "both-orders",
        given=[Gt(x, 0)],
        show=BigTheta(x**2, x, Tuple()),
        hints=hint({"x": Symbol("constant[1]", real=True) + 1}),
    ),
    Claim(
        "quantifiers",
        given=[Ge(x, 0)],
        show=ThereAre(
            Tuple(K),
            positive(K),
            Tuple(),
            ForAll(Tuple(e), Gt(e, 0), sp.Implies(Ge(x, e), rel(Le, x, K * e), evaluate=False)),
        ),
        hints=hint({"x": K + 1, "e": K / (K + 1) / 2}),
    ),
    Claim(
        "a-loss",
        over=flat_parabola,
        show=ThereAre(Tuple(K), positive(K), Tuple(), rel(Ge, ell.slope(sp.S.One), K)),
        hints=hint(loss=("parabola", {"a": Min(K, 1) / 2})),
    ),
]


@pytest.mark.parametrize("claim", REFUTED, ids=lambda claim: claim.id)
def test_a_counterexample_refutes(claim: Claim) -> None:
    assert accepted(claim)


# --- true statements: no hint may get through -------------------------------------------------------------------------

_up = {"step": counter, "start": from_zero}
_small = And(Gt(K, 0), Lt(K, 1))

TRUE = [
    # the hint would choose the constant itself
    Claim(
        "a-value-for-the-constant",
        given=[Ge(x, 0), Le(x, 5)],
        show=ThereAre(Tuple(K), positive(K), Tuple(), rel(Le, x, K)),
        hints=hint({"x": 5, "K": 1}),
    ),
    # d is x^2 at the next state too
    Claim(
        "a-definition-that-moves",
        define={d: x**2},
        show=Eventually(Ge(x, 1)),
        hints=hint({}, [Or(Eq(x, 0), rel(Eq, d, (x - 1) ** 2))]),
        **_up,
    ),
    Claim(
        "an-invariant-of-the-next-state",
        show=Eventually(Ge(x, 1)),
        hints=hint({}, [Or(Eq(x, 0), rel(Eq, x_next, x))]),
        **_up,
    ),
    # at y0 = 0 there is no trajectory
    Claim(
        "a-start-without-a-value",
        given=[Ge(y0, 0)],
        step=System("drift", (x, y), (x + y0**2, y)),
        start={x: sp.S.Zero, y: 1 / y0},
        show=Eventually(Ge(x, 1)),
        hints=hint({"y0": 0}, [Eq(x, 0)]),
    ),
    # x0/y0 has no value at y0 = K = 0, though 0/K is simplified to 0, and K/K to 1
    Claim(
        "an-assumption-without-a-value",
        given=[rel(Ge, x0 / y0, 0), Ge(y0, 0)],
        show=ThereAre(Tuple(K), Ge(K, 0), Tuple(), rel(Gt, y0, K)),
        hints=hint({"x0": 0, "y0": K}),
    ),
    Claim(
        "an-assumption-that-cancels",
        given=[rel(Ge, x0 / y0, 0), Ge(y0, 0)],
        show=ThereAre(Tuple(K), Ge(K, 0), Tuple(), rel(Gt, y0, K)),
        hints=hint({"x0": K, "y0": K}),
    ),
    # an invariant has to be kept at every time
    Claim("a-value-for-the-time", show=Eventually(Ge(x, 2)), hints=hint({"t": 0}, [rel(Le, x, time)]), **_up),
    Claim(
        "a-value-that-changes-with-time",
        given=[Gt(eta, 0), Le(eta, 1)],
        step=System("drift", (x,), (x + eta,)),
        start=from_zero,
        show=Eventually(Ge(x, 1)),
        hints=hint({"eta": 1 / (4 + 4 * time**2)}, [Ge(time, 0), rel(Le, x, 1 - 1 / (time + 1))]),
    ),
    Claim(
        "a-value-for-a-definition",
        given=[Gt(x0, 0)],
        define={eta: 1 / x0},
        show=ThereAre(Tuple(K), positive(K), Tuple(eta), rel(Le, 1 / x0, K)),
        hints=hint({"eta": 1, "x0": 1 / (K + 1)}),
    ),
    Claim(
        "a-constant-of-a-definition",
        given=[Gt(x0, 0)],
        define={eta: 1 / x0},
        show=ThereAre(Tuple(K), positive(K), Tuple(eta), rel(Le, 1 / x0, K)),
        hints=hint({"x0": 1 / (K + 1)}),
    ),
    Claim(
        "a-value-for-a-hitting-time",
        times={T: FirstTime(Ge(x, 5))},
        show=ThereAre(Tuple(K), positive(K), Tuple(), Ge(T, 5)),
        hints=hint({"T": 0}),
        **_up,
    ),
    Claim(
        "a-bound-that-moves",
        step=doubling,
        start=from_one,
        define={d: x**2},
        show=Diverges(x),
        hints=hint({}, [Ge(x, 1)], d),
    ),
    Claim(
        "a-bound-by-the-next-state",
        step=doubling,
        start=from_one,
        show=Diverges(x),
        hints=hint({}, [Ge(x, 1)], x_next**2),
    ),
    Claim("a-bound-by-the-time", show=Diverges(x), hints=hint({}, [rel(Eq, x, time)], time**2), **_up),
    # what there is for each e may depend on e
    Claim(
        "for-all-there-are",
        over=x,
        show=ForAll(Tuple(e), Ge(e, 0), ThereAre(Tuple(K), Gt(K, 0), Tuple(), rel(Le, e, K))),
        hints=hint({"e": (K + 1) ** 2, "x": 0}),
    ),
    Claim(
        "a-constant-bound-twice",
        over=x,
        show=ThereAre(
            Tuple(K), Gt(K, 5), Tuple(), ThereAre(Tuple(K), Gt(K, 0), Tuple(), rel(Le, K, 3), evaluate=False)
        ),
        hints=hint({"x": 0}),
    ),
    Claim(
        "a-constant-named-like-the-state",
        given=[Ge(y0, 0)],
        step=System("stay", (x,), (x,)),
        start={x: y0},
        show=ThereAre(Tuple(x), Gt(x, 5), Tuple(), EventuallyAlways(Gt(x, 3))),
        hints=hint({"y0": 0}, [Le(x, 0)]),
    ),
    Claim(
        "a-constant-of-the-parameter",
        given=[Gt(x, 0)],
        show=ThereAre(Tuple(K), positive(K), Tuple(x), rel(Le, x, K)),
        hints=hint({"x": K + 1}),
    ),
    # a parabola has a > 0, whatever the class asks for besides
    Claim(
        "no-such-loss",
        over=flat_parabola,
        show=ThereAre(Tuple(K), _small, Tuple(), rel(Ge, ell.slope(sp.S.One), 0)),
        hints=hint(loss=("parabola", {"a": -K})),
    ),
    # a = s would capture the argument of the loss
    Claim(
        "a-constant-named-like-the-argument",
        over=any_parabola,
        show=ThereAre(Tuple(s), And(Gt(s, 0), Lt(s, 1)), Tuple(), rel(Le, ell.slope(sp.S.NegativeOne), 0)),
        hints=hint(loss=("parabola", {"a": s})),
    ),
    Claim(
        "a-constant-of-the-loss",
        over=any_parabola,
        show=ThereAre(Tuple(K), positive(K), Tuple(Symbol("ell")), rel(Ge, ell.slope(sp.S.One), K)),
        hints=hint(loss=("parabola", {"a": K / 2})),
    ),
    Claim(
        "a-loss-that-moves",
        over=any_parabola,
        step=System("climb", (x,), (x + ell.slope(sp.S.One),)),
        start=from_zero,
        show=Eventually(Ge(x, 1)),
        hints=hint({}, [Ge(time, 0), rel(Le, x, 1 - 1 / (time + 1))], loss=("parabola", {"a": 1 / (4 + 4 * time**2)})),
    ),
    # a next state that there never is, of a system that stops at once, or in another coordinate
    Claim(
        "a-step-that-never-exists",
        step=System("stopped", (x,), (x,), (rel(Lt, x**2, 0),)),
        start=from_one,
        show=Always(rel(Lt, x_next**2, 0)),
        hints=hint(),
    ),
    Claim(
        "a-step-without-a-value",
        given=[Ge(x, 0)],
        step=System("inverse", (x, y), (x, 1 / x)),
        over=y,
        show=Gt(x_next, 0),
        hints=hint({"x": 0, "y": 0}),
    ),
    Claim(
        "a-start-that-cancels",
        over=x0,
        given=[Ge(y0, 0)],
        step=counter,
        start={x: x0 / y0},
        show=ThereAre(Tuple(K), Ge(K, 0), Tuple(), Always(rel(Gt, y0, K))),
        hints=hint({"x0": 0, "y0": K}),
    ),
    # without a value a hypothesis does not hold
    Claim(
        "a-hypothesis-that-cancels",
        over=x0,
        given=[Ge(x, 0)],
        show=ThereAre(Tuple(K), Ge(K, 0), Tuple(), sp.Implies(rel(Ge, x / x0, 0), rel(Gt, x0**2, K), evaluate=False)),
        hints=hint({"x": 0, "x0": K}),
    ),
]


@pytest.mark.parametrize("claim", TRUE, ids=lambda claim: claim.id)
def test_no_hint_refutes_a_true_statement(claim: Claim) -> None:
    assert not accepted(claim)


# --- hints that show nothing ------------------------------------------------------------------------------------------

_trapped: dict[str, Any] = {"step": halving, "start": from_x0, "show": Eventually(rel(Le, x, 0))}

UNMET = {
    "an assumption fails": Claim("u", given=[Gt(x0, 2)], hints=hint({"x0": 1}, [Gt(x, 0)]), **_trapped),
    "the start misses the invariant": Claim("u", given=[Gt(x0, 0)], hints=hint({"x0": 1}, [Gt(x, 1)]), **_trapped),
    "a step leaves the invariant": Claim("u", given=[Gt(x0, 0)], hints=hint({"x0": 1}, [Ge(x, 1)]), **_trapped),
    "the invariant contradicts nothing": Claim("u", given=[Gt(x0, 0)], hints=hint({"x0": 1}, [Ge(x, 0)]), **_trapped),
    "a step divides by zero": Claim(
        "u",
        given=[Ge(x0, 0)],
        step=System("inverse", (x, y), (x, 1 / x)),
        start={x: x0, y: sp.S.Zero},
        show=Eventually(Gt(x, 0)),
        hints=hint({"x0": 0}, [Eq(x, 0)]),
    ),
    "the iterates stop to exist": Claim(
        "u",
        given=[Ge(x0, 0)],
        step=System("guarded", (x,), (x / 2,), (Ne(x, 0),)),
        start=from_x0,
        show=Eventually(Gt(x, 0)),
        hints=hint({"x0": 0}, [Eq(x, 0)]),
    ),
    "the loss is not in the class": Claim(
        "u",
        over=flat_parabola,
        show=ThereAre(Tuple(K), positive(K), Tuple(), rel(Le, ell.slope(sp.S.One), K)),
        hints=hint(loss=("parabola", {"a": K + 1})),
    ),
}


@pytest.mark.parametrize("why", UNMET)
def test_an_obligation_stays_open_where(why: str) -> None:
    claim = UNMET[why]
    assert counterexample_obligations(claim, "", "", 0)
    assert not accepted(claim)


REFUSED = {
    "speaks of a hitting time": Claim(
        "r",
        given=[Ge(T, 5)],
        times={T: FirstTime(Ge(x, 5))},
        show=Eventually(Le(x, -1)),
        hints=hint({}, [Ge(x, 0)]),
        **_up,
    ),
    "have no value": Claim("r", given=[Gt(x0, 0)], hints=hint({}, [Gt(x, 0)]), **_trapped),
    "which the claim itself gives a meaning": Claim(
        "r", given=[Gt(x0, 0)], hints=hint({"x0": 1, "x": 2}, [Gt(x, 0)]), **_trapped
    ),
    "more than the constants": Claim("r", given=[Gt(x0, 0)], hints=hint({"x0": y0}, [Gt(x, 0)]), **_trapped),
    "moves with it": Claim(
        "r",
        given=[Gt(x, 0)],
        show=ThereAre(Tuple(K), positive(K), Tuple(x), rel(Le, x, K)),
        hints=hint({"x": K + 1}),
    ),
    "gives no bound": Claim("r", show=Diverges(x), hints=hint({}, [Ge(x, 0)], x**2), **_up),
    "does not speak of the whole state": Claim(
        "r",
        step=System("pair", (x, y), (x, 2 * y)),
        start={x: sp.S.One, y: sp.S.One},
        show=Diverges(x),
        hints=hint({}, [Eq(x, 1)], 1),
    ),
    "is not refuted by a trapped trajectory": Claim("r", show=Eventually(Ge(x, 1)), hints=hint(), **_up),
    "names no loss": Claim(
        "r",
        over=flat_parabola,
        show=ThereAre(Tuple(K), positive(K), Tuple(), rel(Le, ell.slope(x0), K)),
        given=[Gt(x0, 0)],
        hints=hint({"x0": 1}),
    ),
    "has no family": Claim(
        "r",
        over=any_parabola,
        show=ThereAre(Tuple(K), positive(K), Tuple(), rel(Le, ell.slope(sp.S.One), K)),
        hints=hint(loss=("cubic", {})),
    ),
    "gives no counterexample number": Claim("r", show=Eventually(Ge(x, 1)), **_up),
    "gives no value to e": Claim(
        "r", given=[Ge(x, 0)], show=ForAll(Tuple(e), Gt(e, 0), rel(Le, x, e)), hints=hint({"x": 1})
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_counterexample_that_says_nothing_is_refused_with_its_reason(sentence: str) -> None:
    with pytest.raises(CertificateError, match=sentence):
        counterexample_obligations(REFUSED[sentence], "", "", 0)


def test_a_hint_that_speaks_of_itself_is_refused() -> None:
    claim = Claim(
        "self",
        given=[Gt(x, 0)],
        show=ThereAre(Tuple(K), positive(K), Tuple(x), rel(Le, x, K)),
        hints=hint({"x": x + 1}),
    )
    with pytest.raises(CertificateError):
        counterexample_obligations(claim, "", "", 0)


def test_the_evidence_of_another_claim_is_rejected() -> None:
    """The one trajectory is trapped below 1, which says nothing of the other."""
    trapped, escaping = (
        Claim("trapped", step=system, start=from_one, show=Eventually(Gt(x, 1)), hints=hint({}, [rel(Le, x, 1)]))
        for system in (halving, doubling)
    )
    evidence = refute_by_counterexample(trapped, "", "", WORK["quick"]).evidence
    assert evidence is not None
    with pytest.raises(CertificateError):
        check_evidence(escaping, evidence)
    with pytest.raises(CertificateError):
        check_evidence(trapped, {**evidence, "hint": 1})
    with pytest.raises(CertificateError):
        check_evidence(trapped, {**evidence, "obligations": evidence["obligations"][1:]})


def test_a_counterexample_is_read_in_one_line() -> None:
    (one,) = hint({"x0": K + 1}, [Gt(x, 0)], loss=("parabola", {"a": K})).counterexamples
    assert counterexample_text(one) == "x0 = K + 1, loss parabola(a=K); every iterate meets x > 0"


# --- the limes superior -----------------------------------------------------------------------------------------------


def _limsup(show: Boolean, bound: Any, level: Any = 1) -> Claim:
    """On x -> x - eta x with eta = 2, which goes to and fro between x0 and -x0."""
    return Claim(
        "limsup",
        given=[Ge(eta, 0), Le(eta, 2), Gt(x0, 0)],
        step=descent,
        start=from_x0,
        show=show,
        hints=hint({"eta": 2, "x0": level}, [Or(Eq(x, level), Eq(x, -level))], bound),
    )


def test_a_trajectory_that_stays_away_refutes_a_bound_on_its_limes_superior() -> None:
    assert accepted(_limsup(rel(Le, LimSup(Abs(x)), sp.Rational(1, 2)), 1))
    assert accepted(_limsup(ThereAre(Tuple(K), Gt(K, 0), Tuple(), rel(Le, LimSup(Abs(x)), K)), K + 1, K + 1))


@pytest.mark.parametrize("bound", [None, sp.Rational(1, 2), 2, x, time])
def test_a_level_that_is_not_met_or_not_above_the_claimed_one_refutes_nothing(bound: Any) -> None:
    assert not accepted(_limsup(rel(Le, LimSup(Abs(x)), 1), bound))


# --- limits and decay -------------------------------------------------------------------------------------------------

limit, other_limit = Symbol("x_oo", real=True), Symbol("y_oo", real=True)


def tends(said: Boolean, *expressions: Any) -> Boolean:
    """That the expressions (x, unless others are given) tend to x_oo, y_oo, of which a formula holds."""
    of = expressions or (x,)
    return ConvergesTo(Tuple(*(limit, other_limit)[: len(of)]), Tuple(*of), said)


def _to_and_fro(show: Boolean, bound: Any, invariant: Sequence[Boolean] = (), **more: Any) -> Claim:
    """On x -> x - eta x with eta = 2, from 1: 1, -1, 1, ..."""
    trapped = invariant or [Or(Eq(x, 1), Eq(x, -1))]
    given = [Ge(eta, 0), Le(eta, 2)]
    return Claim(
        "limit", given=given, step=descent, start=from_one, show=show, hints=hint({"eta": 2}, trapped, bound), **more
    )


def test_iterates_that_miss_a_limit_refute_it() -> None:
    assert accepted(_to_and_fro(tends(Eq(limit, 0)), 1))
    assert accepted(_to_and_fro(tends(rel(Le, Abs(limit), sp.Rational(1, 2))), sp.Rational(1, 2)))
    assert accepted(_to_and_fro(tends(rel(Ge, 3 * limit**2 - 5, other_limit), x, x), sp.Rational(1, 8), [Eq(x**2, 1)]))
    assert accepted(_to_and_fro(tends(Or(Eq(limit, 0), rel(Gt, limit, 2))), 1))
    assert accepted(_to_and_fro(tends(And(Eq(limit, 1), Eq(limit, -1))), 2))


def test_a_sequence_without_a_limit_misses_one_of_two_claims_at_each_time() -> None:
    """Of a number that is 1 and -1 in turn, "the limit is at least 1/2 and at most -1/2" fails at every time."""
    said = And(rel(Ge, limit, sp.Rational(1, 2)), rel(Le, limit, -sp.Rational(1, 2)))
    assert accepted(_to_and_fro(tends(said), 1))


@pytest.mark.parametrize("bound", [None, 0, -1, 2, x, time, 1 / x, 1 / eta - sp.Rational(1, 2), sp.oo, sp.nan])
def test_a_distance_that_is_not_kept_or_not_positive_refutes_nothing(bound: Any) -> None:
    assert not accepted(_to_and_fro(tends(Eq(limit, 0)), bound))
    assert not accepted(_to_and_fro(DecaysExponentially(x), bound))


_tending: dict[str, Claim] = {
    # the iterates come arbitrarily near to what they never are
    "a limit that is never met": Claim(
        "t", step=halving, start=from_one, show=tends(Eq(limit, 0)), hints=hint({}, [Gt(x, 0)], sp.Rational(1, 100))
    ),
    # sign(x_oo) = 0 and 1/x_oo <= 0 fail by 1 at every iterate: neither is continuous
    "a sign": Claim(
        "t", step=halving, start=from_one, show=tends(Eq(sp.sign(limit), 0)), hints=hint({}, [Gt(x, 0)], 1)
    ),
    "a quotient": Claim(
        "t",
        step=halving,
        start=from_one,
        show=tends(rel(Le, limit / limit**2, 0)),
        hints=hint({}, [Gt(x, 0), Le(x, 1)], 1),
    ),
    # the iterate is compared with itself, not the limit with a number
    "what it is compared with moves": Claim(
        "t", step=counter, start=from_zero, show=tends(rel(Le, limit, x), 0 * x), hints=hint({}, [Ge(x, 0)], 1)
    ),
    "the time": Claim(
        "t", step=halving, start=from_one, show=tends(rel(Le, limit, time - 1)), hints=hint({}, [Ge(x, 0)], 1)
    ),
    "a definition that moves": Claim(
        "t",
        step=halving,
        start=from_one,
        define={d: x},
        show=tends(rel(Le, limit, 1 - d)),
        hints=hint({}, [Eq(x, x)], 1),
    ),
}


@pytest.mark.parametrize("why", _tending)
def test_no_distance_refutes_a_true_limit(why: str) -> None:
    assert not accepted(_tending[why])


def test_what_stays_away_from_zero_does_not_decay() -> None:
    assert accepted(_to_and_fro(DecaysExponentially(x), 1))
    assert accepted(_to_and_fro(DecaysExponentially(x - 3), 2))
    assert not accepted(
        Claim("d", step=halving, start=from_one, show=DecaysExponentially(x), hints=hint({}, [Gt(x, 0)], 1))
    )
    # what has no value at some time keeps no distance
    assert not accepted(_to_and_fro(DecaysExponentially(1 / (x - 1)), sp.Rational(1, 2)))


def test_an_assumption_about_the_state_holds_along_the_whole_trajectory() -> None:
    """ "Once x >= 1, x decays" is not refuted by a start where x is 1, if the later iterates are not."""
    for level, refuted in ((-1, True), (1, False)):
        claim = _to_and_fro(DecaysExponentially(x), 1)
        assert accepted(replace(claim, given=(*claim.given, Ge(x, level)))) is refuted


# --- from some time on ------------------------------------------------------------------------------------------------


def _late(late: Any, below: Any = 5) -> Claim:
    return Claim(
        "late",
        step=counter,
        start=from_zero,
        show=ThereAre(Tuple(K), positive(K), Tuple(), EventuallyAlways(rel(Le, x, K + below))),
        hints=hint({}, [Eq(x, time)], since=late),
    )


def test_what_fails_from_some_time_on_holds_from_no_time_on() -> None:
    assert accepted(_late(K + 6))


@pytest.mark.parametrize(
    "late", [None, K + 5, x, time, 1 / (K - K + eta) * eta * 9, sp.oo, -sp.oo, sp.nan, sp.zoo, sp.I]
)
def test_a_time_that_is_none_or_too_early_refutes_nothing(late: Any) -> None:
    assert not accepted(_late(late))
    true = Claim(
        "true", step=halving, start=from_one, show=EventuallyAlways(Le(x, 1)), hints=hint({}, [Gt(x, 0)], since=late)
    )
    assert not accepted(true)


@pytest.mark.parametrize("late", [1 / (K - 1), sp.sqrt(K - 1), 1 / x0])
def test_a_time_without_a_value_refutes_nothing(late: Any) -> None:
    """It must not make the obligation empty."""
    show = ThereAre(Tuple(K), Ge(K, 0), Tuple(), EventuallyAlways(rel(Le, x, 1)))
    true = Claim(
        "true", over=x0, step=halving, start=from_one, show=show, hints=hint({"x0": 0}, [Ge(x, 0)], since=late)
    )
    assert not accepted(true)


# --- what is known of the slopes --------------------------------------------------------------------------------------


def _climbing(lemma: Boolean | None, slope: Any = 1) -> Claim:
    """x -> x + l'(1) - 1 with l'(1) = a."""
    return Claim(
        "climb",
        over=any_parabola,
        step=System("climb", (x,), (x + ell.slope(sp.S.One) - 1,)),
        start=from_zero,
        show=Eventually(Ge(x, 1)),
        hints=hint({}, [Eq(x, 0)], loss=("parabola", {"a": slope}), lemmas=() if lemma is None else (lemma,)),
    )


def test_a_lemma_says_what_is_known_of_a_slope() -> None:
    assert accepted(_climbing(None))
    assert accepted(_climbing(rel(Eq, ell.slope(sp.S.One), 1)))


@pytest.mark.parametrize("lemma", [rel(Eq, ell.slope(sp.S.One), 2), rel(Ge, ell.slope(sp.S.One), 0), sp.false])
def test_a_wrong_or_weak_lemma_proves_nothing(lemma: Boolean) -> None:
    assert not accepted(_climbing(lemma))
    assert not accepted(_climbing(rel(Eq, ell.slope(sp.S.One), 1), 2))


def test_a_loss_without_a_value_somewhere_is_not_hidden_by_a_lemma() -> None:
    def hyperbola(name: str) -> Member:
        return Member(name, (s,), sp.log(s), (1 / s,), {})

    losses = LossClass("l is log", (), (Family("hyperbola", {}, hyperbola, lambda u, b: {}, 0),), scalar=True)
    stays = Claim(
        "stays",
        over=losses,
        step=System("stay", (x,), (x * ell.slope(x),)),
        start=from_zero,
        show=Eventually(Ge(x, 1)),
        hints=hint({}, [Eq(x, 0)], loss=("hyperbola", {}), lemmas=(Eq(x, 0),)),
    )
    assert not accepted(stays)


def test_sums_over_the_steps_are_not_spoken_of() -> None:
    claim = Claim(
        "s",
        step=counter,
        start=from_zero,
        show=Eventually(Lt(StepSum(x), 0)),
        hints=hint({}, [Ge(StepSum(x), 0), Ge(x, 0)]),
    )
    assert not accepted(claim)


# --- as long as -------------------------------------------------------------------------------------------------------


def _as_long_as(condition: Boolean, then: Boolean, last: Any = 2, **more: Any) -> Claim:
    """x = t on the trajectory, about whose states nothing is known after the third step."""
    invariant = [rel(Le, x, time), Or(Ge(x, time), Ge(time, 4))]
    settings: dict[str, Any] = {**_up, "show": AsLongAs(condition, then), "hints": hint({}, invariant, since=last)}
    return Claim("as-long-as", **(settings | more))


def test_what_fails_at_a_time_does_not_hold_as_long_as() -> None:
    assert accepted(_as_long_as(rel(Lt, x, 3), rel(Le, x, 1)))
    # of two things that are said it suffices that the one about the state itself fails
    assert accepted(_as_long_as(rel(Lt, x, 3), And(rel(Le, x, 1), rel(Ge, x_next, x))))
    # later states need not meet an assumption
    assert accepted(_as_long_as(rel(Lt, x, 3), rel(Le, x, 1), given=[Le(x, 2)]))
    by_constants = ThereAre(Tuple(K), positive(K), Tuple(), AsLongAs(rel(Lt, x, 3), rel(Le, x, 1 / (K + 1))))
    assert accepted(_as_long_as(Lt(x, 3), Le(x, 1), show=by_constants))


AS_LONG_AS: dict[str, Claim] = {
    "it does not fail": _as_long_as(rel(Lt, x, 3), rel(Le, x, 2)),
    "it fails later": _as_long_as(rel(Lt, x, 5), rel(Le, x, 2)),
    "the condition has failed before": _as_long_as(Or(rel(Lt, x, 1), rel(Gt, x, 1)), rel(Le, x, 1)),
    "the condition fails then": _as_long_as(rel(Lt, x, 2), rel(Le, x, 1)),
    "nothing is known of the state at that time": _as_long_as(rel(Lt, x, 9), rel(Le, x, 4), last=5),
    "only what is said of the next state fails": _as_long_as(rel(Lt, x, 3), rel(Le, x_next, 1)),
    "an assumption fails by then": _as_long_as(rel(Lt, x, 3), rel(Le, x, 1), given=[Le(x, 1)]),
    "the step from there does not exist": _as_long_as(
        rel(Lt, x, 3), rel(Le, x, 1), step=System("stops", (x,), (x + 1,), (Ne(x, 2),))
    ),
}


@pytest.mark.parametrize("why", AS_LONG_AS)
def test_as_long_as_is_not_refuted_where(why: str) -> None:
    assert not accepted(AS_LONG_AS[why])


@pytest.mark.parametrize("last", [None, -1, Rational(3, 2), K, time, sp.oo])
def test_it_fails_at_a_natural_number(last: Any) -> None:
    with pytest.raises(CertificateError, match="no time at which the conclusion fails"):
        counterexample_obligations(_as_long_as(Lt(x, 3), Le(x, 1), last), "", "", 0)


def _until(base: Any, assumption: Any, level: Any = None) -> Claim:
    times = {T: LargestPower(base, Rational(1, 4) if level is None else level)}
    hints = hint({"eta": -1}, [Ge(x, 0)])
    return Claim("until", given=[assumption], over=eta, times=times, show=Eventually(Le(x, -1)), **_up, hints=hints)


def test_a_number_is_at_most_a_time_that_never_comes() -> None:
    for base in (-1, 1, 2, eta, eta - 1):
        assert accepted(_until(base, rel(Le, 9, T)))
    assert accepted(_until(-1, rel(Lt, x + time, T)))
    for base in (Rational(1, 2), Rational(-1, 2), 0, 1 / (eta + 1), eta / 2):
        assert not accepted(_until(base, rel(Le, 9, T)))
    assert not accepted(_until(-1, rel(Le, 1 / (eta + 1), T)))


@pytest.mark.parametrize(
    "claim",
    [
        _until(-1, rel(Le, T, 9)),
        _until(-1, rel(Le, T, T)),
        _until(-1, rel(Eq, T, 9)),
        _until(-1, Or(rel(Le, 9, T), x > 0)),
    ],
)
def test_of_such_a_time_nothing_else_is_known(claim: Claim) -> None:
    with pytest.raises(CertificateError, match="speaks of a hitting time"):
        counterexample_obligations(claim, "", "", 0)


def test_its_power_stays_and_its_level_is_at_most_one() -> None:
    with pytest.raises(CertificateError, match="is no largest power"):
        counterexample_obligations(_until(-1, rel(Le, 9, T), level=2), "", "", 0)
    with pytest.raises(ClaimError, match="moves along the trajectory"):
        _until(x - 1, rel(Le, 9, T))
