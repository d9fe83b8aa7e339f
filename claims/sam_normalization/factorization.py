"""Section 2.2 and Appendix D: USAM on the scalar factorization loss (xy)^2/2."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Ge, Integer

from claims.sam_normalization.setting import (
    eta,
    factorization,
    half,
    paper,
    relation,
    rho,
    t,
    theorem_11,
    theorem_11_eta,
    usam_factorization,
    x,
    x0,
    y,
    y0,
)
from verify.statement.claim import Claim, Hints
from verify.statement.formula import DivergesExponentially

x_next, y_next = usam_factorization.next
_setting: dict[str, Any] = {
    "over": factorization,
    "define": theorem_11_eta,
    "step": usam_factorization,
    "start": {x: x0, y: y0},
}
_given = [*theorem_11, relation(Ge, rho, 15 * eta), relation(Ge, t, 1)]

#: x_{t+1} = x_t (1 - _shrink_x), and likewise for y.
_shrink_x = eta * y**2 * (1 + rho * y**2) * (1 + rho * x**2) ** 2
_shrink_y = eta * x**2 * (1 + rho * x**2) * (1 + rho * y**2) ** 2

#: The two factors of each, bounded on their own.
_factors = (
    (1 + rho * x**2) ** 2 >= 16,
    (1 + rho * y**2) ** 2 >= 16,
    eta * y**2 * (1 + rho * y**2) >= 2,
    eta * x**2 * (1 + rho * x**2) >= Integer(4) / 5,
)

#: Why x doubles in each step.
usam_growth = Hints(
    invariant=(x**2 >= x0**2, y**2 >= y0**2),
    lemmas=(
        eta * y**2 >= half,
        eta * x**2 >= Integer(1) / 5,
        rho * x**2 >= 3,
        rho * y**2 >= 3,
        *_factors,
        _shrink_x >= 3,
        _shrink_y >= 3,
    ),
    growth=(x, Integer(2)),
)

theorem_15 = Claim(
    "theorem-15",
    title="USAM doubles each step once rho >= 15 eta",
    source=paper.at("Theorem 15", "Under the setup of Theorem 11, for any rho >= 15 eta"),
    given=_given,
    show={
        "x": relation(Ge, Abs(x_next), 2 * Abs(x)),
        "y": relation(Ge, Abs(y_next), 2 * Abs(y)),
        "diverges": DivergesExponentially(x, y),
    },
    hints=usam_growth,
    **_setting,
)

theorem_15_step_1 = Claim(
    "theorem-15/step-1",
    title="What the induction asks of one step (the first relation printed without a square)",
    source=paper.at("Appendix D.2, proof of Theorem 15, first display", "our conclusion follows once"),
    kind="step",
    given=_given,
    show={
        "x": relation(Ge, eta * Abs((x + rho * x * y**2) * (y + rho * x**2 * y)), 3 * Abs(x)),
        "y": relation(Ge, eta * Abs((x + rho * x * y**2) ** 2 * (y + rho * x**2 * y)), 3 * Abs(y)),
    },
    **_setting,
)

theorem_15_step_2 = Claim(
    "theorem-15/step-2",
    title="A sufficient condition for the second relation",
    source=paper.at("Appendix D.2, proof of Theorem 15, second display", "The second inequality then holds"),
    kind="step",
    given=_given,
    show={
        "first": relation(Ge, Abs((rho * x * y**2) ** 2 * (rho * x**2 * y)), 15 * x**2 * Abs(y)),
        "second": relation(Ge, rho**3 * x**2 * y**4, 15),
    },
    hints=Hints(
        invariant=(x**2 >= x0**2, y**2 >= y0**2),
        lemmas=(
            eta * y**2 >= half,
            eta * x**2 >= Integer(1) / 5,
            rho * x**2 >= 3,
            rho * y**2 >= Integer(15) / 2,
            *_factors,
            _shrink_x >= 3,
            _shrink_y >= 3,
            rho**3 * x**2 * y**4 >= 15,
        ),
    ),
    **_setting,
)

CLAIMS = [theorem_15, theorem_15_step_1, theorem_15_step_2]
