"""``verify`` and ``python -m verify``: the command line, imported only when it runs.

Worker processes import this module again as their main module, so it has to stay light.
"""

from __future__ import annotations


def main() -> None:
    """Run the command line and leave with its exit code."""
    from verify.cli import run

    raise SystemExit(run())


if __name__ == "__main__":
    main()
