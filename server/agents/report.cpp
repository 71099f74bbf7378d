// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/report.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace orchestra {

void Report::line(ReportTemplate form, std::initializer_list<std::string_view> values)
{
    if (written_)
        turn_->say(ReportWriter::fill("\n"));
    written_ = true;
    turn_->say(ReportWriter::fill(form, values));
}

void Report::quote(const ToolCall &call, std::string_view text)
{
    std::string block = written_ ? "\n" : "";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        block.append(at == 0 ? "> " : "\n> ").append(text.substr(at, end - at));
        at = end + 1;
    }
    written_ = true;
    quoted_ = true;
    turn_->say(call.quote(std::move(block)));
}

void Report::finish()
{
    Completion completion;
    completion.source = quoted_ ? wire::AnswerSource::Tool : wire::AnswerSource::Manager;
    turn_->complete(std::move(completion));
}

void Report::fail(const Error &error)
{
    Completion completion;
    completion.status = wire::CompletionStatus::Failed;
    completion.error = error;
    turn_->complete(std::move(completion));
}

std::string sayNumber(double value, int decimals)
{
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

std::string sayNumber(const std::optional<double> &value, int decimals)
{
    return value ? sayNumber(*value, decimals) : "unknown";
}

std::string sayCount(std::uint64_t count, std::string_view one, std::string_view many)
{
    return (count == 0 ? std::string("no") : std::to_string(count)) + " " + std::string(count == 1 ? one : many);
}

std::string sayAge(std::int64_t ms)
{
    const std::int64_t seconds = std::max<std::int64_t>(0, ms / 1000);
    if (seconds < 120)
        return std::to_string(seconds) + " s";
    if (seconds < 7200)
        return std::to_string(seconds / 60) + " min";
    if (seconds < 172800)
        return std::to_string(seconds / 3600) + " h";
    return std::to_string(seconds / 86400) + " d";
}

std::string sayBytes(std::uint64_t bytes)
{
    if (bytes < 1024)
        return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes) / 1024;
    for (const char *unit : {" KiB", " MiB"}) {
        if (value < 1024)
            return sayNumber(value, 1) + unit;
        value /= 1024;
    }
    return sayNumber(value, 1) + " GiB";
}

} // namespace orchestra
