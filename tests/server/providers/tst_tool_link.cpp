// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/provider_thread.h"
#include "tests/support/mcp_http_peer.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <signal.h>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

class Heard final : public ToolListener
{
public:
    void onProgress(const ToolProgress &step) override { progress = step.done; }
    void onEnd(const ToolEnd &ended) override
    {
        end = ended;
        ++ends;
    }

    double progress = 0;
    std::optional<ToolEnd> end;
    int ends = 0;
};

std::string stdioPeer()
{
    return (QCoreApplication::applicationDirPath() + QStringLiteral("/mcp_stdio_peer")).toStdString();
}

bool isAlive(int pid)
{
    return ::kill(pid, 0) == 0;
}

/// The provider thread with one server of tools called "peer".
struct Bench
{
    explicit Bench(ToolServerSettings settings, ToolLimits limits = {})
    {
        thread.emplace(ProviderThread::Settings{}, clock);
        settings.name = "peer";
        thread->tools().setServers({std::move(settings)}, limits);
        thread->tools().onListChanged([this](const std::string &) { ++changes; });
    }
    static ToolServerSettings http(const McpHttpPeer &peer)
    {
        return {.kind = ToolServerKind::McpHttp, .url = peer.url()};
    }
    static ToolServerSettings stdio(const std::string &era, const std::string &manner = {})
    {
        ToolServerSettings settings{.kind = ToolServerKind::McpStdio, .command = {stdioPeer(), era}};
        if (!manner.empty())
            settings.command.push_back(manner);
        settings.environment = {{"PATH", Secret("/usr/bin:/bin")}, {"TOKEN", Secret("s3cret")}};
        return settings;
    }

    Result<ToolList> list(int timeoutMs = 10000)
    {
        std::optional<Result<ToolList>> listed;
        thread->tools().list("peer", [&listed](Result<ToolList> list) { listed.emplace(std::move(list)); });
        if (!QTest::qWaitFor([&] { return listed.has_value(); }, timeoutMs))
            return Error{Code::Internal, "the test waited in vain"};
        return *std::move(listed);
    }
    ToolPort::Call begin(Heard &heard, const std::string &tool, const std::string &arguments = "{}",
                         bool mayRepeat = true)
    {
        return thread->tools().call({.server = "peer", .tool = tool, .arguments = {arguments}, .mayRepeat = mayRepeat},
                                    heard);
    }
    ToolEnd call(const std::string &tool, const std::string &arguments = "{}")
    {
        Heard heard;
        begin(heard, tool, arguments);
        if (!QTest::qWaitFor([&] { return heard.end.has_value(); }, 10000))
            return {.outcome = Error{Code::Internal, "the test waited in vain"}};
        return *heard.end;
    }

    SystemClock clock;
    std::optional<ProviderThread> thread;
    int changes = 0;
};

} // namespace

/// Servers of tools on real sockets and pipes, through the provider thread.
class TstToolLink : public QObject
{
    Q_OBJECT

private:
    static void addWires()
    {
        QTest::addColumn<bool>("modern");
        QTest::addColumn<int>("wire"); // 0 JSON, 1 a stream of events, 2 a program
        for (const bool modern : {true, false}) {
            const char *era = modern ? "modern" : "legacy";
            QTest::addRow("%s JSON", era) << modern << 0;
            QTest::addRow("%s events", era) << modern << 1;
            QTest::addRow("%s program", era) << modern << 2;
        }
    }
    static McpPeer::Era era(bool modern) { return modern ? McpPeer::Era::Modern : McpPeer::Era::Legacy; }

private Q_SLOTS:
    void initTestCase() { ::signal(SIGPIPE, SIG_IGN); }

    void listsAndCallsTools_data() { addWires(); }
    void listsAndCallsTools()
    {
        QFETCH(bool, modern);
        QFETCH(int, wire);
        McpHttpPeer peer(era(modern), wire == 1);
        Bench t(wire == 2 ? Bench::stdio(modern ? "modern" : "legacy") : Bench::http(peer));
        const auto list = t.list();
        QVERIFY2(list, list ? "" : list.error().message.c_str());
        QCOMPARE(list->tools.size(), std::size_t(5));
        QCOMPARE(list->tools[0].name, std::string("add"));
        QVERIFY(list->tools[0].isReadOnly && !list->tools[1].isReadOnly);
        QCOMPARE(list->protocol, std::string(modern ? "2026-07-28" : "2025-06-18"));
        QCOMPARE(list->product, std::string("peer 1.0"));
        QVERIFY(list->refused.empty());

        const ToolEnd sum = t.call("add", "{\"a\":2,\"b\":40}");
        QVERIFY2(sum.outcome, sum.outcome ? "" : sum.outcome.error().message.c_str());
        QCOMPARE(sum.outcome->text, std::string("The sum is 42."));
        QCOMPARE(sum.outcome->structured->text, std::string("{\"sum\":42}"));
        QVERIFY(sum.wasSent && sum.total.count() > 0);
        const ToolEnd failed = t.call("fail");
        QVERIFY(failed.outcome && failed.outcome->isFailure);
        QCOMPARE(failed.outcome->text, std::string("It did not work."));
        const ToolEnd refused = t.call("refuse");
        QCOMPARE(refused.outcome.error().code, Code::Invalid);
        QVERIFY(!refused.isServersFault);
        QVERIFY2(peer.wrongHeaders.empty(), peer.wrongHeaders.c_str());
    }

    void hearsOfProgressAndCancels_data() { addWires(); }
    void hearsOfProgressAndCancels()
    {
        QFETCH(bool, modern);
        QFETCH(int, wire);
        McpHttpPeer peer(era(modern), wire == 1);
        // Signs of progress keep a call alive that is silent for longer than it may be.
        Bench t(wire == 2 ? Bench::stdio(modern ? "modern" : "legacy") : Bench::http(peer), {.silence = 400ms});
        Heard heard;
        const auto call = t.begin(heard, "slow");
        QTRY_VERIFY_WITH_TIMEOUT(heard.progress >= 12, 10000);
        QVERIFY(!heard.end);
        t.thread->tools().cancel(call);
        if (wire == 2) {
            // The program has let go of it: it says nothing more about it, and answers others.
            QVERIFY(t.call("add", "{\"a\":1,\"b\":1}").outcome);
        } else {
            QTRY_COMPARE(peer.heldGone, 1);
            if (!modern)
                QTRY_COMPARE(peer.peer.cancelled.size(), std::size_t(1));
            else
                QVERIFY(peer.peer.cancelled.empty());
        }
        const double before = heard.progress;
        QTest::qWait(150);
        QCOMPARE(heard.progress, before);
        QCOMPARE(heard.ends, 0);
    }

    void givesUpWhatTakesTooLong()
    {
        McpHttpPeer peer(McpPeer::Era::Modern);
        Bench t(Bench::http(peer), {.silence = 5s, .total = 400ms});
        const ToolEnd end = t.call("slow");
        QCOMPARE(end.outcome.error().code, Code::ProviderTimeout);
        QVERIFY(end.isServersFault);
        QTRY_COMPARE(peer.heldGone, 1);
    }

    void introducesItselfAgainAfterARestartOfTheServer()
    {
        McpHttpPeer peer(McpPeer::Era::Legacy);
        Bench t(Bench::http(peer));
        QVERIFY(t.list());
        QCOMPARE(peer.peer.initialised, 1);
        peer.forgetSessions();
        const ToolEnd noted = t.call("note", "{\"text\":\"x\"}");
        QVERIFY2(noted.outcome, noted.outcome ? "" : noted.outcome.error().message.c_str());
        QCOMPARE(peer.unknownSessions, 1);
        QCOMPARE(peer.peer.initialised, 2);
        QCOMPARE(peer.peer.notes, std::vector<std::string>{"x"}); // once
    }

    void saysWhatIsWrongWithAServer()
    {
        {
            McpHttpPeer peer(McpPeer::Era::Modern);
            peer.isBroken = true;
            Bench t(Bench::http(peer));
            const auto list = t.list();
            QVERIFY(!list);
            QVERIFY2(list.error().message.find("boom") != std::string::npos, list.error().message.c_str());
        }
        HttpPeer redirecting([](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            reply->send(307, "text/plain", "", "Location: http://127.0.0.1:1/\r\n");
        });
        Bench moved({.kind = ToolServerKind::McpHttp, .url = redirecting.url()});
        const auto list = moved.list();
        QVERIFY(!list && list.error().message.find("redirects are not followed") != std::string::npos);
        QCOMPARE(redirecting.requests().size(), std::size_t(1));
        Bench nobody({.kind = ToolServerKind::McpHttp, .url = "http://127.0.0.1:1/mcp"});
        QCOMPARE(nobody.list().error().code, Code::ProviderUnavailable);
        Bench nothing({.kind = ToolServerKind::McpStdio, .command = {"/no/such/program"}});
        QCOMPARE(nothing.list().error().code, Code::ProviderUnavailable);
    }

    void takesNoMoreThanItsCaps()
    {
        HttpPeer much([](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            reply->send(200, "application/json", std::string(100000, ' '));
        });
        Bench t({.kind = ToolServerKind::McpHttp, .url = much.url()}, {.resultBytes = 10000});
        const auto list = t.list();
        QVERIFY(!list && list.error().message.find("larger than") != std::string::npos);
        Bench endless(Bench::stdio("modern", "endless"), {.resultBytes = 10000});
        const auto never = endless.list();
        QVERIFY(!never && never.error().message.find("lines of more than") != std::string::npos);
    }

    void givesAProgramNothingThatItWasNotMeantToHave()
    {
        ::setenv("ORCHESTRA_TEST_SECRET", "of the server", 1);
        Bench t(Bench::stdio("modern"));
        const ToolEnd about = t.call("about");
        QVERIFY(about.outcome);
        const std::string &said = about.outcome->text;
        QVERIFY2(said.find("TOKEN=s3cret") != std::string::npos, said.c_str());
        QVERIFY2(said.find("ORCHESTRA_TEST_SECRET") == std::string::npos, said.c_str());
        // A group of its own, led by itself.
        int group = 0;
        int pid = 0;
        QCOMPARE(std::sscanf(said.c_str(), "group %d pid %d", &group, &pid), 2);
        QCOMPARE(group, pid);
        QVERIFY(group != ::getpgrp());
    }

    void endsProgramsWithTheThread_data()
    {
        QTest::addColumn<QByteArray>("manner");
        QTest::newRow("that obey") << QByteArray();
        QTest::newRow("that do not") << QByteArray("stubborn");
    }
    void endsProgramsWithTheThread()
    {
        QFETCH(QByteArray, manner);
        Bench t(Bench::stdio("modern", manner.toStdString()));
        const ToolEnd about = t.call("about");
        QVERIFY(about.outcome);
        int group = 0;
        QCOMPARE(std::sscanf(about.outcome->text.c_str(), "group %d", &group), 1);
        QVERIFY(isAlive(group));
        QElapsedTimer took;
        took.start();
        t.thread.reset();
        QVERIFY(!isAlive(group));
        QVERIFY2(took.elapsed() < 3000, qPrintable(QString::number(took.elapsed())));
    }

    void startsAProgramAgainThatHasEnded()
    {
        Bench t(Bench::stdio("modern"));
        QVERIFY(t.list());
        const ToolEnd crashed = t.call("crash");
        QCOMPARE(crashed.outcome.error().code, Code::ProviderUnavailable);
        QVERIFY2(crashed.outcome.error().message.find("code 3") != std::string::npos,
                 crashed.outcome.error().message.c_str());
        QVERIFY(crashed.isServersFault);
        QTRY_COMPARE(t.changes, 1); // whoever keeps the list has reason to ask for it again
        // Not at once, but soon.
        const auto tooEarly = t.list();
        QVERIFY(!tooEarly);
        QVERIFY(tooEarly.error().retryAfterMs.value_or(0) > 0);
        QTRY_VERIFY_WITH_TIMEOUT(t.list(), 5000);
    }

    void beginsAProgramAnewThatDoesNotAnswerAnyMore()
    {
        QTemporaryDir place;
        auto settings = Bench::stdio("modern", "deaf");
        settings.environment.emplace_back("MARK", Secret(place.filePath(QStringLiteral("mark")).toStdString()));
        Bench t(settings, {.handshake = 300ms});
        // Not at the first silence: a program may have to be fetched before it can run.
        for (int i = 0; i < 3; ++i)
            QCOMPARE(t.list().error().code, Code::ProviderTimeout);
        QTRY_VERIFY_WITH_TIMEOUT(t.list(), 5000);
    }

    void speaksWithProgramsThatAreNotQuiteRight_data()
    {
        QTest::addColumn<QByteArray>("era");
        QTest::addColumn<QByteArray>("manner");
        QTest::newRow("prints a welcome") << QByteArray("modern") << QByteArray("chatty");
        QTest::newRow("does not answer what it does not know") << QByteArray("legacy") << QByteArray("silent");
    }
    void speaksWithProgramsThatAreNotQuiteRight()
    {
        QFETCH(QByteArray, era);
        QFETCH(QByteArray, manner);
        Bench t(Bench::stdio(era.toStdString(), manner.toStdString()), {.handshake = 6s});
        const auto list = t.list(15000);
        QVERIFY2(list, list ? "" : list.error().message.c_str());
        QCOMPARE(list->tools.size(), std::size_t(5));
    }

    void callsWorkflows()
    {
        std::string answer = "{\"message\":\"Workflow was started\"}";
        int status = 200;
        HttpPeer n8n([&](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            reply->send(status, "application/json", answer);
        });
        RemoteTool tool{.name = "report"};
        Bench t({.kind = ToolServerKind::N8n,
                 .key = Secret("X-Key: k1"),
                 .workflows = {{tool, n8n.url() + "/webhook/report"}}});
        QCOMPARE(t.list()->tools.size(), std::size_t(1));
        const ToolEnd started = t.call("report", "{\"week\":7}");
        QVERIFY(started.outcome && started.outcome->isAcknowledgement);
        QCOMPARE(n8n.requests().back().path, std::string("/webhook/report"));
        QCOMPARE(n8n.requests().back().body, std::string("{\"week\":7}"));
        QCOMPARE(n8n.requests().back().headers.at("x-key"), std::string("k1"));
        QVERIFY(n8n.requests().back().headers.contains("idempotency-key"));
        answer = "[{\"total\":3}]";
        const ToolEnd done = t.call("report");
        QVERIFY(done.outcome && !done.outcome->isAcknowledgement);
        QCOMPARE(done.outcome->structured->text, answer);
        status = 404;
        answer = "{\"code\":404,\"message\":\"The requested webhook is not registered.\"}";
        const ToolEnd missing = t.call("report");
        QCOMPARE(missing.outcome.error().code, Code::NotFound);
        QVERIFY(missing.outcome.error().message.find("active") != std::string::npos);
        QVERIFY(!missing.isServersFault);
        QCOMPARE(t.call("other").outcome.error().code, Code::NotFound);
    }

    void endsACallOfAServerThatIsNotThere()
    {
        Bench t({.kind = ToolServerKind::McpHttp, .url = "http://127.0.0.1:1"});
        Heard heard;
        t.thread->tools().call({.server = "nobody", .tool = "x", .arguments = {"{}"}}, heard);
        QTRY_VERIFY(heard.end);
        QCOMPARE(heard.end->outcome.error().code, Code::NotFound);
    }
};

QTEST_GUILESS_MAIN(TstToolLink)
#include "tst_tool_link.moc"
