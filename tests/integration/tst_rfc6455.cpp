// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/echo_thread.h"

#include <QTest>

#include <memory>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

EchoSettings openSettings()
{
    EchoSettings settings;
    settings.limits.messageBytes = 32 * 1024 * 1024;
    settings.limits.fragments = 1 << 20;
    settings.limits.controlBurst = 1000;
    settings.limits.unsentCap = 256 * 1024 * 1024;
    settings.queue.bytes = 64 * 1024 * 1024;
    settings.queue.frames = 1 << 20;
    return settings;
}

std::string text(const std::string &payload, bool isFinal = true)
{
    return WsFrame{.payload = payload, .isFinal = isFinal}.bytes();
}

std::string more(const std::string &payload, bool isFinal)
{
    return WsFrame{.opcode = WsFrame::Continuation, .payload = payload, .isFinal = isFinal}.bytes();
}

std::string ping(const std::string &payload)
{
    return WsFrame{.opcode = WsFrame::Ping, .payload = payload}.bytes();
}

/// How the bytes of a case reach the server.
enum class Cut { Whole, InPairs, ByteByByte };

bool sendCut(WsProbe &probe, std::string_view bytes, Cut cut)
{
    const std::size_t step = cut == Cut::Whole ? bytes.size() : cut == Cut::InPairs ? 2 : 1;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        if (!probe.send(bytes.substr(at, step)))
            return false;
    }
    return true;
}

constexpr int kNoClose = 0;

} // namespace

/// The groups of the fuzzing client that WebSocket implementations are usually judged by, against the edge's echo:
/// framing, pings, reserved bits, opcodes, fragmentation, UTF-8, the closing handshake and large messages.
class TstRfc6455 : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<EchoThread> server_;

    /// Sends the bytes in each of the cuts and expects the echoes and pongs, then a close with `code` or none.
    void converse(const std::string &bytes, const std::vector<WsFrame> &answers, int code)
    {
        for (const Cut cut : {Cut::Whole, Cut::InPairs, Cut::ByteByByte}) {
            WsProbe probe = server_->open();
            sendCut(probe, bytes, cut);
            for (const WsFrame &expected : answers) {
                const auto answer = probe.read();
                QVERIFY(answer);
                QVERIFY(!answer->isMasked && answer->reservedBits == 0);
                QVERIFY2(*answer == expected, answer->payload.c_str());
            }
            if (code == kNoClose) {
                QVERIFY(probe.send(closeFrame(1000)));
                QCOMPARE(int(probe.readClose().value_or(0)), 1000);
            } else {
                QCOMPARE(int(probe.readClose().value_or(0)), code);
                probe.send(closeFrame(static_cast<std::uint16_t>(code)));
            }
            QVERIFY(probe.waitForEnd());
        }
    }

    static WsFrame echo(const std::string &payload, unsigned opcode = WsFrame::Text)
    {
        return {.opcode = opcode, .payload = payload};
    }
    static WsFrame pong(const std::string &payload) { return {.opcode = WsFrame::Pong, .payload = payload}; }

private Q_SLOTS:
    void init() { server_ = std::make_unique<EchoThread>(openSettings()); }
    void cleanup() { server_.reset(); }

    void echoesEveryLengthForm_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 125, 126, 127, 128, 65535, 65536})
            QTest::addRow("%d", size) << size;
    }
    void echoesEveryLengthForm()
    {
        QFETCH(int, size);
        const std::string payload(std::size_t(size), '*');
        for (const unsigned opcode : {WsFrame::Text, WsFrame::Binary}) {
            WsProbe probe = server_->open();
            const std::size_t step = size > 1000 ? 997 : 1;
            const std::string bytes = WsFrame{.opcode = opcode, .payload = payload}.bytes();
            for (std::size_t at = 0; at < bytes.size(); at += step)
                QVERIFY(probe.send(std::string_view(bytes).substr(at, step)));
            const auto answer = probe.read();
            QVERIFY(answer);
            QVERIFY(*answer == echo(payload, opcode));
        }
    }

    void answersPings()
    {
        converse(ping(""), {pong("")}, kNoClose);
        converse(ping("Hello"), {pong("Hello")}, kNoClose);
        const std::string binary("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8);
        converse(ping(binary), {pong(binary)}, kNoClose);
        converse(ping(std::string(125, '\xfe')), {pong(std::string(125, '\xfe'))}, kNoClose);
        converse(ping(std::string(126, '\xfe')), {}, 1002);
        converse(WsFrame{.opcode = WsFrame::Pong, .payload = "unsolicited"}.bytes() + ping("x"), {pong("x")}, kNoClose);
        std::string ten;
        std::vector<WsFrame> pongs;
        for (int i = 0; i < 10; ++i) {
            ten += ping("payload-" + std::to_string(i));
            pongs.push_back(pong("payload-" + std::to_string(i)));
        }
        converse(ten, pongs, kNoClose);
    }

    void refusesReservedBits()
    {
        for (unsigned bits = 1; bits < 8; ++bits) {
            const std::string bad = WsFrame{.payload = "x", .reservedBits = bits}.bytes();
            converse(text("good") + bad + ping(""), {echo("good")}, 1002);
            converse(WsFrame{.opcode = WsFrame::Ping, .payload = "", .reservedBits = bits}.bytes(), {}, 1002);
            converse(WsFrame{.opcode = WsFrame::Close, .payload = "", .reservedBits = bits}.bytes(), {}, 1002);
        }
    }

    void refusesReservedOpcodes()
    {
        for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U})
            converse(text("good") + WsFrame{.opcode = opcode, .payload = ""}.bytes() + ping(""), {echo("good")}, 1002);
    }

    void putsFragmentsTogether()
    {
        converse(text("frag1", false) + more("frag2", true), {echo("frag1frag2")}, kNoClose);
        converse(text("frag1", false) + ping("p") + more("frag2", true), {pong("p"), echo("frag1frag2")}, kNoClose);
        converse(text("f1", false) + more("f2", false) + ping("1") + more("f3", false) + more("f4", false) + ping("2") +
                     more("f5", true),
                 {pong("1"), pong("2"), echo("f1f2f3f4f5")}, kNoClose);
        converse(WsFrame{.opcode = WsFrame::Ping, .payload = "a", .isFinal = false}.bytes() + more("b", true), {},
                 1002);
        converse(WsFrame{.opcode = WsFrame::Pong, .payload = "a", .isFinal = false}.bytes() + more("b", true), {},
                 1002);
        converse(more("nothing to continue", true) + text("x"), {}, 1002);
        converse(more("nothing to continue", false) + text("x"), {}, 1002);
        converse(text("a", false) + more("b", true) + more("c", false) + text("d", true), {echo("ab")}, 1002);
        converse(text("a", false) + text("b", true), {}, 1002);
        converse(text("", false) + more("", false) + more("", true), {echo("")}, kNoClose);
        converse(text("", false) + more("middle", false) + more("", true), {echo("middle")}, kNoClose);
    }

    void acceptsUtf8HoweverItIsCut_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("greek") << QByteArray("\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5");
        QTest::newRow("two bytes, first") << QByteArray("\xc2\x80");
        QTest::newRow("three bytes, first") << QByteArray("\xe0\xa0\x80");
        QTest::newRow("four bytes, first") << QByteArray("\xf0\x90\x80\x80");
        QTest::newRow("two bytes, last") << QByteArray("\xdf\xbf");
        QTest::newRow("three bytes, last") << QByteArray("\xef\xbf\xbf");
        QTest::newRow("four bytes, last") << QByteArray("\xf4\x8f\xbf\xbf");
        QTest::newRow("before the surrogates") << QByteArray("\xed\x9f\xbf");
        QTest::newRow("after the surrogates") << QByteArray("\xee\x80\x80");
        QTest::newRow("replacement character") << QByteArray("\xef\xbf\xbd");
        QTest::newRow("non-characters") << QByteArray("\xef\xbf\xbe\xf0\x9f\xbf\xbe");
        QTest::newRow("nul") << QByteArray("a\0b", 3);
    }
    void acceptsUtf8HoweverItIsCut()
    {
        QFETCH(QByteArray, text);
        const std::string payload = text.toStdString();
        converse(::text(payload), {echo(payload)}, kNoClose);
        std::string fragments = ::text(payload.substr(0, 1), false);
        for (std::size_t i = 1; i < payload.size(); ++i)
            fragments += more(payload.substr(i, 1), false);
        converse(fragments + more("", true), {echo(payload)}, kNoClose);
    }

    void refusesWhatIsNotUtf8_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("stray continuation") << QByteArray("\x80");
        QTest::newRow("two stray continuations") << QByteArray("\x80\xbf");
        QTest::newRow("lonely start of two") << QByteArray("\xc3 ");
        QTest::newRow("lonely start of three") << QByteArray("\xe2 ");
        QTest::newRow("lonely start of four") << QByteArray("\xf1 ");
        QTest::newRow("cut two") << QByteArray("\xc3");
        QTest::newRow("cut three") << QByteArray("\xe2\x82");
        QTest::newRow("cut four") << QByteArray("\xf0\x9f\x98");
        QTest::newRow("overlong slash, two") << QByteArray("\xc0\xaf");
        QTest::newRow("overlong slash, three") << QByteArray("\xe0\x80\xaf");
        QTest::newRow("overlong slash, four") << QByteArray("\xf0\x80\x80\xaf");
        QTest::newRow("overlong nul") << QByteArray("\xc0\x80");
        QTest::newRow("first surrogate") << QByteArray("\xed\xa0\x80");
        QTest::newRow("last surrogate") << QByteArray("\xed\xbf\xbf");
        QTest::newRow("surrogate pair") << QByteArray("\xed\xa0\x80\xed\xb0\x80");
        QTest::newRow("above U+10FFFF") << QByteArray("\xf4\x90\x80\x80");
        QTest::newRow("five bytes") << QByteArray("\xf8\x88\x80\x80\x80");
        QTest::newRow("six bytes") << QByteArray("\xfc\x84\x80\x80\x80\x80");
        QTest::newRow("FE") << QByteArray("\xfe");
        QTest::newRow("FF") << QByteArray("\xff");
        QTest::newRow("in the middle") << QByteArray("\xce\xba\xed\xa0\x80\x65\x64\x69\x74\x65\x64");
    }
    void refusesWhatIsNotUtf8()
    {
        QFETCH(QByteArray, text);
        const std::string payload = text.toStdString();
        converse(::text(payload), {}, 1007);
        converse(::text(payload.substr(0, 1), false) + more(payload.substr(1), true), {}, 1007);
        // Binary messages are not text.
        converse(WsFrame{.opcode = WsFrame::Binary, .payload = payload}.bytes(), {echo(payload, WsFrame::Binary)},
                 kNoClose);
    }

    void answersACloseWithItsCode_data()
    {
        QTest::addColumn<int>("sent");
        QTest::addColumn<int>("answered");
        for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
            QTest::addRow("%d", code) << code << code;
        for (const int code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535})
            QTest::addRow("%d is not one", code) << code << 1002;
    }
    void answersACloseWithItsCode()
    {
        QFETCH(int, sent);
        QFETCH(int, answered);
        converse(closeFrame(std::uint16_t(sent), "why").bytes() + text("ignored") + ping("ignored"), {}, answered);
    }

    void answersOddCloses()
    {
        // Without a code, with one byte, with a reason that is too long or not UTF-8.
        WsProbe probe = server_->open();
        QVERIFY(probe.send({.opcode = WsFrame::Close, .payload = ""}));
        QVERIFY(probe.readClose());
        QVERIFY(probe.waitForEnd());
        converse(WsFrame{.opcode = WsFrame::Close, .payload = "x"}.bytes(), {}, 1002);
        converse(closeFrame(1000, std::string(123, '*')).bytes(), {}, 1000);
        converse(closeFrame(1000, std::string(124, '*')).bytes(), {}, 1002);
        converse(closeFrame(1000, "\xce\xba\xe1\xbd\xed\xa0\x80").bytes(), {}, 1007);
        converse(text("a", false) + closeFrame(1000).bytes() + more("b", true), {}, 1000);
    }

    void echoesLargeMessages_data()
    {
        QTest::addColumn<int>("kib");
        QTest::addColumn<int>("fragment");
        QTest::newRow("64 KiB") << 64 << 0;
        QTest::newRow("1 MiB") << 1024 << 0;
        QTest::newRow("16 MiB") << 16 * 1024 << 0;
        QTest::newRow("4 MiB in fragments of 64 bytes") << 4096 << 64;
        QTest::newRow("4 MiB in fragments of 4 KiB") << 4096 << 4096;
        QTest::newRow("4 MiB in fragments of 1 MiB") << 4096 << 1024 * 1024;
    }
    void echoesLargeMessages()
    {
        QFETCH(int, kib);
        QFETCH(int, fragment);
        std::string payload(std::size_t(kib) * 1024, '\0');
        for (std::size_t i = 0; i < payload.size(); ++i)
            payload[i] = static_cast<char>(i * 2654435761U >> 24);
        std::string bytes;
        const std::size_t step = fragment == 0 ? payload.size() : std::size_t(fragment);
        for (std::size_t at = 0; at < payload.size(); at += step) {
            const bool isLast = at + step >= payload.size();
            bytes += WsFrame{.opcode = at == 0 ? WsFrame::Binary : WsFrame::Continuation,
                             .payload = payload.substr(at, step),
                             .isFinal = isLast}
                         .bytes();
        }
        WsProbe probe = server_->open();
        QVERIFY(probe.send(bytes, 30s));
        const auto answer = probe.read(30s);
        QVERIFY(answer);
        QVERIFY(answer->payload == payload);
    }

    void echoesManyMessagesInOrder()
    {
        WsProbe probe = server_->open();
        for (int batch = 0; batch < 20; ++batch) {
            std::string bytes;
            for (int i = 0; i < 500; ++i)
                bytes += text(std::to_string(batch * 500 + i));
            QVERIFY(probe.send(bytes));
            for (int i = 0; i < 500; ++i)
                QCOMPARE(probe.read()->payload, std::to_string(batch * 500 + i));
        }
    }

    void refusesFramesWithoutAMask()
    {
        converse(text("good") + WsFrame{.payload = "bare", .isMasked = false}.bytes(), {echo("good")}, 1002);
        converse(WsFrame{.opcode = WsFrame::Close, .payload = "", .isMasked = false}.bytes(), {}, 1002);
    }

    void agreesToNoExtension()
    {
        WsProbe probe;
        QVERIFY(probe.connect(server_->port()));
        QVERIFY(probe.upgrade("/", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
        QVERIFY(probe.reply().find("Sec-WebSocket-Extensions") == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TstRfc6455)
#include "tst_rfc6455.moc"
