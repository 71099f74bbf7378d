// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/mirror.h"

#include <QTest>

using namespace orchestra;
using wire::Topic;

namespace {

wire::BreakerRow breaker(std::string name, std::uint64_t calls = 0)
{
    wire::BreakerRow row;
    row.name = std::move(name);
    row.calls = calls;
    return row;
}

wire::TopicSnapshot snapshot(std::uint64_t revision, std::uint64_t part, bool last, std::vector<wire::BreakerRow> rows)
{
    wire::TopicSnapshot out;
    out.topic = Topic::Breakers;
    out.revision = revision;
    out.part = part;
    out.last = last;
    out.rows.breakers = std::move(rows);
    return out;
}

wire::TopicDelta delta(std::uint64_t base, std::uint64_t revision, std::vector<wire::BreakerRow> rows,
                       std::vector<std::string> removed = {})
{
    wire::TopicDelta out;
    out.topic = Topic::Breakers;
    out.baseRevision = base;
    out.revision = revision;
    out.upserts.breakers = std::move(rows);
    out.removed = std::move(removed);
    return out;
}

wire::TopicDelta points(std::uint64_t base, std::int64_t startSecond, std::vector<double> values,
                        std::vector<std::uint64_t> gaps = {})
{
    wire::TopicDelta out;
    out.topic = Topic::Metrics;
    out.baseRevision = base;
    out.revision = base + 1;
    out.upserts.series = {{"load", 1, {startSecond * 1000}, std::move(values), std::move(gaps)}};
    return out;
}

} // namespace

class TstMirror : public QObject
{
    Q_OBJECT

private:
    Mirror mirror_;
    TopicChange change_;

    void beginSeries()
    {
        wire::TopicSnapshot first;
        first.topic = Topic::Metrics;
        first.revision = 1;
        first.last = true;
        first.rows.series = {{"load", 1, {100'000}, {1, 2}, {}}};
        QCOMPARE(mirror_.apply(first, change_), Mirror::Applied::Changed);
    }

private Q_SLOTS:
    void init() { mirror_.clear(); }

    void showsASnapshotOnlyWhenItsLastPartHasCome()
    {
        QCOMPARE(mirror_.apply(snapshot(5, 0, false, {breaker("a")}), change_), Mirror::Applied::Waiting);
        QVERIFY(mirror_.breakers().empty());
        QCOMPARE(mirror_.apply(snapshot(5, 1, true, {breaker("b")}), change_), Mirror::Applied::Changed);
        QCOMPARE(mirror_.breakers().size(), 2U);
        QCOMPARE(mirror_.revision(Topic::Breakers), 5U);
        QVERIFY(change_.reset);
    }

    void refusesASnapshotWithAMissingPart()
    {
        QCOMPARE(mirror_.apply(snapshot(5, 1, true, {breaker("b")}), change_), Mirror::Applied::Gap);
        QVERIFY(!mirror_.isSynced(Topic::Breakers));
    }

    void startsOverWhenASnapshotBeginsAgain()
    {
        std::ignore = mirror_.apply(snapshot(5, 0, false, {breaker("old")}), change_);
        std::ignore = mirror_.apply(snapshot(6, 0, true, {breaker("new")}), change_);
        QCOMPARE(mirror_.breakers().size(), 1U);
        QVERIFY(mirror_.breakers().contains("new"));
    }

    void tellsWhichRowsADeltaTouched()
    {
        std::ignore = mirror_.apply(snapshot(1, 0, true, {breaker("a"), breaker("b")}), change_);
        QCOMPARE(mirror_.apply(delta(1, 2, {breaker("b", 9), breaker("c")}, {"a", "nobody"}), change_),
                 Mirror::Applied::Changed);
        QCOMPARE(change_.upserted, (std::vector<std::string>{"b", "c"}));
        QCOMPARE(change_.removed, (std::vector<std::string>{"a"}));
        QVERIFY(!change_.reset);
        QCOMPARE(mirror_.breakers().at("b").calls, 9U);
    }

    void refusesADeltaThatDoesNotFollow()
    {
        std::ignore = mirror_.apply(snapshot(1, 0, true, {breaker("a")}), change_);
        QCOMPARE(mirror_.apply(delta(3, 4, {breaker("b")}), change_), Mirror::Applied::Gap);
        QVERIFY(!mirror_.isSynced(Topic::Breakers));
        QVERIFY2(mirror_.breakers().contains("a"), "what was known stays, to be shown as old");
        QCOMPARE(mirror_.apply(delta(1, 2, {breaker("c")}), change_), Mirror::Applied::Gap);
    }

    void appendsToASeriesAndFillsWhatWasSkippedWithGaps()
    {
        beginSeries();
        std::ignore = mirror_.apply(points(1, 104, {7}), change_);
        const auto &series = mirror_.series().at("load/1");
        QCOMPARE(series.values, (std::vector<double>{1, 2, 0, 0, 7}));
        QCOMPARE(series.gaps, (std::vector<std::uint64_t>{2, 3}));
    }

    void replacesPointsThatComeAgain()
    {
        beginSeries();
        std::ignore = mirror_.apply(points(1, 101, {5, 6}, {1}), change_);
        const auto &series = mirror_.series().at("load/1");
        QCOMPARE(series.values, (std::vector<double>{1, 5, 6}));
        QCOMPARE(series.gaps, (std::vector<std::uint64_t>{2}));
        std::ignore = mirror_.apply(points(2, 102, {8}), change_);
        QVERIFY(mirror_.series().at("load/1").gaps.empty());
    }

    void keepsABoundedSeries()
    {
        beginSeries();
        for (std::size_t i = 0; i < 2000; ++i)
            std::ignore = mirror_.apply(points(i + 1, static_cast<std::int64_t>(102 + i), {double(i)}), change_);
        const auto &series = mirror_.series().at("load/1");
        QCOMPARE(series.values.size(), Mirror::kSeriesPoints);
        QCOMPARE(series.values.back(), 1999.0);
        QCOMPARE(series.start.ms, (100 + 2002 - static_cast<std::int64_t>(Mirror::kSeriesPoints)) * 1000);
    }

    void startsASeriesAnewAfterALongAbsence()
    {
        beginSeries();
        std::ignore = mirror_.apply(points(1, 1'000'000, {4}), change_);
        const auto &series = mirror_.series().at("load/1");
        QCOMPARE(series.values, (std::vector<double>{4}));
        QCOMPARE(series.start.ms, 1'000'000'000);
    }

    void ordersLogRowsByTheirIndex()
    {
        wire::LogRow early;
        early.index = 9;
        wire::LogRow late;
        late.index = 10;
        QVERIFY(rowKey(early) < rowKey(late));
    }
};

QTEST_GUILESS_MAIN(TstMirror)
#include "tst_mirror.moc"
