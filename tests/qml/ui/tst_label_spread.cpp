// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/label_spread.h"

#include <QTest>

#include <cmath>

using orchestra::ui::LabelSpread;

class TstLabelSpread : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void leavesWhatHasRoom() { QCOMPARE(place({10, 40, 80}), (QList<qreal>{10, 40, 80})); }
    void pushesTheLowerOneDown() { QCOMPARE(place({40, 42, 80}), (QList<qreal>{40, 54, 80})); }
    void keepsTheOrderWhateverTheIndex() { QCOMPARE(place({42, 40}), (QList<qreal>{54, 40})); }
    void staysAboveTheFloorByMovingUp() { QCOMPARE(place({96, 98, 99}), (QList<qreal>{72, 86, 100})); }
    void makesRoomRoundAFixedOne()
    {
        const QList<qreal> placed = place({48, 50, 53}, 1);
        QCOMPARE(placed[1], 50.0);
        QVERIFY2(placed[0] <= 36 && placed[2] >= 64, qPrintable(QStringLiteral("%1 %2").arg(placed[0]).arg(placed[2])));
    }
    void unknownOnesTakeNoRoom()
    {
        const QList<qreal> placed = place({qQNaN(), 40, 41});
        QVERIFY(std::isnan(placed[0]));
        QCOMPARE(placed[1], 40.0);
        QCOMPARE(placed[2], 54.0);
    }

private:
    static QList<qreal> place(const QList<qreal> &anchors, int fixed = -1)
    {
        LabelSpread spread;
        spread.setGap(14);
        spread.setLow(0);
        spread.setHigh(100);
        spread.setFixed(fixed);
        spread.setAnchors(anchors);
        return spread.placed();
    }
};

QTEST_GUILESS_MAIN(TstLabelSpread)
#include "tst_label_spread.moc"
