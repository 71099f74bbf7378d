// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/tool_inspection.h"

#include "console/link/revealed.h"

#include <algorithm>

namespace orchestra {
namespace {

QString summaryOf(const wire::ToolDescription &tool, const std::vector<ReviewLine> &lines)
{
    if (!tool.waiting)
        return ToolInspection::tr("It is accepted as it describes itself now.");
    if (!tool.acceptedDigest)
        return ToolInspection::tr("It is new: nobody has accepted it yet.");
    const auto of = [&](int change) { return std::ranges::count(lines, change, &ReviewLine::change); };
    return ToolInspection::tr("Since it was accepted, lines have come (+ %1) and gone (− %2).")
        .arg(of(ReviewLinesModel::Added))
        .arg(of(ReviewLinesModel::Removed));
}

/// How many lines both have from each pair of places on.
std::vector<std::vector<std::uint16_t>> commonFrom(const QStringList &before, const QStringList &now)
{
    std::vector<std::vector<std::uint16_t>> common(
        static_cast<std::size_t>(before.size()) + 1,
        std::vector<std::uint16_t>(static_cast<std::size_t>(now.size()) + 1, 0));
    for (std::size_t i = static_cast<std::size_t>(before.size()); i-- > 0;) {
        for (std::size_t j = static_cast<std::size_t>(now.size()); j-- > 0;)
            common[i][j] = before[static_cast<qsizetype>(i)] == now[static_cast<qsizetype>(j)]
                               ? static_cast<std::uint16_t>(common[i + 1][j + 1] + 1)
                               : std::max(common[i + 1][j], common[i][j + 1]);
    }
    return common;
}

} // namespace

ReviewLinesModel::ReviewLinesModel(QObject *parent)
    : RowModel(
          {{"change", [](const ReviewLine &line) { return QVariant(line.change); }},
           {"line", [](const ReviewLine &line) { return QVariant(line.text); }}},
          [](const ReviewLine &line) { return QString::number(line.number); }, parent)
{
}

void ReviewLinesModel::replace(std::vector<ReviewLine> lines)
{
    setRows(std::move(lines));
    Q_EMIT changed();
}

QStringList definitionLines(const std::string &json)
{
    return revealedJson(json).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

std::vector<ReviewLine> reviewLines(const QStringList &before, const QStringList &now)
{
    std::vector<ReviewLine> lines;
    const auto add = [&lines](int change, const QString &text) {
        lines.push_back({static_cast<int>(lines.size()), change, text});
    };
    const bool isTooLong = static_cast<std::size_t>(std::max(before.size(), now.size())) > kMostReviewLines;
    const auto common = isTooLong ? std::vector<std::vector<std::uint16_t>>() : commonFrom(before, now);
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < before.size() || j < now.size()) {
        const bool isSame = !isTooLong && i < before.size() && j < now.size() && before[i] == now[j];
        const auto at = [&](qsizetype row, qsizetype column) {
            return common[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
        };
        if (isSame)
            add(ReviewLinesModel::Same, now[j++]), ++i;
        else if (i < before.size() && (isTooLong || j == now.size() || at(i + 1, j) >= at(i, j + 1)))
            add(ReviewLinesModel::Removed, before[i++]);
        else
            add(ReviewLinesModel::Added, now[j++]);
    }
    return lines;
}

ToolInspection::ToolInspection(OpsClient &client, QObject *parent)
    : QObject(parent)
    , client_(client)
    , accept_(tr("Accept…"), 2, this)
{
    content_.onRetry([this] { look(name_); });
    refreshAction();
}

QString ToolInspection::digestText() const
{
    return tool_ ? tr("SHA-256 %1").arg(QString::fromStdString(tool_->digest).left(16)) : QString();
}

void ToolInspection::look(const QString &name)
{
    name_ = name;
    tool_.reset();
    summary_.clear();
    lines_.replace({});
    content_.set(Content::Loading);
    refreshAction();
    Q_EMIT changed();
    client_.queryTool(name.toStdString(), [this, round = ++round_](const Result<wire::ToolReply> &reply) {
        if (round == round_)
            take(reply);
    });
}

void ToolInspection::take(const Result<wire::ToolReply> &reply)
{
    if (!reply) {
        content_.setError(reply.error(), tr("The description did not come"));
    } else if (!reply->tool) {
        content_.set(Content::Empty, tr("There is no such tool any more"),
                     tr("Its server does not offer it, or cannot be reached."));
    } else {
        tool_ = reply->tool;
        const QStringList now = definitionLines(tool_->definition);
        auto lines = reviewLines(tool_->acceptedDefinition ? definitionLines(*tool_->acceptedDefinition)
                                 : tool_->acceptedDigest   ? now
                                                           : QStringList(),
                                 now);
        summary_ = summaryOf(*tool_, lines);
        lines_.replace(std::move(lines));
        content_.set(Content::Ready);
    }
    refreshAction();
    Q_EMIT changed();
}

void ToolInspection::close()
{
    ++round_;
    name_.clear();
    tool_.reset();
    refreshAction();
    Q_EMIT changed();
}

void ToolInspection::setActionReason(const QString &reason)
{
    actionReason_ = reason;
    refreshAction();
}

void ToolInspection::refreshAction()
{
    accept_.setReason(!tool_            ? tr("Its description is not here yet")
                      : !tool_->waiting ? tr("It is offered already")
                                        : actionReason_);
}

} // namespace orchestra
