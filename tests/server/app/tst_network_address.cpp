// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/network_address.h"

#include <QTest>

using namespace orchestra;

class TstNetworkAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsKindsOfTextApart_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("address");
        QTest::addColumn<bool>("loopback");
        QTest::addColumn<bool>("network");
        QTest::addColumn<bool>("host");
        const auto row = [](const char *text, bool address, bool loopback, bool network, bool host) {
            QTest::newRow(text) << QByteArray(text) << address << loopback << network << host;
        };
        row("127.0.0.1", true, true, true, true);
        row("127.8.9.10", true, true, true, true);
        row("128.0.0.1", true, false, true, true);
        row("::1", true, true, true, false);
        row("::2", true, false, true, false);
        row("::ffff:127.0.0.1", true, false, true, false);
        row("[::1]", false, false, false, true);
        row("[127.0.0.1]", false, false, false, false);
        row("0.0.0.0", true, false, true, true);
        row("10.0.0.0/8", false, false, true, false);
        row("10.0.0.0/33", false, false, false, false);
        row("10.0.0.0/", false, false, false, false);
        row("fd00::/8", false, false, true, false);
        row("fd00::/129", false, false, false, false);
        row("chat.example.org", false, false, false, true);
        row("chat.example.org:80", false, false, false, false);
        row("chat..org", false, false, false, false);
        row("-chat.org", false, false, false, false);
        row("http://chat.org", false, false, false, false);
        row("", false, false, false, false);
    }

    void tellsKindsOfTextApart()
    {
        QFETCH(QByteArray, text);
        const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
        QTEST(isIpAddress(view), "address");
        QTEST(isLoopbackAddress(view), "loopback");
        QTEST(isIpNetwork(view), "network");
        QTEST(isHostName(view), "host");
    }

    void seesThroughAnEmbeddedNul() { QVERIFY(!isIpAddress(std::string_view("127.0.0.1\0x", 11))); }

    void knowsOrigins_data()
    {
        QTest::addColumn<bool>("origin");
        QTest::newRow("https://chat.example.org") << true;
        QTest::newRow("http://chat.example.org:8080") << true;
        QTest::newRow("http://[::1]:8700") << true;
        QTest::newRow("http://[::1]") << true;
        QTest::newRow("https://chat.example.org/") << false;
        QTest::newRow("https://chat.example.org:0") << false;
        QTest::newRow("https://chat.example.org:70000") << false;
        QTest::newRow("https://*.example.org") << false;
        QTest::newRow("chat.example.org") << false;
        QTest::newRow("null") << false;
        QTest::newRow("*") << false;
    }

    void knowsOrigins() { QTEST(isWebOrigin(QTest::currentDataTag()), "origin"); }
};

QTEST_APPLESS_MAIN(TstNetworkAddress)
#include "tst_network_address.moc"
