// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/thread_owner.h"

#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace orchestra;

namespace {

/// Runs `body` in a child process and tells which signal ended it (0 for none).
template <class Body>
int signalOf(const Body &body)
{
    const pid_t child = fork();
    if (child == 0) {
        const rlimit noCore{0, 0};
        setrlimit(RLIMIT_CORE, &noCore);
        signal(SIGABRT, SIG_DFL); // QTest's handler would attach a debugger
        close(STDERR_FILENO);
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

} // namespace

class TstThreadOwner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void letsItsOwnThreadIn();
    void abortsOnAnotherThread();
    void belongsToTheThreadThatAdoptsIt();
};

void TstThreadOwner::letsItsOwnThreadIn()
{
    QCOMPARE(signalOf([] { ThreadOwner().check(); }), 0);
}

void TstThreadOwner::abortsOnAnotherThread()
{
    QCOMPARE(signalOf([] {
                 ThreadOwner owner;
                 std::thread([&owner] { owner.check(); }).join();
             }),
             SIGABRT);
}

void TstThreadOwner::belongsToTheThreadThatAdoptsIt()
{
    QCOMPARE(signalOf([] {
                 ThreadOwner owner;
                 std::thread([&owner] {
                     owner.adopt();
                     owner.check();
                 }).join();
             }),
             0);
    QCOMPARE(signalOf([] {
                 ThreadOwner owner;
                 std::thread([&owner] { owner.adopt(); }).join();
                 owner.check();
             }),
             SIGABRT);
}

QTEST_GUILESS_MAIN(TstThreadOwner)
#include "tst_thread_owner.moc"
