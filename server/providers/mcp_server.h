// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/mcp_carrier.h"
#include "server/providers/tool_server.h"

#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace orchestra {

/// A server of the Model Context Protocol: keeps the time of everything that is asked of it, reads its lists page by
/// page and its answers as those of tools. Lives on: provider.
class McpServer final : public ToolServer, private McpSessionListener
{
public:
    /// How long a program may be silent when it is first spoken to in the newer way; after it the older one is tried.
    static constexpr std::chrono::seconds kDiscovery{3};
    static constexpr unsigned kMostPages = 64;
    /// A server that has let so many handshakes and lists pass in silence, one after the other, is begun anew.
    static constexpr unsigned kMostSilences = 3;
    /// Servers may say as often as they like how far they are, or that their tools are others: it is told so often.
    static constexpr std::chrono::milliseconds kToldEvery{200};

    McpServer(ToolServerSettings settings, const Ground &ground, Output output);
    ~McpServer() override;

    void call(ToolPort::Call call, const ToolRequest &request) override;
    void cancel(ToolPort::Call call) override;
    void list(std::uint64_t question) override;
    void close() override { carrier_->close(); }

private:
    /// A tool call under way.
    struct Calling
    {
        Ticket ticket = 0;
        MonotonicTime startedAt{};
        MonotonicTime deadline{};
        MonotonicTime silentUntil{};
        MonotonicTime toldAt{};
    };
    /// A list under way, over all its pages.
    struct Listing
    {
        ToolList list;
        Ticket ticket = 0; ///< of the page that is asked for
        unsigned pages = 0;
        MonotonicTime deadline{};
    };

    // McpSessionListener
    void send(McpMessage message) override;
    void drop(std::uint64_t number) override { carrier_->drop(number); }
    void shakingHands(bool isOn) override;
    void answered(Ticket ticket, Result<wire::JsonValue> result, bool isServersFault) override;
    void progressed(Ticket ticket, const ToolProgress &progress) override;
    void toolsChanged() override;

    void askPage(std::uint64_t question, const std::string &cursor);
    void takePage(std::uint64_t question, const Result<wire::JsonValue> &result);
    void endCall(ToolPort::Call call, Result<ToolAnswer> outcome, bool isServersFault);
    void endList(std::uint64_t question, Result<ToolList> outcome);
    void keepTime();
    void expire();
    void expireCalls(MonotonicTime now);
    void expireLists(MonotonicTime now);
    void noteSilence();

    const ToolServerSettings settings_;
    const Ground ground_;
    const Output output_;
    McpSession session_;
    std::unique_ptr<McpCarrier> carrier_;
    std::unordered_map<ToolPort::Call, Calling> calls_;
    std::unordered_map<std::uint64_t, Listing> lists_;
    std::unordered_map<Ticket, ToolPort::Call> callOf_;
    std::unordered_map<Ticket, std::uint64_t> listOf_;
    std::map<std::string, wire::JsonValue> schemas_; ///< by tool, of those that repeat arguments in headers
    std::optional<MonotonicTime> discoveryUntil_;
    std::optional<MonotonicTime> handshakeUntil_;
    unsigned silences_ = 0;
    MonotonicTime changeToldAt_{};
    QTimer timer_;
};

} // namespace orchestra
