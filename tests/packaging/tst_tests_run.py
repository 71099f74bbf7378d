#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests tests/run and .ci/run with tools that only pretend."""
import unittest

from script_test import ScriptTest

CMAKE = 'echo "cmake $*" >>"$JOURNAL"; [[ $1 != --preset ]] || mkdir -p "build/$2"; [[ "$*" != *"${CMAKE_FAILS:-nothing}"* ]] || { echo "no Qt here"; exit 1; }\n'
CTEST = """
echo "ctest $*" >>"$JOURNAL"
env | grep -E '^(ASAN|LSAN|UBSAN|TSAN)_OPTIONS=' | sort >>"$JOURNAL"
echo "100% tests passed, 0 tests failed out of 7"
exit "${CTEST_CODE:-0}"
"""


class TstTestsRun(ScriptTest):
    def setUp(self) -> None:
        super().setUp()
        self.copy("tests/run", ".ci/run", "packaging/lib/build.sh")
        self.program("packaging/install-deps", 'echo "install-deps $*" >>"$JOURNAL"\n')
        self.program("packaging/run", 'echo "packaging/run $*" >>"$JOURNAL"; exit "${CHECK_CODE:-0}"\n')
        self.program(self.path / "cmake", CMAKE)
        self.program(self.path / "ctest", CTEST)
        self.program(self.path / "gcovr", 'echo "gcovr $*" >>"$JOURNAL"; exit "${GCOVR_CODE:-0}"\n')

    def call_of(self, program: str) -> str:
        calls = [line for line in self.journal() if line.startswith(program + " ")]
        self.assertEqual(len(calls), 1, calls)
        return calls[0]

    def test_builds_and_runs_everything_and_ends_with_the_summary(self) -> None:
        done = self.run_script("tests/run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines()[-1], "100% tests passed, 0 tests failed out of 7")
        self.assertEqual(self.journal()[0], "install-deps --tests")
        self.assertEqual(self.journal()[1], "cmake --preset release -DORCHESTRA_TESTS=ON -DORCHESTRA_CONSOLE=ON")
        self.assertTrue(self.journal()[2].startswith(f"cmake --build {self.root}/build/release --parallel "))
        self.assertNotIn("--target", self.journal()[2])
        self.assertIn(f"--test-dir {self.root}/build/release", self.call_of("ctest"))
        self.assertNotIn("-regex", self.call_of("ctest"))

    def test_fails_when_a_test_fails(self) -> None:
        self.environment["CTEST_CODE"] = "8"
        self.assertEqual(self.run_script("tests/run").returncode, 8)

    def test_shows_why_it_cannot_be_configured(self) -> None:
        self.environment["CMAKE_FAILS"] = "--preset"
        done = self.run_script("tests/run")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines(), ["no Qt here", "run: the build could not be configured (build/release)"])

    def test_runs_no_tests_of_a_broken_build(self) -> None:
        self.environment["CMAKE_FAILS"] = "--build"
        self.assertEqual(self.run_script("tests/run").returncode, 1)
        self.assertFalse([line for line in self.journal() if line.startswith("ctest")])

    def test_hands_the_filter_and_the_repetition_on(self) -> None:
        self.run_script("tests/run", "--filter", "tst_config", "--repeat", "20")
        self.assertIn("--tests-regex tst_config --repeat until-fail:20", self.call_of("ctest"))

    def test_uses_the_sanitizers_with_their_suppressions(self) -> None:
        for option, variable in (("--asan", "LSAN_OPTIONS"), ("--tsan", "TSAN_OPTIONS")):
            with self.subTest(option=option):
                (self.root / "journal").unlink(missing_ok=True)
                self.assertEqual(self.run_script("tests/run", option).returncode, 0)
                name = option[2:]
                self.assertIn(f"--test-dir {self.root}/build/{name}", self.call_of("ctest"))
                self.assertIn("--label-regex ^(unit|integration)$", self.call_of("ctest"))
                options = next(line for line in self.journal() if line.startswith(variable))
                supp = "lsan" if name == "asan" else "tsan"
                self.assertIn(f"suppressions={self.root}/tests/sanitizers/{supp}.supp", options)

    def test_coverage_counts_afresh_and_fails_below_the_floor(self) -> None:
        old = self.root / "build/coverage/a.gcda"
        old.parent.mkdir(parents=True)
        old.touch()
        self.assertEqual(self.run_script("tests/run", "--coverage").returncode, 0)
        self.assertFalse(old.exists())
        self.assertIn("--fail-under-line 80", self.call_of("gcovr"))
        self.environment["GCOVR_CODE"] = "2"
        self.assertEqual(self.run_script("tests/run", "--coverage").returncode, 2)

    def test_measures_no_coverage_of_failing_tests(self) -> None:
        self.environment["CTEST_CODE"] = "8"
        self.assertEqual(self.run_script("tests/run", "--coverage").returncode, 8)
        self.assertFalse([line for line in self.journal() if line.startswith("gcovr")])

    def test_refuses_bad_arguments(self) -> None:
        for arguments in (["--release"], ["--filter"]):
            done = self.run_script("tests/run", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertEqual(self.journal(), [])

    def test_ci_runs_the_tests_and_then_the_check(self) -> None:
        self.assertEqual(self.run_script(".ci/run").returncode, 0)
        self.assertEqual(self.journal()[-1], "packaging/run --check")
        self.call_of("ctest")
        self.environment["CHECK_CODE"] = "1"
        self.assertEqual(self.run_script(".ci/run").returncode, 1)

    def test_ci_stops_at_failing_tests(self) -> None:
        self.environment["CTEST_CODE"] = "8"
        self.assertEqual(self.run_script(".ci/run").returncode, 8)
        self.assertFalse([line for line in self.journal() if line.startswith("packaging/run")])


if __name__ == "__main__":
    unittest.main()
