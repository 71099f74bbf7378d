// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/mcp_carrier.h"
#include "server/providers/stdio_process.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <QTimer>

#include <chrono>
#include <memory>
#include <string>

namespace orchestra {

/// A server that is a program of its own, spoken with over its pipes: started when it is first needed, and again, after
/// growing pauses, when it has ended. What it writes to its standard error goes to the log, a little at a time.
/// Lives on: provider.
class McpStdio final : public McpCarrier
{
public:
    static constexpr std::chrono::seconds kFirstPause{1};
    static constexpr std::chrono::seconds kLongestPause{30};
    /// Lines of its standard error that the log takes in ten seconds.
    static constexpr unsigned kLoggedLines = 50;

    /// All must outlive the carrier; `log` may be null.
    McpStdio(const Clock &clock, LogSink *log, McpSession &session, const ToolServerSettings &settings,
             const ToolLimits &limits);
    ~McpStdio() override;

    void send(McpMessage message) override;
    void drop(std::uint64_t) override {} // the session tells the server
    void restart(const std::string &why) override;
    void close() override;

private:
    bool isRunning() const { return process_ != nullptr; }
    void start();
    void ended(const std::string &why);
    void logLine(std::string_view line);
    /// Tells the session in the next turn: it may be what calls.
    void tellLost(Error error);

    const Clock &clock_;
    LogSink *const log_;
    McpSession &session_;
    const ToolServerSettings &settings_;
    const ToolLimits &limits_;
    std::unique_ptr<StdioProcess> process_;
    std::unique_ptr<StdioProcess> ending_; ///< may be what calls
    MonotonicTime startedAt_{};
    MonotonicTime notBefore_{};
    std::chrono::nanoseconds pause_{0};
    std::string lastEnd_;
    QTimer later_;
    std::function<void()> laterCall_;
    MonotonicTime logSince_{};
    unsigned logged_ = 0;
    bool isClosed_ = false;
};

} // namespace orchestra
