// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/attacks.h"
#include "tests/integration/ws_client.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"

#include <QTest>
#include <QTimer>

#include <array>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

constexpr int kAttempts = 3; // a busy machine may spoil a measurement, a broken server spoils each

/// A model that talks without end, as fast as it is listened to.
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
        timer_.start(1);
    }
    QString url() const { return QString::fromStdString(peer_.url()); }

private:
    std::vector<std::shared_ptr<PeerReply>> listeners_;
    HttpPeer peer_;
    QTimer timer_;
};

bool readsNoAnswer(std::uint16_t port, SteadyTime giveUp)
{
    return neverReads(port, giveUp, chatJson("m1", "write me a short poem about the sea"));
}

} // namespace

/// What one hostile client may cost the whole server as it is shipped: the real binary with its own limits, of which
/// only the good client's rate is raised.
class TstAttacks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survives_data()
    {
        QTest::addColumn<int>("attack");
        QTest::addColumn<int>("patienceMs");
        // The patience is the limit that the attack runs into, the close deadline of 2 s and time for a busy machine.
        QTest::newRow("pings without reading") << 0 << 6000;
        QTest::newRow("empty continuations") << 1 << 6000;
        QTest::newRow("a frame byte by byte") << 2 << 15000;
        QTest::newRow("a reader that never reads") << 3 << 25000;
        QTest::newRow("a header in drops") << 4 << 10000;
        QTest::newRow("random frames") << 5 << 15000;
    }
    void survives()
    {
        QFETCH(int, attack);
        QFETCH(int, patienceMs);
        const std::array<Attack, 6> kAttacks{pingsWithoutReading, emptyContinuations, aFrameByteByByte,
                                             readsNoAnswer,       aDrippedHeader,     randomBytes};
        EndlessModel model;
        ServerProcess server;
        // Errors only: what attackers are told is in the log otherwise, and the test would measure its disk.
        QVERIFY2(server.start({QStringLiteral("log.level=error"), QStringLiteral("limits.messages_per_second=1000"),
                               QStringLiteral("models.ollama=peer=") + model.url()}),
                 qPrintable(server.lastOutput()));
        GoodClient good(server.port(), 5ms);
        QTRY_VERIFY(good.isOpen());

        AttackOutcome outcome;
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            outcome = test::attack(server.port(), good, kAttacks[static_cast<std::size_t>(attack)],
                                   std::chrono::milliseconds(patienceMs),
                                   [&server] { return static_cast<std::size_t>(server.residentBytes()); });
            if (outcome.isCalm() || kIsSanitized)
                break;
        }
        outcome.print(good.samples());
        QVERIFY(server.isRunning());
        QVERIFY(!good.hasFailed());
        QVERIFY(outcome.tries > 0);
        QCOMPARE(outcome.survivors, 0);
        if (kIsSanitized)
            return;
        QVERIFY2(outcome.growth < kMemoryCeiling, "memory");
        QVERIFY2(outcome.attacked <= 2 * outcome.baseline + 5ms, "others wait too long");
    }
};

QTEST_GUILESS_MAIN(TstAttacks)
#include "tst_attacks.moc"
