"""Formulas beyond SymPy's own: trajectories, limits, quantifiers, and properties of a loss."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean, BooleanFunction
from sympy.printing.precedence import PRECEDENCE

from verify.statement.vectors import PREFIXED, raised


def _factor(printer: Any, expression: sp.Basic) -> str:
    """An expression as a factor: a sum in parentheses."""
    return str(printer.parenthesize(expression, PRECEDENCE["Mul"]))


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
    """||w_t|| tends to infinity; w is a vector, or given by its coordinates."""

    def _sympystr(self, printer: Any) -> str:
        name = ", ".join(map(printer.doprint, self.args))
        name = f"({name})" if len(self.args) > 1 else name
        return f"{name}_t diverges (||{name}_t|| -> oo)"

    def _latex(self, printer: Any) -> str:
        name = ", ".join(map(printer.doprint, self.args))
        name = f"({name})" if len(self.args) > 1 else name
        return rf"\lVert {name}_t \rVert \to \infty"


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


class IsMember(TrajectoryFormula):
    """A named loss has a property with a constant: ``IsMember(Str(loss), Str(property), constant)``."""

    template = "{0} is {1} with the constant {2}"
    latex_template = r"\text{{{0} is {1} with the constant }} {2}"


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
        return f"there is {what}{on} with {printer.doprint(quantity)} <= K{on}*{_factor(printer, scale)}"

    def _latex(self, printer: Any) -> str:
        quantity, scale, depends, kind = self.args
        on = f"({', '.join(map(printer.doprint, depends))})" if depends else ""
        what = r"\text{ polynomial }K" if str(kind) == "polynomial" else "K"
        return rf"\exists\,{what}{on}:\ {printer.doprint(quantity)} \le K{on}\cdot {_factor(printer, scale)}"


class OrderOfGrowth(TrajectoryFormula):
    """Base of the orders of growth: ``Order(quantity, scale, depends)``.

    The constants may depend on the symbols of the Tuple ``depends``, and on nothing else that the claim ranges over.
    """

    sides: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ("K",)

    @property
    def quantity(self) -> sp.Expr:
        """What is compared."""
        return self.args[0]

    @property
    def scale(self) -> sp.Expr:
        """What it is compared with."""
        return self.args[1]

    @property
    def depends(self) -> sp.Tuple:
        """What the constants may depend on."""
        return self.args[2]

    def bounds(self, constants: tuple[sp.Expr, ...]) -> list[Boolean]:
        """The relations that it says to hold for some positive constants, one for each side."""
        kinds = {">=": sp.Ge, "<=": sp.Le}
        return [
            kinds[side](self.quantity, constant * self.scale, evaluate=False)
            for side, constant in zip(self.sides, constants, strict=True)
        ]

    def _sympystr(self, printer: Any) -> str:
        on = f"({', '.join(map(str, self.depends))})" if self.depends else ""
        names = ", ".join(f"{name}{on} > 0" for name in self.symbols)
        relations = [
            f"{printer.doprint(self.quantity)} {side} {name}{on}*{_factor(printer, self.scale)}"
            for side, name in zip(self.sides, self.symbols, strict=True)
        ]
        return f"there {'is' if len(self.symbols) == 1 else 'are'} {names} with {' and '.join(relations)}"

    def _latex(self, printer: Any) -> str:
        on = f"({', '.join(map(printer.doprint, self.depends))})" if self.depends else ""
        signs = {">=": r"\ge", "<=": r"\le"}
        names = ", ".join(rf"{name}{on}>0" for name in self.symbols)
        relations = [
            rf"{printer.doprint(self.quantity)} {signs[side]} {name}{on}\cdot {_factor(printer, self.scale)}"
            for side, name in zip(self.sides, self.symbols, strict=True)
        ]
        return rf"\exists\,{names}:\ " + r",\ ".join(relations)


class BigOmega(OrderOfGrowth):
    """quantity = Omega(scale): there is K > 0 with quantity >= K * scale."""

    sides = (">=",)


class BigO(OrderOfGrowth):
    """quantity = O(scale): there is K > 0 with quantity <= K * scale."""

    sides = ("<=",)


class BigTheta(OrderOfGrowth):
    """quantity = Theta(scale): there are K, k > 0 with k * scale <= quantity <= K * scale."""

    sides = (">=", "<=")
    symbols = ("k", "K")


class Binder(TrajectoryFormula):
    """Base of the formulas that bind symbols: those that their first argument, a Tuple, names."""

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """The symbols that it speaks of without binding them."""
        inner: set[sp.Basic] = set().union(*(argument.free_symbols for argument in self.args))
        return inner - set(self.args[0])


class ThereAre(Binder):
    """There are numbers with a property: ``ThereAre(Tuple(K, ...), condition, depends, body)``.

    The numbers meet ``condition``, may depend on the symbols of the Tuple ``depends``, and serve for everything else
    that the claim ranges over.
    """

    @property
    def symbols(self) -> sp.Tuple:
        """The numbers that there are."""
        return self.args[0]

    @property
    def condition(self) -> Boolean:
        """What they meet."""
        return self.args[1]

    @property
    def depends(self) -> sp.Tuple:
        """What they may depend on."""
        return self.args[2]

    @property
    def body(self) -> Boolean:
        """What holds with them."""
        return self.args[3]

    def _sympystr(self, printer: Any) -> str:
        names, condition, depends, body = self.args
        on = f" depending on {', '.join(map(str, depends))} only" if depends else ", the same for all"
        verb = "is" if len(names) == 1 else "are"
        listed = ", ".join(map(str, names))
        return f"there {verb} {listed} with {printer.doprint(condition)}{on}: {printer.doprint(body)}"

    def _latex(self, printer: Any) -> str:
        names, condition, depends, body = self.args
        on = f"({', '.join(map(printer.doprint, depends))})" if depends else ""
        bound = ", ".join(printer.doprint(name) + on for name in names)
        return rf"\exists\,{bound}\ [{printer.doprint(condition)}]:\ {printer.doprint(body)}"


class ForAll(Binder):
    """Whatever the numbers of a Tuple are that meet a condition: ``ForAll(Tuple(e, ...), condition, body)``."""

    def _sympystr(self, printer: Any) -> str:
        names, condition, body = self.args
        return f"for all {', '.join(map(str, names))} with {printer.doprint(condition)}: {printer.doprint(body)}"

    def _latex(self, printer: Any) -> str:
        names, condition, body = self.args
        bound = ", ".join(map(printer.doprint, names))
        return rf"\forall\,{bound}\ [{printer.doprint(condition)}]:\ {printer.doprint(body)}"


class Always(TrajectoryFormula):
    """The formula holds at every time."""

    template = "always: {0}"
    latex_template = r"\forall t:\ {0}"


class Eventually(TrajectoryFormula):
    """There is a time at which the formula holds."""

    template = "at some time: {0}"
    latex_template = r"\exists t:\ {0}"


class DecaysExponentially(TrajectoryFormula):
    """There are K and q < 1 with |expression| <= K q^t for all t."""

    template = "{0} decays exponentially fast"
    latex_template = r"{0} \text{{ decays exponentially fast}}"


class EventuallyAlways(TrajectoryFormula):
    """There is a time from which on the formula holds."""

    template = "from some time on: {0}"
    latex_template = r"\exists T\,\forall t\ge T:\ {0}"


class AsLongAs(TrajectoryFormula):
    """At every time up to which the first formula has held without a break, the second holds."""

    template = "as long as {0}: {1}"
    latex_template = r"\text{{as long as }} {0}:\ {1}"


class ConvergesTo(Binder):
    """Numbers along the trajectory converge, and their limits meet a formula.

    ``ConvergesTo(Tuple(limit, ...), Tuple(expression, ...), formula)``.
    """

    def _sympystr(self, printer: Any) -> str:
        names, expressions, body = self.args
        pairs = ", ".join(f"{printer.doprint(e)} -> {n}" for n, e in zip(names, expressions, strict=True))
        return f"{pairs} with {printer.doprint(body)}"

    def _latex(self, printer: Any) -> str:
        names, expressions, body = self.args
        pairs = ",\\ ".join(
            rf"{printer.doprint(e)}\to {printer.doprint(n)}" for n, e in zip(names, expressions, strict=True)
        )
        return rf"{pairs}\ \text{{with}}\ {printer.doprint(body)}"


class LimSup(sp.Function):
    """limsup over t of a number along the trajectory."""

    nargs = 1
    is_real = True
    precedence = PREFIXED

    def _sympystr(self, printer: Any) -> str:
        return f"limsup_t {_factor(printer, self.args[0])}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(rf"\limsup_{{t\to\infty}} {_factor(printer, self.args[0])}", exp, bracket=True)


class LimInf(sp.Function):
    """liminf over t of a number along the trajectory."""

    nargs = 1
    is_real = True
    precedence = PREFIXED

    def _sympystr(self, printer: Any) -> str:
        return f"liminf_t {_factor(printer, self.args[0])}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(rf"\liminf_{{t\to\infty}} {_factor(printer, self.args[0])}", exp, bracket=True)


class Differentiable(TrajectoryFormula):
    """The scalar loss has its derivative of the given order at a point: ``Differentiable(ell, order, s)``."""

    template = "{0} has a derivative of order {1} at {2}"
    latex_template = r"{0} \text{{ has a derivative of order }} {1} \text{{ at }} {2}"


class StepSum(sp.Function):
    """The sum over i = 0, ..., t-1 of an expression of the state at step i."""

    nargs = 1
    is_real = True
    precedence = PREFIXED

    def _sympystr(self, printer: Any) -> str:
        return f"sum_(i<t) {_factor(printer, self.args[0])}"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(rf"\sum_{{i=0}}^{{t-1}} {_factor(printer, self.args[0])}\big|_i", exp, bracket=True)


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
        if isinstance(node, LimSup | LimInf | sp.Limit):
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
    return (
        bool(about) and all(isinstance(node, _SPECTRAL) for node in about) and not formula.has(sp.Limit, LimSup, LimInf)
    )


def binds_the_start(formula: sp.Basic) -> bool:
    """Whether it speaks of every start, or almost every one, so that a point of it has none."""
    return bool(formula.has(FromEveryStart, FromAlmostEveryStart))


class Uncertified(TrajectoryFormula):
    """A condition that could be certified neither way; its truth is unknown at every point."""

    template = "not certified: {0}"
    latex_template = r"\text{{not certified: {0}}}"
