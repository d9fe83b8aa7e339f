"""Appendix G.1: the USAM update on l(xy), the signs of its slopes, and that it moves towards both axes."""

from __future__ import annotations

from dataclasses import replace

from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Ne, sign

from claims.sam_normalization.neuron_usam.appendix_g import on_trajectory, one_step, step, x_next, y_next
from claims.sam_normalization.neuron_usam.invariants import x_moves
from claims.sam_normalization.setting import (
    c,
    ell,
    eta,
    learning_rate,
    neurons,
    paper,
    relation,
    rho,
    sign_xy,
    slope_ascent,
    slope_here,
    x,
    x_ascent,
    y,
    y_ascent,
)
from verify.statement.claim import Claim, Hints, PointCounterexample

_given = [Gt(c, 0), *learning_rate]
_written_out = ell.slope((x + rho * ell.slope(x * y) * y) * (y + rho * ell.slope(x * y) * x))

eq_19 = Claim(
    "eq-19",
    title="The USAM update on l(xy)",
    source=paper.at("eq. (19)", "Recall the update rule of USAM in Equation 2. Still writing w_t as [x_t y_t]"),
    given=_given,
    show={
        "x": relation(Eq, x_next, x - eta * _written_out * (y + rho * ell.slope(x * y) * x)),
        "y": relation(Eq, y_next, y - eta * _written_out * (x + rho * ell.slope(x * y) * y)),
    },
    **one_step,
)

eq_20 = Claim(
    "eq-20",
    title="The USAM update on l(xy), the slopes abbreviated",
    source=paper.at("eq. (20)", "The update rule can be rewritten as"),
    given=_given,
    show={
        "x": relation(Eq, x_next, x - eta * slope_ascent * (y + rho * slope_here * x)),
        "y": relation(Eq, y_next, y - eta * slope_ascent * (x + rho * slope_here * y)),
    },
    **one_step,
)

_nonzero = [Gt(c, 0), Ge(rho, 0), Ne(x, 0), Ne(y, 0)]

lemma_36 = Claim(
    "lemma-36",
    title="Sign of the gradient in USAM",
    source=paper.at("Lemma 36", "If x_t != 0, y_t != 0, then sign(x_t) ="),
    given=_nonzero,
    over=(x, y, neurons),
    show={
        "x": relation(Eq, sign(x), sign(x_ascent)),
        "y": relation(Eq, sign(y), sign(y_ascent)),
        "in particular": And(
            relation(Eq, sign(slope_ascent), sign(slope_here)), relation(Eq, sign(slope_here), sign_xy)
        ),
    },
)

lemma_36_steps = [
    step(
        "lemma-36",
        1,
        "The sign of the first coordinate of the ascent point",
        _nonzero,
        {
            "slope": relation(Eq, sign(x_ascent), sign(x + rho * sign_xy * y)),
            "sign": relation(Eq, sign(x + rho * sign_xy * y), sign(x)),
        },
        over=(x, y, neurons),
        step=None,
    ),
    step(
        "lemma-36",
        2,
        "The sign of the second coordinate of the ascent point",
        _nonzero,
        {
            "slope": relation(Eq, sign(y_ascent), sign(y + rho * sign_xy * x)),
            "sign": relation(Eq, sign(y + rho * sign_xy * x), sign(y)),
        },
        over=(x, y, neurons),
        step=None,
    ),
]

_nonnegative = [*_given, Ge(x, 0), Ge(y, 0)]

lemma_37 = Claim(
    "lemma-37",
    title="USAM moves towards both axes",
    source=paper.at("Lemma 37", "Suppose that x_t, y_t >= 0. Then, the following basic properties hold"),
    given=_nonnegative,
    show={
        "x": And(Implies(x > 0, x_next < x), Implies(x < 0, x_next > x)),
        "y": And(Implies(y > 0, y_next < y), Implies(y < 0, y_next > y)),
    },
    uses=["lemma-36"],
    **one_step,
)

_x_positive = [*_nonnegative, Gt(x, 0)]
_plain = x - eta * slope_ascent * (y + rho * slope_here * x)
_signed = x - eta * sign_xy * Abs(slope_ascent) * (y + rho * sign_xy * Abs(slope_here) * x)
_reduced = x - eta * Abs(slope_ascent) * (Abs(y) + rho * Abs(slope_here) * x)

lemma_37_steps = [
    step("lemma-37", 1, "The dynamics of x", _x_positive, relation(Eq, x_next, _plain), uses=["eq-20"]),
    step("lemma-37", 2, "The dynamics of x again", _x_positive, relation(Eq, x_next, _plain), uses=["eq-20"]),
    step(
        "lemma-37",
        3,
        "The slopes by their sign and size",
        _x_positive,
        relation(Eq, _plain, _signed),
        uses=["lemma-36"],
    ),
    step(
        "lemma-37",
        4,
        "The signs cancel",
        _x_positive,
        {"signs": relation(Eq, _signed, _reduced), "bound": relation(Le, _reduced, x)},
    ),
]

#: The first step ends at x = 0, where y stays.
_onto_the_axis = PointCounterexample(
    {"c": "1", "gamma": "1001/600", "C": "9025/9009", "eta": "1/24", "rho": "1/4", "t": "1"}, "clip(delta=1)"
)
lemma_37_reached = replace(
    on_trajectory(lemma_37), hints=Hints(counterexamples=(_onto_the_axis,), parts={"x": x_moves})
)

CLAIMS = [
    *(entry for claim in (eq_19, eq_20, lemma_36) for entry in (claim, on_trajectory(claim))),
    lemma_37,
    lemma_37_reached,
    *lemma_36_steps,
    *lemma_37_steps,
]
