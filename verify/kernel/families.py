"""Families with an index n along which no constant works: how an order of growth falls.

The family's parameters, start and loss are expressions in n (from the claim's hint, never from the certificate).  To
show, for every real n >= 1: every assumption holds and the loss is in its class; what the constant may depend on does
not move (for a polynomial: stays bounded, so that any polynomial does); and quantity**2 >= rate * n * scale**2 with
quantity >= 0, scale > 0 and a rational rate > 0.  Then quantity <= K * scale fails for every K once n > K**2 / rate.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.goals import Implication
from verify.kernel.spectral import contracts, multiplier
from verify.statement.claim import Claim, FamilyHint
from verify.statement.formula import Bounded, LimSup
from verify.statement.loss import Gradient, LossMinimum, LossValue, Member, Minimizer
from verify.statement.loss_text import loss_as_text
from verify.statement.vectors import Inner, Norm, Vector


def family_obligations(
    claim: Claim, reading: str, part: str, place: int, rate: Fraction, bounds: dict[str, Fraction]
) -> list[Implication]:
    """The implications, in n, that make the hinted family a refutation.

    Args:
        place: which of the claim's hinted families.
        rate: the rational in ``quantity**2 >= rate * n * scale**2``.
        bounds: for a polynomial factor: a bound on the size of each parameter that it may depend on.

    Raises:
        CertificateError: the claim has no such family, or it is of no use for this formula.
    """
    formula = claim.conclusions[reading][part]
    if not isinstance(formula, Bounded) or not 0 <= place < len(claim.hints.families):
        raise CertificateError(f"{claim.id} gives no family number {place} for {formula}")
    if rate <= 0:
        raise CertificateError(f"the rate {rate} is not positive")
    return _FamilyCheck(claim, claim.hints.families[place], formula).obligations(rate, bounds)


class _FamilyCheck:
    def __init__(self, claim: Claim, hint: FamilyHint, formula: Bounded) -> None:
        self.claim, self.hint, self.formula = claim, hint, formula
        self.from_one = (sp.Ge(hint.index, 1, evaluate=False),)
        if claim.loss_class is None or claim.step is None or claim.start is None:
            raise CertificateError(f"{claim.id} is no statement about trajectories on a class of losses")
        name, parameters = hint.loss
        family = claim.loss_class.family(name, list(parameters))
        if family is None:
            raise CertificateError(f"the class of {claim.id} has no family {name}")
        self.member: Member = family.build(name, **parameters)
        if self.member.dimension != 1:
            raise CertificateError("a family must be one-dimensional")
        self.values = {sp.Symbol(key, real=True): sp.sympify(value) for key, value in hint.values.items()}
        (self.state,) = claim.step.state
        (self.start,) = claim.start.values()
        self.start_value = self.values.pop(sp.Symbol(self.start.name, real=True))
        for expression in (*self.values.values(), self.start_value, *parameters.values()):
            if not expression.free_symbols <= {hint.index}:
                raise CertificateError(f"{expression} of the family depends on more than {hint.index}")

    def obligations(self, rate: Fraction, bounds: dict[str, Fraction]) -> list[Implication]:
        """Admissibility, independence, the trajectory, and the growth of the ratio."""
        found = [
            self._goal(f"{formula} holds", self._concrete(formula, self.start_value))
            for formula in self.claim.assumptions
        ]
        assert self.claim.loss_class is not None
        for entry, condition in self.claim.loss_class.requirements(self.member):
            if condition is None:
                raise CertificateError(f"the family's loss is not certified to be {entry}")
            found.append(self._goal(f"the loss is {entry}", self._put(condition)))
        found += self._independence(bounds)
        quantity, trajectory = self._quantity()
        found += trajectory
        scale = self._concrete(self.formula.args[1], self.start_value)
        index = self.hint.index
        ratio = sp.Rational(rate.numerator, rate.denominator)
        if not (isinstance(quantity, sp.Abs) or (isinstance(quantity, sp.Rational) and quantity >= 0)):
            found.append(self._goal("the quantity is not negative", sp.Ge(quantity, 0, evaluate=False)))
        found.append(self._goal("the scale is positive", sp.Gt(scale, 0, evaluate=False)))
        found.append(
            self._goal("the ratio grows without bound", sp.Ge(quantity**2, ratio * index * scale**2, evaluate=False))
        )
        return found

    def _goal(self, name: str, conclusion: Boolean) -> Implication:
        return Implication(name, self.from_one, conclusion)

    def _put(self, formula: sp.Basic) -> sp.Basic:
        if isinstance(formula, sp.core.relational.Relational):
            return formula.func(*[side.xreplace(self.values) for side in formula.args], evaluate=False)
        if isinstance(formula, sp.And | sp.Or):
            return formula.func(*[self._put(argument) for argument in formula.args])
        return formula.xreplace(self.values)

    def _independence(self, bounds: dict[str, Fraction]) -> list[Implication]:
        """What the constant may depend on does not move with n, or stays bounded under a polynomial."""
        _, _, depends, kind = self.formula.args
        goals: list[Implication] = []
        for symbol in depends:
            if isinstance(symbol, sp.Symbol):
                value = self.values[symbol]
                if str(kind) == "polynomial":
                    bound = bounds.get(symbol.name)
                    if bound is None or bound < 0:
                        raise CertificateError(f"the certificate bounds {symbol} by nothing")
                    limit = sp.Rational(bound.numerator, bound.denominator)
                    goals.append(self._goal(f"{symbol} stays bounded", sp.Le(sp.Abs(value), limit, evaluate=False)))
                elif self.hint.index in value.free_symbols:
                    raise CertificateError(f"the constant may depend on {symbol}, which moves along the family")
            elif any(self.hint.index in value.free_symbols for value in self.hint.loss[1].values()):
                raise CertificateError("the constant may depend on the loss, which moves along the family")
        return goals

    def _quantity(self) -> tuple[sp.Expr, list[Implication]]:
        """The value that the quantity takes (or comes arbitrarily near to) along the trajectory, and why."""
        quantity = self.formula.args[0]
        limsup = isinstance(quantity, LimSup)
        inner = quantity.args[0] if limsup else quantity
        assert self.claim.step is not None
        here = self._concrete(inner, self.start_value)
        if self.hint.steps == "cycle":
            update = self.claim.step.update[0]
            forth = self._concrete(update, self.start_value)
            back = self._concrete(update, -self.start_value)
            there = self._concrete(inner, -self.start_value)
            exists = [
                self._goal("the iterates exist", self._concrete(condition, value))
                for condition in self.claim.step.well_defined
                for value in (self.start_value, -self.start_value)
            ]
            return here, [
                *exists,
                self._goal("a step leads from w to -w", sp.Eq(forth, -self.start_value, evaluate=False)),
                self._goal("and back", sp.Eq(back, self.start_value, evaluate=False)),
                self._goal("the quantity is the same at both", sp.Eq(here, there, evaluate=False)),
            ]
        if self.hint.steps == "limit":
            (eigenvalue,) = self.member.eigenvalues or (None,)
            if eigenvalue is None:
                raise CertificateError(f"{self.member.name} is no quadratic")
            factor = multiplier(self.claim.step.update[0], self.state, eigenvalue).xreplace(self.values)
            if limsup or inner.has(sp.sign):
                raise CertificateError(f"{quantity} is no continuous quantity")
            # the quantity is continuous, so it comes arbitrarily near to its value at the limit, 0
            return self._concrete(inner, sp.S.Zero), [self._goal("the iterates converge to 0", contracts(factor))]
        raise CertificateError(f"a family of kind {self.hint.steps!r} is unknown")

    def _concrete(self, expression: sp.Basic, state: sp.Expr) -> sp.Basic:
        """An expression or formula with the family's numbers, loss and one-dimensional state put in."""
        (coordinate,) = self.member.coordinates

        def at(point: sp.Basic) -> sp.Basic:
            return self._concrete(point, state)

        if isinstance(expression, Vector):
            if expression == self.state:
                return state
            if expression == self.start:
                return self.start_value
            raise CertificateError(f"{expression} has no value along the family")
        if isinstance(expression, Gradient):
            return self._put(self.member.gradient[0].xreplace({coordinate: at(expression.args[1])}))
        if isinstance(expression, LossValue):
            return self._put(self.member.value.xreplace({coordinate: at(expression.args[1])}))
        if isinstance(expression, LossMinimum | Minimizer):
            if self.member.minimizer is None:
                raise CertificateError(f"{self.member.name} has no minimizer")
            minimizer = self._put(self.member.minimizer[0])
            value = self.member.value.xreplace({coordinate: minimizer})
            return self._put(value) if isinstance(expression, LossMinimum) else minimizer
        if isinstance(expression, Norm):
            return sp.Abs(at(expression.args[0]))
        if isinstance(expression, Inner):
            return sp.Mul(*[at(argument) for argument in expression.args])
        if isinstance(expression, sp.Symbol):
            return self.values.get(expression, expression)
        if not expression.args:
            return expression
        arguments = [at(argument) for argument in expression.args]
        if isinstance(expression, sp.core.relational.Relational):
            return expression.func(*arguments, evaluate=False)
        return expression.func(*arguments)


def family_text(hint: FamilyHint) -> str:
    """A family in one line, for the reader."""
    loss = loss_as_text(*hint.loss)
    values = ", ".join(f"{key} = {value}" for key, value in hint.values.items())
    kinds = {"cycle": "the iterates alternate between w and -w", "limit": "the iterates converge to 0"}
    return f"family for n = 1, 2, ...: {values}, loss {loss}; {kinds.get(str(hint.steps), str(hint.steps))}"
