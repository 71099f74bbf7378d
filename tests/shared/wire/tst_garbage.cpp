// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/text.h"
#include "shared/wire/frame_rules.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_codec.h"
#include "shared/wire/protobuf_reader.h"
#include "shared/wire/protobuf_writer.h"
#include "tests/shared/wire/random_message.h"

#include <QElapsedTimer>
#include <QTest>

using namespace orchestra;
using namespace orchestra::wire;

namespace {

constexpr std::size_t kTenMegabytes = std::size_t{10} << 20U;
/// Far above what 10 MB take (some ten milliseconds; under a sanitizer some hundred) and far below a hang.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 kBoundMs = 60000;
#else
constexpr qint64 kBoundMs = 5000;
#endif

std::string randomBytes(SeededRandom &random, std::size_t size)
{
    std::string bytes;
    bytes.reserve(size + 8);
    while (bytes.size() < size) {
        const std::uint64_t word = random.next();
        bytes.append(reinterpret_cast<const char *>(&word), sizeof word);
    }
    bytes.resize(size);
    return bytes;
}

/// Tokens of JSON in no order, with names that frames use.
std::string randomTokens(SeededRandom &random, std::size_t size)
{
    static constexpr std::string_view kTokens[] = {
        "{",           "}",        "[",           "]",        ",",
        ":",           "\"type\"", "\"chat\"",    "\"id\"",   "\"content\"",
        "\"cursors\"", "null",     "true",        "-1",       "9007199254740993",
        "1e308",       "1e999",    "\"\\ud800\"", "\"\xff\"", "\"",
        "\\",          " ",        "\n",          "{\"a\":",  "[["};
    std::string text;
    text.reserve(size + 16);
    while (text.size() < size)
        text += kTokens[random.next() % std::size(kTokens)];
    return text;
}

} // namespace

/// Whatever arrives, the answer is a frame or a typed error, in bounded time.
class TstGarbage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesTenMegabytes_data();
    void survivesTenMegabytes();
    void survivesRandomBytes();
    void survivesRandomTokens();
    void survivesMutatedClientFrames();
    void survivesMutatedServerFrames();
    void refusesEveryTruncationOfJson();
    void survivesEveryTruncationOfProtobuf();

private:
    bool isTyped(const Error &error)
    {
        return (error.code == Code::Invalid || error.code == Code::TooLarge) && !error.message.empty() &&
               isValidUtf8(error.message) && isValidUtf8(error.pointer) && error.message.size() < 2000 &&
               error.pointer.size() < 2000 && (error.pointer.empty() || error.pointer.front() == '/');
    }
    bool isFine(const ClientDecoding &decoded)
    {
        const auto *failure = std::get_if<DecodeFailure>(&decoded);
        return !failure || (isTyped(failure->error) && failure->ref.size() <= kMaxClientId);
    }
    template <class T>
    bool isFine(const Result<T> &result)
    {
        return result || isTyped(result.error());
    }
    /// Gives `bytes` to everything that reads what others sent.
    bool everybodyCopesWith(std::string_view bytes)
    {
        return isFine(decodeClientJson(reader_, bytes)) && isFine(decodeClientProtobuf(reader_, bytes)) &&
               isFine(decodeServerJson(serverReader_, bytes)) && isFine(decodeServerProtobuf(serverReader_, bytes)) &&
               isFine(decodeOpsClient(reader_, bytes)) && isFine(decodeOpsServer(reader_, bytes)) &&
               isFine(reader_.readValue(bytes)) && isFine(reader_.readRaw(bytes));
    }
    void mutate(std::string &bytes);

    SeededRandom random_{20261120};
    JsonReader reader_;
    JsonReader serverReader_{kServerFrameDepth};
};

void TstGarbage::mutate(std::string &bytes)
{
    for (std::uint64_t changes = 1 + random_.next() % 3; changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = random_.next() % bytes.size();
        switch (random_.next() % 5) {
        case 0:
            bytes[at] = static_cast<char>(random_.next());
            break;
        case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random_.next() % 8));
            break;
        case 2:
            bytes.erase(at, random_.next() % 16);
            break;
        case 3:
            bytes.insert(at, bytes.substr(random_.next() % bytes.size(), random_.next() % 16));
            break;
        default:
            bytes.insert(at, randomBytes(random_, random_.next() % 4));
            break;
        }
    }
}

void TstGarbage::survivesTenMegabytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const std::string &bytes) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes);
    };
    row("random bytes", randomBytes(random_, kTenMegabytes));
    row("random tokens", randomTokens(random_, kTenMegabytes));
    row("brackets", std::string(kTenMegabytes, '['));
    row("zeros", std::string(kTenMegabytes, '\0'));
    row("0xff", std::string(kTenMegabytes, '\xff'));
    row("spaces", std::string(kTenMegabytes, ' '));
    row("quotes", std::string(kTenMegabytes, '"'));
    row("backslashes", "\"" + std::string(kTenMegabytes, '\\') + "\"");
    row("one string", "\"" + std::string(kTenMegabytes, 'x') + "\"");
    row("one name", "{\"" + std::string(kTenMegabytes, '/') + "\":1}");
    row("one number", std::string(kTenMegabytes, '9'));
    std::string objects = R"({"type":"hello","id":"a","cursors":[)";
    while (objects.size() < kTenMegabytes)
        objects += R"({"thread_id":"01890a5d-ac96-774b-bcce-b302099a8057","epoch":1,"offset":1},)";
    row("half a million cursors", objects + "1]}");
    std::string names = R"({"type":"command","id":"a","name":"n","arguments":{"x":0)";
    for (int i = 0; names.size() < kTenMegabytes; ++i)
        names += ",\"" + std::to_string(i) + "\":0";
    row("a million names, one twice", names + ",\"x\":0}}");
    std::string nested;
    while (nested.size() < kTenMegabytes)
        nested += "\x0a\xff\xff\xff\x7f";
    row("nested lengths", nested);
}

void TstGarbage::survivesTenMegabytes()
{
    QFETCH(QByteArray, bytes);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(everybodyCopesWith(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
    QVERIFY2(timer.elapsed() < kBoundMs, qPrintable(QString::number(timer.elapsed())));
}

void TstGarbage::survivesRandomBytes()
{
    for (int i = 0; i < 20000; ++i)
        QVERIFY(everybodyCopesWith(randomBytes(random_, random_.next() % 200)));
}

void TstGarbage::survivesRandomTokens()
{
    for (int i = 0; i < 10000; ++i)
        QVERIFY(everybodyCopesWith(randomTokens(random_, random_.next() % 300)));
}

void TstGarbage::survivesMutatedClientFrames()
{
    for (int i = 0; i < 20000; ++i) {
        const auto frame = randomMessage<ClientEnvelope>(random_).body;
        std::string bytes;
        i % 2 == 0 ? encodeClientJson(frame, bytes) : encodeClientProtobuf(frame, bytes);
        mutate(bytes);
        QVERIFY(everybodyCopesWith(bytes));
    }
}

void TstGarbage::survivesMutatedServerFrames()
{
    for (int i = 0; i < 20000; ++i) {
        std::string bytes;
        if (i % 3 == 0) {
            encodeServerJson(randomMessage<ServerFrame>(random_), bytes);
            appendSequenceJson(1, bytes);
        } else if (i % 3 == 1) {
            encodeServerProtobuf(randomMessage<ServerFrame>(random_), bytes);
            appendSequenceProtobuf(1, bytes);
        } else {
            encodeOpsServer(randomMessage<OpsServerEnvelope>(random_).body, bytes);
            appendOpsSequence(1, bytes);
        }
        mutate(bytes);
        QVERIFY(everybodyCopesWith(bytes));
    }
}

void TstGarbage::refusesEveryTruncationOfJson()
{
    for (int i = 0; i < 100; ++i) {
        std::string json;
        encodeClientJson(randomMessage<ClientEnvelope>(random_).body, json);
        for (std::size_t size = 0; size < json.size(); ++size) {
            const auto decoded = decodeClientJson(reader_, std::string_view(json).substr(0, size));
            QVERIFY(std::holds_alternative<DecodeFailure>(decoded) && isFine(decoded));
        }
    }
}

void TstGarbage::survivesEveryTruncationOfProtobuf()
{
    for (int i = 0; i < 100; ++i) {
        std::string bytes;
        encodeClientProtobuf(randomMessage<ClientEnvelope>(random_).body, bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            // The frame is one field, so a part of it is never a frame.
            const auto decoded = decodeClientProtobuf(reader_, std::string_view(bytes).substr(0, size));
            QVERIFY(std::holds_alternative<DecodeFailure>(decoded) && isFine(decoded));
        }
    }
}

QTEST_GUILESS_MAIN(TstGarbage)
#include "tst_garbage.moc"
