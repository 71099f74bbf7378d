// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/line_splitter.h"

#include "shared/base/random.h"

#include <QTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace orchestra;

namespace {

using Lines = std::vector<std::string>;

/// Byte by byte: slow, and right at a glance.
Lines linesOf(std::string_view bytes)
{
    Lines lines(1);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r')
            continue;
        if (bytes[i] == '\r' || bytes[i] == '\n')
            lines.emplace_back();
        else
            lines.back() += bytes[i];
    }
    return lines; // the last has no end
}

Lines split(std::string_view bytes, std::size_t size, std::size_t limit = 1000)
{
    LineSplitter splitter(limit);
    Lines lines;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        if (!splitter.take(bytes.substr(0, size), [&lines](std::string_view line) {
                lines.emplace_back(line);
                return true;
            })) {
            lines.emplace_back(splitter.isTooLong() ? "too long" : "stopped");
            return lines;
        }
    }
    lines.emplace_back(splitter.rest());
    return lines;
}

} // namespace

class TstLineSplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsAtEveryKindOfEndHoweverTheBytesAreCut()
    {
        SeededRandom random(20261120);
        for (int round = 0; round < 2000; ++round) {
            std::string bytes;
            for (std::uint64_t left = random.next() % 40; left > 0; --left)
                bytes += "ab\r\n"[random.next() % 4];
            const Lines lines = linesOf(bytes);
            for (const std::size_t size :
                 {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(7), bytes.size() + 1})
                QVERIFY2(split(bytes, size) == lines, bytes.c_str());
        }
    }

    void refusesALineOverTheLimitInOnePieceOrMany()
    {
        const Lines cut{"abcd", "too long"};
        for (const std::size_t size : {std::size_t(1), std::size_t(4), std::size_t(100)}) {
            QCOMPARE(split("abcd\nabcde\n", size, 4), cut);
            QCOMPARE(split("abcd\rabcde", size, 4), cut);
        }
        QCOMPARE(split("abcd\r\nabcd", 100, 4), (Lines{"abcd", "abcd"}));
    }

    void stopsWhenItIsTold()
    {
        LineSplitter splitter(10);
        Lines lines;
        QVERIFY(!splitter.take("a\nb\nc\n", [&lines](std::string_view line) {
            lines.emplace_back(line);
            return line != "b";
        }));
        QCOMPARE(lines, (Lines{"a", "b"}));
        QVERIFY(!splitter.isTooLong());
    }
};

QTEST_GUILESS_MAIN(TstLineSplitter)
#include "tst_line_splitter.moc"
