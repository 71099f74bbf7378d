// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/socket.h"

#include "tests/support/test_certificate.h"

#include <QCryptographicHash>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace orchestra;

namespace {

QSslCertificate certificateOf(const TestCertificate &made)
{
    return QSslCertificate(QByteArray::fromStdString(made.certificatePem));
}

QString pinOf(const QSslCertificate &certificate)
{
    return QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex(':'));
}

} // namespace

/// One WebSocket over TLS: which certificates are trusted.
class TstSocket : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void trustsAPinnedCertificateThatNobodySigned();
    void trustsNoOtherThanThePinnedOne();
    void trustsNoOtherThanThePinnedOneHoweverWellItIsSigned();
    void trustsNothingForAPinThatIsNone();
    void withoutAPinTheChainDecides();
    void aRefusedUpgradeSaysWhy_data();
    void aRefusedUpgradeSaysWhy();

private:
    /// The end of an attempt: empty when it was opened, else the reason.
    QString attempt(const QString &pin);
    static void trust(const QList<QSslCertificate> &authorities);

    QSslCertificate certificate_;
    QWebSocketServer server_{QStringLiteral("test"), QWebSocketServer::SecureMode};
    int requests_ = 0; ///< that came to the server, with their tokens
};

void TstSocket::initTestCase()
{
    const TestCertificate made = TestCertificate::make();
    certificate_ = certificateOf(made);
    QSslConfiguration configuration;
    configuration.setLocalCertificate(certificate_);
    configuration.setPrivateKey(QSslKey(QByteArray::fromStdString(made.keyPem), QSsl::Ec));
    server_.setSslConfiguration(configuration);
    QVERIFY(server_.listen(QHostAddress::LocalHost));
    connect(&server_, &QWebSocketServer::newConnection, this, [this] {
        ++requests_;
        server_.nextPendingConnection()->setParent(this);
    });
}

void TstSocket::trust(const QList<QSslCertificate> &authorities)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates(authorities);
    QSslConfiguration::setDefaultConfiguration(configuration);
}

QString TstSocket::attempt(const QString &pin)
{
    Socket socket;
    const QSignalSpy opened(&socket, &Socket::opened);
    const QSignalSpy closed(&socket, &Socket::closed);
    const QUrl url(QStringLiteral("wss://127.0.0.1:%1/").arg(server_.serverPort()));
    socket.open({url, QStringLiteral("ork_secret"), {}, pin});
    if (!QTest::qWaitFor([&] { return !opened.isEmpty() || !closed.isEmpty(); }, 5000))
        return QStringLiteral("nothing happened");
    return opened.isEmpty() ? closed[0][1].toString() : QString();
}

void TstSocket::trustsAPinnedCertificateThatNobodySigned()
{
    trust({});
    QCOMPARE(attempt(pinOf(certificate_)), QString());
    QCOMPARE(attempt(pinOf(certificate_).remove(QLatin1Char(':')).toUpper()), QString());
}

void TstSocket::trustsNoOtherThanThePinnedOne()
{
    trust({});
    const int before = requests_;
    const QString other = pinOf(certificateOf(TestCertificate::make()));
    QCOMPARE(attempt(other), QStringLiteral("The server's certificate is not the pinned one."));
    QCOMPARE(requests_, before);
}

void TstSocket::trustsNoOtherThanThePinnedOneHoweverWellItIsSigned()
{
    trust({certificate_});
    QCOMPARE(attempt({}), QString()); // it is in order, but
    const int before = requests_;
    const QString other = pinOf(certificateOf(TestCertificate::make()));
    QCOMPARE(attempt(other), QStringLiteral("The server's certificate is not the pinned one."));
    QCOMPARE(requests_, before);
}

void TstSocket::trustsNothingForAPinThatIsNone()
{
    trust({certificate_});
    QCOMPARE(attempt(QStringLiteral("no hexadecimal")),
             QStringLiteral("The server's certificate is not the pinned one."));
}

void TstSocket::withoutAPinTheChainDecides()
{
    trust({});
    QVERIFY(!attempt({}).isEmpty());
    trust({certificate_});
    QCOMPARE(attempt({}), QString());
}

void TstSocket::aRefusedUpgradeSaysWhy_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<int>("code");
    QTest::newRow("credential") << QByteArray("401 Unauthorized") << 4001;
    QTest::newRow("role") << QByteArray("403 Forbidden") << 4003;
    QTest::newRow("full") << QByteArray("503 Service Unavailable") << 1006;
}

void TstSocket::aRefusedUpgradeSaysWhy()
{
    QFETCH(const QByteArray, status);
    QFETCH(const int, code);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, this, [&] {
        QTcpSocket *peer = server.nextPendingConnection();
        connect(peer, &QTcpSocket::readyRead, peer, [peer, status] {
            peer->readAll();
            peer->write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            peer->disconnectFromHost();
        });
    });
    Socket socket;
    const QSignalSpy closed(&socket, &Socket::closed);
    socket.open({QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(server.serverPort())), {}, {}, {}});
    QVERIFY(QTest::qWaitFor([&] { return !closed.isEmpty(); }));
    QCOMPARE(closed[0][0].toInt(), code);
    QVERIFY(!closed[0][1].toString().isEmpty());
}

QTEST_GUILESS_MAIN(TstSocket)
#include "tst_socket.moc"
