"""What the tests share: a folder with a few claims of known truth, and the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run; how many draws a filter drops is then no matter of luck either.
settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("fixed")

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

#: One claim that holds, one that does not, one that rests on the latter, and the repaired form of it.
TOY_CLAIMS = '''
"""Claims of known truth."""

import sympy as sp

from verify import Claim, Paper

paper = Paper("A toy")
x = sp.Symbol("x", real=True)
positive = sp.Ge(x**2 + 1, 0, evaluate=False)
true_claim = Claim("square", title="Squares", source=paper.at("Line 1"), over=x, show=positive)
false_claim = Claim("above", over=x, given=[x > 0], show=x >= 1)
resting = Claim("resting", over=x, given=[x > 0], show=x > -1, uses=["above"])
repaired = Claim("above/repaired", over=x, given=[x >= 2], show=x >= 1, kind="repaired")
'''


@dataclass(frozen=True)
class Project:
    """A folder with claims in it."""

    folder: Path

    def verify(self, *arguments: str, text: str = "", seconds: float = 240) -> subprocess.CompletedProcess[str]:
        """Run ``verify`` there, without a terminal."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        environment["PYTHONPATH"] = str(ROOT)
        command = [sys.executable, "-m", "verify", *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def write(self, name: str, text: str) -> Path:
        """Write a file there."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def empty_project(tmp_path: Path) -> Project:
    """A folder without claims."""
    return Project(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A folder with the toy claims in ./claims."""
    toy = Project(tmp_path)
    toy.write("claims/toy.py", TOY_CLAIMS)
    return toy
