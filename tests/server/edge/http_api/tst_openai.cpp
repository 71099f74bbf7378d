// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/openai_answer.h"
#include "server/edge/http_api/openai_events.h"
#include "server/edge/http_api/route.h"
#include "shared/base/random.h"
#include "shared/wire/error_table.h"
#include "tests/support/hand_model_port.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <algorithm>

using namespace orchestra;

namespace {

struct Bench
{
    ManualClock clock;
    SeededRandom random{1};
    IdSource ids{clock, random};
    wire::JsonReader json;
    RequestHead head;

    Result<ApiRequest> read(std::string_view body)
    {
        const RouteMatch match = findRoute("POST", "/v1/chat/completions");
        ApiInput input{head, match.parameters, body, json, ids};
        return match.route->read(input);
    }
    /// The order of a body with these members besides a model and a message.
    std::shared_ptr<const CompletionOrder> order(std::string_view members)
    {
        const auto request = read(with(members));
        return request ? std::get<PostCompletion>(*request).order : nullptr;
    }
    static std::string with(std::string_view members)
    {
        return R"({"model":"tiny","messages":[{"role":"user","content":"Hello"}])" +
               (members.empty() ? std::string() : "," + std::string(members)) + "}";
    }
};

wire::JsonValue parsed(const std::string &text)
{
    auto value = wire::JsonReader().readValue(text);
    return value ? *std::move(value) : wire::JsonValue();
}

/// The data of each event.
std::vector<std::string> events(const std::string &stream)
{
    std::vector<std::string> data;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t end = stream.find("\n\n", at);
        const std::string line = stream.substr(at, end - at);
        data.push_back(line.starts_with("data: ") ? line.substr(6) : "?" + line);
        at = end == std::string::npos ? stream.size() : end + 2;
    }
    return data;
}

CompletionHead head(bool includesUsage)
{
    CompletionHead head;
    head.taskId = *parseId<TaskId>("018f0000-0000-7000-8000-000000000001");
    head.createdAt = 1700000000;
    head.model = "ti\"ny";
    head.includesUsage = includesUsage;
    return head;
}

} // namespace

/// OpenAI's wire: what is asked, answered and streamed on it.
class TstOpenai : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAConversation()
    {
        Bench t;
        const auto request =
            t.read("{\"model\":\"tiny\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                   "            \"user\":\"u1\",\"metadata\":{\"a\":\"b\"},\"store\":false,\"some_future_member\":[1],"
                   "            \"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
                   "                "
                   "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"text\",\"text\":"
                   "\"two\"}],\"name\":\"n\"},"
                   "                "
                   "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                   "                    \"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"a\\\":1}\"}},"
                   "                    "
                   "{\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"clock\",\"arguments\":\"oops\"}}]},"
                   "                {\"role\":\"tool\",\"tool_call_id\":\"c2\",\"content\":\"noon\"}]}");
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        const auto &order = *std::get<PostCompletion>(*request).order;
        QVERIFY(order.isStreamed && order.includesUsage);
        QCOMPARE(order.model, std::string("tiny"));
        const auto &messages = order.request.messages;
        QCOMPARE(messages.size(), std::size_t(4));
        QVERIFY(messages[0].role == ModelRole::System);
        QCOMPARE(messages[1].content, std::string("one\ntwo"));
        QVERIFY(messages[2].toolCalls.at(0) == (ModelToolCall{"c1", "weather", "{\"a\":1}", true}));
        QVERIFY(!messages[2].toolCalls.at(1).isObject);
        QCOMPARE(messages[3].toolName, std::string("clock"));
        QCOMPARE(messages[3].toolCallId, std::string("c2"));
    }

    void readsHowWordsAreToBeChosen()
    {
        Bench t;
        const auto order = t.order(R"("max_tokens":5,"max_completion_tokens":6,"temperature":0.5,"top_p":0.9,
            "frequency_penalty":1,"presence_penalty":-1,"seed":-7,"stop":["a","b"],"n":1,"logprobs":false,
            "logit_bias":{},"modalities":["text"],"reasoning_effort":"low","parallel_tool_calls":false,
            "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
                "parameters":{"type":"object"}}},{"type":"function","function":{"name":"g"}}],
            "tool_choice":{"type":"function","function":{"name":"g"}},
            "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}})");
        QVERIFY(order);
        const ModelRequest &request = order->request;
        QCOMPARE(*request.maxTokens, std::uint64_t(6));
        QCOMPARE(*request.temperature, 0.5);
        QCOMPARE(*request.sampling.topP, 0.9);
        QCOMPARE(*request.sampling.frequencyPenalty, 1.0);
        QCOMPARE(*request.sampling.presencePenalty, -1.0);
        QCOMPARE(*request.sampling.seed, std::int64_t(-7));
        QCOMPARE(request.sampling.stop, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(*request.reasoningEffort, std::string("low"));
        QCOMPARE(*request.parallelToolCalls, false);
        QCOMPARE(request.tools.size(), std::size_t(2));
        QVERIFY(request.tools[0].isStrict && !request.tools[1].isStrict);
        QCOMPARE(request.tools[0].parameters.text, std::string(R"({"type":"object"})"));
        QVERIFY(request.toolChoice && request.responseFormat);
        QCOMPARE(t.order("\"stop\":\"end\",\"seed\":null")->request.sampling.stop, (std::vector<std::string>{"end"}));
        QVERIFY(!t.order(R"("response_format":{"type":"text"},"tool_choice":null,"temperature":null)")
                     ->request.responseFormat);
    }

    void refusesWhatItCannotDo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *name, const std::string &body, const char *param) {
            QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray(param);
        };
        const auto member = [&row](const char *members, const char *param) {
            row(members, Bench::with(members), param);
        };
        const auto message = [&row](const char *text, const char *param) {
            row(text, R"({"model":"tiny","messages":[)" + std::string(text) + "]}", param);
        };
        row("no JSON", "{", "");
        row("no model", R"({"messages":[{"role":"user","content":"x"}]})", "model");
        row("empty model", R"({"model":"","messages":[{"role":"user","content":"x"}]})", "model");
        row("no messages", R"({"model":"tiny"})", "messages");
        row("empty messages", R"({"model":"tiny","messages":[]})", "messages");
        message(R"({"role":"robot","content":"x"})", "messages[0].role");
        message(R"({"role":"user","content":5})", "messages[0].content");
        message(
            R"({"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"u"}}]})",
            "messages[0].content[1].type");
        message(R"({"role":"tool","content":"x"})", "messages[0].tool_call_id");
        message(R"({"role":"tool","content":"x","tool_call_id":"c9"})", "messages[0].tool_call_id");
        member(R"("stream":1)", "stream");
        member(R"("n":2)", "n");
        member(R"("temperature":2.1)", "temperature");
        member(R"("top_p":-0.1)", "top_p");
        member(R"("max_tokens":0)", "max_tokens");
        member(R"("max_tokens":-1)", "max_tokens");
        member(R"("max_completion_tokens":0)", "max_completion_tokens");
        member(R"("presence_penalty":3)", "presence_penalty");
        member(R"("stop":["a","b","c","d","e"])", "stop");
        member(R"("stop":[1])", "stop");
        member("\"seed\":\"x\"", "seed");
        member(R"("logprobs":true)", "logprobs");
        member(R"("logit_bias":{"5":1})", "logit_bias");
        member(R"("modalities":["audio"])", "modalities");
        member(R"("functions":[{"name":"f"}])", "functions");
        member(R"("tools":[{"type":"web_search"}])", "tools[0].type");
        member(R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])",
               "tools[0].function.parameters");
        member("\"tool_choice\":\"always\"", "tool_choice");
        member(R"("tool_choice":{"type":"function","function":{"name":"f"}})", "tool_choice.function.name");
        member(R"("response_format":{"type":"json_schema"})", "response_format");
    }
    void refusesWhatItCannotDo()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, param);
        Bench t;
        const auto request = t.read(body.toStdString());
        QVERIFY(!request);
        const HttpResponse response = openAiFailure(httpFailure(request.error()), "corr");
        QCOMPARE(response.status, 400);
        const auto error = parsed(response.body);
        QCOMPARE(error.at("/error/type")->text() ? *error.at("/error/type")->text() : "",
                 std::string("invalid_request_error"));
        const auto *told = error.at("/error/param");
        QVERIFY(told);
        QCOMPARE(told->isNull() ? std::string() : *told->text(), param.toStdString());
    }

    void readsNamesOfModelsWithSlashes()
    {
        Bench t;
        for (const char *path : {"/v1/models/cloud%2Ftiny", "/v1/models/cloud/tiny"}) {
            const RouteMatch match = findRoute("GET", path);
            QVERIFY(match.route);
            ApiInput input{t.head, match.parameters, {}, t.json, t.ids};
            QCOMPARE(std::get<GetModel>(*match.route->read(input)).id, std::string("cloud/tiny"));
        }
    }

    void streamsWordsAsChunks()
    {
        const OpenAiEvents stream(head(false));
        const auto begin = events(stream.begin());
        QCOMPARE(begin.size(), std::size_t(1));
        const std::string first = "{\"id\":\"chatcmpl-018f0000-0000-7000-8000-000000000001\","
                                  "\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                                  "\"model\":\"ti\\\"ny\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                                  "\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]}";
        QCOMPARE(begin[0], first);
        std::vector<ModelPiece> pieces;
        pieces.push_back(ModelThinking{"hm"});
        pieces.push_back(ModelThinking{"m"});
        for (ModelPiece &piece : modelSays("one \n"))
            pieces.push_back(std::move(piece));
        for (ModelPiece &piece : modelSays("two"))
            pieces.push_back(std::move(piece));
        const auto parts = events(stream.part(pieces));
        QCOMPARE(parts.size(), std::size_t(2));
        QCOMPARE(*parsed(parts[0]).at("/choices/0/delta/reasoning_content")->text(), std::string("hmm"));
        QCOMPARE(*parsed(parts[1]).at("/choices/0/delta/content")->text(), std::string("one \ntwo"));
        QVERIFY(stream.part({}).empty());
        const auto end = events(stream.end(CompletionEnding{}));
        QCOMPARE(end.size(), std::size_t(2));
        QCOMPARE(*parsed(end[0]).at("/choices/0/finish_reason")->text(), std::string("stop"));
        QVERIFY(parsed(end[0]).at("/choices/0/delta")->members()->empty());
        QCOMPARE(end[1], std::string("[DONE]"));
    }

    void streamsToolCallsAndUsageAtTheEnd()
    {
        const OpenAiEvents stream(head(true));
        CompletionEnding ending;
        ending.reason = FinishReason::ToolCalls;
        ending.toolCalls = {{"c1", "f", "{\"a\":\"\\\"\"}", true}, {"c2", "g", "{}", true}};
        ending.usage = {.promptTokens = 3, .completionTokens = 4};
        QVERIFY(parsed(events(stream.begin())[0]).find("usage")->isNull());
        const auto end = events(stream.end(ending));
        QCOMPARE(end.size(), std::size_t(5));
        const auto second = parsed(end[1]);
        QCOMPARE(second.at("/choices/0/delta/tool_calls/0/index")->integer(), std::optional<std::int64_t>(1));
        QCOMPARE(*parsed(end[0]).at("/choices/0/delta/tool_calls/0/function/arguments")->text(),
                 ending.toolCalls[0].arguments);
        QCOMPARE(*parsed(end[2]).at("/choices/0/finish_reason")->text(), std::string("tool_calls"));
        const auto usage = parsed(end[3]);
        QVERIFY(usage.find("choices")->items()->empty());
        QCOMPARE(usage.at("/usage/total_tokens")->integer(), std::optional<std::int64_t>(7));
        QVERIFY(!usage.at("/usage/estimated"));
        QCOMPARE(end[4], std::string("[DONE]"));
    }

    void endsWhatBrokeOffWithoutDone()
    {
        const OpenAiEvents stream(head(true));
        const auto end = events(stream.end(makeError(Code::ProviderTimeout, "silence")));
        QCOMPARE(end.size(), std::size_t(1));
        const auto error = parsed(end[0]);
        QCOMPARE(*error.at("/error/message")->text(), std::string("silence"));
        QCOMPARE(*error.at("/error/code")->text(), std::string("provider_timeout"));
        QCOMPARE(*error.at("/error/type")->text(), std::string("server_error"));
    }

    void answersAsAWhole()
    {
        CompletionBody body{head(false), modelSays("It is wide."), {}};
        body.ending.usage = {.promptTokens = 1, .completionTokens = 2, .estimated = true};
        const auto value = parsed(openAiAnswer(ApiBody(body), "corr").body);
        QCOMPARE(value.textOf("object"), std::string_view("chat.completion"));
        QCOMPARE(*value.at("/choices/0/message/content")->text(), std::string("It is wide."));
        QVERIFY(!value.at("/choices/0/message/tool_calls"));
        QCOMPARE(*value.at("/choices/0/finish_reason")->text(), std::string("stop"));
        QCOMPARE(value.at("/usage/estimated")->boolean(), std::optional(true));
        body.said.clear();
        body.ending.toolCalls = {{"c1", "f", "{}", true}};
        const auto calls = parsed(openAiAnswer(ApiBody(body), "corr").body);
        QVERIFY(calls.at("/choices/0/message/content")->isNull());
        QCOMPARE(*calls.at("/choices/0/message/tool_calls/0/function/name")->text(), std::string("f"));
    }

    void tellsAtWhichLevelItWorks()
    {
        CompletionBody body{head(false), modelSays("It is wide."), {}};
        const auto level = [&body] {
            for (const HeaderField &field : openAiAnswer(ApiBody(body), "corr").fields)
                if (field.name == "X-Degradation-Level")
                    return field.value;
            return std::string();
        };
        QVERIFY(level().empty());
        body.head.level = DegradationLevel::Reduced;
        QCOMPARE(level(), std::string("reduced"));
    }

    void listsModels()
    {
        const auto value = parsed(openAiAnswer(ApiBody(ModelsBody{{{"tiny", "local"}}}), "corr").body);
        QCOMPARE(value.textOf("object"), std::string_view("list"));
        QCOMPARE(*value.at("/data/0/id")->text(), std::string("tiny"));
        QCOMPARE(*value.at("/data/0/owned_by")->text(), std::string("local"));
        QVERIFY(parsed(openAiAnswer(ApiBody(ModelsBody{}), "corr").body).find("data")->items()->empty());
    }

    void givesEveryFailureAStatusATypeAndACode()
    {
        const auto told = [](Code code, const std::string &pointer = {}, std::optional<bool> retryable = {}) {
            Error error = makeError(code, "why", pointer);
            error.retryable = retryable.value_or(error.retryable);
            const HttpResponse response = openAiFailure(httpFailure(error), "corr");
            const auto body = parsed(response.body);
            return std::to_string(response.status) + " " + *body.at("/error/type")->text() + " " +
                   *body.at("/error/code")->text();
        };
        QCOMPARE(told(Code::Unauthenticated), std::string("401 invalid_request_error invalid_api_key"));
        QCOMPARE(told(Code::Forbidden), std::string("403 permission_error forbidden"));
        QCOMPARE(told(Code::NotFound), std::string("404 invalid_request_error not_found"));
        QCOMPARE(told(Code::NoModel, "/model"), std::string("404 invalid_request_error model_not_found"));
        QCOMPARE(told(Code::NoModel), std::string("503 server_error no_model"));
        QCOMPARE(told(Code::TooLarge), std::string("413 invalid_request_error too_large"));
        QCOMPARE(told(Code::UnsupportedType), std::string("415 invalid_request_error unsupported_type"));
        QCOMPARE(told(Code::RateLimited), std::string("429 rate_limit_error rate_limit_exceeded"));
        QCOMPARE(told(Code::ProviderError), std::string("502 server_error provider_error"));
        QCOMPARE(told(Code::ProviderError, {}, false), std::string("400 invalid_request_error provider_error"));
        QCOMPARE(told(Code::ProviderUnavailable), std::string("503 server_error provider_unavailable"));
        QCOMPARE(told(Code::BreakerOpen), std::string("503 server_error breaker_open"));
        QCOMPARE(told(Code::ProviderTimeout), std::string("504 server_error provider_timeout"));
        QCOMPARE(told(Code::Interrupted), std::string("503 server_error interrupted"));
        QCOMPARE(told(Code::Cancelled), std::string("503 server_error cancelled"));
        QCOMPARE(told(Code::StorageUnavailable), std::string("507 server_error storage_unavailable"));
        for (const ErrorRow &row : kErrorTable) {
            const auto body = parsed(openAiFailure(httpFailure(makeError(row.code, "why")), "corr").body);
            for (const char *member : {"/error/message", "/error/type", "/error/param", "/error/code"})
                QVERIFY2(body.at(member), std::string(row.name).c_str());
        }
    }

    void saysWhenToComeBack()
    {
        const auto field = [](const HttpResponse &response, std::string_view name) {
            const auto found = std::ranges::find(response.fields, name, &HeaderField::name);
            return found == response.fields.end() ? std::string() : found->value;
        };
        Error error = makeError(Code::RateLimited, "slowly");
        error.retryAfterMs = 1500;
        const HttpResponse limited = openAiFailure(httpFailure(error), "corr");
        QCOMPARE(field(limited, "Retry-After"), std::string("2"));
        QCOMPARE(field(limited, "Retry-After-Ms"), std::string("1500"));
        QCOMPARE(field(limited, "X-Request-ID"), std::string("corr"));
        QCOMPARE(limited.contentType, std::string("application/json"));
        QCOMPARE(field(openAiFailure(httpFailure(makeError(Code::NoModel, "none")), "corr"), "X-Should-Retry"),
                 std::string("false"));
        QVERIFY(field(limited, "X-Should-Retry").empty());
    }

    void everyRouteOfItsPathsSpeaksItsForm()
    {
        int found = 0;
        for (const Route &route : routes()) {
            QCOMPARE(route.isOpenAi, isOpenAiPath(route.path));
            found += route.isOpenAi ? 1 : 0;
        }
        QCOMPARE(found, 4);
        QVERIFY(isOpenAiPath("/v1") && isOpenAiPath("/v1/x") && !isOpenAiPath("/v10"));
    }
};

QTEST_APPLESS_MAIN(TstOpenai)
#include "tst_openai.moc"
