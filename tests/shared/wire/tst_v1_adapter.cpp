// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/chat_rest.h"
#include "shared/wire/json_writer.h"
#include "shared/wire/v1_adapter.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace orchestra;
using namespace orchestra::wire;

namespace {

QString goldenFolder()
{
    return QFINDTESTDATA("golden/");
}

std::vector<JsonValue> linesOf(const QString &file)
{
    JsonReader reader;
    std::vector<JsonValue> lines;
    QFile golden(goldenFolder() + file);
    if (!golden.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(golden.fileName()));
    while (!golden.atEnd()) {
        const auto value = reader.readValue(golden.readLine().toStdString());
        if (!value)
            qFatal("%s: line %zu is not JSON", qPrintable(file), lines.size() + 1);
        lines.push_back(*value);
    }
    return lines;
}

/// Transcripts leave out the head that does not matter here.
ServerFrame serverFrame(JsonReader &reader, const JsonValue &transcribed)
{
    JsonValue whole = transcribed;
    whole.set("id", "01890a5d-0000-7000-8000-0000000000ee");
    whole.set("timestamp", "2026-11-20T08:14:41.250Z");
    whole.set("user_id", "ann");
    whole.set("sequence", 1);
    auto decoded = decodeServerJson(reader, whole.toText());
    if (!decoded)
        qFatal("%s: %s", whole.toText().c_str(), (decoded.error().pointer + decoded.error().message).c_str());
    return decoded->frame;
}

} // namespace

class TstV1Adapter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheTranscript_data();
    void followsTheTranscript();
    void readsRequestsOfBothVersions();
    void writesRepliesOfBothVersions();
    void letsTheFirstFrameDecide_data();
    void letsTheFirstFrameDecide();

private:
    void clientSends(V1Adapter &adapter, const JsonValue &line, int frames);

    JsonReader reader_;
    JsonReader serverReader_{kServerFrameDepth};
};

void TstV1Adapter::followsTheTranscript_data()
{
    QTest::addColumn<QString>("file");
    for (const QString &file : QDir(goldenFolder()).entryList({QStringLiteral("*.jsonl")})) {
        if (file != QLatin1String("rest.jsonl"))
            QTest::newRow(qPrintable(file)) << file;
    }
    QVERIFY(QDir(goldenFolder()).count() > 9);
}

void TstV1Adapter::clientSends(V1Adapter &adapter, const JsonValue &line, int frames)
{
    const auto decoded = adapter.decode(reader_, line.find("client")->toText(), "m" + std::to_string(frames));
    if (line.find("refused")) {
        const auto *failure = std::get_if<DecodeFailure>(&decoded);
        QVERIFY(failure && failure->error.code == Code::Invalid);
        QCOMPARE(failure->error.pointer, *line.find("refused")->text());
        return;
    }
    QVERIFY(std::holds_alternative<ClientFrame>(decoded));
    std::string became;
    encodeClientJson(std::get<ClientFrame>(decoded), became);
    QCOMPARE(became, line.find("becomes")->toText());
}

void TstV1Adapter::followsTheTranscript()
{
    QFETCH(QString, file);
    V1Adapter adapter("session-1");
    int frames = 0;
    int checked = 0;
    for (const JsonValue &line : linesOf(file)) {
        if (line.find("client")) {
            frames += line.find("refused") ? 0 : 1;
            clientSends(adapter, line, frames);
        } else if (line.find("server")) {
            std::vector<std::string> became;
            adapter.translate(serverFrame(serverReader_, *line.find("server")), became);
            std::string all = "[";
            for (const std::string &frame : became)
                all += (all.size() > 1 ? "," : "") + frame;
            QCOMPARE(all + "]", line.find("becomes")->toText());
        }
        checked += line.find("note") ? 0 : 1;
    }
    QVERIFY(checked > 0);
}

void TstV1Adapter::readsRequestsOfBothVersions()
{
    int checked = 0;
    for (const JsonValue &line : linesOf(QStringLiteral("rest.jsonl"))) {
        if (!line.find("body"))
            continue;
        const std::string body = line.find("body")->toText();
        const auto request = readChatRequest(reader_, body, static_cast<int>(*line.find("path")->integer()));
        if (const JsonValue *code = line.find("error")) {
            QVERIFY2(!request, body.c_str());
            QCOMPARE(std::string(errorRow(request.error().code).name), *code->text());
            QCOMPARE(request.error().pointer, *line.find("pointer")->text());
        } else {
            QVERIFY2(request, body.c_str());
            QCOMPARE(request->apiVersion, static_cast<int>(*line.find("version")->integer()));
            QCOMPARE(request->body.message, std::string("Hi"));
            QCOMPARE(request->body.sessionId, std::string("s"));
            const bool hints = request->apiVersion == 2 && line.find("body")->find("optimization_hints");
            QCOMPARE(request->body.optimizationHints.has_value(), hints);
        }
        ++checked;
    }
    QCOMPARE(checked, 20);
}

void TstV1Adapter::writesRepliesOfBothVersions()
{
    const auto thread = *parseId<ThreadId>("01890a5d-0000-7000-8000-000000000001");
    const auto task = *parseId<TaskId>("01890a5d-0000-7000-8000-000000000002");
    int checked = 0;
    for (const JsonValue &line : linesOf(QStringLiteral("rest.jsonl"))) {
        const JsonValue *given = line.find("completed");
        if (!given)
            continue;
        AgentCompleted completed;
        completed.content = given->textOf("content");
        completed.executionMode = ExecutionMode::Balanced;
        completed.qualityScore = 0.5;
        const auto names = wireNames(CompletionStatus{});
        const auto status = std::find(names.begin(), names.end(), given->textOf("status"));
        completed.status = static_cast<CompletionStatus>(status - names.begin());
        if (const JsonValue *error = given->find("error"))
            completed.error = *reader_.read<ErrorBody>(error->toText());
        QCOMPARE(toJson(chatReplyV1(completed, "s")), line.find("v1")->toText());
        // Version 2 is version 1 with metadata.
        auto reply = *reader_.readValue(toJson(chatReplyV2(completed, "s", thread, task)));
        const JsonValue metadata = *reply.find("metadata");
        QCOMPARE(metadata.textOf("thread_id"), std::string_view("01890a5d-0000-7000-8000-000000000001"));
        QCOMPARE(metadata.textOf("status"), given->textOf("status"));
        QCOMPARE(metadata.find("error") != nullptr, given->find("error") != nullptr);
        JsonValue expected = *line.find("v1");
        expected.set("metadata", metadata);
        QVERIFY(reply == expected);
        ++checked;
    }
    QCOMPARE(checked, 3);
}

void TstV1Adapter::letsTheFirstFrameDecide_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("decision");
    const auto row = [](const char *json, FirstFrame decision) {
        QTest::newRow(json) << QByteArray(json) << static_cast<int>(decision);
    };
    row(R"({"type":"chat","data":{"message":"Hello"}})", FirstFrame::Version1);
    row(R"({"type":"command","data":{"command":"status"}})", FirstFrame::Version1);
    row(R"({"type":"ping","data":{}})", FirstFrame::Version1);
    row(R"({"type":"chat","data":{},"id":"x"})", FirstFrame::Version1);
    row(R"({"type":"hello","id":"h","versions":[2]})", FirstFrame::Version2);
    row(R"({"type":"chat","id":"m","content":"Hello"})", FirstFrame::Version2);
    row(R"({"type":"chat","content":"Hello"})", FirstFrame::Version2);
    row(R"({"type":"chat","data":"Hello"})", FirstFrame::Version2);
    row(R"({"type":"ping","id":"p"})", FirstFrame::Version2);
    row(R"({})", FirstFrame::Version2);
    row(R"({"type":"ping"})", FirstFrame::Undecided);
    row(R"({"type":"ping")", FirstFrame::Unreadable);
    row(R"(["ping"])", FirstFrame::Unreadable);
    row(R"("ping")", FirstFrame::Unreadable);
    row("", FirstFrame::Unreadable);
}

void TstV1Adapter::letsTheFirstFrameDecide()
{
    QFETCH(QByteArray, json);
    QFETCH(int, decision);
    QCOMPARE(static_cast<int>(classifyFirstFrame(reader_, json.toStdString())), decision);
}

QTEST_GUILESS_MAIN(TstV1Adapter)
#include "tst_v1_adapter.moc"
