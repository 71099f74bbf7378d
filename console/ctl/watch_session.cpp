// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/watch_session.h"

#include "shared/wire/json_text.h"
#include "shared/wire/json_writer.h"
#include "shared/wire/row_filter.h"

#include <algorithm>
#include <unistd.h>

namespace orchestra::ctl {
namespace {

std::optional<wire::Topic> topicNamed(const QString &name)
{
    const auto names = wireNames(wire::Topic{});
    const auto found = std::ranges::find(names, name.toStdString());
    if (found == names.end())
        return std::nullopt;
    const auto topic = static_cast<wire::Topic>(found - names.begin());
    const bool isServed = topic != wire::Topic::Rollouts && topic != wire::Topic::Traces &&
                          topic != wire::Topic::Metrics && topic != wire::Topic::Logs;
    return isServed ? std::optional(topic) : std::nullopt;
}

template <class Row>
std::vector<Row> values(const std::map<std::string, Row> &table)
{
    std::vector<Row> out;
    for (const auto &[key, row] : table)
        out.push_back(row);
    return out;
}

/// The latest last: a terminal shows the end of what is printed.
std::vector<wire::TaskRow> byBegin(const std::map<std::string, wire::TaskRow> &tasks)
{
    std::vector<wire::TaskRow> rows = values(tasks);
    std::ranges::stable_sort(rows, {}, [](const wire::TaskRow &row) { return row.acceptedAt.ms; });
    return rows;
}

} // namespace

WatchSession::WatchSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal)
    : OpsSession(arguments, client, clock, terminal)
{
    connect(&client_, &OpsClient::topicChanged, this, &WatchSession::whenTopicChanged);
}

Status WatchSession::start()
{
    switch (arguments_.verb) {
    case Verb::Status:
        topic_ = wire::Topic::Overview;
        break;
    case Verb::Connections:
        topic_ = wire::Topic::Connections;
        break;
    case Verb::Models:
        topic_ = wire::Topic::Models;
        break;
    case Verb::Tools:
        topic_ = wire::Topic::Tools;
        break;
    case Verb::Breakers:
        topic_ = wire::Topic::Breakers;
        break;
    case Verb::Tasks:
        topic_ = wire::Topic::Tasks;
        break;
    case Verb::Tail:
        topic_ = wire::Topic::Logs;
        break;
    default: {
        const auto topic = topicNamed(arguments_.topic);
        if (!topic)
            return Error{Code::Invalid, "There is no topic \"" + arguments_.topic.toStdString() +
                                            "\" to watch; see orchestractl watch --help."};
        topic_ = *topic;
    }
    }
    if (const auto filter = RowFilter::parse(arguments_.filter.toStdString()); !filter)
        return Error{Code::Invalid, "The filter cannot be read: " + filter.error().message};
    wire::Subscribe subscription;
    subscription.topic = topic_;
    subscription.filter = arguments_.filter.toStdString();
    client_.subscribe(std::move(subscription));
    return Ok{};
}

void WatchSession::whenTopicChanged(const TopicChange &change)
{
    if (change.topic != topic_ || hasEnded())
        return;
    print(change);
    if (arguments_.verb == Verb::Status) {
        const auto &overview = client_.mirror().overview();
        const bool isBad = overview.empty() || overview.begin()->second.health == wire::HealthState::Unhealthy;
        end(isBad ? Exit::Failed : Exit::Done);
    } else if (arguments_.verb == Verb::Models && !follows()) {
        const auto &models = client_.mirror().models();
        const bool isAny = std::ranges::any_of(
            models, [](const auto &entry) { return !entry.second.model.empty() && !entry.second.trouble; });
        end(isAny ? Exit::Done : Exit::Failed);
    } else if (!follows()) {
        end(Exit::Done);
    }
}

void WatchSession::print(const TopicChange &change)
{
    if (topic_ == wire::Topic::Logs || topic_ == wire::Topic::Audit)
        printAppended();
    else if (arguments_.json)
        printJson(change);
    else
        printTable();
    terminal_.write({});
}

void WatchSession::printJson(const TopicChange &change)
{
    const auto write = [&](const auto &table) {
        const auto emitRow = [&](const auto &row) {
            terminal_.append(QString::fromStdString(wire::toJson(row)) + QLatin1Char('\n'));
        };
        const auto emitRemoval = [&](const std::string &key) {
            std::string json = R"({"removed":)";
            wire::appendJsonText(json, key);
            terminal_.append(QString::fromStdString(json) + QStringLiteral("}\n"));
        };
        if (change.reset) {
            for (const auto &[key, row] : table)
                emitRow(row);
            return;
        }
        for (const std::string &key : change.upserted) {
            if (const auto found = table.find(key); found != table.end())
                emitRow(found->second);
        }
        for (const std::string &key : change.removed)
            emitRemoval(key);
    };
    const Mirror &mirror = client_.mirror();
    switch (topic_) {
    case wire::Topic::Overview:
        return write(mirror.overview());
    case wire::Topic::Connections:
        return write(mirror.connections());
    case wire::Topic::Threads:
        return write(mirror.threads());
    case wire::Topic::Tasks:
        return write(mirror.tasks());
    case wire::Topic::Breakers:
        return write(mirror.breakers());
    case wire::Topic::Flags:
        return write(mirror.flags());
    case wire::Topic::Degradation:
        return write(mirror.degradation());
    case wire::Topic::Models:
        return write(mirror.models());
    case wire::Topic::Tools:
        return write(mirror.tools());
    default:
        return;
    }
}

void WatchSession::printTable()
{
    const Mirror &mirror = client_.mirror();
    const WallMs now = clock_.wallMs();
    if (follows() && terminal_.isInteractive())
        terminal_.write(QStringLiteral("\x1b[2J\x1b[H"));
    const std::optional<int> width = columnsOf(STDOUT_FILENO);
    switch (topic_) {
    case wire::Topic::Overview:
        if (!mirror.overview().empty())
            terminal_.print(renderOverview(mirror.overview().begin()->second, now));
        break;
    case wire::Topic::Connections: {
        auto rows = values(mirror.connections());
        std::ranges::sort(rows, std::greater(), [](const auto &row) { return row.inPerS + row.outPerS; });
        terminal_.print(connectionTable(rows, now).lines(width));
        terminal_.writeLine(QStringLiteral("%1 of %2").arg(rows.size()).arg(mirror.total(topic_)), Tone::Dim);
        break;
    }
    case wire::Topic::Threads:
        printRows(threadTable(values(mirror.threads()), now));
        break;
    case wire::Topic::Tasks:
        terminal_.print(renderApprovals(values(mirror.tasks()), now));
        printRows(taskTable(byBegin(mirror.tasks())));
        if (mirror.matched(topic_) > mirror.tasks().size())
            terminal_.writeLine(QStringLiteral("%1 of %2").arg(mirror.tasks().size()).arg(mirror.matched(topic_)),
                                Tone::Dim);
        break;
    case wire::Topic::Breakers:
        printRows(breakerTable(values(mirror.breakers()), now));
        break;
    case wire::Topic::Flags:
        printRows(flagTable(values(mirror.flags()), now));
        break;
    case wire::Topic::Models:
        if (mirror.models().empty() && arguments_.filter.isEmpty())
            terminal_.writeLine(QStringLiteral("There is no model server."), Tone::Warning);
        else
            printRows(modelTable(values(mirror.models())));
        break;
    case wire::Topic::Tools:
        terminal_.print(renderToolChanges(values(mirror.tools())));
        printRows(toolTable(values(mirror.tools())));
        break;
    case wire::Topic::Degradation:
        if (!mirror.degradation().empty())
            terminal_.print(renderDegradation(mirror.degradation().begin()->second, now));
        break;
    default:
        break;
    }
}

void WatchSession::printRows(const TextTable &table)
{
    if (table.rows.empty())
        terminal_.writeLine(arguments_.filter.isEmpty() ? QStringLiteral("There is none.")
                                                        : QStringLiteral("Nothing matches the filter."),
                            Tone::Dim);
    else
        terminal_.print(table.lines(columnsOf(STDOUT_FILENO)));
}

void WatchSession::printAppended()
{
    // A server that was started again numbers its log anew.
    const WallMs startedAt = client_.welcome() ? client_.welcome()->startedAt.ms : startedAt_;
    if (std::exchange(startedAt_, startedAt) != startedAt && topic_ == wire::Topic::Logs)
        lastIndex_ = 0;
    const auto follow = [&](const auto &table, auto render) {
        for (const auto &[key, row] : table) {
            if (row.index <= lastIndex_)
                continue;
            if (arguments_.json) {
                terminal_.append(QString::fromStdString(wire::toJson(row)) + QLatin1Char('\n'));
                lastIndex_ = row.index;
                continue;
            }
            if (lastIndex_ > 0 && row.index > lastIndex_ + 1 && arguments_.filter.isEmpty())
                terminal_.writeLine(QStringLiteral("… %1 missed …").arg(row.index - lastIndex_ - 1), Tone::Warning);
            terminal_.print({render(row)});
            lastIndex_ = row.index;
        }
    };
    if (topic_ == wire::Topic::Logs)
        follow(client_.mirror().logs(), renderLog);
    else
        follow(client_.mirror().audit(), renderAudit);
}

} // namespace orchestra::ctl
