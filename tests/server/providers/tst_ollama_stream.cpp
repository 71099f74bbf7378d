// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/ollama_stream.h"
#include "tests/server/providers/stream_reading.h"

#include <QTest>

using namespace orchestra;

namespace {

const std::string kHead = R"({"model":"m","created_at":"2026-01-02T03:04:05Z","message":{"role":"assistant",)";

std::string says(const std::string &member)
{
    return kHead + member + "},\"done\":false}\n";
}

std::string done(const std::string &more)
{
    return kHead + R"("content":""},"done":true,)" + more + "}\n";
}

} // namespace

class TstOllamaStream : public QObject
{
    Q_OBJECT

private:
    StreamReading read(const std::string &bytes)
    {
        std::string where;
        StreamReading reading = readEveryWay([] { return std::make_unique<OllamaStream>(); }, bytes, where);
        if (!where.empty())
            QTest::qFail(("another reading " + where).c_str(), __FILE__, __LINE__);
        return reading;
    }

private Q_SLOTS:
    void joinsTheTextAndTakesTheUsage()
    {
        const StreamReading reading =
            read(says(R"("content":"Gr\u00fc")") + says(R"("content":"ße 🎻")") +
                 done(R"("done_reason":"stop","prompt_eval_count":12,"eval_count":3,"eval_duration":5)"));
        QCOMPARE(reading.text, std::string("Grüße 🎻"));
        QCOMPARE(reading.error, std::string());
        QCOMPARE(reading.model, std::string("m"));
        QCOMPARE(reading.upstreamRequestId, std::string("ollama/2026-01-02T03:04:05Z"));
        QVERIFY(reading.usage && reading.usage->promptTokens == 12 && reading.usage->completionTokens == 3);
        QVERIFY(!reading.usage->estimated);
    }

    void keepsThinkingApart()
    {
        const StreamReading reading =
            read(says(R"("content":"","thinking":"hm ")") + says(R"("content":"","thinking":"so")") +
                 says(R"("content":"Yes")") + done(R"("done_reason":"stop")"));
        QCOMPARE(reading.thinking, std::string("hm so"));
        QCOMPARE(reading.text, std::string("Yes"));
        QVERIFY(!reading.usage);
    }

    void readsParallelToolCallsInOneChunkOrInSeveral()
    {
        const StreamReading reading =
            read(says(R"("content":"","tool_calls":[{"function":{"index":0,"name":"a","arguments":{"x":{"y":[1,2]}}}},)"
                      R"({"id":"given","function":{"index":1,"name":"b","arguments":{}}}])") +
                 says(R"("content":"","tool_calls":[{"function":{"name":"c","arguments":"none"}}])") +
                 done(R"("done_reason":"stop")"));
        QCOMPARE(reading.reason, FinishReason::ToolCalls);
        QCOMPARE(reading.calls.size(), std::size_t(3));
        QCOMPARE(reading.calls[0], (ModelToolCall{"call_0", "a", R"({"x":{"y":[1,2]}})", true}));
        QCOMPARE(reading.calls[1], (ModelToolCall{"given", "b", "{}", true}));
        QCOMPARE(reading.calls[2], (ModelToolCall{"call_2", "c", "\"none\"", false}));
    }

    void saysWhenTheAnswerWasCutByItsLength()
    {
        QCOMPARE(read(says(R"("content":"long")") + done(R"("done_reason":"length")")).reason, FinishReason::Length);
    }

    void takesALastLineWithoutItsEnd()
    {
        std::string bytes = says(R"("content":"a")") + done(R"("done_reason":"stop")");
        bytes.pop_back();
        QCOMPARE(read(bytes).error, std::string());
    }

    void failsWithoutTheMarker()
    {
        const StreamReading reading = read(says(R"("content":"half")"));
        QCOMPARE(reading.text, std::string("half"));
        QVERIFY(reading.error.find("broke off") != std::string::npos);
        QVERIFY(!read("").error.empty());
    }

    void reportsAnErrorInTheMiddle()
    {
        const StreamReading reading = read(says(R"("content":"half")") + "{\"error\":\"out of memory\"}\n");
        QCOMPARE(reading.text, std::string("half"));
        QCOMPARE(reading.error, std::string("out of memory"));
    }

    void refusesWhatIsNotJson_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("words") << QByteArray("<html>\n");
        QTest::newRow("a number") << QByteArray("1\n");
        QTest::newRow("half an object") << QByteArray("{\"message\":\n");
        QTest::newRow("not UTF-8") << QByteArray("{\"message\":{\"content\":\"\xff\"}}\n");
        QTest::newRow("two objects in a line") << QByteArray("{}{}\n");
    }
    void refusesWhatIsNotJson()
    {
        QFETCH(QByteArray, bytes);
        const StreamReading reading = read(bytes.toStdString());
        QVERIFY(reading.error.find("not readable") != std::string::npos);
        QVERIFY(reading.text.empty());
    }

    void refusesAnEndlessLine()
    {
        OllamaStream stream;
        std::vector<ModelPiece> pieces;
        const std::string piece(1024 * 1024, 'x');
        int taken = 0;
        while (taken < 20 && stream.take(piece, pieces))
            ++taken;
        QCOMPARE(taken, 8);
        QVERIFY(!stream.finish(pieces));
    }

    void ignoresWhatFollowsTheMarker()
    {
        OllamaStream stream;
        std::vector<ModelPiece> pieces;
        QVERIFY(stream.take(done(R"("done_reason":"stop")") + says(R"("content":"more")"), pieces));
        QVERIFY(stream.isComplete());
        QVERIFY(stream.take("garbage\n", pieces));
        QVERIFY(bool(stream.finish(pieces)));
        QVERIFY(pieces.empty());
    }
};

QTEST_GUILESS_MAIN(TstOllamaStream)
#include "tst_ollama_stream.moc"
