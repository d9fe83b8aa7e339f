"""Points of Ekeland's principle: what is known of them is true of concrete losses, and proves quadratic growth only."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import sympy as sp
from sympy import Ge, Gt, Symbol

from claims.sam_normalization.losses import smooth_pl
from verify.errors import CertificateError, ClaimError
from verify.kernel.obligations import obligations
from verify.kernel.variational import ekeland_facts
from verify.statement.claim import Claim, Hints
from verify.statement.loss import Loss
from verify.statement.vectors import Inner, Norm, Vector

L, w = Loss(), Vector("w")
mu, beta = (Symbol(name, real=True) for name in ("mu", "beta"))
weight = Symbol("k", real=True)
v = L.ekeland_point(w, weight)

#: Losses of one variable with minimum 0, their gradients, and the minimizers within the picture.
LOSSES = {
    "quadratic": (lambda s: s**2 / 2, lambda s: s, [0.0]),
    "flat at its ends": (lambda s: s**2 / (1 + s**2), lambda s: 2 * s / (1 + s**2) ** 2, [0.0]),
    "a valley between hills": (lambda s: 1 + np.cos(s), lambda s: -np.sin(s), [-np.pi, np.pi]),
    "a quartic": (lambda s: (s**2 - 1) ** 2 / 4, lambda s: s * (s**2 - 1), [-1.0, 1.0]),
}


def _number(expression: sp.Expr, numbers: dict[sp.Expr, float]) -> float:
    """Its value, where an inner product is that of a vector of one coordinate with itself."""
    squares = {inner: sp.Float(numbers[inner.args[0]] ** 2) for inner in expression.atoms(Inner)}
    return float(expression.xreplace(squares).xreplace(numbers))


@pytest.mark.parametrize("name", LOSSES)
def test_there_is_such_a_point(name: str) -> None:
    """The facts at the point of a fine grid where sqrt(gap) + sqrt(k) |v - w| is least."""
    value, slope, minimizers = LOSSES[name]
    projection = L.projection(w)
    pays, flat, near = (fact for fact, _ in ekeland_facts(smooth_pl(mu, beta), [v, projection]))
    for k, at in product([0.001, 0.05, 0.3, 0.5, 2.0], [-2.6, 0.0, 0.4, 1.9]):
        places = np.append(np.linspace(-4, 4, 80_001), [at, *minimizers])
        best = float(places[np.argmin(np.sqrt(value(places)) + np.sqrt(k) * abs(places - at))])
        nearest = min(minimizers, key=lambda one, at=at: abs(one - at))
        numbers = {L(v): value(best), L(w): value(at), L.minimum: 0.0, weight: k}
        numbers |= {v - w: best - at, w - projection: at - nearest, L.gradient(v): slope(best)}
        for fact in (pays, flat):
            assert _number(fact.lhs, numbers) <= _number(fact.rhs, numbers) + 1e-3, (k, at)
        gap, nearer = near.args
        if _number(gap.lhs, numbers) <= 0:
            assert _number(nearer.lhs, numbers) <= _number(nearer.rhs, numbers) + 1e-3, (k, at)


def test_it_needs_a_class_whose_losses_have_a_minimum() -> None:
    unbounded = replace(smooth_pl(mu, beta), attains_minimum=False)
    with pytest.raises(CertificateError, match="may not exist"):
        list(ekeland_facts(unbounded, [v]))
    growth = Claim(
        "growth",
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=(w, unbounded),
        show=Ge(L(w), L.minimum, evaluate=False),
        hints=Hints(pairs=((L.ekeland_point(w, mu / 4), w),)),
    )
    with pytest.raises(CertificateError, match="may not exist"):
        obligations(growth, "", "", "implication")


def test_a_claim_does_not_speak_of_it() -> None:
    with pytest.raises(ClaimError, match="belongs in hints"):
        Claim("c", given=[Gt(mu, 0)], over=(w, smooth_pl(mu, beta)), show=Ge(Norm(L.ekeland_point(w, mu)), mu))


def test_its_weight_has_to_have_a_value() -> None:
    """Of k = gap/|w|^2 nothing is known at w = 0, and so nothing follows there."""
    at_zero = L.ekeland_point(w, (L(w) - L.minimum) / Norm(w) ** 2)
    claim = Claim(
        "c",
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=(w, smooth_pl(mu, beta)),
        show=Ge(L(w), L.minimum, evaluate=False),
        hints=Hints(pairs=((at_zero, w),)),
    )
    (goal,) = obligations(claim, "", "", "implication")
    values = [{one for one in fact.free_symbols if one.name.startswith("loss")} for fact in goal.hypotheses]
    of_the_point = set().union(*values) - goal.conclusion.free_symbols
    facts = [fact for fact, spoken in zip(goal.hypotheses, values, strict=True) if spoken & of_the_point]
    assert len(of_the_point) == 1 and facts
    assert all(isinstance(fact, sp.Implies) for fact in facts)
