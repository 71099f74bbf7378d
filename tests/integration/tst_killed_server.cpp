// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/random.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QDateTime>
#include <QTest>

#include <algorithm>
#include <map>
#include <memory>

using namespace orchestra;

namespace {

/// What was promised to the user about one message, and what became of it.
struct Promise
{
    bool acknowledged = false;
    TaskId task;
    std::map<std::uint64_t, int> endsByEpoch; ///< terminal events seen live or replayed, by epoch
};

} // namespace

/// kill -9 at random moments while several users chat: what was acknowledged is there, once, and each task has exactly
/// one end. ORCHESTRA_KILLS sets how often; 50 without it.
class TstKilledServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyAcknowledgedMessageIsThereOnceWithOneEnd();
    void aTaskThatRanIsInterruptedAndItsThreadGetsANewEpoch();
};

void TstKilledServer::everyAcknowledgedMessageIsThereOnceWithOneEnd()
{
    const int kills =
        qEnvironmentVariableIsSet("ORCHESTRA_KILLS") ? qEnvironmentVariableIntValue("ORCHESTRA_KILLS") : 50;
    SeededRandom random(static_cast<std::uint64_t>(QDateTime::currentMSecsSinceEpoch()));
    ServerProcess server;
    const QStringList settings{QStringLiteral("log.level=error")};
    // A snapshot shows the newest 200 messages, which are 100 turns: enough users that nobody has more.
    const int users = std::max(4, kills / 12);
    std::map<std::pair<int, std::string>, Promise> promises;
    std::vector<std::vector<std::string>> unanswered(users); // to be sent again after the restart, under the same id
    std::vector<int> sent(users);

    for (int round = 0; round <= kills; ++round) {
        QVERIFY2(server.start(settings), qPrintable(server.lastOutput()));
        std::vector<std::unique_ptr<WireClient>> clients;
        for (int user = 0; user < users; ++user) {
            clients.push_back(std::make_unique<WireClient>(WireClient::Options{
                server.port(), QStringLiteral("user%1").arg(user), QStringLiteral("s1"), {}, false}));
            clients.back()->onFrame = [&, user](const wire::ServerFrame &frame) {
                if (const auto *ack = std::get_if<wire::ServerAck>(&frame.body); ack && ack->taskId) {
                    Promise &promise = promises[{user, ack->ref}];
                    // A repetition must lead to the task of the first time.
                    if (promise.acknowledged)
                        QVERIFY(promise.task == *ack->taskId);
                    promise = {true, *ack->taskId, promise.endsByEpoch};
                    std::erase(unanswered[user], ack->ref);
                }
                if (std::holds_alternative<wire::AgentCompleted>(frame.body) && frame.requestId)
                    ++promises[{user, *frame.requestId}].endsByEpoch[*frame.epoch];
            };
            QVERIFY(clients.back()->join());
        }
        for (int user = 0; user < users; ++user)
            for (const std::string &id : unanswered[user])
                clients[user]->chat(id, "/status");
        if (round == kills)
            QVERIFY(waitUntil(
                [&] { return std::ranges::all_of(unanswered, [](const auto &ids) { return ids.empty(); }); }));
        // Messages at random moments, then the axe at a random moment of them.
        const int messages = round == kills ? 0 : static_cast<int>(random.next() % 12);
        for (int i = 0; i < messages; ++i) {
            const int user = static_cast<int>(random.next() % static_cast<unsigned>(users));
            const std::string id = "m" + std::to_string(++sent[user]);
            unanswered[user].push_back(id);
            clients[user]->chat(id, "/status");
            QTest::qWait(static_cast<int>(random.next() % 12));
        }
        if (round < kills)
            server.killHard();
    }

    // What the server says now, to a client that asks for the whole history.
    int acknowledged = 0;
    for (int user = 0; user < users; ++user) {
        QVERIFY(sent[user] <= 100);
        WireClient client({server.port(), QStringLiteral("user%1").arg(user), QStringLiteral("s1"), {}, false});
        QVERIFY(client.join());
        client.send(wire::Follow{"f1", *client.thread(), wire::Cursor{*client.thread(), 0, 1}});
        QVERIFY(waitUntil([&] {
            const auto parts = client.bodies<wire::Snapshot>();
            return !parts.empty() && parts.back().last;
        }));
        std::map<std::string, int> messages;
        std::map<TaskId, int> ends;
        for (const wire::Snapshot &part : client.bodies<wire::Snapshot>())
            for (const wire::StoredMessage &message : part.messages) {
                if (message.role == wire::MessageRole::User)
                    ++messages[message.ref.value_or("")];
                else if (message.taskId && message.status)
                    ++ends[*message.taskId];
            }
        for (const auto &[key, promise] : promises) {
            if (key.first != user || !promise.acknowledged)
                continue;
            ++acknowledged;
            QCOMPARE(messages[key.second], 1);
            QCOMPARE(ends[promise.task], 1);
            for (const auto &[epoch, times] : promise.endsByEpoch)
                QCOMPARE(times, 1);
        }
    }
    qInfo("%d kills, %d acknowledged messages", kills, acknowledged);
    QVERIFY(acknowledged >= kills);
    QCOMPARE(server.terminate(), 0);
}

void TstKilledServer::aTaskThatRanIsInterruptedAndItsThreadGetsANewEpoch()
{
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=error")}), qPrintable(server.lastOutput()));
    const QString token = server.operatorToken();
    WireClient client({server.port(), QStringLiteral("operator"), QStringLiteral("s1"), token, false});
    QVERIFY(client.join());
    client.chat("m1", "/status");
    QVERIFY(waitUntil([&] { return client.count<wire::AgentCompleted>() == 1; }));
    client.chat("m2", "/set_flag new_flag on"); // waits for a confirmation
    QVERIFY(waitUntil([&] { return client.count<wire::ApprovalRequired>() == 1; }));
    const TaskId task = *client.bodies<wire::ServerAck>().back().taskId;
    server.killHard();
    QVERIFY(server.start({QStringLiteral("log.level=error")}));
    QVERIFY(client.join());
    QVERIFY(waitUntil([&] { return client.count<wire::Snapshot>() == 1; }));
    const wire::Snapshot snapshot = client.bodies<wire::Snapshot>()[0];
    QCOMPARE(snapshot.epoch, 2U);
    QCOMPARE(snapshot.messages.size(), 4U);
    QCOMPARE(*snapshot.messages[3].status, wire::CompletionStatus::Failed);
    QCOMPARE(snapshot.messages[3].error->code, Code::Interrupted);
    // The same id leads to the task that failed; a new one is a new turn.
    client.chat("m2", "/set_flag new_flag on");
    QVERIFY(waitUntil([&] { return client.count<wire::ServerAck>() == 3; }));
    const wire::ServerAck again = client.bodies<wire::ServerAck>().back();
    QVERIFY(*again.duplicate && *again.taskId == task);
    client.chat("m3", "/status");
    QVERIFY(waitUntil([&] { return client.count<wire::AgentCompleted>() == 2; }));
    QCOMPARE(client.offsetGaps, 0);
    QCOMPARE(client.frames.back().epoch.value_or(0), 2U);
}

QTEST_GUILESS_MAIN(TstKilledServer)
#include "tst_killed_server.moc"
