"""Figures 6, 7 and 9: the bias that GD, SAM and USAM learn in sparse coding, with the prediction of where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from claims.sam_normalization.experiments.coding import (
    Case,
    Courses,
    Samples,
    critical_rate,
    predicted_bias,
    sharpness,
    train,
)
from claims.sam_normalization.experiments.drawing import COLOURS, LINES, text
from verify.experiments import Control, Criterion, Experiment, Measurement, Run, Setting
from verify.experiments.harness import require_torch
from verify.style import new_figure

#: Sizes of the problem at both scales: the paper names none.
D, N, N_TEST, SIGNAL = 200, 300, 5000, 3.0
CRITICAL = critical_rate(D)
#: Learning rates in units of the critical rate of GD.
ETAS_GD = (0.5, 1.0, 2.0, 4.0, 8.0)
ETAS = (0.5, 1.0, 2.0, 4.0)
RHO = 0.01
RHOS = (0.01, 0.1, 0.3, 0.5, 1.0)
LARGEST = RHOS[-1]
ETA_OF_9 = 2.0
#: The time tau = eta x steps in units of the critical rate.
DURATIONS = {"figure-6": {"small": 1000.0, "paper": 5000.0}, "figure-9": {"small": 3000.0, "paper": 5000.0}}
KEPT = 40

_SEEDS = (100, 101, 102)
_RULE_SEEDS = (0, 1, 2)
_REMARKS = (
    f"The paper names no sizes; d = {D}, n = {N} and a signal of {text(SIGNAL)} are ours. Learning rates are in units "
    f"of 8 pi/d^2 = {CRITICAL:.3g}, GD's critical rate at the start, and compared at equal tau = eta x steps.",
    "All arithmetic is in double precision with closed-form gradients.",
)


def _procedure(duration: float) -> str:
    return (
        f"x = {text(SIGNAL)} y e_j + xi in R^{D}, n = {N} samples, f = a_- sum ReLU(-x_i + b) + a_+ sum ReLU(x_i + b), "
        f"a ~ N(0, 1/(2d)), b = 0 at the start, full-batch mean logistic loss, tau = {text(duration)} critical rates, "
        f"test accuracy on {N_TEST} fresh samples"
    )


def _courses(run: Run, cases: Sequence[Case], duration: float) -> dict[Case, dict[str, Any]]:
    """The courses by case, the learning rates in units of the critical one."""
    torch = require_torch()
    generator = torch.Generator().manual_seed(run.seed)
    samples = Samples.sampled(N, D, SIGNAL, generator, run.setting.device)
    tests = Samples.sampled(N_TEST, D, SIGNAL, generator, run.setting.device)
    weights = torch.randn(2, generator=generator, dtype=torch.float64) / (2 * D) ** 0.5
    start = torch.cat([weights, torch.zeros(1, dtype=torch.float64)])
    scaled = [(name, eta * CRITICAL, rho) for name, eta, rho in cases]
    found = train(samples, tests, scaled, start, duration * CRITICAL, KEPT, run.step)
    return {case: _course(found, place) for place, case in enumerate(cases)}


def _course(found: Courses, place: int) -> dict[str, Any]:
    return {
        "bias": [row[place] for row in found.bias],
        "accuracy": [row[place] for row in found.accuracy],
        "loss": found.loss[-1][place],
        "dead": found.dead[place],
    }


def _agreement(found: float, expected: float) -> float:
    return 1 - abs(found / expected - 1)


def _drawable(found: dict[Case, dict[str, Any]]) -> dict[str, Any]:
    return {f"{name} {text(eta)} {text(rho)}": course for (name, eta, rho), course in found.items()}


def _draw(measurements: Sequence[Measurement], duration: float, lines: Sequence[tuple[str, str, str, str]]) -> Any:
    """Test accuracy on the left and the bias on the right against tau; ``lines``: key, label, colour, line."""
    figure, axes = new_figure(1, 2, 9.4, 3.7)
    times = [duration * share / KEPT for share in range(KEPT + 1)]
    for axis, what, name in zip(axes[0], ("accuracy", "bias"), ("test accuracy", r"bias $b$"), strict=True):
        for key, label, colour, line in lines:
            axis.plot(times, measurements[0].curves[key][what], line, color=colour, label=label or None, linewidth=1.6)
        axis.set(xlabel=r"$\tau=\eta\cdot$steps  (in units of $8\pi/d^2$)", ylabel=name)
    axes[0, 1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=8)
    return figure


def _label(name: str, what: str, value: float) -> str:
    return rf"{name}, ${what}={text(value)}" + (r"\,\eta_c$" if what == r"\eta" else "$")


# --- Figure 6 -------------------------------------------------------------------------------------------------------


def figure_6(setting: Setting) -> Experiment:
    """Figure 6: GD's learning rate and the bias."""
    duration = DURATIONS["figure-6"][setting.scale]
    cases = [("GD", eta, 0.0) for eta in ETAS_GD]

    def measure(run: Run) -> Measurement:
        found = _courses(run, cases, duration)
        last = {eta: (found["GD", eta, 0.0]["bias"][-1], found["GD", eta, 0.0]["accuracy"][-1]) for eta in ETAS_GD}
        # After the fast phase: later the signal itself moves the bias on, slowly, at every rate.
        middle = {eta: found["GD", eta, 0.0]["bias"][KEPT * 1000 // int(duration)] for eta in ETAS_GD}
        unstable = [eta for eta in ETAS_GD if eta > 1]
        return Measurement(
            effects={
                "a large eta learns a negative bias": last[0.5][0] - last[8.0][0],
                "and a better accuracy": last[8.0][1] - last[0.5][1],
                "GD stops where h(b) = 2/eta": min(
                    _agreement(middle[eta], predicted_bias(eta * CRITICAL, 0, D)) for eta in unstable
                ),
            },
            controls={
                "a large eta learns a negative bias/two stable rates": last[0.5][0] - last[1.0][0],
                "and a better accuracy/two stable rates": last[1.0][1] - last[0.5][1],
                "GD stops where h(b) = 2/eta/half the rate in the formula": min(
                    _agreement(middle[eta], predicted_bias(eta / 2 * CRITICAL, 0, D) or -1e-9) for eta in unstable[1:]
                ),
            },
            notes={f"bias at eta = {text(eta)} critical rates": last[eta][0] for eta in ETAS_GD},
            curves=_drawable(found),
        )

    def draw(measurements: Sequence[Measurement]) -> Any:
        return _draw(
            measurements,
            duration,
            [
                (f"GD {text(eta)} 0", _label("GD", r"\eta", eta), colour, "-")
                for eta, colour in zip(ETAS_GD, COLOURS, strict=False)
            ],
        )

    return Experiment(
        question="GD with larger eta learns more negative bias, which leads to better test accuracy. [...] a negative "
        'bias in ReLU, only arises with large "unstable" learning rates',
        procedure=f"{_procedure(duration)}; GD with eta in {ETAS_GD} critical rates.",
        criteria=(
            Criterion(
                "a large eta learns a negative bias",
                "The bias at half the critical rate minus that at eight times it.",
                0.3,
                "A bias of 0.3 takes a noticeable share of the coordinates' noise away; stable rates differ by less "
                "than a twentieth.",
                (Control("two stable rates", "Half the critical rate against the critical rate itself."),),
            ),
            Criterion(
                "and a better accuracy",
                "Test accuracy at eight times the critical rate minus that at half of it.",
                0.02,
                "Twice what 5000 test samples leave to chance.",
                (Control("two stable rates", "Half the critical rate against the critical rate itself."),),
            ),
            Criterion(
                "GD stops where h(b) = 2/eta",
                "Least agreement of the bias after tau = 1000 critical rates with that root, over eta = 2, 4 and 8: 1 "
                "minus the relative error; h(b) = h_0 (g(b)/g(0))^2, g = phi + b Phi, h_0 = d^2/(4 pi).",
                0.8,
                "The formula is that of infinitely many samples and no signal; here are 300, and a signal.",
                (Control("half the rate in the formula", "It names another bias."),),
            ),
        ),
        measure=measure,
        draw=draw,
        seeds=_SEEDS,
        rule_seeds=_RULE_SEEDS,
        memory="under 300 MB",
        remarks=_REMARKS,
    )


# --- Figure 7 -------------------------------------------------------------------------------------------------------


def figure_7(setting: Setting) -> Experiment:
    """Figure 7: eta varied at rho = 0.01."""
    duration = DURATIONS["figure-6"][setting.scale]
    cases: list[Case] = [(name, eta, 0.0 if name == "GD" else RHO) for name in ("GD", "SAM", "USAM") for eta in ETAS]

    def measure(run: Run) -> Measurement:
        found = _courses(run, cases, duration)

        def bias(name: str, eta: float, place: int = -1) -> float:
            return float(found[name, eta, 0.0 if name == "GD" else RHO]["bias"][place])

        def moves(name: str, eta: float) -> float:
            return bias(name, eta, KEPT // 2) - bias(name, eta)

        middle = KEPT * 500 // int(duration)
        return Measurement(
            effects={
                "SAM's bias is negative enough for every eta": min(-bias("SAM", eta) for eta in ETAS),
                "SAM moves on where USAM has stopped": min(moves("SAM", eta) - moves("USAM", eta) for eta in ETAS[:3]),
                "USAM's bias is not, for a small eta": bias("USAM", ETAS[0]) - bias("SAM", ETAS[0]),
                "USAM stops where (1 + rho h) h = 2/eta": min(
                    _agreement(bias("USAM", eta, middle), predicted_bias(eta * CRITICAL, RHO, D)) for eta in ETAS
                ),
            },
            controls={
                "SAM's bias is negative enough for every eta/rho = 0": min(-bias("GD", eta) for eta in ETAS),
                "SAM moves on where USAM has stopped/rho = 0": min(
                    moves("GD", eta) - moves("USAM", eta) for eta in ETAS[:3]
                ),
                "USAM's bias is not, for a small eta/rho = 0 in SAM": bias("USAM", ETAS[0]) - bias("GD", ETAS[0]),
                "USAM stops where (1 + rho h) h = 2/eta/rho = 0 in the formula": min(
                    _agreement(bias("USAM", eta, middle), predicted_bias(eta * CRITICAL, 0, D)) for eta in ETAS[2:]
                ),
            },
            notes={
                "rho h_0": RHO * sharpness(0.0, D),
                **{f"bias of {n} at half the critical rate": bias(n, ETAS[0]) for n in ("GD", "SAM", "USAM")},
                **{
                    f"accuracy of {name} at half the critical rate": course["accuracy"][-1]
                    for (name, eta, _), course in found.items()
                    if eta == ETAS[0]
                },
            },
            curves=_drawable(found),
        )

    def draw(measurements: Sequence[Measurement]) -> Any:
        lines = []
        for name in ("GD", "SAM", "USAM"):
            for eta, colour in zip(ETAS, (COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[4]), strict=True):
                key = f"{name} {text(eta)} {text(0 if name == 'GD' else RHO)}"
                shown = "#8c8c8c" if name == "GD" else colour
                label = _label(name, r"\eta", eta) if name != "GD" else "GD, the same" if eta == ETAS[0] else ""
                lines.append((key, label, shown, LINES[name]))
        return _draw(measurements, duration, lines)

    return Experiment(
        question="USAM behaves more similarly to GD than SAM: the bias does not decrease sufficiently when the "
        "learning rate is not large enough [...]. On the other hand, no matter what eta is chosen for SAM, bias is "
        "negative enough",
        procedure=f"{_procedure(duration)}; rho = {RHO}, eta in {ETAS} critical rates.",
        criteria=(
            Criterion(
                "SAM's bias is negative enough for every eta",
                "The least of -b over eta at the end.",
                0.2,
                "GD comes to -0.26 at twice its critical rate by the formula, and only to about -0.01 at stable rates.",
                (Control("rho = 0", "That is GD, whose stable rates learn next to no bias."),),
            ),
            Criterion(
                "SAM moves on where USAM has stopped",
                "How much more SAM's bias falls than USAM's in the second half, the least over eta up to 2.",
                0.03,
                "The slow common drift, which the signal causes, is below 0.02 in that time.",
                (Control("rho = 0", "That is GD, which has stopped as well."),),
            ),
            Criterion(
                "USAM's bias is not, for a small eta",
                "The bias of USAM minus that of SAM at half the critical rate, at the end.",
                0.05,
                "USAM should stay visibly above SAM.",
                (Control("rho = 0 in SAM", "GD stays above USAM, so the difference is negative."),),
            ),
            Criterion(
                "USAM stops where (1 + rho h) h = 2/eta",
                "Least agreement of USAM's bias after tau = 500 critical rates with that root, over eta: 1 minus the "
                "relative error.",
                0.8,
                "As for GD in Figure 6.",
                (Control("rho = 0 in the formula", "That is where GD stops."),),
            ),
        ),
        measure=measure,
        draw=draw,
        seeds=_SEEDS,
        rule_seeds=_RULE_SEEDS,
        memory="under 300 MB",
        remarks=(
            *_REMARKS,
            "At this size rho h_0 is about 32, so even rho = 0.01 drives USAM far beyond GD, and at once; the paper's "
            "reading of the picture needs a rho h_0 of order 1 or less.",
        ),
    )


# --- Figure 9 -------------------------------------------------------------------------------------------------------


def figure_9(setting: Setting) -> Experiment:
    """Figure 9: rho varied at one learning rate."""
    duration = DURATIONS["figure-9"][setting.scale]
    cases: list[Case] = [("GD", ETA_OF_9, 0.0), ("GD", ETA_OF_9 / 2, 0.0)]
    cases += [(name, ETA_OF_9, rho) for name in ("SAM", "USAM") for rho in RHOS]

    def measure(run: Run) -> Measurement:
        found = _courses(run, cases, duration)
        gd, calm = found["GD", ETA_OF_9, 0.0], found["GD", ETA_OF_9 / 2, 0.0]

        def of(name: str, rho: float, what: str) -> float:
            value = found[name, ETA_OF_9, rho][what]
            return float(value[-1] if isinstance(value, list) else value)

        def share_of_gd(rho: float, other: str = "USAM") -> float:
            """1 where USAM's bias is GD's, 0 where it is SAM's."""
            gap = gd["bias"][-1] - of("SAM", rho, "bias")
            return (of(other, rho, "bias") - of("SAM", rho, "bias")) / gap if gap > 0 else 0.0

        return Measurement(
            effects={
                "SAM decreases the bias for every rho": min(gd["bias"][-1] - of("SAM", rho, "bias") for rho in RHOS),
                "SAM is more accurate for every rho": min(
                    of("SAM", rho, "accuracy") - gd["accuracy"][-1] for rho in RHOS
                ),
                "USAM is like GD for rho = 0.01": share_of_gd(0.01),
                "USAM is slower than SAM for rho = 0.1": of("USAM", 0.1, "bias") - of("SAM", 0.1, "bias"),
                "USAM diverges for a large rho": of("USAM", LARGEST, "dead"),
            },
            controls={
                "SAM decreases the bias for every rho/GD in SAM's place": gd["bias"][-1] - calm["bias"][-1],
                "SAM is more accurate for every rho/GD in SAM's place": calm["accuracy"][-1] - gd["accuracy"][-1],
                "USAM is like GD for rho = 0.01/SAM in USAM's place": share_of_gd(0.01, "SAM"),
                "USAM is slower than SAM for rho = 0.1/rho = 0 in SAM": of("USAM", 0.1, "bias") - gd["bias"][-1],
                "USAM diverges for a large rho/normalization on": of("SAM", LARGEST, "dead"),
                "USAM diverges for a large rho/rho = 0.1": of("USAM", 0.1, "dead"),
            },
            notes={
                **{f"accuracy of SAM, rho = {rho}": of("SAM", rho, "accuracy") for rho in RHOS},
                **{f"accuracy of USAM, rho = {rho}": of("USAM", rho, "accuracy") for rho in RHOS},
                "accuracy of GD": gd["accuracy"][-1],
                "dead share of USAM, rho = 0.5": of("USAM", 0.5, "dead"),
                "loss of USAM, rho = 1 (ln 2 = 0.693: dead)": of("USAM", LARGEST, "loss"),
            },
            curves=_drawable(found),
        )

    def draw(measurements: Sequence[Measurement]) -> Any:
        lines = [(f"GD {text(ETA_OF_9)} 0", "GD", "black", LINES["GD"])]
        for name in ("SAM", "USAM"):
            for rho, colour in zip(RHOS, (COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[4], COLOURS[5]), strict=True):
                lines.append((f"{name} {text(ETA_OF_9)} {text(rho)}", _label(name, r"\rho", rho), colour, LINES[name]))
        return _draw(measurements, duration, lines)

    return Experiment(
        question="different hyper-parameters all keep decreasing the bias and give better test accuracy, even with the "
        "tiniest choice rho = 0.01. However, for USAM [...] for tiny rho = 0.01, the bias doesn't decrease much [...] "
        "for moderate rho = 0.1 and rho = 0.3, USAM manages to decrease the bias [...] though with a slower speed than "
        "SAM [...]. For large rho = 0.5 (where SAM still works well), USAM diverges.",
        procedure=f"{_procedure(duration)}; eta = {text(ETA_OF_9)} critical rates, rho in {RHOS}.",
        criteria=(
            Criterion(
                "SAM decreases the bias for every rho",
                "GD's bias minus SAM's at the end, the least over rho.",
                0.1,
                "More than a third of what GD itself learns at this rate.",
                (Control("GD in SAM's place", "GD at half the rate learns less."),),
            ),
            Criterion(
                "SAM is more accurate for every rho",
                "SAM's test accuracy minus GD's at the end, the least over rho.",
                0.01,
                "What 5000 test samples leave to chance.",
                (Control("GD in SAM's place", "GD at half the rate is no better."),),
            ),
            Criterion(
                "USAM is like GD for rho = 0.01",
                "Where USAM's bias lies between SAM's (0) and GD's (1).",
                0.5,
                "Nearer to GD than to SAM.",
                (Control("SAM in USAM's place", "It is 0 by definition."),),
            ),
            Criterion(
                "USAM is slower than SAM for rho = 0.1",
                "USAM's bias minus SAM's at the end.",
                0.1,
                "A tenth is visible on the axis.",
                (Control("rho = 0 in SAM", "GD is slower than USAM."),),
            ),
            Criterion(
                "USAM diverges for a large rho",
                "The share of samples on which the network that USAM trained with rho = 1 is exactly 0.",
                0.3,
                "A logistic loss cannot blow up: a network that was thrown beyond all samples is dead.",
                (
                    Control("normalization on", "That is SAM, which works."),
                    Control("rho = 0.1", "A moderate radius, for which USAM works."),
                ),
            ),
        ),
        measure=measure,
        draw=draw,
        seeds=_SEEDS,
        rule_seeds=_RULE_SEEDS,
        memory="under 300 MB",
        remarks=(
            *_REMARKS,
            "Whether rho = 0.3 or 0.5 already destroys the network depends on the seed, and on the sizes, which "
            "the paper does not name; so the rule asks for rho = 1. On one of the three seeds that formed the rules "
            "even that left most of the network alive.",
        ),
    )
