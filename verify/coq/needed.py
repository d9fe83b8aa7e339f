"""A proof without the facts that nothing in it uses."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HYPOTHESIS = re.compile(r"\b[A-Z]\w*")
#: A fact with its proof on the same line, and a conjunction taken apart: what such steps do is to name hypotheses.
_NAMED = re.compile(r"\s*(?:assert \((\w+) : .*\) by .*\.|destruct \w+ as \(([^|]*)\)\.)")


def needed(lines: Sequence[str]) -> list[str]:
    """The lines of a proof without the steps whose hypotheses occur in no later line that stays.

    Only explicit names count, so no tactic of these lines may look for hypotheses by itself.
    """
    kept: list[str] = []
    used: set[str] = set()
    for line in reversed(lines):
        step = _NAMED.fullmatch(line)
        if step and used.isdisjoint(_HYPOTHESIS.findall(step[1] or step[2])):
            continue
        used.update(_HYPOTHESIS.findall(line))
        kept.append(line)
    return kept[::-1]
