"""Figure 3: the first steps of a CNN and an FCN, and the radius from which on each algorithm diverges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from claims.sam_normalization.experiments.drawing import COLOURS, LINES, text
from verify.experiments import Control, Criterion, Experiment, Measurement, Run, Setting
from verify.style import new_figure

ETA, STEPS = 0.025, 50
RHOS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SHOWN = (0.01, 0.03, 0.1, 0.3, 1.0)
#: One more step of the grid stands for "no radius diverges".
BEYOND = 10.0
#: The radius at which the calm case is looked at.
CALM_RHO = 1.0
DIVERGED = 10.0
SIZES = {"small": 128, "paper": 5000}
NETS = ("CNN", "FCN")


def _curve(model: Any, name: str, rho: float, loss_of: Any) -> list[float]:
    """The training loss of full-batch steps, up to divergence."""
    import torch

    from claims.sam_normalization.experiments.nets import closure_of
    from claims.sam_normalization.torch_optimizers import SAM

    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=ETA, rho=rho, normalize=name != "USAM")
    losses: list[float] = []
    for _ in range(STEPS + 1):
        loss = float(optimizer.step(closure_of(optimizer, lambda: loss_of(model))).detach())
        if not math.isfinite(loss) or loss > 1e6:
            break
        losses.append(loss)
    return losses


def _diverged(curve: Sequence[float]) -> bool:
    return len(curve) < STEPS + 1 or max(curve) > DIVERGED * curve[0]


def first_divergence(curves: dict[str, list[float]], name: str) -> float:
    """The smallest radius of the grid that diverges, one step beyond the grid if none does."""
    return min((rho for rho in RHOS if _diverged(curves.get(f"{name} {text(rho)}", [1.0] * 51))), default=BEYOND)


def measure(run: Run) -> Measurement:
    """Both networks: every radius from one start, the calm case of a cross-entropy loss, the local criterion."""
    import copy

    import torch

    from claims.sam_normalization.experiments import data, nets

    device = run.setting.device
    n = SIZES[run.setting.scale]
    source = run.setting.data
    whole = (data.cifar10(source) if source is not None else data.synthetic(n, run.seed)).to(device)
    picks = torch.randperm(len(whole.inputs), generator=torch.Generator().manual_seed(run.seed))[:n].to(device)
    inputs, labels = whole.inputs[picks], whole.labels[picks]
    effects, controls, notes, curves = {}, {}, {}, {}
    total, done = len(NETS) * (2 * len(RHOS) + 3), 0
    for net, build in zip(NETS, (nets.cnn, nets.fcn), strict=True):
        nets.deterministic(run.seed)
        start = build().to(device)

        def squared(model: Any) -> Any:
            return nets.squared_loss(model(inputs), labels)

        def entropy(model: Any) -> Any:
            return torch.nn.functional.cross_entropy(model(inputs), labels)

        found: dict[str, list[float]] = {}
        for name, rho in [("GD", 0.0), *(("SAM", rho) for rho in RHOS), *(("USAM", rho) for rho in RHOS)]:
            found[f"{name} {text(rho)}"] = _curve(copy.deepcopy(start), name, rho, squared)
            done += 1
            run.step(done, total)
        # The largest radius alone: if it does not diverge, the smaller ones were not asked.
        calm = {
            f"{name} {text(RHOS[-1])}": _curve(copy.deepcopy(start), name, RHOS[-1], entropy)
            for name in ("SAM", "USAM")
        }
        done += 2
        sam, usam = first_divergence(found, "SAM"), first_divergence(found, "USAM")
        effects[f"USAM diverges long before SAM, {net}"] = math.log10(sam / usam)
        controls[f"USAM diverges long before SAM, {net}/normalization off in SAM"] = math.log10(usam / usam)
        controls[f"USAM diverges long before SAM, {net}/cross-entropy"] = math.log10(
            first_divergence(calm, "SAM") / first_divergence(calm, "USAM")
        )
        sharp = nets.largest_eigenvalue(start, partial(squared, start))
        notes[f"first diverging rho of USAM, {net}"] = usam
        notes[f"first diverging rho of SAM, {net} ({text(BEYOND)}: none)"] = sam
        notes[f"largest eigenvalue at the start, {net}"] = sharp
        notes[f"rho with (1 + rho lambda) lambda = 2/eta there, {net}"] = (2 / ETA / sharp - 1) / sharp
        notes[f"GD's last loss over its first, {net}"] = found["GD 0"][-1] / found["GD 0"][0]
        curves[net] = found
    return Measurement(effects=effects, controls=controls, notes=notes, curves=curves)


def draw(measurements: Sequence[Measurement]) -> Any:
    """The paper's layout: training loss against the step, the CNN on the left, the FCN on the right."""
    figure, axes = new_figure(1, 2, 9.4, 3.8)
    for axis, net in zip(axes[0], NETS, strict=True):
        curves = measurements[0].curves[net]
        for name in ("SAM", "USAM"):
            for rho, colour in zip(SHOWN, COLOURS, strict=False):
                values = [*curves[f"{name} {text(rho)}"]]
                label = rf"{name}, $\rho={text(rho)}$"
                if len(values) < STEPS + 1:
                    values.append(1e7)
                axis.plot(range(len(values)), values, LINES[name], color=colour, label=label, linewidth=1.5)
        axis.plot(range(STEPS + 1), curves["GD 0"], ":", color="black", label="GD", linewidth=2.2)
        first = curves["GD 0"][0]
        title = "CNN (tanh)" if net == "CNN" else "FCN (ReLU)"
        axis.set(yscale="log", xlabel="step", ylabel="training loss", title=rf"{title},  $\eta={ETA}$")
        axis.set_ylim(min(curves["GD 0"]) / 3, 30 * first)
    axes[0, 1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=8)
    return figure


def figure_3(setting: Setting) -> Experiment:
    """Figure 3: early stage of training neural networks."""
    where = "the user's CIFAR-10" if setting.data else "a generated set of CIFAR-10's shape"
    controls = (
        Control("normalization off in SAM", "Then both are USAM, and diverge at the same radius."),
        Control("cross-entropy", "Its gradient is bounded, so nothing diverges in a few steps."),
    )
    return Experiment(
        question="the stability of SAM is not sensitive to the choice of rho, while USAM diverges easily",
        procedure=f"{SIZES[setting.scale]} images of {where}, full batch, {STEPS} steps, eta = {ETA}, rho in {RHOS}, "
        "squared loss summed over classes; FCN 3072-100-100-10 (ReLU), CNN 8-8 (tanh, max-pooling).",
        criteria=tuple(
            Criterion(
                f"USAM diverges long before SAM, {net}",
                "Powers of ten between the smallest diverging rho of USAM and that of SAM (10 if none diverges).",
                0.45,
                "At least one step of the grid of radii, which goes by half powers of ten, on every seed.",
                controls,
            )
            for net in NETS
        ),
        measure=measure,
        draw=draw,
        seeds=(100, 101, 102, 103, 104),
        rule_seeds=(0,),
        memory="about 600 MB here; on a GPU at the paper's size about 2 GB (not run)",
        remarks=(
            "The paper names neither loss, sizes nor initialisation: squared loss is ours; with cross-entropy nothing "
            "diverges.",
            "Runs on a GPU and on CIFAR-10 are written but were not tested.",
        ),
    )
