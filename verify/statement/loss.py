"""Losses: the abstract ones that statements speak of, the properties of a class, and its concrete members."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import ClaimError
from verify.statement.vectors import PREFIXED, VectorValued, raised


class LossValue(sp.Function):
    """L(w): the value of the loss at a vector."""

    nargs = 2
    is_real = True
    is_extended_real = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(rf"\mathcal{{L}}({printer.doprint(self.args[1])})", exp)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.args[0]}({printer.doprint(self.args[1])})"


class LossMinimum(sp.Function):
    """min L: the least value of the loss (a hypothesis that needs it fails where there is none)."""

    nargs = 1
    is_real = True
    precedence = PREFIXED
    is_extended_real = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return raised(r"\mathcal{L}^*", exp, bracket=True)

    def _sympystr(self, printer: Any) -> str:
        return f"min {self.args[0]}"


class Gradient(VectorValued):
    """grad L(w): the gradient of the loss at a vector."""

    nargs = 2

    def _latex(self, printer: Any) -> str:
        return rf"\nabla\mathcal{{L}}({printer.doprint(self.args[1])})"

    def _sympystr(self, printer: Any) -> str:
        return f"grad {self.args[0]}({printer.doprint(self.args[1])})"


class HessianProduct(VectorValued):
    """H v: the constant Hessian of a quadratic loss applied to a vector."""

    nargs = 2

    def _latex(self, printer: Any) -> str:
        return rf"\Lambda\,({printer.doprint(self.args[1])})"

    def _sympystr(self, printer: Any) -> str:
        return f"Lambda*({printer.doprint(self.args[1])})"


class Minimizer(VectorValued):
    """w*: a minimizer of the loss."""

    nargs = 1

    def _latex(self, printer: Any) -> str:
        return "w^*"

    def _sympystr(self, printer: Any) -> str:
        return "w*"


class Projection(VectorValued):
    """x_p: the minimizer of the loss nearest to a vector."""

    nargs = 2

    def _latex(self, printer: Any) -> str:
        return rf"({printer.doprint(self.args[1])})_p"

    def _sympystr(self, printer: Any) -> str:
        return f"proj({printer.doprint(self.args[1])})"


class EkelandPoint(VectorValued):
    """v: a point to which the gap pays the way from w, with a small gradient (see ``verify.kernel.variational``)."""

    nargs = 3

    def _latex(self, printer: Any) -> str:
        return "v"

    def _sympystr(self, printer: Any) -> str:
        _, point, weight = self.args
        return f"ekeland({printer.doprint(point)}, {printer.doprint(weight)})"


class Loss:
    """A loss on R^d, left abstract: ``L(w)``, ``L.gradient(w)``, ``L.minimum``, ``L.minimizer``."""

    def __init__(self, name: str = "L") -> None:
        self.symbol = sp.Symbol(name)

    def __call__(self, point: sp.Expr) -> sp.Expr:
        """The value at ``point``."""
        return LossValue(self.symbol, point)

    def gradient(self, point: sp.Expr) -> sp.Expr:
        """The gradient at ``point``."""
        return Gradient(self.symbol, point)

    def hessian(self, vector: sp.Expr) -> sp.Expr:
        """The Hessian of a quadratic loss applied to ``vector``."""
        return HessianProduct(self.symbol, vector)

    def projection(self, point: sp.Expr) -> sp.Expr:
        """The minimizer nearest to ``point``."""
        return Projection(self.symbol, point)

    def ekeland_point(self, point: sp.Expr, weight: sp.Expr) -> sp.Expr:
        """For hints: a point v with gap(v) + weight |v - w|^2 <= gap(w) and |grad L(v)|^2 <= 4 weight gap(v).

        There gap is L - min L, and w the given point; there is such a v for every weight (Ekeland).
        """
        return EkelandPoint(self.symbol, point, weight)

    @property
    def minimum(self) -> sp.Expr:
        """The least value."""
        return LossMinimum(self.symbol)

    @property
    def minimizer(self) -> sp.Expr:
        """A minimizer."""
        return Minimizer(self.symbol)


class ScalarLoss(sp.Function):
    """The order-th derivative of a loss of one real variable, left abstract: ``ScalarLoss(ell, order, s)``."""

    nargs = 3
    is_real = True
    is_extended_real = True

    def fdiff(self, argindex: int = 3) -> sp.Expr:
        """The derivative by the argument: one order more."""
        name, order, argument = self.args
        return ScalarLoss(name, order + 1, argument)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        _, order, argument = self.args
        body = r"\ell" + "'" * int(order) + f"({printer.doprint(argument)})"
        return raised(body, exp)

    def _sympystr(self, printer: Any) -> str:
        name, order, argument = self.args
        return f"{name}{chr(39) * int(order)}({printer.doprint(argument)})"


class ScalarLossName:
    """A loss of one real variable: ``ell(s)``, ``ell.slope(s)``, ``ell.curvature(s)``."""

    def __init__(self, name: str = "ell") -> None:
        self.symbol = sp.Symbol(name)

    def __call__(self, argument: sp.Expr) -> sp.Expr:
        """The value at ``argument``."""
        return ScalarLoss(self.symbol, sp.S.Zero, argument)

    def slope(self, argument: sp.Expr) -> sp.Expr:
        """The first derivative at ``argument``."""
        return ScalarLoss(self.symbol, sp.S.One, argument)

    def curvature(self, argument: sp.Expr) -> sp.Expr:
        """The second derivative at ``argument``."""
        return ScalarLoss(self.symbol, sp.Integer(2), argument)


@dataclass(frozen=True)
class Property:
    """A named property of losses, such as smoothness, with its constant (if it has one)."""

    name: str
    constant: sp.Expr | None = None

    def __str__(self) -> str:
        return self.name if self.constant is None else f"{self.constant}-{self.name}"


@dataclass(frozen=True)
class Member:
    """One concrete loss: a family with its parameters filled in.

    Attributes:
        name: as the user writes it, such as ``huber(beta=1,alpha=0,delta=1)``.
        coordinates: the symbols that ``value`` and ``gradient`` are written in.
        value: the loss, with minimum 0 where it has one.
        gradient: its partial derivatives.
        hessian: the matrix of second derivatives, row by row, where it exists; None if not provided.
        kinks: for each order of derivative, expressions in the coordinates at whose zeros it does not exist.
        minimizer: the coordinates of a minimizer, None if there is none.
        unique_minimizer: whether it is the only one (of a loss that is neither constant nor quadratic).
        eigenvalues: of the Hessian of a quadratic loss, largest first; None for other losses.
        diagonal: whether a quadratic's Hessian is diagonal with eigenvalues in order.
        requirements: for each property name, a function of its constant that gives the exact condition under
            which this loss has it, None where that could not be certified.
        exists: what its parameters have to meet; decided for numbers, and left to be shown for expressions.
    """

    name: str
    coordinates: tuple[sp.Symbol, ...]
    value: sp.Expr
    gradient: tuple[sp.Expr, ...]
    requirements: Mapping[str, Callable[[sp.Expr], Boolean | None]] = field(compare=False)
    hessian: tuple[tuple[sp.Expr, ...], ...] | None = None
    kinks: Mapping[int, tuple[sp.Expr, ...]] = field(default_factory=dict, compare=False)
    minimizer: tuple[sp.Expr, ...] | None = None
    unique_minimizer: bool = True
    eigenvalues: tuple[sp.Expr, ...] | None = None
    diagonal: bool = False
    exists: Boolean = field(default=sp.true, compare=False)

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.coordinates)

    def __str__(self) -> str:
        return self.name


Number = Any  # a Fraction, a float, an array or a SymPy number: a family's arithmetic is the same for all
#: A place on the line, the derivative of a loss there, and its value (up to a constant).
PointOfLoss = tuple[Fraction, Fraction, Fraction]


@dataclass(frozen=True)
class Family:
    """A parametrised set of losses, such as ``huber(beta, alpha, delta)``.

    Attributes:
        name: what ``--loss`` calls it.
        defaults: its parameters in order with their default values as text; the value text of a parameter called
            ``knots`` is ``'w:v,w:v,...'``, of any other a number.
        build: from parameter values to a ``Member``; the values are SymPy numbers, or symbols in a batch.
        propose: from unit coordinates and the class's constants to parameter values (for search).
        unit_dimension: how many unit coordinates ``propose`` takes.
        through: of a family on the line: from points (place, derivative, value) and the class's constants to the
            parameters of members that pass near them (for search).
    """

    name: str
    defaults: Mapping[str, str]
    build: Callable[..., Member]
    propose: Callable[[Sequence[Number], Mapping[str, Number]], dict[str, Number]]
    unit_dimension: int
    variant: str = ""
    through: Callable[[Sequence[PointOfLoss], Mapping[str, Number]], list[dict[str, Number]]] | None = None

    def text(self, parameters: Mapping[str, object]) -> str:
        """How the member with these parameters is written, such as ``quadratic(h=1)``."""
        inside = ",".join(f"{name}={_parameter_text(value)}" for name, value in parameters.items())
        return f"{self.name}({inside})"

    def member(self, parameters: Mapping[str, object]) -> Member:
        """The concrete loss with these parameters (Fractions, or pairs of them for knots)."""
        return _built(self.build, self.text(parameters), tuple((k, _to_sympy(v)) for k, v in parameters.items()))


@lru_cache(maxsize=1024)
def _built(build: Callable[..., Member], name: str, parameters: tuple[tuple[str, Any], ...]) -> Member:
    return build(name, **dict(parameters))


def _parameter_text(value: object) -> str:
    if isinstance(value, tuple | list):
        return "'" + ",".join(f"{where}:{what}" for where, what in value) + "'"
    return str(value)


def _to_sympy(value: object) -> object:
    if isinstance(value, tuple | list):
        return tuple((_to_sympy(where), _to_sympy(what)) for where, what in value)
    return sp.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else sp.sympify(value)


@lru_cache
def space(dimension: int) -> Member:
    """R^d of that dimension, without a loss: where the vectors of a claim are that speaks of no loss."""
    coordinates = sp.symbols(f"w_1:{dimension + 1}", real=True)
    return Member(f"R^{dimension}", coordinates, sp.S.Zero, (sp.S.Zero,) * dimension, {})


#: The spaces in which such a claim is searched.
SPACES = tuple(
    Family(f"R^{d}", {}, lambda name, d=d: space(d), lambda unit, bounds: {}, unit_dimension=0) for d in (1, 2, 3)
)


class Sketch(NamedTuple):
    """A point of a claim whose loss, of one variable, is only sketched.

    Attributes:
        values: the claim's numbers by name.
        points: places, in order, and what the derivative and the value of the loss are there.
    """

    values: Mapping[str, Fraction]
    points: tuple[PointOfLoss, ...]


@dataclass(frozen=True)
class LossClass:
    """What a theorem quantifies over: the losses with certain properties.

    Attributes:
        text: how the paper words it, printed among the assumptions.
        properties: what every member has; their constants are expressions in the claim's symbols.
        families: the concrete losses that search may pick and ``--loss`` accepts.
        conditions: what the existence of a member implies for the constants, e.g. ``alpha <= beta``.
        slope_axioms: for a scalar loss: from a point s and the slope p = l'(s) to groups of relations that every member
            satisfies; one group is called ``signs``.  Used by proofs, so it is part of what one has to trust.
        slope_has_sign_of_argument: for a scalar loss: whether l'(s) has the sign of s for every member; trusted too.
        point_axioms: for a loss on R^d: from the loss's symbol and two points to relations that every member
            satisfies (interpolation inequalities).  Used by proofs, so it is part of what one has to trust.
        attains_minimum: for a loss on R^d: whether every member has a gradient everywhere and a minimizer; trusted too.
        attributes: symbols of the claim whose value the concrete loss fixes, such as the top eigenvalue, by the
            name of the attribute (``"top eigenvalue"``, ``"least eigenvalue"``).
        spectrum: for a class of quadratics, what is known of an arbitrary eigenvalue ``lam`` of the Hessian.
        scalar: whether its members are losses l(s) of one real number, inside L(x, y) = l(xy).
    """

    text: str
    properties: tuple[Property, ...]
    families: tuple[Family, ...]
    conditions: tuple[Boolean, ...] = ()
    slope_axioms: Callable[[sp.Expr, sp.Expr], Mapping[str, list[Boolean]]] | None = field(default=None, compare=False)
    slope_has_sign_of_argument: bool = False
    point_axioms: Callable[[sp.Symbol, sp.Expr, sp.Expr], list[Boolean]] | None = field(default=None, compare=False)
    attains_minimum: bool = False
    attributes: Mapping[sp.Symbol, str] = field(default_factory=dict)
    spectrum: Spectrum | None = None
    scalar: bool = False

    @property
    def constants(self) -> tuple[sp.Symbol, ...]:
        """The symbols in the properties' constants, in order, without those that the loss fixes."""
        found: dict[sp.Symbol, None] = {}
        for entry in self.properties:
            if entry.constant is not None:
                for symbol in sorted(entry.constant.free_symbols, key=str):
                    found[symbol] = None
        return tuple(symbol for symbol in found if symbol not in self.attributes)

    def family(self, name: str, variant: Sequence[str] | None = None) -> Family | None:
        """The family called ``name`` whose parameters include those in ``variant``; None if there is none."""
        fitting = [family for family in self.families if family.name == name]
        if variant is None:
            return fitting[0] if fitting else None
        for family in fitting:
            if set(variant) <= set(family.defaults):
                return family
        return None

    def requirements(self, member: Member) -> list[tuple[Property, Boolean | None]]:
        """For each property of the class, the condition under which ``member`` has it (None: not certified)."""
        return [(entry, _requirement(entry, member)) for entry in self.properties]


@lru_cache(maxsize=1024)
def _requirement(entry: Property, member: Member) -> Boolean | None:
    decide = member.requirements.get(entry.name)
    if decide is None:
        raise ClaimError(f"the loss {member.name} does not say when it is {entry}")
    condition = decide(entry.constant if entry.constant is not None else sp.S.Zero)
    return condition if condition is None or member.exists == True else sp.And(member.exists, condition)  # noqa: E712


@dataclass(frozen=True)
class Spectrum:
    """An arbitrary eigenvalue of the Hessians of a class of quadratics on R^d, for every d.

    Attributes:
        eigenvalue: the symbol that stands for it.
        constraints: what holds for every eigenvalue.
        attained: eigenvalues that every member has, such as the top one.
    """

    eigenvalue: sp.Symbol
    constraints: tuple[Boolean, ...]
    attained: tuple[sp.Expr, ...]
