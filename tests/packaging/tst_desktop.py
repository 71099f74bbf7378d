#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console's entry in the menus: what is installed, and that its parts name each other.

usage: tst_desktop.py CMAKE BUILD_DIR
"""
import configparser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
CMAKE, BUILD = sys.argv[1:3]
SVG = "{http://www.w3.org/2000/svg}"


class TestDesktop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.prefix = pathlib.Path(cls.folder.name)
        subprocess.run([CMAKE, "--install", BUILD, "--component", "desktop", "--prefix", cls.prefix], check=True,
                       stdout=subprocess.DEVNULL)
        source = (ROOT / "console/app/main.cpp").read_text(encoding="utf-8")
        cls.id = re.search(r'setDesktopFileName\(QStringLiteral\("([^"]+)"\)\)', source).group(1)
        cls.entry_file = cls.prefix / f"share/applications/{cls.id}.desktop"
        cls.metainfo_file = cls.prefix / f"share/metainfo/{cls.id}.metainfo.xml"
        cls.icon_file = cls.prefix / f"share/icons/hicolor/scalable/apps/{cls.id}.svg"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def entry(self):
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str
        parser.read(self.entry_file, encoding="utf-8")
        return parser["Desktop Entry"]

    def test_the_entry_starts_the_program_and_shows_the_icon(self):
        entry = self.entry()
        self.assertEqual(entry["Exec"], "orchestra-console")
        self.assertEqual(entry["StartupWMClass"], "orchestra-console")
        self.assertEqual(entry["Icon"], self.id)
        self.assertTrue(self.icon_file.is_file())

    def test_the_icon_is_a_square_drawing_without_anything_from_outside(self):
        icon = ElementTree.parse(self.icon_file).getroot()
        self.assertEqual(icon.tag, SVG + "svg")
        self.assertEqual(icon.get("width"), icon.get("height"))
        self.assertEqual({part.tag for part in icon.iter()}, {SVG + name for name in ("svg", "title", "rect", "g", "circle")})

    def test_the_software_centre_finds_entry_and_version(self):
        info = ElementTree.parse(self.metainfo_file).getroot()
        self.assertEqual(info.findtext("id"), self.id)
        self.assertEqual(info.findtext("launchable"), self.entry_file.name)
        self.assertEqual(info.findtext("provides/binary"), "orchestra-console")
        version = re.search(r"project\(AIOrchestra VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))
        self.assertEqual(info.find("releases/release").get("version"), version.group(1))

    @unittest.skipUnless(shutil.which("desktop-file-validate"), "desktop-file-validate is not installed")
    def test_the_entry_is_valid(self):
        subprocess.run(["desktop-file-validate", self.entry_file], check=True)

    @unittest.skipUnless(shutil.which("appstreamcli"), "appstreamcli is not installed")
    def test_the_metainfo_is_valid(self):
        subprocess.run(["appstreamcli", "validate", "--no-net", self.metainfo_file], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
