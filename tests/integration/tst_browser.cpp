// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_process.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace orchestra;

namespace {

/// Serves one page on GET / and takes the page's findings on POST /report. After rebind() every new connection is
/// piped to another port instead: the same origin, as the browser sees it, is then another server. That is what a
/// rebound DNS name does.
class PageServer : public QTcpServer
{
public:
    PageServer() { listen(QHostAddress::LocalHost); }

    void show(const QByteArray &page) { page_ = page; }
    void rebind(quint16 port) { reboundTo_ = port; }
    const QJsonObject &report() const { return report_; }
    bool hasReport() const { return !report_.isEmpty(); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *socket = new QTcpSocket(this);
        socket->setSocketDescriptor(descriptor);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
    }

private:
    void read(QTcpSocket *socket)
    {
        QByteArray &seen = buffers_[socket];
        seen += socket->readAll();
        const qsizetype headEnd = seen.indexOf("\r\n\r\n");
        if (headEnd < 0)
            return;
        if (seen.startsWith("POST /report")) {
            const qsizetype lengthAt = seen.toLower().indexOf("content-length:");
            const qsizetype length =
                seen.mid(lengthAt + 15, seen.indexOf("\r\n", lengthAt) - lengthAt - 15).trimmed().toLongLong();
            if (seen.size() < headEnd + 4 + length)
                return;
            report_ = QJsonDocument::fromJson(seen.mid(headEnd + 4)).object();
            answer(socket, "text/plain", "ok");
        } else if (seen.startsWith("GET /rebind")) {
            // From here on the name leads elsewhere.
            rebound_ = true;
            answer(socket, "text/plain", "ok");
        } else if (rebound_ && reboundTo_ != 0) {
            pipe(socket, seen);
        } else {
            answer(socket, "text/html; charset=utf-8", page_);
        }
        buffers_.remove(socket);
    }

    static void answer(QTcpSocket *socket, const QByteArray &type, const QByteArray &body)
    {
        socket->write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + type +
                      "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        socket->disconnectFromHost();
    }

    void pipe(QTcpSocket *socket, const QByteArray &first)
    {
        auto *onward = new QTcpSocket(socket);
        disconnect(socket, &QTcpSocket::readyRead, nullptr, nullptr);
        connect(onward, &QTcpSocket::readyRead, socket, [socket, onward] { socket->write(onward->readAll()); });
        connect(socket, &QTcpSocket::readyRead, onward, [socket, onward] { onward->write(socket->readAll()); });
        connect(onward, &QTcpSocket::disconnected, socket, &QTcpSocket::disconnectFromHost);
        connect(onward, &QTcpSocket::connected, onward, [onward, first] { onward->write(first); });
        onward->connectToHost(QHostAddress::LocalHost, reboundTo_);
    }

    QByteArray page_;
    QHash<QTcpSocket *, QByteArray> buffers_;
    QJsonObject report_;
    quint16 reboundTo_ = 0;
    bool rebound_ = false;
};

/// Tries everything a hostile page could; `%1` is the server's origin as the page reaches it.
const char kHostilePage[] = R"(<!doctype html><script>
const server = '%1', found = {};
const attempt = async (name, f) => { try { found[name] = await f(); } catch (e) { found[name] = 'blocked'; } };
const socket = (path, protocols) => new Promise((done) => {
  const ws = new WebSocket(server.replace('http', 'ws') + path, protocols);
  ws.onopen = () => { ws.send(JSON.stringify({type: 'hello', id: 'h'})); };
  ws.onmessage = () => done('message');
  ws.onerror = () => done('blocked');
  ws.onclose = () => done('closed');
});
(async () => {
  %2
  await attempt('readHealth', async () => (await fetch(server + '/health')).status === 200 ? 'read' : 'refused');
  await attempt('readThreads', async () => (await fetch(server + '/api/v2/threads')).status === 200 ? 'read' : 'refused');
  await attempt('readMetrics', async () => (await fetch(server + '/metrics')).status === 200 ? 'read' : 'refused');
  await attempt('chatJson', async () => (await fetch(server + '/api/v2/chat', {method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({message: '/status', session_id: 'stolen'})})).status === 200 ? 'changed' : 'refused');
  await attempt('chatSimple', async () => { await fetch(server + '/api/v2/chat', {method: 'POST', mode: 'no-cors',
      headers: {'content-type': 'text/plain'},
      body: JSON.stringify({message: '/status', session_id: 'stolen'})}); return 'sent'; });
  await attempt('ticket', async () => (await fetch(server + '/api/v2/ws-ticket', {method: 'POST',
      headers: {'content-type': 'application/json'}, body: '{}'})).status === 200 ? 'got' : 'refused');
  found.chatSocket = await socket('/chat/ws/victim/main', ['orchestra.v2.json']);
  found.plainSocket = await socket('/chat/ws/victim/main');
  found.opsSocket = await socket('/ops/ws', ['orchestra.ops.v1.protobuf']);
  await fetch('/report', {method: 'POST', body: JSON.stringify(found)});
})();
</script>)";

/// What a page of an allowed origin does: trades its token for a ticket and chats with it.
const char kAllowedPage[] = R"(<!doctype html><script>
const server = '%1', token = '%2', found = {types: []};
const report = () => fetch('/report', {method: 'POST', body: JSON.stringify(found)});
(async () => {
  const made = await fetch(server + '/api/v2/ws-ticket', {method: 'POST',
      headers: {'content-type': 'application/json', 'authorization': 'Bearer ' + token}, body: '{}'});
  found.ticketStatus = made.status;
  const ticket = (await made.json()).ticket;
  const ws = new WebSocket(server.replace('http', 'ws') + '/chat/ws/page/browser', ['orchestra.v2.json']);
  ws.onopen = () => ws.send(JSON.stringify({type: 'hello', id: 'h1', versions: [2], ticket}));
  ws.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    found.types.push(frame.type);
    found.user = frame.user_id || found.user;
    if (frame.type === 'resume_done')
      ws.send(JSON.stringify({type: 'chat', id: 'm1', content: '/status'}));
    if (frame.type === 'agent_completed') {
      found.status = frame.status;
      found.content = frame.content;
      report();
    }
  };
  ws.onclose = (event) => { found.closed = event.code; report(); };
})().catch((e) => { found.error = String(e); report(); });
</script>)";

/// Headless Chromium on one page, with a profile of its own. Ended with the object.
class Browser
{
public:
    static QString executable() { return QStandardPaths::findExecutable(QStringLiteral("chromium")); }

    explicit Browser(const QString &url, const QStringList &more = {})
    {
        QStringList arguments{QStringLiteral("--headless"),
                              QStringLiteral("--no-sandbox"),
                              QStringLiteral("--disable-gpu"),
                              QStringLiteral("--disable-quic"),
                              QStringLiteral("--no-first-run"),
                              QStringLiteral("--disable-background-networking"),
                              QStringLiteral("--disable-component-update"),
                              QStringLiteral("--disable-sync"),
                              QStringLiteral("--remote-debugging-port=0"),
                              QStringLiteral("--user-data-dir=") + profile_.path()};
        process_.setStandardOutputFile(QProcess::nullDevice());
        process_.setStandardErrorFile(QProcess::nullDevice());
        process_.start(executable(), arguments + more + QStringList{url});
    }
    ~Browser()
    {
        process_.terminate();
        if (!process_.waitForFinished(5000)) {
            process_.kill();
            process_.waitForFinished();
        }
    }

private:
    QTemporaryDir profile_;
    QProcess process_;
};

} // namespace

/// The same-origin rules of a real browser against the real server.
class TstBrowser : public QObject
{
    Q_OBJECT

private:
    /// Nothing may be read, changed or opened.
    static void verifyPowerless(const QJsonObject &report)
    {
        for (const char *read : {"readHealth", "readThreads", "readMetrics", "chatJson", "ticket"})
            QVERIFY2(report[QLatin1String(read)] == QLatin1String("blocked") ||
                         report[QLatin1String(read)] == QLatin1String("refused"),
                     read);
        for (const char *opened : {"chatSocket", "plainSocket", "opsSocket"})
            QVERIFY2(report[QLatin1String(opened)] == QLatin1String("blocked") ||
                         report[QLatin1String(opened)] == QLatin1String("closed"),
                     opened);
    }

    /// How many messages the server has accepted, by its own count.
    static double messagesAccepted(ServerProcess &server)
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, server.port());
        socket.waitForConnected();
        socket.write("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer " +
                     server.operatorToken().toUtf8() + "\r\n\r\n");
        QByteArray text;
        while (socket.waitForReadyRead(2000))
            text += socket.readAll();
        const QByteArray name = "orchestrad_chat_messages_total{kind=\"command\"} ";
        const qsizetype at = text.indexOf(name);
        return at < 0 ? -1 : text.mid(at + name.size(), text.indexOf('\n', at) - at - name.size()).toDouble();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (Browser::executable().isEmpty())
            QSKIP("chromium is not installed");
    }

    void aPageOfAnotherOriginCanNeitherReadNorChangeAnything()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        PageServer pages;
        pages.show(QString::fromLatin1(kHostilePage).arg(server.url(), QString()).toUtf8());
        const Browser browser(QStringLiteral("http://127.0.0.1:%1/").arg(pages.serverPort()));
        QVERIFY(QTest::qWaitFor([&] { return pages.hasReport(); }, 40000));
        verifyPowerless(pages.report());
        QCOMPARE(messagesAccepted(server), 0.0);
    }

    void aPageBehindAReboundNameCanNeitherReadNorChangeAnything()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        PageServer pages;
        pages.rebind(server.port());
        const QString origin = QStringLiteral("http://rebound.example:%1").arg(pages.serverPort());
        pages.show(QString::fromLatin1(kHostilePage).arg(origin, QStringLiteral("await fetch('/rebind');")).toUtf8());
        const Browser browser(origin + QLatin1Char('/'),
                              {QStringLiteral("--host-resolver-rules=MAP rebound.example 127.0.0.1")});
        QVERIFY(QTest::qWaitFor([&] { return pages.hasReport(); }, 40000));
        verifyPowerless(pages.report());
        QCOMPARE(messagesAccepted(server), 0.0);
    }

    void aPageOfAnAllowedOriginChatsWithATicket()
    {
        PageServer pages;
        const QString origin = QStringLiteral("http://127.0.0.1:%1").arg(pages.serverPort());
        ServerProcess server;
        QVERIFY2(server.start({QStringLiteral("server.allowed_origins=%1").arg(origin)}),
                 qPrintable(server.lastOutput()));
        const QString token = server.addToken(QStringLiteral("client"), QStringLiteral("ann"));
        QVERIFY(!token.isEmpty());
        QTest::qWait(1500); // the running server looks for new tokens once a second
        pages.show(QString::fromLatin1(kAllowedPage).arg(server.url(), token).toUtf8());
        const Browser browser(origin + QLatin1Char('/'));
        QVERIFY(QTest::qWaitFor([&] { return pages.hasReport(); }, 40000));
        const QJsonObject report = pages.report();
        QVERIFY2(report[QStringLiteral("status")] == QLatin1String("completed"),
                 QJsonDocument(report).toJson(QJsonDocument::Compact).constData());
        QCOMPARE(report[QStringLiteral("ticketStatus")].toInt(), 200);
        QCOMPARE(report[QStringLiteral("user")].toString(), QStringLiteral("ann"));
        QVERIFY(!report[QStringLiteral("content")].toString().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstBrowser)
#include "tst_browser.moc"
