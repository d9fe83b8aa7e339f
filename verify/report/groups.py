"""Which claims stand on a page together: those of one module, under the first line of its docstring."""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from verify.collect import Module, Package
from verify.statement.claim import Claim


@dataclass(frozen=True)
class Group:
    """Claims that a module lists.

    Attributes:
        name: one word, the stem of the page's file.
        title: for the reader.
        ids: the claims, in the order of the module.
    """

    name: str
    title: str
    ids: tuple[str, ...]


def groups_of(packages: Sequence[Package]) -> list[Group]:
    """A group for each module that lists claims; a package's own list is divided among its modules."""
    found: list[Group] = []
    taken: set[str] = set()
    for package in packages:
        for name, path, claims in _homes(package):
            stem = _free_name(name, package.name, taken)
            taken.add(stem)
            found.append(Group(stem, _title(path, name), tuple(claim.id for claim in claims)))
    return found


def _homes(package: Package) -> Iterator[tuple[str, Path, list[Claim]]]:
    for module in package.modules:
        left = {id(claim): claim for claim in module.claims}
        if module.path.name == "__init__.py":
            for path, listed in _parts(module):
                here = [left.pop(id(claim)) for claim in listed if id(claim) in left]
                if here:
                    inside = path.relative_to(module.path.parent).with_suffix("")
                    yield "-".join(inside.parts), path, here
        if left:
            name = module.path.parent.name if module.path.name == "__init__.py" else module.path.stem
            yield name, module.path, list(left.values())


def _parts(package: Module) -> list[tuple[Path, list[Claim]]]:
    """The modules inside a package with the claims that they list; those that list none but hold some come last.

    A module without a list holds also what it imports from others, so that a list decides first.
    """
    listing: list[tuple[Path, list[Claim]]] = []
    holding: list[tuple[Path, list[Claim]]] = []
    for path, module in _imported_below(package.path.parent):
        listed = vars(module).get("CLAIMS")
        if isinstance(listed, list | tuple):
            listing.append((path, [entry for entry in listed if isinstance(entry, Claim)]))
        else:
            holding.append((path, [value for value in vars(module).values() if isinstance(value, Claim)]))
    return listing + holding


def _imported_below(folder: Path) -> Iterable[tuple[Path, ModuleType]]:
    found: dict[Path, ModuleType] = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            path = Path(file).resolve()
            if path.is_relative_to(folder) and path.name != "__init__.py":
                found.setdefault(path, module)
    return sorted(found.items())


def _free_name(name: str, package: str, taken: set[str]) -> str:
    stem = name if name not in taken else f"{package}-{name}"
    number = 2
    while stem in taken:
        stem, number = f"{package}-{name}-{number}", number + 1
    return stem


def _title(path: Path, name: str) -> str:
    """The first line of a module's docstring without its full stop, or its name."""
    text: str | None = None
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    line = text.strip().split("\n")[0].strip() if text and text.strip() else ""
    return line.rstrip(".") or name.replace("_", " ")
