// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_process.h"
#include "tests/support/test_certificate.h"
#include "tests/support/wire_client.h"

#include <QCryptographicHash>
#include <QSslCertificate>
#include <QSslSocket>
#include <QTest>

#include <csignal>

using namespace orchestra;

/// What SIGHUP changes in the real server, and what it leaves alone.
class TstReload : public QObject
{
    Q_OBJECT

private:
    static bool write(const QString &path, const std::string &text)
    {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text.data(), qint64(text.size())) == qint64(text.size());
    }

    void put(const TestCertificate &identity)
    {
        QVERIFY(write(folder_.filePath(QStringLiteral("cert.pem")), identity.certificatePem));
        QVERIFY(write(folder_.filePath(QStringLiteral("key.pem")), identity.keyPem));
    }

    QStringList settings() const
    {
        return {QStringLiteral("log.level=info"),
                QStringLiteral("server.tls_certificate=") + folder_.filePath(QStringLiteral("cert.pem")),
                QStringLiteral("server.tls_key=") + folder_.filePath(QStringLiteral("key.pem"))};
    }

    static QByteArray digestOf(const TestCertificate &identity)
    {
        return QSslCertificate(QByteArray::fromStdString(identity.certificatePem)).digest(QCryptographicHash::Sha256);
    }

    static std::unique_ptr<QSslSocket> connected(const ServerProcess &server)
    {
        auto socket = std::make_unique<QSslSocket>();
        socket->setPeerVerifyMode(QSslSocket::VerifyNone);
        socket->connectToHostEncrypted(QStringLiteral("127.0.0.1"), server.port());
        static_cast<void>(QTest::qWaitFor([&] { return socket->isEncrypted(); }));
        return socket;
    }

    static QByteArray digestShownBy(const ServerProcess &server)
    {
        return connected(server)->peerCertificate().digest(QCryptographicHash::Sha256);
    }

    static QByteArray statusLine(QSslSocket &socket)
    {
        socket.write("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        QByteArray answer;
        static_cast<void>(QTest::qWaitFor([&] {
            answer += socket.readAll();
            return answer.contains("\r\n\r\n");
        }));
        return answer.left(answer.indexOf("\r\n"));
    }

    QTemporaryDir folder_;

private Q_SLOTS:
    void showsANewCertificateToWhoComesAndKeepsWhoIsThere()
    {
        const TestCertificate first = TestCertificate::make();
        put(first);
        ServerProcess server;
        QVERIFY2(server.start(settings()), qPrintable(server.lastOutput()));
        const auto early = connected(server);
        QCOMPARE(early->peerCertificate().digest(QCryptographicHash::Sha256), digestOf(first));

        const TestCertificate second = TestCertificate::make();
        put(second);
        QCOMPARE(digestShownBy(server), digestOf(first)); // not before it is told
        server.signal(SIGHUP);
        QTRY_COMPARE(digestShownBy(server), digestOf(second));
        QCOMPARE(statusLine(*early), QByteArray("HTTP/1.1 200 OK"));
    }

    void keepsTheOldCertificateWhenTheNewOneIsDamaged()
    {
        const TestCertificate good = TestCertificate::make();
        put(good);
        ServerProcess server;
        QVERIFY2(server.start(settings()), qPrintable(server.lastOutput()));
        QVERIFY(write(folder_.filePath(QStringLiteral("cert.pem")), "no certificate"));
        server.signal(SIGHUP);
        QTRY_VERIFY(server.lastOutput().contains(QStringLiteral("tls.reload_failed")));
        QCOMPARE(digestShownBy(server), digestOf(good));
    }
};

QTEST_GUILESS_MAIN(TstReload)
#include "tst_reload.moc"
