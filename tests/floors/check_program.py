#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a program holds nothing that was written for tests, such as a model that makes its answers up.

Usage: check_program.py PROGRAM [ROOT]. PROGRAM must have its symbols. Every class that is defined under ROOT/tests and
not in the product is looked for. Prints one line per class that the program holds, and ends with 1 if there are any.
"""
import re
import subprocess
import sys
from pathlib import Path

PRODUCT = ("shared", "server", "console", "qml")
DEFINITION = re.compile(r"^(?:class|struct)\s+(\w+)(?:\s+final)?\s*(?::[^;{]*)?(?:\{|$)", re.MULTILINE)
# What every program of ours holds: without it the symbols are gone, and nothing would be found.
LANDMARK = re.compile(r"\borchestra::")


def classes(root: Path, folders: tuple[str, ...]) -> set[str]:
    """Names of the classes that are defined at the outermost level of sources in these folders."""
    found: set[str] = set()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                found.update(DEFINITION.findall(path.read_text(encoding="utf-8")))
    return found


def held(symbols: str, names: set[str]) -> set[str]:
    """Those of the names that a demangled symbol tells of, in our namespace or in an unnamed one."""
    in_symbols = set(re.findall(r"(?:\borchestra::|\(anonymous namespace\)::)(\w+)", symbols))
    return names & in_symbols


def main() -> int:
    program = sys.argv[1]
    root = Path(sys.argv[2] if len(sys.argv) > 2 else ".").resolve()
    symbols = subprocess.run(["nm", "--demangle", "--defined-only", program], capture_output=True, text=True,
                             check=True).stdout
    if not LANDMARK.search(symbols):
        print(f"{program} has no symbols of ours to look at")
        return 2
    doubles = classes(root, ("tests",)) - classes(root, PRODUCT)
    found = held(symbols, doubles)
    for name in sorted(found):
        print(f"{program}: {name} is a class of tests/")
    print(f"{len(found)} of {len(doubles)} classes of tests/ in {program}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
