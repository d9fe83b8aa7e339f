"""The benchmark of speed compares ways that compute the same; the figures themselves are no test."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from verify.benchmark import maps, rivals, speed
from verify.benchmark.speed import MAPS, columns_of, print_speed
from verify.cli import run
from verify.lowering.lanes.kernel import Kernel
from verify.search.batch import Batch, traced

STEPS = 30


@pytest.mark.parametrize("name", MAPS)
def test_every_way_finds_the_same_least_margins(name: str) -> None:
    claim = MAPS[name]()
    batch, formulas = Batch(claim, "", None), rivals.Formulas(claim)
    columns, ordered = columns_of(batch, 64)
    least = Kernel(traced(batch)).run(ordered, STEPS - 1).watched[0]["margin"]
    np.testing.assert_allclose(rivals.in_numpy(formulas, columns, STEPS), least, rtol=1e-6, atol=1e-12)
    few = {key: column[:2] for key, column in columns.items()}
    np.testing.assert_allclose(rivals.in_mpmath(formulas, few, STEPS), least[:2], rtol=1e-6, atol=1e-12)


def test_numba_and_torch_find_the_same_least_margins() -> None:
    pytest.importorskip("torch")
    claim = maps.tanh_map()
    batch, formulas = Batch(claim, "", None), rivals.Formulas(claim)
    columns, ordered = columns_of(batch, 64)
    least = Kernel(traced(batch)).run(ordered, STEPS - 1).watched[0]["margin"]
    for found in (rivals.in_torch(formulas, columns, STEPS), rivals.in_numba(formulas)(columns, STEPS)):
        np.testing.assert_allclose(found, least, rtol=1e-6, atol=1e-12)


def test_the_answers_do_not_depend_on_the_width_of_a_vector_nor_on_how_many_are_worked_on_together() -> None:
    for made in MAPS.values():
        batch = Batch(made(), "", None)
        _, ordered = columns_of(batch, 200)
        program = traced(batch)
        forms = ((4, 1), (8, 1), (16, 1), (8, 2), (8, 8), (16, 4))
        first, *others = (Kernel(program, *form).run(ordered, STEPS).watched[0] for form in forms)
        for other in others:
            for name, values in first.items():
                np.testing.assert_array_equal(values, other[name])


def test_the_operations_of_a_step_are_those_of_its_formulas() -> None:
    program = traced(Batch(maps.product_map(), "", None))
    assert program.instructions < program.arithmetic
    # by hand: two gradients of 2 (x^2, y^2 shared) + 3 products, two steps along them, two squared products, a margin
    assert 20 <= program.arithmetic <= 30


def test_bench_prints_every_figure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(speed, "WORK", dict.fromkeys(speed.WORK, 2_000.0))
    monkeypatch.setattr(speed, "SIZES", (100,))
    monkeypatch.setattr(speed, "KERNEL_SIZES", (128,))
    monkeypatch.setattr(speed, "REPEATS", 1)
    monkeypatch.setattr(speed, "HYPOTHESIS_SECONDS", 0.5)
    monkeypatch.setattr(speed, "BALL_SECONDS", 0.2)
    monkeypatch.setattr(speed, "BALLS", range(1))
    monkeypatch.setattr(speed, "multiply_adds_per_second", lambda: 1e9)
    monkeypatch.setattr(speed, "_two_processes", lambda: 1e9)
    assert run(["bench", "--json"]) == 0
    measured: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(measured) == {"schema", "peak_flops", "maps", "cores", "thin_ball", "targets"}
    for entry in measured["maps"].values():
        assert set(entry["steps_per_second"]) == {"kernel", "numpy", "torch", "numba", "mpmath", "hypothesis"}
        assert all(entry["agrees_with"].values())
    print_speed(measured)
    assert "times faster" in capsys.readouterr().out


def test_the_peak_is_measured() -> None:
    from verify.benchmark.peak import multiply_adds_per_second

    assert 1e8 < multiply_adds_per_second(repeats=1) < 1e12
