// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/hub_link.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;

namespace {

std::uint64_t serialOf(const FromEdge &message)
{
    return std::get<SocketOpened>(message).connection.serial;
}

} // namespace

class TstHubLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrderWhenTheHubIsFull()
    {
        ManualClock clock;
        Mailbox<FromEdge> mailbox(3, clock);
        HubLink link(mailbox);
        int blocked = 0;
        link.onBlocked([&] { ++blocked; });
        for (std::uint64_t serial = 1; serial <= 8; ++serial)
            link.send(SocketOpened{{0, serial}});
        QVERIFY(link.isBlocked());
        QCOMPARE(blocked, 1);
        QVERIFY(!link.retry());

        std::vector<FromEdge> batch;
        std::vector<std::uint64_t> serials;
        while (!link.retry() || mailbox.size() > 0) {
            mailbox.drain(batch);
            for (const FromEdge &message : batch)
                serials.push_back(serialOf(message));
        }
        QCOMPARE(serials, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
        QVERIFY(!link.isBlocked());
        QCOMPARE(blocked, 1);
        link.send(SocketOpened{{0, 9}});
        QCOMPARE(mailbox.size(), std::size_t(1));
    }
};

QTEST_APPLESS_MAIN(TstHubLink)
#include "tst_hub_link.moc"
