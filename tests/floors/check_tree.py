#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the rules of the source tree that a compiler does not: floors, headers, time, threads, QML, licence lines.

Usage: check_tree.py [ROOT]. Prints one line per violation, `path:line: rule: what`, and ends with 1 if there are any.
"""
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SKIPPED = {".git", ".cache", "build", "node_modules", "__pycache__"}
# These two files name what is forbidden.
OWN_FILES = {"tests/floors/check_tree.py", "tests/floors/tst_check_tree.py"}

BASE = {"shared/base"}
WIRE = BASE | {"shared/wire", "shared/proto"}
FLOOR_2 = WIRE | {"server/core", "server/loop"}
SIBLINGS = {f"server/{name}" for name in ("edge", "providers", "store", "agents", "observe", "orchestrator")}
# folder -> the folders whose headers it may include besides its own
FLOORS: dict[str, set[str]] = {
    "shared/base": set(),
    "shared/wire": WIRE,
    "server/core": WIRE,
    "server/loop": WIRE,
    **{sibling: FLOOR_2 for sibling in SIBLINGS},
    "server/app": FLOOR_2 | SIBLINGS,
    "console/link": WIRE,
    "console/models": WIRE | {"console/link"},
    "console/actions": WIRE | {"console/link", "console/models"},
    "console/app": WIRE | {"console/link", "console/models", "console/actions", "qml/ui"},
    "console/ctl": WIRE | {"console/link", "console/models", "console/actions"},
    "qml/ui": set(),
    "qml/app": WIRE | {"qml/ui", "console/models", "console/actions"},
}
PRODUCT = ("shared/", "server/", "console/", "qml/")
ROOTS = (*PRODUCT, "tests/")

HEAVY_HEADERS = re.compile(
    r"google/protobuf/|\.pb\.h$|simdjson\.h$|boost/|sqlite3\.h$|toml\+\+/|curl/|re2/|openssl/|hiredis/")


@dataclass(frozen=True)
class Pattern:
    """A regular expression that must not match, where, and which files may break it for which reason."""

    rule: str
    what: str
    regex: re.Pattern[str]
    under: tuple[str, ...]
    suffixes: tuple[str, ...]
    allowed: dict[str, str]
    raw: bool = False  # look at comments and texts too

    def concerns(self, path: str) -> bool:
        return (path.startswith(self.under) and path.endswith(self.suffixes)
                and not any(path.startswith(prefix) for prefix in self.allowed))


CPP = (".h", ".cpp")
ANY = ("",)
SOURCES = (".h", ".cpp", ".qml", ".js", ".py", ".sh", ".proto", ".sql", ".cmake", ".txt")


def code(rule: str, what: str, regex: str, under: tuple[str, ...] = PRODUCT, suffixes: tuple[str, ...] = CPP,
         **allowed: str) -> Pattern:
    # Keyword names cannot hold slashes: server__loop stands for server/loop.
    return Pattern(rule, what, re.compile(regex), under, suffixes,
                   {name.replace("__", "/"): reason for name, reason in allowed.items()})


def text(rule: str, what: str, regex: str, suffixes: tuple[str, ...] = ANY) -> Pattern:
    return Pattern(rule, what, re.compile(regex), ("",), suffixes, {"LICENSE": "the licence is quoted as it is"}, raw=True)


PATTERNS = [
    code("singleton", "objects are built in server/app or main and passed on",
         r"\bstatic\b[^;{}()=]*[&*]\s*(?:instance|self|theOne)\s*\(|\bQ_GLOBAL_STATIC|::instance\s*\(\s*\)\s*(?:->|\.)",
         console__app="QCoreApplication::instance() is Qt's own"),
    code("mutable static", "state belongs to one owner thread, not to the program",
         r"^\s*(?:inline\s+)?static\s+(?!const\b|constexpr\b|constinit\s+const\b|inline\s+const)"
         r"[\w:<>,\s*&]+?[\s*&]\w+(?:\[[^\]]*\])?\s*(?:=|\{|;)"),
    code("thread_local", "pass a context instead", r"\bthread_local\b"),
    code("nested event loop", "answer by an event", r"\bQEventLoop\b(?!\s*::)|\bprocessEvents\s*\(",
         server__loop="the event dispatcher is what event loops call"),
    code("waiting", "a thread with an event loop must not block",
         r"\bwaitFor[A-Z]\w*\s*\(|BlockingQueuedConnection",
         server__loop="the dispatcher's epoll_wait is where a thread waits"),
    code("sleeping", "use a timer", r"\b(?:sleep_for|sleep_until|usleep|nanosleep|msleep)\b|(?<![\w.>])sleep\s*\(",
         server__loop="the dispatcher's epoll_wait is where a thread waits"),
    code("sleeping", "move a ManualClock, or wait for a signal", r"\b(?:sleep_for|sleep_until|usleep|nanosleep|msleep|qSleep)\b",
         under=("tests/shared/", "tests/server/", "tests/console/"),
         tests__server__loop="the event loop itself keeps real time",
         tests__server__edge="slow peers on real sockets"),
    code("mutex", "threads exchange values through Mailbox",
         r"\b(?:std::(?:recursive_|shared_|timed_)?mutex|std::condition_variable|QMutex|QReadWriteLock|QSemaphore)\b",
         shared__base__mailbox="it is the one door between threads",
         server__loop__mailbox_bell="it wakes the thread behind that door"),
    code("clock", "time comes from a Clock that is passed in",
         r"\b(?:steady_clock|system_clock|high_resolution_clock)::now\b|\bQElapsedTimer\b|::currentDateTime|::currentMSecsSinceEpoch"
         r"|\bgettimeofday\b|\bclock_gettime\b|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)",
         shared__base__clock="it is the Clock", server__loop="timers of the event loop itself",
         server__observe__process_stats="when the process began is known to the kernel only"),
    code("name", "name the thing, not the pattern", r"\b(?:class|struct)\s+\w*(?:Manager|Helper|Utils?)\b\s*(?:final\s*)?[:{]"),
    code("context property", "hand objects over as required properties", r"\bsetContext(?:Property|Object)\b"),
    code("untyped QML", "give it a type", r"\bproperty\s+var\b|\bvar\s+\w", suffixes=(".qml",), under=("qml/",)),
    code("rich text", "others' words are Text.PlainText", r"\bText(?:Edit)?\.(?:RichText|StyledText|AutoText|MarkdownText)\b",
         suffixes=(".qml",), under=("qml/",)),
    text("machine path", "the tree must not know where it was written", r"(?<![\w.\-])/(?:root|Users)/\w"),
    text("registry", "packages come from the distribution, by its own configuration",
         r"registry\.npmjs\.org|\bpypi\.org|pythonhosted\.org|\bcrates\.io|proxy\.golang\.org|\b(?:deb|snapshot)\.debian\.org"
         r"|archive\.ubuntu\.com"),
    text("unfinished", "finish it", r"\b(?:TODO|FIXME|XXX|HACK)\b", suffixes=SOURCES),
]


@dataclass(frozen=True)
class Violation:
    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL)


def without_comments_and_texts(source: str) -> str:
    """Blanks comments and literals, keeping every line where it is."""
    return TOKENS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source)


def folder_of(path: str) -> str:
    """The two-level folder that a rule knows: server/edge for server/edge/http_api/chat.h."""
    return "/".join(path.split("/")[:2])


def includes(source: str) -> Iterator[tuple[int, str, bool]]:
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(<([^>]+)>|"([^"]+)")', line)
        if match:
            yield number, match.group(2) or match.group(3), match.group(3) is not None


def check_includes(path: str, source: str) -> Iterator[Violation]:
    if not path.endswith(CPP) or not path.startswith(ROOTS):
        return
    own = folder_of(path)
    in_product = path.startswith(PRODUCT)
    if in_product and own not in FLOORS:
        yield Violation(path, 1, "floor", f"no floor is defined for {own}")
        return
    for line, header, quoted in includes(source):
        if in_product and path.endswith(".h") and HEAVY_HEADERS.search(header):
            yield Violation(path, line, "heavy header", f"{header} belongs into the .cpp")
        if quoted and not header.startswith(ROOTS) and not header.endswith((".moc", ".pb.h")):
            yield Violation(path, line, "include", f"{header} is not named from the root of the tree")
        if quoted and in_product and header.startswith(ROOTS):
            target = folder_of(header)
            if target != own and target not in FLOORS[own]:
                yield Violation(path, line, "floor", f"{own} may not include {target}")


def check_imports(path: str, source: str) -> Iterator[Violation]:
    """qml/ui is a set of controls that knows nothing of what the console shows."""
    if not path.endswith(".qml"):
        return
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(r'\s*import\s+("[^"]*"|[\w.]+)', line)
        if not match:
            continue
        module = match.group(1)
        if path.startswith("qml/") and module.startswith('"') and ".." in module:
            yield Violation(path, number, "floor", f"import a module, not the folder {module}")
        if path.startswith("qml/ui/") and module.startswith("Orchestra") and module != "Orchestra.Ui":
            yield Violation(path, number, "floor", f"qml/ui may not import {module}")


def check_licence(path: str, source: str) -> Iterator[Violation]:
    lines = source.splitlines()
    script = bool(lines) and lines[0].startswith("#!")
    if not script and not path.endswith((".h", ".cpp", ".qml", ".js", ".py", ".sh", ".proto", ".sql", ".cmake")):
        return
    if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in lines[:2]):
        yield Violation(path, 1, "licence", "the SPDX line is missing")


def check_headers_guard(path: str, source: str) -> Iterator[Violation]:
    if path.endswith(".h") and path.startswith(ROOTS) and "#pragma once" not in source:
        yield Violation(path, 1, "header", "#pragma once is missing")


def check_patterns(path: str, source: str) -> Iterator[Violation]:
    bare = without_comments_and_texts(source) if path.endswith((*CPP, ".qml")) else source
    for pattern in PATTERNS:
        if not pattern.concerns(path):
            continue
        for number, line in enumerate((source if pattern.raw else bare).splitlines(), 1):
            if pattern.regex.search(line):
                yield Violation(path, number, pattern.rule, f"{line.strip()[:80] or source.splitlines()[number - 1].strip()[:80]}"
                                                            f" ({pattern.what})")


def check_configuration_keys(files: dict[str, str]) -> Iterator[Violation]:
    """A key that nothing reads would promise the operator what does not happen."""
    table = files.get("server/app/config_keys.cpp", "")
    if "server/app/main.cpp" not in files:
        return
    readers = "\n".join(source for path, source in files.items()
                        if path.startswith("server/") and not path.startswith("server/app/config"))
    for number, line in enumerate(table.splitlines(), 1):
        for field in re.findall(r"&\w+::(\w+)", line):
            is_section = re.search(rf"&Config::{field}\b", line) is not None
            if not is_section and not re.search(rf"(?:\.|->){field}\b", readers):
                yield Violation("server/app/config_keys.cpp", number, "dead key", f"nothing reads {field}")


def check_double_names(files: dict[str, str]) -> Iterator[Violation]:
    """Two types of one name in one namespace are one type to the linker, whatever they hold."""
    first: dict[tuple[str, str], str] = {}
    for path, source in files.items():
        if not path.endswith(".h") or not path.startswith(PRODUCT):
            continue
        namespace = ""
        for number, line in enumerate(without_comments_and_texts(source).splitlines(), 1):
            if match := re.match(r"namespace\s+([\w:]+)", line):
                namespace = match.group(1)
            match = re.match(r"(?:class|struct|enum(?:\s+class)?)\s+(\w+)(?:\s+final)?\s*(?::[^;{]*)?(?:\{.*|\s*)$", line)
            if match and first.setdefault((namespace, match.group(1)), path) != path:
                other = first[(namespace, match.group(1))]
                yield Violation(path, number, "double name", f"{match.group(1)} is also defined in {other}")
    tests: dict[str, str] = {}
    for path in files:
        name = path.rsplit("/", 1)[-1]
        if path.startswith("tests/") and name.startswith("tst_") and tests.setdefault(name, path) != path:
            yield Violation(path, 1, "double name", f"the test is also at {tests[name]}")


def read_tree(root: Path) -> dict[str, str]:
    """Every text file of the tree by its path from the root; what is no UTF-8 is no text."""
    files = {}
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - SKIPPED)
        for path in (Path(folder) / name for name in sorted(set(names) - SKIPPED)):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return files


def check(root: Path) -> list[Violation]:
    files = read_tree(root)
    found = [*check_configuration_keys(files), *check_double_names(files)]
    for path, source in files.items():
        for rule in (check_includes, check_imports, check_licence, check_headers_guard):
            found += rule(path, source)
        if path not in OWN_FILES:
            found += check_patterns(path, source)
    return found


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = check(root)
    for violation in found:
        print(violation)
    print(f"{len(found)} violation{'' if len(found) == 1 else 's'} in {root}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
