"""Figures 5 and 8: a ResNet18 that starts at a bad minimum, or at one that full-batch descent found, and moves on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from claims.sam_normalization.experiments.drawing import LINES, text
from verify.errors import InputError
from verify.experiments import Control, Criterion, Experiment, Measurement, Run, Setting
from verify.experiments.harness import require_torch
from verify.style import BLUE, GREY, ORANGE, PINK, SKY, new_figure

#: An algorithm and its radius.
Case = tuple[str, float]
SMALL_RHO, LARGE_RHO = 0.01, 10.0
SAM_RHOS = (0.05, 0.1)
CASES: tuple[Case, ...] = (("GD", 0.0), *(("SAM", rho) for rho in SAM_RHOS), ("USAM", SMALL_RHO), ("USAM", LARGE_RHO))
#: GD once more with the batches in another order: what chance alone moves.
AGAIN = "GD again 0"


@dataclass(frozen=True)
class Size:
    """What one scale uses."""

    width: int
    train: int
    eta: float
    batch: int
    steps: int
    every: int
    epochs: int  # at most, to reach a checkpoint


SIZES = {
    "small": Size(width=8, train=600, eta=0.02, batch=128, steps=150, every=10, epochs=200),
    "paper": Size(width=64, train=50_000, eta=0.001, batch=128, steps=40_000, every=400, epochs=300),
}


def _loss(model: Any, inputs: Any, labels: Any) -> Any:
    return require_torch().nn.functional.cross_entropy(model(inputs), labels)


def _train_until_fitted(
    model: Any, optimizer: Any, inputs: Any, labels: Any, batch: int, epochs: int, order: Any
) -> None:
    """Minibatches until every training sample is right, with running statistics as in use."""
    torch = require_torch()
    from claims.sam_normalization.experiments.nets import accuracy, closure_of

    for epoch in range(epochs):
        picks = torch.randperm(len(inputs), generator=order).to(inputs.device)
        for part in picks.split(batch):
            optimizer.step(closure_of(optimizer, partial(_loss, model, inputs[part], labels[part])))
        if epoch % 5 == 4 and accuracy(model, inputs, labels) == 1.0:
            return


def bad_minimum(model: Any, data: Any, size: Size, order: Any) -> None:
    """After Liu et al. (2020): fit random labels (Adam), then the true ones (plain SGD), both to 100 %."""
    torch = require_torch()
    shuffled = torch.randint(0, 10, (len(data.labels),), generator=order).to(data.labels.device)
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    _train_until_fitted(model, adam, data.inputs, shuffled, size.batch, size.epochs, order)
    sgd = torch.optim.SGD(model.parameters(), lr=size.eta)
    _train_until_fitted(model, sgd, data.inputs, data.labels, size.batch, size.epochs, order)


def full_batch_minimum(model: Any, data: Any, size: Size, order: Any) -> None:
    """Full-batch gradient descent on the true labels, to 100 %."""
    torch = require_torch()
    sgd = torch.optim.SGD(model.parameters(), lr=5 * size.eta)
    chunk = len(data.inputs) if len(data.inputs) <= 2000 else 500
    from claims.sam_normalization.experiments.nets import accuracy

    for epoch in range(size.epochs):
        sgd.zero_grad()
        for part in torch.arange(len(data.inputs), device=data.inputs.device).split(chunk):
            (_loss(model, data.inputs[part], data.labels[part]) * len(part) / len(data.inputs)).backward()
        sgd.step()
        if epoch % 5 == 4 and accuracy(model, data.inputs, data.labels) == 1.0:
            return


def _course(
    checkpoint: Any, case: Case, data: Any, size: Size, order_seed: int, tick: Callable[[], None]
) -> dict[str, list[float]]:
    """Minibatch steps from the checkpoint: accuracies and the distance gone, every so many steps."""
    torch = require_torch()
    from claims.sam_normalization.experiments.nets import accuracy, closure_of
    from claims.sam_normalization.torch_optimizers import SAM

    model = copy.deepcopy(checkpoint)
    name, rho = case
    if name == "GD":
        optimizer = torch.optim.SGD(model.parameters(), lr=size.eta)  # what SAM with rho = 0 is, in half the time
    else:
        normalize = name == "SAM"
        optimizer = SAM(model.parameters(), torch.optim.SGD, rho=rho, normalize=normalize, model=model, lr=size.eta)
    start = torch.cat([parameter.detach().reshape(-1) for parameter in checkpoint.parameters()])
    order = torch.Generator().manual_seed(order_seed)
    found: dict[str, list[float]] = {"step": [], "test": [], "train": [], "distance": []}
    parts: list[Any] = []
    for t in range(size.steps + 1):
        if t % size.every == 0:
            here = torch.cat([parameter.detach().reshape(-1) for parameter in model.parameters()])
            distance = float((here - start).norm())
            finite = distance == distance and distance < 1e6
            found["step"].append(t)
            found["test"].append(accuracy(model, data.test_inputs, data.test_labels) if finite else 0.1)
            found["train"].append(accuracy(model, data.inputs, data.labels) if finite else 0.1)
            found["distance"].append(distance if finite else 1e6)
            tick()
        if not parts:
            parts = list(torch.randperm(len(data.inputs), generator=order).to(data.inputs.device).split(size.batch))
        part = parts.pop()
        optimizer.step(closure_of(optimizer, partial(_loss, model, data.inputs[part], data.labels[part])))
    return found


def _measure(
    run: Run, prepare: Callable[[Any, Any, Size, Any], None]
) -> tuple[dict[str, dict[str, list[float]]], float]:
    """The courses by algorithm and radius, and the training accuracy of the network before any training."""
    torch = require_torch()
    from claims.sam_normalization.experiments import data, nets

    size = SIZES[run.setting.scale]
    nets.deterministic(run.seed)
    source = run.setting.data
    if source is not None:
        whole = data.cifar10(source).to(run.setting.device)
    elif run.setting.scale == "paper":
        raise InputError("at --scale paper this experiment needs --data with a folder cifar-10-batches-py of your own")
    else:
        whole = data.digits(size.train, run.seed).to(run.setting.device)
    order = torch.Generator().manual_seed(run.seed)
    model = nets.resnet18(whole.inputs.shape[1], size.width).to(run.setting.device)
    untrained = nets.accuracy(model, whole.inputs, whole.labels)
    prepare(model, whole, size, order)
    total, done = (len(CASES) + 1) * (size.steps // size.every + 1), 0

    def tick() -> None:
        nonlocal done
        done += 1
        run.step(done, total)

    found = {f"{name} {text(rho)}": _course(model, (name, rho), whole, size, run.seed, tick) for name, rho in CASES}
    found[AGAIN] = _course(model, ("GD", 0.0), whole, size, run.seed + 10_000, tick)
    return found, untrained


def _late(course: dict[str, list[float]], what: str = "test") -> float:
    """The mean over the last quarter."""
    values = course[what][-(len(course[what]) // 4) :]
    return sum(values) / len(values)


def _gain(course: dict[str, list[float]]) -> float:
    """By how much the late test accuracy exceeds that after step 50: the first steps settle the running statistics."""
    first = next(value for step, value in zip(course["step"], course["test"], strict=True) if step >= 50)
    return _late(course) - first


def measure_bad(run: Run) -> Measurement:
    """From a bad minimum."""
    found, untrained = _measure(run, bad_minimum)
    gd, again = found["GD 0"], found[AGAIN]
    sam = [found[f"SAM {text(rho)}"] for rho in SAM_RHOS]
    small, large = found[f"USAM {text(SMALL_RHO)}"], found[f"USAM {text(LARGE_RHO)}"]
    return Measurement(
        effects={
            "SAM drifts to a better minimum": min(_late(course) for course in sam) - _late(gd),
            "SAM stays at full training accuracy": min(_late(course, "train") for course in sam),
            "USAM with a small rho is like GD": abs(_late(sam[-1]) - _late(gd)) - abs(_late(small) - _late(gd)),
            "USAM with a large rho leaves": 1 - _late(large, "train"),
        },
        controls={
            "SAM drifts to a better minimum/GD with other batches": _late(again) - _late(gd),
            "SAM stays at full training accuracy/untrained network": untrained,
            "USAM with a small rho is like GD/SAM in USAM's place": 0.0,
            "USAM with a large rho leaves/normalization on": 1 - _late(sam[-1], "train"),
            "USAM with a large rho leaves/rho = 0": 1 - _late(gd, "train"),
        },
        notes=_notes(found),
        curves=found,
    )


def measure_full_batch(run: Run) -> Measurement:
    """From a minimum that full-batch descent found."""
    found, _ = _measure(run, full_batch_minimum)
    gd, again, sam = found["GD 0"], found[AGAIN], found[f"SAM {text(SAM_RHOS[-1])}"]
    small = found[f"USAM {text(SMALL_RHO)}"]
    return Measurement(
        effects={
            "SAM keeps increasing its test accuracy": _late(sam) - _late(gd),
            "USAM gets stuck": _late(sam) - _late(small),
        },
        controls={
            "SAM keeps increasing its test accuracy/GD with other batches": _late(again) - _late(gd),
            "USAM gets stuck/GD in SAM's place": _late(gd) - _late(small),
        },
        notes=_notes(found),
        curves=found,
    )


def _notes(found: dict[str, dict[str, list[float]]]) -> dict[str, float]:
    notes: dict[str, float] = {
        "test accuracy of the checkpoint": found["GD 0"]["test"][0],
        "training accuracy of the checkpoint": found["GD 0"]["train"][0],
    }
    for key, course in found.items():
        notes[f"late test accuracy, {key}"] = _late(course)
        notes[f"gain since step 50, {key}"] = _gain(course)
        notes[f"distance gone, {key}"] = course["distance"][-1]
    return notes


def draw(measurements: Sequence[Measurement]) -> Any:
    """The paper's layout, training accuracy and test accuracy, and besides them the distance from the start."""
    figure, axes = new_figure(1, 3, 11.0, 3.4)
    colours = dict(zip((f"{n} {text(r)}" for n, r in CASES), (GREY, SKY, BLUE, ORANGE, PINK), strict=True))
    names = ("training accuracy", "test accuracy", "distance from the checkpoint")
    for axis, what, title in zip(axes[0], ("train", "test", "distance"), names, strict=True):
        for (name, rho), key in ((case, f"{case[0]} {text(case[1])}") for case in CASES):
            curves = [measurement.curves[key][what] for measurement in measurements]
            mean = [sum(values) / len(values) for values in zip(*curves, strict=True)]
            label = name if name == "GD" else rf"{name}, $\rho={text(rho)}$"
            steps = measurements[0].curves[key]["step"]
            axis.plot(steps, mean, LINES[name], color=colours[key], label=label, linewidth=1.8)
        axis.set(xlabel="step", title=title)
    axes[0, 2].legend(loc="upper left", bbox_to_anchor=(1.0, 1.02))
    return figure


def _experiment(
    setting: Setting, question: str, where: str, criteria: tuple[Criterion, ...], measure: Any
) -> Experiment:
    size = SIZES[setting.scale]
    what = "the user's CIFAR-10" if setting.data else "digits 8 x 8 (scikit-learn)"
    return Experiment(
        question=question,
        procedure=f"ResNet18 (3 x 3 stem, no max-pooling, width {size.width}) on {size.train} images of {what}, "
        f"from {where}; SGD steps with eta = {text(size.eta)}, batches of {size.batch}, {size.steps} steps, no "
        f"augmentation; SAM with rho in {SAM_RHOS}, USAM with rho = {text(SMALL_RHO)} and {text(LARGE_RHO)}; what "
        "counts is the mean of the last quarter.",
        criteria=criteria,
        measure=measure,
        draw=draw,
        seeds=(100, 101, 102, 103, 104),
        rule_seeds=(0,),
        memory="about 500 MB here; at the paper's size about 4 GB on a GPU (not run)",
        remarks=(
            "The paper takes checkpoints of Damian et al. (2021), which are not at hand: this one is made here, by the "
            "recipe of Liu et al. (2020) or by full-batch descent.",
            "The paper names no radii; USAM with rho = 0.1 moved on the one seed that formed the rules. "
            "Batch statistics in both passes, running statistics from the first only.",
            "Runs on a GPU and on CIFAR-10 are written but were not tested.",
            "The picture shows means over the seeds.",
        ),
    )


def figure_5(setting: Setting) -> Experiment:
    """Figure 5: from a bad minimum."""
    criteria = (
        Criterion(
            "SAM drifts to a better minimum",
            "Late test accuracy of SAM, the worse radius, minus GD's.",
            0.005,
            "Half a percent is six of the 1197 test images.",
            (Control("GD with other batches", "The order of the batches is all that differs."),),
        ),
        Criterion(
            "SAM stays at full training accuracy",
            "Late training accuracy of SAM, the worse radius.",
            0.98,
            "The manifold of minima is where the training accuracy is 100 %.",
            (Control("untrained network", "The network before any training is far from the manifold."),),
        ),
        Criterion(
            "USAM with a small rho is like GD",
            "How much nearer to GD than SAM is, in late test accuracy.",
            0.005,
            "As above.",
            (Control("SAM in USAM's place", "It is 0 by definition."),),
        ),
        Criterion(
            "USAM with a large rho leaves",
            "1 minus USAM's late training accuracy.",
            0.02,
            "The other side of the bound for SAM.",
            (
                Control("normalization on", "That is SAM, which stays."),
                Control("rho = 0", "That is GD, which stays."),
            ),
        ),
    )
    return _experiment(
        setting,
        "GD gets stuck at this adversarial minimum [...]. SAM keeps drifting while staying close to the manifold of "
        "minimizers (because the training accuracy remains 100%), which results in better solutions [...]. USAM with "
        "small rho gets stuck like GD, while USAM with larger rho's deviate from this manifold.",
        "a bad minimum (Adam to 100 % on random labels, then SGD to 100 % on the true ones)",
        criteria,
        measure_bad,
    )


def figure_8(setting: Setting) -> Experiment:
    """Figure 8: from a full-batch minimum."""
    criteria = (
        Criterion(
            "SAM keeps increasing its test accuracy",
            "Late test accuracy of SAM minus GD's.",
            0.005,
            "Half a percent is six of the 1197 test images.",
            (Control("GD with other batches", "The order of the batches is all that differs."),),
        ),
        Criterion(
            "USAM gets stuck",
            "Late test accuracy of SAM minus that of USAM with the small rho.",
            0.005,
            "As above.",
            (Control("GD in SAM's place", "GD is stuck as well."),),
        ),
    )
    return _experiment(
        setting,
        'USAM still gets stuck at the "full-batch checkpoint", while SAM keeps increasing its test accuracy via '
        "drifting along the minima manifold.",
        "the 100 % point of full-batch gradient descent",
        criteria,
        measure_full_batch,
    )
