"""Pictures of a witness: its trajectory against the bound, and the margin around it.  Floats: for the eye only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from verify.errors import VerifyError
from verify.kernel.evaluation import decisive_relation
from verify.lowering.ball import Ball
from verify.lowering.floats import Floats
from verify.lowering.interpret import Environment, NotExact, Undecided, Undefined
from verify.statement.claim import Claim, coordinate_names, is_vector_symbol
from verify.statement.domain import domain_of
from verify.statement.formula import StepSum, speaks_of_a_point
from verify.statement.loss import LossValue, Member
from verify.statement.loss_text import member_of, parse_number
from verify.statement.system import time
from verify.style import BLACK, BLUE, GREEN, GREY, ORANGE, new_figure, png, styled, svg
from verify.trajectory import Trajectory, advance

#: How many steps a picture shows at most, and how many points a side the heat map has.
MOST_STEPS, GRID = 60, 161
#: Numbers beyond this are not drawn.
LARGEST = 1e120
#: Beyond the witness, steps are drawn while nothing is so many times larger than what was drawn up to it.
FAR = 1e3
#: The most ticks on a logarithmic axis, and the orders of magnitude that it shows on each side of 0.
TICKS, ORDERS = 6, 4
#: A relative margin below this may be a rounding error.
ROUNDING = 1e-12
_TWO = ("eta", "rho")


@dataclass(frozen=True)
class Picture:
    """One picture: the end of its file's name, its bytes, and a sentence on what it shows."""

    suffix: str
    content: bytes
    caption: str


@dataclass(frozen=True)
class Point:
    """A witness as the pictures need it."""

    claim: Claim
    values: Mapping[str, str]
    member: Member | None
    formula: sp.Basic

    def environment(self, arithmetic: Any, replaced: Mapping[str, Any] | None = None) -> Environment:
        """The claim's symbols at the point, with some of its parameters replaced (by arrays, say)."""
        dimension = self.member.dimension if self.member is not None else 1
        numbers: dict[sp.Symbol, Any] = {}
        for symbol in self.claim.parameters:
            entries = []
            for name in coordinate_names(symbol, dimension):
                value = parse_number(name, self.values[name])
                entries.append((replaced or {}).get(name, arithmetic.rational(value.numerator, value.denominator)))
            numbers[symbol] = tuple(entries) if is_vector_symbol(symbol) else entries[0]
        here = Environment(arithmetic, numbers, self.member)
        loss_class = self.claim.loss_class
        if loss_class is not None and self.member is not None and self.member.eigenvalues is not None:
            for symbol, attribute in loss_class.attributes.items():
                here.values[symbol] = here.value(self.member.eigenvalues[0 if attribute == "top eigenvalue" else -1])
        return self.with_definitions(here, along=False)

    def with_definitions(self, here: Environment, *, along: bool) -> Environment:
        """Add what the claim defines: by its parameters, or (``along``) by the current state."""
        moving = set(self.claim.step.state) if self.claim.step is not None and self.claim.is_trajectory else set()
        for symbol, expression in self.claim.define.items():
            if bool(expression.free_symbols & moving) == along:
                here = here.with_values({symbol: here.value(expression)})
        return here

    @property
    def steps(self) -> int:
        """The step that the witness speaks of."""
        return int(self.values.get("t", "0"))


def pictures(claim: Claim, values: Mapping[str, str], loss: str | None, formula: sp.Basic) -> list[Picture]:
    """The pictures that help to see a witness; none where the claim speaks of no point or nothing can be drawn."""
    if not claim.parameters or not speaks_of_a_point(formula):
        return []
    try:
        point = Point(claim, values, member_of(claim, loss, values), formula)
        drawn = [_course(point) if claim.is_trajectory else _one_step(point), _margin(point)]
    except (VerifyError, KeyError):
        return []
    return [picture for picture in drawn if picture is not None]


# --- style ----------------------------------------------------------------------------------------------------------


@contextmanager
def _figure(columns: int, width: float, height: float) -> Iterator[tuple[Any, list[Any]]]:
    """A figure in the one style of the report, closed at the end."""
    with styled():
        figure, axes = new_figure(1, columns, width, height)
        yield figure, list(axes[0])


# --- the trajectory -------------------------------------------------------------------------------------------------


@dataclass
class _Course:
    """A trajectory in floats: the states, and the two sides of the relation that decides, step by step."""

    states: list[list[float]]
    left: list[float]
    right: list[float]
    relation: Relational | None


def _run(point: Point) -> _Course | None:
    claim, last = point.claim, min(max(point.steps + 3, 2 * point.steps, 8), MOST_STEPS)
    course = _Course([], [], [], None)
    if point.steps > MOST_STEPS:
        return None
    largest = 0.0
    with Ball(256) as ball:
        base = point.environment(ball)
        trajectory = Trajectory(claim, base)
        assert claim.step is not None
        while trajectory.steps <= last:
            try:
                here = point.with_definitions(trajectory.environment(), along=True)
                following = _moved(here, claim)
                relation = decisive_relation(point.formula, following)
                state = [_number(entry) for symbol in claim.step.state for entry in _entries(here.values[symbol])]
                if relation is None:
                    break
                sides = [_number(following.value(side)) for side in (relation.lhs, relation.rhs)]
                size = max(map(abs, (*state, *sides)))
                if not (math.isfinite(size) and size < LARGEST) or (
                    trajectory.steps > point.steps and size > FAR * largest
                ):
                    break
            except (Undefined, Undecided, NotExact, TypeError):
                break
            largest = max(largest, size)
            course.states.append(state)
            course.left.append(sides[0])
            course.right.append(sides[1])
            if trajectory.steps == point.steps:
                course.relation = relation
            try:
                trajectory.step()
            except (Undefined, Undecided):
                break
    return course if course.relation is not None and len(course.states) > 1 else None


def _moved(here: Environment, claim: Claim) -> Environment:
    """The environment with the next state in it, where the step exists."""
    assert claim.step is not None
    try:
        following = advance(here, claim.step)
    except (Undefined, Undecided):
        return here
    after = dict(zip(claim.step.state, claim.step.next, strict=True))
    return here.with_values({after[symbol]: value for symbol, value in following.items()})


def _entries(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _number(value: Any) -> float:
    return float(value.mid()) if hasattr(value, "mid") else float(value)


def _course(point: Point) -> Picture | None:
    """The state over time (or its path in the plane), and the two sides of the conclusion over time."""
    course = _run(point)
    if course is None:
        return None
    t = point.steps
    with _figure(2, 8.2, 3.1) as (figure, (first, second)):
        _draw_states(first, course, point)
        times = list(range(len(course.left)))
        second.plot(times, course.left, "o-", color=ORANGE, markersize=4, linewidth=1.2, label="left side")
        second.plot(times, course.right, "s--", color=BLUE, markersize=4, linewidth=1.2, label="right side")
        second.axvline(t, color=BLACK, linewidth=1.0, linestyle=":", label="the witness")
        _scale(second, [*course.left, *course.right])
        second.set_xlabel("step $t$")
        second.set_ylabel("the two sides of the conclusion")
        second.xaxis.get_major_locator().set_params(integer=True)
        second.legend(loc="best")
        content = svg(figure)
    caption = f"The witness's iterates and the two sides of the conclusion; the witness is step {t}."
    return Picture("trajectory.svg", content, caption)


def _draw_states(axes: Any, course: _Course, point: Point) -> None:
    assert point.claim.step is not None
    dimension = len(course.states[0])
    state = point.claim.step.state
    if dimension == 2:
        xs, ys = zip(*course.states, strict=True)
        names = [rf"${sp.latex(symbol)}_t$" for symbol in state] if len(state) == 2 else [r"$w_{t,1}$", r"$w_{t,2}$"]
        axes.plot(xs, ys, "o-", color=BLUE, markersize=4, linewidth=1)
        axes.plot(xs[0], ys[0], "o", color=GREEN, markersize=7, label="start")
        axes.plot(xs[point.steps], ys[point.steps], "*", color=ORANGE, markersize=12, label=f"step {point.steps}")
        _scale(axes, xs, vertical=False)
        _scale(axes, ys)
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
        axes.legend(loc="best")
        return
    for place in range(dimension):
        column = [entry[place] for entry in course.states]
        name = rf"${sp.latex(state[0])}_t$" if dimension == 1 else rf"$w_{{t,{place + 1}}}$"
        colour = (BLUE, ORANGE, GREEN)[place % 3]
        axes.plot(range(len(column)), column, "o-", color=colour, markersize=4, linewidth=1, label=name)
    _scale(axes, [entry for row in course.states for entry in row])
    axes.axvline(point.steps, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xlabel("step $t$")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel(rf"${sp.latex(state[0])}_t$" if dimension == 1 else "the iterate's coordinates")
    if dimension > 1:
        axes.legend(loc="best")


def _scale(axes: Any, values: Any, *, vertical: bool = True) -> None:
    """A logarithmic scale where the numbers span many orders of magnitude; few ticks, and no offset to add to them."""
    from matplotlib.ticker import LogLocator, NullLocator, SymmetricalLogLocator

    axis = axes.yaxis if vertical else axes.xaxis
    sizes = [abs(value) for value in values if value]
    if not sizes or max(sizes) / min(sizes) < 1e3 or max(sizes) < 1e2:
        axis.get_major_formatter().set_useOffset(False)
        return
    put = axes.set_yscale if vertical else axes.set_xscale
    if min(values) > 0:
        put("log")
        axis.set_major_locator(LogLocator(numticks=TICKS))
    else:
        linear = max(min(sizes), max(sizes) * 10.0**-ORDERS)
        put("symlog", linthresh=linear, linscale=1.5)
        locator = SymmetricalLogLocator(base=10, linthresh=linear)
        locator.set_params(numticks=TICKS)
        axis.set_major_locator(locator)
    axis.set_minor_locator(NullLocator())


# --- one step -------------------------------------------------------------------------------------------------------


def _one_step(point: Point) -> Picture | None:
    """A loss of one variable, the step on it, and the bound where the conclusion bounds the next loss."""
    claim, member = point.claim, point.member
    if claim.step is None or member is None or member.dimension != 1 or len(claim.step.state) != 1:
        return None
    with Ball(128) as ball:
        here = point.environment(ball)
        try:
            moved = _moved(here, claim)
            relation = decisive_relation(point.formula, moved)
            before = _number(_entries(here.values[claim.step.state[0]])[0])
            after = _number(_entries(moved.values[claim.step.next[0]])[0])
            level = _level(relation, moved, claim)
        except (VerifyError, KeyError):
            return None
    if level is None:
        return None
    return _loss_curve(point, before, after, level)


def _level(relation: Relational | None, moved: Environment, claim: Claim) -> float | None:
    """The bound on the loss at the next state, None where the relation is no such bound."""
    assert claim.step is not None
    if not isinstance(relation, sp.Le | sp.Lt):
        return None
    left = relation.lhs
    if isinstance(left, LossValue) and left.args[1] == claim.step.next[0]:
        return _number(moved.value(relation.rhs))
    return None


def _loss_curve(point: Point, before: float, after: float, level: float) -> Picture:
    import numpy as np

    member = point.member
    assert member is not None
    low, high = min(before, after, 0.0), max(before, after, 0.0)
    reach = max(high - low, 1e-9)
    grid = np.linspace(low - 0.35 * reach, high + 0.35 * reach, 241)
    (coordinate,) = member.coordinates

    def loss(at: Any) -> Any:
        return Environment(Floats(), {coordinate: at}, member).value(member.value)

    with _figure(1, 5.2, 3.2) as (figure, (axes,)):
        curve = np.broadcast_to(loss(grid), grid.shape)
        axes.plot(grid, curve, color=BLACK, linewidth=1.4, label=r"the loss $\mathcal{L}$")
        axes.axhline(level, color=BLUE, linewidth=1.4, linestyle="--", label=r"the bound on $\mathcal{L}(w_{t+1})$")
        axes.annotate("", (after, float(loss(after))), xytext=(before, float(loss(before))),
                      arrowprops={"arrowstyle": "->", "color": GREY, "linewidth": 1.2})  # fmt: skip
        axes.plot(before, float(loss(before)), "o", color=GREEN, markersize=8, label=r"$w_t$")
        axes.plot(after, float(loss(after)), "*", color=ORANGE, markersize=13, label=r"$w_{t+1}$")
        axes.set_xlabel("$w$")
        axes.legend(loc="best")
        content = svg(figure)
    caption = "The step on the loss; the statement asks that it ends on or below the dashed line."
    return Picture("step.svg", content, caption)


# --- the margin -----------------------------------------------------------------------------------------------------


def _margin(point: Point) -> Picture | None:
    """The relative margin over eta and rho, the witness's other numbers kept."""
    import numpy as np

    names = [symbol.name for symbol in point.claim.parameters]
    if not all(name in names for name in _TWO) or point.steps > MOST_STEPS:
        return None
    ranges = [_range_of(point, name) for name in _TWO]
    sides = [np.linspace(low, high, GRID) for low, high in ranges]
    eta, rho = np.meshgrid(*sides)
    with np.errstate(all="ignore"):
        found = _margins(point, {"eta": eta, "rho": rho})
    if found is None:
        return None
    margin, admissible = found
    shown = np.where(admissible & np.isfinite(margin), margin, np.nan)
    if not np.isfinite(shown).any() or np.nanmin(shown) >= 0:
        return None
    return _heat_map(point, ranges, eta, rho, shown)


def _range_of(point: Point, name: str) -> tuple[float, float]:
    """From the lower to a little beyond the upper end that the assumptions give, else to twice the witness's value."""
    value = float(parse_number(name, point.values[name]))
    with Ball(64) as ball:
        here = point.environment(ball)
        for coordinate in domain_of(point.claim).coordinates:
            if coordinate.symbol.name == name:
                lows = [_number(here.value(bound.value)) for bound in coordinate.lower]
                highs = [_number(here.value(bound.value)) for bound in coordinate.upper]
                low = max(lows, default=min(0.0, 2 * value))
                high = min(highs, default=max(2 * value, low + 2.0) if value < 50 else 2 * value)
                if not value <= high < 50 * max(value, 1e-9):
                    high = 2 * value or 1.0
                return low, high + 0.05 * (high - low)
    return 0.0, 2 * value or 1.0


def _margins(point: Point, arrays: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The relative margin and where the assumptions hold, over arrays; None where floats cannot tell."""
    import numpy as np

    claim, shape = point.claim, arrays["eta"].shape
    try:
        here = _arrive(point, point.environment(Floats(), arrays))
        relation = point.formula
        if not isinstance(relation, Relational) or isinstance(relation, sp.Eq | sp.Ne):
            return None
        left, right = here.value(relation.lhs), here.value(relation.rhs)
        if isinstance(left, tuple) or isinstance(right, tuple):
            return None
        size = np.abs(left) + np.abs(right)
        margin = here.margin(relation) / np.where(size == 0, np.nan, size)
        admissible = np.ones(shape, dtype=bool)
        for formula in _assumptions(claim, point.member):
            gap = np.broadcast_to(here.margin(formula), shape)
            strict = isinstance(formula, sp.Lt | sp.Gt | sp.Ne)
            admissible &= (gap > 0) if strict else (gap >= 0)
    except (VerifyError, TypeError, ValueError):
        return None
    return np.broadcast_to(margin, shape), admissible


def _assumptions(claim: Claim, member: Member | None) -> list[sp.Basic]:
    formulas = [formula for formula in claim.assumptions if speaks_of_a_point(formula)]
    if claim.loss_class is not None and member is not None:
        required = [condition for _, condition in claim.loss_class.requirements(member)]
        formulas += [condition for condition in required if condition not in (None, sp.true)]
    return formulas


def _arrive(point: Point, base: Environment) -> Environment:
    """The environment at the witness's step, its states arrays; a step that does not exist gives NaN."""
    claim = point.claim
    if claim.step is None:
        return base
    here = base
    sums: dict[sp.Expr, Any] = {}
    if claim.is_trajectory:
        assert claim.start is not None
        sums = dict.fromkeys(point.formula.atoms(StepSum), 0.0)
        here = base.with_values({symbol: base.value(value) for symbol, value in claim.start.items()})
        for step in range(point.steps):
            here = here.with_values({time: float(step)})
            sums = {node: total + here.value(node.args[0]) for node, total in sums.items()}
            here = here.with_values(dict(zip(claim.step.state, map(here.value, claim.step.update), strict=True)))
        here = point.with_definitions(here.with_values({time: float(point.steps)}), along=True)
    here = here.with_values(dict(zip(claim.step.next, map(here.value, claim.step.update), strict=True)))
    here.sums = sums
    return here


def _heat_map(point: Point, ranges: list[tuple[float, float]], eta: Any, rho: Any, shown: Any) -> Picture:
    import numpy as np

    largest = float(np.nanmax(np.abs(shown)))
    with _figure(1, 5.6, 3.9) as (figure, (axes,)):
        axes.grid(visible=False)
        axes.set_facecolor("#e6e6e6")
        mesh = axes.pcolormesh(eta, rho, shown, cmap="PuOr", vmin=-largest, vmax=largest, shading="nearest")
        clear = np.where(np.abs(shown) < ROUNDING, np.nan, shown)  # where both sides agree, rounding has no sign
        if (clear < 0).any() and (clear > 0).any():
            axes.contour(eta, rho, clear, levels=[0.0], colors=BLACK, linewidths=1.2)
        x, y = (float(parse_number(name, point.values[name])) for name in _TWO)
        star = {"markersize": 15, "markerfacecolor": "white", "markeredgecolor": BLACK, "clip_on": False}
        axes.plot(x, y, "*", label="the witness", **star)
        axes.set_xlim(*ranges[0])
        axes.set_ylim(*ranges[1])
        axes.set_xlabel(r"$\eta$")
        axes.set_ylabel(r"$\rho$")
        axes.legend(loc="upper left", bbox_to_anchor=(0, 1.12), borderaxespad=0)
        figure.colorbar(mesh, ax=axes, label="relative margin (negative: the statement fails)")
        content = png(figure)
    others = ", ".join(f"{name} = {text}" for name, text in point.values.items() if name not in _TWO)
    kept = f" at {others}" if others else ""
    return Picture(
        "margin.png",
        content,
        f"The relative margin over eta and rho{kept}: the statement fails where it is negative; "
        "grey is not admissible, the black line is the zero contour.",
    )


__all__ = ["Picture", "pictures"]
