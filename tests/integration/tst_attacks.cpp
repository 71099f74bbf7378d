// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/attacks.h"
#include "tests/integration/ws_client.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"

#include <QTest>
#include <QTimer>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

/// A model that talks without end.
class EndlessModel
{
public:
    EndlessModel()
        : peer_([this](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            listeners_.push_back(reply);
        })
    {
        QObject::connect(&timer_, &QTimer::timeout, [this] {
            std::erase_if(listeners_, [](const auto &reply) { return !reply->isOpen(); });
            for (const auto &reply : listeners_)
                reply->chunk(ollama_wire::says(std::string(4000, 'x')));
        });
        timer_.start(1); // 4 MB a second: more than any model, so that only the server's own limits end the answer
    }
    QString url() const { return QString::fromStdString(peer_.url()); }

private:
    std::vector<std::shared_ptr<PeerReply>> listeners_;
    HttpPeer peer_;
    QTimer timer_;
};

} // namespace

/// What one hostile client may cost the whole server as it is shipped: the real binary with its own limits, but for
/// the rate of messages, which the good client exceeds.
class TstAttacks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survives_data()
    {
        // The limits that the attacks run into, the close deadline of 2 s and time for a busy machine.
        addAttackRows({6000, 6000, 15000, 25000, 10000, 15000});
    }
    void survives()
    {
        QFETCH(int, attack);
        QFETCH(int, patienceMs);
        EndlessModel model;
        ServerProcess server;
        // Errors only: what attackers are told is in the log otherwise, and the test would measure its disk.
        QVERIFY2(server.start({QStringLiteral("log.level=error"), QStringLiteral("limits.messages_per_second=1000"),
                               QStringLiteral("models.ollama=peer=") + model.url()}),
                 qPrintable(server.lastOutput()));
        survive(
            server.port(), attackOfRow(attack, chatJson("m1", "write me a short poem about the sea")),
            std::chrono::milliseconds(patienceMs),
            [&server] { return static_cast<std::size_t>(server.residentBytes()); }, 5ms);
        QVERIFY(server.isRunning());
    }
};

QTEST_GUILESS_MAIN(TstAttacks)
#include "tst_attacks.moc"
