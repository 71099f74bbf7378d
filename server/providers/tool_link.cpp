// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/tool_link.h"

#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

Error tooMuchWaits()
{
    return makeError(Code::ProviderUnavailable, "too much is waiting to be sent to servers of tools");
}

} // namespace

ToolLink::ToolLink(std::size_t maxWaiting, HttpClientSettings http, const Clock &clock, LogSink *log)
    : http_(std::move(http))
    , clock_(clock)
    , log_(log)
    , toWorker_(maxWaiting, clock)
    , toHub_(maxWaiting, clock)
    , commands_(toWorker_)
    , answers_(toHub_)
{
    answers_.start([this](std::vector<FromTools> &batch) { receive(batch); });
    later_.attach([this] { catchUp(); });
}

ToolLink::~ToolLink()
{
    stop();
}

void ToolLink::stop()
{
    later_.detach();
    answers_.stop();
    toWorker_.close();
}

void ToolLink::attach()
{
    worker_.emplace(toHub_, commands_, http_, clock_, log_);
}

void ToolLink::detach()
{
    worker_.reset();
}

void ToolLink::send(ToTools command)
{
    if (unsent_.empty() && toWorker_.push(std::move(command)))
        return;
    unsent_.push_back(std::move(command));
    later_.ring();
}

void ToolLink::setServers(std::vector<ToolServerSettings> servers, ToolLimits limits)
{
    owner_.check();
    send(SetToolServers{std::move(servers), limits});
}

ToolPort::Call ToolLink::call(ToolRequest request, ToolListener &listener)
{
    owner_.check();
    const Call call = ++lastCall_;
    listeners_[call] = &listener;
    if (!unsent_.empty() || !toWorker_.push(StartToolCall{call, std::move(request)})) {
        ToolCallEnded ended{.call = call};
        ended.end.outcome = tooMuchWaits();
        refused_.emplace_back(std::in_place_type<ToolCallEnded>, std::move(ended));
        later_.ring();
    }
    return call;
}

void ToolLink::cancel(Call call)
{
    owner_.check();
    if (listeners_.erase(call) > 0)
        send(CancelToolCall{call});
}

void ToolLink::list(const std::string &server, Listed done)
{
    owner_.check();
    const std::uint64_t question = ++lastQuestion_;
    lists_[question] = std::move(done);
    if (!unsent_.empty() || !toWorker_.push(AskToolList{question, server})) {
        refused_.emplace_back(std::in_place_type<ToolsListed>, ToolsListed{question, tooMuchWaits()});
        later_.ring();
    }
}

/// Sends what must not be lost, and answers what was refused.
void ToolLink::catchUp()
{
    std::vector<ToTools> unsent = std::exchange(unsent_, {});
    for (ToTools &command : unsent) {
        if (!unsent_.empty() || !toWorker_.push(std::move(command)))
            unsent_.push_back(std::move(command));
    }
    if (!unsent_.empty())
        later_.ring();
    for (FromTools &answer : std::exchange(refused_, {}))
        std::visit([this](auto &value) { deliver(value); }, answer);
}

void ToolLink::receive(std::vector<FromTools> &batch)
{
    owner_.check();
    for (FromTools &answer : batch)
        std::visit([this](auto &value) { deliver(value); }, answer);
}

void ToolLink::deliver(const ToolCallProgressed &progressed)
{
    if (const auto listener = listeners_.find(progressed.call); listener != listeners_.end())
        listener->second->onProgress(progressed.progress);
}

void ToolLink::deliver(const ToolCallEnded &ended)
{
    if (const auto listener = listeners_.extract(ended.call); !listener.empty())
        listener.mapped()->onEnd(ended.end);
}

void ToolLink::deliver(ToolsListed &listed)
{
    if (const auto done = lists_.extract(listed.question); !done.empty())
        done.mapped()(std::move(listed.list));
}

void ToolLink::deliver(const ToolListChanged &changed)
{
    if (changed_)
        changed_(changed.server);
}

} // namespace orchestra
