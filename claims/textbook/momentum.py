"""The heavy ball, and methods for a saddle point."""

from __future__ import annotations

from sympy import Abs, Eq, Ge, Gt, Implies, Integer, Le, Lt, Max, Min, Ne, Rational, sqrt

from claims.textbook.classes import smooth
from claims.textbook.setting import (
    L,
    beck,
    beck_teboulle,
    beta,
    eta,
    korpelevich,
    lessard,
    m,
    polyak,
    relation,
    s,
    step_size,
    t,
    v,
    w,
    x,
    x0,
    y,
    y0,
    z,
    zavriev,
)
from verify.statement.claim import Claim, Counterexample, Hints
from verify.statement.formula import Eventually
from verify.statement.system import System
from verify.statement.vectors import Norm

#: One step of the heavy ball from w, with v the iterate before.
moved = -eta * L.gradient(w) + m * (w - v)
momentum = (Ge(m, 0), Lt(m, 1))

#: eta lambda, where z is a root of z^2 - (1 + m - eta lambda) z + m.
of_root = 1 + m - z - m / z

#: A strongly convex loss of one variable, by its derivative: curvature 25, but 1 on [1, 2].
slope = 25 * x - 24 * Max(0, Min(x - 1, 1))
heavy_ball = System(
    "the heavy ball with eta = 1/9 and momentum 4/9",
    (x, y),
    (x - slope / 9 + Rational(4, 9) * (x - y), x),
)
rotation = System("gradient descent and ascent on xy", (x, y), (x - eta * y, y + eta * x))
extragradient = System("the extragradient method on xy", (x, y), (x - eta * (y + eta * x), y + eta * (x - eta * y)))
fista = System("the momentum of FISTA", (s,), ((1 + sqrt(1 + 4 * s**2)) / 2,))

CLAIMS = [
    Claim(
        "heavy-ball-roots",
        title="The heavy ball is stable on a quadratic for eta lambda < 2 (1 + m)",
        source=polyak.at("Section 3.2.1, Theorem 1, for a real root z of its characteristic polynomial"),
        given=[*momentum, Ne(z, 0), relation(Gt, of_root, 0), relation(Lt, of_root, 2 * (1 + m))],
        show=relation(Lt, Abs(z), 1),
    ),
    Claim(
        "heavy-ball-roots-threshold",
        title="The same for eta lambda < 2 (1 + 2 m)",
        source=polyak.at("Section 3.2.1, Theorem 1, with a larger threshold"),
        given=[*momentum, Ne(z, 0), relation(Gt, of_root, 0), relation(Lt, of_root, 2 * (1 + 2 * m))],
        show=relation(Lt, Abs(z), 1),
    ),
    Claim(
        "heavy-ball-energy",
        title="The energy of the heavy ball does not grow, convex or not",
        source=zavriev.at("Lemma 1, for eta <= 2 (1 - m)/beta"),
        given=[*step_size, *momentum, relation(Le, eta * beta, 2 * (1 - m))],
        over=(w, v, smooth(beta)),
        show=relation(Le, L(w + moved) + m / (2 * eta) * Norm(moved) ** 2, L(w) + m / (2 * eta) * Norm(w - v) ** 2),
        hints=Hints(squares=(moved - (w - v), moved)),
    ),
    Claim(
        "heavy-ball-descends",
        title="The heavy ball is a descent method",
        source=polyak.at("Section 3.2.1, believed of the heavy ball"),
        given=[*step_size, *momentum, relation(Le, eta * beta, 2 * (1 - m))],
        over=(w, v, smooth(beta)),
        show=relation(Le, L(w + moved), L(w)),
    ),
    Claim(
        "heavy-ball-converges",
        title="The heavy ball with the best parameters for quadratics converges on strongly convex losses",
        source=lessard.at("Section 4.6, the loss with curvatures 1 and 25, from rest"),
        given=[Ge(x0, -4), Le(x0, 4)],
        step=heavy_ball,
        start={x: x0, y: x0},
        show=Implies(Ge(t, 30), relation(Le, x**2, Rational(1, 100))),
    ),
    Claim(
        "fista-momentum",
        title="The momentum of FISTA grows at least linearly",
        source=beck.at("Lemma 10.33"),
        step=fista,
        start={s: Integer(1)},
        show=relation(Ge, s, (t + 2) / 2),
        hints=Hints(invariant=(Ge(t, 0), relation(Ge, s, (t + 2) / 2))),
    ),
    Claim(
        "fista-momentum-above",
        title="The momentum of FISTA grows at most like (t + 2)/2",
        source=beck_teboulle.at("Lemma 4.3, the other way round"),
        step=fista,
        start={s: Integer(1)},
        show=relation(Le, s, (t + 2) / 2),
    ),
    Claim(
        "descent-ascent-grows",
        title="Gradient descent and ascent moves away from the saddle point of xy",
        source=korpelevich.at("Section 1"),
        over=eta,
        step=rotation,
        show=relation(Eq, rotation.next[0] ** 2 + rotation.next[1] ** 2, (1 + eta**2) * (x**2 + y**2)),
    ),
    Claim(
        "descent-ascent-converges",
        title="Gradient descent and ascent with a short step approaches the saddle point of xy",
        source=korpelevich.at("Section 1, believed of convex-concave functions"),
        given=[Gt(eta, 0), Le(eta, Rational(1, 10))],
        over=(x0, y0),
        step=rotation,
        start={x: x0, y: y0},
        show=Eventually(relation(Lt, x**2 + y**2, (x0**2 + y0**2) / 2)),
        hints=Hints(
            counterexamples=(
                Counterexample(
                    values={"eta": Rational(1, 10), "x0": Integer(1), "y0": Integer(0)},
                    invariant=(relation(Ge, x**2 + y**2, 1),),
                ),
            )
        ),
    ),
    Claim(
        "extragradient",
        title="The extragradient method approaches the saddle point of xy",
        source=korpelevich.at("Theorem 1, for xy"),
        given=[Gt(eta, 0), Lt(eta, 1)],
        over=(x, y),
        step=extragradient,
        show=relation(Le, extragradient.next[0] ** 2 + extragradient.next[1] ** 2, x**2 + y**2),
    ),
    Claim(
        "extragradient-long-steps",
        title="The same for eta <= 5/4",
        source=korpelevich.at("Theorem 1, for xy, with longer steps"),
        given=[Gt(eta, 0), Le(eta, Rational(5, 4))],
        over=(x, y),
        step=extragradient,
        show=relation(Le, extragradient.next[0] ** 2 + extragradient.next[1] ** 2, x**2 + y**2),
    ),
]
