"""Inequalities between means, products and norms."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Le, Max, Min, Rational, sqrt

from claims.textbook.setting import (
    a,
    b,
    bauschke_combettes,
    c,
    hardy,
    lam,
    luenberger,
    mitrinovic,
    motzkin,
    relation,
    rudin,
    u,
    v,
    x,
    y,
    z,
)
from verify.statement.claim import Claim
from verify.statement.vectors import Inner, Norm

positive = (Gt(x, 0), Gt(y, 0), Gt(z, 0))
nonnegative = (Ge(x, 0), Ge(y, 0), Ge(z, 0))

CLAIMS = [
    Claim(
        "am-gm",
        title="The geometric mean is at most the arithmetic mean",
        source=hardy.at("Theorem 9, for two numbers"),
        given=nonnegative[:2],
        show=relation(Le, sqrt(x * y), (x + y) / 2),
    ),
    Claim(
        "am-gm-three",
        title="The means of three numbers",
        source=hardy.at("Theorem 9, for three numbers, cubed"),
        given=nonnegative,
        show=relation(Ge, (x + y + z) ** 3, 27 * x * y * z),
    ),
    Claim(
        "am-gm-of-all-signs",
        title="The same without asking for numbers >= 0, which for two numbers does no harm",
        source=hardy.at("Theorem 9, with its hypothesis left out"),
        over=(x, y, z),
        show=relation(Ge, (x + y + z) ** 3, 27 * x * y * z),
    ),
    Claim(
        "harmonic-mean",
        title="The harmonic mean is at most the geometric mean",
        source=hardy.at("Theorem 16, for r = -1 and r = 0"),
        given=positive[:2],
        show=relation(Le, 2 * x * y / (x + y), sqrt(x * y)),
    ),
    Claim(
        "power-mean",
        title="The cubic mean is at least the quadratic mean",
        source=hardy.at("Theorem 16, for r = 2 and r = 3, sixth powers"),
        given=nonnegative[:2],
        show=relation(Le, ((x**2 + y**2) / 2) ** 3, ((x**3 + y**3) / 2) ** 2),
    ),
    Claim(
        "chebyshev",
        title="Two numbers in the same order",
        source=hardy.at("Theorem 43, for two numbers"),
        given=[Ge(x, y), Ge(a, b)],
        show=relation(Le, (x + y) * (a + b), 2 * (x * a + y * b)),
    ),
    Claim(
        "schur",
        title="Schur's inequality of degree 3",
        source=hardy.at("Theorem 80, for mu = 1"),
        given=nonnegative,
        show=relation(Ge, x * (x - y) * (x - z) + y * (y - z) * (y - x) + z * (z - x) * (z - y), 0),
    ),
    Claim(
        "nesbitt",
        title="Nesbitt's inequality",
        source=mitrinovic.at("Section 2.12"),
        given=positive,
        show=relation(Ge, x / (y + z) + y / (z + x) + z / (x + y), Rational(3, 2)),
    ),
    Claim(
        "nesbitt-sharper",
        title="Nesbitt's inequality with 31/20 in place of 3/2",
        source=mitrinovic.at("Section 2.12, with a larger constant"),
        given=positive,
        show=relation(Ge, x / (y + z) + y / (z + x) + z / (x + y), Rational(31, 20)),
    ),
    Claim(
        "motzkin",
        title="Motzkin's polynomial, which is no sum of squares, is not negative",
        source=motzkin.at("p. 217"),
        over=(x, y),
        show=relation(Ge, x**4 * y**2 + x**2 * y**4 + 1 - 3 * x**2 * y**2, 0),
    ),
    Claim(
        "motzkin-larger",
        title="The same with 13/4 in place of 3",
        source=motzkin.at("p. 217, with a larger coefficient"),
        over=(x, y),
        show=relation(Ge, x**4 * y**2 + x**2 * y**4 + 1 - Rational(13, 4) * x**2 * y**2, 0),
    ),
    Claim(
        "young",
        title="Young's inequality with a parameter",
        source=hardy.at("Theorem 61, for k = 2, scaled"),
        given=[Gt(c, 0)],
        over=(x, y),
        show=relation(Le, x * y, c * x**2 / 2 + y**2 / (2 * c)),
    ),
    Claim(
        "young-three",
        title="Young's inequality for the exponents 3 and 3/2",
        source=hardy.at("Theorem 61, for k = 3"),
        given=nonnegative[:2],
        show=relation(Le, x * y, x**3 / 3 + 2 * y * sqrt(y) / 3),
    ),
    Claim(
        "young-not-conjugate",
        title="Young's inequality for exponents that are not conjugate",
        source=hardy.at("Theorem 61, with k = k' = 3"),
        given=nonnegative[:2],
        show=relation(Le, x * y, x**3 / 3 + y**3 / 3),
    ),
    Claim(
        "bernoulli-half",
        title="Bernoulli's inequality for the exponent 1/2",
        source=hardy.at("Theorem 42, for r = 1/2"),
        given=[Ge(x, -1)],
        show=relation(Le, sqrt(1 + x), 1 + x / 2),
    ),
    Claim(
        "kantorovich",
        title="Kantorovich's inequality in the plane",
        source=luenberger.at("Section 8.2, Kantorovich inequality, two eigenvalues"),
        given=[Gt(a, 0), Ge(b, a)],
        over=(x, y),
        show=relation(
            Le, (a * x**2 + b * y**2) * (x**2 / a + y**2 / b), (a + b) ** 2 / (4 * a * b) * (x**2 + y**2) ** 2
        ),
    ),
    Claim(
        "cauchy-schwarz",
        title="The Cauchy-Schwarz inequality",
        source=rudin.at("Theorem 1.35"),
        over=(u, v),
        show=relation(Le, Abs(Inner(u, v)), Norm(u) * Norm(v)),
    ),
    Claim(
        "cauchy-schwarz-space",
        title="The Cauchy-Schwarz inequality in coordinates of the plane",
        source=rudin.at("Theorem 1.35"),
        over=(x, y, a, b),
        show=relation(Le, (x * a + y * b) ** 2, (x**2 + y**2) * (a**2 + b**2)),
    ),
    Claim(
        "triangle-below",
        title="The triangle inequality from below",
        source=rudin.at("Theorem 1.37 (f) and Exercise 1.13"),
        over=(u, v),
        show=relation(Le, Abs(Norm(u) - Norm(v)), Norm(u - v)),
    ),
    Claim(
        "convex-combination",
        title="The squared norm of a convex combination",
        source=bauschke_combettes.at("Corollary 2.15"),
        over=(u, v, lam),
        show=relation(
            Eq,
            Norm(lam * u + (1 - lam) * v) ** 2,
            lam * Norm(u) ** 2 + (1 - lam) * Norm(v) ** 2 - lam * (1 - lam) * Norm(u - v) ** 2,
        ),
    ),
    Claim(
        "square-of-a-sum",
        title="The square of a sum of norms, with the factor 2 forgotten",
        source=bauschke_combettes.at("Section 2.1, with the factor of |u + v|^2 <= 2 |u|^2 + 2 |v|^2 left out"),
        over=(u, v),
        show=relation(Le, Norm(u + v) ** 2, Norm(u) ** 2 + Norm(v) ** 2),
    ),
    Claim(
        "clip-is-nonexpansive",
        title="The projection onto an interval is nonexpansive",
        source=bauschke_combettes.at("Proposition 4.16, on the line"),
        given=[Le(a, b)],
        over=(x, y),
        show=relation(Le, Abs(Max(a, Min(x, b)) - Max(a, Min(y, b))), Abs(x - y)),
    ),
]
