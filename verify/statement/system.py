"""A discrete-time system: a state, and the map that takes it one step on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import ClaimError
from verify.statement.vectors import Vector, is_vector, require_well_typed

#: The index of the step at which a trajectory statement is evaluated: 0, 1, 2, ...
time = sp.Symbol("t", real=True)


def next_symbol(symbol: sp.Symbol) -> sp.Symbol:
    """The symbol of a state one step later: ``x`` becomes ``x_next``."""
    name = f"{symbol.name}_next"
    return Vector(name) if isinstance(symbol, Vector) else sp.Symbol(name, real=True)


@dataclass(frozen=True)
class System:
    """A map of the state to the next state.

    Attributes:
        name: as the reader knows it, e.g. ``SAM``.
        state: the symbols of the state: one vector, or numbers.
        update: the next state, one expression for each symbol of the state.
        well_defined: what must hold for the step to exist, beyond its expressions having a value.
    """

    name: str
    state: tuple[sp.Symbol, ...]
    update: tuple[sp.Expr, ...]
    well_defined: tuple[Boolean, ...] = ()

    def __post_init__(self) -> None:
        if len(self.state) != len(self.update):
            raise ClaimError(f"the system {self.name} has {len(self.state)} state symbols, {len(self.update)} updates")
        for symbol, expression in zip(self.state, self.update, strict=True):
            require_well_typed(expression)
            if is_vector(symbol) != is_vector(expression):
                raise ClaimError(f"the update of {symbol} in {self.name} mixes vectors and numbers: {expression}")

        spoken = set(self.state).union(*(one.free_symbols for one in (*self.update, *self.well_defined)))
        for symbol in self.next:
            if symbol in spoken:
                raise ClaimError(f"the system {self.name} speaks of {symbol}, which is the name of its next state")

    @classmethod
    def on_coordinates(
        cls,
        name: str,
        state: Sequence[sp.Symbol],
        gradient: Callable[[sp.Matrix], sp.Matrix],
        step: Callable[..., sp.Matrix],
        well_defined: tuple[Boolean, ...] = (),
    ) -> System:
        """The system of ``step(gradient, norm, w)`` for a state written in coordinates."""
        point = sp.Matrix(list(state))
        moved = step(gradient, euclidean_norm, point)
        return cls(name, tuple(state), tuple(moved), well_defined)

    @property
    def next(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the next state."""
        return tuple(next_symbol(symbol) for symbol in self.state)

    @property
    def one_step(self) -> dict[sp.Symbol, sp.Expr]:
        """Each symbol of the next state with its expression in the state."""
        return dict(zip(self.next, self.update, strict=True))


def euclidean_norm(vector: sp.Matrix) -> sp.Expr:
    """The Euclidean norm of a column of numbers."""
    return sp.sqrt(sp.Add(*[entry**2 for entry in vector]))
