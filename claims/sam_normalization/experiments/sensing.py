"""Over-parameterized matrix sensing (Appendix A): the problem, its closed-form gradient, many runs in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from verify.experiments.harness import require_torch

#: An algorithm and its radius; GD has radius 0.
Case = tuple[str, float]


@dataclass(frozen=True)
class Problem:
    """Measurements b_i = <A_i, X*> of a matrix X* = U* U*^T of rank r.

    Attributes:
        operator: m rows; row i dotted with the upper triangle of a symmetric X is <A_i, X>.
        observed: b, of length m.
        truth: X*, d x d.
    """

    operator: Any
    observed: Any
    truth: Any

    @classmethod
    def sampled(cls, d: int, r: int, seed: int, device: str) -> Problem:
        """Appendix A with m = 5 d r; the columns of U* are normalised before X* is formed.

        Drawn on the CPU, so that a seed means the same problem on every device.
        """
        torch = require_torch()
        generator = torch.Generator().manual_seed(seed)
        factor = torch.randn(d, r, generator=generator, dtype=torch.float64)
        factor = factor / factor.norm(dim=0)
        truth = factor @ factor.T
        rows, columns = torch.triu_indices(d, d)
        operator = torch.empty(5 * d * r, len(rows), dtype=torch.float64)
        for i in range(5 * d * r):
            sensing = torch.randn(d, d, generator=generator, dtype=torch.float64)
            operator[i] = torch.where(rows == columns, 1.0, 0.0) * sensing[rows, rows]
            operator[i] += torch.where(rows == columns, 0.0, 1.0) * (sensing[rows, columns] + sensing[columns, rows])
        observed = operator @ truth[rows, columns]
        kind = torch.float32
        return cls(operator.to(device, kind), observed.to(device, kind), truth.to(device, kind))

    @property
    def d(self) -> int:
        """The size of X*."""
        return int(self.truth.shape[0])

    def losses_and_gradient(self, u: Any) -> tuple[Any, Any, Any]:
        """Training losses, test losses and gradients of a batch of U (batch x d x d).

        L(U) = 1/m sum (<A_i, U U^T> - b_i)^2, and its gradient is 2 G U with G the symmetric gradient in X.  The test
        loss is the squared Frobenius distance of U U^T to X*.
        """
        torch = require_torch()
        rows, columns = torch.triu_indices(self.d, self.d, device=u.device)
        x = u @ u.transpose(1, 2)
        residual = x[:, rows, columns] @ self.operator.T - self.observed
        packed = (2 / len(self.observed)) * residual @ self.operator
        packed = torch.where(rows == columns, packed, packed / 2)
        in_x = torch.empty_like(x)
        in_x[:, rows, columns] = packed
        in_x[:, columns, rows] = packed
        return (residual**2).mean(dim=1), ((x - self.truth) ** 2).sum(dim=(1, 2)), 2 * in_x @ u


@dataclass(frozen=True)
class Courses:
    """The losses of each case after each kept step: ``train[step][case]``; infinite once it has diverged."""

    steps: list[int]
    train: list[list[float]]
    test: list[list[float]]


def courses(
    problem: Problem,
    cases: Sequence[Case],
    eta: float,
    steps: int,
    every: int = 1,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Courses:
    """All cases side by side from U = identity."""
    torch = require_torch()
    device, kind = problem.truth.device, problem.truth.dtype
    rho = torch.tensor([rho for _, rho in cases], device=device, dtype=kind).view(-1, 1, 1)
    normalize = torch.tensor([name == "SAM" for name, _ in cases], device=device).view(-1, 1, 1)
    u = torch.eye(problem.d, device=device, dtype=kind).repeat(len(cases), 1, 1)
    found = Courses([], [], [])
    for t in range(steps + 1):
        train, test, gradient = problem.losses_and_gradient(u)
        if t % every == 0:
            found.steps.append(t)
            found.train.append(torch.nan_to_num(train, nan=torch.inf, posinf=torch.inf).tolist())
            found.test.append(torch.nan_to_num(test, nan=torch.inf, posinf=torch.inf).tolist())
            report(t, steps)
        norm = torch.linalg.vector_norm(gradient, dim=(1, 2), keepdim=True)
        norm = torch.where(norm == 0, torch.ones_like(norm), norm)
        ascent = gradient * rho / torch.where(normalize, norm, torch.ones_like(norm))
        u = u - eta * problem.losses_and_gradient(u + ascent)[2]
    return found
