// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_codec.h"

#include "shared/wire/json_writer.h"
#include "tests/shared/wire/random_message.h"

#include <QTest>

using namespace orchestra;
using namespace orchestra::wire;

namespace {

constexpr const char *kUuid = "01890a5d-ac96-774b-bcce-b302099a8057";

EventId someEvent()
{
    return *parseId<EventId>(kUuid);
}

} // namespace

class TstJsonCodec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEachClientFrame_data();
    void readsEachClientFrame();
    void readsAPingWithoutAnId();
    void readsEveryMemberOfAChat();
    void takesNullForAnAbsentMember();
    void keepsArgumentsAsText();
    void refusesWithAPointerToTheCulprit_data();
    void refusesWithAPointerToTheCulprit();
    void givesTheIdOfAFrameItRefuses();
    void keepsAnOverlongIdToItself();
    void writesAServerFrameWithTheSequenceLast();
    void letsTheBodyHideMembersOfTheHead();
    void writesNullForAScoreThatWasNotMeasured();
    void ignoresWhatANewerServerSays();
    void refusesAServerFrameWithoutASequence();
    void bringsRandomFramesBack();

private:
    ClientDecoding decode(std::string_view json) { return decodeClientJson(reader_, json); }

    JsonReader reader_;
    JsonReader serverReader_{kServerFrameDepth};
};

void TstJsonCodec::readsEachClientFrame_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("index");
    const auto row = [](const char *name, const QByteArray &members, int index) {
        QByteArray json = "{\"type\":\"" + QByteArray(name) + "\"" + members + "}";
        QTest::newRow(name) << json.replace("UUID", kUuid) << index;
    };
    row("hello", R"(,"id":"h","versions":[2],"cursors":[{"thread_id":"UUID","epoch":1,"offset":9}])", 0);
    row("chat", R"(,"id":"c","content":"hi")", 1);
    row("command", R"(,"id":"c","name":"status","arguments":{})", 2);
    row("cancel", R"(,"id":"x","task_id":"UUID","scope":"subtree")", 3);
    row("approve", R"(,"id":"a","approval_id":"UUID","decision":"approve")", 4);
    row("feedback", R"(,"id":"f","message_id":"UUID","rating":"up")", 5);
    row("auth_refresh", R"(,"id":"r","token":"ork_x")", 6);
    row("follow", R"(,"id":"f","thread_id":"UUID")", 7);
    row("unfollow", R"(,"id":"u","thread_id":"UUID")", 8);
    row("ping", R"(,"id":"p")", 9);
    row("ack", R"(,"thread_id":"UUID","offset":7)", 10);
}

void TstJsonCodec::readsEachClientFrame()
{
    QFETCH(QByteArray, json);
    QFETCH(int, index);
    const auto decoded = decode(json.toStdString());
    const auto *frame = std::get_if<ClientFrame>(&decoded);
    QVERIFY2(frame, frame ? "" : std::get<DecodeFailure>(decoded).error.message.c_str());
    QCOMPARE(static_cast<int>(frame->index()), index);
    std::string again;
    encodeClientJson(*frame, again);
    const auto twice = decode(again);
    QVERIFY(std::get_if<ClientFrame>(&twice) && std::get<ClientFrame>(twice) == *frame);
}

void TstJsonCodec::readsAPingWithoutAnId()
{
    const auto decoded = decode(R"({"type":"ping"})");
    QVERIFY(std::get<ClientFrame>(decoded) == ClientFrame(Ping{}));
}

void TstJsonCodec::readsEveryMemberOfAChat()
{
    const std::string json = R"({"content":"grüß 👋","id":"c-1","thread_id":")" + std::string(kUuid) +
                             R"(","busy":"interrupt","on_disconnect":"cancel","traceparent":"00-ab","type":"chat",)"
                             R"("optimization_hints":{"mode":"quality","max_latency_ms":9007199254740991,)"
                             R"("max_tokens":0,"model":"m","allow_fallback":false,"cache":true}})";
    const auto decoded = decode(json);
    const Chat &chat = std::get<Chat>(std::get<ClientFrame>(decoded));
    QCOMPARE(chat.content, std::string("grüß 👋"));
    QCOMPARE(toString(*chat.threadId), std::string(kUuid));
    QVERIFY(chat.busy == BusyPolicy::Interrupt && chat.onDisconnect == OnDisconnect::Cancel);
    QVERIFY(chat.traceparent == "00-ab" && !chat.tracestate);
    QVERIFY(chat.optimizationHints->mode == ExecutionMode::Quality);
    QVERIFY(chat.optimizationHints->maxLatencyMs == kLargestInteger);
    QVERIFY(chat.optimizationHints->maxTokens == 0U);
    QVERIFY(chat.optimizationHints->allowFallback == false && chat.optimizationHints->cache == true);
}

void TstJsonCodec::takesNullForAnAbsentMember()
{
    const auto decoded = decode(R"({"type":"chat","id":"c","content":"x","busy":null,"optimization_hints":null})");
    QVERIFY(std::get<Chat>(std::get<ClientFrame>(decoded)) == (Chat{.id = "c", .content = "x"}));
}

void TstJsonCodec::keepsArgumentsAsText()
{
    const auto decoded = decode(R"({"type":"command","id":"c","name":"n","arguments": { "a" : [1, 2.50] } })");
    QCOMPARE(std::get<Command>(std::get<ClientFrame>(decoded)).arguments->text, std::string(R"({"a":[1,2.5]})"));
    const auto null = decode(R"({"type":"command","id":"c","name":"n","arguments":null})");
    QCOMPARE(std::get<Command>(std::get<ClientFrame>(null)).arguments->text, std::string("null"));
}

void TstJsonCodec::refusesWithAPointerToTheCulprit_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("pointer");
    const auto row = [](const char *name, QByteArray json, const char *pointer) {
        QTest::newRow(name) << json.replace("UUID", kUuid) << QString::fromLatin1(pointer);
    };
    row("empty", "", "");
    row("not JSON", "hello", "");
    row("cut", R"({"type":"ping")", "");
    row("two values", R"({"type":"ping"}{})", "");
    row("byte order mark", "\xef\xbb\xbf{\"type\":\"ping\"}", "");
    row("a list", R"([{"type":"ping"}])", "");
    row("a number", "7", "");
    row("no type", R"({"id":"a"})", "/type");
    row("type is no text", R"({"type":7})", "/type");
    row("unknown type", R"({"type":"dance"})", "/type");
    row("type twice", R"({"type":"ping","type":"ping"})", "/type");
    row("invalid UTF-8", "{\"type\":\"chat\",\"id\":\"a\",\"content\":\"\xff\"}", "");
    row("lone surrogate", R"({"type":"chat","id":"a","content":"\ud800"})", "");
    row("control character", "{\"type\":\"chat\",\"id\":\"a\",\"content\":\"a\nb\"}", "");
    row("missing member", R"({"type":"chat","id":"a"})", "/content");
    row("missing id", R"({"type":"chat","content":"a"})", "/id");
    row("null for required", R"({"type":"chat","id":"a","content":null})", "/content");
    row("wrong type", R"({"type":"chat","id":"a","content":["x"]})", "/content");
    row("unknown member", R"({"type":"chat","id":"a","content":"x","colour":"red"})", "/colour");
    row("unknown member with a slash", R"({"type":"ping","a/b~c":1})", "/a~1b~0c");
    row("member twice", R"({"type":"chat","id":"a","content":"x","content":"y"})", "/content");
    row("empty id", R"({"type":"ping","id":""})", "/id");
    row("id is a number", R"({"type":"ping","id":7})", "/id");
    row("id of 129 bytes", "{\"type\":\"ping\",\"id\":\"" + QByteArray(129, 'x') + "\"}", "/id");
    row("bad UUID", R"({"type":"unfollow","id":"a","thread_id":"UUIDx"})", "/thread_id");
    row("bad enumeration", R"({"type":"chat","id":"a","content":"x","busy":"wait"})", "/busy");
    row("enumeration in capitals", R"({"type":"chat","id":"a","content":"x","busy":"QUEUE"})", "/busy");
    row("negative", R"({"type":"ack","thread_id":"UUID","offset":-1})", "/offset");
    row("too large", R"({"type":"ack","thread_id":"UUID","offset":9007199254740992})", "/offset");
    row("larger than 64 bits", R"({"type":"ack","thread_id":"UUID","offset":99999999999999999999})", "");
    row("fraction", R"({"type":"ack","thread_id":"UUID","offset":1.0})", "/offset");
    row("NaN", R"({"type":"ack","thread_id":"UUID","offset":NaN})", "");
    row("in a list", R"({"type":"hello","id":"a","versions":[2,"3"]})", "/versions/1");
    row("in an object in a list",
        R"({"type":"hello","id":"a","versions":[2],"cursors":[{"thread_id":"UUID","epoch":1,"offset":2},{"epoch":1}]})",
        "/cursors/1/thread_id");
    row("in nested hints", R"({"type":"chat","id":"a","content":"x","optimization_hints":{"max_tokens":"9"}})",
        "/optimization_hints/max_tokens");
    row("not an object", R"({"type":"chat","id":"a","content":"x","optimization_hints":7})", "/optimization_hints");
    row("not a list", R"({"type":"hello","id":"a","versions":2})", "/versions");
    row("twice in arguments", R"({"type":"command","id":"a","name":"n","arguments":{"p":[{"x":1,"x":2}]}})",
        "/arguments/p/0");
    row("arguments 32 deep",
        R"({"type":"command","id":"a","name":"n","arguments":)" + QByteArray(32, '[') + QByteArray(32, ']') + "}",
        "/arguments/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0");
    row("a depth bomb", QByteArray(100000, '['), "");
    row("a deep object", QByteArray("{\"a\":").repeated(5000), "");
}

void TstJsonCodec::refusesWithAPointerToTheCulprit()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, pointer);
    const auto decoded = decode(json.toStdString());
    const auto *failure = std::get_if<DecodeFailure>(&decoded);
    QVERIFY(failure);
    QVERIFY(failure->error.code == Code::Invalid);
    QCOMPARE(QString::fromStdString(failure->error.pointer), pointer);
    QVERIFY(!failure->error.message.empty());
    QVERIFY(!failure->error.retryable);
}

void TstJsonCodec::givesTheIdOfAFrameItRefuses()
{
    const auto ref = [this](std::string_view json) { return std::get<DecodeFailure>(decode(json)).ref; };
    QCOMPARE(ref(R"({"type":"dance","id":"m-1"})"), std::string("m-1"));
    QCOMPARE(ref(R"({"content":7,"type":"chat","id":"m-2"})"), std::string("m-2"));
    QCOMPARE(ref(R"({"type":"chat","id":"m-3")"), std::string());
    QCOMPARE(ref(R"(["id"])"), std::string());
    QCOMPARE(ref(R"({"type":"chat","id":7})"), std::string());
}

void TstJsonCodec::keepsAnOverlongIdToItself()
{
    const auto decoded = decode(R"({"type":"chat","id":")" + std::string(5000, 'x') + R"("})");
    QCOMPARE(std::get<DecodeFailure>(decoded).ref, std::string());
    const auto longest = decode(R"({"type":"ping","id":")" + std::string(128, 'x') + R"("})");
    QVERIFY(std::holds_alternative<ClientFrame>(longest));
}

void TstJsonCodec::writesAServerFrameWithTheSequenceLast()
{
    ServerFrame frame;
    frame.id = someEvent();
    frame.timestamp.ms = 1'795'162'481'250;
    frame.userId = "ann";
    frame.threadId = *parseId<ThreadId>(kUuid);
    frame.epoch = 1;
    frame.offset = 42;
    frame.body = StreamToken{7, "Hel\"lo"};
    std::string out = "kept|";
    encodeServerJson(frame, out);
    appendSequenceJson(3, out);
    QCOMPARE(out, "kept|{\"id\":\"" + std::string(kUuid) +
                      "\",\"type\":\"stream_token\",\"timestamp\":\"2026-11-20T08:14:41.250Z\",\"user_id\":\"ann\","
                      "\"thread_id\":\"" +
                      kUuid + R"(","epoch":1,"offset":42,"index":7,"content":"Hel\"lo","sequence":3})");
}

void TstJsonCodec::letsTheBodyHideMembersOfTheHead()
{
    ServerFrame frame;
    frame.id = someEvent();
    frame.epoch = 99; // a caller's mistake: an ack has its own
    ServerAck ack;
    ack.ref = "m";
    ack.epoch = 1;
    frame.body = ack;
    std::string out;
    encodeServerJson(frame, out);
    appendSequenceJson(1, out);
    const auto back = decodeServerJson(serverReader_, out);
    QVERIFY(bool(back));
    QVERIFY(!back->frame.epoch);
    QVERIFY(std::get<ServerAck>(back->frame.body).epoch == 1U);
}

void TstJsonCodec::writesNullForAScoreThatWasNotMeasured()
{
    ServerFrame frame;
    frame.id = someEvent();
    AgentCompleted completed;
    completed.error = ErrorBody{Code::NoModel, "no model is configured", false};
    completed.messageId = *parseId<MessageId>(kUuid);
    frame.body = completed;
    std::string out;
    encodeServerJson(frame, out);
    appendSequenceJson(1, out);
    QVERIFY(out.find("\"quality_score\":null") != std::string::npos);
    QVERIFY(out.find("\"code\":\"NO_MODEL\"") != std::string::npos);
    QVERIFY(out.find("\"flag_variants\":{}") != std::string::npos);
    QVERIFY(out.find("fallback_from") == std::string::npos);
    const auto back = decodeServerJson(serverReader_, out);
    QVERIFY(back && back->frame == frame);
}

void TstJsonCodec::ignoresWhatANewerServerSays()
{
    const std::string head = "{\"id\":\"" + std::string(kUuid) +
                             "\",\"type\":\"pong\",\"timestamp\":\"2026-11-20T08:14:41Z\",\"user_id\":\"u\"";
    const auto frame = decodeServerJson(serverReader_, head + R"(,"mood":{"x":[1]},"sequence":5})");
    QVERIFY(bool(frame));
    QCOMPARE(frame->sequence, std::uint64_t(5));
}

void TstJsonCodec::refusesAServerFrameWithoutASequence()
{
    const std::string head = "{\"id\":\"" + std::string(kUuid) +
                             "\",\"type\":\"pong\",\"timestamp\":\"2026-11-20T08:14:41Z\",\"user_id\":\"u\"";
    QCOMPARE(decodeServerJson(serverReader_, head + "}").error().pointer, std::string("/sequence"));
    QCOMPARE(decodeServerJson(serverReader_, head + ",\"sequence\":1.5}").error().pointer, std::string("/sequence"));
}

void TstJsonCodec::bringsRandomFramesBack()
{
    SeededRandom random(20261120);
    for (int i = 0; i < 2000; ++i) {
        auto frame = randomMessage<ServerFrame>(random);
        std::string out;
        encodeServerJson(frame, out);
        appendSequenceJson(static_cast<std::uint64_t>(i), out);
        const auto back = decodeServerJson(serverReader_, out);
        QVERIFY2(back, (out + " -> " + (back ? "" : back.error().pointer + back.error().message)).c_str());
        std::string again;
        encodeServerJson(back->frame, again);
        appendSequenceJson(back->sequence, again);
        QCOMPARE(again, out);
    }
}

QTEST_GUILESS_MAIN(TstJsonCodec)
#include "tst_json_codec.moc"
