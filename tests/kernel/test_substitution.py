"""Where putting something in cancels p/p, that p is not 0 has to be shown: a simplified term may have a value more."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from sympy import Ge, Gt, Le, Ne, Tuple

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.evaluation import evaluate_point
from verify.kernel.obligations import obligations
from verify.kernel.substitution import lost_conditions, put_in
from verify.proof.strategy import WORK, prove_part
from verify.statement.claim import Claim, Hints
from verify.statement.formula import BigO, ThereAre
from verify.statement.system import System

x, y, z, k, K = sp.symbols("x y z k K", real=True)
x_next, y_next = sp.symbols("x_next y_next", real=True)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


@pytest.mark.parametrize(
    ("formula", "values", "lost"),
    [
        (rel(Ge, x / y, 0), {x: k, y: k}, [Ne(k, 0)]),
        (rel(Ge, x / y, 0), {x: sp.S.Zero, y: k}, [Ne(k, 0)]),
        (rel(Ge, x / y, 0), {x: sp.S.One, y: k}, []),
        (rel(Ge, x / y, 0), {x: sp.S.One, y: sp.Integer(2)}, []),
        (rel(Ge, x / y, 0), {y: sp.S.Zero}, [rel(Ne, 0, 0)]),
        (rel(Ge, x / y, 0), {x: k * z, y: 2 * z}, [Ne(2 * z, 0)]),
        (rel(Ge, sp.sqrt(x) ** 2 / y, 0), {x: k, y: z}, []),
        (rel(Ge, y**2, 0), {y: sp.sqrt(k)}, [Ge(k, 0)]),
        (rel(Ge, x / y, 0), {y: 1 / k}, [Ne(k, 0)]),
        (rel(Ge, 1 / y, 0), {y: sp.sqrt(k)}, []),
        (sp.Or(Gt(x / y, 1), Le(x / z, 1)), {x: k, y: k, z: k}, [Ne(k, 0)]),
    ],
)
def test_what_is_lost_is_named(formula: sp.Basic, values: dict[sp.Symbol, sp.Expr], lost: list[sp.Basic]) -> None:
    found = lost_conditions(formula, values)
    assert set(lost) <= set(found)
    assert bool(found) is bool(lost)


def test_nothing_is_decided_by_putting_in() -> None:
    assert put_in(rel(Ge, x, y), {x: sp.S.One, y: sp.S.Zero}) == rel(Ge, 1, 0)


#: Claims without a value, or false, at some point: what holds of the simplified conclusion proves nothing of it.
WITHOUT_A_VALUE = [
    Claim("next-states", step=System("halving", (x, y), (x / 2, x / 2)), over=(x, y), show=rel(Le, y_next / x_next, 1)),
    Claim("definition", over=x, define={z: x}, show=rel(Le, z / (x + 1 - 1) + x / z, 2)),
    Claim("inverse-of-an-inverse", over=(x, y), define={z: 1 / x}, show=rel(Le, y / z, y * x)),
    # x is 0 at time 1, and y/x has no value there
    Claim(
        "invariant",
        step=System("down", (x, y), (x - 1, x - 1)),
        start={x: sp.S.One, y: sp.S.One},
        show=Ne(x, 0),
        hints=Hints(invariant=(rel(Ge, y / x, 1),)),
    ),
    Claim("scale", over=x, show=BigO(sp.S.One, 1 / x, Tuple(x)), hints=Hints(constants={"": x**2 + 1})),
    Claim(
        "instance",
        given=[Ge(x, 0)],
        over=y,
        show=ThereAre(Tuple(K), Ge(K, 0), Tuple(x), rel(Le, x / K, 1)),
        hints=Hints(constants={"": x}),
    ),
]


@pytest.mark.parametrize("claim", WITHOUT_A_VALUE, ids=lambda claim: claim.id)
def test_a_conclusion_without_a_value_is_not_proved(claim: Claim) -> None:
    assert prove_part(claim, "", "", WORK["quick"]).evidence is None


def test_where_it_has_a_value_it_is_proved() -> None:
    halving = System("halving", (x, y), (x / 2, x / 2))
    claim = Claim("next-states", given=[Ne(x, 0)], step=halving, over=y, show=rel(Le, y_next / x_next, 1))
    assert "the conclusion has a value" in [goal.name for goal in obligations(claim, "", "", "implication")]
    assert prove_part(claim, "", "", WORK["quick"]).evidence is not None


def test_a_definition_that_cancels_has_no_value_at_its_zero() -> None:
    claim = Claim("cancelled", over=x, define={z: x}, show=rel(Le, x / z, 2))
    assert evaluate_point(claim, {"x": Fraction(0)}, None).undefined
    assert evaluate_point(claim, {"x": Fraction(1)}, None).holds is True
    assert check(claim, budget="quick").verdict == "ill-posed"


def test_an_instance_names_the_conditions_that_it_loses() -> None:
    claim = next(one for one in WITHOUT_A_VALUE if one.id == "instance")
    assert Ne(x, 0) in [goal.conclusion for goal in obligations(claim, "", "", "instance")]
    with pytest.raises(CertificateError):
        obligations(claim, "", "", "constants")
