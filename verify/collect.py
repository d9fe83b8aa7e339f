"""From what a user selects (ids, globs, files, packages) to claims, found by import."""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import importlib
import importlib.util
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from verify.errors import InputError

if TYPE_CHECKING:
    from verify.statement.claim import Claim

#: The package that ships with the toolkit, taken where a folder has no claims of its own.
SHIPPED = "claims.sam_normalization"

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@dataclass(frozen=True)
class Module:
    """One file of claims (a package counts as its ``__init__.py``)."""

    name: str
    path: Path
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Package:
    """A file, a package or a folder of claims; ``digest`` is that of its source text."""

    name: str
    path: Path
    modules: tuple[Module, ...]
    digest: str

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim of it, in order of definition."""
        return tuple(claim for module in self.modules for claim in module.claims)


@dataclass(frozen=True)
class Selection:
    """The claims that were selected, and the packages that they come from.

    Attributes:
        named: by the path of a package that was selected by its place, the words that name it.
        start: the folder from which that was.
    """

    claims: tuple[Claim, ...]
    packages: tuple[Package, ...]
    named: Mapping[Path, str]
    start: Path

    @property
    def universe(self) -> tuple[Claim, ...]:
        """Every claim of the packages."""
        return tuple(claim for package in self.packages for claim in package.claims)

    def address(self, claim: Claim) -> str:
        """What names the claim on the command line: its id, or ``PACKAGE:ID`` if it is none of the project's claims."""
        own: list[Claim] = []
        with contextlib.suppress(InputError):
            own = [other for place in default_packages(self.start) for other in load(place).claims]
        if not any(other.id == claim.id and other.fingerprint == claim.fingerprint for other in own):
            for package in self.packages:
                if package.path in self.named and claim in package.claims:
                    return f"{self.named[package.path]}:{claim.id}"
        return claim.id

    @property
    def digest(self) -> str:
        """A digest of the source text of all packages."""
        return hashlib.sha256("\n".join(package.digest for package in self.packages).encode()).hexdigest()


def project_root(start: Path | None = None) -> Path:
    """The folder of the nearest ``pyproject.toml`` at or above ``start``, else ``start`` itself."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            return folder
    return here


def collect(selects: Sequence[str] = (), start: Path | None = None) -> Selection:
    """The claims that ``selects`` name; all claims of the project at ``start`` if it is empty.

    Args:
        selects: ids, globs, paths to files or packages, or ``PACKAGE:ID``.
        start: the folder to look from; the working directory if None.

    Raises:
        InputError: nothing matches, a file has no claims or cannot be imported, an id is used twice, or a claim uses
            an unknown one.
    """
    start = (start or Path.cwd()).resolve()
    packages: dict[Path, Package] = {}
    chosen: dict[int, Claim] = {}
    named: dict[Path, str] = {}
    for select in selects or ("",):
        found, claims, name = _select(select, start)
        packages.update({package.path: package for package in found})
        chosen.update({id(claim): claim for claim in claims})
        if name is not None:
            named.update({package.path: name for package in found})
    selection = Selection(tuple(chosen.values()), tuple(packages.values()), named, start)
    _require_unique(selection.packages)
    for package in selection.packages:
        _require_known_uses(package)
    return selection


def find_claim(select: str, start: Path | None = None) -> Claim:
    """The one claim that an id (or ``PACKAGE:ID``) names.

    Raises:
        InputError: there is none, or the text names several.
    """
    claims = collect([select], start).claims
    if len(claims) > 1:
        shown = ", ".join(claim.id for claim in claims[:3])
        raise InputError(f"{select!r} names {len(claims)} claims ({shown}, ...); give the id of one")
    return claims[0]


def default_packages(start: Path | None = None) -> list[Path]:
    """Where the claims of the project at ``start`` are: files, packages or folders.

    Raises:
        InputError: pyproject.toml is malformed or names something that is not there, or there are no claims at all.
    """
    start = (start or Path.cwd()).resolve()
    root = project_root(start)
    named = _configured(root)
    if named is not None:
        return [locate(name, root) for name in named]
    for folder in dict.fromkeys((start, root)):
        if (folder / "claims").is_dir() and any((folder / "claims").rglob("*.py")):
            return [folder / "claims"]
    with contextlib.suppress(InputError):
        return [locate(SHIPPED, root)]
    raise InputError(
        f"there are no claims in {start}: write them to a file in {start / 'claims'}, or name their packages in "
        'pyproject.toml as [tool.verify] claims = ["my_claims"]'
    )


def locate(name: str, root: Path) -> Path:
    """Where the package (or file) of claims is that a path or a dotted name stands for.

    Raises:
        InputError: it does not exist.
    """
    for candidate in (root / name, root / name.replace(".", "/"), root / (name.replace(".", "/") + ".py")):
        if candidate.exists() and (candidate.is_dir() or candidate.suffix == ".py"):
            return candidate.resolve()
    if _DOTTED.fullmatch(name):
        with contextlib.suppress(ImportError, ValueError):
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin is not None and spec.origin.endswith(".py"):
                origin = Path(spec.origin).resolve()
                return origin.parent if origin.name == "__init__.py" else origin
    raise InputError(f"there is no package or file of claims {name!r} (looked from {root})")


def claims_files(place: Path) -> list[Path]:
    """The files that stand for a file, a package (its ``__init__.py``) or a folder of claims; none is imported."""
    return _files(place.resolve())


def load(path: Path) -> Package:
    """The claims of a file, a package or a folder.

    Raises:
        InputError: it does not exist, holds no claim, or raises when it is imported.
    """
    path = path.resolve()
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if path.is_file() and path.suffix != ".py":
        raise InputError(f"{path} is no file of claims: it must be a .py file, or a folder that holds some")
    digest = _source_digest(path)
    known = _loaded.get(path)
    if known is not None and known.digest == digest:
        return known
    with _importing(path):
        modules = [_module(file) for file in _files(path)]
        if path.is_dir() and (path / "__init__.py").is_file() and not modules[0].claims:
            modules = [_module(file) for file in _files(path, inside=True)]
    modules = [module for module in _without_repeats(modules) if module.claims]
    if not modules:
        raise InputError(f"{path} holds no claim: bind a Claim to a name there, or list them as CLAIMS = [...]")
    package = Package(path.stem, path, tuple(modules), digest)
    _loaded[path] = package
    return package


_loaded: dict[Path, Package] = {}


# --- selecting ------------------------------------------------------------------------------------------------------


def _select(select: str, start: Path) -> tuple[list[Package], tuple[Claim, ...], str | None]:
    """The packages, the claims of them, and the name of a package that was selected by its place."""
    if not select:
        packages = [load(path) for path in default_packages(start)]
        return packages, tuple(claim for package in packages for claim in package.claims), None
    head, colon, tail = select.rpartition(":")
    if colon and head and tail:
        package = load(locate(head, start))
        return [package], _matching(tail, [package]), head
    if select.endswith(".py") or select.startswith((".", "/", "~")):
        package = load(start / Path(select).expanduser())
        near = package.path.is_relative_to(start)
        return [package], package.claims, str(package.path.relative_to(start) if near else package.path)
    return _by_id_or_place(select, start)


def _by_id_or_place(select: str, start: Path) -> tuple[list[Package], tuple[Claim, ...], str | None]:
    """An id or a glob of the project's claims; failing that, the place of a package."""
    place: Path | None = None
    if (start / select).exists() or _DOTTED.fullmatch(select):
        with contextlib.suppress(InputError):
            place = locate(select, start)
    try:
        packages = [load(path) for path in default_packages(start)]
        return packages, _matching(select, packages), None
    except InputError:
        if place is None:
            raise
    package = load(place)
    return [package], package.claims, select


def _matching(pattern: str, packages: Sequence[Package]) -> tuple[Claim, ...]:
    from verify.statement.loss_text import nearest

    claims = [claim for package in packages for claim in package.claims]
    found = [claim for claim in claims if claim.id == pattern]
    if not found and any(character in pattern for character in "*?["):
        found = [claim for claim in claims if fnmatch.fnmatchcase(claim.id, pattern)]
        if not found:
            raise InputError(f"no claim matches {pattern!r}; 'verify list' names them all")
    if not found:
        raise InputError(f"unknown claim {pattern!r}{nearest(pattern, [claim.id for claim in claims])}")
    return tuple(found)


def _configured(root: Path) -> list[str] | None:
    """What ``[tool.verify] claims`` of a pyproject.toml lists, None where it says nothing."""
    file = root / "pyproject.toml"
    if not file.is_file():
        return None
    try:
        table: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
        raise InputError(f"{file} cannot be read: {reason}") from None
    for key in ("tool", "verify", "claims"):
        table = table.get(key) if isinstance(table, dict) else None
    if table is None:
        return None
    if not isinstance(table, list) or not all(isinstance(entry, str) for entry in table):
        raise InputError(f'{file}: [tool.verify] claims must be a list of names, such as ["my_claims"]')
    return table


# --- refusing -------------------------------------------------------------------------------------------------------


def _require_unique(packages: Iterable[Package]) -> None:
    first: dict[str, tuple[Module, Claim]] = {}
    for package in packages:
        for module in package.modules:
            for claim in module.claims:
                where, other = first.setdefault(claim.id, (module, claim))
                if other is claim:
                    continue
                places = f"both in {module.path}" if where is module else f"in {where.path} and in {module.path}"
                raise InputError(f"the id {claim.id!r} is used twice, {places}; rename one of the claims")


def _require_known_uses(package: Package) -> None:
    from verify.statement.loss_text import nearest

    known = {claim.id for claim in package.claims}
    for claim in package.claims:
        for use in claim.uses:
            if use not in known and use not in (around := known | _ids_around(package.path)):
                close = nearest(str(use), around)
                raise InputError(f"claim {claim.id} uses {use!r}, which is no claim of {package.name}{close}")


def _ids_around(path: Path) -> set[str]:
    """The ids of the package that a single file stands in."""
    folder = path.parent
    if path.is_dir() or not (folder / "__init__.py").is_file():
        return set()
    try:
        return {claim.id for claim in load(folder).claims}
    except InputError:
        return set()


# --- importing ------------------------------------------------------------------------------------------------------


def _files(path: Path, *, inside: bool = False) -> list[Path]:
    """The files to import: the file, the package's ``__init__.py``, or what a folder (``inside``: a package) holds."""
    if path.is_file():
        return [path]
    if (path / "__init__.py").is_file() and not inside:
        return [path / "__init__.py"]
    files: list[Path] = []
    for entry in sorted(path.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir() and (entry / "__init__.py").is_file():
            files.append(entry / "__init__.py")
        elif entry.is_file() and entry.suffix == ".py":
            files.append(entry)
    return files


def _module(file: Path) -> Module:
    module = _imported(file)
    name = file.parent.name if file.name == "__init__.py" else file.stem
    return Module(name, file, _claims_of(module, file))


def imported(module: Module) -> ModuleType:
    """The Python module of a file of claims, which is loaded already."""
    return _imported(module.path)


def _claims_of(module: ModuleType, file: Path) -> tuple[Claim, ...]:
    from verify.statement.claim import Claim

    listed = getattr(module, "CLAIMS", None)
    if listed is None:
        listed = [value for name, value in vars(module).items() if isinstance(value, Claim)]
    elif not isinstance(listed, list | tuple) or not all(isinstance(entry, Claim) for entry in listed):
        raise InputError(f"{file}: CLAIMS must be a list of Claim objects")
    return tuple({id(claim): claim for claim in listed}.values())


def _without_repeats(modules: Iterable[Module]) -> Iterator[Module]:
    """A claim that one file imports from another counts for the first of them only."""
    seen: set[int] = set()
    for module in modules:
        fresh = tuple(claim for claim in module.claims if id(claim) not in seen)
        seen.update(map(id, fresh))
        yield Module(module.name, module.path, fresh)


def _imported(file: Path) -> ModuleType:
    """The module of a file: by its own dotted name where that leads to this file, else by a private one."""
    root, dotted = _dotted_name(file)
    is_package = file.name == "__init__.py"
    if "." in dotted or is_package:
        _extend(dotted.partition(".")[0], root)
        origin = _attempt(file, lambda: _origin(dotted))
        if origin == file:
            module: ModuleType = _attempt(file, lambda: importlib.import_module(dotted))
            return module
    elif _is_from(sys.modules.get(dotted), file):
        return sys.modules[dotted]
    private = f"_claims_{hashlib.sha256(str(file).encode()).hexdigest()[:12]}_{_source_digest(file)[:12]}"
    spec = importlib.util.spec_from_file_location(
        private, file, submodule_search_locations=[str(file.parent)] if is_package else None
    )
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[private] = found
    if not is_package and "." not in dotted:
        sys.modules.setdefault(dotted, found)  # so that a sibling that imports it meets the same claims
    try:
        _attempt(file, lambda: spec.loader.exec_module(found) if spec.loader else None)
    except InputError:
        del sys.modules[private]
        raise
    return found


def _dotted_name(file: Path) -> tuple[Path, str]:
    """The folder that has to be on the path, and the module's name from there."""
    names = [] if file.name == "__init__.py" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").is_file():
        names.append(folder.name)
        folder = folder.parent
    return folder, ".".join(reversed(names))


def _origin(dotted: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(dotted)
    except (ModuleNotFoundError, ValueError):
        return None
    return Path(spec.origin).resolve() if spec is not None and spec.origin is not None else None


def _extend(top: str, root: Path) -> None:
    """Let a package ``claims`` of the user's be found beside the one of the same name that ships with the toolkit."""
    places = ((top, root / top), (root.name, root))
    for name, folder in places:
        search = getattr(sys.modules.get(name), "__path__", None)
        if isinstance(search, list) and str(folder) not in search and folder.is_dir():
            search.append(str(folder))


def _is_from(module: ModuleType | None, file: Path) -> bool:
    place = getattr(module, "__file__", None)
    return place is not None and Path(place).resolve() == file


@contextlib.contextmanager
def _importing(path: Path) -> Iterator[None]:
    """The folders of ``path`` on ``sys.path``; afterwards neither they nor the bare names of its files are left."""
    folder = path if path.is_dir() else path.parent
    roots = [str(_dotted_name(file)[0]) for file in _files(path)] or [str(folder)]
    before, path_before = set(sys.modules), list(sys.path)
    sys.path[:0] = list(dict.fromkeys((*roots, str(folder), str(folder.parent))))
    importlib.invalidate_caches()
    with contextlib.suppress(ImportError):
        importlib.import_module("claims")
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what a file prints must not get into --json
            yield
    finally:
        sys.path[:] = path_before
        for name in set(sys.modules) - before:
            place = getattr(sys.modules[name], "__file__", None)
            if "." in name or name.startswith("_claims_") or place is None:
                continue
            if Path(place).resolve().parent == folder and Path(place).name != "__init__.py":
                del sys.modules[name]


def _attempt(file: Path, action: Callable[[], Any]) -> Any:
    """Run code of a claims file; whatever it raises becomes one sentence with the file and the line.

    Raises:
        InputError: it raised.
    """
    try:
        return action()
    except SyntaxError as reason:
        where = f"{reason.filename or file}, line {reason.lineno}"
        raise InputError(f"{where}: the file of claims is no valid Python ({reason.msg})") from None
    except (Exception, SystemExit) as reason:  # any exception of the user's code is theirs to mend, not ours to trace
        frames = [frame for frame in traceback.extract_tb(reason.__traceback__) if _is_users(frame.filename, file)]
        where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else str(file)
        what = " ".join(str(reason).split())
        raise InputError(f"{where}: importing the claims raised {type(reason).__name__}: {what}") from None


def _is_users(filename: str, file: Path) -> bool:
    place, (root, dotted) = Path(filename).resolve(), _dotted_name(file)
    folder = root / dotted.partition(".")[0] if "." in dotted or file.name == "__init__.py" else root
    return place.is_relative_to(folder) and not place.is_relative_to(Path(__file__).resolve().parent)


def _source_digest(path: Path) -> str:
    digest = hashlib.sha256()
    folder = path if path.is_dir() else path.parent
    for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
