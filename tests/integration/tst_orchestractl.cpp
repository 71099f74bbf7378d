// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTest>

#include <csignal>
#include <memory>

using namespace orchestra;

namespace {

struct Outcome
{
    int exitCode = -1;
    QString output;
    QString errors;

    QStringList lines() const { return output.split(QLatin1Char('\n'), Qt::SkipEmptyParts); }
};

/// orchestractl as a script calls it: with pipes instead of a terminal.
class Ctl
{
public:
    Ctl(const ServerProcess &server, const QStringList &arguments)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ORCHESTRA_SERVER"), QStringLiteral("127.0.0.1:%1").arg(server.port()));
        environment.insert(QStringLiteral("ORCHESTRA_TOKEN"), server.operatorToken());
        process_.setProcessEnvironment(environment);
        process_.start(ServerProcess::binary(QStringLiteral("orchestractl")), arguments);
    }

    void type(const QByteArray &text) { process_.write(text); }
    void interrupt() { ::kill(static_cast<pid_t>(process_.processId()), SIGINT); }
    bool waitFor(const QString &text)
    {
        return QTest::qWaitFor(
            [&] {
                output_ += QString::fromUtf8(process_.readAllStandardOutput());
                return output_.contains(text);
            },
            10000);
    }
    Outcome finish()
    {
        process_.closeWriteChannel();
        const bool ended = QTest::qWaitFor([this] { return process_.state() == QProcess::NotRunning; }, 20000);
        if (!ended)
            process_.kill();
        output_ += QString::fromUtf8(process_.readAllStandardOutput());
        const QString errors = QString::fromUtf8(process_.readAllStandardError());
        return {ended ? process_.exitCode() : -1, output_, errors};
    }

private:
    QProcess process_;
    QString output_;
};

Outcome run(const ServerProcess &server, const QStringList &arguments)
{
    return Ctl(server, arguments).finish();
}

const QRegularExpression kUuid(QStringLiteral("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"));

} // namespace

/// The terminal client over the real binaries, as scripts use it.
class TstOrchestractl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tellsHowItWentInItsExitCode();
    void printsWholeIdsIntoAPipe();
    void printsJsonThatCanBeRead();
    void answersEveryLineOfAPipe();
    void aFailedLineShowsInTheExitCode();
    void onceEndsWithItsOwnAnswerOnly();
    void anInterruptCancelsTheAnswer();
    void sendsAgainWhatWasNotAcknowledged();
    void tailGoesOnAfterARestart();
    void forcesAndResetsABreaker();
    void saysYesToATaskAndCancelsOne();
    void saysWhichModelsThereAre();

private:
    ServerProcess server_;
};

void TstOrchestractl::initTestCase()
{
    QVERIFY2(server_.start({QStringLiteral("log.level=error")}), qPrintable(server_.lastOutput()));
}

void TstOrchestractl::tellsHowItWentInItsExitCode()
{
    QCOMPARE(run(server_, {QStringLiteral("status")}).exitCode, 0);
    const Outcome typo = run(server_, {QStringLiteral("statu")});
    QCOMPARE(typo.exitCode, 2);
    QVERIFY2(typo.errors.contains(QStringLiteral("Did you mean status?")), qPrintable(typo.errors));
    QCOMPARE(run(server_, {QStringLiteral("watch"), QStringLiteral("nothing")}).exitCode, 2);
    QCOMPARE(run(server_, {QStringLiteral("status"), QStringLiteral("--token=ork_wrong")}).exitCode, 4);
    QTcpServer closedPort;
    QVERIFY(closedPort.listen(QHostAddress::LocalHost));
    const QString nobody = QStringLiteral("--server=127.0.0.1:%1").arg(closedPort.serverPort());
    closedPort.close();
    QCOMPARE(run(server_, {QStringLiteral("status"), nobody}).exitCode, 3);
    QCOMPARE(run(server_, {QStringLiteral("chat"), QStringLiteral("--once=/status"), nobody}).exitCode, 3);
}

void TstOrchestractl::printsWholeIdsIntoAPipe()
{
    const QString name(100, QLatin1Char('n')); // so that nothing behind it fits into a hundred columns
    WireClient client({server_.port(), name, QStringLiteral("s1"), {}, false});
    QVERIFY(client.join());
    const QStringList lines = run(server_, {QStringLiteral("connections")}).lines();
    const auto row = std::ranges::find_if(lines, [&](const QString &line) { return line.contains(name); });
    QVERIFY(row != lines.end());
    QVERIFY2(kUuid.match(*row).hasMatch(), qPrintable(*row));
}

void TstOrchestractl::printsJsonThatCanBeRead()
{
    for (const QStringList &command :
         {QStringList{QStringLiteral("status")}, QStringList{QStringLiteral("connections")},
          QStringList{QStringLiteral("watch"), QStringLiteral("breakers"), QStringLiteral("--snapshot")},
          QStringList{QStringLiteral("watch"), QStringLiteral("degradation"), QStringLiteral("--snapshot")},
          QStringList{QStringLiteral("breakers")}, QStringList{QStringLiteral("tasks")},
          QStringList{QStringLiteral("tools")}, QStringList{QStringLiteral("chat"), QStringLiteral("--once=/help")}}) {
        const Outcome outcome = run(server_, command + QStringList{QStringLiteral("--json")});
        QCOMPARE(outcome.exitCode, 0);
        for (const QString &line : outcome.lines()) {
            QJsonParseError problem;
            QJsonDocument::fromJson(line.toUtf8(), &problem);
            QVERIFY2(problem.error == QJsonParseError::NoError, qPrintable(line));
        }
    }
}

void TstOrchestractl::answersEveryLineOfAPipe()
{
    Ctl ctl(server_, {QStringLiteral("chat"), QStringLiteral("--session=pipe")});
    QByteArray lines;
    for (int i = 0; i < 12; ++i) // more than wait in a thread's queue
        lines += "/breakers\n";
    ctl.type(lines + "/help"); // and the last line without a line feed
    const Outcome outcome = ctl.finish();
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.output.count(QStringLiteral("completed · source")), 13);
    QVERIFY(!outcome.output.contains(QStringLiteral("BUSY")));
}

void TstOrchestractl::aFailedLineShowsInTheExitCode()
{
    Ctl ctl(server_, {QStringLiteral("chat"), QStringLiteral("--session=failed")});
    ctl.type("/help\n/nonsense_that_is_no_command\n/help\n");
    const Outcome outcome = ctl.finish();
    QCOMPARE(outcome.exitCode, 1);
    QCOMPARE(outcome.output.count(QStringLiteral("completed · source")), 2);
}

void TstOrchestractl::onceEndsWithItsOwnAnswerOnly()
{
    // The same conversation on another device, with a turn that waits for a confirmation.
    WireClient other(
        {server_.port(), QStringLiteral("operator"), QStringLiteral("shared"), server_.operatorToken(), false});
    QVERIFY(other.join());
    other.chat("m1", "/set_flag shared on");
    QVERIFY(waitUntil([&] { return other.count<wire::ApprovalRequired>() == 1; }));
    Ctl ctl(server_, {QStringLiteral("chat"), QStringLiteral("--session=shared"), QStringLiteral("--once=/help")});
    QVERIFY(waitUntil([&] { return other.count<wire::UserMessage>() == 2; }));
    other.send(wire::Approve{"a1", other.bodies<wire::ApprovalRequired>()[0].approvalId, wire::ApprovalDecision::Deny});
    const Outcome outcome = ctl.finish();
    QCOMPARE(outcome.exitCode, 0);
    QVERIFY2(outcome.output.contains(QStringLiteral("/status")), qPrintable(outcome.output)); // the help
}

void TstOrchestractl::anInterruptCancelsTheAnswer()
{
    WireClient other(
        {server_.port(), QStringLiteral("operator"), QStringLiteral("stopped"), server_.operatorToken(), false});
    QVERIFY(other.join());
    Ctl ctl(server_, {QStringLiteral("chat"), QStringLiteral("--session=stopped")});
    ctl.type("/set_flag stopped on\n");
    QVERIFY(ctl.waitFor(QStringLiteral("Confirm:")));
    ctl.interrupt();
    QVERIFY(waitUntil([&] { return other.count<wire::AgentCompleted>() == 1; }));
    QCOMPARE(other.bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Cancelled);
    QCOMPARE(ctl.finish().exitCode, 1);
}

void TstOrchestractl::sendsAgainWhatWasNotAcknowledged()
{
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=error")}), qPrintable(server.lastOutput()));
    Ctl ctl(server, {QStringLiteral("chat"), QStringLiteral("--session=again")});
    ctl.type("/breakers\n");
    QVERIFY(ctl.waitFor(QStringLiteral("completed · source")));
    server.killHard();
    QVERIFY(ctl.waitFor(QStringLiteral("Link lost")));
    ctl.type("/help\n"); // there is no server now
    QVERIFY2(server.start({QStringLiteral("log.level=error")}), qPrintable(server.lastOutput()));
    const Outcome outcome = ctl.finish();
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.output.count(QStringLiteral("completed · source")), 2);
}

void TstOrchestractl::tailGoesOnAfterARestart()
{
    ServerProcess server;
    QVERIFY2(server.start(), qPrintable(server.lastOutput()));
    for (int i = 0; i < 5; ++i) // so that the first log is longer than the second
        QCOMPARE(run(server, {QStringLiteral("chat"), QStringLiteral("--once=/help")}).exitCode, 0);
    Ctl ctl(server, {QStringLiteral("tail"), QStringLiteral("--json")});
    QVERIFY(ctl.waitFor(QStringLiteral("ws.closed")));
    server.killHard();
    QVERIFY2(server.start(), qPrintable(server.lastOutput()));
    WireClient client({server.port(), QStringLiteral("late"), QStringLiteral("s1"), {}, false});
    QVERIFY(client.join());
    QVERIFY(ctl.waitFor(QStringLiteral("\"late\"")));
    ctl.interrupt();
    const Outcome outcome = ctl.finish();
    QCOMPARE(outcome.exitCode, 0);
    QCOMPARE(outcome.output.count(QStringLiteral("startup.ready")), 2); // each start once
}

void TstOrchestractl::forcesAndResetsABreaker()
{
    const QStringList open{QStringLiteral("breakers"), QStringLiteral("close"), QStringLiteral("store"),
                           QStringLiteral("--for=5m"), QStringLiteral("--reason=for a test")};
    const Outcome forced = run(server_, open);
    QVERIFY2(forced.exitCode == 0, qPrintable(forced.errors));
    const QString table = run(server_, {QStringLiteral("breakers")}).output;
    QVERIFY2(table.contains(QStringLiteral("counting only (passing)")), qPrintable(table));
    QCOMPARE(run(server_, {QStringLiteral("breakers"), QStringLiteral("reset"), QStringLiteral("store"),
                           QStringLiteral("--reason=over")})
                 .exitCode,
             0);
    QVERIFY(run(server_, {QStringLiteral("breakers")}).output.contains(QStringLiteral("closed (passing)")));
    const QString history =
        run(server_, {QStringLiteral("breakers"), QStringLiteral("history"), QStringLiteral("store")}).output;
    QVERIFY2(history.contains(QStringLiteral("closed → metrics only  for a test  by ")) &&
                 history.contains(QStringLiteral("metrics only → closed  over  by ")),
             qPrintable(history));
    const Outcome nothing = run(server_, {QStringLiteral("breakers"), QStringLiteral("--filter=name:nonesuch")});
    QVERIFY2(nothing.output.contains(QStringLiteral("Nothing matches")), qPrintable(nothing.output));
    const Outcome unreadable = run(server_, {QStringLiteral("breakers"), QStringLiteral("--filter=name:")});
    QCOMPARE(unreadable.exitCode, 2);
    QVERIFY2(unreadable.errors.contains(QStringLiteral("filter cannot be read")), qPrintable(unreadable.errors));
    const Outcome none = run(server_, {QStringLiteral("breakers"), QStringLiteral("probe"), QStringLiteral("stor"),
                                       QStringLiteral("--reason=a typo")});
    QCOMPARE(none.exitCode, 1);
    QVERIFY2(none.errors.contains(QStringLiteral("There are: ")), qPrintable(none.errors));
    const Outcome closed = run(server_, {QStringLiteral("breakers"), QStringLiteral("probe"), QStringLiteral("store"),
                                         QStringLiteral("--reason=it is closed")});
    QCOMPARE(closed.exitCode, 1);
    QVERIFY2(closed.errors.contains(QStringLiteral("only an open")), qPrintable(closed.errors));
}

void TstOrchestractl::saysYesToATaskAndCancelsOne()
{
    WireClient other(
        {server_.port(), QStringLiteral("operator"), QStringLiteral("tasks"), server_.operatorToken(), false});
    QVERIFY(other.join());
    other.chat("m1", "/set_flag from_ctl on");
    QVERIFY(waitUntil([&] { return other.count<wire::ApprovalRequired>() == 1; }));
    const QString shown = run(server_, {QStringLiteral("tasks")}).output;
    QVERIFY2(shown.contains(QStringLiteral("waits for a yes")) && shown.contains(QStringLiteral("from_ctl")),
             qPrintable(shown));
    const auto taskOf = [&other] {
        QString id;
        for (const wire::ServerFrame &frame : other.frames)
            if (std::holds_alternative<wire::ApprovalRequired>(frame.body) && frame.taskId)
                id = QString::fromStdString(toString(*frame.taskId));
        return id;
    };
    Outcome yes =
        run(server_, {QStringLiteral("tasks"), QStringLiteral("approve"), taskOf(), QStringLiteral("--reason=yes")});
    QVERIFY2(yes.exitCode == 0, qPrintable(yes.errors));
    QVERIFY(waitUntil([&] { return other.count<wire::AgentCompleted>() == 1; }));
    QCOMPARE(other.bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Completed);
    yes =
        run(server_, {QStringLiteral("tasks"), QStringLiteral("approve"), taskOf(), QStringLiteral("--reason=again")});
    QCOMPARE(yes.exitCode, 1);
    other.chat("m2", "/set_flag from_ctl off");
    QVERIFY(waitUntil([&] { return other.count<wire::ApprovalRequired>() == 2; }));
    const Outcome cancelled = run(server_, {QStringLiteral("tasks"), QStringLiteral("cancel"), taskOf(),
                                            QStringLiteral("--reason=no longer needed"), QStringLiteral("--json")});
    QVERIFY2(cancelled.exitCode == 0, qPrintable(cancelled.errors));
    QVERIFY(!QJsonDocument::fromJson(cancelled.output.toUtf8()).isNull());
    QVERIFY(waitUntil([&] { return other.count<wire::AgentCompleted>() == 2; }));
    QCOMPARE(other.bodies<wire::AgentCompleted>()[1].status, wire::CompletionStatus::Cancelled);
}

void TstOrchestractl::saysWhichModelsThereAre()
{
    auto peer = std::make_unique<HttpPeer>([](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) {
        ollama_wire::answersList(request, *reply);
    });
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=error"),
                           QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer->url())}),
             qPrintable(server.lastOutput()));
    QVERIFY(waitUntil([&] { return run(server, {QStringLiteral("models")}).exitCode == 0; }));
    const QString table = run(server, {QStringLiteral("models")}).output;
    QVERIFY2(table.contains(QStringLiteral("peer/tiny")) && table.contains(QStringLiteral("answers")),
             qPrintable(table));
    Ctl follower(server, {QStringLiteral("models"), QStringLiteral("--follow"), QStringLiteral("--json")});
    QVERIFY(follower.waitFor(QStringLiteral("\"model\":\"tiny\"")));
    peer.reset();
    QVERIFY(follower.waitFor(QStringLiteral("\"trouble\":\"")));
    follower.interrupt();
    QCOMPARE(follower.finish().exitCode, 0);
    const Outcome none = run(server, {QStringLiteral("models")});
    QCOMPARE(none.exitCode, 1);
    QVERIFY2(none.output.contains(QStringLiteral("does not answer")), qPrintable(none.output));
}

QTEST_GUILESS_MAIN(TstOrchestractl)
#include "tst_orchestractl.moc"
