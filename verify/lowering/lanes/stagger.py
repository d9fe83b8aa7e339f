"""The instructions of several vectors in one sequence, each vector some cycles behind the one before.

A processor looks ahead a few hundred instructions, a step's longest chain waits for longer.  In step with each other,
all vectors would divide at once and then all multiply; one behind the other they keep every unit busy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: How many cycles a vector is behind the one before: about as long as the units work on one.
DISTANCE = 24

#: About how many cycles it takes until a result is there, by the name of the instruction.
_CYCLES = {
    "fadd": 2,
    "fsub": 2,
    "fmul": 3,
    "fma": 4,
    "fdiv": 13,
    "sqrt": 20,
    "fcmp": 5,
    "icmp": 3,
    "load": 8,
    "getelementptr": 0,
    "bitcast": 0,
    "fneg": 0,
}

_NAMES = re.compile(r"%v\d+")
_ADDRESSES = re.compile(r"getelementptr double, ptr \S+ i64 \d+")
_OPERATION = re.compile(r"\s*(?:%v\d+ = )?(?:call .*?@llvm\.)?(\w+)")


def staggered(bodies: Sequence[Sequence[str]]) -> list[str]:
    """The instructions of all bodies in one order, which keeps that of dependent ones.

    Args:
        bodies: for each vector the same instructions, with names of its own; one of several lines begins with a branch
            and ends with the label where its body goes on.
    """
    if len(bodies) == 1:
        return list(bodies[0])
    heights = _heights(bodies[0])
    order = sorted(
        (chain * DISTANCE - height, place, chain)
        for chain in range(len(bodies))
        for place, height in enumerate(heights)
    )
    return [bodies[chain][place] for _, place, chain in order]


def _heights(body: Sequence[str]) -> list[int]:
    """For each instruction the cycles from its start to the end of the body, if nothing waits for a unit."""
    heights = [0] * len(body)
    needed = _needed(body)
    for place in reversed(range(len(body))):
        heights[place] += _CYCLES.get(_OPERATION.match(body[place]).group(1), 1)  # type: ignore[union-attr]
        for before in needed[place]:
            heights[before] = max(heights[before], heights[place])
    return heights


def _needed(body: Sequence[str]) -> list[set[int]]:
    """For each instruction those that it has to follow: for their values, or because one of the two stores."""
    made: dict[str, int] = {}
    addresses: dict[str, str] = {}
    read: dict[str, list[int]] = {}
    stored: dict[str, list[int]] = {}
    needed: list[set[int]] = []
    for place, text in enumerate(body):
        names = _NAMES.findall(text)
        before = {made[name] for name in names if name in made}
        touched = {addresses[name] for name in names if name in addresses}
        if "\n" in text:
            touched.update(_ADDRESSES.findall(text))
        for address in touched:
            before.update(stored.get(address, ()))
            if "store " in text:
                before.update(read.get(address, ()))
            (stored if "store " in text else read).setdefault(address, []).append(place)
        needed.append(before)
        name, _, operation = text.strip().partition(" = ")
        if operation and "\n" not in text:
            made[name] = place
            if operation.startswith("getelementptr"):
                addresses[name] = operation
    return needed
