"""Small claims of every verdict that there is, and beside each the truth about it, which no claim carries itself.

They are decided anew in every run of the tests; the classics, recorded in a ledger, are in ``textbook``.
"""

from __future__ import annotations

from typing import Any, Literal

import sympy as sp
from sympy import (
    Abs,
    And,
    Eq,
    Equivalent,
    Ge,
    Gt,
    Implies,
    Integer,
    Le,
    Limit,
    Lt,
    Max,
    Min,
    Ne,
    Or,
    Rational,
    Symbol,
    Tuple,
    cos,
    exp,
    log,
    sign,
    sin,
    sqrt,
    tanh,
)
from sympy.core.symbol import Str

from claims.sam_normalization.losses import quadratics, smooth_convex, smooth_strongly_convex
from claims.sam_normalization.setting import L, alpha, beta, eta, gd_step, rho, sam_step, usam_step, w, w0
from verify.statement.claim import Claim, FamilyHint, Hints, Reading
from verify.statement.formula import (
    Bounded,
    Converges,
    Diverges,
    FromAlmostEveryStart,
    FromEveryStart,
    LimSup,
    ThereIsLoss,
)
from verify.statement.system import System, time
from verify.statement.vectors import Inner, Norm, Vector

Truth = Literal["vacuous", "refuted", "ill-posed", "proved", "beyond", "readings disagree"]

x, y, z, a, b, c, n, s, x0, y0 = (
    Symbol(name, real=True) for name in ("x", "y", "z", "a", "b", "c", "n", "s", "x0", "y0")
)
u, v = Vector("u"), Vector("v")


def printed(kind: type[sp.core.relational.Relational], left: Any, right: Any) -> Any:
    """A relation that SymPy leaves as it is."""
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


halving = System("halving", (x,), (x / 2,))
counter = System("counter", (n,), (n + 1,))
negation = System("negation", (x,), (-x,))
newton = System("Newton's method for the square root of 2", (x,), ((x + 2 / x) / 2,))
inverse = System("inverse", (x,), (1 / (x - 3),))
two_coordinates = System("two coordinates", (x, y), (x + y, y))
gradient = L.gradient(w)

#: The unit square, for violations that are hard to hit.
square = (Ge(x, 0), Le(x, 1), Ge(y, 0), Le(y, 1))

CALIBRATION: list[tuple[Claim, Truth]] = [
    # --- vacuous: no point meets the assumptions ---------------------------------------------------------------------
    (Claim("empty-interval", given=[x > 1, x < 0], show=x**2 > 5), "vacuous"),
    (Claim("touching-open-ends", given=[x > 1, x <= 1], show=Eq(x, 7)), "vacuous"),
    (Claim("negative-square", given=[printed(Lt, x**2 + y**2, 0)], show=x > y), "vacuous"),
    (Claim("disc-beside-line", given=[x**2 + y**2 <= 1, x + y >= 2], show=Eq(x, y)), "vacuous"),
    (Claim("mean-above-mean", given=[a >= 0, b >= 0, 4 * a * b > (a + b) ** 2], show=a > b), "vacuous"),
    (Claim("root-of-negative", given=[x <= -1, printed(Ge, sqrt(x), 0)], show=Eq(x, 0)), "vacuous"),
    (Claim("size-below-zero", given=[printed(Lt, Abs(x) + Abs(y), -1)], show=x > 0), "vacuous"),
    (
        Claim(
            "strong-convexity-above-smoothness",
            given=[alpha > 0, beta > 0, alpha > beta],
            over=(w, smooth_strongly_convex(alpha, beta)),
            show=printed(Le, L(w), 0),
        ),
        "vacuous",
    ),
    # --- refuted: a point meets the assumptions and fails the conclusion ---------------------------------------------
    (Claim("square-above-one", given=[x >= 1, x <= 3], show=x**2 > 1), "refuted"),
    (Claim("product-below-one", given=square, show=x * y < 1), "refuted"),
    (Claim("cube-above-square", given=[x > 0], show=x**3 >= x**2), "refuted"),
    (Claim("sign-of-sum", given=[], over=(x, y), show=printed(Eq, sign(x + y), sign(x) + sign(y))), "refuted"),
    (Claim("min-of-products", over=(x, y), show=printed(Le, Min(x, y) ** 2, x * y)), "refuted"),
    (Claim("root-of-sum", given=[x >= 0, y >= 0], show=printed(Ge, sqrt(x + y), sqrt(x) + sqrt(y))), "refuted"),
    (Claim("either-side", over=x, show=Or(x > 0, x < 0)), "refuted"),
    (Claim("order-of-squares", over=(x, y), show=Equivalent(x < y, x**2 < y**2)), "refuted"),
    (Claim("sine-below-half", given=[x >= 0, x <= 3], show=printed(Le, sin(x), x / 2)), "refuted"),
    (Claim("exponential-below-cube", given=[x >= 0, x <= 10], show=printed(Le, exp(x), 100 + x**3)), "refuted"),
    (Claim("logarithm-below-line", given=[x > 0, x <= 2], show=printed(Le, log(x), x - Rational(11, 10))), "refuted"),
    (
        Claim(
            "thin-disc",
            given=square,
            show=printed(Gt, (x - Rational(1, 3)) ** 2 + (y - Rational(2, 7)) ** 2, Rational(1, 10000)),
        ),
        "refuted",
    ),
    (Claim("thin-strip", given=square, show=Or(x + y < Rational(99, 100), x + y > 1)), "refuted"),
    (
        Claim(
            "mixed-parts",
            over=x,
            show={"square": printed(Ge, x**2 - 2 * x + 1, 0), "linear": x >= -1000, "size": printed(Ge, Abs(x), x)},
        ),
        "refuted",
    ),
    (
        Claim("never-57", step=counter, start={n: Integer(0)}, show=Ne(n, 57)),
        "refuted",
    ),
    (Claim("third-iterate", given=[Gt(x0, 0)], step=halving, start={x: x0}, show=printed(Ge, x, x0 / 4)), "refuted"),
    (
        Claim(
            "sum-stays-below-two",
            given=[x0 >= 0, y0 >= 0, x0 + y0 <= 1],
            step=two_coordinates,
            start={x: x0, y: y0},
            show=x <= 2,
        ),
        "refuted",
    ),
    (
        Claim(
            "gd-past-two",
            given=[beta > 0, eta > 0],
            over=quadratics(beta),
            step=gd_step,
            start={w: w0},
            show=Equivalent(FromEveryStart(Converges(w)), eta < 3 / beta),
        ),
        "refuted",
    ),
    (
        Claim(
            "descent-with-any-step",
            given=[beta > 0, eta > 0],
            over=smooth_convex(beta),
            step=gd_step,
            show=printed(Le, L(gd_step.next[0]), L(w)),
        ),
        "refuted",
    ),
    (
        Claim(
            "triangle-reversed",
            over=(w, smooth_convex(beta)),
            given=[beta > 0],
            show=printed(Le, Norm(gradient) + Norm(w), Norm(gradient + w)),
        ),
        "refuted",
    ),
    (
        Claim(
            "neighborhood-for-every-step",
            given=[beta > 0, eta > 0, rho >= 0, eta < 2 / beta],
            over=smooth_strongly_convex(alpha, beta),
            step=sam_step,
            start={w: w0},
            show=Bounded(LimSup(Norm(w - L.minimizer)), rho, Tuple(alpha, beta, Str("L")), Str("constant")),
            hints=Hints(
                families=(
                    FamilyHint(
                        index=n,
                        values={
                            "alpha": sp.S.One,
                            "beta": sp.S.One,
                            "eta": 2 - 1 / n,
                            "rho": sp.S.One,
                            "w0": 2 * n - 1,
                        },
                        loss=("quadratic", {"h": sp.S.One}),
                        steps="cycle",
                    ),
                )
            ),
        ),
        "refuted",
    ),
    # --- ill-posed: the conclusion has no value at an admissible point ----------------------------------------------
    (Claim("inverse-at-a-corner", given=[x >= 0, x <= 1], show=printed(Ge, 1 / x, 1)), "ill-posed"),
    (Claim("pole-inside", given=[x >= -2, x <= 2], show=printed(Ge, 1 / (x - 1) ** 2, Rational(1, 9))), "ill-posed"),
    (Claim("root-below-zero", given=[x >= -1, x <= 1], show=printed(Ge, sqrt(x), 0)), "ill-posed"),
    (Claim("difference-quotient", given=square, show=printed(Ge, (x**3 - y**3) / (x - y), 0)), "ill-posed"),
    (Claim("square-in-a-denominator", given=[x >= -1, x <= 1], show=printed(Gt, 1 / x**2, 0)), "ill-posed"),
    (Claim("sign-by-division", given=[x >= 0], show=printed(Ge, x / Abs(x), 0)), "ill-posed"),
    (Claim("logarithm-of-zero", given=[x >= 0, x <= 1], show=printed(Le, log(x), 0)), "ill-posed"),
    (
        Claim(
            "normalised-gradient",
            given=[beta > 0],
            over=(w, smooth_convex(beta)),
            show=printed(Le, Norm(gradient / Norm(gradient)), 1),
        ),
        "ill-posed",
    ),
    # --- proved: true, and within the provers' reach ----------------------------------------------------------------
    (Claim("completed-square", over=(x, y), show=printed(Ge, x**2 - 2 * x * y + y**2, 0)), "proved"),
    (Claim("means", given=[a >= 0, b >= 0], show=printed(Ge, (a + b) ** 2, 4 * a * b)), "proved"),
    (Claim("strict-inside", given=[x > 1], show=x**2 > 1), "proved"),
    (Claim("root-below-mean", given=[x >= 0], show=printed(Le, sqrt(x), (1 + x) / 2)), "proved"),
    (Claim("root-of-a-product", given=[x >= 0, y >= 0], show=printed(Le, sqrt(x * y), (x + y) / 2)), "proved"),
    (Claim("triangle", over=(x, y), show=printed(Le, Abs(x + y), Abs(x) + Abs(y))), "proved"),
    (Claim("min-and-max", over=(x, y), show=printed(Eq, Min(x, y) + Max(x, y), x + y)), "proved"),
    (Claim("sign-times-size", over=x, show=printed(Eq, sign(x) * Abs(x), x)), "proved"),
    (Claim("large-or-small", over=x, show=Or(printed(Ge, x, x**2), x < 0, x > 1)), "proved"),
    (Claim("inverse-order", given=[x > 0, y > 0], show=Equivalent(x < y, printed(Lt, 1 / y, 1 / x))), "proved"),
    (Claim("bounded-implies-bounded", over=(x, y), show=Implies(And(x > 2, y > 3), x * y > 6)), "proved"),
    (
        Claim("proved-parts", over=x, show={"square": printed(Ge, x**2 + 1, 2 * x), "size": printed(Ge, Abs(x), x)}),
        "proved",
    ),
    (
        Claim(
            "halving-stays",
            given=[x0 >= 0, x0 <= 5],
            step=halving,
            start={x: x0},
            show=And(x >= 0, x <= 5),
            hints=Hints(invariant=(x >= 0, x <= 5)),
        ),
        "proved",
    ),
    (
        Claim(
            "newton-stays-above",
            given=[x0 >= 1],
            step=newton,
            start={x: x0},
            show=x >= 1,
            hints=Hints(invariant=(x >= 1,)),
        ),
        "proved",
    ),
    (
        Claim(
            "counter-is-the-time",
            given=[],
            step=counter,
            start={n: Integer(0)},
            show=printed(Eq, n, time),
            hints=Hints(invariant=(printed(Eq, n, time),)),
        ),
        "proved",
    ),
    (
        Claim("cauchy-schwarz", over=(u, v), show=printed(Le, Inner(u, v) ** 2, Norm(u) ** 2 * Norm(v) ** 2)),
        "proved",
    ),
    (
        Claim(
            "parallelogram",
            over=(u, v),
            show=printed(Eq, Norm(u + v) ** 2 + Norm(u - v) ** 2, 2 * Norm(u) ** 2 + 2 * Norm(v) ** 2),
        ),
        "proved",
    ),
    (
        Claim(
            "gd-below-two",
            given=[beta > 0, eta > 0],
            over=quadratics(beta),
            step=gd_step,
            start={w: w0},
            show=Equivalent(FromEveryStart(Converges(w)), eta < 2 / beta),
        ),
        "proved",
    ),
    (
        Claim(
            "usam-diverges-somewhere",
            given=[alpha > 0, beta > 0, eta > 0, rho >= 0, eta * beta * (1 + rho * beta) > 2],
            over=smooth_strongly_convex(alpha, beta),
            step=usam_step,
            start={w: w0},
            show=ThereIsLoss(FromAlmostEveryStart(Diverges(w))),
            hints=Hints(exhibit=("quadratic", {"h": beta})),
        ),
        "proved",
    ),
    (
        Claim(
            "limit-of-a-quotient",
            given=[a > 0],
            show=printed(Eq, Limit((sqrt(a + s) - sqrt(a)) / s, s, 0, "+"), 1 / (2 * sqrt(a))),
            hints=Hints(limit=1 / (sqrt(a + s) + sqrt(a))),
        ),
        "proved",
    ),
    # --- proved by calculus -----------------------------------------------------------------------------------------
    (Claim("exponential-above-tangent", over=x, show=printed(Ge, exp(x), 1 + x)), "proved"),
    (Claim("hyperbolic-tangent", given=[x >= 0], show=printed(Le, tanh(x), x)), "proved"),
    (Claim("pythagoras", over=x, show=printed(Eq, sin(x) ** 2 + cos(x) ** 2, 1)), "proved"),
    (Claim("logarithm-below-tangent", given=[x > 0], show=printed(Le, log(x), x - 1)), "proved"),
    (Claim("sine-below-angle", given=[x >= 0], show=printed(Le, sin(x), x)), "proved"),
    # --- true, and beyond the provers' reach: they must not fall ----------------------------------------------------
    (Claim("double-angle", over=x, show=printed(Le, sin(x) * sin(2 * x), Rational(4, 5))), "beyond"),
    (Claim("almost-periodic", over=x, show=printed(Gt, cos(x) + cos(sqrt(2) * x), -2)), "beyond"),
    (
        Claim(
            "halving-tends-down", given=[x0 >= 1], step=halving, start={x: x0}, show=printed(Le, x, x0 * 2 ** (-time))
        ),
        "beyond",
    ),
    (
        Claim("negation-returns", given=[Ne(x0, 0)], step=negation, start={x: x0}, show=printed(Le, Abs(x), Abs(x0))),
        "beyond",
    ),
    # --- a phrase with two meanings, one true and one false ---------------------------------------------------------
    (
        Claim(
            "larger",
            given=[x >= 1],
            readings={
                "weak": Reading("“larger” allows equality", printed(Ge, x**2, x)),
                "strict": Reading("“larger” is strict", printed(Gt, x**2, x)),
            },
        ),
        "readings disagree",
    ),
]

#: The claims alone: `verify list tests/calibration/calibration.py`.
CLAIMS: list[Claim] = [claim for claim, _ in CALIBRATION]
