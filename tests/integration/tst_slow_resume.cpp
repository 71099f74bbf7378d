// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_codec.h"
#include "tests/integration/server_bench.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/ws_frames.h"

#include <QTcpSocket>
#include <QTest>
#include <QTimer>

using namespace orchestra;

namespace {

/// A client that takes a few kilobytes at a time, however much there is.
class SlowReader
{
public:
    SlowReader(quint16 port, int bytesPerTick, int tickMs)
        : reader_(wire::kServerFrameDepth)
        , bytesPerTick_(bytesPerTick)
    {
        socket_.setReadBufferSize(bytesPerTick);
        socket_.connectToHost(QStringLiteral("127.0.0.1"), port);
        QObject::connect(&tick_, &QTimer::timeout, &tick_, [this] { read(); });
        tick_.start(tickMs);
    }

    void open(const std::string &user, const std::string &session, const wire::Cursor &cursor)
    {
        const std::string head = "GET /chat/ws/" + user + "/" + session +
                                 " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                 "Sec-WebSocket-Protocol: orchestra.v2.json\r\n\r\n";
        wire::Hello hello;
        hello.id = "h1";
        hello.versions = {2};
        hello.cursors = {cursor};
        std::string json;
        wire::encodeClientJson(hello, json);
        send(head);
        QVERIFY(waitUntil([this] { return isUpgraded_; }));
        send(WsFrame{.payload = json}.bytes());
    }

    std::uint64_t lastOffset = 0;
    int events = 0;
    int gaps = 0;
    int sequenceGaps = 0;
    bool resumeDone = false;
    bool ended = false;
    int closed = 0;

private:
    void send(const std::string &bytes) { socket_.write(bytes.data(), static_cast<qint64>(bytes.size())); }

    void read()
    {
        const QByteArray chunk = socket_.read(bytesPerTick_);
        received_.append(chunk.constData(), static_cast<std::size_t>(chunk.size()));
        if (!isUpgraded_) {
            const std::size_t end = received_.find("\r\n\r\n");
            if (end == std::string::npos)
                return;
            received_.erase(0, end + 4);
            isUpgraded_ = true;
        }
        while (const auto frame = takeFrame(received_)) {
            if (frame->opcode == WsFrame::Close)
                closed = closeCodeOf(*frame);
            else if (const auto decoded = wire::decodeServerJson(reader_, frame->payload))
                note(*decoded);
        }
    }
    void note(const wire::DecodedServerFrame &decoded)
    {
        sequenceGaps += decoded.sequence == ++sequence_ ? 0 : 1;
        resumeDone = resumeDone || std::holds_alternative<wire::ResumeDone>(decoded.frame.body);
        ended = ended || std::holds_alternative<wire::AgentCompleted>(decoded.frame.body);
        if (!decoded.frame.offset)
            return;
        gaps += *decoded.frame.offset == lastOffset + 1 ? 0 : 1;
        lastOffset = *decoded.frame.offset;
        ++events;
    }

    wire::JsonReader reader_;
    const int bytesPerTick_;
    QTcpSocket socket_;
    QTimer tick_;
    std::string received_;
    bool isUpgraded_ = false;
    std::uint64_t sequence_ = 0;
};

} // namespace

/// Coming back into an answer that is long and still being given.
class TstSlowResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSlowReaderConvergesOnFiveThousandEvents();
    void aReconnectInMidAnswerMissesNothing();
};

/// The real binary, with a model that talks and talks.
void TstSlowResume::aSlowReaderConvergesOnFiveThousandEvents()
{
    std::shared_ptr<PeerReply> model;
    HttpPeer peer([&model](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) {
        if (ollama_wire::answersList(request, *reply))
            return;
        ollama_wire::begin(*reply);
        model = reply;
    });
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=error"),
                           QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer.url())}),
             qPrintable(server.lastOutput()));
    WireClient writer({server.port(), QStringLiteral("ann"), QStringLiteral("s1"), {}, false});
    QVERIFY(writer.join());
    writer.chat("m1", "write me a long story about the sea");
    QVERIFY(waitUntil([&] { return model != nullptr; }));
    // What comes together is told together, so the model pauses between its words.
    QTimer talks;
    QObject::connect(&talks, &QTimer::timeout, &talks,
                     [&] { model->chunk(ollama_wire::says("and the sea went on ")); });
    talks.start(0);
    QVERIFY(waitUntil([&] { return writer.count<wire::StreamToken>() >= 5000; }, 150000));
    talks.start(5);

    // About 800 kB a second, while 200 events a second are added.
    SlowReader reader(server.port(), 16 * 1024, 20);
    reader.open("ann", "s1", {*writer.thread(), 1, 0});
    QVERIFY(waitUntil([&] { return reader.resumeDone || reader.closed != 0; }, 30000));
    QCOMPARE(reader.closed, 0);
    QVERIFY(reader.events > 5000);
    const int behind = writer.count<wire::StreamToken>() - reader.events;
    QVERIFY2(behind < 2000, qPrintable(QString::number(behind)));
    QVERIFY(waitUntil([&] { return reader.events > 5600; }, 30000)); // and it stays live
    talks.stop();
    model->chunk(ollama_wire::done());
    model->end();
    QVERIFY(waitUntil([&] { return reader.ended; }, 30000));
    QCOMPARE(reader.gaps, 0);
    QCOMPARE(reader.sequenceGaps, 0);
    QVERIFY(waitUntil([&] { return writer.count<wire::AgentCompleted>() == 1; }));
    QCOMPARE(writer.offsetGaps, 0);
    QCOMPARE(static_cast<std::size_t>(reader.events), writer.positions().size());
}

void TstSlowResume::aReconnectInMidAnswerMissesNothing()
{
    StreamingRunner runner;
    Server::Substitutes substitutes;
    substitutes.runner = &runner;
    ServerBench bench(std::move(substitutes));
    QVERIFY(bench.startAndWait());
    WireClient steady(bench.client("ann"));
    WireClient flaky(bench.client("ann"));
    WireClient stranger(bench.client("bob"));
    QVERIFY(steady.join() && flaky.join() && stranger.join());
    steady.chat("m1", "a story");
    QVERIFY(waitUntil([&] { return runner.turns.size() == 1; }));
    QTimer speaks;
    QObject::connect(&speaks, &QTimer::timeout, &speaks, [&] { runner.speak(0, 3); });
    speaks.start(1);
    for (int i = 0; i < 10; ++i) {
        const int before = flaky.count<wire::StreamToken>();
        QVERIFY(waitUntil([&] { return flaky.count<wire::StreamToken>() > before + 20; }));
        flaky.cut();
        QTest::qWait(i * 3);
        QVERIFY(flaky.join());
    }
    speaks.stop();
    runner.turns[0]->complete({});
    QVERIFY(waitUntil(
        [&] { return steady.count<wire::AgentCompleted>() == 1 && flaky.count<wire::AgentCompleted>() == 1; }));
    QCOMPARE(flaky.offsetGaps, 0);
    QCOMPARE(flaky.sequenceGaps, 0);
    QCOMPARE(flaky.positions(), steady.positions());
    QCOMPARE(flaky.text(), steady.text());
    QCOMPARE(steady.bodies<wire::AgentCompleted>()[0].content, steady.text());
    QCOMPARE(stranger.count<wire::StreamToken>(), 0);
    QCOMPARE(stranger.foreignFrames, 0);
}

QTEST_GUILESS_MAIN(TstSlowResume)
#include "tst_slow_resume.moc"
