"""The one style of every picture: colours for every kind of colour vision, fonts, lines, and how a figure is stored."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Colours that stay apart for every kind of colour vision (Okabe and Ito).
BLUE, ORANGE, GREEN, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#8c8c8c", "#1a1a1a"
PINK, SKY, YELLOW = "#CC79A7", "#56B4E9", "#E69F00"

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "verify",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "mathtext.fontset": "dejavusans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """The style, for figures that are made and stored inside."""
    import matplotlib as mpl

    with mpl.rc_context({**mpl.rcParamsDefault, **_STYLE}):
        yield


def new_figure(rows: int, columns: int, width: float, height: float) -> tuple[Any, Any]:
    """A figure of width x height inches without a window, and its axes as an array of rows x columns."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, squeeze=False)


def svg(figure: Any) -> bytes:
    """The figure as SVG: the same bytes for the same figure."""
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def png(figure: Any) -> bytes:
    """The figure as PNG."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110, metadata={"Software": None})
    return stream.getvalue()
