"""Gradient descent on smooth, convex, strongly convex and PL losses, with the best constants and with better ones."""

from __future__ import annotations

from sympy import Abs, Equivalent, Ge, Gt, Le, Lt, Max, Ne

from claims.textbook.classes import quadratics, smooth, smooth_convex, smooth_pl, smooth_strongly_convex
from claims.textbook.setting import (
    L,
    alpha,
    beta,
    bubeck,
    drori_teboulle,
    eta,
    gd_step,
    karimi,
    lam,
    mu,
    nesterov,
    polyak,
    relation,
    step_size,
    t,
    taylor,
    v,
    w,
    w0,
)
from verify.statement.claim import Claim, Hints
from verify.statement.formula import Converges, FromEveryStart
from verify.statement.system import System
from verify.statement.vectors import Inner, Norm

(w_next,) = gd_step.next
gradient = L.gradient(w)
squared = Norm(gradient) ** 2
least = L(L.minimizer)
gap, gap_next = L(w) - least, L(w_next) - least
distance, distance_next = Norm(w - L.minimizer), Norm(w_next - L.minimizer)

short_gd = System("GD with eta = 1/beta", (w,), (w - L.gradient(w) / beta,))
short_next = L(short_gd.next[0])
#: The second iterate.
first = w - gradient / beta
second = first - L.gradient(first) / beta

#: How far apart a step takes w and v.
apart = (w - eta * gradient) - (v - eta * L.gradient(v))

polyak_step = System("GD with Polyak's step", (w,), (w - gap / squared * gradient,), (Ne(Norm(gradient), 0),))
decrease = L(w) - eta * (1 - eta * beta / 2) * squared
along = Inner(gradient, w - L.minimizer)
rate = Max(1 - eta * alpha, eta * beta - 1)

CLAIMS = [
    # --- smooth -----------------------------------------------------------------------------------------------------
    Claim(
        "gd-decrease",
        title="What one step of gradient descent gains",
        source=nesterov.at("Section 1.2.3, (1.2.12)"),
        given=step_size,
        over=smooth(beta),
        step=gd_step,
        show=relation(Le, L(w_next), decrease),
    ),
    Claim(
        "gd-decrease-larger",
        title="The same with eta beta/4 in place of eta beta/2",
        source=nesterov.at("Section 1.2.3, (1.2.12), with a smaller constant"),
        given=step_size,
        over=smooth(beta),
        step=gd_step,
        show=relation(Le, L(w_next), L(w) - eta * (1 - eta * beta / 4) * squared),
    ),
    Claim(
        "gd-decrease-past-the-threshold",
        title="Gradient descent decreases a smooth convex loss for eta <= 9/(4 beta)",
        source=nesterov.at("Section 1.2.3, with the threshold 2/beta moved"),
        given=[*step_size, Le(eta, 9 / (4 * beta))],
        over=smooth_convex(beta),
        step=gd_step,
        show=relation(Le, L(w_next), L(w)),
    ),
    # --- convex -----------------------------------------------------------------------------------------------------
    Claim(
        "gd-nonexpansive",
        title="Gradient descent is nonexpansive on convex losses",
        source=polyak.at("Section 1.4, for two starts"),
        given=[*step_size, Le(eta, 2 / beta)],
        over=(w, v, smooth_convex(beta)),
        show=relation(Le, Norm(apart) ** 2, Norm(w - v) ** 2),
    ),
    Claim(
        "gd-nonexpansive-without-convexity",
        title="The same for losses that need not be convex",
        source=polyak.at("Section 1.4, with convexity left out"),
        given=[*step_size, Le(eta, 2 / beta)],
        over=(w, v, smooth(beta)),
        show=relation(Le, Norm(apart) ** 2, Norm(w - v) ** 2),
    ),
    Claim(
        "gd-gradient-shrinks",
        title="The gradient does not grow along gradient descent on a convex loss",
        source=nesterov.at("Section 2.1.5, for eta <= 2/beta"),
        given=[*step_size, Le(eta, 2 / beta)],
        over=smooth_convex(beta),
        step=gd_step,
        show=relation(Le, Norm(L.gradient(w_next)) ** 2, squared),
    ),
    Claim(
        "gd-gradient-shrinks-without-convexity",
        title="The same for losses that need not be convex",
        source=nesterov.at("Section 2.1.5, with convexity left out"),
        given=[*step_size, Le(eta, 1 / beta)],
        over=smooth(beta),
        step=gd_step,
        show=relation(Le, Norm(L.gradient(w_next)) ** 2, squared),
    ),
    Claim(
        "gd-distance",
        title="One step of gradient descent and the distance to a minimizer",
        source=bubeck.at("Theorem 3.2, its proof"),
        given=step_size,
        over=smooth_convex(beta),
        step=gd_step,
        show=relation(Le, distance_next**2, distance**2 - 2 * eta * gap + eta**2 * squared),
    ),
    Claim(
        "polyak-step",
        title="Polyak's step size",
        source=polyak.at("Section 5.3.2"),
        given=[Gt(beta, 0)],
        over=smooth_convex(beta),
        step=polyak_step,
        show=relation(Le, distance_next**2, distance**2 - gap**2 / squared),
    ),
    Claim(
        "polyak-step-larger",
        title="The same with twice the gain",
        source=polyak.at("Section 5.3.2, with a factor 2"),
        given=[Gt(beta, 0)],
        over=smooth_convex(beta),
        step=polyak_step,
        show=relation(Le, distance_next**2, distance**2 - 2 * gap**2 / squared),
    ),
    Claim(
        "gd-rate",
        title="The rate of gradient descent on convex losses",
        source=bubeck.at("Theorem 3.3, with a Lyapunov function"),
        given=[Gt(beta, 0)],
        over=smooth_convex(beta),
        step=short_gd,
        start={w: w0},
        show=relation(Le, t * gap, beta / 2 * Norm(w0 - L.minimizer) ** 2),
        hints=Hints(
            invariant=(
                Ge(t, 0),
                relation(Le, t * gap + beta / 2 * distance**2, beta / 2 * Norm(w0 - L.minimizer) ** 2),
            )
        ),
    ),
    Claim(
        "gd-one-step",
        title="The exact worst case of one step",
        source=drori_teboulle.at("Theorem 3.1, N = 1 and h = 1"),
        given=[Gt(beta, 0)],
        over=(w, smooth_convex(beta)),
        show=relation(Le, L(first) - least, beta / 6 * distance**2),
        hints=Hints(
            points=(w,),
            squares=(
                2 * beta * (w - L.minimizer) - 3 * gradient - 3 * L.gradient(first),
                gradient - L.gradient(first),
            ),
        ),
    ),
    Claim(
        "gd-one-step-better",
        title="One step with 1/7 in place of 1/6",
        source=drori_teboulle.at("Theorem 3.1, N = 1 and h = 1, with a smaller constant"),
        given=[Gt(beta, 0)],
        over=(w, smooth_convex(beta)),
        show=relation(Le, L(first) - least, beta / 7 * distance**2),
    ),
    Claim(
        "gd-two-steps-better",
        title="Two steps with 1/11 in place of 1/10",
        source=drori_teboulle.at("Theorem 3.1, N = 2 and h = 1, with a smaller constant"),
        given=[Gt(beta, 0)],
        over=(w, smooth_convex(beta)),
        show=relation(Le, L(second) - least, beta / 11 * distance**2),
    ),
    # --- strongly convex --------------------------------------------------------------------------------------------
    Claim(
        "gd-contraction-of-an-eigenvalue",
        title="The contraction factor of gradient descent on a quadratic",
        source=polyak.at("Section 1.4, Theorem 3"),
        given=[Gt(alpha, 0), Gt(eta, 0), Le(alpha, lam), Le(lam, beta)],
        show=relation(Le, Abs(1 - eta * lam), Max(Abs(1 - eta * alpha), Abs(1 - eta * beta))),
    ),
    Claim(
        "gd-best-step",
        title="The step 2/(alpha + beta) contracts by (beta - alpha)/(beta + alpha)",
        source=polyak.at("Section 1.4, Theorem 3"),
        given=[Gt(alpha, 0), Le(alpha, lam), Le(lam, beta)],
        show=relation(Le, Abs(1 - 2 / (alpha + beta) * lam), (beta - alpha) / (beta + alpha)),
    ),
    Claim(
        "gd-best-rate-with-a-shorter-step",
        title="The step 1/beta contracts as fast as the best one",
        source=polyak.at("Section 1.4, Theorem 3, with another step"),
        given=[Gt(alpha, 0), Le(alpha, lam), Le(lam, beta)],
        show=relation(Le, Abs(1 - lam / beta), (beta - alpha) / (beta + alpha)),
    ),
    Claim(
        "gd-contraction",
        title="The contraction factor of gradient descent on strongly convex losses",
        source=taylor.at("Section 1, and Polyak 1987, Section 1.4, Theorem 3"),
        given=[Gt(alpha, 0), Gt(eta, 0), Lt(alpha, beta)],
        over=smooth_strongly_convex(alpha, beta),
        step=gd_step,
        show=relation(Le, distance_next**2, rate**2 * distance**2),
        hints=Hints(
            points=(w, L.minimizer),
            lemmas=(
                relation(Ge, along, alpha * distance**2),
                relation(Le, along, beta * distance**2),
                relation(Ge, (alpha + beta) * along, alpha * beta * distance**2 + squared),
            ),
        ),
    ),
    Claim(
        "gd-contraction-better",
        title="The same with (1 - eta alpha)^2 for every step up to 2/beta",
        source=taylor.at("Section 1, with one of the two factors left out"),
        given=[Gt(alpha, 0), Gt(eta, 0), Lt(alpha, beta), Le(eta, 2 / beta)],
        over=smooth_strongly_convex(alpha, beta),
        step=gd_step,
        show=relation(Le, distance_next**2, (1 - eta * alpha) ** 2 * distance**2),
    ),
    Claim(
        "gd-strongly-convex-distance",
        title="One step of length at most 1/beta shrinks the squared distance by 1 - eta alpha",
        source=bubeck.at("Theorem 3.10, for gradient descent without constraints"),
        given=[Gt(alpha, 0), Gt(beta, 0), Gt(eta, 0), Le(eta, 1 / beta)],
        over=smooth_strongly_convex(alpha, beta),
        step=gd_step,
        show=relation(Le, distance_next**2, (1 - eta * alpha) * distance**2),
        hints=Hints(points=(w, L.minimizer)),
    ),
    # --- PL ---------------------------------------------------------------------------------------------------------
    Claim(
        "gd-pl",
        title="Gradient descent on PL losses",
        source=karimi.at("Theorem 1"),
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=smooth_pl(mu, beta),
        step=short_gd,
        show=relation(Le, short_next - L.minimum, (1 - mu / beta) * (L(w) - L.minimum)),
    ),
    Claim(
        "gd-pl-better",
        title="The same with the rate 1 - 2 mu/beta",
        source=karimi.at("Theorem 1, with the factor of the PL inequality taken twice"),
        given=[Gt(mu, 0), Gt(beta, 0)],
        over=smooth_pl(mu, beta),
        step=short_gd,
        show=relation(Le, short_next - L.minimum, (1 - 2 * mu / beta) * (L(w) - L.minimum)),
    ),
    # --- quadratics -------------------------------------------------------------------------------------------------
    Claim(
        "gd-threshold",
        title="Gradient descent converges on a quadratic iff eta < 2/beta",
        source=polyak.at("Section 1.4, Theorem 3"),
        given=step_size,
        over=quadratics(beta),
        step=gd_step,
        start={w: w0},
        show=Equivalent(FromEveryStart(Converges(w)), Lt(eta, 2 / beta)),
    ),
    Claim(
        "gd-threshold-attained",
        title="The same with the threshold included",
        source=polyak.at("Section 1.4, Theorem 3, with <= in place of <"),
        given=step_size,
        over=quadratics(beta),
        step=gd_step,
        start={w: w0},
        show=Equivalent(FromEveryStart(Converges(w)), Le(eta, 2 / beta)),
    ),
]
