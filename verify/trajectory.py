"""A system run forward under a lowering: states, well-definedness, sums over steps, hitting times."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from verify.lowering.ball import Ball
from verify.lowering.interpret import Environment, TimeRange, Truth, Undecided, Undefined, Value
from verify.statement.claim import Claim
from verify.statement.formula import FirstTime, LargestPower, LargestTimeWhile, StepSum
from verify.statement.system import System, time


class NotWellDefined(Undefined):
    """The iteration stops to exist at this step."""


def advance(environment: Environment, system: System) -> dict[sp.Symbol, Value]:
    """The next state of a system, by the symbols of its state.

    Raises:
        NotWellDefined: the step does not exist there.
        Undecided: the precision does not tell whether it does.
    """
    for condition in system.well_defined:
        truth = environment.truth(condition)
        if truth in (Truth.FALSE, Truth.UNDEFINED):
            raise NotWellDefined(f"{condition} fails")
        if truth is Truth.UNKNOWN:
            raise Undecided(f"whether {condition}")
    try:
        kept = environment.arithmetic.kept
        following: dict[sp.Symbol, Value] = {}
        for symbol, update in zip(system.state, system.update, strict=True):
            value = environment.value(update)
            following[symbol] = tuple(map(kept, value)) if isinstance(value, tuple) else kept(value)
        return following
    except Undefined as reason:
        raise NotWellDefined(str(reason)) from reason


class Trajectory:
    """The trajectory of a claim's system from its start, computed as far as it was asked for."""

    def __init__(self, claim: Claim, environment: Environment) -> None:
        if claim.step is None or claim.start is None:
            raise ValueError(f"{claim.id} has no start")
        self._claim = claim
        self._base = environment
        self.steps = 0
        self._state = {symbol: environment.value(value) for symbol, value in claim.start.items()}
        self._sums = {
            node: environment.arithmetic.rational(0, 1)
            for parts in claim.conclusions.values()
            for formula in parts.values()
            for node in formula.atoms(StepSum)
        }
        self._alive = dict.fromkeys(claim.times, True)
        self._times: dict[sp.Symbol, TimeRange] = times_of_parameters(claim, environment)
        self._watch()

    def environment(self) -> Environment:
        """The environment at the current step."""
        now = {**self._state, time: self._base.arithmetic.rational(self.steps, 1)}
        here = self._base.with_values(now)
        here.sums = dict(self._sums)
        here.times = dict(self._times)
        return here

    def step(self) -> None:
        """Go one step on.

        Raises:
            NotWellDefined, Undecided: as ``advance``.
        """
        assert self._claim.step is not None
        here = self.environment()
        following = advance(here, self._claim.step)
        for node in [node for node, total in self._sums.items() if not isinstance(total, Undefined)]:
            try:
                self._sums[node] = self._sums[node] + here.value(node.args[0])
            except Undefined as reason:
                self._sums[node] = reason
        self._state = following
        self.steps += 1
        self._watch()

    @property
    def times(self) -> Mapping[sp.Symbol, TimeRange]:
        """What is known of each time so far."""
        return self._times

    @property
    def times_open(self) -> bool:
        """Whether a time is not known yet."""
        return any(known.low != known.high for known in self._times.values())

    def _watch(self) -> None:
        """Bring the hitting times up to date with the current state."""
        here = self.environment()
        for symbol, definition in self._claim.times.items():
            if isinstance(definition, LargestPower) or not self._alive[symbol]:
                continue
            assert isinstance(definition, LargestTimeWhile | FirstTime)
            truth = here.truth(definition.condition)
            if truth is Truth.UNKNOWN:
                raise Undecided(f"whether {definition.condition} at step {self.steps}")
            holds = truth is Truth.TRUE
            first = isinstance(definition, FirstTime)
            if holds == first:  # the time is decided: it is now, or it was one step ago
                self._alive[symbol] = False
                value = self.steps if first else self.steps - 1
                self._times[symbol] = TimeRange(value, value)
            else:
                self._times[symbol] = TimeRange(self.steps + 1 if first else self.steps, None)


def times_of_parameters(claim: Claim, environment: Environment) -> dict[sp.Symbol, TimeRange]:
    """The times of a claim that its parameters alone determine, whatever the trajectory does."""
    return {
        symbol: largest_power(definition, environment)
        for symbol, definition in claim.times.items()
        if isinstance(definition, LargestPower)
    }


def largest_power(definition: LargestPower, environment: Environment) -> TimeRange:
    """The largest t >= 0 with base**t >= level, certified in balls; (None, None) where there is no largest.

    Raises:
        Undecided: the balls do not separate two neighbouring times.
        Undefined: not even t = 0 qualifies.
    """
    arithmetic = environment.arithmetic
    base, level = environment.value(definition.base), environment.value(definition.level)
    one = arithmetic.rational(1, 1)
    signs = {
        "level": arithmetic.sign(level),
        "one": arithmetic.sign(one - level),
        "base": arithmetic.sign(base),
        "contracts": arithmetic.sign(one - arithmetic.call("Abs", [base])),
    }
    if None in signs.values():
        raise Undecided(f"{definition}")
    if signs["level"] <= 0 or (signs["contracts"] <= 0 and signs["base"] != 0):  # type: ignore[operator]
        return TimeRange(None, None)
    if signs["one"] < 0:  # type: ignore[operator]
        raise Undefined(f"there is no t with {definition}")
    if signs["base"] == 0:
        return TimeRange(0, 0)
    # |base| < 1, 0 < level <= 1: for a negative base only even t count.
    with Ball(192) as ball:
        size = _as_ball(ball, environment, sp.Abs(definition.base))
        target = _as_ball(ball, environment, definition.level)
        estimate = math.floor(float((target.log() / size.log()).mid()))
        for guess in range(max(estimate - 2, 0), estimate + 4):
            enough = ball.sign(size**guess - target)
            too_much = ball.sign(size ** (guess + 1) - target)
            if enough is not None and enough >= 0 and too_much == -1:
                largest = guess if signs["base"] == 1 else guess - guess % 2
                return TimeRange(largest, largest)
    raise Undecided(f"{definition}")


def _as_ball(ball: Ball, environment: Environment, expression: sp.Expr) -> Value:
    """The value of an expression in balls, whatever arithmetic the environment uses."""
    if isinstance(environment.arithmetic, Ball):
        return environment.value(expression)
    values = {}
    for symbol in expression.free_symbols:
        number = environment.value(symbol)
        rational = environment.arithmetic.as_rational(number)
        if rational is None:
            raise Undecided(f"{symbol} is not rational")
        values[symbol] = ball.rational(rational.numerator, rational.denominator)
    return Environment(ball, values).value(expression)


__all__ = ["Fraction", "NotWellDefined", "Trajectory", "advance", "largest_power", "times_of_parameters"]
