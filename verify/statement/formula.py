"""Formulas beyond SymPy's own: trajectories, limits, quantifiers, and properties of a loss."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean, BooleanFunction


class TrajectoryFormula(BooleanFunction):
    """Base of the formulas that speak of a whole trajectory or of all starts, not of one point."""

    template = ""
    latex_template = ""

    @classmethod
    def eval(cls, *arguments: sp.Basic) -> None:
        """Never evaluates by itself."""

    def _sympystr(self, printer: Any) -> str:
        return self.template.format(*(printer.doprint(argument) for argument in self.args))

    def _latex(self, printer: Any) -> str:
        return self.latex_template.format(*(printer.doprint(argument) for argument in self.args))


class Converges(TrajectoryFormula):
    """The iterates converge to a minimizer (in norm)."""

    template = "{0}_t converges to a minimizer"
    latex_template = r"{0}_t \text{{ converges to a minimizer}}"


class ConvergesExponentially(TrajectoryFormula):
    """There are K and q < 1 with ||w_t - w*|| <= K q^t for all t, w* the minimizer."""

    template = "{0}_t converges to the minimizer exponentially fast"
    latex_template = r"{0}_t \to w^* \text{{ exponentially fast}}"


class Diverges(TrajectoryFormula):
    """||w_t|| tends to infinity."""

    template = "{0}_t diverges (||{0}_t|| -> oo)"
    latex_template = r"\lVert {0}_t \rVert \to \infty"


class DivergesExponentially(TrajectoryFormula):
    """There are K > 0 and q > 1 with ||(x_t, y_t)|| >= K q^t from some time on."""

    def _sympystr(self, printer: Any) -> str:
        return f"({', '.join(map(printer.doprint, self.args))})_t diverges exponentially fast"

    def _latex(self, printer: Any) -> str:
        return rf"({', '.join(map(printer.doprint, self.args))})_t \text{{ diverges exponentially fast}}"


class FromEveryStart(TrajectoryFormula):
    """The formula holds on the trajectory from every start."""

    template = "from every start: {0}"
    latex_template = r"\forall w_0:\ {0}"


class FromAlmostEveryStart(TrajectoryFormula):
    """The formula holds on the trajectory from every start outside a set of Lebesgue measure zero."""

    template = "from almost every start: {0}"
    latex_template = r"\text{{for almost every }} w_0:\ {0}"


class ComponentNonzero(TrajectoryFormula):
    """The component of a vector along an eigenvector of an attained eigenvalue of the Hessian is not 0."""

    template = "<{0}, v({1})> != 0"
    latex_template = r"\langle {0}, v({1}) \rangle \neq 0"


class HasProperty(TrajectoryFormula):
    """The quadratic loss is smooth or strongly convex with a constant: ``HasProperty(Str(name), constant)``."""

    template = "the loss is {1}-{0}"
    latex_template = r"\text{{the loss is }} {1}\text{{-{0}}}"


class ThereIsLoss(TrajectoryFormula):
    """There is a loss of the claim's class for which the formula holds."""

    template = "there is a loss of the class with: {0}"
    latex_template = r"\exists\,\mathcal{{L}}:\ {0}"


class Bounded(TrajectoryFormula):
    """There is a constant (or a factor) K of the named kind with quantity <= K * scale for everything in scope.

    ``Bounded(quantity, scale, depends, kind)``: ``depends`` is a Tuple of the symbols that K may depend on, ``kind`` is
    ``constant`` (a number for each value of them), or ``polynomial`` (a polynomial in them, the same for all values).
    ``quantity`` may be a :class:`LimSup`.
    """

    def _sympystr(self, printer: Any) -> str:
        quantity, scale, depends, kind = self.args
        on = f"({', '.join(map(str, depends))})"
        what = "polynomial K" if str(kind) == "polynomial" else "K"
        return f"there is {what}{on} with {printer.doprint(quantity)} <= K{on}*{printer.doprint(scale)}"

    def _latex(self, printer: Any) -> str:
        quantity, scale, depends, kind = self.args
        on = f"({', '.join(map(printer.doprint, depends))})" if depends else ""
        what = r"\text{ polynomial }K" if str(kind) == "polynomial" else "K"
        return rf"\exists\,{what}{on}:\ {printer.doprint(quantity)} \le K{on}\cdot {printer.doprint(scale)}"


class LimSup(sp.Function):
    """limsup over t of a number along the trajectory."""

    nargs = 1
    is_real = True

    def _sympystr(self, printer: Any) -> str:
        return f"limsup_t {printer.doprint(self.args[0])}"

    def _latex(self, printer: Any) -> str:
        return rf"\limsup_{{t\to\infty}} {printer.doprint(self.args[0])}"


class BigOmega(TrajectoryFormula):
    """quantity = Omega(scale): there is K > 0 (depending on ``depends`` only) with quantity >= K * scale."""

    def _sympystr(self, printer: Any) -> str:
        quantity, scale, depends = self.args
        on = f"({', '.join(map(str, depends))})" if depends else ""
        return f"there is K{on} > 0 with {printer.doprint(quantity)} >= K{on}*{printer.doprint(scale)}"

    def _latex(self, printer: Any) -> str:
        quantity, scale, depends = self.args
        on = f"({', '.join(map(printer.doprint, depends))})" if depends else ""
        return rf"\exists\,K{on}>0:\ {printer.doprint(quantity)} \ge K{on}\cdot {printer.doprint(scale)}"


class Differentiable(TrajectoryFormula):
    """The scalar loss has its derivative of the given order at a point: ``Differentiable(ell, order, s)``."""

    template = "{0} has a derivative of order {1} at {2}"
    latex_template = r"{0} \text{{ has a derivative of order }} {1} \text{{ at }} {2}"


class StepSum(sp.Function):
    """The sum over i = 0, ..., t-1 of an expression of the state at step i."""

    nargs = 1
    is_real = True

    def _sympystr(self, printer: Any) -> str:
        return f"sum_(i<t) {printer.doprint(self.args[0])}"

    def _latex(self, printer: Any) -> str:
        return rf"\sum_{{i=0}}^{{t-1}} {printer.doprint(self.args[0])}\big|_i"


class HittingTime:
    """Base of the times that a trajectory or the parameters define; their value may be *never*."""


class LargestTimeWhile(HittingTime):
    """The largest time such that the condition holds at that time and at every time before."""

    def __init__(self, condition: Boolean) -> None:
        self.condition = condition

    def __str__(self) -> str:
        return f"the largest time such that {self.condition} for all times up to it"


class FirstTime(HittingTime):
    """The first time at which the condition holds."""

    def __init__(self, condition: Boolean) -> None:
        self.condition = condition

    def __str__(self) -> str:
        return f"the first time at which {self.condition}"


class LargestPower(HittingTime):
    """The largest t with base**t >= level."""

    def __init__(self, base: sp.Expr, level: sp.Expr) -> None:
        self.base = sp.sympify(base)
        self.level = sp.sympify(level)

    def __str__(self) -> str:
        return f"the largest t with ({self.base})**t >= {self.level}"


def parts_of(formula: Boolean) -> tuple[Boolean, ...]:
    """The conjuncts of a formula."""
    return tuple(formula.args) if isinstance(formula, sp.And) else (formula,)


def speaks_of_a_point(formula: sp.Basic) -> bool:
    """Whether the formula can be evaluated at one point: no formula about a trajectory, no limit."""
    for node in sp.preorder_traversal(formula):
        if isinstance(node, TrajectoryFormula) and not isinstance(node, Differentiable | Uncertified):
            return False
        if isinstance(node, LimSup | sp.Limit):
            return False
    return True


_SPECTRAL = (
    Converges,
    ConvergesExponentially,
    Diverges,
    FromEveryStart,
    FromAlmostEveryStart,
    ComponentNonzero,
    HasProperty,
)


def decided_by_eigenvalues(formula: sp.Basic) -> bool:
    """Whether it is a formula about trajectories (or the loss) that the eigenvalues of a concrete quadratic decide."""
    about = [node for node in sp.preorder_traversal(formula) if isinstance(node, TrajectoryFormula)]
    return bool(about) and all(isinstance(node, _SPECTRAL) for node in about) and not formula.has(sp.Limit, LimSup)


def binds_the_start(formula: sp.Basic) -> bool:
    """Whether it speaks of every start, or almost every one, so that a point of it has none."""
    return bool(formula.has(FromEveryStart, FromAlmostEveryStart))


class Uncertified(TrajectoryFormula):
    """A condition that could be certified neither way; its truth is unknown at every point."""

    template = "not certified: {0}"
    latex_template = r"\text{{not certified: {0}}}"
