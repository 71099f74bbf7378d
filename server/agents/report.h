// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"
#include "server/core/turn.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace orchestra {

/// An answer as it is written: lines of report and quotations of tools, each sent as soon as it is known, then the end.
/// Remembers whether a tool was quoted, which decides the provenance. Lives on: hub.
class Report
{
public:
    explicit Report(std::shared_ptr<Turn> turn)
        : turn_(std::move(turn))
    {
    }

    /// One line; the template's places are filled in order.
    void line(ReportTemplate form, std::initializer_list<std::string_view> values = {});
    /// A tool's own words, verbatim, indented as a quotation.
    void quote(const ToolCall &call, std::string_view text);
    void finish();
    /// Ends the turn as failed; what was written so far stays.
    void fail(const Error &error);

    const std::shared_ptr<Turn> &turn() const { return turn_; }

private:
    std::shared_ptr<Turn> turn_;
    bool quoted_ = false;
    bool written_ = false;
};

// How values are said in reports.

std::string sayNumber(double value, int decimals);
std::string sayNumber(const std::optional<double> &value, int decimals); ///< "unknown" when absent
std::string sayCount(std::uint64_t count, std::string_view one, std::string_view many);
std::string sayAge(std::int64_t ms);
std::string sayBytes(std::uint64_t bytes);

} // namespace orchestra
