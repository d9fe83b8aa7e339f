"""The networks of the figures, and what training them shares: determinism, accuracy, the largest eigenvalue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def deterministic(seed: int) -> None:
    """The same numbers for the same seed."""
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def fcn() -> Any:
    """Fully connected, 3072-100-100-10, ReLU."""
    layers = [nn.Linear(3072, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, 10)]
    return nn.Sequential(nn.Flatten(), *layers)


def cnn() -> Any:
    """Two convolutions of 8 channels with tanh and max-pooling, then a linear layer."""
    first = [nn.Conv2d(3, 8, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2)]
    second = [nn.Conv2d(8, 8, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2)]
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(8 * 8 * 8, 10))


class _Block(nn.Module):
    """Two 3 x 3 convolutions with batch norm, and a shortcut."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(inside, outside, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outside),
            nn.ReLU(),
            nn.Conv2d(outside, outside, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outside),
        )
        same = stride == 1 and inside == outside
        projection = [nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside)]
        self.shortcut = nn.Identity() if same else nn.Sequential(*projection)

    def forward(self, x: Any) -> Any:
        return torch.relu(self.main(x) + self.shortcut(x))


class _SpatialMean(nn.Module):
    """The mean over height and width; the pooling layer of the same meaning has no deterministic gradient on a GPU."""

    def forward(self, x: Any) -> Any:
        return x.mean(dim=(2, 3))


def resnet18(channels: int, width: int) -> Any:
    """ResNet18 with a 3 x 3 stem and no max-pooling; ``width`` channels in the first stage (64 in the original)."""
    layers: list[Any] = [nn.Conv2d(channels, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    inside = width
    for stage in range(4):
        outside = width * 2**stage
        layers += [_Block(inside, outside, 1 if stage == 0 else 2), _Block(outside, outside, 1)]
        inside = outside
    return nn.Sequential(*layers, _SpatialMean(), nn.Linear(inside, 10))


def accuracy(model: Any, inputs: Any, labels: Any, batch: int = 1000) -> float:
    """The share of right classes, with the running statistics."""
    model.eval()
    with torch.no_grad():
        right = sum(
            int((model(inputs[i : i + batch]).argmax(1) == labels[i : i + batch]).sum())
            for i in range(0, len(inputs), batch)
        )
    model.train()
    return right / len(inputs)


def squared_loss(outputs: Any, labels: Any) -> Any:
    """Squared distance to the one-hot class: summed over classes, mean over samples."""
    target = nn.functional.one_hot(labels, outputs.shape[1]).to(outputs.dtype)
    return ((outputs - target) ** 2).sum(dim=1).mean()


def closure_of(optimizer: Any, loss_of: Callable[[], Any]) -> Callable[[], Any]:
    """The closure that an optimizer's step takes."""

    def closure() -> Any:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def largest_eigenvalue(model: Any, loss_of: Callable[[], Any]) -> float:
    """Of the Hessian of the loss at the model's parameters, by Lanczos on Hessian-vector products."""
    import numpy as np
    from scipy.sparse.linalg import LinearOperator, eigsh

    parameters = list(model.parameters())
    size = sum(parameter.numel() for parameter in parameters)
    gradients = torch.autograd.grad(loss_of(), parameters, create_graph=True)
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])

    def product(vector: Any) -> Any:
        direction = torch.as_tensor(np.asarray(vector).ravel(), dtype=flat.dtype, device=flat.device)
        parts = torch.autograd.grad(flat @ direction, parameters, retain_graph=True)
        return torch.cat([part.reshape(-1) for part in parts]).double().cpu().numpy()

    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    start = np.random.default_rng(0).normal(size=size)
    return float(eigsh(operator, k=1, which="LA", v0=start, tol=1e-2, return_eigenvectors=False)[0])
