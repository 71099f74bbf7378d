// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/openai_stream.h"
#include "shared/wire/json_value.h"
#include "tests/server/providers/stream_reading.h"

#include <QTest>

using namespace orchestra;

namespace {

std::string chunk(const std::string &choice, const std::string &more = "\"usage\":null")
{
    return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[)" + choice +
           "]," + more + "}\n\n";
}

std::string delta(const std::string &members)
{
    return chunk("{\"index\":0,\"delta\":{" + members + "},\"finish_reason\":null}");
}

std::string ends(const std::string &reason)
{
    return chunk("{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}");
}

/// A piece of a tool call; empty parts are left out.
std::string call(int index, const std::string &id, const std::string &name, const std::string &arguments)
{
    wire::JsonValue function;
    if (!name.empty())
        function.set("name", name);
    function.set("arguments", arguments);
    wire::JsonValue call;
    call.set("index", index);
    if (!id.empty())
        call.set("id", id);
    call.set("function", std::move(function));
    return call.toText();
}

std::string calls(const std::string &list)
{
    return delta("\"tool_calls\":[" + list + "]");
}

const std::string kDone = "data: [DONE]\n\n";

} // namespace

class TstOpenAiStream : public QObject
{
    Q_OBJECT

private:
    StreamReading read(const std::string &bytes)
    {
        std::string where;
        StreamReading reading = readEveryWay([] { return std::make_unique<OpenAiStream>("req-9"); }, bytes, where);
        if (!where.empty())
            QTest::qFail(("another reading " + where).c_str(), __FILE__, __LINE__);
        return reading;
    }

private Q_SLOTS:
    void joinsTheTextAndTakesTheUsage()
    {
        const StreamReading reading = read(
            delta(R"("role":"assistant","content":"")") + delta(R"("content":"Grü")") + delta(R"("content":"ße")") +
            ends("stop") + chunk("", R"("usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9})") + kDone);
        QCOMPARE(reading.text, std::string("Grüße"));
        QCOMPARE(reading.error, std::string());
        QCOMPARE(reading.upstreamRequestId, std::string("chatcmpl-1"));
        QCOMPARE(reading.model, std::string("m"));
        QVERIFY(reading.usage && reading.usage->promptTokens == 7 && reading.usage->completionTokens == 2);
    }

    void tellsWordsThatComeTogetherAsOneAndInTheirOrder()
    {
        OpenAiStream stream("req-9");
        std::vector<ModelPiece> pieces;
        const auto said = [&pieces](std::size_t i) -> std::string {
            const auto *text = std::get_if<ModelText>(&pieces.at(i));
            return text ? text->text() : "(" + std::get<ModelThinking>(pieces.at(i)).text + ")";
        };
        QVERIFY(bool(stream.take(delta(R"("content":"a")") + delta(R"("content":"b")") + delta(R"("reasoning":"hm")") +
                                     delta(R"("content":"c","refusal":"d")"),
                                 pieces)));
        QCOMPARE(pieces.size(), std::size_t(3));
        QCOMPARE(said(0) + said(1) + said(2), std::string("ab(hm)cd"));
        pieces.clear();
        QVERIFY(bool(stream.take(delta(R"("content":"e")"), pieces)));
        QCOMPARE(pieces.size(), std::size_t(1)); // what was told is not told again
        QCOMPARE(said(0), std::string("e"));
    }

    void findsEachMemberWhereverItIsWritten()
    {
        const StreamReading reading =
            read("data: {\"usage\":{\"completion_tokens\":2,\"prompt_tokens\":7},\"error\":null,\"choices\":[{"
                 "\"finish_reason\":\"tool_calls\",\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\","
                 "\"name\":\"a\"},\"id\":\"c1\",\"index\":1},{\"function\":{\"name\":\"b\"},\"id\":\"c0\","
                 "\"index\":0}],\"content\":null,\"reasoning\":\"second\",\"reasoning_content\":\"first\"}},"
                 "{\"delta\":{\"content\":\"of another choice\"}}],\"model\":\"m\",\"id\":\"x\"}\n\n" +
                 kDone);
        QCOMPARE(reading.error, std::string());
        QCOMPARE(reading.text, std::string());
        QCOMPARE(reading.thinking, std::string("first"));
        QCOMPARE(reading.model, std::string("m"));
        QVERIFY(reading.usage && reading.usage->promptTokens == 7 && reading.usage->completionTokens == 2);
        QCOMPARE(reading.calls.size(), std::size_t(2));
        QCOMPARE(reading.calls[0], (ModelToolCall{"c0", "b", "{}", true}));
        QCOMPARE(reading.calls[1], (ModelToolCall{"c1", "a", "{}", true}));
    }

    void callsTheRequestByItsHeaderWhenChunksHaveNoId()
    {
        const StreamReading reading =
            read("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n");
        QCOMPARE(reading.upstreamRequestId, std::string("req-9"));
    }

    void putsFragmentedParallelToolCallsTogether()
    {
        const StreamReading reading = read(calls(call(0, "c0", "a", "")) + calls(call(1, "c1", "b", "{\"q")) +
                                           calls(call(0, "", "", "{\"x\":") + "," + call(1, "", "", "\":2}")) +
                                           calls(call(0, "", "", "1}")) + ends("tool_calls") + kDone);
        QCOMPARE(reading.reason, FinishReason::ToolCalls);
        QCOMPARE(reading.calls.size(), std::size_t(2));
        QCOMPARE(reading.calls[0], (ModelToolCall{"c0", "a", "{\"x\":1}", true}));
        QCOMPARE(reading.calls[1], (ModelToolCall{"c1", "b", "{\"q\":2}", true}));
    }

    void marksArgumentsThatAreNoObject()
    {
        const StreamReading reading = read(calls(call(0, "c", "a", "{\"x\":")) + ends("tool_calls") + kDone);
        QCOMPARE(reading.calls.size(), std::size_t(1));
        QVERIFY(!reading.calls[0].isObject);
        QCOMPARE(reading.calls[0].arguments, std::string("{\"x\":"));
    }

    void takesAToolCallThatEndsWithStop()
    {
        const StreamReading reading = read(calls(call(0, "", "a", "")) + ends("stop") + kDone);
        QCOMPARE(reading.reason, FinishReason::ToolCalls);
        QCOMPARE(reading.calls[0], (ModelToolCall{"call_0", "a", "{}", true}));
    }

    void keepsThinkingApartUnderBothNames()
    {
        const StreamReading reading = read(delta(R"("reasoning_content":"hm ")") + delta(R"("reasoning":"so")") +
                                           delta(R"("content":"Yes")") + ends("stop") + kDone);
        QCOMPARE(reading.thinking, std::string("hm so"));
        QCOMPARE(reading.text, std::string("Yes"));
    }

    void believesAReasonWithoutTheLastMarker()
    {
        QCOMPARE(read(delta(R"("content":"a")") + ends("length")).reason, FinishReason::Length);
    }

    void failsWithoutReasonAndMarker()
    {
        const StreamReading reading = read(delta(R"("content":"half")"));
        QCOMPARE(reading.text, std::string("half"));
        QVERIFY(reading.error.find("broke off") != std::string::npos);
    }

    void reportsAnErrorInTheMiddle()
    {
        const StreamReading reading =
            read(delta(R"("content":"half")") + "data: {\"error\":{\"message\":\"upstream died\",\"code\":500}}\n\n");
        QCOMPARE(reading.error, std::string("upstream died"));
    }

    void refusesWhatIsNotJson()
    {
        QVERIFY(read("data: {\"choices\":\n\n").error.find("not readable") != std::string::npos);
        QVERIFY(read("data: {\"id\":\"\xff\"}\n\n").error.find("not readable") != std::string::npos);
    }

    void ignoresCommentsThatKeepTheConnectionAlive()
    {
        QCOMPARE(read(": PROCESSING\n\n" + delta(R"("content":"a")") + ": x\n\n" + ends("stop") + kDone).text,
                 std::string("a"));
    }
};

QTEST_GUILESS_MAIN(TstOpenAiStream)
#include "tst_openai_stream.moc"
