// SPDX-License-Identifier: GPL-3.0-or-later
// The yardstick of the edge's benchmarks: QtWebSockets as its documentation shows it, one thread, an echo.
// bare_echo [--epoll] [--port P]   prints the port it listens on.
#include "server/loop/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QWebSocket>
#include <QWebSocketServer>

#include <cstdio>
#include <sys/resource.h>

int main(int argc, char **argv)
{
    quint16 port = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option(argv[i]);
        if (option == "--epoll")
            QCoreApplication::setEventDispatcher(new orchestra::EpollDispatcher);
        else if (option == "--port" && i + 1 < argc)
            port = static_cast<quint16>(std::atoi(argv[++i]));
    }
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    QCoreApplication app(argc, argv);
    QWebSocketServer server(QStringLiteral("bare"), QWebSocketServer::NonSecureMode);
    server.setMaxPendingConnections(1 << 20);
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&server] {
        QWebSocket *socket = server.nextPendingConnection();
        QObject::connect(socket, &QWebSocket::textMessageReceived, socket,
                         [socket](const QString &message) { socket->sendTextMessage(message); });
        QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket,
                         [socket](const QByteArray &message) { socket->sendBinaryMessage(message); });
        QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    if (!server.listen(QHostAddress::LocalHost, port)) {
        std::fprintf(stderr, "bare_echo: %s\n", qPrintable(server.errorString()));
        return 1;
    }
    std::printf("%u\n", unsigned(server.serverPort()));
    std::fflush(stdout);
    return app.exec();
}
