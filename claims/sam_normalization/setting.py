"""Symbols, updates and conventions of the paper; every other module of the package speaks in these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Abs, Ge, Gt, Le, Lt, Matrix, Max, Min, Ne, Rational, Symbol, sqrt

from claims.sam_normalization.losses import only, product, single_neuron_losses
from verify.statement.claim import Paper
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile
from verify.statement.loss import Loss, ScalarLossName
from verify.statement.system import System, euclidean_norm, time
from verify.statement.vectors import Norm, Vector

paper = Paper("Dai, Ahn, Sra: The Crucial Role of Normalization in Sharpness-Aware Minimization (NeurIPS 2023)")

alpha, beta, mu, c, gamma, C, eta, rho = (
    Symbol(name, real=True) for name in ("alpha", "beta", "mu", "c", "gamma", "C", "eta", "rho")
)
x, y, x0, y0 = (Symbol(name, real=True) for name in ("x", "y", "x0", "y0"))
t = time
w, w0 = Vector("w"), Vector("w0")
L = Loss("L")
ell = ScalarLossName("ell")

half = Rational(1, 2)


def relation(kind: type[sp.core.relational.Relational], left: Any, right: Any) -> Any:
    """A relation exactly as printed: SymPy neither evaluates nor rearranges it."""
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


#: A learning rate and a radius, as every statement of the paper takes them.
learning_rate = (Gt(eta, 0), Ge(rho, 0))


# The three updates: equations (GD), (1) and (2).


def gd(gradient: Callable[..., Any], norm: Callable[..., Any], point: Any) -> Any:
    """Gradient descent."""
    return point - eta * gradient(point)


def sam(gradient: Callable[..., Any], norm: Callable[..., Any], point: Any) -> Any:
    """Sharpness-aware minimization, definition (1)."""
    return point - eta * gradient(point + rho * gradient(point) / norm(gradient(point)))


def usam(gradient: Callable[..., Any], norm: Callable[..., Any], point: Any) -> Any:
    """Un-normalised SAM, definition (2)."""
    return point - eta * gradient(point + rho * gradient(point))


def on_vectors(name: str, update: Callable[..., Any], *, normalised: bool = False) -> System:
    """An update on an abstract loss over R^d; footnote 1 where it divides by the gradient's norm."""
    well_defined = (Ne(Norm(L.gradient(w)), 0),) if normalised else ()
    return System(name, (w,), (update(L.gradient, Norm, w),), well_defined)


def on_plane(name: str, update: Callable[..., Any], loss: sp.Expr, *, normalised: bool = False) -> System:
    """An update on a loss L(x, y) that is given as an expression."""
    slopes = Matrix([sp.diff(loss, x), sp.diff(loss, y)])

    def gradient(point: Matrix) -> Matrix:
        return slopes.subs({x: point[0], y: point[1]}, simultaneous=True)

    well_defined = (Ne(euclidean_norm(gradient(Matrix([x, y]))), 0),) if normalised else ()
    return System.on_coordinates(name, (x, y), gradient, update, well_defined)


gd_step = on_vectors("GD", gd)
sam_step = on_vectors("SAM", sam, normalised=True)
usam_step = on_vectors("USAM", usam)

# --- scalar factorization, Section 2.2 and Appendix D ----------------------------------------------------------

factorization_loss = (x * y) ** 2 / 2
factorization = only(product)
sam_factorization = on_plane("SAM", sam, factorization_loss, normalised=True)
usam_factorization = on_plane("USAM", usam, factorization_loss)

#: The setting of Theorem 11: 2 x0 > y0 > x0 >> 0 and eta = 1/(x0^2 + y0^2).
theorem_11 = (Gt(2 * x0, y0), Gt(y0, x0), Gt(x0, 0))
theorem_11_eta = {eta: 1 / (x0**2 + y0**2)}

# --- the single-neuron linear network, Section 3.1 and Appendices E to G -----------------------------------------

neuron_loss = ell(x * y)
neurons = single_neuron_losses(c)
gd_neuron = on_plane("GD", gd, neuron_loss)
sam_neuron = on_plane("SAM", sam, neuron_loss, normalised=True)
usam_neuron = on_plane("USAM", usam, neuron_loss)

sign_xy = sp.sign(x * y)
radius = sqrt(x**2 + y**2)

#: The bounds that occur throughout: sqrt(gamma/eta), sqrt(gamma eta), and y0 = sqrt(C gamma/eta).
root_large, root_small, y0_bound = sqrt(gamma / eta), sqrt(gamma * eta), sqrt(C * gamma / eta)
root_bound = sqrt(C * gamma * eta)

t0, t1, t2 = (Symbol(name, real=True) for name in ("t0", "t1", "t2"))

#: What Theorems 16 and 35 ask of gamma, C and the start alike.
_start_conditions = (Gt(c, 0), Ge(gamma, half), Le(gamma, 2), Ge(C, 1), *learning_rate, Gt(x0, 0), Ge(y0, x0))
neuron_start = {y0: sqrt(C * gamma / eta), x0: sqrt(y0**2 - gamma / eta)}

# --- Appendix F: SAM --------------------------------------------------------------------------------------------

#: "Following footnote 1, we assume that x_t, y_t != 0 for all t", F.1.
nonzero = (Ne(x, 0), Ne(y, 0))
#: What every one-step statement of Appendix F stands under.
neuron_sam = (Gt(c, 0), *learning_rate, *nonzero)

z = Symbol("z", real=True)
#: z_t of Appendix F.1.
z_definition = {z: radius / sign_xy}
x_tilde, y_tilde = x + rho * y / z, y + rho * x / z
#: l'_t of Appendix F.1.
slope_t = ell.slope(x_tilde * y_tilde)

#: The conditions of Theorem 16; "... = O(...)" in the explicit form of Lemma 24.
theorem_16 = (
    *_start_conditions,
    relation(Le, eta * rho + sqrt(C * gamma * eta), Min(half, C) * sqrt(gamma / eta)),
    relation(Le, 4 * sqrt(C) / c / eta, t0),
)
theorem_16_start = neuron_start

#: What is raised to the power t in eq. (14).
sam_base = 1 - 8 / sqrt(C) * eta ** Rational(3, 2) * gamma ** Rational(-1, 2) * rho - eta**2
#: t0 of eq. (14), t1 of Definition 19 and t2 of Definition 25.
sam_t0 = {t0: LargestPower(sam_base, Rational(1, 4))}
sam_times = {**sam_t0, t1: LargestTimeWhile(Gt(x, c / 4 * sqrt(gamma * eta)))}
sam_all_times = {**sam_times, t2: FirstTime(relation(Lt, y, Abs(x)))}

B = Symbol("B", real=True)
#: The threshold B of Appendix F.3.
B_definition = {B: Max(2 / c * sqrt(eta / (C * gamma)), eta * rho + sqrt(C * eta * gamma))}

# --- Appendix G: USAM -------------------------------------------------------------------------------------------

#: The two slopes of Appendix G.1: l~'_t at the iterate, and l'_t at the ascent point.
slope_here = ell.slope(x * y)
x_ascent, y_ascent = x + rho * slope_here * y, y + rho * slope_here * x
slope_ascent = ell.slope(x_ascent * y_ascent)

#: The conditions of Theorem 35; "... = O(...)" in the explicit form of Lemma 43.
theorem_35 = (
    *_start_conditions,
    relation(Le, eta, half),
    relation(Le, eta * rho, Min(half, 1 / (C * gamma))),
    relation(Le, 2 * sqrt(C) / eta, t0),
    relation(Ge, C * gamma * (1 + rho * C * gamma / eta), 16),
)
#: What is raised to the power t in eq. (21).
usam_base = 1 - eta**2 - 2 * eta * rho
#: t0 of eq. (21) and t1 of Definition 38.
usam_t0 = {t0: LargestPower(usam_base, Rational(1, 4))}
usam_times = {**usam_t0, t1: LargestTimeWhile(Gt(x, half * sqrt(gamma * eta)))}

__all__ = [name for name in dir() if not name.startswith("_")]
__all__ += ["Abs", "Lt"]
