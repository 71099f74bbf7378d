// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/thread_owner.h"

#include <QProcess>
#include <QTest>

#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <sys/resource.h>
#include <thread>

using namespace orchestra;

namespace {

void useOnItsThread()
{
    ThreadOwner().check();
}

void useOnAnotherThread()
{
    ThreadOwner owner;
    std::thread([&owner] { owner.check(); }).join();
}

void adoptAndUse()
{
    ThreadOwner owner;
    std::thread([&owner] {
        owner.adopt();
        owner.check();
    }).join();
}

void useAfterAdoption()
{
    ThreadOwner owner;
    std::thread([&owner] { owner.adopt(); }).join();
    owner.check();
}

const std::map<std::string, void (*)()> kActs{{"useOnItsThread", useOnItsThread},
                                              {"useOnAnotherThread", useOnAnotherThread},
                                              {"adoptAndUse", adoptAndUse},
                                              {"useAfterAdoption", useAfterAdoption}};

constexpr const char *kAct = "ORCHESTRA_TEST_ACT";

/// Does one of kActs in a process of its own and tells which signal ended it: 0 for none, -1 when it ended otherwise.
int signalOf(const char *act)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromLatin1(kAct), QString::fromLatin1(act));
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(), QStringList());
    if (!process.waitForFinished())
        return -1;
    if (process.exitStatus() == QProcess::CrashExit)
        return process.exitCode();
    return process.exitCode() == 0 ? 0 : -1;
}

int perform(const char *act)
{
    const rlimit noCore{0, 0};
    setrlimit(RLIMIT_CORE, &noCore);
    kActs.at(act)();
    return EXIT_SUCCESS;
}

} // namespace

class TstThreadOwner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void letsItsOwnThreadIn() { QCOMPARE(signalOf("useOnItsThread"), 0); }
    void abortsOnAnotherThread() { QCOMPARE(signalOf("useOnAnotherThread"), SIGABRT); }
    void belongsToTheThreadThatAdoptsIt()
    {
        QCOMPARE(signalOf("adoptAndUse"), 0);
        QCOMPARE(signalOf("useAfterAdoption"), SIGABRT);
    }
};

int main(int argc, char **argv)
{
    if (const char *act = std::getenv(kAct))
        return perform(act);
    const QCoreApplication application(argc, argv);
    TstThreadOwner test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_thread_owner.moc"
