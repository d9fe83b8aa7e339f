"""Pages of the report: what each is called, links from one to another, and how long one may become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from verify.report.evidence import MOST_LINES, shortened
from verify.report.groups import Group
from verify.report.view import View

REPORT, ERRATA = "REPORT.md", "ERRATA.md"
#: Where the pages of statements are, from the report's folder.
FOLDER = "statements"
#: GitHub shows pages up to half a megabyte.
LONGEST_PAGE = 480_000
#: Lines of an obligation of a claim, and of a step, from the most to the least; -1 leaves the obligations out.
DETAIL = ((MOST_LINES, MOST_LINES), (MOST_LINES, 4), (12, -1), (4, -1), (0, -1), (-1, -1))


@dataclass(frozen=True)
class Page:
    """A page of statements: its path from the report's folder, its title, and the claims of their own on it."""

    path: str
    title: str
    views: tuple[View, ...]

    @property
    def everything(self) -> list[View]:
        """The claims of their own, each followed by its steps and by what else stands under it."""
        return [view for top in self.views for view in (top, *top.steps, *top.others)]


def arranged(views: Sequence[View], groups: Sequence[Group]) -> list[Page]:
    """A page for each group, by its first claim in the order of the paper; claims of no group have one of their own."""
    places = {name: group for group in groups for name in group.ids}
    taken = {group.name for group in groups}
    rest = Group(
        next(name for name in ("others", "other-statements", "_others") if name not in taken), "Statements", ()
    )
    found: dict[str, list[View]] = {}
    titles = {group.name: group.title for group in (rest, *groups)}
    for view in views:
        found.setdefault(places.get(view.id, rest).name, []).append(view)
    return [Page(f"{FOLDER}/{name}.md", titles[name], tuple(members)) for name, members in found.items()]


def bearable(pages: Sequence[Page], render: Callable[[Page, Sequence[Page]], str]) -> list[tuple[Page, str]]:
    """The pages with their texts, each of a length that a browser or GitHub bears.

    Where one is longer it shows less of the certificates, and where that is not enough it is divided.

    Args:
        render: the text of one page among all of them.
    """
    parts = [[page.views] for page in pages]
    while True:
        numbered = _numbered(pages, parts)
        shown = [(page, _shown_in_part(page, numbered, render)) for page in numbered]
        long = {page.views[0].id for page, text in shown if _too_long(text) and len(page.views) > 1}
        if not long:
            return shown
        parts = [
            [half for views in of_page for half in (_halves(views) if views[0].id in long else (views,))]
            for of_page in parts
        ]


def _numbered(pages: Sequence[Page], parts: Sequence[Sequence[tuple[View, ...]]]) -> list[Page]:
    """The pages, and in place of one that is divided its parts, numbered; no two have the same path."""
    taken = {page.path for page in pages}
    found = []
    for page, of_page in zip(pages, parts, strict=True):
        if len(of_page) == 1:
            found.append(page)
            continue
        for number, views in enumerate(of_page, start=1):
            stem = f"{page.path.removesuffix('.md')}-{number}"
            while f"{stem}.md" in taken:
                stem += "-part"
            taken.add(f"{stem}.md")
            found.append(Page(f"{stem}.md", f"{page.title} ({number})", views))
    return found


def _shown_in_part(page: Page, pages: Sequence[Page], render: Callable[[Page, Sequence[Page]], str]) -> str:
    full = [(view, view.full_arguments) for view in page.everything]
    text = ""
    for of_claims, of_steps in DETAIL:
        for view, arguments in full:
            most = of_steps if view.claim.kind == "step" else of_claims
            view.arguments = tuple(shortened(argument, most) for argument in arguments)
        text = render(page, pages)
        if not _too_long(text):
            break
    return text


def _too_long(text: str) -> bool:
    return len(text.encode()) > LONGEST_PAGE


def _halves(views: tuple[View, ...]) -> tuple[tuple[View, ...], tuple[View, ...]]:
    """Two parts of about as many claims each."""
    sizes = [1 + len(view.steps) + len(view.others) for view in views]
    cut = min(range(1, len(sizes)), key=lambda place: abs(sum(sizes[:place]) - sum(sizes[place:])))
    return views[:cut], views[cut:]


# --- links ------------------------------------------------------------------------------------------------------------

_TARGET = re.compile(r"\]\((#|/)([^()\s]*)\)")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')


def anchors(text: str) -> Iterable[str]:
    """The anchors that a page sets."""
    return _ANCHOR.findall(text)


def resolved(text: str, path: str, home: Mapping[str, str]) -> str:
    """A page with its links made relative to it.

    In the text ``#anchor`` leads to that anchor on whichever page has it, and ``/path`` starts at the report's folder.

    Args:
        path: the page's own, from the report's folder.
        home: the page of each anchor.
    """
    up = "../" * path.count("/")

    def target(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "#":
            there = home.get(name, path)
            return match[0] if there == path else f"]({up}{there}#{name})"
        return f"]({up}{name})"

    lines = []
    fenced = False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        lines.append(line if fenced else _TARGET.sub(target, line))
    return "\n".join(lines)


def tidied(text: str) -> str:
    """No more than one empty line in a row, no spaces at the ends, one newline at the end."""
    lines: list[str] = []
    fenced = False
    for line in (entry.rstrip() for entry in text.split("\n")):
        if line.startswith("```"):
            fenced = not fenced
        if line or fenced or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"
