// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/console.h"
#include "console/app/window.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace orchestra;

/// The console as its user has it: real models, real QML, a real server on a real socket.
class TstConsole : public QObject
{
    Q_OBJECT

private:
    const SystemClock clock_;
    SystemRandom random_;
    QTemporaryDir profile_;

    Console::Options options(const ServerProcess &server) const
    {
        Console::Options options;
        options.directory = profile_.path();
        options.tokenFile = server.dataDir() + QStringLiteral("/operator.token");
        return options;
    }

    static Endpoint endpointOf(const ServerProcess &server) { return *Endpoint::parse(server.url()); }

    static QStringList withModels(const HttpPeer &peer)
    {
        return {QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer.url())};
    }
    static const ModelLine *modelNamed(Console &console, const QString &name)
    {
        const auto &rows = console.overview()->models()->rows();
        const auto found = std::ranges::find(rows, name, &ModelLine::name);
        return found == rows.end() ? nullptr : &*found;
    }
    /// How long the console takes to show that the model server is gone; -1 when it does not.
    static qint64 timeUntilGone(Console &console)
    {
        QElapsedTimer since;
        since.start();
        const bool isShown = QTest::qWaitFor(
            [&] {
                const ModelLine *line = modelNamed(console, QStringLiteral("peer/tiny"));
                return line && line->status == Health::Bad;
            },
            5000);
        return isShown ? since.elapsed() : -1;
    }

private Q_SLOTS:
    void showsARealServerWithoutOneQmlWarning()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        Window window(console);
        QVERIFY2(window.load(), qPrintable(window.warnings().join(QLatin1Char('\n'))));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        QCOMPARE(console.access()->roleText(), QStringLiteral("operator"));
        QTRY_COMPARE(console.overview()->tiles()->rowCount(), 6);
        for (const int screen : {Navigation::Connections, Navigation::Chat, Navigation::Breakers, Navigation::Tasks,
                                 Navigation::Settings, Navigation::Overview}) {
            console.navigation()->open(screen, {}, {});
            QTest::qWait(300);
        }
        // An answer with all that belongs to it: tools, chips, times, frames.
        console.navigation()->open(Navigation::Chat, {}, {});
        QTRY_COMPARE_WITH_TIMEOUT(console.chat()->connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        console.chat()->setDraft(QStringLiteral("/status"));
        console.chat()->send();
        QTRY_COMPARE_WITH_TIMEOUT(console.chat()->turns()->rowCount(), 2, 10000);
        QTRY_VERIFY_WITH_TIMEOUT(!console.chat()->turns()->rows().back().isLive, 10000);
        QTest::qWait(300);
        QVERIFY(!window.window()->grabWindow().isNull());
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(QLatin1Char('\n'))));
    }

    void chatsAndSeesItsOwnConnection()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        console.connections()->setActive(true);
        ChatTester &chat = *console.chat();
        chat.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        chat.setDraft(QStringLiteral("/status"));
        chat.send();
        QTRY_COMPARE_WITH_TIMEOUT(chat.turns()->rowCount(), 2, 10000);
        QTRY_VERIFY_WITH_TIMEOUT(!chat.turns()->rows().back().isLive, 10000);
        QVERIFY(chat.turns()->rows().front().isUser);
        QVERIFY(chat.turns()->rows().back().content.contains(QStringLiteral("Healthy")));
        QVERIFY(chat.turns()->rows().back().tools->rowCount() > 0);
        QVERIFY(chat.turns()->rows().back().failureCode.isEmpty());
        QVERIFY(chat.frames()->count() > 5);
        QTRY_VERIFY_WITH_TIMEOUT(console.connections()->rowTotal() >= 1, 10000);
        QVERIFY(!console.connections()->keyAt(0).isEmpty());
    }

    void resumesAChatThatWasCut()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        ChatTester &chat = *console.chat();
        chat.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        chat.setDraft(QStringLiteral("/help"));
        chat.send();
        QTRY_COMPARE_WITH_TIMEOUT(chat.turns()->rowCount(), 2, 10000);
        chat.cutLink();
        QTRY_COMPARE(chat.connectionPhase(), static_cast<int>(ChatTester::Closed));
        chat.reconnect();
        QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(!chat.turns()->rows().back().isLive, 10000);
        QCOMPARE(chat.turns()->rowCount(), 2);
    }

    void showsWithinASecondThatAModelServerIsGone_data()
    {
        QTest::addColumn<bool>("answering");
        QTest::newRow("while nobody asks it") << false;
        QTest::newRow("in the middle of an answer") << true;
    }
    void showsWithinASecondThatAModelServerIsGone()
    {
        QFETCH(bool, answering);
        const auto serve = [](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("half an ans"));
        };
        auto peer = std::make_unique<HttpPeer>(serve);
        const std::uint16_t port = peer->port();
        ServerProcess server;
        QVERIFY2(server.start(withModels(*peer)), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        console.overview()->setActive(true);
        QTRY_VERIFY_WITH_TIMEOUT(modelNamed(console, QStringLiteral("peer/tiny")), 10000);
        QCOMPARE(modelNamed(console, QStringLiteral("peer/tiny"))->stateText, QStringLiteral("Answers"));
        if (answering) {
            console.chat()->setActive(true);
            QTRY_COMPARE_WITH_TIMEOUT(console.chat()->connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
            console.chat()->setDraft(QStringLiteral("write me a short poem about the sea"));
            console.chat()->send();
            QTRY_VERIFY_WITH_TIMEOUT(console.chat()->turns()->rowCount() == 2, 10000);
            QTRY_COMPARE_WITH_TIMEOUT(console.chat()->turns()->rows().back().content, QStringLiteral("half an ans"),
                                      10000);
        }
        BreakerPanel &breakers = *console.breakers();
        breakers.setActive(true);
        breakers.setCurrentKey(QStringLiteral("model:peer/tiny"));
        QTRY_VERIFY_WITH_TIMEOUT(breakers.currentRow() >= 0, 10000);
        qint64 late = -1; // from the breaker's opening to its card
        connect(&breakers, &BreakerPanel::changed, this, [&] {
            const auto &card = breakers.cards()->rows()[static_cast<std::size_t>(breakers.currentRow())];
            if (late < 0 && card.status == Health::Bad)
                late = clock_.wallMs() - breakers.current()->since.ms;
        });
        peer.reset();
        const qint64 took = timeUntilGone(console);
        QVERIFY2(took >= 0 && took <= 1000, qPrintable(QString::number(took)));
        QTRY_VERIFY(console.overview()->problems()->count() > 0);
        QCOMPARE(console.overview()->problems()->rows()[0].title,
                 QStringLiteral("The model server peer does not answer"));
        // The breaker follows, by the looks that fail, and its card says so.
        QTRY_VERIFY_WITH_TIMEOUT(late >= 0, 10000);
        QVERIFY2(late <= 1000, qPrintable(QString::number(late)));
        qInfo("gone after %lld ms, breaker shown %lld ms after it opened", took, late);
        disconnect(&breakers, nullptr, this, nullptr);
        QTRY_VERIFY(console.breakers()->moves()->rowCount() >= 1);
        peer = std::make_unique<HttpPeer>(serve, port);
        QTRY_COMPARE_WITH_TIMEOUT(modelNamed(console, QStringLiteral("peer/tiny"))->stateText,
                                  QStringLiteral("Answers"), 10000);
    }

    void anOperatorForcesABreakerAndDecidesOnATask()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        BreakerPanel &breakers = *console.breakers();
        breakers.setActive(true);
        QTRY_VERIFY_WITH_TIMEOUT(breakers.cards()->count() > 0, 10000);
        breakers.setCurrentKey(QStringLiteral("store"));
        breakers.closeAction()->trigger();
        QVERIFY(console.actions()->confirmation());
        console.actions()->confirmation()->accept(QStringLiteral("for a test"));
        QTRY_VERIFY_WITH_TIMEOUT(breakers.current() && breakers.current()->state == wire::BreakerState::MetricsOnly,
                                 10000);
        QTRY_VERIFY(breakers.resetAction()->isAvailable());
        QTRY_VERIFY(console.actions()->notice());
        breakers.resetAction()->trigger();
        console.actions()->confirmation()->accept(QStringLiteral("the test is over"));
        QTRY_VERIFY_WITH_TIMEOUT(breakers.current()->state == wire::BreakerState::Closed, 10000);

        Degradation &degradation = *console.overview()->degradation();
        console.overview()->setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(degradation.level(), 1, 10000);
        degradation.setWanted(2);
        degradation.pinAction()->trigger();
        QVERIFY(console.actions()->confirmation());
        console.actions()->confirmation()->accept(QStringLiteral("for a test"));
        QTRY_COMPARE_WITH_TIMEOUT(degradation.level(), 2, 10000);
        QVERIFY2(degradation.pinText().startsWith(QStringLiteral("Pinned by ")), qPrintable(degradation.pinText()));
        degradation.releaseAction()->trigger();
        QVERIFY(console.actions()->confirmation());
        console.actions()->confirmation()->accept(QStringLiteral("the test is over"));
        QTRY_COMPARE_WITH_TIMEOUT(degradation.level(), 1, 10000);
        QCOMPARE(degradation.pinText(), QString());

        // A turn of the operator's own that asks before it changes something.
        ChatClient chat(clock_, random_);
        ChatClient::Options asOperator;
        asOperator.endpoint = endpointOf(server);
        asOperator.token = server.operatorToken();
        asOperator.clientId = QStringLiteral("operator");
        asOperator.sessionId = QStringLiteral("desk");
        connect(&chat, &ChatClient::opened, &chat, [&chat] { chat.send(wire::Chat{{}, "/set_flag shown on"}); });
        chat.connectTo(asOperator);
        TaskPanel &tasks = *console.tasks();
        tasks.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(tasks.approvals()->count(), 1, 10000);
        QVERIFY2(tasks.approvals()->rows()[0].parametersText.contains(QStringLiteral("shown")),
                 qPrintable(tasks.approvals()->rows()[0].parametersText));
        tasks.approvals()->approve(0);
        QTRY_COMPARE_WITH_TIMEOUT(tasks.approvals()->count(), 0, 10000);
        QTRY_VERIFY_WITH_TIMEOUT(
            !tasks.tree()->rows().empty() && tasks.tree()->rows()[0].stateText == QStringLiteral("Completed"), 10000);
        chat.send(wire::Chat{{}, "/set_flag hidden on"});
        QTRY_COMPARE_WITH_TIMEOUT(tasks.approvals()->count(), 1, 10000);
        tasks.approvals()->open(0);
        tasks.cancelAction()->trigger();
        QVERIFY(console.actions()->confirmation());
        console.actions()->confirmation()->accept({});
        QTRY_COMPARE_WITH_TIMEOUT(tasks.subtitle().section(QLatin1Char(','), 0, 0), QStringLiteral("Cancelled"), 15000);
        QCOMPARE(tasks.approvals()->count(), 0);
    }

    void chatsInEveryProtocol_data()
    {
        QTest::addColumn<int>("encoding");
        QTest::newRow("version 2, protobuf") << static_cast<int>(ChatTester::V2Protobuf);
        QTest::newRow("version 1, JSON") << static_cast<int>(ChatTester::V1Json);
    }

    void chatsInEveryProtocol()
    {
        QFETCH(int, encoding);
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        ChatTester &chat = *console.chat();
        chat.setEncoding(encoding);
        chat.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        for (const int turns : {2, 4}) {
            chat.setDraft(QStringLiteral("/status"));
            chat.send();
            QTRY_COMPARE_WITH_TIMEOUT(chat.turns()->rowCount(), turns, 10000);
            QTRY_VERIFY_WITH_TIMEOUT(!chat.turns()->rows().back().isLive, 10000);
        }
        QVERIFY(chat.turns()->rows().front().isUser);
        QVERIFY(chat.turns()->rows().back().content.contains(QStringLiteral("Healthy")));
        QVERIFY(chat.turns()->rows().back().failureCode.isEmpty());
    }

    void bringsBackWhatWasSaidInASession()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        for (const int turnsBefore : {0, 2}) {
            Console console(clock_, random_, options(server));
            console.start(endpointOf(server));
            QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
            ChatTester &chat = *console.chat();
            chat.setActive(true);
            QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
            QTRY_COMPARE_WITH_TIMEOUT(chat.turns()->rowCount(), turnsBefore, 5000);
            chat.setDraft(QStringLiteral("/status"));
            chat.send();
            QTRY_COMPARE_WITH_TIMEOUT(chat.turns()->rowCount(), turnsBefore + 2, 10000);
            QTRY_VERIFY_WITH_TIMEOUT(!chat.turns()->rows().back().isLive, 10000);
        }
    }

    void listsTheConversationsOfOthersWithoutTheirWords()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        ChatClient ann(clock_, random_);
        ChatClient::Options asAnn;
        asAnn.endpoint = endpointOf(server);
        asAnn.clientId = QStringLiteral("ann");
        asAnn.sessionId = QStringLiteral("s1");
        connect(&ann, &ChatClient::opened, &ann, [&ann] { ann.send(wire::Chat{{}, "a secret plan"}); });
        ann.connectTo(asAnn);
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        ChatTester &chat = *console.chat();
        chat.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(chat.connectionPhase(), static_cast<int>(ChatTester::Active), 10000);
        ConversationsModel &list = *chat.conversations();
        QTRY_COMPARE_WITH_TIMEOUT(list.rowCount(), 2, 10000);
        const ConversationLine other = list.rows().back();
        QCOMPARE(other.user, QStringLiteral("ann"));
        QVERIFY(other.isOther);
        QVERIFY2(!other.title.contains(QStringLiteral("secret")), qPrintable(other.title));
        list.select(1);
        QCOMPARE(chat.titleText(), QStringLiteral("ann"));
        QVERIFY(!chat.canCompose());
        QCOMPARE(chat.content()->kind(), static_cast<int>(Content::NoPermission));
        list.select(0);
        QVERIFY(chat.canCompose());
        QCOMPARE(chat.content()->kind(), static_cast<int>(Content::Ready));
    }

    void losesAndFindsItsServer()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        Console console(clock_, random_, options(server));
        console.start(endpointOf(server));
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 15000);
        server.killHard();
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Lost), 10000);
        QVERIFY(console.link()->hasData());
        QVERIFY(!console.link()->canAct());
        QVERIFY(!console.connections()->closeAction()->isAvailable());
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        console.link()->retryNow();
        QTRY_COMPARE_WITH_TIMEOUT(console.link()->phase(), static_cast<int>(Link::Live), 40000);
    }
};

int main(int argc, char *argv[])
{
    QApplication application(argc, argv); // QtCharts draws through Widgets
    TstConsole test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_console.moc"
