// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/mailbox.h"

#include <atomic>
#include <cstdio>
#include <functional>
#include <semaphore>
#include <thread>

namespace orchestra {

enum class LogStyle : std::uint8_t {
    Json, ///< one object per line, for machines
    Text, ///< one readable line, for terminals
};

/// `record` as one line with its newline. JSON members are escaped, so a field cannot forge a line; values that look
/// like credentials are replaced by "[redacted]" whatever the field's name.
std::string formatLog(const LogRecord &record, LogStyle style);

/// Writes log records to a stream on a thread of its own, so that no other thread waits for a terminal or a pipe.
/// Thread-safe. A full mailbox drops the record and counts it. The destructor writes what still waits.
class LogWriter final : public LogSink
{
public:
    /// `stream` is borrowed (stderr as a rule). `observer` (may be empty) is called on the log thread with each
    /// record that was written. `clock` must outlive the writer.
    LogWriter(const Clock &clock, std::FILE *stream, LogStyle style, LogLevel least,
              std::function<void(const LogRecord &)> observer);
    ~LogWriter() override;

    void write(LogRecord record) override;
    bool wants(LogLevel level) const override { return level >= least_; }
    /// Takes effect for records written from now on.
    void setLevel(LogLevel least) { least_ = least; }
    std::uint64_t dropped() const { return dropped_; }

private:
    void run();

    // constant after construction
    const Clock &clock_;
    std::FILE *const stream_;
    const LogStyle style_;
    const std::function<void(const LogRecord &)> observer_;
    // shared
    std::atomic<LogLevel> least_;
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<bool> stopping_{false};
    Mailbox<LogRecord> mailbox_;
    std::counting_semaphore<> work_{0};
    std::thread thread_;
};

} // namespace orchestra
