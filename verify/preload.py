"""Imported once by the process that starts the workers, so that each of them finds the claims loaded."""

import contextlib
import importlib
import json
import os
from pathlib import Path

from verify.errors import VerifyError

if os.environ.get("VERIFY_PRELOAD"):
    from verify.collect import collect

    # Whatever goes wrong here goes wrong again in the worker, which can tell its parent.
    with contextlib.suppress(VerifyError, ImportError, ValueError):
        selects, start, modules = json.loads(os.environ["VERIFY_PRELOAD"])
        collect(selects, Path(start))
        for module in modules:
            importlib.import_module(module)
