// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/inherited_listeners.h"

#include "server/edge/address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::int64_t kMostListeners = 64;

/// The address that a socket is bound to; empty when it is no TCP socket.
std::string boundAddress(int socket)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr *>(&storage), &size) != 0)
        return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void *bytes = nullptr;
    if (storage.ss_family == AF_INET)
        bytes = &reinterpret_cast<const sockaddr_in &>(storage).sin_addr;
    else if (storage.ss_family == AF_INET6)
        bytes = &reinterpret_cast<const sockaddr_in6 &>(storage).sin6_addr;
    if (bytes == nullptr || ::inet_ntop(storage.ss_family, bytes, text.data(), text.size()) == nullptr)
        return {};
    return text.data();
}

bool isListening(int socket)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

} // namespace

std::vector<int> inheritedListeners(const Environment &environment, int pid, int first)
{
    std::vector<int> listeners;
    if (numberOf(environment, "LISTEN_PID") != pid)
        return listeners;
    const auto passed = std::clamp<std::int64_t>(numberOf(environment, "LISTEN_FDS").value_or(0), 0, kMostListeners);
    for (int socket = first; socket < first + passed; ++socket) {
        if (!isListening(socket) || boundAddress(socket).empty())
            continue;
        ::fcntl(socket, F_SETFD, FD_CLOEXEC);
        listeners.push_back(socket);
    }
    return listeners;
}

std::string exposedAddress(const std::vector<int> &listeners)
{
    for (const int listener : listeners) {
        const std::string address = boundAddress(listener);
        const auto parsed = Address::parse(address);
        if (!parsed || !parsed->isLoopback())
            return address;
    }
    return {};
}

} // namespace orchestra
