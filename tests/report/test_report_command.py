"""The command ``verify report``: one page for each file of claims of a user's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.report.conftest import entry
from verify.statement.claim import Claim

ROOT = Path(__file__).resolve().parents[2]

SOURCE = '''"""{title}."""
from sympy import Symbol
from verify import Claim
x = Symbol("x", real=True)
{name} = Claim("{id}", show=x <= 1, over=(x,), title="About it")
'''


def test_the_command_writes_report_and_errata_and_a_page_for_each_file_of_claims(tmp_path: Path) -> None:
    from sympy import Symbol

    x = Symbol("x", real=True)
    (tmp_path / "claims").mkdir()
    for name, title in (("early", "The early part"), ("late", "The late part")):
        text = SOURCE.format(title=title, name=name, id=f"lemma-{name}")
        (tmp_path / "claims" / f"{name}.py").write_text(text)
    entries = {"lemma-early": entry(Claim("lemma-early", show=x <= 1, over=(x,)), "supported")}
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "ledger.json").write_text(json.dumps({"schema": 1, "claims": entries}))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "verify", "report"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    reports = tmp_path / "reports"
    assert done.stdout.split() == [str(reports / "REPORT.md"), str(reports / "ERRATA.md")]
    assert sorted(path.name for path in (reports / "statements").iterdir()) == ["early.md", "late.md"]
    assert "# The late part\n" in (reports / "statements" / "late.md").read_text()
