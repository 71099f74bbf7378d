// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/protobuf_codec.h"

#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_reader.h"
#include "shared/wire/protobuf_writer.h"
#include "tests/shared/wire/random_message.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace orchestra;
using namespace orchestra::wire;

namespace {

constexpr const char *kUuid = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A field of text, bytes or a message.
std::string delimited(int number, std::string_view content)
{
    std::string out;
    out += static_cast<char>(number << 3 | 2);
    out += static_cast<char>(content.size());
    return out.append(content);
}

std::string varint(int number, std::uint64_t value)
{
    std::string out;
    appendProtobufField(out, number, value);
    return out;
}

std::string chat(std::string_view members)
{
    return delimited(2, members);
}

} // namespace

class TstProtobufCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWithThePointerThatJsonWouldHave_data();
    void refusesWithThePointerThatJsonWouldHave();
    void givesTheIdOfAFrameItRefuses();
    void readsListsPackedAndNot();
    void appendsTheSequenceAsTheLastField();
    void ignoresFieldsOfANewerServer();
    void refusesAServerFrameWithoutASequence();
    void keepsArgumentsWithoutSpaces();
    void replacesWhatTheSchemaForbids();
    void carriesLongMessages();
    void carriesOpsFrames();
    void refusesOpsFramesLikeChatFrames();

private:
    JsonReader reader_;
    JsonReader serverReader_{kServerFrameDepth};
};

void TstProtobufCodec::refusesWithThePointerThatJsonWouldHave_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("pointer");
    const auto row = [](const char *name, const std::string &bytes, const char *pointer) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(pointer);
    };
    const std::string id = delimited(1, "a");
    const std::string cursor = delimited(1, kUuid) + varint(2, 1) + varint(3, 1);
    row("empty", "", "/type");
    row("only zeros", std::string(8, '\0'), "");
    row("unknown frame", delimited(15, ""), "");
    row("two frames", chat(id + delimited(2, "x")) + delimited(10, ""), "/type");
    row("cut in a length", chat(id + delimited(2, "x")).substr(0, 1), "");
    row("cut in a member", chat(id + delimited(2, "xyz")).substr(0, 6), "");
    row("member longer than its message", chat(id + std::string("\x12\x7fx")), "/content");
    row("a length of 4 GB", chat(id + std::string("\x12\xff\xff\xff\xff\x0f")), "/content");
    row("missing id", chat(delimited(2, "x")), "/id");
    row("missing content", chat(id), "/content");
    row("unknown field", chat(id + delimited(2, "x") + varint(9, 1)), "");
    row("twice", chat(id + delimited(2, "x") + delimited(2, "y")), "/content");
    row("another wire type", chat(id + varint(2, 7)), "/content");
    row("message as a number", chat(id + delimited(2, "x") + varint(4, 7)), "/optimization_hints");
    row("invalid UTF-8", chat(id + delimited(2, "\xff")), "/content");
    row("empty id", chat(delimited(1, "") + delimited(2, "x")), "/id");
    row("bad UUID", chat(id + delimited(2, "x") + delimited(3, "zz")), "/thread_id");
    row("unspecified", chat(id + delimited(2, "x") + varint(5, 0)), "/busy");
    row("no such enumerator", chat(id + delimited(2, "x") + varint(5, 4)), "/busy");
    row("negative enumerator", chat(id + delimited(2, "x") + varint(5, ~std::uint64_t{0})), "/busy");
    row("too large", delimited(11, delimited(1, kUuid) + varint(2, kLargestInteger + 1)), "/offset");
    row("in a nested message", chat(id + delimited(2, "x") + delimited(4, varint(3, kLargestInteger + 1))),
        "/optimization_hints/max_tokens");
    row("in a list", delimited(1, id + delimited(5, cursor) + delimited(5, cursor.substr(0, 38))), "/cursors/1/epoch");
    row("in a packed list", delimited(1, id + delimited(2, std::string("\x02\xff\xff\xff\xff\xff\xff\xff\xff\x7f"))),
        "/versions/1");
    row("a list cut in a number", delimited(1, id + delimited(2, "\x02\xff")), "/versions/1");
    row("arguments that are not JSON", delimited(3, id + delimited(2, "n") + delimited(3, "{")), "/arguments");
    row("no arguments in arguments", delimited(3, id + delimited(2, "n") + delimited(3, "")), "/arguments");
    row("twice in arguments", delimited(3, id + delimited(2, "n") + delimited(3, R"({"p":[{"x":1,"x":2}]})")),
        "/arguments/p/0");
    row("arguments 32 deep",
        delimited(3, id + delimited(2, "n") + delimited(3, std::string(32, '[') + std::string(32, ']'))),
        "/arguments/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0");
    row("a group", chat(id + std::string("\x13\x14")), "/content");
}

void TstProtobufCodec::refusesWithThePointerThatJsonWouldHave()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, pointer);
    const auto decoded = decodeClientProtobuf(reader_, bytes.toStdString());
    const auto *failure = std::get_if<DecodeFailure>(&decoded);
    QVERIFY(failure);
    QVERIFY(failure->error.code == Code::Invalid);
    QCOMPARE(QString::fromStdString(failure->error.pointer), pointer);
    QVERIFY(!failure->error.message.empty());
}

void TstProtobufCodec::givesTheIdOfAFrameItRefuses()
{
    const auto ref = [this](const std::string &bytes) {
        return std::get<DecodeFailure>(decodeClientProtobuf(reader_, bytes)).ref;
    };
    QCOMPARE(ref(chat(delimited(1, "m-1") + varint(2, 7))), std::string("m-1"));
    QCOMPARE(ref(chat(delimited(1, "m-2"))), std::string("m-2"));
    QCOMPARE(ref(chat(delimited(2, "x"))), std::string());
    QCOMPARE(ref("\xff"), std::string());
}

void TstProtobufCodec::readsListsPackedAndNot()
{
    const std::string id = delimited(1, "h");
    for (const std::string &versions : {varint(2, 1) + varint(2, 300), delimited(2, "\x01\xac\x02")}) {
        const auto decoded = decodeClientProtobuf(reader_, delimited(1, id + versions));
        QVERIFY(std::holds_alternative<ClientFrame>(decoded));
        QVERIFY((std::get<Hello>(std::get<ClientFrame>(decoded)).versions == std::vector<std::uint64_t>{1, 300}));
    }
}

void TstProtobufCodec::appendsTheSequenceAsTheLastField()
{
    ServerFrame frame;
    frame.body = Pong{"p"};
    std::string out;
    encodeServerProtobuf(frame, out);
    const std::size_t body = out.size();
    appendSequenceProtobuf(300, out);
    QCOMPARE(out.substr(body), std::string("\xa0\x06\xac\x02"));
    const auto decoded = decodeServerProtobuf(serverReader_, out);
    QVERIFY(decoded && decoded->sequence == 300 && decoded->frame == frame);
}

void TstProtobufCodec::ignoresFieldsOfANewerServer()
{
    ServerFrame frame;
    frame.body = Pong{};
    std::string out;
    encodeServerProtobuf(frame, out);
    out += varint(90, 5) + std::string("\x52\x03xyz");
    appendSequenceProtobuf(1, out);
    const auto decoded = decodeServerProtobuf(serverReader_, out);
    QVERIFY(decoded && decoded->frame == frame);
}

void TstProtobufCodec::refusesAServerFrameWithoutASequence()
{
    ServerFrame frame;
    std::string out;
    encodeServerProtobuf(frame, out);
    QCOMPARE(decodeServerProtobuf(serverReader_, out).error().pointer, std::string("/sequence"));
}

void TstProtobufCodec::keepsArgumentsWithoutSpaces()
{
    const std::string bytes = delimited(3, delimited(1, "c") + delimited(2, "n") + delimited(3, " { \"a\" : 1.50 } "));
    const auto decoded = decodeClientProtobuf(reader_, bytes);
    QCOMPARE(std::get<Command>(std::get<ClientFrame>(decoded)).arguments->text, std::string(R"({"a":1.5})"));
}

void TstProtobufCodec::replacesWhatTheSchemaForbids()
{
    AgentCompleted completed;
    completed.content = "a\xff";
    completed.qualityScore = std::numeric_limits<double>::quiet_NaN();
    completed.degradationLevel = ~std::uint64_t{0};
    ServerFrame frame;
    frame.timestamp.ms = std::numeric_limits<std::int64_t>::max();
    frame.body = completed;
    std::string bytes;
    encodeServerProtobuf(frame, bytes);
    appendSequenceProtobuf(1, bytes);
    std::string json;
    encodeServerJson(frame, json);
    appendSequenceJson(1, json);
    const auto fromBytes = decodeServerProtobuf(serverReader_, bytes);
    const auto fromJson = decodeServerJson(serverReader_, json);
    QVERIFY(fromBytes && fromJson && fromBytes->frame == fromJson->frame);
    const auto &seen = std::get<AgentCompleted>(fromBytes->frame.body);
    QCOMPARE(seen.content, std::string("a\xef\xbf\xbd"));
    QVERIFY(seen.qualityScore == 0.0 && seen.degradationLevel == kLargestInteger);
    QCOMPARE(fromBytes->frame.timestamp.ms, kLatestTimestamp);
}

void TstProtobufCodec::carriesLongMessages()
{
    // Lengths of one, two, three and four bytes.
    for (const std::size_t size : {1U, 127U, 128U, 16383U, 16384U, 3000000U}) {
        ServerFrame frame;
        frame.body = StreamToken{1, std::string(size, 'x')};
        std::string out;
        encodeServerProtobuf(frame, out);
        appendSequenceProtobuf(1, out);
        const auto decoded = decodeServerProtobuf(serverReader_, out);
        QVERIFY(decoded && decoded->frame == frame);
    }
}

void TstProtobufCodec::carriesOpsFrames()
{
    SeededRandom random(7);
    for (std::uint64_t i = 0; i < 500; ++i) {
        const OpsServerFrame frame = TopicDelta{
            .topic = Topic::Flags, .revision = i, .upserts = randomMessage<Rows>(random), .removed = {"a", ""}};
        std::string out;
        encodeOpsServer(frame, out);
        appendOpsSequence(i, out);
        const auto decoded = decodeOpsServer(reader_, out);
        QVERIFY(decoded && decoded->frame == frame && decoded->sequence == i);

        const OpsClientFrame command = randomMessage<OpsAction>(random);
        out.clear();
        encodeOpsClient(command, out);
        const auto back = decodeOpsClient(reader_, out);
        QVERIFY(back && *back == command);
    }
}

void TstProtobufCodec::refusesOpsFramesLikeChatFrames()
{
    const auto pointer = [this](const std::string &bytes) { return decodeOpsClient(reader_, bytes).error().pointer; };
    const std::string head = delimited(1, "r") + delimited(3, "why");
    QCOMPARE(pointer(delimited(3, head)), std::string("/type"));
    QCOMPARE(pointer(delimited(3, head + delimited(14, ""))), std::string("/task_id"));
    QCOMPARE(pointer(delimited(3, delimited(15, ""))), std::string("/request_id"));
    QVERIFY(bool(decodeOpsClient(reader_, delimited(3, head + delimited(15, "")))));
    std::string out;
    encodeOpsServer(OpsPong{"p", {}}, out);
    QCOMPARE(decodeOpsServer(reader_, out).error().pointer, std::string("/sequence"));
}

QTEST_GUILESS_MAIN(TstProtobufCodec)
#include "tst_protobuf_codec.moc"
