// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QProcess>
#include <QTest>

#include <map>
#include <set>

using namespace orchestra;

namespace {

struct Turn
{
    int questions = 0;
    int ends = 0;
    std::string answer;
    std::optional<Code> error;
};

/// Every turn in the store by the question's reference.
std::map<std::string, Turn> turnsOf(StoreFixture &store)
{
    std::map<std::string, Turn> turns;
    for (int i = 0; i < 4; ++i) {
        const std::string user = "user-" + std::to_string(i);
        const ThreadRecords threads = orFail(store.ask(ListUserThreads{user, 10, {}}));
        for (const ThreadRecord &thread : threads.threads) {
            const MessagePage page = store.messages(thread.threadId, 1'000'000);
            std::map<TaskId, std::string> refs;
            for (const wire::StoredMessage &message : page.messages) {
                if (message.role == wire::MessageRole::User) {
                    refs[*message.taskId] = message.ref.value_or("");
                    ++turns[message.ref.value_or("")].questions;
                    continue;
                }
                Turn &turn = turns[refs[*message.taskId]];
                ++turn.ends;
                turn.answer = message.content;
                if (message.error)
                    turn.error = message.error->code;
            }
        }
    }
    return turns;
}

} // namespace

class TstStoreKill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEveryAcknowledgedMessageThroughKills();

private:
    void runAndKill(const StoreFixture &store, int round, int delay);
    void verifyTurns(StoreFixture &store) const;

    std::set<std::string> accepted_;
    std::set<std::string> finished_;
};

void TstStoreKill::runAndKill(const StoreFixture &store, int round, int delay)
{
    QProcess writer;
    writer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    writer.start(QStringLiteral(STORE_WRITER),
                 {QString::fromStdString(store.options.dataDir), QStringLiteral("run%1").arg(round)});
    QVERIFY(writer.waitForReadyRead(20000));
    QTest::qWait(delay);
    writer.kill();
    QVERIFY(writer.waitForFinished(20000));
    QCOMPARE(writer.exitStatus(), QProcess::CrashExit);
    const auto lines = QString::fromLatin1(writer.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const std::string ref = line.section(u' ', 1).toStdString();
        (line.startsWith(QStringLiteral("accepted ")) ? accepted_ : finished_).insert(ref);
    }
}

void TstStoreKill::verifyTurns(StoreFixture &store) const
{
    const auto turns = turnsOf(store);
    for (const std::string &ref : accepted_)
        QVERIFY2(turns.count(ref) == 1, ("lost: " + ref).c_str());
    for (const auto &[ref, turn] : turns) {
        QVERIFY2(turn.questions == 1, ("not once: " + ref).c_str());
        QVERIFY2(turn.ends == 1, ("not exactly one end: " + ref).c_str());
        if (!turn.error)
            QCOMPARE(turn.answer, "answer to " + ref);
        else
            QCOMPARE(*turn.error, Code::Interrupted);
        QVERIFY2(!turn.error || finished_.count(ref) == 0, ("an acknowledged end was lost: " + ref).c_str());
    }
}

void TstStoreKill::keepsEveryAcknowledgedMessageThroughKills()
{
    StoreFixture store;
    SeededRandom random(3);
    // A slow machine does less in a round, so that it takes more of them to have seen enough.
    constexpr int kRounds = 50;
    constexpr std::size_t kEnough = 500;
    for (int round = 0; round < kRounds || finished_.size() <= kEnough; ++round) {
        runAndKill(store, round, static_cast<int>(random.next() % 60));
        if (QTest::currentTestFailed())
            return;
        // Mostly the next run finds what the kill has left; sometimes we look first.
        if (round % 10 == 9) {
            store.restart();
            verifyTurns(store);
            if (QTest::currentTestFailed())
                return;
            store.store.reset();
        }
    }
    const auto stranger = store.stranger();
    auto rows = stranger->query("PRAGMA integrity_check");
    QVERIFY(rows.next());
    QCOMPARE(rows.text(0), "ok");
    QVERIFY(stranger->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));
    qInfo("%zu messages and %zu ends acknowledged through %d kills", accepted_.size(), finished_.size(), kRounds);
}

QTEST_GUILESS_MAIN(TstStoreKill)
#include "tst_store_kill.moc"
