"""The same iteration, inequality and running minimum in other ways: numpy, torch, numba, mpmath, Hypothesis."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from verify.statement.claim import Claim

Array = NDArray[np.float64]
_TINY = 1e-300


class Formulas:
    """The step of a claim and the two sides of its conclusion, with common subexpressions taken out."""

    def __init__(self, claim: Claim) -> None:
        assert claim.step is not None and claim.start is not None
        (self.relation,) = claim.conclusions[""].values()
        self.state = claim.step.state
        self.names = [symbol for symbol in claim.parameters if symbol.name != "t"]
        self.start = [claim.start[symbol] for symbol in self.state]
        self.outputs = [
            *claim.step.update,
            self.relation.lhs.xreplace(claim.step.one_step),
            self.relation.rhs.xreplace(claim.step.one_step),
        ]

    def function(self, modules: Any) -> Callable[..., Any]:
        """``f(parameters..., state...) -> (next state..., left, right)`` in terms of a library."""
        made: Callable[..., Any] = sp.lambdify([*self.names, *self.state], self.outputs, modules=modules, cse=True)
        return made


def in_numpy(formulas: Formulas, columns: Mapping[str, Array], steps: int) -> Array:
    """The least margins, the whole batch in each operation of numpy."""
    function = formulas.function("numpy")
    parameters = [columns[symbol.name] for symbol in formulas.names]
    state = [columns[symbol.name] for symbol in formulas.start]
    best, at = np.full(len(state[0]), np.inf), np.zeros(len(state[0]))
    for t in range(steps):
        *state, left, right = function(*parameters, *state)
        margin = (right - left) / (np.abs(left) + np.abs(right) + _TINY)
        better = margin < best
        best, at = np.where(better, margin, best), np.where(better, t, at)
    return best


def in_torch(formulas: Formulas, columns: Mapping[str, Array], steps: int) -> Array:
    """The same in the eager operations of torch."""
    import torch

    names = {"sqrt": torch.sqrt, "tanh": torch.tanh}
    function = formulas.function([names, "math"])
    with torch.no_grad():
        given = {name: torch.from_numpy(np.ascontiguousarray(column)) for name, column in columns.items()}
        parameters = [given[symbol.name] for symbol in formulas.names]
        state = [given[symbol.name] for symbol in formulas.start]
        best, at = torch.full_like(state[0], math.inf), torch.zeros_like(state[0])
        for t in range(steps):
            *state, left, right = function(*parameters, *state)
            margin = (right - left) / (torch.abs(left) + torch.abs(right) + _TINY)
            better = margin < best
            best, at = torch.where(better, margin, best), torch.where(better, float(t), at)
        return np.asarray(best.numpy())


def in_numba(formulas: Formulas) -> Callable[[Mapping[str, Array], int], Array]:
    """The same, compiled by numba, one trajectory after the other."""
    import numba

    names, state = [s.name for s in formulas.names], [s.name for s in formulas.state]
    replaced, outputs = sp.cse(formulas.outputs)
    text = ["def run(columns, steps, best, at):", "  for lane in range(columns.shape[1]):"]
    text += [f"    {name} = columns[{row}, lane]" for row, name in enumerate(names)]
    text += [f"    {symbol} = {start}" for symbol, start in zip(state, formulas.start, strict=True)]
    text += ["    least, when = inf, 0", "    for t in range(steps):"]
    text += [f"      {symbol} = {sp.pycode(value, fully_qualified_modules=False)}" for symbol, value in replaced]
    printed = [sp.pycode(value, fully_qualified_modules=False) for value in outputs]
    text += [f"      left, right = {printed[-2]}, {printed[-1]}"]
    text += [f"      {', '.join(state)} = {', '.join(printed[:-2])}"]
    text += [f"      margin = (right - left)/(abs(left) + abs(right) + {_TINY})"]
    text += ["      if margin < least:", "        least, when = margin, t"]
    text += ["    best[lane], at[lane] = least, when"]
    scope: dict[str, Any] = {"inf": math.inf, "sqrt": math.sqrt, "tanh": math.tanh}
    exec("\n".join(text), scope)  # source that this function has just written
    compiled = numba.njit(fastmath={"contract"}, error_model="numpy")(scope["run"])

    def run(columns: Mapping[str, Array], steps: int) -> Array:
        rows = np.array([columns[name] for name in names])
        best, at = np.empty(rows.shape[1]), np.empty(rows.shape[1])
        compiled(rows, steps, best, at)
        return best

    return run


def in_mpmath(formulas: Formulas, columns: Mapping[str, Array], steps: int, digits: int = 50) -> Array:
    """The same with 50 digits, one trajectory after the other."""
    import mpmath

    function = formulas.function("mpmath")
    found = []
    with mpmath.workdps(digits):
        for lane in range(len(columns[formulas.names[0].name])):
            given = {name: mpmath.mpf(float(column[lane])) for name, column in columns.items()}
            parameters = [given[symbol.name] for symbol in formulas.names]
            state = [given[symbol.name] for symbol in formulas.start]
            best = mpmath.inf
            for _ in range(steps):
                *state, left, right = function(*parameters, *state)
                best = min(best, (right - left) / (abs(left) + abs(right) + _TINY))
            found.append(float(best))
    return np.array(found)


def steps_of_hypothesis(claim: Claim, formulas: Formulas, steps: int, seconds: float) -> int:
    """How many steps of trajectories Hypothesis gets through in so much time, each in Python's own floats."""
    from hypothesis import HealthCheck, Phase, given, settings

    function = formulas.function("math")
    done, end = 0, math.inf

    @settings(
        max_examples=10**9,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(claim.strategy())
    def look(point: dict[str, Any]) -> None:
        nonlocal done, end
        end = min(end, time.perf_counter() + seconds)  # from the first point on
        if time.perf_counter() > end:
            raise _Over
        values = {name: float(value) for name, value in point.items() if name != "loss"}
        parameters = [values[symbol.name] for symbol in formulas.names]
        state = [values[symbol.name] for symbol in formulas.start]
        for _ in range(steps):
            *state, left, right = function(*parameters, *state)
            done += 1
            assert left == left and right == right

    with contextlib.suppress(_Over, ZeroDivisionError, OverflowError):
        look()
    return done


class _Over(BaseException):
    """The time is over; no Exception, so that Hypothesis stops at once."""
