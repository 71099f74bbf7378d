// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/environment.h"

#include <string>
#include <vector>

namespace orchestra {

/// The listening TCP sockets that the service manager passed on (systemd's LISTEN_PID and LISTEN_FDS), from now on
/// closed on exec. Whatever else it passed is left alone. `pid` is this process, `first` where the passed descriptors
/// begin.
std::vector<int> inheritedListeners(const Environment &environment, int pid, int first = 3);

/// The first address among `listeners` that is reachable from other machines; empty when all are loopback. What holds
/// for server.address then holds for it.
std::string exposedAddress(const std::vector<int> &listeners);

} // namespace orchestra
