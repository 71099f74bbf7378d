// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/service_notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace orchestra {
ServiceNotifier::ServiceNotifier(const Environment &environment, int pid)
{
    const std::string_view address = textOf(environment, "NOTIFY_SOCKET");
    const bool isPath = address.starts_with('/') || address.starts_with('@');
    if (!isPath || address.size() >= sizeof(sockaddr_un::sun_path))
        return;
    address_ = address;
    if (address_.front() == '@')
        address_.front() = '\0';
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto tolerated = numberOf(environment, "WATCHDOG_USEC");
    const auto watched = numberOf(environment, "WATCHDOG_PID");
    if (tolerated && *tolerated > 0 && watched.value_or(pid) == pid)
        watchdogInterval_ = std::chrono::milliseconds(std::max<std::int64_t>(1, *tolerated / 2000));
}

ServiceNotifier::~ServiceNotifier()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void ServiceNotifier::ready()
{
    send("READY=1");
}

void ServiceNotifier::stopping()
{
    send("STOPPING=1");
}

void ServiceNotifier::status(std::string_view text)
{
    // A line break would begin another variable.
    send("STATUS=" + std::string(text.substr(0, text.find('\n'))));
}

void ServiceNotifier::alive()
{
    send("WATCHDOG=1");
}

void ServiceNotifier::send(std::string_view message)
{
    owner_.check();
    if (descriptor_ < 0)
        return;
    sockaddr_un target{};
    target.sun_family = AF_UNIX;
    std::memcpy(target.sun_path, address_.data(), address_.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    (void)::sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr *>(&target), size);
}

} // namespace orchestra
