"""Why Table 1 fails: where the first phase ends depends on eta, and an orbit that meets the y-axis stays there.

Without perturbation SAM and USAM are GD.  While xy >= 1 the slope is 1: y - x grows by 1 + eta, y + x falls by 1 - eta.
Their quotient r is a root near 1: where a power of it is (y0 + x0)/(y0 - x0), x is 0 exactly, and y^2 about gamma/eta,
not 2/eta.  SAM's iterates do not exist on the axis; so for SAM an odd power of sqrt(r) is that ratio.  The orbit then
passes the axis, and oscillates, but for ever keeps y^2 > 1/eta.
"""

from __future__ import annotations

from typing import Any

from sympy import Abs, Eq, Ge, Gt, Integer, Le, Lt, Max, Min, Ne, Or, Rational, Symbol, sign, sqrt

from claims.sam_normalization.setting import ell, relation, t, x, y
from verify.statement.claim import Counterexample, Root

#: The bound on eta, the roots, and eta as a function of the root.
_eta_0, r, w, h, m = (Symbol(name, real=True) for name in ("eta_0", "r", "w", "h", "m"))
#: In units of the start's y0 - x0, up to a factor: eta m^2 = 1.
_m = sqrt(1 / h)
_q = r**t
_p = ell.slope(x * y)
_x, _y = x - h * y, y - h * x


def _apart(ratio: int, x: Any, y: Any, q: Any) -> Any:
    """y - x grows by 1 + eta and y + x by 1 - eta, their quotient by r; it is 1 where x = 0."""
    return ratio * (y - x) - (x + y) * q


def _above(gamma: int, x: Any, y: Any, q: Any) -> Any:
    """y^2 - x^2 falls by 1 - eta^2, so slowly that eta times it stays near gamma until q is the ratio."""
    return h * (y**2 - x**2) - gamma + 4 * h * (q - 1)


stops_on_the_axis = Counterexample(
    values={
        "epsilon": Rational(1, 2),
        "c": Integer(1),
        "rho": Integer(0),
        "eta": h,
        "x0": 3 * _m / 2,
        "y0": 5 * _m / 2,
    },
    loss=("clip", {"delta": Integer(1)}),
    root=Root(r, Integer(4), Min(_eta_0, Rational(1, 20))),
    let={h: (r - 1) / (r + 1)},
    invariant=(
        Ge(x, 0),
        Gt(y, 0),
        relation(Ge, _q, 1),
        Eq(x * _apart(4, x, y, _q), 0),
        relation(Ge, x * (4 - _q), 0),
        relation(Ge, x * _above(4, x, y, _q), 0),
        relation(Ge, h * y**2, 4 - 12 * h),
    ),
    bound=Rational(1, 4),
    lemmas=(
        Gt(r - 1, 0),
        Gt(h, 0),
        relation(Le, h, Rational(1, 40)),
        Eq(r * (1 - h), 1 + h),
        relation(Ge, x * (4 - r * _q), 0),
        relation(Ge, x * (x + y - r * (y - x)), 0),
        relation(Ge, x * (x - h * y), 0),
        relation(Ge, x * (x * y - 1), 0),
        relation(Ge, y, x),
        relation(Gt, y - h * x, 0),
        relation(Eq, x * _apart(4, _x, _y, r * _q), 0),
        relation(Ge, x * _above(4, _x, _y, r * _q), 0),
        relation(Ge, x * _q * (h * (_y**2 - _x**2) - 4 + 12 * h), 0),
        relation(Ge, x * (h * (_y**2 - _x**2) - 4 + 12 * h), 0),
        relation(Ge, x * (h * _y**2 - 4 + 12 * h), 0),
        relation(Eq, _p, sign(x)),
    ),
)

# For SAM w is sqrt(r).  What holds before the axis is passed is multiplied by a number that is 0 afterwards, what holds
# afterwards by one that is 0 before.
_s = w ** (2 * t)
_near = Max(3 - _s, 0)
_late = _near + _s - 3
_a = Abs(x)
_size = Abs(_p)
#: After the axis is passed: the next |x| and y, as x changes its sign in each step.
_n, _z = h * y * _size - _a, y - h * _a * _size


def _inside(a: Any, y: Any) -> Any:
    """|x| stays below eta y, so that no step leads to the axis."""
    return 22 * h * y - 25 * a


def _large(a: Any, y: Any) -> Any:
    """y - |x| falls only while eta y^2 is more than 36/25, and then not below that."""
    return y - a - Rational(11, 10) * m


def _while(phase: Any, quantity: Any) -> Any:
    return relation(Ge, phase * quantity, 0)


_near_w = _while(_near, 3 - w * _s)
_on_ray = Eq(_near * _apart(3, x, y, _s), 0)
_far_x = _while(_near, x)
_late_x = _while(_late, h * y - _a)
_late_in = _while(_late, _inside(_a, y))
_late_y = _while(_late, h * y**2 - Rational(6, 5))
_small_e = relation(Le, h, Rational(1, 40))
_of_m = Eq(h * m**2, 1)
_small_y = relation(Le, h * y**2, 4)
_crossed = Max(3 - w**2 * _s, 0) + w**2 * _s - 3
_much = Max(5 * y - 6 * m, 0)
_little = _much + 6 * m - 5 * y

_passing = (
    Gt(y, 0),
    Gt(w**t, 0),
    relation(Ge, _s, 1),
    relation(Le, y, 2 * m),
    _on_ray,
    _while(_near, _above(3, x, y, _s)),
    Or(relation(Lt, _s, 3 * w), Ne(x, 0)),
    _late_in,
    _while(_late, _large(_a, y)),
)


def _at_next(formula: Any) -> Any:
    if isinstance(formula, Or):
        return Or(*map(_at_next, formula.args))
    return relation(type(formula), *[side.subs(_after, simultaneous=True) for side in formula.args])


_next_x, _next_y = x - h * y * _p, y - h * x * _p
_after = {x: _next_x, y: _next_y, t: t + 1}
_next = [_at_next(one) for one in _passing]
#: Where the linear map has led beyond the axis, how far.
_beyond = _while(_near * _crossed, -_x * (w**2 * _s + 3) - (w**2 * _s - 3) * m)
_short = relation(Lt, w**2 * _s, 3 * w)
_crosses = Or(relation(Lt, _x, 0), _short, relation(Gt, _s, 3))
_full = _while(_near, x * y - Rational(5, 4))

passes_the_axis = Counterexample(
    values={
        "epsilon": Integer(1),
        "c": Integer(1),
        "rho": Integer(0),
        "eta": h,
        "x0": _m,
        "y0": 2 * _m,
    },
    loss=("clip", {"delta": Integer(1)}),
    root=Root(w, Integer(3), Min(_eta_0, Rational(1, 40))),
    let={h: (w**2 - 1) / (w**2 + 1), m: _m},
    invariant=_passing,
    bound=Integer(1),
    lemmas=(
        Gt(w - 1, 0),
        Gt(w, 0),
        relation(Le, w, Rational(41, 40)),
        Eq(w**2 * (1 - h), 1 + h),
        Gt(h, 0),
        _small_e,
        relation(Le, (w + 1) * h, 2 * (w - 1)),
        relation(Ge, w**2 - 1, 2 * h),
        Gt(m, 0),
        _of_m,
        # after
        *(_near_w, _while(_late, _s - 3 * w), relation(Ne, _s, 3)),
        *(Or(relation(Lt, _s, 3 * w), Ne(x, 0)), Or(relation(Lt, _s, 3), Ne(x, 0))),
        *(_late_in, _late_x),
        *(relation(Ge, _s, 1), relation(Le, y, 2 * m), _small_e, _of_m, Eq(w**2 * (1 - h), 1 + h), Gt(y, 0), Gt(h, 0)),
        *(_while(_late, _large(_a, y)), Gt(m, 0), _while(_late, 10 * y - 11 * m), Gt(m, 0)),
        *(_while(_late, 100 * y**2 - 121 * m**2), _of_m, _late_y),
        *(relation(Le, y, 2 * m), relation(Le, y**2, 4 * m**2), _of_m, _small_y),
        *(Or(relation(Lt, _s, 3), Ne(x, 0)), _on_ray, Ne(x, 0)),
        *(_late_y, _late_in, Ne(x, 0), relation(Gt, Max(_n, _near), 0), _while(_late, _n)),
        *(_late_y, _late_in, _while(_late, h * y**2 - 1 - _n * y)),
        *(_small_y, _while(_late, 21 * h * y - 25 * _n)),
        *(_late_x, _while(_late, h * y - _a * _size), relation(Le, 22 * h**2, 1)),
        _while(_late, h * y - 22 * h**2 * _a * _size),
        *(_while(_late, 21 * h * y - 25 * _n), _while(_late, _inside(_n, _z))),
        *(_while(_late, h * y - _a * _size), _small_e, _while(_late, 40 * _z - 39 * y)),
        *(_while(_late, _n), _while(_late, 21 * h * y - 25 * _n), _small_e, _while(_late, y - 40 * _n)),
        *(_while(_late, 40 * _z - 39 * y), _while(_late * _much, _large(_n, _z))),
        *(_while(_late * _little, 36 * m**2 - 25 * y**2), _of_m, _while(_late * _little, 36 - 25 * h * y**2)),
        *(_small_e, _while(_late * _little, _a - 2 * _n - 2 * h * _a * _size)),
        *(_while(_late, _large(_a, y)), _while(_late * _little, _large(_n, _z))),
        *(_while(_late * _much, _large(_n, _z)), _while(_late, _large(_n, _z))),
        # before
        *(relation(Ge, _s, 1), _on_ray, _far_x, _on_ray, relation(Ge, _s, 1), _while(_near, y - x)),
        *(_near_w, _on_ray, _far_x, _while(_near, x + y - w * (y - x))),
        *(relation(Le, (w + 1) * h, 2 * (w - 1)), _while(_near * (w + 1), 2 * x - h * y)),
        *(_far_x, _while(_near, 2 * x - h * y)),
        *(_near_w, _small_e, _while(_near, _above(3, x, y, _s)), _while(_near, h * (y**2 - x**2) - Rational(14, 5))),
        *(_while(_near, h * y**2 - Rational(14, 5)), _of_m, Gt(m, 0), _while(_near, 25 * y**2 - 64 * m**2)),
        *(_while(_near, 5 * y - 8 * m), _far_x, _small_e, _while(_near, _large(-_x, _y))),
        *(_small_e, _far_x, _while(_near, 2 * x - h * y), _while(_near, _inside(-_x, _y))),
        *(_while(_near, h * y**2 - Rational(14, 5)), _while(_near, 2 * x - h * y), _full),
        *(_on_ray, Eq(w**2 * (1 - h), 1 + h), Eq(_near * _apart(3, _x, _y, w**2 * _s), 0)),
        *(_small_e, _while(_near, y - x), _while(_near, 5 * y - 8 * m), _while(_near, _y - m)),
        *(Eq(_near * _apart(3, _x, _y, w**2 * _s), 0), _beyond, _while(_near * _crossed, -_x)),
        *(_small_y, relation(Ge, w**2 - 1, 2 * h), relation(Ge, _s, 1)),
        relation(Ge, 4 * _s * (w**2 - 1) - h**2 * (y**2 - x**2), 0),
        *(_while(_near, _above(3, x, y, _s)), _while(_near, _above(3, _x, _y, w**2 * _s))),
        *(_far_x, _while(_near, y - x), _while(_near, y - _a)),
        *(_small_e, _late_x, relation(Ne, _s, 3), relation(Ge, y, _a), relation(Gt, _z, 0)),
        *(relation(Le, y, 2 * m), relation(Le, _z, 2 * m)),
        *(_while(_near, _large(-_x, _y)), _while(_near * _crossed, -_x)),
        _while(_near * _crossed, _large(Abs(_x), _y)),
        *(_while(_near, _inside(-_x, _y)), _while(_near * _crossed, -_x)),
        _while(_near * _crossed, _inside(Abs(_x), _y)),
        *(_beyond, relation(Ne, _s, 3), Or(_short, relation(Gt, w**2 * _s, 3))),
        _crosses,
        *(_while(_near, h * y**2 - Rational(14, 5)), _late_y, relation(Ne, _s, 3), relation(Ge, h * y**2, 1)),
        # the next step
        *(relation(Gt, _z, 0), _next[0]),
        *(relation(Le, _z, 2 * m), _next[3]),
        relation(Ge, _near, Max(3 - w**2 * _s, 0)),
        *(_full, Eq(_near * _apart(3, _x, _y, w**2 * _s), 0), relation(Ge, _near, Max(3 - w**2 * _s, 0)), _next[4]),
        *(_full, _while(_near, _above(3, _x, _y, w**2 * _s)), relation(Ge, _near, Max(3 - w**2 * _s, 0)), _next[5]),
        *(Ne(x, 0), _late_y, relation(Gt, Max(_n, _near), 0), Or(relation(Lt, _s, 3), relation(Ne, _next_x, 0))),
        *(_full, _crosses, relation(Ne, _s, 3)),
        Or(_short, relation(Gt, _s, 3), relation(Ne, _next_x, 0)),
        *(Or(relation(Lt, _s, 3), relation(Ne, _next_x, 0)), _next[6]),
        *(_full, _while(_near * _crossed, _inside(Abs(_x), _y))),
        _while(_near * _crossed, _inside(Abs(_next_x), _next_y)),
        *(_while(_late, _n), _while(_late, _inside(_n, _z)), _while(_late, _inside(Abs(_next_x), _next_y))),
        *(_while(_near * _crossed, _inside(Abs(_next_x), _next_y)), relation(Ne, _s, 3), _next[7]),
        *(_full, _while(_near * _crossed, _large(Abs(_x), _y))),
        _while(_near * _crossed, _large(Abs(_next_x), _next_y)),
        *(_while(_late, _n), _while(_late, _large(_n, _z)), _while(_late, _large(Abs(_next_x), _next_y))),
        *(_while(_near * _crossed, _large(Abs(_next_x), _next_y)), relation(Ne, _s, 3), _next[8]),
        *(relation(Ge, h * y**2, 1), _small_e, relation(Ge, y**2, 2)),
        *(Ne(x, 0), relation(Ne, _p, 0), relation(Gt, x**2 * _p**2 + y**2 * _p**2, 0)),
    ),
)
