// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/topic_view.h"

#include "shared/base/clock.h"

#include <QTest>

using namespace orchestra;

namespace {

wire::Rows connections(int count)
{
    wire::Rows rows;
    for (int i = 0; i < count; ++i) {
        wire::ConnectionRow row;
        row.connectionId = ConnectionId({static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i), 1});
        row.userId = i % 2 == 0 ? "even" : "odd";
        row.framesIn = static_cast<std::uint64_t>(count - i);
        rows.connections.push_back(row);
    }
    return rows;
}

std::unique_ptr<TopicView> view(wire::Subscribe spec)
{
    spec.topic = wire::Topic::Connections;
    return TopicView::forTopic(spec, *RowFilter::parse(spec.filter));
}

std::size_t rowsIn(const std::vector<wire::TopicSnapshot> &parts)
{
    std::size_t rows = 0;
    for (const wire::TopicSnapshot &part : parts)
        rows += part.rows.connections.size();
    return rows;
}

} // namespace

class TstTopicView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSnapshotComesInParts();
    void anEmptyTableIsOnePart();
    void onlyDifferencesFollow();
    void idleTimeIsNoChange();
    void aLongTableIsSeenThroughAWindow();
    void filterAndSortAreTheServers();
    void rowsThatLeaveTheWindowAreRemoved();
    void journalRowsAreNeverRemoved();
    void someTopicsHaveNoRows();
    void aWindowComesWithWhatTheWholeComesTo();
};

void TstTopicView::aSnapshotComesInParts()
{
    const auto all = connections(600);
    const auto parts = view({})->snapshot(all, 7);
    QCOMPARE(parts.size(), 3U);
    QCOMPARE(rowsIn(parts), 600U);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        QCOMPARE(parts[i].part, i);
        QCOMPARE(parts[i].last, i == 2);
        QCOMPARE(parts[i].revision, 7U);
        QCOMPARE(parts[i].total, 600U);
    }
}

void TstTopicView::aWindowComesWithWhatTheWholeComesTo()
{
    auto all = connections(1200);
    for (std::size_t i = 0; i < all.connections.size(); ++i) {
        wire::ConnectionRow &row = all.connections[i];
        row.phase = i < 10 ? wire::ConnectionPhase::Initializing : wire::ConnectionPhase::Active;
        row.idleMs = i < 310 ? 31'000 : 5;
        row.queueBytes = i == 0 ? 3'000'000 : i == 1 ? 1025 : 0;
        row.userId = i < 700 ? "many" : "u" + std::to_string(i % 250);
    }
    wire::Subscribe spec;
    spec.sort = "frames_in";
    spec.count = 50;
    const auto seen = view(spec);
    const auto totals = seen->snapshot(all, 1).front().connectionTotals;
    QVERIFY(totals);
    QCOMPARE(totals->starting, 10U);
    QCOMPARE(totals->idle, 300U);
    QCOMPARE(totals->active, 890U);
    QCOMPARE(totals->queues, (std::vector<std::uint64_t>{1198, 0, 1, 0, 0, 0, 1}));
    QCOMPARE(totals->topUsers.size(), 5U);
    QCOMPARE(totals->topUsers[0], (wire::UserConnections{"many", 700}));
    QCOMPARE(totals->topUsers[1], (wire::UserConnections{"u0", 2}));
    // A change of what is not in the window is told, though no row follows; the passing of idle seconds is not.
    wire::TopicDelta delta;
    QVERIFY(!seen->delta(all, 2, delta));
    all.connections[5].phase = wire::ConnectionPhase::Active;
    wire::TopicDelta next;
    QVERIFY(seen->delta(all, 3, next));
    QVERIFY(next.upserts.connections.empty());
    QCOMPARE(next.connectionTotals->starting, 9U);
    all.connections.resize(1000); // and now it is sent whole
    wire::TopicDelta whole;
    QVERIFY(seen->delta(all, 4, whole));
    QVERIFY(!whole.connectionTotals);
    QVERIFY(!view({})->snapshot(all, 1).front().connectionTotals);
}

void TstTopicView::anEmptyTableIsOnePart()
{
    const auto parts = view({})->snapshot({}, 1);
    QCOMPARE(parts.size(), 1U);
    QVERIFY(parts[0].last);
}

void TstTopicView::onlyDifferencesFollow()
{
    auto all = connections(10);
    const auto seen = view({});
    (void)seen->snapshot(all, 1);
    wire::TopicDelta delta;
    QVERIFY(!seen->delta(all, 2, delta));
    all.connections[3].framesIn = 999;
    const std::string gone = toString(all.connections[5].connectionId);
    all.connections.erase(all.connections.begin() + 5);
    QVERIFY(seen->delta(all, 3, delta));
    QCOMPARE(delta.upserts.connections.size(), 1U);
    QCOMPARE(delta.upserts.connections[0].framesIn, 999U);
    QCOMPARE(delta.removed, std::vector<std::string>{gone});
    QCOMPARE(delta.total, 9U);
    wire::TopicDelta again;
    QVERIFY(!seen->delta(all, 4, again));
}

void TstTopicView::idleTimeIsNoChange()
{
    auto all = connections(10);
    const auto seen = view({});
    (void)seen->snapshot(all, 1);
    for (wire::ConnectionRow &row : all.connections)
        row.idleMs += 1000;
    wire::TopicDelta delta;
    QVERIFY(!seen->delta(all, 2, delta));
}

void TstTopicView::aLongTableIsSeenThroughAWindow()
{
    const auto all = connections(3000);
    const auto whole = view({})->snapshot(all, 1);
    QCOMPARE(rowsIn(whole), TopicView::kMaxRows);
    QCOMPARE(whole[0].total, 3000U);
    QCOMPARE(whole[0].matched, 3000U);
    wire::Subscribe window;
    window.sort = "frames_in";
    window.first = 2990;
    window.count = 50;
    const auto end = view(window)->snapshot(all, 1);
    QCOMPARE(rowsIn(end), 10U);
    QCOMPARE(end[0].rows.connections.back().framesIn, 3000U);
    window.first = 5000;
    QCOMPARE(rowsIn(view(window)->snapshot(all, 1)), 0U);
}

void TstTopicView::filterAndSortAreTheServers()
{
    wire::Subscribe spec;
    spec.filter = "user:odd";
    spec.sort = "frames_in";
    spec.descending = true;
    spec.count = 3;
    const auto parts = view(spec)->snapshot(connections(3000), 1);
    QCOMPARE(parts[0].matched, 1500U);
    QCOMPARE(parts[0].total, 3000U);
    QCOMPARE(parts[0].rows.connections.size(), 3U);
    QCOMPARE(parts[0].rows.connections[0].framesIn, 2999U);
    QCOMPARE(parts[0].rows.connections[2].framesIn, 2995U);
}

void TstTopicView::rowsThatLeaveTheWindowAreRemoved()
{
    wire::Subscribe spec;
    spec.sort = "frames_in";
    spec.count = 2;
    auto all = connections(5); // 5 4 3 2 1
    const auto seen = view(spec);
    (void)seen->snapshot(all, 1); // 1 and 2
    all.connections[0].framesIn = 0;
    wire::TopicDelta delta;
    QVERIFY(seen->delta(all, 2, delta));
    QCOMPARE(delta.upserts.connections.size(), 1U);
    QCOMPARE(delta.removed.size(), 1U);
}

void TstTopicView::journalRowsAreNeverRemoved()
{
    wire::Subscribe spec;
    spec.topic = wire::Topic::Logs;
    const auto seen = TopicView::forTopic(spec, *RowFilter::parse(""));
    wire::Rows rows;
    rows.logs.resize(2);
    rows.logs[0].index = 1;
    rows.logs[1].index = 2;
    (void)seen->snapshot(rows, 1);
    rows.logs.erase(rows.logs.begin()); // it left the ring
    rows.logs.emplace_back().index = 3;
    wire::TopicDelta delta;
    QVERIFY(seen->delta(rows, 2, delta));
    QVERIFY(delta.removed.empty());
    QCOMPARE(delta.upserts.logs.size(), 1U);
    QCOMPARE(delta.upserts.logs[0].index, 3U);
}

void TstTopicView::someTopicsHaveNoRows()
{
    for (const wire::Topic topic : {wire::Topic::Metrics, wire::Topic::Traces, wire::Topic::Rollouts}) {
        wire::Subscribe spec;
        spec.topic = topic;
        QVERIFY(!TopicView::forTopic(spec, *RowFilter::parse("")));
    }
}

QTEST_APPLESS_MAIN(TstTopicView)
#include "tst_topic_view.moc"
