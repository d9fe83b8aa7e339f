"""Appendices E, F and G: SAM and USAM on l(xy), one step and along the trajectory from (x0, y0)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

from tests.claims.second.losses import sam_step, usam_step
from tests.claims.second.numbers import (
    Number,
    Real,
    Truth,
    both,
    equivalent,
    exponential,
    larger,
    last_power,
    negated,
    real,
    root,
    same,
    settled,
    sign,
    smaller,
    some,
)
from tests.claims.second.statement import Point

HALF = Fraction(1, 2)


# --- the states of a trajectory, and its times ---------------------------------------------------------------------


class Run:
    """The iterates from x0^2 = (C - 1) gamma/eta, y0^2 = C gamma/eta, as far as they are asked for."""

    def __init__(self, p: Point, *, normalized: bool) -> None:
        self.p = p
        c, gamma, big_c, eta, rho = p.take("c gamma C eta rho")
        self.c, self.gamma, self.big_c, self.eta, self.rho = c, gamma, big_c, eta, rho
        self.step = sam_step if normalized else usam_step
        self.normalized = normalized
        self.y_top = root(big_c * gamma / eta)
        self.states = [(root((big_c - 1) * gamma / eta), self.y_top)]

    def state(self, t: int) -> tuple[Real, Real]:
        """(x_t, y_t)."""
        while len(self.states) <= t:
            self.states.append(self.step(self.p.loss, self.eta, self.rho, *self.states[-1]))
        return self.states[t]

    @cached_property
    def t0(self) -> int | None:
        """Equation (14) or (21); None for a time that never comes."""
        if self.normalized:
            return last_power(1 - self.eta**2 - 8 * self.eta * self.rho * root(self.eta / (self.big_c * self.gamma)))
        return last_power(1 - self.eta * (self.eta + 2 * self.rho))

    def until_t0(self, number: Number) -> Truth:
        """Whether a number is at most t0."""
        return True if self.t0 is None else real(number) <= self.t0

    @property
    def gate(self) -> Real:
        """What x has to exceed in the initial phase."""
        unit = root(self.gamma * self.eta)
        return self.c * unit / 4 if self.normalized else unit / 2

    def first_small(self, last: int) -> int | None:
        """The first t <= last with x_t at the gate or below."""
        return next((t for t in range(last + 1) if not settled(self.state(t)[0] > self.gate)), None)

    def y_ahead(self, last: int, since: int = 0) -> bool:
        """Whether y_t >= |x_t| for all t from ``since`` to ``last``."""
        return all(settled(self.state(t)[1] >= abs(self.state(t)[0])) for t in range(since, last + 1))

    @property
    def box(self) -> Real:
        """B."""
        return larger(2 * root(self.eta / (self.big_c * self.gamma)) / self.c, self.arrival)

    @property
    def arrival(self) -> Real:
        """eta rho + sqrt(C eta gamma)."""
        return self.eta * (self.rho + self.y_top)


def sam_run(p: Point) -> Run:
    """SAM's trajectory at a point, computed once."""
    run: Run = p.memory.get("sam") or p.memory.setdefault("sam", Run(p, normalized=True))
    return run


def usam_run(p: Point) -> Run:
    """USAM's trajectory at a point, computed once."""
    run: Run = p.memory.get("usam") or p.memory.setdefault("usam", Run(p, normalized=False))
    return run


def _parameters(p: Point) -> Iterator[Truth]:
    c, gamma, big_c, eta, rho = p.take("c gamma C eta rho")
    yield eta > 0
    yield rho >= 0
    yield gamma >= HALF
    yield gamma <= 2
    yield big_c > 1  # x0 > 0
    yield from p.loss.assumptions(c)


def theorem_16(p: Point) -> Iterator[Truth]:
    """The conditions of Theorem 16; the first of the two divided by sqrt(gamma/eta), where 1/2 < C."""
    yield from _parameters(p)
    gamma, big_c, eta, rho = p.take("gamma C eta rho")
    yield eta * (rho * root(eta / gamma) + root(big_c)) <= HALF
    yield sam_run(p).until_t0(4 * root(big_c) / (p["c"] * eta))


def theorem_35(p: Point) -> Iterator[Truth]:
    """The conditions of Theorem 35."""
    yield from _parameters(p)
    gamma, big_c, eta, rho = p.take("gamma C eta rho")
    yield 2 * eta <= 1
    yield 2 * eta * rho <= 1
    yield eta * rho * big_c * gamma <= 1
    yield big_c * gamma * (eta + rho * big_c * gamma) >= 16 * eta
    yield usam_run(p).until_t0(2 * root(big_c) / eta)


# --- one step of SAM -----------------------------------------------------------------------------------------------


def _radius(p: Point) -> Real:
    return root(p["x"] ** 2 + p["y"] ** 2)


def _sam(p: Point) -> tuple[Real, Real]:
    return sam_step(p.loss, *p.take("eta rho x y"))


def _usam(p: Point) -> tuple[Real, Real]:
    return usam_step(p.loss, *p.take("eta rho x y"))


def _ascended(p: Point) -> tuple[Real, Real]:
    """(x + rho y/z, y + rho x/z) as the paper writes it."""
    rho, x, y = p.take("rho x y")
    z = _radius(p) / sign(x * y)
    return x + rho * y / z, y + rho * x / z


def _off_axes(p: Point) -> Iterator[Truth]:
    yield from p.loss.assumptions(p["c"])
    yield p["rho"] >= 0
    yield negated(same(p["x"] * p["y"], 0))
    if "eta" in p.values:
        yield p["eta"] > 0


sam_state = _off_axes


def lemma_17_shown(p: Point) -> Iterator[Truth]:
    across, up = _ascended(p)
    yield sign(p.loss.derivative(across * up)) == sign(p["x"]) * sign(p["y"])
    yield some((both((p["y"] > 0, up > 0)), both((p["y"] < 0, up < 0))))
    yield some((both((p["x"] > 0, across > 0)), both((p["x"] < 0, across < 0))))


def lemma_18_shown(p: Point) -> Iterator[Truth]:
    """Each coordinate's change has the sign opposite to its own."""
    for before, after in zip(p.take("x y"), _sam(p), strict=True):
        yield (before - after) * sign(before) > 0


def lemma_30_given(p: Point) -> Iterator[Truth]:
    yield p["y"] >= p["x"]
    yield p["y"] >= -p["x"]
    yield from _off_axes(p)


def _dropped(p: Point, before: Real, after: Real) -> Truth:
    """after <= before - min(eta rho^2 before/2, c eta rho/(2 sqrt 2)), one disjunct for each of the two."""
    eta, rho, c = p.take("eta rho c")
    drop = before - after
    return some((2 * drop >= eta * rho**2 * before, drop * root(8) >= c * eta * rho))


def lemma_30_shown(p: Point) -> Iterator[Truth]:
    yield _dropped(p, p["y"], _sam(p)[1])


def eq_12_shown(p: Point) -> Iterator[Truth]:
    across, up = _ascended(p)
    force = p["eta"] * p.loss.derivative(across * up)
    x, y = _sam(p)
    yield same(y, p["y"] - force * across)
    yield same(x, p["x"] - force * up)


def eq_13_shown(p: Point) -> Iterator[Truth]:
    across, up = _ascended(p)
    force = p["eta"] * p.loss.derivative(across * up)
    shrink = abs(force) * p["rho"] / _radius(p)
    x, y = _sam(p)
    yield same(y, (1 - shrink) * p["y"] - force * p["x"])
    yield same(x, (1 - shrink) * p["x"] - force * p["y"])


def claim_22_identity_shown(p: Point) -> Iterator[Truth]:
    across, up = _ascended(p)
    force = p["eta"] * p.loss.derivative(across * up)
    inward = force * p["rho"] * sign(p["x"] * p["y"]) / _radius(p)
    before, (x, y) = p["y"] ** 2 - p["x"] ** 2, _sam(p)
    yield same((y - x) * (y + x), (1 - 2 * inward + inward**2 - force**2) * before)
    yield same((y - x) * (y + x), ((1 - inward) ** 2 - force**2) * before)


def lemma_28_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    yield abs(p["x"]) <= sam_run(p).box
    yield from _off_axes(p)


def lemma_28_shown(p: Point) -> Iterator[Truth]:
    yield abs(_sam(p)[0]) <= sam_run(p).box


def lemma_34_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    box = sam_run(p).box
    yield p["eta"] * (p["rho"] + box) <= box
    yield larger(abs(p["x"]), abs(p["y"])) <= box
    yield from _off_axes(p)


def lemma_34_shown(p: Point) -> Iterator[Truth]:
    x, y = _sam(p)
    box = sam_run(p).box
    yield y**2 <= box**2
    yield x**2 <= box**2


# --- SAM along the trajectory --------------------------------------------------------------------------------------


def _in_initial_phase(run: Run, t: int) -> Iterator[Truth]:
    """t <= min(t0, t1)."""
    yield run.until_t0(t)
    yield run.first_small(t) is None


def _in_middle_phase(run: Run, t: int, *, early: bool) -> Iterator[Truth]:
    """t1 < t <= t2, or t1 <= t <= t2 where it may be early."""
    yield run.state(0)[0] > run.gate
    yield run.y_ahead(t - 1)
    yield run.first_small(t + 1 if early else t) is not None


def sam_initial_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    yield from _in_initial_phase(sam_run(p), p.t)


def sam_initial_step_given(p: Point) -> Iterator[Truth]:
    yield from sam_initial_given(p)
    sam_run(p).state(p.t + 1)
    yield True


def sam_initial_lower_shown(p: Point) -> Iterator[Truth]:
    """y_t >= sqrt(gamma/eta)/2."""
    run = sam_run(p)
    _, y = run.state(p.t)
    yield y >= 0
    yield 4 * run.eta * y**2 >= run.gamma


def _falls_by_gate(p: Point, *, normalized: bool) -> Iterator[Truth]:
    run = sam_run(p) if normalized else usam_run(p)
    yield run.state(p.t)[0] - run.state(p.t + 1)[0] >= run.gate


def sam_initial_decrease_shown(p: Point) -> Iterator[Truth]:
    """x_t - x_{t+1} >= c sqrt(gamma eta)/4."""
    yield from _falls_by_gate(p, normalized=True)


def lemma_24_duration_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    run = sam_run(p)
    yield run.state(0)[0] > run.gate


def lemma_24_duration_shown(p: Point) -> Iterator[Truth]:
    """t1 <= 4/(c eta) - 1 < t0, where t1 + 1 is the first t with a small x_t."""
    run = sam_run(p)
    limit = 4 / (run.c * run.eta)
    yield run.t0 is None or limit - 1 < run.t0
    whole = 0
    while settled(whole + 1 <= limit):
        whole += 1
    yield run.first_small(whole) is not None


def lemma_27_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    run = sam_run(p)
    yield run.arrival < run.y_top
    yield from _in_middle_phase(run, p.t, early=False)


def lemma_27_shown(p: Point) -> Iterator[Truth]:
    """|y_t| <= y0; that y0 is at most itself needs no look."""
    run = sam_run(p)
    yield abs(run.state(p.t)[1]) <= run.y_top


def theorem_26_bounds_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    yield from _in_middle_phase(sam_run(p), p.t, early=False)


def theorem_26_bounds_shown(p: Point) -> Iterator[Truth]:
    run = sam_run(p)
    x, y = run.state(p.t)
    yield abs(x) <= run.box
    yield abs(y) <= run.y_top


def theorem_26_drop_given(p: Point) -> Iterator[Truth]:
    yield from theorem_16(p)
    run = sam_run(p)
    run.state(p.t + 1)
    yield from _in_middle_phase(run, p.t, early=True)


def theorem_26_drop_shown(p: Point) -> Iterator[Truth]:
    run = sam_run(p)
    yield _dropped(p, run.state(p.t)[1], run.state(p.t + 1)[1])


# --- one step of USAM ----------------------------------------------------------------------------------------------


def usam_state(p: Point) -> Iterator[Truth]:
    yield from p.loss.assumptions(p["c"])
    yield p["eta"] > 0
    yield p["rho"] >= 0


def usam_off_axes(p: Point) -> Iterator[Truth]:
    yield from p.loss.assumptions(p["c"])
    yield p["rho"] >= 0
    yield negated(same(p["x"], 0))
    yield negated(same(p["y"], 0))


def eq_20_shown(p: Point) -> Iterator[Truth]:
    eta, rho, x, y = p.take("eta rho x y")
    inner = rho * p.loss.derivative(x * y)
    outer = eta * p.loss.derivative((x + inner * y) * (y + inner * x))
    there = _usam(p)
    yield same(there[1], y - outer * (x + inner * y))
    yield same(there[0], x - outer * (y + inner * x))


def lemma_36_shown(p: Point) -> Iterator[Truth]:
    x, y = p.take("x y")
    first = p.loss.derivative(x * y)
    across, up = x + p["rho"] * first * y, y + p["rho"] * first * x
    yield sign(p.loss.derivative(across * up)) == sign(first)
    yield sign(first) == sign(x) * sign(y)
    yield sign(up) == sign(y)
    yield sign(across) == sign(x)


def lemma_37_given(p: Point) -> Iterator[Truth]:
    yield p["y"] >= 0
    yield p["x"] >= 0
    yield from usam_state(p)


def lemma_37_shown(p: Point) -> Iterator[Truth]:
    for before, after in zip(p.take("x y"), _usam(p), strict=True):
        if sign(before):
            yield (before - after) * sign(before) > 0


def lemma_45_step_given(p: Point) -> Iterator[Truth]:
    gamma, big_c, eta, rho, x, y = p.take("gamma C eta rho x y")
    yield from theorem_35(p)
    yield eta * rho <= 1
    yield x**2 <= big_c * gamma * eta
    yield eta * y**2 <= big_c * gamma


def lemma_45_step_shown(p: Point) -> Iterator[Truth]:
    gamma, big_c, eta = p.take("gamma C eta")
    x, y = _usam(p)
    yield eta * y**2 <= big_c * gamma
    yield x**2 <= big_c * gamma * eta


def _load(p: Point) -> Real:
    """eta (1 + rho y^2) y^2 = 2 - epsilon."""
    squared = p["y"] ** 2
    return p["eta"] * (squared + p["rho"] * squared**2)


def lemma_46_given(p: Point) -> Iterator[Truth]:
    yield from theorem_35(p)
    yield _load(p) < 2
    yield p["x"] ** 2 <= p["C"] * p["gamma"] * p["eta"]


def lemma_46_shown(p: Point) -> Iterator[Truth]:
    """|x'| e^min(...) <= |x|, and 0 < epsilon < 2."""
    slow = (1 + p["rho"] * p["C"] * p["gamma"] * p["eta"]) * (2 - _load(p))
    yield abs(_usam(p)[0]) * exponential(smaller(slow, _load(p) / 8)) <= abs(p["x"])
    yield _load(p) > 0


# --- USAM along the trajectory -------------------------------------------------------------------------------------


def claim_41_given(p: Point) -> Iterator[Truth]:
    yield from theorem_35(p)
    yield usam_run(p).until_t0(p.t)


def claim_41_shown(p: Point) -> Iterator[Truth]:
    run = usam_run(p)
    yield 4 * run.eta * run.state(p.t)[1] ** 2 >= run.gamma


def claim_42_given(p: Point) -> Iterator[Truth]:
    """sqrt(C gamma eta) <= sqrt(gamma/eta)/2 and eta <= sqrt(C)/2, squared."""
    big_c, eta = p.take("C eta")
    yield from claim_41_given(p)
    yield 4 * eta**2 <= big_c
    yield 4 * eta**2 * big_c <= 1


def claim_42_shown(p: Point) -> Iterator[Truth]:
    yield usam_run(p).state(p.t)[1] >= 0
    yield from claim_41_shown(p)


def lemma_43_given(p: Point) -> Iterator[Truth]:
    yield from theorem_35(p)
    yield from _in_initial_phase(usam_run(p), p.t)


def lemma_43_decrease_shown(p: Point) -> Iterator[Truth]:
    """x_t - x_{t+1} >= sqrt(gamma eta)/2."""
    yield from _falls_by_gate(p, normalized=False)


# --- the threshold of equation (7) ---------------------------------------------------------------------------------


def threshold_given(p: Point) -> Iterator[Truth]:
    yield p["rho"] > 0
    yield p["eta"] > 0


def _threshold(p: Point) -> Real:
    eta, rho = p.take("eta rho")
    return (root((8 * rho + eta) / eta) - 1) / (2 * rho)


def eq_7_threshold_shown(p: Point) -> Iterator[Truth]:
    yield equivalent(p["y"] ** 2 < _threshold(p), _load(p) < 2)


def footnote_3_shown(p: Point) -> Iterator[Truth]:
    squared = p["y"] ** 2
    yield equivalent(same(squared, _threshold(p)), same(squared + p["rho"] * squared**2, 2))
