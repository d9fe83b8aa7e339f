"""Section 3.1 and Appendices E, F: SAM on the single-neuron linear network L(x, y) = l(xy)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp
from sympy import Abs, And, Derivative, Eq, Equivalent, Ge, Gt, Implies, Le, Lt, Min, Ne, Tuple, sign, sqrt

from claims.sam_normalization.losses import scalar_losses
from claims.sam_normalization.setting import (
    c,
    ell,
    eta,
    gamma,
    half,
    neuron_loss,
    neuron_sam,
    neurons,
    paper,
    radius,
    relation,
    rho,
    sam_neuron,
    sam_times,
    sign_xy,
    slope_t,
    t,
    t0,
    t1,
    theorem_16,
    theorem_16_start,
    x,
    x0,
    x_tilde,
    y,
    y0,
    y_tilde,
    z,
    z_definition,
)
from verify.statement.claim import Claim, Hints, Reading
from verify.statement.formula import BigOmega, Differentiable

x_next, y_next = sam_neuron.next
ell_name = ell.symbol

# --- eq. (6), eq. (7) -------------------------------------------------------------------------------------------

eq_6_gradient = Claim(
    "eq-6.gradient",
    title="The gradient of l(xy)",
    source=paper.at("eq. (6)", "By direct calculation, the gradient and Hessian of L"),
    given=[Differentiable(ell_name, sp.S.One, x * y)],
    over=(x, y, scalar_losses()),
    show={
        "x": relation(Eq, Derivative(neuron_loss, x), ell.slope(x * y) * y),
        "y": relation(Eq, Derivative(neuron_loss, y), ell.slope(x * y) * x),
    },
)

_curvature = ell.curvature(x * y)
eq_6_hessian = Claim(
    "eq-6.hessian",
    title="The Hessian of l(xy)",
    source=paper.at("eq. (6)", "By direct calculation, the gradient and Hessian of L"),
    given=[Differentiable(ell_name, sp.Integer(2), x * y)],
    over=(x, y, scalar_losses()),
    show={
        "xx": relation(Eq, Derivative(neuron_loss, x, x), _curvature * y**2),
        "xy": relation(Eq, Derivative(neuron_loss, x, y), _curvature * x * y + ell.slope(x * y)),
        "yx": relation(Eq, Derivative(neuron_loss, y, x), _curvature * x * y + ell.slope(x * y)),
        "yy": relation(Eq, Derivative(neuron_loss, y, y), _curvature * x**2),
    },
)

_threshold = (sqrt(8 * rho / eta + 1) - 1) / (2 * rho)

eq_7_threshold = Claim(
    "eq-7.threshold",
    title="The USAM threshold in closed form",
    source=paper.at("eq. (7)", "(1 + rho y_t^2) y_t^2 < 2/eta, i.e."),
    given=[Gt(eta, 0), Gt(rho, 0)],
    over=(y,),
    show=Equivalent(relation(Lt, (1 + rho * y**2) * y**2, 2 / eta), relation(Lt, y**2, _threshold)),
)

eq_7_limit = Claim(
    "eq-7.limit",
    title="The USAM threshold tends to GD's as rho -> 0",
    source=paper.at("Remark after Theorem 5", "our characterized threshold indeed recovers that of GD"),
    given=[Gt(eta, 0)],
    show=relation(Eq, sp.Limit(_threshold, rho, 0, "+"), 2 / eta),
    hints=Hints(limit=(4 / eta) / (sqrt(8 * rho / eta + 1) + 1)),
)

# --- Appendix F.1 -----------------------------------------------------------------------------------------------

_one_step: dict[str, Any] = {"over": neurons, "step": sam_neuron, "define": z_definition}

eq_12 = Claim(
    "eq-12",
    title="The SAM update on l(xy)",
    source=paper.at("eq. (12)", "one can simplify the update rule Equation 1 as follows"),
    given=neuron_sam,
    show={
        "x": relation(Eq, x_next, x - eta * slope_t * y_tilde),
        "y": relation(Eq, y_next, y - eta * slope_t * x_tilde),
    },
    **_one_step,
)

lemma_17 = Claim(
    "lemma-17",
    title="Sign of the gradient in SAM",
    source=paper.at("Lemma 17", "If x_t != 0, y_t != 0, then sign(x_t) ="),
    given=[Gt(c, 0), Ge(rho, 0), Ne(x, 0), Ne(y, 0)],
    over=(x, y, neurons),
    define=z_definition,
    show={
        "x": relation(Eq, sign(x), sign(x_tilde)),
        "y": relation(Eq, sign(y), sign(y_tilde)),
        "in particular": relation(Eq, sign(slope_t), sign_xy),
    },
)

lemma_18 = Claim(
    "lemma-18",
    title="SAM moves towards both axes",
    source=paper.at("Lemma 18", "Suppose that x_t, y_t != 0. Then, the following basic properties hold"),
    given=neuron_sam,
    show={
        "x": And(Implies(x > 0, x_next < x), Implies(x < 0, x_next > x)),
        "y": And(Implies(y > 0, y_next < y), Implies(y < 0, y_next > y)),
    },
    uses=["lemma-17"],
    **_one_step,
)

_plain = x - eta * slope_t * rho / z * x - eta * slope_t * y
_signed = (
    x - eta * sign_xy * Abs(slope_t) * rho * sign_xy / radius * x - eta * sign_xy * Abs(slope_t) * sign(y) * Abs(y)
)
_reduced = x - eta * Abs(slope_t) * rho / radius * x - eta * Abs(slope_t) * Abs(y)


def _step(parent: str, number: int, title: str, given: list[Any], show: Any = None, **more: Any) -> Claim:
    return Claim(
        f"{parent}/step-{number}",
        title=title,
        source=paper.at(f"Appendix F, proof of {parent.replace('lemma-', 'Lemma ')}, relation {number}"),
        kind="step",
        given=given,
        show=show,
        **(_one_step | more),
    )


_positive = [*neuron_sam, Gt(x, 0)]
_unevaluated_product = sp.Mul(eta, sign_xy, Abs(slope_t), rho, sign_xy, 1 / radius, x, evaluate=False)

lemma_18_steps = [
    _step("lemma-18", 1, "The dynamics of x", _positive, relation(Eq, x_next, _plain)),
    _step("lemma-18", 2, "The dynamics of x again", _positive, relation(Eq, x_next, _plain), uses=["lemma-17"]),
    _step(
        "lemma-18",
        3,
        "The slope by its sign and size",
        _positive,
        relation(Eq, _plain, x - _unevaluated_product - eta * sign_xy * Abs(slope_t) * sign(y) * Abs(y)),
        uses=["lemma-17"],
    ),
    _step(
        "lemma-18",
        4,
        "The signs cancel",
        _positive,
        {
            "signs": relation(Eq, x - _unevaluated_product - eta * sign_xy * Abs(slope_t) * sign(y) * Abs(y), _reduced),
            "bound": relation(Le, _reduced, x),
        },
    ),
]

# --- Lemma 30 ---------------------------------------------------------------------------------------------------

_dominates = [*neuron_sam, Ge(y, Abs(x))]
_tail = [*_dominates, relation(Ge, Abs(x_tilde * y_tilde), c)]
_core = [*_dominates, relation(Lt, Abs(x_tilde * y_tilde), c)]
_drop = c / (2 * sqrt(2)) * eta * rho

_R, _P, _Q, _W = (sp.Symbol(name, real=True) for name in ("R", "P", "Q", "W"))

#: With R the norm of (x, y), P = |l'|, Q = l' x_tilde and W = |x_tilde y_tilde|, the drop of y is eta Q.
_short = {_Q: slope_t * x_tilde, _P: Abs(slope_t), _W: Abs(x_tilde * y_tilde), _R: radius}
_norm = (Gt(y, 0), Gt(radius, 0), relation(Ge, sqrt(2) * y, radius))
_ascent = (
    relation(Ge, Abs(x_tilde * y_tilde), rho * radius),
    relation(Ge, slope_t * x_tilde, Abs(slope_t) * rho * y / radius),
)
_drop_hints = Hints(lemmas=(*_norm, *_ascent, relation(Ge, _P, Min(c, rho * _R) / 2)), abbreviate=_short)
_tail_hints = Hints(lemmas=(*_norm, relation(Ge, _P, c / 2), Gt(_P, 0)), abbreviate=_short)
#: The printed bound of the core also speaks of S = x^2 + y^2 and of G = sign(xy).
_S, _G = (sp.Symbol(name, real=True) for name in ("S", "G"))
_core_hints = Hints(
    lemmas=(
        *_norm,
        *_ascent,
        relation(Ge, x**2 + y**2, y**2),
        relation(Eq, sign_xy**2, 1),
        relation(Ge, _P, _W / 2),
        relation(Ge, _P, rho * _R / 2),
        relation(Ge, _Q, rho**2 * y / 2),
    ),
    abbreviate=_short | {_S: x**2 + y**2, _G: sign_xy},
)

lemma_30 = Claim(
    "lemma-30",
    title="SAM's y drops while it dominates",
    source=paper.at("Lemma 30", "If y_t >= |x_t|, then we must have"),
    given=_dominates,
    show=relation(Le, y_next, y - Min(half * eta * rho**2 * y, _drop)),
    uses=["lemma-17"],
    hints=_drop_hints,
    **_one_step,
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
    _step(
        "lemma-30",
        1,
        "The dynamics of y",
        _tail,
        relation(Eq, y_next, y - eta * _size * rho / radius * y - eta * slope_t * x),
    ),
    _step(
        "lemma-30",
        2,
        "The same, collected",
        _tail,
        relation(Eq, y - eta * _size * rho / radius * y - eta * slope_t * x, _shrunk),
    ),
    _step(
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
    _step(
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
        hints=replace(_tail_hints, constants={"order": c / (2 * sqrt(2))}),
    ),
    _step(
        "lemma-30",
        5,
        "(A3) in the core",
        _core,
        relation(Ge, _size, half * Abs(x_tilde * y_tilde)),
        hints=Hints(abbreviate=_short),
    ),
    _step("lemma-30", 6, "Multiplied by rho y / z", _core, relation(Ge, _size * rho / z * y, _core_bound)),
    _step("lemma-30", 7, "The product bounded below", _core, relation(Ge, _core_bound, half * (rho * y / z) ** 2 * y)),
    _step(
        "lemma-30",
        8,
        "The drop in the core",
        _core,
        {
            "drop": relation(Le, y_next, y - _quadratic_drop),
            "simplified": relation(Le, y - _quadratic_drop, y - half * eta * rho**2 * y),
            "order": BigOmega(half * eta * rho**2, eta * rho**2, Tuple()),
        },
        hints=replace(_core_hints, constants={"order": half}),
    ),
]

# --- reachable states, Theorem 20 -------------------------------------------------------------------------------

_from_theorem_16: dict[str, Any] = {
    "start": {x: x0, y: y0},
    "times": sam_times,
}


def _on_trajectory(claim: Claim) -> Claim:
    """The twin of a one-step claim that asks only about the states reached from a start of Theorem 16."""
    own = [formula for formula in claim.given if formula.free_symbols & {x, y}]
    return replace(
        claim,
        id=f"{claim.id}/on-trajectory",
        title=f"{claim.title}, at the states reached from a start of Theorem 16",
        given=[*theorem_16, *own],
        over=neurons,
        step=sam_neuron,
        start={x: x0, y: y0},
        times=sam_times,
        define={**theorem_16_start, **claim.define},
        uses=[claim.id],
    )


theorem_20_lower = Claim(
    "theorem-20.lower",
    title="y stays large in the initial phase of SAM",
    source=paper.at("Theorem 20", "we have y_t >= sqrt(gamma/eta)/2 for all t <= min{t0, t1}"),
    given=[*theorem_16, relation(Le, t, Min(t0, t1))],
    over=neurons,
    step=sam_neuron,
    define=theorem_16_start,
    show=relation(Ge, y, half * sqrt(gamma / eta)),
    **_from_theorem_16,
)

CLAIMS = [
    eq_6_gradient,
    eq_6_hessian,
    eq_7_threshold,
    eq_7_limit,
    eq_12,
    _on_trajectory(eq_12),
    lemma_17,
    _on_trajectory(lemma_17),
    lemma_18,
    *lemma_18_steps,
    _on_trajectory(lemma_18),
    theorem_20_lower,
    lemma_30,
    *lemma_30_steps,
    _on_trajectory(lemma_30),
]
