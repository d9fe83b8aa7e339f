"""Iterations of one or two numbers: Newton's method, the logistic map, means, and recursions of rates."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Implies, Integer, Le, Limit, Lt, Ne, Or, Rational, sqrt

from claims.textbook.setting import (
    C_bound,
    a,
    borwein,
    boyd_vandenberghe,
    concrete,
    h,
    h0,
    hardy,
    jaggi,
    k,
    p,
    r,
    relation,
    rudin,
    s,
    smale,
    strogatz,
    t,
    x,
    x0,
    y,
)
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import Eventually
from verify.statement.system import System

heron = System("Newton's method for the square root of a", (x,), ((x + a / x) / 2,))
(heron_next,) = heron.next
root = sqrt(a)

logistic = System("the logistic map", (x,), (r * x * (1 - x),))
wide = sqrt((r - 3) * (r + 1))
upper, lower = (r + 1 + wide) / (2 * r), (r + 1 - wide) / (2 * r)

newton_cubic = System("Newton's method for x^3 - 2x + 2", (x,), (x - (x**3 - 2 * x + 2) / (3 * x**2 - 2),))
newton_root = System("Newton's method for the minimum of sqrt(1 + x^2)", (x,), (-(x**3),))
nested = System("nested roots", (x,), (sqrt(2 + sqrt(x)),))
means = System("the arithmetic and the geometric mean", (x, y), ((x + y) / 2, sqrt(x * y)))
powers = System("the powers of 1 + a", (p,), (p * (1 + a),))
cubes = System("the sum of the first cubes", (s,), (s + (t + 1) ** 3,))
frank_wolfe = System(
    "the recursion of Frank and Wolfe",
    (h, k),
    ((1 - 2 / (k + 2)) * h + C_bound / 2 * (2 / (k + 2)) ** 2, k + 1),
)

CLAIMS = [
    Claim(
        "bernoulli",
        title="Bernoulli's inequality",
        source=hardy.at("Theorem 58, for natural exponents t"),
        given=[Ge(a, -1)],
        step=powers,
        start={p: Integer(1)},
        show=relation(Ge, p, 1 + t * a),
        hints=Hints(invariant=(Ge(t, 0), relation(Ge, p, 0), relation(Ge, p, 1 + t * a))),
    ),
    Claim(
        "bernoulli-everywhere",
        title="Bernoulli's inequality without a bound on a",
        source=hardy.at("Theorem 58, with its hypothesis left out"),
        over=a,
        step=powers,
        start={p: Integer(1)},
        show=relation(Ge, p, 1 + t * a),
    ),
    Claim(
        "heron-error",
        title="Newton's method for square roots converges quadratically",
        source=rudin.at("Exercise 3.16 (b)"),
        given=[Gt(a, 0), Gt(x, root)],
        step=heron,
        show=relation(Lt, heron_next - root, (x - root) ** 2 / (2 * root)),
    ),
    Claim(
        "heron-decreases",
        title="From above the root, Newton's method decreases and stays above it",
        source=rudin.at("Exercise 3.16 (a)"),
        given=[Gt(a, 0), Gt(x, root)],
        step=heron,
        show={"decreases": relation(Lt, heron_next, x), "stays above": relation(Gt, heron_next, root)},
    ),
    Claim(
        "heron-decreases-from-anywhere",
        title="The same from any positive start",
        source=rudin.at("Exercise 3.16 (a), with the bound on the start left out"),
        given=[Gt(a, 0), Gt(x, 0)],
        step=heron,
        show=relation(Le, heron_next, x),
    ),
    Claim(
        "heron-stays-above",
        title="After the first step, Newton's method stays above the root",
        source=rudin.at("Exercise 3.16 (a), from a positive start"),
        given=[Gt(a, 0), Gt(x0, 0)],
        step=heron,
        start={x: x0},
        show=Implies(Ge(t, 1), relation(Ge, x, root)),
        hints=Hints(invariant=(Gt(x, 0), Ge(t, 0), Or(relation(Le, t, 0), relation(Ge, x**2, a)))),
    ),
    Claim(
        "newton-converges",
        title="Newton's method for x^3 - 2x + 2 finds a root from every start in [0, 1]",
        source=smale.at("Section 1, the attracting cycle of x^3 - 2x + 2"),
        given=[Ge(x0, 0), Le(x0, 1)],
        step=newton_cubic,
        start={x: x0},
        show=Eventually(relation(Lt, x, -1)),
        hints=Hints(
            counterexamples=(Counterexample(values={"x0": Integer(0)}, invariant=(relation(Eq, x * (x - 1), 0),)),)
        ),
    ),
    Claim(
        "newton-without-damping",
        title="Newton's method without damping minimizes sqrt(1 + x^2)",
        source=boyd_vandenberghe.at("Section 9.5, with the line search left out"),
        over=x0,
        step=newton_root,
        start={x: x0},
        show=Eventually(relation(Lt, Abs(x), Rational(1, 2))),
        hints=Hints(counterexamples=(Counterexample(values={"x0": Integer(1)}, invariant=(relation(Eq, x**2, 1),)),)),
    ),
    Claim(
        "logistic-interval",
        title="The logistic map with r <= 4 keeps [0, 1]",
        source=strogatz.at("Section 10.2"),
        given=[Ge(r, 0), Le(r, 4), Ge(x0, 0), Le(x0, 1)],
        step=logistic,
        start={x: x0},
        show={"below": relation(Ge, x, 0), "above": relation(Le, x, 1)},
        hints=Hints(
            invariant=(relation(Ge, x, 0), relation(Le, x, 1)),
            lemmas=(relation(Le, 4 * x * (1 - x), 1), relation(Le, r * x * (1 - x), 4 * x * (1 - x))),
        ),
    ),
    Claim(
        "logistic-cycle",
        title="The logistic map has a cycle of two for r > 3",
        source=strogatz.at("Section 10.3, Example 10.3.2"),
        given=[Gt(r, 3)],
        show={
            "there": relation(Eq, r * upper * (1 - upper), lower),
            "back": relation(Eq, r * lower * (1 - lower), upper),
            "two points": relation(Ne, upper, lower),
        },
    ),
    Claim(
        "logistic-settles",
        title="The logistic map settles near its fixed point for every r <= 4",
        source=strogatz.at("Section 10.2, true for 1 < r <= 3"),
        given=[Gt(r, 1), Le(r, 4), Gt(x0, 0), Lt(x0, 1)],
        step=logistic,
        start={x: x0},
        show=Eventually(relation(Lt, Abs(x - (1 - 1 / r)), Rational(1, 8))),
        hints=Hints(
            counterexamples=(
                Counterexample(
                    values={"r": Rational(7, 2), "x0": Rational(3, 7)},
                    invariant=(relation(Eq, (7 * x - 3) * (7 * x - 6), 0),),
                ),
            )
        ),
    ),
    Claim(
        "nested-roots",
        title="Nested roots stay below 2",
        source=rudin.at("Exercise 3.3"),
        step=nested,
        start={x: sqrt(2)},
        show=relation(Lt, x, 2),
        hints=Hints(invariant=(relation(Ge, x, 0), relation(Lt, x, 2))),
    ),
    Claim(
        "nested-roots-lower",
        title="Nested roots stay below 9/5",
        source=rudin.at("Exercise 3.3, with a smaller bound"),
        step=nested,
        start={x: sqrt(2)},
        show=relation(Lt, x, Rational(9, 5)),
    ),
    Claim(
        "means-approach",
        title="The arithmetic and the geometric mean come at least twice as close in a step",
        source=borwein.at("Section 1.1"),
        given=[Gt(y, 0), Ge(x, y)],
        step=means,
        show={
            "ordered": relation(Ge, means.next[0], means.next[1]),
            "closer": relation(Le, means.next[0] - means.next[1], (x - y) / 2),
        },
    ),
    Claim(
        "means-approach-faster",
        title="They come at least four times as close",
        source=borwein.at("Section 1.1, with a smaller constant"),
        given=[Gt(y, 0), Ge(x, y)],
        step=means,
        show=relation(Le, means.next[0] - means.next[1], (x - y) / 4),
    ),
    Claim(
        "sum-of-cubes",
        title="The sum of the first cubes",
        source=concrete.at("Section 2.5, (2.37)"),
        step=cubes,
        start={s: Integer(0)},
        show=relation(Eq, s, (t * (t + 1) / 2) ** 2),
        hints=Hints(invariant=(relation(Eq, s, (t * (t + 1) / 2) ** 2),)),
    ),
    Claim(
        "frank-wolfe",
        title="The recursion of Frank and Wolfe decays like 2 C/(t + 2)",
        source=jaggi.at("Theorem 1, its proof"),
        given=[Gt(C_bound, 0), Ge(h0, 0)],
        step=frank_wolfe,
        start={h: h0, k: Integer(0)},
        show=Implies(Ge(t, 1), relation(Le, h, 2 * C_bound / (t + 2))),
        hints=Hints(
            invariant=(
                relation(Eq, k, t),
                Ge(t, 0),
                relation(Le, t * (t + 2) * h, 2 * C_bound * t),
            )
        ),
    ),
    Claim(
        "frank-wolfe-faster",
        title="The same with C/(t + 2)",
        source=jaggi.at("Theorem 1, with a smaller constant"),
        given=[Gt(C_bound, 0), Ge(h0, 0)],
        step=frank_wolfe,
        start={h: h0, k: Integer(0)},
        show=Implies(Ge(t, 1), relation(Le, h, C_bound / (t + 2))),
    ),
    Claim(
        "root-limit",
        title="sqrt(n^2 + n) - n tends to 1/2",
        source=rudin.at("Exercise 3.2, with s = 1/n"),
        given=[Gt(a, 0)],
        show=relation(Eq, Limit((sqrt(1 + s) - 1) / s, s, 0, "+"), Rational(1, 2)),
        hints=Hints(limit=1 / (sqrt(1 + s) + 1)),
    ),
]
