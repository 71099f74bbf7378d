// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_traces.h"

#include <QTest>

using namespace orchestra;

class TstFrameTraces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheLastFramesOldestFirst()
    {
        FrameTraces traces;
        QVERIFY(traces.list().empty());
        for (int i = 1; i <= 3; ++i)
            traces.add(i, i % 2 == 0, "ping", 10, static_cast<std::uint64_t>(i));
        QCOMPARE(traces.list().size(), std::size_t(3));
        QCOMPARE(traces.list().front().at.ms, std::int64_t(1));
        for (int i = 4; i <= 120; ++i)
            traces.add(i, true, "pong", 10, static_cast<std::uint64_t>(i));
        const auto kept = traces.list();
        QCOMPARE(kept.size(), FrameTraces::kKept);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            QCOMPARE(kept[i].at.ms, static_cast<std::int64_t>(71 + i));
            QCOMPARE(kept[i].sequence, std::uint64_t(71 + i));
        }
        QCOMPARE(kept.back().type, std::string("pong"));
    }
};

QTEST_APPLESS_MAIN(TstFrameTraces)
#include "tst_frame_traces.moc"
