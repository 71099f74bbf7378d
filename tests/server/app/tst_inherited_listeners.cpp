// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/inherited_listeners.h"

#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace orchestra;

class TstInheritedListeners : public QObject
{
    Q_OBJECT

    static constexpr int kFirst = 200; ///< far from what the test itself has open

    /// Puts a socket at `descriptor`, as a service manager would.
    static void pass(int descriptor, bool listens, in_addr_t address = INADDR_LOOPBACK, int type = SOCK_STREAM)
    {
        const int socket = ::socket(AF_INET, type, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(address);
        if (::bind(socket, reinterpret_cast<sockaddr *>(&name), sizeof name) != 0 ||
            (listens && ::listen(socket, 1) != 0) || ::dup2(socket, descriptor) != descriptor)
            qFatal("the fixture's socket cannot be made");
        ::close(socket);
    }

    static std::vector<int> take(const char *count, int pid = 42)
    {
        return inheritedListeners({{"LISTEN_PID", "42"}, {"LISTEN_FDS", count}}, pid, kFirst);
    }

private Q_SLOTS:
    void cleanup()
    {
        for (int descriptor = kFirst; descriptor < kFirst + 4; ++descriptor)
            ::close(descriptor);
    }

    void takesWhatWasPassedToThisProcess()
    {
        pass(kFirst, true);
        pass(kFirst + 1, true);
        QCOMPARE(take("2"), (std::vector<int>{kFirst, kFirst + 1}));
        QVERIFY((::fcntl(kFirst, F_GETFD) & FD_CLOEXEC) != 0);
        QCOMPARE(take("1"), std::vector<int>{kFirst});
        QCOMPARE(take("2", 43), std::vector<int>());
        QCOMPARE(inheritedListeners({}, 42, kFirst), std::vector<int>());
    }

    void leavesEverythingElseAlone()
    {
        pass(kFirst, false);
        pass(kFirst + 1, false, INADDR_LOOPBACK, SOCK_DGRAM);
        pass(kFirst + 2, true);
        QCOMPARE(take("3"), std::vector<int>{kFirst + 2});
        QVERIFY((::fcntl(kFirst, F_GETFD) & FD_CLOEXEC) == 0);
        QCOMPARE(take("-1"), std::vector<int>());
        QCOMPARE(take("many"), std::vector<int>());
        QCOMPARE(take("9999999999"), std::vector<int>{kFirst + 2});
    }

    void seesWhatOtherMachinesCanReach()
    {
        pass(kFirst, true);
        QCOMPARE(exposedAddress({kFirst}), std::string());
        QCOMPARE(exposedAddress({}), std::string());
        pass(kFirst + 1, true, INADDR_ANY);
        QCOMPARE(exposedAddress({kFirst, kFirst + 1}), std::string("0.0.0.0"));
    }
};

QTEST_APPLESS_MAIN(TstInheritedListeners)
#include "tst_inherited_listeners.moc"
