"""Appendix F.3: the middle phase of SAM on l(xy); y keeps decreasing until it is smaller than |x|."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Implies, Le, Lt, Min, Tuple, sign, sqrt

from claims.sam_normalization.neuron_sam.appendix_f import (
    all_phases,
    from_start_16,
    on_trajectory,
    one_step,
    one_step_16,
    step,
    x_next,
    y_next,
)
from claims.sam_normalization.neuron_sam.invariants import after_t1, stays_below, within, within_value
from claims.sam_normalization.neuron_sam.proofs import (
    P,
    Q,
    R,
    W,
    ascent_adds,
    at_most_sqrt_2_y,
    drop,
    in_sizes,
    short_drop,
)
from claims.sam_normalization.setting import (
    B,
    B_definition,
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
    sign_xy,
    slope_t,
    t,
    t1,
    t2,
    theorem_16,
    theorem_16_start,
    x,
    x_tilde,
    y,
    y0,
    y0_bound,
    y_tilde,
    z,
)
from verify.statement.claim import Claim, Hints, Reading
from verify.statement.formula import BigO, BigOmega

_phase = [*from_start_16, relation(Gt, t, t1), relation(Le, t, t2)]
_drop = c / (2 * sqrt(2)) * eta * rho
_y_drops = relation(Le, y_next, y - Min(half * eta * rho**2 * y, _drop))

# --- Theorem 26 -------------------------------------------------------------------------------------------------

theorem_26_bounds = Claim(
    "theorem-26.bounds",
    title="Bounds on x and y throughout the middle phase of SAM",
    source=paper.at("Theorem 26", "Under the conditions of Theorem 16, |y_t| <= sqrt(C gamma/eta) and |x_t| <= B"),
    given=_phase,
    show={"y": relation(Le, Abs(y), y0_bound), "x": relation(Le, Abs(x), B)},
    hints=Hints(parts={"y": within_value, "x": after_t1}),
    uses=["lemma-27", "lemma-28", "corollary-29"],
    **all_phases,
)

theorem_26_drop = Claim(
    "theorem-26.drop",
    title="y drops in each step from t1 to t2",
    source=paper.at("Theorem 26", "Under the same conditions, we further have y_{t+1} <= y_t - min{"),
    given=[*from_start_16, relation(Ge, t, t1), relation(Le, t, t2)],
    show=_y_drops,
    uses=["lemma-30"],
    **all_phases,
)

_scale = eta * rho + sqrt(eta)

theorem_26_remark = Claim(
    "theorem-26.remark",
    title="x and y are both close to 0 after the middle phase",
    source=paper.at("Remark after Theorem 26", "in t2 iterations, y_t drops rapidly such that y_{t2+1} <= |x_{t2+1}|"),
    given=from_start_16,
    at=t2 + 1,
    show={
        "order": relation(Le, y, Abs(x)),
        "x": BigO(Abs(x), _scale, Tuple(c, gamma, C)),
        "y": BigO(Abs(y), _scale, Tuple(c, gamma, C)),
    },
    note="O: for a constant that may depend on c, gamma and C, which the setting calls constants.",
    uses=["theorem-26.bounds"],
    **all_phases,
)

# --- Lemma 27, Lemma 28, Corollary 29 ---------------------------------------------------------------------------

_below_start = relation(Lt, eta * rho + sqrt(C * gamma * eta), y0_bound)

lemma_27 = Claim(
    "lemma-27",
    title="|y| stays below its start during the middle phase",
    source=paper.at("Lemma 27", "If eta rho + sqrt(C gamma eta) < sqrt(C gamma/eta), then during the Middle Phase"),
    given=[*_phase, _below_start],
    show={"monotone": relation(Le, Abs(y), y0), "start": relation(Le, y0, y0_bound)},
    hints=Hints(parts={"monotone": within}),
    uses=["lemma-18"],
    **all_phases,
)

_y_written_out = y - eta * Abs(slope_t) * rho / radius * Abs(y) - eta * Abs(slope_t) * Abs(x)
_x_written_out = Abs(x) - eta * Abs(slope_t) * rho / radius * Abs(x) - eta * Abs(slope_t) * Abs(y)
#: "say y_t > 0 and y_{t+1} < 0", both in the middle phase, so that y_t >= |x_t|.
_crossing = [*theorem_16, *nonzero, _below_start, Gt(y, 0), Lt(y_next, 0), relation(Ge, y, Abs(x))]
_crossing_below = [*_crossing, relation(Le, y, y0_bound)]

lemma_27_steps = [
    step(
        "lemma-27",
        1,
        "The dynamics of y",
        _crossing,
        relation(Eq, y_next, _y_written_out),
        uses=["eq-13"],
        **one_step_16,
    ),
    step(
        "lemma-27",
        2,
        "The slope, the norm and x bounded",
        _crossing,
        {
            "slope": relation(Ge, _y_written_out, -eta * rho - eta * Abs(x)),
            "x": relation(Ge, -eta * rho - eta * Abs(x), -eta * rho - eta * y),
        },
        hints=in_sizes(y, [Gt(y, 0), relation(Ge, y, Abs(x))]),
        **one_step_16,
    ),
    step(
        "lemma-27",
        3,
        "y bounded by its start",
        _crossing_below,
        {
            "start": relation(Ge, -eta * rho - eta * y, -eta * rho - eta * y0_bound),
            "collected": relation(Eq, -eta * rho - eta * y0_bound, -eta * rho - sqrt(C * gamma * eta)),
        },
        **one_step_16,
    ),
]

_x_within = relation(Le, Abs(x), B)

lemma_28 = Claim(
    "lemma-28",
    title="|x| does not leave [0, B]",
    source=paper.at("Lemma 28", "Suppose that |x_t| <= B = max{... , eta rho + sqrt(C eta gamma)}. Then"),
    given=[*theorem_16, *nonzero, _x_within],
    show=relation(Le, Abs(x_next), B),
    uses=["lemma-24.decrease", "lemma-27"],
    **one_step_16,
)

#: "we only consider the case where x_t > 0 ... If x_{t+1} < 0"
_crossing_x = [*theorem_16, *nonzero, _x_within, Gt(x, 0), Lt(x_next, 0)]
_x_bounded = Abs(x) - eta * rho - eta * y0_bound

lemma_28_steps = [
    step(
        "lemma-28",
        1,
        "The dynamics of x",
        _crossing_x,
        {
            "sign": relation(Eq, x_next, sign(x) * x_next),
            "written out": relation(Eq, sign(x) * x_next, _x_written_out),
        },
        uses=["eq-13"],
        **one_step_16,
    ),
    step(
        "lemma-28",
        2,
        "The slope, the norm and y bounded",
        _crossing_x,
        {
            "bounded": relation(Ge, _x_written_out, _x_bounded),
            "dropped": relation(Ge, _x_bounded, -eta * rho - sqrt(C * eta * gamma)),
        },
        uses=["lemma-27"],
        **one_step_16,
    ),
]

corollary_29 = Claim(
    "corollary-29",
    title="|x| is at most B from t1 + 1 to t2",
    source=paper.at("Corollary 29", "Note that, by definition of Initial Phase in Definition 19, we already have"),
    given=_phase,
    show={
        "entry": Implies(relation(Le, t - 1, t1), _x_within),
        "phase": _x_within,
    },
    hints=after_t1,
    uses=["lemma-28"],
    **all_phases,
)

# --- Lemma 30 ---------------------------------------------------------------------------------------------------

_dominates = [*neuron_sam, Ge(y, Abs(x))]
_tail = [*_dominates, relation(Ge, Abs(x_tilde * y_tilde), c)]
_core = [*_dominates, relation(Lt, Abs(x_tilde * y_tilde), c)]

_tail_hints = Hints(lemmas=(*at_most_sqrt_2_y, relation(Ge, P, c / 2), Gt(P, 0)), abbreviate=short_drop)
#: The printed bound of the core also speaks of S = x^2 + y^2 and of G = sign(xy).
_S, _G = (sp.Symbol(name, real=True) for name in ("S", "G"))
_core_hints = Hints(
    lemmas=(
        *at_most_sqrt_2_y,
        *ascent_adds,
        relation(Ge, x**2 + y**2, y**2),
        relation(Eq, sign_xy**2, 1),
        relation(Ge, P, W / 2),
        relation(Ge, P, rho * R / 2),
        relation(Ge, Q, rho**2 * y / 2),
    ),
    abbreviate=short_drop | {_S: x**2 + y**2, _G: sign_xy},
)

lemma_30 = Claim(
    "lemma-30",
    title="SAM's y drops while it dominates",
    source=paper.at("Lemma 30", "If y_t >= |x_t|, then we must have"),
    given=_dominates,
    show=_y_drops,
    uses=["lemma-17"],
    hints=Hints(lemmas=drop, abbreviate=short_drop),
    **one_step,
)

_size = Abs(slope_t)
_shrunk = (1 - eta * _size * rho / radius) * y - eta * _size * Abs(x)
_core_bound = half * Abs(x_tilde * y_tilde) * rho / z * y
_quadratic_drop = half * eta * (rho * y / z) ** 2 * y


def _with_c_t(c_t: sp.Expr) -> sp.Expr:
    return (1 - eta * c_t * rho / (sqrt(2) * y)) * y


_c_t_readings = {
    "the slope": _size,
    "its lower bound": c / 2,
}
_c_t_texts = {
    "the slope": "“c_t”, which nothing defines, is |l'_t|, the quantity that the line before has in its place",
    "its lower bound": "“c_t” is c/2, the lower end of “|l'_t| in [c/2, 1]”",
}

lemma_30_steps = [
    step(
        "lemma-30",
        1,
        "The dynamics of y",
        _tail,
        relation(Eq, y_next, y - eta * _size * rho / radius * y - eta * slope_t * x),
    ),
    step(
        "lemma-30",
        2,
        "The same, collected",
        _tail,
        relation(Eq, y - eta * _size * rho / radius * y - eta * slope_t * x, _shrunk),
    ),
    step(
        "lemma-30",
        3,
        "The norm bounded by sqrt(2) y (with an undefined c_t)",
        _tail,
        readings={
            name: Reading(_c_t_texts[name], relation(Le, _shrunk, _with_c_t(c_t)))
            for name, c_t in _c_t_readings.items()
        },
        hints=_tail_hints,
    ),
    step(
        "lemma-30",
        4,
        "The drop in the tail",
        _tail,
        readings={
            name: Reading(
                _c_t_texts[name],
                {
                    "bound": relation(Le, _with_c_t(c_t), y - eta * rho * c / (2 * sqrt(2))),
                    "order": BigOmega(eta * rho * c / (2 * sqrt(2)), eta * rho, Tuple(c)),
                },
            )
            for name, c_t in _c_t_readings.items()
        },
        hints=replace(
            _tail_hints, parts={"order": replace(_tail_hints, lemmas=(), constants={"order": c / (2 * sqrt(2))})}
        ),
    ),
    step(
        "lemma-30",
        5,
        "(A3) in the core",
        _core,
        relation(Ge, _size, half * Abs(x_tilde * y_tilde)),
        hints=Hints(abbreviate=short_drop),
    ),
    step("lemma-30", 6, "Multiplied by rho y / z", _core, relation(Ge, _size * rho / z * y, _core_bound)),
    step("lemma-30", 7, "The product bounded below", _core, relation(Ge, _core_bound, half * (rho * y / z) ** 2 * y)),
    step(
        "lemma-30",
        8,
        "The drop in the core",
        _core,
        {
            "drop": relation(Le, y_next, y - _quadratic_drop),
            "simplified": relation(Le, y - _quadratic_drop, y - half * eta * rho**2 * y),
            "order": BigOmega(half * eta * rho**2, eta * rho**2, Tuple()),
        },
        hints=replace(_core_hints, parts={"order": replace(_core_hints, lemmas=(), constants={"order": half})}),
    ),
]

CLAIMS = [
    theorem_26_bounds,
    theorem_26_drop,
    theorem_26_remark,
    lemma_27,
    *lemma_27_steps,
    lemma_28,
    *lemma_28_steps,
    # the statement speaks of no z_t
    replace(on_trajectory(lemma_28), define={**theorem_16_start, **B_definition}, hints=stays_below),
    corollary_29,
    lemma_30,
    *lemma_30_steps,
    on_trajectory(lemma_30),
]
