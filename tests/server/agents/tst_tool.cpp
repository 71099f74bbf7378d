// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_reader.h"
#include "tests/server/agents/agents_bench.h"

#include <QTest>

using namespace orchestra;

class TstTool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void describesItsParametersAsAJsonSchema()
    {
        AgentsBench bench;
        wire::JsonReader reader;
        QVERIFY(bench.tools.specs().size() >= 15);
        for (const ToolSpec *spec : bench.tools.specs()) {
            const auto schema = reader.readValue(spec->parameters);
            QVERIFY2(schema, spec->name.data());
            QCOMPARE(schema->textOf("type"), std::string_view("object"));
            QVERIFY(!spec->description.empty());
        }
    }

    void letsOnlyOperatorsChangeAnything()
    {
        AgentsBench bench;
        Principal caller;
        for (const ToolSpec *spec : bench.tools.specs()) {
            for (const Role role : {Role::Client, Role::Tester, Role::Viewer}) {
                caller.role = role;
                QVERIFY2(!spec->changes || !mayUse(caller, spec->access), spec->name.data());
            }
        }
    }

    void letsObserversLook_data()
    {
        QTest::addColumn<int>("role");
        QTest::addColumn<bool>("isTester");
        QTest::addColumn<bool>("may");
        QTest::newRow("client") << int(Role::Client) << false << false;
        QTest::newRow("anonymous on this machine") << int(Role::Client) << true << true;
        QTest::newRow("tester") << int(Role::Tester) << false << true;
        QTest::newRow("viewer") << int(Role::Viewer) << false << true;
        QTest::newRow("admin") << int(Role::Admin) << false << true;
    }
    void letsObserversLook()
    {
        QFETCH(int, role);
        QFETCH(bool, isTester);
        QFETCH(bool, may);
        Principal caller;
        caller.role = static_cast<Role>(role);
        caller.isTester = isTester;
        QCOMPARE(mayUse(caller, ToolAccess::Observers), may);
    }

    void refusesAnUnknownTool()
    {
        AgentsBench bench;
        auto turn = std::make_shared<RecordedTurn>("");
        Code code = Code::Internal;
        bench.tools.call(turn, "rm_rf", wire::JsonValue(wire::JsonValue::Object()),
                         [&](Result<ToolOutcome> outcome, const ToolCall &) {
                             code = outcome ? Code::Internal : outcome.error().code;
                         });
        QCOMPARE(code, Code::NotFound);
        QVERIFY(!turn->toolsFinished.at(0).first);
    }

    void refusesArgumentsThatMakeNoSense_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QString>("pointer");
        const auto row = [](const char *name, const char *tool, const char *arguments, const char *pointer) {
            QTest::newRow(name) << QString::fromLatin1(tool) << QString::fromLatin1(arguments)
                                << QString::fromLatin1(pointer);
        };
        row("flag without a name", "set_flag", "{\"enabled\":true}", "/name");
        row("flag without a wish", "set_flag", "{\"name\":\"x\"}", "/enabled");
        row("share over 100", "set_flag", "{\"name\":\"x\",\"percent\":101}", "/percent");
        row("unknown override", "override_breaker", "{\"name\":\"x\",\"override\":\"explode\"}", "/override");
        row("nobody to close", "close_connections", "{}", "/user");
        row("no connection id", "close_connections", "{\"connection_id\":\"7\"}", "/connection_id");
        row("no task id", "cancel_task", "{\"task_id\":\"x\"}", "/task_id");
        row("names is no list", "read_metrics", "{\"names\":7}", "/names");
        row("range too long", "read_metrics", "{\"range_s\":100000}", "/range_s");
        row("no query", "search_history", "{}", "/query");
        row("no time", "search_history", "{\"query\":\"x\",\"from\":\"soon\"}", "/from");
    }
    void refusesArgumentsThatMakeNoSense()
    {
        QFETCH(QString, tool);
        QFETCH(QString, arguments);
        QFETCH(QString, pointer);
        AgentsBench bench;
        wire::JsonReader reader;
        auto turn = std::make_shared<RecordedTurn>("");
        turn->context_.principal.role = Role::Admin;
        Error error;
        bench.tools.call(
            turn, tool.toStdString(), *reader.readValue(arguments.toStdString()),
            [&](Result<ToolOutcome> outcome, const ToolCall &) { error = outcome ? Error{} : outcome.error(); });
        QCOMPARE(error.code, Code::Invalid);
        QCOMPARE(QString::fromStdString(error.pointer), pointer);
        QVERIFY(bench.admin.actions.empty() && bench.store.requests.empty());
    }

    void cutsItsResultToAFewDozenRows()
    {
        ToolOutcome outcome;
        outcome.rows.connections.resize(5000);
        outcome.total = 5000;
        const auto json = outcome.toJson();
        QVERIFY(json.text.size() < 40'000);
        wire::JsonReader reader;
        const auto value = reader.readValue(json.text);
        QVERIFY(value);
        QCOMPARE(value->find("total")->integer().value_or(0), 5000);
    }
};

QTEST_GUILESS_MAIN(TstTool)
#include "tst_tool.moc"
