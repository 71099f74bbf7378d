// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview.h"

#include "console/models/texts.h"
#include "shared/wire/series_names.h"
#include "tests/console/models/rows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <random>

using namespace orchestra;
using wire::Topic;

/// The overview screen against a peer that sends real frames.
class TstOverview : public QObject
{
    Q_OBJECT

private:
    struct Bench : LinkedPeer
    {
        ViewRange range{clock, nullptr};
        SeriesFeed feed{client, range, nullptr};
        Overview model{client, feed, range, clock, nullptr};
        std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
        std::uint64_t revision = 1;

        Bench()
        {
            wire::Subscribe overview;
            overview.topic = Topic::Overview;
            client.subscribe(overview);
            for (QAbstractItemModel *list :
                 {static_cast<QAbstractItemModel *>(model.tiles()), static_cast<QAbstractItemModel *>(model.problems()),
                  static_cast<QAbstractItemModel *>(model.changes()),
                  static_cast<QAbstractItemModel *>(model.startup()),
                  static_cast<QAbstractItemModel *>(model.breakers()),
                  static_cast<QAbstractItemModel *>(model.flags())})
                testers.push_back(std::make_unique<QAbstractItemModelTester>(
                    list, QAbstractItemModelTester::FailureReportingMode::Fatal));
        }

        void show(const wire::OverviewRow &row)
        {
            wire::Rows rows;
            rows.overview = {row};
            peer.sendSnapshot(Topic::Overview, ++revision, std::move(rows), 1);
        }
        void showBreakers(std::vector<wire::BreakerRow> breakers)
        {
            wire::Rows rows;
            rows.breakers = std::move(breakers);
            peer.sendSnapshot(Topic::Breakers, ++revision, std::move(rows), 1);
        }
        void showSeries(std::string_view name, std::vector<double> values, std::vector<std::uint64_t> gaps = {})
        {
            wire::Rows rows;
            const auto start = clock.wallMs() - static_cast<WallMs>(values.size() - 1) * 1000;
            rows.series = {{std::string(name), 1, {start}, std::move(values), std::move(gaps)}};
            peer.sendSnapshot(Topic::Metrics, ++revision, std::move(rows), 1);
        }
    };

    static wire::OverviewRow well()
    {
        wire::OverviewRow row;
        row.sentence = "Healthy";
        row.ready = true;
        row.clients = 412;
        row.clientLimit = 1000;
        row.breakers = 3;
        return row;
    }
    static wire::BreakerRow breaker(const std::string &name, wire::BreakerState state)
    {
        wire::BreakerRow row;
        row.name = name;
        row.state = state;
        row.since = {ManualClock().wallMs() - 12'000};
        row.calls = 10;
        row.failureRate = 0.4;
        row.threshold = 0.5;
        row.outcomes = "oosf";
        return row;
    }
    static void begin(Bench &bench)
    {
        bench.model.setActive(true);
        QTRY_VERIFY(bench.isLive());
    }

private Q_SLOTS:
    void tellsUnknownNumbersAsUnknown()
    {
        Bench bench;
        begin(bench);
        QCOMPARE(bench.model.content()->kind(), static_cast<int>(Content::Loading));
        bench.show(well());
        QTRY_COMPARE(bench.model.tiles()->rowCount(), 6);
        const auto &tiles = bench.model.tiles()->rows();
        QCOMPARE(tiles[0].value, u"412"_qs);
        QVERIFY(tiles[0].unit.contains(texts::count(1000)));
        QVERIFY(tiles[0].clickable);
        for (const int unknown : {1, 2, 3})
            QCOMPARE(tiles[static_cast<std::size_t>(unknown)].value, texts::kUnknown);
        QCOMPARE(tiles[4].value, u"0"_qs);
        QCOMPARE(bench.model.content()->kind(), static_cast<int>(Content::Ready));
        QCOMPARE(bench.model.problems()->summaryText(), u"Nothing is wrong. 412 clients connected."_qs);
        QVERIFY(!bench.model.startup()->isRunning());
    }

    void warnsWhereAGuardIsBreached()
    {
        Bench bench;
        begin(bench);
        wire::OverviewRow row = well();
        row.firstTokenP95Ms = 800;
        row.errorRate = 0.02;
        row.breakersNotClosed = 1;
        row.tasksRunning = 3;
        row.tasksOverDeadline = 2;
        bench.showBreakers({breaker("ollama", wire::BreakerState::Open)});
        bench.show(row);
        QTRY_COMPARE(bench.model.tiles()->rowCount(), 6);
        const auto &tiles = bench.model.tiles()->rows();
        QCOMPARE(tiles[2].status, static_cast<int>(Health::Warn));
        QCOMPARE(tiles[2].value, u"800"_qs);
        QCOMPARE(tiles[3].status, static_cast<int>(Health::Warn));
        QCOMPARE(tiles[3].value, u"2.00"_qs);
        QCOMPARE(tiles[4].status, static_cast<int>(Health::Bad));
        QCOMPARE(tiles[4].note, u"ollama"_qs);
        QCOMPARE(tiles[5].note, u"2 over deadline"_qs);
        QVERIFY(tiles[5].spoken.contains(u"2 over deadline"_qs));
    }

    void saysWhatIsWrongAndWhatHelps()
    {
        Bench bench;
        begin(bench);
        wire::OverviewRow row = well();
        const WallMs now = bench.clock.wallMs();
        row.problems = {
            {"breaker_open",
             wire::Severity::Problem,
             "ollama is open",
             "7 failures",
             {now - 12'000},
             "probe_breaker",
             "ollama"},
            {"slow_client", wire::Severity::Warning, "ben reads slowly", "", {now - 60'000}, "open_connection", "c-1"},
            {"breaker_forced_open", wire::Severity::Warning, "n8n is not closed", "", {now}, "probe_breaker", "n8n"},
            {"skew", wire::Severity::Info, "clock", "", {now}, {}, ""}};
        row.changes = {{{now}, "flag v2_api", "5 %", "25 %", "ann"}};
        bench.show(row);
        QTRY_COMPARE(bench.model.problems()->count(), 4);
        const auto &problems = bench.model.problems()->rows();
        QCOMPARE(problems[0].status, static_cast<int>(Health::Bad));
        QCOMPARE(problems[0].actionText, u"Probe now"_qs);
        QCOMPARE(problems[0].ageText, u"12 s"_qs);
        QCOMPARE(problems[0].actionReason, QString());
        QCOMPARE(problems[1].actionText, u"Open client"_qs);
        QCOMPARE(problems[2].actionText, u"Show breaker"_qs); // what is forced open cannot be probed
        QCOMPARE(problems[3].actionText, QString());
        QCOMPARE(bench.model.problems()->summaryText(), u"4 problems, worst first"_qs);
        QSignalSpy acted(bench.model.problems(), &ProblemsModel::actionWanted);
        bench.model.problems()->act(0);
        bench.model.problems()->act(99);
        QCOMPARE(acted.count(), 1);
        QCOMPARE(acted.constFirst().at(1).toString(), u"ollama"_qs);
        QCOMPARE(bench.model.changes()->rows().front().change, u"5 % → 25 %"_qs);
        bench.range.setUtcOffsetSeconds(3600);
        bench.clock.advance(std::chrono::seconds(10));
        bench.model.tick();
        QCOMPARE(problems[0].ageText, u"22 s"_qs);
        QCOMPARE(bench.model.changes()->rows().front().atText, texts::clock(now, 3600));
        bench.peer.vanish();
        QTRY_COMPARE(bench.client.link().phase(), LinkPhase::Lost);
        bench.model.tick();
        QVERIFY(!problems[0].actionReason.isEmpty());
        QCOMPARE(problems[1].actionReason, QString()); // what was received can be looked at
        QCOMPARE(bench.model.content()->kind(), static_cast<int>(Content::Ready));
    }

    void showsTheSevenPhasesOfAStart()
    {
        Bench bench;
        begin(bench);
        wire::OverviewRow row = well();
        row.ready = false;
        row.phases = {{"CONFIG", wire::PhaseState::Done, 12, {}},
                      {"STORE", wire::PhaseState::Failed, 30, "no space"},
                      {"SERVICES", wire::PhaseState::Pending, 0, {}}};
        bench.show(row);
        QTRY_COMPARE(bench.model.startup()->rowCount(), 3);
        QVERIFY(bench.model.startup()->isRunning());
        QCOMPARE(bench.model.startup()->rows()[1].detail, u"no space"_qs);
        QCOMPARE(bench.model.startup()->rows()[2].tookText, QString());
        row.draining = true;
        bench.show(row);
        QTRY_VERIFY(!bench.model.startup()->isRunning());
    }

    void spellsBreakersOut()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        wire::BreakerRow open = breaker("ollama", wire::BreakerState::Open);
        open.nextProbeAt = wire::Timestamp{bench.clock.wallMs() + 9'000};
        open.rejected = 5;
        wire::BreakerRow half = breaker("redis", wire::BreakerState::HalfOpen);
        half.probesPassed = 1;
        half.probesNeeded = 3;
        wire::BreakerRow forced = breaker("forced", wire::BreakerState::Closed);
        forced.overrideUntil = wire::Timestamp{bench.clock.wallMs() + 60'000};
        forced.actor = "ann";
        wire::BreakerRow unused = breaker("unused", wire::BreakerState::Closed);
        unused.calls = 0;
        unused.outcomes.clear();
        bench.showBreakers({open, half, forced, unused});
        QTRY_COMPARE(bench.model.breakers()->count(), 4);
        const auto &tiles = bench.model.breakers()->rows();
        QCOMPARE(tiles[0].name, u"forced"_qs);
        QVERIFY(tiles[0].nextText.startsWith(u"until "_qs) && tiles[0].nextText.endsWith(u"by ann"_qs));
        QCOMPARE(tiles[1].nextText, u"Probe in 9 s"_qs);
        QCOMPARE(tiles[1].extraText, u"5 refused"_qs);
        QCOMPARE(tiles[1].outcomes, QString(16, u' ') + u"oosf"_qs);
        QCOMPARE(tiles[1].rateText, u"40 % failed"_qs);
        QCOMPARE(tiles[1].thresholdText, u"trips at 50 %"_qs);
        QCOMPARE(tiles[1].sinceText, u"12 s"_qs);
        QCOMPARE(tiles[2].nextText, u"1 of 3 probes"_qs);
        QCOMPARE(tiles[3].stateText, u"No calls yet"_qs);
        QCOMPARE(tiles[3].status, static_cast<int>(Health::Idle));
        bench.model.setFaultsOnly(true);
        QCOMPARE(bench.model.breakers()->count(), 2);
    }

    void saysWhichModelsAnswerAndWhichToolsThereAre()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        QTRY_COMPARE(bench.model.models()->summaryText(), u"There is no model server."_qs);
        wire::ModelRow well;
        well.server = "local";
        well.model = "llama3.1:8b";
        well.url = "http://127.0.0.1:11434";
        well.parameters = "8.0B";
        well.canChat = well.canUseTools = true;
        well.breaker = "model:local/llama3.1:8b";
        well.breakerState = wire::BreakerState::Closed;
        well.firstTokenMs = 318;
        well.inFlight = 2;
        wire::ModelRow refused = well;
        refused.model = "tripped";
        refused.breakerState = wire::BreakerState::Open;
        refused.firstTokenMs.reset();
        refused.errorRate = 0.5;
        wire::ModelRow gone;
        gone.server = "lab";
        gone.trouble = "connection refused";
        wire::Rows rows;
        rows.models = {well, refused, gone};
        bench.peer.sendSnapshot(Topic::Models, ++bench.revision, rows, 3);
        QTRY_COMPARE(bench.model.models()->count(), 3);
        const auto &lines = bench.model.models()->rows(); // lab before local
        QCOMPARE(lines[0].name, u"lab"_qs);
        QCOMPARE(lines[0].stateText, u"Does not answer"_qs);
        QCOMPARE(lines[0].status, static_cast<int>(Health::Bad));
        QCOMPARE(lines[0].detailText, u"connection refused"_qs);
        QCOMPARE(lines[1].stateText, u"Answers"_qs);
        QCOMPARE(lines[1].detailText, u"8.0B, tools, http://127.0.0.1:11434"_qs);
        QCOMPARE(lines[1].firstTokenText, u"first token 318 ms"_qs);
        QCOMPARE(lines[1].loadText, u"2 at work"_qs);
        QCOMPARE(lines[2].stateText, u"Refused by its breaker"_qs);
        QCOMPARE(lines[2].loadText, u"50 % failed"_qs);
        QCOMPARE(bench.model.models()->summaryText(), u"2 models on 2 servers; lab does not answer"_qs);
        QSignalSpy opened(bench.model.models(), &ModelsModel::opened);
        bench.model.models()->open(0); // nothing guards what was never there
        bench.model.models()->open(2);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].toString(), u"model:local/llama3.1:8b"_qs);
        bench.model.setFaultsOnly(true);
        QCOMPARE(bench.model.models()->count(), 2);
        bench.model.setFaultsOnly(false);

        wire::Rows tools;
        tools.tools = {
            {.name = "read",
             .server = "files",
             .description = "Reads a file",
             .role = "client",
             .changed = true,
             .target = "files/read"},
            {.name = "set_flag", .server = "built-in", .role = "operator", .changes = true, .calls = 3, .failures = 1}};
        bench.peer.sendSnapshot(Topic::Tools, ++bench.revision, tools, 2);
        QTRY_COMPARE(bench.model.tools()->count(), 2);
        QCOMPARE(bench.model.tools()->rows()[0].roleText, u"operator, asks first"_qs);
        QCOMPARE(bench.model.tools()->rows()[0].callsText, u"3 calls, 1 failed"_qs);
        QCOMPARE(bench.model.tools()->rows()[1].stateText, u"Changed, waits for a yes"_qs);
        QCOMPARE(bench.model.tools()->rows()[1].status, static_cast<int>(Health::Warn));
        QCOMPARE(bench.model.tools()->summaryText(), u"2 tools of 2 servers, 1 changed"_qs);
        QSignalSpy looked(bench.model.tools(), &ToolsModel::opened);
        bench.model.tools()->open(0); // what is built in needs nobody's yes
        bench.model.tools()->open(1);
        QCOMPARE(looked.count(), 1);
        QCOMPARE(looked[0][0].toString(), u"files/read"_qs);
    }

    void saysWhatAFlagDoesAndHowFarTheServerIsDegraded()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        wire::Rows rows;
        rows.flags = {{.name = "off", .enabled = false, .percent = 50},
                      {.name = "on", .enabled = true, .percent = 100},
                      {.name = "part", .enabled = true, .percent = 25}};
        bench.peer.sendSnapshot(Topic::Flags, ++bench.revision, rows, 3);
        QTRY_COMPARE(bench.model.flags()->count(), 3);
        const auto &flags = bench.model.flags()->rows();
        QCOMPARE(flags[0].stateText, u"Off"_qs);
        QCOMPARE(flags[0].percentText, QString());
        QCOMPARE(flags[1].stateText, u"On"_qs);
        QCOMPARE(flags[2].strategyText, u"share of sessions"_qs);
        QCOMPARE(flags[2].percentText, u"25 %"_qs);
        QCOMPARE(bench.model.degradation()->level(), 0);
        wire::Rows degraded;
        degraded.degradation = {{2, "constrained", false, {}, "memory", {"search", "suggestions"}}};
        bench.peer.sendSnapshot(Topic::Degradation, ++bench.revision, degraded, 1);
        QTRY_COMPARE(bench.model.degradation()->level(), 3);
        QCOMPARE(bench.model.degradation()->noteText(), u"level 2 of 4"_qs);
        QVERIFY(bench.model.degradation()->causeText().endsWith(u": memory"_qs));
        QCOMPARE(bench.model.degradation()->shedText(), u"Shed now: search, suggestions"_qs);
        QCOMPARE(bench.model.degradation()->levels().size(), 5);
    }

    void saysWhoHoldsALevelAndWhatIsMeasured()
    {
        Bench bench;
        begin(bench);
        Degradation &degradation = *bench.model.degradation();
        QCOMPARE(degradation.pinAction()->reason(), u"The level is not known yet"_qs);
        wire::DegradationRow row;
        row.level = 3;
        row.pinned = true;
        row.since = {bench.clock.wallMs() - 90'000};
        row.cause = "disks are replaced";
        row.actor = "olga";
        row.pinnedUntil = wire::Timestamp{bench.clock.wallMs() + 600'000};
        row.automaticLevel = 1;
        row.inputs = {{"loop_lag", 0.125, "12 ms"}, {"memory", {}, "not limited"}};
        wire::Rows rows;
        rows.degradation = {row};
        bench.show(well());
        bench.peer.sendSnapshot(Topic::Degradation, ++bench.revision, rows, 1);
        QTRY_COMPARE(degradation.level(), 4);
        QCOMPARE(degradation.causeText(), u"For 90 s: disks are replaced"_qs);
        QVERIFY(degradation.pinText().startsWith(u"Pinned by olga until "_qs));
        QVERIFY(degradation.pinText().endsWith(u"what is measured says Reduced"_qs));
        QCOMPARE(degradation.inputsText(), u"loop lag 13 %, memory not measured"_qs);
        bench.clock.advance(std::chrono::seconds(5));
        bench.model.tick();
        QCOMPARE(degradation.causeText(), u"For 95 s: disks are replaced"_qs);
        QVERIFY(degradation.releaseAction()->isAvailable());
        degradation.setWanted(9);
        degradation.setTerm(9);
        QCOMPARE(degradation.pinAction()->title(), u"Pin Maintenance for 4 h…"_qs);
        QCOMPARE(degradation.termLength(), std::chrono::seconds(4 * 3600));
        degradation.setActionReason(u"prod is read-only"_qs);
        QCOMPARE(degradation.pinAction()->reason(), u"prod is read-only"_qs);
        row.pinned = false;
        row.level = 0;
        rows.degradation = {row};
        bench.peer.sendSnapshot(Topic::Degradation, ++bench.revision, rows, 1);
        QTRY_COMPARE(degradation.pinText(), QString());
        QCOMPARE(degradation.releaseAction()->reason(), u"Nothing is pinned"_qs);
    }

    void drawsASeriesWithItsGaps()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        bench.showSeries(series::kFirstTokenP95, {100, 0, 300}, {1});
        QTRY_VERIFY(!bench.client.mirror().series().empty());
        bench.range.tick(qQNaN());
        bench.feed.tick();
        const QList<QPointF> points = bench.model.p95()->points();
        QCOMPARE(points.size(), 3);
        QVERIFY(std::isnan(points[1].y()));
        QCOMPARE(bench.model.p95()->maximum(), 300.0);
        QVERIFY(bench.model.latencySpoken().contains(u"300"_qs));
        QCOMPARE(bench.model.latencyHeat()->cells().size(),
                 static_cast<qsizetype>(bench.model.latencyHeat()->rows()) * bench.model.latencyHeat()->columns());
    }

    void sumsTheHeatOfEachColumn()
    {
        Bench bench;
        begin(bench);
        bench.showSeries(series::heatName(0), {2, 4});
        QTRY_VERIFY(!bench.client.mirror().series().empty());
        bench.range.tick(qQNaN());
        bench.feed.tick();
        const HeatGrid &grid = *bench.model.latencyHeat();
        const QList<qreal> cells = grid.cells();
        // The newest column; its fastest cell is the last.
        QCOMPARE(cells.last(), 1.0);
        QVERIFY(std::isnan(cells[cells.size() - 2]));
        QCOMPARE(grid.maximumText(), u"6.0"_qs);
        QCOMPARE(grid.rowLabels().size(), grid.rows());
    }

    void holdsWhatComesWhilePausedAndShowsItAfter()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        QTRY_COMPARE(bench.model.tiles()->rowCount(), 6);
        bench.range.setPaused(true);
        wire::OverviewRow row = well();
        row.clients = 7;
        bench.show(row);
        QTRY_COMPARE(bench.range.heldText(), u"+1"_qs);
        bench.feed.tick();
        bench.model.tick();
        QTest::qWait(300);
        QCOMPARE(bench.model.tiles()->rows()[0].value, u"412"_qs);
        bench.range.setPaused(false);
        QCOMPARE(bench.model.tiles()->rows()[0].value, u"7"_qs);
    }

    void asksForNothingWhileNobodyLooks()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        QVERIFY(!bench.peer.subscription(Topic::Breakers).has_value());
        QSignalSpy changed(&bench.model, &Overview::changed);
        bench.show(well());
        bench.feed.tick();
        QTest::qWait(300);
        QCOMPARE(changed.count(), 0);
        bench.model.setActive(true);
        QCOMPARE(bench.model.tiles()->rowCount(), 6);
        QTRY_VERIFY(bench.peer.subscription(Topic::Flags).has_value());
        bench.model.setActive(false);
        QTRY_COMPARE(bench.peer.count<wire::Unsubscribe>(), 6);
    }

    void comparesWithTheTimeBefore()
    {
        Bench bench;
        begin(bench);
        bench.range.setPreset(ViewRange::Minutes5);
        QCOMPARE(bench.model.compareText(), u"compared with the 5 min before"_qs);
        bench.show(well());
        std::vector<double> values(600, 10);
        std::fill(values.begin() + 300, values.end(), 20);
        bench.showSeries(series::kMessagesIn, std::move(values));
        QTRY_VERIFY(!bench.client.mirror().series().empty());
        bench.range.tick(qQNaN());
        bench.feed.tick();
        const Tile &messages = bench.model.tiles()->rows()[1];
        QCOMPARE(messages.value, u"20.0"_qs);
        QCOMPARE(messages.trend, 1);
        QCOMPARE(messages.changeText, texts::change(20, 10));
    }

    void asksForCoarserPointsOfLongerRanges()
    {
        Bench bench;
        begin(bench);
        bench.show(well());
        QTRY_COMPARE(bench.model.tiles()->rowCount(), 6);
        bench.range.setPreset(ViewRange::Hour1);
        QTRY_VERIFY(bench.peer.count<wire::SeriesQuery>() > 0);
        const wire::SeriesQuery query = bench.peer.bodies<wire::SeriesQuery>().back();
        QCOMPARE(query.rangeS, 7200U);
        wire::SeriesReply reply;
        reply.id = query.id;
        reply.series = {{std::string(series::kClients), 10, {bench.clock.wallMs() - 20'000}, {4, 5, 6}, {}}};
        bench.peer.send(reply);
        QTRY_COMPARE(bench.feed.points(series::kClients).size(), 3);
        QCOMPARE(bench.feed.mean(series::kClients).value(), 4.5);
        QVERIFY(!bench.feed.latest(series::kClients).has_value());
        QVERIFY(!bench.feed.meanBefore(series::kClients).has_value());
        const int asked = bench.peer.count<wire::SeriesQuery>();
        for (int i = 0; i < 61; ++i)
            bench.feed.tick();
        QTRY_VERIFY(bench.peer.count<wire::SeriesQuery>() > asked);
        bench.peer.vanish();
        QTRY_COMPARE(bench.client.link().phase(), LinkPhase::Lost);
        bench.client.retryNow();
        QTRY_VERIFY(bench.isLive());
        for (int i = 0; i < 61; ++i)
            bench.feed.tick();
        QTRY_VERIFY(bench.peer.count<wire::SeriesQuery>() > asked + 1);
    }

    void keepsItsPromisesThroughRandomFrames()
    {
        std::mt19937 random(3);
        const auto below = [&random](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
        Bench bench;
        begin(bench);
        for (int step = 0; step < 150; ++step) {
            wire::OverviewRow row = well();
            for (int i = below(6); i > 0; --i) {
                const std::string target = std::to_string(below(8));
                const bool isKnown =
                    std::ranges::find(row.problems, target, &wire::ProblemRow::target) != row.problems.end();
                if (!isKnown)
                    row.problems.push_back({"kind", static_cast<wire::Severity>(below(3)), "t", "d", {1}, {}, target});
            }
            for (int i = below(5); i > 0; --i)
                row.changes.push_back({{step * 1000 + i}, "flag", "a", "b", "ann"});
            bench.show(row);
            std::vector<wire::BreakerRow> breakers;
            for (int i = below(6); i > 0; --i)
                breakers.push_back(
                    breaker("b" + std::to_string(i + below(3) * 6), static_cast<wire::BreakerState>(below(3))));
            bench.showBreakers(std::move(breakers));
            if (below(5) == 0)
                bench.model.setFaultsOnly(!bench.model.faultsOnly());
            if (below(9) == 0)
                bench.range.setPaused(!bench.range.isPaused());
            if (below(15) == 0)
                bench.model.setActive(!bench.model.isActive());
            bench.clock.advance(std::chrono::seconds(below(3)));
            bench.feed.tick();
            bench.model.tick();
            QTest::qWait(step % 15 == 0 ? 260 : 1);
        }
        bench.range.setPaused(false);
        bench.model.setActive(true);
        bench.model.setFaultsOnly(false);
        wire::OverviewRow last = well();
        last.problems = {{"k", wire::Severity::Warning, "only", "", {1}, {}, "t"}};
        bench.show(last);
        QTRY_COMPARE(bench.model.problems()->count(), 1);
        QCOMPARE(bench.model.problems()->summaryText(), u"1 problem"_qs);
    }
};

QTEST_GUILESS_MAIN(TstOverview)
#include "tst_overview.moc"
