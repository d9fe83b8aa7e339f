"""The lane kernel of every claim against the interpreter of arrays, and against mpmath, at the same points."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from claims.sam_normalization import CLAIMS
from verify.errors import VerifyError
from verify.lowering.floats import Floats
from verify.lowering.lanes.kernel import Answers, Kernel
from verify.lowering.lanes.program import BLOCK
from verify.search.batch import Batch, follow_in_arrays, traced
from verify.search.budget import BUDGETS
from verify.search.margins import BatchEnvironment
from verify.search.screen import corners, screen, sobol, warp
from verify.statement.claim import Claim
from verify.statement.formula import LargestTimeWhile, speaks_of_a_point
from verify.statement.system import System

Array = NDArray[np.float64]
LOG2_POINTS, STEPS = 7, 20


def batches(every_family: bool) -> list[Any]:
    """Each claim that is screened: in its first reading on one family of losses, in turn; or all of them."""
    found = []
    for place, claim in enumerate(CLAIMS):
        families: tuple[Any, ...] = claim.loss_class.families if claim.loss_class is not None else (None,)
        readings = list(claim.conclusions)
        for reading in readings if every_family else readings[:1]:
            if not any(speaks_of_a_point(formula) for formula in claim.conclusions[reading].values()):
                continue
            for family in families if every_family else (families[place % len(families)],):
                name = "-".join(filter(None, (claim.id, reading, family.name if family is not None else "")))
                found.append(pytest.param(claim.instance, reading, family, id=name))
    return found


def points_of(batch: Batch, log2_points: int = LOG2_POINTS) -> Array:
    return corners(batch, warp(sobol(batch.unit_dimension, log2_points, 5), 5), 5)


def answered_by_both(batch: Batch, unit: Array, steps: int) -> tuple[Answers, Answers] | None:
    """What the interpreter answers, and what the kernel does; None where it is right that there is no kernel."""
    try:
        by_arrays = batch.follow(unit, steps)
    except VerifyError:
        with pytest.raises(VerifyError):  # the family lacks what the statement speaks of
            traced(batch)
        return None
    if batch.program is None:  # a sum whose length changes from step to step is left to the arrays
        assert any(formula.has(sp.Sum) for formula in batch.parts.values())
        return None
    batch.kernel = Kernel(batch.program)
    return by_arrays, batch.follow(unit, steps)


def agree(one: dict[str, Array], other: dict[str, Array]) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        near = np.abs(one["margin"] - other["margin"]) <= 1e-9
    return near | (one["margin"] == other["margin"])


def check_against_arrays(claim: Claim, reading: str, family: Any) -> None:
    batch = Batch(claim, reading, family)
    answers = answered_by_both(batch, points_of(batch), STEPS)
    if answers is None:
        return
    by_arrays, by_kernel = answers
    assert np.mean(by_arrays.count != by_kernel.count) <= 0.02
    for one, other in zip(by_arrays.watched, by_kernel.watched, strict=True):
        # where two sides are differences of nearly equal numbers, rounding decides
        assert np.mean(~agree(one, other)) <= 0.1
        for name in ("violated", "undefined"):
            assert np.mean(one[name] != other[name]) <= 0.1, name


@pytest.mark.parametrize(("claim", "reading", "family"), batches(every_family=False))
def test_the_kernel_of_a_claim_answers_what_the_arrays_do(claim: Claim, reading: str, family: Any) -> None:
    check_against_arrays(claim, reading, family)


@pytest.mark.nightly
@pytest.mark.parametrize(("claim", "reading", "family"), batches(every_family=True))
def test_the_kernel_of_a_claim_answers_what_the_arrays_do_for_every_family(
    claim: Claim, reading: str, family: Any
) -> None:
    check_against_arrays(claim, reading, family)


# --- against mpmath -------------------------------------------------------------------------------------------------


class Precise(Floats):
    """As Floats, on arrays of numbers of mpmath."""

    def rational(self, numerator: int, denominator: int) -> Any:
        return mpmath.mpf(numerator) / denominator

    def divide(self, left: Any, right: Any) -> Any:
        return np.where(np.equal(right, 0), mpmath.nan, left / np.where(np.equal(right, 0), mpmath.mpf(1), right))

    def power(self, base: Any, exponent: Fraction) -> Any:
        if exponent.denominator == 1:
            return self.each(lambda b: mpmath.nan if b == 0 and exponent < 0 else b ** int(exponent), base)
        power = mpmath.mpf(exponent.numerator) / exponent.denominator
        return self.each(lambda b: mpmath.nan if b < 0 or (b == 0 and power < 0) else b**power, base)

    def real_power(self, base: Any, exponent: Any) -> Any:
        def one(b: Any, e: Any) -> Any:
            return mpmath.nan if b < 0 and e != mpmath.floor(e) else mpmath.power(b, e)

        return np.frompyfunc(one, 2, 1)(base, exponent)

    def call(self, name: str, arguments: list[Any]) -> Any:
        if name in ("Min", "Max", "Heaviside", "DiracDelta"):
            return super().call(name, arguments)
        if not arguments:
            return {"Pi": +mpmath.pi, "Exp1": +mpmath.e}[name]
        functions = {"Abs": abs, "ceiling": mpmath.ceil}
        function = functions.get(name) or getattr(mpmath, name)

        def one(number: Any) -> Any:
            if name == "log" and number <= 0:
                return mpmath.nan if number < 0 else -mpmath.inf
            return function(number)

        return self.each(one, arguments[0])

    @staticmethod
    def each(function: Any, numbers: Any) -> Any:
        return np.frompyfunc(lambda number: function(mpmath.mpf(number)), 1, 1)(numbers)


def exactly(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple((exactly(a), exactly(b)) for a, b in value)
    return np.array([mpmath.mpf(float(entry)) for entry in value], dtype=object)


@pytest.mark.parametrize(("claim", "reading", "family"), batches(every_family=False)[::3])
def test_the_kernel_of_a_claim_is_as_near_to_mpmath_as_the_arrays_are(claim: Claim, reading: str, family: Any) -> None:
    batch = Batch(claim, reading, family)
    unit = points_of(batch)[2:10]
    with np.errstate(all="ignore"):
        named, losses = batch.points(unit)
    answers = answered_by_both(batch, unit, 4)
    if answers is None:
        return
    by_arrays, by_kernel = answers
    with mpmath.workdps(50), np.errstate(all="ignore"):
        environment = batch.environment_of(
            {name: exactly(value) for name, value in named.items()},
            {name: exactly(value) for name, value in losses.items()},
            Precise(),
        )
        assert isinstance(environment, BatchEnvironment)
        precise = follow_in_arrays(batch.course(environment), len(unit), 4 if claim.is_trajectory else 0)
    for one, other, true in zip(by_arrays.watched, by_kernel.watched, precise.watched, strict=True):
        with np.errstate(all="ignore"):
            error, usual = (np.abs(entry["margin"] - true["margin"]) for entry in (other, one))
        allowed = 1e-9 + 100 * np.where(np.isfinite(usual), usual, 0)
        near = np.isnan(error) | (error <= allowed) | ~np.isfinite(one["margin"])
        assert (~near).sum() <= 1  # one of eight may be a quotient of what is left by cancellation


# --- what kernels promise -------------------------------------------------------------------------------------------

x, y, x0 = sp.symbols("x y x0", real=True)
halving = System("halving", (x,), (x / 2,))
shrinking = System("shrinking", (x,), (x / 10**20,))
squaring = System("squaring", (x,), (x**2,))


def answers_of(claim: Claim, columns: list[Array], steps: int, threads: int | None = None) -> Answers:
    return Kernel(traced(Batch(claim, "", None))).run(columns, steps, threads)


def test_the_answers_do_not_depend_on_the_number_of_threads() -> None:
    claim = Claim("halved", given=[x0 > 0], step=halving, start={x: x0}, show=sp.Gt(x, sp.Rational(1, 100)))
    columns = [np.random.default_rng(0).random(9 * 16 * BLOCK + 7)]
    one, two, three = (answers_of(claim, columns, 30, threads) for threads in (1, 2, 3))
    for other in (two, three):
        np.testing.assert_array_equal(one.count, other.count)
        for name, values in one.watched[0].items():
            np.testing.assert_array_equal(values, other.watched[0][name])


def test_the_least_margin_comes_with_its_first_violation_and_its_step() -> None:
    claim = Claim("halved", given=[x0 > 0], step=halving, start={x: x0}, show=sp.Ge(x, sp.Rational(1, 8)))
    found = answers_of(claim, [np.array([1.0, 0.125, 1e-3])], 40).watched[0]
    np.testing.assert_array_equal(found["violated"], [4, 1, 0])
    np.testing.assert_array_equal(found["at"], [40, 40, 40])
    np.testing.assert_allclose(found["margin"], [-1, -1, -1], rtol=1e-8)


def test_a_missing_value_and_an_overflow_are_told_apart() -> None:
    claim = Claim("root", over=(x,), show=sp.Ge(sp.sqrt(x) + 1 / (x - 1), 0, evaluate=False))
    found = answers_of(claim, [np.array([-1.0, 1.0, 4.0])], 0).watched[0]
    np.testing.assert_array_equal(found["undefined"], [0, 0, -1])
    np.testing.assert_array_equal(found["overflowed"], [-1, -1, -1])
    claim = Claim("tower", over=(x,), show=sp.Le(sp.exp(x) ** 3, sp.exp(x) ** 2, evaluate=False))
    found = answers_of(claim, [np.array([700.0, 1.0])], 0).watched[0]
    np.testing.assert_array_equal(found["undefined"], [-1, -1])
    np.testing.assert_array_equal(found["overflowed"], [0, -1])


def test_lanes_that_are_huge_or_tiny_are_followed_no_further() -> None:
    show = sp.Gt(x, -1, evaluate=False)
    for system, start, count in ((squaring, 2.0, 16), (shrinking, 2.0, 16), (shrinking, 0.0, 201)):
        claim = Claim("far", over=(x0,), step=system, start={x: x0}, show=show)
        batch = Batch(claim, "", None)
        with np.errstate(all="ignore"):
            by_arrays = follow_in_arrays(batch.course(batch.environment_of({"x0": np.array([start])}, {})), 1, 200)
        by_kernel = answers_of(claim, [np.array([start])], 200)
        np.testing.assert_array_equal(by_arrays.count, by_kernel.count)
        assert by_kernel.count[0] == count, (system.name, start)


def test_a_time_is_kept_from_the_step_on_at_which_it_is_known() -> None:
    steps = sp.Symbol("T", real=True)
    claim = Claim(
        "long",
        given=[x0 > 0],
        step=halving,
        start={x: x0},
        times={steps: LargestTimeWhile(sp.Ge(x, 1, evaluate=False))},
        show=sp.Le(steps, 5, evaluate=False),
    )
    found = answers_of(claim, [np.array([0.5, 8.0, 100.0])], 30).watched[0]
    np.testing.assert_array_equal(found["violated"], [-1, -1, 30])
    assert found["margin"][2] == pytest.approx(-1 / 11)


def test_a_kernel_is_kept_on_disk_by_the_digest_of_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_KERNELS", str(tmp_path / "kernels"))
    claim = Claim("above", given=[x > 0, y > 0], show=sp.Le(x * y, 1, evaluate=False))
    columns = [np.array([2.0, 0.1]), np.array([1.0, 1.0])]
    first = Kernel(traced(Batch(claim, "", None)))
    before = first.run(columns, 0).watched[0]["margin"]
    (file,) = (tmp_path / "kernels").iterdir()
    assert file.name == f"{first.digest}.o"
    monkeypatch.setattr(Kernel, "_compiled", lambda self: pytest.fail("compiled again"))
    again = Kernel(traced(Batch(claim, "", None))).run(columns, 0).watched[0]["margin"]
    np.testing.assert_array_equal(before, again)
    monkeypatch.undo()


def test_a_damaged_file_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFY_KERNELS", str(tmp_path))
    claim = Claim("above", given=[x > 0], show=sp.Le(x, 1, evaluate=False))
    kernel = Kernel(traced(Batch(claim, "", None)))
    (tmp_path / f"{kernel.digest}.o").write_bytes(b"no code")
    np.testing.assert_allclose(kernel.run([np.array([3.0])], 0).watched[0]["margin"], [-0.5])
    assert (tmp_path / f"{kernel.digest}.o").stat().st_size > 100


def test_an_operation_that_kernels_lack_is_left_to_the_arrays() -> None:
    claim = Claim("special", given=[x > 0], show=sp.Ge(sp.gamma(x), 0, evaluate=False))
    batch = Batch(claim, "", None)
    batch.compile(2**30, 1)
    assert batch.program is None
    assert batch.kernel is None


def test_a_long_screen_uses_a_kernel_and_finds_what_a_short_one_does() -> None:
    claim = Claim("halved", given=[x0 >= 1, x0 <= 2], step=halving, start={x: x0}, show=sp.Ge(x, sp.Rational(1, 2**40)))
    batch = Batch(claim, "", None)
    found = screen(batch, BUDGETS["standard"], seed=0)
    assert batch.kernel is not None
    assert found.worst[""][0].margin < -0.99
    quick = Batch(claim, "", None)
    screen(quick, BUDGETS["quick"], seed=0)
    assert quick.kernel is None
