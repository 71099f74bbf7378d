// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/store_thread.h"
#include "tests/server/store/store_fixture.h"

#include <QTest>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace orchestra;

namespace {

/// A file system of a few megabytes in memory. Needs the right to mount.
class SmallDisk
{
public:
    SmallDisk() { isMounted_ = mount(0); }
    ~SmallDisk()
    {
        if (isMounted_)
            ::umount2(path().c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    bool isMounted() const { return isMounted_; }
    std::string path() const { return directory_.path().toStdString(); }
    bool makeReadOnly(bool readOnly) { return mount(MS_REMOUNT | (readOnly ? MS_RDONLY : 0)); }
    /// Takes all the space there is.
    void fill() const
    {
        std::ofstream file(path() + "/filler", std::ios::binary);
        const std::string block(4096, 'x');
        while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
    void makeRoom() const { ::unlink((path() + "/filler").c_str()); }

private:
    bool mount(unsigned long flags) const
    {
        return ::mount("none", path().c_str(), "tmpfs", flags, "size=4m,mode=0700") == 0;
    }

    const QTemporaryDir directory_;
    bool isMounted_ = false;
};

class NoLog final : public LogSink
{
public:
    void write(LogRecord) override {}
};

} // namespace

class TstStoreDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgesNothingOnAFullDiskAndComesBack();
    void startsOnAFullDiskOnceThereIsRoom();
    void refusesToStartOnAReadOnlyDisk();
    void refusesADirectoryItMayNotWrite_data();
    void refusesADirectoryItMayNotWrite();
};

void TstStoreDisk::acknowledgesNothingOnAFullDiskAndComesBack()
{
    const SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("may not mount; TstSqliteStore::writesNothingWhileFilesCannotGrow does it with a limit on the file size");
    StoreFixture requests(disk.path() + "/data");
    const SystemClock clock;
    NoLog log;
    std::vector<bool> available;
    StoreThread::Notices notices;
    notices.availabilityChanged = [&](const std::optional<Error> &trouble) {
        available.push_back(!trouble);
        QVERIFY(!trouble || trouble->message.find("full") != std::string::npos);
    };
    auto store = std::make_unique<StoreThread>(requests.options, clock, log, notices);
    std::optional<ThreadRecord> thread;
    store->open([](Result<StoreOpening> opening) { orFail(std::move(opening)); });
    store->ask(OpenThread{"alice", "session-1", requests.ids.make<ThreadId>(), 1},
               [&](Result<ThreadRecord> opened) { thread = orFail(std::move(opened)); });
    QTRY_VERIFY(thread.has_value());

    Texts acknowledged;
    int refused = 0;
    int answered = 0;
    const auto talk = [&](int from, int to) {
        for (int i = from; i < to; ++i) {
            const std::string text = std::to_string(i) + std::string(4000, 'x');
            store->ask(requests.message(*thread, std::to_string(i), text), [&, text](Result<AcceptedTask> accepted) {
                ++answered;
                if (accepted)
                    acknowledged.push_back(text);
                else
                    refused += accepted.error().code == Code::StorageUnavailable ? 1 : 0;
            });
        }
    };
    talk(0, 20);
    QTRY_COMPARE(answered, 20);
    QCOMPARE(acknowledged.size(), 20U);

    disk.fill();
    talk(20, 60);
    QTRY_COMPARE(answered, 60);
    QCOMPARE(refused + static_cast<int>(acknowledged.size()), 60);
    QVERIFY(refused > 0);
    QTRY_COMPARE(available, std::vector<bool>{false});
    // What there is can still be read.
    std::optional<Texts> found;
    store->ask(ReadMessages{thread->threadId, 1000, {}},
               [&](Result<MessagePage> page) { found = contents(orFail(std::move(page))); });
    QTRY_VERIFY(found.has_value());
    QCOMPARE(*found, acknowledged);

    disk.makeRoom();
    QTRY_COMPARE(available, (std::vector<bool>{false, true}));
    const auto before = acknowledged.size();
    talk(20, 40);
    QTRY_COMPARE(answered, 80);
    QVERIFY(acknowledged.size() > before);

    store.reset();
    QVERIFY(requests.open());
    std::sort(acknowledged.begin(), acknowledged.end());
    acknowledged.erase(std::unique(acknowledged.begin(), acknowledged.end()), acknowledged.end());
    Texts kept = contents(requests.messages(thread->threadId, 1000));
    std::sort(kept.begin(), kept.end());
    QCOMPARE(kept, acknowledged);
    requests.store.reset();
}

void TstStoreDisk::startsOnAFullDiskOnceThereIsRoom()
{
    const SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("may not mount");
    disk.fill();
    StoreFixture store(disk.path() + "/data");
    const auto refused = store.open();
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Code::StorageUnavailable);
    disk.makeRoom();
    const auto opened = store.open();
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    store.accept(store.thread(), "m1", "hello");
    store.store.reset();
}

void TstStoreDisk::refusesToStartOnAReadOnlyDisk()
{
    SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("may not mount");
    StoreFixture store(disk.path() + "/data");
    QVERIFY(store.open());
    store.accept(store.thread(), "m1", "hello");
    store.store.reset();
    QVERIFY(disk.makeReadOnly(true));
    const auto refused = store.open();
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Code::StorageUnavailable);
    QVERIFY2(refused.error().message.find("Read-only") != std::string::npos, refused.error().message.c_str());
    QVERIFY(disk.makeReadOnly(false));
    QVERIFY(store.open());
    QCOMPARE(contents(store.messages(store.thread().threadId)), Texts{"hello"});
    store.store.reset();
}

void TstStoreDisk::refusesADirectoryItMayNotWrite_data()
{
    QTest::addColumn<bool>("isDirectory");
    QTest::newRow("the directory") << true;
    QTest::newRow("the database") << false;
}

void TstStoreDisk::refusesADirectoryItMayNotWrite()
{
    QFETCH(const bool, isDirectory);
    StoreFixture store;
    QVERIFY(store.open());
    store.store.reset();
    const std::string path = isDirectory ? store.options.dataDir : store.databasePath();
    const mode_t mode = isDirectory ? 0500 : 0400;
    const mode_t usual = isDirectory ? 0700 : 0600;
    QCOMPARE(::chmod(path.c_str(), mode), 0);
    // Modes do not hold root back, so it becomes somebody else for a moment, to whom everything here belongs.
    constexpr uid_t kNobody = 65534;
    const bool isRoot = ::geteuid() == 0;
    if (isRoot) {
        const std::string root = store.options.dataDir.substr(0, store.options.dataDir.rfind('/'));
        for (const std::string &owned :
             {root, store.options.dataDir, store.databasePath(), store.options.dataDir + "/orchestrad.lock"})
            QCOMPARE(::chown(owned.c_str(), kNobody, static_cast<gid_t>(-1)), 0);
        QCOMPARE(::seteuid(kNobody), 0);
    }
    const auto refused = store.open();
    QCOMPARE(::chmod(path.c_str(), usual), 0);
    const auto opened = store.open();
    store.store.reset();
    if (isRoot)
        QCOMPARE(::seteuid(0), 0);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Code::StorageUnavailable);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
}

QTEST_GUILESS_MAIN(TstStoreDisk)
#include "tst_store_disk.moc"
