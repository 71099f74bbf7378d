// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/chat_tester.h"

#include "console/models/texts.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wire_peer.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace orchestra;

/// Live chat against a peer that says exactly what a test wants.
class TstChatTester : public QObject
{
    Q_OBJECT

private:
    struct Bench
    {
        ManualClock clock;
        SystemRandom random;
        ChatPeer peer;
        ChatTester chat{clock, random, nullptr};
        std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;

        Bench()
        {
            for (QAbstractItemModel *list :
                 {static_cast<QAbstractItemModel *>(chat.turns()), static_cast<QAbstractItemModel *>(chat.frames()),
                  static_cast<QAbstractItemModel *>(chat.replies()),
                  static_cast<QAbstractItemModel *>(chat.conversations())})
                testers.push_back(std::make_unique<QAbstractItemModelTester>(
                    list, QAbstractItemModelTester::FailureReportingMode::Fatal));
            peer.onFrame = [this](const wire::ClientFrame &frame) {
                if (std::holds_alternative<wire::Hello>(frame))
                    peer.welcome();
            };
        }
        void begin()
        {
            chat.setServer(*Endpoint::parse(peer.address()), QStringLiteral("secret"), {}, QStringLiteral("olga"));
            chat.setActive(true);
        }
        bool isOpen() const { return chat.connectionPhase() == ChatTester::Active; }
        void ask(std::uint32_t number, const std::string &text)
        {
            wire::UserMessage message;
            message.messageId = fixedId<MessageId>(number);
            message.content = text;
            peer.say(message, {}, ++offset);
        }
        template <class Body>
        void say(std::uint32_t task, Body body)
        {
            peer.say(std::move(body), fixedId<TaskId>(task), ++offset);
        }
        static wire::AgentCompleted done(const std::string &content)
        {
            wire::AgentCompleted completed;
            completed.content = content;
            completed.timings = {20, 30, 100, 400, 5};
            completed.provenance.model = "llama";
            completed.provenance.provider = "ollama";
            completed.provenance.flagVariants = {{"v2_api", "on"}};
            completed.usage.completionTokens = 1240;
            completed.qualityScore = 0.75;
            return completed;
        }
        std::uint64_t offset = 0;
    };

    static QString chip(const TranscriptTurn &turn, const QString &label)
    {
        for (const ChipLine &line : turn.chips->rows())
            if (line.label == label)
                return line.value;
        return {};
    }

private Q_SLOTS:
    void connectsOnTheFirstVisitAsASyntheticUser()
    {
        Bench bench;
        QCOMPARE(bench.chat.phaseText(), u"Offline"_qs);
        QVERIFY(!bench.chat.sendAction()->isAvailable());
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.peer.path(), u"/chat/ws/synthetic:tester-1/console"_qs);
        QCOMPARE(bench.peer.authorization(), QByteArray());
        QCOMPARE(bench.chat.phaseStatus(), static_cast<int>(Health::Ok));
        QVERIFY(bench.chat.canCompose());
        QVERIFY(bench.chat.subtitleText().contains(u"epoch 1, offset 0"_qs));
        QVERIFY(bench.chat.framesText().contains(u"3 frames"_qs));
        QCOMPARE(bench.chat.frames()->raw(0), QString());
        bench.chat.setActive(false);
        bench.chat.setActive(true);
        QTest::qWait(50);
        QCOMPARE(bench.peer.connections(), 1);
    }

    void usesTheOperatorsTokenAsOneself()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.chat.identities().last(), u"olga"_qs);
        bench.chat.setIdentity(u"olga"_qs);
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.peer.authorization(), QByteArray("Bearer secret"));
        bench.chat.setIdentity(u"  "_qs);
        QCOMPARE(bench.chat.identity(), u"olga"_qs);
    }

    void showsAnAnswerFromItsFirstStepToItsLast()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "how are you?");
        wire::StatusFrame status;
        status.position = 2;
        bench.say(9, status);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 2);
        const auto turn = [&]() -> const TranscriptTurn & { return bench.chat.turns()->rows()[1]; };
        QCOMPARE(turn().liveText, u"waiting behind 2"_qs);
        QVERIFY(turn().isLive);
        bench.say(9, wire::AgentStarted{"maestro", {}});
        QTRY_COMPARE(turn().who, u"maestro"_qs);
        QVERIFY(bench.chat.stopAction()->isAvailable());
        wire::AgentThinking thinking;
        thinking.content = "hm";
        bench.say(9, thinking);
        bench.say(9, wire::ToolExecuting{"search", {"{\"q\":1}"}, "call-1"});
        bench.say(9, wire::ToolCompleted{"search", "call-1", true, 30, {"{\"hits\":2}"}});
        bench.say(9, wire::ToolExecuting{"never ends", {"{}"}, "call-2"});
        bench.say(9, wire::StreamToken{0, "I am "});
        bench.say(9, wire::StreamToken{1, "well"});
        QTRY_COMPARE(turn().content, u"I am well"_qs);
        QCOMPARE(turn().tokens, 2);
        QCOMPARE(turn().thinking, u"hm"_qs);
        QCOMPARE(turn().tools->rowCount(), 2);
        QCOMPARE(turn().tools->rows()[0].status, static_cast<int>(Health::Ok));
        QCOMPARE(turn().tools->rows()[0].resultText, u"{\"hits\":2}"_qs);
        bench.say(9, Bench::done("I am well."));
        QTRY_VERIFY(!turn().isLive);
        QCOMPARE(turn().content, u"I am well."_qs);
        QCOMPARE(turn().failureCode, QString());
        QCOMPARE(turn().tools->rows()[1].status != Health::Pending, true);
        QCOMPARE(chip(turn(), u"ollama"_qs), u"llama"_qs);
        QCOMPARE(chip(turn(), u"v2_api"_qs), u"on"_qs);
        QCOMPARE(chip(turn(), u"tokens"_qs), texts::count(1240));
        QCOMPARE(chip(turn(), u"quality"_qs), u"0.75"_qs);
        QVERIFY(!bench.chat.stopAction()->isAvailable());
        QCOMPARE(bench.chat.titleText(), u"how are you?"_qs);
        QCOMPARE(bench.chat.conversations()->rows().front().status, static_cast<int>(Health::Ok));
        const ReplyBar &bar = bench.chat.replies()->rows().front();
        QCOMPARE(bar.firstTokenS, 0.1);
        QCOMPARE(bar.totalS, 0.4);
        QCOMPARE(bench.chat.replies()->longestS(), 0.4);
    }

    void drawsWhereTheTimeWentWithoutGapOrOverlap()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.say(9, Bench::done("x"));
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 1);
        const auto &bars = bench.chat.turns()->rows()[0].phases->rows();
        QCOMPARE(bars.size(), 5U);
        qreal end = 0;
        for (const PhaseBar &bar : bars) {
            QCOMPARE(bar.atMs, end);
            end = bar.atMs + bar.lengthMs;
        }
        QCOMPARE(end, 400.0);
        QCOMPARE(bench.chat.turns()->rows()[0].phases->totalMs(), 400.0);
    }

    void saysWhyAnAnswerFailed()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        wire::AgentCompleted failed = Bench::done("");
        failed.status = wire::CompletionStatus::Failed;
        failed.error = wire::ErrorBody{Code::ProviderUnavailable, "No model answers.", true};
        failed.degradationLevel = 2;
        bench.ask(1, "hello");
        bench.say(9, failed);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 2);
        const TranscriptTurn &turn = bench.chat.turns()->rows()[1];
        QCOMPARE(turn.failureCode, texts::word(Code::ProviderUnavailable));
        QCOMPARE(turn.failureText, u"No model answers. Trying again may help."_qs);
        QCOMPARE(turn.degradedText, u"Made at degradation level 2"_qs);
        QCOMPARE(bench.chat.conversations()->rows().front().status, static_cast<int>(Health::Bad));
        wire::ErrorFrame error;
        error.code = Code::RateLimited;
        error.message = "Slower.";
        bench.peer.say(error);
        bench.peer.say(error);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 4);
        QCOMPARE(bench.chat.turns()->rows()[3].failureText, u"Slower."_qs);
    }

    void asksForAYesAndSendsIt()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        wire::ApprovalRequired approval;
        approval.approvalId = fixedId<ApprovalId>(4);
        approval.what = "Close 3 connections";
        approval.parameters.text = "{}";
        bench.say(9, approval);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 1);
        QTRY_COMPARE(bench.chat.turns()->rows()[0].approvalText, u"Close 3 connections"_qs);
        bench.chat.turns()->approve(7);
        bench.chat.turns()->approve(0);
        QTRY_COMPARE(bench.peer.count<wire::Approve>(), 1);
        QCOMPARE(bench.peer.bodies<wire::Approve>().front().decision, wire::ApprovalDecision::Approve);
        QCOMPARE(bench.chat.turns()->rows()[0].decidingText, u"Approving"_qs);
        bench.chat.turns()->deny(0);
        QTRY_COMPARE(bench.peer.count<wire::Approve>(), 2);
        wire::ApprovalResolved resolved;
        resolved.approvalId = approval.approvalId;
        bench.say(9, resolved);
        QTRY_COMPARE(bench.chat.turns()->rows()[0].approvalText, QString());
        QCOMPARE(bench.chat.turns()->rows()[0].decidingText, QString());
        bench.chat.turns()->approve(0);
        QTest::qWait(30);
        QCOMPARE(bench.peer.count<wire::Approve>(), 2);
    }

    void sendsAsOftenAsAskedAndStops()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.chat.setDraft(u"  "_qs);
        QCOMPARE(bench.chat.sendAction()->reason(), u"Nothing to send"_qs);
        bench.chat.setDraft(u" hi "_qs);
        bench.chat.setSendCount(3);
        bench.chat.setSendIntervalMs(1);
        QCOMPARE(bench.chat.repeatText(), u"3 times, each 10 ms"_qs);
        bench.chat.sendAction()->trigger();
        QTRY_COMPARE(bench.peer.count<wire::Chat>(), 3);
        QCOMPARE(bench.peer.bodies<wire::Chat>().front().content, std::string("hi"));
        QCOMPARE(bench.chat.draft(), QString());
        bench.say(9, wire::AgentStarted{"maestro", {}});
        QTRY_VERIFY(bench.chat.stopAction()->isAvailable());
        bench.chat.stopAction()->trigger();
        QTRY_COMPARE(bench.peer.count<wire::Cancel>(), 1);
        QCOMPARE(bench.peer.bodies<wire::Cancel>().front().taskId, std::optional(fixedId<TaskId>(9)));
    }

    void showsThePartsOfATurnInItsRow()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "a large question");
        bench.say(9, wire::AgentStarted{"swarm", {}});
        bench.say(9, wire::ToolExecuting{"delegate", {"{}"}, "call-1"});
        bench.say(10, wire::AgentStarted{"worker-1", fixedId<TaskId>(9)});
        bench.say(10, wire::ToolExecuting{"search", {"{}"}, "call-2"});
        bench.say(11, wire::AgentStarted{"worker-1", fixedId<TaskId>(10)}); // a part of the part
        wire::AgentThinking thinking;
        thinking.content = "1 of 2";
        bench.say(11, thinking);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 2);
        QTRY_COMPARE(bench.chat.turns()->rows()[1].thinking, u"1 of 2"_qs);
        QCOMPARE(bench.chat.turns()->rows()[1].who, u"swarm"_qs);
        QCOMPARE(bench.chat.turns()->rows()[1].tools->rowCount(), 2);
        bench.chat.stopAction()->trigger(); // the whole
        QTRY_COMPARE(bench.peer.count<wire::Cancel>(), 1);
        QCOMPARE(bench.peer.bodies<wire::Cancel>().front().taskId, std::optional(fixedId<TaskId>(9)));
    }

    void sendsNoRestToAnotherConversation()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.chat.setDraft(u"hi"_qs);
        bench.chat.setSendCount(5);
        bench.chat.setSendIntervalMs(100);
        bench.chat.send();
        QTRY_COMPARE(bench.peer.count<wire::Chat>(), 1);
        bench.chat.openSession(u"other"_qs);
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isOpen());
        QTest::qWait(250);
        QCOMPARE(bench.peer.count<wire::Chat>(), 1);
    }

    void cutsTheLinkAndResumesWhereItWas()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "hello");
        bench.say(9, wire::StreamToken{0, "half"});
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 2);
        QVERIFY(!bench.chat.reconnectAction()->isAvailable());
        bench.chat.cutAction()->trigger();
        QCOMPARE(bench.chat.connectionPhase(), static_cast<int>(ChatTester::Closed));
        QCOMPARE(bench.chat.phaseText(), u"Cut by you; reconnect resumes"_qs);
        QCOMPARE(bench.chat.phaseStatus(), static_cast<int>(Health::Bad));
        QVERIFY(!bench.chat.canCompose());
        QCOMPARE(bench.chat.composeReason(), bench.chat.phaseText());
        bench.peer.onFrame = [&](const wire::ClientFrame &frame) {
            if (std::holds_alternative<wire::Hello>(frame))
                bench.peer.welcome(bench.offset);
        };
        bench.chat.reconnectAction()->trigger();
        QTRY_VERIFY(bench.isOpen());
        const wire::Hello hello = bench.peer.bodies<wire::Hello>().back();
        QCOMPARE(hello.cursors.size(), 1U);
        QCOMPARE(hello.cursors.front().offset, 2U);
        bench.say(9, wire::StreamToken{1, " full"});
        QTRY_COMPARE(bench.chat.turns()->rows()[1].content, u"half full"_qs);
        QCOMPARE(bench.chat.turns()->rowCount(), 2);
    }

    void showsStoredMessagesInPlaceOfWhatItHad()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "old");
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 1);
        wire::StoredMessage asked;
        asked.messageId = fixedId<MessageId>(2);
        asked.content = "stored question";
        wire::StoredMessage answered;
        answered.messageId = fixedId<MessageId>(3);
        answered.taskId = fixedId<TaskId>(8);
        answered.role = wire::MessageRole::Assistant;
        answered.content = "stored answer";
        answered.status = wire::CompletionStatus::Failed;
        answered.error = wire::ErrorBody{Code::Internal, "It broke.", false};
        wire::Snapshot first;
        first.epoch = 2;
        first.offset = 7;
        first.last = false;
        first.messages = {asked};
        wire::Snapshot second = first;
        second.part = 1;
        second.last = true;
        second.messages = {answered};
        bench.peer.say(first);
        bench.peer.say(second);
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 2);
        QCOMPARE(bench.chat.turns()->rows()[0].content, u"stored question"_qs);
        QCOMPARE(bench.chat.turns()->rows()[1].failureText, u"It broke."_qs);
        QVERIFY(!bench.chat.turns()->rows()[1].isLive);
        QTRY_VERIFY(bench.chat.subtitleText().contains(u"epoch 2, offset 7"_qs));
        QCOMPARE(bench.chat.titleText(), u"stored question"_qs);
    }

    void tellsHowFarTheServerIsWithItsStart()
    {
        Bench bench;
        bench.peer.onFrame = {};
        bench.begin();
        QTRY_COMPARE(bench.chat.connectionPhase(), static_cast<int>(ChatTester::Authenticating));
        QCOMPARE(bench.chat.phaseText(), u"Authenticating"_qs);
        wire::SystemMessage starting;
        starting.event = wire::SystemEvent::InitializationProgress;
        starting.phase = "SERVICES";
        starting.progress = 57;
        bench.peer.say(starting);
        QTRY_COMPARE(bench.chat.phaseText(), u"Initializing: SERVICES, 57 %"_qs);
        QCOMPARE(bench.chat.phasePercent(), 57);
        QCOMPARE(bench.chat.phaseStatus(), static_cast<int>(Health::Pending));
        wire::SystemMessage other;
        other.event = wire::SystemEvent::Ready;
        bench.peer.say(other);
        bench.peer.welcome();
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.chat.phasePercent(), -1);
        bench.peer.say(wire::Drain{2000, "update"});
        QTRY_COMPARE(bench.chat.phaseText(), u"Closing"_qs);
        bench.peer.close(4003, u"Not for you."_qs);
        QTRY_COMPARE(bench.chat.phaseText(), u"Closed with 4003: Not for you."_qs);
        QCOMPARE(bench.chat.frames()->rows().back().direction, static_cast<int>(FramesModel::Gap));
    }

    void marksWhatIsMissingInTheSequence()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.peer.skipSequence(3);
        bench.ask(1, "x");
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 1);
        const auto &lines = bench.chat.frames()->rows();
        const auto gap = std::ranges::find(lines, u"gap 3–5"_qs, &FrameLine::type);
        QVERIFY(gap != lines.end());
        QCOMPARE(gap->direction, static_cast<int>(FramesModel::Gap));
    }

    void hidesTokensButCountsThem()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.chat.setShowTokens(false);
        const int before = bench.chat.frames()->count();
        bench.say(9, wire::StreamToken{0, "a"});
        bench.ask(2, "x");
        QTRY_COMPARE(bench.chat.frames()->count(), before + 1);
        QVERIFY(bench.chat.framesText().contains(QStringLiteral("%1 frames").arg(before + 2)));
        QVERIFY(bench.chat.frames()->raw(before).contains(u"user_message"_qs));
    }

    void speaksProtobufToo()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.chat.setEncoding(99);
        bench.chat.setEncoding(ChatTester::V2Protobuf);
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "in bytes");
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 1);
        QCOMPARE(bench.chat.turns()->rows()[0].content, u"in bytes"_qs);
        bench.chat.setDraft(u"back"_qs);
        bench.chat.send();
        QTRY_COMPARE(bench.peer.count<wire::Chat>(), 1);
        QCOMPARE(bench.peer.unreadable, 0);
    }

    void opensWhatWasChosenWhileNobodyLookedWithTheNextVisit()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.chat.setActive(false);
        bench.chat.openSession(u"of-a-row"_qs);
        QTest::qWait(30);
        QCOMPARE(bench.peer.connections(), 1);
        bench.chat.setActive(true);
        QTRY_COMPARE(bench.peer.connections(), 2);
        QVERIFY(bench.peer.path().endsWith(u"/of-a-row"_qs));
    }

    void listsTheConversationsOfThisRun()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "first question");
        QTRY_COMPARE(bench.chat.titleText(), u"first question"_qs);
        bench.chat.conversations()->startNew();
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.chat.conversations()->rowCount(), 2);
        QCOMPARE(bench.chat.conversations()->currentRow(), 0);
        QCOMPARE(bench.chat.turns()->rowCount(), 0);
        bench.clock.advance(std::chrono::seconds(90));
        bench.chat.tick();
        QCOMPARE(bench.chat.conversations()->rows()[0].ageText, texts::age(90'000));
        bench.chat.conversations()->setFilterText(u"FIRST"_qs);
        QCOMPARE(bench.chat.conversations()->rowCount(), 1);
        bench.chat.conversations()->select(0);
        QTRY_COMPARE(bench.peer.connections(), 3);
        QVERIFY(bench.peer.path().endsWith(u"/console"_qs));
        QCOMPARE(bench.chat.conversations()->currentRow(), 0);
    }

    void aConversationIsOpenedAsWhoItBelongsTo()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        bench.ask(1, "as a tester");
        QTRY_COMPARE(bench.chat.titleText(), u"as a tester"_qs);
        bench.chat.setIdentity(u"olga"_qs);
        QTRY_COMPARE(bench.peer.connections(), 2);
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.peer.path(), u"/chat/ws/olga/console"_qs);
        // The same session name twice, once for each of them.
        QCOMPARE(bench.chat.conversations()->rowCount(), 2);
        QCOMPARE(bench.chat.conversations()->rows()[0].user, u"olga"_qs);
        QVERIFY(bench.chat.conversations()->rows()[0].isCurrent);
        QCOMPARE(bench.chat.conversations()->rows()[1].title, u"as a tester"_qs);
        QSignalSpy identity(&bench.chat, &ChatTester::identityChanged);
        bench.chat.conversations()->select(1);
        QCOMPARE(bench.chat.identity(), u"synthetic:tester-1"_qs);
        QCOMPARE(identity.count(), 1);
        QTRY_COMPARE(bench.peer.connections(), 3);
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.peer.path(), u"/chat/ws/synthetic:tester-1/console"_qs);
        QCOMPARE(bench.peer.authorization(), QByteArray());
    }

    void saysWhatItWaitsFor()
    {
        Bench bench;
        bench.begin();
        QCOMPARE(bench.chat.reconnectAction()->busyText(), u"Connecting"_qs);
        QTRY_VERIFY(bench.isOpen());
        QCOMPARE(bench.chat.reconnectAction()->busyText(), QString());
        bench.chat.setDraft(u"hi"_qs);
        bench.chat.sendAction()->trigger();
        QCOMPARE(bench.chat.sendAction()->busyText(), u"Sending"_qs);
        QTRY_COMPARE(bench.peer.count<wire::Chat>(), 1);
        wire::ServerAck ack;
        ack.ref = bench.peer.bodies<wire::Chat>()[0].id;
        bench.peer.say(ack);
        QTRY_COMPARE(bench.chat.sendAction()->busyText(), QString());
        bench.say(9, wire::AgentStarted{"maestro", {}});
        QTRY_VERIFY(bench.chat.stopAction()->isAvailable());
        bench.chat.stopAction()->trigger();
        QCOMPARE(bench.chat.stopAction()->busyText(), u"Stopping"_qs);
        bench.say(9, Bench::done("ended"));
        QTRY_COMPARE(bench.chat.stopAction()->busyText(), QString());
        bench.chat.setDraft(u"lost"_qs);
        bench.chat.sendAction()->trigger();
        bench.peer.vanish();
        QTRY_COMPARE(bench.chat.sendAction()->busyText(), QString());
    }

    void keepsAtMostFourteenReplies()
    {
        Bench bench;
        bench.begin();
        QTRY_VERIFY(bench.isOpen());
        for (std::uint32_t i = 0; i < 20; ++i)
            bench.say(100 + i, Bench::done("x"));
        QTRY_COMPARE(bench.chat.turns()->rowCount(), 20);
        QCOMPARE(bench.chat.replies()->rowCount(), RepliesModel::kMost);
    }

    void keepsMessagesToSendAgain()
    {
        Bench bench;
        QSignalSpy saved(&bench.chat, &ChatTester::savedChanged);
        bench.chat.setDraft(u"again"_qs);
        bench.chat.saveDraft();
        bench.chat.saveDraft();
        QCOMPARE(bench.chat.saved(), QStringList{u"again"_qs});
        bench.chat.setDraft({});
        bench.chat.useSaved(5);
        QCOMPARE(bench.chat.draft(), QString());
        bench.chat.useSaved(0);
        QCOMPARE(bench.chat.draft(), u"again"_qs);
        bench.chat.removeSaved(3);
        bench.chat.removeSaved(0);
        QVERIFY(bench.chat.saved().isEmpty());
        QCOMPARE(saved.count(), 2);
        bench.chat.setSaved({u"kept"_qs});
        QCOMPARE(bench.chat.saved().size(), 1);
    }
};

QTEST_GUILESS_MAIN(TstChatTester)
#include "tst_chat_tester.moc"
