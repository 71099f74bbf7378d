// SPDX-License-Identifier: GPL-3.0-or-later
// The yardstick of the relay's benchmarks: QtWebSockets and QTcpSocket as their documentation shows them, in one
// thread, on our event dispatcher. A message from a client opens a stream of a model server on OpenAI's wire; each of
// its deltas is read as JSON and goes to the client as one text frame. Nothing is kept, limited or checked.
// bare_relay --upstream PORT   prints the port it listens on.
#include "server/loop/epoll_dispatcher.h"
#include "server/providers/chunk_reader.h"
#include "shared/wire/json_text.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>

using namespace orchestra;

namespace {

/// One stream of the model server, on its way to one client.
class Relay : public QObject
{
public:
    Relay(QWebSocket &client, quint16 upstream)
        : QObject(&client)
        , client_(client)
        , upstream_(this)
    {
        connect(&upstream_, &QTcpSocket::connected, this, [this] { ask(); });
        connect(&upstream_, &QTcpSocket::readyRead, this, [this] { read(); });
        connect(&upstream_, &QTcpSocket::disconnected, this, &QObject::deleteLater);
        upstream_.connectToHost(QHostAddress::LocalHost, upstream);
    }

private:
    void ask()
    {
        upstream_.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        const QByteArray body(
            R"({"model":"bench","stream":true,"messages":[{"role":"user","content":"write me a short poem"}]})");
        upstream_.write("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: " +
                        QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }

    /// The lines of the chunked encoding and empty ones are no events.
    void read()
    {
        const QByteArray bytes = upstream_.readAll();
        unread_.append(bytes.data(), std::size_t(bytes.size()));
        std::size_t at = 0;
        for (std::size_t end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n', at)) {
            const std::string_view line(unread_.data() + at, end - at);
            at = end + 1;
            if (line.starts_with("data: "))
                take(line.substr(6));
        }
        unread_.erase(0, at);
    }

    void take(std::string_view data)
    {
        if (data == "[DONE]") {
            client_.sendTextMessage(QStringLiteral("{\"type\":\"end\"}"));
            return upstream_.disconnectFromHost();
        }
        if (!chunk_.open(data))
            return;
        const auto words = chunk_.text("/choices/0/delta/content");
        if (!words || words->empty())
            return;
        std::string frame = R"({"type":"stream_token","content":)";
        wire::appendJsonText(frame, *words);
        frame += "}";
        client_.sendTextMessage(QString::fromUtf8(frame.data(), qsizetype(frame.size())));
    }

    QWebSocket &client_;
    QTcpSocket upstream_;
    ChunkReader chunk_;
    std::string unread_;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3 || std::string_view(argv[1]) != "--upstream") {
        std::fputs("usage: bare_relay --upstream PORT\n", stderr);
        return 2;
    }
    const auto upstream = static_cast<quint16>(std::atoi(argv[2]));
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    QCoreApplication app(argc, argv);
    QWebSocketServer server(QStringLiteral("bare"), QWebSocketServer::NonSecureMode);
    server.setMaxPendingConnections(1 << 20);
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&server, upstream] {
        QWebSocket *client = server.nextPendingConnection();
        QObject::connect(client, &QWebSocket::textMessageReceived, client,
                         [client, upstream] { new Relay(*client, upstream); });
        QObject::connect(client, &QWebSocket::disconnected, client, &QObject::deleteLater);
    });
    if (!server.listen(QHostAddress::LocalHost, 0)) {
        std::fprintf(stderr, "bare_relay: %s\n", qPrintable(server.errorString()));
        return 1;
    }
    std::printf("%u\n", unsigned(server.serverPort()));
    std::fflush(stdout);
    return app.exec();
}
