// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/histogram.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace orchestra {

// Plain counters: each thread owns one struct, adds to it without synchronisation and hands a copy to the hub once a
// second. The hub merges them for /metrics, the series and the overview. Counters only grow; histograms are in
// microseconds and cumulative.

struct MailboxCounters
{
    std::uint64_t batches = 0;
    std::uint64_t values = 0;
    std::uint64_t refused = 0; ///< pushes that found the mailbox full
    Histogram waitUs;
};

struct EdgeCounters
{
    std::uint64_t accepted = 0;
    std::uint64_t opened = 0;                                ///< WebSockets upgraded
    std::map<std::uint16_t, std::uint64_t> closed;           ///< by close code
    std::map<std::string, std::uint64_t> rejected;           ///< by reason, before an upgrade
    std::map<std::string, std::uint64_t> validationFailures; ///< by wire name of the error code
    std::map<std::string, std::uint64_t> httpRequests;       ///< "METHOD route status version"
    std::map<std::string, Histogram> httpDurationUs;         ///< by "METHOD route"
    std::uint64_t framesIn = 0;
    std::uint64_t framesOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t droppedProgress = 0;
    std::uint64_t slowConsumers = 0;
    std::uint64_t sequenceGaps = 0;        ///< must stay 0
    std::uint64_t isolationViolations = 0; ///< must stay 0
    std::uint64_t rateLimited = 0;
    Histogram handleUs;  ///< client frame: socket read to hand-over to the hub
    Histogram deliverUs; ///< event: hand-over by the hub to socket write
    MailboxCounters fromHub;
    Histogram loopLagUs;
};

struct StoreCounters
{
    std::uint64_t commits = 0;
    std::uint64_t operations = 0;
    std::map<std::string, std::uint64_t> errors; ///< by operation
    Histogram commitUs;
    Histogram batchSize;
    MailboxCounters fromHub;
};

/// Of the thread that speaks with model servers and servers of tools.
struct ProviderCounters
{
    Histogram loopLagUs;
    Histogram commandWaitUs; ///< how long the hub's commands waited for it
};

struct HubCounters
{
    std::uint64_t chats = 0;
    std::uint64_t commands = 0;
    std::uint64_t tokens = 0;
    std::map<std::string, std::uint64_t> turns;       ///< by outcome: ok, error, cancelled, rejected
    std::map<std::string, std::uint64_t> turnErrors;  ///< by wire name of the error code
    std::map<std::string, std::uint64_t> apiRequests; ///< "v1 ws", "v2 http", ...
    std::map<std::string, std::uint64_t> replays;     ///< by outcome
    std::map<std::string, std::uint64_t> intents;     ///< turns by intent
    /// (what a user said a message was about, "correct" or "wrong": what it was taken for)
    std::map<std::pair<std::string, std::string>, std::uint64_t> intentEvaluations;
    std::map<std::string, std::uint64_t> swarms; ///< questions that a swarm took on, by how they ended
    std::map<std::pair<std::string, std::string>, std::uint64_t> breakerTransitions; ///< (breaker, state it went to)
    std::map<std::pair<std::string, std::string>, std::uint64_t> breakerCalls;       ///< (breaker, outcome)
    std::map<std::pair<std::string, std::string>, std::uint64_t> flagEvaluations;    ///< (flag, variant)
    std::map<std::pair<std::string, std::string>, std::uint64_t> toolCalls;          ///< (server of tools, outcome)
    std::map<std::string, Histogram> toolUs;                                         ///< by server of tools
    std::map<std::string, std::uint64_t> deprecated;         ///< uses of deprecated features, by feature
    std::map<std::string, std::uint64_t> answerCache;        ///< questions that a kept answer might serve: hit, miss
    std::map<std::string, std::uint64_t> turnsRateLimited;   ///< by what there was too much of: messages, tokens
    std::map<std::string, std::uint64_t> degradationChanges; ///< by the level gone to
    std::uint64_t overloads = 0; ///< turns and connections refused because the server could not bear them
    std::uint64_t refusedTransitions = 0;
    std::uint64_t syntheticAssistantContent = 0; ///< must stay 0
    std::uint64_t audits = 0;
    Histogram ackUs;        ///< chat received to ack handed to the edge
    Histogram firstTokenUs; ///< chat accepted to first token
    Histogram turnUs;       ///< chat accepted to terminal event
    /// The same as firstTokenUs by (server of models, model), when the turn has ended; ("", "") without a model.
    std::map<std::pair<std::string, std::string>, Histogram> modelFirstTokenUs;
    /// What models have said, by (server of models, model); estimated where the server does not say.
    std::map<std::pair<std::string, std::string>, std::uint64_t> modelTokens;
    Histogram intentConfidence; ///< in thousandths
    Histogram swarmUs;          ///< from the plan to the end of the answer
    MailboxCounters fromEdge;
    MailboxCounters fromStore;
    MailboxCounters fromProviders;
    Histogram loopLagUs;

    /// Models that are counted one by one; all others share the entry ("other", "other").
    static constexpr std::size_t kModels = 50;
    /// The entry of a model in modelFirstTokenUs or modelTokens.
    template <class Map>
    static typename Map::mapped_type &ofModel(Map &counts, const std::string &server, const std::string &model)
    {
        const std::pair key(server, model);
        return counts.size() < kModels || counts.contains(key) ? counts[key] : counts[{"other", "other"}];
    }
};

} // namespace orchestra
