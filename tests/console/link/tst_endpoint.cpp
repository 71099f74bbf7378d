// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/endpoint.h"

#include <QTest>

using namespace orchestra;

class TstEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesWhatPeopleType_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("url");
        QTest::newRow("bare loopback") << QStringLiteral("localhost") << QStringLiteral("http://localhost:8700");
        QTest::newRow("address and port")
            << QStringLiteral("127.0.0.1:9000") << QStringLiteral("http://127.0.0.1:9000");
        QTest::newRow("ipv6") << QStringLiteral("[::1]:8700") << QStringLiteral("http://[::1]:8700");
        QTest::newRow("bare name") << QStringLiteral("chat.example.org")
                                   << QStringLiteral("https://chat.example.org:8700");
        QTest::newRow("https") << QStringLiteral("https://chat.example.org/")
                               << QStringLiteral("https://chat.example.org:443");
        QTest::newRow("http with port") << QStringLiteral(" http://host:1234 ") << QStringLiteral("http://host:1234");
    }
    void takesWhatPeopleType()
    {
        QFETCH(QString, typed);
        QFETCH(QString, url);
        const auto endpoint = Endpoint::parse(typed);
        QVERIFY2(endpoint, endpoint ? "" : endpoint.error().message.c_str());
        QCOMPARE(endpoint->url().toString(), url);
    }

    void refusesTheRest_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::newRow("nothing") << QStringLiteral("  ");
        QTest::newRow("other scheme") << QStringLiteral("ftp://host");
        QTest::newRow("user name") << QStringLiteral("http://ann@host");
        QTest::newRow("path") << QStringLiteral("http://host/chat");
        QTest::newRow("query") << QStringLiteral("http://host?token=x");
        QTest::newRow("spaces") << QStringLiteral("no such host");
        QTest::newRow("bad port") << QStringLiteral("host:99999");
    }
    void refusesTheRest()
    {
        QFETCH(QString, typed);
        const auto endpoint = Endpoint::parse(typed);
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().code, Code::Invalid);
        QVERIFY(!endpoint.error().message.empty());
    }

    void namesItsWebSockets()
    {
        const auto plain = Endpoint::parse(QStringLiteral("127.0.0.1:8700"));
        QCOMPARE(plain->opsUrl().toString(), QStringLiteral("ws://127.0.0.1:8700/ops/ws"));
        QCOMPARE(plain->chatUrl(QStringLiteral("a/b"), QStringLiteral("s 1")).toEncoded(),
                 QByteArray("ws://127.0.0.1:8700/chat/ws/a%2Fb/s%201"));
        const auto safe = Endpoint::parse(QStringLiteral("https://host"));
        QCOMPARE(safe->opsUrl().scheme(), QStringLiteral("wss"));
    }

    void knowsALoopbackAddress()
    {
        QVERIFY(Endpoint::local().isLoopback());
        QVERIFY(Endpoint::parse(QStringLiteral("[::1]"))->isLoopback());
        QVERIFY(!Endpoint::parse(QStringLiteral("https://host"))->isLoopback());
    }
};

QTEST_GUILESS_MAIN(TstEndpoint)
#include "tst_endpoint.moc"
