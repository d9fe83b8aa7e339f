"""Links: every one of every page leads to an anchor or a file that is there, whichever page it is on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from claims.sam_normalization import CLAIMS
from verify.report import write
from verify.report.groups import Group
from verify.report.pages import LONGEST_PAGE, resolved

ROOT = Path(__file__).resolve().parents[2]


def _outside_fences(page: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", page, flags=re.DOTALL | re.MULTILINE)


def _anchors(page: str) -> list[str]:
    """What a link may lead to on a page: what it sets itself, and the headings as GitHub names them."""
    text = _outside_fences(page)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    named = [re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings]
    return re.findall(r'<a id="([^"]+)">', text) + named


def _dead_links(files: list[Path], elsewhere: tuple[str, ...] = ()) -> list[str]:
    """The links of the pages among the files that lead nowhere; ``elsewhere`` are folders that are not looked into."""
    pages = {path.resolve(): path.read_text() for path in files if path.suffix == ".md"}
    dead = []
    for path, page in pages.items():
        for target in re.findall(r"\]\(([^()\s]+)\)", _outside_fences(page)):
            name, _, anchor = target.partition("#")
            there = (path.parent / name).resolve() if name else path
            known = there.parent.name in elsewhere or there.is_file()
            if not known or (anchor and anchor not in _anchors(pages.get(there, ""))):
                dead.append(f"{path.name}: {target}")
    return dead


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "PAGE.md"
    page.write_text(
        '# A title\n\n<a id="here"></a> [1](#here) [2](#a-title) [3](#gone) [4](other.md) [5](PAGE.md#gone)\n'
    )
    assert _dead_links([page]) == ["PAGE.md: #gone", "PAGE.md: other.md", "PAGE.md: PAGE.md#gone"]


def test_every_link_of_every_page_leads_somewhere(written: list[Path], groups: list[Group]) -> None:
    pages = [path for path in written if path.suffix == ".md"]
    assert {path.name for path in pages} >= {"REPORT.md", "ERRATA.md", "stability.md", "pl.md"}
    assert len(pages) > len(groups)
    assert _dead_links(written, elsewhere=("certificates",)) == []
    assert all("](" in path.read_text() for path in pages)


def test_every_link_of_the_report_of_the_committed_ledger_leads_somewhere(committed: list[Path]) -> None:
    assert "(../docs/trust.md)" in committed[0].read_text()
    assert _dead_links(committed, elsewhere=("certificates",)) == []
    for path in committed:
        if path.suffix == ".md":
            for target in re.findall(r"\]\([./]*(certificates/[^)]+)\)", path.read_text()):
                assert (ROOT / "reports" / target).is_file(), target


def test_every_page_of_the_committed_ledgers_report_is_short_enough_to_be_shown(committed: list[Path]) -> None:
    pages = [path for path in committed if path.suffix == ".md"]
    assert len(pages) > 6
    for path in pages:
        assert path.stat().st_size <= LONGEST_PAGE, path.name


def test_anchors_are_set_once_on_a_page(written: list[Path]) -> None:
    for path in written:
        if path.suffix == ".md":
            found = re.findall(r'<a id="([^"]+)">', path.read_text())
            assert len(found) == len(set(found)), path.name


def test_links_still_lead_somewhere_when_pages_are_divided(
    tmp_path: Path, ledger: dict[str, Any], groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.report.pages.LONGEST_PAGE", 9_000)
    names = ("lemma-9", "theorem-8", "theorem-48", "lemma-49")
    claims = [claim for claim in CLAIMS if claim.id.partition("/")[0] in names]
    written = write(tmp_path, claims, ledger, {}, groups)
    pages = {path.stem: path.read_text() for path in written if path.parent.name == "statements"}
    assert set(pages) == {"stability-1", "stability-2", "pl-1", "pl-2"}
    assert "](../statements/stability-2.md#claim-lemma-9)" in pages["stability-1"]
    assert _dead_links(written, elsewhere=("certificates",)) == []


def test_a_link_is_made_relative_to_its_page() -> None:
    text = "[a](#here) [b](#there) [c](/figures/x.svg) [d](https://e.org/#f)\n```\n[e](#there)\n```"
    home = {"here": "statements/one.md", "there": "REPORT.md"}
    expected = "[a](#here) [b](../REPORT.md#there) [c](../figures/x.svg) [d](https://e.org/#f)\n```\n[e](#there)\n```"
    assert resolved(text, "statements/one.md", home) == expected
    assert resolved("[a](#here) [c](/figures/x.svg)", "REPORT.md", home) == (
        "[a](statements/one.md#here) [c](figures/x.svg)"
    )
