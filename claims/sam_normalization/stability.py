"""Section 2 and Appendix C: gradient descent, SAM and USAM on smooth convex losses and on quadratics."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy import Eq, Equivalent, Ge, Gt, Le, Lt, Or, Sum, Symbol, Tuple, sqrt
from sympy.core.symbol import Str

from claims.sam_normalization.derived import step_of
from claims.sam_normalization.losses import (
    ordered_quadratics,
    quadratics,
    smooth_convex,
    smooth_strongly_convex,
)
from claims.sam_normalization.setting import (
    L,
    alpha,
    beta,
    eta,
    gd_step,
    learning_rate,
    paper,
    relation,
    rho,
    sam_step,
    t,
    usam_step,
    w,
    w0,
)
from verify.statement.claim import Claim, FamilyHint, Hints
from verify.statement.formula import (
    Bounded,
    ComponentNonzero,
    Converges,
    ConvergesExponentially,
    Diverges,
    FromAlmostEveryStart,
    FromEveryStart,
    HasProperty,
    LimSup,
    ThereIsLoss,
)
from verify.statement.vectors import Inner, Norm

(w_next,) = sam_step.next
gradient = L.gradient(w)
halfway = w + rho * gradient / Norm(gradient)
gradient_halfway = L.gradient(halfway)
squared = Norm(gradient) ** 2
least = L(L.minimizer)

constants = (Gt(alpha, 0), Gt(beta, 0))
below = Lt(eta, 2 / beta)
at_most = Le(eta, 2 / beta)
contraction = 1 - alpha * eta * (2 - eta * beta)
bias = eta * beta**3 * rho**2 / (2 * alpha * (2 - eta * beta))
noise = eta**2 * beta**3 * rho**2 / 2
from_w0 = {w: w0}

gd_stability = Claim(
    "gd-stability",
    title="GD converges on a convex quadratic iff eta < 2/beta",
    source=paper.at("Section 2", "for a convex quadratic cost with the largest eigenvalue of Hessian being beta"),
    given=[Gt(beta, 0), Gt(eta, 0)],
    over=quadratics(beta),
    step=gd_step,
    start=from_w0,
    show=Equivalent(FromEveryStart(Converges(w)), below),
)

# --- Theorem 1 and its restatement ------------------------------------------------------------------------------

strongly_convex = smooth_strongly_convex(alpha, beta)
sam_bound = relation(Le, L(w) - least, contraction**t * (L(w0) - least) + bias)
usam_range = (relation(Gt, eta, 2 / (beta + rho * beta**2)), at_most)
usam_diverges = ThereIsLoss(FromAlmostEveryStart(Diverges(w)))
usam_hints = Hints(exhibit=("quadratic", {"h": beta}))

theorem_1_sam = Claim(
    "theorem-1.sam",
    title="SAM's loss gap: a geometric term plus a bias",
    source=paper.at("Theorem 1, eq. (3)", "SAM. The iterate w_t converges to a local neighborhood"),
    given=[*constants, *learning_rate, below],
    over=strongly_convex,
    step=sam_step,
    start=from_w0,
    show=sam_bound,
    uses=["lemma-9"],
)

theorem_1_sam_step_1 = Claim(
    "theorem-1.sam/step-1",
    title="One step shrinks the gap up to the noise",
    source=paper.at("Section 2.1, proof sketch, third display", "By invoking the strong convexity"),
    kind="step",
    given=[*constants, *learning_rate, below],
    over=strongly_convex,
    step=sam_step,
    every_state_is_a_start=True,
    show=relation(Le, L(w_next) - least, contraction * (L(w) - least) + noise),
    uses=["lemma-9"],
)

theorem_1_usam = Claim(
    "theorem-1.usam",
    title="USAM diverges on some loss of the class",
    source=paper.at("Theorem 1", "USAM. In contrast, there exists some alpha-strongly-convex"),
    given=[*constants, *learning_rate, below, *usam_range],
    over=strongly_convex,
    step=usam_step,
    start=from_w0,
    show=usam_diverges,
    hints=usam_hints,
    uses=["theorem-10.2", "theorem-10.class"],
)

n = Symbol("n", real=True)

theorem_1_neighborhood = Claim(
    "theorem-1.neighborhood",
    title="SAM stays within O(sqrt(eta) rho) of the minimizer for every eta < 2/beta",
    source=paper.at("Section 2.1, after Theorem 1", "SAM also does not diverge and stays within an"),
    given=[*constants, *learning_rate, below],
    over=strongly_convex,
    step=sam_step,
    start=from_w0,
    show=Bounded(LimSup(Norm(w - L.minimizer)), sqrt(eta) * rho, Tuple(alpha, beta, Str("L")), Str("constant")),
    note="K may depend on the loss, so on alpha and beta, and on nothing else: the sentence ranges over every "
    "eta < 2/beta and every rho.",
    hints=Hints(
        families=(
            FamilyHint(
                index=n,
                values={"alpha": sp.S.One, "beta": sp.S.One, "eta": 2 - 1 / n, "rho": sp.S.One, "w0": 2 * n - 1},
                loss=("quadratic", {"h": sp.S.One}),
                steps="cycle",
            ),
        )
    ),
    uses=["theorem-1.sam"],
)

theorem_7_sam = Claim(
    "theorem-7.sam",
    title="Theorem 1 for SAM as the appendix restates it",
    source=paper.at("Theorem 7", "SAM. The iterate w_t converges to a local neighborhood"),
    given=[*constants, *learning_rate, at_most],
    over=strongly_convex,
    step=sam_step,
    start=from_w0,
    show=sam_bound,
    uses=["theorem-8"],
)

theorem_7_usam = Claim(
    "theorem-7.usam",
    title="Theorem 1 for USAM as the appendix restates it",
    source=paper.at("Theorem 7", "USAM. In contrast, there exists some alpha-strongly-convex"),
    given=[*constants, *learning_rate, at_most, *usam_range],
    over=strongly_convex,
    step=usam_step,
    start=from_w0,
    show=usam_diverges,
    hints=usam_hints,
    uses=["theorem-10.2", "theorem-10.class"],
)

# --- Theorem 8 --------------------------------------------------------------------------------------------------

theorem_8 = Claim(
    "theorem-8",
    title="SAM on strongly convex and smooth losses",
    source=paper.at("Theorem 8", "For any alpha-strongly-convex and beta-smooth loss function"),
    given=[*constants, *learning_rate, at_most],
    over=strongly_convex,
    step=sam_step,
    start=from_w0,
    show=sam_bound,
    uses=["lemma-9"],
)


def _theorem_8_step(number: int, title: str, show: Any, *, along: bool = False, hints: Hints | None = None) -> Claim:
    return step_of(
        "theorem-8",
        number,
        title,
        [*constants, *learning_rate, at_most],
        show,
        where="Appendix C.1",
        over=strongly_convex,
        step=sam_step,
        start=from_w0 if along else None,
        every_state_is_a_start=not along,
        hints=hints or Hints(),
        uses=["lemma-9"],
    )


gap, gap_next, gap_0 = L(w) - least, L(w_next) - least, L(w0) - least
bracket = Inner(gradient, w - L.minimizer) - alpha / 2 * Norm(w - L.minimizer) ** 2
k = Symbol("k", integer=True)
unrolled = contraction**t * gap_0 + noise * Sum(contraction**k, (k, 0, t - 1))
series = contraction**t * gap_0 + noise * Sum(contraction**k, (k, 0, sp.oo))

theorem_8_steps = [
    _theorem_8_step(
        1,
        "Strong convexity bounds the gap by the gradient",
        {
            "strong convexity": relation(Le, gap, bracket),
            "completing the square": relation(Le, bracket, squared / (2 * alpha)),
        },
        hints=Hints(squares=(gradient - alpha * (w - L.minimizer),)),
    ),
    _theorem_8_step(
        2,
        "The descent lemma with the gap in place of the gradient",
        relation(Le, L(w_next), L(w) - alpha * eta * (2 - eta * beta) * gap + noise),
    ),
    _theorem_8_step(3, "The same, rearranged", relation(Le, gap_next, contraction * gap + noise)),
    _theorem_8_step(4, "Unrolling the recursion", relation(Le, gap, unrolled), along=True),
    _theorem_8_step(5, "The finite sum is at most the series", relation(Le, unrolled, series), along=True),
    _theorem_8_step(
        6,
        "The value of the series",
        relation(
            sp.Eq, series, contraction**t * gap_0 + eta**2 * beta**3 * rho**2 / (2 * alpha * eta * (2 - eta * beta))
        ),
        along=True,
    ),
]

# --- Lemma 9 ----------------------------------------------------------------------------------------------------

convex_losses = smooth_convex(beta)
descent = relation(Le, L(w_next), L(w) - eta * (2 - eta * beta) / 2 * squared + noise)

lemma_9 = Claim(
    "lemma-9",
    title="SAM descent lemma",
    source=paper.at("Lemma 9, eq. (4)", "For a convex loss L that is beta-smooth, SAM iterates w_t satisfy"),
    given=[Gt(beta, 0), *learning_rate, below],
    over=convex_losses,
    step=sam_step,
    every_state_is_a_start=True,
    show=descent,
)

inner = Inner(gradient_halfway, gradient)
moved = Norm(gradient_halfway - gradient) ** 2
smoothness = L(w) - eta * Inner(gradient, gradient_halfway) + eta**2 * beta / 2 * Norm(gradient_halfway) ** 2
norm_bound = -squared + 2 * inner
printed_bound = L(w) - eta * inner + eta**2 * beta / 2 * (beta * rho**2 + norm_bound)
collected = L(w) - eta**2 * beta / 2 * squared - (eta - eta**2 * beta) * inner + noise
lower = L(w) - eta**2 * beta / 2 * squared - (eta - eta**2 * beta) * squared + noise
perturbation = rho * gradient / Norm(gradient)


def _lemma_9_step(number: int, title: str, show: Any, *, divides_by_rho: bool = False) -> Claim:
    given = [Gt(beta, 0), *learning_rate, below]
    if divides_by_rho:
        given.append(Gt(rho, 0))
    return step_of(
        "lemma-9",
        number,
        title,
        given,
        show,
        where="Appendix C.1",
        over=convex_losses,
        step=sam_step,
        every_state_is_a_start=True,
    )


lemma_9_steps = [
    _lemma_9_step(1, "Smoothness at the next iterate", relation(Le, L(w_next), smoothness)),
    _lemma_9_step(
        2,
        "The norm of the gradient halfway, expanded",
        relation(sp.Eq, Norm(gradient_halfway) ** 2, moved + norm_bound),
    ),
    _lemma_9_step(
        3, "The gradient moves by at most beta rho", relation(Le, moved + norm_bound, beta**2 * rho**2 + norm_bound)
    ),
    _lemma_9_step(
        4,
        "Smoothness once more",
        relation(Le, L(w_next), L(w) - eta * inner + eta**2 * beta / 2 * Norm(gradient_halfway) ** 2),
    ),
    _lemma_9_step(
        5,
        "The bound on the norm put in (printed with beta rho^2)",
        relation(Le, L(w) - eta * inner + eta**2 * beta / 2 * Norm(gradient_halfway) ** 2, printed_bound),
    ),
    _lemma_9_step(6, "Collecting terms", relation(sp.Eq, printed_bound, collected)),
    _lemma_9_step(
        7,
        "The inner product, expanded",
        relation(sp.Eq, inner, Inner(gradient_halfway - gradient, gradient) + squared),
    ),
    _lemma_9_step(
        8,
        "Monotonicity of the gradient",
        {
            "rescaled": relation(
                sp.Eq,
                Inner(gradient_halfway - gradient, gradient) + squared,
                Norm(gradient) / rho * Inner(gradient_halfway - gradient, perturbation) + squared,
            ),
            "monotone": relation(
                Ge, Norm(gradient) / rho * Inner(gradient_halfway - gradient, perturbation) + squared, squared
            ),
        },
        divides_by_rho=True,
    ),
    _lemma_9_step(9, "The bound on the next loss again", relation(Le, L(w_next), collected)),
    _lemma_9_step(10, "The lower bound on the inner product put in", relation(Le, collected, lower)),
    _lemma_9_step(11, "Collecting terms", relation(Le, lower, L(w) - eta * (2 - eta * beta) / 2 * squared + noise)),
]

# --- Theorem 10 -------------------------------------------------------------------------------------------------

lambda_1, lambda_d = Symbol("lambda_1", real=True), Symbol("lambda_d", real=True)
diagonal = ordered_quadratics(lambda_1, lambda_d)
top = eta * (lambda_1 + rho * lambda_1**2)

theorem_10_1 = Claim(
    "theorem-10.1",
    title="USAM converges on quadratics below the threshold",
    source=paper.at("Theorem 10, item 1", "If eta (lambda_max + rho lambda_max^2) < 2"),
    given=[*learning_rate, relation(Lt, top, 2)],
    over=diagonal,
    step=usam_step,
    start=from_w0,
    show=ConvergesExponentially(w),
)

theorem_10_1_step_1 = Claim(
    "theorem-10.1/step-1",
    title="The USAM update on a quadratic",
    source=paper.at("Appendix C.2, proof of Theorem 10, display", "As grad l(w) = Lambda w, the USAM update"),
    kind="step",
    given=[*learning_rate],
    over=diagonal,
    step=usam_step,
    every_state_is_a_start=True,
    show={
        "definition": relation(sp.Eq, usam_step.next[0], w - eta * L.gradient(w + rho * L.gradient(w))),
        "linear": relation(
            sp.Eq,
            w - eta * L.gradient(w + rho * L.gradient(w)),
            w - eta * L.hessian(w) - eta * rho * L.hessian(L.hessian(w)),
        ),
    },
)

theorem_10_2 = Claim(
    "theorem-10.2",
    title="USAM diverges on quadratics above the threshold",
    source=paper.at("Theorem 10, item 2", "If eta (lambda_max + rho lambda_max^2) > 2 and if"),
    given=[*learning_rate, relation(Gt, top, 2), ComponentNonzero(w0, lambda_1)],
    over=diagonal,
    step=usam_step,
    start=from_w0,
    show=Diverges(w),
)

theorem_10_class = Claim(
    "theorem-10.class",
    title="The quadratic loss is lambda_1-smooth and lambda_d-strongly convex",
    source=paper.at("Theorem 10", "Moreover, such a loss function L is lambda_1-smooth"),
    given=[],
    over=diagonal,
    show={
        "smooth": HasProperty(Str("smooth"), lambda_1),
        "strongly convex": HasProperty(Str("strongly convex"), lambda_d),
    },
)

# --- what survives ----------------------------------------------------------------------------------------------

small = Le(eta, 1 / beta)

#: The proof of Lemma 9 where it is right: the inner product is at least |grad L(w)|^2, also for rho = 0.
descent_lemmas = (
    Le(L(w_next), smoothness),
    Le(Norm(gradient_halfway - gradient), beta * rho),
    Le(Norm(gradient_halfway) ** 2, beta**2 * rho**2 + norm_bound),
    Le(L(w_next), collected),
    Ge(rho * (inner - squared), 0),
    Ge(inner - squared, -beta * rho * Norm(gradient)),
    Or(Eq(rho, 0), Gt(rho, 0)),
    Ge(inner, squared),
)
descent_pairs = ((halfway, w), (w_next, w))
descent_hints = Hints(
    pairs=descent_pairs, cauchy_schwarz=((gradient_halfway - gradient, gradient),), lemmas=descent_lemmas
)

lemma_9_repaired = Claim(
    "lemma-9/repaired",
    title="SAM descent lemma for eta <= 1/beta",
    source=paper.at("Lemma 9, with the range in which its proof multiplies by eta - eta^2 beta >= 0"),
    kind="repaired",
    given=[Gt(beta, 0), *learning_rate, small],
    over=convex_losses,
    step=sam_step,
    every_state_is_a_start=True,
    show=descent,
    hints=descent_hints,
)

kept, level = Symbol("kept", real=True), Symbol("level", real=True)

theorem_8_repaired = Claim(
    "theorem-8/repaired",
    title="SAM on strongly convex and smooth losses for eta <= 1/beta",
    source=paper.at("Theorem 8, with the range of the repaired Lemma 9"),
    kind="repaired",
    given=[*constants, *learning_rate, small],
    over=strongly_convex,
    step=sam_step,
    start=from_w0,
    show=sam_bound,
    hints=Hints(
        invariant=(Le(gap, contraction**t * gap_0 + bias),),
        keeps=(
            Hints(
                lemmas=(
                    *descent_lemmas,
                    descent,
                    Ge(squared, 2 * alpha * gap),
                    Gt(2 - eta * beta, 0),
                    Le(gap_next, contraction * gap + noise),
                    Ge(contraction, 0),
                    Le(contraction * bias + noise, bias),
                    Le(kept * gap, kept * (contraction**t * gap_0 + level)),
                ),
                abbreviate={kept: contraction, level: bias},
            ),
        ),
        pairs=(*descent_pairs, (L.minimizer, w)),
        squares=(gradient - alpha * (w - L.minimizer),),
        cauchy_schwarz=descent_hints.cauchy_schwarz,
    ),
    uses=["lemma-9/repaired"],
)

CLAIMS = [
    gd_stability,
    theorem_1_sam,
    theorem_1_sam_step_1,
    theorem_1_usam,
    theorem_1_neighborhood,
    theorem_7_sam,
    theorem_7_usam,
    theorem_8,
    *theorem_8_steps,
    theorem_8_repaired,
    lemma_9,
    *lemma_9_steps,
    lemma_9_repaired,
    theorem_10_1,
    theorem_10_1_step_1,
    theorem_10_2,
    theorem_10_class,
]
