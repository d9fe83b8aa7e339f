"""One traversal of SymPy expressions for every number system: values, truth values and margins."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import VerifyError
from verify.statement.formula import Differentiable, StepSum, Uncertified
from verify.statement.loss import (
    Gradient,
    HessianProduct,
    LossMinimum,
    LossValue,
    Member,
    Minimizer,
    Projection,
    ScalarLoss,
)
from verify.statement.vectors import Inner, Norm

Number = Any  # whatever the arithmetic at hand computes with
Value = Any  # a number, or a tuple of numbers for a vector


class Undefined(VerifyError):
    """The expression has no value at this point (a division by zero, the root of a negative number)."""


class Undecided(VerifyError):
    """The precision at hand does not tell whether the expression has a value, or which case applies."""


class NotExact(VerifyError):
    """The value is not a rational number of reasonable size."""


class Truth(enum.Enum):
    """The truth value of a formula at a point."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    UNDEFINED = "undefined"


class TimeRange(NamedTuple):
    """What is known of a time: it is at least ``low`` and at most ``high``; None is +infinity (never)."""

    low: Any
    high: Any


class Arithmetic(Protocol):
    """A number system. Numbers support ``+ - *``; the rest goes through these methods."""

    name: str

    def rational(self, numerator: int, denominator: int) -> Number:
        """The number numerator/denominator."""

    def divide(self, left: Number, right: Number) -> Number:
        """left/right; raises Undefined where right is 0, Undecided where that is not known."""

    def power(self, base: Number, exponent: Fraction) -> Number:
        """base**exponent for a rational exponent."""

    def call(self, name: str, arguments: list[Number]) -> Number:
        """The SymPy function of that name (Abs, sign, Min, Max, floor, exp, log, tanh, ...)."""

    def sign(self, number: Number) -> int | None:
        """-1, 0, 1, or None where the precision does not tell."""

    def as_rational(self, number: Number) -> Fraction | None:
        """The number as a Fraction if it is certainly that."""

    def kept(self, number: Number) -> Number:
        """The number, if it is fit to be carried to the next step of an iteration; raises NotExact otherwise."""


class Environment:
    """What the symbols of a claim mean at a point: numbers, vectors, and the concrete loss."""

    def __init__(
        self,
        arithmetic: Arithmetic,
        values: Mapping[sp.Symbol, Value],
        member: Member | None = None,
        sums: Mapping[sp.Expr, Value] | None = None,
        times: Mapping[sp.Symbol, TimeRange] | None = None,
    ) -> None:
        self.arithmetic = arithmetic
        self.values = dict(values)
        self.member = member
        self.sums = dict(sums or {})
        self.times = dict(times or {})
        self._memo: dict[sp.Basic, Value] = {}

    def with_values(self, values: Mapping[sp.Symbol, Value]) -> Environment:
        """The same environment with further or other values."""
        return Environment(self.arithmetic, {**self.values, **values}, self.member, self.sums, self.times)

    # --- values -------------------------------------------------------------------------------------------------

    def value(self, expression: sp.Basic) -> Value:
        """The value of an expression: a number, or a tuple for a vector.

        Raises:
            Undefined: it has none.
            Undecided: the precision does not tell.
            NotExact: exact arithmetic was asked for a value that is not rational.
        """
        memo = self._memo
        if expression in memo:
            return memo[expression]
        result = self._compute(expression)
        memo[expression] = result
        return result

    def _compute(self, expression: sp.Basic) -> Value:
        evaluated: Value = getattr(self, _handler(type(expression)))(expression)
        return evaluated

    def _symbol(self, expression: sp.Symbol) -> Value:
        if expression not in self.values:
            raise VerifyError(f"{expression} has no value here")
        value = self.values[expression]
        if isinstance(value, VerifyError):  # a definition without a value at this point
            raise value
        return value

    def _rational(self, expression: sp.Rational) -> Number:
        return self.arithmetic.rational(int(expression.p), int(expression.q))

    def _add(self, expression: sp.Add) -> Value:
        return self._sum([self.value(argument) for argument in expression.args])

    def _inner(self, expression: Inner) -> Number:
        left, right = self._vectors(expression.args)
        return self._sum([a * b for a, b in zip(left, right, strict=True)])

    def _norm(self, expression: Norm) -> Number:
        (vector,) = self._vectors(expression.args)
        if len(vector) == 1:
            return self.arithmetic.call("Abs", [vector[0]])
        return self.arithmetic.power(self._sum([a * a for a in vector]), Fraction(1, 2))

    def _step_sum(self, expression: StepSum) -> Number:
        if expression not in self.sums:
            raise VerifyError(f"{expression} has a value only along a trajectory")
        total = self.sums[expression]
        if isinstance(total, VerifyError):
            raise total
        return total

    def _function(self, expression: sp.Basic) -> Number:
        arguments = [self.value(argument) for argument in expression.args]
        return self.arithmetic.call(type(expression).__name__, arguments)

    def _vectors(self, expressions: tuple[sp.Basic, ...]) -> list[tuple[Number, ...]]:
        values = [self.value(expression) for expression in expressions]
        dimension = max((len(value) for value in values if isinstance(value, tuple)), default=1)
        zero = self.arithmetic.rational(0, 1)
        return [value if isinstance(value, tuple) else (zero,) * dimension for value in values]

    def _sum(self, values: list[Value]) -> Value:
        vectors = [value for value in values if isinstance(value, tuple)]
        if vectors:  # a number among them can only be the zero vector: claims are well typed
            return tuple(self._sum(list(entries)) for entries in zip(*vectors, strict=True))
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total

    def _product(self, expression: sp.Mul) -> Value:
        factors, divisors = _split_product(expression)
        scalar: Number | None = None
        vector: tuple[Number, ...] | None = None
        for factor in factors:
            value = self.value(factor)
            if isinstance(value, tuple):
                vector = value
            else:
                scalar = value if scalar is None else scalar * value
        if scalar is None:
            scalar = self.arithmetic.rational(1, 1)
        for divisor in divisors:
            scalar = self.arithmetic.divide(scalar, self.value(divisor))
        return scalar if vector is None else tuple(scalar * entry for entry in vector)

    def _power(self, expression: sp.Pow) -> Number:
        base, exponent = expression.args
        if base is sp.E:
            return self.arithmetic.call("exp", [self.value(exponent)])
        if isinstance(exponent, sp.Rational):
            power: Fraction | None = Fraction(int(exponent.p), int(exponent.q))
        else:
            power = self.arithmetic.as_rational(self.value(exponent))
        if power is None:
            logarithm = self.arithmetic.call("log", [self.value(base)])
            return self.arithmetic.call("exp", [logarithm * self.value(exponent)])
        return self.arithmetic.power(self.value(base), power)

    def _piecewise(self, expression: sp.Piecewise) -> Number:
        for value, condition in expression.args:
            truth = self.truth(condition)
            if truth is Truth.TRUE:
                return self.value(value)
            if truth is not Truth.FALSE:
                raise Undecided(f"which case of {expression} applies")
        raise Undefined(f"no case of {expression} applies")

    def _finite_sum(self, expression: sp.Sum) -> Number:
        if len(expression.limits) != 1:
            raise VerifyError(f"{expression} has more than one index")
        index, lower, upper = expression.limits[0]
        if upper is sp.oo:
            return self._geometric_series(expression.function, index, lower)
        first, last = (self.arithmetic.as_rational(self.value(bound)) for bound in (lower, upper))
        if first is None or last is None or first.denominator != 1 or last.denominator != 1:
            raise Undecided(f"the ends of {expression}")
        total = self.arithmetic.rational(0, 1)
        for place in range(int(first), int(last) + 1):
            inner = self.with_values({index: self.arithmetic.rational(place, 1)})
            total = total + inner.value(expression.function)
        return total

    def _geometric_series(self, term: sp.Expr, index: sp.Symbol, lower: sp.Expr) -> Number:
        """sum_{k >= 0} base**k: 1/(1 - base) where |base| < 1, no value elsewhere (it diverges)."""
        if lower != 0 or not (isinstance(term, sp.Pow) and term.exp == index and index not in term.base.free_symbols):
            raise VerifyError(f"the infinite sum over {term} is no geometric series")
        base = self.value(term.base)
        one = self.arithmetic.rational(1, 1)
        size = self.arithmetic.sign(self.arithmetic.call("Abs", [base]) - one)
        if size is None:
            raise Undecided(f"whether |{term.base}| < 1")
        if size >= 0:
            raise Undefined(f"the series over {term} diverges")
        return self.arithmetic.divide(one, one - base)

    # --- the concrete loss --------------------------------------------------------------------------------------

    def _require_member(self, expression: sp.Basic) -> Member:
        if self.member is None:
            raise VerifyError(f"{expression} needs a concrete loss")
        return self.member

    def _at(self, point: Value) -> Environment:
        member = self._require_member(sp.S.Zero)
        coordinates = point if isinstance(point, tuple) else (point,)
        if len(coordinates) == 1 and member.dimension > 1:  # the zero vector of a sum that cancelled
            coordinates = coordinates * member.dimension
        return self.with_values(dict(zip(member.coordinates, coordinates, strict=True)))

    def _loss(self, expression: sp.Basic) -> Value:
        member = self._require_member(expression)
        if isinstance(expression, ScalarLoss):
            _, order, argument = expression.args
            derivative = _scalar_derivative(member, int(order))
            return self._at(self.value(argument)).value(derivative)
        if isinstance(expression, LossMinimum | Minimizer):
            if member.minimizer is None:
                raise Undefined(f"{member.name} has no minimizer")
            minimizer = tuple(self.value(entry) for entry in member.minimizer)
            return self._at(minimizer).value(member.value) if isinstance(expression, LossMinimum) else minimizer
        point = self.value(expression.args[1])
        if isinstance(expression, LossValue):
            return self._at(point).value(member.value)
        if isinstance(expression, Gradient):
            local = self._at(point)
            return tuple(local.value(entry) for entry in member.gradient)
        if isinstance(expression, Projection):
            return self._projection(member, point)
        if member.hessian is None or member.eigenvalues is None:
            raise Undefined(f"{member.name} is no quadratic")
        rows = [[self.value(entry) for entry in row] for row in member.hessian]
        return tuple(self._sum([a * b for a, b in zip(row, point, strict=True)]) for row in rows)

    def _projection(self, member: Member, point: tuple[Number, ...]) -> Value:
        """The nearest minimizer: of the losses here, the minimizers are one point, or a coordinate subspace."""
        if member.minimizer is None:
            raise Undefined(f"{member.name} has no minimizer")
        if all(entry == 0 for entry in member.gradient):  # a constant loss: every point is a minimizer
            return point
        if member.eigenvalues is None:
            if not member.unique_minimizer:
                raise Undecided(f"which minimizer of {member.name} is nearest")
            return tuple(self.value(entry) for entry in member.minimizer)
        zero = self.arithmetic.rational(0, 1)
        if not member.diagonal and member.dimension > 1:
            if any(self.arithmetic.sign(self.value(eigenvalue)) != 1 for eigenvalue in member.eigenvalues):
                raise Undecided(f"the projection onto the minimizers of {member.name}")
            return (zero,) * member.dimension
        flat = [self.arithmetic.sign(self.value(eigenvalue)) for eigenvalue in member.eigenvalues]
        if None in flat:
            raise Undecided(f"which eigenvalues of {member.name} vanish")
        return tuple(entry if kind == 0 else zero for entry, kind in zip(point, flat, strict=True))

    def _derivative(self, expression: sp.Derivative) -> Number:
        """The derivative of an expression in the scalar loss: the concrete loss goes in before it is taken."""
        if not expression.has(ScalarLoss):
            self.value(expression.expr)  # which has to exist: a derivative may be simpler
            return self.value(_smooth_derivative(expression))
        member = self._require_member(expression)
        return self.value(_concrete_derivative(expression, member))

    # --- truth --------------------------------------------------------------------------------------------------

    def truth(self, formula: sp.Basic) -> Truth:
        """The truth value of a formula at this point; never raises Undefined or Undecided."""
        if formula is sp.true:
            return Truth.TRUE
        if formula is sp.false:
            return Truth.FALSE
        if isinstance(formula, sp.And):
            return self._strongest(formula.args, Truth.FALSE, Truth.TRUE)
        if isinstance(formula, sp.Or):
            return self._strongest(formula.args, Truth.TRUE, Truth.FALSE)
        if isinstance(formula, sp.Not):
            return _NEGATION[self.truth(formula.args[0])]
        if isinstance(formula, sp.Implies):
            return self._implication(*formula.args)
        if isinstance(formula, sp.Equivalent):
            sides = formula.args
            chained = [self._implication(a, b) for a, b in zip(sides, (*sides[1:], sides[0]), strict=True)]
            return _combine(chained, Truth.FALSE, Truth.TRUE)
        if isinstance(formula, Uncertified):
            return Truth.UNKNOWN
        if isinstance(formula, Differentiable):
            return self._differentiable(formula)
        if isinstance(formula, Relational):
            return self._relation(formula)
        raise VerifyError(f"{formula} cannot be evaluated at one point")

    def _strongest(self, formulas: tuple[sp.Basic, ...], decisive: Truth, neutral: Truth) -> Truth:
        return _combine([self.truth(formula) for formula in formulas], decisive, neutral)

    def _implication(self, hypothesis: sp.Basic, conclusion: sp.Basic) -> Truth:
        first = self.truth(hypothesis)
        if first in (Truth.FALSE, Truth.UNDEFINED):  # a hypothesis without a value does not hold
            return Truth.TRUE
        second = self.truth(conclusion)
        if first is Truth.TRUE or second is Truth.TRUE:
            return second
        return Truth.UNKNOWN

    def _relation(self, relation: Relational) -> Truth:
        try:
            if self.times and relation.free_symbols & self.times.keys():
                return self._time_relation(relation)
            signs = self.difference_signs(relation)
        except Undefined:
            return Truth.UNDEFINED
        except Undecided:
            return Truth.UNKNOWN
        if isinstance(relation, sp.Eq | sp.Ne):
            if any(sign in (-1, 1) for sign in signs):
                equal = Truth.FALSE
            elif None in signs:
                equal = Truth.UNKNOWN
            else:
                equal = Truth.TRUE
            return equal if isinstance(relation, sp.Eq) else _NEGATION[equal]
        (sign,) = signs
        if sign is None:
            return Truth.UNKNOWN
        holds = {sp.Le: sign >= 0, sp.Lt: sign > 0, sp.Ge: sign <= 0, sp.Gt: sign < 0}[type(relation)]
        return Truth.TRUE if holds else Truth.FALSE

    def difference_signs(self, relation: Relational) -> list[int | None]:
        """The sign of right minus left (of each coordinate, for vectors)."""
        left, right = self.value(relation.lhs), self.value(relation.rhs)
        if relation.lhs == relation.rhs:
            return [0]  # balls would not tell
        if isinstance(left, tuple) or isinstance(right, tuple):
            left, right = self._vectors((relation.lhs, relation.rhs))
            return [self.arithmetic.sign(b - a) for a, b in zip(left, right, strict=True)]
        return [self.arithmetic.sign(right - left)]

    # --- times, known only up to the steps that were run ---------------------------------------------------------

    def _time_relation(self, relation: Relational) -> Truth:
        """Compare times; one that never comes is +infinity."""
        left, right = self._range(relation.lhs), self._range(relation.rhs)
        if isinstance(relation, sp.Ge | sp.Gt):
            left, right = right, left
        strict = isinstance(relation, sp.Lt | sp.Gt)
        if isinstance(relation, sp.Eq | sp.Ne):
            raise Undecided("times are compared by order, not by equality")
        if self._before(left.high, right.low, strict=strict):
            return Truth.TRUE
        if self._before(right.high, left.low, strict=not strict):
            return Truth.FALSE
        return Truth.UNKNOWN

    def _before(self, left: Number | None, right: Number | None, *, strict: bool) -> bool:
        """left <= right (or <) for certain; None is +infinity."""
        if right is None:
            return left is not None or not strict
        if left is None:
            return False
        sign = self.arithmetic.sign(right - left)
        return sign is not None and (sign > 0 or (sign == 0 and not strict))

    def _range(self, expression: sp.Basic) -> TimeRange:
        if expression in self.times:
            known = self.times[expression]
            numbers = [None if end is None else self.arithmetic.rational(end, 1) for end in (known.low, known.high)]
            return TimeRange(*numbers)
        if isinstance(expression, sp.Min | sp.Max) and expression.free_symbols & self.times.keys():
            ranges = [self._range(argument) for argument in expression.args]
            name = type(expression).__name__
            return TimeRange(
                self._extreme(name, [r.low for r in ranges]), self._extreme(name, [r.high for r in ranges])
            )
        if expression.free_symbols & self.times.keys():
            raise VerifyError(f"{expression}: times may be compared, and joined by Min and Max, only")
        value = self.value(expression)
        return TimeRange(value, value)

    def time_text(self, expression: sp.Basic) -> str | None:
        """The value of a side of a comparison of times, ``never`` for one that does not come; None where not known."""
        known = self._range(expression)
        if known.low is None:
            return "never"
        if known.high is None or (known.high is not known.low and self.arithmetic.sign(known.high - known.low) != 0):
            return None
        return str(known.low)

    def _extreme(self, name: str, ends: list[Number | None]) -> Number | None:
        finite = [end for end in ends if end is not None]
        if name == "Max" and len(finite) < len(ends):
            return None
        return self.arithmetic.call(name, finite) if finite else None

    def _differentiable(self, formula: Differentiable) -> Truth:
        _, order, argument = formula.args
        member = self._require_member(formula)
        local = self._at(self.value(argument))
        signs = [self.arithmetic.sign(local.value(kink)) for kink in member.kinks.get(int(order), ())]
        if 0 in signs:
            return Truth.FALSE
        return Truth.UNKNOWN if None in signs else Truth.TRUE

    # --- margins ------------------------------------------------------------------------------------------------

    def margin(self, formula: sp.Basic) -> Number:
        """A number whose sign decides the formula: the least of the parts for And, the largest for Or.

        Raises:
            Undefined, Undecided: as for ``value``.
        """
        call = self.arithmetic.call
        if isinstance(formula, sp.And):
            return call("Min", [self.margin(argument) for argument in formula.args])
        if isinstance(formula, sp.Or):
            return call("Max", [self.margin(argument) for argument in formula.args])
        if isinstance(formula, sp.Not):
            return self.arithmetic.rational(-1, 1) * self.margin(formula.args[0])
        if isinstance(formula, sp.Implies):
            return call("Max", [self.margin(sp.Not(formula.args[0])), self.margin(formula.args[1])])
        if isinstance(formula, sp.Equivalent):
            first, second = formula.args
            return call("Min", [self.margin(sp.Implies(first, second)), self.margin(sp.Implies(second, first))])
        if isinstance(formula, Relational):
            return self._relation_margin(formula)
        raise VerifyError(f"{formula} has no margin")

    def _relation_margin(self, relation: Relational) -> Number:
        left, right = self.value(relation.lhs), self.value(relation.rhs)
        call = self.arithmetic.call
        if isinstance(left, tuple) or isinstance(right, tuple):
            left, right = self._vectors((relation.lhs, relation.rhs))
            gap = call("Max", [call("Abs", [b - a]) for a, b in zip(left, right, strict=True)])
        else:
            gap = right - left
        if isinstance(relation, sp.Eq):
            return self.arithmetic.rational(-1, 1) * call("Abs", [gap])
        if isinstance(relation, sp.Ne):
            return call("Abs", [gap])
        return gap if isinstance(relation, sp.Le | sp.Lt) else self.arithmetic.rational(-1, 1) * gap


#: The method that evaluates an expression of a type, or of a type derived from it; by name, as arrays have their own.
_HANDLERS: dict[type, str] = {
    sp.Symbol: "_symbol",
    sp.Rational: "_rational",
    sp.Add: "_add",
    sp.Mul: "_product",
    sp.Pow: "_power",
    Inner: "_inner",
    Norm: "_norm",
    **dict.fromkeys((ScalarLoss, LossValue, Gradient, LossMinimum, Minimizer, HessianProduct, Projection), "_loss"),
    sp.Derivative: "_derivative",
    StepSum: "_step_sum",
    sp.Sum: "_finite_sum",
    sp.Piecewise: "_piecewise",
    **dict.fromkeys((sp.Function, sp.Max, sp.Min, sp.NumberSymbol), "_function"),
}


def _handler(kind: type) -> str:
    if kind not in _HANDLERS:
        ancestor = next((ancestor for ancestor in kind.__mro__ if ancestor in _HANDLERS), None)
        if ancestor is None:
            raise VerifyError(f"no arithmetic for {kind.__name__}")
        _HANDLERS[kind] = _HANDLERS[ancestor]
    return _HANDLERS[kind]


@lru_cache(maxsize=4096)
def _split_product(expression: sp.Mul) -> tuple[tuple[sp.Basic, ...], tuple[sp.Basic, ...]]:
    """The factors of a product, and what it is divided by."""
    factors: list[sp.Basic] = []
    divisors: list[sp.Basic] = []
    for factor in expression.args:
        if isinstance(factor, sp.Pow) and isinstance(factor.exp, sp.Rational) and factor.exp.is_negative:
            divisors.append(sp.Pow(factor.base, -factor.exp))
        else:
            factors.append(factor)
    return tuple(factors), tuple(divisors)


_NEGATION = {
    Truth.TRUE: Truth.FALSE,
    Truth.FALSE: Truth.TRUE,
    Truth.UNKNOWN: Truth.UNKNOWN,
    Truth.UNDEFINED: Truth.UNDEFINED,
}


def _combine(truths: list[Truth], decisive: Truth, neutral: Truth) -> Truth:
    """The truth of a conjunction (decisive FALSE) or a disjunction (decisive TRUE)."""
    for kind in (decisive, Truth.UNKNOWN, Truth.UNDEFINED):
        if kind in truths:
            return kind
    return neutral


def leaf_relations(formula: Boolean) -> list[Relational]:
    """The relations in a formula, in order."""
    return [node for node in sp.preorder_traversal(formula) if isinstance(node, Relational)]


@lru_cache(maxsize=256)
def _scalar_derivative(member: Member, order: int) -> sp.Expr:
    (coordinate,) = member.coordinates
    if order == 0:
        return member.value
    return sp.diff(member.gradient[0], coordinate, order - 1) if order > 1 else member.gradient[0]


#: What has every derivative wherever it has a value.
_SMOOTH = (
    sp.Symbol,
    sp.Number,
    sp.NumberSymbol,
    sp.Add,
    sp.Mul,
    sp.exp,
    sp.log,
    sp.sin,
    sp.cos,
    sp.sinh,
    sp.cosh,
    sp.tanh,
)


@lru_cache(maxsize=256)
def _smooth_derivative(expression: sp.Derivative) -> sp.Expr:
    for part in sp.preorder_traversal(expression.expr):
        power = isinstance(part, sp.Pow) and (part.exp.is_Integer or part.base is sp.E)
        if not (power or isinstance(part, _SMOOTH)):
            raise VerifyError(f"{part} may have no derivative: in place of {expression}, write out what is meant")
    return expression.doit()


@lru_cache(maxsize=256)
def _concrete_derivative(expression: sp.Derivative, member: Member) -> sp.Expr:
    (coordinate,) = member.coordinates

    def concrete(_name: sp.Symbol, order: sp.Integer, argument: sp.Expr) -> sp.Expr:
        return _scalar_derivative(member, int(order)).subs(coordinate, argument)

    return expression.replace(ScalarLoss, concrete).doit()
