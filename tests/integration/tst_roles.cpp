// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/identity.h"
#include "shared/wire/json_reader.h"
#include "tests/integration/ws_client.h"
#include "tests/support/server_process.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

using namespace orchestra;
using namespace orchestra::test;

namespace {

/// An operation as /openapi.json describes it.
struct Operation
{
    std::string method;
    std::string path;
    std::string id;
    std::string role;
    bool needsBody = false;
    bool isUpgrade = false;
};

std::string upper(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

std::vector<Operation> operationsOf(const wire::JsonValue &document)
{
    std::vector<Operation> operations;
    for (const auto &path : *document.find("paths")->members()) {
        for (const auto &method : *path.value.members()) {
            const wire::JsonValue &operation = method.value;
            operations.push_back({upper(method.name), path.name, std::string(operation.textOf("operationId")),
                                  std::string(operation.textOf("x-role")), operation.find("requestBody") != nullptr,
                                  operation.find("responses")->find("101") != nullptr});
        }
    }
    return operations;
}

/// A body that is read without complaint but changes nothing: every operator command is refused for its reason, which
/// is too long, once the role has been looked at. Nothing for an operation that this test does not know.
std::optional<std::string> bodyFor(const std::string &id)
{
    const std::string reason = "\"reason\":\"" + std::string(501, 'x') + '"';
    const std::string known = "018f0000-0000-7000-8000-000000000001";
    const std::map<std::string, std::string> bodies{
        {"chat", "{\"api_version\":\"v2\",\"message\":\"/help\",\"session_id\":\"s1\"}"},
        {"chatV1", "{\"api_version\":\"v1\",\"message\":\"/help\",\"session_id\":\"s1\"}"},
        {"chatV2", "{\"api_version\":\"v2\",\"message\":\"/help\",\"session_id\":\"s1\"}"},
        {"feedback", "{\"message_id\":\"" + known + "\",\"rating\":\"up\"}"},
        {"openAiCompletion", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}"},
        {"evaluateFlag", "{\"context\":{\"targetingKey\":\"u\"}}"},
        {"evaluateFlags", "{\"context\":{\"targetingKey\":\"u\"}}"},
        {"setFlag", "{" + reason + ",\"enabled\":true}"},
        {"overrideBreaker", "{" + reason + ",\"override_state\":\"forced_open\",\"duration_s\":60}"},
        {"probeBreaker", "{" + reason + "}"},
        {"closeConnections", "{" + reason + ",\"connection_ids\":[],\"user_id\":\"nobody\"}"},
        {"drain", "{" + reason + "}"},
        {"undo", "{" + reason + ",\"undo_token\":\"t\"}"},
        {"pinDegradation", "{" + reason + ",\"level\":1,\"duration_s\":60}"},
        {"clearCache", "{" + reason + ",\"cache_namespace\":\"all\"}"},
        {"acceptTool", "{" + reason + ",\"name\":\"a/b\",\"digest\":\"d\"}"},
    };
    const auto body = bodies.find(id);
    return body == bodies.end() ? std::nullopt : std::optional(body->second);
}

std::string requestFor(const Operation &operation, const std::string &token)
{
    std::string path = operation.path;
    for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
        const auto end = path.find('}', open);
        const std::string name = path.substr(open + 1, end - open - 1);
        const bool isId = name == "thread_id" || name == "task_id";
        path.replace(open, end - open + 1, isId ? "018f0000-0000-7000-8000-000000000001" : "x");
    }
    std::string fields = "Host: localhost\r\n";
    if (!token.empty())
        fields += "Authorization: Bearer " + token + "\r\n";
    if (operation.isUpgrade)
        fields += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    else
        fields += "Connection: close\r\n";
    if (operation.path.starts_with("/ops/"))
        fields += "Sec-WebSocket-Protocol: orchestra.ops.v1.protobuf\r\n";
    const std::string body = operation.needsBody ? *bodyFor(operation.id) : std::string();
    if (operation.needsBody)
        fields += "Content-Type: application/json\r\n";
    if (operation.method != "GET")
        fields += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return operation.method + " " + path + " HTTP/1.1\r\n" + fields + "\r\n" + body;
}

} // namespace

/// What /openapi.json says of the role that each operation needs, against what the real server does for callers of
/// every role.
class TstRoles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theDocumentNamesTheRoleThatIsNeeded();
};

void TstRoles::theDocumentNamesTheRoleThatIsNeeded()
{
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=error")}), qPrintable(server.lastOutput()));
    // Weakest first; with tokens configured, who has none has no role either.
    const std::vector<std::string> roles{"none", "client", "tester", "viewer", "operator", "admin"};
    std::vector<std::string> tokens{""};
    for (std::size_t i = 1; i < roles.size(); ++i) {
        const QString user = QStringLiteral("synthetic:%1").arg(i); // a tester may be no other
        const QString token = server.addToken(QString::fromStdString(roles[i]), user);
        QVERIFY(!token.isEmpty());
        tokens.push_back(token.toStdString());
    }
    // A running server learns of new tokens by itself, a moment later.
    QVERIFY(until(
        [&] { return RawClient(server.port()).ask(get("/api/v2/tasks", "Connection: close\r\n")).status == 401; }));

    const auto document = RawClient(server.port()).ask(get("/openapi.json", "Connection: close\r\n"));
    wire::JsonReader reader(64);
    const auto api = reader.readValue(document.body);
    QVERIFY(api);
    const std::vector<Operation> operations = operationsOf(*api);
    QVERIFY(operations.size() > 20);
    for (const Operation &operation : operations) {
        const auto needed = std::ranges::find(roles, operation.role);
        QVERIFY2(needed != roles.end(), operation.id.c_str());
        QVERIFY2(!operation.needsBody || bodyFor(operation.id), operation.id.c_str());
        for (std::size_t i = 0; i < roles.size(); ++i) {
            RawClient client(server.port());
            const int status = client.ask(requestFor(operation, tokens[i])).status;
            const bool mayCall = i >= static_cast<std::size_t>(needed - roles.begin());
            const std::string told = operation.id + " for " + roles[i] + ": " + std::to_string(status);
            if (mayCall)
                QVERIFY2(status != 0 && status != 401 && status != 403, told.c_str());
            else
                QVERIFY2(status == (i == 0 ? 401 : 403), told.c_str());
        }
    }
    QVERIFY(server.isRunning());
}

QTEST_GUILESS_MAIN(TstRoles)
#include "tst_roles.moc"
