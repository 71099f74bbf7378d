// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ws_client.h"
#include "tests/support/test_certificate.h"

#include <QFile>
#include <QSslCertificate>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

void writeFile(const QString &path, const std::string &text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), static_cast<qint64>(text.size())) < 0)
        qFatal("cannot write %s", qPrintable(path));
}

QByteArray certificateOf(RawClient &client)
{
    return qobject_cast<QSslSocket *>(&client.socket())->peerCertificate().toPem();
}

} // namespace

class TstEdgeTls : public QObject
{
    Q_OBJECT

private:
    EdgeSettings settings()
    {
        EdgeSettings settings = quickSettings();
        settings.tls = {files_.filePath(QStringLiteral("cert.pem")).toStdString(),
                        files_.filePath(QStringLiteral("key.pem")).toStdString(),
                        {}};
        return settings;
    }
    QByteArray install()
    {
        const auto made = TestCertificate::make();
        writeFile(files_.filePath(QStringLiteral("cert.pem")), made.certificatePem);
        writeFile(files_.filePath(QStringLiteral("key.pem")), made.keyPem);
        return QByteArray::fromStdString(made.certificatePem);
    }

    QTemporaryDir files_;

private Q_SLOTS:
    void init() { install(); }

    void servesHttpAndWebSocketsOverTls()
    {
        TestHub hub(settings());
        QVERIFY(hub.start());
        RawClient http(hub.port(), true);
        QVERIFY(http.connected());
        for (int i = 0; i < 3; ++i)
            QCOMPARE(http.ask(get("/livez")).status, 200);
        QVERIFY(hub.all<ApiCall>().front()->peer.isTls);
        WsClient ws(hub.port(), true);
        QVERIFY(ws.open());
        const std::string text(50000, 'x');
        ws.text(chatJson("c", text));
        QVERIFY(until([&] { return hub.count<ClientMessage>() == 1; }));
        QCOMPARE(std::get<wire::Chat>(hub.all<ClientMessage>().front()->frame).content, text);
        ws.text(pingJson("p"));
        QVERIFY(std::holds_alternative<wire::Pong>(ws.frame().frame.body));
        QCOMPARE(http.ask(get("/livez", "Origin: https://localhost\r\n")).status, 200);
        RawClient wrongScheme(hub.port(), true);
        QCOMPARE(wrongScheme.ask(get("/livez", "Origin: http://localhost\r\n")).status, 403);
    }

    void answersLargeBodiesAndClosesOverTls()
    {
        TestHub hub(settings());
        hub.answer = [&](const ApiCall &call) { hub.reply(call, TextBody{"text/plain", std::string(3U << 20U, 'x')}); };
        QVERIFY(hub.start());
        RawClient client(hub.port(), true);
        client.send(get("/metrics", "Connection: close\r\n"));
        const auto answer = client.answer();
        QCOMPARE(answer.body.size(), std::size_t(3U << 20U));
        QVERIFY(client.waitClosed());
    }

    void endsHandshakesThatNeverEnd()
    {
        EdgeSettings quick = settings();
        quick.limits.requestHead = 200ms;
        TestHub hub(quick);
        QVERIFY(hub.start());
        RawClient plain(hub.port());
        QVERIFY(plain.connected());
        plain.send(get("/livez")); // not TLS at all
        QVERIFY(plain.waitClosed(2s));
        QCOMPARE(plain.received.find("HTTP/1.1 200"), std::string::npos);
        RawClient silent(hub.port());
        QVERIFY(silent.connected());
        QVERIFY(silent.waitClosed(2s));
        QCOMPARE(hub.count<ApiCall>(), 0);
    }

    void takesANewCertificateWithoutARestart()
    {
        const QByteArray old = install();
        TestHub hub(settings());
        QVERIFY(hub.start());
        WsClient before(hub.port(), true);
        QVERIFY(before.open());
        QCOMPARE(certificateOf(before), old);
        const QByteArray fresh = install();
        QVERIFY(fresh != old);
        hub.edge().reloadTls(settings().tls);
        QVERIFY(until([&] {
            RawClient client(hub.port(), true);
            return client.connected() && certificateOf(client) == fresh;
        }));
        QCOMPARE(hub.log().count("tls.reloaded"), 1);
        // Those who are in stay in.
        before.text(pingJson("p"));
        QVERIFY(std::holds_alternative<wire::Pong>(before.frame().frame.body));
    }

    void takesACertificateFromAnotherPlace()
    {
        const QByteArray old = install();
        TestHub hub(settings());
        QVERIFY(hub.start());
        const auto moved = TestCertificate::make();
        writeFile(files_.filePath(QStringLiteral("moved-cert.pem")), moved.certificatePem);
        writeFile(files_.filePath(QStringLiteral("moved-key.pem")), moved.keyPem);
        TlsFiles files = settings().tls;
        files.certificate = files_.filePath(QStringLiteral("moved-cert.pem")).toStdString();
        files.key = files_.filePath(QStringLiteral("moved-key.pem")).toStdString();
        hub.edge().reloadTls(files);
        QVERIFY(until([&] {
            RawClient client(hub.port(), true);
            return client.connected() && certificateOf(client) != old;
        }));
    }

    void keepsTheOldCertificateWhenTheNewOneIsBad()
    {
        const QByteArray old = install();
        TestHub hub(settings());
        QVERIFY(hub.start());
        // A certificate whose key is another: every handshake would fail.
        const auto other = TestCertificate::make();
        writeFile(files_.filePath(QStringLiteral("key.pem")), other.keyPem);
        hub.edge().reloadTls(settings().tls);
        QVERIFY(until([&] { return hub.log().count("tls.reload_failed") == 1; }));
        writeFile(files_.filePath(QStringLiteral("cert.pem")), "nonsense");
        hub.edge().reloadTls(settings().tls);
        QVERIFY(until([&] { return hub.log().count("tls.reload_failed") == 2; }));
        RawClient client(hub.port(), true);
        QVERIFY(client.connected());
        QCOMPARE(certificateOf(client), old);
        QCOMPARE(client.ask(get("/livez")).status, 200);
    }

    void doesNotStartWithFilesThatCannotBeUsed()
    {
        EdgeSettings missing = settings();
        missing.tls.key = "/nonexistent/key.pem";
        TestHub hub(missing);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("/nonexistent/key.pem")));
        QVERIFY(!hub.start());
    }
};

QTEST_GUILESS_MAIN(TstEdgeTls)
#include "tst_edge_tls.moc"
