"""The documentation does what it says: its sessions and its notebook are run, its links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGES = [README, ROOT / "docs" / "trust.md"]
_BLOCK = re.compile(r"<!-- (file|append|session): (\S+) -->\n```(\w+)\n(.*?)```", re.DOTALL)
_ANY_BLOCK = re.compile(r"^```(\w+)$", re.MULTILINE)


@dataclass
class Block:
    """A marked block of the README: a file to write, text to append to it, or a console session."""

    kind: str
    name: str
    body: str


@dataclass
class Command:
    """One command of a session, and the lines that its output has to contain, in order."""

    text: str
    expected: list[str] = field(default_factory=list)


def _blocks() -> list[Block]:
    return [Block(kind, name, body) for kind, name, _, body in _BLOCK.findall(README.read_text())]


def _commands(body: str) -> list[Command]:
    found: list[Command] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif line.strip():
            found[-1].expected.append(" ".join(line.split()))
    return found


def _arguments(command: str) -> list[str]:
    words = shlex.split(command)
    assert words[0] in ("verify", "pytest"), f"the README runs {words[0]!r}, which this test does not know"
    return [sys.executable, "-m", *words]


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    plugin = {"PYTEST_ADDOPTS": "-p verify.pytest_plugin -p no:cacheprovider"}
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", "NO_COLOR": "1", **plugin}


def _run(session: str, folder: Path) -> None:
    """Run the sessions of one name in a folder, with the files that the README has written by then."""
    code = 0
    for block in _blocks():
        if block.kind != "session":
            with (folder / block.name).open("w" if block.kind == "file" else "a") as file:
                file.write(block.body)
            continue
        if block.name != session:
            continue
        for command in _commands(block.body):
            if command.text == "echo $?":
                assert command.expected == [str(code)]
                continue
            done = subprocess.run(
                _arguments(command.text), cwd=folder, env=_environment(), capture_output=True, text=True, timeout=600
            )
            code = done.returncode
            _require(command, done.stdout, done.stderr)


def _require(command: Command, out: str, err: str) -> None:
    lines = [" ".join(line.split()) for line in out.splitlines()]
    place = 0
    for expected in command.expected:
        later = [number for number in range(place, len(lines)) if lines[number].startswith(expected)]
        assert later, f"$ {command.text}\nlacks the line {expected!r}; it printed\n{out}\n{err}"
        place = later[0] + 1


def test_the_first_hour_prints_what_the_readme_says(tmp_path: Path) -> None:
    _run("first-hour", tmp_path)


def test_the_excerpt_of_the_readme_is_real() -> None:
    (block,) = [block for block in _blocks() if block.name == "repository"]
    for command in _commands(block.body):
        done = subprocess.run(
            _arguments(command.text), cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=600
        )
        _require(command, done.stdout, done.stderr)


def test_every_console_block_of_the_readme_is_run() -> None:
    consoles = [kind for kind in _ANY_BLOCK.findall(README.read_text()) if kind == "console"]
    sessions = [block for block in _blocks() if block.kind == "session"]
    assert len(consoles) == len(sessions) >= 6


def test_the_two_commands_are_one_line_each() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        assert block.count("\n") == 1
        assert block.startswith("python3.11 -m venv .venv && .venv/bin/pip install -q -c constraints.txt ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target and not target.startswith("reports/"):  # the report is generated
            assert (page.parent / target).exists(), target


def test_the_rooms_that_the_pages_name_exist() -> None:
    for page in PAGES:
        for name in re.findall(r"`((?:verify|claims)/[\w/.]*)`", page.read_text()):
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_the_notebook_runs_from_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    for name, value in _environment().items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(ROOT / "docs" / "first_hour.ipynb", as_version=4)
    nbformat.validate(notebook)
    stored = [_printed(cell) for cell in notebook.cells]
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert [_printed(cell) for cell in notebook.cells] == stored


def _printed(cell: Any) -> list[str]:
    """What a cell prints on standard output; nothing for a cell that is marked as varying."""
    if "varies" in cell["metadata"].get("tags", []):
        return []
    outputs = cell.get("outputs", [])
    return [str(output["text"]) for output in outputs if output.get("name") == "stdout"]


def test_the_notebook_tells_nothing_of_the_machine_it_was_run_on() -> None:
    text = (ROOT / "docs" / "first_hour.ipynb").read_text()
    assert str(Path.home()) + "/" not in text
    assert str(ROOT) not in text
