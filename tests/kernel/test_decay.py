"""Exponential decay by a contraction and a rank: what is proved, what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Integer, Le, Lt, Ne, Rational, Symbol, sqrt

from verify.errors import CertificateError
from verify.kernel.check import check_evidence
from verify.kernel.obligations import obligations
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Decay, Hints
from verify.statement.formula import DecaysExponentially, LargestPower
from verify.statement.system import System, time

x, y, x0, y0, then_x, then_y, c = sp.symbols("x y x0 y0 then_x then_y c", real=True)
x_next = Symbol("x_next", real=True)
T = Symbol("T", real=True)
half = Rational(1, 2)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def claim(next_x: Any, next_y: Any, *given: Any, invariant: Any = (), show: Any = x, **reason: Any) -> Claim:
    """That x decays from a state on that meets what is given."""
    settings: dict[str, Any] = {"kept": (), "radius": Integer(1), "factor": half, "rank": y, "drop": Integer(1)}
    hint = Decay(frozen=reason.pop("frozen", {x: then_x, y: then_y}), **(settings | reason))
    return Claim(
        "c",
        given=given,
        over=(x0, y0),
        step=System("a step", (x, y), (sp.sympify(next_x), sp.sympify(next_y))),
        start={x: x0, y: y0},
        show=DecaysExponentially(show),
        hints=Hints(invariant=tuple(invariant), decay=hint),
    )


def proved(one: Claim) -> bool:
    """Whether the method proves it, and the kernel takes the certificate."""
    outcome = prove_part(one, "", "", WORK["quick"])
    if outcome.evidence is None:
        return False
    assert outcome.evidence["method"] == "decay"
    assert check_evidence(one, outcome.evidence).verdict == "proved"
    return True


#: y falls by x^2, of which there is enough; and x is halved once it is at most 1.
enough = Ge(3 * y, 4 * x**2)
falling = claim(x / 2, y - x**2, Eq(y0, 2 * x0**2), invariant=[enough])
#: y stays, and x is multiplied by it.
kept_small = {"kept": (Le(Abs(x), Abs(then_x)), Eq(y, then_y)), "radius": 1 + Abs(then_x), "factor": then_y}
scaling = claim(x * y, y, Ge(y, 0), Lt(y, 1), **kept_small)


def test_what_contracts_once_a_rank_has_fallen_is_proved() -> None:
    assert proved(falling)


def test_what_is_assumed_of_a_state_holds_of_that_state() -> None:
    assert proved(scaling)
    assert not proved(claim(x * y, y, Ge(y, 0), Le(y, 1), **kept_small))
    # and not of the later ones
    assert not proved(claim(x * y, 2 * y, Ge(y, 0), Lt(y, 1), factor=half))


FALSE = {
    "a step does not contract": claim(x, y, Eq(x0, Rational(1, 4)), Ge(y, 0), invariant=[Eq(x, x0), Ge(y, 0)]),
    "the factor is 1": claim(-x, y, Eq(x0, half), Eq(y0, 1), invariant=[Eq(x**2, x0**2), Eq(y, 1)], factor=Integer(1)),
    "the rank does not fall": claim(x, y, Eq(x0, 2), Eq(y0, 1), invariant=[Eq(x, 2), Eq(y, 1)]),
    "the rank falls by less and less": claim(x, y / 2, Eq(x0, 2), Eq(y0, 1), invariant=[Eq(x, 2), Gt(y, 0)]),
    "the rank falls by nothing": claim(x, y, Eq(x0, 2), Eq(y0, 1), invariant=[Eq(x, 2), Eq(y, 1)], drop=Integer(0)),
    "the rank falls below 0": claim(x, y - 1, Eq(x0, 2), invariant=[Eq(x, 2)]),
    "the radius has no value": claim(x, y, Eq(x0, 2), Eq(y0, 1), invariant=[Eq(y, 1)], radius=sqrt(-1 - then_x**2)),
    "it does not begin": claim(x, y, Eq(y0, 1), invariant=[Eq(y, 1)], kept=(Eq(x, 0),)),
    "it is not kept": claim(
        x * y,
        y + 1,
        Eq(y, 0),
        invariant=[Ge(y, 0)],
        kept=(Eq(y, then_y), Le(Abs(x), Abs(then_x))),
        radius=1 + Abs(then_x),
    ),
    "the start does not meet the invariant": claim(x, y, invariant=[Eq(x, 0), Ge(y, 0)]),
    "a step does not keep the invariant": claim(
        x * y, y + 1, Eq(y0, 0), Eq(x0, half), invariant=[Eq(y, 0), Le(Abs(x), half)]
    ),
    "the other coordinate has no value": claim(
        x / 2, 1 / (y - 3), Eq(x0, half), invariant=[Ge(x, 0), Le(x, half)], rank=x
    ),
}


@pytest.mark.parametrize("why", FALSE)
def test_it_is_not_proved_where(why: str) -> None:
    assert not proved(FALSE[why])


def test_only_a_coordinate_decays_by_a_rank_that_is_one() -> None:
    for wrong in (claim(x / 2, y, show=x * y), claim(x / 2, y, rank=x0)):
        with pytest.raises(CertificateError, match="have to be coordinates of the state"):
            obligations(wrong, "", "", "decay")
    with pytest.raises(CertificateError, match="gives no reason why"):
        obligations(replace(falling, hints=Hints(invariant=(enough,))), "", "", "decay")


@pytest.mark.parametrize(
    "frozen",
    [
        {x: then_x},
        {x: then_x, y: then_x},
        {x: x0, y: then_y},
        {x: x, y: then_y},
        {x: y, y: x},
        {x: time, y: then_y},
        {x: x_next, y: then_y},
        {x: c, y: then_y},
        {x: then_x, y: Integer(0)},
    ],
)
def test_each_coordinate_of_the_state_takes_a_symbol_of_its_own(frozen: Any) -> None:
    with pytest.raises(CertificateError, match="takes a symbol"):
        obligations(claim(x / 2, y, Gt(c, 0), frozen=frozen), "", "", "decay")


def test_a_symbol_of_the_provers_is_no_name() -> None:
    hidden = {x: Symbol("slope[1]", real=True), y: then_y}
    with pytest.raises(CertificateError, match="as a claim may have it"):
        obligations(claim(x / 2, y, frozen=hidden), "", "", "decay")


@pytest.mark.parametrize(
    "moving",
    [
        {"radius": Abs(x)},
        {"factor": 1 - 1 / (2 + time)},
        {"drop": x_next**2},
        {"radius": Symbol("slope[1]", real=True)},
        {"radius": Symbol("unknown", real=True)},
        {"kept": (Le(x, time),)},
        {"kept": (Le(x_next, x),)},
        {"invariant": (Le(x, then_x),)},
        {"invariant": (Le(x, time),)},
    ],
)
def test_what_moves_is_refused(moving: Any) -> None:
    with pytest.raises(CertificateError, match="speaks of more than it may"):
        obligations(claim(x / 2, y, **moving), "", "", "decay")


def test_a_time_of_a_power_is_no_constant() -> None:
    times = {T: LargestPower(half, half)}
    with pytest.raises(CertificateError, match="speaks of more than it may"):
        obligations(replace(claim(x / 2, y, Ge(T, 1), radius=T), times=times), "", "", "decay")


def test_a_state_that_does_not_exist_is_no_next_state() -> None:
    safe = claim(x / 2, 1 / y, Eq(x0, half), Ne(y0, 0), invariant=[Ge(x, 0), Le(x, half), Ne(y, 0)], rank=x)
    assert proved(safe)
    assert not proved(replace(safe, hints=replace(safe.hints, invariant=(Ge(x, 0), Le(x, half)))))
