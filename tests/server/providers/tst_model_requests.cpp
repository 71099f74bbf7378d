// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/model_server.h"
#include "shared/wire/json_reader.h"

#include <QTest>

using namespace orchestra;

namespace {

ModelRequest fullRequest()
{
    ModelRequest request;
    request.model = "m";
    request.messages.push_back({.role = ModelRole::User, .content = "Hello"});
    request.tools.push_back({"f", "does f", {R"({"type":"object"})"}, true});
    request.maxTokens = 5;
    request.temperature = 0.5;
    request.sampling.topP = 0.9;
    request.sampling.frequencyPenalty = 0.1;
    request.sampling.presencePenalty = 0.2;
    request.sampling.seed = -7;
    request.sampling.stop = {"a", "b"};
    request.toolChoice = wire::RawJson{"\"required\""};
    request.parallelToolCalls = false;
    request.responseFormat = wire::RawJson{R"({"type":"json_schema","json_schema":{"name":"s","schema":{"a":1}}})"};
    request.reasoningEffort = "minimal";
    return request;
}

wire::JsonValue bodyFor(ModelServerKind kind, const ModelRequest &request)
{
    const auto server = ModelServer::make({.name = "s", .kind = kind, .url = "http://127.0.0.1:1"});
    auto value = wire::JsonReader().readValue(server->chat(request).body);
    return value ? *std::move(value) : wire::JsonValue();
}

std::string at(const wire::JsonValue &value, std::string_view pointer)
{
    const wire::JsonValue *found = value.at(pointer);
    return found ? found->toText() : "absent";
}

} // namespace

/// What a model server is sent, in its own words.
class TstModelRequests : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsOpenAiEverything()
    {
        const auto body = bodyFor(ModelServerKind::OpenAi, fullRequest());
        QCOMPARE(at(body, "/max_tokens"), std::string("5"));
        QCOMPARE(at(body, "/temperature"), std::string("0.5"));
        QCOMPARE(at(body, "/top_p"), std::string("0.9"));
        QCOMPARE(at(body, "/frequency_penalty"), std::string("0.1"));
        QCOMPARE(at(body, "/presence_penalty"), std::string("0.2"));
        QCOMPARE(at(body, "/seed"), std::string("-7"));
        QCOMPARE(at(body, "/stop"), std::string(R"(["a","b"])"));
        QCOMPARE(at(body, "/tools/0/function/strict"), std::string("true"));
        QCOMPARE(at(body, "/tool_choice"), std::string("\"required\""));
        QCOMPARE(at(body, "/parallel_tool_calls"), std::string("false"));
        QCOMPARE(at(body, "/response_format/json_schema/schema/a"), std::string("1"));
        QCOMPARE(at(body, "/reasoning_effort"), std::string("\"minimal\""));
    }

    void tellsOllamaInItsOwnWords()
    {
        const auto body = bodyFor(ModelServerKind::Ollama, fullRequest());
        QCOMPARE(at(body, "/options"), std::string(R"({"num_predict":5,"temperature":0.5,"top_p":0.9,)"
                                                   R"("frequency_penalty":0.1,"presence_penalty":0.2,"seed":-7,)"
                                                   R"("stop":["a","b"]})"));
        QCOMPARE(at(body, "/format"), std::string(R"({"a":1})"));
        QCOMPARE(at(body, "/think"), std::string("\"low\""));
        QCOMPARE(at(body, "/tools/0/function/name"), std::string("\"f\""));
        ModelRequest other = fullRequest();
        other.toolChoice = wire::RawJson{"\"none\""};
        other.responseFormat = wire::RawJson{R"({"type":"json_object"})"};
        other.reasoningEffort = "none";
        const auto plain = bodyFor(ModelServerKind::Ollama, other);
        QCOMPARE(at(plain, "/tools"), std::string("absent"));
        QCOMPARE(at(plain, "/format"), std::string("\"json\""));
        QCOMPARE(at(plain, "/think"), std::string("false"));
    }

    void leavesToTheServerWhatWasNotSaid()
    {
        ModelRequest request;
        request.model = "m";
        request.messages.push_back({.role = ModelRole::User, .content = "Hello"});
        QCOMPARE(bodyFor(ModelServerKind::OpenAi, request).members()->size(), std::size_t(4));
        QCOMPARE(bodyFor(ModelServerKind::Ollama, request).members()->size(), std::size_t(3));
    }

    void takesARefusedKeyForNoAnswerToTheQuestion()
    {
        HttpHead head;
        for (const int status : {401, 402, 403}) {
            head.status = status;
            const Refusal refusal = readRefusal(head, "{}", 0);
            QCOMPARE(refusal.error.code, Code::ProviderUnavailable);
            QVERIFY(!refusal.error.retryable && !refusal.isServersFault);
        }
        head.status = 400;
        QCOMPARE(readRefusal(head, "{}", 0).error.code, Code::ProviderError);
    }
};

QTEST_APPLESS_MAIN(TstModelRequests)
#include "tst_model_requests.moc"
