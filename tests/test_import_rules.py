"""Which room imports which (DESIGN.md, section 8), and how little a start loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import verify

PACKAGE = Path(verify.__file__).parent
ROOT = PACKAGE.parent

#: Modules without imports of their own, or the shapes of the ledger: used by all.
LEAVES = {"verify", "verify.errors", "verify.result"}
STATEMENT = {"verify.statement"}
LOWERING = STATEMENT | {"verify.lowering"}
TRAJECTORY = LOWERING | {"verify.trajectory"}
KERNEL = STATEMENT | {"verify.lowering.exact", "verify.lowering.ball", "verify.lowering.gram", "verify.trajectory"}
#: What exact and ball arithmetic are interpreted with.
KERNEL |= {"verify.lowering.interpret"}
ENGINES = TRAJECTORY | {"verify.kernel"}
#: What each room may import besides itself; a room of the last line may import everything.
ALLOWED = {
    "verify.statement": STATEMENT,
    "verify.lowering": LOWERING,
    "verify.trajectory": TRAJECTORY,
    "verify.kernel": KERNEL,
    "verify.search": ENGINES,
    "verify.proof": ENGINES,
    "verify.point": ENGINES,
    "verify.coq": STATEMENT | {"verify.kernel", "verify.ledger"},
    "verify.decide": ENGINES | {"verify.search", "verify.proof"},
    "verify.collect": STATEMENT,
    "verify.ledger": STATEMENT,
    # An experiment is no verdict: it knows nothing of search, proof and the kernel.
    "verify.experiments": STATEMENT | {"verify.collect", "verify.ledger", "verify.console", "verify.style"},
}


def imported_modules(path: Path) -> set[str]:
    """Every module that a file imports, inside functions too, but not for type checkers only."""
    tree = ast.parse(path.read_text())
    skipped = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for child in ast.walk(statement)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            found.add(str(node.module))
            found.update(
                f"{node.module}.{alias.name}" for alias in node.names if is_module(f"{node.module}.{alias.name}")
            )
    return found


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def room_of(path: Path) -> str | None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return next((room for room in ALLOWED if name == room or name.startswith(room + ".")), None)


def within(module: str, rooms: set[str]) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def forbidden(path: Path) -> list[str]:
    room = room_of(path)
    own = {module for module in imported_modules(path) if module == "verify" or module.startswith("verify.")}
    if room is None:
        return []
    packages = {
        str(parent).replace("/", ".") for name in ALLOWED[room] for parent in Path(name.replace(".", "/")).parents
    }
    allowed = ALLOWED[room] | {room}
    return sorted(m for m in own if not within(m, allowed) and m not in LEAVES and m not in packages)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_the_design_allows(path: Path) -> None:
    assert forbidden(path) == []


def test_the_rule_sees_a_forbidden_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[__name__]
    monkeypatch.setattr(module, "ROOT", tmp_path)
    path = tmp_path / "verify" / "statement" / "bad.py"
    path.parent.mkdir(parents=True)
    path.write_text("def f():\n    from verify.search.run import search\n")
    assert forbidden(path) == ["verify.search.run"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_toolkit_knows_no_optimizer_and_no_paper(path: Path) -> None:
    assert not [module for module in imported_modules(path) if within(module, {"claims"})]


@pytest.mark.parametrize("path", sorted((ROOT / "verify" / "kernel").rglob("*.py")), ids=lambda path: path.name)
def test_the_kernel_runs_no_code_that_a_certificate_names(path: Path) -> None:
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    calls = {ast.unparse(node.func).rpartition(".")[2] for node in nodes}
    assert not calls & {"eval", "exec", "__import__", "import_module", "parse_expr", "loads"}
    assert not imported_modules(path) & {"pickle", "importlib", "runpy", "subprocess"}


def test_importing_the_package_or_asking_for_help_loads_no_engine() -> None:
    script = (
        "import sys\n"
        "import verify, verify.pytest_plugin\n"
        "from verify.cli import run\n"
        "run(['--help'])\n"
        "heavy = {'sympy', 'numpy', 'numba', 'llvmlite', 'flint', 'scipy', 'z3', 'cvc5', 'hypothesis', 'matplotlib'}\n"
        "heavy |= {'torch', 'sklearn'}\n"
        "loaded = sorted(heavy & set(sys.modules))\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_listing_the_paper_loads_no_torch() -> None:
    script = "import sys, claims.sam_normalization as paper; sys.exit('torch' in sys.modules or not paper.EXPERIMENTS)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_public_name_can_be_loaded_and_is_known_to_type_checkers() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    typed = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for statement in node.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert typed == set(verify.__all__)
    for name in verify.__all__:
        assert getattr(verify, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        verify.nothing  # noqa: B018  # to look it up is all that is tested
