"""SAM and USAM for torch: the paper's maps to rounding, and everything that an optimizer of torch has to bear."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

torch = pytest.importorskip("torch")

from claims.sam_normalization import setting  # noqa: E402
from claims.sam_normalization.torch_optimizers import SAM, USAM, running_statistics_kept  # noqa: E402
from verify.statement.system import euclidean_norm  # noqa: E402

ETA, RHO = 0.02, 0.1
s = setting.x * setting.y
#: The losses of the paper on the plane, in SymPy; the torch side is lambdified from the same expression.
PLANE = {
    "factorization": (setting.factorization_loss, (1.3, 1.7)),
    "log cosh": (sp.log(sp.cosh(s)), (1.1, 2.4)),
    "square root": (sp.sqrt(1 + s**2), (1.1, 2.4)),
}


def exact_steps(loss: sp.Expr, normalize: bool, start: tuple[float, float], steps: int) -> list[tuple[float, ...]]:
    """The claims' own map, evaluated by SymPy's lambdify in mpmath with 50 digits."""
    import mpmath

    update = setting.sam if normalize else setting.usam
    system = setting.on_plane("step", update, loss, normalised=normalize)
    step = sp.lambdify([*system.state, setting.eta, setting.rho], list(system.update), "mpmath", cse=True)
    with mpmath.workdps(50):
        point, found = tuple(map(mpmath.mpf, start)), []
        for _ in range(steps):
            point = tuple(step(*point, mpmath.mpf(ETA), mpmath.mpf(RHO)))
            found.append(tuple(map(float, point)))
    return found


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("name", PLANE)
def test_200_steps_agree_with_the_claims_map_to_rounding(name: str, normalize: bool) -> None:
    expression, start = PLANE[name]
    loss_of = sp.lambdify([setting.x, setting.y], expression, [{"log": torch.log, "cosh": torch.cosh}, torch])
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = SAM([point], torch.optim.SGD, lr=ETA, rho=RHO, normalize=normalize)
    for expected in exact_steps(expression, normalize, start, 200):
        optimizer.step(closure_of(optimizer, lambda: loss_of(point[0], point[1])))
        assert torch.allclose(point, torch.tensor(expected, dtype=torch.float64), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("normalize", [True, False])
def test_200_steps_on_a_quadratic_agree_with_the_abstract_map(normalize: bool) -> None:
    hessian = torch.diag(torch.tensor([3.0, 1.0, 0.5], dtype=torch.float64))
    w = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = SAM([w], torch.optim.SGD, lr=0.3, rho=RHO, normalize=normalize)
    update = setting.sam if normalize else setting.usam
    step = sp.lambdify(
        [sp.MatrixSymbol("v", 3, 1), setting.eta, setting.rho],
        update(
            lambda point: sp.diag(3, 1, sp.Rational(1, 2)) * point,
            euclidean_norm,
            sp.Matrix(sp.MatrixSymbol("v", 3, 1)),
        ),
        "numpy",
    )
    expected = np.array([[1.0], [-2.0], [0.5]])
    for _ in range(200):
        optimizer.step(closure_of(optimizer, lambda: w @ hessian @ w / 2))
        expected = step(expected, 0.3, RHO)
        # Where the iterate hops about the minimum, the direction of a gradient amplifies a rounding error.
        assert np.allclose(w.detach().numpy(), expected[:, 0], rtol=1e-9, atol=1e-11)


def closure_of(optimizer: Any, loss_of: Callable[[], Any]) -> Callable[[], Any]:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def net(seed: int = 0, **options: Any) -> tuple[Any, Any, Any]:
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    return model, torch.randn(16, 4), torch.randn(16, 2)


def loss_of(model: Any, inputs: Any, targets: Any) -> Callable[[], Any]:
    return lambda: torch.nn.functional.mse_loss(model(inputs), targets)


BASES = [
    (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3}),
    (torch.optim.Adam, {"lr": 0.01}),
    (torch.optim.AdamW, {"lr": 0.01}),
    (torch.optim.RMSprop, {"lr": 0.01}),
    (torch.optim.Adagrad, {"lr": 0.05}),
]


@pytest.mark.parametrize(("base", "options"), BASES)
def test_with_rho_0_it_is_the_base_optimizer(base: Any, options: dict[str, float]) -> None:
    first, inputs, targets = net()
    second = copy.deepcopy(first)
    plain = base(first.parameters(), **options)
    optimizer = SAM(second.parameters(), base, rho=0.0, **options)
    for _ in range(5):
        plain.step(closure_of(plain, loss_of(first, inputs, targets)))
        optimizer.step(closure_of(optimizer, loss_of(second, inputs, targets)))
    for left, right in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(left, right)


@pytest.mark.parametrize("normalize", [True, False])
def test_the_norm_is_over_all_parameters_and_each_group_has_its_radius(normalize: bool) -> None:
    a, b = torch.tensor([3.0], requires_grad=True), torch.tensor([4.0], requires_grad=True)
    optimizer = SAM(
        [{"params": [a], "rho": 1.0}, {"params": [b]}], torch.optim.SGD, lr=1.0, rho=2.0, normalize=normalize
    )
    (3 * a + 4 * b).sum().backward()
    optimizer.first_step()
    scale = 1 / 5 if normalize else 1.0
    assert a.item() == pytest.approx(3 + 1 * 3 * scale)
    assert b.item() == pytest.approx(4 + 2 * 4 * scale)
    optimizer.second_step()
    assert (a.item(), b.item()) == (0.0, 0.0)


def test_two_steps_by_hand_are_one_step_with_a_closure() -> None:
    first, inputs, targets = net()
    second = copy.deepcopy(first)
    one = SAM(first.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9, rho=0.1)
    two = SAM(second.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9, rho=0.1)
    for _ in range(3):
        loss = one.step(closure_of(one, loss_of(first, inputs, targets)))
        by_hand = loss_of(second, inputs, targets)()
        by_hand.backward()
        two.first_step(zero_grad=True)
        loss_of(second, inputs, targets)().backward()
        two.second_step(zero_grad=True)
        assert loss.item() == by_hand.item()
    for left, right in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(left, right)


def test_a_saved_state_goes_on_as_if_never_interrupted() -> None:
    first, inputs, targets = net()
    make = lambda model: SAM(  # noqa: E731
        [{"params": model[0].parameters(), "rho": 0.3}, {"params": model[3].parameters()}],
        torch.optim.SGD,
        lr=0.1,
        momentum=0.9,
        rho=0.1,
    )
    optimizer = make(first)
    for _ in range(3):
        optimizer.step(closure_of(optimizer, loss_of(first, inputs, targets)))
    file = io.BytesIO()
    torch.save({"model": first.state_dict(), "optimizer": optimizer.state_dict()}, file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    second, _, _ = net(1)
    second.load_state_dict(saved["model"])
    other = make(second)
    other.param_groups[0]["rho"] = 9.0
    other.load_state_dict(saved["optimizer"])
    assert [group["rho"] for group in other.param_groups] == [0.3, 0.1]
    assert other.param_groups is other.base.param_groups
    for _ in range(3):
        optimizer.step(closure_of(optimizer, loss_of(first, inputs, targets)))
        other.step(closure_of(other, loss_of(second, inputs, targets)))
    for left, right in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(left, right)


def test_a_state_of_the_base_optimizer_alone_keeps_rho() -> None:
    model, _, _ = net()
    plain = torch.optim.SGD(model.parameters(), lr=0.5)
    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, rho=0.2)
    optimizer.load_state_dict(plain.state_dict())
    assert (optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["rho"]) == (0.5, 0.2)


def test_a_copy_has_a_base_optimizer_of_its_own() -> None:
    model, inputs, targets = net()
    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, rho=0.1)
    pair = copy.deepcopy((model, optimizer))
    assert pair[1].base is not optimizer.base
    assert pair[1].param_groups is pair[1].base.param_groups
    before = [parameter.clone() for parameter in model.parameters()]
    pair[1].step(closure_of(pair[1], loss_of(pair[0], inputs, targets)))
    assert all(torch.equal(x, y) for x, y in zip(before, model.parameters(), strict=True))


def test_a_scheduler_and_a_group_added_later_reach_the_base_optimizer() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=0.3)
    optimizer.add_param_group({"params": [b], "lr": 0.25})
    assert optimizer.param_groups[1]["rho"] == 0.3
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    optimizer.step(closure_of(optimizer, lambda: a.sum() + b.sum()))
    scheduler.step()
    optimizer.step(closure_of(optimizer, lambda: a.sum() + b.sum()))
    assert torch.allclose(a, torch.full((2,), 1 - 1.5))
    assert torch.allclose(b, torch.full((2,), 1 - 0.375))


def test_a_zero_gradient_moves_nothing_and_gives_no_nan() -> None:
    a = torch.ones(3, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=0.5)
    optimizer.step(closure_of(optimizer, lambda: (0 * a).sum()))
    assert torch.equal(a, torch.ones(3))


@pytest.mark.parametrize("size", [1e-30, 1e-42, 1e30])
def test_tiny_and_huge_gradients_have_a_norm(size: float) -> None:
    a = torch.zeros(4, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=2.0)
    a.grad = torch.full((4,), size)
    optimizer.first_step()
    assert torch.allclose(a, torch.ones(4), rtol=1e-3)


def test_half_precision_gradients_have_a_norm_beyond_their_own_range() -> None:
    a = torch.zeros(4, dtype=torch.float16, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=2.0)
    a.grad = torch.full((4,), 60000.0, dtype=torch.float16)
    optimizer.first_step()
    assert torch.allclose(a, torch.ones(4, dtype=torch.float16))


def test_epsilon_is_added_to_the_norm_only_if_asked_for() -> None:
    a = torch.zeros(1, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=1.0, epsilon=1.0)
    a.grad = torch.ones(1)
    optimizer.first_step()
    assert a.item() == 0.5


def test_parameters_without_a_gradient_stay() -> None:
    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    optimizer = SAM([a, b], torch.optim.SGD, lr=1.0, rho=0.5)
    optimizer.step(closure_of(optimizer, lambda: a.sum()))
    assert (a.item(), b.item()) == (0.0, 1.0)
    nothing = SAM([torch.ones(1, requires_grad=True)], torch.optim.SGD, lr=1.0)
    nothing.first_step()
    nothing.second_step()


def test_mixed_devices_are_refused() -> None:
    there = torch.ones(1, device="meta", requires_grad=True)
    with pytest.raises(ValueError, match="on cpu and meta; SAM's norm needs them on one device"):
        SAM([torch.ones(1, requires_grad=True), there], torch.optim.SGD, lr=1.0)


def test_running_statistics_see_the_first_pass_only() -> None:
    model, inputs, targets = net()
    plain = copy.deepcopy(model)
    plain(inputs)
    optimizer = SAM(model.parameters(), torch.optim.SGD, lr=0.1, rho=0.5, model=model)
    optimizer.step(closure_of(optimizer, loss_of(model, inputs, targets)))
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        assert torch.equal(getattr(model[1], name), getattr(plain[1], name))
    without = SAM(model.parameters(), torch.optim.SGD, lr=0.1, rho=0.5)
    without.step(closure_of(without, loss_of(model, inputs, targets)))
    assert model[1].num_batches_tracked == 3
    with running_statistics_kept(model):
        model(inputs)
    assert model[1].num_batches_tracked == 3


def test_an_error_in_the_second_pass_leaves_the_iterate() -> None:
    a = torch.ones(1, requires_grad=True)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0, rho=0.5)
    calls = []

    def closure() -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        a.grad = torch.ones(1)
        return 1.0

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(closure)
    assert a.item() == 1.0
    optimizer.step(closure)  # and it can go on


def test_usam_is_sam_without_normalization() -> None:
    a = torch.tensor([2.0], requires_grad=True)
    optimizer = USAM([a], torch.optim.SGD, lr=0.1, rho=0.5)
    optimizer.step(closure_of(optimizer, lambda: (a**2).sum() / 2))
    assert a.item() == pytest.approx(2 - 0.1 * 3)


def test_misuse_is_answered_with_what_to_do() -> None:
    a = torch.ones(1, requires_grad=True)
    with pytest.raises(ValueError, match="rho is -1; it must be a finite number, 0 or more"):
        SAM([a], torch.optim.SGD, lr=1.0, rho=-1)
    with pytest.raises(ValueError, match="rho is nan"):
        SAM([{"params": [a], "rho": float("nan")}], torch.optim.SGD, lr=1.0)
    with pytest.raises(ValueError, match="epsilon"):
        SAM([a], torch.optim.SGD, lr=1.0, epsilon=-1.0)
    with pytest.raises(TypeError, match="base is 'SGD'"):
        SAM([a], "SGD", lr=1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="LBFGS"):
        SAM([a], torch.optim.LBFGS)
    optimizer = SAM([a], torch.optim.SGD, lr=1.0)
    with pytest.raises(TypeError, match="step needs a closure"):
        optimizer.step()
    with pytest.raises(RuntimeError, match="without first_step"):
        optimizer.second_step()
    a.grad = torch.ones(1)
    optimizer.first_step()
    with pytest.raises(RuntimeError, match="called twice"):
        optimizer.first_step()
    with pytest.raises(RuntimeError, match="cannot be saved"):
        optimizer.state_dict()
    optimizer.second_step()
    a.grad = torch.sparse_coo_tensor([[0]], [1.0], (1,), check_invariants=True)
    with pytest.raises(RuntimeError, match="sparse"):
        optimizer.first_step()
