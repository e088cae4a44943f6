"""The command ``python -m web.lint``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from web.lint.project import lint
from web.lint.registry import table
from web.paths import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Print the findings; return 1 if there are any."""
    options = argparse.ArgumentParser(prog="python -m web.lint", description=main.__doc__)
    options.add_argument("root", nargs="?", type=Path, default=ROOT, help="the project's folder")
    options.add_argument("--rules", action="store_true", help="print all rules instead")
    given = options.parse_args(arguments)
    if given.rules:
        print(table())
        return 0
    root = given.root.resolve()
    found = lint(root)
    for fault in found:
        print(replace(fault, path=fault.path.relative_to(root)))
    count = len(found)
    print(f"lint: {count} finding{'' if count == 1 else 's'}" if count else "lint: nothing found")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
