// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/socket_ledger.h"

namespace orchestra {

SocketLedger::SocketLedger(LedgerLimits limits)
    : limits_(limits)
{
}

SocketLedger::Welcome SocketLedger::enter(const Address &peer, bool isExempt)
{
    Welcome welcome = Welcome::Enter;
    if (!isExempt && countOf(perAddress_, peer) >= limits_.perAddress)
        welcome = Welcome::TooManyFromAddress;
    if (welcome == Welcome::Enter && sockets_ - refused_ >= limits_.sockets)
        welcome = Welcome::Full;
    if (welcome != Welcome::Enter) {
        if (refused_ >= limits_.refusedSockets)
            return Welcome::CutOff;
        ++refused_;
    }
    ++sockets_;
    if (!isExempt)
        ++perAddress_[peer];
    return welcome;
}

void SocketLedger::leave(const Address &peer, bool wasExempt, bool wasRefused)
{
    --sockets_;
    if (wasRefused)
        --refused_;
    if (!wasExempt)
        decrement(perAddress_, peer);
}

bool SocketLedger::take(SlotSet slots, const Address &client)
{
    if (slots.preAuth &&
        (preAuth_ >= limits_.preAuth || countOf(preAuthPerAddress_, client) >= limits_.preAuthPerAddress))
        return false;
    if (slots.ops && ops_ >= limits_.ops)
        return false;
    if (slots.proxied && countOf(proxiedPerAddress_, client) >= limits_.perAddress)
        return false;
    if (slots.preAuth) {
        ++preAuth_;
        ++preAuthPerAddress_[client];
    }
    if (slots.ops)
        ++ops_;
    if (slots.proxied)
        ++proxiedPerAddress_[client];
    return true;
}

void SocketLedger::release(SlotSet slots, const Address &client)
{
    if (slots.preAuth) {
        --preAuth_;
        decrement(preAuthPerAddress_, client);
    }
    if (slots.ops)
        --ops_;
    if (slots.proxied)
        decrement(proxiedPerAddress_, client);
}

bool SocketLedger::isEmpty() const
{
    return sockets_ == 0 && refused_ == 0 && preAuth_ == 0 && ops_ == 0 && perAddress_.empty() &&
           preAuthPerAddress_.empty() && proxiedPerAddress_.empty();
}

std::size_t SocketLedger::countOf(const Counts &counts, const Address &address)
{
    const auto found = counts.find(address);
    return found == counts.end() ? 0 : found->second;
}

void SocketLedger::decrement(Counts &counts, const Address &address)
{
    const auto found = counts.find(address);
    if (found != counts.end() && --found->second == 0)
        counts.erase(found);
}

} // namespace orchestra
