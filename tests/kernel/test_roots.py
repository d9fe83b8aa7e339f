"""A root near 1 whose powers meet, or pass, a number exactly; what a hint says of other numbers gets nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Integer, Le, Lt, Min, Or, Rational, Symbol, Tuple, sign, sqrt
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.counterexample import counterexample_obligations, counterexample_text
from verify.kernel.roots import at_every_time, with_power_symbol
from verify.proof.strategy import WORK, refute_by_counterexample
from verify.statement.claim import Claim, Counterexample, Hints, Root
from verify.statement.formula import Eventually, ForAll, ThereAre
from verify.statement.loss import Family, LossClass, Member, ScalarLossName
from verify.statement.system import System, time

x, x0, eta, d, K, r, s = (Symbol(name, real=True) for name in ("x", "x0", "eta", "d", "K", "r", "s"))
ell = ScalarLossName("ell")
power = Symbol("power[r]", real=True)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


growth = System("growth", (x,), (x + eta * x,))
#: Growth that ends where x is 4 exactly.
caught = System("growth up to 4", (x,), (x + eta * x * Abs(sign(x - 4)),))
small = Min(K, 1) / 4
near = Root(r, Integer(4), small)
_is_caught = (Le(x, 4), Gt(x, 0), Or(rel(Eq, x, r**time), Eq(x, 4)))
_is_a_square = (rel(Eq, x, r ** (2 * time)),)
_far, _at = rel(Ge, x, 5), rel(Eq, x, 4)


def claim(
    step: System,
    body: Boolean,
    values: Mapping[str, Any],
    invariant: Sequence[Boolean],
    root: Root | None = None,
    let: Mapping[sp.Symbol, Any] | None = None,
    depends: Sequence[sp.Symbol] = (),
) -> Claim:
    """That below some K a trajectory from 1 comes to something, with a hint against it."""
    shown = ThereAre(Tuple(K), Gt(K, 0), Tuple(*depends), sp.Implies(rel(Lt, eta, K), Eventually(body)))
    entered = {name: sp.sympify(value) for name, value in values.items()}
    named = {symbol: sp.sympify(value) for symbol, value in (let or {}).items()}
    found = Counterexample(entered, None, tuple(invariant), root=root, let=named)
    hints = Hints(counterexamples=(found,))
    return Claim("c", given=[Gt(eta, 0)], step=step, start={x: Integer(1)}, show=shown, hints=hints)


def meets(body: Any = _far, values: Any = None, root: Root = near, invariant: Any = _is_caught, **more: Any) -> Claim:
    return claim(caught, body, values or {"eta": r - 1}, invariant, root, **more)


def passes(
    grows: Any = r**2 - 1, root: Root = near, invariant: Any = _is_a_square, body: Any = _at, **more: Any
) -> Claim:
    return claim(growth, body, {"eta": grows}, invariant, root, **more)


def accepted(one: Claim) -> bool:
    return refute_by_counterexample(one, "", "", WORK["quick"]).evidence is not None


def refused(one: Claim) -> str:
    with pytest.raises(CertificateError) as reason:
        counterexample_obligations(one, "", "", 0)
    return str(reason.value)


def test_a_trajectory_meets_a_number_exactly() -> None:
    assert accepted(meets())
    assert accepted(meets(values={"eta": d}, let={d: r - 1}))


def test_a_trajectory_passes_a_number() -> None:
    assert accepted(passes())
    assert accepted(passes(d, let={d: r**2 - 1}))


#: Each is true, or false for a reason that the hint does not give.
OPEN = {
    "another number is met": meets(root=Root(r, Integer(5), small)),
    "it is met, and not passed": meets(rel(Eq, x, 4)),
    "every power, not every other one, may be the number": passes(r - 1, invariant=(rel(Eq, x, r**time),)),
    "another number is not passed": passes(body=rel(Eq, x, 5)),
    "the root may be too large": passes(root=Root(r, Integer(4), Integer(1))),
    "no root is as near as that": passes(root=Root(r, Integer(4), K - K**2)),
    "nor is one at 1": passes(root=Root(r, Integer(4), Integer(0))),
    "a number has no value": passes(let={d: sqrt(1 - r)}),
    "a number has a pole": passes(let={d: 1 / (K - 1)}),
    "the powers begin at 1": passes(invariant=(rel(Eq, x, r ** (2 * time + 2)),)),
    "a step goes on by one power": passes(r**3 - 1),
}


@pytest.mark.parametrize("why", OPEN)
def test_an_obligation_stays_open_where(why: str) -> None:
    counterexample_obligations(OPEN[why], "", "", 0)
    assert not accepted(OPEN[why])


NO_NUMBER, MOVES, MORE, CLASH, NAMELESS = (
    "is no rational number above 1",
    "may depend on eta, which moves with it",
    "what has a name of its own speaks of more than the constants in question",
    "a constant has the name of another one, or of a hinted value",
    "['power[r]'] have no value",
)
REFUSED = [
    (NO_NUMBER, meets(root=Root(r, Integer(1), small))),
    (NO_NUMBER, meets(root=Root(r, Rational(1, 4), small))),
    (NO_NUMBER, meets(root=Root(r, sqrt(5), small))),
    (NO_NUMBER, meets(root=Root(r, K, small))),
    (MOVES, passes(depends=[eta])),
    (MOVES, passes(d, let={d: r**2 - 1}, depends=[eta])),
    (MORE, passes(root=Root(r, Integer(4), x**2 + 1))),
    (MORE, passes(root=Root(r, Integer(4), Symbol("q", real=True)))),
    (MORE, passes(let={d: x})),
    (MORE, passes(let={d: r**time})),
    (MORE, passes(let={d: d + 1})),
    ("speaks of more than the constants in question", passes(r ** (time + 1) - 1)),
    (CLASH, passes(root=Root(K, Integer(4), Integer(1)))),
    (CLASH, passes(let={K: Integer(1)})),
    ("x, which the claim itself gives a meaning", passes(root=Root(x, Integer(4), small))),
    ("t, which the claim itself gives a meaning", passes(let={time: Integer(1)})),
    ("has a name of its own, too", claim(growth, Eq(x, 4), {"eta": r, "r": 1}, [Gt(x, 0)], near)),
    # the symbols that the kernel itself brings in are nobody's to speak of
    (NAMELESS, passes(invariant=(rel(Eq, x, power**2),))),
    (NAMELESS, passes(invariant=(rel(Eq, x, r ** (2 * time)), rel(Ge, power, 0)))),
]


@pytest.mark.parametrize(("sentence", "one"), REFUSED)
def test_a_root_of_no_use_is_refused_with_its_reason(sentence: str, one: Claim) -> None:
    assert sentence in refused(one)


def test_what_comes_before_a_constant_is_chosen_without_the_root() -> None:
    inner = ThereAre(Tuple(K), Gt(K, 0), Tuple(), sp.Implies(rel(Lt, eta, K), Eventually(rel(Eq, x, 4))))
    found = Counterexample({"eta": r**2 - 1, "d": r}, None, _is_a_square, root=near)
    one = Claim(
        "c",
        given=[Gt(eta, 0)],
        step=growth,
        start={x: Integer(1)},
        show=ForAll(Tuple(d), Gt(d, 0), inner),
        hints=Hints(counterexamples=(found,)),
    )
    assert "may depend on d, which moves with it" in refused(one)


def test_the_slopes_of_a_loss_are_known_by_lemmas_alone() -> None:
    line = Family("line", {}, lambda name: Member(name, (s,), s, (sp.S.One,), {}), lambda u, bounds: {}, 0)
    lines = LossClass("l is s", (), (line,), scalar=True)
    slope = Symbol("slope[0]", real=True)
    found = Counterexample({}, ("line", {}), (Ge(x, 0), rel(Ge, slope**2, 0)), lemmas=(Eq(ell.slope(x), 1),))
    step = System("climb", (x,), (x + ell.slope(x),))
    shown = Eventually(Lt(x, 0))
    one = Claim("c", over=lines, step=step, start={x: Integer(0)}, show=shown, hints=Hints(counterexamples=(found,)))
    assert refused(one) == "['slope[0]'] have no value"


@pytest.mark.parametrize("odd", [1, 3, 5, 7])
def test_what_is_said_of_the_powers_holds_of_them(odd: int) -> None:
    """With r^n = a, the powers r^t are numbers in the field of rationals for a = (3/2)^n."""
    base = Rational(3, 2)
    root = Root(r, base**odd, sp.S.One)
    for t in range(2 * odd + 2):
        for fact in at_every_time(root):
            assert fact.subs({r: base, time: t}) == sp.true


def test_a_power_that_is_met_is_not_hidden() -> None:
    meeting, passing = at_every_time(Root(r, Rational(9, 4), sp.S.One))
    assert meeting.subs({r: Rational(3, 2), time: 2}) == sp.true
    assert passing.subs({r: Rational(3, 2), time: 1}) == sp.false  # an even power, of which nothing is said


def test_powers_are_written_by_a_symbol() -> None:
    root = Root(r, Integer(4), small)
    assert with_power_symbol(root, r ** (2 * time + 3) + r**2) == power**2 * r**3 + r**2
    assert with_power_symbol(root, rel(Ge, r**time, 1)) == rel(Ge, power, 1)
    for other in (r ** (time / 2), r ** (time**2), r ** (time * x), x**time, r**x):
        assert with_power_symbol(root, other) == other


def test_a_root_is_read_in_one_line() -> None:
    (found,) = passes(d, let={d: r**2 - 1}).hints.counterexamples
    assert isinstance(found, Counterexample)
    text = counterexample_text(found)
    assert "r^n = 4 for an odd n" in text and "d = r**2 - 1" in text
