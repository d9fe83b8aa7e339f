"""A point and what follows it refutes a limit or a constant; a hint that shows nothing of the kind is rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Le, Lt, Ne, Rational, Symbol, Tuple, sqrt
from sympy.logic.boolalg import Boolean

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.counterexample import counterexample_obligations, counterexample_text
from verify.proof.strategy import WORK, refute_by_counterexample
from verify.statement.claim import Claim, Hints, PointCounterexample
from verify.statement.formula import Eventually, FirstTime, LimInf, LimSup, StepSum, ThereAre
from verify.statement.loss import Family, LossClass, Member, Property, ScalarLossName
from verify.statement.system import System, time
from verify.statement.vectors import Norm, Vector

x, y, x0, d, K, T, s = sp.symbols("x y x0 d K T s", real=True)
x_next = Symbol("x_next", real=True)
ell = ScalarLossName("ell")
half = Rational(1, 2)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def at(
    values: Mapping[str, str],
    *invariant: Boolean,
    bound: Any = None,
    wait: int = 0,
    facts: Sequence[Boolean] = (),
    loss: str | None = None,
) -> Hints:
    number = None if bound is None else sp.sympify(bound)
    return Hints(counterexamples=(PointCounterexample(values, loss, tuple(facts), wait, invariant, number),))


def along(update: sp.Expr, show: Any, hints: Hints, **more: Any) -> Claim:
    """A claim about the trajectory of x from x0 > 0, at its start."""
    given = [Gt(x0, 0), *more.pop("given", ())]
    system = System("a step", (x,), (update,), more.pop("well_defined", ()))
    start = {x: more.pop("start", x0)}
    return Claim("c", given=given, step=system, start=start, show=show, hints=hints, **{"takes": [x0], **more})


def in_a_step(update: sp.Expr, hints: Hints) -> Claim:
    """That each step shrinks x by a factor below 1 that depends on x0 only."""
    shrinks = ThereAre(Tuple(K), Gt(K, 0), Tuple(x0), rel(Le, x_next**2, (1 - K) * x**2))
    return along(update, shrinks, hints, takes=[x0, time])


def accepted(claim: Claim) -> bool:
    """Whether the hint gets through: it is proved, and the kernel takes the certificate."""
    outcome = refute_by_counterexample(claim, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert check_evidence(claim, outcome.evidence).verdict == "refuted"
    return True


def _line(name: str, a: sp.Expr) -> Member:
    """l'(s) = a s."""
    return Member(name, (s,), a * s**2 / 2, (a * s,), {"flat": lambda beta: Le(a, beta)})


lines = Family("line", {"a": "1"}, _line, lambda u, bounds: {"a": u[0]}, 1)
flat = LossClass("l' is a line of slope <= 1", (Property("flat", sp.S.One),), (lines,), scalar=True)
_one = {"x0": "1"}
_first = {"x0": "1", "t": "0"}
_small, _large = Le(x, Rational(1, 4)), Ge(x, 2)

# --- what is refuted --------------------------------------------------------------------------------------------------

REFUTED = {
    "a lower bound on a limes inferior": along(
        x / 2, rel(Ge, LimInf(x), x0 / 2), at(_one, _small, bound=Rational(1, 4), wait=2)
    ),
    "a strict one on a limes superior": along(
        x / 2, rel(Gt, LimSup(x), x0 / 2), at(_one, _small, bound=Rational(1, 4), wait=2)
    ),
    "an upper bound": along(2 * x, rel(Le, LimSup(x), x0), at(_one, _large, bound=2, wait=1)),
    "an equality, from below": along(x / 2, rel(Eq, LimSup(x), x0), at(_one, Le(x, half), bound=half, wait=1)),
    "an equality, from above": along(2 * x, rel(Eq, LimInf(x), x0), at(_one, _large, bound=2, wait=1)),
    "a sum over the steps": along(
        x / 2,
        rel(Eq, LimSup(StepSum(x)), 3 * x0),
        at(_one, Ge(x, 0), rel(Eq, StepSum(x) + 2 * x, 2), bound=2),
    ),
    "a state that is a parameter": Claim(
        "c",
        given=[Gt(x, 0)],
        step=System("halving", (x,), (x / 2,)),
        start={x: x},
        show=rel(Ge, LimInf(x), x),
        hints=at({"x": "1"}, Le(x, half), bound=half, wait=1),
        takes=[x],
    ),
    "a definition by the state at the point": along(
        x / 2, rel(Ge, LimInf(x), d), at(_one, Le(x, half), bound=half, wait=1), define={d: x}
    ),
    "a hitting time among the assumptions": Claim(
        "c",
        given=[Gt(x0, 0), rel(Ge, time, T)],
        step=System("halving", (x,), (x / 2,)),
        start={x: x0},
        times={T: FirstTime(Lt(x, half))},
        show=rel(Ge, LimInf(x), x),
        hints=at({**_one, "t": "3"}, Le(x, Rational(1, 16)), bound=Rational(1, 16), wait=1),
        takes=[x0, time],
    ),
    "a loss": along(
        x - ell.slope(x) / 2,
        rel(Ge, LimInf(x), x0),
        at(_one, Ge(x, 0), Le(x, half), bound=half, wait=1, loss="line(a=1)"),
        over=flat,
    ),
    "any constant": in_a_step(-x, at(_first, facts=[Abs(x_next) >= Abs(x), Ne(x, 0)])),
}


@pytest.mark.parametrize("what", REFUTED)
def test_a_point_refutes(what: str) -> None:
    assert accepted(REFUTED[what])


def test_a_point_that_the_search_missed_is_a_witness() -> None:
    spike = Claim("c", given=[Ge(x, 0)], show=rel(Ge, (x - 12345) ** 2, Rational(1, 10**20)), hints=at({"x": "12345"}))
    outcome = refute_by_counterexample(spike, "", "", WORK["quick"])
    assert outcome.evidence is not None
    assert outcome.evidence["kind"] == "witness"
    assert check_evidence(spike, outcome.evidence).verdict == "refuted"
    assert check(spike, budget="quick").verdict == "refuted"
    assert not accepted(Claim("c", given=[Gt(x, 1)], show=rel(Ge, x, 1), hints=at({"x": "0"})))


# --- hints that show nothing ------------------------------------------------------------------------------------------

_stays = rel(Ge, LimInf(x), x0)
REFUSED = {
    "not admissible": along(x / 2, _stays, at({"x0": "-1"}, _small, bound=Rational(1, 4))),
    "not admissible: the loss": along(
        x / 2 + 0 * ell.slope(x), _stays, at(_one, _small, bound=half, wait=2, loss="line(a=2)"), over=flat
    ),
    "1/4 < x0/8 is false": along(x / 2, rel(Ge, LimInf(x), x0 / 8), at(_one, _small, bound=Rational(1, 4), wait=2)),
    "1 < x0 is false": along(x, _stays, at(_one, Le(x, 1), bound=1)),
    "x <= 1/4 is false": along(x / 2, _stays, at(_one, _small, bound=Rational(1, 4), wait=1)),
    "1/4 > x0 is false": along(x / 2, rel(Le, LimSup(x), x0), at(_one, _small, bound=Rational(1, 4), wait=2)),
    "no rational one|rational": along(x / 2, _stays, at(_one, _small, bound=x, wait=2)),
    "kept from it by a rational one": along(x / 2, _stays, at(_one, _small, wait=2)),
    "compared with a number at the point": along(
        x / 2, rel(Ge, LimInf(x), LimSup(x)), at(_one, _small, bound=half, wait=2)
    ),
    "a point of c consists of": along(x / 2, _stays, at({}, _small, bound=half, wait=2)),
    "is no point of c": along(x / 2, _stays, at({"x0": "one"}, _small, bound=half, wait=2)),
    "occurs in no invariant": along(x / 2, rel(Ge, LimInf(StepSum(x)), x0), at(_one, Le(x, 1), bound=half)),
    "have no value along the trajectory": along(x / 2, _stays, at(_one, rel(Le, x, time), bound=half, wait=2)),
    "cannot be evaluated": along(x - 1, _stays, at(_one, Le(x, 0), bound=0, wait=2), well_defined=(Gt(x, 0),)),
    "speaks of constants": along(x / 2, _stays, at(_one, _small, bound=half, wait=2, facts=[Gt(x, 0)])),
    "not refuted by a point": along(x / 2, Eventually(Lt(x, 0)), at(_one, _small, bound=half, wait=2)),
    "no trajectory": Claim(
        "c", given=[Gt(x, 0)], show=rel(Ge, LimInf(x), 1), hints=at({"x": "1"}, _small, bound=half), takes=[x]
    ),
    "x_next > x is false": in_a_step(x / 2, at(_first, facts=[x_next > x])),
    "not certified": in_a_step(x, at({"x0": "2", "t": "0"}, facts=[rel(Le, sqrt(x), sqrt(x_next)), x_next > x / 2])),
    "speaks of the constant": in_a_step(x / 2, at(_first, facts=[Gt(K, 5)])),
    "says nothing of a constant": in_a_step(-x, at(_first, Gt(x, 0), facts=[Gt(x, 0)])),
    "speaks of more than numbers": along(
        x / 2, ThereAre(Tuple(K), Gt(K, 0), Tuple(), Eventually(rel(Lt, x, -K))), at(_one, facts=[Gt(x, 0)])
    ),
    "speaks of vectors": Claim(
        "c",
        over=Vector("w"),
        show=ThereAre(Tuple(K), Gt(K, 0), Tuple(), rel(Le, Norm(Vector("w")), K)),
        hints=at({"w": "1"}),
        takes=[Vector("w")],
    ),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_shows_nothing_is_refused_with_its_reason(sentence: str) -> None:
    with pytest.raises(CertificateError, match=sentence):
        counterexample_obligations(REFUSED[sentence], "", "", 0)
    assert not accepted(REFUSED[sentence])


UNMET = {
    "a step leaves the invariant": along(2 * x, _stays, at(_one, Le(x, half), bound=half), start=x0 / 4),
    "the invariant does not keep the bound": along(x / 2, _stays, at(_one, Le(x, 1), bound=half)),
    "the bound is kept in another sense": along(2 * x, _stays, at(_one, Ge(x, half), bound=half)),
    "the iterates may stop to exist": along(
        x / 2, _stays, at(_one, _small, bound=half, wait=2), well_defined=(Ne(x, 0),)
    ),
    "the next state may have no value": along(1 / x, _stays, at({"x0": "5"}, Le(x, 5), bound=Rational(9, 2))),
    "a constant serves": in_a_step(x / 2, at(_first, facts=[Gt(x, 0), x_next < x])),
    "no constant is asked for here": in_a_step(-x, at(_first, facts=[Abs(x_next) >= Abs(x)])),
}


@pytest.mark.parametrize("why", UNMET)
def test_an_obligation_stays_open_where(why: str) -> None:
    assert counterexample_obligations(UNMET[why], "", "", 0)
    assert not accepted(UNMET[why])


def test_a_parameter_that_moves_is_no_number_along_the_trajectory() -> None:
    """The state symbol x is a parameter too: what is known of the point must not be taken for what is kept."""
    grows = Claim(
        "c",
        given=[Gt(x, 0)],
        step=System("doubling", (x,), (2 * x,)),
        start={x: x},
        show=rel(Ge, LimInf(x), 2 * x),
        hints=at({"x": "1"}, Le(x, 1), bound=1),
        takes=[x],
    )
    assert not accepted(grows)


def test_the_text_says_what_is_known_when() -> None:
    claim = REFUTED["a loss"]
    text = counterexample_text(claim.hints.counterexamples[0])
    assert text == "x0 = 1, loss line(a=1); from 1 steps later on every iterate meets x >= 0, x <= 1/2"
    text = counterexample_text(REFUTED["any constant"].hints.counterexamples[0])
    assert text == "x0 = 1, t = 0; there Abs(x_next) >= Abs(x), Ne(x, 0)"
