"""Theorem 16: the three phases of SAM on l(xy), as the appendix summarises them; footnote 4."""

from __future__ import annotations

from typing import Any

from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Lt, Min, Or, Rational, Symbol, Tuple, sqrt
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.neuron_sam.appendix_f import all_phases, from_start_16, initial_phase, x_next, y_next
from claims.sam_normalization.neuron_sam.invariants import order_after_t1, order_after_t2
from claims.sam_normalization.neuron_sam.shrinking import shrinking
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    learning_rate,
    neurons,
    paper,
    relation,
    rho,
    root_bound,
    root_large,
    root_small,
    sam_base,
    sam_t0,
    t,
    t0,
    t1,
    t2,
    x,
    y,
)
from verify.statement.claim import Claim, Hints
from verify.statement.formula import AsLongAs, ThereAre

K, R = Symbol("K", real=True), Symbol("R", real=True)
_note = "The constants of O and Omega may depend on c and C, which the setting calls constants, and on nothing else."


def _with_constants(body: Any) -> Any:
    return ThereAre(Tuple(K), Gt(K, 0), Tuple(c, C), body)


def _small(quantity: Any) -> Any:
    return relation(Le, Abs(quantity), K * (eta * rho + sqrt(eta)))


theorem_16_1 = Claim(
    "theorem-16.1",
    title="SAM's initial phase",
    source=paper.at("Theorem 16, item 1", "Until x_t = O(sqrt(gamma eta)), we must have y_t = Omega(sqrt(gamma/eta))"),
    given=from_start_16,
    show=_with_constants(
        AsLongAs(
            relation(Gt, x, K * root_small),
            And(relation(Ge, y, root_large / K), relation(Le, x_next, x - root_small / K)),
        )
    ),
    note=_note,
    hints=Hints(counterexamples=(shrinking,)),
    uses=["theorem-20.lower", "theorem-20.decrease", "theorem-20.duration"],
    **initial_phase,
)

theorem_16_2 = Claim(
    "theorem-16.2",
    title="SAM's middle phase",
    source=paper.at("Theorem 16, item 2", "After Initial Phase and until y_t <= |x_t|, |x_t| = O(eta rho + sqrt(eta))"),
    given=[*from_start_16, relation(Gt, t, t1), relation(Lt, t, t2)],
    show=_with_constants(And(_small(x), relation(Le, y_next, y - Min(eta * rho**2 * y / K, eta * rho / K)))),
    note=_note,
    hints=order_after_t1,
    uses=["theorem-26.bounds", "theorem-26.drop"],
    **all_phases,
)

theorem_16_3 = Claim(
    "theorem-16.3",
    title="SAM's final phase",
    source=paper.at("Theorem 16, item 3", "After Middle Phase, we always have |x_t|, |y_t| = O(eta rho + sqrt(eta))"),
    given=[*from_start_16, relation(Gt, t, t2)],
    show=_with_constants(And(_small(x), _small(y))),
    note=_note,
    hints=order_after_t2,
    uses=["theorem-32"],
    **all_phases,
)

_eta_0 = Symbol("eta_0", real=True)

#: With s = sqrt(eta): 1 - base <= s^3 U, so that by Bernoulli's inequality t0 + 1 > 3/(4 s^3 U); and 4 sqrt(C)/c < V.
_U, _V = 12 * R + 1, 4 * C / c + 1
_D = 2 * (_U * _V) + 4 * C
_s = sqrt(eta)
_fall = 1 - sam_base
_d, _f, _u, _v = (Symbol(name, real=True) for name in "dfuv")


def _small_step(formula: Boolean) -> Boolean:
    return Implies(relation(Lt, _s * _d, 1), formula, evaluate=False)


_once_small = Hints(
    constants={"": _D**-2},
    axioms=(),
    lemmas=(
        Ge(R, 0),
        relation(Ge, _U, 1),
        relation(Ge, _V, 1),
        relation(Ge, sqrt(C), 1),
        relation(Ge, _V, 4 * sqrt(C) / c + 1),
        relation(Ge, sqrt(gamma), Rational(2, 3)),
        relation(Ge, sqrt(C) * sqrt(gamma), Rational(2, 3)),
        relation(Le, rho / (sqrt(C) * sqrt(gamma)), R * Rational(3, 2)),
        relation(Le, _fall, eta**2 + _s**3 * _U - _s**3),
        Gt(_fall, 0),
        Or(relation(Ge, _fall, 1), relation(Gt, (t0 + 1) * _fall, Rational(3, 4))),
        relation(Ge, _D, 2 * (_U * _V)),
        relation(Ge, _D, 4 * C),
        relation(Ge, _U, 12 * R),
        Gt(_s, 0),
        _small_step(relation(Le, 2 * _s * _u * _v, 1)),
        _small_step(relation(Le, 4 * _s * C, 1)),
        _small_step(relation(Le, 2 * _s * _u, 1)),
        _small_step(relation(Le, _s, half)),
        _small_step(relation(Le, _f, _s**3 * _u)),
        _small_step(relation(Lt, _f, 1)),
        _small_step(relation(Gt, (t0 + 1) * _f, Rational(3, 4))),
        _small_step(relation(Gt, (t0 + 1) * _s**3 * _u, Rational(3, 4))),
        _small_step(relation(Ge, (t0 + 1) * eta, _v)),
        _small_step(relation(Ge, t0 * eta, _v - 1)),
        _small_step(relation(Le, 4 * sqrt(C) / c / eta, t0)),
        _small_step(relation(Le, 4 * root_bound, root_large)),
        _small_step(relation(Le, _s * R, Rational(1, 24))),
        _small_step(relation(Le, 4 * eta * rho, _s)),
        _small_step(relation(Le, 4 * eta * rho, root_large)),
        relation(Eq, Min(half, C), half),
        Implies(relation(Lt, eta, _d**-2), relation(Lt, _s * _d, 1), evaluate=False),
    ),
    abbreviate={_d: _D, _u: _U, _v: _V, _f: _fall},
)

footnote_4 = Claim(
    "footnote-4",
    title="The conditions of Theorem 16 hold once eta = o(1) and rho = O(1)",
    source=paper.at("Footnote 4", "As y0 >> 0, we must have eta << 1; thus, these conditions automatically hold when"),
    given=[Gt(c, 0), Ge(gamma, half), Le(gamma, 2), Ge(C, 1), *learning_rate, relation(Le, rho, R)],
    over=neurons,
    times=sam_t0,
    show=ThereAre(
        Tuple(_eta_0),
        Gt(_eta_0, 0),
        Tuple(c, C, R),
        Implies(
            relation(Lt, eta, _eta_0),
            And(
                relation(Le, eta * rho + sqrt(C * gamma * eta), Min(half, C) * sqrt(gamma / eta)),
                relation(Le, 4 * sqrt(C) / c / eta, t0),
            ),
        ),
    ),
    hints=_once_small,
    note="“When eta = o(1) and rho = O(1)”: for every bound R on rho, the conditions hold below some eta_0, which may "
    "depend on c, C and R.",
)

CLAIMS = [theorem_16_1, theorem_16_2, theorem_16_3, footnote_4]
