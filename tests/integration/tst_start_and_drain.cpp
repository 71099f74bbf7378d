// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/server_bench.h"
#include "tests/support/server_process.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTcpSocket>
#include <QTemporaryFile>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <csignal>
#include <memory>

using namespace orchestra;

namespace {

int httpStatus(quint16 port, const char *path)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    socket.write(QByteArray("GET ") + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    QByteArray answer;
    waitUntil([&] {
        answer += socket.readAll();
        return answer.size() > 12;
    });
    return answer.mid(9, 3).toInt();
}

} // namespace

/// The beginning and the end of a server, over real sockets.
class TstStartAndDrain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tenClientsWaitWhileACoreServiceTakesFiveSeconds();
    void aServiceThatNeverComesEndsTheWaitWith1011();
    void runningTurnsAreFinishedBeforeTheEnd();
    void aTurnThatDoesNotEndIsInterrupted();
    void aSecondSignalEndsAtOnce();
    void theSecondStartIsFast();
    void aPublicAddressWithoutTokensIsRefused();
    void aBusyPortIsOneClearLine();
    void aDataDirectoryThatCannotBeMadeIsOneClearLine();
};

void TstStartAndDrain::tenClientsWaitWhileACoreServiceTakesFiveSeconds()
{
    int runs = 0;
    Server::Substitutes substitutes;
    substitutes.phases = [&](std::vector<StartPhase> &phases) {
        auto &services = phases[3];
        QCOMPARE(services.name, std::string("SERVICES"));
        services.run = [&runs, real = services.run](const std::function<void(Status)> &done) {
            ++runs;
            QTimer::singleShot(5000, [real, done] { real(done); });
        };
    };
    ServerBench bench(std::move(substitutes));
    QVERIFY(bench.start());
    QCOMPARE(httpStatus(bench.server->port(), "/livez"), 200); // from the start
    QCOMPARE(httpStatus(bench.server->port(), "/ready"), 503);
    QVERIFY(waitUntil([&] { return runs == 1; }));
    std::vector<std::unique_ptr<WireClient>> clients;
    for (int i = 0; i < 10; ++i) {
        const std::string user = "user" + std::to_string(i);
        clients.push_back(std::make_unique<WireClient>(bench.client(user.c_str())));
        clients.back()->connectNow();
        WireClient *client = clients.back().get();
        QVERIFY(waitUntil([client] { return client->count<wire::SystemMessage>() > 0; }));
        client->chat("m1", "/status");
    }
    QVERIFY(!bench.ready);
    for (const auto &client : clients)
        QVERIFY(waitUntil([&] { return client->count<wire::AgentCompleted>() == 1; }, 15000));
    QCOMPARE(runs, 1);
    for (const auto &client : clients) {
        const auto told = client->bodies<wire::SystemMessage>();
        QCOMPARE(told.front().event, wire::SystemEvent::Initializing);
        QCOMPARE(*told.front().progress, 42U); // three of seven phases
        QCOMPARE(told.back().event, wire::SystemEvent::Ready);
        QCOMPARE(client->count<wire::StatusFrame>() >= 1, true); // "queued" while it waited
        QCOMPARE(client->bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Completed);
    }
    QCOMPARE(httpStatus(bench.server->port(), "/ready"), 200);
}

void TstStartAndDrain::aServiceThatNeverComesEndsTheWaitWith1011()
{
    Server::Substitutes substitutes;
    substitutes.phases = [](std::vector<StartPhase> &phases) {
        phases[3].run = [](const std::function<void(Status)> &done) {
            done(makeError(Code::ProviderUnavailable, "it is not there"));
        };
    };
    ServerBench bench(std::move(substitutes));
    QVERIFY(bench.start());
    WireClient client(bench.client("ann"));
    client.connectNow();
    QVERIFY(waitUntil([&] { return client.closeCode.has_value(); }, 35000));
    QCOMPARE(*client.closeCode, 1011);
    QCOMPARE(client.bodies<wire::ErrorFrame>().back().code, Code::ServiceInitFailed);
    QVERIFY(bench.server->startup().attempts() > 5); // it was tried all the while
    QVERIFY(!bench.ready);
}

void TstStartAndDrain::runningTurnsAreFinishedBeforeTheEnd()
{
    StreamingRunner runner;
    Server::Substitutes substitutes;
    substitutes.runner = &runner;
    ServerBench bench(std::move(substitutes));
    QVERIFY(bench.startAndWait());
    WireClient client(bench.client("ann"));
    QVERIFY(client.join());
    client.chat("m1", "hello");
    QVERIFY(waitUntil([&] { return runner.turns.size() == 1; }));
    bench.server->drain("test");
    QVERIFY(waitUntil([&] { return httpStatus(bench.server->port(), "/ready") != 200; }));
    client.chat("m2", "too late");
    QVERIFY(waitUntil([&] { return client.count<wire::ErrorFrame>() == 1; }));
    QCOMPARE(client.bodies<wire::ErrorFrame>()[0].code, Code::Draining);
    runner.speak(0, 3);
    runner.turns[0]->complete({});
    QVERIFY(waitUntil([&] { return bench.finished.has_value(); }));
    QCOMPARE(*bench.finished, 0);
    QVERIFY(waitUntil([&] { return client.closeCode.has_value(); }));
    QCOMPARE(*client.closeCode, 1001);
    QCOMPARE(client.bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Completed);
    QVERIFY(client.bodies<wire::Drain>()[0].retryAfterMs > 0);
}

void TstStartAndDrain::aTurnThatDoesNotEndIsInterrupted()
{
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("server.drain_seconds=1")}), qPrintable(server.lastOutput()));
    WireClient client({server.port(), QStringLiteral("operator"), QStringLiteral("s1"), server.operatorToken(), false});
    QVERIFY(client.join());
    client.chat("m1", "/set_flag waits on"); // for a confirmation that never comes
    QVERIFY(waitUntil([&] { return client.count<wire::ApprovalRequired>() == 1; }));
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(server.terminate(), 0);
    QVERIFY2(clock.elapsed() >= 900 && clock.elapsed() < 4000, qPrintable(QString::number(clock.elapsed())));
    QVERIFY(waitUntil([&] { return client.closeCode.has_value(); }));
    QCOMPARE(*client.closeCode, 1001);
    QCOMPARE(client.bodies<wire::AgentCompleted>()[0].error->code, Code::Interrupted);
    // Nothing was left open: the next start mends nothing and the thread goes on in its epoch.
    QVERIFY(server.start());
    QVERIFY(!server.lastOutput().contains(QStringLiteral("store.recovered")));
    QVERIFY(client.join());
    QCOMPARE(client.bodies<wire::Welcome>().back().threads[0].epoch, 1U);
    QCOMPARE(client.bodies<wire::Welcome>().back().threads[0].outcome, wire::ResumeOutcome::Current);
}

void TstStartAndDrain::aSecondSignalEndsAtOnce()
{
    ServerProcess server;
    QVERIFY2(server.start(), qPrintable(server.lastOutput()));
    WireClient client({server.port(), QStringLiteral("operator"), QStringLiteral("s1"), server.operatorToken(), false});
    QVERIFY(client.join());
    client.chat("m1", "/set_flag waits on");
    QVERIFY(waitUntil([&] { return client.count<wire::ApprovalRequired>() == 1; }));
    server.signal(SIGHUP); // is none of the two
    server.signal(SIGINT);
    QVERIFY(waitUntil([&] { return server.lastOutput().contains(QStringLiteral("server.draining")); }));
    QVERIFY(server.isRunning());
    QElapsedTimer clock;
    clock.start();
    server.signal(SIGINT);
    QVERIFY(waitUntil([&] { return !server.isRunning(); }));
    QVERIFY(clock.elapsed() < 1000);
}

void TstStartAndDrain::theSecondStartIsFast()
{
    ServerProcess server;
    QVERIFY2(server.start(), qPrintable(server.lastOutput()));
    const QString token = server.operatorToken();
    QVERIFY(token.startsWith(QStringLiteral("ork_")));
    QCOMPARE(server.terminate(), 0);
    std::vector<qint64> times;
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer clock;
        clock.start();
        QVERIFY(server.start());
        times.push_back(clock.elapsed());
        QCOMPARE(server.terminate(), 0);
    }
    std::ranges::sort(times);
    qInfo("median start to ready: %lld ms", static_cast<long long>(times[2]));
    QVERIFY(times[0] < 5000); // the goal of 100 ms is the benchmark's; this is a bound on a busy machine, sanitized
    QCOMPARE(server.operatorToken(), token);
}

void TstStartAndDrain::aPublicAddressWithoutTokensIsRefused()
{
    ServerProcess server;
    QVERIFY(!server.start({QStringLiteral("server.address=0.0.0.0"), QStringLiteral("server.hosts=localhost")}));
    QVERIFY(server.lastOutput().contains(QStringLiteral("tls_certificate")));
    QVERIFY(!server.start({QStringLiteral("server.address=0.0.0.0"), QStringLiteral("server.hosts=localhost"),
                           QStringLiteral("server.insecure_http=true")}));
    QVERIFY2(server.lastOutput().contains(QStringLiteral("orchestrad token add")), qPrintable(server.lastOutput()));
    QVERIFY(!server.addToken(QStringLiteral("client"), QStringLiteral("ann")).isEmpty());
    QVERIFY2(server.start({QStringLiteral("server.address=0.0.0.0"), QStringLiteral("server.hosts=localhost"),
                           QStringLiteral("server.insecure_http=true")}),
             qPrintable(server.lastOutput()));
    QCOMPARE(server.terminate(), 0);
}

void TstStartAndDrain::aBusyPortIsOneClearLine()
{
    ServerProcess first;
    QVERIFY(first.start());
    ServerProcess second;
    QVERIFY(!second.start({QStringLiteral("server.port=%1").arg(first.port())}));
    QCOMPARE(second.lastOutput().trimmed().count(QLatin1Char('\n')), 0);
    QVERIFY2(second.lastOutput().contains(QString::number(first.port())), qPrintable(second.lastOutput()));
    QVERIFY(first.isRunning());
}

void TstStartAndDrain::aDataDirectoryThatCannotBeMadeIsOneClearLine()
{
    QTemporaryFile inTheWay;
    QVERIFY(inTheWay.open());
    const QString place = inTheWay.fileName() + QStringLiteral("/data");
    QProcess server;
    server.setProcessChannelMode(QProcess::MergedChannels);
    server.start(ServerProcess::binary(QStringLiteral("orchestrad")),
                 {QStringLiteral("--port"), QStringLiteral("0"), QStringLiteral("--data-dir"), place});
    QVERIFY(server.waitForFinished(20000));
    QCOMPARE(server.exitCode(), 1);
    const QString said = QString::fromUtf8(server.readAll()).trimmed();
    QCOMPARE(said.count(QLatin1Char('\n')), 0);
    QVERIFY2(said.contains(inTheWay.fileName()) && said.contains(QStringLiteral("--data-dir")), qPrintable(said));
}

QTEST_GUILESS_MAIN(TstStartAndDrain)
#include "tst_start_and_drain.moc"
