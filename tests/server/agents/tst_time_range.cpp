// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/time_range.h"
#include "shared/base/random.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <string>

using namespace orchestra;

namespace {

// A Wednesday.
constexpr const char *kNow = "2026-05-20T14:30:00Z";

WallMs at(const char *stamp)
{
    WallMs ms = 0;
    if (!parseTimestamp(stamp, ms))
        qFatal("bad stamp %s", stamp);
    return ms;
}

std::string asText(const std::optional<TimeRange> &range)
{
    return range ? formatTimestamp(range->from).substr(0, 19) + " " + formatTimestamp(range->to).substr(0, 19) : "none";
}

} // namespace

class TstTimeRange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsSpansOfThePast_data();
    void readsSpansOfThePast();
    void findsNoneWhereThereIsNone_data();
    void findsNoneWhereThereIsNone();
    void countsDaysInTheGivenZone();
    void saysWhereTheWordsStand();
    void takesAnyText();
};

void TstTimeRange::readsSpansOfThePast_data()
{
    QTest::addColumn<QString>("expected"); // from and to, seconds
    const auto row = [](const char *text, const char *from, const char *to) {
        QTest::newRow(text) << QString::fromUtf8(from) + u' ' + QString::fromUtf8(to);
    };
    const char *now = "2026-05-20T14:30:00";
    row("p95 over the last 15 minutes", "2026-05-20T14:15:00", now);
    row("errors in the past hour", "2026-05-20T13:30:00", now);
    row("past half hour", "2026-05-20T14:00:00", now);
    row("the last half an hour", "2026-05-20T14:00:00", now);
    row("last quarter of an hour", "2026-05-20T14:15:00", now);
    row("previous 2 days", "2026-05-18T14:30:00", now);
    row("last 90m", "2026-05-20T13:00:00", now);
    row("past 24h", "2026-05-19T14:30:00", now);
    row("last two hours please", "2026-05-20T12:30:00", now);
    row("the last couple of hours", "2026-05-20T12:30:00", now);
    row("last few minutes", "2026-05-20T14:27:00", now);
    row("last 1.5 hours", "2026-05-20T13:00:00", now);
    row("last week", "2026-05-13T14:30:00", now);
    row("last month", "2026-04-20T14:30:00", now);
    row("last night", "2026-05-19T18:00:00", "2026-05-20T06:00:00");
    row("lst 15 minuts", "2026-05-20T14:15:00", now);
    row("latency last houur", "2026-05-20T13:30:00", now);
    row("since 14:00", "2026-05-20T14:00:00", now);
    row("since 2pm", "2026-05-20T14:00:00", now);
    row("since 2 pm", "2026-05-20T14:00:00", now);
    row("since 22:15", "2026-05-19T22:15:00", now);
    row("since noon", "2026-05-20T12:00:00", now);
    row("since midnight", "2026-05-20T00:00:00", now);
    row("since yesterday", "2026-05-19T00:00:00", now);
    row("sicne yesteray", "2026-05-19T00:00:00", now);
    row("since yesterday at 18:00", "2026-05-19T18:00:00", now);
    row("since monday", "2026-05-18T00:00:00", now);
    row("since last monday", "2026-05-18T00:00:00", now);
    row("since wednesday", "2026-05-13T00:00:00", now);
    row("since 2026-05-01", "2026-05-01T00:00:00", now);
    row("since 2026-05-20T10:00Z", "2026-05-20T10:00:00", now);
    row("since 2026-05-20T10:00+02:00", "2026-05-20T08:00:00", now);
    row("after 9 am", "2026-05-20T09:00:00", now);
    row("since 3 hours ago", "2026-05-20T11:30:00", now);
    row("what broke two hours ago", "2026-05-20T12:30:00", now);
    row("an hour ago", "2026-05-20T13:30:00", now);
    row("yesterday", "2026-05-19T00:00:00", "2026-05-20T00:00:00");
    row("messages from yesterday", "2026-05-19T00:00:00", "2026-05-20T00:00:00");
    row("yesterday morning", "2026-05-19T06:00:00", "2026-05-19T12:00:00");
    row("today", "2026-05-20T00:00:00", now);
    row("this morning", "2026-05-20T06:00:00", "2026-05-20T12:00:00");
    row("this afternoon", "2026-05-20T12:00:00", now);
    row("this hour", "2026-05-20T14:00:00", now);
    row("this week", "2026-05-18T00:00:00", now);
    row("this month", "2026-05-01T00:00:00", now);
    row("on monday", "2026-05-18T00:00:00", "2026-05-19T00:00:00");
    row("last friday", "2026-05-15T00:00:00", "2026-05-16T00:00:00");
    row("on 2026-05-02", "2026-05-02T00:00:00", "2026-05-03T00:00:00");
    row("between 10:00 and 11:30", "2026-05-20T10:00:00", "2026-05-20T11:30:00");
    row("from 9 to 10 this morning", "2026-05-20T09:00:00", "2026-05-20T10:00:00");
    row("from 9 to 11", "2026-05-20T09:00:00", "2026-05-20T11:00:00");
    row("between 1 and 2 pm", "2026-05-20T13:00:00", "2026-05-20T14:00:00");
    row("from 14:00", "2026-05-20T14:00:00", now);
    row("from 14:00 to now", "2026-05-20T14:00:00", now);
    row("from 22:00 to 02:00", "2026-05-19T22:00:00", "2026-05-20T02:00:00");
    row("from 13:00 to 16:00", "2026-05-20T13:00:00", now);
    row("10:00-11:00", "2026-05-20T10:00:00", "2026-05-20T11:00:00");
    row("yesterday between 10:00 and 11:00", "2026-05-19T10:00:00", "2026-05-19T11:00:00");
    row("between 10:00 and 11:00 yesterday", "2026-05-19T10:00:00", "2026-05-19T11:00:00");
    row("yesterday from 16:00 to 18:00", "2026-05-19T16:00:00", "2026-05-19T18:00:00");
    row("between monday and yesterday", "2026-05-18T00:00:00", "2026-05-20T00:00:00");
    row("before 10:00", "2026-05-20T00:00:00", "2026-05-20T10:00:00");
    row("around 10:30", "2026-05-20T10:15:00", "2026-05-20T10:45:00");
    row("did latency spike at 22:00 on monday", "2026-05-18T21:45:00", "2026-05-18T22:15:00");
}

void TstTimeRange::readsSpansOfThePast()
{
    QFETCH(QString, expected);
    ManualClock clock;
    clock.setWall(at(kNow));
    QCOMPARE(QString::fromStdString(asText(findTimeRange(QTest::currentDataTag(), clock))), expected);
}

void TstTimeRange::findsNoneWhereThereIsNone_data()
{
    QTest::addColumn<bool>("isBounded"); // a span there is, but no absurd one
    QTest::newRow("last 99999999999999999999 hours") << true;
    for (const char *text :
         {"", "show the connections", "the last ten messages", "close the last connection", "connections from 10.0.0.4",
          "disconnect between 3 and 5 clients", "tomorrow", "for 15 minutes", "keep it open until tomorrow",
          "since the restart", "set v2_api to 25%", "since 2026-13-01", "since 2030-01-01", "in the first place",
          "a list of your past", "25:00", "from alice to bob"})
        QTest::newRow(text) << false;
}

void TstTimeRange::findsNoneWhereThereIsNone()
{
    ManualClock clock;
    clock.setWall(at(kNow));
    const auto range = findTimeRange(QTest::currentDataTag(), clock);
    QFETCH(bool, isBounded);
    if (isBounded)
        QVERIFY(range && range->to - range->from <= 3660LL * 24 * 3600 * 1000);
    else
        QCOMPARE(QString::fromStdString(asText(range)), QStringLiteral("none"));
}

void TstTimeRange::countsDaysInTheGivenZone()
{
    ManualClock clock;
    clock.setWall(at("2026-05-20T23:30:00Z"));
    const auto east = findTimeRange("today", clock, std::chrono::minutes(120));
    QCOMPARE(asText(east), std::string("2026-05-20T22:00:00 2026-05-20T23:30:00"));
    const auto west = findTimeRange("yesterday", clock, std::chrono::minutes(-300));
    QCOMPARE(asText(west), std::string("2026-05-19T05:00:00 2026-05-20T05:00:00"));
    const auto clockTime = findTimeRange("since 01:00", clock, std::chrono::minutes(120));
    QCOMPARE(asText(clockTime), std::string("2026-05-20T23:00:00 2026-05-20T23:30:00"));
    const auto date = findTimeRange("on 2026-05-19", clock, std::chrono::minutes(120));
    QCOMPARE(asText(date), std::string("2026-05-18T22:00:00 2026-05-19T22:00:00"));
}

void TstTimeRange::saysWhereTheWordsStand()
{
    ManualClock clock;
    clock.setWall(at(kNow));
    const std::string text = "find kafka in messages of the last two weeks, please";
    const auto range = findTimeRange(text, clock);
    QVERIFY(range);
    QCOMPARE(text.substr(range->offset, range->length), std::string("last two weeks"));
    const std::string other = "errors yesterday between 10:00 and 11:00?";
    const auto second = findTimeRange(other, clock);
    QVERIFY(second);
    QCOMPARE(other.substr(second->offset, second->length), std::string("yesterday between 10:00 and 11:00"));
}

void TstTimeRange::takesAnyText()
{
    ManualClock clock;
    clock.setWall(at(kNow));
    const std::vector<std::string> words = {"last", "past",   "since", "from", "to",          "between",    "and",
                                            "9",    "14:00",  "pm",    "week", "yesterday",   "ago",        "half",
                                            "an",   "monday", "until", "this", "10:00-11:00", "2026-05-20", "1e300",
                                            "99h",  "night",  "now",   "a",    "99999999999"};
    SeededRandom random(9);
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        for (std::uint64_t n = random.next() % 7; n > 0; --n)
            text += words[random.next() % words.size()] + ' ';
        const auto range =
            findTimeRange(text, clock, std::chrono::minutes(static_cast<int>(random.next() % 1440) - 720));
        if (range) {
            QVERIFY2(range->from >= 0 && range->from < range->to && range->to <= clock.wallMs(), text.c_str());
            QVERIFY2(range->length > 0 && range->offset + range->length <= text.size(), text.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TstTimeRange)
#include "tst_time_range.moc"
