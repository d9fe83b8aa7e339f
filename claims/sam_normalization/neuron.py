"""Section 3.1 and Appendix E: the loss l(xy), the USAM threshold, and what is said of GD, SAM and USAM informally."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Abs, And, Derivative, Eq, Equivalent, Ge, Gt, Implies, Le, Lt, Or, Rational, Symbol, Tuple, sqrt

from claims.sam_normalization.limiting_points import passes_the_axis, stops_on_the_axis
from claims.sam_normalization.losses import scalar_losses
from claims.sam_normalization.neuron_initial import initial_phase
from claims.sam_normalization.neuron_initial_usam import initial_phase as initial_phase_of_usam
from claims.sam_normalization.setting import (
    C,
    c,
    ell,
    eta,
    gamma,
    gd_neuron,
    half,
    learning_rate,
    neuron_loss,
    neurons,
    paper,
    relation,
    rho,
    sam_neuron,
    t,
    usam_neuron,
    x,
    x0,
    y,
    y0,
)
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import (
    AsLongAs,
    ConvergesTo,
    DecaysExponentially,
    Differentiable,
    Eventually,
    EventuallyAlways,
    ForAll,
    LimInf,
    ThereAre,
)

eq_6_gradient = Claim(
    "eq-6.gradient",
    title="The gradient of l(xy)",
    source=paper.at("eq. (6)", "By direct calculation, the gradient and Hessian of L"),
    given=[Differentiable(ell.symbol, sp.S.One, x * y)],
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
    given=[Differentiable(ell.symbol, sp.Integer(2), x * y)],
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

footnote_3 = Claim(
    "footnote-3",
    title="What the threshold of eq. (7) solves",
    source=paper.at("Footnote 3", "The threshold in Equation 7 is defined as the solution to the equation"),
    given=[Gt(eta, 0), Gt(rho, 0)],
    over=(y,),
    show=Equivalent(Eq(y**2, _threshold, evaluate=False), relation(Eq, (1 + rho * y**2) * y**2, 2)),
)

# --- what the informal theorems have in common ------------------------------------------------------------------

K, R = Symbol("K", real=True), Symbol("R", real=True)
x_limit, y_limit = Symbol("x_oo", real=True), Symbol("y_oo", real=True)

#: "we always assume that the initialization satisfies y0 >= x0 > 0"
_start = [Gt(x0, 0), Ge(y0, x0)]
#: eta_GD, "the threshold of eta that distinguishes these two cases"
_eta_gd = 2 / (y0**2 - x0**2)
#: "For any eta in [eta_GD/2, 2 eta_GD] and rho = O(1)": rho is at most a constant R.
_moderate = [
    Gt(c, 0),
    *learning_rate,
    *_start,
    Gt(y0, x0),
    relation(Ge, eta, half * _eta_gd),
    relation(Le, eta, 2 * _eta_gd),
    relation(Le, rho, R),
]
#: C is y0^2 eta/gamma, y0^2/(y0^2 - x0^2).
_start_ratio = {C: y0**2 / (y0**2 - x0**2)}
_constants = Tuple(c, R, C)
_constants_note = (
    "The constants of O and Omega are the same for all eta, rho <= R and starts; they may depend on c, R and "
    "C = y0^2/(y0^2 - x0^2), which the formal version calls constant."
)


def _informal(step: Any) -> dict[str, Any]:
    return {"over": neurons, "step": step, "start": {x: x0, y: y0}, "define": _start_ratio}


# --- Theorem 3: GD ----------------------------------------------------------------------------------------------

_gd: dict[str, Any] = {
    "over": neurons,
    "step": gd_neuron,
    "start": {x: x0, y: y0},
    "define": {eta: gamma / (y0**2 - x0**2)},
}


def _limit_of_gd(*bounds: Any) -> Any:
    limit = ConvergesTo(Tuple(x_limit, y_limit), Tuple(x, y), And(Eq(x_limit, 0), *bounds))
    return ThereAre(Tuple(K), Gt(K, 0), Tuple(c), limit)


#: Where |l'| = 1, two steps of GD with eta = 2 take w to -3 w as long as xy changes its sign; so from y0 = 3 x0.
_gd_grows = (Or(Eq(y, 3 * x), Eq(x, -5 * y)), relation(Ge, x**2, x0**2), relation(Ge, y**2, x0**2))


def _slope_beyond(*knots: Any) -> tuple[Any, ...]:
    """That the slope is 1 and -1 beyond the last knot of a piecewise loss; where the others lie helps to prove it."""
    s, last = x * y, knots[-1]
    places = (*[-knot for knot in knots], sp.S.Zero, *knots[:-1])
    return (
        Or(And(Eq(y, 3 * x), Ge(s, last)), And(Eq(x, -5 * y), Le(s, -last))),
        Implies(Ge(s, last), And(*[Gt(s, place) for place in places])),
        Implies(Ge(s, last), Eq(ell.slope(s), 1)),
        Implies(Le(s, -last), And(*[Lt(s, -place) for place in places])),
        Implies(Le(s, -last), Eq(ell.slope(s), -1)),
    )


def _grows(c: sp.Rational, gamma: sp.Rational, x0: sp.Rational) -> Counterexample:
    return Counterexample(
        values={"c": c, "gamma": gamma, "x0": x0, "y0": 3 * x0},
        loss=("piecewise", {"knots": ((c, c), (3 * x0**2, sp.S.One))}),
        invariant=_gd_grows,
        bound=x0,
        lemmas=_slope_beyond(c, 3 * x0**2),
    )


theorem_3_1 = Claim(
    "theorem-3.1",
    title="GD's limit for gamma < 2",
    source=paper.at("Theorem 3, item 1", "If gamma < 2, then the iterates converge to (0, y_oo) where y_oo^2 in"),
    given=[Gt(c, 0), Gt(gamma, 0), Lt(gamma, 2), *_start, Gt(y0, x0)],
    show=_limit_of_gd(
        relation(Ge, y_limit**2, gamma / eta - K * gamma - K * eta / gamma),
        relation(Le, y_limit**2, gamma / eta + K * eta / gamma),
    ),
    hints=Hints(counterexamples=(_grows(Rational(1, 8), sp.S.One, Rational(1, 4)),)),
    note="The constants of O may depend on c only.",
    **_gd,
)

theorem_3_2 = Claim(
    "theorem-3.2",
    title="GD's limit for gamma > 2",
    source=paper.at("Theorem 3, item 2", "If gamma > 2, then the iterates converge to (0, y_oo) where y_oo^2 in"),
    given=[Gt(c, 0), Gt(gamma, 2), *_start, Gt(y0, x0)],
    show=_limit_of_gd(relation(Ge, y_limit**2, 2 / eta - K * eta), relation(Le, y_limit**2, 2 / eta)),
    hints=Hints(counterexamples=(_grows(Rational(1, 4), Rational(9, 4), Rational(3, 8)),)),
    note="The constants of O may depend on c only.",
    **_gd,
)

# --- Theorem 4: SAM ---------------------------------------------------------------------------------------------


def _with_constants(body: Any) -> Any:
    return ThereAre(Tuple(K), Gt(K, 0), _constants, body)


_x_is_small = relation(Le, Abs(x), K * sqrt(eta))
_initial_phase = And(
    Eventually(And(relation(Le, t, K / eta), _x_is_small)),
    AsLongAs(relation(Gt, Abs(x), K * sqrt(eta)), relation(Ge, y, sqrt(1 / eta) / K)),
)
_y_next = sam_neuron.next[1]

theorem_4_1 = Claim(
    "theorem-4.1",
    title="SAM's initial phase (informal)",
    source=paper.at("Theorem 4, item 1", "Initial Phase. x_t drops so rapidly that |x_t| = O(sqrt(eta)) in O(1/eta)"),
    given=_moderate,
    show=_with_constants(_initial_phase),
    hints=initial_phase,
    note=_constants_note,
    uses=["theorem-16.1"],
    **_informal(sam_neuron),
)

#: Without perturbation SAM is GD: y stays above |x|.
_gd_stops = Counterexample(
    values={
        "c": sp.S.One,
        "R": sp.S.One,
        "rho": sp.S.Zero,
        "eta": Rational(3, 10),
        "x0": Rational(1, 4),
        "y0": sp.Integer(2),
    },
    loss=("clip", {"delta": sp.S.One}),
    invariant=(
        relation(Ge, y**2 - 4 * x**2, Rational(17, 5)),
        relation(Le, y, 2),
        Gt(y, 0),
        sp.Ne(x, 0),
    ),
)

#: Without perturbation SAM is GD, which grows without bound.
_gd_diverges = Counterexample(
    values={
        "c": Rational(1, 8),
        "R": sp.S.One,
        "rho": sp.S.Zero,
        "eta": sp.Integer(2),
        "x0": Rational(1, 4),
        "y0": Rational(3, 4),
    },
    loss=("piecewise", {"knots": ((Rational(1, 8),) * 2, (Rational(3, 16), sp.S.One))}),
    invariant=(*_gd_grows, Ge(t, 0), relation(Ge, x**2 + y**2, t / 2)),
    since=1 + 8 * K**2,
    lemmas=_slope_beyond(Rational(1, 8), Rational(3, 16)),
)

theorem_4_2 = Claim(
    "theorem-4.2",
    title="SAM's middle phase (informal)",
    source=paper.at("Theorem 4, item 2", "Middle Phase. x_t oscillates closely to the axis such that |x_t| ="),
    given=_moderate,
    show={
        "x": _with_constants(EventuallyAlways(_x_is_small)),
        "y": Eventually(relation(Le, y, Abs(x))),
        "footnote 2": _with_constants(
            AsLongAs(
                relation(Gt, y, Abs(x)),
                Or(
                    relation(Le, _y_next, (1 - eta * rho**2 / K) * y),
                    relation(Le, _y_next, y - eta * rho / K),
                ),
            )
        ),
    },
    hints=Hints(counterexamples=(_gd_stops, _gd_diverges)),
    note=_constants_note + " Footnote 2 says what “decreases fast” means.",
    uses=["theorem-16.2"],
    **_informal(sam_neuron),
)

theorem_4_3 = Claim(
    "theorem-4.3",
    title="SAM's final phase (informal)",
    source=paper.at("Theorem 4, item 3", "Final Phase. w_t = (x_t, y_t) gets close to the origin such that"),
    given=_moderate,
    show=_with_constants(
        EventuallyAlways(
            And(
                relation(Le, Abs(x), K * (sqrt(eta) + eta * rho)),
                relation(Le, Abs(y), K * (sqrt(eta) + eta * rho)),
            )
        )
    ),
    hints=Hints(counterexamples=(_gd_diverges,)),
    note=_constants_note,
    uses=["theorem-16.3"],
    **_informal(sam_neuron),
)

# --- Theorem 5: USAM --------------------------------------------------------------------------------------------

theorem_5_1 = Claim(
    "theorem-5.1",
    title="USAM's initial phase (informal)",
    source=paper.at("Theorem 5, item 1", "Initial Phase. Similar to Initial Phase of Theorem 4, |x_t| = O(sqrt(eta))"),
    given=_moderate,
    show=_with_constants(_initial_phase),
    hints=initial_phase_of_usam,
    note=_constants_note,
    uses=["theorem-35.1"],
    **_informal(usam_neuron),
)

#: Beyond c the slope may be so steep that one step leads to the x-axis, whose points GD does not leave.
_at_the_start = And(Eq(x, Rational(1, 4)), Eq(y, half))
_stops_on_the_other_axis = Counterexample(
    values={
        "c": Rational(1, 16),
        "R": sp.S.One,
        "rho": sp.S.Zero,
        "eta": sp.Integer(6),
        "x0": Rational(1, 4),
        "y0": half,
    },
    loss=("piecewise", {"knots": ((Rational(1, 16), Rational(1, 16)), (Rational(1, 8), Rational(1, 3)))}),
    invariant=(Or(_at_the_start, And(Eq(x, -Rational(3, 4)), Eq(y, 0))),),
    bound=Rational(1, 4),
    lemmas=(
        Implies(_at_the_start, And(*[Gt(x * y, Rational(place, 16)) for place in (-2, -1, 0, 1)])),
        Implies(_at_the_start, Eq(ell.slope(x * y), Rational(1, 3))),
        Implies(Eq(y, 0), Eq(ell.slope(x * y), 0)),
    ),
)

theorem_5_2 = Claim(
    "theorem-5.2",
    title="USAM's final phase (informal)",
    source=paper.at("Theorem 5, item 2", "Final Phase. However, for USAM, once the following condition holds for some"),
    given=[
        *_moderate,
        relation(Le, Abs(x), R * sqrt(eta)),
        relation(Lt, (1 + rho * y**2) * y**2, 2 / eta),
    ],
    show={
        "x": DecaysExponentially(x),
        "y": _with_constants(relation(Ge, LimInf(y**2), (1 - K * (eta**2 + rho**2)) * y**2)),
    },
    hints=Hints(counterexamples=(_stops_on_the_other_axis,)),
    note=_constants_note
    + " The item speaks of the final phase, so of a round t with |x_t| at most a constant, here R, "
    "times sqrt(eta).",
    uses=["theorem-35.2"],
    **_informal(usam_neuron),
)

# --- Table 1 ----------------------------------------------------------------------------------------------------

_epsilon, _eta_0 = Symbol("epsilon", real=True), Symbol("eta_0", real=True)
_table_note = (
    "“About” says: for every epsilon > 0 there is a bound on eta, which may depend on epsilon, c, rho, C and "
    "gamma = eta (y0^2 - x0^2), below which the relative error (for SAM, whose value is 0, the absolute one) is at "
    "most epsilon."
)


def _table(
    name: str, title: str, step: Any, error: Any, given: tuple[Any, ...], uses: list[str], *against: Counterexample
) -> Claim:
    limit = ConvergesTo(Tuple(x_limit, y_limit), Tuple(x, y), And(Eq(x_limit, 0), relation(Le, error, _epsilon)))
    near = ThereAre(
        Tuple(_eta_0), Gt(_eta_0, 0), Tuple(_epsilon, c, rho, C, gamma), Implies(relation(Lt, eta, _eta_0), limit)
    )
    return Claim(
        f"table-1.{name}",
        title=title,
        source=paper.at("Table 1", "Limiting points of GD, SAM, and USAM for the l(xy) loss (assuming eta > eta_GD)"),
        given=[Gt(c, 0), *given, *_start, Gt(y0, x0), relation(Gt, eta, _eta_gd)],
        over=neurons,
        step=step,
        start={x: x0, y: y0},
        define={**_start_ratio, gamma: eta * (y0**2 - x0**2)},
        show=ForAll(Tuple(_epsilon), Gt(_epsilon, 0), near),
        note=_table_note,
        uses=uses,
        hints=Hints(counterexamples=against),
    )


table_1_gd = _table(
    "gd",
    "GD's limiting point: y^2 is about 2/eta",
    gd_neuron,
    Abs(eta * y_limit**2 / 2 - 1),
    (Gt(eta, 0), Ge(rho, 0)),
    ["theorem-3.2"],
    stops_on_the_axis,
)
table_1_sam = _table(
    "sam",
    "SAM's limiting point: y^2 is about 0",
    sam_neuron,
    y_limit**2,
    learning_rate,
    ["theorem-4.3"],
    passes_the_axis,
)
table_1_usam = _table(
    "usam",
    "USAM's limiting point: (1 + rho y^2) y^2 is about 2/eta",
    usam_neuron,
    Abs(eta * (1 + rho * y_limit**2) * y_limit**2 / 2 - 1),
    learning_rate,
    ["theorem-5.2"],
    stops_on_the_axis,
)

CLAIMS = [
    eq_6_gradient,
    eq_6_hessian,
    theorem_3_1,
    theorem_3_2,
    theorem_4_1,
    theorem_4_2,
    theorem_4_3,
    theorem_5_1,
    theorem_5_2,
    eq_7_threshold,
    eq_7_limit,
    footnote_3,
    table_1_gd,
    table_1_sam,
    table_1_usam,
]
