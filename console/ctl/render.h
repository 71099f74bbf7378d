// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/terminal.h"
#include "shared/wire/ops_messages.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace orchestra::ctl {

/// Columns as wide as their widest cell; numbers right-aligned; a row is one line.
struct TextTable
{
    struct Column
    {
        QString head;
        bool isNumber = false;
    };
    std::vector<Column> columns;
    std::vector<std::vector<Span>> rows;

    /// Lines of at most `width` columns, with … where something was cut; whole ones when there is no width.
    std::vector<Line> lines(std::optional<int> width) const;

private:
    Line lineOf(const std::vector<Span> &row, const std::vector<qsizetype> &widths, std::optional<int> width) const;
};

// Everything below is pure. `nowMs` is the wall clock, for ages.

std::vector<Line> renderOverview(const wire::OverviewRow &row, WallMs nowMs);
TextTable connectionTable(const std::vector<wire::ConnectionRow> &rows, WallMs nowMs);
TextTable threadTable(const std::vector<wire::ThreadRow> &rows, WallMs nowMs);
/// Parts stand below their whole, further in.
TextTable taskTable(const std::vector<wire::TaskRow> &rows);
TextTable breakerTable(const std::vector<wire::BreakerRow> &rows, WallMs nowMs);
TextTable modelTable(const std::vector<wire::ModelRow> &rows);
TextTable toolTable(const std::vector<wire::ToolRow> &rows);
/// Tools that wait to be accepted, with what is different; empty when none does.
std::vector<Line> renderToolChanges(const std::vector<wire::ToolRow> &rows);
/// What waits for a yes; empty when nothing does.
std::vector<Line> renderApprovals(const std::vector<wire::TaskRow> &rows, WallMs nowMs);
/// A change of a breaker's state, on one line.
Line renderTransition(const wire::BreakerTransition &move);
/// How a tool describes itself and, when it has changed, how it did before. What cannot be seen is spelt out.
std::vector<Line> renderTool(const wire::ToolDescription &tool);
TextTable flagTable(const std::vector<wire::FlagRow> &rows, WallMs nowMs);
std::vector<Line> renderDegradation(const wire::DegradationRow &row, WallMs nowMs);
Line renderLog(const wire::LogRow &row);
Line renderAudit(const wire::AuditRow &row);

/// "12 s", "41 min", "3 h", "5 d".
QString ageText(std::int64_t ms);
/// "88 B", "26.4 KiB".
QString bytesText(std::uint64_t bytes);
/// "—" when there is no value.
QString numberText(const std::optional<double> &value, int decimals);

} // namespace orchestra::ctl
