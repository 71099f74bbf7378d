// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/environment.h"

#include <QTest>

using namespace orchestra;

class TstEnvironment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheBlockOfTheProcess()
    {
        const char *block[] = {"A=1", "EMPTY=", "NOEQUALS", "B=x=y", nullptr};
        QCOMPARE(environmentFrom(block), (Environment{{"A", "1"}, {"EMPTY", ""}, {"B", "x=y"}}));
        QVERIFY(environmentFrom(nullptr).empty());
    }

    void findsValues()
    {
        const Environment environment{{"A", "12"}, {"B", "-3"}, {"C", "12x"}, {"D", ""}};
        QVERIFY(textOf(environment, "A") == "12");
        QVERIFY(textOf(environment, "a").empty());
        QCOMPARE(numberOf(environment, "A"), std::optional<std::int64_t>(12));
        QCOMPARE(numberOf(environment, "B"), std::optional<std::int64_t>(-3));
        QVERIFY(!numberOf(environment, "C"));
        QVERIFY(!numberOf(environment, "D"));
        QVERIFY(!numberOf(environment, "E"));
    }
};

QTEST_APPLESS_MAIN(TstEnvironment)
#include "tst_environment.moc"
