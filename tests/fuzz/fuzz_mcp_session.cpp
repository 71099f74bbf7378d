// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/event_stream.h"
#include "server/providers/mcp_session.h"
#include "server/providers/mcp_tools.h"
#include "shared/wire/error_table.h"

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

namespace {

using namespace orchestra;

[[noreturn]] void fail(const char *why)
{
    std::fprintf(stderr, "fuzz_mcp_session: %s\n", why);
    std::abort();
}

/// Writes down what a session does, and reads what it hands over as its owner would.
class Heard final : public McpSessionListener
{
public:
    void send(McpMessage message) override
    {
        if (message.number <= latest)
            fail("a number was used twice");
        latest = message.number;
        if (message.isRequest)
            latestRequest = message.number;
        said += "send " + message.body + "\n";
    }
    void drop(std::uint64_t number) override { said += "drop " + std::to_string(number) + "\n"; }
    void shakingHands(bool isOn) override { said += isOn ? "hands\n" : "no hands\n"; }
    void answered(Ticket ticket, Result<wire::JsonValue> result, bool) override
    {
        if (open.erase(ticket) != 1)
            fail("a question was answered twice");
        said += "answer " + std::to_string(ticket) + " " + (result ? result->toText() : result.error().message) + "\n";
        if (!result)
            return;
        static_cast<void>(mcp::readAnswer(*result));
        if (const wire::JsonValue *tools = result->find("tools"); tools && tools->items()) {
            for (const wire::JsonValue &tool : *tools->items()) {
                if (const auto read = mcp::readTool(tool, ToolLimits{}, true); read && read->digest.size() != 64)
                    fail("a tool has no digest");
            }
        }
    }
    void progressed(Ticket ticket, const ToolProgress &step) override
    {
        if (!open.contains(ticket))
            fail("progress of what is over");
        said += "progress " + std::to_string(step.done) + "\n";
    }
    void toolsChanged() override { said += "changed\n"; }

    std::string said;
    std::set<Ticket> open;
    std::uint64_t latest = 0;
    std::uint64_t latestRequest = 0;
};

/// Takes events, cut as told, for what a server says; one of the type "!" for what happens to the exchange.
std::string read(McpSession::Carrier carrier, std::string_view bytes, std::size_t piece)
{
    Heard heard;
    McpSession session(carrier, heard);
    const auto ask = [&] {
        McpQuestion question{.method = "tools/call", .name = "t", .wantsProgress = true, .mayRepeat = true};
        heard.open.insert(session.ask(std::move(question)));
    };
    const auto happen = [&](std::string_view what) {
        const Error error = makeError(Code::ProviderError, "HTTP");
        if (what == "ask")
            ask();
        else if (what == "over")
            session.over(heard.latest, Ok{});
        else if (what == "broken")
            session.over(heard.latestRequest, error);
        else if (what == "lost")
            session.lost(error);
        else if (what == "late")
            session.discoveryTimedOut();
        else if (what == "cancel" && !heard.open.empty())
            session.cancel(heard.open.extract(heard.open.begin()).value(), "enough");
        else if (what.starts_with("id "))
            session.takeSessionId(heard.latestRequest, what.substr(3));
        else if (what.size() > 3)
            session.refused(heard.latestRequest, std::atoi(std::string(what.substr(0, 3)).c_str()), what.substr(3),
                            error, false);
    };
    ask();
    EventStream events(1 << 16);
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        const bool goOn = events.take(part, [&](const ServerSentEvent &event) {
            if (event.type == "!")
                happen(event.data);
            else
                session.take(carrier == McpSession::Carrier::Pipe ? 0 : heard.latestRequest, event.data);
            return heard.said.size() < 1 << 20;
        });
        if (!goOn)
            break;
    }
    session.lost(makeError(Code::ProviderUnavailable, "gone"));
    if (!heard.open.empty())
        fail("a question was never answered");
    return std::move(heard.said);
}

} // namespace

/// libFuzzer target for the readers of servers of tools: event streams, and the session that takes what they carry. The
/// first byte chooses the carrier, the second how the rest is cut. Beside not crashing: each question is answered once,
/// and the reading does not depend on the cutting.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto carrier = data[0] % 2 == 0 ? McpSession::Carrier::Http : McpSession::Carrier::Pipe;
    const std::string_view bytes(reinterpret_cast<const char *>(data) + 2, size - 2);
    if (read(carrier, bytes, bytes.size() + 1) != read(carrier, bytes, std::size_t(data[1] % 32) + 1))
        fail("the reading depends on the cutting");
    return 0;
}
