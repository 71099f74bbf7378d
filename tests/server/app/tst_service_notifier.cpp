// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/service_notifier.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

/// The service manager's end: a datagram socket at a path, or at an abstract name that begins with '@'.
class Supervisor
{
public:
    explicit Supervisor(std::string name)
        : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        if (name.front() == '@')
            name.front() = '\0';
        std::memcpy(address.sun_path, name.data(), name.size());
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        if (::bind(descriptor_, reinterpret_cast<sockaddr *>(&address), size) != 0)
            qFatal("the supervisor's socket cannot be bound");
    }
    ~Supervisor() { ::close(descriptor_); }

    /// The next notice; empty when there is none.
    std::string hear()
    {
        char buffer[512];
        const ssize_t size = ::recv(descriptor_, buffer, sizeof buffer, 0);
        return {buffer, size > 0 ? static_cast<std::size_t>(size) : 0};
    }

private:
    int descriptor_;
};

} // namespace

class TstServiceNotifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsTheSupervisor_data()
    {
        QTest::addColumn<bool>("isAbstract");
        QTest::newRow("path") << false;
        QTest::newRow("abstract name") << true;
    }

    void tellsTheSupervisor()
    {
        QFETCH(bool, isAbstract);
        QTemporaryDir place;
        const std::string name = (isAbstract ? "@" : "") + place.filePath(QStringLiteral("notify")).toStdString();
        Supervisor supervisor(name);
        ServiceNotifier notifier({{"NOTIFY_SOCKET", name}}, 1);
        notifier.status("3 of 7 phases\nREADY=1");
        notifier.ready();
        notifier.alive();
        notifier.stopping();
        QCOMPARE(supervisor.hear(), std::string("STATUS=3 of 7 phases"));
        QCOMPARE(supervisor.hear(), std::string("READY=1"));
        QCOMPARE(supervisor.hear(), std::string("WATCHDOG=1"));
        QCOMPARE(supervisor.hear(), std::string("STOPPING=1"));
        QCOMPARE(supervisor.hear(), std::string());
    }

    void doesNothingWithoutASupervisor_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("nobody there") << QByteArray("/nonexistent/notify");
        QTest::newRow("another kind of address") << QByteArray("vsock:2:1");
        QTest::newRow("too long") << QByteArray("/" + QByteArray(200, 'x'));
    }

    void doesNothingWithoutASupervisor()
    {
        QFETCH(QByteArray, address);
        ServiceNotifier notifier({{"NOTIFY_SOCKET", address.toStdString()}}, 1);
        notifier.ready();
        notifier.alive();
    }

    void signalsTwiceAsOftenAsTheWatchdogAsks()
    {
        const auto interval = [](Environment environment) {
            environment.emplace_back("NOTIFY_SOCKET", "/nonexistent/notify");
            return ServiceNotifier(environment, 42).watchdogInterval();
        };
        QVERIFY(interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "42"}}) == 15000ms);
        QVERIFY(interval({{"WATCHDOG_USEC", "30000000"}}) == 15000ms);
        QVERIFY(interval({{"WATCHDOG_USEC", "1"}}) == 1ms);
        QVERIFY(!interval({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "43"}}));
        QVERIFY(!interval({{"WATCHDOG_USEC", "soon"}}));
        QVERIFY(!interval({{"WATCHDOG_USEC", "-5"}}));
        QVERIFY(!interval({}));
    }
};

QTEST_APPLESS_MAIN(TstServiceNotifier)
#include "tst_service_notifier.moc"
