"""What a person reads of an experiment at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.table import Table
from rich.text import Text

from verify.console import err, new_pairs, new_table, out, print_trimmed
from verify.experiments.analysis import INVALID, NOT_REPRODUCED, NOT_TESTABLE, REPRODUCED, Judged
from verify.experiments.harness import Progress, silent
from verify.experiments.record import Record

STYLES = {REPRODUCED: "green", NOT_REPRODUCED: "red", NOT_TESTABLE: "yellow", INVALID: "bold magenta"}


def print_record(record: Record, folder: Path) -> None:
    """One experiment: its question, a row for each effect and each control, its outcome."""
    console = out()
    console.print(Text(record.id, style="bold").append(f"  {record.question}", style="default"))
    rows = new_table("", "effect", "95 % interval", "rule", "detectable", "outcome")
    for criterion in record.criteria:
        rule = f"> {number(criterion.least)}"
        _add(rows, Text(criterion.name), criterion.result, rule)
        for control in criterion.controls:
            _add(rows, Text(f"  control: {control.name}", style="dim"), control, "must fail", control_of=True)
    print_trimmed(console, rows)
    facts = new_pairs()
    for criterion in record.criteria:
        facts.add_row(criterion.name, Text(f"{criterion.effect} {criterion.reason}"))
    facts.add_row("procedure", Text(record.procedure))
    facts.add_row("seeds", Text(f"{_numbers(record.seeds)}; the rules were formed on {_numbers(record.rule_seeds)}"))
    for name, values in record.notes.items():
        facts.add_row(name, Text(", ".join(map(number, values))))
    for remark in record.remarks:
        facts.add_row("remark", Text(remark))
    facts.add_row("memory", Text(record.memory or "not stated"))
    facts.add_row("picture", Text(", ".join(str(folder / picture) for picture in record.pictures)))
    facts.add_row("outcome", Text(record.outcome, style=f"bold {STYLES[record.outcome]}"))
    print_trimmed(console, facts)


def _add(rows: Table, name: Text, judged: Judged, rule: str, *, control_of: bool = False) -> None:
    if control_of:
        passed = judged.outcome == REPRODUCED
        outcome = Text("passes, so the experiment is invalid", style="bold magenta") if passed else Text("fails")
    else:
        outcome = Text(judged.outcome, style=STYLES[judged.outcome])
    interval = f"[{number(judged.low)}, {number(judged.high)}]"
    rows.add_row(name, number(judged.mean), interval, rule, number(judged.detectable), outcome)


def number(value: float) -> str:
    """A number to three figures."""
    return f"{value:.3g}"


def _numbers(seeds: list[int]) -> str:
    return ", ".join(map(str, seeds)) or "none"


@contextmanager
def progress_bar(name: str) -> Iterator[Progress]:
    """A bar on standard error while it is a terminal: the seed, and the steps of it."""
    console = err()
    if not console.is_terminal:
        yield silent
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(name), TextColumn("{task.fields[where]}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=1.0, where="")

        def show(place: int, seeds: int, done: int, total: int) -> None:
            where = f"seed {min(place + 1, seeds)} of {seeds}, step {done} of {total}"
            bar.update(task, completed=(place + done / max(total, 1)) / seeds, where=where)

        yield show
