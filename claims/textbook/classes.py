"""The losses that the classics range over: the classes of the first paper, with what interpolation adds to them."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp
from sympy import Ge, Le
from sympy.logic.boolalg import Boolean

from claims.sam_normalization.losses import (
    CONVEX,
    PL,
    SMOOTH,
    convex,
    huber,
    logcosh,
    plsine,
    quadratic,
    quadratic_full,
    quadratic_plane,
    quadratic_space,
    quadratics,
    smooth_convex,
    w,
)
from claims.sam_normalization.losses import smooth_pl as few_pl
from claims.sam_normalization.losses import smooth_strongly_convex as without_interpolation
from verify.statement.loss import Family, Gradient, LossClass, LossValue, Member, Property
from verify.statement.vectors import Inner


def smooth(beta: sp.Symbol) -> LossClass:
    """The beta-smooth losses on R^d, convex or not, for every d."""

    def facts(loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
        """The descent lemma on both sides, and that the gradient is beta-Lipschitz (Nesterov 2004, Lemma 1.2.3)."""
        slope = Inner(Gradient(loss, b), a - b)
        curve = beta / 2 * Inner(a - b, a - b)
        difference = Gradient(loss, a) - Gradient(loss, b)
        return [
            Le(LossValue(loss, a), LossValue(loss, b) + slope + curve, evaluate=False),
            Ge(LossValue(loss, a), LossValue(loss, b) + slope - curve, evaluate=False),
            Le(Inner(difference, difference), beta**2 * Inner(a - b, a - b), evaluate=False),
        ]

    families = (_saddles, quadratic_plane, quadratic_full, huber, logcosh, plsine, convex, quadratic_space)
    return LossClass(f"L is {beta}-smooth", (Property(SMOOTH, beta),), families, point_axioms=facts)


#: The quadratics of one variable, the concave ones too.
_saddles = replace(quadratic, propose=lambda unit, bounds: {"h": bounds.get(SMOOTH, 2) * (2 * unit[0] - 1)})


def _valley(name: str, scale: sp.Expr) -> Member:
    """``scale (w^2 + 3 sin(w)^2)``, which is PL but not convex (Karimi, Nutini, Schmidt 2016, Section 2.2).

    That the constant 1/32 printed there serves is what its condition says; a slightly larger one would too.
    """
    return Member(
        name=name,
        exists=scale > 0,
        coordinates=(w,),
        value=scale * (w**2 + 3 * sp.sin(w) ** 2),
        gradient=(scale * (2 * w + 3 * sp.sin(2 * w)),),
        minimizer=(sp.S.Zero,),
        requirements={
            SMOOTH: lambda beta: 8 * scale <= beta,
            CONVEX: lambda _: sp.false,
            PL: lambda mu: 32 * mu <= scale,
        },
    )


valley = Family("valley", {"scale": "1"}, _valley, lambda unit, bounds: {"scale": unit[0] * bounds[SMOOTH] / 8}, 1)


def smooth_pl(mu: sp.Symbol, beta: sp.Symbol) -> LossClass:
    """The mu-PL, beta-smooth losses of the first paper, searched in a valley that is not convex as well."""
    base = few_pl(mu, beta)
    return replace(base, families=(*base.families, valley))


def smooth_strongly_convex(alpha: sp.Symbol, beta: sp.Symbol) -> LossClass:
    """The alpha-strongly convex, beta-smooth losses, with the inequality that interpolates them where alpha < beta."""
    base = without_interpolation(alpha, beta)

    def facts(loss: sp.Symbol, a: sp.Expr, b: sp.Expr) -> list[Boolean]:
        """The base's facts, and Theorem 4 of Taylor, Hendrickx and Glineur (2017), multiplied by 2 (beta - alpha)."""
        assert base.point_axioms is not None
        slope = Inner(Gradient(loss, b), a - b)
        difference = Gradient(loss, a) - Gradient(loss, b)
        gap = LossValue(loss, a) - LossValue(loss, b) - slope
        size, moved = Inner(difference, difference), Inner(a - b, a - b)
        cross = Inner(difference, a - b)
        interpolation = Ge(2 * (beta - alpha) * gap, size + alpha * beta * moved - 2 * alpha * cross, evaluate=False)
        return [*base.point_axioms(loss, a, b), interpolation]

    return replace(base, point_axioms=facts)


__all__ = ["CONVEX", "quadratics", "smooth", "smooth_convex", "smooth_pl", "smooth_strongly_convex"]
