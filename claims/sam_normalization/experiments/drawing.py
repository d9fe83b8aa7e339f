"""What the pictures of the paper's figures share: a colour and a line for each algorithm and each radius."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verify.style import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, SKY, YELLOW

ALGORITHM_COLOURS = {"GD": GREY, "SAM": BLUE, "USAM": ORANGE}
#: SAM solid, USAM dashed, GD dotted, as in the paper.
LINES = {"GD": ":", "SAM": "-", "USAM": "--"}
#: For the values of a hyper-parameter, the smallest first.
COLOURS = (SKY, BLUE, GREEN, YELLOW, ORANGE, PINK, BLACK)


def text(value: float) -> str:
    """A number as short as it is exact: 0.05 and not 0.050."""
    return f"{value:g}"


def thinned(values: Sequence[float], most: int = 400) -> list[float]:
    """Every so-manieth value, so that at most about ``most`` are kept, the last among them."""
    every = max(1, -(-len(values) // most))
    kept = list(values[::every])
    return kept if (len(values) - 1) % every == 0 else [*kept, values[-1]]


def plot_family(axis: Any, curves: Mapping[str, Mapping[str, Any]], **options: Any) -> None:
    """Curves by label: each with ``x``, ``y``, ``colour`` and ``line``."""
    for label, curve in curves.items():
        axis.plot(curve["x"], curve["y"], curve["line"], color=curve["colour"], label=label, **options)
