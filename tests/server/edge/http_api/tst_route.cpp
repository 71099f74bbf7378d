// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/answer.h"
#include "server/edge/http_api/route.h"
#include "server/edge/http_response.h"
#include "shared/base/random.h"
#include "shared/wire/error_table.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace orchestra;

namespace {

wire::JsonValue document()
{
    wire::JsonReader reader(64);
    auto value = reader.readValue(openApiDocument());
    return value ? *value : wire::JsonValue();
}

/// JSON Pointer's escape for a path.
std::string escaped(std::string_view path)
{
    std::string out;
    for (const char c : path)
        out += c == '/' ? std::string("~1") : std::string(1, c);
    return out;
}

struct Bench
{
    ManualClock clock;
    SeededRandom random{1};
    IdSource ids{clock, random};
    wire::JsonReader json;
    RequestHead head;

    Result<ApiRequest> read(std::string_view method, std::string_view target, std::string_view body = {})
    {
        const auto question = target.find('?');
        head.method = method;
        head.path = target.substr(0, question);
        head.query = question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
        const RouteMatch match = findRoute(method, head.path);
        if (!match.route)
            return makeError(Code::NotFound, "no route");
        ApiInput input{head, match.parameters, body, json, ids};
        return match.route->read(input);
    }
};

} // namespace

class TstRoute : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsRoutesByMethodAndPath()
    {
        QCOMPARE(findRoute("GET", "/livez").route->id, std::string_view("live"));
        QCOMPARE(findRoute("HEAD", "/livez").route->id, std::string_view("live"));
        QCOMPARE(findRoute("POST", "/livez").route, nullptr);
        QCOMPARE(findRoute("POST", "/livez").allowed, std::string("GET, HEAD"));
        QCOMPARE(findRoute("PATCH", "/admin/feature-flags/a%20b").parameters, (std::vector<std::string>{"a b"}));
        QCOMPARE(findRoute("GET", "/chat/ws/c/s").parameters, (std::vector<std::string>{"c", "s"}));
        for (const char *path : {"/", "", "/livez/", "//livez", "/livez/x", "/api/v2/threads//messages",
                                 "/api/v2/threads/%/messages", "/LIVEZ", "*"})
            QVERIFY2(!findRoute("GET", path).route, path);
    }

    void everyRouteFindsItself()
    {
        std::set<std::pair<std::string_view, std::string_view>> seen;
        std::set<std::string_view> ids;
        for (const Route &route : routes()) {
            QVERIFY2(seen.emplace(route.method, route.path).second, std::string(route.path).c_str());
            QVERIFY2(ids.insert(route.id).second, std::string(route.id).c_str());
            QVERIFY((route.serving == Serving::Hub) == (route.read != nullptr));
            QVERIFY(!route.statuses.empty() && route.statuses.front() < 300);
            std::string path(route.path);
            for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
                path.replace(open, path.find('}') - open + 1, "x");
            QCOMPARE(findRoute(route.method, path).route, &route);
        }
    }

    void theDocumentIsWhatIsServed()
    {
        const auto api = document();
        QCOMPARE(api.textOf("openapi"), std::string_view("3.1.0"));
        std::size_t operations = 0;
        for (const auto &path : *api.find("paths")->members())
            operations += path.value.members()->size();
        QCOMPARE(operations, routes().size());
        for (const Route &route : routes()) {
            std::string method(route.method);
            std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
            const auto *operation = api.at("/paths/" + escaped(route.path) + "/" + method);
            QVERIFY2(operation, std::string(route.path).c_str());
            std::set<std::string> documented;
            for (const auto &response : *operation->find("responses")->members())
                documented.insert(response.name);
            std::set<std::string> served;
            for (const int status : route.statuses) {
                served.insert(std::to_string(status));
                QVERIFY2(!reasonPhrase(status).empty(), std::to_string(status).c_str());
            }
            QCOMPARE(documented, served);
            QCOMPARE(operation->find("requestBody") != nullptr, !route.request.name.empty());
        }
    }

    void everyReferenceInTheDocumentLeadsSomewhere()
    {
        const std::string text = openApiDocument();
        const auto api = document();
        int references = 0;
        for (auto at = text.find("\"$ref\":\"#"); at != std::string::npos; at = text.find("\"$ref\":\"#", at + 1)) {
            const auto begin = at + 9;
            const std::string pointer = text.substr(begin, text.find('"', begin) - begin);
            QVERIFY2(api.at(pointer), pointer.c_str());
            ++references;
        }
        QVERIFY(references > 50);
    }

    void everyErrorHasAStatusThatIsKnown()
    {
        for (const ErrorRow &row : kErrorTable) {
            if (row.httpStatus != 0)
                QVERIFY2(!reasonPhrase(row.httpStatus).empty(), std::string(row.name).c_str());
        }
    }

    void readsQueries()
    {
        Bench bench;
        auto list = bench.read("GET", "/api/v2/threads?limit=7&after=01890a5d-ac96-774b-bcce-b302099a8057");
        QVERIFY(list);
        QCOMPARE(std::get<ListThreads>(*list).limit, std::size_t(7));
        QVERIFY(std::get<ListThreads>(*list).after);
        QCOMPARE(std::get<ListThreads>(*bench.read("GET", "/api/v2/threads")).limit, std::size_t(50));
        for (const char *query : {"limit=0", "limit=201", "limit=x", "limit=", "limit=-1", "after=x"}) {
            const auto refused = bench.read("GET", std::string("/api/v2/threads?") + query);
            QVERIFY2(!refused, query);
            QVERIFY2(refused.error().pointer.starts_with("/query/"), query);
        }
        QCOMPARE(bench.read("GET", "/api/v2/threads/nonsense/messages").error().code, Code::NotFound);
        const auto audit = bench.read("GET", "/admin/audit?target=breaker%3Aollama&before=9&limit=3");
        QCOMPARE(std::get<GetAudit>(*audit).target, std::string("breaker:ollama"));
        QCOMPARE(std::get<GetAudit>(*audit).beforeIndex, std::uint64_t(9));
    }

    void readsOperatorCommands()
    {
        Bench bench;
        bench.head.fields = {{"idempotency-key", "req-1"}};
        const auto action = [&](std::string_view method, std::string_view path, std::string_view body) {
            auto read = bench.read(method, path, body);
            return read ? std::get<PostAction>(*read).action : wire::OpsAction{};
        };
        const auto flag =
            action("PATCH", "/admin/feature-flags/beta", R"({"reason":"try","percent":10,"expected_revision":4})");
        QCOMPARE(flag.requestId, std::string("req-1"));
        QCOMPARE(flag.reason, std::string("try"));
        QCOMPARE(*flag.expectedRevision, std::uint64_t(4));
        QVERIFY(std::get<wire::SetFlag>(flag.action) == (wire::SetFlag{"beta", {}, 10}));
        const auto breaker = action("POST", "/admin/breakers/ollama/override",
                                    R"({"reason":"r","override_state":"forced_open","duration_s":60})");
        QVERIFY(std::get<wire::OverrideBreaker>(breaker.action).overrideState == wire::BreakerOverride::ForcedOpen);
        QVERIFY(std::holds_alternative<wire::ProbeBreaker>(
            action("POST", "/admin/breakers/ollama/probe", R"({"reason":"r"})").action));
        QVERIFY(std::holds_alternative<wire::StartDrain>(action("POST", "/admin/drain", R"({"reason":"r"})").action));
        QCOMPARE(std::get<wire::CloseConnections>(
                     action("POST", "/admin/connections/close", R"({"reason":"r","connection_ids":[],"user_id":"u"})")
                         .action)
                     .userId->c_str(),
                 "u");
        QCOMPARE(std::get<wire::UndoAction>(action("POST", "/admin/undo", R"({"reason":"r","undo_token":"t"})").action)
                     .undoToken,
                 std::string("t"));
        const auto accept = action("POST", "/admin/tools/accept", R"({"reason":"r","name":"a/b","digest":"d"})");
        QVERIFY(std::get<wire::AcceptTool>(accept.action) == (wire::AcceptTool{"a/b", "d"}));
        QVERIFY(std::holds_alternative<GetTools>(*bench.read("GET", "/admin/tools")));
        const auto wrong = bench.read("POST", "/admin/drain", R"({"reson":"r"})");
        QVERIFY(!wrong);
        bench.head.fields = {{"idempotency-key", "a b"}};
        QCOMPARE(bench.read("POST", "/admin/drain", R"({"reason":"r"})").error().pointer,
                 std::string("/header/Idempotency-Key"));
    }

    void tellsHealthInBothForms()
    {
        HealthBody body;
        body.report.status = wire::HealthState::Degraded;
        body.report.at = {1'780'000'000'000};
        body.report.checks = {{"store", wire::HealthState::Degraded, "slow"}};
        body.detailed = true;
        const HttpResponse own = answerOf(ApiBody(body), {"*/*", "c", true});
        QCOMPARE(own.status, 200);
        QCOMPARE(own.contentType, std::string("application/json"));
        QCOMPARE(own.body, std::string(R"({"status":"degraded","timestamp":"2026-05-28T20:26:40.000Z",)"
                                       R"("checks":{"store":{"status":"degraded","detail":"slow"}}})"));
        const HttpResponse draft = answerOf(ApiBody(body), {"application/health+json", "c", true});
        QCOMPARE(draft.contentType, std::string("application/health+json"));
        QVERIFY(draft.body.find(R"("status":"warn")") != std::string::npos);
        body.report.status = wire::HealthState::Unhealthy;
        QCOMPARE(answerOf(ApiBody(body), {"", "c", true}).status, 503);
        body.detailed = false;
        QVERIFY(answerOf(ApiBody(body), {"", "c", true}).body.find("slow") == std::string::npos);
    }

    void tellsReadiness()
    {
        const HttpResponse ready = answerOf(ApiBody(ReadyBody{true, {}, {}}), {"", "c", true});
        QCOMPARE(ready.status, 200);
        QCOMPARE(ready.body, std::string(R"({"ready":true})"));
        const HttpResponse waiting = answerOf(ApiBody(ReadyBody{false, {}, "starting"}), {"", "c", true});
        QCOMPARE(waiting.status, 503);
        QVERIFY(waiting.body.find(R"("reason":"starting")") != std::string::npos);
    }

    void writesDatesAsHttpWantsThem()
    {
        QCOMPARE(httpDate(784111777000), std::string("Sun, 06 Nov 1994 08:49:37 GMT"));
        QCOMPARE(httpDate(0), std::string("Thu, 01 Jan 1970 00:00:00 GMT"));
    }
};

QTEST_APPLESS_MAIN(TstRoute)
#include "tst_route.moc"
