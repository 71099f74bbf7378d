// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/log_writer.h"

#include "shared/base/text.h"

#include <array>
#include <vector>

namespace orchestra {
namespace {

constexpr std::size_t kMailboxRecords = 8192;
constexpr std::size_t kMaxValueBytes = 2048;
constexpr std::string_view kRedacted = "[redacted]";

/// The second net behind allow-listed fields: shapes of credentials that must not reach a log.
bool looksLikeCredential(std::string_view value)
{
    static constexpr std::array kShapes = {"ork_", "sk-", "Bearer ", "bearer ", "eyJ", "token=", "ticket="};
    for (const std::string_view shape : kShapes) {
        if (value.find(shape) != std::string_view::npos)
            return true;
    }
    return false;
}

void appendJsonText(std::string &out, std::string_view text)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    const std::string_view value = looksLikeCredential(text) ? kRedacted : cutUtf8(text, kMaxValueBytes);
    out += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

void appendMember(std::string &out, std::string_view name, std::string_view value)
{
    if (value.empty())
        return;
    out += ',';
    appendJsonText(out, name);
    out += ':';
    appendJsonText(out, value);
}

std::string formatJson(const LogRecord &record)
{
    std::string out = "{\"ts\":\"" + formatTimestamp(record.at) + '"';
    appendMember(out, "level", toString(record.level));
    appendMember(out, "event", record.event);
    appendMember(out, "msg", record.message);
    appendMember(out, "logger", record.logger);
    appendMember(out, "correlation_id", record.correlationId);
    for (const auto &[name, value] : record.fields)
        appendMember(out, name, value);
    out += "}\n";
    return out;
}

std::string formatText(const LogRecord &record)
{
    std::string out = formatTimestamp(record.at) + ' ';
    out.append(toString(record.level)).append(" ").append(record.event).append(": ").append(record.message);
    const auto add = [&](std::string_view name, std::string_view value) {
        if (value.empty())
            return;
        out.append(" ").append(name).append("=");
        appendJsonText(out, value);
    };
    for (const auto &[name, value] : record.fields)
        add(name, value);
    add("correlation_id", record.correlationId);
    out += '\n';
    return out;
}

} // namespace

std::string formatLog(const LogRecord &record, LogStyle style)
{
    return style == LogStyle::Json ? formatJson(record) : formatText(record);
}

LogWriter::LogWriter(const Clock &clock, std::FILE *stream, LogStyle style, LogLevel least,
                     std::function<void(const LogRecord &)> observer)
    : clock_(clock)
    , stream_(stream)
    , style_(style)
    , observer_(std::move(observer))
    , least_(least)
    , mailbox_(kMailboxRecords, clock)
{
    mailbox_.onWake([this] { work_.release(); });
    thread_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter()
{
    stopping_ = true;
    mailbox_.close();
    work_.release();
    thread_.join();
}

void LogWriter::write(LogRecord record)
{
    if (record.level < least_)
        return;
    if (record.at == 0)
        record.at = clock_.wallMs();
    if (!mailbox_.push(std::move(record)))
        ++dropped_;
}

void LogWriter::run()
{
    std::vector<LogRecord> batch;
    std::string text;
    for (;;) {
        const bool last = stopping_;
        mailbox_.drain(batch);
        text.clear();
        for (const LogRecord &record : batch)
            text += formatLog(record, style_);
        std::fwrite(text.data(), 1, text.size(), stream_);
        std::fflush(stream_);
        for (const LogRecord &record : batch) {
            if (observer_)
                observer_(record);
        }
        if (last)
            return;
        if (batch.empty())
            work_.acquire();
    }
}

} // namespace orchestra
