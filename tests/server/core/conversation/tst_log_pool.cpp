// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/log_pool.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <memory>

using namespace orchestra;

namespace {

void append(ThreadLog &log, std::size_t bytes)
{
    wire::ServerFrame frame;
    frame.body = wire::StreamToken{0, std::string(bytes, 'x')};
    log.append(std::move(frame), {});
}

} // namespace

class TstLogPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theThreadThatIsIdleForLongestGivesWay();
    void aLivingTaskIsNeverTouched();
    void countsWhatIsTrimmedAndRemoved();
};

void TstLogPool::theThreadThatIsIdleForLongestGivesWay()
{
    LogPool pool(100'000);
    std::vector<std::unique_ptr<ThreadLog>> logs;
    for (int i = 0; i < 4; ++i) {
        logs.push_back(std::make_unique<ThreadLog>(1, 0));
        append(*logs.back(), 24'000);
        pool.touch(*logs.back());
    }
    QVERIFY(pool.bytes() <= 100'000U);
    append(*logs[0], 10'000); // the first is now the latest
    pool.touch(*logs[0]);
    QVERIFY(pool.bytes() <= 100'000U);
    QCOMPARE(logs[1]->bytes(), 0U);
    QVERIFY(logs[0]->bytes() > 34'000U);
    QVERIFY(logs[2]->bytes() > 0U && logs[3]->bytes() > 0U);
}

void TstLogPool::aLivingTaskIsNeverTouched()
{
    LogPool pool(10'000);
    ThreadLog old(1, 0);
    old.pin(1);
    append(old, 20'000);
    pool.touch(old);
    ThreadLog young(1, 0);
    append(young, 20'000);
    pool.touch(young);
    QVERIFY(old.bytes() > 20'000U);
    QCOMPARE(young.bytes(), 0U);
}

void TstLogPool::countsWhatIsTrimmedAndRemoved()
{
    LogPool pool(100'000);
    ThreadLog log(1, 0);
    append(log, 1000);
    pool.touch(log);
    QCOMPARE(pool.bytes(), log.bytes());
    log.forget();
    pool.recount(log);
    QCOMPARE(pool.bytes(), 0U);
    append(log, 1000);
    pool.touch(log);
    pool.remove(log);
    QCOMPARE(pool.bytes(), 0U);
    pool.remove(log);
    QCOMPARE(pool.bytes(), 0U);
}

QTEST_APPLESS_MAIN(TstLogPool)
#include "tst_log_pool.moc"
