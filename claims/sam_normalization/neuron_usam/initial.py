"""Appendix G.2: the initial phase of USAM on l(xy); x drops while y stays large."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Implies, Le, Lt, Min, Rational, Tuple, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import (
    on_trajectory,
    one_step,
    one_step_35,
    step,
    trajectory,
    x_next,
    y_next,
)
from claims.sam_normalization.neuron_usam.invariants import hyperbolic, order_of_t0, positive, recursion, unrolled
from claims.sam_normalization.neuron_usam.proofs import Z, in_moves, moved_of
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    learning_rate,
    paper,
    relation,
    rho,
    root_large,
    root_small,
    slope_ascent,
    slope_here,
    t,
    t0,
    t1,
    theorem_35,
    usam_base,
    x,
    x0,
    y,
    y0,
    y0_bound,
)
from verify.statement.claim import Claim, Hints
from verify.statement.formula import BigTheta

_within = relation(Le, t, Min(t0, t1))
_until_t0 = relation(Le, t, t0)
_y_large = relation(Ge, y, half * root_large)

# --- Theorem 39 -------------------------------------------------------------------------------------------------

theorem_39_lower = Claim(
    "theorem-39.lower",
    title="y stays large in the initial phase of USAM",
    source=paper.at("Theorem 39", "we have y_t >= sqrt(gamma/eta)/2 for all t <= min{t0, t1} under the conditions"),
    given=[*theorem_35, _within],
    show=_y_large,
    hints=positive,
    uses=["lemma-40"],
    **trajectory,
)

theorem_39_decrease = Claim(
    "theorem-39.decrease",
    title="x drops by a constant in each step of the initial phase of USAM (with a root of C)",
    source=paper.at("Theorem 39", "Moreover, we have x_{t+1} <= x_t - (1/2) sqrt(C gamma eta) for all t <="),
    given=[*theorem_35, _within],
    show=relation(Le, x_next, x - half * sqrt(C * gamma * eta)),
    uses=["lemma-43.decrease"],
    **trajectory,
)

theorem_39_duration = Claim(
    "theorem-39.duration",
    title="The initial phase of USAM ends by t0",
    source=paper.at("Theorem 39", "which consequently infers t1 <= t0 under the conditions of Theorem 35, i.e.,"),
    given=theorem_35,
    show={"infers": relation(Le, t1, t0), "i.e.": relation(Ge, Min(t0, t1), t1)},
    uses=["lemma-43.duration"],
    **trajectory,
)

# --- Lemma 40, Claims 41 and 42 ---------------------------------------------------------------------------------

lemma_40 = Claim(
    "lemma-40",
    title="y is bounded below until t0, and positive until min(t0, t1)",
    source=paper.at("Lemma 40", "There exists t0 = Theta(min{eta^-1 rho^-1, eta^-2}) such that for t <= t0, we have"),
    given=[*theorem_35, _until_t0],
    show={
        "order of t0": Implies(Gt(rho, 0), BigTheta(t0, Min(1 / eta / rho, eta**-2), Tuple(C))),
        "until t0": relation(Ge, Abs(y), half * root_large),
        "until min(t0, t1)": Implies(relation(Le, eta, half), Implies(_within, _y_large)),
    },
    note="t0 is the one that the proof defines. Theta: for constants that may depend on C, which the setting calls "
    "constant, at every admissible eta, rho > 0 and gamma.",
    hints=Hints(parts={"order of t0": order_of_t0, "until t0": positive, "until min(t0, t1)": positive}),
    uses=["claim-41", "claim-42"],
    **trajectory,
)

claim_41 = Claim(
    "claim-41",
    title="y^2 is at least gamma/(4 eta) until t0",
    source=paper.at("Claim 41", "For all t <= t0, y_t^2 >= (1/4) gamma/eta"),
    given=[*theorem_35, _until_t0],
    show=relation(Ge, y**2, Rational(1, 4) * gamma / eta),
    hints=hyperbolic,
    uses=["claim-41.identity"],
    **trajectory,
)

_hyperbolic = y**2 - x**2
_move = eta * slope_ascent
_tilt = rho * slope_here
_squares = (y - _move * (x + _tilt * y)) ** 2 - (x - _move * (y + _tilt * x)) ** 2
_multiplied = (
    _hyperbolic
    + _move**2 * ((x + _tilt * y) ** 2 - (y + _tilt * x) ** 2)
    + 2 * x * _move * (y + _tilt * x)
    - 2 * y * _move * (x + _tilt * y)
)
_grouped = (
    _hyperbolic + _move**2 * (x**2 - y**2) + _move**2 * _tilt**2 * _hyperbolic + 2 * _move * _tilt * (x**2 - y**2)
)
_factored = (1 - _move**2 + _move**2 * _tilt**2 - 2 * _move * _tilt) * _hyperbolic

claim_41_identity = Claim(
    "claim-41.identity",
    title="The recursion of y^2 - x^2 under USAM",
    source=paper.at("Claim 41, proof, first display", "By Equation 20, we have y_{t+1}^2 - x_{t+1}^2 ="),
    given=[Gt(c, 0), *learning_rate],
    show={
        "update": relation(Eq, y_next**2 - x_next**2, _squares),
        "multiplied out": relation(Eq, _squares, _multiplied),
        "grouped": relation(Eq, _multiplied, _grouped),
        "factored": relation(Eq, _grouped, _factored),
    },
    uses=["eq-20"],
    **one_step,
)

claim_41_step_1 = step(
    "claim-41",
    1,
    "The slopes bounded by 1, and the recursion unrolled",
    [*theorem_35, relation(Lt, t, t0)],
    {
        "one step": relation(Ge, y_next**2 - x_next**2, usam_base * _hyperbolic),
        "unrolled": relation(Ge, usam_base * _hyperbolic, usam_base ** (t + 1) * (y0**2 - x0**2)),
    },
    hints=Hints(parts={"one step": recursion, "unrolled": unrolled}),
    uses=["claim-41.identity"],
    **trajectory,
)

claim_42 = Claim(
    "claim-42",
    title="y stays large and positive until t0",
    source=paper.at("Claim 42", "Suppose that sqrt(C gamma eta) <= (1/2) sqrt(gamma/eta), i.e., eta <= (1/2) sqrt(C)."),
    given=[
        *theorem_35,
        relation(Le, sqrt(C * gamma * eta), half * root_large),
        relation(Le, eta, half * sqrt(C)),
        _until_t0,
    ],
    show=_y_large,
    hints=positive,
    uses=["claim-41", "lemma-37"],
    **trajectory,
)

#: The induction hypothesis on y, and "x_t <= x0 <= y0" while x_t > 0.
_induction_42 = [
    *theorem_35,
    relation(Le, sqrt(C * gamma * eta), half * root_large),
    relation(Le, eta, half * sqrt(C)),
    _y_large,
    Gt(x, 0),
    relation(Le, x, x0),
    relation(Le, x, y0_bound),
]

claim_42_step_1 = step(
    "claim-42",
    1,
    "The slopes bounded by 1, and x by its start",
    _induction_42,
    {
        "update": relation(Eq, y_next, y - eta * slope_ascent * (x + rho * slope_here * y)),
        "slopes": relation(Ge, y - eta * slope_ascent * (x + rho * slope_here * y), y - eta * (x + rho * y)),
        "start": relation(Ge, y - eta * (x + rho * y), (1 - eta * rho) * y - eta * y0_bound),
    },
    hints=in_moves(
        y,
        [_y_large, Gt(x, 0), relation(Le, x, y0_bound)],
        [Gt(y, 0), relation(Eq, Abs(y), y), relation(Eq, Abs(x), x), relation(Le, Abs(x), y0_bound)],
        [relation(Le, x, y0_bound), eta * x <= eta * Z],
        by=[relation(Eq, y_next, moved_of(y))],
    ),
    uses=["eq-20", "lemma-37"],
    **one_step_35,
)

# --- Lemma 43 ---------------------------------------------------------------------------------------------------

lemma_43_decrease = Claim(
    "lemma-43.decrease",
    title="x drops by a constant until min(t0, t1)",
    source=paper.at("Lemma 43", "For t <= min{t0, t1}, we have x_{t+1} <= x_t - (1/2) sqrt(gamma eta)"),
    given=[*theorem_35, _within],
    show=relation(Le, x_next, x - half * root_small),
    uses=["lemma-36", "lemma-40"],
    **trajectory,
)

lemma_43_duration = Claim(
    "lemma-43.duration",
    title="The initial phase of USAM takes at most 2 sqrt(C)/eta - 1 steps",
    source=paper.at("Lemma 43", "In particular, if eta is sufficiently small s.t. 2 sqrt(C) eta^-1 <= t0, then we"),
    given=theorem_35,
    show={
        "duration": relation(Le, t1, 2 * sqrt(C) / eta - 1),
        "before t0": relation(Lt, 2 * sqrt(C) / eta - 1, t0),
    },
    uses=["lemma-43.decrease"],
    **trajectory,
)

#: "x_t > 0 for all t <= t1", and y by Lemma 40.
_phase_43 = [*theorem_35, relation(Gt, x, half * root_small), _y_large]
_x_reduced = x - eta * Abs(slope_ascent) * (Abs(y) + rho * Abs(slope_ascent) * Abs(x))

lemma_43_step_1 = step(
    "lemma-43.decrease",
    1,
    "The update with signs, and the slope left out",
    _phase_43,
    {
        "update": relation(Eq, x_next, _x_reduced),
        "slope": relation(Le, _x_reduced, x - eta * Abs(y)),
        "y": relation(Le, x - eta * Abs(y), x - half * root_small),
    },
    uses=["eq-20", "lemma-36"],
    **one_step_35,
)

CLAIMS = [
    theorem_39_lower,
    theorem_39_decrease,
    theorem_39_duration,
    lemma_40,
    claim_41,
    claim_41_step_1,
    claim_41_identity,
    on_trajectory(claim_41_identity),
    claim_42,
    claim_42_step_1,
    lemma_43_decrease,
    lemma_43_step_1,
    lemma_43_duration,
]
