// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/address_rule.h"

#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

using namespace orchestra;

namespace {

sockaddr_storage address(const QByteArray &text)
{
    sockaddr_storage storage{};
    sockaddr_in in{};
    sockaddr_in6 in6{};
    if (inet_pton(AF_INET, text.constData(), &in.sin_addr) == 1) {
        in.sin_family = AF_INET;
        std::memcpy(&storage, &in, sizeof in);
    } else if (inet_pton(AF_INET6, text.constData(), &in6.sin6_addr) == 1) {
        in6.sin6_family = AF_INET6;
        std::memcpy(&storage, &in6, sizeof in6);
    }
    return storage;
}

} // namespace

class TstAddressRule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsWhatAnAddressIs_data()
    {
        QTest::addColumn<int>("kind");
        const auto rows = [](AddressKind kind, std::initializer_list<const char *> texts) {
            for (const char *text : texts)
                QTest::newRow(text) << int(kind);
        };
        rows(AddressKind::Global, {"8.8.8.8", "100.63.255.255", "172.32.0.1", "192.169.0.1", "2606:4700::1111",
                                   "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"});
        rows(AddressKind::Loopback, {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"});
        rows(AddressKind::Private, {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd00::1",
                                    "fc00::1", "fec0::1", "::ffff:10.1.2.3", "2002:a00:1::1"});
        rows(AddressKind::LinkLocal, {"169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "febf::1"});
        rows(AddressKind::Unusable, {"0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "ff02::1"});
    }
    void knowsWhatAnAddressIs()
    {
        QFETCH(int, kind);
        const sockaddr_storage storage = address(QTest::currentDataTag());
        QCOMPARE(int(kindOf(reinterpret_cast<const sockaddr &>(storage))), kind);
    }

    void reachesPrivatePlacesOnlyWhereConfigured_data()
    {
        QTest::addColumn<bool>("anywhere");
        QTest::addColumn<bool>("configured");
        QTest::newRow("8.8.8.8") << true << true;
        QTest::newRow("127.0.0.1") << false << true;
        QTest::newRow("192.168.0.9") << false << true;
        QTest::newRow("169.254.169.254") << false << false;
        QTest::newRow("0.0.0.0") << false << false;
        QTest::newRow("ff02::1") << false << false;
    }
    void reachesPrivatePlacesOnlyWhereConfigured()
    {
        QFETCH(bool, anywhere);
        QFETCH(bool, configured);
        const sockaddr_storage storage = address(QTest::currentDataTag());
        const auto &peer = reinterpret_cast<const sockaddr &>(storage);
        QCOMPARE(isReachable(peer, Reach::Public), anywhere);
        QCOMPARE(isReachable(peer, Reach::Configured), configured);
        QCOMPARE(addressText(peer), std::string(QTest::currentDataTag()));
    }
};

QTEST_GUILESS_MAIN(TstAddressRule)
#include "tst_address_rule.moc"
