"""Appendix G.3: the final phase of USAM on l(xy); y gets trapped above the origin."""

from __future__ import annotations

from typing import Any

from sympy import Abs, And, Eq, Ge, Gt, Integer, Le, Lt, Min, Rational, Symbol, Tuple, exp, sqrt

from claims.sam_normalization.neuron_usam.appendix_g import (
    on_trajectory,
    one_step_35,
    step,
    trajectory,
    x_next,
    y_next,
)
from claims.sam_normalization.neuron_usam.invariants import below_start, near_axis
from claims.sam_normalization.neuron_usam.proofs import M, S, Z, in_moves, moved_of, scaled
from claims.sam_normalization.setting import (
    C,
    c,
    eta,
    gamma,
    half,
    neuron_start,
    neurons,
    paper,
    relation,
    rho,
    root_bound,
    slope_ascent,
    slope_here,
    t,
    t1,
    theorem_35,
    usam_neuron,
    usam_t0,
    x,
    x_ascent,
    y,
    y0_bound,
    y_ascent,
)
from verify.statement.claim import Claim, Hints, PointCounterexample
from verify.statement.formula import LimInf, LimSup, StepSum, ThereAre
from verify.statement.system import System

K = Symbol("K", real=True)

#: A derivative that (A2) and (A3) leave free to jump beyond c: where it is 1, x goes back and forth, and y shrinks.
_steep = "piecewise(knots='1/16:1/16,1/8:1')"


def _trapped_below(level: int, wait: int, variables: tuple[Symbol, Symbol], **values: str) -> PointCounterexample:
    """A trajectory on the steep loss that is in a square of that half-width so many steps later, and then stays."""
    square = tuple(relation(Le, Abs(variable), level) for variable in variables)
    bound = Integer(level) ** 2
    return PointCounterexample({"c": "1/16", **values}, _steep, wait=wait, invariant=square, bound=bound)


epsilon = Symbol("epsilon", real=True)
#: epsilon = 2 - eta (1 + rho y^2) y^2 of Theorem 44 and Lemmas 46, 47.
epsilon_definition = {epsilon: 2 - eta * (1 + rho * y**2) * y**2}
_near_axis = relation(Le, Abs(x), root_bound)
_below_start = relation(Le, Abs(y), y0_bound)
_below_threshold = relation(Lt, eta * (1 + rho * y**2) * y**2, 2)

# --- Theorem 44 -------------------------------------------------------------------------------------------------

_after_initial_phase = [*theorem_35, relation(Gt, t, t1)]

theorem_44_bounds = Claim(
    "theorem-44.bounds",
    title="Bounds on x and y after the initial phase of USAM",
    source=paper.at("Theorem 44", "After Initial Phase, we always have |x_t| <= sqrt(C gamma eta) and |y_t| <="),
    given=_after_initial_phase,
    show={"x": _near_axis, "y": _below_start},
    hints=Hints(parts={"x": near_axis, "y": below_start}),
    uses=["lemma-45.phase"],
    **trajectory,
)

_once_below = [*theorem_35, relation(Ge, t, t1), _below_threshold]
_takes = [c, gamma, C, eta, rho, t]
_with_epsilon: dict[str, Any] = {**trajectory, "define": {**neuron_start, **epsilon_definition}}
_near_its_end: dict[str, str] = {"gamma": "1", "C": "16", "eta": "1/25", "rho": "0"}
_loss_of_y = 4 * C * gamma * (eta + rho * C * gamma) ** 2

theorem_44_decay = Claim(
    "theorem-44.decay",
    title="|x| decays exponentially once y is below the threshold",
    source=paper.at("Theorem 44", "once we have eta (1 + rho y_t^2) y_t^2 = 2 - epsilon for some t >= t1 and"),
    given=_once_below,
    show=ThereAre(Tuple(K), Gt(K, 0), Tuple(c, gamma, C), relation(Le, Abs(x_next), exp(-K * epsilon) * Abs(x))),
    takes=_takes,
    note="Omega: for a constant that may depend on c, gamma and C, which the setting calls constants. The bound is "
    "claimed from the time t on; as y^2 does not grow, epsilon does not shrink, so that the bound at t itself, asked "
    "at every such t, says the same.",
    hints=Hints(
        counterexamples=(
            PointCounterexample(
                {"c": "1/16", **_near_its_end, "t": "52"}, _steep, facts=(Gt(epsilon, 0), Abs(x_next) > Abs(x))
            ),
        ),
    ),
    uses=["lemma-46"],
    **_with_epsilon,
)

theorem_44_limit = Claim(
    "theorem-44.limit",
    title="y's limit inferior once it is below the threshold",
    source=paper.at("Theorem 44", "This consequently infers that y_oo^2, which is defined as liminf y_t^2, satisfies"),
    given=_once_below,
    show=relation(Ge, LimInf(y**2), (1 - _loss_of_y / epsilon) * y**2),
    takes=_takes,
    hints=Hints(counterexamples=(_trapped_below(4, 240, (x, y), **_near_its_end, t="51"),)),
    uses=["lemma-47"],
    **_with_epsilon,
)

# --- Lemma 45 ---------------------------------------------------------------------------------------------------

_in_the_box = [*theorem_35, _near_axis, _below_start]
_box = [_near_axis, _below_start]

lemma_45_step = Claim(
    "lemma-45.step",
    title="One step does not leave the box",
    source=paper.at("Lemma 45", "Suppose that |x_t| <= sqrt(C gamma eta), |y_t| <= sqrt(C gamma/eta). Assuming"),
    given=[*_in_the_box, relation(Le, eta * rho, 1)],
    show={"x": relation(Le, Abs(x_next), root_bound), "y": relation(Le, Abs(y_next), y0_bound)},
    hints=Hints(
        parts={
            "x": in_moves(x, _box, (), [_near_axis, _below_start, eta * M <= eta * Z]),
            "y": in_moves(y, _box, (), [_near_axis, _below_start, scaled]),
        }
    ),
    uses=["lemma-36", "lemma-37"],
    **one_step_35,
)

#: "Suppose that x_t >= 0 ... The case where x_{t+1} >= 0 is trivial ... Otherwise"
_crossing_x = [*_in_the_box, relation(Le, eta * rho, 1), Ge(x, 0), Lt(x_next, 0)]
_crossing_y = [*_in_the_box, relation(Le, eta * rho, 1), Ge(y, 0), relation(Le, y_next, 0)]
_x_plain = x - eta * slope_ascent * (y + rho * slope_here * x)
_x_signed = x - eta * Abs(slope_ascent) * (Abs(y) + rho * Abs(slope_here) * x)
_y_plain = y - eta * slope_ascent * (x + rho * slope_here * y)

lemma_45_steps = [
    step(
        "lemma-45.step",
        1,
        "The update of x with signs",
        _crossing_x,
        {"update": relation(Eq, x_next, _x_plain), "signs": relation(Eq, _x_plain, _x_signed)},
        uses=["eq-20", "lemma-36"],
        **one_step_35,
    ),
    step(
        "lemma-45.step",
        2,
        "x after a step that crosses 0",
        _crossing_x,
        {
            "slopes": relation(Ge, x_next, (1 - eta * rho) * x - eta * Abs(y)),
            "start": relation(Ge, (1 - eta * rho) * x - eta * Abs(y), -root_bound),
        },
        hints=in_moves(
            x,
            [*_box, Ge(x, 0), Lt(x_next, 0)],
            [relation(Eq, Abs(x), x)],
            [_below_start, eta * M <= eta * Z],
            by=[relation(Eq, x_next, moved_of(x))],
        ),
        **one_step_35,
    ),
    step(
        "lemma-45.step",
        3,
        "y after a step that crosses 0",
        _crossing_y,
        {
            "update": relation(Eq, y_next, _y_plain),
            "slopes": relation(Ge, _y_plain, y - eta * (Abs(x) + rho * y)),
            "collected": relation(Eq, y - eta * (Abs(x) + rho * y), (1 - eta * rho) * y - eta * Abs(x)),
            "x": relation(Ge, (1 - eta * rho) * y - eta * Abs(x), -(eta ** Rational(3, 2)) * sqrt(C * gamma)),
            "eta": relation(Ge, -(eta ** Rational(3, 2)) * sqrt(C * gamma), -y0_bound),
        },
        hints=in_moves(
            y,
            [*_box, Ge(y, 0), relation(Le, y_next, 0)],
            [
                relation(Eq, Abs(y), y),
                relation(Eq, eta ** Rational(3, 2) * sqrt(C * gamma), eta * root_bound),
                relation(Le, root_bound, y0_bound),
            ],
            [_near_axis, eta * M <= eta * S, eta * S <= S],
            by=[relation(Eq, y_next, moved_of(y))],
        ),
        uses=["eq-20"],
        **one_step_35,
    ),
]

lemma_45_phase = Claim(
    "lemma-45.phase",
    title="The box is not left after the initial phase",
    source=paper.at("Lemma 45", "Furthermore, |x_t| <= sqrt(C gamma eta) and |y_t| <= sqrt(C gamma/eta) hold for all"),
    given=[*_after_initial_phase, relation(Le, eta * rho, 1)],
    show={"x": _near_axis, "y": _below_start},
    hints=Hints(parts={"x": near_axis, "y": below_start}),
    uses=["lemma-45.step", "lemma-40", "lemma-37"],
    **trajectory,
)

# --- Lemma 46 ---------------------------------------------------------------------------------------------------

_below = [*theorem_35, _below_threshold, _near_axis]
_step_46: dict[str, Any] = {**one_step_35, "define": {**neuron_start, **epsilon_definition}}

lemma_46 = Claim(
    "lemma-46",
    title="|x| shrinks in a step below the threshold",
    source=paper.at("Lemma 46", "Suppose that eta (1 + rho y_t^2) y_t^2 < 2 and |x_t| <= sqrt(C gamma eta) for some t"),
    given=_below,
    show={
        "epsilon": And(relation(Gt, epsilon, 0), relation(Lt, epsilon, 2)),
        "decay": relation(
            Le, Abs(x_next), Abs(x) * exp(-Min((1 + rho * C * gamma * eta) * epsilon, (2 - epsilon) / 8))
        ),
    },
    uses=["lemma-36"],
    **_step_46,
)

_positive = [*_below, Gt(x, 0)]
_ascent = Abs(x_ascent * y_ascent)
_upper = x - eta * _ascent * (Abs(y) + rho * Abs(x * y) * x)
_upper_factors = x - eta * (x + rho * Abs(slope_here) * Abs(y)) * (Abs(y) + rho * Abs(slope_here) * x) * (
    Abs(y) + rho * x**2 * Abs(y)
)
_upper_slopes = x - eta * (x + rho * x * y**2) * (Abs(y) + rho * x**2 * Abs(y)) * (Abs(y) + rho * x**2 * Abs(y))
_upper_collected = (1 - eta * (1 + rho * y**2) * (1 + rho * x**2) * y**2) * x
_upper_x = (1 - (1 + rho * C * gamma * eta) * eta * (1 + rho * y**2) * y**2) * x
_upper_epsilon = -(1 - (1 + rho * C * gamma * eta) * epsilon) * x
_lower = x - eta * _ascent / 2 * (Abs(y) + rho * Abs(x * y) / 2 * x)
_lower_factors = x - eta * (x + rho * Abs(slope_here) * Abs(y)) * (Abs(y) + rho * Abs(slope_here) * x) / 2 * (
    Abs(y) + rho * x**2 / 2 * Abs(y)
)
_lower_slopes = x - eta * (x + rho * x * y**2) * (Abs(y) + rho * Abs(y) * x**2) / 8 * (Abs(y) + rho * x**2 / 2 * Abs(y))
_lower_collected = (1 - eta / 8 * (1 + rho * y**2) * (1 + rho * x**2) * (1 + rho * x**2 / 2) * y**2) * x
_lower_dropped = (1 - eta / 8 * (1 + rho * y**2) * y**2) * x

_lines_46: list[tuple[str, Any]] = [
    (
        "The update of x with signs",
        {"update": relation(Eq, x_next, _x_plain), "signs": relation(Eq, _x_plain, _x_signed)},
    ),
    ("Eq. (23): the slopes by (A2)", relation(Ge, x_next, _upper)),
    ("Eq. (23): the signs", relation(Eq, _upper, _upper_factors)),
    ("Eq. (23): the inner slope by (A2)", relation(Ge, _upper_factors, _upper_slopes)),
    ("Eq. (23): collected", relation(Eq, _upper_slopes, _upper_collected)),
    ("Eq. (23): x bounded", relation(Ge, _upper_collected, _upper_x)),
    ("Eq. (23): epsilon put in", relation(Ge, _upper_x, _upper_epsilon)),
    ("Eq. (24): the slopes by (A3)", relation(Le, x_next, _lower)),
    ("Eq. (24): the signs", relation(Eq, _lower, _lower_factors)),
    ("Eq. (24): the inner slope by (A3)", relation(Le, _lower_factors, _lower_slopes)),
    ("Eq. (24): collected", relation(Eq, _lower_slopes, _lower_collected)),
    (
        "Eq. (24): the factors of x dropped, epsilon put in",
        {
            "dropped": relation(Le, _lower_collected, _lower_dropped),
            "epsilon": relation(Eq, _lower_dropped, (1 - (2 - epsilon) / 8) * x),
        },
    ),
]

#: How much x shrinks by, in units of x.
_shrinks = eta * y**2 * (1 + rho * y**2)
_hints_46 = {
    "Eq. (23): x bounded": Hints(
        lemmas=(
            Le(x**2, C * gamma * eta),
            Ge(_shrinks, 0),
            Ge(x * _shrinks, 0),
            Ge(rho * (C * gamma * eta - x**2), 0),
        ),
    ),
}

lemma_46_steps = [
    step(
        "lemma-46",
        number,
        title,
        _positive,
        show,
        hints=_hints_46.get(title, Hints()),
        uses=["eq-20", "lemma-36"],
        **_step_46,
    )
    for number, (title, show) in enumerate(_lines_46, start=1)
]

# --- Lemma 47 ---------------------------------------------------------------------------------------------------

_trapped = [*theorem_35, relation(Gt, epsilon, 0), relation(Lt, epsilon, Rational(2, 9)), _near_axis]
_from_here: dict[str, Any] = {**_step_46, "start": {x: x, y: y}}

#: A state at which s = xy lies between 1/8, from where on the steep derivative is 1, and 1.
_stuck = {"gamma": "1", "C": "16", "eta": "1/45", "rho": "0", "x": "1/10", "y": "9"}

lemma_47 = Claim(
    "lemma-47",
    title="y is trapped: its limit inferior",
    source=paper.at("Lemma 47", "Let t be such that i) eta (1 + rho y_t^2) y_t^2 = 2 - epsilon where epsilon in"),
    given=_trapped,
    show=relation(Ge, LimInf(y**2), (1 - _loss_of_y / epsilon) * y**2),
    takes=[c, gamma, C, eta, rho, x, y],
    hints=Hints(counterexamples=(_trapped_below(8, 500, (x, y), **_stuck),)),
    uses=["lemma-45.step", "lemma-46"],
    **_from_here,
)

# From here on x and y are the state at the lemma's time, and x_t, y_t that of a later one.
_x_later, _y_later = Symbol("x_t", real=True), Symbol("y_t", real=True)
_later = {x: _x_later, y: _y_later}
_usam_later = System("USAM", (_x_later, _y_later), tuple(update.xreplace(_later) for update in usam_neuron.update))
_y_later_next = _usam_later.next[1]
_along: dict[str, Any] = {
    "over": neurons,
    "step": _usam_later,
    "start": {_x_later: x, _y_later: y},
    "define": {**neuron_start, **epsilon_definition},
    "times": usam_t0,
}
_y_bounded = 1 - eta * (1 + rho * _y_later**2) ** 2 * (1 + rho * _x_later**2) * _x_later**2
_decrease = 2 * eta * (1 + rho * C * gamma / eta) ** 2 * (1 + rho * C * gamma * eta) * _x_later**2

lemma_47_step_1 = step(
    "lemma-47",
    1,
    "y after one step",
    _trapped,
    {
        "update": relation(Ge, _y_later_next**2, _y_bounded**2 * _y_later**2),
        "bounded": relation(Ge, _y_bounded**2 * _y_later**2, (1 - _decrease) * _y_later**2),
    },
    uses=["lemma-45.step"],
    **_along,
)

#: d_t = y^2 - y_t^2, the decrease since the lemma's time.
_d, _d_next = y**2 - _y_later**2, y**2 - _y_later_next**2
_one_loss = 2 * eta * (1 + rho * C * gamma / eta) ** 2 * (1 + rho * C * gamma * eta) * _x_later**2 * _y_later**2
_rate = 4 / eta * (eta + rho * C * gamma) ** 2 * y**2
_squares = _rate * _x_later**2

lemma_47_step_2 = step(
    "lemma-47",
    2,
    "The decrease d_t grows by little",
    _trapped,
    {
        "step": relation(Le, _d_next, _d + _one_loss),
        "collected": relation(Le, _d + _one_loss, _d + _rate * _x_later**2),
    },
    hints=Hints(counterexamples=(PointCounterexample({"c": "1/16", **_stuck, "t": "0"}, _steep),)),
    **_along,
)

lemma_47_step_3 = step(
    "lemma-47",
    3,
    "The decreases summed",
    _trapped,
    {
        "summed": relation(Le, LimSup(_d), LimSup(StepSum(_squares))),
        "geometric": relation(Eq, LimSup(StepSum(_squares)), _rate / epsilon * x**2),
    },
    takes=[c, gamma, C, eta, rho, x, y],
    hints=Hints(
        counterexamples=(
            PointCounterexample(
                {"c": "1/16", **_stuck}, _steep, wait=10, invariant=(Ge(StepSum(_squares), half),), bound=half
            ),
        ),
    ),
    uses=["lemma-46"],
    **_along,
)

lemma_47_step_4 = step(
    "lemma-47",
    4,
    "x bounded (with epsilon^-1 lost)",
    _trapped,
    relation(Ge, LimInf(_y_later**2), y**2 - _loss_of_y * y**2),
    takes=[c, gamma, C, eta, rho, x, y],
    hints=Hints(counterexamples=(_trapped_below(8, 500, (_x_later, _y_later), **_stuck),)),
    **_along,
)

CLAIMS = [
    theorem_44_bounds,
    theorem_44_decay,
    theorem_44_limit,
    lemma_45_step,
    *lemma_45_steps,
    on_trajectory(lemma_45_step),
    lemma_45_phase,
    lemma_46,
    *lemma_46_steps,
    on_trajectory(lemma_46),
    lemma_47,
    lemma_47_step_1,
    lemma_47_step_2,
    lemma_47_step_3,
    lemma_47_step_4,
]
