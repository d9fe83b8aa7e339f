"""Box trees for an inequality: breadth first, cut where it matters most, until intervals decide every piece."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import fmpq
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.boxes import Box, Boxes
from verify.kernel.intervals import Interval

#: Cuts of an unbounded side, by how often it was cut.
_FIRST_CUT = Fraction(1)
#: A side shorter than this is not cut.
_SHORTEST = Fraction(1, 2**40)
#: No tree is deeper.
_DEEPEST = 60


def find_boxes(hypotheses: Sequence[Boolean], goal: Boolean, most: int) -> list[Any] | None:
    """A tree that ``verify.kernel.boxes.check_boxes`` accepts, of at most so many boxes; None if there is none."""
    try:
        boxes = Boxes(hypotheses, goal)
    except CertificateError:
        return None
    tree: list[Any] = []
    pending: deque[tuple[Box, frozenset[sp.Symbol], list[Any], int]] = deque([(boxes.root, frozenset(), tree, 0)])
    count = 0
    while pending:
        box, moved, node, depth = pending.popleft()
        count += 1
        if count + len(pending) > most or depth > _DEEPEST:
            return None
        closed = _closed(boxes, box, moved)
        if closed is not None:
            node += closed
            continue
        moving = _monotone(boxes, box)
        if moving is not None:
            symbol, face = moving
            inner: list[Any] = []
            node += ["monotone", str(symbol.name), inner]
            pending.append((face, moved | {symbol}, inner, depth + 1))
            continue
        cut = _cut(boxes, box, moved)
        if cut is None:
            return None
        symbol, place = cut
        left, right = boxes.split(box, symbol, fmpq(place.numerator, place.denominator))
        first: list[Any] = []
        second: list[Any] = []
        node += ["split", str(symbol.name), str(place), first, second]
        pending += [(left, moved, first, depth + 1), (right, moved, second, depth + 1)]
    return tree


def _monotone(boxes: Boxes, box: Box) -> tuple[sp.Symbol, Box] | None:
    """A variable in which the difference is monotone, and that no hypothesis ties to others; the least face."""
    for symbol in boxes.symbols.values():
        tied = any(symbol in one.free_symbols and len(one.free_symbols) > 1 for one in boxes.hypotheses)
        if boxes.goal.has(symbol) and not tied and not _is_point(box[symbol]):
            face = boxes.least_face(box, symbol)
            if face is not None:
                return symbol, face
    return None


def _closed(boxes: Boxes, box: Box, moved: frozenset[sp.Symbol]) -> list[Any] | None:
    if boxes.holds(box):
        return ["goal"]
    for place in range(len(boxes.hypotheses)):
        if boxes.excluded(box, moved, place):
            return ["hypothesis", place]
    return ["mean"] if boxes.difference is not None and boxes.holds_by_mean_value(box) else None


def _is_point(interval: Interval) -> bool:
    return interval.low is not None and interval.high is not None and bool(interval.high - interval.low < 1e-15)


def _cut(boxes: Boxes, box: Box, moved: frozenset[sp.Symbol]) -> tuple[sp.Symbol, Fraction] | None:
    """Which side to cut, and where: an infinite one first, then the one with the most influence on the difference."""
    best: tuple[float, sp.Symbol, Fraction] | None = None
    for symbol, interval in box.items():
        if symbol in moved or _is_point(interval):
            continue
        if interval.low is None or interval.high is None:
            return symbol, _outward(interval)
        low, high = _fraction(interval.low), _fraction(interval.high)
        if high - low < _SHORTEST:
            continue
        slope = boxes.slope(box, symbol)
        size = 1.0
        if slope is not None and slope.low is not None and slope.high is not None:
            size = max(abs(float(slope.low.mid())), abs(float(slope.high.mid())))
        influence = float(high - low) * (size + 1e-6)
        if best is None or influence > best[0]:
            best = influence, symbol, _simple_between(low, high)
    return None if best is None else (best[1], best[2])


def _outward(interval: Interval) -> Fraction:
    """A number inside an unbounded interval: 0 first, then further and further out."""
    if interval.low is None and interval.high is None:
        return Fraction(0)
    if interval.low is not None:
        low = _fraction(interval.low)
        return Fraction(int(low) * 2 + 1) if low >= 0 else Fraction(0)
    assert interval.high is not None
    high = _fraction(interval.high)
    return Fraction(int(high) * 2 - 1) if high <= 0 else Fraction(0)


def _fraction(end: Any) -> Fraction:
    """An end point as the dyadic number that it is."""
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _simple_between(low: Fraction, high: Fraction) -> Fraction:
    """A simple number in the middle half of an interval."""
    middle, quarter = (low + high) / 2, (high - low) / 4
    for bits in range(60):
        rounded = Fraction(round(middle * 2**bits), 2**bits)
        if abs(rounded - middle) < quarter:
            return rounded
    return middle
