"""False claims that a careless rule would prove."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from sympy import Abs, Eq, Equivalent, Ge, Implies, Le, Limit, Max, Ne, Or, Symbol, sqrt

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.obligations import METHODS, obligations
from verify.proof.implication import attempt_implication
from verify.proof.strategy import WORK
from verify.statement.claim import Claim, Hints
from verify.statement.system import System

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
