"""Inequalities with exponentials, logarithms and trigonometric functions."""

from __future__ import annotations

from sympy import Ge, Gt, Le, Max, Rational, cosh, exp, log, pi, sin

from claims.textbook.setting import boyd_vandenberghe, hoeffding, mitrinovic, mwu, nesterov, relation, x, y
from verify.statement.claim import Claim

log_sum_exp = log(exp(x) + exp(y))
curvature = exp(x) / (1 + exp(x)) ** 2

CLAIMS = [
    Claim(
        "exponential-tangent",
        title="The exponential lies above its tangent at 0",
        source=boyd_vandenberghe.at("Section 3.1.3, first-order condition, at 0"),
        over=x,
        show=relation(Ge, exp(x), 1 + x),
    ),
    Claim(
        "logarithm-tangent",
        title="The logarithm lies below its tangent at 1",
        source=boyd_vandenberghe.at("Section 3.1.3, first-order condition, at 1"),
        given=[Gt(x, 0)],
        show=relation(Le, log(x), x - 1),
    ),
    Claim(
        "negative-entropy",
        title="The negative entropy lies above its tangent at 1",
        source=boyd_vandenberghe.at("Section 3.1.5, negative entropy"),
        given=[Gt(x, 0)],
        show=relation(Ge, x * log(x), x - 1),
    ),
    Claim(
        "log-sum-exp",
        title="Log-sum-exp is within log 2 of the maximum",
        source=boyd_vandenberghe.at("Section 3.1.5, p. 72"),
        over=(x, y),
        show={
            "below": relation(Le, Max(x, y), log_sum_exp),
            "above": relation(Le, log_sum_exp, Max(x, y) + log(2)),
        },
    ),
    Claim(
        "log-sum-exp-closer",
        title="Log-sum-exp is within 2/3 of the maximum",
        source=boyd_vandenberghe.at("Section 3.1.5, p. 72, with log 2 rounded down"),
        over=(x, y),
        show=relation(Le, log_sum_exp, Max(x, y) + Rational(2, 3)),
    ),
    Claim(
        "exponential-quadratic",
        title="The exponential below 1 + x + x^2",
        source=mwu.at("Section 2.2, proof of Theorem 2.3"),
        given=[Le(x, 1)],
        show=relation(Le, exp(x), 1 + x + x**2),
    ),
    Claim(
        "exponential-quadratic-everywhere",
        title="The same without an upper bound on x",
        source=mwu.at("Section 2.2, with the range left out"),
        over=x,
        show=relation(Le, exp(x), 1 + x + x**2),
    ),
    Claim(
        "hoeffding",
        title="The moment generating function of a random sign",
        source=hoeffding.at("Section 4, Lemma 1, for a random sign"),
        over=x,
        show=relation(Le, cosh(x), exp(x**2 / 2)),
    ),
    Claim(
        "hoeffding-sharper",
        title="The same with 5/12 in place of 1/2",
        source=hoeffding.at("Section 4, Lemma 1, with a smaller variance"),
        over=x,
        show=relation(Le, cosh(x), exp(Rational(5, 12) * x**2)),
    ),
    Claim(
        "jordan",
        title="Jordan's inequality",
        source=mitrinovic.at("Section 2.3.1"),
        given=[Ge(x, 0), relation(Le, x, pi / 2)],
        show=relation(Ge, sin(x), 2 * x / pi),
    ),
    Claim(
        "jordan-beyond",
        title="Jordan's inequality on a longer interval",
        source=mitrinovic.at("Section 2.3.1, with the end rounded up"),
        given=[Ge(x, 0), Le(x, Rational(8, 5))],
        show=relation(Ge, sin(x), 2 * x / pi),
    ),
    Claim(
        "self-concordance",
        title="The function omega of self-concordance grows quadratically",
        source=nesterov.at("Lemma 4.1.4, the lower bound on omega(t) = t - log(1 + t)"),
        given=[Ge(x, 0)],
        show=relation(Ge, x - log(1 + x), x**2 / (2 * (1 + x))),
    ),
    Claim(
        "logistic-curvature",
        title="The logistic loss is 1/4-smooth",
        source=boyd_vandenberghe.at("Section 7.1.1, logistic regression, its second derivative"),
        over=x,
        show=relation(Le, curvature, Rational(1, 4)),
    ),
    Claim(
        "logistic-curvature-sharper",
        title="The logistic loss is 6/25-smooth",
        source=boyd_vandenberghe.at("Section 7.1.1, logistic regression, with a smaller constant"),
        over=x,
        show=relation(Le, curvature, Rational(6, 25)),
    ),
]
