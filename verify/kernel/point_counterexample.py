"""Counterexamples at one point, where evaluation alone does not refute: a limit, or constants that there are.

The point comes from the claim's hint.  That it is admissible, and what more the hint says of it in numbers, is
certified in exact or ball arithmetic.  What is left are implications: the trajectory, trapped from some time on, keeps
an invariant, and with it a distance from the limit that is claimed; or no constant goes with the facts at the point.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError, InputError, VerifyError
from verify.kernel.conclusion import replaced
from verify.kernel.concrete import negation, with_loss
from verify.kernel.evaluation import LAST_BITS, BeyondHorizon, Evaluator, arithmetics
from verify.kernel.goals import Implication
from verify.kernel.substitution import lost_conditions, put_in
from verify.lowering.interpret import Environment, NotExact, Truth, Undecided
from verify.statement.claim import Claim, PointCounterexample, is_vector_symbol
from verify.statement.formula import LimInf, LimSup, StepSum, ThereAre, speaks_of_a_point
from verify.statement.loss_text import member_of, parse_values
from verify.statement.system import System, time
from verify.trajectory import Trajectory

#: On which side of the bound the sequence stays, by the relation that its limit is said to have to a number, and where
#: that number is then: what stays below b has no limit above b.
_SIDES = {
    sp.Ge: ((sp.Le, sp.Lt),),
    sp.Gt: ((sp.Le, sp.Lt),),
    sp.Le: ((sp.Ge, sp.Gt),),
    sp.Lt: ((sp.Ge, sp.Gt),),
    sp.Eq: ((sp.Le, sp.Lt), (sp.Ge, sp.Gt)),
}


class PointRefutation:
    """What makes a hinted point a refutation of a formula that speaks of more than that point."""

    def __init__(self, claim: Claim, hint: PointCounterexample, reading: str) -> None:
        if any(map(is_vector_symbol, claim.parameters)):
            raise CertificateError(f"{claim.id} speaks of vectors")
        self.claim, self.hint, self.reading = claim, hint, reading
        try:
            self.values = parse_values(hint.values)
            self.member = member_of(claim, hint.loss)
        except InputError as reason:
            raise CertificateError(f"the counterexample is no point of {claim.id}: {reason}") from reason
        if set(self.values) != {symbol.name for symbol in claim.parameters}:
            raise CertificateError(f"a point of {claim.id} consists of {[str(s) for s in claim.parameters]}")

    def obligations(self, formula: Boolean) -> list[Implication]:
        """The implications that are left, once all that is said in numbers has been certified.

        Raises:
            CertificateError: something is not certified, or the formula is none that such a point refutes.
        """
        if isinstance(formula, ThereAre):
            return [self._no_constant(formula)]
        if type(formula) in _SIDES and isinstance(formula.lhs, LimInf | LimSup):
            return self._limit(formula)
        raise CertificateError(f"{formula} is not refuted by a point and what follows it")

    # --- there are constants ------------------------------------------------------------------------------------------

    def _no_constant(self, formula: ThereAre) -> Implication:
        """What holds at the point leaves no constant; it is shown for any numbers of which the same holds."""
        claim, facts = self.claim, self.hint.facts
        constants = set(formula.symbols)
        spoken = set().union(*(one.free_symbols for one in (formula.condition, formula.body, *facts)))
        if not speaks_of_a_point(formula.body) or spoken & {*claim.times, *claim.loss_symbols}:
            raise CertificateError(f"{formula.body} speaks of more than numbers at the point")
        if constants & set().union(*(fact.free_symbols for fact in facts)):
            raise CertificateError("a fact at the point speaks of the constant")
        if self.hint.invariant or self.hint.wait or self.hint.bound is not None:
            raise CertificateError("what follows the point says nothing of a constant")
        self._certify(facts, (), 0)
        return Implication("no constant serves", (formula.condition, *facts), negation(formula.body))

    # --- limits -------------------------------------------------------------------------------------------------------

    def _limit(self, formula: Boolean) -> list[Implication]:
        """From some time on the sequence stays on one side of a number, and what its limit is compared with, beyond."""
        claim, bound, invariant = self.claim, self.hint.bound, self.hint.invariant
        if claim.step is None or not claim.is_trajectory or self.hint.facts:
            raise CertificateError(f"{claim.id} has no trajectory, or the counterexample speaks of constants")
        if not isinstance(bound, sp.Rational) or not speaks_of_a_point(formula.rhs) or formula.rhs.has(StepSum):
            raise CertificateError("a limit is compared with a number at the point, and kept from it by a rational one")
        sequence = formula.lhs.args[0]
        for node in sequence.atoms(StepSum):
            if not any(one.has(node) for one in invariant):  # that its terms have values belongs to keeping it
                raise CertificateError(f"{node} occurs in no invariant")
        for kept, beyond in _SIDES[type(formula)]:
            try:
                self._certify((beyond(bound, formula.rhs, evaluate=False),), invariant, self.hint.wait)
            except _NotCertified as reason:
                refused = reason
                continue
            return self._trapped(claim.step, kept(sequence, bound, evaluate=False))
        raise refused

    def _trapped(self, step: System, bounded: Boolean) -> list[Implication]:
        """A step exists and keeps the invariant, and the invariant keeps the bound."""
        sums = {
            node: sp.Symbol(f"running[{place}]", real=True)
            for place, node in enumerate(
                sorted(set().union(*(one.atoms(StepSum) for one in (bounded, *self.hint.invariant))), key=str), start=1
            )
        }
        update = dict(zip(step.state, step.update, strict=True)) | {s: s + node.args[0] for node, s in sums.items()}

        def hidden(formula: Boolean) -> Boolean:
            for node, symbol in sums.items():
                formula = replaced(formula, node, symbol)
            return formula

        invariant = [hidden(formula) for formula in self.hint.invariant]
        known = tuple(self._concrete(formula) for formula in invariant)
        found: list[Implication] = []

        def conclude(name: str, formula: Boolean, moved: dict[sp.Symbol, sp.Expr] | None = None) -> None:
            around = [moved or {}, self._numbers]
            for lost in lost_conditions(formula, *around):
                found.append(Implication("what is spoken of has a value", known, with_loss(lost, self.member)))
            found.append(Implication(name, known, self._concrete(put_in(formula, moved or {}))))

        for condition in step.well_defined:
            conclude("the step exists", condition)
        for symbol, expression in update.items():
            conclude(f"the next {symbol} has a value", sp.Eq(expression, expression, evaluate=False))
        for formula in invariant:
            conclude(f"a step keeps {formula}", formula, update)
        conclude("the bound is kept", hidden(bounded))
        allowed = {*step.state, *sums.values()}
        for goal in found:
            spoken = set().union(*(one.free_symbols for one in (*goal.hypotheses, goal.conclusion)))
            if not spoken <= allowed:
                raise CertificateError(f"{sorted(map(str, spoken - allowed))} have no value along the trajectory")
        return found

    @property
    def _numbers(self) -> dict[sp.Symbol, sp.Expr]:
        """The parameters' numbers; a symbol of the state that is a parameter too moves on."""
        assert self.claim.step is not None
        return {
            symbol: sp.Rational(*self.values[symbol.name].as_integer_ratio())
            for symbol in self.claim.parameters
            if symbol not in self.claim.step.state and symbol != time  # the time moves on, too
        }

    def _concrete(self, formula: Boolean) -> Boolean:
        return with_loss(put_in(formula, self._numbers), self.member)

    # --- in numbers ---------------------------------------------------------------------------------------------------

    def _certify(self, here: Sequence[Boolean], later: Sequence[Boolean], wait: int) -> None:
        """That the point is admissible, what holds there, and what holds so many steps later.

        Raises:
            CertificateError: something is false, or no precision tells.
        """
        reason: str = "no arithmetic applies"
        for arithmetic, bits in arithmetics(LAST_BITS, closed_forms=False):
            try:
                point = Evaluator(self.claim, self.values, self.member, self.reading, arithmetic, bits)
                reached = point.arrive()
                if reached is None or point.violated:
                    raise CertificateError(f"the counterexample is not admissible: {'; '.join(point.violated)}")
                truths = {f: reached.truth(f) for f in here}
                if later:
                    after = self._later(point, wait)
                    truths |= {f: after.truth(f) for f in later}
            except (NotExact, Undecided) as undecided:
                reason = str(undecided)
                continue
            except CertificateError:
                raise
            except (BeyondHorizon, VerifyError) as failure:
                raise CertificateError(f"the counterexample cannot be evaluated: {failure}") from failure
            failing = [f"{f} is {truth.value}" for f, truth in truths.items() if truth is not Truth.TRUE]
            if any(truth not in (Truth.TRUE, Truth.UNKNOWN) for truth in truths.values()):
                raise _NotCertified("at the counterexample " + "; ".join(failing))
            if not failing and not point.unknown:
                return
            reason = "; ".join([*failing, *point.unknown])
        raise _NotCertified(f"at the counterexample it is not certified: {reason}")

    def _later(self, point: Evaluator, wait: int) -> Environment:
        """The environment on the same trajectory, so many steps later."""
        trajectory = Trajectory(self.claim, point.environment)
        while trajectory.steps < point.steps + wait:
            trajectory.step()
        return trajectory.environment()


class _NotCertified(CertificateError):
    """What is said in numbers of a point is not so, or not certified."""


def point_text(hint: PointCounterexample) -> str:
    """The point and what is said of it in one line, for the reader."""
    text = ", ".join(f"{name} = {value}" for name, value in hint.values.items())
    if hint.loss is not None:
        text += f", loss {hint.loss}"
    if hint.facts:
        text += f"; there {', '.join(map(str, hint.facts))}"
    if hint.invariant:
        since = f"from {hint.wait} steps later on" if hint.wait else "from there on"
        text += f"; {since} every iterate meets {', '.join(map(str, hint.invariant))}"
    return text


__all__ = ["PointRefutation", "point_text"]
