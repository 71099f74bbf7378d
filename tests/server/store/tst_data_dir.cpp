// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/data_dir.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace orchestra;

namespace {

unsigned modeOf(const std::string &path)
{
    struct stat found = {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777U : 0;
}

} // namespace

class TstDataDir : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void makesTheDirectoryForItsOwnerAlone();
    void leavesADirectoryAsItIs();
    void saysWhatIsInTheWay();
    void makesAFileForItsOwnerAlone();
    void takesTheRightsOfOthersAway();
    void letsOnlyOneProcessServeADirectory();
    void freesTheDirectoryWhenTheProcessIsKilled();
};

void TstDataDir::makesTheDirectoryForItsOwnerAlone()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString() + "/a/b/c";
    QVERIFY(makeDataDir(path));
    QCOMPARE(modeOf(path), 0700U);
    QCOMPARE(modeOf(root.path().toStdString() + "/a"), 0700U);
    QVERIFY(makeDataDir(path));
    QVERIFY(makeDataDir(path + "/"));
}

void TstDataDir::leavesADirectoryAsItIs()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString();
    QCOMPARE(::chmod(path.c_str(), 0750), 0);
    QVERIFY(makeDataDir(path));
    QCOMPARE(modeOf(path), 0750U);
}

void TstDataDir::saysWhatIsInTheWay()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString() + "/file";
    std::ofstream(path) << "in the way";
    for (const std::string &wanted : {path, path + "/data"}) {
        const Status made = makeDataDir(wanted);
        QVERIFY(!made);
        QCOMPARE(made.error().code, Code::StorageUnavailable);
        QVERIFY(made.error().message.find(path) != std::string::npos);
    }
}

void TstDataDir::makesAFileForItsOwnerAlone()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString() + "/file";
    QVERIFY(*makePrivateFile(path));
    QCOMPARE(modeOf(path), 0600U);
    QVERIFY(!*makePrivateFile(path));
    QVERIFY(!makePrivateFile(root.path().toStdString() + "/absent/file"));
}

void TstDataDir::takesTheRightsOfOthersAway()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString() + "/file";
    std::ofstream(path) << "for all to read";
    QCOMPARE(::chmod(path.c_str(), 0644), 0);
    QVERIFY(!*makePrivateFile(path));
    QCOMPARE(modeOf(path), 0600U);
}

void TstDataDir::letsOnlyOneProcessServeADirectory()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString();
    DataDirLock first;
    QVERIFY(first.acquire(path));
    QVERIFY(first.isHeld());
    QVERIFY(first.acquire(path));
    DataDirLock second;
    const Status refused = second.acquire(path);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Code::Conflict);
    QVERIFY(refused.error().message.find("process " + std::to_string(::getpid())) != std::string::npos);
    QVERIFY(refused.error().message.find(path) != std::string::npos);
    first.release();
    QVERIFY(second.acquire(path));
    QCOMPARE(modeOf(path + "/orchestrad.lock"), 0600U);
}

void TstDataDir::freesTheDirectoryWhenTheProcessIsKilled()
{
    const QTemporaryDir root;
    const std::string path = root.path().toStdString();
    int ready[2] = {};
    QCOMPARE(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        DataDirLock lock;
        const bool held = lock.acquire(path) ? true : false;
        [[maybe_unused]] const auto told = ::write(ready[1], held ? "y" : "n", 1);
        ::pause();
        ::_exit(0);
    }
    char answer = 0;
    QCOMPARE(::read(ready[0], &answer, 1), 1);
    QCOMPARE(answer, 'y');
    DataDirLock lock;
    const Status refused = lock.acquire(path);
    QVERIFY(!refused);
    QVERIFY(refused.error().message.find("process " + std::to_string(child)) != std::string::npos);
    QCOMPARE(::kill(child, SIGKILL), 0);
    QCOMPARE(::waitpid(child, nullptr, 0), child);
    QVERIFY(lock.acquire(path));
    ::close(ready[0]);
    ::close(ready[1]);
}

QTEST_GUILESS_MAIN(TstDataDir)
#include "tst_data_dir.moc"
