"""The functions of the claims in plain arithmetic, so that every lane of a vector computes them at once.

Reductions and polynomials follow fdlibm (Sun Microsystems), with fused multiply-adds.  The errors in units in the last
place, measured over the whole range, are in ``tests/lowering/test_lane_functions.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from verify.lowering.lanes.graph import SHIFT, Node, Operand, abs_of

#: log(2), pi/2 as sums of doubles, the first with room for exact products with small whole numbers.
_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42fee00000p-1"), float.fromhex("0x1.a39ef35793c76p-33")
_HALF_PI = (math.pi / 2, float.fromhex("0x1.1a62633145c07p-54"), float.fromhex("-0x1.f1976b7ed8fbcp-110"))
#: Beyond these exp is infinite, or has a half that is no normal number.
_EXP_LARGEST, _EXP_LEAST = 709.782712893384, -708.0
#: Beyond this, neighbouring doubles are so far apart that a sine tells nothing.
LARGEST_ANGLE = 2.0**50
#: A polynomial with so many coefficients is summed in its even and its odd powers, two chains that do not wait for
#: each other.
LONG = 6

#: (exp(r) - 1 - r)/r**2 where abs(r) <= log(2)/2, and (2**f - 1)/f where abs(f) <= 1/2, with the least largest error.
_EXP = [
    0.5000000000000006,
    0.16666666666666685,
    0.041666666666574106,
    0.008333333333314668,
    0.0013888888932254793,
    0.00019841269902865887,
    2.48015045709806e-05,
    2.7557228094330526e-06,
    2.7626283310942794e-07,
    2.5114431619076467e-08,
]
_EXP2 = [
    0.6931471805599453,
    0.24022650695910097,
    0.055504108664821236,
    0.009618129107607069,
    0.0013333558146531735,
    0.00015403530441475568,
    1.5252733701068561e-05,
    1.3215442727152607e-06,
    1.0178121379830621e-07,
    7.072561162989455e-09,
    4.4455223771342466e-10,
]
_SIN = [
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
]
_COS = [
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
]
_LOG = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
]
_ATAN = [
    3.33333333333329318027e-01,
    -1.99999999998764832476e-01,
    1.42857142725034663711e-01,
    -1.11111104054623557880e-01,
    9.09088713343650656196e-02,
    -7.69187620504482999495e-02,
    6.66107313738753120669e-02,
    -5.83357013379057348645e-02,
    4.97687799461593236017e-02,
    -3.65315727442169155270e-02,
    1.62858201153657823623e-02,
]


def polynomial(coefficients: Sequence[float], at: Node) -> Node:
    """The polynomial with these coefficients, the constant term first."""
    if len(coefficients) < LONG:
        return _by_horner(coefficients, at)
    square = at * at
    return fma(_by_horner(coefficients[1::2], square), at, _by_horner(coefficients[::2], square))


def _by_horner(coefficients: Sequence[float], at: Node) -> Node:
    total: Operand = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = fma(total, at, coefficient)
    assert isinstance(total, Node)
    return total


def fma(left: Operand, right: Node, addend: Operand) -> Node:
    """left * right + addend, rounded once."""
    return right.graph.apply("fma", left, right, addend)


def select(condition: Node, then: Operand, otherwise: Operand) -> Node:
    """``then`` where the condition holds, ``otherwise`` where not."""
    return condition.graph.apply("select", condition, then, otherwise)


def least(left: Node, right: Operand) -> Node:
    """The lesser one; NaN where one of them is."""
    return left.graph.apply("min", left, right)


def largest(left: Node, right: Operand) -> Node:
    """The larger one; NaN where one of them is."""
    return left.graph.apply("max", left, right)


def _whole(op: str, node: Node) -> Node:
    return node.graph.apply(op, node)


def _exp_parts(x: Node) -> tuple[Node, Node]:
    """``(m, s)`` with exp(x) = (1 + m) * 2**k and k = s - SHIFT whole."""
    shifted = fma(x, x.graph.constant(1 / math.log(2)), SHIFT)
    k = shifted - SHIFT
    r = fma(k, x.graph.constant(-_LN2_LOW), fma(k, x.graph.constant(-_LN2_HIGH), x))
    return fma(r * r, polynomial(_EXP, r), r), shifted


def exp(x: Node) -> Node:
    """The exponential; 0 where its half is no normal number."""
    m, shifted = _exp_parts(largest(least(x, _EXP_LARGEST), _EXP_LEAST))
    half = _whole("pow2", shifted - 1)
    result = fma(m, half, half) * 2
    return select(x > _EXP_LARGEST, math.inf, select(x < _EXP_LEAST, 0.0, result))


def expm1(x: Node) -> Node:
    """exp(x) - 1 without cancellation."""
    m, shifted = _exp_parts(largest(least(x, _EXP_LARGEST), -40.0))
    half = _whole("pow2", shifted - 1)
    return select(x > _EXP_LARGEST, math.inf, fma(m, half, half - 0.5) * 2)


def tanh(x: Node) -> Node:
    """The hyperbolic tangent, by powers of 2: an error of the exponent that grows with it does no harm here."""
    size = least(abs_of(x), 22.0)
    to_binary = x.graph.constant(2 / math.log(2))
    shifted = fma(size, to_binary, SHIFT)
    f = fma(size, to_binary, -(shifted - SHIFT))
    power = _whole("pow2", shifted)
    linear = fma(f * power, x.graph.constant(_EXP2[0]), power - 1)
    e = fma(f * f * power, polynomial(_EXP2[1:], f), linear)  # exp(2*size) - 1
    return _with_sign(e / (e + 2), x)


def sinh(x: Node) -> Node:
    """The hyperbolic sine."""
    size = abs_of(x)
    e = expm1(least(size, 22.0))
    return _with_sign(select(size > 22.0, _half_exp(size), (e + e / (e + 1)) / 2), x)


def cosh(x: Node) -> Node:
    """The hyperbolic cosine."""
    half = _half_exp(abs_of(x))
    return half + 0.25 / half


def _half_exp(x: Node) -> Node:
    """exp(x)/2 for x >= 0."""
    m, shifted = _exp_parts(least(x, 711.0))
    quarter = _whole("pow2", shifted - 2)
    return select(x > 710.4758600739439, math.inf, fma(m, quarter, quarter) * 2)


def log(x: Node) -> Node:
    """The natural logarithm; -oo at 0, NaN below."""
    subnormal = x < 2.0**-1022
    normal = select(subnormal, x * 2.0**54, x)
    k = _whole("exponent", normal) - select(subnormal, 54.0, 0.0)
    m = _whole("mantissa", normal)
    large = m > math.sqrt(2)
    result = _log_of(select(large, m * 0.5, m) - 1, select(large, k + 1, k))
    result = select(x.graph.apply("eq", x, 0.0), -math.inf, result)
    result = select(x.graph.apply("eq", x, math.inf), math.inf, result)
    return select(x < 0, math.nan, select(_whole("nan", x), math.nan, result))


def _log_of(f: Node, k: Node) -> Node:
    """log((1 + f) * 2**k) for 1 + f between the root of 1/2 and that of 2."""
    s = f / (f + 2)
    z = s * s
    half_square = f * f * 0.5
    inner = fma(k, f.graph.constant(_LN2_LOW), s * (half_square + z * polynomial(_LOG, z)))
    return fma(k, f.graph.constant(_LN2_HIGH), f - (half_square - inner))


def log1p(x: Node) -> Node:
    """log(1 + x) without cancellation."""
    u = x + 1
    corrected = log(u) + (x - (u - 1)) / u
    plain = x.graph.apply("eq", u, math.inf) | x.graph.apply("eq", u, 0.0)
    return select(plain, log(u), select(x.graph.apply("eq", u, 1.0), x, corrected))


def _quadrant(x: Node) -> tuple[Node, Node]:
    """``(r, q)`` with x = r + q pi/2 and q whole; no value for angles that are too large."""
    q = _whole("rint", x * (2 / math.pi))
    r = x
    for part in _HALF_PI:
        r = fma(q, x.graph.constant(-part), r)
    more = _whole("rint", r * (2 / math.pi))  # of a large angle, q was rounded
    for part in _HALF_PI[:2]:
        r = fma(more, x.graph.constant(-part), r)
    return select(abs_of(x) <= LARGEST_ANGLE, r, math.nan), q + more


def _turned(r: Node, quarters: Node) -> Node:
    """sin(r + quarters pi/2) for small r."""
    z = r * r
    sine = fma(r * z, polynomial(_SIN, z), r)
    cosine = fma(z * z, polynomial(_COS, z), 1 - 0.5 * z)
    turn = quarters - 4 * _whole("floor", quarters * 0.25)  # 0, 1, 2 or 3
    odd = r.graph.apply("eq", turn, 1.0) | r.graph.apply("eq", turn, 3.0)
    value = select(odd, cosine, sine)
    return select(turn >= 2, -value, value)


def sin(x: Node) -> Node:
    """The sine; NaN beyond ``LARGEST_ANGLE``."""
    return _turned(*_quadrant(x))


def cos(x: Node) -> Node:
    """The cosine; NaN beyond ``LARGEST_ANGLE``."""
    r, q = _quadrant(x)
    return _turned(r, q + 1)


def tan(x: Node) -> Node:
    """The tangent; NaN beyond ``LARGEST_ANGLE``."""
    return sin(x) / cos(x)


def atan(x: Node) -> Node:
    """The inverse tangent."""
    size = abs_of(x)
    inverted = size > 1
    inner = select(inverted, 1 / size, size)
    shifted = inner > math.tan(math.pi / 8)
    t = select(shifted, (inner - 1) / (inner + 1), inner)
    z = t * t
    core = fma(-(t * z), polynomial(_ATAN, z), t)
    eighth, quarter = math.pi / 4, math.pi / 2
    inner_angle = select(shifted, eighth + (core + _HALF_PI[1] / 2), core)
    return _with_sign(select(inverted, quarter - (inner_angle - _HALF_PI[1]), inner_angle), x)


def power(base: Node, exponent: Operand) -> Node:
    """base**exponent for real numbers; a negative base has powers with whole exponents only."""
    graph = base.graph
    e = exponent if isinstance(exponent, Node) else graph.constant(exponent)
    size = exp(e * log(abs_of(base)))
    odd = ~graph.apply("eq", _whole("floor", e * 0.5) * 2, e)
    signed = select(graph.apply("eq", _whole("rint", e), e), select(odd, -size, size), math.nan)
    return select(graph.apply("eq", e, 0.0), 1.0, select(base < 0, signed, size))


def rational_power(base: Node, exponent: Fraction) -> Node:
    """base**exponent for a known exponent: products and roots where they serve."""
    if exponent < 0:
        return 1 / rational_power(base, -exponent)
    if exponent.denominator <= 2 and exponent <= 64:
        result: Node | None = _whole("sqrt", base) if exponent.denominator == 2 else None
        square, left = base, math.floor(exponent)
        while left:
            if left % 2:
                result = square if result is None else result * square
            square, left = square * square, left // 2
        return result if result is not None else base.graph.constant(1.0)
    return power(base, float(exponent))


def _with_sign(size: Node, of: Node) -> Node:
    return size.graph.apply("copysign", size, of)


def sign(x: Node) -> Node:
    """-1, 0 or 1."""
    return select(x > 0, 1.0, select(x < 0, -1.0, x))


#: The functions of one variable by the names of SymPy.
FUNCTIONS: dict[str, Callable[[Node], Any]] = {
    "Abs": abs_of,
    "sign": sign,
    "exp": exp,
    "log": log,
    "tanh": tanh,
    "sinh": sinh,
    "cosh": cosh,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "atan": atan,
    "floor": lambda x: _whole("floor", x),
    "ceiling": lambda x: -_whole("floor", -x),
    "expm1": expm1,
    "log1p": log1p,
}
