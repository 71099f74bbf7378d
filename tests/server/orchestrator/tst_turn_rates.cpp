// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/turn_rates.h"

#include "tests/support/hand_model_port.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

struct RateBench : HubBench
{
    ConnectionKey ann;

    RateBench(double messages, double tokens, double keyMessages = 0, double keyTokens = 0)
    {
        limits.userMessagesPerMinute = messages;
        limits.userTokensPerMinute = tokens;
        limits.keyMessagesPerMinute = keyMessages;
        limits.keyTokensPerMinute = keyTokens;
        load();
    }
    /// Sends, and tells whether it was taken; the turn waits in `runner`.
    bool ask(const ConnectionKey &from, const std::string &id, const std::string &content = "Hi")
    {
        const std::size_t before = seen[from].bodies<wire::ErrorFrame>().size();
        chat(from, id, content);
        return seen[from].bodies<wire::ErrorFrame>().size() == before;
    }
    void end(std::uint64_t tokens, wire::AnswerSource source = wire::AnswerSource::Model)
    {
        const std::shared_ptr<Turn> turn = runner.turns.back();
        Completion completion;
        if (source == wire::AnswerSource::Model) {
            for (const ModelPiece &piece : modelSays("Hello"))
                turn->say(std::get<ModelText>(piece));
            completion.model = "one";
        }
        completion.source = source;
        completion.usage = wire::Usage{tokens, 0, false};
        turn->complete(std::move(completion));
        settle();
    }
    wire::ErrorFrame refusal(const ConnectionKey &of) { return seen[of].bodies<wire::ErrorFrame>().back(); }
};

} // namespace

class TstTurnRates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aUserHasAMinutesWorthAtOnceOverAllTheirConnections()
    {
        RateBench t(4, 0);
        const ConnectionKey one = t.join({});
        const ConnectionKey two = t.join({.session = "s2"});
        const ConnectionKey bob = t.join({.user = "bob"});
        for (int i = 0; i < 2; ++i) {
            QVERIFY(t.ask(one, "a" + std::to_string(i)));
            QVERIFY(t.ask(two, "b" + std::to_string(i)));
        }
        QVERIFY(!t.ask(two, "c"));
        QCOMPARE(t.refusal(two).code, Code::RateLimited);
        QVERIFY(t.refusal(two).retryable);
        QCOMPARE(*t.refusal(two).retryAfterMs, 15000U);
        QCOMPARE(t.counters.turnsRateLimited["messages"], 1U);
        QVERIFY(t.ask(bob, "b")); // another user's are their own
        t.clock.advance(15s);
        QVERIFY(t.ask(two, "d"));
        QVERIFY(!t.ask(two, "e"));
    }

    void anAccessTokenHasItsOwnLimit()
    {
        RateBench t(100, 0, 2);
        const std::string first = t.addToken("ann", Role::Client);
        const std::string second = t.addToken("ann", Role::Client);
        t.load();
        const ConnectionKey one = t.join({.token = first});
        const ConnectionKey two = t.join({.session = "s2", .token = second});
        QVERIFY(t.ask(one, "a"));
        QVERIFY(t.ask(one, "b"));
        QVERIFY(!t.ask(one, "c"));
        QVERIFY(t.ask(two, "d"));
    }

    void tokensAreCountedWhenTheTurnHasEnded()
    {
        RateBench t(0, 1000);
        const ConnectionKey ann = t.join({});
        QVERIFY(t.ask(ann, "a"));
        t.end(3000); // 2000 more than there are
        QVERIFY(!t.ask(ann, "b"));
        QCOMPARE(t.refusal(ann).code, Code::RateLimited);
        QVERIFY(t.refusal(ann).message.starts_with("more tokens"));
        QCOMPARE(t.counters.turnsRateLimited["tokens"], 1U);
        t.clock.advance(119s);
        QVERIFY(!t.ask(ann, "c"));
        t.clock.advance(2s);
        QVERIFY(t.ask(ann, "d"));
    }

    void onlyAModelsAnswerCostsTokens()
    {
        RateBench t(0, 1000);
        const ConnectionKey ann = t.join({});
        for (int i = 0; i < 20; ++i) {
            QVERIFY(t.ask(ann, "a" + std::to_string(i), std::string(1600, 'x'))); // 400 are set aside
            t.end(5000, wire::AnswerSource::Manager);
        }
        for (int i = 0; i < 20; ++i) {
            QVERIFY(t.ask(ann, "c" + std::to_string(i), "/status " + std::string(8000, 'x')));
            t.end(5000, wire::AnswerSource::Manager);
        }
    }

    void aQuestionThatWouldCostTooMuchWaits()
    {
        RateBench t(0, 1000);
        const ConnectionKey ann = t.join({});
        const ConnectionKey other = t.join({.session = "s2"});
        QVERIFY(t.ask(ann, "a", std::string(3000, 'x'))); // 750
        QVERIFY(!t.ask(other, "b", std::string(3000, 'x')));
        QVERIFY(t.ask(other, "c", std::string(400, 'x')));
        t.clock.advance(60s);
        QVERIFY(t.ask(t.join({.session = "s3"}), "d", std::string(60000, 'x'))); // larger than the limit: all there is
    }

    void whatIsRefusedOrRepeatedCostsNothing()
    {
        RateBench t(2, 0);
        const ConnectionKey ann = t.join({});
        QVERIFY(t.ask(ann, "a"));
        QVERIFY(t.ask(ann, "a")); // the same again
        t.end(1);
        for (int i = 0; i < 5; ++i)
            QVERIFY(t.ask(ann, "a")); // and gives nothing back either
        t.store.failing = true;
        QVERIFY(!t.ask(ann, "b"));
        QCOMPARE(t.refusal(ann).code, Code::StorageUnavailable);
        t.store.failing = false;
        QVERIFY(t.ask(ann, "c"));
        QVERIFY(!t.ask(ann, "d"));
        QCOMPARE(t.refusal(ann).code, Code::RateLimited);
    }

    void nothingIsLimitedWhereNoLimitIsSet()
    {
        RateBench t(0, 0);
        const ConnectionKey ann = t.join({});
        for (int i = 0; i < 300; ++i) {
            QVERIFY(t.ask(ann, "a" + std::to_string(i)));
            t.end(100000);
        }
    }
};

QTEST_APPLESS_MAIN(TstTurnRates)
#include "tst_turn_rates.moc"
