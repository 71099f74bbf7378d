// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/console.h"

#include "tests/console/models/rows.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;
using wire::Topic;

/// How the console's parts are joined, against a peer that a test plays.
class TstConsoleParts : public QObject
{
    Q_OBJECT

private:
    struct Bench
    {
        explicit Bench(const QString &directory = {}, const std::string &environment = "dev")
        {
            peer.welcome();
            peer.onConnected = [this, environment] {
                wire::OpsWelcome welcome;
                welcome.connectionId = fixedId<ConnectionId>(0xffff);
                welcome.userId = "olga";
                welcome.role = "operator";
                welcome.serverName = "eu-1";
                welcome.environment = environment;
                welcome.serverVersion = "9.9.9";
                peer.send(welcome);
            };
            Console::Options options;
            options.directory = directory.isEmpty() ? folder.path() : directory;
            options.token = QStringLiteral("secret");
            console = std::make_unique<Console>(clock, random, options);
            console->start(*Endpoint::parse(peer.address()));
        }

        bool isLive() const { return console->link()->phase() == Link::Live; }
        void showConnections(std::uint32_t count)
        {
            console->connections()->setActive(true);
            std::vector<wire::ConnectionRow> rows;
            for (std::uint32_t i = 1; i <= count; ++i)
                rows.push_back(connectionRow(i, i % 2 == 0 ? "ann" : "ben"));
            QTRY_VERIFY(console->client().mirror().isSynced(Topic::Connections));
            peer.sendSnapshot(Topic::Connections, 5, connectionRows(rows), count);
            QTRY_COMPARE(console->client().mirror().connections().size(), std::size_t(count));
            QTRY_COMPARE(console->connections()->rowTotal(), static_cast<int>(count));
        }
        void showOverview(std::vector<wire::ProblemRow> problems = {})
        {
            wire::OverviewRow row;
            row.sentence = "Everything works";
            row.clients = 1240;
            row.messagesInPerS = 4.25;
            row.firstTokenP95Ms = 407;
            row.ready = true;
            row.version = "9.9.9";
            row.problems = std::move(problems);
            wire::Rows rows;
            rows.overview = {row};
            peer.sendSnapshot(Topic::Overview, 9, rows, 1);
            QTRY_VERIFY(!console->client().mirror().overview().empty());
        }
        bool runCommand(const QString &query)
        {
            console->commands()->reset();
            console->commands()->setQuery(query);
            return console->commands()->run(0);
        }
        std::optional<wire::CloseConnections> closed() const
        {
            const auto actions = peer.bodies<wire::OpsAction>();
            if (actions.empty())
                return std::nullopt;
            const auto *close = std::get_if<wire::CloseConnections>(&actions.back().action);
            return close ? std::optional(*close) : std::nullopt;
        }

        ManualClock clock;
        SystemRandom random;
        QTemporaryDir folder;
        OpsPeer peer;
        std::unique_ptr<Console> console;
    };

private Q_SLOTS:
    void saysTheSentenceOfTruthAndItsNumbers()
    {
        Bench bench;
        QCOMPARE(bench.console->numbers(), QStringList());
        QVERIFY(bench.console->sentence().startsWith(u"Connecting"_qs));
        QTRY_VERIFY(bench.isLive());
        bench.showOverview();
        QCOMPARE(bench.console->sentence(), u"Everything works"_qs);
        QCOMPARE(bench.console->sentenceStatus(), static_cast<int>(Health::Ok));
        QCOMPARE(bench.console->numbers().size(), 3);
        QVERIFY(bench.console->numbers()[0].endsWith(u"clients"_qs));
        QCOMPARE(bench.console->numbers()[1], u"4.3 msg/s"_qs);
        QVERIFY(bench.console->revisionText().contains(u"9"_qs));
        QTRY_COMPARE(bench.console->servers()->current()->versionText, u"9.9.9"_qs);
        const QString diagnostics = bench.console->diagnostics();
        QVERIFY(diagnostics.contains(u"server version 9.9.9"_qs));
        QVERIFY(!diagnostics.contains(u"secret"_qs));
        bench.peer.vanish();
        QTRY_COMPARE(bench.console->link()->phase(), static_cast<int>(Link::Lost));
        QVERIFY(bench.console->sentence().startsWith(u"Link lost"_qs));
        QVERIFY(!bench.console->lastErrorText().isEmpty());
        QVERIFY(bench.console->diagnostics().contains(u"last error"_qs));
    }

    void closesWhatIsMarkedAfterAsking()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(3);
        ConnectionsModel &table = *bench.console->connections();
        table.markRange(0, 1);
        table.closeAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->count(), 2);
        QCOMPARE(asked->risk(), 2);
        QCOMPARE(asked->verb(), u"Close 2 connections"_qs);
        asked->accept(u"tidy"_qs);
        bench.clock.advance(PendingAction::kGrace);
        QTRY_VERIFY(bench.closed().has_value());
        QCOMPARE(bench.closed()->connectionIds.size(), 2U);
        QCOMPARE(table.data(table.index(0, 0), KeyedTable::PendingTextRole).toString(), u"Closing"_qs);
    }

    void asksForTheNameOfAProductionServerBeforeItClosesMany()
    {
        Bench bench({}, "prod");
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(12);
        QCOMPARE(bench.console->link()->environment(), static_cast<int>(Link::Production));
        bench.console->connections()->markAll();
        bench.console->connections()->closeAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->risk(), 3);
        QVERIFY(asked->isReasonNeeded());
        QVERIFY(!asked->typeToConfirm().isEmpty());
    }

    void closesAllOfAUser()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(5);
        ConnectionsModel &table = *bench.console->connections();
        table.sort(ConnectionsModel::UserColumn, Qt::AscendingOrder);
        table.select(0);
        table.closeUserAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->count(), 2);
        asked->accept({});
        bench.clock.advance(PendingAction::kGrace);
        QTRY_VERIFY(bench.closed().has_value());
        QCOMPARE(bench.closed()->userId, std::optional<std::string>("ann"));
    }

    void forcesABreakerAfterAskingForAReason()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.console->breakers()->setActive(true);
        wire::BreakerRow store;
        store.name = "store";
        store.state = wire::BreakerState::Closed;
        store.calls = 5;
        store.revision = 12;
        wire::Rows rows;
        rows.breakers = {store};
        QTRY_VERIFY(bench.peer.subscription(Topic::Breakers));
        bench.peer.sendSnapshot(Topic::Breakers, 5, rows, 1);
        QTRY_COMPARE(bench.console->breakers()->currentKey(), u"store"_qs);
        bench.console->breakers()->setTerm(0);
        bench.console->breakers()->openAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->title(), u"Force store open for 5 min?"_qs);
        QVERIFY(asked->isReasonNeeded());
        asked->accept(u"  "_qs);
        QVERIFY2(bench.console->actions()->confirmation(), "a reason is needed");
        asked->accept(u"the disk is replaced"_qs);
        bench.clock.advance(PendingAction::kGrace);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 1);
        const wire::OpsAction sent = bench.peer.bodies<wire::OpsAction>()[0];
        const auto &change = std::get<wire::OverrideBreaker>(sent.action);
        QCOMPARE(change.name, std::string("store"));
        QCOMPARE(change.overrideState, wire::BreakerOverride::ForcedOpen);
        QCOMPARE(change.durationS, 300U);
        QCOMPARE(sent.reason, std::string("the disk is replaced"));
        QCOMPARE(sent.expectedRevision, std::optional<std::uint64_t>(12));
        QVERIFY(bench.console->breakers()->openAction()->busyText().startsWith(u"Forcing"_qs));
        wire::OpsReply reply;
        reply.requestId = sent.requestId;
        reply.message = "store: override forced_open for 300 s";
        bench.peer.send(reply);
        QTRY_COMPARE(bench.console->breakers()->openAction()->busyText(), QString());
    }

    void pinsALevelAfterAskingForNameAndReason()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.console->overview()->setActive(true);
        Degradation &degradation = *bench.console->overview()->degradation();
        wire::DegradationRow row;
        row.revision = 4;
        wire::Rows rows;
        rows.degradation = {row};
        QTRY_VERIFY(bench.peer.subscription(Topic::Degradation));
        bench.peer.sendSnapshot(Topic::Degradation, 5, rows, 1);
        QTRY_COMPARE(degradation.level(), 1);
        degradation.setWanted(4);
        degradation.setTerm(1);
        degradation.pinAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->title(), u"Hold the level Essential for 1 h?"_qs);
        QCOMPARE(asked->risk(), 3);
        QVERIFY(asked->isReasonNeeded());
        QVERIFY(!asked->typeToConfirm().isEmpty());
        asked->accept(u"disks are replaced"_qs);
        bench.clock.advance(PendingAction::kGrace);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 1);
        const wire::OpsAction pin = bench.peer.bodies<wire::OpsAction>()[0];
        QVERIFY(std::get<wire::PinDegradation>(pin.action) == (wire::PinDegradation{3, 3600}));
        QCOMPARE(pin.expectedRevision, std::optional<std::uint64_t>(4));
        QVERIFY(degradation.pinAction()->busyText().startsWith(u"Pinning"_qs));
        row.pinned = true;
        row.level = 3;
        row.revision = 5;
        rows.degradation = {row};
        bench.peer.sendSnapshot(Topic::Degradation, 6, rows, 1);
        QTRY_VERIFY(degradation.releaseAction()->isAvailable());
        degradation.releaseAction()->trigger();
        asked = bench.console->actions()->confirmation();
        QVERIFY(asked && asked->typeToConfirm().isEmpty());
        asked->accept(u"done"_qs);
        bench.clock.advance(PendingAction::kGrace);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 2);
        QVERIFY(std::get<wire::PinDegradation>(bench.peer.bodies<wire::OpsAction>()[1].action) ==
                wire::PinDegradation());
    }

    void acceptsAToolAsItWasLookedAt()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showOverview({{"tool_changed",
                             wire::Severity::Warning,
                             "Tool files/read waits to be accepted",
                             "its server describes it differently now",
                             {bench.clock.wallMs()},
                             "accept_tool",
                             "files/read"}});
        bench.console->overview()->setActive(true);
        ProblemsModel &problems = *bench.console->overview()->problems();
        QTRY_COMPARE(problems.count(), 1);
        QCOMPARE(problems.rows()[0].actionText, u"Look at it"_qs);
        bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            if (const auto *query = std::get_if<wire::ToolQuery>(&frame))
                bench.peer.send(wire::ToolReply{
                    query->id, wire::ToolDescription{query->name, "d2", "{\"a\":2}", "d1", "{\"a\":1}", true}});
        };
        problems.act(0);
        ToolInspection &review = *bench.console->review();
        QTRY_VERIFY(review.acceptAction()->isAvailable());
        QCOMPARE(review.name(), u"files/read"_qs);
        review.acceptAction()->trigger();
        QVERIFY(!review.isShown());
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked && asked->isReasonNeeded());
        QCOMPARE(asked->verb(), u"Accept files/read"_qs);
        asked->accept(u"read it"_qs);
        bench.clock.advance(PendingAction::kGrace);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 1);
        const wire::OpsAction sent = bench.peer.bodies<wire::OpsAction>()[0];
        QVERIFY(std::get<wire::AcceptTool>(sent.action) == (wire::AcceptTool{"files/read", "d2"}));
        QCOMPARE(sent.reason, std::string("read it"));
    }

    void cancelsATaskAndDecidesOnWhatItAsks()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.console->tasks()->setActive(true);
        QTRY_VERIFY(bench.peer.subscription(Topic::Tasks));
        wire::TaskRow whole;
        whole.taskId = fixedId<TaskId>(1);
        whole.threadId = fixedId<ThreadId>(1);
        whole.userId = "ann";
        whole.state = wire::TaskState::WaitingApproval;
        const WallMs now = bench.clock.wallMs();
        whole.approvals = {{fixedId<ApprovalId>(5), "set_flag", {"{}"}, {now}, {now + 60'000}}};
        wire::TaskRow part = whole;
        part.taskId = fixedId<TaskId>(2);
        part.state = wire::TaskState::Running;
        part.parentTaskId = whole.taskId;
        part.approvals.clear();
        wire::Rows rows;
        rows.tasks = {whole, part};
        bench.peer.sendSnapshot(Topic::Tasks, 5, rows, 2);
        QTRY_COMPARE(bench.console->tasks()->approvals()->count(), 1);
        bench.console->tasks()->approvals()->approve(0);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 1);
        const wire::OpsAction yes = bench.peer.bodies<wire::OpsAction>()[0];
        QVERIFY((std::get<wire::ResolveApproval>(yes.action) == wire::ResolveApproval{fixedId<ApprovalId>(5), true}));
        QVERIFY(!yes.reason.empty());
        QVERIFY(bench.console->tasks()->approvals()->rows()[0].busyText.startsWith(u"Approving"_qs));

        bench.console->navigation()->openLink(u"orchestra://eu-1/tasks/"_qs +
                                              QString::fromStdString(toString(whole.taskId)));
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Tasks));
        bench.console->tasks()->cancelAction()->trigger();
        Confirmation *asked = bench.console->actions()->confirmation();
        QVERIFY(asked);
        QCOMPARE(asked->title(), u"Cancel 2 tasks?"_qs);
        QCOMPARE(asked->count(), 2);
        asked->accept({});
        bench.clock.advance(PendingAction::kGrace);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 2);
        const wire::OpsAction cancel = bench.peer.bodies<wire::OpsAction>()[1];
        QVERIFY(std::get<wire::CancelTask>(cancel.action).taskId == whole.taskId);
        QVERIFY(bench.console->tasks()->tree()->rows()[1].busyText.startsWith(u"Cancelling"_qs));
    }

    void aProblemMakesTheSentenceNoBetterThanItIs()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showOverview({{"error_rate",
                             wire::Severity::Warning,
                             "The error rate is high",
                             "1 of 60",
                             {1},
                             "open_tasks",
                             "state:failed"}});
        QCOMPARE(bench.console->sentenceStatus(), static_cast<int>(Health::Warn));
        bench.console->overview()->setActive(true);
        QTRY_COMPARE(bench.console->overview()->problems()->count(), 1);
        QCOMPARE(bench.console->overview()->problems()->rows()[0].actionText, u"Show tasks"_qs);
        bench.console->overview()->problems()->act(0);
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Tasks));
        QCOMPARE(bench.console->tasks()->filter()->whole(), u"state:failed"_qs);
    }

    void goesWhereAProblemPoints()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.console->overview()->setActive(true);
        bench.showConnections(2);
        const std::string key = keyOfConnection(2);
        bench.showOverview({{"slow", wire::Severity::Problem, "t", "d", {1}, "open_connection", key},
                            {"breaker_open", wire::Severity::Warning, "t", "d", {1}, "probe_breaker", "ollama"},
                            {"breaker_half_open", wire::Severity::Warning, "t", "d", {1}, "probe_breaker", "n8n"}});
        QTRY_COMPARE(bench.console->overview()->problems()->count(), 3);
        bench.console->overview()->problems()->act(0);
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Connections));
        QCOMPARE(bench.console->connections()->currentKey().toStdString(), key);
        bench.console->overview()->problems()->act(1);
        QTRY_COMPARE(bench.peer.count<wire::OpsAction>(), 1);
        bench.console->overview()->problems()->act(2);
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Breakers));
        QCOMPARE(bench.console->breakers()->currentKey(), u"n8n"_qs);
        bench.console->overview()->tiles()->open(0);
        QCOMPARE(bench.console->navigation()->screens()->rows()[0].problems, 3);
    }

    void opensTheChatOfAConnection()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(2);
        bench.console->connections()->select(0);
        bench.console->connections()->openChatAction()->trigger();
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Chat));
    }

    void followsALinkToARowAndAFilter()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(3);
        const QString key = QString::fromStdString(keyOfConnection(2));
        bench.console->navigation()->openLink(u"orchestra://eu-1/connections/"_qs + key + u"?filter=user_id:ann"_qs);
        QCOMPARE(bench.console->connections()->currentKey(), key);
        QCOMPARE(bench.console->connections()->filter()->whole(), u"user_id:ann"_qs);
        bench.console->navigation()->copyLink();
        QVERIFY(QGuiApplication::clipboard()->text().contains(key));
        QCOMPARE(bench.console->actions()->notice()->text(), u"Copied"_qs);
        bench.console->connections()->copyRows();
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"ann"_qs));
        bench.console->copy({});
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"ann"_qs));
    }

    void runsEveryCommandOfThePalette()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        bench.showConnections(2);
        QVERIFY(bench.runCommand(u">Pause the view"_qs));
        QVERIFY(bench.console->range()->isPaused());
        QVERIFY(bench.runCommand(u">Go live"_qs));
        QVERIFY(!bench.console->range()->isPaused());
        QVERIFY(bench.runCommand(u">Light theme"_qs));
        QCOMPARE(bench.console->preferences()->scheme(), static_cast<int>(Preferences::Light));
        QVERIFY(bench.runCommand(u">High contrast"_qs));
        QCOMPARE(bench.console->preferences()->scheme(), static_cast<int>(Preferences::Contrast));
        QVERIFY(bench.runCommand(u">Dark theme"_qs));
        QVERIFY(bench.runCommand(u">Faults only"_qs));
        QVERIFY(bench.console->overview()->faultsOnly());
        QVERIFY(bench.runCommand(u">Copy diagnostics"_qs));
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"AI Orchestra"_qs));
        QVERIFY(bench.runCommand(u">Copy link"_qs));
        QVERIFY(bench.runCommand(u">Undo"_qs));
        QCOMPARE(bench.console->actions()->notice()->text(), u"There is nothing to undo"_qs);
        const int asked = bench.peer.count<wire::Subscribe>();
        QVERIFY(bench.runCommand(u">Fresh snapshot"_qs));
        QTRY_VERIFY(bench.peer.count<wire::Subscribe>() > asked);
        QVERIFY2(!bench.runCommand(u">Stop"_qs), "no answer is running");
        QVERIFY(bench.runCommand(u"Live chat"_qs));
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Chat));
        bench.showConnections(2);
        QVERIFY(bench.runCommand(u"@ann"_qs));
        QCOMPARE(bench.console->navigation()->screen(), static_cast<int>(Navigation::Connections));
        QCOMPARE(bench.console->connections()->currentKey().toStdString(), keyOfConnection(2));
        QVERIFY(bench.runCommand(u">Close…"_qs));
        QVERIFY(bench.console->actions()->confirmation());
    }

    void keepsFiltersAndMessagesForTheNextRun()
    {
        const QTemporaryDir folder;
        {
            Bench bench(folder.path());
            bench.console->connections()->filter()->apply(u"user_id:ann"_qs);
            bench.console->connections()->filter()->save(u"anns"_qs);
            bench.console->connections()->filter()->apply(u"user_id:ben"_qs);
            bench.console->connections()->filter()->save(u"anns"_qs);
            bench.console->chat()->setDraft(u"/status"_qs);
            bench.console->chat()->saveDraft();
        }
        const Bench bench(folder.path());
        QCOMPARE(bench.console->chat()->saved(), QStringList{u"/status"_qs});
        const auto &screens = bench.console->navigation()->screens()->rows();
        QCOMPARE(std::ranges::count(screens, true, &ScreenEntry::isChild), 1);
        const auto child = std::ranges::find(screens, true, &ScreenEntry::isChild);
        QCOMPARE(child->title, u"anns"_qs);
        QCOMPARE(child->filterText, u"user_id:ben"_qs);
    }

    void comesBackToTheServerOfTheLastRun()
    {
        const QTemporaryDir folder;
        QString last;
        {
            const Bench bench(folder.path());
            last = bench.peer.address();
        }
        const ManualClock clock;
        SystemRandom random;
        Console console(clock, random, {folder.path(), u"secret"_qs, {}});
        console.start(std::nullopt);
        QCOMPARE(console.client().endpoint().name(), last);
    }

    void saysSoWhenTheTokenFileIsMissing()
    {
        const QTemporaryDir folder;
        const ManualClock clock;
        SystemRandom random;
        Console console(clock, random, {folder.path(), {}, folder.filePath(u"none"_qs)});
        console.start(*Endpoint::parse(u"127.0.0.1:9"_qs));
        QVERIFY(console.actions()->notice());
        QCOMPARE(console.actions()->notice()->status(), static_cast<int>(Health::Bad));
        QVERIFY(console.actions()->notice()->text().contains(u"token file"_qs));
    }

    void forgetsAServer()
    {
        Bench bench;
        bench.console->servers()->forget(0);
        QVERIFY(bench.console->actions()->notice()->text().contains(u"is forgotten"_qs));
    }

    void tellsTheTimeOfTheZoneThatIsWanted()
    {
        Bench bench;
        bench.console->preferences()->setUtc(true);
        QCOMPARE(bench.console->range()->utcOffsetSeconds(), 0);
        QVERIFY(bench.console->clockText().endsWith(u"UTC"_qs));
        QVERIFY(bench.console->versionText().contains(QString::fromLatin1(qVersion())));
        QVERIFY(bench.console->licencesText().contains(u"GPL-3.0-or-later"_qs));
    }
};

QTEST_MAIN(TstConsoleParts)
#include "tst_console_parts.moc"
