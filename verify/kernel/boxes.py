"""Box trees: an inequality checked on a box that is cut into pieces, on each of which intervals decide.

The root box comes from the hypotheses.  A piece is closed when a hypothesis is certainly not true on it, or the goal
certainly is, by the plain enclosure or by the mean-value form; or when the goal's difference is monotone in a variable
there, and the face on which it is least is closed.  Trees are data::

    ["split", "x", "1/2", tree, tree]   the pieces x <= 1/2 and x >= 1/2
    ["hypothesis", 3]                   the hypothesis of that place is true nowhere on the piece
    ["goal"]                            the goal is true everywhere on it
    ["mean"]                            the same by the mean-value form
    ["monotone", "x", tree]             the difference is monotone in x: the face where it is least
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import ctx
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel import intervals
from verify.kernel.functions import derivative, require_known, smoothness, usable
from verify.kernel.intervals import PRECISION, WHOLE, Empty, Interval, enclosure
from verify.kernel.products import items, number

#: A tree with more pieces than this is refused.
MOST_BOXES = 1_000_000

Box = dict[sp.Symbol, Interval]


def difference(relation: Relational) -> tuple[sp.Expr, bool] | None:
    """A relation as (d, strict), for d > 0 or d >= 0; None for an equality or its negation."""
    left, right = relation.args
    if isinstance(relation, sp.Ge | sp.Gt):
        return left - right, isinstance(relation, sp.Gt)
    if isinstance(relation, sp.Le | sp.Lt):
        return right - left, isinstance(relation, sp.Lt)
    return None


def check_boxes(hypotheses: Sequence[Boolean], goal: Boolean, tree: Any) -> None:
    """Accept a tree that shows the goal, which has a value where the hypotheses hold, to be true there.

    Raises:
        CertificateError: the tree is malformed, or shows it not.
    """
    boxes = Boxes(hypotheses, goal)
    pending: list[tuple[Box, frozenset[sp.Symbol], Any]] = [(boxes.root, frozenset(), tree)]
    count = 0
    while pending:
        box, moved, node = pending.pop()
        count += 1
        if count > MOST_BOXES:
            raise CertificateError(f"a tree has more than {MOST_BOXES} boxes")
        kind, *rest = items(node, "a box") or [None]
        if kind == "split" and len(rest) == 4:
            left, right = boxes.split(box, boxes.symbol(rest[0]), number(rest[1]))
            pending += [(left, moved, rest[2]), (right, moved, rest[3])]
        elif kind == "monotone" and len(rest) == 2:
            symbol = boxes.symbol(rest[0])
            face = boxes.least_face(box, symbol)
            if face is None:
                raise CertificateError(f"the goal is not certainly monotone in {symbol} on a box")
            pending.append((face, moved | {symbol}, rest[1]))
        elif kind == "hypothesis" and len(rest) == 1:
            place = rest[0]
            if type(place) is not int or not 0 <= place < len(boxes.hypotheses):
                raise CertificateError("a box names a hypothesis that there is not")
            if not boxes.excluded(box, moved, place):
                raise CertificateError(f"{boxes.hypotheses[place]} is not certainly false on a box")
        elif not ((node == ["goal"] and boxes.holds(box)) or (node == ["mean"] and boxes.holds_by_mean_value(box))):
            raise CertificateError("a box is not closed by what its tree says")


class Boxes:
    """The tests of boxes for one goal."""

    def __init__(self, hypotheses: Sequence[Boolean], goal: Boolean) -> None:
        require_known([*hypotheses, goal])
        self.hypotheses = usable(hypotheses)
        self.goal = goal
        found = difference(goal) if isinstance(goal, Relational) else None
        #: d for a goal d > 0 or d >= 0.
        self.difference: sp.Expr | None = found[0] if found is not None else None
        self.strict = found is not None and found[1]
        symbols = set(goal.free_symbols).union(*(formula.free_symbols for formula in self.hypotheses))
        self.symbols = {str(symbol.name): symbol for symbol in sorted(symbols, key=lambda s: str(s.name))}
        if len(self.symbols) < len(symbols):
            raise CertificateError("two symbols have the same name")
        self.root = self._root()

    def symbol(self, name: Any) -> sp.Symbol:
        """The symbol of a name."""
        if not isinstance(name, str) or name not in self.symbols:
            raise CertificateError(f"there is no variable {str(name)[:40]!r}")
        return self.symbols[name]

    def _root(self) -> Box:
        """A box that holds all points of the hypotheses, from those that bound one variable by a number."""
        box = dict.fromkeys(self.symbols.values(), WHOLE)
        for formula in self.hypotheses:
            for symbol, coefficient, constant in bounds(formula):
                try:
                    edge = enclosure(-constant / coefficient, {})
                except Empty:  # it has no value, so the hypothesis holds nowhere; it bounds nothing all the same
                    continue
                old = box[symbol]
                if coefficient > 0 and edge.low is not None and (old.low is None or bool(edge.low > old.low)):
                    box[symbol] = Interval(edge.low, old.high)
                if coefficient < 0 and edge.high is not None and (old.high is None or bool(edge.high < old.high)):
                    box[symbol] = Interval(old.low, edge.high)
        for symbol, interval in box.items():
            if interval.low is not None and interval.high is not None and bool(interval.low > interval.high):
                raise CertificateError(f"no value of {symbol} meets the hypotheses")
        return box

    @staticmethod
    def split(box: Box, symbol: sp.Symbol, at: Any) -> tuple[Box, Box]:
        """The parts of a box below and above a rational number within it."""
        old, cut = box[symbol], intervals.exact(Fraction(int(at.p), int(at.q)))
        assert cut.low is not None and cut.high is not None
        inside = (old.low is None or bool(old.low < cut.low)) and (old.high is None or bool(old.high > cut.high))
        if not inside:
            raise CertificateError(f"a box is cut at {symbol} = {at}, which is not inside it")
        return {**box, symbol: Interval(old.low, cut.high)}, {**box, symbol: Interval(cut.low, old.high)}

    # --- what closes a box ---------------------------------------------------------------------------------------

    def excluded(self, box: Box, moved: frozenset[sp.Symbol], place: int) -> bool:
        """Whether a hypothesis is certainly not true on a box.

        It says nothing of a face to which a point was moved along one of its own variables.
        """
        formula = self.hypotheses[place]
        return not formula.free_symbols & moved and _never_true(formula, box)

    def holds(self, box: Box) -> bool:
        """Whether the goal is certainly true at every point of the box where it has a value."""
        return _always_true(self.goal, box)

    def _is_smooth(self, box: Box, symbol: sp.Symbol) -> bool:
        """Whether the difference certainly has a value, and derivatives, everywhere on the box."""
        if self.difference is None:
            return False
        return all(_certain(condition, box) for condition in smooth_conditions(self.difference, symbol))

    def slope(self, box: Box, symbol: sp.Symbol) -> Interval | None:
        """The derivative of the difference on the box; None where there may be none."""
        try:
            if not self._is_smooth(box, symbol):
                return None
            assert self.difference is not None
            return enclosure(slope_of(self.difference, symbol), box)
        except (Empty, CertificateError):
            return None

    def least_face(self, box: Box, symbol: sp.Symbol) -> Box | None:
        """The face on which the difference is least, if it is monotone in a variable, and the box ends there."""
        slope = self.slope(box, symbol)
        if slope is None:
            return None
        end = None
        if slope.lies_above(strict=False):
            end = box[symbol].low
        elif slope.lies_below(strict=False):
            end = box[symbol].high
        return None if end is None else {**box, symbol: Interval(end, end)}

    def holds_by_mean_value(self, box: Box) -> bool:
        """Whether d(c) + sum d_i(box) (x_i - c_i) is certainly positive, c the middle of the box."""
        if self.difference is None:
            return False
        outer, ctx.prec = ctx.prec, PRECISION
        try:
            middle, terms = dict(box), []
            for symbol in self.difference.free_symbols:
                low, high = box[symbol].low, box[symbol].high
                if low is None or high is None:
                    return False
                centre = ((low + high) / 2).mid()
                slope = self.slope(box, symbol)
                if slope is None or not (low <= centre and centre <= high):
                    return False
                middle[symbol] = Interval(centre, centre)
                terms.append(intervals.multiply(slope, intervals.add(box[symbol], Interval(-centre, -centre))))
            total = enclosure(self.difference, middle)
            for term in terms:
                total = intervals.add(total, term)
            return total.total and total.lies_above(strict=self.strict)
        except Empty:
            return False
        finally:
            ctx.prec = outer


@lru_cache(maxsize=1024)
def slope_of(expression: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """The derivative of a term."""
    return derivative(expression, symbol)


@lru_cache(maxsize=1024)
def smooth_conditions(expression: sp.Expr, symbol: sp.Symbol) -> tuple[Boolean, ...]:
    """``smoothness``, kept."""
    return tuple(smoothness(expression, symbol))


def bounds(formula: Boolean) -> list[tuple[sp.Symbol, sp.Rational, sp.Expr]]:
    """What a hypothesis says of one variable: (x, a, b) for a x + b >= 0 (or > 0), with a number a that is not 0."""
    if not isinstance(formula, Relational):
        return []
    found = difference(formula)
    if isinstance(formula, sp.Eq):
        gap = formula.lhs - formula.rhs
        return [*_affine(gap), *_affine(-gap)]
    if found is None:
        return []
    upper, lower = (formula.lhs, formula.rhs) if isinstance(formula, sp.Ge | sp.Gt) else (formula.rhs, formula.lhs)
    if isinstance(lower, sp.Abs):  # |u| <= c says u <= c and -u <= c
        return [*_affine(upper - lower.args[0]), *_affine(upper + lower.args[0])]
    return _affine(found[0])


def _affine(gap: sp.Expr) -> list[tuple[sp.Symbol, sp.Rational, sp.Expr]]:
    symbols = list(gap.free_symbols)
    if len(symbols) != 1:
        return []
    coefficient, constant = gap.coeff(symbols[0], 1), gap.coeff(symbols[0], 0)
    if not isinstance(coefficient, sp.Rational) or coefficient == 0 or constant.free_symbols:
        return []
    return [(symbols[0], coefficient, constant)] if coefficient * symbols[0] + constant == gap else []


# --- formulas on a box -----------------------------------------------------------------------------------------------


def _always_true(formula: Boolean, box: Mapping[sp.Symbol, Interval]) -> bool:
    """Whether a formula is certainly true at every point of the box where it has a value."""
    if formula in (sp.true, sp.false):
        return formula is sp.true
    if isinstance(formula, sp.And):
        return all(_always_true(part, box) for part in formula.args)
    if isinstance(formula, sp.Or):
        return any(_always_true(part, box) for part in formula.args)
    return isinstance(formula, Relational) and _signs_allow(formula, box, total=False)


def _certain(condition: Boolean, box: Mapping[sp.Symbol, Interval]) -> bool:
    """Whether a relation certainly has a value and is true at every point of the box."""
    return isinstance(condition, Relational) and _signs_allow(condition, box, total=True)


def _signs_allow(relation: Relational, box: Mapping[sp.Symbol, Interval], *, total: bool) -> bool:
    found = difference(relation)
    gap, strict = found if found is not None else (relation.lhs - relation.rhs, True)
    try:
        value = enclosure(gap, box)
    except Empty:
        return not total
    if total and not value.total:
        return False
    if found is not None:
        return value.lies_above(strict=strict)
    return isinstance(relation, sp.Ne) and (value.lies_above(strict=True) or value.lies_below(strict=True))


def _never_true(formula: Boolean, box: Mapping[sp.Symbol, Interval]) -> bool:
    """Whether a formula is certainly true at no point of the box."""
    if formula in (sp.true, sp.false):
        return formula is sp.false
    if isinstance(formula, sp.And):
        return any(_never_true(part, box) for part in formula.args)
    if isinstance(formula, sp.Or):
        return all(_never_true(part, box) for part in formula.args)
    if not isinstance(formula, Relational):
        return False
    found = difference(formula)
    try:
        value = enclosure(found[0] if found is not None else formula.lhs - formula.rhs, box)
    except Empty:
        return True
    if found is not None:
        return value.lies_below(strict=not found[1])
    zero = value.low is not None and value.high is not None and bool(value.low == 0) and bool(value.high == 0)
    if isinstance(formula, sp.Eq):
        return value.lies_above(strict=True) or value.lies_below(strict=True)
    return isinstance(formula, sp.Ne) and zero
