"""Proximal steps: p is the proximal point of p + eta grad L(p); and the proximal map of the absolute value."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Le, Max, Min, sign

from claims.textbook.classes import smooth_convex, smooth_strongly_convex
from claims.textbook.setting import (
    L,
    alpha,
    bauschke_combettes,
    beck,
    beta,
    eta,
    lam,
    relation,
    step_size,
    v,
    w,
    x,
    y,
)
from verify.statement.claim import Claim, Hints
from verify.statement.vectors import Inner, Norm

#: w and v are the proximal points of these.
before_w, before_v = w + eta * L.gradient(w), v + eta * L.gradient(v)
difference = L.gradient(w) - L.gradient(v)
soft = sign(x) * Max(Abs(x) - lam, 0)
#: x where |x| > lambda, and 0 elsewhere.
hard = x * Max(0, sign(Abs(x) - lam))

CLAIMS = [
    Claim(
        "proximal-firmly-nonexpansive",
        title="A proximal map is firmly nonexpansive",
        source=bauschke_combettes.at("Proposition 12.28"),
        given=step_size,
        over=(w, v, smooth_convex(beta)),
        show=relation(Le, Norm(w - v) ** 2, Inner(w - v, before_w - before_v)),
    ),
    Claim(
        "proximal-firmly-nonexpansive-twice",
        title="The same with a factor 2",
        source=bauschke_combettes.at("Proposition 12.28, with a factor 2"),
        given=step_size,
        over=(w, v, smooth_convex(beta)),
        show=relation(Le, 2 * Norm(w - v) ** 2, Inner(w - v, before_w - before_v)),
    ),
    Claim(
        "proximal-decrease",
        title="What one proximal step gains",
        source=beck.at("Theorem 10.9 with f = 0, exact for a proximal step"),
        given=step_size,
        over=(w, smooth_convex(beta)),
        show=relation(Le, L(w), L(before_w) - eta * Norm(L.gradient(w)) ** 2),
        hints=Hints(squares=(L.gradient(before_w) - L.gradient(w),)),
    ),
    Claim(
        "proximal-decrease-larger",
        title="The same with twice the gain",
        source=beck.at("Theorem 10.9 with f = 0, with a factor 2"),
        given=step_size,
        over=(w, smooth_convex(beta)),
        show=relation(Le, L(w), L(before_w) - 2 * eta * Norm(L.gradient(w)) ** 2),
    ),
    Claim(
        "proximal-contraction",
        title="The proximal map of a strongly convex loss contracts by 1/(1 + eta alpha)",
        source=bauschke_combettes.at("Proposition 23.13"),
        given=[Gt(alpha, 0), Gt(beta, 0), Gt(eta, 0)],
        over=(w, v, smooth_strongly_convex(alpha, beta)),
        show=relation(Le, (1 + eta * alpha) ** 2 * Norm(w - v) ** 2, Norm(before_w - before_v) ** 2),
        hints=Hints(
            squares=(difference - alpha * (w - v),),
            lemmas=(relation(Ge, Inner(difference, w - v), alpha * Norm(w - v) ** 2),),
        ),
    ),
    Claim(
        "proximal-contraction-better",
        title="The same with 1/(1 + 2 eta alpha)",
        source=bauschke_combettes.at("Proposition 23.13, with twice the constant"),
        given=[Gt(alpha, 0), Gt(beta, 0), Gt(eta, 0)],
        over=(w, v, smooth_strongly_convex(alpha, beta)),
        show=relation(Le, (1 + 2 * eta * alpha) ** 2 * Norm(w - v) ** 2, Norm(before_w - before_v) ** 2),
    ),
    Claim(
        "soft-thresholding",
        title="Soft thresholding is the proximal map of the absolute value",
        source=beck.at("Example 6.8"),
        given=[Ge(lam, 0)],
        over=(x, y),
        show=relation(Le, lam * Abs(soft) + (soft - x) ** 2 / 2, lam * Abs(y) + (y - x) ** 2 / 2),
    ),
    Claim(
        "hard-thresholding",
        title="The same of hard thresholding",
        source=beck.at("Example 6.8, with the map of Example 6.10"),
        given=[Ge(lam, 0)],
        over=(x, y),
        show=relation(Le, lam * Abs(hard) + (hard - x) ** 2 / 2, lam * Abs(y) + (y - x) ** 2 / 2),
    ),
    Claim(
        "moreau",
        title="Moreau's decomposition of the absolute value",
        source=beck.at("Theorem 6.45, for the absolute value"),
        given=[Ge(lam, 0)],
        over=x,
        show=relation(Eq, soft + Max(-lam, Min(x, lam)), x),
    ),
]
