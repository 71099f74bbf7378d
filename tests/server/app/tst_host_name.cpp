// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/host_name.h"

#include <QTest>

using namespace orchestra;

class TstHostName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsHosts_data()
    {
        QTest::addColumn<bool>("host");
        QTest::newRow("chat.example.org") << true;
        QTest::newRow("localhost") << true;
        QTest::newRow("127.0.0.1") << true;
        QTest::newRow("[::1]") << true;
        QTest::newRow("::1") << false;
        QTest::newRow("[127.0.0.1]") << false;
        QTest::newRow("[]") << false;
        QTest::newRow("chat.example.org:80") << false;
        QTest::newRow("chat..org") << false;
        QTest::newRow("-chat.org") << false;
        QTest::newRow("chat-.org") << false;
        QTest::newRow("http://chat.org") << false;
        QTest::newRow("*.example.org") << false;
        QTest::newRow("") << false;
    }

    void knowsHosts() { QTEST(isHostName(QTest::currentDataTag()), "host"); }

    void boundsTheLengthOfNamesAndLabels()
    {
        const std::string label(63, 'a');
        QVERIFY(isHostName(label));
        QVERIFY(!isHostName(label + "a"));
        QVERIFY(isHostName(label + "." + label + "." + label));
        QVERIFY(!isHostName(label + "." + label + "." + label + "." + label));
    }

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

QTEST_APPLESS_MAIN(TstHostName)
#include "tst_host_name.moc"
