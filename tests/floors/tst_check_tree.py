#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests check_tree.py: every rule must report its violation, and must not report what merely looks like one."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import check_tree

LICENCE = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
HEADER = LICENCE + "#pragma once\n"

# (rule, path, what breaks it)
BROKEN = [
    ("floor", "shared/base/a.cpp", '#include "shared/wire/codec.h"'),
    ("floor", "shared/wire/a.cpp", '#include "server/core/limits.h"'),
    ("floor", "server/core/a.h", '#include "server/loop/loop_thread.h"'),
    ("floor", "server/loop/a.h", '#include "server/core/limits.h"'),
    ("floor", "server/edge/a.cpp", '#include "server/store/store.h"'),
    ("floor", "server/edge/http_api/a.cpp", '#include "server/orchestrator/client.h"'),
    ("floor", "server/store/a.cpp", '#include "server/app/config.h"'),
    ("floor", "console/link/a.h", '#include "console/models/rows.h"'),
    ("floor", "console/ctl/a.cpp", '#include "server/core/limits.h"'),
    ("floor", "console/ctl/a.cpp", '#include "console/app/console.h"'),
    ("floor", "console/models/a.cpp", '  #  include "console/actions/runner.h"'),
    ("floor", "qml/ui/a.cpp", '#include "shared/base/result.h"'),
    ("floor", "server/edge/a.cpp", '#include "tests/support/manual_clock.h"'),
    ("floor", "server/novelty/a.cpp", "int a;"),
    ("floor", "server/a.cpp", "int a;"),
    ("floor", "qml/ui/A.qml", "import Orchestra.Models"),
    ("floor", "qml/app/A.qml", 'import "../ui"'),
    ("include", "server/edge/a.cpp", '#include "frame_socket.h"'),
    ("include", "tests/server/edge/a.cpp", '#include "../frame_socket.h"'),
    ("heavy header", "server/store/a.h", "#include <sqlite3.h>"),
    ("heavy header", "shared/wire/a.h", "#include <google/protobuf/message.h>"),
    ("heavy header", "shared/wire/a.h", '#include "shared/proto/chat.pb.h"'),
    ("heavy header", "shared/wire/a.h", "#include <simdjson.h>"),
    ("heavy header", "server/edge/a.h", "#include <boost/beast/http.hpp>"),
    ("heavy header", "server/app/a.h", "#include <toml++/toml.h>"),
    ("singleton", "server/edge/a.h", "static Edge &instance();"),
    ("singleton", "server/edge/a.cpp", "Edge::instance()->open();"),
    ("singleton", "server/edge/a.cpp", "Q_GLOBAL_STATIC(Edge, edge)"),
    ("mutable static", "server/edge/a.cpp", "    static int count = 0;"),
    ("mutable static", "server/edge/a.cpp", "static std::vector<std::string> names;"),
    ("mutable static", "server/edge/a.h", "    inline static std::atomic<int> open_{0};"),
    ("thread_local", "server/edge/a.cpp", "thread_local int depth = 0;"),
    ("nested event loop", "server/edge/a.cpp", "QEventLoop loop; loop.exec();"),
    ("nested event loop", "console/app/a.cpp", "QCoreApplication::processEvents();"),
    ("waiting", "server/edge/a.cpp", "socket.waitForReadyRead(10);"),
    ("waiting", "server/edge/a.cpp", "call(this, work, Qt::BlockingQueuedConnection);"),
    ("sleeping", "server/edge/a.cpp", "std::this_thread::sleep_for(1ms);"),
    ("sleeping", "server/edge/a.cpp", "QThread::msleep(1);"),
    ("sleeping", "server/edge/a.cpp", "::sleep(1);"),
    ("sleeping", "tests/server/core/a.cpp", "QTest::qSleep(50);"),
    ("mutex", "server/edge/a.h", "std::mutex guard_;"),
    ("mutex", "server/edge/a.cpp", "QMutex guard;"),
    ("clock", "server/core/a.cpp", "auto now = std::chrono::steady_clock::now();"),
    ("clock", "server/core/a.cpp", "auto now = QDateTime::currentDateTimeUtc();"),
    ("clock", "server/core/a.cpp", "auto now = time(nullptr);"),
    ("name", "server/core/a.h", "class ClientManager : public QObject"),
    ("name", "server/core/a.h", "struct TextUtils {"),
    ("context property", "console/app/a.cpp", 'context->setContextProperty("a", a);'),
    ("untyped QML", "qml/app/A.qml", "property var rows"),
    ("untyped QML", "qml/app/A.qml", "var row = 1"),
    ("rich text", "qml/app/A.qml", "textFormat: Text.RichText"),
    ("machine path", "packaging/run", "cd /root/orchestra"),
    ("machine path", "docs/a.md", "see /Users/ann/x"),
    ("registry", "packaging/run", "curl https://registry.npmjs.org/x"),
    ("unfinished", "server/core/a.cpp", "int a; // TODO later"),
    ("unfinished", "qml/ui/A.qml", "/* FIXME */"),
    ("licence", "server/core/a.cpp", None),
    ("licence", "shared/proto/a.proto", None),
    ("licence", "packaging/run", "#!/usr/bin/env bash"),
    ("header", "server/core/a.h", None),
]

# (path, what looks like a violation and is none)
SOUND = [
    ("server/edge/a.cpp", '#include "server/core/limits.h"\n#include "server/loop/loop_thread.h"\n#include "shared/wire/codec.h"'),
    ("server/edge/http_api/a.cpp", '#include "server/edge/listener.h"'),
    ("server/app/a.cpp", '#include "server/edge/listener.h"\n#include "server/store/store.h"\n#include <toml++/toml.h>'),
    ("tests/integration/a.cpp", '#include "server/app/config.h"\n#include "console/link/server_link.h"\n#include "a.moc"'),
    ("server/store/a.cpp", "#include <sqlite3.h>"),
    ("server/edge/a.cpp", "// a mutex would need std::mutex, sleep_for and thread_local\nint a;"),
    ("server/edge/a.cpp", 'const char *word = "thread_local QEventLoop static int x = 0;";'),
    ("server/edge/a.cpp", "constexpr auto kMany = 1'000'000; /* std::mutex */ int a = 1'0;"),
    ("server/edge/a.cpp", "static constexpr int kMany = 3;\nstatic const int kFew = 1;\nstatic int count();"),
    ("server/edge/a.cpp", 'const auto text = R"(std::mutex "quoted" here)";'),
    ("server/edge/a.h", HEADER + "static Edge make(int count);\nstatic QString title() { return {}; }"),
    ("server/loop/a.cpp", "bool processEvents(QEventLoop::ProcessEventsFlags flags);"),
    ("server/edge/a.cpp", "QEventLoop::ProcessEventsFlags flags;"),
    ("shared/base/mailbox.h", HEADER + "std::mutex guard_;"),
    ("tests/server/edge/a.cpp", "std::mutex guard; QTRY_VERIFY(done);"),
    ("qml/app/A.qml", "import Orchestra.Ui\nimport Orchestra.Models\nreadonly property int variance: 3 // var is forbidden"),
    ("qml/ui/A.qml", "import QtQuick\nimport Orchestra.Ui\ntextFormat: Text.PlainText"),
    ("docs/a.md", "A server/root/page and https://example.org/root/x are no machine paths."),
    ("build/release/a.cpp", "thread_local int generated;"),
    ("picture.png", b"\x89PNG\r\n\x1a\n\xff\xfe"),
]


def body(path: str, content: "str | None") -> str:
    """A file that breaks no other rule than the one that `content` breaks; None is what the rule wants to miss."""
    if content is None:
        return LICENCE if path.endswith(".h") else "int a;\n"
    if path.endswith(".h") and not content.startswith(HEADER):
        return HEADER + content + "\n"
    if path.endswith((".cpp", ".qml")):
        return LICENCE + content + "\n"
    return content + "\n"


class Tree:
    """A source tree in a temporary folder."""

    def __init__(self, files: "dict[str, str | bytes]") -> None:
        self.place = tempfile.TemporaryDirectory()
        for path, content in files.items():
            target = Path(self.place.name) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def __enter__(self) -> Path:
        return Path(self.place.name)

    def __exit__(self, *_: object) -> None:
        self.place.cleanup()


class TstCheckTree(unittest.TestCase):
    def test_reports_each_violation_and_nothing_else(self) -> None:
        for rule, path, content in BROKEN:
            with self.subTest(rule=rule, path=path, content=content), Tree({path: body(path, content)}) as root:
                self.assertEqual([(v.path, v.rule) for v in check_tree.check(root)], [(path, rule)])

    def test_has_an_example_for_every_rule(self) -> None:
        rules = {pattern.rule for pattern in check_tree.PATTERNS}
        self.assertLessEqual(rules, {rule for rule, _, _ in BROKEN})

    def test_is_silent_about_what_only_looks_wrong(self) -> None:
        for path, content in SOUND:
            with self.subTest(path=path, content=content):
                data = content if isinstance(content, bytes) else body(path, content)
                with Tree({path: data}) as root:
                    self.assertEqual([str(v) for v in check_tree.check(root)], [])

    def test_names_the_line(self) -> None:
        with Tree({"server/edge/a.cpp": LICENCE + "/* two\n lines */\nthread_local int a;\n"}) as root:
            self.assertEqual([v.line for v in check_tree.check(root)], [4])

    def test_finds_a_configuration_key_that_nothing_reads(self) -> None:
        table = LICENCE + 'k("a.used", &Config::server, &S::used);\nk("a.dead", &Config::server, &S::unread);\n'
        files = {"server/app/config_keys.cpp": table, "server/app/config.cpp": LICENCE + "config.unread;\n"}
        with Tree(files) as root:
            self.assertEqual(check_tree.check(root), [])  # there is no server yet
        files["server/app/main.cpp"] = LICENCE + "int main() { return config.server.used; }\n"
        with Tree(files) as root:
            self.assertEqual([(v.rule, v.line, v.what) for v in check_tree.check(root)], [("dead key", 3, "nothing reads unread")])

    def test_finds_two_types_of_one_name(self) -> None:
        one = HEADER + "namespace orchestra {\nclass Timer;\nenum class Format : int { A };\nclass Queue final : public Base\n{\n};\n}\n"
        for name, other in (("Queue", "struct Queue\n{"), ("Format", "enum class Format : int {")):
            with Tree({"server/core/a.h": one, "server/loop/b.h": HEADER + f"namespace orchestra {{\nclass Timer;\n{other}\n}};\n}}\n"}) as root:
                self.assertEqual([(v.path, v.line, v.what) for v in check_tree.check(root)],
                                 [("server/loop/b.h", 5, f"{name} is also defined in server/core/a.h")])
        with Tree({"server/core/a.h": one, "server/loop/b.h": HEADER + "namespace other {\nclass Queue\n{\n};\n}\n"}) as root:
            self.assertEqual(check_tree.check(root), [])

    def test_finds_two_tests_of_one_name(self) -> None:
        with Tree({"tests/server/core/tst_a.cpp": LICENCE, "tests/server/loop/tst_a.cpp": LICENCE}) as root:
            self.assertEqual([(v.path, v.rule) for v in check_tree.check(root)], [("tests/server/loop/tst_a.cpp", "double name")])

    def test_ends_with_one_when_there_are_violations(self) -> None:
        program = [sys.executable, check_tree.__file__]
        with Tree({"server/edge/a.cpp": LICENCE + "thread_local int a;\n"}) as root:
            broken = subprocess.run([*program, str(root)], capture_output=True, text=True, check=False)
        self.assertEqual(broken.returncode, 1)
        self.assertIn("server/edge/a.cpp:2: thread_local: ", broken.stdout)
        self.assertIn("1 violation in ", broken.stdout)
        with Tree({"server/edge/a.cpp": LICENCE + "int a;\n"}) as root:
            sound = subprocess.run([*program, str(root)], capture_output=True, text=True, check=False)
        self.assertEqual(sound.returncode, 0, sound.stdout)


if __name__ == "__main__":
    unittest.main()
