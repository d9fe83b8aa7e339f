"""Around a witness: how far each of its numbers can move, the others fixed, while it certainly stays one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from verify.kernel.box import all_witnesses
from verify.search.certify import Certified
from verify.statement.claim import Claim

#: How far a number is moved, relative to its size (absolutely, where it is 0), the farthest first.
REACHES = tuple(map(Fraction, ("1000", "10", "1", "1/2", "1/10", "1/100", "1/1000")))
#: How often the end of an interval is halved towards the first place where it is not certified.
REFINEMENTS = 2
#: Trajectories that are longer are too dear to be run again and again (as are those with hitting times).
LATEST = 16


def box_of(claim: Claim, reading: str, witness: Certified) -> dict[str, tuple[Fraction, Fraction]]:
    """For each number of a witness, the interval of round ends in which it may lie; none where nothing is certified."""
    values = witness.point.values
    if witness.kind != "violated" or values.get("t", Fraction(0)) > LATEST or claim.times:
        return {}
    found = {}
    for name, value in values.items():
        if name == "t":
            continue
        low, high = (_reach(claim, reading, witness, name, value, side) for side in (-1, 1))
        if low < high:
            found[name] = (low, high)
    return found


def _reach(claim: Claim, reading: str, witness: Certified, name: str, value: Fraction, side: int) -> Fraction:
    """The farthest of some round numbers on one side of a value up to which the point stays a witness."""

    def stays(end: Fraction) -> bool:
        low, high = min(value, end), max(value, end)
        point = witness.point
        return all_witnesses(claim, point.values, point.member, reading, witness.part, name, low, high)

    beyond = None
    for end in _ends(value, side):
        if not stays(end):
            beyond = end
            continue
        for _ in range(REFINEMENTS if beyond is not None else 0):
            assert beyond is not None
            middle = _round_towards(value, (end + beyond) / 2)
            if middle in (end, beyond):
                break
            end, beyond = (middle, beyond) if stays(middle) else (end, middle)
        return end
    return value


def _ends(value: Fraction, side: int) -> Iterator[Fraction]:
    """Round numbers farther and farther in, and 0 (where the sign may matter)."""
    size = abs(value) or Fraction(1)
    passed = False
    for reach in REACHES:
        end = _round_towards(value, value + side * reach * size)
        if value and (end > 0) != (value > 0) and not passed:
            passed = True
            yield end
            yield Fraction(0)
            continue
        if end != value:
            yield end


def _round_towards(value: Fraction, end: Fraction) -> Fraction:
    """The number of few digits next to an end, on the side of the value."""
    gap = end - value
    if gap == 0:
        return value
    step = Fraction(10) ** (_exponent(abs(gap)) - 1)
    places = end / step
    whole = places.numerator // places.denominator
    rounded = whole * step if gap > 0 else -((-places.numerator) // places.denominator) * step
    return rounded if (rounded - value) * gap > 0 else end


def _exponent(size: Fraction) -> int:
    """The power of ten of a number: 10**e <= size < 10**(e + 1)."""
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    while Fraction(10) ** exponent > size:
        exponent -= 1
    while Fraction(10) ** (exponent + 1) <= size:
        exponent += 1
    return exponent
