// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connections_model.h"

#include "console/models/texts.h"
#include "tests/console/models/rows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace orchestra;
using wire::Topic;

/// The connections screen against a peer that sends real frames.
class TstConnectionsModel : public QObject
{
    Q_OBJECT

private:
    struct Bench : LinkedPeer
    {

        void show(std::vector<wire::ConnectionRow> rows)
        {
            const auto total = static_cast<std::uint64_t>(rows.size());
            peer.sendSnapshot(Topic::Connections, ++revision, connectionRows(std::move(rows)), total);
        }
        void change(std::vector<wire::ConnectionRow> rows, std::vector<std::string> removed, std::uint64_t total)
        {
            peer.sendDelta(Topic::Connections, revision, connectionRows(std::move(rows)), std::move(removed), total);
            ++revision;
        }
        QStringList users() const
        {
            QStringList out;
            for (int row = 0; row < model.rowTotal(); ++row)
                out << cell(row, ConnectionsModel::UserColumn);
            return out;
        }
        QString cell(int row, int column) const
        {
            return model.data(model.index(row, column), Qt::DisplayRole).toString();
        }
        int status(int row, int column) const
        {
            return model.data(model.index(row, column), KeyedTable::CellStatusRole).toInt();
        }

        std::uint64_t revision = 1;
        ViewRange range{clock, nullptr};
        ConnectionsModel model{client, range, clock, nullptr};
        QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    };

    static void begin(Bench &bench)
    {
        bench.model.setActive(true);
        QTRY_VERIFY(bench.isLive());
        QTRY_VERIFY(bench.peer.subscription(Topic::Connections).has_value());
        QTRY_COMPARE(bench.model.content()->kind(), static_cast<int>(Content::Empty));
    }

private Q_SLOTS:
    void showsWhatEachConnectionSays()
    {
        Bench bench;
        begin(bench);
        wire::ConnectionRow row = connectionRow(1, "ann");
        row.phase = wire::ConnectionPhase::Initializing;
        row.edgeThread = 3;
        row.encoding = wire::Encoding::Protobuf;
        row.idleMs = 12'000;
        row.inPerS = 1.25;
        row.outPerS = 0;
        row.queueBytes = 900 * 1024;
        row.sequence = 1240;
        row.dropped = 2;
        bench.show({row});
        QTRY_COMPARE(bench.model.rowTotal(), 1);
        QCOMPARE(bench.model.content()->kind(), static_cast<int>(Content::Ready));
        const QStringList expected{u"Slow"_qs,   u"ann"_qs, u"client-1"_qs, u"127.0.0.1:40001"_qs,
                                   u"edge-3"_qs, u"v2"_qs,  u"protobuf"_qs, u"60 s"_qs,
                                   u"12 s"_qs};
        for (int column = 0; column < expected.size(); ++column)
            QCOMPARE(bench.cell(0, column), expected[column]);
        QCOMPARE(bench.cell(0, ConnectionsModel::InRateColumn), texts::number(1.25, 1));
        QCOMPARE(bench.cell(0, ConnectionsModel::QueueColumn), u"900"_qs);
        QCOMPARE(bench.cell(0, ConnectionsModel::SequenceColumn), texts::count(1240));
        QCOMPARE(bench.cell(0, ConnectionsModel::DropsColumn), u"2"_qs);
        QCOMPARE(bench.cell(0, ConnectionsModel::SessionColumn), u"session-1"_qs);
        QCOMPARE(bench.status(0, ConnectionsModel::QueueColumn), static_cast<int>(Health::Warn));
        QCOMPARE(bench.status(0, ConnectionsModel::DropsColumn), static_cast<int>(Health::Warn));
        QCOMPARE(bench.status(0, ConnectionsModel::UserColumn), static_cast<int>(Health::Idle));
        const auto fact = [&](int column, int role) { return bench.model.data(bench.model.index(0, column), role); };
        QVERIFY(qFuzzyCompare(fact(ConnectionsModel::QueueColumn, KeyedTable::FractionRole).toDouble(), 900.0 / 1024));
        QVERIFY(qIsNaN(fact(ConnectionsModel::UserColumn, KeyedTable::FractionRole).toDouble()));
        QVERIFY(fact(ConnectionsModel::OutRateColumn, KeyedTable::DimRole).toBool());
        QVERIFY(!fact(ConnectionsModel::InRateColumn, KeyedTable::DimRole).toBool());
        QVERIFY(fact(0, KeyedTable::SpokenRole).toString().contains(u"ann"_qs));
    }

    void saysOpsForAnOperatorsOwnConnection()
    {
        Bench bench;
        begin(bench);
        wire::ConnectionRow row = connectionRow(1, "olga");
        row.apiVersion = 0;
        bench.show({row});
        QTRY_COMPARE(bench.model.rowTotal(), 1);
        QCOMPARE(bench.cell(0, ConnectionsModel::ApiColumn), u"ops"_qs);
    }

    void sortsEveryColumnByItsValueAndNotByItsText()
    {
        Bench bench;
        begin(bench);
        std::vector<wire::ConnectionRow> rows;
        for (std::uint32_t i = 1; i <= 3; ++i) {
            const std::uint32_t value = i == 1 ? 9 : i == 2 ? 10 : 200;
            wire::ConnectionRow row = connectionRow(i, i == 1 ? "a" : i == 2 ? "b" : "c");
            row.phase = static_cast<wire::ConnectionPhase>(i);
            row.clientId = row.sessionId = row.address = row.userId;
            row.edgeThread = value;
            row.apiVersion = i - 1;
            row.connectedAt = {1'000'000 - static_cast<WallMs>(value)};
            row.idleMs = value;
            row.inPerS = row.outPerS = value;
            row.queueBytes = value;
            row.sequence = value;
            row.dropped = value;
            rows.push_back(std::move(row));
        }
        bench.show(rows);
        QTRY_COMPARE(bench.model.rowTotal(), 3);
        for (int column = 0; column < ConnectionsModel::ColumnCount; ++column) {
            if (column == ConnectionsModel::EncodingColumn)
                continue; // all the same
            bench.model.sort(column, Qt::AscendingOrder);
            QVERIFY2(bench.users() == QStringList({u"a"_qs, u"b"_qs, u"c"_qs}), qPrintable(QString::number(column)));
            bench.model.sort(column, Qt::DescendingOrder);
            QVERIFY2(bench.users() == QStringList({u"c"_qs, u"b"_qs, u"a"_qs}), qPrintable(QString::number(column)));
        }
    }

    void countsSilenceThatTheServerDoesNotRepeat()
    {
        Bench bench;
        begin(bench);
        wire::ConnectionRow row = connectionRow(1, "ann");
        row.idleMs = 1000;
        bench.show({row});
        QTRY_COMPARE(bench.model.rowTotal(), 1);
        QCOMPARE(bench.cell(0, ConnectionsModel::IdleColumn), texts::age(1000));
        bench.clock.advance(std::chrono::milliseconds(2500));
        QCOMPARE(bench.cell(0, ConnectionsModel::IdleColumn), texts::age(3500));
        bench.range.setPaused(true);
        bench.clock.advance(std::chrono::milliseconds(400));
        QCOMPARE(bench.cell(0, ConnectionsModel::IdleColumn), texts::age(3500));
        bench.range.setPaused(false);
        row.idleMs = 0;
        bench.change({row}, {}, 1);
        QTRY_COMPARE(bench.cell(0, ConnectionsModel::IdleColumn), texts::age(0));
    }

    void filtersHereWhileAllRowsAreHere()
    {
        Bench bench;
        begin(bench);
        bench.show({connectionRow(1, "ann"), connectionRow(2, "ben"), connectionRow(3, "ann")});
        QTRY_COMPARE(bench.model.rowTotal(), 3);
        const int asked = bench.peer.count<wire::Subscribe>();
        bench.model.filter()->setText(u"user_id:ann"_qs);
        QVERIFY(bench.model.filter()->commit());
        QCOMPARE(bench.users(), QStringList({u"ann"_qs, u"ann"_qs}));
        QCOMPARE(bench.model.filter()->countText(), u"2 of 3"_qs);
        QVERIFY(bench.model.filterText().contains(u"3 in all"_qs));
        QVERIFY(bench.model.filter()->apply(u"user_id:zoe"_qs));
        QTRY_COMPARE(bench.model.content()->kind(), static_cast<int>(Content::Filtered));
        bench.model.filter()->clear();
        QCOMPARE(bench.model.rowTotal(), 3);
        QTest::qWait(50);
        QCOMPARE(bench.peer.count<wire::Subscribe>(), asked);
    }

    void countsWhatStandsAboveTheTable()
    {
        Bench bench;
        begin(bench);
        wire::ConnectionRow full = connectionRow(1, "ann");
        full.queueBytes = 2'000'000;
        wire::ConnectionRow idle = connectionRow(2, "ann");
        idle.idleMs = 40'000;
        wire::ConnectionRow starting = connectionRow(3, "ben");
        starting.phase = wire::ConnectionPhase::Authenticating;
        bench.show({full, idle, starting});
        QTRY_COMPARE(bench.model.rowTotal(), 3);
        bench.model.tick();
        QCOMPARE(bench.model.idleClients()->last(), 1.0);
        QCOMPARE(bench.model.activeClients()->last(), 1.0);
        QCOMPARE(bench.model.startingClients()->last(), 1.0);
        const auto &bars = bench.model.queueHistogram()->rows();
        QCOMPARE(bars.front().count, 2);
        QCOMPARE(bars.back().count, 1);
        QCOMPARE(bars.back().status, static_cast<int>(Health::Warn));
        QCOMPARE(bench.model.topUsers()->rows().front().user, u"ann"_qs);
        QCOMPARE(bench.model.topUsers()->rows().front().count, 2);
        QCOMPARE(bench.model.headText(), u"3 open"_qs);
        QVERIFY(bench.model.testCommand().contains(bench.peer.address()));
        QCOMPARE(bench.model.listenText(), u"127.0.0.1:8700"_qs);
    }

    void keepsTheSelectionOverAFreshSnapshotAndOverAReconnect()
    {
        Bench bench;
        begin(bench);
        const std::vector<wire::ConnectionRow> rows{connectionRow(1, "ann"), connectionRow(2, "ben")};
        bench.show(rows);
        QTRY_COMPARE(bench.model.rowTotal(), 2);
        const QString ben = QString::fromStdString(keyOfConnection(2));
        bench.model.setCurrentKey(ben);
        bench.model.toggleMark(0);
        QSignalSpy resets(&bench.model, &QAbstractItemModel::modelReset);
        bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            if (const auto *subscribe = std::get_if<wire::Subscribe>(&frame);
                subscribe && subscribe->topic == Topic::Connections)
                bench.show(rows);
        };
        bench.client.refresh();
        QTRY_COMPARE(bench.client.mirror().revision(Topic::Connections), bench.revision);
        bench.peer.vanish();
        QTRY_COMPARE(bench.client.link().phase(), LinkPhase::Lost);
        QCOMPARE(bench.model.rowTotal(), 2);
        bench.client.retryNow();
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isLive());
        bench.model.tick();
        QTest::qWait(300);
        QCOMPARE(bench.model.currentKey(), ben);
        QCOMPARE(bench.model.currentRow(), 1);
        QCOMPARE(bench.model.markedCount(), 1);
        QCOMPARE(resets.count(), 0);
    }

    void holdsEverythingWhilePaused()
    {
        Bench bench;
        begin(bench);
        bench.show({connectionRow(1, "ann"), connectionRow(2, "ben")});
        QTRY_COMPARE(bench.model.rowTotal(), 2);
        bench.range.setPaused(true);
        wire::ConnectionRow changed = connectionRow(1, "ann");
        changed.sequence = 99;
        bench.change({changed, connectionRow(3, "cleo")}, {keyOfConnection(2)}, 2);
        QTRY_COMPARE(bench.range.heldText(), u"+1"_qs);
        QTest::qWait(300);
        bench.model.tick();
        bench.model.sort(ConnectionsModel::UserColumn, Qt::DescendingOrder);
        QCOMPARE(bench.users(), QStringList({u"ben"_qs, u"ann"_qs}));
        QCOMPARE(bench.cell(1, ConnectionsModel::SequenceColumn), u"0"_qs);
        bench.range.setPaused(false);
        QCOMPARE(bench.users(), QStringList({u"cleo"_qs, u"ann"_qs}));
        QCOMPARE(bench.cell(1, ConnectionsModel::SequenceColumn), u"99"_qs);
    }

    void showsWhatCameDuringAReconnectOnceThePauseEnds()
    {
        Bench bench;
        begin(bench);
        bench.show({connectionRow(1, "ann")});
        QTRY_COMPARE(bench.model.rowTotal(), 1);
        bench.range.setPaused(true);
        bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            if (const auto *subscribe = std::get_if<wire::Subscribe>(&frame);
                subscribe && subscribe->topic == Topic::Connections)
                bench.show({connectionRow(2, "ben"), connectionRow(3, "cleo")});
        };
        bench.peer.vanish();
        QTRY_COMPARE(bench.client.link().phase(), LinkPhase::Lost);
        bench.client.retryNow();
        QTRY_VERIFY(bench.isLive());
        QCOMPARE(bench.users(), QStringList{u"ann"_qs});
        bench.range.setPaused(false);
        QCOMPARE(bench.users(), QStringList({u"ben"_qs, u"cleo"_qs}));
    }

    void saysWhyNothingCanBeDone()
    {
        Bench bench;
        begin(bench);
        bench.show({connectionRow(1, "ann"), connectionRow(2, "ben")});
        QTRY_COMPARE(bench.model.rowTotal(), 2);
        QVERIFY(!bench.model.closeAction()->isAvailable());
        QCOMPARE(bench.model.selectionText(), u"No selection"_qs);
        bench.model.select(0);
        QVERIFY(bench.model.closeAction()->isAvailable());
        QCOMPARE(bench.model.closeUserAction()->title(), u"Close all of ann…"_qs);
        QCOMPARE(bench.model.selectionText(), u"1 of 2 selected"_qs);
        bench.model.setActionReason(u"read-only"_qs);
        QCOMPARE(bench.model.closeAction()->reason(), u"read-only"_qs);
        bench.model.markAll();
        QCOMPARE(bench.model.closeAction()->title(), u"Close 2 connections…"_qs);
        QSignalSpy chats(&bench.model, &ConnectionsModel::chatWanted);
        bench.model.openChatAction()->trigger();
        QCOMPARE(chats.constFirst().at(1).toString(), u"session-1"_qs);
    }

    void showsWhatIsOnItsWayUntilTheRowLeaves()
    {
        Bench bench;
        begin(bench);
        bench.show({connectionRow(1, "ann"), connectionRow(2, "ben")});
        QTRY_COMPARE(bench.model.rowTotal(), 2);
        const QString ann = bench.model.keyAt(0);
        const auto pending = [&] {
            return bench.model.data(bench.model.index(0, 0), KeyedTable::PendingTextRole).toString();
        };
        bench.model.setPending({ann}, u"Closing"_qs);
        QCOMPARE(pending(), u"Closing"_qs);
        bench.change({}, {ann.toStdString()}, 1);
        QTRY_COMPARE(bench.users(), QStringList{u"ben"_qs});
        QCOMPARE(pending(), QString());
        bench.change({connectionRow(1, "ann")}, {}, 2);
        QTRY_COMPARE(bench.model.rowTotal(), 2);
        QCOMPARE(pending(), QString());
    }

    void asksTheServerForAWindowWhenRowsAreMany()
    {
        Bench bench;
        begin(bench);
        bench.peer.onFrame = {};
        std::vector<wire::ConnectionRow> window;
        for (std::uint32_t i = 0; i < 200; ++i)
            window.push_back(connectionRow(1000 + i, "user-" + std::to_string(1000 + i)));
        bench.peer.sendSnapshot(Topic::Connections, ++bench.revision, connectionRows(window), 2000);
        QTRY_COMPARE(bench.peer.subscription(Topic::Connections)->count, 200U);
        bench.peer.sendSnapshot(Topic::Connections, ++bench.revision, connectionRows(window), 2000);
        QTRY_COMPARE(bench.model.rowTotal(), 2000);
        QCOMPARE(bench.model.queueHistogram()->rowCount(), 0); // the server has not said what they come to
        QCOMPARE(bench.model.total(), 2000);
        wire::TopicDelta totals;
        totals.topic = Topic::Connections;
        totals.baseRevision = bench.revision;
        totals.revision = ++bench.revision;
        totals.total = totals.matched = 2000;
        totals.connectionTotals =
            wire::ConnectionTotals{5, 1700, 295, {1990, 0, 0, 0, 0, 0, 10}, {{"many", 900}, {"few", 2}}};
        bench.peer.send(totals);
        QTRY_COMPARE(bench.model.queueHistogram()->rowCount(), 7);
        QCOMPARE(bench.model.queueHistogram()->rows()[0].count, 1990);
        QCOMPARE(bench.model.queueHistogram()->rows()[6].status, static_cast<int>(Health::Warn));
        QCOMPARE(bench.model.topUsers()->rowCount(), 2);
        QCOMPARE(bench.model.topUsers()->rows()[0].user, u"many"_qs);
        QCOMPARE(bench.model.topUsers()->rows()[0].count, 900);
        bench.model.tick();
        QCOMPARE(bench.model.activeClients()->last(), 1700.0);
        QCOMPARE(bench.model.idleClients()->last(), 295.0);
        QCOMPARE(bench.model.startingClients()->last(), 5.0);
        QCOMPARE(bench.model.keyAt(300), QString());
        bench.model.select(5);
        const QString chosen = bench.model.currentKey();
        QSignalSpy resets(&bench.model, &QAbstractItemModel::modelReset);
        bench.model.viewport(900, 930);
        QTRY_COMPARE(bench.peer.subscription(Topic::Connections)->first, 800U);
        QCOMPARE(bench.peer.subscription(Topic::Connections)->sort, std::string("queue_bytes"));
        QVERIFY(bench.peer.subscription(Topic::Connections)->descending);
        bench.model.sort(ConnectionsModel::UserColumn, Qt::AscendingOrder);
        QTRY_COMPARE(bench.peer.subscription(Topic::Connections)->sort, std::string("user_id"));
        QVERIFY(!bench.peer.subscription(Topic::Connections)->descending);
        bench.model.filter()->apply(u"role:client"_qs);
        QTRY_COMPARE(bench.peer.subscription(Topic::Connections)->filter, std::string("role:client"));
        QCOMPARE(bench.peer.subscription(Topic::Connections)->first, 0U);
        bench.model.viewport(900, 930);
        QTRY_COMPARE(bench.peer.subscription(Topic::Connections)->first, 800U);
        std::vector<wire::ConnectionRow> other;
        for (std::uint32_t i = 0; i < 231; ++i)
            other.push_back(connectionRow(5000 + i, "user-" + std::to_string(5000 + i)));
        bench.peer.sendSnapshot(Topic::Connections, ++bench.revision, connectionRows(other), 2001, 1999);
        QTRY_COMPARE(bench.model.rowTotal(), 1999);
        QCOMPARE(bench.model.keyAt(799), QString());
        QVERIFY(!bench.model.keyAt(800).isEmpty());
        QCOMPARE(bench.model.currentKey(), chosen);
        QVERIFY2(!bench.model.detail()->subtitle().contains(u"Gone"_qs), "it is only out of the window");
        QCOMPARE(resets.count(), 0);
    }

    /// Random deltas, filters, sorts, freezes and pauses; at the end the table shows what the peer last said.
    void staysTrueThroughRandomFrames()
    {
        for (unsigned seed = 1; seed <= 4; ++seed) {
            std::mt19937 random(seed);
            const auto below = [&random](int limit) {
                return static_cast<int>(random() % static_cast<unsigned>(limit));
            };
            Bench bench;
            begin(bench);
            std::map<std::string, wire::ConnectionRow> truth;
            const auto showAll = [&] {
                std::vector<wire::ConnectionRow> all;
                for (const auto &[key, row] : truth)
                    all.push_back(row);
                bench.show(std::move(all));
            };
            bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
                if (std::holds_alternative<wire::Subscribe>(frame))
                    showAll();
            };
            showAll();
            for (int step = 0; step < 120; ++step) {
                std::vector<wire::ConnectionRow> upserts;
                std::vector<std::string> removed;
                for (int i = below(6); i > 0; --i) {
                    const auto number = static_cast<std::uint32_t>(below(40));
                    wire::ConnectionRow row = connectionRow(number, "user-" + std::to_string(number % 7));
                    row.queueBytes = static_cast<std::uint64_t>(below(2'000'000));
                    truth[keyOfConnection(number)] = row;
                    upserts.push_back(std::move(row));
                }
                for (int i = below(4); i > 0 && !truth.empty(); --i) {
                    const auto victim = std::next(truth.begin(), below(static_cast<int>(truth.size())));
                    std::erase_if(upserts,
                                  [&](const auto &row) { return toString(row.connectionId) == victim->first; });
                    removed.push_back(victim->first);
                    truth.erase(victim);
                }
                bench.change(std::move(upserts), std::move(removed), truth.size());
                switch (below(8)) {
                case 0:
                    bench.model.sort(below(ConnectionsModel::ColumnCount),
                                     below(2) ? Qt::AscendingOrder : Qt::DescendingOrder);
                    break;
                case 1:
                    bench.model.filter()->apply(below(2) ? QString() : QStringLiteral("user_id:user-%1").arg(below(7)));
                    break;
                case 2:
                    bench.model.setFrozen(!bench.model.isFrozen());
                    break;
                case 3:
                    bench.range.setPaused(!bench.range.isPaused());
                    break;
                case 4:
                    bench.model.select(below(40) - 1);
                    bench.model.toggleMark(below(40));
                    break;
                case 5:
                    bench.client.refresh();
                    break;
                default:
                    bench.model.tick();
                    break;
                }
                QTest::qWait(step % 10 == 0 ? 270 : 1);
            }
            showAll();
            QTRY_COMPARE(bench.client.mirror().revision(Topic::Connections), bench.revision);
            bench.model.setFrozen(false);
            bench.range.setPaused(false);
            bench.model.filter()->apply(QString());
            bench.model.sort(ConnectionsModel::QueueColumn, Qt::AscendingOrder);
            QTRY_COMPARE(bench.model.rowTotal(), static_cast<int>(truth.size()));
            std::uint64_t before = 0;
            for (int row = 0; row < bench.model.rowTotal(); ++row) {
                const auto found = truth.find(bench.model.keyAt(row).toStdString());
                QVERIFY(found != truth.end());
                QVERIFY(found->second.queueBytes >= before);
                before = found->second.queueBytes;
                const double size = static_cast<double>(before) / 1024;
                QCOMPARE(bench.cell(row, ConnectionsModel::QueueColumn),
                         before == 0 ? u"0"_qs : texts::number(size, size < 10 ? 1 : 0));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TstConnectionsModel)
#include "tst_connections_model.moc"
