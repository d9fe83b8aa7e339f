"""Appendix E: the assumptions (A1) to (A3) on l, and the two losses that are said to meet them."""

from __future__ import annotations

from sympy import Abs, Gt, Le, Min, Rational, Symbol, Tuple
from sympy.core.symbol import Str

from claims.sam_normalization.losses import A1_A3, curved_losses
from claims.sam_normalization.setting import c, ell, neurons, paper, relation
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import ForAll, IsMember, ThereAre

_s = Symbol("s", real=True)

assumption_a2 = Claim(
    "assumption-a2",
    title="l''(0) = 1 implies |l'(s)| <= |s| near 0",
    source=paper.at("Appendix E, (A2)", "l is twice continuously differentiable near the origin with l''(0) = 1"),
    over=curved_losses(),
    show=ThereAre(
        Tuple(c),
        Gt(c, 0),
        Tuple(Str("L")),
        ForAll(Tuple(_s), relation(Le, Abs(_s), c), relation(Le, Abs(ell.slope(_s)), Abs(_s))),
    ),
    note="The constant c may depend on the loss.",
    hints=Hints(counterexamples=(Counterexample(values={"s": Min(c, Rational(1, 2))}, loss=("cubic", {})),)),
)


def _example(name: str, title: str, loss: str) -> Claim:
    return Claim(
        f"assumption-a3.{name}",
        title=title,
        source=paper.at("Appendix E", "Some concrete example of loss functions satisfying the above assumption"),
        over=neurons,
        show=ThereAre(Tuple(c), Gt(c, 0), Tuple(), IsMember(Str(loss), Str(A1_A3), c)),
        note="(A1) to (A3) for some constant c > 0, the bound |l'(s)| <= |s| on |s| <= c included.",
        hints=Hints(constants={"": Rational(1)}),
    )


CLAIMS = [
    assumption_a2,
    _example("logistic", "The symmetrised logistic loss satisfies (A1)-(A3)", "tanh(delta=1)"),
    _example("sqrt", "The square-root loss satisfies (A1)-(A3)", "root()"),
]
