// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_reader.h"
#include "shared/wire/json_text.h"
#include "shared/wire/json_value.h"

#include <QTest>

#include <limits>

using namespace orchestra;
using namespace orchestra::wire;

class TstJsonValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsATreeAndWritesItBack();
    void findsMembersAndFollowsPointers();
    void answersNothingForAnotherType();
    void isBuiltAndWritten();
    void refusesAMemberGivenTwice();
    void countsDepthExactly_data();
    void countsDepthExactly();
    void escapesWhatMustBeEscaped();
    void replacesBytesThatAreNotUtf8();
    void writesNumbersThatReadBackTheSame_data();
    void writesNumbersThatReadBackTheSame();
    void forgetsTheMemoryOfAHugeText();

private:
    JsonReader reader_;
};

void TstJsonValue::readsATreeAndWritesItBack()
{
    const auto value = reader_.readValue(R"( { "b" : [1, -2, 3.5, 1e2, "x\u00e9\n"], "a": {"n": null, "t": true} } )");
    QVERIFY(bool(value));
    QCOMPARE(value->toText(), std::string(R"({"b":[1,-2,3.5,100,"xé\n"],"a":{"n":null,"t":true}})"));
    QCOMPARE(reader_.readRaw(" [ 1 , {} ] ")->text, std::string("[1,{}]"));
}

void TstJsonValue::findsMembersAndFollowsPointers()
{
    const auto value = reader_.readValue(R"({"a/b":{"m~n":[10,{"x":"deep"}]},"t":"text"})");
    QVERIFY(bool(value));
    QCOMPARE(value->textOf("t"), std::string_view("text"));
    QCOMPARE(value->textOf("nowhere"), std::string_view());
    QCOMPARE(*value->at("/a~1b/m~0n/1/x")->text(), std::string("deep"));
    QCOMPARE(value->at("/a~1b/m~0n/0")->integer(), std::optional<std::int64_t>(10));
    QVERIFY(!value->at("/a~1b/m~0n/2"));
    QVERIFY(!value->at("/a~1b/m~0n/01x"));
    QVERIFY(!value->at("t"));
    QVERIFY(value->at("") == &*value);
}

void TstJsonValue::answersNothingForAnotherType()
{
    const JsonValue text("7");
    QVERIFY(!text.integer() && !text.number() && !text.boolean() && !text.items() && !text.members());
    QVERIFY(!JsonValue(7).text());
    QCOMPARE(JsonValue(7).number(), std::optional(7.0));
    QVERIFY(!JsonValue(7.5).integer());
    QVERIFY(!JsonValue(true).integer());
    QVERIFY(!JsonValue(7).find("x"));
    QVERIFY(JsonValue(7) == JsonValue(7.0) && !(JsonValue(7) == JsonValue("7")) && !(JsonValue(7) == JsonValue(7.5)));
}

void TstJsonValue::isBuiltAndWritten()
{
    JsonValue value;
    value.set("name", "ollama");
    value.set("ports", JsonValue::Array{1, 2});
    value.set("name", "openai");
    JsonValue list;
    list.append(nullptr);
    list.append(false);
    value.set("list", list);
    QCOMPARE(value.toText(), std::string(R"({"name":"openai","ports":[1,2],"list":[null,false]})"));
    QVERIFY(*reader_.readValue(value.toText()) == value);
}

void TstJsonValue::refusesAMemberGivenTwice()
{
    const auto value = reader_.readValue(R"({"a":[{"x":1,"y":2,"x":3}]})");
    QVERIFY(!value);
    QCOMPARE(value.error().pointer, std::string("/a/0"));
}

void TstJsonValue::countsDepthExactly_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<QString>("innermost");
    QTest::addColumn<bool>("accepted");
    for (const char *innermost : {"", "1", "{}"}) {
        const int extra = innermost[0] == '{' ? 1 : 0;
        QTest::addRow("32 around '%s'", innermost) << 32 - extra << QString::fromLatin1(innermost) << true;
        QTest::addRow("33 around '%s'", innermost) << 33 - extra << QString::fromLatin1(innermost) << false;
        QTest::addRow("34 around '%s'", innermost) << 34 - extra << QString::fromLatin1(innermost) << false;
    }
}

void TstJsonValue::countsDepthExactly()
{
    QFETCH(int, depth);
    QFETCH(QString, innermost);
    QFETCH(bool, accepted);
    const auto size = static_cast<std::size_t>(depth);
    const std::string json = std::string(size, '[') + innermost.toStdString() + std::string(size, ']');
    const auto value = reader_.readValue(json);
    QCOMPARE(bool(value), accepted);
    QCOMPARE(bool(reader_.readRaw(json)), accepted);
    if (!accepted)
        QVERIFY(value.error().message.find("deeper") != std::string::npos);
}

void TstJsonValue::escapesWhatMustBeEscaped()
{
    static constexpr char kText[] = "a\"b\\c/\b\f\n\r\t\0\x1f\x7f end of a long plain run \"";
    std::string out;
    appendJsonText(out, std::string_view(kText, sizeof kText - 1));
    QCOMPARE(out,
             std::string("\"a\\\"b\\\\c/\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\x7f end of a long plain run \\\"\""));
    QCOMPARE(*reader_.readValue(out)->text(), std::string(kText, sizeof kText - 1));
}

void TstJsonValue::replacesBytesThatAreNotUtf8()
{
    std::string out;
    appendJsonText(out, "ok \xff\xc0\x80 \xed\xa0\x80 é");
    QCOMPARE(out, std::string("\"ok \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd é\""));
}

void TstJsonValue::writesNumbersThatReadBackTheSame_data()
{
    QTest::addColumn<double>("number");
    for (const double number :
         {0.0, -0.0, 1.0, -1.5, 0.1, 1e21, 1e300, 5e-324, 1044444444444444188888.0, 1.8446744073709552e19,
          9007199254740992.0, 123456789012345.0, 9007199254740993.0, std::numeric_limits<double>::max()})
        QTest::addRow("%.17g", number) << number;
}

void TstJsonValue::writesNumbersThatReadBackTheSame()
{
    QFETCH(double, number);
    std::string out;
    appendJsonNumber(out, number);
    const auto back = reader_.readValue(out)->number();
    QVERIFY(back && *back == number && std::signbit(*back) == std::signbit(number));
    out.clear();
    appendJsonNumber(out, std::numeric_limits<double>::quiet_NaN());
    QCOMPARE(out, std::string("0"));
}

void TstJsonValue::forgetsTheMemoryOfAHugeText()
{
    const std::string huge = "[" + std::string(std::size_t{4} << 20U, ' ') + "]";
    QVERIFY(bool(reader_.readValue(huge)));
    QVERIFY(!reader_.readValue(std::string(33, '[') + std::string(33, ']')));
    QVERIFY(bool(reader_.readValue("[1]")));
}

QTEST_GUILESS_MAIN(TstJsonValue)
#include "tst_json_value.moc"
