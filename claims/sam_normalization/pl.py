"""Section 3.2 and Appendix H: USAM on smooth Polyak-Lojasiewicz losses."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Eq, Ge, Gt, Implies, Le, Lt, Or, Symbol, Tuple, sqrt
from sympy.core.symbol import Str

from claims.sam_normalization.derived import step_of
from claims.sam_normalization.losses import smooth_pl
from claims.sam_normalization.setting import L, beta, eta, learning_rate, mu, paper, relation, rho, t, usam_step, w, w0
from verify.statement.claim import Claim, FamilyHint, Hints, Reading
from verify.statement.formula import Bounded, StepSum
from verify.statement.vectors import Inner, Norm

gradient = L.gradient(w)
ascent_gradient = L.gradient(w + rho * gradient)
gap, gap_0 = L(w) - L.minimum, L(w0) - L.minimum
given = (Gt(mu, 0), Gt(beta, 0), *learning_rate, Lt(eta, 1 / beta), Lt(rho, 1 / beta))
losses = smooth_pl(mu, beta)
from_w0 = {w: w0}

#: The rate of Lemma 49, and the same with "1 -" lost inside, as Theorem 48 prints it.
rate = 1 - 2 * mu * eta * (1 - rho * beta) * (1 - eta * beta / 2 * (1 - rho * beta))
printed_rate = 1 - 2 * mu * eta * (1 - rho * beta) * (eta * beta / 2 * (1 - rho * beta))
travel = Norm(w - w0)
factor = eta * (1 + beta * rho) * sqrt(2 * beta**2 / mu)

n = Symbol("n", real=True)
_on = Tuple(eta, rho, beta, mu)

theorem_6 = Claim(
    "theorem-6",
    title="USAM on PL losses travels a bounded distance (informal)",
    source=paper.at("Theorem 6", "For beta-smooth and mu-PL loss L, for any eta < 1/beta and rho < 1/beta"),
    given=given,
    over=losses,
    step=usam_step,
    start=from_w0,
    readings={
        "factor": Reading(
            "“poly(eta, rho, beta, mu)” is some number that depends on eta, rho, beta, mu only, "
            "as the factor of Theorem 48, its formal version, does (which is no polynomial)",
            Bounded(travel, sqrt(gap_0), _on, Str("constant")),
        ),
        "polynomial": Reading(
            "“poly(eta, rho, beta, mu)” is a polynomial in eta, rho, beta, mu, as the word says",
            Bounded(travel, sqrt(gap_0), _on, Str("polynomial")),
        ),
    },
    hints=Hints(
        families=(
            FamilyHint(
                index=n,
                values={
                    "mu": 1 / n,
                    "beta": sp.S.One,
                    "eta": sp.Rational(1, 2),
                    "rho": sp.S.Zero,
                    "w0": sp.S.One,
                },
                loss=("quadratic", {"h": 1 / n}),
                steps="limit",
            ),
        )
    ),
    uses=["theorem-48"],
)

theorem_48 = Claim(
    "theorem-48",
    title="Total travel of USAM on PL losses",
    source=paper.at("Theorem 48", "For any mu-PL and beta-smooth loss function L, for any learning rate"),
    given=given,
    over=losses,
    step=usam_step,
    start=from_w0,
    show=relation(Le, travel, factor * 1 / sqrt(printed_rate) * sqrt(gap_0)),
    uses=["lemma-49"],
)

(w_next,) = usam_step.next
gradient_0 = L.gradient(w0)
inner, squared, gap_next = Inner(gradient, ascent_gradient), Norm(gradient) ** 2, L(w_next) - L.minimum
kappa, pace = Symbol("kappa", real=True), Symbol("pace", real=True)
#: What a step gains in units of |grad L(w)|^2; the rate is 1 - 2 mu gain.
gain = eta * (1 - rho * beta) * (1 - eta * beta / 2 * (1 - rho * beta))
#: How a step lowers the loss: the proof of Lemma 49, with the inner product kept up to its end.
descent = (
    Lt(beta * rho, 1),
    Lt(beta * eta, 1),
    Lt(eta * beta * (1 - rho * beta), 1),
    Gt(1 - eta * beta / 2 * (1 - rho * beta), 0),
    Gt(gain, 0),
    Le(2 * beta * gain, 1),
    Le(Norm(ascent_gradient - gradient), beta * rho * Norm(gradient)),
    Ge(inner, (1 - beta * rho) * squared),
    Le(L(w_next), L(w) - eta * inner + eta**2 * beta / 2 * Norm(ascent_gradient) ** 2),
    Le(Norm(ascent_gradient) ** 2, 2 * inner - (1 - beta**2 * rho**2) * squared),
    Gt(eta**2 * beta, 0),
    Le(
        L(w_next),
        L(w) - eta * (1 - eta * beta) * inner - eta**2 * beta / 2 * (1 - beta**2 * rho**2) * squared,
    ),
    Le(L(w_next), L(w) - gain * squared),
    Ge(squared, 2 * mu * gap),
    Le(gap_next, (1 - 2 * mu * kappa) * gap),
)
moved_little = (ascent_gradient - gradient, gradient)
from_start = (w0 - gradient_0 / beta, w0)
step_pairs = ((w + rho * gradient, w), (w_next, w))

lemma_49 = Claim(
    "lemma-49",
    title="USAM descent lemma on PL losses",
    source=paper.at("Lemma 49", "For any beta-smooth and mu-PL loss function L, for any learning rate"),
    given=given,
    over=losses,
    step=usam_step,
    start=from_w0,
    show=relation(Le, gap, rate**t * gap_0),
    hints=Hints(
        invariant=(Le(gap, rate**t * gap_0),),
        keeps=(
            Hints(
                lemmas=(
                    *descent,
                    # mu > beta only for a constant loss, whose gap is 0; else the rate is not negative
                    Ge(gap_0, 0),
                    Le(Norm(gradient_0) ** 2, 2 * beta * gap_0),
                    Ge(Norm(gradient_0) ** 2, 2 * mu * gap_0),
                    Le((mu - beta) * gap_0, 0),
                    Or(Le(mu, beta), Eq(gap_0, 0)),
                    Or(Ge(1 - 2 * mu * kappa, 0), Eq(gap_0, 0)),
                ),
                abbreviate={kappa: gain},
            ),
        ),
        pairs=(*step_pairs, from_start),
        cauchy_schwarz=(moved_little,),
    ),
)


def _step(number: int, title: str, show: Any, *, along: bool = False, hints: Hints | None = None) -> Claim:
    return step_of(
        "theorem-48",
        number,
        title,
        given,
        show,
        where="Appendix H",
        over=losses,
        step=usam_step,
        start=from_w0 if along else None,
        every_state_is_a_start=not along,
        hints=hints or Hints(),
        uses=["lemma-49"] if number > 8 else [],
    )


#: At a gradient step smoothness bounds the gradient by the gap.
at_gradient_step = (w - gradient / beta, w)
gradient_step = Hints(points=at_gradient_step[:1])
bounded_gradient = (
    Ge(gap, 0),
    Le(squared, 2 * beta**2 / mu * gap),
    Le(Norm(gradient), sqrt(2 * beta**2 / mu * gap)),
)
triangle = (
    Le(Norm(w_next - w0) ** 2, (travel + eta * Norm(ascent_gradient)) ** 2),
    Le(Norm(w_next - w0), travel + eta * Norm(ascent_gradient)),
)
projection = L.projection(w)
sum_of_gradients = StepSum(Norm(gradient))
sum_of_bounds = StepSum(sqrt(2 * beta**2 / mu * gap))
sum_of_roots = StepSum(sqrt(gap))
geometric = StepSum(rate ** (t / 2) * sqrt(gap_0))

#: Were the minimizers farther than quadratic growth allows, the gap at w would pay the way to one of them with an even
#: larger weight than needed: by Ekeland's principle some v is reached whose gradient is too small for any gap but 0.
squared_distance = Norm(w - projection) ** 2
farther = Lt(2 / mu * gap, squared_distance)
weight = (gap / squared_distance + mu / 2) / 2
v = L.ekeland_point(w, weight)
quadratic_growth = Hints(
    lemmas=(
        Ge(gap, 0),
        Implies(farther, Gt(squared_distance, 0)),
        Implies(farther, Gt(weight, 0)),
        Implies(farther, Lt(weight, mu / 2)),
        Implies(farther, Gt(weight * squared_distance, gap)),
        Implies(farther, Le(L(v) - L.minimum, 0)),
        Implies(farther, Le(squared_distance, Norm(w - v) ** 2)),
        Implies(farther, Le(weight * Norm(w - v) ** 2, gap)),
        Implies(farther, Le(weight * squared_distance, weight * Norm(w - v) ** 2)),
        Implies(farther, Le(weight * squared_distance, gap)),
    ),
    pairs=((v, w),),
)

theorem_48_steps = [
    _step(
        1,
        "The gradient vanishes at the projection; smoothness",
        {
            "vanishes": relation(sp.Eq, Norm(gradient), Norm(gradient - L.gradient(projection))),
            "smooth": relation(Le, Norm(gradient - L.gradient(projection)), beta * Norm(w - projection)),
        },
    ),
    _step(2, "Quadratic growth", relation(Ge, 2 / mu * gap, squared_distance), hints=quadratic_growth),
    _step(
        3,
        "The gradient is bounded by the gap",
        relation(Le, Norm(gradient) ** 2, 2 * beta**2 / mu * gap),
        hints=gradient_step,
    ),
    _step(
        4,
        "The gradient after the ascent step",
        {
            "smooth": relation(Le, Norm(ascent_gradient), Norm(gradient) + beta * Norm(rho * gradient)),
            "collected": relation(
                sp.Eq, Norm(gradient) + beta * Norm(rho * gradient), (1 + beta * rho) * Norm(gradient)
            ),
        },
    ),
    _step(
        5,
        "The travel is at most the sum of the steps",
        relation(Le, travel, eta * StepSum(Norm(ascent_gradient))),
        along=True,
        hints=Hints(
            invariant=(Le(travel, eta * StepSum(Norm(ascent_gradient))),),
            keeps=(Hints(lemmas=triangle),),
            pairs=(),
            cauchy_schwarz=((w - w0, ascent_gradient),),
        ),
    ),
    _step(
        6,
        "Each step by its gradient",
        relation(Le, eta * StepSum(Norm(ascent_gradient)), eta * (1 + beta * rho) * sum_of_gradients),
        along=True,
        hints=Hints(
            invariant=(Le(StepSum(Norm(ascent_gradient)), (1 + beta * rho) * sum_of_gradients),),
            pairs=step_pairs[:1],
        ),
    ),
    _step(
        7,
        "Each gradient by its gap",
        relation(Le, eta * (1 + beta * rho) * sum_of_gradients, eta * (1 + beta * rho) * sum_of_bounds),
        along=True,
        hints=Hints(
            invariant=(Le(sum_of_gradients, sum_of_bounds),),
            keeps=(Hints(lemmas=bounded_gradient),),
            pairs=(at_gradient_step,),
        ),
    ),
    _step(
        8,
        "The constant taken out of the sum",
        relation(sp.Eq, eta * (1 + beta * rho) * sum_of_bounds, factor * sum_of_roots),
        along=True,
        hints=Hints(
            invariant=(Eq(sum_of_bounds, sqrt(2 * beta**2 / mu) * sum_of_roots, evaluate=False),),
            keeps=(Hints(lemmas=(Ge(gap, 0), Eq(sqrt(2 * beta**2 / mu * gap), sqrt(2 * beta**2 / mu) * sqrt(gap)))),),
            pairs=(at_gradient_step,),
        ),
    ),
    _step(9, "The descent lemma put in", relation(Le, sum_of_roots, geometric), along=True),
    _step(
        10,
        "The sum of the geometric series, as printed",
        relation(Le, geometric, 1 / sqrt(printed_rate) * sqrt(gap_0)),
        along=True,
    ),
]

#: The root of the rate, in the symbols of the proof.
root_of_rate = sqrt(1 - 2 * mu * kappa)
#: What the sum of the steps' bounds comes to, in units of the root of the first gap.
series = sp.Symbol("S", real=True)

theorem_48_repaired = Claim(
    "theorem-48/repaired",
    title="Total travel of USAM on PL losses, with the geometric series summed",
    source=paper.at("Theorem 48, with the sum over i of rate^(i/2) at most 1/(1 - sqrt(rate))"),
    kind="repaired",
    # a constant loss is mu-PL and beta-smooth for every mu and beta; for any other one mu <= beta
    given=[*given, Le(mu, beta)],
    over=losses,
    step=usam_step,
    start=from_w0,
    show=relation(Le, travel, factor * sqrt(gap_0) / (1 - sqrt(rate))),
    hints=Hints(
        # what is left to travel is bounded by what is left of the gap
        invariant=(Le(travel, factor / (1 - sqrt(rate)) * (sqrt(gap_0) - sqrt(gap))),),
        keeps=(
            Hints(
                lemmas=(
                    *descent,
                    Ge(gap_next, 0),
                    Ge(1 - 2 * mu * kappa, 0),
                    Lt(1 - 2 * mu * kappa, 1),
                    *bounded_gradient,
                    Le(Norm(gradient), sqrt(2 * beta**2 / mu) * sqrt(gap)),
                    Gt(1 + beta * rho, 0),
                    Le(Norm(ascent_gradient), (1 + beta * rho) * Norm(gradient)),
                    Le(
                        (1 + beta * rho) * Norm(gradient),
                        (1 + beta * rho) * sqrt(2 * beta**2 / mu) * sqrt(gap),
                    ),
                    Le(Norm(ascent_gradient), (1 + beta * rho) * sqrt(2 * beta**2 / mu) * sqrt(gap)),
                    Le(eta * Norm(ascent_gradient), factor * sqrt(gap)),
                    Gt(factor, 0),
                    *triangle,
                    Le(Norm(w_next - w0), travel + pace * sqrt(gap)),
                    Gt(1 - root_of_rate, 0),
                    Le(sqrt(gap_next), root_of_rate * sqrt(gap)),
                    Le(pace * sqrt(gap_next), pace * root_of_rate * sqrt(gap)),
                    Le((1 - root_of_rate) * travel, pace * (sqrt(gap_0) - sqrt(gap))),
                    Le((1 - root_of_rate) * Norm(w_next - w0), (1 - root_of_rate) * (travel + pace * sqrt(gap))),
                    Le((1 - root_of_rate) * Norm(w_next - w0), pace * (sqrt(gap_0) - sqrt(gap_next))),
                ),
                abbreviate={kappa: gain, pace: factor},
            ),
        ),
        pairs=(*step_pairs, at_gradient_step, from_start),
        cauchy_schwarz=(moved_little, (w - w0, ascent_gradient)),
        lemmas=(
            Ge(gap, 0),
            Ge(gap_0, 0),
            Lt(sqrt(rate), 1),
            Ge(factor / (1 - sqrt(rate)), 0),
            Ge(factor / (1 - sqrt(rate)) * sqrt(gap), 0),
        ),
        abbreviate={series: factor / (1 - sqrt(rate))},
    ),
    uses=["lemma-49"],
)

CLAIMS = [theorem_6, theorem_48, *theorem_48_steps, theorem_48_repaired, lemma_49]
