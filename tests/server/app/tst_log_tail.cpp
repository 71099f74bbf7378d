// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/log_tail.h"

#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;

class TstLogTail : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheNewestRowsOldestFirst();
    void whatIsNotFetchedInTimeIsMissingAndSeenToBe();
};

void TstLogTail::givesTheNewestRowsOldestFirst()
{
    const ManualClock clock;
    LogTail tail(clock);
    for (int i = 0; i < 10; ++i)
        tail.observe({LogLevel::Warn, "ws.closed", "gone", "edge", "corr", {{"n", std::to_string(i)}}, 5});
    const auto all = tail.rows(0, 100);
    QCOMPARE(all.size(), 10U);
    QCOMPARE(all[0].index, 1U);
    QCOMPARE(all[9].attributes.at("n"), std::string("9"));
    QCOMPARE(all[9].level, std::string("WARN"));
    QCOMPARE(tail.rows(0, 3)[0].index, 8U);
    QCOMPARE(tail.rows(8, 100).size(), 2U);
    QVERIFY(tail.rows(10, 100).empty());
}

void TstLogTail::whatIsNotFetchedInTimeIsMissingAndSeenToBe()
{
    const ManualClock clock;
    LogTail tail(clock);
    const int more = static_cast<int>(LogTail::kRows) + 500;
    for (int i = 0; i < more; ++i)
        tail.observe({});
    QCOMPARE(tail.rows(0, 10'000).size(), LogTail::kRows);
    tail.observe({});
    const auto rows = tail.rows(0, 2);
    QCOMPARE(rows[1].index, static_cast<std::uint64_t>(more) + 1);
    QCOMPARE(rows[0].index, LogTail::kRows); // the gap is between them
}

QTEST_APPLESS_MAIN(TstLogTail)
#include "tst_log_tail.moc"
