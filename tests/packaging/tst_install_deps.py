#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests packaging/install-deps with a dpkg and an apt-get that only pretend."""
import os
import re
import subprocess
import unittest

from script_test import SOURCE, ScriptTest

# Knows the packages in $KNOWN: `name` is installed, `name-` is removed but configured.
DPKG_QUERY = """
shift 3
for package in "$@"; do
    case " $KNOWN " in
        *" $package "*) echo "ii :$package" ;;
        *" $package- "*) echo "rc :$package" ;;
        *" * "*) echo "ii :$package" ;;
        *) echo "no packages found matching $package" >&2; failed=1 ;;
    esac
done
exit "${failed:-0}"
"""
APT_GET = 'echo "apt-get $*" >>"$JOURNAL"; [[ $* != *"${APT_FAILS:-nothing}"* ]]\n'

# What the build looks for, and the packages that hold it.
PACKAGES = {
    "Boost": {"libboost-dev"},
    "CURL": {"libcurl4-openssl-dev"},
    "OpenSSL": {"libssl-dev"},
    "Protobuf": {"libprotobuf-dev", "protobuf-compiler"},
    "Python3": {"python3"},
    "SQLite3": {"libsqlite3-dev"},
    "Threads": {"g++"},
    "simdjson": {"libsimdjson-dev"},
    "tomlplusplus": {"libtomlplusplus-dev"},
    "Core": {"qt6-base-dev"},
    "Network": {"qt6-base-dev"},
    "Gui": {"qt6-base-dev"},
    "Test": {"qt6-base-dev"},
    "Widgets": {"qt6-base-dev"},
    "WebSockets": {"qt6-websockets-dev"},
    "Charts": {"qt6-charts-dev", "qml6-module-qtcharts"},
    "Qml": {"qt6-declarative-dev", "qml6-module-qtqml"},
    "Quick": {"qt6-declarative-dev", "qml6-module-qtquick"},
    "QuickControls2": {"qt6-declarative-dev", "qml6-module-qtquick-controls"},
    "QuickTest": {"qt6-declarative-dev", "qml6-module-qttest"},
}


class TstInstallDeps(ScriptTest):
    def setUp(self) -> None:
        super().setUp()
        self.copy("packaging/install-deps")
        self.program(self.path / "dpkg-query", DPKG_QUERY)
        self.program(self.path / "apt-get", APT_GET)
        self.program(self.path / "sudo", 'echo "sudo $*" >>"$JOURNAL"; [[ $1 != -n ]] || shift; exec "$@"\n')
        self.environment["KNOWN"] = "*"
        self.system("debian", "12")

    def system(self, name: str, version: str) -> None:
        release = self.root / "os-release"
        release.write_text(f'NAME="Some Linux"\nID={name}\nVERSION_ID="{version}"\n')
        self.environment["ORCHESTRA_OS_RELEASE"] = str(release)

    def missing(self, *groups: str) -> "list[str]":
        done = self.run_script("packaging/install-deps", "--dry-run", *groups)
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout.split()

    def test_does_nothing_when_everything_is_there(self) -> None:
        done = self.run_script("packaging/install-deps")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.journal(), [])

    def test_installs_what_is_missing_after_an_update(self) -> None:
        everything = self.missing_of_an_empty_system()
        self.environment["KNOWN"] = " ".join(sorted(everything - {"cmake", "ninja-build"}))
        done = self.run_script("packaging/install-deps")
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = [line for line in self.journal() if line.startswith("apt-get")]
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith(" install -y --no-install-recommends cmake ninja-build"), install)

    def missing_of_an_empty_system(self) -> "set[str]":
        self.environment["KNOWN"] = ""
        return set(self.missing())

    def test_installs_whatever_the_build_looks_for(self) -> None:
        everything = self.missing_of_an_empty_system()
        for listing in SOURCE.rglob("CMakeLists.txt"):
            if "build" in listing.relative_to(SOURCE).parts:
                continue
            for name, components in re.findall(r"find_package\(\s*(\w+)([^)]*)\)", listing.read_text()):
                wanted = components.split("COMPONENTS")[-1].split() if name == "Qt6" else [name]
                for part in wanted:
                    with self.subTest(listing=listing, part=part):
                        self.assertIn(part, PACKAGES, "say here which package holds it")
                        self.assertLessEqual(PACKAGES[part], everything)

    def test_takes_a_removed_package_for_missing(self) -> None:
        everything = self.missing_of_an_empty_system()
        self.environment["KNOWN"] = " ".join(everything - {"cmake"}) + " cmake-"
        self.assertEqual(self.missing(), ["cmake"])

    def test_groups_contain_one_another(self) -> None:
        self.environment["KNOWN"] = ""
        server, console, tests = (set(self.missing(f"--{group}")) for group in ("server", "console", "tests"))
        self.assertLess(server, console)
        self.assertLess(console, tests)
        self.assertEqual(tests, set(self.missing()))
        self.assertIn("qt6-websockets-dev", server)
        self.assertNotIn("qt6-declarative-dev", server)
        self.assertIn("qml6-module-qtquick", console)
        self.assertIn("qml6-module-qttest", tests)
        self.assertEqual(set(self.missing("--coverage")) - tests, {"gcovr"})

    def test_knows_other_names(self) -> None:
        bookworm = self.missing_of_an_empty_system()
        self.assertIn("libqt6svg6", bookworm)
        self.system("ubuntu", "24.04")
        self.assertEqual(set(self.missing()), bookworm)
        self.system("debian", "13")
        self.assertEqual(set(self.missing()) ^ bookworm, {"libqt6svg6", "qt6-svg-plugins"})

    def test_says_in_one_line_what_fails(self) -> None:
        self.environment["KNOWN"] = "g++"
        self.environment["APT_FAILS"] = " update"
        done = self.run_script("packaging/install-deps")
        self.assertEqual(done.returncode, 1)
        self.assertIn("install-deps: apt-get update failed; missing are: cmake ", done.stderr)

    def run_unprivileged(self) -> "subprocess.CompletedProcess[str]":
        self.environment["KNOWN"] = "g++"
        script = [str(self.root / "packaging/install-deps"), "--server"]
        if os.geteuid() == 0:
            self.root.parent.chmod(0o755)
            (self.root / "journal").touch()
            (self.root / "journal").chmod(0o666)
            script = ["setpriv", "--reuid=65534", "--clear-groups", *script]
        return subprocess.run(script, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def test_asks_sudo_but_for_no_password_without_a_terminal(self) -> None:
        done = self.run_unprivileged()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(self.journal()[0].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"), self.journal())
        self.assertTrue(self.journal()[-1].startswith("apt-get"), self.journal())

    def test_says_what_to_ask_an_administrator_for(self) -> None:
        (self.path / "sudo").unlink()
        self.hide("sudo")
        done = self.run_unprivileged()
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "neither root nor sudo; ask an administrator to run: apt-get install cmake ninja-build")
        self.assertEqual(self.journal(), [])

    def test_needs_a_package_manager_only_when_something_is_missing(self) -> None:
        (self.path / "apt-get").unlink()
        self.hide("apt-get")
        self.assertEqual(self.run_script("packaging/install-deps").returncode, 0)
        self.environment["KNOWN"] = ""
        done = self.run_script("packaging/install-deps")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "there is no apt-get here; missing are: g++ cmake")

    def test_names_the_packages_on_a_system_without_dpkg(self) -> None:
        (self.path / "dpkg-query").unlink()
        self.hide("dpkg-query")
        done = self.run_script("packaging/install-deps")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "there is no dpkg here; install the equivalents of these Debian 12 packages: g++ ")

    def test_refuses_an_unknown_option(self) -> None:
        done = self.run_script("packaging/install-deps", "--servre")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "unknown option --servre")


if __name__ == "__main__":
    unittest.main()
