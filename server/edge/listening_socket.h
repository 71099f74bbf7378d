// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_settings.h"
#include "shared/base/result.h"

#include <utility>

namespace orchestra {

/// A file descriptor that closes itself.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int fd)
        : fd_(fd)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : fd_(other.release())
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept;
    ~Descriptor();

    int get() const { return fd_; }
    bool isOpen() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_ = -1;
};

struct ListeningSockets
{
    std::vector<Descriptor> sockets;
    std::uint16_t port = 0;
};

/// Binds and listens, or takes over the sockets of the service manager. A loopback address means both families, where
/// the machine has both. The Error says which address and port, and why.
Result<ListeningSockets> openListeningSockets(const EdgeSettings &settings);

} // namespace orchestra
