// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/log_check.h"
#include "tests/server/store/store_fixture.h"

#include <QFile>
#include <QTest>

#include <filesystem>

using namespace orchestra;

namespace {

constexpr qsizetype kHeaderBytes = 32;
constexpr qsizetype kFrameBytes = 24 + 4096;

QByteArray readAll(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const std::string &path, const QByteArray &bytes)
{
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

/// The files as a kill -9 leaves them, and what had been acknowledged by then.
class TstLogCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void passesASoundLog();
    void passesAnEmptyOrAbsentLog();
    void passesATornLastTransaction();
    void passesWhatAnOlderLogLeftBehindTheEnd();
    void findsAFlippedBitBeforeTheLastTransaction();
    void findsAFlippedBitInTheHeader();
    void opensToAnExactPrefixOrNotAtAll_data();
    void opensToAnExactPrefixOrNotAtAll();

private:
    std::string logPath() const { return fixture_.databasePath() + "-wal"; }
    qsizetype frames() const { return (log_.size() - kHeaderBytes) / kFrameBytes; }
    /// Where the last transaction begins, in frames.
    qsizetype lastTransaction() const;
    void restore(const QByteArray &log) const;

    StoreFixture fixture_;
    QByteArray database_;
    QByteArray log_;
    Texts acknowledged_;
    ThreadId thread_;
};

void TstLogCheck::initTestCase()
{
    orFail(fixture_.open());
    const ThreadRecord thread = fixture_.thread();
    thread_ = thread.threadId;
    for (int i = 0; i < 30; ++i) {
        acknowledged_.push_back("message " + std::to_string(i));
        fixture_.accept(thread, std::to_string(i), acknowledged_.back());
    }
    database_ = readAll(fixture_.databasePath());
    log_ = readAll(logPath());
    fixture_.store.reset();
    QVERIFY(frames() > 100);
}

qsizetype TstLogCheck::lastTransaction() const
{
    const auto isCommit = [this](qsizetype frame) {
        return log_.mid(kHeaderBytes + frame * kFrameBytes + 4, 4) != QByteArray(4, '\0');
    };
    qsizetype frame = frames() - 1;
    while (frame > 0 && !isCommit(frame - 1))
        --frame;
    return frame;
}

void TstLogCheck::restore(const QByteArray &log) const
{
    writeAll(fixture_.databasePath(), database_);
    writeAll(logPath(), log);
    std::filesystem::remove(fixture_.databasePath() + "-shm");
}

void TstLogCheck::passesASoundLog()
{
    restore(log_);
    QVERIFY(checkWriteAheadLog(logPath()));
}

void TstLogCheck::passesAnEmptyOrAbsentLog()
{
    QVERIFY(checkWriteAheadLog(logPath() + ".absent"));
    for (const qsizetype size : {0, 1, 31, 32}) {
        restore(log_.left(size));
        QVERIFY(checkWriteAheadLog(logPath()));
    }
    restore(QByteArray(100000, '\0'));
    QVERIFY(checkWriteAheadLog(logPath()));
}

void TstLogCheck::passesATornLastTransaction()
{
    // Power loss may leave any of its pages unwritten, and write the others.
    for (qsizetype frame = lastTransaction(); frame < frames(); ++frame) {
        QByteArray torn = log_;
        torn.replace(kHeaderBytes + frame * kFrameBytes, kFrameBytes, QByteArray(kFrameBytes, '\0'));
        restore(torn);
        QVERIFY(checkWriteAheadLog(logPath()));
    }
}

void TstLogCheck::passesWhatAnOlderLogLeftBehindTheEnd()
{
    // A log begun anew in the same file has another salt; behind its end there are old commits, one after the other.
    QByteArray older = log_;
    for (qsizetype frame = 0; frame < frames(); ++frame)
        older[kHeaderBytes + frame * kFrameBytes + 8] =
            static_cast<char>(~older[kHeaderBytes + frame * kFrameBytes + 8]);
    restore(log_ + older.mid(kHeaderBytes));
    QVERIFY(checkWriteAheadLog(logPath()));
}

void TstLogCheck::findsAFlippedBitBeforeTheLastTransaction()
{
    SeededRandom random(7);
    int found = 0;
    constexpr int kTries = 200;
    for (int i = 0; i < kTries; ++i) {
        const auto at =
            kHeaderBytes +
            static_cast<qsizetype>(random.next() % static_cast<std::uint64_t>((lastTransaction() - 1) * kFrameBytes));
        QByteArray flipped = log_;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (random.next() % 8)));
        restore(flipped);
        const Status checked = checkWriteAheadLog(logPath());
        if (checked)
            continue;
        ++found;
        QCOMPARE(checked.error().code, Code::StorageUnavailable);
        const std::string frame = "frame " + std::to_string((at - kHeaderBytes) / kFrameBytes + 1) + ",";
        QVERIFY2(checked.error().message.find(frame) != std::string::npos, checked.error().message.c_str());
    }
    QCOMPARE(found, kTries);
}

void TstLogCheck::findsAFlippedBitInTheHeader()
{
    for (qsizetype at = 0; at < kHeaderBytes; ++at) {
        QByteArray flipped = log_;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        restore(flipped);
        QVERIFY(!checkWriteAheadLog(logPath()));
    }
}

void TstLogCheck::opensToAnExactPrefixOrNotAtAll_data()
{
    QTest::addColumn<bool>("isCut");
    QTest::newRow("cut short") << true;
    QTest::newRow("a flipped bit") << false;
}

void TstLogCheck::opensToAnExactPrefixOrNotAtAll()
{
    QFETCH(const bool, isCut);
    SeededRandom random(isCut ? 11 : 13);
    int opened = 0;
    for (int i = 0; i < 100; ++i) {
        const auto at = static_cast<qsizetype>(random.next() % static_cast<std::uint64_t>(log_.size()));
        QByteArray damaged = log_;
        if (isCut)
            damaged.truncate(at);
        else
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random.next() % 8)));
        fixture_.store.reset(); // before its files are replaced: closing them empties the log
        restore(damaged);
        if (!fixture_.open())
            continue;
        ++opened;
        const auto page = fixture_.ask(ReadMessages{thread_, 1000, {}});
        // The thread itself was in the log too.
        const Texts found = page ? contents(*page) : Texts{};
        QVERIFY(page || page.error().code == Code::NotFound);
        QVERIFY(found.size() <= acknowledged_.size());
        QVERIFY(std::equal(found.begin(), found.end(), acknowledged_.begin()));
        const auto stranger = fixture_.stranger();
        auto rows = stranger->query("PRAGMA integrity_check");
        QVERIFY(rows.next());
        QCOMPARE(rows.text(0), "ok");
    }
    fixture_.store.reset();
    // A bit of the last transaction is not told from a torn write: a share of the log that is small, but not nothing.
    const auto share = 100 * (frames() - lastTransaction()) / frames();
    if (isCut)
        QCOMPARE(opened, 100);
    else
        QVERIFY2(opened <= 2 * share + 2, qPrintable(QStringLiteral("%1 of %2 %").arg(opened).arg(share)));
}

QTEST_GUILESS_MAIN(TstLogCheck)
#include "tst_log_check.moc"
