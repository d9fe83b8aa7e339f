"""Appendix F.4: the final phase of SAM on l(xy); x and y oscillate around the origin."""

from __future__ import annotations

from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Min, Rational, sign, sqrt

from claims.sam_normalization.neuron_sam.appendix_f import (
    all_phases,
    from_start_16,
    on_trajectory,
    one_step_16,
    step,
    x_next,
    y_next,
)
from claims.sam_normalization.neuron_sam.invariants import after_t2
from claims.sam_normalization.neuron_sam.proofs import A, M, P, Q, T, in_sizes
from claims.sam_normalization.setting import (
    B,
    B_definition,
    C,
    c,
    eta,
    gamma,
    half,
    neurons,
    nonzero,
    paper,
    radius,
    relation,
    rho,
    sam_t0,
    slope_t,
    t,
    t2,
    theorem_16,
    theorem_16_start,
    x,
    y,
)
from verify.statement.claim import Claim, Hints

_both_within = And(relation(Le, Abs(x), B), relation(Le, Abs(y), B))
_small_steps = relation(Le, eta * rho + eta * B, B)

theorem_32 = Claim(
    "theorem-32",
    title="After t2 both |x| and |y| stay below B",
    source=paper.at("Theorem 32", "For all t > t2, we have |x_t|, |y_t| <= B where"),
    given=[*from_start_16, relation(Gt, t, t2)],
    show={"x": relation(Le, Abs(x), B), "y": relation(Le, Abs(y), B)},
    hints=after_t2,
    uses=["lemma-28", "lemma-33", "lemma-34", "footnote-5"],
    **all_phases,
)

theorem_32_step_1 = step(
    "theorem-32",
    1,
    "Eq. (18): both are below B when the final phase begins",
    from_start_16,
    {"x": relation(Le, Abs(x), B), "y": relation(Le, Abs(y), B)},
    at=t2 + 1,
    hints=after_t2,
    uses=["lemma-28", "lemma-33"],
    **all_phases,
)

lemma_33 = Claim(
    "lemma-33",
    title="|y| is at most B one step after t2",
    source=paper.at("Lemma 33", "If eta rho + eta B <= B, then |y_{t2+1}| <= B"),
    given=[*from_start_16, _small_steps],
    at=t2 + 1,
    show=relation(Le, Abs(y), B),
    hints=after_t2,
    uses=["lemma-28", "footnote-5"],
    **all_phases,
)

_y_written_out = Abs(y) - eta * Abs(slope_t) * rho / radius * Abs(y) - eta * Abs(slope_t) * Abs(x)

lemma_33_step_1 = step(
    "lemma-33",
    1,
    "y after a step that crosses 0",
    #: "by Definition 25, we must have y_{t2} > 0 ... Otherwise", with |x_{t2}| <= B
    [*theorem_16, *nonzero, _small_steps, Gt(y, 0), relation(Le, y_next, 0), relation(Le, Abs(x), B)],
    {
        "sign": relation(Eq, y_next, sign(y) * y_next),
        "written out": relation(Eq, sign(y) * y_next, _y_written_out),
        "bounded": relation(Ge, _y_written_out, -eta * rho - eta * B),
    },
    hints=Hints(parts={"bounded": in_sizes(y, [Gt(y, 0), relation(Le, Abs(x), B), _small_steps], threshold=True)}),
    uses=["eq-13"],
    **one_step_16,
)

lemma_34 = Claim(
    "lemma-34",
    title="The box [-B, B]^2 is not left",
    source=paper.at("Lemma 34", "If eta rho + eta B <= B, then |x_{t+1}|, |y_{t+1}| <= B as long as |x_t|, |y_t| <= B"),
    given=[*theorem_16, *nonzero, _small_steps, relation(Le, Abs(x), B), relation(Le, Abs(y), B)],
    show={"x": relation(Le, Abs(x_next), B), "y": relation(Le, Abs(y_next), B)},
    hints=Hints(
        parts={
            name: in_sizes(
                moved,
                [_small_steps, relation(Le, Abs(x), B), relation(Le, Abs(y), B)],
                threshold=True,
                final=[A - eta * P * (Q + M) <= T, A - eta * P * (Q + M) >= -T],
            )
            for name, moved in (("x", x), ("y", y))
        }
    ),
    uses=["lemma-18"],
    **one_step_16,
)

_eta_b_small = relation(Le, eta * B, sqrt(C * eta * gamma))

footnote_5 = Claim(
    "footnote-5",
    title="What ensures that eta rho + eta B <= B",
    source=paper.at("Footnote 5", "we only need to ensure that eta B <= sqrt(C eta gamma), which can be done by"),
    given=theorem_16,
    show={
        "only need": Implies(_eta_b_small, _small_steps),
        "can be done": Implies(
            relation(Le, eta, Min(c * C * gamma, Rational(1, 4) * C * gamma / rho**2, half)), _eta_b_small
        ),
    },
    note="The last sentence, “as the RHS is of order Omega(1), eta = O(1) again suffices”, says that the minimum is "
    "bounded below where c, C, gamma and rho are constants.",
    takes=(),
    over=neurons,
    define={**theorem_16_start, **B_definition},
    times=sam_t0,
)

CLAIMS = [
    theorem_32,
    theorem_32_step_1,
    lemma_33,
    lemma_33_step_1,
    lemma_34,
    on_trajectory(lemma_34),
    footnote_5,
]
