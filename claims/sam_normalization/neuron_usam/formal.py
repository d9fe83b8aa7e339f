"""Theorem 35: the two phases of USAM on l(xy), as the appendix summarises them; footnote 6."""

from __future__ import annotations

from sympy import And, Ge, Gt, Implies, Integer, Le, Lt, Min, Symbol, Tuple, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import trajectory, x_next
from claims.sam_normalization.neuron_usam.decay import stuck
from claims.sam_normalization.neuron_usam.widening import widening
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
    root_large,
    root_small,
    t,
    t0,
    t1,
    theorem_35,
    usam_t0,
    x,
    y,
)
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import AsLongAs, DecaysExponentially, ThereAre

K, R = Symbol("K", real=True), Symbol("R", real=True)

theorem_35_1 = Claim(
    "theorem-35.1",
    title="USAM's initial phase",
    source=paper.at("Theorem 35, item 1", "Until x_t = O(sqrt(gamma eta)), we must have y_t = Omega(sqrt(gamma/eta))"),
    given=theorem_35,
    show=ThereAre(
        Tuple(K),
        Gt(K, 0),
        Tuple(c, C),
        AsLongAs(
            relation(Gt, x, K * root_small),
            And(relation(Ge, y, root_large / K), relation(Le, x_next, x - root_small / K)),
        ),
    ),
    hints=widening,
    note="The constants of O and Omega may depend on c and C, which the setting calls constants.",
    uses=["theorem-39.lower", "theorem-39.decrease", "theorem-39.duration"],
    **trajectory,
)

theorem_35_2 = Claim(
    "theorem-35.2",
    title="USAM gets stuck below its threshold",
    source=paper.at("Theorem 35, item 2", "Once (1 + rho y_t^2) y_t^2 <~ 2/eta, |x_t| decays exponentially and thus"),
    given=[*theorem_35, relation(Gt, t, t1), relation(Lt, (1 + rho * y**2) * y**2, 2 / eta)],
    show=DecaysExponentially(x),
    takes=(),
    note="“<~” is “<”, as eq. (7) has it; the phase is the final one, after t1.",
    hints=stuck,
    uses=["theorem-44.decay"],
    **trajectory,
)

_eta_0 = Symbol("eta_0", real=True)

footnote_6 = Claim(
    "footnote-6",
    title="The conditions of Theorem 35 hold once eta = o(1) and rho = O(1)",
    source=paper.at("Footnote 6", "Similar to Theorem 16, these conditions are satisfied once eta = o(1) and"),
    given=[Gt(c, 0), Ge(gamma, half), Le(gamma, 2), Ge(C, 1), *learning_rate, relation(Le, rho, R)],
    over=neurons,
    times=usam_t0,
    show={
        name: ThereAre(Tuple(_eta_0), Gt(_eta_0, 0), Tuple(c, C, R), Implies(relation(Lt, eta, _eta_0), condition))
        for name, condition in {
            "first": relation(Le, eta, half),
            "second": relation(Le, eta * rho, Min(half, 1 / (C * gamma))),
            "third": relation(Le, 2 * sqrt(C) / eta, t0),
            "fourth": relation(Ge, C * gamma * (1 + rho * C * gamma / eta), 16),
        }.items()
    },
    hints=Hints(
        constants={"first": half, "second": 1 / (2 * C * (R + 1))},
        counterexamples=(
            Counterexample(
                values={
                    "c": Integer(1),
                    "gamma": half,
                    "C": Integer(1),
                    "rho": Integer(0),
                    "R": Integer(0),
                    "eta": Min(_eta_0, 1) / 2,
                },
                loss=("clip", {"delta": Integer(1)}),
            ),
        ),
    ),
    note="“Once eta = o(1) and rho = O(1)”: for every bound R on rho, the conditions hold below some eta_0, which may "
    "depend on c, C and R.",
)

CLAIMS = [theorem_35_1, theorem_35_2, footnote_6]
