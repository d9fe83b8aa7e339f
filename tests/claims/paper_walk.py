"""What a transcription of a paper prints apart from its text: statements, notes, figures, tables, formulas."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """One thing that the paper prints apart from its running text.

    Attributes:
        label: ``Theorem 1``, ``Footnote 3``, ``Figure 1``, ``Table 1``, ``eq. (3)``, or ``display`` without a number.
        place: the section and, inside a proof, the innermost statement that is proved.
        lines: of a display, one for each line that has a relation sign of its own, as normalised LaTeX.
    """

    label: str
    place: str
    lines: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A digest of all of it."""
        return hashlib.sha256("\n".join((self.place, self.label, *self.lines)).encode()).hexdigest()


_TOKEN = re.compile(
    r"""
    ^\#+\ (?P<section>\d+(?:\.\d+)*|[A-H](?:\.\d+)?)\ \S
    | ^\*\*(?P<statement>(?:Theorem|Lemma|Claim|Corollary|Definition)\ \d+)
    | ^<sup>(?P<footnote>\d+)</sup>
    | ^(?P<float>(?:Figure|Table)\ \d+):
    | ^\*Proof(?:\ Sketch|\ of\ (?P<proved>[A-Z]\w+\ \d+))?\.\*
    | \$\$(?P<display>.+?)\$\$
    | (?P<end>\\square)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def walk(text: str) -> list[Item]:
    """The items of a transcription in Markdown, in the order of print.

    Raises:
        ValueError: a proof ends that has not begun, or never ends.
    """
    items: list[Item] = []
    section, statement, proofs = "", "", list[str]()
    for token in _TOKEN.finditer(text):
        found = token.groupdict()
        place = f"{section}, proof of {proofs[-1]}" if proofs else section
        if found["section"]:
            number = found["section"]
            section = f"{'Section' if number[0].isdigit() else 'Appendix'} {number}"
        elif found["statement"]:
            statement = found["statement"]
            items.append(Item(statement, place))
        elif found["footnote"]:
            items.append(Item(f"Footnote {found['footnote']}", place))
        elif found["float"]:
            items.append(Item(found["float"], place))
        elif found["display"]:
            number, lines = _display(found["display"])
            items.append(Item(f"eq. ({number})" if number else "display", place, tuple(lines)))
        elif found["end"]:
            if not proofs:
                raise ValueError(f"a proof ends in {section} that has not begun")
            proofs.pop()
        else:
            proofs.append(found["proved"] or statement)
    if proofs:
        raise ValueError(f"the proof of {proofs[-1]} never ends")
    return items


# --- LaTeX ----------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?:\\tag\{(\d+)\}|(?<=[\s.,}])\((\d+)\))\s*$")
_LAYOUT = re.compile(r"\\(?:begin|end)\{aligned\}|\\(?:left|right|quad|qquad)(?![A-Za-z])|\\[,;!]")
#: Words between formulas; a name such as \text{sign} has no blank and stays.
_WORDS = re.compile(r"\\text\{[^{}]*[ .][^{}]*\}")
_MARKED = re.compile(r"\\stackrel\{[^{}]*\}\{([^{}]*)\}")
_LATEX = re.compile(r"\\[A-Za-z]+|\\.|\S")
_RELATIONS = frozenset(
    (*"=<>", *(rf"\{name}" for name in ("le", "leq", "ge", "geq", "triangleq", "lesssim", "approx")))
)


def _display(latex: str) -> tuple[str, list[str]]:
    """The number of a display and its lines; a line without a relation sign belongs to the one before."""
    numbered = _NUMBER.search(latex)
    if numbered is not None:
        latex = latex[: numbered.start()]
    lines: list[list[str]] = []
    for line in _rows(_LATEX.findall(_LAYOUT.sub(" ", _WORDS.sub(" ", _MARKED.sub(r" \1 ", latex))))):
        while line and line[-1] in ",.":
            line.pop()
        if lines and not _relates(line):
            lines[-1] += line
        elif line:
            lines.append(line)
    number = next(filter(None, numbered.groups()), "") if numbered is not None else ""
    return number, [_joined(line) for line in lines]


def _rows(tokens: Sequence[str]) -> Iterator[list[str]]:
    r"""The rows of a display, without the marks that align them: what ``\\`` separates outside of matrices."""
    row, depth = list[str](), 0
    for token in tokens:
        depth += (token == r"\begin") - (token == r"\end")
        if depth == 0 and token == r"\\":
            yield row
            row = []
        elif depth > 0 or token != "&":
            row.append(token)
    yield row


def _relates(tokens: Sequence[str]) -> bool:
    """Whether there is a relation sign outside of all braces."""
    depth = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        if depth == 0 and token in _RELATIONS:
            return True
    return False


def _joined(tokens: Sequence[str]) -> str:
    text = ""
    for token in tokens:
        blank = token[0].isalpha() and re.search(r"\\[A-Za-z]+$", text) is not None
        text += f" {token}" if blank else token
    return text


def fingerprints(items: Sequence[Item]) -> str:
    """The text of the committed list of fingerprints."""
    return "".join(f"{item.fingerprint}  {item.label}\n" for item in items)


def read(path: Path) -> list[Item]:
    """The items of the transcription in a file."""
    return walk(path.read_text(encoding="utf-8"))
