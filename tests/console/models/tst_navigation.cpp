// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/navigation.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <random>

using namespace orchestra;

/// Where one is, was, and how to say it to others.
class TstNavigation : public QObject
{
    Q_OBJECT

private:
    static ScreenEntry entryOf(Navigation &navigation, const QString &title)
    {
        for (const ScreenEntry &entry : navigation.screens()->rows())
            if (entry.title == title)
                return entry;
        return {};
    }

private Q_SLOTS:
    void listsTheScreensThatWork()
    {
        Navigation navigation(nullptr);
        QCOMPARE(navigation.screens()->rowCount(), 6);
        QCOMPARE(navigation.screen(), static_cast<int>(Navigation::Overview));
        navigation.open(Navigation::Traces, {}, {});
        QCOMPARE(navigation.screen(), static_cast<int>(Navigation::Overview));
        navigation.setScreen(Navigation::Chat);
        QVERIFY(entryOf(navigation, u"Live chat"_qs).isCurrent);
        QVERIFY(!entryOf(navigation, u"Overview"_qs).isCurrent);
    }

    void goesBackStepByStep()
    {
        Navigation navigation(nullptr);
        QVERIFY(!navigation.back());
        navigation.open(Navigation::Connections, {}, u"user_id:ann"_qs);
        navigation.open(Navigation::Connections, {}, u"user_id:ann"_qs);
        navigation.open(Navigation::Settings, {}, {});
        QSignalSpy opened(&navigation, &Navigation::placeOpened);
        QVERIFY(navigation.back());
        QCOMPARE(navigation.screen(), static_cast<int>(Navigation::Connections));
        QCOMPARE(opened.count(), 1);
        QVERIFY(navigation.back());
        QCOMPARE(navigation.screen(), static_cast<int>(Navigation::Overview));
        QVERIFY(!navigation.back());
    }

    void rememberNoMoreThanFiftySteps()
    {
        Navigation navigation(nullptr);
        for (int i = 0; i < 200; ++i)
            navigation.open(Navigation::Connections, QString::number(i), {});
        int steps = 0;
        while (navigation.back())
            ++steps;
        QCOMPARE(steps, 50);
    }

    void saysItsPlaceAsALinkAndFollowsOne()
    {
        Navigation navigation(nullptr);
        navigation.setServer(u"eu-1:8700"_qs);
        navigation.open(Navigation::Connections, u"c-7"_qs, u"user_id:\"a b\" -phase:active"_qs);
        const QString link = navigation.deepLink();
        QVERIFY2(link.startsWith(u"orchestra://eu-1/connections/c-7?filter="_qs), qPrintable(link));
        QSignalSpy wanted(&navigation, &Navigation::linkWanted);
        navigation.copyLink();
        QCOMPARE(wanted.constFirst().constFirst().toString(), link);
        Navigation other(nullptr);
        Navigation::Place place;
        connect(&other, &Navigation::placeOpened, this, [&place](const Navigation::Place &opened) { place = opened; });
        other.openLink(link);
        QCOMPARE(place.screen, static_cast<int>(Navigation::Connections));
        QCOMPARE(place.key, u"c-7"_qs);
        QCOMPARE(place.filter, u"user_id:\"a b\" -phase:active"_qs);
        other.openLink(u"https://eu-1/settings"_qs);
        other.openLink(u"orchestra://eu-1/nothing"_qs);
        other.openLink(u"orchestra://eu-1"_qs);
        QCOMPARE(other.screen(), static_cast<int>(Navigation::Connections));
        other.noteKey(u"c-8"_qs);
        QVERIFY(other.deepLink().contains(u"/c-8?"_qs));
    }

    void aLinkKeepsTheSlashesOfWhatItNames()
    {
        Navigation navigation(nullptr);
        navigation.setServer(u"eu-1"_qs);
        navigation.open(Navigation::Breakers, u"model:lab/mixtral:8x7b"_qs, {});
        Navigation other(nullptr);
        other.openLink(navigation.deepLink());
        QCOMPARE(other.screen(), static_cast<int>(Navigation::Breakers));
        QCOMPARE(other.place().key, u"model:lab/mixtral:8x7b"_qs);
    }

    void showsSavedFiltersUnderTheirScreen()
    {
        Navigation navigation(nullptr);
        navigation.setSavedFilters(Navigation::Connections, {{u"slow"_qs, u"queue_bytes:>1000"_qs}});
        const ScreenEntry child = entryOf(navigation, u"slow"_qs);
        QVERIFY(child.isChild);
        QCOMPARE(child.screen, static_cast<int>(Navigation::Connections));
        navigation.openChild(2);
        QVERIFY(entryOf(navigation, u"slow"_qs).isCurrent);
        navigation.openChild(99);
        QCOMPARE(navigation.screen(), static_cast<int>(Navigation::Connections));
    }

    void countsProblemsOnTheRail()
    {
        Navigation navigation(nullptr);
        navigation.setProblems(Navigation::Overview, 3, 3);
        QCOMPARE(entryOf(navigation, u"Overview"_qs).problems, 3);
        QCOMPARE(entryOf(navigation, u"Overview"_qs).problemStatus, 3);
    }

    void keepsItsPromisesThroughRandomSteps()
    {
        std::mt19937 random(5);
        Navigation navigation(nullptr);
        QAbstractItemModelTester tester(navigation.screens(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        for (int step = 0; step < 300; ++step) {
            switch (random() % 5) {
            case 0:
                navigation.open(static_cast<int>(random() % 9), {}, QString::number(random() % 3));
                break;
            case 1:
                navigation.back();
                break;
            case 2: {
                QList<std::pair<QString, QString>> filters;
                for (unsigned i = random() % 5; i > 0; --i)
                    filters << std::pair(QString::number(i * (1 + random() % 2)), QString::number(random() % 3));
                std::ranges::sort(filters);
                filters.erase(std::ranges::unique(filters, {}, &std::pair<QString, QString>::first).begin(),
                              filters.end());
                navigation.setSavedFilters(Navigation::Connections, filters);
                break;
            }
            case 3:
                navigation.openChild(static_cast<int>(random() % 9));
                break;
            default:
                navigation.setProblems(Navigation::Connections, static_cast<int>(random() % 4), 2);
                break;
            }
            const auto current = std::ranges::count_if(navigation.screens()->rows(), [](const ScreenEntry &entry) {
                return entry.isCurrent && !entry.isChild;
            });
            QCOMPARE(current, 1);
        }
    }
};

QTEST_GUILESS_MAIN(TstNavigation)
#include "tst_navigation.moc"
