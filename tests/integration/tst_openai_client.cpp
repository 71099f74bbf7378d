// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace orchestra;

namespace {

using Reply = std::shared_ptr<PeerReply>;

constexpr const char *kPackage = "openai@6";

bool has(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// What the tool of the conversation has returned; empty while it was not called.
std::string toolResult(const PeerRequest &request)
{
    for (const char *weather : {"storm", "sunny"})
        if (has(request.body, weather))
            return weather;
    return {};
}

// ---- a model on Ollama's wire --------------------------------------------------------------------------------------

void answerAsOllama(const PeerRequest &request, const Reply &reply, int &gone)
{
    if (ollama_wire::answersList(request, *reply))
        return;
    if (has(request.body, "be busy"))
        return reply->send(503, "application/json", R"({"error":"busy"})", "Retry-After: 7\r\n");
    if (has(request.body, "be too long"))
        return reply->send(400, "application/json", R"({"error":"too long"})");
    ollama_wire::begin(*reply);
    if (has(request.body, "break off")) {
        reply->chunk(ollama_wire::says("half"));
        return reply->end();
    }
    if (has(request.body, "for ever")) {
        reply->onGone([&gone] { ++gone; });
        return reply->chunk(ollama_wire::says("on "));
    }
    if (has(request.body, "weather please") && toolResult(request).empty())
        reply->chunk(R"({"model":"tiny","message":{"role":"assistant","content":"","tool_calls":[{"function":)"
                     R"({"index":0,"name":"weather","arguments":{"place":"the coast"}}}]},"done":false})"
                     "\n");
    else if (has(request.body, "weather please"))
        reply->chunk(ollama_wire::says("It is: " + toolResult(request)));
    else
        for (const char *word : {"Good ", "day ", "to ", "you."})
            reply->chunk(ollama_wire::says(word));
    reply->chunk(ollama_wire::done());
    reply->end();
}

// ---- a model on OpenAI's wire --------------------------------------------------------------------------------------

std::string event(const std::string &delta, const std::string &reason = "null")
{
    return R"(data: {"id":"up-1","object":"chat.completion.chunk","created":1,"model":"big","choices":[{"index":0,)"
           R"("delta":{)" +
           delta + R"(},"finish_reason":)" + reason + "}]}\n\n";
}

void answerAsOpenAi(const PeerRequest &request, const Reply &reply)
{
    if (request.path == "/v1/models")
        return reply->send(200, "application/json", R"({"object":"list","data":[{"id":"big","object":"model"}]})");
    reply->begin(200, "text/event-stream");
    reply->chunk(event("\"role\":\"assistant\",\"content\":\"\""));
    if (has(request.body, "weather please") && toolResult(request).empty()) {
        reply->chunk(event(R"("tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather",)"
                           R"("arguments":""}}])"));
        reply->chunk(event(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"place\":"}}])"));
        reply->chunk(event(R"("tool_calls":[{"index":0,"function":{"arguments":"\"the coast\"}"}}])"));
        reply->chunk(event("", "\"tool_calls\""));
    } else {
        const std::string words =
            toolResult(request).empty() ? std::string("Good day to you.") : "It is: " + toolResult(request);
        for (const char letter : words)
            reply->chunk(event(std::string("\"content\":\"") + letter + "\""));
        reply->chunk(event("", "\"stop\""));
    }
    reply->chunk(R"(data: {"id":"up-1","model":"big","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}})"
                 "\n\ndata: [DONE]\n\n");
    reply->end();
}

/// Runs a program to its end while the peers answer; its exit code.
int run(const QString &program, const QStringList &arguments, QString &output, int timeoutMs)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    const bool ended = QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, timeoutMs);
    output = QString::fromUtf8(process.readAll());
    if (!ended)
        process.kill();
    process.waitForFinished();
    return ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

/// A folder of the build tree with OpenAI's library in it; empty, and `why` says so, when it cannot be had.
QString libraryFolder(QString &why)
{
    const QString npm = QStandardPaths::findExecutable(QStringLiteral("npm"));
    if (npm.isEmpty() || QStandardPaths::findExecutable(QStringLiteral("node")).isEmpty()) {
        why = QStringLiteral("node and npm are not installed");
        return {};
    }
    const QString folder = QFileInfo(ServerProcess::binary(QStringLiteral("orchestrad"))).absolutePath() +
                           QStringLiteral("/../tests/openai-client");
    QDir().mkpath(folder);
    if (QFileInfo::exists(folder + QStringLiteral("/node_modules/openai/package.json")))
        return folder;
    const int code =
        run(npm,
            {QStringLiteral("install"), QStringLiteral("--prefix"), folder, QStringLiteral("--no-audit"),
             QStringLiteral("--no-fund"), QStringLiteral("--ignore-scripts"), QString::fromLatin1(kPackage)},
            why, 120000);
    if (code == 0)
        return folder;
    why = QStringLiteral("npm could not install %1: %2").arg(QString::fromLatin1(kPackage), why.right(300));
    return {};
}

} // namespace

/// OpenAI's own library for Node, unchanged, with its base URL pointed at the real server.
class TstOpenaiClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theOfficialClientIsServed()
    {
        QString why;
        const QString folder = libraryFolder(why);
        if (folder.isEmpty())
            QSKIP(qPrintable(QStringLiteral("SKIPPED, nothing was tested with the official client: ") + why));
        int gone = 0;
        HttpPeer local(
            [&gone](const PeerRequest &request, const Reply &reply) { answerAsOllama(request, reply, gone); });
        HttpPeer cloud([](const PeerRequest &request, const Reply &reply) { answerAsOpenAi(request, reply); });
        ServerProcess server;
        QVERIFY2(server.start({QStringLiteral("log.level=error"), QStringLiteral("limits.message_burst=1000"),
                               QStringLiteral("models.ollama=local=") + QString::fromStdString(local.url()),
                               QStringLiteral("models.openai=cloud=") + QString::fromStdString(cloud.url()) +
                                   QStringLiteral("/v1")}),
                 qPrintable(server.lastOutput()));
        QVERIFY(QTest::qWaitFor([&] { return !local.requests().empty() && !cloud.requests().empty(); }));
        QString output;
        const int code =
            run(QStringLiteral("node"),
                {qEnvironmentVariable("ORCHESTRA_SOURCE") + QStringLiteral("/tests/integration/openai_client.mjs"),
                 folder, server.url() + QStringLiteral("/v1")},
                output, 120000);
        QVERIFY2(code == 0, qPrintable(output));
        QCOMPARE(output.count(QStringLiteral("ok: ")), 9);
        // Both calls that the client let go of were ended.
        QVERIFY(QTest::qWaitFor([&] { return gone == 2; }));
    }
};

QTEST_GUILESS_MAIN(TstOpenaiClient)
#include "tst_openai_client.moc"
