"""Mutation tests of the kernel: each seeded fault is noticed by a probe that the kernel itself passes."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.soundness.faults import FAULTS
from tests.soundness.faulty import KERNEL, Fault, kernel_with
from tests.soundness.probes import PROBES


@pytest.mark.parametrize("name", PROBES)
def test_the_kernel_passes_the_probe(name: str) -> None:
    with kernel_with(None) as kernel:
        PROBES[name](kernel)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_noticed(fault: Fault) -> None:
    with kernel_with(fault) as kernel:
        assert getattr(kernel, fault.module)  # it can be loaded, so what fails is the probe
        try:
            PROBES[fault.caught_by](kernel)
        except Exception:  # an assertion that fails, or a kernel that breaks down: either is noticed
            return
    pytest.fail(f"nobody notices that {fault.name}")


def test_there_are_faults_throughout_the_kernel() -> None:
    names = Counter(fault.name for fault in FAULTS)
    assert len(names) == len(FAULTS) >= 40
    modules = {fault.module for fault in FAULTS}
    assert len(modules) >= 12
    assert all((KERNEL / f"{module}.py").is_file() for module in modules)
    assert {fault.caught_by for fault in FAULTS} | {"true_implications_are_proved"} == set(PROBES)


def test_a_fault_leaves_the_kernel_as_it_was() -> None:
    import verify.kernel.products as before

    with kernel_with(FAULTS[0]) as kernel:
        assert kernel.products is not before
    import verify.kernel.products as after

    assert after is before
