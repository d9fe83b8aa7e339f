"""Why Theorem 16's first item fails: with eta^(3/2) rho of the order of 1, three steps shrink x and y alike.

The base of eq. (14) is then below -1, so that there is no largest t, and t0 bounds nothing.  With C = 144/119 the start
is on the ray through (5, 12).  Each step takes eta rho off the norm and hardly turns; eta rho is a third of 13, but for
1/(K + 1) that is left of the norm, in units of y0/12 = 2 (K + 1).
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Eq, Ge, Gt, Implies, Le, Rational, Symbol

from claims.sam_normalization.setting import ell, relation, rho, sam_neuron, t, x, y
from verify.statement.claim import Counterexample
from verify.statement.loss import ScalarLoss

K = Symbol("K", real=True)

#: Half of y0/12; eta; eta rho.
_m = K + 1
_eta = 1 / (476 * _m**2)
_step = (26 * _m - 2) / 3
_p = ell.slope(x * y)
_norm = sam_neuron.well_defined[0].args[0]
#: The slope at the ascent point, and the coordinates of that point.
_slope = max(sam_neuron.update[0].atoms(ScalarLoss), key=sp.count_ops)
_a, _b = _slope.args[2].args


def _moving(formula: Any) -> Any:
    return Implies(relation(Le, t, 2), formula, evaluate=False)


_x_low = 10 * _m - 5 * t * _step / 13 - t * Rational(1, 19)
_y_high = 24 * _m - 12 * t * _step / 13

shrinking = Counterexample(
    values={"c": sp.S.One, "gamma": sp.S.One, "C": Rational(144, 119), "eta": _eta, "rho": _step / _eta},
    loss=("clip", {"delta": sp.S.One}),
    since=sp.Integer(3),
    invariant=(
        Ge(t, 0),
        relation(Le, 12 * x, 5 * y),
        relation(Le, y, _y_high),
        relation(Ge, x, _x_low),
    ),
    lemmas=(
        relation(Ge, x, Rational(1, 2)),
        relation(Ge, y, 1),
        _moving(relation(Ge, x, 3)),
        _moving(relation(Ge, y, 7)),
        relation(Le, y, 24 * _m),
        Gt(x * y, 0),
        Gt(_p, 0),
        _moving(Eq(_p, 1)),
        Gt(_norm, 0),
        relation(Ge, 13 * y * _p, 12 * _norm),
        relation(Le, 13 * x * _p, 5 * _norm),
        _moving(relation(Le, 5 * _step, 13 * x)),
        _moving(relation(Le, _step * _p, _norm)),
        Gt(rho, 0),
        Gt(_a, 0),
        Gt(_b, 0),
        _moving(relation(Ge, _a, 1)),
        _moving(relation(Ge, _b, 1)),
        _moving(relation(Ge, _a * _b, 1)),
        _moving(Eq(_slope, 1)),
        relation(Ge, (12 * y - 5 * x) * _norm, 0),
        _moving(relation(Ge, (5 * y - 12 * x) * (_norm - _step * _p), 0)),
        _moving(relation(Ge, (5 * y - 12 * x) * (_norm - _step * _p) * _m**2, 0)),
    ),
)
