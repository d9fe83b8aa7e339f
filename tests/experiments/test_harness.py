"""The harness: outcomes follow fixed rules, controls can spoil them, and nothing is found where there is nothing."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.errors import InputError, VerifyError
from verify.experiments import Control, Criterion, Measurement, Run, Setting, run
from verify.experiments.analysis import bootstrap_interval, decide, judge, outcome_of
from verify.experiments.experiment import Experiment
from verify.experiments.harness import Named, judged, with_seeds
from verify.experiments.record import read_records

sys.path.insert(0, str(Path(__file__).parent))
import toy


def record_of(experiment: Experiment) -> Any:
    measurements = [experiment.measure(Run(seed, Setting())) for seed in experiment.seeds]
    return judged("toy", experiment, Setting(), measurements)


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_a_clear_effect_is_reproduced() -> None:
    assert record_of(toy.experiment()).outcome == "reproduced"


def test_no_effect_is_not_reproduced() -> None:
    assert record_of(toy.experiment(effect=0.0)).outcome == "not reproduced"


def test_an_effect_below_what_the_size_can_show_is_not_testable_and_the_size_is_told() -> None:
    record = record_of(toy.experiment(effect=0.6, noise=3.0))
    assert record.outcome == "not testable at this size"
    result = record.criteria[0].result
    assert result.detectable > 0.5 + (result.high - result.low) / 4


def test_a_control_that_passes_makes_the_experiment_invalid() -> None:
    assert record_of(toy.experiment(control=2.0)).outcome == "invalid"


def test_the_spread_of_the_control_counts_as_spread_of_the_effect() -> None:
    criterion = Criterion("e", "", 0.0, "", (Control("c", ""),))
    calm = [Measurement(effects={"e": 1.0}, controls={"e/c": value}) for value in (0.0, 0.01, -0.01)]
    wild = [Measurement(effects={"e": 1.0}, controls={"e/c": value}) for value in (-5.0, 5.0, 0.0)]
    assert judge(criterion, calm).result.outcome == "reproduced"
    assert judge(criterion, wild).result.outcome == "not testable at this size"


def test_the_worst_criterion_is_the_outcome() -> None:
    def of(*values: float) -> Any:
        names = [Criterion(str(place), "", 0.5, "", (Control("c", ""),)) for place in range(len(values))]
        measurements = [
            Measurement(
                effects={str(place): value + shift for place, value in enumerate(values)},
                controls={f"{place}/c": 0.0 for place in range(len(values))},
            )
            for shift in (-0.001, 0.001, 0.0)
        ]
        return outcome_of([judge(name, measurements) for name in names])

    assert of(1.0, 1.0) == "reproduced"
    assert of(1.0, 0.0) == "not reproduced"
    assert of(1.0, 0.5) == "not testable at this size"
    assert of(0.0, 0.5) == "not reproduced"


def test_permuted_labels_are_reproduced_in_at_most_5_of_100_runs() -> None:
    """Three and five seeds, a true effect under the permuted labels, and the most lenient bound there is."""
    for count in (3, 5):
        found = [
            record_of(
                toy.experiment(
                    effect=1.0,
                    least=0.0,
                    permuted=True,
                    seeds=range(1000 * trial, 1000 * trial + count),
                    rule_seeds=(),
                )
            ).criteria[0].result.outcome
            for trial in range(100)
        ]  # fmt: skip
        assert found.count("reproduced") <= 5
        assert record_of(toy.experiment(least=0.0, seeds=range(count), rule_seeds=())).outcome == "reproduced"


@pytest.mark.parametrize("count", [3, 5])
def test_an_effect_of_the_detectable_size_passes_four_times_of_five(count: int) -> None:
    random = np.random.default_rng(1)
    from scipy.stats import t

    size = (t.ppf(0.975, count - 1) + t.ppf(0.8, count - 1)) / math.sqrt(count)
    passed = sum(
        decide("e", (size + random.normal(size=count)).tolist(), 0.0).outcome == "reproduced" for _ in range(300)
    )
    assert 200 <= passed <= 290


def test_the_interval_is_that_of_the_mean_and_the_same_every_time() -> None:
    values = np.random.default_rng(0).normal(3, 1, 200).tolist()
    low, high = bootstrap_interval(values)
    assert (low, high) == bootstrap_interval(values)
    half = 1.96 * np.std(values) / math.sqrt(200)
    assert low == pytest.approx(np.mean(values) - half, abs=0.02)
    assert high == pytest.approx(np.mean(values) + half, abs=0.02)


# --- running --------------------------------------------------------------------------------------------------------


def test_a_run_leaves_a_record_two_pictures_and_times_apart(tmp_path: Path) -> None:
    told: list[tuple[int, int, int, int]] = []
    record = run(Named("toy", toy.make), Setting(), tmp_path, progress=lambda *where: told.append(where))
    assert read_records(tmp_path) == [record]
    assert record.seeds == [10, 11, 12, 13, 14]
    assert record.rule_seeds == [0, 1]
    assert {"python", "numpy"} <= record.versions.keys()
    assert (tmp_path / "figures" / "toy.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "figures" / "toy.svg").read_text()
    assert told[0] == (0, 5, 0, 1)
    assert (4, 5, 2, 3) in told
    assert told[-1] == (5, 5, 1, 1)
    times = json.loads((tmp_path / ".verify-cache" / "experiment-times.json").read_text())
    assert times["toy small cpu"].keys() == {"10", "11", "12", "13", "14"}
    assert "second" not in (tmp_path / "experiments" / "toy.json").read_text()


def test_two_runs_leave_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run(Named("toy", toy.make), Setting(), tmp_path / folder)
    for name in ("experiments/toy.json", "figures/toy.png", "figures/toy.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_seed_is_measured_on_one_thread_whatever_the_machine_has(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    seen: list[int] = []

    def make(setting: Setting) -> Experiment:
        plain = toy.make(setting)

        def measure(run: Run) -> Measurement:
            seen.append(torch.get_num_threads())
            return plain.measure(run)

        return replace(plain, measure=measure)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run(Named("toy", make), Setting(), tmp_path)
        assert set(seen) == {1}
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_an_interrupted_run_continues_with_the_seed_that_was_cut(tmp_path: Path) -> None:
    done: list[int] = []

    def interrupted(setting: Setting) -> Experiment:
        plain = toy.experiment()

        def measure(one: Run) -> Measurement:
            if one.seed == 12 and len(done) == 2:
                done.append(-1)
                raise KeyboardInterrupt
            done.append(one.seed)
            return plain.measure(one)

        return toy.replace_measure(plain, measure)

    with pytest.raises(KeyboardInterrupt):
        run(Named("toy", interrupted), Setting(), tmp_path)
    record = run(Named("toy", interrupted), Setting(), tmp_path)
    assert done == [10, 11, -1, 12, 13, 14]
    assert record == run(Named("toy", toy.make), Setting(), tmp_path)
    run(Named("toy", interrupted), Setting(), tmp_path)
    assert done[6:] == [10, 11, 12, 13, 14]  # a finished run is forgotten


def test_fresh_forgets_the_finished_seeds(tmp_path: Path) -> None:
    done: list[int] = []

    def make(setting: Setting) -> Experiment:
        plain = toy.experiment()

        def measure(one: Run) -> Measurement:
            done.append(one.seed)
            if done == [10, 11, 12]:
                raise KeyboardInterrupt
            return plain.measure(one)

        return toy.replace_measure(plain, measure)

    with pytest.raises(KeyboardInterrupt):
        run(Named("toy", make), Setting(), tmp_path)
    run(Named("toy", make), Setting(), tmp_path, fresh=True)
    assert done[3:] == [10, 11, 12, 13, 14]


def test_more_seeds_come_after_the_experiments_own() -> None:
    assert with_seeds(toy.experiment(), 7).seeds == (10, 11, 12, 13, 14, 15, 16)
    assert with_seeds(toy.experiment(), 3).seeds == (10, 11, 12)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_seeds_that_formed_a_rule_cannot_judge_it() -> None:
    with pytest.raises(InputError, match=r"seeds \[1\] formed the rule"):
        toy.experiment(seeds=(1, 2, 3))


def test_a_criterion_without_a_control_is_refused() -> None:
    with pytest.raises(InputError, match="'e' has no control"):
        Criterion("e", "", 0.0, "", ())


def test_bad_settings_are_refused_with_what_would_be_right(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--scale 'large' is unknown; it is one of small, paper"):
        Setting(scale="large")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="--device 'tpu' is unknown"):
        Setting(device="tpu")
    with pytest.raises(InputError, match="is no folder"):
        Setting(data=tmp_path / "nowhere")
    with pytest.raises(InputError, match="--seeds 1 must be at least 2"):
        with_seeds(toy.experiment(), 1)
    with pytest.raises(InputError, match="at least two, all different"):
        toy.experiment(seeds=(5, 5))


def test_a_number_that_is_missing_or_not_finite_is_an_error_and_no_outcome() -> None:
    with pytest.raises(VerifyError, match="must be at least two finite numbers"):
        decide("e", [1.0, math.nan], 0.0)
    criterion = Criterion("e", "", 0.0, "", (Control("c", ""),))
    with pytest.raises(VerifyError, match="measured no 'e/c'"):
        judge(criterion, [Measurement(effects={"e": 1.0}, controls={})] * 2)


def test_a_broken_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "figure-9.json").write_text("{}")
    with pytest.raises(InputError, match=r"figure-9\.json is no result of an experiment"):
        read_records(tmp_path)


def test_a_gpu_that_is_not_there_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(InputError, match="no CUDA device that torch can use; take --device cpu"):
        run(Named("toy", toy.make), Setting(device="cuda"), tmp_path)
