// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/revealed.h"

#include <QTest>

using namespace orchestra;

class TstRevealed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leavesWhatCanBeSeen()
    {
        const QString text = QStringLiteral("a\nb \u00e9 \u6f22 \U0001f600");
        QCOMPARE(revealed(text), text);
    }

    void spellsOutWhatCannot()
    {
        QCOMPARE(revealed(QStringLiteral("\u202e\u200b\ufeff\u0007\ue000\u2028\U000e0041")),
                 QStringLiteral("<U+202E><U+200B><U+FEFF><U+0007><U+E000><U+2028><U+E0041>"));
    }

    void givesEveryMemberOfAnObjectItsLine()
    {
        QCOMPARE(revealedJson("{\"b\":1,\"a\":\"x\xe2\x80\x8b\"}"),
                 QStringLiteral("{\n    \"a\": \"x<U+200B>\",\n    \"b\": 1\n}\n"));
        QCOMPARE(revealedJson("no JSON"), QStringLiteral("no JSON"));
    }
};

QTEST_GUILESS_MAIN(TstRevealed)
#include "tst_revealed.moc"
