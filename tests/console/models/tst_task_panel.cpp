// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/task_panel.h"

#include "tests/console/models/rows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace orchestra;
using wire::TaskState;
using wire::Topic;

/// The tasks screen, against a peer that a test plays.
class TstTaskPanel : public QObject
{
    Q_OBJECT

private:
    struct Bench : LinkedPeer
    {
        ViewRange range{clock, nullptr};
        TaskPanel panel{client, range, clock, nullptr};
        QAbstractItemModelTester tree{panel.tree(), QAbstractItemModelTester::FailureReportingMode::Fatal};
        QAbstractItemModelTester approvals{panel.approvals(), QAbstractItemModelTester::FailureReportingMode::Fatal};
        std::uint64_t revision = 1;

        void show(std::vector<wire::TaskRow> tasks)
        {
            wire::Rows rows;
            rows.tasks = std::move(tasks);
            const std::size_t count = rows.tasks.size();
            peer.sendSnapshot(Topic::Tasks, ++revision, std::move(rows), count);
        }
        /// `number` orders the tasks by their begin.
        wire::TaskRow task(std::uint32_t number, TaskState state, std::uint32_t parent = 0) const
        {
            wire::TaskRow row;
            row.taskId = fixedId<TaskId>(number);
            row.threadId = fixedId<ThreadId>(1);
            row.userId = "ann";
            row.agent = "agent-" + std::to_string(number);
            row.state = state;
            row.step = "step";
            row.acceptedAt = {clock.wallMs() - 60'000 + number * 1000};
            row.ageMs = 500;
            if (parent != 0)
                row.parentTaskId = fixedId<TaskId>(parent);
            return row;
        }
        QStringList titles()
        {
            QStringList out;
            for (const TaskLine &line : panel.tree()->rows())
                out << QString(line.depth, u'.') + line.title.section(u'-', 1);
            return out;
        }
        QString key(std::uint32_t number) const { return QString::fromStdString(toString(fixedId<TaskId>(number))); }
    };

    static void begin(Bench &bench)
    {
        QTRY_VERIFY(bench.isLive());
        bench.panel.setActive(true);
        QTRY_VERIFY(bench.client.mirror().isSynced(Topic::Tasks));
    }

private Q_SLOTS:
    void showsPartsBelowTheirWhole()
    {
        Bench bench;
        begin(bench);
        bench.show({bench.task(7, TaskState::Running), bench.task(3, TaskState::Running, 2),
                    bench.task(2, TaskState::Running), bench.task(4, TaskState::Completed, 3),
                    bench.task(5, TaskState::Queued, 2), bench.task(1, TaskState::Completed),
                    bench.task(6, TaskState::Failed), bench.task(8, TaskState::Running, 99)});
        // Open ones as they began, the part of a whole that is not known by itself, then what ended last.
        QTRY_COMPARE(bench.titles(),
                     (QStringList{u"2"_qs, u".3"_qs, u"..4"_qs, u".5"_qs, u"7"_qs, u"8"_qs, u"6"_qs, u"1"_qs}));
        QCOMPARE(bench.panel.headText(), u"4 running, 1 queued"_qs);
        bench.panel.setExpanded(0, false);
        QCOMPARE(bench.titles(), (QStringList{u"2"_qs, u"7"_qs, u"8"_qs, u"6"_qs, u"1"_qs}));
        QVERIFY(bench.panel.tree()->rows()[0].isExpandable && !bench.panel.tree()->rows()[0].isExpanded);
        bench.panel.setExpanded(0, true);
        QCOMPARE(bench.panel.parentOf(2), 1);
        QCOMPARE(bench.panel.parentOf(3), 0);
        QCOMPARE(bench.panel.parentOf(4), -1);
    }

    void aTaskThatIsItsOwnWholeHarmsNobody()
    {
        Bench bench;
        begin(bench);
        bench.show({bench.task(1, TaskState::Running, 1), bench.task(2, TaskState::Running, 3),
                    bench.task(3, TaskState::Running, 2)});
        QTRY_COMPARE(bench.titles(), QStringList{u"1"_qs}); // the two that hold each other hang on nothing
        bench.panel.setCurrentKey(bench.key(2));
        QCOMPARE(openSubtree(bench.client.mirror().tasks(), toString(fixedId<TaskId>(2))).empty(), false);
    }

    void countsTheTimeOfWhatRunsAndNotOfWhatHasEnded()
    {
        Bench bench;
        begin(bench);
        wire::TaskRow running = bench.task(10, TaskState::Running);
        running.deadlineMs = 100'000;
        wire::TaskRow quick = bench.task(2, TaskState::Completed);
        quick.ageMs = 4;
        bench.show({running, bench.task(1, TaskState::Completed), quick});
        QTRY_COMPARE(bench.panel.tree()->count(), 3);
        QCOMPARE(bench.panel.tree()->rows()[0].ageText, u"50 s"_qs);
        QVERIFY(qFuzzyCompare(bench.panel.tree()->rows()[0].fraction, 0.5));
        QCOMPARE(bench.panel.tree()->rows()[1].ageText, u"4.0 ms"_qs);
        QCOMPARE(bench.panel.tree()->rows()[2].ageText, u"0.5 s"_qs);
        QVERIFY(qIsNaN(bench.panel.tree()->rows()[2].fraction));
        bench.clock.advance(std::chrono::seconds(55));
        bench.panel.tick();
        QVERIFY(bench.panel.tree()->rows()[0].isOver);
        QCOMPARE(bench.panel.tree()->rows()[0].stateText, u"Over its deadline"_qs);
        QCOMPARE(bench.panel.tree()->rows()[2].ageText, u"0.5 s"_qs);
    }

    void cancelsATaskWithWhatIsBelowIt()
    {
        Bench bench;
        begin(bench);
        bench.show({bench.task(1, TaskState::Running), bench.task(2, TaskState::Running, 1),
                    bench.task(3, TaskState::Completed, 1), bench.task(4, TaskState::Queued, 2),
                    bench.task(5, TaskState::Failed)});
        QTRY_COMPARE(bench.panel.tree()->count(), 5);
        QCOMPARE(bench.panel.cancelAction()->reason(), u"Select a task first"_qs);
        bench.panel.select(0);
        QCOMPARE(bench.panel.cancelAction()->title(), u"Cancel with 2 below…"_qs);
        QVERIFY(bench.panel.cancelAction()->isAvailable());
        bench.panel.setCurrentKey(bench.key(5));
        QCOMPARE(bench.panel.cancelAction()->reason(), u"It has ended"_qs);
        bench.panel.setCurrentKey(bench.key(2));
        QCOMPARE(bench.panel.cancelAction()->title(), u"Cancel with 1 below…"_qs);
        bench.panel.setBusy({bench.key(2), bench.key(4)}, u"Cancelling 0.8 s"_qs);
        QCOMPARE(bench.panel.tree()->rows()[static_cast<std::size_t>(bench.panel.currentRow())].busyText,
                 u"Cancelling 0.8 s"_qs);
        QCOMPARE(bench.panel.tree()->rows()[0].busyText, QString());
        bench.panel.setActionReason(u"prod is read-only"_qs);
        QCOMPARE(bench.panel.cancelAction()->reason(), u"prod is read-only"_qs);
        const bool hasParent = std::ranges::any_of(bench.panel.facts()->rows(), [&](const Fact &fact) {
            return fact.target.endsWith(u"/tasks/"_qs + bench.key(1));
        });
        QVERIFY(hasParent);
    }

    void hasTheServerLookThroughMoreThanItShows()
    {
        Bench bench;
        begin(bench);
        wire::Rows glance;
        glance.overview.resize(1);
        glance.overview[0].tasksRunning = 1200;
        glance.overview[0].tasksQueued = 40;
        wire::Rows rows;
        rows.tasks = {bench.task(1, TaskState::Running), bench.task(2, TaskState::Running)};
        std::uint64_t total = 1240;
        bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            const auto *asked = std::get_if<wire::Subscribe>(&frame);
            if (asked && asked->topic == Topic::Overview)
                bench.peer.sendSnapshot(Topic::Overview, ++bench.revision, glance, 1);
            else if (asked)
                bench.peer.sendSnapshot(Topic::Tasks, ++bench.revision, rows, total,
                                        asked->filter.empty() ? total : std::uint64_t(2));
        };
        wire::Subscribe atAGlance;
        atAGlance.topic = Topic::Overview;
        bench.client.subscribe(atAGlance);
        bench.client.refresh();
        QTRY_COMPARE(bench.panel.tree()->count(), 2);
        QTRY_COMPARE(bench.panel.headText(), u"1\u202f200 running, 40 queued; 2 of 1\u202f240 are shown"_qs);
        QCOMPARE(bench.panel.filter()->countText(), u"2 of 1\u202f240"_qs);
        QVERIFY(bench.panel.filter()->apply(u"state:running"_qs));
        QTRY_COMPARE(bench.peer.subscription(Topic::Tasks)->filter, std::string("state:running"));
        bench.panel.filter()->clear();
        QTRY_COMPARE(bench.peer.subscription(Topic::Tasks)->filter, std::string());
        // Few tasks are looked through here.
        total = 2;
        bench.client.refresh();
        QTRY_COMPARE(bench.panel.headText(), u"2 running"_qs);
        const int asked = bench.peer.count<wire::Subscribe>();
        QVERIFY(bench.panel.filter()->apply(u"state:failed"_qs));
        QTRY_COMPARE(bench.panel.content()->kind(), static_cast<int>(Content::Filtered));
        QCOMPARE(bench.peer.count<wire::Subscribe>(), asked);
    }

    void saysWhatWaitsForAYesAndForHowLong()
    {
        Bench bench;
        begin(bench);
        wire::TaskRow first = bench.task(1, TaskState::WaitingApproval);
        const WallMs now = bench.clock.wallMs();
        first.approvals = {{fixedId<ApprovalId>(1), "set_flag", {R"({"name":"x"})"}, {now - 60'000}, {now + 240'000}}};
        wire::TaskRow second = bench.task(2, TaskState::WaitingApproval);
        second.approvals = {{fixedId<ApprovalId>(2), "close", {}, {now - 290'000}, {now + 10'000}}};
        bench.show({first, second});
        QTRY_COMPARE(bench.panel.approvals()->count(), 2);
        QCOMPARE(bench.panel.headText(), u"0 running, 2 wait for a yes"_qs);
        const ApprovalLine urgent = bench.panel.approvals()->rows()[0];
        QCOMPARE(urgent.what, u"close"_qs);
        QCOMPARE(urgent.leftText, u"10 s left"_qs);
        QCOMPARE(urgent.parametersText, QString());
        const ApprovalLine other = bench.panel.approvals()->rows()[1];
        QCOMPARE(other.whoText, u"agent-1, for ann"_qs);
        QCOMPARE(other.parametersText, uR"({"name":"x"})"_qs);
        QVERIFY(qFuzzyCompare(other.left, 0.8));
        QSignalSpy decided(bench.panel.approvals(), &ApprovalsModel::decided);
        bench.panel.approvals()->refuse(1);
        QCOMPARE(decided.count(), 1);
        QCOMPARE(decided[0][1].toString(), u"set_flag"_qs);
        QCOMPARE(decided[0][2].toBool(), false);
        bench.panel.approvals()->setBusy(other.key, u"Refusing 0.1 s"_qs);
        bench.panel.approvals()->approve(1);
        QCOMPARE(decided.count(), 1); // one decision at a time
        bench.clock.advance(std::chrono::seconds(4));
        bench.panel.tick();
        QCOMPARE(bench.panel.approvals()->rows()[0].leftText, u"6 s left"_qs);
        QCOMPARE(bench.panel.approvals()->rows()[1].busyText, u"Refusing 0.1 s"_qs);
        bench.panel.setActionReason(u"prod is read-only"_qs);
        bench.panel.approvals()->approve(0);
        QCOMPARE(decided.count(), 1);
        bench.panel.approvals()->open(0);
        QCOMPARE(bench.panel.currentKey(), bench.key(2));
    }

    void keepsTheWholeOfWhatMatchesAFilter()
    {
        Bench bench;
        begin(bench);
        wire::TaskRow part = bench.task(2, TaskState::Running, 1);
        part.userId = "zoe";
        bench.show({bench.task(1, TaskState::Running), part, bench.task(3, TaskState::Running)});
        QTRY_COMPARE(bench.panel.tree()->count(), 3);
        QVERIFY(bench.panel.filter()->apply(u"user:zoe"_qs));
        QCOMPARE(bench.titles(), (QStringList{u"1"_qs, u".2"_qs}));
        QCOMPARE(bench.panel.filter()->countText(), u"2 of 3"_qs);
        QVERIFY(bench.panel.filter()->apply(u"user:nobody"_qs));
        QCOMPARE(bench.panel.content()->kind(), static_cast<int>(Content::Filtered));
        bench.panel.filter()->clear();
        bench.show({});
        QTRY_COMPARE(bench.panel.content()->kind(), static_cast<int>(Content::Empty));
    }
};

QTEST_GUILESS_MAIN(TstTaskPanel)
#include "tst_task_panel.moc"
