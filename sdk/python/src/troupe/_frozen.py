"""What is done last when a component is built, so that what runs later finds what it needs."""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import linecache
import sys
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

COMMON: tuple[str, ...] = ()

class _NoMoreModules(importlib.abc.MetaPathFinder):
    """Says why a module is not there, where Python would say only that it is not."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Finds none."""
        raise ModuleNotFoundError(
            f"No module named {fullname!r} at run time: only what is imported while the component is built exists then. "
            f"Import it at the top of actor.py",
            name=fullname,
        )


def freeze() -> None:
    """Imports the common standard library, and keeps the source lines that tracebacks show."""
    for name in COMMON:
        importlib.import_module(name)
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not PathFinder]
    sys.meta_path.append(_NoMoreModules())
    gc.collect()
