"""The sparse coding problem of Section 4: a layer of ReLUs with a shared bias, and its closed-form gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from verify.experiments.harness import require_torch

#: An algorithm, its learning rate and its radius.
Case = tuple[str, float, float]


@dataclass(frozen=True)
class Samples:
    """x = signal y e_j + xi with a label y = +-1, a random coordinate j and xi ~ N(0, I_d).

    Only sums over coordinates enter the network, so each sample is kept sorted, with the sums of its largest and of its
    smallest entries.

    Attributes:
        labels: y, of length n.
        upper, lower: the entries of x, and of -x, in descending order (n x d).
        upper_sums, lower_sums: sums of the first k of them, k = 0 .. d (n x (d + 1)).
    """

    labels: Any
    upper: Any
    lower: Any
    upper_sums: Any
    lower_sums: Any

    @classmethod
    def sampled(cls, n: int, d: int, signal: float, generator: Any, device: str) -> Samples:
        """Drawn on the CPU, so that a seed means the same samples on every device."""
        torch = require_torch()
        labels = torch.randint(0, 2, (n,), generator=generator) * 2.0 - 1.0
        x = torch.randn(n, d, generator=generator, dtype=torch.float64)
        places = torch.randint(0, d, (n,), generator=generator)
        x[torch.arange(n), places] += signal * labels.double()
        sides = [side.sort(dim=1, descending=True).values.contiguous() for side in (x, -x)]
        zero = torch.zeros(n, 1, dtype=torch.float64)
        sums = [torch.cat([zero, side.cumsum(dim=1)], dim=1) for side in sides]
        return cls(labels.double().to(device), *(tensor.to(device) for tensor in (*sides, *sums)))

    def activations(self, bias: Any) -> tuple[Any, Any, Any, Any]:
        """For a batch of biases b: sums of ReLU(x_i + b) and ReLU(-x_i + b), and how many entries are active in each.

        Each is batch x n.
        """
        torch = require_torch()
        found: list[Any] = []
        for side, sums in ((self.upper, self.upper_sums), (self.lower, self.lower_sums)):
            # x_i + b > 0 exactly for the first k entries in descending order.
            thresholds = bias.view(1, -1).expand(len(self.labels), -1).contiguous()
            active = torch.searchsorted(-side, thresholds)  # entries with -x_i < b
            found += [(sums.gather(1, active) + active * thresholds).T, active.T.to(sums.dtype)]
        return found[0], found[2], found[1], found[3]

    def outputs(self, weights: Any) -> Any:
        """f of a batch of (a_-, a_+, b), batch x n."""
        up, down, _, _ = self.activations(weights[:, 2])
        return weights[:, :1] * down + weights[:, 1:2] * up

    def loss_and_gradient(self, weights: Any) -> tuple[Any, Any]:
        """The mean logistic loss log(1 + exp(-y f)) of a batch of (a_-, a_+, b), and its gradient."""
        torch = require_torch()
        up, down, many_up, many_down = self.activations(weights[:, 2])
        minus, plus = weights[:, :1], weights[:, 1:2]
        margins = self.labels * (minus * down + plus * up)
        slope = -self.labels * torch.sigmoid(-margins) / len(self.labels)
        parts = [slope * down, slope * up, slope * (minus * many_down + plus * many_up)]
        gradient = torch.stack([part.sum(dim=1) for part in parts], dim=1)
        return torch.nn.functional.softplus(-margins).mean(dim=1), gradient

    def accuracy(self, weights: Any) -> Any:
        """The share of samples whose sign is right; f = 0 is wrong."""
        return ((self.outputs(weights) * self.labels) > 0).double().mean(dim=1)

    def dead(self, weights: Any) -> Any:
        """The share of samples on which the network is exactly 0."""
        return (self.outputs(weights) == 0).double().mean(dim=1)


def critical_rate(d: int) -> float:
    """8 pi/d^2: where GD becomes unstable at the start, b = 0, where the sharpness is d^2/(4 pi)."""
    return 8 * math.pi / d**2


def sharpness(bias: float, d: int) -> float:
    """h(b) = h_0 (g(b)/g(0))^2 with g = phi + b Phi and h_0 = d^2/(4 pi): the curvature along the output's scale."""
    from scipy.stats import norm

    def g(b: float) -> float:
        return float(norm.pdf(b) + b * norm.cdf(b))

    return d**2 / (4 * math.pi) * (g(bias) / g(0.0)) ** 2


def predicted_bias(eta: float, rho: float, d: int) -> float:
    """b* with (1 + rho h) h = 2/eta, where USAM (rho = 0: GD) stops being driven; 0 where it is never driven."""
    from scipy.optimize import brentq

    def excess(bias: float) -> float:
        h = sharpness(bias, d)
        return (1 + rho * h) * h - 2 / eta

    return float(brentq(excess, -12.0, 0.0)) if excess(0.0) > 0 else 0.0


@dataclass(frozen=True)
class Courses:
    """What became of each case: ``bias[step][case]`` and so on, at the kept times tau = eta x steps."""

    times: list[float]
    bias: list[list[float]]
    loss: list[list[float]]
    accuracy: list[list[float]]
    dead: list[float]
    largest_loss: list[float]


def train(
    samples: Samples,
    tests: Samples,
    cases: Sequence[Case],
    start: Any,
    duration: float,
    kept: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Courses:
    """All cases side by side from one start, each until tau = eta x steps has reached the duration."""
    torch = require_torch()
    device = samples.labels.device
    kind = torch.float64
    eta = torch.tensor([eta for _, eta, _ in cases], device=device, dtype=kind).view(-1, 1)
    rho = torch.tensor([rho for _, _, rho in cases], device=device, dtype=kind).view(-1, 1)
    normalize = torch.tensor([name == "SAM" for name, _, _ in cases], device=device).view(-1, 1)
    steps = torch.ceil(duration / eta)
    most = int(steps.max())
    weights = start.to(device, kind).repeat(len(cases), 1)
    found = Courses([], [], [], [], [], [])
    marks = [torch.ceil(steps * share / kept) for share in range(kept + 1)]
    rows = torch.zeros(kept + 1, len(cases), 3, dtype=kind, device=device)
    largest = torch.zeros(len(cases), dtype=kind, device=device)
    upcoming = torch.zeros(len(cases), dtype=torch.long, device=device)
    everything = torch.stack(marks).squeeze(-1)  # (kept + 1) x cases
    columns = torch.arange(len(cases), device=device)
    for t in range(most + 1):
        due = everything[upcoming.clamp(max=kept), columns] <= t
        due &= upcoming <= kept
        if t % 200 == 0:
            report(t, most)
        if bool(due.any()):
            rows[upcoming[due], columns[due]] = weights[due]
            upcoming = upcoming + due.long()
        running = (t < steps).squeeze(1)
        if not bool(running.any()):
            break
        active = weights[running]
        loss, gradient = samples.loss_and_gradient(active)
        largest[running] = torch.maximum(largest[running], loss)
        norm = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
        norm = torch.where(norm == 0, torch.ones_like(norm), norm)
        ascent = gradient * rho[running] / torch.where(normalize[running], norm, torch.ones_like(norm))
        weights[running] = active - eta[running] * samples.loss_and_gradient(active + ascent)[1]
    for share, row in enumerate(rows):
        found.times.append(duration * share / kept)
        found.bias.append(row[:, 2].tolist())
        found.loss.append(samples.loss_and_gradient(row)[0].tolist())
        found.accuracy.append(tests.accuracy(row).tolist())
    found.dead.extend(samples.dead(rows[-1]).tolist())
    found.largest_loss.extend(largest.tolist())
    return found
