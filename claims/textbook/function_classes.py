"""What smoothness, convexity and their relatives say of a loss at two points."""

from __future__ import annotations

from sympy import Ge, Gt, Le, Lt

from claims.sam_normalization.pl import quadratic_growth
from claims.textbook.classes import smooth, smooth_convex, smooth_pl, smooth_strongly_convex
from claims.textbook.setting import (
    L,
    alpha,
    bauschke_combettes,
    beck,
    beta,
    boyd_vandenberghe,
    bubeck,
    karimi,
    mu,
    nesterov,
    relation,
    v,
    w,
)
from verify.statement.claim import Claim, Hints
from verify.statement.vectors import Inner, Norm

slope_v, slope_w = L.gradient(v), L.gradient(w)
difference = slope_v - slope_w
linear = L(w) + Inner(slope_w, v - w)
constants = (Gt(alpha, 0), Gt(beta, 0))
#: Of equal constants the class holds one quadratic up to translation, and 1/(beta - alpha) has no value.
distinct = (Gt(alpha, 0), Lt(alpha, beta))

CLAIMS = [
    Claim(
        "descent-lemma",
        title="The descent lemma",
        source=beck.at("Lemma 5.7"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth(beta)),
        show=relation(Le, L(v), linear + beta / 2 * Norm(v - w) ** 2),
    ),
    Claim(
        "descent-lemma-sharper",
        title="The descent lemma with beta/3 in place of beta/2",
        source=beck.at("Lemma 5.7, with a smaller constant"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth(beta)),
        show=relation(Le, L(v), linear + beta / 3 * Norm(v - w) ** 2),
    ),
    Claim(
        "interpolation",
        title="A convex, smooth loss lies above its tangents, and by how much",
        source=nesterov.at("Theorem 2.1.5, (2.1.7)"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth_convex(beta)),
        show=relation(Ge, L(v), linear + Norm(difference) ** 2 / (2 * beta)),
    ),
    Claim(
        "interpolation-sharper",
        title="The same with 1/beta in place of 1/(2 beta)",
        source=nesterov.at("Theorem 2.1.5, (2.1.7), with the factor 2 lost"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth_convex(beta)),
        show=relation(Ge, L(v), linear + Norm(difference) ** 2 / beta),
    ),
    Claim(
        "co-coercivity",
        title="The gradient of a convex, smooth loss is co-coercive (Baillon and Haddad)",
        source=bauschke_combettes.at("Corollary 18.17"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth_convex(beta)),
        show=relation(Ge, Inner(difference, v - w), Norm(difference) ** 2 / beta),
    ),
    Claim(
        "co-coercivity-without-convexity",
        title="The same without convexity",
        source=bauschke_combettes.at("Corollary 18.17, with its hypothesis left out"),
        given=[Gt(beta, 0)],
        over=(w, v, smooth(beta)),
        show=relation(Ge, Inner(difference, v - w), Norm(difference) ** 2 / beta),
    ),
    Claim(
        "strong-co-coercivity",
        title="Co-coercivity with strong convexity",
        source=bubeck.at("Lemma 3.11"),
        given=distinct,
        over=(w, v, smooth_strongly_convex(alpha, beta)),
        show=relation(
            Ge,
            Inner(difference, v - w),
            alpha * beta / (alpha + beta) * Norm(v - w) ** 2 + Norm(difference) ** 2 / (alpha + beta),
        ),
    ),
    Claim(
        "strong-co-coercivity-sharper",
        title="The same with alpha in place of alpha beta/(alpha + beta)",
        source=bubeck.at("Lemma 3.11, with both bounds added"),
        given=distinct,
        over=(w, v, smooth_strongly_convex(alpha, beta)),
        show=relation(Ge, Inner(difference, v - w), alpha * Norm(v - w) ** 2 + Norm(difference) ** 2 / (alpha + beta)),
    ),
    Claim(
        "gap-below-gradient",
        title="Strong convexity bounds the gap by the gradient: it implies the PL inequality",
        source=boyd_vandenberghe.at("Section 9.1.2, (9.9)"),
        given=constants,
        over=(w, smooth_strongly_convex(alpha, beta)),
        show=relation(Le, L(w) - L(L.minimizer), Norm(slope_w) ** 2 / (2 * alpha)),
        hints=Hints(squares=(slope_w - alpha * (w - L.minimizer),)),
    ),
    Claim(
        "gap-below-gradient-sharper",
        title="The same with 3 alpha in place of 2 alpha",
        source=boyd_vandenberghe.at("Section 9.1.2, (9.9), with a smaller constant"),
        given=constants,
        over=(w, smooth_strongly_convex(alpha, beta)),
        show=relation(Le, L(w) - L(L.minimizer), Norm(slope_w) ** 2 / (3 * alpha)),
    ),
    Claim(
        "gradient-below-gap",
        title="Smoothness bounds the gradient by the gap",
        source=nesterov.at("Theorem 2.1.5, (2.1.7), at a minimizer"),
        given=[Gt(beta, 0)],
        over=(w, smooth_convex(beta)),
        show=relation(Le, Norm(slope_w) ** 2, 2 * beta * (L(w) - L(L.minimizer))),
    ),
    Claim(
        "pl-implies-convex",
        title="A PL loss has a monotone gradient",
        source=karimi.at("Section 2.1, the converse of strong convexity implying PL"),
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=(w, v, smooth_pl(mu, beta)),
        show=relation(Ge, Inner(difference, v - w), 0),
    ),
    Claim(
        "pl-quadratic-growth",
        title="A PL loss grows quadratically with the distance from its minimizers",
        source=karimi.at("Theorem 2"),
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=(w, smooth_pl(mu, beta)),
        show=relation(Ge, L(w) - L.minimum, mu / 2 * Norm(w - L.projection(w)) ** 2),
        hints=quadratic_growth,
    ),
    Claim(
        "pl-quadratic-growth-twice",
        title="The same with mu in place of mu/2",
        source=karimi.at("Theorem 2, with a larger constant"),
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=(w, smooth_pl(mu, beta)),
        show=relation(Ge, L(w) - L.minimum, mu * Norm(w - L.projection(w)) ** 2),
    ),
]
