// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/texts.h"

#include <QTest>

using namespace orchestra;

class TstTexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupsDigitsWithAThinSpace()
    {
        QCOMPARE(texts::count(999), QStringLiteral("999"));
        QCOMPARE(texts::count(1240), QStringLiteral("1\u202f240"));
        QCOMPARE(texts::count(1234567), QStringLiteral("1\u202f234\u202f567"));
        QCOMPARE(texts::number(-1234.5, 1), QStringLiteral("-1\u202f234.5"));
    }

    void showsWhatIsNotKnownAsADash()
    {
        QCOMPARE(texts::number(std::nullopt, 1), QStringLiteral("—"));
        QCOMPARE(texts::number(qQNaN(), 1), QStringLiteral("—"));
        QCOMPARE(texts::duration(qQNaN()), QStringLiteral("—"));
    }

    void tellsAges()
    {
        QCOMPARE(texts::age(400), QStringLiteral("0.4 s"));
        QCOMPARE(texts::age(12'400), QStringLiteral("12 s"));
        QCOMPARE(texts::age(41 * 60'000), QStringLiteral("41 min"));
        QCOMPARE(texts::age((6 * 60 + 12) * 60'000), QStringLiteral("6 h 12 min"));
        QCOMPARE(texts::age(-5), QStringLiteral("0.0 s"));
    }

    void tellsDurationsAndSizes()
    {
        QCOMPARE(texts::duration(4.12), QStringLiteral("4.1 ms"));
        QCOMPARE(texts::duration(407), QStringLiteral("407 ms"));
        QCOMPARE(texts::duration(2714), QStringLiteral("2.71 s"));
        QCOMPARE(texts::bytes(842), QStringLiteral("842 B"));
        QCOMPARE(texts::bytes(27'034), QStringLiteral("26.4 KiB"));
    }

    void tellsAChangeOnlyWhenThereIsOneToTell()
    {
        QCOMPARE(texts::change(103, 100), QStringLiteral("+3 %"));
        QCOMPARE(texts::change(98, 100), QStringLiteral("−2 %"));
        QVERIFY(texts::change(5, 0).isEmpty());
        QVERIFY(texts::change(100.2, 100).isEmpty());
        QVERIFY(texts::change(5, std::nullopt).isEmpty());
    }

    void makesWhatOthersWroteHarmless()
    {
        QCOMPARE(texts::line("two\nlines\x1b[31m"), QStringLiteral("two lines[31m"));
        QCOMPARE(texts::line("\u202egpj.exe"), QStringLiteral("gpj.exe"));
        QCOMPARE(texts::line(std::string(2000, 'x')).size(), 500);
        QCOMPARE(texts::block("two\nlines"), QStringLiteral("two\nlines"));
    }
};

QTEST_GUILESS_MAIN(TstTexts)
#include "tst_texts.moc"
