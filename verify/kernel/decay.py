"""Exponential decay: a step contracts what is small, and until then a rank falls, which it cannot do for ever."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.abstraction import usable_assumptions
from verify.kernel.conclusion import has_value
from verify.kernel.goals import Implication
from verify.kernel.induction import Phases
from verify.kernel.powers import powers
from verify.kernel.substitution import put_in
from verify.statement.claim import Claim, Decay
from verify.statement.formula import DecaysExponentially
from verify.statement.system import time
from verify.statement.vectors import is_vector


def by_decay(claim: Claim, part: str, formula: Boolean) -> list[Implication]:
    """A coordinate z of the state decays exponentially, once there is a state of which the assumptions hold.

    To show, from an invariant of the whole trajectory and from what is kept from that state on: where |z| is at most a
    radius, a step multiplies it by at most a factor < 1, so that it stays there.  Where |z| is larger, a coordinate
    that is never negative, the rank, falls by at least some drop > 0, which happens finitely often.  These numbers may
    depend on the parameters and on that state.
    """
    hint = claim.hints.decay
    if not isinstance(formula, DecaysExponentially) or hint is None or claim.step is None or claim.start is None:
        raise CertificateError(f"{claim.id} gives no reason why something decays along a trajectory")
    state, (quantity,) = claim.step.state, formula.args
    if not {quantity, hint.rank} <= set(state) or any(is_vector(symbol) for symbol in state):
        raise CertificateError("what decays, and its rank, have to be coordinates of the state")
    moving = {*state, *claim.step.next, *claim.times, time}
    _require_names(claim, hint, moving)
    # of the trajectory up to the state in question nothing is used that it is said to have reached
    reached = moving - set(powers(claim))
    always = [one for one in claim.assumptions if not one.free_symbols & reached]
    phases = Phases(replace(claim, given=always, times=powers(claim), show=formula, readings={}))
    phases.obligations(sp.true)
    invariant, advice = claim.hints.invariant, hint.advice.get
    assumed = [
        one
        for one in usable_assumptions(claim, claim.assumptions)
        if one.free_symbols & set(state) and not one.free_symbols & (moving - set(state))
    ]
    then = {one: one for one in (put_in(one, hint.frozen) for one in (*assumed, *invariant))}
    known = then | {one: one for one in (*invariant, *hint.kept)}
    steps = known | phases.exists
    for one in hint.kept:
        phases.goal(f"{one} at that state", then, one, advice("begins"), dict(hint.frozen))
        phases.goal(f"a step keeps {one}", steps, one, advice("keeps"), phases.moved)
    for value in claim.step.update:
        phases.goal("the next state has a value", steps, has_value(value), advice("keeps"))
    for number, above in ((hint.radius, 0), (1, hint.factor), (hint.drop, 0)):
        phases.goal(f"{number} > {above}", then, sp.Gt(number, above, evaluate=False), advice("numbers"))
    later = dict(zip(state, claim.step.next, strict=True))
    size, rank = sp.Abs(quantity), hint.rank
    small, large = sp.Le(size, hint.radius, evaluate=False), sp.Gt(size, hint.radius, evaluate=False)
    contracts = sp.Le(sp.Abs(later[quantity]), hint.factor * size, evaluate=False)
    falls = sp.Le(later[rank], rank - hint.drop, evaluate=False)
    phases.goal("a step contracts what is small", steps | {small: small}, contracts, advice("contracts"))
    phases.goal("the rank is not negative", known, sp.Ge(rank, 0, evaluate=False), advice("rank"))
    phases.goal("until then a step lowers the rank", steps | {large: large}, falls, advice("falls"))
    return list(phases.result)


def _require_names(claim: Claim, hint: Decay, moving: set[sp.Symbol]) -> None:
    """Refuse what moves along a trajectory where it may not, and symbols that something else has already."""
    assert claim.step is not None and claim.start is not None
    spoken = [*claim.assumptions, *claim.define.values(), *claim.step.update, *claim.start.values()]
    constants = {*claim.define, *(claim.loss_class.constants if claim.loss_class is not None else ())}
    still = constants.union(*(one.free_symbols for one in spoken)) - moving
    frozen = set(hint.frozen.values())
    if set(hint.frozen) != set(claim.step.state) or len(frozen) < len(hint.frozen) or frozen & (still | moving):
        raise CertificateError("each coordinate of the state in question takes a symbol of its own")
    if any(not isinstance(symbol, sp.Symbol) or "[" in symbol.name for symbol in frozen):
        raise CertificateError("a coordinate of the state in question takes a symbol as a claim may have it")
    state = set(claim.step.state)
    for formulas, allowed in (
        (claim.define.values(), still),
        (claim.hints.invariant, still | state),
        (hint.kept, still | state | frozen),
        ((hint.radius, hint.factor, hint.drop), still | frozen),
    ):
        for one in formulas:
            if not one.free_symbols <= allowed:
                raise CertificateError(f"{one} speaks of more than it may, {one.free_symbols - allowed}")


__all__ = ["by_decay"]
