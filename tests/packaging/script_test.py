# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of shell scripts share: a temporary tree with programs that only pretend."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]


class ScriptTest(unittest.TestCase):
    """A copy of scripts in a temporary tree, and a PATH whose first folder holds programs of the test's own."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root = Path(place.name) / "tree"
        self.home = Path(place.name) / "home"
        self.path = Path(place.name) / "path"
        for folder in (self.root, self.home, self.path):
            folder.mkdir()
        self.environment = {"PATH": f"{self.path}:{os.environ['PATH']}", "HOME": str(self.home), "LC_ALL": "C.UTF-8",
                            "JOURNAL": str(self.root / "journal")}

    def copy(self, *paths: str) -> None:
        for path in paths:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCE / path, self.root / path)

    def program(self, path: "Path | str", body: str) -> None:
        """An executable bash script; a str is a path in the tree."""
        target = self.root / path if isinstance(path, str) else path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("#!/usr/bin/env bash\n" + body)
        target.chmod(0o755)

    def hide(self, *names: str) -> None:
        """Rebuilds the PATH without these programs."""
        visible = self.path.parent / "visible"
        visible.mkdir()
        for folder in os.environ["PATH"].split(":"):
            for program in Path(folder).iterdir() if Path(folder).is_dir() else ():
                link = visible / program.name
                if program.name not in names and not link.is_symlink():
                    link.symlink_to(program)
        self.environment["PATH"] = f"{self.path}:{visible}"

    def run_script(self, path: str, *arguments: str, stdin: "str | None" = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run([str(self.root / path), *arguments], env=self.environment, input=stdin, capture_output=True,
                              text=True, timeout=60, check=False)

    def journal(self) -> "list[str]":
        """What the pretending programs wrote down."""
        path = self.root / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def assert_one_line(self, text: str, part: str) -> None:
        self.assertIn(part, text)
        self.assertEqual(len(text.splitlines()), 1, text)
