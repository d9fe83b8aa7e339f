"""SAM and USAM for torch: an ordinary optimizer around any base optimizer that takes one gradient a step.

    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9, rho=0.05, model=model)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(model(inputs), targets)
        loss.backward()
        return loss

    loss = optimizer.step(closure)  # the loss at the iterate, before the step

The update is that of the paper, equations (1) and (2): the base optimizer steps from w with the gradient at
w + rho g/||g|| (SAM, ``normalize=True``) or w + rho g (USAM, ``normalize=False``), where g is the gradient at w and
||g|| the norm over all parameters jointly.

In a loop of one's own, two backward passes stand around the two halves:

    loss_of(model(inputs), targets).backward()
    optimizer.first_step(zero_grad=True)  # to the ascent point
    loss_of(model(inputs), targets).backward()
    optimizer.second_step(zero_grad=True)  # back, then the base optimizer's step

Mixed precision: under ``torch.autocast`` nothing changes with bfloat16.  With float16 a ``GradScaler`` multiplies the
gradients; call ``scaler.unscale_(optimizer)`` before each half, since a scaled gradient makes another USAM step, and
leave the step out when a gradient is not finite.  ``scaler.step(optimizer)`` cannot be used: one scale would stand for
two gradients.  That path was not run on a GPU by the authors of this file.

Distributed data parallel: each process perturbs by the averaged gradient, as in one process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.modules.batchnorm import _BatchNorm

_HALF = (torch.float16, torch.bfloat16)


class SAM(torch.optim.Optimizer):
    """Sharpness-aware minimization around a base optimizer.

    Args:
        params: parameters or parameter groups; a group may have its own ``rho`` beside the base optimizer's options.
        base: the class of the base optimizer, such as ``torch.optim.SGD``; it is given ``options``.
        rho: perturbation radius, at least 0; 0 gives the base optimizer itself.
        normalize: divide the ascent step by the gradient's norm: True is SAM, False is USAM.
        epsilon: added to the norm before dividing.  0, as in the paper; other implementations take 1e-12.
        model: if given, batch-norm layers in it update their running statistics in the first pass only (both passes
            normalise by the batch's own statistics): the buffers are put back after the second.

    A gradient that is exactly zero gives no ascent step (definition (1) has no value there).  A parameter whose
    gradient is None is not perturbed, and does not count in the norm.

    Raises:
        ValueError: ``rho`` or ``epsilon`` is negative or not finite, or the parameters are on different devices.
        TypeError: ``base`` is no optimizer class, or needs more than one gradient a step (LBFGS).
    """

    def __init__(
        self,
        params: Iterable[Any],
        base: Callable[..., torch.optim.Optimizer],
        *,
        rho: float = 0.05,
        normalize: bool = True,
        epsilon: float = 0.0,
        model: torch.nn.Module | None = None,
        **options: Any,
    ) -> None:
        if not callable(base):
            raise TypeError(f"base is {base!r}; it must be the class of an optimizer, such as torch.optim.SGD")
        if base is torch.optim.LBFGS:
            raise TypeError("base is LBFGS, which needs the loss many times a step; take one that uses one gradient")
        _require_not_negative("rho", rho)
        _require_not_negative("epsilon", epsilon)
        self.base: torch.optim.Optimizer | None = None
        super().__init__(params, {"rho": rho})
        self.normalize, self.epsilon, self.model = normalize, epsilon, model
        self._before: list[tuple[torch.Tensor, torch.Tensor]] | None = None
        self._statistics: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.base = base(self.param_groups, **options)
        self._share()
        self.defaults = {**self.base.defaults, "rho": rho}

    def _share(self) -> None:
        """Groups and state are the base optimizer's own, so that a scheduler, or loading a state, reaches both."""
        assert self.base is not None
        self.param_groups, self.state = self.base.param_groups, self.base.state

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; without a ``rho`` of its own it takes the optimizer's."""
        if "rho" in param_group:
            _require_not_negative("rho", param_group["rho"])
        if self.base is None:  # while the groups of the constructor are taken in
            super().add_param_group(param_group)
        else:
            param_group.setdefault("rho", self.defaults["rho"])
            self.base.add_param_group(param_group)
        _require_one_device(parameter for group in self.param_groups for parameter in group["params"])

    # --- a step -----------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; the closure clears the gradients, computes the loss and its gradients, and is called twice.

        Returns:
            The loss at the iterate, before the step.

        Raises:
            TypeError: no closure was given.
        """
        if closure is None:
            raise TypeError(
                "step needs a closure that computes loss and gradients; without one call first_step, second_step"
            )
        with torch.enable_grad():
            loss = closure()
        self.first_step()
        try:
            with torch.enable_grad():
                closure()
        except BaseException:
            self._return()
            raise
        self.second_step()
        return loss

    @torch.no_grad()
    def first_step(self, *, zero_grad: bool = False) -> None:
        """Go to the ascent point, by the gradients at the iterate.

        Raises:
            RuntimeError: the ascent point of the step before was not left yet, or a gradient is sparse.
        """
        if self._before is not None:
            raise RuntimeError("first_step was called twice; second_step has to come between")
        moved = [(p, group["rho"]) for group in self.param_groups for p in group["params"] if p.grad is not None]
        if any(parameter.grad.is_sparse for parameter, _ in moved):
            raise RuntimeError("a gradient is sparse; SAM's norm is over dense gradients only")
        _require_one_device(parameter for parameter, _ in moved)
        self._before = [(parameter, parameter.clone()) for parameter, _ in moved]
        self._statistics = _running_statistics(self.model)
        norm = _joint_norm([parameter.grad for parameter, _ in moved]) if self.normalize and moved else None
        if norm is not None:
            norm = torch.where(norm == 0, torch.ones_like(norm), norm + self.epsilon)
        for parameter, rho in moved:
            ascent = parameter.grad if norm is None else parameter.grad / norm.to(_precise(parameter.grad.dtype))
            parameter.add_(ascent.to(parameter.dtype), alpha=rho)
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def second_step(self, *, zero_grad: bool = False) -> None:
        """Return to the iterate and let the base optimizer step, by the gradients at the ascent point.

        Raises:
            RuntimeError: first_step was not called.
        """
        if self._before is None:
            raise RuntimeError("second_step was called without first_step before it")
        self._return()
        assert self.base is not None
        self.base.step()
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def _return(self) -> None:
        for tensor, value in [*(self._before or []), *self._statistics]:
            tensor.copy_(value)  # the value itself: subtracting the ascent step again would round
        self._before, self._statistics = None, []

    # --- state ------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """The base optimizer's state and groups, each group with its ``rho``.

        Raises:
            RuntimeError: between first_step and second_step, where the parameters are not the iterate.
        """
        if self._before is not None:
            raise RuntimeError("a state between first_step and second_step cannot be saved; call second_step first")
        assert self.base is not None
        return dict(self.base.state_dict())

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a saved state; one of the base optimizer alone keeps this optimizer's ``rho``."""
        assert self.base is not None
        radii = [group["rho"] for group in self.param_groups]
        self.base.load_state_dict(state_dict)
        self._share()
        for group, rho in zip(self.param_groups, radii, strict=True):
            group.setdefault("rho", rho)

    def __getstate__(self) -> dict[str, Any]:
        """Everything, so that copies and pickles have their base optimizer, which shares groups and state."""
        return self.__dict__.copy()


class USAM(SAM):
    """Un-normalised SAM, equation (2): ``SAM`` with ``normalize=False``."""

    def __init__(self, params: Iterable[Any], base: Callable[..., torch.optim.Optimizer], **options: Any) -> None:
        super().__init__(params, base, normalize=False, **options)


@contextmanager
def running_statistics_kept(model: torch.nn.Module) -> Iterator[None]:
    """Batch-norm layers in ``model`` keep their running statistics, whatever passes through them inside."""
    kept = _running_statistics(model)
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, value in kept:
                buffer.copy_(value)


def _running_statistics(model: torch.nn.Module | None) -> list[tuple[torch.Tensor, torch.Tensor]]:
    layers = [layer for layer in model.modules() if isinstance(layer, _BatchNorm)] if model is not None else []
    buffers = [buffer for layer in layers for buffer in layer.buffers(recurse=False)]
    return [(buffer, buffer.clone()) for buffer in buffers]


def _joint_norm(gradients: list[torch.Tensor]) -> torch.Tensor:
    """The Euclidean norm of all gradients together; neither tiny nor huge entries under- or overflow."""
    precise = [gradient.to(_precise(gradient.dtype)) for gradient in gradients]
    finest = max((gradient.dtype for gradient in precise), key=lambda dtype: torch.finfo(dtype).bits)
    largest = torch.stack([gradient.abs().max().to(finest) for gradient in precise if gradient.numel()]).max()
    unit = torch.where(largest == 0, torch.ones_like(largest), largest)
    parts = [torch.linalg.vector_norm(gradient / unit.to(gradient.dtype)).to(finest) for gradient in precise]
    return torch.linalg.vector_norm(torch.stack(parts)) * unit


def _precise(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype in _HALF else dtype


def _require_not_negative(name: str, value: float) -> None:
    if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} is {value!r}; it must be a finite number, 0 or more")


def _require_one_device(parameters: Iterable[torch.Tensor]) -> None:
    devices = sorted({str(parameter.device) for parameter in parameters})
    if len(devices) > 1:
        raise ValueError(f"the parameters are on {' and '.join(devices)}; SAM's norm needs them on one device")
