"""What the hints of ``duration`` say in the claim's own terms: the scale, a step, the parameters and the slope.

SymPy multiplies (sqrt(eta/gamma) x)^2 out, so that no abbreviation of sqrt(eta/gamma) x finds it; squares are written
as ``squared`` and ``product`` leave them.
"""

from __future__ import annotations

from sympy import Ge, Gt, Or, sqrt

from claims.sam_normalization.neuron_sam import duration_step as step
from claims.sam_normalization.neuron_sam.appendix_f import x_next, y_next
from claims.sam_normalization.neuron_sam.duration_step import at_least, at_most, equal
from claims.sam_normalization.setting import (
    C,
    c,
    ell,
    eta,
    gamma,
    half,
    radius,
    rho,
    root_small,
    sign_xy,
    x,
    x0,
    y,
    y0,
)

# --- the scale ------------------------------------------------------------------------------------------------

scale = sqrt(eta / gamma)
root = sqrt(C)
X, Y, X1, Y1, X0, Y0 = (scale * coordinate for coordinate in (x, y, x_next, y_next, x0, y0))
_pull = rho / radius
_ascent = (x + rho * y * sign_xy / radius) * (y + rho * x * sign_xy / radius)
_slope = ell.slope(_ascent)
p, s = x0 / y0, 1 / root
cross = y0 / (C * x0)
n = c * eta * root / 2


_climb = (x + _pull * y) * (y + _pull * x)
sizes = {
    step.X1: X1,
    step.Y1: Y1,
    step.X: X,
    step.Y: Y,
    step.X0: X0,
    step.Y0: Y0,
    step.R: scale * radius,
    step.r: scale * rho,
    step.b: eta * _slope,
    step.u: _pull,
    step.A: _climb,
}
parameters = {
    step.N: c * eta * root,
    step.Q: c * eta / C,
    step.B: c * eta,
    step.e: eta * root,
    step.G: cross,
    step.p: p,
    step.s: s,
}

# --- in the claim's own terms ---------------------------------------------------------------------------------

_phase = Gt(x, c / 4 * root_small)
signs = (
    *(Gt(gamma, 0), Gt(eta, 0), Gt(scale, 0)),
    *(Gt(scale, 0), Gt(Y, 0), Gt(y, 0)),
    *(Gt(root_small, 0), Gt(c, 0), _phase, Gt(x, 0)),
    *(Gt(scale, 0), Gt(x, 0), Gt(X, 0)),
    *(Gt(scale, 0), Gt(x0, 0), Gt(X0, 0)),
    *(Ge(rho, 0), Gt(scale, 0), at_least(scale * rho, 0)),
)
moves = (
    *(Gt(x, 0), Gt(y, 0), equal(sign_xy, 1)),
    *(Gt(radius, 0), Ge(_slope, 0), at_most(_slope, 1)),
    *(equal(x_next, x - eta * _slope * (y + _pull * x)), equal(X1, X - eta * _slope * (Y + _pull * X))),
    *(equal(y_next, y - eta * _slope * (x + _pull * y)), equal(Y1, Y - eta * _slope * (X + _pull * Y))),
    *(_phase.xreplace({x: x_next}), Gt(root_small, 0), Gt(c, 0), Gt(x_next, 0)),
    *(Gt(scale, 0), Gt(x_next, 0), Gt(X1, 0)),
    *(Gt(eta, 0), Ge(_slope, 0), at_least(eta * _slope, 0)),
    *(Gt(eta, 0), at_most(_slope, 1), at_most(eta * _slope, eta)),
    *(Gt(radius, 0), Ge(rho, 0), Ge(_pull, 0)),
    *(Gt(radius, 0), equal(step.product(_pull, scale * radius), scale * rho)),
    equal((scale * radius - Y) * (scale * radius + Y), step.squared(X)),
    *(Gt(radius, 0), Gt(scale, 0), Gt(scale * radius, 0)),
)

# --- the start's and the conditions' terms ------------------------------------------------------------------------

constants = (
    *(Gt(root, 0), Gt(eta, 0), Gt(y0, 0), Gt(x0, 0)),
    *(equal(y0**2, C * gamma / eta), equal(x0**2 * C, (C - 1) * y0**2)),
    *(equal(Y0**2, C), equal(Y0, root)),
    *(Gt(s, 0), Gt(p, 0), Gt(cross, 0)),
    equal(step.squared(p) + step.squared(s), 1),
    *(Gt(root, 0), at_least(root, 1), at_most(s, 1)),
    equal(X0 / root, p),
    equal(Y0 / root, 1),
    *(Gt(c, 0), Gt(eta, 0), Gt(root, 0)),
    *(Gt(c * eta, 0), Gt(c * eta * root, 0), Gt(eta * root, 0)),
    equal(step.product(eta * root, s), eta),
    equal(step.product(c, eta * root), c * eta * root),
    equal(step.product(c * eta * root, s), c * eta),
    equal(step.product(c, eta), c * eta),
    equal(c * eta * step.squared(s), c * eta / C),
    equal(step.product(cross, p), step.squared(s)),
    *(equal(root_small * scale, eta), _phase, at_least(scale * (x - c / 4 * root_small), 0)),
    Gt(X, c * eta / 4),
)

# --- the slope ------------------------------------------------------------------------------------------------

_scaled_climb = (X + _pull * Y) * (Y + _pull * X)
_steep = Or(at_least(_slope, c / 2), at_least(_slope, _climb / 2))
_steep_scaled = Or(at_least(eta * _slope, c * eta / 2), at_least(4 * (eta * _slope), 2 * eta * _climb))
slopes = (
    *(equal(sign_xy, 1), equal(_ascent, _climb)),
    *(Gt(x, 0), Gt(y, 0), Ge(_pull, 0), Gt(_climb, 0), Gt(_ascent, 0)),
    Ge(_slope, 0),
    Or(at_least(_slope, c / 2), at_least(_slope, _ascent / 2)),
    *(equal(_ascent, _climb), _steep),
    *(Gt(gamma, 0), equal(_scaled_climb * gamma, eta * _climb)),
    *(Gt(X, 0), Gt(Y, 0), Ge(_pull, 0), Gt(_scaled_climb, 0)),
    *(Ge(gamma, half), equal(_scaled_climb * gamma, eta * _climb), at_least(2 * eta * _climb, _scaled_climb)),
    *(_steep, Gt(eta, 0), _steep, _steep_scaled),
)
