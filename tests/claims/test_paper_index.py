"""The index of the paper: all that it prints apart from its text, in order, and the claims that encode each of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claims.sam_normalization import CLAIMS
from tests.claims.paper_walk import Item, fingerprints, read, walk
from tests.conftest import ROOT

HERE = Path(__file__).parent
INDEX: list[dict[str, Any]] = json.loads((HERE / "paper_index.json").read_text(encoding="utf-8"))
#: The digests of what the paper prints, by ``fingerprints(read(PAPER.md))``.
FINGERPRINTS = (HERE / "paper_fingerprints.txt").read_text()
STATEMENTS = (HERE / "statements.txt").read_text().split()
#: Why a line needs no claim of its own, and how many there are of each.
EXCEPTIONS = {"definition": 11, "assumption": 1}


def _entries() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line of a display, each statement without one, with where it stands."""
    for item in INDEX:
        for number, line in enumerate(item.get("lines", [item]), start=1):
            where = f"{item['item']}, {item['place']}"
            yield (f"line {number} of {where}" if "lines" in item else where), line


def _ids() -> list[str]:
    return [name for _, entry in _entries() for name in entry.get("claims", [])]


def _steps() -> dict[str, list[str]]:
    """The step claims of the index by parent, in order of print."""
    steps: dict[str, list[str]] = {}
    for name in _ids():
        parent, slash, _ = name.partition("/step-")
        if slash:
            steps.setdefault(parent, []).append(name)
    return steps


# --- the index and the claims ---------------------------------------------------------------------------------------


def test_everything_printed_has_a_claim() -> None:
    known = {claim.id for claim in CLAIMS}
    missing = list(dict.fromkeys(name for name in _ids() if name not in known))
    assert not missing, f"{len(missing)} claims of the index are missing: {' '.join(missing)}"


def test_what_has_no_claim_is_a_definition_or_an_assumption() -> None:
    reasons = []
    for where, entry in _entries():
        assert ("except" in entry) != bool(entry.get("claims")), f"{where} needs claims or a reason"
        reasons += [entry["except"]] if "except" in entry else []
    assert {reason: reasons.count(reason) for reason in reasons} == EXCEPTIONS


def test_every_statement_has_its_place_in_the_index() -> None:
    missing = [name for name in STATEMENTS if name not in set(_ids())]
    assert not missing, f"statements without a place in the index: {' '.join(missing)}"
    strange = [name for name in _ids() if name.partition("/")[0] not in STATEMENTS]
    assert not strange, f"claims of the index that are under no statement: {' '.join(strange)}"


def test_every_step_claim_is_a_displayed_line() -> None:
    in_index = {name for names in _steps().values() for name in names}
    strange = [claim.id for claim in CLAIMS if claim.kind == "step" and claim.id not in in_index]
    assert not strange, f"step claims that are no displayed line: {' '.join(strange)}"


def test_the_steps_of_a_proof_are_numbered_in_order_of_print() -> None:
    for parent, steps in _steps().items():
        assert steps == [f"{parent}/step-{number}" for number in range(1, len(steps) + 1)]


def test_a_step_stands_in_the_proof_of_its_parent() -> None:
    for item in INDEX:
        proved = item["place"].partition("proof of ")[2].lower().replace(" ", "-")
        for line in item.get("lines", []):
            for name in line.get("claims", []):
                parent, slash, _ = name.partition("/step-")
                assert not slash or (proved and re.fullmatch(rf"{proved}(\.\w+)?", parent)), f"{name}: {item['place']}"


# --- the index and the paper ----------------------------------------------------------------------------------------


def _items() -> list[Item]:
    """What the index says that the paper prints apart from its text."""
    return [
        Item(item["item"], item["place"], tuple(line["latex"] for line in item.get("lines", [])))
        for item in INDEX
        if item["item"] != "text"
    ]


def _paper() -> Path | None:
    """The file of the paper, which is no part of the repository; where VERIFY_PAPER names one, it has to be there."""
    named = os.environ.get("VERIFY_PAPER")
    place = Path(named) if named else ROOT.parent / "shared" / "PAPER.md"
    return place if named or place.exists() else None


def test_the_index_lists_what_the_paper_prints() -> None:
    assert fingerprints(_items()) == FINGERPRINTS
    paper = _paper()
    if paper is not None:
        printed = read(paper)
        assert printed == _items()
        assert fingerprints(printed) == FINGERPRINTS


# --- the walk through a paper ---------------------------------------------------------------------------------------

PAPER = r"""
# 1 Basics

**Theorem 1** (Name). *It holds that*

$$a \leq b, \quad \text{where } b > 0. \quad (1)$$

<sup>1</sup>A note.

*Proof Sketch.* See **Lemma 2**. $\square$

## B.2 More

**Theorem 1** is quoted here. Figure 7 too.

Figure 7: What is seen.

*Proof.* First a claim.

**Claim 3.** It is small.

*Proof.* Put

$$\begin{aligned} a &= \left( \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} + \sum_{k=0}^t c \right) \\
&\quad + d \\
&\stackrel{(a)}{\geq} \text{sign}(x). \end{aligned} \tag{12}$$

 $\square$

So

$$f(2)$$

follows.  $\square$
"""


def test_a_walk_finds_statements_notes_figures_and_displays_with_their_places() -> None:
    assert [(item.label, item.place) for item in walk(PAPER)] == [
        ("Theorem 1", "Section 1"),
        ("eq. (1)", "Section 1"),
        ("Footnote 1", "Section 1"),
        ("Theorem 1", "Appendix B.2"),
        ("Figure 7", "Appendix B.2"),
        ("Claim 3", "Appendix B.2, proof of Theorem 1"),
        ("eq. (12)", "Appendix B.2, proof of Claim 3"),
        ("display", "Appendix B.2, proof of Theorem 1"),
    ]


def test_a_display_has_a_line_for_each_row_with_a_relation_sign() -> None:
    displays = [item.lines for item in walk(PAPER) if item.lines]
    assert displays == [
        (r"a\leq b,b>0",),
        (r"a=(\begin{bmatrix}1&2\\3&4\end{bmatrix}+\sum_{k=0}^tc)+d", r"\geq\text{sign}(x)"),
        ("f(2)",),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        PAPER.replace(r"a \leq b", r"a < b"),
        PAPER.replace("(1)$$", "(2)$$"),
        PAPER.replace("**Claim 3.**", "**Claim 4.**"),
        PAPER.replace("## B.2 More", "## B.3 More"),
        PAPER.replace("<sup>1</sup>A note.", ""),
        PAPER.replace("$$f(2)$$", ""),
    ],
)
def test_a_fingerprint_tells_what_was_changed(changed: str) -> None:
    assert fingerprints(walk(changed)) != fingerprints(walk(PAPER))


def test_layout_and_words_change_no_fingerprint() -> None:
    plain = PAPER.replace(r"\left(", "(").replace(r"\right)", ")").replace(r"\text{where } ", "").replace("&= ", "=\n")
    assert plain != PAPER
    assert fingerprints(walk(plain)) == fingerprints(walk(PAPER))


@pytest.mark.parametrize(
    ("paper", "message"), [(PAPER + r"$\square$", "has not begun"), (PAPER + "*Proof.* And so on", "never ends")]
)
def test_an_unbalanced_proof_is_refused(paper: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        walk(paper)
