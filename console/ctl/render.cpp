// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/render.h"

#include <algorithm>
#include <limits>

namespace orchestra::ctl {
namespace {

QString number(std::uint64_t value)
{
    return QString::number(value);
}

template <class E>
QString word(E value)
{
    QString text = printable(wireNames(value)[static_cast<std::size_t>(value)]);
    return text.replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString clock(const wire::Timestamp &at)
{
    return printable(formatTimestamp(at.ms)).mid(11, 8);
}

/// A mark besides the colour, so that neither is alone.
Span mark(wire::HealthState state)
{
    switch (state) {
    case wire::HealthState::Healthy:
        return {QStringLiteral("● Healthy"), Tone::Ok};
    case wire::HealthState::Degraded:
        return {QStringLiteral("▲ Degraded"), Tone::Warning};
    case wire::HealthState::Unhealthy:
        return {QStringLiteral("✖ Unhealthy"), Tone::Bad};
    }
    return {};
}

Span mark(wire::Severity severity)
{
    switch (severity) {
    case wire::Severity::Info:
        return {QStringLiteral("○ "), Tone::Dim};
    case wire::Severity::Warning:
        return {QStringLiteral("▲ "), Tone::Warning};
    case wire::Severity::Problem:
        return {QStringLiteral("✖ "), Tone::Bad};
    }
    return {};
}

Span breakerMark(wire::BreakerState state)
{
    switch (state) {
    case wire::BreakerState::Closed:
        return {QStringLiteral("● closed (passing)"), Tone::Ok};
    case wire::BreakerState::Open:
        return {QStringLiteral("✖ open (refusing)"), Tone::Bad};
    case wire::BreakerState::HalfOpen:
        return {QStringLiteral("▲ half-open (probing)"), Tone::Warning};
    case wire::BreakerState::ForcedOpen:
        return {QStringLiteral("✖ forced open (refusing)"), Tone::Bad};
    case wire::BreakerState::Disabled:
        return {QStringLiteral("○ disabled (passing)"), Tone::Warning};
    case wire::BreakerState::MetricsOnly:
        return {QStringLiteral("○ counting only (passing)"), Tone::Warning};
    }
    return {};
}

Span phaseMark(wire::ConnectionPhase phase)
{
    switch (phase) {
    case wire::ConnectionPhase::Active:
        return {QStringLiteral("● active"), Tone::Ok};
    case wire::ConnectionPhase::Closing:
    case wire::ConnectionPhase::Closed:
        return {QStringLiteral("○ ") + word(phase), Tone::Dim};
    default:
        return {QStringLiteral("◌ ") + word(phase), Tone::Warning};
    }
}

void numbersLine(std::vector<Line> &out, const QString &name, const QString &value)
{
    out.push_back({{QStringLiteral("  %1").arg(name, -22), Tone::Dim}, {value}});
}

void phaseLines(std::vector<Line> &out, const wire::OverviewRow &row)
{
    for (const wire::PhaseRow &phase : row.phases) {
        const bool failed = phase.state == wire::PhaseState::Failed;
        out.push_back({{QStringLiteral("  %1").arg(printable(phase.name), -14), Tone::Dim},
                       {word(phase.state), failed ? Tone::Bad : Tone::Plain},
                       {phase.error ? QStringLiteral(": ") + printable(*phase.error) : QString(), Tone::Bad}});
    }
}

} // namespace

QString ageText(std::int64_t ms)
{
    const std::int64_t seconds = std::max<std::int64_t>(0, ms / 1000);
    if (seconds < 120)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 7200)
        return QStringLiteral("%1 min").arg(seconds / 60);
    if (seconds < 172800)
        return QStringLiteral("%1 h").arg(seconds / 3600);
    return QStringLiteral("%1 d").arg(seconds / 86400);
}

QString bytesText(std::uint64_t bytes)
{
    if (bytes < 1024)
        return QStringLiteral("%1 B").arg(bytes);
    double value = static_cast<double>(bytes) / 1024;
    for (const char *unit : {"KiB", "MiB", "GiB"}) {
        if (value < 1024)
            return QStringLiteral("%1 %2").arg(value, 0, 'f', 1).arg(QLatin1String(unit));
        value /= 1024;
    }
    return QStringLiteral("%1 TiB").arg(value, 0, 'f', 1);
}

QString numberText(const std::optional<double> &value, int decimals)
{
    return value ? QString::number(*value, 'f', decimals) : QStringLiteral("—");
}

std::vector<Line> TextTable::lines(std::optional<int> width) const
{
    std::vector<Span> heads;
    for (const Column &column : columns)
        heads.push_back({column.head, Tone::Dim});
    std::vector<qsizetype> widths;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        qsizetype widest = columns[c].head.size();
        for (const auto &row : rows)
            widest = std::max(widest, row[c].text.size());
        widths.push_back(widest);
    }
    std::vector<Line> out{lineOf(heads, widths, width)};
    for (const auto &row : rows)
        out.push_back(lineOf(row, widths, width));
    return out;
}

Line TextTable::lineOf(const std::vector<Span> &row, const std::vector<qsizetype> &widths,
                       std::optional<int> width) const
{
    Line line;
    qsizetype left = width.value_or(std::numeric_limits<int>::max());
    for (std::size_t c = 0; c < columns.size() && left > 0; ++c) {
        const bool isLast = c + 1 == columns.size();
        const int fill = static_cast<int>(isLast && !columns[c].isNumber ? 0 : widths[c]);
        // A line feed in what somebody wrote must not make two rows of one.
        QString text = QString(row[c].text).replace(QLatin1Char('\n'), QLatin1Char(' '));
        text = QStringLiteral("%1").arg(text.replace(QLatin1Char('\t'), QLatin1Char(' ')),
                                        columns[c].isNumber ? fill : -fill);
        if (text.size() > left)
            text = text.left(left - 1) + QStringLiteral("…");
        left -= text.size() + 2;
        line.push_back({isLast ? text : text + QStringLiteral("  "), row[c].tone});
    }
    return line;
}

std::vector<Line> renderOverview(const wire::OverviewRow &row, WallMs nowMs)
{
    std::vector<Line> out;
    out.push_back({mark(row.health), {QStringLiteral(": ") + printable(row.sentence), Tone::Strong}});
    if (!row.ready)
        phaseLines(out, row);
    numbersLine(out, QStringLiteral("version, up since"),
                QStringLiteral("%1, %2").arg(printable(row.version), ageText(nowMs - row.startedAt.ms)));
    numbersLine(out, QStringLiteral("clients"), QStringLiteral("%1 of %2").arg(row.clients).arg(row.clientLimit));
    numbersLine(
        out, QStringLiteral("messages in, out"),
        QStringLiteral("%1 /s, %2 /s").arg(numberText(row.messagesInPerS, 1), numberText(row.framesOutPerS, 1)));
    numbersLine(
        out, QStringLiteral("first token p50, p95"),
        QStringLiteral("%1 ms, %2 ms").arg(numberText(row.firstTokenP50Ms, 1), numberText(row.firstTokenP95Ms, 1)));
    const auto percent = row.errorRate ? std::optional<double>(*row.errorRate * 100) : std::nullopt;
    numbersLine(out, QStringLiteral("failed turns"), QStringLiteral("%1 %").arg(numberText(percent, 2)));
    numbersLine(out, QStringLiteral("tasks"),
                QStringLiteral("%1 running, %2 queued").arg(row.tasksRunning).arg(row.tasksQueued));
    numbersLine(out, QStringLiteral("breakers not closed"),
                QStringLiteral("%1 of %2").arg(row.breakersNotClosed).arg(row.breakers));
    numbersLine(out, QStringLiteral("memory"), bytesText(row.rssBytes));
    for (const wire::ProblemRow &problem : row.problems)
        out.push_back(
            {mark(problem.severity),
             {printable(problem.title), Tone::Strong},
             {QStringLiteral("  %1, for %2").arg(printable(problem.detail), ageText(nowMs - problem.since.ms)),
              Tone::Dim}});
    for (const wire::ChangeRow &change : row.changes)
        out.push_back({{QStringLiteral("  %1  ").arg(clock(change.at)), Tone::Dim},
                       {printable(change.what)},
                       {QStringLiteral("  %1 → %2  %3")
                            .arg(printable(change.before), printable(change.after), printable(change.actor)),
                        Tone::Dim}});
    return out;
}

TextTable connectionTable(const std::vector<wire::ConnectionRow> &rows, WallMs nowMs)
{
    TextTable table;
    table.columns = {{QStringLiteral("state")},       {QStringLiteral("user")},       {QStringLiteral("session")},
                     {QStringLiteral("address")},     {QStringLiteral("api")},        {QStringLiteral("up"), true},
                     {QStringLiteral("idle"), true},  {QStringLiteral("in/s"), true}, {QStringLiteral("out/s"), true},
                     {QStringLiteral("queue"), true}, {QStringLiteral("seq"), true},  {QStringLiteral("id")}};
    for (const wire::ConnectionRow &row : rows) {
        const QString api = row.apiVersion == 0 ? QStringLiteral("ops")
                                                : QStringLiteral("v%1 %2").arg(row.apiVersion).arg(word(row.encoding));
        const bool isFull = row.queueLimitBytes > 0 && row.queueBytes * 4 > row.queueLimitBytes * 3;
        table.rows.push_back({phaseMark(row.phase),
                              {printable(row.userId), Tone::Strong},
                              {printable(row.sessionId)},
                              {printable(row.address)},
                              {api},
                              {ageText(nowMs - row.connectedAt.ms)},
                              {ageText(static_cast<std::int64_t>(row.idleMs))},
                              {numberText(row.inPerS, 1)},
                              {numberText(row.outPerS, 1)},
                              {bytesText(row.queueBytes), isFull ? Tone::Warning : Tone::Plain},
                              {number(row.sequence)},
                              {printable(toString(row.connectionId)), Tone::Dim}});
    }
    return table;
}

TextTable threadTable(const std::vector<wire::ThreadRow> &rows, WallMs nowMs)
{
    TextTable table;
    table.columns = {{QStringLiteral("user")},           {QStringLiteral("session")},
                     {QStringLiteral("messages"), true}, {QStringLiteral("epoch"), true},
                     {QStringLiteral("offset"), true},   {QStringLiteral("running")},
                     {QStringLiteral("changed"), true},  {QStringLiteral("id")}};
    for (const wire::ThreadRow &row : rows)
        table.rows.push_back({{printable(row.userId), Tone::Strong},
                              {printable(row.sessionId)},
                              {number(row.messages)},
                              {number(row.epoch)},
                              {number(row.offset)},
                              {row.running ? QStringLiteral("◌ yes") : QStringLiteral("no")},
                              {ageText(nowMs - row.updatedAt.ms)},
                              {printable(toString(row.threadId)), Tone::Dim}});
    return table;
}

TextTable breakerTable(const std::vector<wire::BreakerRow> &rows, WallMs nowMs)
{
    TextTable table;
    table.columns = {{QStringLiteral("breaker")},      {QStringLiteral("state")},
                     {QStringLiteral("for"), true},    {QStringLiteral("calls"), true},
                     {QStringLiteral("failed"), true}, {QStringLiteral("refused"), true},
                     {QStringLiteral("last calls")},   {QStringLiteral("cause")}};
    for (const wire::BreakerRow &row : rows)
        table.rows.push_back({{printable(row.name), Tone::Strong},
                              breakerMark(row.state),
                              {ageText(nowMs - row.since.ms)},
                              {number(row.calls)},
                              {number(row.failures)},
                              {number(row.rejected)},
                              {printable(row.outcomes)},
                              {printable(row.cause), Tone::Dim}});
    return table;
}

TextTable flagTable(const std::vector<wire::FlagRow> &rows, WallMs nowMs)
{
    TextTable table;
    table.columns = {{QStringLiteral("flag")},        {QStringLiteral("state")},
                     {QStringLiteral("share"), true}, {QStringLiteral("changed"), true},
                     {QStringLiteral("by")},          {QStringLiteral("evaluations"), true},
                     {QStringLiteral("description")}};
    for (const wire::FlagRow &row : rows)
        table.rows.push_back(
            {{printable(row.name), Tone::Strong},
             row.enabled ? Span{QStringLiteral("● on"), Tone::Ok} : Span{QStringLiteral("○ off"), Tone::Dim},
             {QStringLiteral("%1 %").arg(row.percent)},
             {ageText(nowMs - row.changedAt.ms)},
             {printable(row.changedBy)},
             {number(row.evaluations)},
             {printable(row.description), Tone::Dim}});
    return table;
}

std::vector<Line> renderDegradation(const wire::DegradationRow &row, WallMs nowMs)
{
    QStringList shed;
    for (const std::string &feature : row.shed)
        shed << printable(feature);
    std::vector<Line> lines{
        {{QStringLiteral("Level %1 of 4: %2").arg(row.level).arg(printable(row.name)),
          row.level == 0 ? Tone::Ok : Tone::Warning},
         {QStringLiteral("  for %1: %2").arg(ageText(nowMs - row.since.ms), printable(row.cause)), Tone::Dim}}};
    if (row.pinned)
        lines.push_back({{QStringLiteral("Pinned by %1%2")
                              .arg(printable(row.actor.value_or(std::string())),
                                   row.pinnedUntil ? QStringLiteral(", ends in ") + ageText(row.pinnedUntil->ms - nowMs)
                                                   : QString()),
                          Tone::Warning}});
    lines.push_back({{shed.isEmpty() ? QStringLiteral("Nothing is shed.")
                                     : QStringLiteral("Shed: ") + shed.join(QStringLiteral(", "))}});
    for (const wire::DegradationInput &input : row.inputs)
        lines.push_back(
            {{QStringLiteral("  %1  ").arg(printable(input.name), -16)},
             {input.load ? QStringLiteral("%1 %").arg(numberText(*input.load * 100, 0), 3) : QStringLiteral("   — "),
              Tone::Strong},
             {QStringLiteral("  ") + printable(input.detail), Tone::Dim}});
    return lines;
}

Line renderLog(const wire::LogRow &row)
{
    Tone tone = Tone::Dim;
    if (row.level == "WARN")
        tone = Tone::Warning;
    else if (row.level == "ERROR" || row.level == "CRITICAL")
        tone = Tone::Bad;
    QString rest;
    for (const auto &[name, value] : row.attributes)
        rest += QStringLiteral("  %1=%2").arg(printable(name), printable(value));
    if (!row.correlationId.empty())
        rest += QStringLiteral("  correlation_id=") + printable(row.correlationId);
    return {{clock(row.at) + QLatin1Char(' '), Tone::Dim},
            {QStringLiteral("%1 ").arg(printable(row.level), -8), tone},
            {printable(row.event) + QLatin1Char(' '), Tone::Strong},
            {printable(row.message)},
            {rest, Tone::Dim}};
}

Line renderAudit(const wire::AuditRow &row)
{
    return {{printable(formatTimestamp(row.at.ms)) + QStringLiteral("  "), Tone::Dim},
            {printable(row.actor) + QStringLiteral("  "), Tone::Strong},
            {QStringLiteral("%1 %2").arg(printable(row.action), printable(row.target))},
            {QStringLiteral("  %1 → %2").arg(printable(row.before), printable(row.after)), Tone::Dim},
            {QStringLiteral("  ") + printable(row.result), row.result == "ok" ? Tone::Ok : Tone::Warning},
            {row.reason.empty() ? QString() : QStringLiteral("  \"%1\"").arg(printable(row.reason)), Tone::Dim}};
}

} // namespace orchestra::ctl
