"""Appendix F.2: the initial phase of SAM on l(xy); x drops while y stays large."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Implies, Le, Lt, Min, Rational, Tuple, sqrt

from claims.sam_normalization.neuron_sam.appendix_f import (
    from_start_16,
    initial_phase,
    on_trajectory,
    one_step,
    one_step_16,
    step,
    x_next,
    y_next,
)
from claims.sam_normalization.neuron_sam.duration import by_t0
from claims.sam_normalization.neuron_sam.proofs import M, S, Z, in_sizes, scaled
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    neuron_sam,
    nonzero,
    paper,
    radius,
    relation,
    rho,
    root_large,
    root_small,
    sam_base,
    slope_t,
    t,
    t0,
    t1,
    theorem_16,
    x,
    x0,
    x_tilde,
    y,
    y0,
    y0_bound,
    y_tilde,
    z,
)
from verify.statement.claim import Claim
from verify.statement.formula import BigTheta

_within = relation(Le, t, Min(t0, t1))
_y_large = relation(Ge, y, half * root_large)
_x_drops = relation(Le, x_next, x - c / 4 * root_small)
#: min{eta^-1.5 rho^-1 gamma^(1/2), eta^-2}
_order_of_t0 = Min(eta ** Rational(-3, 2) / rho * sqrt(gamma), eta**-2)
_no_overshoot = relation(Le, eta * rho + sqrt(C * gamma * eta), half * root_large)

# --- Theorem 20 -------------------------------------------------------------------------------------------------

theorem_20_lower = Claim(
    "theorem-20.lower",
    title="y stays large in the initial phase of SAM",
    source=paper.at("Theorem 20", "we have y_t >= sqrt(gamma/eta)/2 for all t <= min{t0, t1}"),
    given=[*from_start_16, _within],
    show=_y_large,
    uses=["lemma-21"],
    **initial_phase,
)

theorem_20_decrease = Claim(
    "theorem-20.decrease",
    title="x drops by a constant in each step of the initial phase of SAM",
    source=paper.at("Theorem 20", "Moreover, we have x_{t+1} <= x_t - (c/4) sqrt(gamma eta) for all t <= min{t0, t1}"),
    given=[*from_start_16, _within],
    show=_x_drops,
    uses=["lemma-24.decrease"],
    **initial_phase,
)

theorem_20_duration = Claim(
    "theorem-20.duration",
    title="The initial phase of SAM ends by t0",
    source=paper.at("Theorem 20", "which consequently infers t1 <= t0 under the conditions of Theorem 16, i.e.,"),
    given=theorem_16,
    show={"infers": relation(Le, t1, t0), "i.e.": relation(Ge, Min(t0, t1), t1)},
    hints=by_t0,
    uses=["lemma-24.duration"],
    **initial_phase,
)

# --- Lemma 21, Claims 22 and 23 ---------------------------------------------------------------------------------

lemma_21 = Claim(
    "lemma-21",
    title="y is bounded below until t0, and positive until min(t0, t1)",
    source=paper.at("Lemma 21", "There exists t0 = Theta(min{eta^-1.5 rho^-1 gamma^(1/2), eta^-2}) such that"),
    given=[*from_start_16, relation(Le, t, t0)],
    show={
        "order of t0": BigTheta(t0, _order_of_t0, Tuple(C)),
        "until t0": relation(Ge, Abs(y), half * root_large),
        "until min(t0, t1)": Implies(_no_overshoot, Implies(_within, _y_large)),
    },
    note="t0 is the one that the proof defines. Theta: for constants that may depend on C, which the setting calls "
    "constant, at every admissible eta, rho > 0 and gamma.",
    uses=["claim-22", "claim-23"],
    **initial_phase,
)

claim_22 = Claim(
    "claim-22",
    title="y^2 is at least gamma/(4 eta) until t0",
    source=paper.at("Claim 22", "For all t <= t0, y_t^2 >= (1/4) gamma/eta"),
    given=[*from_start_16, relation(Le, t, t0)],
    show=relation(Ge, y**2, Rational(1, 4) * gamma / eta),
    uses=["claim-22.identity"],
    **initial_phase,
)

_shrink = eta * slope_t * (rho / z)
_expanded = (1 - 2 * eta * slope_t * rho / z + eta**2 * (slope_t * rho / z) ** 2 - eta**2 * slope_t**2) * (y**2 - x**2)
_recursion = (1 - _shrink) ** 2 * (y**2 - x**2) - (eta * slope_t) ** 2 * (y**2 - x**2)

claim_22_identity = Claim(
    "claim-22.identity",
    title="The recursion of y^2 - x^2 under SAM",
    source=paper.at("Claim 22, proof, first display", "We consider y_{t+1}^2 - x_{t+1}^2"),
    given=list(neuron_sam),
    show={
        "recursion": relation(Eq, y_next**2 - x_next**2, _recursion),
        "expanded": relation(Eq, _recursion, _expanded),
    },
    uses=["eq-12"],
    **one_step,
)

#: The induction hypothesis at t, as the claim states it.
_induction_22 = [*theorem_16, *nonzero, relation(Ge, y**2, Rational(1, 4) * gamma / eta)]
_by_z = (1 - 2 * eta * rho / z - eta**2) * (y**2 - x**2)
_by_y = (1 - 2 * eta * rho / y - eta**2) * (y**2 - x**2)
_by_constants = sam_base * (y**2 - x**2)

claim_22_steps = [
    step(
        "claim-22",
        1,
        "(a): the slope bounded by 1",
        _induction_22,
        relation(Ge, _expanded, _by_z),
        **one_step_16,
    ),
    step("claim-22", 2, "z bounded by y", _induction_22, relation(Ge, _by_z, _by_y), **one_step_16),
    step(
        "claim-22",
        3,
        "(b): y bounded by the induction hypothesis",
        _induction_22,
        relation(Ge, _by_y, _by_constants),
        **one_step_16,
    ),
    step(
        "claim-22",
        4,
        "The recursion unrolled",
        [*from_start_16, relation(Lt, t, t0)],
        {
            "unrolled": relation(Ge, y_next**2 - x_next**2, sam_base ** (t + 1) * (y0**2 - x0**2)),
            "start": relation(Eq, sam_base ** (t + 1) * (y0**2 - x0**2), sam_base ** (t + 1) * (gamma / eta)),
        },
        **initial_phase,
    ),
]

claim_23 = Claim(
    "claim-23",
    title="y stays large and positive until min(t0, t1)",
    source=paper.at("Claim 23", "If eta rho + sqrt(C gamma eta) <= (1/2) sqrt(gamma/eta), then y_t >="),
    given=[*from_start_16, _no_overshoot, _within],
    show=_y_large,
    uses=["claim-22", "lemma-18"],
    **initial_phase,
)

#: "x_t is positive for all t <= t1", "x_t <= x0 <= y0", and the induction hypothesis on y.
_induction_23 = [
    *theorem_16,
    *nonzero,
    _no_overshoot,
    Gt(x, 0),
    relation(Le, x, x0),
    relation(Le, x, y0_bound),
    _y_large,
]
_y_written_out = y - eta * Abs(slope_t) * rho / radius * Abs(y) - eta * Abs(slope_t) * Abs(x)
_x_written_out = x - eta * Abs(slope_t) * rho / radius * x - eta * Abs(slope_t) * Abs(y)

claim_23_steps = [
    step(
        "claim-23",
        1,
        "The dynamics of y",
        _induction_23,
        relation(Eq, y_next, _y_written_out),
        uses=["eq-13"],
        **one_step_16,
    ),
    step(
        "claim-23",
        2,
        "The slope and the norm bounded",
        _induction_23,
        relation(Ge, _y_written_out, y - eta * rho - eta * Abs(x)),
        hints=in_sizes(y, [Gt(x, 0), _y_large]),
        **one_step_16,
    ),
    step(
        "claim-23",
        3,
        "y does not cross 0",
        _induction_23,
        {
            "x bounded": relation(Ge, y_next, y - eta * rho - sqrt(C * gamma * eta)),
            "positive": relation(Ge, y - eta * rho - sqrt(C * gamma * eta), 0),
        },
        hints=in_sizes(
            y,
            [Gt(x, 0), _y_large, relation(Le, x, y0_bound), _no_overshoot],
            [Gt(y, 0), relation(Le, Abs(x), y0_bound), scaled],
            by=[relation(Eq, y_next, _y_written_out)],
            final=[M <= Z, eta * M <= eta * Z, eta * M <= S],
        ),
        **one_step_16,
    ),
]

# --- Lemma 24 ---------------------------------------------------------------------------------------------------

lemma_24_decrease = Claim(
    "lemma-24.decrease",
    title="x drops by a constant until min(t0, t1)",
    source=paper.at("Lemma 24", "For any t <= min{t0, t1}, we have x_{t+1} <= x_t - (c/4) sqrt(gamma eta)"),
    given=[*from_start_16, _within],
    show=_x_drops,
    uses=["lemma-17", "lemma-21"],
    **initial_phase,
)

lemma_24_duration = Claim(
    "lemma-24.duration",
    title="The initial phase of SAM takes at most (4/c)/eta - 1 steps",
    source=paper.at("Lemma 24", "In particular, if eta is sufficiently small s.t. (4 sqrt(C)/c) eta^-1 <= t0, then"),
    given=theorem_16,
    show={
        "duration": relation(Le, t1, 4 / c / eta - 1),
        "before t0": relation(Lt, 4 / c / eta - 1, t0),
    },
    uses=["lemma-24.decrease"],
    **initial_phase,
)

#: "x_t > 0 for all t <= t1", and y by Lemma 21.
_phase_24 = [*theorem_16, *nonzero, relation(Gt, x, c / 4 * root_small), _y_large]
#: "Since x_t > 2 c sqrt(eta/(C gamma))"
_claimed_24 = [*_phase_24, relation(Gt, x, 2 * c * sqrt(eta / (C * gamma)))]
_slope_large_24 = [*_claimed_24, relation(Ge, slope_t, c / 2)]

lemma_24_steps = [
    step(
        "lemma-24.decrease",
        1,
        "The dynamics of x",
        _phase_24,
        relation(Eq, x_next, _x_written_out),
        uses=["eq-13"],
        **one_step_16,
    ),
    step(
        "lemma-24.decrease",
        2,
        "The argument of the slope is at least c",
        _claimed_24,
        {
            "ascent": relation(Gt, x_tilde * y_tilde, x * y),
            "product": relation(Ge, x * y, 2 * c * sqrt(eta / gamma) * half * root_large),
            "tail": relation(Ge, 2 * c * sqrt(eta / gamma) * half * root_large, c),
        },
        **one_step_16,
    ),
    step(
        "lemma-24.decrease",
        3,
        "The dynamics of x again (with z_t^-1 once more than in the update)",
        _slope_large_24,
        relation(Eq, x_next, x - eta * Abs(slope_t) * rho / radius / z * x - eta * Abs(slope_t) * Abs(y)),
        **one_step_16,
    ),
    step(
        "lemma-24.decrease",
        4,
        "The drop of x",
        _slope_large_24,
        {
            "perturbation dropped": relation(
                Le,
                x - eta * Abs(slope_t) * rho / radius / z * x - eta * Abs(slope_t) * Abs(y),
                x - eta * Abs(slope_t) * Abs(y),
            ),
            "slope and y": relation(Le, x - eta * Abs(slope_t) * Abs(y), x - eta * (c / 2) * half * root_large),
            "constant": relation(Eq, x - eta * (c / 2) * half * root_large, x - c / 4 * root_small),
        },
        **one_step_16,
    ),
]

CLAIMS = [
    theorem_20_lower,
    theorem_20_decrease,
    theorem_20_duration,
    lemma_21,
    claim_22,
    *claim_22_steps,
    claim_22_identity,
    on_trajectory(claim_22_identity),
    claim_23,
    *claim_23_steps,
    lemma_24_decrease,
    *lemma_24_steps,
    lemma_24_duration,
]
