"""Appendix F.1: the SAM update on l(xy), the sign of its slope, and that it moves towards both axes."""

from __future__ import annotations

import sympy as sp
from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Ne, sign

from claims.sam_normalization.neuron_sam.appendix_f import on_trajectory, one_step, step, x_next, y_next
from claims.sam_normalization.setting import (
    c,
    ell,
    eta,
    neuron_loss,
    neuron_sam,
    neurons,
    paper,
    radius,
    relation,
    rho,
    sign_xy,
    slope_t,
    x,
    x_tilde,
    y,
    y_tilde,
    z,
    z_definition,
)
from verify.statement.claim import Claim

_slope = ell.slope(x * y)
_gradient = (sp.diff(neuron_loss, x), sp.diff(neuron_loss, y))
_gradient_norm = sp.sqrt(_gradient[0] ** 2 + _gradient[1] ** 2)
_normalised = rho * _slope / (Abs(_slope) * radius)

eq_11 = Claim(
    "eq-11",
    title="The ascent point of SAM on l(xy)",
    source=paper.at("eq. (11)", "By writing w_t as [x_t y_t], substituting L(x, y) = l(xy), and utilizing"),
    given=[Gt(c, 0), Ge(rho, 0), Ne(x, 0), Ne(y, 0)],
    over=(x, y, neurons),
    show={
        "gradient, x": relation(Eq, x + rho * _gradient[0] / _gradient_norm, x + _normalised * y),
        "gradient, y": relation(Eq, y + rho * _gradient[1] / _gradient_norm, y + _normalised * x),
        "sign, x": relation(Eq, x + _normalised * y, x + rho * sign_xy / radius * y),
        "sign, y": relation(Eq, y + _normalised * x, y + rho * sign_xy / radius * x),
    },
)

eq_12 = Claim(
    "eq-12",
    title="The SAM update on l(xy)",
    source=paper.at("eq. (12)", "one can simplify the update rule Equation 1 as follows"),
    given=list(neuron_sam),
    show={
        "x": relation(Eq, x_next, x - eta * slope_t * y_tilde),
        "y": relation(Eq, y_next, y - eta * slope_t * x_tilde),
    },
    **one_step,
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
    given=list(neuron_sam),
    show={
        "x": And(Implies(x > 0, x_next < x), Implies(x < 0, x_next > x)),
        "y": And(Implies(y > 0, y_next < y), Implies(y < 0, y_next > y)),
    },
    uses=["lemma-17"],
    **one_step,
)

_plain = x - eta * slope_t * rho / z * x - eta * slope_t * y
_reduced = x - eta * Abs(slope_t) * rho / radius * x - eta * Abs(slope_t) * Abs(y)

eq_13 = Claim(
    "eq-13",
    title="The SAM update on l(xy), the perturbation apart",
    source=paper.at("eq. (13)", "Using Lemma 17, the SAM update can be equivalently written as"),
    given=list(neuron_sam),
    show={
        "x": relation(Eq, x_next, x - eta * slope_t * y - eta * Abs(slope_t) * (rho * x / radius)),
        "y": relation(Eq, y_next, y - eta * slope_t * x - eta * Abs(slope_t) * (rho * y / radius)),
    },
    uses=["lemma-17"],
    **one_step,
)

_x_positive = [*neuron_sam, Gt(x, 0)]
_unevaluated_product = sp.Mul(eta, sign_xy, Abs(slope_t), rho, sign_xy, 1 / radius, x, evaluate=False)

lemma_18_steps = [
    step("lemma-18", 1, "The dynamics of x", _x_positive, relation(Eq, x_next, _plain)),
    step("lemma-18", 2, "The dynamics of x again", _x_positive, relation(Eq, x_next, _plain), uses=["lemma-17"]),
    step(
        "lemma-18",
        3,
        "The slope by its sign and size",
        _x_positive,
        relation(Eq, _plain, x - _unevaluated_product - eta * sign_xy * Abs(slope_t) * sign(y) * Abs(y)),
        uses=["lemma-17"],
    ),
    step(
        "lemma-18",
        4,
        "The signs cancel",
        _x_positive,
        {
            "signs": relation(Eq, x - _unevaluated_product - eta * sign_xy * Abs(slope_t) * sign(y) * Abs(y), _reduced),
            "bound": relation(Le, _reduced, x),
        },
    ),
]

_statements = [eq_11, eq_12, lemma_17, eq_13, lemma_18]

CLAIMS = [
    *(entry for claim in _statements for entry in (claim, on_trajectory(claim))),
    *lemma_18_steps,
]
