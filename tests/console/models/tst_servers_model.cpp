// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/servers_model.h"

#include "tests/console/models/rows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace orchestra;

/// The servers an operator knows, and whether they can be reached.
class TstServersModel : public QObject
{
    Q_OBJECT

private:
    struct Bench
    {
        explicit Bench(const QString &directory)
            : preferences(directory + QStringLiteral("/console.ini"), nullptr)
            , servers(preferences, directory, clock, random, nullptr)
        {
        }
        ManualClock clock;
        SystemRandom random;
        Preferences preferences;
        ServersModel servers;
        QAbstractItemModelTester tester{&servers, QAbstractItemModelTester::FailureReportingMode::Fatal};

        void add(const QString &name, const QString &url, const QString &token = {})
        {
            servers.edit(-1);
            servers.draft()->setName(name);
            servers.draft()->setUrl(url);
            servers.draft()->setToken(token);
            QVERIFY(servers.draft()->save());
        }
        QString fact(int row, const char *role) const
        {
            return servers.data(servers.index(row), servers.roleNames().key(role)).toString();
        }
    };

private Q_SLOTS:
    void keepsServersAndTheirTokensApart()
    {
        const QTemporaryDir folder;
        {
            Bench bench(folder.path());
            bench.add(u"eu"_qs, u"http://127.0.0.1:8700"_qs, u"geheim"_qs);
            QCOMPARE(bench.servers.count(), 1);
            QVERIFY(bench.servers.current() != nullptr);
        }
        Bench bench(folder.path());
        QCOMPARE(bench.servers.count(), 1);
        QCOMPARE(bench.fact(0, "name"), u"eu"_qs);
        const QString key = bench.fact(0, "key");
        QCOMPARE(bench.servers.tokenOf(key), u"geheim"_qs);
        QFile settings(folder.filePath(u"console.ini"_qs));
        QVERIFY(settings.open(QIODevice::ReadOnly));
        QVERIFY(!settings.readAll().contains("geheim"));
        const auto permissions = QFile::permissions(folder.filePath(u"tokens.json"_qs));
        QVERIFY(!(permissions & (QFileDevice::ReadGroup | QFileDevice::ReadOther)));
        bench.servers.edit(0);
        QVERIFY(bench.servers.draft()->isOpen());
        QVERIFY(bench.servers.draft()->hasToken());
        QCOMPARE(bench.servers.draft()->token(), QString());
        bench.servers.draft()->setName(u"europe"_qs);
        QVERIFY(bench.servers.draft()->save());
        QCOMPARE(bench.servers.tokenOf(key), u"geheim"_qs);
        QCOMPARE(bench.fact(0, "name"), u"europe"_qs);
    }

    void saysWhatIsWrongWithADraft()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        ServerDraft &draft = *bench.servers.draft();
        bench.servers.edit(-1);
        QCOMPARE(draft.errorField(), static_cast<int>(ServerDraft::Name));
        draft.setName(u"eu"_qs);
        QCOMPARE(draft.errorField(), static_cast<int>(ServerDraft::Url));
        draft.setUrl(u"http://127.0.0.1:8700"_qs);
        QCOMPARE(draft.errorField(), static_cast<int>(ServerDraft::None));
        draft.setToken(u"a b"_qs);
        QCOMPARE(draft.errorField(), static_cast<int>(ServerDraft::Token));
        draft.setToken(u"ab"_qs);
        draft.setPin(u"12:34"_qs);
        QCOMPARE(draft.errorField(), static_cast<int>(ServerDraft::Pin));
        QVERIFY(!draft.save());
        draft.setPin(QString(u"ab:"_qs).repeated(32).chopped(1));
        draft.setEnvironment(Link::Production);
        draft.setReadOnly(true);
        QVERIFY(draft.save());
        QVERIFY(!draft.isOpen());
        QCOMPARE(bench.fact(0, "pinText"), u"pinned"_qs);
        QCOMPARE(bench.fact(0, "environmentText"), u"prod"_qs);
        bench.servers.edit(0);
        bench.servers.draft()->setName(u"other"_qs);
        bench.servers.draft()->discard();
        QCOMPARE(bench.fact(0, "name"), u"eu"_qs);
    }

    void usesOneAtATimeAndFindsAKnownAddress()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        QSignalSpy used(&bench.servers, &ServersModel::used);
        bench.servers.useAddress(*Endpoint::parse(u"127.0.0.1:1111"_qs));
        bench.servers.useAddress(*Endpoint::parse(u"127.0.0.1:2222"_qs));
        bench.servers.useAddress(*Endpoint::parse(u"127.0.0.1:1111"_qs));
        QCOMPARE(bench.servers.count(), 2);
        QCOMPARE(used.count(), 3);
        QCOMPARE(bench.servers.current()->name, u"127.0.0.1:1111"_qs);
        bench.servers.noteSession(u"operator"_qs, u"1.2.3"_qs, Health::Ok, u"now"_qs);
        QCOMPARE(bench.fact(0, "versionText"), u"1.2.3"_qs);
        QCOMPARE(bench.fact(1, "versionText"), QString());
        QSignalSpy forgotten(&bench.servers, &ServersModel::forgotten);
        bench.servers.forget(0);
        bench.servers.forget(9);
        QCOMPARE(forgotten.count(), 1);
        QVERIFY(bench.servers.current() == nullptr);
        bench.servers.use(9);
        QCOMPARE(used.count(), 3);
    }

    void forgetsATokenWithItsServer()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        bench.add(u"eu"_qs, u"http://127.0.0.1:8700"_qs, u"geheim"_qs);
        bench.servers.forget(0);
        QFile tokens(folder.filePath(u"tokens.json"_qs));
        QVERIFY(!tokens.open(QIODevice::ReadOnly) || !tokens.readAll().contains("geheim"));
    }

    void triesEachStepToASession()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        OpsPeer peer;
        peer.welcome();
        bench.add(u"peer"_qs, u"http://"_qs + peer.address(), u"t"_qs);
        bench.servers.test(0);
        QCOMPARE(bench.servers.testRow(), 0);
        QTRY_VERIFY(!bench.servers.testText().isEmpty());
        QCOMPARE(bench.servers.testText(), u"Works: you are olga, operator."_qs);
        QCOMPARE(bench.servers.testSteps()->rowCount(), 4);
        for (const Step &step : bench.servers.testSteps()->rows())
            QCOMPARE(step.status, static_cast<int>(Health::Ok));
        QCOMPARE(peer.authorization(), QByteArray("Bearer t"));
    }

    void saysWhichStepFails()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        OpsPeer peer;
        peer.onConnected = [&peer] { peer.close(4001, u"No such token."_qs); };
        bench.add(u"refuses"_qs, u"http://"_qs + peer.address(), u"t"_qs);
        bench.servers.test(0);
        QTRY_VERIFY(!bench.servers.testText().isEmpty());
        QVERIFY2(bench.servers.testText().contains(u"No such token."_qs), qPrintable(bench.servers.testText()));
        peer.stopListening();
        bench.servers.test(0);
        QTRY_VERIFY(bench.servers.testText().startsWith(u"Port failed"_qs));
        QCOMPARE(bench.servers.testSteps()->rows().back().status, static_cast<int>(Health::Bad));
        bench.servers.test(7);
        QCOMPARE(bench.servers.testRow(), 0);
    }

    void keepsItsPromisesThroughRandomChanges()
    {
        const QTemporaryDir folder;
        Bench bench(folder.path());
        std::mt19937 random(11);
        for (int step = 0; step < 120; ++step) {
            const int row = static_cast<int>(random() % 6) - 1;
            switch (random() % 5) {
            case 0:
                bench.servers.useAddress(*Endpoint::parse(QStringLiteral("127.0.0.1:%1").arg(3000 + random() % 6)));
                break;
            case 1:
                bench.servers.use(row);
                break;
            case 2:
                bench.servers.forget(row);
                break;
            case 3:
                bench.servers.edit(row);
                bench.servers.draft()->setName(QString::number(step));
                bench.servers.draft()->setUrl(QStringLiteral("http://127.0.0.1:%1").arg(4000 + step));
                QVERIFY(bench.servers.draft()->save());
                break;
            default:
                bench.servers.noteSession(u"viewer"_qs, QString::number(step), Health::Ok, u"now"_qs);
                break;
            }
            const auto current = std::ranges::count(bench.servers.rows(), true, &ServerProfile::isCurrent);
            QVERIFY(current <= 1);
        }
    }
};

QTEST_GUILESS_MAIN(TstServersModel)
#include "tst_servers_model.moc"
