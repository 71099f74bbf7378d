// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/address.h"

#include <cstddef>
#include <cstdint>
#include <map>

namespace orchestra {

struct LedgerLimits
{
    std::size_t sockets = 1224;        ///< over this a newcomer may only be told so, or be an operator
    std::size_t refusedSockets = 64;   ///< newcomers that are being told so; over this they are cut off
    std::size_t perAddress = 100;      ///< loopback peers and trusted proxies are exempt
    std::size_t preAuth = 64;          ///< WebSockets that have yet to say hello
    std::size_t preAuthPerAddress = 4; ///< loopback peers are not exempt
    std::size_t ops = 32;              ///< consoles
};

/// Places in the pools that a WebSocket needs besides its socket.
struct SlotSet
{
    bool preAuth = false;
    bool ops = false;
    bool proxied = false; ///< came through a trusted proxy: counted by the client's own address
    bool isEmpty() const { return !preAuth && !ops && !proxied; }
    bool operator==(const SlotSet &) const = default;
};

/// Counts sockets by what they may take from others: in all, by address, and by the small pools of WebSockets that
/// have not said hello and of consoles. Pure; the listener asks it for every edge thread.
/// Lives on: edge-0.
class SocketLedger
{
public:
    enum class Welcome : std::uint8_t {
        Enter,
        TooManyFromAddress, ///< tell it with 429
        Full,               ///< tell it with 503, unless it turns out to be an operator
        CutOff,             ///< there is no room even to tell it
    };
    explicit SocketLedger(LedgerLimits limits);

    /// `isExempt`: a loopback peer or trusted proxy. Every answer but CutOff counts the socket until leave().
    Welcome enter(const Address &peer, bool isExempt);
    void leave(const Address &peer, bool wasExempt, bool wasRefused);

    /// All or nothing; a success lasts until release().
    bool take(SlotSet slots, const Address &client);
    void release(SlotSet slots, const Address &client);

    std::size_t sockets() const { return sockets_; }
    bool isEmpty() const;

private:
    using Counts = std::map<Address, std::size_t>;
    static std::size_t countOf(const Counts &counts, const Address &address);
    static void decrement(Counts &counts, const Address &address);

    const LedgerLimits limits_;
    std::size_t sockets_ = 0;
    std::size_t refused_ = 0;
    std::size_t preAuth_ = 0;
    std::size_t ops_ = 0;
    Counts perAddress_;
    Counts preAuthPerAddress_;
    Counts proxiedPerAddress_;
};

} // namespace orchestra
