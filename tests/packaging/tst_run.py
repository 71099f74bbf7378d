#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests packaging/run with a compiler, a server and clients that only pretend; what it says and ends with is real."""
import os
import pty
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

from script_test import ScriptTest

CMAKE = """
echo "cmake $*" >>"$JOURNAL"
case "$1" in
    --preset) mkdir -p build/release; touch build/release/build.ninja
              for option in "$@"; do [[ $option != -D* ]] || echo "${option#-D}" | sed 's/=/:BOOL=/' >>build/release/CMakeCache.txt; done ;;
esac
[[ "$*" != *"${CMAKE_FAILS:-nothing}"* ]]
"""
SERVER = """
echo "orchestrad $*" >>"$JOURNAL"
if [[ $* == *"config show" ]]; then
    [[ -z ${BAD_CONFIG:-} ]] || { echo "--set: unknown key a.b" >&2; exit 1; }
    printf '[server]\\nport = %-20s # built in\\ndata_dir = "%s/data"   # built in # x\\n' "${SERVER_PORT:-0}" "$HOME"
    printf '\n[models]\nollama = %-10s # built in\nopenai = []   # built in\n' "${MODELS:-[]}"
    exit
fi
[[ -z ${SERVER_FAILS:-} ]] || { echo "cannot open the database" >&2; exit 1; }
trap 'echo "orchestrad drained" >>"$JOURNAL"; exit "${DRAIN_CODE:-0}"' TERM
trap 'echo "orchestrad interrupted" >>"$JOURNAL"' INT
echo "orchestrad ready on http://127.0.0.1:4711"
echo "a line of the log" >&2
[[ -z ${SERVER_DIES:-} ]] || { sleep 0.5; exit 3; }
for ((i = 0; i < 400; ++i)); do sleep 0.05; done
"""


class TstRun(ScriptTest):
    def setUp(self) -> None:
        super().setUp()
        self.copy("packaging/run", "packaging/lib/build.sh")
        self.program("packaging/install-deps", 'echo "install-deps $*" >>"$JOURNAL"; [[ -z ${NO_SUDO:-} ]] || { echo "install-deps: neither root nor sudo" >&2; exit 1; }\n')
        self.program(self.path / "cmake", CMAKE)
        self.program("build/release/bin/orchestrad", SERVER)
        self.program("build/release/bin/orchestractl", 'echo "orchestractl $*" >>"$JOURNAL"; printf "%s\\n" "${ANSWER-all is well}"; exit "${CHAT_CODE:-0}"\n')
        self.program("build/release/bin/orchestra-console", 'trap "echo console ended >>$JOURNAL; exit" TERM; echo "orchestra-console $*" >>"$JOURNAL"; for ((i = 0; i < 400; ++i)); do sleep 0.05; done\n')
        self.environment["OLLAMA_HOST"] = f"127.0.0.1:{self.free_port()}"

    def free_port(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def listener(self, answer: bytes = b"") -> int:
        """The port of a server that answers every connection with the same bytes."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        pid = os.fork()
        if pid == 0:
            while True:
                peer, _ = server.accept()
                # An answer before the whole request is read would be lost to a reset; a probe just closes.
                with peer, peer.makefile("rb") as request:
                    if answer and any(line == b"\r\n" for line in request):
                        peer.sendall(answer)
        self.addCleanup(lambda: (os.kill(pid, signal.SIGKILL), os.waitpid(pid, 0)))
        return int(server.getsockname()[1])

    def start(self, *arguments: str, **options: object) -> "subprocess.Popen[str]":
        running = subprocess.Popen([str(self.root / "packaging/run"), *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **options)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        return running

    def await_journal(self, part: str) -> None:
        deadline = time.monotonic() + 20
        while not any(part in line for line in self.journal()):
            self.assertLess(time.monotonic(), deadline, f"{part} never happened: {self.journal()}")
            time.sleep(0.02)

    def await_line(self, running: "subprocess.Popen[str]", part: str) -> str:
        said = ""
        for line in running.stdout:
            said += line
            if part in line:
                return said
        self.fail(f"{part} was never said: {said}")

    # --- --check ---

    def test_check_holds_one_conversation_and_ends(self) -> None:
        done = self.run_script("packaging/run", "--check")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("all is well\ncheck passed\n", done.stdout)
        start = next(line for line in self.journal() if line.startswith("orchestrad "))
        self.assertTrue(start.endswith("--port 0"), start)
        data = start.split("--data-dir ")[1].split()[0]
        self.assertFalse(Path(data).exists(), "the temporary data directory was left behind")
        self.assertIn(f"orchestractl --server http://127.0.0.1:4711 --token-file {data}/operator.token chat --once /status", self.journal())
        self.assertEqual(self.journal()[-1], "orchestrad drained")
        self.assertNotIn("a line of the log", done.stdout + done.stderr)

    def test_check_fails_with_the_log_when_anything_does(self) -> None:
        for variable, value, reason in (("CHAT_CODE", "1", "the conversation failed"), ("ANSWER", " ", "the answer was empty"),
                                        ("DRAIN_CODE", "5", "orchestrad did not end cleanly"),
                                        ("SERVER_FAILS", "1", "orchestrad did not start")):
            with self.subTest(variable=variable):
                self.environment[variable] = value
                done = self.run_script("packaging/run", "--check")
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stderr.splitlines()[-1], f"run: {reason}")
                self.assertIn("cannot open the database" if variable == "SERVER_FAILS" else "a line of the log", done.stderr)
                self.assertNotIn("check passed", done.stdout)
                del self.environment[variable]

    def test_check_uses_the_given_data_directory(self) -> None:
        data = self.home / "mine"
        done = self.run_script("packaging/run", "--check", "--data-dir", str(data), "--port", "8700")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(data.is_dir())
        self.assertTrue(any(f"--data-dir {data} --port 0" in line for line in self.journal()))

    # --- building ---

    def test_builds_what_it_needs_and_configures_once(self) -> None:
        self.run_script("packaging/run", "--check")
        first = self.journal()
        self.assertEqual(first[0], "install-deps --server")
        self.assertIn("cmake --preset release -DORCHESTRA_TESTS=OFF -DORCHESTRA_WERROR=OFF -DORCHESTRA_CONSOLE=OFF", first)
        self.assertTrue(any("--target orchestrad orchestractl" in line and "console" not in line for line in first))
        self.run_script("packaging/run", "--check")
        self.assertFalse([line for line in self.journal()[len(first):] if "--preset" in line])

    def test_adds_the_console_to_an_earlier_build(self) -> None:
        self.run_script("packaging/run", "--check")
        self.environment["DISPLAY"] = ":99"
        self.environment["SERVER_DIES"] = "1"
        self.run_script("packaging/run")
        self.assertIn("install-deps --console", self.journal())
        self.assertIn(f"cmake -B {self.root}/build/release -DORCHESTRA_CONSOLE=ON", self.journal())
        self.assertTrue(any("--target orchestrad orchestractl orchestra-console" in line for line in self.journal()))

    def test_says_in_one_line_why_it_cannot_begin(self) -> None:
        self.environment["NO_SUDO"] = "1"
        done = self.run_script("packaging/run", "--check")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "install-deps: neither root nor sudo")

    def test_says_that_the_build_failed(self) -> None:
        self.environment["CMAKE_FAILS"] = "--target"
        done = self.run_script("packaging/run", "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run: the build failed (build/release)", done.stderr)
        self.assertFalse([line for line in self.journal() if line.startswith("orchestrad")])

    def test_refuses_bad_arguments(self) -> None:
        for arguments, reason in ((["--prot", "1"], "unknown option --prot"), (["--port"], "--port needs a value"),
                                  (["--port", "x"], "--port needs a number from 0 to 65535, not x"), (["--port", "70000"], "not 70000")):
            with self.subTest(arguments=arguments):
                done = self.run_script("packaging/run", *arguments)
                self.assertEqual(done.returncode, 2)
                self.assert_one_line(done.stderr, reason)
        self.assertEqual(self.journal(), [])

    # --- running ---

    def test_refuses_a_busy_port_before_it_builds(self) -> None:
        port = self.listener()
        done = self.run_script("packaging/run", "--port", str(port))
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, f"port {port} is taken by another program; choose another with --port")
        self.assertEqual(self.journal(), [])

    def test_recognises_itself_on_a_busy_port(self) -> None:
        port = self.listener(b"HTTP/1.1 200 OK\r\n\r\n")
        self.environment["SERVER_PORT"] = str(port)
        done = self.run_script("packaging/run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("by an orchestrad that already runs", done.stderr)

    def test_says_what_is_where_and_drains_on_a_signal(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                running = self.start("--set", "log.level=debug")
                said = self.await_line(running, "Ctrl+C")
                self.assertIn("Address         http://127.0.0.1:4711\n", said)
                self.assertIn("Model server    none found", said)
                self.assertIn(f"Data            {self.home}/data\n", said)
                self.assertIn(f"Operator token  {self.home}/data/operator.token\n", said)
                self.assertIn("orchestrad --set log.level=debug", self.journal())
                os.killpg(running.pid, number)
                self.assertEqual(running.wait(20), 0)
                self.assertEqual(self.journal()[-1], "orchestrad drained")
                self.assertNotIn("orchestrad interrupted", self.journal())

    def test_leaves_no_server_behind_when_it_is_killed(self) -> None:
        running = self.start()
        self.await_line(running, "Ctrl+C")
        running.kill()
        self.await_journal("orchestrad drained")

    def test_reports_a_server_that_ends_by_itself(self) -> None:
        self.environment["SERVER_DIES"] = "1"
        done = self.run_script("packaging/run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run: orchestrad ended by itself", done.stderr)

    def test_shows_what_is_wrong_with_the_configuration(self) -> None:
        self.environment["BAD_CONFIG"] = "1"
        done = self.run_script("packaging/run")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[-2:], ["--set: unknown key a.b", "run: the configuration is not sound"])

    def test_finds_model_servers(self) -> None:
        self.environment["SERVER_DIES"] = "1"
        self.environment["OPENAI_BASE_URL"] = "http://gpu:8000/v1"
        self.assertIn("Model server    OpenAI-compatible, http://gpu:8000/v1\n", self.run_script("packaging/run").stdout)
        port = self.listener(b'HTTP/1.0 200 OK\r\n\r\n{"version":"0.5.1"}')
        self.environment["OLLAMA_HOST"] = f"http://127.0.0.1:{port}"
        self.assertIn(f"Model server    Ollama 0.5.1 on 127.0.0.1:{port}\n", self.run_script("packaging/run").stdout)

    def test_names_the_model_servers_that_are_configured(self) -> None:
        self.environment["SERVER_DIES"] = "1"
        self.environment["MODELS"] = '["gpu=http://gpu:11434", "cpu=http://cpu:11434"]'
        self.assertIn("Model server    gpu=http://gpu:11434, cpu=http://cpu:11434\n", self.run_script("packaging/run").stdout)

    def test_opens_the_console_on_a_display_and_closes_it_at_the_end(self) -> None:
        self.environment["WAYLAND_DISPLAY"] = "wayland-0"
        running = self.start()
        self.await_journal("orchestra-console --server http://127.0.0.1:4711 --token-file")
        running.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait(20), 0)
        self.await_journal("console ended")
        self.assertIn("orchestrad drained", self.journal())

    def test_opens_no_console_when_only_the_server_is_wanted(self) -> None:
        self.environment.update(DISPLAY=":99", SERVER_DIES="1")
        self.run_script("packaging/run", "--server-only")
        self.assertEqual(self.journal()[0], "install-deps --server")
        self.assertFalse([line for line in self.journal() if line.startswith("orchestra-console")])

    def test_chats_on_a_terminal_and_ends_with_the_chat(self) -> None:
        main, side = pty.openpty()
        self.addCleanup(os.close, main)
        running = subprocess.Popen([str(self.root / "packaging/run")], env=self.environment, stdin=side, stdout=side, stderr=side,
                                   start_new_session=True)
        os.close(side)
        self.assertEqual(running.wait(20), 0)
        chat = f"orchestractl --server http://127.0.0.1:4711 --token-file {self.home}/data/operator.token chat"
        self.assertIn(chat, self.journal())
        self.assertEqual(self.journal()[-1], "orchestrad drained")
        self.assertIn("a line of the log", (self.home / "data/orchestrad.log").read_text())


if __name__ == "__main__":
    unittest.main()
