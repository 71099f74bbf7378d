// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/event_size.h"

#include "shared/base/result.h"

namespace orchestra {
namespace {

constexpr std::size_t kHead = 220;           // braces, member names, id, timestamp, thread and task ids
constexpr std::size_t kCompletionHead = 400; // usage, timings, provenance
constexpr std::size_t kMessageHead = 180;

std::size_t bodyBytes(const wire::ServerBody &body)
{
    const auto texts = [](const auto &...text) { return (std::size_t{0} + ... + text.size()); };
    return std::visit(Overload{
                          [&](const wire::UserMessage &b) { return texts(b.content, b.ref); },
                          [&](const wire::AgentStarted &b) { return texts(b.agentName); },
                          [&](const wire::AgentThinking &b) { return texts(b.agentName, b.content); },
                          [&](const wire::ToolExecuting &b) { return texts(b.toolName, b.parameters.text, b.callId); },
                          [&](const wire::ToolCompleted &b) { return texts(b.toolName, b.callId, b.result.text); },
                          [&](const wire::ApprovalRequired &b) { return texts(b.what, b.parameters.text); },
                          [&](const wire::ApprovalResolved &b) { return texts(b.actor); },
                          [&](const wire::StreamToken &b) { return texts(b.content); },
                          [&](const wire::AgentCompleted &b) {
                              std::size_t bytes =
                                  kCompletionHead + b.content.size() + (b.error ? b.error->message.size() : 0);
                              for (const auto &[flag, variant] : b.provenance.flagVariants)
                                  bytes += texts(flag, variant) + 6;
                              return bytes;
                          },
                          [&](const wire::Snapshot &b) {
                              std::size_t bytes = 0;
                              for (const wire::StoredMessage &message : b.messages)
                                  bytes += estimatedBytes(message);
                              return bytes;
                          },
                          [](const auto &) { return std::size_t{64}; },
                      },
                      body);
}

} // namespace

std::size_t estimatedBytes(const wire::StoredMessage &message)
{
    return kMessageHead + message.content.size() + (message.ref ? message.ref->size() : 0) +
           (message.error ? message.error->message.size() : 0);
}

std::size_t estimatedBytes(const wire::ServerFrame &frame)
{
    return kHead + frame.userId.size() + (frame.requestId ? frame.requestId->size() : 0) + bodyBytes(frame.body);
}

} // namespace orchestra
