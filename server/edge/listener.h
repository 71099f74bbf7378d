// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/edge/listening_socket.h"
#include "server/edge/socket_ledger.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/mailbox.h"

#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace orchestra {

/// A socket on its way to its edge thread.
struct AcceptedSocket
{
    Descriptor socket;
    Address peer;
    std::uint16_t peerPort = 0;
    bool isExempt = false;        ///< not counted by address
    std::optional<Error> refusal; ///< there is no room for it; it is only to be told so
};

/// The listener's word on AskSlots.
struct SlotAnswer
{
    std::uint64_t serial = 0;
    SlotSet slots;
    Address client;
    bool granted = false;
};

using ToWorker = std::variant<AcceptedSocket, SlotAnswer>;

struct AskSlots
{
    std::uint32_t edge = 0;
    std::uint64_t serial = 0;
    SlotSet slots;
    Address client;
};
struct ReleaseSlots
{
    SlotSet slots;
    Address client;
};
struct SocketClosed
{
    Address peer;
    bool wasExempt = false;
    bool wasRefused = false;
};

using ToListener = std::variant<AskSlots, ReleaseSlots, SocketClosed>;

/// Accepts connections, counts them (SocketLedger) and hands them round the edge threads. When there is no room a
/// newcomer is told so by its edge thread; when there is not even room for that, it is cut off with a bare 503.
/// Lives on: edge-0.
class Listener
{
public:
    /// `workers`: the mailbox of each edge thread, in the order of their numbers.
    Listener(const EdgeSettings &settings, const Clock &clock, LogSink &log, std::vector<Mailbox<ToWorker> *> workers);
    ~Listener();
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;

    void listen(std::vector<Descriptor> sockets);
    /// Connections that wait in the kernel's queue are refused by it from now on.
    void stopAccepting();
    void handle(ToListener &message);

    std::uint64_t accepted() const { return accepted_; }

private:
    class Port;

    void accept(AcceptedSocket accepted);
    void cutOffSocket(const Descriptor &socket);

    const EdgeSettings &settings_;
    const Clock &clock_;
    LogSink &log_;
    const std::vector<Mailbox<ToWorker> *> workers_;
    SocketLedger ledger_;
    std::vector<std::unique_ptr<Port>> ports_;
    std::size_t next_ = 0;
    std::uint64_t accepted_ = 0;
};

/// What fits into the process's limit of open files; `wanted` when there is no such limit.
LedgerLimits ledgerLimits(const EdgeSettings &settings, std::size_t openFiles);

} // namespace orchestra
