// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QTest>

#include <algorithm>
#include <memory>
#include <set>

using namespace orchestra;

namespace {

/// One user with two connections to one thread, one of which is cut in mid-answer and comes back.
struct Person
{
    QString name;
    QString token;
    std::unique_ptr<WireClient> steady;
    std::unique_ptr<WireClient> flaky;
    ApprovalId approval;
    int cuts = 0;
};

/// The events of one connection from `first` on: what another one that came later must have seen, too.
std::vector<std::pair<std::uint64_t, std::uint64_t>> from(const WireClient &client, std::uint64_t first)
{
    auto positions = client.positions();
    std::erase_if(positions, [first](const auto &position) { return position.second < first; });
    return positions;
}

} // namespace

/// Over the real binary and real sockets: users with two connections each and real tokens, one of which reconnects in
/// mid-answer. The answer is one that waits for the user's confirmation, so that its middle is a place to stand in.
class TstUsersApart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoUsersWithTwoConnectionsEach();
    void twoHundredUsersAtOnce();

private:
    void run(int users);
};

void TstUsersApart::run(int users)
{
    ServerProcess server;
    QVERIFY2(server.start({QStringLiteral("log.level=warn")}), qPrintable(server.lastOutput()));
    std::vector<Person> people;
    for (int i = 0; i < users; ++i) {
        Person person;
        person.name = QStringLiteral("user%1").arg(i);
        person.token = server.addToken(QStringLiteral("operator"), person.name);
        QVERIFY(!person.token.isEmpty());
        // Everybody calls the session the same, and every second one speaks protobuf.
        const WireClient::Options options{server.port(), person.name, QStringLiteral("session-1"), person.token,
                                          i % 2 == 1};
        person.steady = std::make_unique<WireClient>(options);
        person.flaky = std::make_unique<WireClient>(options);
        people.push_back(std::move(person));
    }
    for (Person &person : people) {
        person.steady->connectNow();
        person.flaky->connectNow();
    }
    QVERIFY(waitUntil(
        [&] {
            return std::ranges::all_of(people,
                                       [](const Person &p) { return p.steady->isWelcome() && p.flaky->isWelcome(); });
        },
        30000));

    // A turn that stops half way to ask for a confirmation.
    for (Person &person : people)
        person.steady->chat("m1", "/set_flag " + person.name.toStdString() + " on");
    for (Person &person : people)
        QVERIFY(waitUntil([&] { return person.steady->count<wire::ApprovalRequired>() == 1; }));
    for (Person &person : people) {
        person.approval = person.steady->bodies<wire::ApprovalRequired>()[0].approvalId;
        person.flaky->cut();
    }
    // The rest of it happens while one connection is away, and that one comes back in the middle of it.
    for (Person &person : people) {
        person.steady->send(wire::Approve{"p1", person.approval, wire::ApprovalDecision::Approve});
        person.flaky->connectNow();
    }
    for (Person &person : people)
        QVERIFY(waitUntil([&] {
            return person.steady->count<wire::AgentCompleted>() == 1 &&
                   person.flaky->count<wire::AgentCompleted>() == 1;
        }));
    // And once more, with an answer that streams while the connection is being cut.
    for (Person &person : people) {
        person.flaky->onFrame = [&person](const wire::ServerFrame &frame) {
            if (person.cuts == 0 && std::holds_alternative<wire::StreamToken>(frame.body)) {
                ++person.cuts;
                person.flaky->cut();
                person.flaky->connectNow();
            }
        };
        person.steady->chat("m2", "/help");
    }
    for (Person &person : people)
        QVERIFY(waitUntil([&] {
            return person.steady->count<wire::AgentCompleted>() == 2 &&
                   person.flaky->count<wire::AgentCompleted>() == 2;
        }));

    std::set<ThreadId> threads;
    for (const Person &person : people) {
        threads.insert(*person.steady->thread());
        for (const WireClient *client : {person.steady.get(), person.flaky.get()}) {
            QCOMPARE(client->offsetGaps, 0);
            QCOMPARE(client->sequenceGaps, 0);
            QCOMPARE(client->foreignFrames, 0);
            QCOMPARE(client->unreadable, 0);
        }
        QCOMPARE(person.cuts, 1);
        QCOMPARE(from(*person.flaky, 1), from(*person.steady, 1));
        QCOMPARE(person.flaky->text(), person.steady->text());
        QCOMPARE(person.steady->count<wire::ServerAck>(), 3);
        for (const auto &end : person.steady->bodies<wire::AgentCompleted>())
            QCOMPARE(end.status, wire::CompletionStatus::Completed);
    }
    QCOMPARE(threads.size(), people.size()); // one name, as many threads as users
    QCOMPARE(server.terminate(), 0);
}

void TstUsersApart::twoUsersWithTwoConnectionsEach()
{
    run(2);
}

void TstUsersApart::twoHundredUsersAtOnce()
{
    run(200);
}

QTEST_GUILESS_MAIN(TstUsersApart)
#include "tst_users_apart.moc"
