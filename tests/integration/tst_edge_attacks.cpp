// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/attacks.h"
#include "tests/integration/edge_bench.h"

#include <QTest>

#include <fstream>
#include <set>
#include <unistd.h>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

std::size_t ownResidentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    std::size_t resident = 0;
    statm >> pages >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

/// What one hostile client may cost: the server's memory, the others' time, and how long it may go on.
class TstEdgeAttacks : public QObject
{
    Q_OBJECT

private:
    static EdgeSettings hardSettings()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.messagesPerSecond = 1e6;
        settings.limits.messageBurst = 1e6;
        // The deadlines of the protocol, shortened alike.
        settings.limits.requestHead = 500ms;
        settings.limits.messageCompletion = 1s;
        settings.stall = 1s;
        return settings;
    }

    /// Streams 20 kB events to every attacker that is connected, as a model would that talks without end.
    void streamToAttackers(TestHub &hub)
    {
        hub.other = [this](const FromEdge &message) {
            if (const auto *request = std::get_if<AdmissionRequest>(&message);
                request && request->clientId == "attacker")
                attackers_.insert(request->connection);
            if (const auto *gone = std::get_if<ConnectionGone>(&message))
                attackers_.erase(gone->connection);
        };
        auto event = std::make_shared<Event>();
        event->frame.userId = "attacker";
        event->frame.body = wire::StreamToken{0, std::string(20000, 'x')};
        stream_.disconnect();
        connect(&stream_, &QTimer::timeout, this, [this, &hub, event] {
            for (const ConnectionKey &key : attackers_)
                hub.send(key, Broadcast{event, {key.serial}});
        });
        stream_.start(1);
    }

    std::set<ConnectionKey> attackers_;
    QTimer stream_;

private Q_SLOTS:
    void survives_data()
    {
        // The limits that the attacks run into, the close deadline of 2 s and time for a busy machine.
        addAttackRows({6000, 6000, 6000, 8000, 4000, 10000});
    }
    void survives()
    {
        QFETCH(int, attack);
        QFETCH(int, patienceMs);
        TestHub hub(hardSettings());
        hub.remembers = false;
        QVERIFY(hub.start());
        attackers_.clear();
        if (attack == 3)
            streamToAttackers(hub);
        survive(hub.port(), attackOfRow(attack), std::chrono::milliseconds(patienceMs), ownResidentBytes);
        stream_.stop();
    }
};

QTEST_GUILESS_MAIN(TstEdgeAttacks)
#include "tst_edge_attacks.moc"
