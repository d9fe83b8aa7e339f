"""How fast the screen looks: the lane kernel beside other ways to do the same, on the same claims in one run."""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.benchmark import rivals
from verify.benchmark.maps import product_map, quadratic_map, tanh_map, thin_ball
from verify.benchmark.peak import multiply_adds_per_second
from verify.lowering.lanes.kernel import Kernel
from verify.search.batch import Batch, best_chains, traced
from verify.search.budget import BUDGETS
from verify.search.run import search
from verify.search.sample import sample
from verify.search.screen import sobol
from verify.statement.claim import Claim

Array = NDArray[np.float64]

MAPS: dict[str, Callable[[], Claim]] = {"tanh": tanh_map, "product": product_map, "quadratic": quadratic_map}

#: Batch sizes that are tried for what works on a whole batch.
SIZES = (1_000, 10_000, 100_000, 1_000_000)
KERNEL_SIZES = (16_384, 131_072)
#: Steps of all lanes together in one measurement of a batch, of numba, of mpmath, of the kernel.
WORK = {"numpy": 4e6, "torch": 4e6, "numba": 4e6, "mpmath": 2e3, "kernel": 2e8}
#: How far trajectories are followed, and how often each measurement is repeated (the best one counts).
STEPS, REPEATS = 200, 3
#: Seconds that Hypothesis gets for each map, and for each thin ball; the seeds of the balls.
HYPOTHESIS_SECONDS, BALL_SECONDS, BALLS = 5.0, 10.0, range(10)

#: What the kernel has to reach: times the speed of torch, and the share of the peak.
TARGETS = {"tanh": (12.0, 0.30), "product": (25.0, 0.65)}
TWO_CORES, OF_TWO_PROCESSES = 1.8, 0.95


def measure(progress: Callable[[str], None] = lambda text: None, only: str = "") -> dict[str, Any]:
    """Every figure: by map the steps per second and core of each way, the peak, two cores, thin balls, targets."""
    peak = multiply_adds_per_second()
    progress(f"peak of one core: {peak / 1e9:.1f} GFLOP/s")
    maps = {}
    for name, made in MAPS.items():
        if only in name:
            maps[name] = _map(made(), progress)
    cores = _cores(product_map(), progress)
    peak = max(peak, multiply_adds_per_second())
    for entry in maps.values():
        speed = entry["steps_per_second"]["kernel"]
        entry["share_of_peak"] = speed * entry["operations_per_step"] / peak
        # a product that no sum follows takes as long as a multiply-add, and so does a sum on many processors
        entry["share_of_multiply_adds"] = speed * entry["instructions_per_step"] / (peak / 2)
    measured = {"schema": 1, "peak_flops": peak, "maps": maps, "cores": cores, "thin_ball": _balls(progress)}
    return measured | {"targets": _targets(measured)}


# --- one map --------------------------------------------------------------------------------------------------------


def columns_of(batch: Batch, size: int) -> tuple[dict[str, Array], list[Array]]:
    """Points of a claim: by name, and in the order of its kernel."""
    unit = sobol(batch.unit_dimension, int(np.ceil(np.log2(size))), seed=0)[:size]
    named, _ = batch.points(unit)
    columns = {name: np.ascontiguousarray(column) for name, column in named.items()}
    return columns, list(columns.values())


def _map(claim: Claim, progress: Callable[[str], None]) -> dict[str, Any]:
    batch = Batch(claim, "", None)
    formulas = rivals.Formulas(claim)
    started = time.perf_counter()
    program = traced(batch)
    kernel = Kernel(program, chains=best_chains(program))
    columns, ordered = columns_of(batch, 1_000)
    least = kernel.run(ordered, STEPS - 1, threads=1).watched[0]["margin"]
    compiled = time.perf_counter() - started
    numba = rivals.in_numba(formulas)
    agree = {
        "numpy": _near(least, rivals.in_numpy(formulas, columns, STEPS)),
        "torch": _near(least, rivals.in_torch(formulas, columns, STEPS)),
        "numba": _near(least, numba(columns, STEPS)),
        "mpmath": _near(least[:4], rivals.in_mpmath(formulas, _first(columns, 4), STEPS)),
    }
    speed: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for _ in range(REPEATS):  # in turn, so that a busy moment meets all of them
        for size in KERNEL_SIZES:
            _keep(speed, sizes, "kernel", size, _kernel_speed(kernel, batch, size))
        for way, function in (("numpy", rivals.in_numpy), ("torch", rivals.in_torch)):
            for size in SIZES:
                steps = min(STEPS, max(4, int(WORK[way] // size)))
                _keep(speed, sizes, way, size, _speed(function, formulas, columns_of(batch, size)[0], steps))
        _keep(speed, sizes, "numba", 1, _numba_speed(numba, columns_of(batch, int(WORK["numba"] // STEPS))[0]))
    few = _first(columns, max(1, int(WORK["mpmath"] // STEPS)))
    _keep(speed, sizes, "mpmath", 1, _speed(rivals.in_mpmath, formulas, few, STEPS))
    done = rivals.steps_of_hypothesis(claim, formulas, STEPS, HYPOTHESIS_SECONDS)
    speed["hypothesis"] = done / HYPOTHESIS_SECONDS
    entry = {
        "steps_per_second": speed,
        "best_batch": {way: size for way, size in sizes.items() if way in ("kernel", "numpy", "torch")},
        "times_faster_than": {way: speed["kernel"] / value for way, value in speed.items() if way != "kernel"},
        "operations_per_step": program.arithmetic,
        "instructions_per_step": program.instructions,
        "agrees_with": agree,
        "seconds_to_trace_compile_and_run": compiled,
    }
    progress(f"{claim.id}: {speed['kernel'] / 1e9:.2f}e9 steps/s, {speed['kernel'] / speed['torch']:.1f} x torch")
    return entry


def _first(columns: Mapping[str, Array], count: int) -> dict[str, Array]:
    return {name: column[:count] for name, column in columns.items()}


def _near(one: Array, other: Array) -> bool:
    return bool(np.allclose(one, other, rtol=1e-6, atol=1e-9))


def _keep(speed: dict[str, float], sizes: dict[str, int], way: str, size: int, value: float) -> None:
    if value > speed.get(way, 0.0):
        speed[way], sizes[way] = value, size


def _kernel_speed(kernel: Kernel, batch: Batch, size: int, threads: int = 1) -> float:
    _, ordered = columns_of(batch, size)
    done, spent = 0.0, 0.0
    while done < WORK["kernel"]:
        started = time.perf_counter()
        answers = kernel.run(ordered, STEPS - 1, threads=threads)
        spent += time.perf_counter() - started
        done += float(answers.count.sum())  # a trajectory that ends early counts for the steps that it took
    return done / spent


def _numba_speed(run: Callable[[Mapping[str, Array], int], Array], columns: Mapping[str, Array]) -> float:
    return _speed(lambda _, given, steps: run(given, steps), None, columns, STEPS)


def _speed(function: Callable[..., Any], formulas: Any, columns: Mapping[str, Array], steps: int) -> float:
    with np.errstate(all="ignore"), _one_thread():
        started = time.perf_counter()
        function(formulas, columns, steps)
        spent = time.perf_counter() - started
    return len(next(iter(columns.values()))) * steps / spent


@contextlib.contextmanager
def _one_thread() -> Any:
    """torch on one core, as everything else here is."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


# --- cores ----------------------------------------------------------------------------------------------------------


def _cores(claim: Claim, progress: Callable[[str], None]) -> dict[str, float]:
    """Steps per second on one core, on two in one process, and in two processes together."""
    batch = Batch(claim, "", None)
    kernel = Kernel(traced(batch))
    size = 16_384
    one = two = apart = 0.0
    for _ in range(REPEATS):
        one = max(one, _kernel_speed(kernel, batch, size, threads=1))
        two = max(two, _kernel_speed(kernel, batch, size, threads=2))
        apart = max(apart, _two_processes())
    progress(f"two cores: {two / one:.2f} x one, {two / apart:.2f} of two processes")
    return {
        "one": one,
        "two_threads": two,
        "two_processes": apart,
        "two_over_one": two / one,
        "two_over_two_processes": two / apart,
    }


def _two_processes() -> float:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    with context.Pool(2, initializer=_meet, initargs=(barrier,)) as pool:
        return sum(pool.map(_alone, range(2), chunksize=1))


_barrier: list[Any] = []


def _meet(barrier: Any) -> None:
    _barrier[:] = [barrier]


def _alone(_: int) -> float:
    """One of two processes: it starts to measure when the other does."""
    batch = Batch(product_map(), "", None)
    kernel = Kernel(traced(batch))
    _kernel_speed(kernel, batch, 4_096)
    _barrier[0].wait()
    return _kernel_speed(kernel, batch, 16_384)


# --- thin balls -----------------------------------------------------------------------------------------------------


def _balls(progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """For each seed, how long the search takes to a certified witness, and whether Hypothesis alone finds one."""
    found = []
    for seed in BALLS:
        claim = thin_ball(seed)
        started = time.perf_counter()
        result = search(claim, "", BUDGETS["standard"], seed)
        seconds = time.perf_counter() - started
        alone = _hypothesis_alone(claim, seed, BALL_SECONDS)
        found.append({"seed": seed, "found": bool(result.violated.get("")), "seconds": seconds, "hypothesis": alone})
        progress(f"thin ball {seed}: {'found' if found[-1]['found'] else 'missed'} in {seconds:.1f} s")
    return found


def _hypothesis_alone(claim: Claim, seed: int, seconds: float) -> bool:
    """Whether Hypothesis finds a violation in so much time, with its targeting and nothing else."""
    from dataclasses import replace

    end = time.perf_counter() + seconds
    examples = 200
    while time.perf_counter() < end:
        violation, _ = sample(claim, "", replace(BUDGETS["standard"], examples=examples), seed)
        if violation is not None:
            return True
        seed, examples = seed + 1000, 2 * examples
    return False


def _targets(measured: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each target, what was measured, and whether it was met."""
    met: dict[str, dict[str, Any]] = {}
    for name, (times, share) in TARGETS.items():
        entry = measured["maps"].get(name)
        if entry is not None:
            met[f"{name}: times torch"] = _target(times, entry["times_faster_than"]["torch"])
            met[f"{name}: share of the peak, by operations"] = _target(share, entry["share_of_peak"])
            met[f"{name}: share of the peak, by multiply-adds"] = _target(share, entry["share_of_multiply_adds"])
    cores = measured["cores"]
    both = _target(TWO_CORES, cores["two_over_one"])
    both["met"] = both["met"] or cores["two_over_two_processes"] >= OF_TWO_PROCESSES
    met["two cores: times one"] = both
    balls = measured["thin_ball"]
    in_time = sum(entry["found"] and entry["seconds"] <= BALL_SECONDS for entry in balls)
    met["thin balls found in time"] = _target(len(balls), in_time)
    return met


def _target(least: float, measured: float) -> dict[str, Any]:
    return {"least": least, "measured": measured, "met": measured >= least}


def told(text: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def print_speed(measured: Mapping[str, Any]) -> None:
    """The figures as tables for a terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="Steps of trajectories per second and core, and how many times faster the lane kernel is")
    ways = ("kernel", "torch", "numpy", "numba", "mpmath", "hypothesis")
    for heading in ("map", *ways, "of the peak"):
        table.add_column(heading, justify="left" if heading == "map" else "right")
    for name, entry in measured["maps"].items():
        cells = [f"{entry['steps_per_second']['kernel']:.2e}"]
        cells += [f"{entry['steps_per_second'][way]:.2e} ({entry['times_faster_than'][way]:.3g})" for way in ways[1:]]
        table.add_row(name, *cells, f"{entry['share_of_peak']:.0%}")
    console.print(table)
    console.print(f"peak of one core: {measured['peak_flops'] / 1e9:.1f} GFLOP/s (a multiply-add is two)")
    cores = measured["cores"]
    console.print(
        f"two cores: {cores['two_over_one']:.2f} times one, "
        f"{cores['two_over_two_processes']:.0%} of two independent processes"
    )
    alone = sum(entry["hypothesis"] for entry in measured["thin_ball"])
    console.print(f"thin balls: Hypothesis alone finds {alone} of {len(measured['thin_ball'])} in {BALL_SECONDS:.0f} s")
    for name, target in measured["targets"].items():
        verdict = "met" if target["met"] else "missed"
        console.print(f"{name}: {target['measured']:.3g}, target {target['least']:.3g}: {verdict}")
