"""What a person reads at the terminal: tables and panels of claims, points and results."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verify.result import VERDICTS, Result, Witness

if TYPE_CHECKING:
    from verify.kernel.evaluation import PointResult
    from verify.ledger import Entry
    from verify.replaying import Replayed
    from verify.second_check import SecondCheck
    from verify.statement.claim import Claim

STYLES = {
    "proved": "green",
    "refuted": "red",
    "ill-posed": "magenta",
    "vacuous": "magenta",
    "supported": "cyan",
    "undecided": "yellow",
}
#: Columns where the output is no terminal, so that a table is not folded to a screen that is not there.
PLAIN_WIDTH = 180
#: A longer fraction is shown rounded.
LONGEST_NUMBER = 60


def out() -> Console:
    """The console of standard output: coloured on a terminal, plain and wide elsewhere."""
    return _console(sys.stdout.isatty(), stderr=False)


def err() -> Console:
    """The console of standard error."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(is_terminal: bool, *, stderr: bool) -> Console:
    width = None if is_terminal else PLAIN_WIDTH
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def verdict_text(verdict: str | None, grade: str | None = None) -> Text:
    """A verdict in its colour, with the grade of a proof."""
    if verdict is None:
        return Text("-", style="dim")
    return Text(f"{verdict} ({grade})" if grade else verdict, style=STYLES.get(verdict, ""))


def new_table(*columns: str) -> Table:
    """An empty table in the one style."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    return table


def new_pairs() -> Table:
    """An empty list of names and what is said of each."""
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def print_trimmed(console: Console, table: Table) -> None:
    """Print a table without the blanks that pad its last column."""
    for line in console.render_lines(table, pad=False):
        text = Text.assemble(*((segment.text, segment.style or "") for segment in line if not segment.control))
        text.rstrip()
        console.print(text, soft_wrap=True)


# --- list, show -----------------------------------------------------------------------------------------------------


def print_list(claims: Iterable[Claim], entries: Mapping[str, Entry]) -> None:
    """A table of claims with their recorded verdicts."""
    table = new_table("id", "kind", "verdict", "title", "source")
    for claim in claims:
        entry = entries.get(claim.id)
        verdict = verdict_text(entry.verdict, entry.grade) if entry else verdict_text(None)
        place = getattr(claim.source, "place", str(claim.source))
        table.add_row(Text(claim.id), Text(claim.kind), verdict, Text(claim.title), Text(place))
    print_trimmed(out(), table)


def print_claim(claim: Claim, takes: Sequence[str], losses: Sequence[str], entry: Entry | None) -> None:
    """One claim: statement, assumptions, what eval takes, what is recorded."""
    console = out()
    console.print(Text(claim.id, style="bold").append(f"  {claim.title}", style="default"))
    pairs = new_pairs()
    pairs.add_row("kind", Text(claim.kind + (f" of {claim.parent}" if claim.parent else "")))
    if str(claim.source):
        pairs.add_row("source", Text(str(claim.source)))
    pairs.add_row("given", _lines(claim.assumption_texts()))
    pairs.add_row("show", _lines(_conclusions(claim), style="bold"))
    if claim.readings:
        pairs.add_row("readings", _lines([f"{name}: {reading.text}" for name, reading in claim.readings.items()]))
    free = " (beyond the line the coordinates of its vectors, as in u_1 u_2)" if claim.speaks_of_free_vectors else ""
    pairs.add_row("eval takes", Text((" ".join(takes) or "no parameter") + free))
    if claim.quantified:
        pairs.add_row("binds itself", Text(" ".join(symbol.name for symbol in claim.quantified)))
    if losses:
        pairs.add_row("--loss", Text(", ".join(losses)))
    if claim.uses:
        pairs.add_row("uses", Text(", ".join(map(str, claim.uses))))
    if claim.note:
        pairs.add_row("note", Text(claim.note))
    _add_record(pairs, entry)
    print_trimmed(console, pairs)


def _conclusions(claim: Claim, only_part: str | None = None) -> list[str]:
    return [
        ": ".join(filter(None, (", ".join(filter(None, (reading, part))), str(formula))))
        for reading, parts in claim.conclusions.items()
        for part, formula in parts.items()
        if only_part in (None, part)
    ]


def _add_record(pairs: Table, entry: Entry | None) -> None:
    if entry is None:
        pairs.add_row("verdict", Text("none is recorded", style="dim"))
        return
    pairs.add_row("verdict", verdict_text(entry.verdict, entry.grade))
    for name, verdict in (entry.readings | entry.parts).items():
        pairs.add_row("", Text(f"{name}: ").append_text(verdict_text(verdict)))
    if entry.witness is not None:
        pairs.add_row("witness", _witness(entry.witness.simplest))
        if entry.witness.strongest != entry.witness.simplest:
            pairs.add_row("strongest", _witness(entry.witness.strongest))
    if entry.undefined_at is not None:
        pairs.add_row("no value at", _witness(entry.undefined_at))
    searched = entry.searched
    worst = f", worst relative margin {searched.worst_margin}" if searched.worst_margin is not None else ""
    effort = f"{searched.points} points at budget {searched.budget}, seed {searched.seed}{worst}"
    pairs.add_row("searched", Text(effort))
    if entry.tried:
        pairs.add_row("tried", Text(", ".join(entry.tried)))
    if entry.certificate:
        pairs.add_row("certificate", Text(entry.certificate))
    if entry.rests_on_refuted:
        pairs.add_row("rests on", Text("the refuted " + ", ".join(entry.rests_on_refuted), style="red"))
    if entry.repaired_by:
        pairs.add_row("repaired by", Text(", ".join(entry.repaired_by)))


def _witness(witness: Witness) -> Text:
    where = ", ".join(f"{name}={value}" for name, value in witness.parameters.items())
    lines = [", ".join(filter(None, (where, witness.loss, witness.family)))]
    if witness.lhs is not None:
        lines.append(f"left side {witness.lhs}, right side {witness.rhs}, violated by {witness.violation}")
    lines.append(witness.replay)
    return _lines([line for line in lines if line])


def _lines(lines: Sequence[str], style: str = "") -> Text:
    return Text("\n".join(lines) or "nothing", style=style if lines else "dim")


# --- eval -----------------------------------------------------------------------------------------------------------

_ANSWERS = {True: ("yes", "green"), False: ("no", "red"), None: ("not decided", "yellow")}


def print_point(claim: Claim, values: Mapping[str, str], loss: str | None, result: PointResult) -> None:
    """What a claim says at one point."""
    console = out()
    point = ", ".join([*(f"{name} = {value}" for name, value in values.items()), *([f"loss {loss}"] if loss else [])])
    console.print(Text(claim.id, style="bold").append(f"  {claim.title}", style="default"))
    pairs = new_pairs()
    if point:
        pairs.add_row("at", Text(point))
    if result.admissible is not None or values:
        text, style = _ANSWERS[result.admissible]
        pairs.add_row("admissible", Text(text, style=style))
    if result.violated:
        pairs.add_row("violated", _lines(result.violated))
    shown = _conclusions(claim, result.part)
    pairs.add_row("says", _lines(shown))
    if result.part:
        pairs.add_row("part", Text(result.part))
    for name, value in (("left side", result.lhs), ("right side", result.rhs), ("margin", result.margin)):
        if value is not None:
            pairs.add_row(name, Text(_readable(value)))
    for name, value in result.times.items():
        pairs.add_row(name, Text(value if value is not None else "not reached or not needed"))
    if result.state:
        pairs.add_row("state", Text(", ".join(f"{name} = {_readable(value)}" for name, value in result.state.items())))
    if result.admissible:
        text, style = _ANSWERS[result.holds]
        exactly = "exactly" if result.arithmetic == "exact" else f"in ball arithmetic of {result.bits} bits"
        pairs.add_row("holds", Text(text, style=f"bold {style}").append(f" ({exactly})", style="dim"))
    if result.reason and not result.violated:
        pairs.add_row("reason", Text(result.reason))
    print_trimmed(console, pairs)


def _readable(number: str) -> str:
    """A number as it is, or roughly where it is a fraction that nobody can read."""
    if len(number) <= LONGEST_NUMBER or "/" not in number:
        return number
    try:
        value = Fraction(number)
    except ValueError:
        return number  # a closed form or a vector
    rounded = Decimal(value.numerator) / Decimal(value.denominator)
    return f"about {rounded:.6g} (a fraction of {len(number)} characters; --json prints it)"


# --- check ----------------------------------------------------------------------------------------------------------


def print_results(
    results: Sequence[Result], recorded: Mapping[str, Entry], remarks: Mapping[str, str], *, strict_failures: int
) -> None:
    """The table of a check, its remarks, and the counts by verdict."""
    console = out()
    table = new_table("id", "verdict", "recorded", "evidence")
    for result in results:
        entry = recorded.get(result.id)
        before = verdict_text(entry.verdict, entry.grade) if entry else verdict_text(None)
        evidence = Text(remarks.get(result.id) or _evidence(result))
        table.add_row(Text(result.id), verdict_text(result.verdict, result.grade), before, evidence)
    print_trimmed(console, table)
    counts = Counter(result.verdict for result in results)
    summary = Text(f"{len(results)} {'claim' if len(results) == 1 else 'claims'}: ")
    for place, verdict in enumerate(name for name in VERDICTS if counts[name]):
        summary.append(", " if place else "").append(f"{counts[verdict]} {verdict}", style=STYLES[verdict])
    if strict_failures:
        summary.append(f"; {strict_failures} not decided, which --strict does not accept", style="red")
    console.print(summary)


def _evidence(result: Result) -> str:
    if result.witness is not None and result.verdict == "refuted":
        return result.witness.simplest.replay
    if result.undefined_at is not None and result.verdict == "ill-posed":
        return result.undefined_at.replay
    if result.verdict == "undecided" and result.notes:
        return "; ".join(result.notes)
    if result.verdict in ("supported", "undecided"):
        worst = f", worst relative margin {result.searched.worst_margin}" if result.searched.worst_margin else ""
        return f"{result.searched.points} points, budget {result.searched.budget}, seed {result.searched.seed}{worst}"
    return ", ".join(result.tried[-1:])


# --- replay ---------------------------------------------------------------------------------------------------------


def print_replayed(replayed: Sequence[Replayed]) -> None:
    """The table of a replay and its counts."""
    table = new_table("id", "certificate", "verdict", "reason")
    for entry in replayed:
        word = {True: "accepted", False: "rejected", None: "none"}[entry.accepted]
        style = {True: "green", False: "bold red", None: "dim"}[entry.accepted]
        verdict = verdict_text(entry.verdict, entry.grade)
        table.add_row(Text(entry.id), Text(word, style=style), verdict, Text(entry.reason))
    print_trimmed(out(), table)
    counts = Counter(entry.accepted for entry in replayed)
    out().print(f"{counts[True]} accepted, {counts[False]} rejected, {counts[None]} without a certificate")


def print_second_checks(checks: Sequence[SecondCheck]) -> None:
    """What Coq says of proofs, and the counts."""
    table = new_table("id", "Coq", "reason")
    styles = {"accepted": "green", "unchanged": "green", "rejected": "bold red", "changed": "bold red"}
    for check in checks:
        table.add_row(
            Text(check.id), Text(check.outcome, style=styles.get(check.outcome, "yellow")), Text(check.reason)
        )
    print_trimmed(out(), table)
    counts = Counter(check.outcome for check in checks)
    out().print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no proofs")
