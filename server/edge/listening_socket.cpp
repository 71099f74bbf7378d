// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/listening_socket.h"

#include "server/edge/address.h"
#include "shared/wire/error_table.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orchestra {
namespace {

constexpr int kBacklog = 1024;
constexpr int kPortAttempts = 16;

struct Endpoint
{
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Endpoint endpointOf(const Address &address, std::uint16_t port)
{
    Endpoint endpoint;
    if (address.isIpv4()) {
        auto *in = reinterpret_cast<sockaddr_in *>(&endpoint.storage);
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        std::memcpy(&in->sin_addr, address.bytes().data() + 12, 4);
        endpoint.size = sizeof *in;
    } else {
        auto *in = reinterpret_cast<sockaddr_in6 *>(&endpoint.storage);
        in->sin6_family = AF_INET6;
        in->sin6_port = htons(port);
        std::memcpy(&in->sin6_addr, address.bytes().data(), 16);
        endpoint.size = sizeof *in;
    }
    return endpoint;
}

std::uint16_t portOf(int fd)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr *>(&storage), &size) != 0)
        return 0;
    if (storage.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<sockaddr_in6 *>(&storage)->sin6_port);
    return storage.ss_family == AF_INET ? ntohs(reinterpret_cast<sockaddr_in *>(&storage)->sin_port) : 0;
}

/// errno is set when the result is not open.
Descriptor listenOn(const Address &address, std::uint16_t port)
{
    const Endpoint endpoint = endpointOf(address, port);
    Descriptor socket(::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.isOpen())
        return socket;
    const int yes = 1;
    const int no = 0;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // :: is both families, every other IPv6 address is itself only.
    const bool isAny = address == Address();
    if (!address.isIpv4())
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, isAny ? &no : &yes, sizeof no);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr *>(&endpoint.storage), endpoint.size) != 0 ||
        ::listen(socket.get(), kBacklog) != 0) {
        const int reason = errno;
        socket = Descriptor();
        errno = reason;
    }
    return socket;
}

Error cannotListen(const std::string &address, std::uint16_t port, int reason)
{
    std::string text = "Cannot listen on " + address + " port " + std::to_string(port) + ": ";
    text += std::strerror(reason);
    return makeError(Code::Conflict, std::move(text));
}

/// The other family's loopback address; nothing for what is not the usual one.
std::optional<Address> loopbackTwin(const Address &address)
{
    if (address == *Address::parse("127.0.0.1"))
        return Address::parse("::1");
    if (address == *Address::parse("::1"))
        return Address::parse("127.0.0.1");
    return std::nullopt;
}

bool lacksFamily(int reason)
{
    return reason == EAFNOSUPPORT || reason == EADDRNOTAVAIL || reason == EPROTONOSUPPORT;
}

} // namespace

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    if (this != &other) {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = other.release();
    }
    return *this;
}

Descriptor::~Descriptor()
{
    if (fd_ >= 0)
        ::close(fd_);
}

Result<ListeningSockets> openListeningSockets(const EdgeSettings &settings)
{
    ListeningSockets listening;
    if (!settings.inheritedListeners.empty()) {
        for (const int fd : settings.inheritedListeners) {
            ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
            listening.sockets.emplace_back(fd);
            if (listening.port == 0)
                listening.port = portOf(fd);
        }
        return listening;
    }
    const std::string name = settings.address == "localhost" ? "127.0.0.1" : settings.address;
    const auto address = Address::parse(name);
    if (!address)
        return makeError(Code::Invalid, settings.address + " is not an IP address.");
    const auto twin = loopbackTwin(*address);
    int reason = 0;
    // A free port of one family may be taken in the other; then another one is tried.
    for (int attempt = 0; attempt < (settings.port == 0 ? kPortAttempts : 1); ++attempt) {
        Descriptor first = listenOn(*address, settings.port);
        if (!first.isOpen())
            return cannotListen(settings.address, settings.port, errno);
        const std::uint16_t port = portOf(first.get());
        Descriptor second;
        if (twin) {
            second = listenOn(*twin, port);
            reason = second.isOpen() ? 0 : errno;
        }
        if (reason != 0 && !lacksFamily(reason))
            continue;
        listening.port = port;
        listening.sockets.push_back(std::move(first));
        if (second.isOpen())
            listening.sockets.push_back(std::move(second));
        return listening;
    }
    return cannotListen(twin->toString(), settings.port, reason);
}

} // namespace orchestra
