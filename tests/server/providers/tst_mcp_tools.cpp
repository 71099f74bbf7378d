// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_tools.h"
#include "server/providers/n8n_server.h"
#include "shared/wire/json_reader.h"

#include <QTest>

using namespace orchestra;

namespace {

wire::JsonValue tree(const std::string &json)
{
    return *wire::JsonReader(64).readValue(json);
}

std::string withSchema(const std::string &properties)
{
    return "{\"name\":\"t\",\"inputSchema\":{\"type\":\"object\",\"properties\":{" + properties + "}}}";
}

} // namespace

class TstMcpTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsADescriptionAgainHoweverItIsWritten()
    {
        const auto a = mcp::readTool(tree("{\"name\":\"t\",\"description\":\"d\",\"inputSchema\":{\"type\":\"object\","
                                          "\"required\":[\"x\"]}}"),
                                     {}, true);
        const auto b = mcp::readTool(tree("{ \"inputSchema\": {\"required\":[\"x\"], \"type\":\"object\"}, "
                                          "\"description\":\"d\", \"name\":\"t\" }"),
                                     {}, true);
        QVERIFY(a && b);
        QCOMPARE(a->digest, b->digest);
        QCOMPARE(a->digest.size(), std::size_t(64));
        // Any other word is another description, also where no model is shown it.
        for (const char *other : {"{\"name\":\"t\",\"description\":\"D\",\"inputSchema\":{\"type\":\"object\","
                                  "\"required\":[\"x\"]}}",
                                  "{\"name\":\"t\",\"description\":\"d\",\"inputSchema\":{\"type\":\"object\","
                                  "\"required\":[\"x\"]},\"annotations\":{\"readOnlyHint\":true}}"})
            QVERIFY(mcp::readTool(tree(other), {}, true)->digest != a->digest);
    }

    void takesAToolForReadOnlyOnlyWhenItSaysSo()
    {
        QVERIFY(!mcp::readTool(tree(withSchema("")), {}, true)->isReadOnly);
        QVERIFY(
            mcp::readTool(tree("{\"name\":\"t\",\"inputSchema\":{},\"annotations\":{\"readOnlyHint\":true}}"), {}, true)
                ->isReadOnly);
        QVERIFY(!mcp::readTool(tree("{\"name\":\"t\",\"inputSchema\":{},\"annotations\":{\"readOnlyHint\":\"yes\"}}"),
                               {}, true)
                     ->isReadOnly);
    }

    void refusesWhatCannotBeUsed_data()
    {
        QTest::addColumn<QByteArray>("tool");
        QTest::newRow("no name") << QByteArray("{\"inputSchema\":{}}");
        QTest::newRow("long name") << QByteArray("{\"name\":\"" + QByteArray(200, 'x') + "\",\"inputSchema\":{}}");
        QTest::newRow("no schema") << QByteArray("{\"name\":\"t\"}");
        QTest::newRow("too long") << QByteArray("{\"name\":\"t\",\"inputSchema\":{},\"description\":\"" +
                                                QByteArray(40000, 'x') + "\"}");
        const auto row = [](const char *name, const char *properties) {
            QTest::newRow(name) << QByteArray::fromStdString(withSchema(properties));
        };
        row("empty header", "\"a\":{\"type\":\"string\",\"x-mcp-header\":\"\"}");
        row("header with a line break", "\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\\r\\nB\"}");
        row("header of a number", "\"a\":{\"type\":\"number\",\"x-mcp-header\":\"A\"}");
        row("header twice", "\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
                            "\"b\":{\"type\":\"string\",\"x-mcp-header\":\"a\"}");
        row("header in a list", "\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"x-mcp-header\":\"A\"}}");
        row("header in a choice", "\"a\":{\"anyOf\":[{\"type\":\"string\",\"x-mcp-header\":\"A\"}]}");
    }
    void refusesWhatCannotBeUsed()
    {
        QFETCH(QByteArray, tool);
        const auto read = mcp::readTool(tree(tool.toStdString()), {}, true);
        QVERIFY(!read);
        QVERIFY(!read.error().message.empty());
    }

    void repeatsArgumentsInHeaders()
    {
        const wire::JsonValue schema =
            tree("{\"type\":\"object\",\"properties\":{\"region\":{\"type\":\"string\",\"x-mcp-header\":\"Region\"},"
                 "\"deep\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"}}},"
                 "\"on\":{\"type\":\"boolean\",\"x-mcp-header\":\"On\"},\"q\":{\"type\":\"string\"}}}");
        const auto headers =
            mcp::argumentHeaders(schema, tree("{\"region\":\"us\",\"deep\":{\"n\":-7},\"on\":true,\"q\":\"secret\"}"));
        QCOMPARE(headers, (std::vector<HttpHeader>{
                              {"Mcp-Param-Region", "us"}, {"Mcp-Param-N", "-7"}, {"Mcp-Param-On", "true"}}));
        QVERIFY(mcp::argumentHeaders(schema, tree("{\"region\":null}")).empty());
    }

    void writesHeadersThatNoValueCanBreakOutOf_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("header");
        // The examples of the protocol's own page.
        QTest::newRow("plain") << QByteArray("us-west1") << QByteArray("us-west1");
        QTest::newRow("not ASCII") << QByteArray("Hello, \xe4\xb8\x96\xe7\x95\x8c")
                                   << QByteArray("=?base64?SGVsbG8sIOS4lueVjA==?=");
        QTest::newRow("padded") << QByteArray(" padded ") << QByteArray("=?base64?IHBhZGRlZCA=?=");
        QTest::newRow("line break") << QByteArray("line1\nline2") << QByteArray("=?base64?bGluZTEKbGluZTI=?=");
        QTest::newRow("like the mark") << QByteArray("=?base64?literal?=")
                                       << QByteArray("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
    }
    void writesHeadersThatNoValueCanBreakOutOf()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, header);
        QCOMPARE(mcp::headerValue(value.toStdString()), header.toStdString());
    }

    void readsEveryKindOfBlock()
    {
        const auto answer = mcp::readAnswer(
            tree("{\"content\":[{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"image\",\"mimeType\":\"image/png\","
                 "\"data\":\"AAAABBBB\"},{\"type\":\"resource_link\",\"uri\":\"file:///x\"},{\"type\":\"resource\","
                 "\"resource\":{\"uri\":\"u\",\"text\":\"two\"}},{\"type\":\"hologram\"}],"
                 "\"structuredContent\":{\"n\":1},\"isError\":true}"));
        QVERIFY(answer);
        QCOMPARE(answer->text, std::string("one\nu:\ntwo"));
        QCOMPARE(answer->attachments, (std::vector<std::string>{"image/png, 6 bytes", "link to file:///x",
                                                                "a block of the unknown kind \"hologram\""}));
        QCOMPARE(answer->structured->text, std::string("{\"n\":1}"));
        QVERIFY(answer->isFailure);
    }

    void refusesWhatIsNoResult()
    {
        QCOMPARE(mcp::readAnswer(tree("{}")).error().code, Code::ProviderError);
        QCOMPARE(mcp::readAnswer(tree("[]")).error().code, Code::ProviderError);
        QCOMPARE(mcp::readAnswer(tree("{\"resultType\":\"input_required\",\"inputRequests\":{}}")).error().code,
                 Code::UnsupportedType);
    }

    void takesAnAcknowledgementOfAWorkflowForNothingMore()
    {
        const ToolAnswer started = readWebhookAnswer("application/json", "{\"message\":\"Workflow was started\"}");
        QVERIFY(started.isAcknowledgement);
        QVERIFY(started.text.find("not known") != std::string::npos);
        QVERIFY(
            !readWebhookAnswer("application/json", "{\"message\":\"Workflow was started\",\"n\":1}").isAcknowledgement);
        QVERIFY(!readWebhookAnswer("application/json", "{\"message\":\"done\"}").isAcknowledgement);
    }

    void readsWhatWorkflowsAnswer()
    {
        QCOMPARE(readWebhookAnswer("application/json; charset=utf-8", "[{\"a\":1}]").structured->text,
                 std::string("[{\"a\":1}]"));
        QCOMPARE(readWebhookAnswer("text/plain", "hello").text, std::string("hello"));
        QCOMPARE(readWebhookAnswer("application/json", "\"hello\"").text, std::string("hello"));
        QCOMPARE(readWebhookAnswer("application/pdf", "%PDF").attachments.size(), std::size_t(1));
        QVERIFY(!readWebhookAnswer("", "").text.empty());
        const ToolAnswer streamed =
            readWebhookAnswer("application/json", "{\"type\":\"begin\"}\n{\"type\":\"item\",\"content\":\"Hel\"}\n"
                                                  "{\"type\":\"item\",\"content\":\"lo\"}\n{\"type\":\"end\"}\n");
        QCOMPARE(streamed.text, std::string("Hello"));
        QVERIFY(!streamed.isFailure);
        QVERIFY(readWebhookAnswer("application/json", "{\"type\":\"begin\"}\n{\"type\":\"error\",\"content\":\"x\"}")
                    .isFailure);
    }
};

QTEST_GUILESS_MAIN(TstMcpTools)
#include "tst_mcp_tools.moc"
