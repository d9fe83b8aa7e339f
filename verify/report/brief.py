"""A working in as few lines as a reader needs to check it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verify.report.mathtext import display
from verify.report.texts import cell
from verify.report.worked import NEW_ROW, Section

#: Short lines share a row up to this much LaTeX each and together.
_SHORT, _ROW = 64, 150
#: Rows of a table of iterates: from its beginning and from its end.
_FIRST, _LAST = 4, 2
#: A working with more LaTeX than this keeps its conclusion only.
LONGEST = 3000

_BREAK = f" {NEW_ROW} "


def brief(sections: Sequence[Section]) -> str:
    """The working as Markdown: without what its summary says already, the point and the formulas of the two sides."""
    text = _markdown(sections)
    return text if len(text) <= LONGEST else _markdown(sections[-1:])


def _markdown(sections: Sequence[Section]) -> str:
    blocks: list[str] = []
    lines: list[str] = []
    for section in sections:
        lines += [_without_formula(line) for line in section.lines if not _is_given(line, section)]
        if section.table:
            blocks += [display(_shared(lines)), f"{section.title}:", _table(section.table)]
            lines = []
    blocks.append(display(_shared(lines)))
    return "\n\n".join(block for block in blocks if block)


def _is_given(line: str, section: Section) -> bool:
    """Whether a line only repeats the numbers of the point, which the witness's summary has."""
    return section.title == "The point" and "&" not in line


def _without_formula(line: str) -> str:
    """Of a side's three rows (formula, numbers, value) the last two: the formula stands in the statement."""
    rows = line.split(_BREAK)
    if len(rows) < 3 or not rows[0].startswith(r"\text{") or "&" not in rows[0]:
        return line
    name = rows[0].split("&")[0]
    return _BREAK.join([name + rows[1], *rows[2:]])


def _shared(lines: Iterable[str]) -> list[str]:
    """The rows of a display; neighbours that are short share one."""
    found: list[str] = []
    last_is_short = False
    for line in lines:
        short = len(line) <= _SHORT and _BREAK not in line and r"\text" not in line
        if short and last_is_short and len(found[-1]) + len(line) <= _ROW:
            found[-1] += r",\qquad " + line.replace("&", "", 1)
        else:
            found += [line] if r"\begin{cases}" in line else line.split(_BREAK)
        last_is_short = short
    return found


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    header, *rest = rows
    if len(rest) > _FIRST + _LAST + 1:
        rest = [*rest[:_FIRST], ("…",) * len(header), *rest[-_LAST:]]
    shown = [header, ("---",) * len(header), *rest]
    return "\n".join("| " + " | ".join(map(cell, row)) + " |" for row in shown)
