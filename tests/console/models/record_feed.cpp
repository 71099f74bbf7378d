// SPDX-License-Identifier: GPL-3.0-or-later
// record_feed FILE
// Starts the real server, lets clients come, talk and go, and writes down what an operator's link was sent meanwhile.
// The file is what tst_recorded_feed replays: tests/console/data/operator.feed.
#include "shared/wire/ops_codec.h"
#include "tests/console/models/recorded_feed.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTest>
#include <QWebSocket>

#include <cstdio>
#include <cstdlib>

using namespace orchestra;

namespace {

void require(bool isTrue, const char *what)
{
    if (isTrue)
        return;
    std::fprintf(stderr, "record_feed: %s\n", what);
    std::exit(1);
}

class Recorder
{
public:
    explicit Recorder(const ServerProcess &server)
        : server_(server)
    {
        QObject::connect(&socket_, &QWebSocket::binaryMessageReceived, &socket_, [this](const QByteArray &bytes) {
            feed.frames.push_back({since_.elapsed(), bytes});
        });
        QNetworkRequest request(QUrl(QStringLiteral("ws://127.0.0.1:%1/ops/ws").arg(server.port())));
        request.setRawHeader("Authorization", bearer());
        request.setRawHeader("Sec-WebSocket-Protocol", "orchestra.ops.v1.protobuf");
        since_.start();
        socket_.open(request);
        require(waitUntil([this] { return !feed.frames.empty(); }), "no welcome");
    }

    void send(const wire::OpsClientFrame &frame)
    {
        std::string bytes;
        wire::encodeOpsClient(frame, bytes);
        socket_.sendBinaryMessage(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
    }

    void ask(const QString &path)
    {
        QNetworkRequest request(QUrl(server_.url() + path));
        request.setRawHeader("Authorization", bearer());
        QNetworkReply *reply = http_.get(request);
        require(waitUntil([reply] { return reply->isFinished(); }), "no answer");
        require(reply->error() == QNetworkReply::NoError, qPrintable(reply->errorString()));
        feed.answers.insert(path, reply->readAll());
        reply->deleteLater();
    }

    RecordedFeed feed;

private:
    QByteArray bearer() const { return "Bearer " + server_.operatorToken().toUtf8(); }

    const ServerProcess &server_;
    QWebSocket socket_;
    QNetworkAccessManager http_;
    QElapsedTimer since_;
};

WireClient::Options who(const ServerProcess &server, const char *user, const char *session)
{
    WireClient::Options options;
    options.port = server.port();
    options.user = QString::fromLatin1(user);
    options.session = QString::fromLatin1(session);
    options.protobuf = options.user == QLatin1String("zoe");
    return options;
}

void record(const QString &path)
{
    HttpPeer models([](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) {
        if (ollama_wire::answersList(request, *reply))
            return;
        ollama_wire::begin(*reply);
        reply->chunk(ollama_wire::says("The sea is wide."));
        reply->chunk(ollama_wire::done());
        reply->end();
    });
    ServerProcess server;
    require(server.start({QStringLiteral("models.ollama=peer=") + QString::fromStdString(models.url())}),
            qPrintable(server.lastOutput()));
    WireClient ann(who(server, "ann", "desk"));
    require(ann.join(), "ann is not welcome");
    Recorder recorder(server);
    int id = 0;
    for (const wire::Topic topic :
         {wire::Topic::Overview, wire::Topic::Connections, wire::Topic::Breakers, wire::Topic::Flags,
          wire::Topic::Degradation, wire::Topic::Metrics, wire::Topic::Models, wire::Topic::Tools}) {
        wire::Subscribe subscribe;
        subscribe.id = std::to_string(++id);
        subscribe.topic = topic;
        recorder.send(subscribe);
    }
    QTest::qWait(1500);
    WireClient ben(who(server, "ben", "phone"));
    WireClient gone(who(server, "gone", "tab"));
    WireClient zoe(who(server, "zoe", "bytes"));
    require(ben.join() && gone.join() && zoe.join(), "somebody is not welcome");
    for (int i = 0; i < 4; ++i) {
        ann.chat("a" + std::to_string(i), "/status");
        ben.chat("b" + std::to_string(i), "/help");
        QTest::qWait(700);
    }
    gone.cut();
    ann.chat("poem", "write me a short poem about the sea");
    recorder.send(wire::OpsAction{"flag", {}, "for the record", wire::SetFlag{"suggestions", true, 25}});
    for (int i = 0; i < 3; ++i) {
        zoe.chat("z" + std::to_string(i), "/connections");
        QTest::qWait(700);
    }
    // Until rates have come to rest, so that the last frames and the answers below say the same.
    QTest::qWait(8000);
    for (const QString &what : {QStringLiteral("/admin/connections"), QStringLiteral("/admin/feature-flags"),
                                QStringLiteral("/admin/breakers"), QStringLiteral("/admin/degradation")})
        recorder.ask(what);
    recorder.feed.end = SystemClock().wallMs();
    require(recorder.feed.write(path), "cannot write the file");
    std::printf("%zu frames\n", recorder.feed.frames.size());
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    require(argc == 2, "usage: record_feed FILE");
    record(QString::fromLocal8Bit(argv[1]));
    return 0;
}
