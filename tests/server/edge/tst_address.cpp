// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/address.h"

#include <QTest>

using namespace orchestra;

class TstAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mappedAddressesAreTheirIpv4Ones()
    {
        const auto mapped = Address::parse("::ffff:10.1.2.3");
        QVERIFY(mapped);
        QCOMPARE(mapped->toString(), std::string("10.1.2.3"));
        QVERIFY(*mapped == *Address::parse("10.1.2.3"));
    }

    void knowsLoopback_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("loopback");
        QTest::newRow("v4") << "127.0.0.1" << true;
        QTest::newRow("v4 net") << "127.9.8.7" << true;
        QTest::newRow("v6") << "::1" << true;
        QTest::newRow("mapped") << "::ffff:127.0.0.1" << true;
        QTest::newRow("any") << "0.0.0.0" << false;
        QTest::newRow("other") << "10.0.0.1" << false;
        QTest::newRow("v6 other") << "2001:db8::1" << false;
    }
    void knowsLoopback()
    {
        QFETCH(QString, text);
        QFETCH(bool, loopback);
        const auto address = Address::parse(text.toStdString());
        QVERIFY(address);
        QCOMPARE(address->isLoopback(), loopback);
    }

    void refusesWhatIsNoLiteral()
    {
        for (const char *text : {"", "localhost", "1.2.3", "1.2.3.4.5", "127.0.0.1:80", "[::1]", "0x7f.1", "::1%lo"})
            QVERIFY2(!Address::parse(text), text);
    }

    void rangesHoldTheirAddresses_data()
    {
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("inside");
        QTest::newRow("v4 net") << "10.0.0.0/8"
                                << "10.255.1.1" << true;
        QTest::newRow("v4 outside") << "10.0.0.0/8"
                                    << "11.0.0.1" << false;
        QTest::newRow("v4 odd bits") << "192.168.4.0/22"
                                     << "192.168.7.255" << true;
        QTest::newRow("v4 odd bits outside") << "192.168.4.0/22"
                                             << "192.168.8.0" << false;
        QTest::newRow("single") << "192.168.1.5"
                                << "192.168.1.5" << true;
        QTest::newRow("single other") << "192.168.1.5"
                                      << "192.168.1.6" << false;
        QTest::newRow("v6") << "fd00::/8"
                            << "fd12::1" << true;
        QTest::newRow("mapped addresses are v6 addresses") << "::/64"
                                                           << "10.0.0.1" << true; // ::ffff:0:0/96 lies in ::/64
        QTest::newRow("everything") << "0.0.0.0/0"
                                    << "203.0.113.9" << true;
        QTest::newRow("everything v4 is not v6") << "0.0.0.0/0"
                                                 << "2001:db8::1" << false;
    }
    void rangesHoldTheirAddresses()
    {
        QFETCH(QString, range);
        QFETCH(QString, address);
        QFETCH(bool, inside);
        const auto parsed = AddressRange::parse(range.toStdString());
        QVERIFY(parsed);
        QCOMPARE(parsed->contains(*Address::parse(address.toStdString())), inside);
    }

    void refusesBrokenRanges()
    {
        for (const char *text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129", "10.0.0.0/8/8", "host/8"})
            QVERIFY2(!AddressRange::parse(text), text);
    }
};

QTEST_APPLESS_MAIN(TstAddress)
#include "tst_address.moc"
