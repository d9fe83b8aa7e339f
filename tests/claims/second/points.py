"""Points for each statement: small rationals, aimed at its domain and at the edges of it, and some beyond."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from random import Random

from tests.claims.second.losses import Clip, Convex, Huber, Link, LogCosh, Piecewise, Quadratic, Root, Tanh
from tests.claims.second.neuron import Run, sam_run, usam_run
from tests.claims.second.numbers import BITS, NoValue, Precision, Unsettled, root
from tests.claims.second.statement import Point

Draw = Callable[[Random], Point]

#: Legs of right triangles with rational sides.
PYTHAGOREAN = ((3, 4), (4, 3), (5, 12), (8, 15), (20, 21), (7, 24), (12, 5), (24, 7), (15, 8))


def pick(random: Random, text: str) -> Fraction:
    """One of the fractions in the text."""
    return Fraction(random.choice(text.split()))


def rarely(random: Random) -> bool:
    """One time in eight."""
    return random.random() < 1 / 8


def _knots(text: str) -> list[tuple[Fraction, Fraction]]:
    pairs = (knot.split(":") for knot in text.split())
    return [(Fraction(at), Fraction(value)) for at, value in pairs]


# --- losses --------------------------------------------------------------------------------------------------------


def _quadratic(random: Random) -> Quadratic:
    entries = "1/4 1/2 1 3/2 2"
    shape = random.randrange(3)
    if shape == 0:
        return Quadratic.single(pick(random, entries))
    if shape == 1:
        return Quadratic.diagonal(pick(random, entries), pick(random, entries + " 0"))
    return Quadratic.full(pick(random, entries), pick(random, "-1 -1/2 1/4 1/2"), pick(random, entries))


def _even(random: Random) -> Huber | LogCosh:
    kind = random.choice((Huber, LogCosh))
    return kind(pick(random, "1/2 1 2 3"), pick(random, "0 1/4 1/2 1 3/2"), pick(random, "1/2 1 2"))


def _smooth_loss(random: Random) -> Quadratic | Huber | LogCosh:
    return _quadratic(random) if random.random() < 0.5 else _even(random)


def link(random: Random) -> Link:
    """A loss l(xy): in (A1)-(A3) for a moderate c, or not."""
    kind = random.randrange(8)
    if kind <= 1:
        return Tanh(pick(random, "1 1 1/2 3/4 2"))
    if kind == 2:
        return Root()
    if kind <= 4:
        return Clip(pick(random, "1 1 1/2 3/4 5/4"))
    choices = (
        "1/2:1/2 2:1",
        "1/4:1/4 1/2:1/4 2:1",
        "1/4:1/4 1:1/2",
        "1/10:1/10 1/5:1/10 1/2:3/10 1:1/2 8:1",
        "1/2:1/2 1:3/4 2:1/2",
        "1/2:1/4 2:1",
        "1/8:1/8 1/4:1/8 1/2:1/2",
        "1:1 2:3/2",
    )
    return Piecewise(*_knots(random.choice(choices)))


def sound_link(random: Random) -> Link:
    """A loss l(xy) in (A1)-(A3) for c up to 1, mostly; steep and flat ones."""
    if rarely(random):
        return link(random)
    flat = Piecewise(*_knots(random.choice(("1/4:1/4 1/2:1/4 1:1/2", "1/4:1/4 1:1/2", "1/2:1/2 2:1"))))
    return random.choice(
        (Tanh(Fraction(1)), Root(), Clip(Fraction(1)), Clip(Fraction(1, 2)), Clip(Fraction(3, 4)), flat)
    )


# --- section 2, appendices C and H ---------------------------------------------------------------------------------


def _start(random: Random, loss: Quadratic | Huber | LogCosh | Convex, name: str, entries: str) -> dict[str, Fraction]:
    if loss.dimension == 1:
        return {name: pick(random, entries)}
    return {f"{name}_{number}": pick(random, entries) for number in (1, 2)}


def gd(random: Random) -> Point:
    loss = _quadratic(random)
    eta = pick(random, "1/4 1/2 1 4/3 2 4 8 -1 0")
    return Point({"eta": eta}, loss)


def _tight(random: Random) -> tuple[Quadratic | Huber | LogCosh, Fraction, Fraction]:
    """A loss, and its largest and least curvature, which a theorem's constants cannot beat."""
    if random.random() < 0.5:
        first, second = pick(random, "1 3/2 2"), pick(random, "1 1/2 1/4")
        return Quadratic.diagonal(first, first * second), first, first * second
    beta, alpha = pick(random, "1 2 3"), pick(random, "1 1/2 1/4")
    if alpha == 1:
        return Quadratic.single(beta), beta, beta
    kind = random.choice((Huber, LogCosh))
    return kind(beta, alpha, pick(random, "1/2 1 2")), beta, min(alpha, beta)


def strongly_convex(random: Random) -> Point:
    """The moderate and the extreme: eta beta in (1, 2), the start closer than rho."""
    loss, beta, alpha = _tight(random)
    if random.random() < 0.4:
        loss = _smooth_loss(random)
        beta = pick(random, "1/2 1 3/2 2 2 3 3")
        alpha = pick(random, "1/8 1/4 1/4 1/2 1/2 1")
    eta = pick(random, "1/8 1/4 1 3/2 3/2 5/3 15/8 2 5/2") / beta
    start = _start(random, loss, "w0", "-2 -1/2 0 1/10 1/3 1 3")
    return Point(
        {
            "alpha": alpha,
            "beta": beta,
            "eta": eta,
            "rho": pick(random, "0 1/10 1/2 1 2 2"),
            **start,
            "t": Fraction(random.randrange(7)),
        },
        loss,
    )


def convex(random: Random) -> Point:
    loss: Quadratic | Huber | LogCosh | Convex
    loss, beta, _ = _tight(random)
    if random.random() < 0.3:
        loss, beta = _smooth_loss(random), pick(random, "1 3/2 2 2 3 3")
    elif random.random() < 0.3:
        knots = random.choice(
            ("-1:-1 0:0 2:1", "-2:-1 -1:0 1:0 2:1", "0:1/2 1:1 2:3", "-1:-2 0:-1 1:1", "-1:1 0:0 1:1")
        )
        loss, beta = Convex(*_knots(knots)), pick(random, "1 2")
    values = {
        "beta": beta,
        "eta": pick(random, "1/8 1/2 1 5/4 3/2 15/8 2") / beta,
        "rho": pick(random, "0 1/10 1/2 1 2 -1"),
        **_start(random, loss, "w", "-2 -1/2 0 1/10 1/3 1 3"),
    }
    return Point(values, loss)


def diagonal(random: Random) -> Point:
    first, second = pick(random, "1 3/2 2 3"), pick(random, "1/4 1/2 1 2")
    loss = random.choice(
        (
            Quadratic.single(first),
            Quadratic.diagonal(first, second),
            Quadratic.diagonal(first, second),
            Quadratic.full(first, pick(random, "0 0 1/2"), second),
        )
    )
    values = {
        "eta": pick(random, "1/8 1/4 1/2 3/4 1 2"),
        "rho": pick(random, "0 1/4 1/2 1 3"),
        **_start(random, loss, "w0", "-1 0 1/2 2"),
    }
    return Point(values, loss)


def polyak_lojasiewicz(random: Random) -> Point:
    loss, beta, mu = _tight(random)
    if random.random() < 0.4:
        loss = _smooth_loss(random)
        beta = pick(random, "1 3/2 2 2 3 3")
        mu = pick(random, "1/16 1/8 1/4 1/2 1")
    values = {
        "mu": mu,
        "beta": beta,
        "eta": pick(random, "1/20 1/4 1/2 3/4 9/10 1") / beta,
        "rho": pick(random, "0 1/10 1/2 9/10 1") / beta,
        **_start(random, loss, "w0", "-2 -1/2 0 1/10 1/3 1 3 8"),
        "t": Fraction(random.randrange(9)),
    }
    return Point(values, loss)


# --- section 2.2, appendix D ---------------------------------------------------------------------------------------


def _corner(random: Random) -> dict[str, Fraction]:
    x0 = pick(random, "1/2 1 2 5 10")
    return {"x0": x0, "y0": x0 * pick(random, "1 11/10 5/4 3/2 3/2 7/4 19/10 2")}


def smoothness(random: Random) -> Point:
    values = _corner(random)
    scale = pick(random, "1/4 1/2 3/4 9/10 1 6/5")
    across, up = random.choice(((1, 0), (1, 1), (1, 2), (3, 1), (-1, 1), (0, 0)))
    return Point(
        {**values, "x": values["x0"] * scale * across, "y": values["y0"] * scale * up / max(1, abs(across), abs(up))}
    )


def _leg(random: Random) -> tuple[Fraction, Fraction]:
    across, up = random.choice(PYTHAGOREAN)
    scale = pick(random, "1/20 1/10 1/5 1/2 1 2")
    return scale * across * random.choice((1, -1)), scale * up * random.choice((1, 1, -1))


def factorization(random: Random) -> Point:
    x, y = _leg(random)
    if rarely(random):
        x = Fraction(0)
    return Point({**_corner(random), "rho": pick(random, "0 1/10 1/2 1 3 -1/2"), "x": x, "y": y})


def far_from_both_axes(random: Random) -> Point:
    """About x, y >= 5 rho, in the disc or far outside."""
    corner, rho = _corner(random), pick(random, "0 1/20 1/10 1/5 1/2 1")
    size = max(rho, Fraction(1, 10)) * pick(random, "1 3 5 5 6 10 20")
    across, up = random.choice((*PYTHAGOREAN, (1, 1), (1, 2)))
    return Point({**corner, "rho": rho, "x": size * across / 3, "y": size * up / 3})


def beside_the_y_axis(random: Random) -> Point:
    """About |x| <= 5 rho <= y, in the disc or far outside."""
    across, up = random.choice([(across, up) for across, up in PYTHAGOREAN if across < up] + [(1, 8)])
    rho = (across + pick(random, "-1/4 0 0 1/4 1/2 1/2 1 1 5/4") * (up - across)) / 5
    scale = pick(random, "1/20 1/10 1/2 1")
    width = scale * up * pick(random, "1/10 1/2 1 2 5 50 200")
    corner = {"x0": width, "y0": width * pick(random, "11/10 3/2 3/2 2 19/10")}
    x = Fraction(0) if rarely(random) else scale * across * random.choice((1, 1, 1, -1))
    return Point({**corner, "rho": rho * scale, "x": x, "y": scale * up})


def usam_factorization(random: Random) -> Point:
    corner = _corner(random)
    rho = pick(random, "14 15 15 16 20 30") / (corner["x0"] ** 2 + corner["y0"] ** 2)
    return Point({**corner, "rho": rho, "t": Fraction(random.choice((0, 1, 1, 1, 2, 2, 3)))})


# --- appendices E to G, one step -----------------------------------------------------------------------------------


def _state(random: Random) -> dict[str, Fraction]:
    x, y = _leg(random)
    if rarely(random):
        x, y = random.choice(((x, Fraction(0)), (Fraction(0), y), (Fraction(0), Fraction(0))))
    return {"x": x, "y": y}


def radius_and_state(random: Random) -> Point:
    return Point({"c": pick(random, "1/2 1 3/2"), "rho": pick(random, "0 1/10 1/2 3"), **_state(random)}, link(random))


def neuron_state(random: Random) -> Point:
    """A state with |x| and y of any size, often with an exact distance from the origin."""
    values = {
        "c": pick(random, "1/4 1/2 1 1 3/2"),
        "eta": pick(random, "1/20 1/10 1/2 1 4"),
        "rho": pick(random, "0 1/10 1/2 1 3"),
        **_state(random),
    }
    return Point(values, link(random))


def upper_state(random: Random) -> Point:
    """A state with y >= 0 that is mostly above both diagonals."""
    point = neuron_state(random)
    x, y = point.values["x"], point.values["y"]
    if abs(x) > abs(y) and random.random() < 2 / 3:
        x, y = y, x
    return Point({**point.values, "x": x, "y": abs(y)}, point.loss)


def quadrant_state(random: Random) -> Point:
    """A state with x, y >= 0, mostly."""
    point = neuron_state(random)
    if rarely(random):
        return point
    return Point({**point.values, "x": abs(point.values["x"]), "y": abs(point.values["y"])}, point.loss)


def flat_state(random: Random) -> Point:
    """The same, also at points where (1 + rho y^2) y^2 is 2/eta or 2."""
    rho, y = pick(random, "1/10 1/3 1/2 1 2 4 0 -1/2"), pick(random, "1/3 1/2 1 3/2 2 -1 0")
    level = (1 + rho * y**2) * y**2
    eta = 2 / level if level and random.random() < 0.4 else pick(random, "1/10 1/2 1 1 2 0 -1")
    if eta == 1 and random.random() < 0.5:  # (1 + rho) = 2
        rho, y = Fraction(1), random.choice((Fraction(1), Fraction(-1)))
    return Point({"eta": eta, "rho": rho, "y": y})


# --- appendices F and G, under the conditions of Theorems 16 and 35 ------------------------------------------------


def _sam_setting(random: Random) -> tuple[dict[str, Fraction], Link]:
    values = {
        "c": pick(random, "1/2 1 1 1"),
        "gamma": pick(random, "1/2 1/2 1 2 2"),
        "C": pick(random, "17/16 5/4 3/2 2 2 4"),
        "eta": pick(random, "1/10 1/16 1/20 1/25"),
        "rho": pick(random, "0 1/100 1/50 1/20 1/10 1/8"),
    }
    if rarely(random):  # the base of equation (14) is negative, t0 is large all the same, or never comes
        odd = {"gamma": "1", "C": "9/4", "eta": "1/16", "rho": random.choice(("22", "23", "239/10", "24", "25"))}
        return {"c": Fraction(1), **{name: Fraction(value) for name, value in odd.items()}}, sound_link(random)
    if random.random() < 1 / 3:  # y0 is rational
        size, scale = random.choice((("1/2", "2"), ("2", "2"), ("1", "4"), ("2", "9/8"))), pick(random, "1/16 1/25 1/9")
        values |= {"gamma": Fraction(size[0]), "C": Fraction(size[1]), "eta": scale}
    return _beyond(random, values), sound_link(random)


def _usam_setting(random: Random) -> tuple[dict[str, Fraction], Link]:
    values = {
        "c": pick(random, "1/2 1/2 1 1 1"),
        "gamma": pick(random, "1 2 2 2"),
        "C": pick(random, "2 4 4 9 9 16"),
        "eta": pick(random, "1/10 1/12 1/16 1/20"),
        "rho": pick(random, "1/100 1/50 1/20 1/12 1/10"),
    }
    return _beyond(random, values), sound_link(random)


def _beyond(random: Random, values: dict[str, Fraction]) -> dict[str, Fraction]:
    if rarely(random):
        name, value = random.choice((("gamma", "1/4"), ("gamma", "5/2"), ("C", "1"), ("C", "1/2"), ("rho", "2")))
        return {**values, name: Fraction(value)}
    return values


def sam_setting(random: Random) -> Point:
    return Point(*_sam_setting(random))


def _root_like(number: Fraction, random: Random) -> Fraction:
    """A fraction near the square root, or below, or above."""
    near = Fraction(round(float(number) ** 0.5 * 100), 100)
    return near * pick(random, "1/10 1/2 9/10 1 1 11/10")


def sam_setting_and_state(random: Random) -> Point:
    """|x| about B, y of any size."""
    values, loss = _sam_setting(random)
    box = values["eta"] * values["rho"] + _root_like(values["C"] * values["gamma"] * values["eta"], random)
    height = random.choice((_root_like(values["C"] * values["gamma"] / values["eta"], random), box, 4 * box, 400 * box))
    x = box * pick(random, "1/4 1 1 -1 -1/2 0")
    return Point({**values, "x": x, "y": height * random.choice((1, 1, -1))}, loss)


def sam_setting_in_the_box(random: Random) -> Point:
    """|x|, |y| about B."""
    values, loss = _sam_setting(random)
    box = values["eta"] * values["rho"] + _root_like(values["C"] * values["gamma"] * values["eta"], random)
    sides = "1/100 1/4 1 1 -1 -1/2"
    return Point({**values, "x": box * pick(random, sides), "y": box * pick(random, sides)}, loss)


def usam_setting_and_state(random: Random) -> Point:
    """|x| about sqrt(C gamma eta), |y| up to about sqrt(C gamma/eta)."""
    values, loss = _usam_setting(random)
    x = _root_like(values["C"] * values["gamma"] * values["eta"], random) * random.choice((1, -1))
    y = _root_like(values["C"] * values["gamma"] / values["eta"], random) * random.choice((1, -1))
    if random.random() < 0.7:  # (1 + rho y^2) y^2 just below 2/eta, or well below, or above
        eta, rho = float(values["eta"]), float(values["rho"])
        squared = 2 / eta if rho == 0 else ((8 * rho / eta + 1) ** 0.5 - 1) / (2 * rho)
        y = Fraction(int(squared**0.5 * 1000), 1000) * pick(random, "1/10 1/2 9/10 99/100 999/1000 1 1 101/100")
        x = pick(random, "1/100 1/10 1/2 1 1 -1 2") * random.choice((values["eta"] * abs(y) / 2, abs(x)))
    if rarely(random):
        x = Fraction(0)
    return Point({**values, "x": x, "y": y}, loss)


def along_sam(random: Random) -> Point:
    """Times at the ends of the phases and inside."""
    return _along_sam(random, _closely(random, lambda: Point(*_sam_setting(random)), sam_run))


def along_sam_from_a_rational_height(random: Random) -> Point:
    """The same with a rational y0, which another number can be compared with."""
    while True:
        values, loss = _sam_setting(random)
        if values["C"] < 1 or root(values["C"] * values["gamma"] / values["eta"]).exact is not None:
            return _along_sam(random, Point(values, loss))


def _closely(random: Random, setting: Callable[[], Point], run_of: Callable[[Point], Run]) -> Point:
    """Half of the time a setting whose x_t comes close to what ends the initial phase, where one turns up."""
    there = setting()
    for _ in range(8 if random.random() < 0.5 else 0):
        if there.values["C"] > 1:
            with Precision(BITS), suppress(NoValue, Unsettled):
                run = run_of(there)
                small = run.first_small(60)
                if small and any(abs(run.state(t)[0] / run.gate * 4 - 5) <= 2 for t in (small - 1, small)):
                    return there
        there = setting()
    return there


def _along_sam(random: Random, there: Point) -> Point:
    moments = [0, random.randrange(40)]
    if there.values["C"] > 1:
        with Precision(BITS), suppress(NoValue, Unsettled):
            run = sam_run(there)
            small = run.first_small(120)
            if small:
                moments += [small - 1, small - 1, small, small + random.randrange(30)]
                late = next((t for t in range(small, small + 20) if not run.y_ahead(t, since=t)), None)
                moments += [late, late - 1] if late else []
    return _at(random, there, moments)


def along_usam(random: Random) -> Point:
    """Times about the end of the initial phase and about t0."""
    there = _closely(random, lambda: Point(*_usam_setting(random)), usam_run)
    moments = [0, random.randrange(20)]
    if there.values["C"] > 1:
        with Precision(BITS), suppress(NoValue, Unsettled):
            run = usam_run(there)
            small = run.first_small(60)
            moments += [small - 1, small, small + random.randrange(20)] if small else []
            moments += [run.t0] if run.t0 is not None and run.t0 < 80 else []
    return _at(random, there, moments)


def _at(random: Random, there: Point, moments: list[int]) -> Point:
    """One of the moments, or the step before or after it; the trajectory so far is kept."""
    t = max(0, random.choice(moments) + random.choice((-1, 0, 0, 0, 1)))
    return Point({**there.values, "t": Fraction(t)}, there.loss, there.memory)
