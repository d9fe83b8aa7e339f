"""Why Table 1 fails: where the first phase ends depends on eta, and an orbit that meets the y-axis stays there."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Ge, Gt, Integer, Le, Min, Rational, Symbol, sign, sqrt

from claims.sam_normalization.setting import ell, relation, t, x, y
from verify.statement.claim import Counterexample, Root

_eta_0, r, e = (Symbol(name, real=True) for name in ("eta_0", "r", "e"))
_m = sqrt(1 / e) / 2
_q = r**t
_p = ell.slope(x * y)
_x, _y = x - e * y, y - e * x


def _apart(x: Any, y: Any, q: Any) -> Any:
    """y - x grows by 1 + eta and y + x by 1 - eta, their quotient by r; it is 1 where x = 0."""
    return 4 * (y - x) - (x + y) * q


def _above(x: Any, y: Any, q: Any) -> Any:
    return e * (y**2 - x**2) - 4 + 4 * e * (q - 1)


stops_on_the_axis = Counterexample(
    values={
        "epsilon": Rational(1, 2),
        "c": Integer(1),
        "rho": Integer(0),
        "eta": e,
        "x0": 3 * _m,
        "y0": 5 * _m,
    },
    loss=("clip", {"delta": Integer(1)}),
    root=Root(r, Integer(4), Min(_eta_0, Rational(1, 20))),
    let={e: (r - 1) / (r + 1)},
    invariant=(
        Ge(x, 0),
        Gt(y, 0),
        relation(Ge, _q, 1),
        Eq(x * _apart(x, y, _q), 0),
        relation(Ge, x * (4 - _q), 0),
        relation(Ge, x * _above(x, y, _q), 0),
        relation(Ge, e * y**2, 4 - 12 * e),
    ),
    bound=Rational(1, 4),
    lemmas=(
        Gt(r - 1, 0),
        Gt(e, 0),
        relation(Le, e, Rational(1, 40)),
        Eq(r * (1 - e), 1 + e),
        relation(Ge, x * (4 - r * _q), 0),
        relation(Ge, x * (x + y - r * (y - x)), 0),
        relation(Ge, x * (x - e * y), 0),
        relation(Ge, x * (x * y - 1), 0),
        relation(Ge, y, x),
        relation(Gt, y - e * x, 0),
        relation(Eq, x * _apart(_x, _y, r * _q), 0),
        relation(Ge, x * _above(_x, _y, r * _q), 0),
        relation(Ge, x * _q * (e * (_y**2 - _x**2) - 4 + 12 * e), 0),
        relation(Ge, x * (e * (_y**2 - _x**2) - 4 + 12 * e), 0),
        relation(Ge, x * (e * _y**2 - 4 + 12 * e), 0),
        relation(Eq, _p, sign(x)),
    ),
)
