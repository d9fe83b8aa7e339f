"""Section 2.2 and Appendix D.1: SAM on the scalar factorization loss (xy)^2/2; eq. (10) of D.2."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, And, Eq, Ge, Gt, Implies, Integer, Le, Lt, Rational, Tuple, sqrt

from claims.sam_normalization.derived import step_of, twin_of
from claims.sam_normalization.factorization import usam_growth
from claims.sam_normalization.setting import (
    eta,
    factorization,
    factorization_loss,
    half,
    learning_rate,
    paper,
    radius,
    relation,
    rho,
    sam_factorization,
    sign_xy,
    theorem_11,
    theorem_11_eta,
    usam_factorization,
    x,
    x0,
    y,
    y0,
)
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import Always, Diverges, EventuallyAlways, LimSup, ThereAre

x_next, y_next = sam_factorization.next

#: z_t^{-1} and the two coordinates of the ascent point w~_t.
z_inverse = sign_xy / radius
x_ascent, y_ascent = x + rho * y * z_inverse, y + rho * x * z_inverse

_given = [*theorem_11, *learning_rate]
_one_step: dict[str, Any] = {"over": (x, y, factorization), "define": theorem_11_eta, "step": sam_factorization}

#: The gradient of the loss and its norm.
_slope_x, _slope_y = sp.diff(factorization_loss, x), sp.diff(factorization_loss, y)
_slope = sqrt(_slope_x**2 + _slope_y**2)

#: beta = x0^2 + y0^2, the smoothness inside the disc.
_beta = x0**2 + y0**2
#: The eigenvalues of the Hessian ((y^2, 2xy), (2xy, x^2)) are _mean - _spread and _mean + _spread.
_mean, _spread = (x**2 + y**2) / 2, sqrt((x**2 - y**2) ** 2 + 16 * x**2 * y**2) / 2

smoothness_2_2 = Claim(
    "smoothness-2.2",
    title="(xy)^2/2 is (x0^2 + y0^2)-smooth inside the disc of that squared radius",
    source=paper.at("Section 2.2", "L(x, y) is beta := (x0^2 + y0^2)-smooth inside the region x^2 + y^2 <= beta"),
    given=[Gt(_beta, 0), relation(Le, x**2 + y**2, _beta)],
    over=(x0, y0, x, y, factorization),
    show={
        "largest eigenvalue": relation(Le, _mean + _spread, _beta),
        "least eigenvalue": relation(Ge, _mean - _spread, -_beta),
    },
)

update_d1 = Claim(
    "update-D.1",
    title="The ascent point and the update of SAM, as Appendix D.1 displays them",
    source=paper.at("Appendix D.1, first two displays", "the actual update of SAM is therefore the gradient taken at"),
    given=_given,
    show={
        "ascent x": relation(Eq, x + rho * _slope_x / _slope, x_ascent),
        "ascent y": relation(Eq, y + rho * _slope_y / _slope, y_ascent),
        "x": relation(Eq, x_next, x - eta * x_ascent * y_ascent**2),
        "y": relation(Eq, y_next, y - eta * y_ascent**2 * x_ascent),
    },
    **_one_step,
)

eq_10 = Claim(
    "eq-10",
    title="The update of USAM on the scalar factorization loss",
    source=paper.at("eq. (10)", "For USAM, the dynamics can be written as"),
    given=_given,
    show={
        "x": relation(Eq, usam_factorization.next[0], x - eta * (x + rho * x * y**2) * (y + rho * x**2 * y) ** 2),
        "y": relation(Eq, usam_factorization.next[1], y - eta * (x + rho * x * y**2) ** 2 * (y + rho * x**2 * y)),
    },
    **(_one_step | {"step": usam_factorization}),
)

theorem_12_monotone = Claim(
    "theorem-12.monotone",
    title="SAM always moves towards both axes",
    source=paper.at("Theorem 12, proof", "SAM over L(x, y) always pushes the iterate towards the minima"),
    given=_given,
    show={
        "x": And(Implies(x >= 0, x_next <= x), Implies(x <= 0, x_next >= x)),
        "y": And(Implies(y >= 0, y_next <= y), Implies(y <= 0, y_next >= y)),
    },
    **_one_step,
)

# --- Lemma 13 -------------------------------------------------------------------------------------------------------

_loss_next = factorization_loss.xreplace({x: x_next, y: y_next})
#: The gradient at the ascent point.
_ascent_slope_x, _ascent_slope_y = x_ascent * y_ascent**2, x_ascent**2 * y_ascent
_both_large = [*_given, relation(Ge, x, 5 * rho), relation(Ge, y, 5 * rho)]

lemma_13 = Claim(
    "lemma-13",
    title="The loss decreases as long as x, y >= 5 rho",
    source=paper.at("Lemma 13", "we have L(w_{t+1}) - L(w_t) < 0 as long as x_t, y_t >= 5 rho"),
    given=_both_large,
    show=relation(Lt, _loss_next - factorization_loss, 0),
    uses=["smoothness-2.2"],
    **_one_step,
)

_move_x, _move_y = x_next - x, y_next - y
_first_order = _slope_x * _move_x + _slope_y * _move_y
_half_gap = (_slope_x - half * _ascent_slope_x) * _ascent_slope_x + (
    _slope_y - half * _ascent_slope_y
) * _ascent_slope_y
_ascent_inner = _slope_x * _ascent_slope_x + _slope_y * _ascent_slope_y
_ascent_square = _ascent_slope_x**2 + _ascent_slope_y**2


def _step(parent: str, number: int, title: str, given: list[Any], show: Any, **more: Any) -> Claim:
    return step_of(parent, number, title, given, show, where="Appendix D.1", **(_one_step | more))


_x_up, _y_up = sp.symbols("x_up y_up", real=True)
#: The ascent adds at most a fifth to each coordinate, so that its slopes stay below twice the plain ones.
_little_ascent = Hints(
    lemmas=(
        Ge(x, 0),
        Ge(y, 0),
        Ge(x_ascent, 0),
        Ge(y_ascent, 0),
        Le(x_ascent, x + rho),
        Le(y_ascent, y + rho),
        Le(_x_up, Rational(6, 5) * x),
        Le(_y_up, Rational(6, 5) * y),
        Le(_x_up**2, Rational(36, 25) * x**2),
        Le(_y_up**2, Rational(36, 25) * y**2),
        Le(_x_up * _y_up**2, 2 * x * y**2),
        Le(_x_up**2 * _y_up, 2 * x**2 * y),
        Ge(_x_up * _y_up**2, 0),
        Ge(_x_up**2 * _y_up, 0),
    ),
    abbreviate={_x_up: x_ascent, _y_up: y_ascent},
)

lemma_13_steps = [
    _step(
        "lemma-13",
        1,
        "Smoothness along the step",
        _both_large,
        relation(Le, _loss_next - factorization_loss, _first_order + _beta / 2 * (_move_x**2 + _move_y**2)),
        uses=["smoothness-2.2"],
    ),
    _step(
        "lemma-13",
        2,
        "The update put in, and eta = 1/beta",
        _both_large,
        {
            "update": relation(
                Eq,
                _first_order + _beta / 2 * (_move_x**2 + _move_y**2),
                -eta * _ascent_inner + _beta / 2 * eta**2 * _ascent_square,
            ),
            "collected": relation(Eq, -eta * _ascent_inner + _beta / 2 * eta**2 * _ascent_square, -eta * _half_gap),
        },
    ),
    _step(
        "lemma-13",
        3,
        "What makes it negative",
        _both_large,
        {
            "wanted": relation(Le, 0, _half_gap),
            "written out": relation(
                Eq,
                _half_gap,
                (x * y**2 - half * x_ascent * y_ascent**2) * x_ascent * y_ascent**2
                + (x**2 * y - half * x_ascent**2 * y_ascent) * x_ascent**2 * y_ascent,
            ),
        },
        hints=Hints(parts={"wanted": _little_ascent}),
    ),
    _step(
        "lemma-13",
        4,
        "What ensures it",
        _both_large,
        {
            "first": relation(Le, x_ascent * y_ascent**2, 2 * x * y**2),
            "second": relation(Le, x_ascent**2 * y_ascent, 2 * x**2 * y),
        },
    ),
    _step(
        "lemma-13",
        5,
        "The first one shown",
        _both_large,
        {
            "ascent": relation(Le, x_ascent * y_ascent**2, (x + rho) * (y + rho) ** 2),
            "five rho": relation(Le, (x + rho) * (y + rho) ** 2, Integer(6) ** 3 / Integer(5) ** 3 * x * y**2),
            "below two": relation(Lt, Integer(6) ** 3 / Integer(5) ** 3 * x * y**2, 2 * x * y**2),
        },
    ),
]

# --- Lemma 14 -------------------------------------------------------------------------------------------------------

_x_small = [*_given, relation(Le, Abs(x), 5 * rho), relation(Ge, y, 5 * rho)]
_decay = (1 - half * eta * rho**2) * y

lemma_14 = Claim(
    "lemma-14",
    title="x stays within 5 rho and y decays",
    source=paper.at("Lemma 14", "Suppose that |x_t| <= 5 rho but y_t >= 5 rho. Then |x_{t+1}| <= 5 rho"),
    given=_x_small,
    show={"x": relation(Le, Abs(x_next), 5 * rho), "y": relation(Le, y_next, _decay)},
    **_one_step,
)

_from_below = x - eta * (5 * rho + rho) * (y + rho) ** 2
_constant = -eta * 6 * rho * (4 / (5 * eta) + rho**2 + 2 * rho * sqrt(4 / (5 * eta)))

eq_9 = Claim(
    "eq-9",
    title="The lower bounds on x_{t+1}",
    source=paper.at("eq. (9)", "First, show that |x_t| remains bounded by 5 rho. Assume x_t >= 0"),
    given=[*_given, relation(Ge, x, 0), relation(Le, x, 5 * rho), relation(Ge, y, 5 * rho)],
    show={
        "update": relation(Eq, x_next, x - eta * x_ascent * y_ascent**2),
        "ascent": relation(Ge, x - eta * x_ascent * y_ascent**2, _from_below),
        "start": relation(Ge, _from_below, _constant),
        "small eta": relation(Ge, _constant, -5 * rho),
    },
    **_one_step,
)

_drop_y = y - eta * y * (rho * y * z_inverse) ** 2

_n, _inverse_eta = sp.symbols("n E", real=True)
#: Each factor of the step loses where the terms of x are dropped.
_each_factor_shrinks = Hints(
    lemmas=(
        Ge(y_ascent, y),
        Ge(x_ascent**2, (rho * y * z_inverse) ** 2),
        Ge(y, 0),
        Gt(x0**2 + y0**2, 0),
    ),
    abbreviate={
        _n: rho**2 * sign_xy**2 / (x**2 + y**2),
        _x_up: x_ascent,
        _y_up: y_ascent,
        _inverse_eta: x0**2 + y0**2,
    },
)

lemma_14_steps = [
    _step("lemma-14", 1, "The update of y", _x_small, relation(Eq, y_next, y - eta * y_ascent * x_ascent**2)),
    _step(
        "lemma-14",
        2,
        "The terms of x dropped",
        _x_small,
        relation(Le, y - eta * y_ascent * x_ascent**2, _drop_y),
        hints=_each_factor_shrinks,
    ),
    _step("lemma-14", 3, "The radius bounded by sqrt(2) y", _x_small, relation(Le, _drop_y, _decay)),
]


def _on_trajectory(claim: Claim) -> Claim:
    """The twin of a one-step claim that asks only about the states reached from a start of Theorem 11."""
    return twin_of(claim, "Theorem 11", over=factorization, start={x: x0, y: y0})


# --- Theorems 2, 11 and 12 ------------------------------------------------------------------------------------------

K = sp.Symbol("K", real=True)
_from_start: dict[str, Any] = {"over": factorization, "start": {x: x0, y: y0}, "define": theorem_11_eta}
_sam: dict[str, Any] = {**_from_start, "step": sam_factorization}
_usam: dict[str, Any] = {**_from_start, "step": usam_factorization}

#: Without perturbation SAM is GD: it stops on the y-axis, above the origin.
_gd_stops = Counterexample(
    values={"x0": Integer(2), "y0": Integer(3), "rho": sp.S.Zero},
    invariant=(
        Gt(x, 0),
        Gt(y, 0),
        relation(Le, x**2 + y**2, 13),
        relation(Le, y**2 - x**2, 5),
        relation(Ge, y**2 - Rational(18, 13) * x**2, 3),
    ),
    bound=Integer(3),
)
#: "set eta = 1/beta" with beta = x0^2 + y0^2
_theorem_2 = [Gt(_beta, 0), *learning_rate]

theorem_2_sam = Claim(
    "theorem-2.sam",
    title="SAM approaches a minimum within O(rho), always the same one (informal)",
    source=paper.at("Theorem 2, item 1", "SAM never diverges and approaches a minimum within an O(rho)-neighborhood"),
    given=_theorem_2,
    show={
        "never diverges": ThereAre(Tuple(K), Gt(K, 0), Tuple(x0, y0, rho), Always(relation(Le, x**2 + y**2, K))),
        "neighborhood": ThereAre(Tuple(K), Gt(K, 0), Tuple(), relation(Le, LimSup(sp.Min(Abs(x), Abs(y))), K * rho)),
        "same minimum": ThereAre(Tuple(K), Gt(K, 0), Tuple(), relation(Le, LimSup(x**2 + y**2), (K * rho) ** 2)),
    },
    note="The minima are the two axes. “Finds” a minimum: the iterates approach it and stay within a neighborhood, so "
    "a limes superior; for rho = 0 the neighborhood is a point.",
    hints=Hints(counterexamples=(_gd_stops,)),
    uses=["theorem-11.sam"],
    **_sam,
)

theorem_2_usam = Claim(
    "theorem-2.usam",
    title="USAM diverges once rho >= 15 eta (informal)",
    source=paper.at("Theorem 2, item 2", "On the other hand, USAM diverges once rho >= 15 eta"),
    given=[*_theorem_2, relation(Ge, rho, 15 * eta)],
    show=Diverges(x, y),
    takes=(),
    hints=Hints(
        counterexamples=(
            Counterexample(
                values={"x0": sp.S.Zero, "y0": sp.S.One, "rho": Integer(15)},
                invariant=(relation(Eq, x, 0), relation(Eq, y, 1)),
                bound=sp.S.One,
            ),
        )
    ),
    uses=["theorem-11.usam"],
    **_usam,
)

_takes = [x0, y0, rho]

theorem_11_sam = Claim(
    "theorem-11.sam",
    title="SAM finds a neighborhood of the origin with radius O(rho)",
    source=paper.at("Theorem 11", "then i) SAM finds a neighborhood of the origin with radius O(rho) for all rho"),
    given=_given,
    show=ThereAre(Tuple(K), Gt(K, 0), Tuple(), relation(Le, LimSup(x**2 + y**2), (K * rho) ** 2)),
    takes=_takes,
    note="“Finds”: the iterates approach it and stay near it, so a limes superior; for rho = 0 the neighborhood is a "
    "point. The constant of O is the same for all starts and rho.",
    hints=Hints(counterexamples=(_gd_stops,)),
    uses=["theorem-12"],
    **_sam,
)

theorem_11_usam = Claim(
    "theorem-11.usam",
    title="USAM diverges as long as rho >= 15 eta",
    source=paper.at("Theorem 11", "and ii) USAM diverges as long as rho >= 15 eta"),
    given=[*_given, relation(Ge, rho, 15 * eta)],
    show=Diverges(x, y),
    takes=_takes,
    hints=usam_growth,
    uses=["theorem-15"],
    **_usam,
)

theorem_12 = Claim(
    "theorem-12",
    title="SAM ends in the box of 5 rho",
    source=paper.at("Theorem 12", "there exists some threshold T for SAM such that |x_t|, |y_t| <= 5 rho for all"),
    given=_given,
    show=EventuallyAlways(And(relation(Le, Abs(x), 5 * rho), relation(Le, Abs(y), 5 * rho))),
    takes=_takes,
    hints=Hints(counterexamples=(_gd_stops,)),
    uses=["theorem-12.monotone", "lemma-13", "lemma-14", "eq-9"],
    **_sam,
)

CLAIMS = [
    theorem_2_sam,
    theorem_2_usam,
    smoothness_2_2,
    update_d1,
    _on_trajectory(update_d1),
    theorem_11_sam,
    theorem_11_usam,
    theorem_12,
    theorem_12_monotone,
    _on_trajectory(theorem_12_monotone),
    lemma_13,
    *lemma_13_steps,
    _on_trajectory(lemma_13),
    lemma_14,
    eq_9,
    _on_trajectory(eq_9),
    *lemma_14_steps,
    _on_trajectory(lemma_14),
    eq_10,
    _on_trajectory(eq_10),
]
