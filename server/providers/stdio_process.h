// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "server/providers/line_splitter.h"
#include "shared/base/result.h"

#include <QSocketNotifier>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

/// A program of somebody else's that is spoken with line by line over its standard input and output. It gets the
/// environment it is given and nothing else of this server's, leads a process group of its own, and ends with this
/// server, however that ends. The process that uses this must ignore SIGPIPE. Lives on: the thread that made it, which
/// must run a Qt event loop and outlive the program.
class StdioProcess
{
public:
    struct Settings
    {
        std::vector<std::string> command; ///< the program, looked for in the PATH it is given, and its arguments
        std::vector<std::pair<std::string, Secret>> environment;
        std::size_t lineBytes = 1024 * 1024;       ///< of the longest line it may write
        std::size_t unreadBytes = 4 * 1024 * 1024; ///< that may wait for it to read
    };
    /// None may destroy the process.
    struct Output
    {
        std::function<void(std::string_view)> line;
        std::function<void(std::string_view)> errorLine; ///< of its standard error
        /// It is of no more use: it has ended, or broke a limit and is being ended. Called once, unless close() or the
        /// destructor comes before.
        std::function<void(std::string why)> ended;
    };

    StdioProcess(Settings settings, Output output);
    /// Ends the program and everything in its group: its input ends, after `kPatience` it is asked by SIGTERM, after
    /// as long again it is killed.
    ~StdioProcess();
    StdioProcess(const StdioProcess &) = delete;
    StdioProcess &operator=(const StdioProcess &) = delete;

    static constexpr std::chrono::milliseconds kPatience{250};

    /// Fails when the program cannot be found or run.
    Status start();
    /// Writes `line` and the end of the line, now or when the program reads.
    void write(std::string_view line);
    /// Ends its input, which asks it to end; nothing is told any more.
    void close();
    /// Kills it; `why` is told as its end.
    void giveUp(std::string why) { fail(std::move(why)); }
    int pid() const { return pid_; }

private:
    using Notifier = std::unique_ptr<QSocketNotifier>;

    std::string findProgram() const;
    void watch(int in, int out, int err, int pidfd);
    void flush();
    void readOutput();
    void readErrors();
    void exited();
    void fail(std::string why);
    bool hasEnded(std::chrono::milliseconds within) const;
    void reap();

    const Settings settings_;
    Output output_;
    LineSplitter lines_;
    LineSplitter errorLines_;
    std::string unwritten_;
    int pid_ = 0;
    int in_ = -1;
    int out_ = -1;
    int err_ = -1;
    int pidfd_ = -1;
    Notifier writable_;
    Notifier readable_;
    Notifier errorReadable_;
    Notifier exit_;
    bool isOver_ = false;
    bool isReaped_ = false;
};

} // namespace orchestra
