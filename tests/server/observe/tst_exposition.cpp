// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/exposition.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <map>
#include <set>
#include <sstream>

using namespace orchestra;

namespace {

MetricsSnapshot busySnapshot()
{
    MetricsSnapshot snapshot;
    snapshot.edges.resize(2);
    EdgeCounters &edge = snapshot.edges[0];
    edge.opened = 3;
    edge.closed[1001] = 2;
    edge.rejected["full"] = 1;
    edge.validationFailures["INVALID"] = 4;
    edge.httpRequests["GET /health 200 v2"] = 5;
    edge.httpDurationUs["GET /health"].record(1500);
    snapshot.edges[1].opened = 4;
    snapshot.edges[1].httpRequests["GET /health 200 v2"] = 6;
    snapshot.hub.turns["ok"] = 7;
    snapshot.hub.ackUs.record(900);
    snapshot.hub.ackUs.record(40'000);
    snapshot.hub.breakerCalls[{"store", "ok"}] = 9;
    snapshot.hub.degradationChanges["reduced"] = 2;
    snapshot.hub.toolCalls[{"files", "ok"}] = 3;
    snapshot.hub.toolUs["files"].record(2000);
    snapshot.tools[{"files", "waiting"}] = 2;
    snapshot.hub.flagEvaluations[{"odd \"name\"\\\n", "on"}] = 1;
    snapshot.connectionsByVersion = {{1, 2}, {2, 5}};
    wire::BreakerRow breaker;
    breaker.name = "store";
    breaker.state = wire::BreakerState::HalfOpen;
    snapshot.breakers = {breaker};
    snapshot.ready = true;
    snapshot.process = readProcessStats();
    return snapshot;
}

bool hasLine(const std::string &text, const std::string &line)
{
    return text.find("\n" + line + "\n") != std::string::npos;
}

} // namespace

class TstExposition : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsToolsAndTheirCalls()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, "orchestrad_tools{server=\"files\",standing=\"waiting\"} 2"));
        QVERIFY(hasLine(text, "orchestrad_tool_calls_total{server=\"files\",outcome=\"ok\"} 3"));
        QVERIFY(hasLine(text, "orchestrad_tool_call_duration_seconds_count{server=\"files\"} 1"));
    }

    void tellsHowFastAndHowMuchEachModelSays()
    {
        MetricsSnapshot snapshot = busySnapshot();
        snapshot.hub.modelFirstTokenUs[{"gpu", "tiny:1b"}].record(20'000);
        snapshot.hub.modelFirstTokenUs[{"", ""}].record(1000);
        snapshot.hub.modelTokens[{"gpu", "tiny:1b"}] = 42;
        snapshot.providers.loopLagUs.record(70);
        snapshot.providers.commandWaitUs.record(70);
        const std::string text = writeExposition(snapshot, ExpositionFormat::Prometheus);
        const std::string first = "orchestrad_chat_time_to_first_token_seconds_";
        QVERIFY(hasLine(text, first + R"(bucket{provider="gpu",model="tiny:1b",le="0.01"} 0)"));
        QVERIFY(hasLine(text, first + R"(bucket{provider="gpu",model="tiny:1b",le="0.025"} 1)"));
        QVERIFY(hasLine(text, first + R"(count{provider="",model=""} 1)"));
        QVERIFY(hasLine(text, R"(orchestrad_provider_output_tokens_total{provider="gpu",model="tiny:1b"} 42)"));
        QVERIFY(hasLine(text, R"(orchestrad_event_loop_lag_seconds_count{thread="provider"} 1)"));
        QVERIFY(hasLine(text, R"(orchestrad_mailbox_wait_seconds_count{mailbox="providers"} 1)"));
    }

    void countsFiftyModelsOneByOneAndTheOthersTogether()
    {
        HubCounters hub;
        for (int i = 0; i < 60; ++i)
            HubCounters::ofModel(hub.modelTokens, "gpu", "m" + std::to_string(i)) += 1;
        HubCounters::ofModel(hub.modelTokens, "gpu", "m0") += 1;
        QCOMPARE(hub.modelTokens.size(), std::size_t(51));
        QCOMPARE((hub.modelTokens[{"gpu", "m0"}]), std::uint64_t(2));
        QCOMPARE((hub.modelTokens[{"other", "other"}]), std::uint64_t(10));
    }

    void addsTheEdgeThreadsUp()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, "orchestrad_websocket_connections_opened_total 7"));
        QVERIFY(hasLine(
            text, R"(orchestrad_http_requests_total{method="GET",route="/health",code="200",api_version="v2"} 11)"));
    }

    void countsChangesOfTheLevel()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, R"(orchestrad_degradation_changes_total{to="reduced"} 2)"));
        QVERIFY(hasLine(text, "orchestrad_degradation_level 0"));
    }

    void tellsDurationsInSeconds()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, R"(orchestrad_chat_ack_seconds_bucket{le="0.001"} 1)"));
        QVERIFY(hasLine(text, R"(orchestrad_chat_ack_seconds_bucket{le="0.05"} 2)"));
        QVERIFY(hasLine(text, R"(orchestrad_chat_ack_seconds_bucket{le="+Inf"} 2)"));
        QVERIFY(hasLine(text, "orchestrad_chat_ack_seconds_count 2"));
        QVERIFY(hasLine(text, "orchestrad_chat_ack_seconds_sum 0.0409"));
    }

    void showsWhatNeverHappenedAsZero()
    {
        const std::string text = writeExposition(MetricsSnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, R"(orchestrad_chat_turns_total{outcome="cancelled"} 0)"));
        QVERIFY(hasLine(text, "orchestrad_sequence_gaps_total 0"));
        QVERIFY(hasLine(text, "orchestrad_isolation_violations_total 0"));
        QVERIFY(hasLine(text, "orchestrad_refused_transitions_total 0"));
        QVERIFY(hasLine(text, "orchestrad_overload_refusals_total 0"));
        QVERIFY(hasLine(text, R"(orchestrad_turns_rate_limited_total{kind="tokens"} 0)"));
        QVERIFY(hasLine(text, R"(orchestrad_answer_cache_total{result="hit"} 0)"));
        QVERIFY(hasLine(text, R"(orchestrad_validation_failures_total{code="INVALID"} 0)"));
        QVERIFY(text.find("orchestrad_mailbox_wait_seconds_count{mailbox=\"hub\"} 0") != std::string::npos);
    }

    void givesEachBreakerStateASample()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        QVERIFY(hasLine(text, R"(orchestrad_circuit_breaker_state{breaker="store",state="half_open"} 1)"));
        QVERIFY(hasLine(text, R"(orchestrad_circuit_breaker_state{breaker="store",state="closed"} 0)"));
    }

    void escapesLabelValues()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::Prometheus);
        const std::string escaped = "{flag=\"odd \\\"name\\\"\\\\\\n\",variant=\"on\"} 1";
        QVERIFY(text.find(escaped) != std::string::npos);
    }

    void keepsFamiliesTogetherAndBucketsAscending()
    {
        std::istringstream lines(writeExposition(busySnapshot(), ExpositionFormat::Prometheus));
        std::set<std::string> seen;
        std::string current;
        for (std::string line; std::getline(lines, line);) {
            if (line.rfind("# HELP ", 0) == 0) {
                current = line.substr(7, line.find(' ', 7) - 7);
                QVERIFY2(seen.insert(current).second, line.c_str());
            } else if (line[0] != '#') {
                QVERIFY2(line.rfind(current, 0) == 0, line.c_str());
            }
        }
        QVERIFY(seen.size() > 50);
    }

    void endsOpenMetricsWithItsMarkAndBareCounterFamilies()
    {
        const std::string text = writeExposition(busySnapshot(), ExpositionFormat::OpenMetrics);
        QVERIFY(text.ends_with("# EOF\n"));
        QVERIFY(hasLine(text, "# TYPE orchestrad_chat_turns counter"));
        QVERIFY(hasLine(text, R"(orchestrad_chat_turns_total{outcome="ok"} 7)"));
        QCOMPARE(contentType(ExpositionFormat::OpenMetrics),
                 std::string("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    }

    void passesTheReferenceLinter()
    {
        const QString promtool = QStandardPaths::findExecutable(QStringLiteral("promtool"));
        if (promtool.isEmpty())
            QSKIP("promtool is not installed (package prometheus)");
        QProcess lint;
        lint.start(promtool, {QStringLiteral("check"), QStringLiteral("metrics")});
        QVERIFY(lint.waitForStarted());
        lint.write(QByteArray::fromStdString(writeExposition(busySnapshot(), ExpositionFormat::Prometheus)));
        lint.closeWriteChannel();
        QVERIFY(lint.waitForFinished());
        const QByteArray complaints = lint.readAllStandardError() + lint.readAllStandardOutput();
        QVERIFY2(lint.exitCode() == 0 && complaints.isEmpty(), complaints.constData());
    }

    void readsTheKernelsNumbers()
    {
        const ProcessStats stats = readProcessStats();
        QVERIFY(stats.residentBytes > 1'000'000);
        QVERIFY(stats.openFds >= 3);
        QVERIFY(stats.threads >= 1);
        const double now = static_cast<double>(QDateTime::currentSecsSinceEpoch());
        QVERIFY(stats.startTimeSeconds > now - 120 && stats.startTimeSeconds <= now + 1);
    }
};

QTEST_GUILESS_MAIN(TstExposition)
#include "tst_exposition.moc"
