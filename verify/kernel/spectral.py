"""Linear iterations on quadratics: what the eigenvalues say of convergence, divergence and null sets.

The spectral theorem is an axiom here: on a quadratic with symmetric Hessian H the iteration w -> p(H) w, with a
polynomial p, acts on each eigenvector as multiplication by p(eigenvalue).  Hence, with every eigenvalue:

* it converges from every start  iff  |p| < 1 or p = 1 at every eigenvalue (to a minimizer: p = 1 only where the
  eigenvalue is 0, the component along a flat direction, or where the start has no such component);
* it converges exponentially to 0 from every start  iff  |p| < 1 at every eigenvalue;
* ||w_t|| -> infinity from a start  if  |p| > 1 at an eigenvalue along which the start has a component;
* it diverges from almost every start  iff  |p| > 1 at some eigenvalue: the other starts lie in a proper subspace.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, ClaimError
from verify.lowering.interpret import Environment, Truth
from verify.statement.claim import Claim
from verify.statement.formula import (
    ComponentNonzero,
    Converges,
    ConvergesExponentially,
    Diverges,
    FromAlmostEveryStart,
    FromEveryStart,
    HasProperty,
    TrajectoryFormula,
)
from verify.statement.loss import Gradient, HessianProduct, Member
from verify.statement.system import time
from verify.statement.vectors import Inner, Norm, Vector


def multiplier(expression: sp.Expr, state: sp.Symbol, eigenvalue: sp.Expr) -> sp.Expr:
    """The factor by which a linear map of ``state`` acts on an eigenvector with this eigenvalue.

    Raises:
        ClaimError: the map is not linear in the state.
    """

    def factor(node: sp.Expr) -> sp.Expr:
        if node == state:
            return sp.S.One
        if isinstance(node, Gradient | HessianProduct):
            return eigenvalue * factor(node.args[1])
        if isinstance(node, sp.Add):
            return sp.Add(*[factor(term) for term in node.args])
        if isinstance(node, sp.Mul):
            return sp.Mul(*[factor(entry) if _has_vector(entry) else entry for entry in node.args])
        raise ClaimError(f"{node} is not linear in {state}")

    if expression.has(Norm) or expression.has(Inner):
        raise ClaimError(f"{expression} is not linear in {state}")
    if time in expression.free_symbols:
        raise ClaimError(f"{expression} is another map at each time")
    return factor(expression)


def _has_vector(node: sp.Basic) -> bool:
    return any(isinstance(atom, Vector | Gradient | HessianProduct) for atom in sp.preorder_traversal(node))


def contracts(factor: sp.Expr) -> Boolean:
    """|factor| < 1, as two inequalities."""
    return sp.And(sp.Lt(-1, factor, evaluate=False), sp.Lt(factor, 1, evaluate=False))


def _convergent(factor: sp.Expr, eigenvalue: sp.Expr) -> Boolean:
    """The component shrinks to 0, or the direction is flat (every point of it is a minimizer) and stands still."""
    stays = sp.And(sp.Eq(factor, 1, evaluate=False), sp.Eq(eigenvalue, 0, evaluate=False))
    return sp.Or(contracts(factor), stays)


def expands(factor: sp.Expr) -> Boolean:
    """|factor| > 1."""
    return sp.Or(sp.Gt(factor, 1, evaluate=False), sp.Lt(factor, -1, evaluate=False))


@dataclass(frozen=True)
class SpectralGoal:
    """An implication over an arbitrary eigenvalue that remains of a formula about a class of quadratics."""

    hypotheses: tuple[Boolean, ...]
    conclusion: Boolean


def spectral_goals(claim: Claim, formula: Boolean) -> list[SpectralGoal]:
    """The implications whose validity proves a formula for every quadratic of the claim's class, in every dimension.

    A universal statement about the eigenvalues becomes a goal for one arbitrary eigenvalue where it is to be proved,
    and is used for the attained eigenvalues only where it is assumed.

    Raises:
        CertificateError: the formula or the claim is not of this kind.
    """
    if claim.loss_class is None or claim.loss_class.spectrum is None:
        raise CertificateError(f"{claim.id} speaks of no class of quadratics")
    if claim.step is None and any(isinstance(node, _OF_ITERATION) for node in sp.preorder_traversal(formula)):
        raise CertificateError(f"{claim.id} has no iteration")
    translator = _Translator(claim)
    goals: list[SpectralGoal] = []
    for conjunct in formula.args if isinstance(formula, sp.And) else (formula,):
        if isinstance(conjunct, sp.Equivalent):
            first, second = conjunct.args
            for hypothesis, conclusion in ((first, second), (second, first)):
                goals.append(translator.goal(hypothesis, conclusion))
        elif isinstance(conjunct, sp.Implies):
            goals.append(translator.goal(*conjunct.args))
        else:
            goals.append(translator.goal(sp.true, conjunct))
    return goals


_OF_ITERATION = (Converges, ConvergesExponentially, Diverges)


class _Translator:
    """Formulas about a linear iteration, as formulas about its eigenvalues."""

    def __init__(self, claim: Claim) -> None:
        assert claim.loss_class is not None and claim.loss_class.spectrum is not None
        self.claim = claim
        self.spectrum = claim.loss_class.spectrum

    def goal(self, hypothesis: Boolean, conclusion: Boolean) -> SpectralGoal:
        """``hypothesis => conclusion`` under the claim's assumptions."""
        given = [self.assumed(formula) for formula in (*self.claim.assumptions, hypothesis)]
        return SpectralGoal((*given, *self.spectrum.constraints), self.concluded(conclusion))

    def assumed(self, formula: Boolean) -> Boolean:
        """A weaker formula without trajectories: what is known of all eigenvalues, at the attained ones."""
        if not formula.has(TrajectoryFormula):
            return formula
        if isinstance(formula, FromEveryStart):
            body = formula.args[0]
            return sp.And(*[self._at(body, attained) for attained in self.spectrum.attained])
        if isinstance(formula, ComponentNonzero):
            return sp.true  # used structurally, by ``concluded``
        raise CertificateError(f"{formula} cannot be assumed of a class of quadratics")

    def concluded(self, formula: Boolean) -> Boolean:
        """A stronger formula without trajectories."""
        if not formula.has(TrajectoryFormula):
            return formula
        if isinstance(formula, sp.Eq):
            raise CertificateError(f"{formula} is no statement about a trajectory")
        if formula.has(Converges, ConvergesExponentially) and not self._has_minimizer():
            raise CertificateError(f"not every quadratic of {self.claim.id} is known to have a minimizer")
        if isinstance(formula, FromEveryStart):
            return self._at(formula.args[0], self.spectrum.eigenvalue)
        if isinstance(formula, Converges | ConvergesExponentially | HasProperty):
            return self._at(formula, self.spectrum.eigenvalue)
        if isinstance(formula, FromAlmostEveryStart) and isinstance(formula.args[0], Diverges):
            return sp.Or(*[expands(self._factor(attained)) for attained in self.spectrum.attained])
        if isinstance(formula, Diverges):
            along = [given for given in self.claim.given if isinstance(given, ComponentNonzero)]
            starts = set((self.claim.start or {}).values())
            usable = [
                node.args[1] for node in along if node.args[0] in starts and node.args[1] in self.spectrum.attained
            ]
            return sp.Or(*[expands(self._factor(eigenvalue)) for eigenvalue in usable])
        raise CertificateError(f"{formula} is not decided by eigenvalues")

    def _has_minimizer(self) -> bool:
        """Whether a constraint says that no eigenvalue is negative; only then a quadratic has a minimizer."""
        bounds = [
            least
            for one in self.spectrum.constraints
            if isinstance(one, sp.Le | sp.Lt | sp.Ge | sp.Gt)
            for least, most in [one.args if isinstance(one, sp.Le | sp.Lt) else reversed(one.args)]
            if most == self.spectrum.eigenvalue
        ]
        assumed = set(self.claim.assumptions)
        return any(least.is_nonnegative or assumed & {sp.Ge(least, 0), sp.Gt(least, 0)} for least in bounds)

    def _factor(self, eigenvalue: sp.Expr) -> sp.Expr:
        assert self.claim.step is not None
        return multiplier(self.claim.step.update[0], self.claim.step.state[0], eigenvalue)

    def _at(self, formula: Boolean, eigenvalue: sp.Expr) -> Boolean:
        if isinstance(formula, Converges):
            return _convergent(self._factor(eigenvalue), eigenvalue)
        if isinstance(formula, ConvergesExponentially):
            return contracts(self._factor(eigenvalue))
        if isinstance(formula, HasProperty):
            return eigenvalue_property(formula, eigenvalue)
        raise CertificateError(f"{formula} is not decided by eigenvalues")


def eigenvalue_property(formula: HasProperty, eigenvalue: sp.Expr) -> Boolean:
    """What a property of a quadratic loss says of each of its eigenvalues."""
    name, constant = str(formula.args[0]), formula.args[1]
    if name == "smooth":
        return sp.And(sp.Le(-constant, eigenvalue, evaluate=False), sp.Le(eigenvalue, constant, evaluate=False))
    if name == "strongly convex":
        return sp.Le(constant, eigenvalue, evaluate=False)
    raise CertificateError(f"no eigenvalue condition for the property {name!r}")


def multiplier_identity(claim: Claim, formula: Boolean) -> Boolean:
    """An equality of linear maps of the state, as an identity in an arbitrary eigenvalue.

    Raises:
        CertificateError: the formula is no equality of vectors, or the claim has no spectrum.
    """
    if claim.loss_class is None or claim.loss_class.spectrum is None or claim.step is None:
        raise CertificateError(f"{claim.id} speaks of no class of quadratics")
    if not isinstance(formula, sp.Eq):
        raise CertificateError(f"{formula} is no equality")
    (state,) = claim.step.state
    inside = dict(claim.step.one_step)
    eigenvalue = claim.loss_class.spectrum.eigenvalue
    left, right = (multiplier(side.xreplace(inside), state, eigenvalue) for side in formula.args)
    return sp.Eq(left, right, evaluate=False)


# --- at one concrete quadratic ----------------------------------------------------------------------------------


def spectral_truth(claim: Claim, formula: Boolean, environment: Environment, start: tuple[object, ...] | None) -> Truth:
    """The truth of a formula about a linear iteration on one concrete quadratic, from its eigenvalues."""
    member = environment.member
    if member is None or member.eigenvalues is None:
        return Truth.UNKNOWN
    eigenvalues = [environment.value(entry) for entry in member.eigenvalues]
    try:
        return _PointSpectrum(claim, environment, member, eigenvalues, start).truth(formula)
    except ClaimError:  # the iteration is not the same linear map at every step
        return Truth.UNKNOWN


class _PointSpectrum:
    def __init__(
        self,
        claim: Claim,
        environment: Environment,
        member: Member,
        eigenvalues: list[object],
        start: tuple[object, ...] | None,
    ) -> None:
        self.claim, self.environment, self.member, self.start = claim, environment, member, start
        self.lam = sp.Dummy("lam", real=True)
        self.factor = multiplier(claim.step.update[0], claim.step.state[0], self.lam) if claim.step else sp.S.One
        self.local = [environment.with_values({self.lam: value}) for value in eigenvalues]

    def truth(self, formula: Boolean) -> Truth:
        """The truth value of the formula."""
        if isinstance(formula, sp.And | sp.Or | sp.Not | sp.Implies | sp.Equivalent):
            literals = {child: sp.Dummy() for child in formula.args}
            known = {child: self.truth(child) for child in formula.args}
            if Truth.UNKNOWN in known.values() or Truth.UNDEFINED in known.values():
                return Truth.UNKNOWN
            values = {literals[child]: sp.true if known[child] is Truth.TRUE else sp.false for child in formula.args}
            outcome = formula.func(*[literals[child] for child in formula.args]).subs(values)
            return Truth.TRUE if outcome == sp.true else Truth.FALSE
        if not isinstance(formula, TrajectoryFormula):
            return self.environment.truth(formula)
        if isinstance(formula, FromEveryStart):
            body = formula.args[0]
            if isinstance(body, Converges):
                return self._converges([_convergent(self.factor, self.lam)] * len(self.local))
            if isinstance(body, ConvergesExponentially):
                return self._converges([contracts(self.factor)] * len(self.local))
        if isinstance(formula, FromAlmostEveryStart) and isinstance(formula.args[0], Diverges):
            return self._any(range(len(self.local)))
        if isinstance(formula, HasProperty):
            return self._all([eigenvalue_property(formula, self.lam)] * len(self.local))
        if isinstance(formula, Converges | ConvergesExponentially | Diverges):
            along = self._components()
            if along is None:
                return Truth.UNKNOWN
            if isinstance(formula, Diverges):
                return self._any(along)
            single = _convergent(self.factor, self.lam) if isinstance(formula, Converges) else contracts(self.factor)
            return self._converges([single if index in along else sp.true for index in range(len(self.local))])
        if isinstance(formula, ComponentNonzero):
            return self._component_nonzero(formula)
        return Truth.UNKNOWN

    def _converges(self, conditions: list[Boolean]) -> Truth:
        """As ``_all``; a quadratic with a negative eigenvalue has no minimizer that anything could converge to."""
        return self._all([sp.And(condition, sp.Ge(self.lam, 0, evaluate=False)) for condition in conditions])

    def _all(self, conditions: list[Boolean]) -> Truth:
        truths = [place.truth(condition) for place, condition in zip(self.local, conditions, strict=True)]
        if Truth.FALSE in truths:
            return Truth.FALSE
        return Truth.TRUE if all(truth is Truth.TRUE for truth in truths) else Truth.UNKNOWN

    def _any(self, indices: object) -> Truth:
        truths = [self.local[index].truth(expands(self.factor)) for index in indices]  # type: ignore[attr-defined]
        if Truth.TRUE in truths:
            return Truth.TRUE
        return Truth.FALSE if all(truth is Truth.FALSE for truth in truths) else Truth.UNKNOWN

    def _components(self) -> list[int] | None:
        """The indices of the eigenvalues along which the start has a component; None where that is not known."""
        if self.start is None or not (self.member.diagonal or self.member.dimension == 1):
            return None
        signs = [self.environment.arithmetic.sign(entry) for entry in self.start]
        return None if None in signs else [index for index, sign in enumerate(signs) if sign != 0]

    def _component_nonzero(self, formula: ComponentNonzero) -> Truth:
        along = self._components()
        if along is None:
            return Truth.UNKNOWN
        target = self.environment.value(formula.args[1])
        arithmetic = self.environment.arithmetic
        same = [index for index, place in enumerate(self.local) if arithmetic.sign(place.value(self.lam) - target) == 0]
        return Truth.TRUE if set(same) & set(along) else Truth.FALSE
