// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_stdio.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {

McpStdio::McpStdio(const Clock &clock, LogSink *log, McpSession &session, const ToolServerSettings &settings,
                   const ToolLimits &limits)
    : clock_(clock)
    , log_(log)
    , session_(session)
    , settings_(settings)
    , limits_(limits)
{
    later_.setSingleShot(true);
    QObject::connect(&later_, &QTimer::timeout, &later_, [this] {
        ending_.reset();
        if (laterCall_)
            std::exchange(laterCall_, {})();
    });
}

McpStdio::~McpStdio() = default;

void McpStdio::close()
{
    isClosed_ = true;
    if (process_)
        process_->close();
}

void McpStdio::restart(const std::string &why)
{
    if (process_)
        process_->giveUp(why);
}

void McpStdio::tellLost(Error error)
{
    laterCall_ = [this, error = std::move(error)] { session_.lost(error); };
    later_.start(0);
}

void McpStdio::send(McpMessage message)
{
    if (isClosed_)
        return;
    if (!process_)
        start();
    if (!process_)
        return;
    process_->write(message.body);
    // A pipe keeps its order: what was written counts as delivered.
    if (process_ && !message.isRequest)
        session_.over(message.number, Ok{});
}

void McpStdio::start()
{
    const MonotonicTime now = clock_.now();
    if (now < notBefore_) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(notBefore_ - now);
        Error error = makeError(Code::ProviderUnavailable,
                                lastEnd_ + "; it is started again in " + std::to_string(left.count()) + " s");
        error.retryAfterMs = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
        return tellLost(std::move(error));
    }
    StdioProcess::Settings settings{.command = settings_.command, .environment = settings_.environment};
    settings.lineBytes = 2 * limits_.resultBytes; // as JSON a result may be longer than what it says
    auto process = std::make_unique<StdioProcess>(
        std::move(settings), StdioProcess::Output{.line = [this](std::string_view line) { session_.take(0, line); },
                                                  .errorLine = [this](std::string_view line) { logLine(line); },
                                                  .ended = [this](const std::string &why) { ended(why); }});
    startedAt_ = now;
    if (Status started = process->start(); !started) {
        ended(started.error().message);
        return;
    }
    process_ = std::move(process);
}

void McpStdio::ended(const std::string &why)
{
    const MonotonicTime now = clock_.now();
    // One that has worked for a while is worth trying again soon.
    const bool wasWell = now - startedAt_ > kLongestPause;
    pause_ = wasWell || pause_.count() == 0 ? std::chrono::nanoseconds(kFirstPause)
                                            : std::min<std::chrono::nanoseconds>(2 * pause_, kLongestPause);
    notBefore_ = now + pause_;
    lastEnd_ = why;
    ending_ = std::move(process_);
    tellLost(makeError(Code::ProviderUnavailable, why));
}

void McpStdio::logLine(std::string_view line)
{
    if (!log_ || !log_->wants(LogLevel::Info))
        return;
    const MonotonicTime now = clock_.now();
    if (now - logSince_ > std::chrono::seconds(10)) {
        logSince_ = now;
        logged_ = 0;
    }
    if (++logged_ > kLoggedLines)
        return;
    std::string said;
    appendRepairedUtf8(said, line.substr(0, 500));
    if (logged_ == kLoggedLines)
        said += " (and more, left out)";
    log_->write({LogLevel::Info,
                 "tools.said",
                 "a program of tools wrote to its standard error",
                 "providers",
                 {},
                 {{"server", settings_.name}, {"line", std::move(said)}}});
}

} // namespace orchestra
