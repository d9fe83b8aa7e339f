"""Decide theorems about optimization algorithms: a counterexample, a checked proof, or an honest "neither".

The names below are loaded when they are first used, because SymPy and the engines take a while to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.decide import check as check
    from verify.point import evaluate as evaluate
    from verify.result import Result as Result
    from verify.statement.claim import Claim as Claim
    from verify.statement.claim import Counterexample as Counterexample
    from verify.statement.claim import FamilyHint as FamilyHint
    from verify.statement.claim import Hints as Hints
    from verify.statement.claim import Paper as Paper
    from verify.statement.claim import PointCounterexample as PointCounterexample
    from verify.statement.claim import Reading as Reading
    from verify.statement.claim import Source as Source
    from verify.statement.formula import Always as Always
    from verify.statement.formula import AsLongAs as AsLongAs
    from verify.statement.formula import BigO as BigO
    from verify.statement.formula import BigOmega as BigOmega
    from verify.statement.formula import BigTheta as BigTheta
    from verify.statement.formula import Bounded as Bounded
    from verify.statement.formula import ComponentNonzero as ComponentNonzero
    from verify.statement.formula import Converges as Converges
    from verify.statement.formula import ConvergesExponentially as ConvergesExponentially
    from verify.statement.formula import ConvergesTo as ConvergesTo
    from verify.statement.formula import DecaysExponentially as DecaysExponentially
    from verify.statement.formula import Differentiable as Differentiable
    from verify.statement.formula import Diverges as Diverges
    from verify.statement.formula import DivergesExponentially as DivergesExponentially
    from verify.statement.formula import Eventually as Eventually
    from verify.statement.formula import EventuallyAlways as EventuallyAlways
    from verify.statement.formula import FirstTime as FirstTime
    from verify.statement.formula import ForAll as ForAll
    from verify.statement.formula import FromAlmostEveryStart as FromAlmostEveryStart
    from verify.statement.formula import FromEveryStart as FromEveryStart
    from verify.statement.formula import HasProperty as HasProperty
    from verify.statement.formula import LargestPower as LargestPower
    from verify.statement.formula import LargestTimeWhile as LargestTimeWhile
    from verify.statement.formula import LimInf as LimInf
    from verify.statement.formula import LimSup as LimSup
    from verify.statement.formula import StepSum as StepSum
    from verify.statement.formula import ThereAre as ThereAre
    from verify.statement.formula import ThereIsLoss as ThereIsLoss
    from verify.statement.loss import Family as Family
    from verify.statement.loss import Loss as Loss
    from verify.statement.loss import LossClass as LossClass
    from verify.statement.loss import Member as Member
    from verify.statement.loss import Property as Property
    from verify.statement.loss import ScalarLossName as ScalarLossName
    from verify.statement.loss import Spectrum as Spectrum
    from verify.statement.system import System as System
    from verify.statement.system import time as time
    from verify.statement.vectors import Inner as Inner
    from verify.statement.vectors import Norm as Norm
    from verify.statement.vectors import Vector as Vector

_NAMES = {
    "verify.decide": "check",
    "verify.point": "evaluate",
    "verify.result": "Result",
    "verify.statement.claim": "Claim Counterexample FamilyHint Hints Paper PointCounterexample Reading Source",
    "verify.statement.formula": "Always AsLongAs BigO BigOmega BigTheta Bounded ComponentNonzero Converges "
    "ConvergesExponentially ConvergesTo DecaysExponentially Differentiable Diverges DivergesExponentially Eventually "
    "EventuallyAlways FirstTime ForAll FromAlmostEveryStart FromEveryStart HasProperty LargestPower LargestTimeWhile "
    "LimInf LimSup StepSum ThereAre ThereIsLoss",
    "verify.statement.loss": "Family Loss LossClass Member Property ScalarLossName Spectrum",
    "verify.statement.system": "System time",
    "verify.statement.vectors": "Inner Norm Vector",
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605  # the names above, so that they stand in one place


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'verify' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
