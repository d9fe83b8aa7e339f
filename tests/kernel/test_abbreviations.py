"""The last step of a proof with symbols for expressions: what it asks for, and what it refuses."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import And, Eq, Gt, Le, Or, Symbol

from claims.sam_normalization.setting import c, neurons
from verify import Claim, Hints, check
from verify.errors import CertificateError
from verify.kernel.conclusion import replaced
from verify.kernel.obligations import obligations

x, y, S, R = (Symbol(name, real=True) for name in ("x", "y", "S", "R"))
root = sp.sqrt(x**2 + y**2)


def rel(kind: type, left: sp.Expr, right: sp.Expr) -> sp.Basic:
    return kind(left, right, evaluate=False)


def test_the_last_step_no_longer_speaks_of_the_expression() -> None:
    claim = Claim(
        "short",
        given=[Gt(y, 0)],
        over=x,
        show=rel(Le, y / root, 2),
        hints=Hints(lemmas=(rel(Gt, root, 0), rel(Le, y, root)), abbreviate={R: root}),
    )
    last = obligations(claim, "", "", "implication")[-1]
    assert R in last.conclusion.free_symbols and x not in last.conclusion.free_symbols
    assert check(claim, budget="quick").verdict == "proved"


def test_an_expression_without_a_value_is_not_abbreviated() -> None:
    """1/x has no value at x = 0, so nothing may be concluded from a symbol in its place."""
    claim = Claim("pole", over=x, show=rel(Le, x, x + 1 + sp.Abs(1 / x)), hints=Hints(abbreviate={S: 1 / x}))
    assert check(claim, budget="quick").verdict == "ill-posed"
    named = [goal.name for goal in obligations(claim, "", "", "implication")]
    assert "S has a value" in named


def test_a_false_statement_is_not_proved_by_abbreviating_it() -> None:
    claim = Claim("false", over=x, show=rel(Le, x**2, 1), hints=Hints(abbreviate={S: x**2}))
    assert check(claim, budget="quick").verdict == "refuted"


def test_a_repeated_factor_is_kept() -> None:
    repeated = sp.Mul(x, x, y, evaluate=False)
    assert replaced(repeated, x * y, S) == S * x


def test_a_symbol_of_the_claim_is_no_abbreviation() -> None:
    claim = Claim("captured", given=[Gt(y, 0)], over=x, show=rel(Le, -(x**2), y), hints=Hints(abbreviate={y: x**2}))
    with pytest.raises(CertificateError, match="may not occur in the claim"):
        obligations(claim, "", "", "implication")


def test_the_declared_sign_of_a_slope_is_what_the_axiom_says() -> None:
    """The class whose proofs write sign(s) for sign(l'(s)) has the axiom that says so."""
    assert neurons.slope_has_sign_of_argument and neurons.slope_axioms is not None
    same = Or(And(x > 0, y > 0), And(x < 0, y < 0), And(Eq(x, 0), Eq(y, 0)))
    assert neurons.slope_axioms(x, y)["signs"] == [same]
    assert c in neurons.constants
