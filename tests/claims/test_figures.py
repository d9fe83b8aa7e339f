"""The paper's figures: the pieces they are made of, and figures 1, 2 and 4 at small scale on seeds of their own."""

from __future__ import annotations

import importlib
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from claims.sam_normalization import EXPERIMENTS  # noqa: E402
from claims.sam_normalization.experiments import coding, data, near_minima, nets, sensing, trajectories  # noqa: E402
from claims.sam_normalization.figures import CLAIMS  # noqa: E402
from claims.sam_normalization.torch_optimizers import SAM  # noqa: E402
from verify.errors import InputError  # noqa: E402
from verify.experiments import Run, Setting  # noqa: E402
from verify.experiments.analysis import judge, outcome_of  # noqa: E402

#: Seeds that took part in nothing else: neither in forming a rule nor in the recorded results.
OWN_SEEDS = (900, 901)


def made(name: str, setting: Setting | None = None) -> Any:
    module, _, function = EXPERIMENTS[name].partition(":")
    return getattr(importlib.import_module(module), function)(setting or Setting())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_figure_has_an_experiment_with_enough_fresh_seeds(claim: Any) -> None:
    for scale in ("small", "paper"):
        experiment = made(claim.id, Setting(scale=scale))
        expensive = claim.id in ("figure-5", "figure-6", "figure-7", "figure-8", "figure-9")
        assert len(experiment.seeds) >= (3 if expensive else 5)
        assert not set(OWN_SEEDS) & {*experiment.seeds, *experiment.rule_seeds}
        assert experiment.rule_seeds
        assert experiment.memory


@pytest.mark.parametrize(
    ("name", "seeds"), [("figure-1", OWN_SEEDS), ("figure-2", OWN_SEEDS[:1]), ("figure-4", OWN_SEEDS)]
)
def test_cheap_figures_reproduce_on_seeds_of_their_own_and_their_controls_fail(
    name: str, seeds: tuple[int, ...]
) -> None:
    experiment = made(name)
    measurements = [experiment.measure(Run(seed, Setting())) for seed in seeds]
    for criterion in experiment.criteria:
        # Too few seeds for an interval: each has to meet the rule, and each control has to miss it.
        for measurement in measurements:
            assert measurement.effects[criterion.name] > criterion.least, (criterion.name, measurement.notes)
            for control in criterion.controls:
                assert measurement.controls[f"{criterion.name}/{control.name}"] <= criterion.least, control.name


@pytest.mark.figures
@pytest.mark.parametrize("name", ["figure-3", "figure-5", "figure-6", "figure-7", "figure-8", "figure-9"])
def test_costly_figures_come_to_an_outcome_and_their_controls_fail(name: str) -> None:
    experiment = made(name)
    measurements = [experiment.measure(Run(seed, Setting())) for seed in OWN_SEEDS]
    assert outcome_of([judge(criterion, measurements) for criterion in experiment.criteria]) != "invalid"


def test_figure_2_at_toy_size_has_the_drift_and_its_power_of_rho(monkeypatch: pytest.MonkeyPatch) -> None:
    from claims.sam_normalization.experiments import matrix_sensing

    monkeypatch.setitem(matrix_sensing.SIZES, "small", (24, 1))
    monkeypatch.setitem(matrix_sensing.LONG_STEPS, "small", 1200)
    found = matrix_sensing.measure_long(Run(OWN_SEEDS[0], Setting()))
    experiment = made("figure-2")
    for criterion in experiment.criteria:
        assert found.effects[criterion.name] > criterion.least
        for control in criterion.controls:
            assert found.controls[f"{criterion.name}/{control.name}"] <= criterion.least
    assert 1.5 < found.notes["power of rho in the drift's rate"] < 2.2


# --- matrix sensing -------------------------------------------------------------------------------------------------


def test_the_closed_form_of_matrix_sensing_is_the_gradient_of_its_loss() -> None:
    problem = sensing.Problem.sampled(6, 2, 3, "cpu")
    u = torch.randn(2, 6, 6, generator=torch.Generator().manual_seed(0))
    train, test, gradient = problem.losses_and_gradient(u)
    v = u.clone().requires_grad_()
    problem.losses_and_gradient(v)[0].sum().backward()
    assert torch.allclose(gradient, v.grad, rtol=1e-4, atol=1e-4)
    x = u @ u.transpose(1, 2)
    assert torch.allclose(test, ((x - problem.truth) ** 2).sum(dim=(1, 2)))
    assert torch.linalg.matrix_rank(problem.truth) == 2
    assert torch.allclose(torch.diagonal(problem.truth).sum(), torch.tensor(2.0))
    assert train.shape == (2,)


def test_the_batch_takes_the_steps_of_the_torch_optimizer() -> None:
    problem = sensing.Problem.sampled(8, 1, 0, "cpu")
    cases = [("GD", 0.0), ("SAM", 0.05), ("USAM", 0.005)]
    found = sensing.courses(problem, cases, 0.01, 5)
    for place, (name, rho) in enumerate(cases):
        u = torch.eye(8).requires_grad_()
        optimizer = SAM([u], torch.optim.SGD, lr=0.01, rho=rho, normalize=name != "USAM")
        losses = [
            float(
                optimizer.step(nets.closure_of(optimizer, lambda u=u: problem.losses_and_gradient(u[None])[0].sum()))
                .detach()
            )
            for _ in range(6)
        ]  # fmt: skip
        assert [row[place] for row in found.train] == pytest.approx(losses, rel=1e-4)


# --- trajectories ---------------------------------------------------------------------------------------------------


def test_the_compiled_maps_are_the_updates_of_the_paper() -> None:
    x, y, eta, rho = 1.5, 2.5, 0.1, 0.3
    for loss, slope in (("log cosh", math.tanh), ("square root", lambda s: s / math.sqrt(1 + s * s))):
        gradient = np.array([slope(x * y) * y, slope(x * y) * x])
        for name, length in (("GD", 0.0), ("SAM", rho / np.linalg.norm(gradient)), ("USAM", rho)):
            u, v = np.array([x, y]) + length * gradient
            expected = [x - eta * slope(u * v) * v, y - eta * slope(u * v) * u]
            assert trajectories.course(name, loss)(x, y, eta, rho, 1, 1)[1] == pytest.approx(expected, rel=1e-12)


def test_a_trajectory_stays_where_the_step_has_no_value() -> None:
    kept = trajectories.course("SAM", "log cosh")(0.0, 0.0, 0.1, 0.1, 3, 1)
    assert np.array_equal(kept, np.zeros((4, 2)))


def test_table_1_is_predicted_by_its_own_equation() -> None:
    found = trajectories.predicted("USAM", (0.1, 10.0), 0.1, 0.2)
    assert (1 + 0.2 * found) * found == pytest.approx(2 / 0.1)
    assert trajectories.predicted("GD", (0.1, 10.0), 0.1, 0.2) == 20
    assert trajectories.predicted("GD", (1.0, 2.0), 0.1, 0.2) == 3


# --- sparse coding --------------------------------------------------------------------------------------------------


def test_the_closed_form_of_sparse_coding_is_the_gradient_of_its_loss() -> None:
    generator = torch.Generator().manual_seed(1)
    samples = coding.Samples.sampled(20, 12, 3.0, generator, "cpu")
    weights = torch.tensor([[0.1, -0.2, -0.3], [0.3, 0.4, 0.2]], dtype=torch.float64)
    loss, gradient = samples.loss_and_gradient(weights)
    x = samples.upper  # the order of the coordinates does not matter to the network
    for row in range(2):
        w = weights[row].clone().requires_grad_()
        outputs = w[0] * torch.relu(-x + w[2]).sum(1) + w[1] * torch.relu(x + w[2]).sum(1)
        expected = torch.nn.functional.softplus(-samples.labels * outputs).mean()
        expected.backward()
        assert loss[row].item() == pytest.approx(expected.item())
        assert torch.allclose(gradient[row], w.grad)
        assert torch.allclose(samples.outputs(weights)[row], outputs.detach())


def test_the_bias_is_predicted_by_its_own_equation() -> None:
    d, eta, rho = 200, 2 * coding.critical_rate(200), 0.01
    h = coding.sharpness(coding.predicted_bias(eta, rho, d), d)
    assert (1 + rho * h) * h == pytest.approx(2 / eta)
    assert coding.predicted_bias(0.9 * coding.critical_rate(d), 0, d) == 0
    assert coding.sharpness(0.0, d) == pytest.approx(2 / coding.critical_rate(d))


def test_training_is_kept_at_equal_tau_and_a_dead_net_is_seen() -> None:
    generator = torch.Generator().manual_seed(1)
    samples = coding.Samples.sampled(30, 10, 3.0, generator, "cpu")
    start = torch.tensor([0.1, -0.1, 0.0], dtype=torch.float64)
    found = coding.train(samples, samples, [("GD", 0.1, 0.0), ("SAM", 0.05, 0.1)], start, 1.0, 4)
    assert found.times == [0, 0.25, 0.5, 0.75, 1]
    one = coding.train(samples, samples, [("SAM", 0.05, 0.1)], start, 1.0, 4)
    assert [row[1] for row in found.bias] == pytest.approx([row[0] for row in one.bias])
    assert samples.dead(torch.tensor([[1.0, 1.0, -50.0], [1.0, 1.0, 0.0]], dtype=torch.float64)).tolist() == [1, 0]


# --- networks and data ----------------------------------------------------------------------------------------------


def test_resnet18_has_the_known_size() -> None:
    model = nets.resnet18(3, 64)
    assert sum(parameter.numel() for parameter in model.parameters()) == 11_173_962
    assert nets.resnet18(1, 8)(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_the_networks_of_figure_3_have_the_named_layers() -> None:
    assert nets.fcn()(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
    assert nets.cnn()(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
    assert [layer.out_features for layer in nets.fcn() if hasattr(layer, "out_features")] == [100, 100, 10]


def test_the_largest_eigenvalue_is_that_of_the_hessian() -> None:
    model = torch.nn.Linear(3, 1, bias=False)
    scales = torch.tensor([1.0, 5.0, 2.0])
    value = nets.largest_eigenvalue(model, lambda: (scales * model.weight[0] ** 2).sum() / 2)
    assert value == pytest.approx(5.0, rel=1e-2)


def test_the_squared_loss_is_summed_over_classes() -> None:
    assert nets.squared_loss(torch.zeros(4, 10), torch.tensor([0, 1, 2, 3])).item() == 1.0
    assert nets.squared_loss(torch.ones(4, 10), torch.tensor([0, 1, 2, 3])).item() == 9.0


def test_the_data_sets_are_standardised_and_follow_the_seed() -> None:
    for found in (data.digits(100, 0), data.synthetic(50, 0)):
        assert found.inputs.mean().abs() < 1e-5
        assert abs(found.inputs.std() - 1) < 1e-2
    assert data.digits(600, 0).test_inputs.shape == (1197, 1, 8, 8)
    assert torch.equal(data.digits(50, 1).inputs, data.digits(50, 1).inputs)
    assert not torch.equal(data.digits(50, 1).labels, data.digits(50, 2).labels)


def cifar_folder(folder: Path, **replaced: Any) -> Path:
    place = folder / data.CIFAR_FOLDER
    place.mkdir()
    random = np.random.default_rng(0)
    for number, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        batch = {b"data": random.integers(0, 256, (7, 3072)).astype(np.uint8), b"labels": [number] * 7, b"extra": b"x"}
        (place / name).write_bytes(pickle.dumps(batch | replaced.get(name, {}), protocol=2))
    return folder


def test_a_folder_of_cifar_10_is_read(tmp_path: Path) -> None:
    found = data.cifar10(cifar_folder(tmp_path))
    assert found.inputs.shape == (35, 3, 32, 32)
    assert found.test_labels.tolist() == [5] * 7
    assert torch.equal(data.cifar10(tmp_path / data.CIFAR_FOLDER).inputs, found.inputs)


class Evil:
    def __reduce__(self) -> Any:
        return (print, ("run",))


@pytest.mark.parametrize(
    ("batch", "sentence"),
    [
        ({b"extra": Evil()}, r"names (builtins|__builtin__)\.print, which no CIFAR-10 batch does"),
        ({b"data": np.zeros((7, 10), np.uint8)}, "its data must be n x 3072 bytes"),
        ({b"data": np.zeros((7, 3072))}, "its data must be n x 3072 bytes"),
        ({b"labels": [1]}, "a label from 0 to 9 for each image"),
        ({b"labels": [10] * 7}, "a label from 0 to 9 for each image"),
    ],
)
def test_a_strange_batch_is_refused(
    batch: Any, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match=sentence):
        data.cifar10(cifar_folder(tmp_path, data_batch_3=batch))
    assert capsys.readouterr().out == ""


def test_a_missing_or_cut_batch_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--data takes the folder cifar-10-batches-py"):
        data.cifar10(tmp_path)
    place = cifar_folder(tmp_path) / data.CIFAR_FOLDER / "data_batch_2"
    place.write_bytes(place.read_bytes()[:100])
    with pytest.raises(InputError, match="data_batch_2 is no batch"):
        data.cifar10(tmp_path)


def test_the_resnets_at_the_papers_size_ask_for_the_users_data() -> None:
    with pytest.raises(InputError, match="needs --data with a folder cifar-10-batches-py"):
        near_minima.figure_5(Setting(scale="paper")).measure(Run(1, Setting(scale="paper")))
