"""What each method of proof has to establish: the obligations, derived from the claim itself.

A certificate only says which method was used and how each obligation was met; it never says what the obligations are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, ClaimError
from verify.kernel.abstraction import Abstraction, usable_assumptions
from verify.kernel.advice import with_squares
from verify.kernel.conclusion import abbreviated, concluded, has_value, speaks_of_next, state_hypotheses
from verify.kernel.decay import by_decay
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.induction import by_growth, by_induction, by_phases
from verify.kernel.powers import PowerAbstraction
from verify.kernel.real_powers import RealPowers, real_powers
from verify.kernel.spectral import SpectralGoal, expands, multiplier, multiplier_identity, spectral_goals
from verify.kernel.stopping import by_stopping
from verify.kernel.substitution import lost_conditions, put_in
from verify.statement.claim import Claim
from verify.statement.formula import (
    Diverges,
    FromAlmostEveryStart,
    IsMember,
    OrderOfGrowth,
    ThereAre,
    ThereIsLoss,
)
from verify.statement.loss import Family, Member
from verify.statement.loss_text import loss_parameters


def obligations(claim: Claim, reading: str, part: str, method: str, squares: Any = None) -> list[Implication]:
    """The implications whose validity proves one part of one reading by a method.

    Args:
        squares: those that a certificate adds to the author's hints (see ``verify.kernel.advice``).

    Raises:
        CertificateError: the method does not apply to this part.
    """
    if method not in METHODS:
        raise CertificateError(f"there is no method {method!r}")
    formula = claim.conclusions[reading][part]
    claim = claim.advised(part)
    try:
        if squares is not None:
            claim = with_squares(claim, formula, squares)
        return METHODS[method](claim, part, formula)
    except ClaimError as reason:
        raise CertificateError(str(reason)) from reason


def vacuity(claim: Claim) -> list[Implication]:
    """The implication that says that no point meets the assumptions."""
    abstract = Abstraction(claim)
    hypotheses = abstract.hypotheses(usable_assumptions(claim, claim.assumptions))
    return [Implication("no point meets the assumptions", (*hypotheses, *abstract.facts(hypotheses)), sp.false)]


def _implication(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """At every state that meets the assumptions."""
    return _at_every_state(claim, formula, None, with_lemmas=True)


def _signs(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """As ``implication``, with only the signs of the slopes and without lemmas."""
    return _at_every_state(claim, formula, ("signs",), with_lemmas=False)


def _at_every_state(
    claim: Claim, formula: Boolean, axioms: tuple[str, ...] | None, *, with_lemmas: bool
) -> list[Implication]:
    abstract = PowerAbstraction(claim, axioms)
    hypotheses = tuple(state_hypotheses(claim, abstract, formula))
    abstract(formula)  # so that the facts cover what the conclusion speaks of
    lemmas = tuple(abstract.lemma(lemma) for lemma in claim.hints.lemmas) if with_lemmas else ()
    short = {symbol: abstract(value) for symbol, value in claim.hints.abbreviate.items()} if with_lemmas else {}
    known = (*hypotheses, *abstract.facts(hypotheses))
    name = "the conclusion at every state"
    if short:
        return abbreviated(name, known, abstract, formula, lemmas, short)
    speaks_of_step = not claim.is_trajectory or speaks_of_next(claim, formula)
    assumed_to_exist = claim.step is not None and claim.step.well_defined and speaks_of_step
    return concluded(name, known, abstract, formula, lemmas, hypotheses if assumed_to_exist else None)


# --- linear iterations on quadratics ----------------------------------------------------------------------------


def _spectral(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """By the eigenvalues of an arbitrary member of a class of quadratics."""
    goals: list[SpectralGoal]
    if isinstance(formula, sp.Eq):
        conclusion = multiplier_identity(claim, formula)
        return [Implication("both sides act alike on every eigenvector", (), conclusion)]
    goals = spectral_goals(claim, formula)
    return [
        Implication("at an arbitrary eigenvalue", tuple(g for g in goal.hypotheses if g != sp.true), goal.conclusion)
        for goal in goals
    ]


def _exhibit(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """There is a loss: one is named, shown to be of the class, and its eigenvalues decide the rest."""
    if not isinstance(formula, ThereIsLoss) or claim.hints.exhibit is None or claim.loss_class is None:
        raise CertificateError(f"{claim.id} exhibits no loss")
    body = formula.args[0]
    if not (isinstance(body, FromAlmostEveryStart) and isinstance(body.args[0], Diverges) and claim.step is not None):
        raise CertificateError(f"{body} is not decided by the eigenvalues of a loss")
    member = exhibited(claim)
    if member.eigenvalues is None:
        raise CertificateError(f"{member.name} is no quadratic")
    assumed = tuple(usable_assumptions(claim, claim.assumptions))
    result = []
    for entry, condition in claim.loss_class.requirements(member):
        if condition is None:
            raise CertificateError(f"{member.name} is not certified to be {entry}")
        if condition != sp.true:
            result.append(Implication(f"the exhibited loss is {entry}", assumed, condition))
    (state,) = claim.step.state
    factors = [multiplier(claim.step.update[0], state, eigenvalue) for eigenvalue in member.eigenvalues]
    result.append(Implication("it expands an eigenvector", assumed, sp.Or(*[expands(factor) for factor in factors])))
    return result


def exhibited(claim: Claim) -> Member:
    """The loss that a claim's hint exhibits, with parameters in the class's constants only."""
    assert claim.hints.exhibit is not None and claim.loss_class is not None
    name, parameters = claim.hints.exhibit
    family: Family | None = claim.loss_class.family(name, list(parameters))
    if family is None:
        raise CertificateError(f"the class of {claim.id} has no family {name}")
    allowed = set(claim.loss_class.constants)
    for expression in parameters.values():
        if not expression.free_symbols <= allowed:
            raise CertificateError(
                f"the exhibited loss depends on {expression}; it may depend on the class's constants only"
            )
    return family.build(f"{name}({', '.join(f'{k}={v}' for k, v in parameters.items())})", **parameters)


# --- limits and orders of growth --------------------------------------------------------------------------------


def _limit(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """A one-sided limit, by an equal expression that is continuous at the point.

    Sums, products, quotients with denominator not 0 and roots of what is not negative are continuous where defined.
    """
    form = claim.hints.limit
    if not (isinstance(formula, sp.Eq) and isinstance(formula.lhs, sp.Limit)) or form is None:
        raise CertificateError(f"{claim.id} gives no continuous form of a limit")
    expression, variable, point, direction = formula.lhs.args
    if str(direction) != "+" or not point.is_Rational:
        raise CertificateError(f"{formula.lhs} is no limit from the right at a rational point")
    if form.has(sp.sign, sp.floor, sp.Piecewise, sp.Heaviside):
        raise CertificateError(f"{form} is not continuous wherever it is defined")
    # the limit binds its variable: what is assumed of a symbol of that name says nothing of it
    assumed = tuple(f for f in usable_assumptions(claim, claim.assumptions) if variable not in f.free_symbols)
    near = sp.Gt(variable, point, evaluate=False)
    closed = sp.Ge(variable, point, evaluate=False)
    at_point = form.xreplace({variable: point})
    return [
        Implication("the continuous form is equal", (*assumed, near), sp.Eq(expression, form, evaluate=False)),
        Implication("it is defined up to the limit point", (*assumed, closed), has_value(form)),
        Implication("its value there is the limit", assumed, sp.Eq(at_point, formula.rhs, evaluate=False)),
    ]


def _constants(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """An order of growth, perhaps under a condition, with explicit constants."""
    condition, formula = formula.args if isinstance(formula, sp.Implies) else (sp.true, formula)
    constants = claim.hints.constants.get(part)
    if not isinstance(formula, OrderOfGrowth) or constants is None:
        raise CertificateError(f"{claim.id} gives no constant for {part!r}")
    chosen = tuple(constants) if isinstance(constants, tuple | list) else (constants,)
    if len(chosen) != len(formula.sides):
        raise CertificateError(f"{claim.id} gives {len(chosen)} constants for {formula}")
    result: list[Implication] = []
    for constant in chosen:
        if not constant.free_symbols <= set(formula.depends):
            raise CertificateError(f"the constant {constant} depends on more than {formula.depends}")
    abstract = PowerAbstraction(claim)
    hypotheses = state_hypotheses(claim, abstract, formula)
    hypotheses += abstract.hypotheses([] if condition == sp.true else [condition], hypotheses)
    bounds = formula.bounds(chosen)
    for bound in bounds:
        abstract(bound)  # so that the facts cover what it speaks of
    lemmas = tuple(abstract.lemma(lemma) for lemma in claim.hints.lemmas)
    known = (*hypotheses, *abstract.facts(hypotheses))
    any_constant = tuple(sp.Symbol(f"constant[{place}]", real=True) for place in range(len(chosen)))
    values = dict(zip(any_constant, chosen, strict=True))
    for constant, bound, general in zip(chosen, bounds, formula.bounds(any_constant), strict=True):
        positive = sp.Gt(constant, 0, evaluate=False)
        lost = lost_conditions(general, values, *abstract.substitutions)
        result += concluded("the constant is positive", known, abstract, positive)
        result += concluded("it bounds the quantity", known, abstract, bound, lemmas, lost=lost)
    return result


def _named(claim: Claim, part: str, formula: Boolean) -> tuple[list[Implication], Boolean]:
    """There are constants: they are named, and as they should be; and the rest, with them put in."""
    if not isinstance(formula, ThereAre):
        raise CertificateError(f"{formula} does not say that there are constants")
    constants = claim.hints.constants.get(part)
    if constants is None:
        raise CertificateError(f"{claim.id} gives no constants for {part!r}")
    chosen = tuple(constants) if isinstance(constants, tuple | list) else (constants,)
    if len(chosen) != len(formula.symbols):
        raise CertificateError(f"{claim.id} gives {len(chosen)} constants for {formula}")
    for constant in chosen:
        if not constant.free_symbols <= set(formula.depends):
            raise CertificateError(f"the constant {constant} depends on more than {formula.depends}")
    values = dict(zip(formula.symbols, chosen, strict=True))
    condition, body = put_in(formula.condition, values), put_in(formula.body, values)
    assumed = usable_assumptions(claim, claim.assumptions)
    result = [_as_they_should_be(claim, assumed, condition)]
    for lost in [*lost_conditions(formula.condition, values), *lost_conditions(formula.body, values)]:
        result += _at_every_state(claim, lost, None, with_lemmas=False)
    return result, body


def _as_they_should_be(claim: Claim, assumed: Sequence[Boolean], condition: Boolean) -> Implication:
    """That named constants meet their condition; symbols stand for its powers where the author asks for these.

    An assumption "if p then q" with powers is left out: it holds where a power in p has no value.
    """
    name = "the constants are as they should be"
    if not claim.hints.real_powers:
        return Implication(name, tuple(assumed), condition)
    powers = RealPowers()
    conclusion = powers.hidden(sp.And(*definedness(condition), condition))
    kept = [one for one in assumed if not (one.has(sp.Implies, sp.Equivalent) and real_powers(one))]
    return Implication(name, (*map(powers.hidden, kept), *powers.facts(())), conclusion)


def _instance(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """There are constants: they are named, and the rest is shown of them at every state."""
    result, body = _named(claim, part, formula)
    if isinstance(body, IsMember):
        return [*result, *_membership(claim, body)]
    if claim.hints.invariant:
        return [*result, *(by_phases if claim.times else by_induction)(claim, part, body)]
    return [*result, *_at_every_state(claim, body, None, with_lemmas=True)]


def _stopping(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """What holds as long as something does, or from within some steps; constants that there are, are named."""
    result, body = _named(claim, part, formula) if isinstance(formula, ThereAre) else ([], formula)
    return [*result, *by_stopping(claim, body)]


def _membership(claim: Claim, formula: IsMember) -> list[Implication]:
    """A named loss has a property with a constant."""
    loss, kind, constant = formula.args
    if claim.loss_class is None:
        raise CertificateError(f"{claim.id} speaks of no losses")
    family, parameters = loss_parameters(claim.loss_class, str(loss))
    decide = family.member(parameters).requirements.get(str(kind))
    condition = decide(constant) if decide is not None else None
    if condition is None:
        raise CertificateError(f"whether {formula} is not certified")
    return [Implication(str(formula), (), condition)]


METHODS: dict[str, Callable[[Claim, str, Boolean], list[Implication]]] = {
    "signs": _signs,
    "implication": _implication,
    "derivatives": _implication,
    "boxes": _implication,
    "induction": by_induction,
    "phases": by_phases,
    "stopping": _stopping,
    "growth": by_growth,
    "decay": by_decay,
    "spectral": _spectral,
    "exhibit": _exhibit,
    "limit": _limit,
    "constants": _constants,
    "instance": _instance,
}

__all__ = ["METHODS", "exhibited", "obligations", "vacuity"]
