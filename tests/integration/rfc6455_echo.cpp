// SPDX-License-Identifier: GPL-3.0-or-later
// An echo server of the edge's FrameSocket and SendQueue, for conformance suites and benchmarks.
// rfc6455_echo [--port P] [--tls] [--product-limits]   prints the port it listens on.
// Conformance suites send what the product refuses by size or by rate, so its limits are opened unless asked for.
#include "server/loop/epoll_dispatcher.h"
#include "tests/support/echo_server.h"

#include <QCoreApplication>

#include <cstdio>
#include <sys/resource.h>

using namespace orchestra;

namespace {

void openLimits(EchoSettings &settings)
{
    constexpr std::size_t kLargest = 64 * 1024 * 1024;
    settings.limits.messageBytes = kLargest;
    settings.limits.fragments = 1 << 20;
    settings.limits.controlBurst = 1000;
    settings.limits.controlPerSecond = 1000;
    settings.limits.unsentCap = 4 * kLargest;
    settings.limits.messageDeadline = std::chrono::minutes(5);
    settings.queue.bytes = 2 * kLargest;
    settings.queue.frames = 1 << 20;
}

} // namespace

int main(int argc, char **argv)
{
    EchoSettings settings;
    settings.sweep = std::chrono::milliseconds(250);
    bool hasProductLimits = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option(argv[i]);
        if (option == "--port" && i + 1 < argc)
            settings.port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
        else if (option == "--tls")
            settings.tls = TestCertificate::make();
        else if (option == "--product-limits")
            hasProductLimits = true;
    }
    if (!hasProductLimits)
        openLimits(settings);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    QCoreApplication app(argc, argv);
    const SystemClock clock;
    EchoServer server(settings, clock);
    std::printf("%u\n", unsigned(server.serverPort()));
    std::fflush(stdout);
    return app.exec();
}
