// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/breaker_history.h"

#include <algorithm>
#include <utility>

namespace orchestra {

BreakerHistory::BreakerHistory(OpsClient &client, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , clock_(clock)
{
    connect(&client_, &OpsClient::welcomed, this, [this] {
        moves_.clear(); // it may be another server
        if (active_)
            ask(0);
    });
}

void BreakerHistory::setActive(bool active)
{
    if (std::exchange(active_, active) == active)
        return;
    ++round_;
    if (active_)
        ask(0);
}

void BreakerHistory::ask(std::uint64_t beforeIndex)
{
    if (beforeIndex == 0) {
        gathered_.clear();
        ++round_;
    }
    client_.queryBreaker({}, beforeIndex, kPageRows, [this, round = round_](const Result<wire::BreakerReply> &reply) {
        // Without an answer the rows still tell of their latest changes.
        if (reply && round == round_)
            take(*reply);
    });
}

void BreakerHistory::take(const wire::BreakerReply &reply)
{
    gathered_.insert(gathered_.end(), reply.transitions.begin(), reply.transitions.end());
    if (reply.nextIndex > 0 && gathered_.size() < kMostRows)
        return ask(reply.nextIndex);
    moves_.clear();
    for (auto move = gathered_.rbegin(); move != gathered_.rend(); ++move)
        moves_[move->breaker].push_back(std::move(*move));
    gathered_.clear();
    follow();
    Q_EMIT changed();
}

void BreakerHistory::follow()
{
    for (const auto &[name, row] : client_.mirror().breakers()) {
        Moves &known = moves_[name];
        for (const wire::BreakerMove &move : row.history) {
            const bool isKnown =
                !known.empty() &&
                (move.at.ms < known.back().at.ms ||
                 (move.at.ms == known.back().at.ms && std::ranges::any_of(known, [&](const auto &other) {
                      return other.at == move.at && other.fromState == move.from && other.toState == move.to;
                  })));
            if (isKnown)
                continue;
            wire::BreakerTransition next{name, move.from, move.to, move.at, move.cause, {}, {}};
            if (row.overrideUntil && move.at == row.since) {
                next.actor = row.actor;
                next.overrideUntil = row.overrideUntil;
            }
            known.push_back(std::move(next));
        }
    }
    forgetOld();
}

void BreakerHistory::forgetOld()
{
    const WallMs oldest = clock_.wallMs() - std::chrono::milliseconds(kKept).count();
    for (auto &[name, moves] : moves_)
        std::erase_if(moves, [oldest](const wire::BreakerTransition &move) { return move.at.ms < oldest; });
}

const BreakerHistory::Moves &BreakerHistory::of(const std::string &breaker) const
{
    static const Moves kNone;
    const auto found = moves_.find(breaker);
    return found == moves_.end() ? kNone : found->second;
}

std::size_t BreakerHistory::openings(const Moves &moves)
{
    const auto isOpen = [](wire::BreakerState state) {
        return state == wire::BreakerState::Open || state == wire::BreakerState::ForcedOpen;
    };
    return static_cast<std::size_t>(std::ranges::count_if(moves, [&](const wire::BreakerTransition &move) {
        return isOpen(move.toState) && !isOpen(move.fromState) && move.fromState != wire::BreakerState::HalfOpen;
    }));
}

} // namespace orchestra
