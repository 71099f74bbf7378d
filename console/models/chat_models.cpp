// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/chat_models.h"

#include "console/models/texts.h"

#include <QJSEngine>

#include <algorithm>

namespace orchestra {

ToolCallsModel::ToolCallsModel(QObject *parent)
    : RowModel(
          {{"name", [](const ToolLine &line) { return QVariant(line.name); }},
           {"parameters", [](const ToolLine &line) { return QVariant(line.arguments); }},
           {"tookText", [](const ToolLine &line) { return QVariant(line.tookText); }},
           {"status", [](const ToolLine &line) { return QVariant(line.status); }},
           {"resultText", [](const ToolLine &line) { return QVariant(line.resultText); }}},
          [](const ToolLine &line) { return line.callId; }, parent)
{
}

void ToolCallsModel::start(ToolLine line)
{
    append(std::move(line));
}

void ToolCallsModel::finish(const QString &callId, bool ok, const QString &tookText, const QString &resultText)
{
    for (int row = 0; row < rowCount(); ++row) {
        ToolLine &line = at(row);
        if (line.callId != callId)
            continue;
        line.status = ok ? Health::Ok : Health::Bad;
        line.tookText = tookText;
        line.resultText = resultText;
        touch(row);
    }
}

void ToolCallsModel::abandon()
{
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row).status != Health::Pending)
            continue;
        at(row).status = Health::Idle;
        touch(row);
    }
}

ChipsModel::ChipsModel(QObject *parent)
    : RowModel(
          {{"label", [](const ChipLine &chip) { return QVariant(chip.label); }},
           {"value", [](const ChipLine &chip) { return QVariant(chip.value); }},
           {"status", [](const ChipLine &chip) { return QVariant(chip.status); }},
           {"mono", [](const ChipLine &chip) { return QVariant(chip.mono); }},
           {"target", [](const ChipLine &chip) { return QVariant(chip.target); }},
           {"glyph", [](const ChipLine &chip) { return QVariant(chip.glyph); }}},
          [](const ChipLine &chip) { return chip.label; }, parent)
{
}

PhasesModel::PhasesModel(QObject *parent)
    : RowModel(
          {{"name", [](const PhaseBar &bar) { return QVariant(bar.name); }},
           {"atMs", [](const PhaseBar &bar) { return QVariant(bar.atMs); }},
           {"lengthMs", [](const PhaseBar &bar) { return QVariant(bar.lengthMs); }},
           {"lengthText", [](const PhaseBar &bar) { return QVariant(bar.lengthText); }},
           {"kind", [](const PhaseBar &bar) { return QVariant(bar.kind); }},
           {"live", [](const PhaseBar &bar) { return QVariant(bar.live); }}},
          [](const PhaseBar &bar) { return bar.name; }, parent)
{
}

void PhasesModel::replace(std::vector<PhaseBar> bars, qreal totalMs, const QString &totalText)
{
    setRows(std::move(bars));
    totalMs_ = totalMs;
    totalText_ = totalText;
    Q_EMIT changed();
}

TurnsModel::TurnsModel(QObject *parent)
    : RowModel(
          {{"key", [](const TranscriptTurn &turn) { return QVariant(turn.key); }},
           {"who", [](const TranscriptTurn &turn) { return QVariant(turn.who); }},
           {"atText", [](const TranscriptTurn &turn) { return QVariant(turn.atText); }},
           {"isUser", [](const TranscriptTurn &turn) { return QVariant(turn.isUser); }},
           {"isLive", [](const TranscriptTurn &turn) { return QVariant(turn.isLive); }},
           {"liveText", [](const TranscriptTurn &turn) { return QVariant(turn.liveText); }},
           {"thinking", [](const TranscriptTurn &turn) { return QVariant(turn.thinking); }},
           {"content", [](const TranscriptTurn &turn) { return QVariant(turn.content); }},
           {"failureCode", [](const TranscriptTurn &turn) { return QVariant(turn.failureCode); }},
           {"failureText", [](const TranscriptTurn &turn) { return QVariant(turn.failureText); }},
           {"degradedText", [](const TranscriptTurn &turn) { return QVariant(turn.degradedText); }},
           {"tools", [](const TranscriptTurn &turn) { return QVariant::fromValue(turn.tools.get()); }},
           {"chips", [](const TranscriptTurn &turn) { return QVariant::fromValue(turn.chips.get()); }},
           {"phases", [](const TranscriptTurn &turn) { return QVariant::fromValue(turn.phases.get()); }},
           {"approvalId", [](const TranscriptTurn &turn) { return QVariant(turn.approvalId); }},
           {"approvalText", [](const TranscriptTurn &turn) { return QVariant(turn.approvalText); }},
           {"decidingText", [](const TranscriptTurn &turn) { return QVariant(turn.decidingText); }}},
          [](const TranscriptTurn &turn) { return turn.key; }, parent)
{
}

bool TurnsModel::contains(const QString &key) const
{
    return std::ranges::find(rows(), key, &TranscriptTurn::key) != rows().end();
}

int TurnsModel::rowOf(const QString &key)
{
    const auto found = std::ranges::find(rows(), key, &TranscriptTurn::key);
    if (found != rows().end())
        return static_cast<int>(found - rows().begin());
    TranscriptTurn turn;
    turn.key = key;
    // QML takes what a row hands it for its own unless C++ says otherwise.
    const auto own = [](auto model) {
        QJSEngine::setObjectOwnership(model.get(), QJSEngine::CppOwnership);
        return model;
    };
    turn.tools = own(std::make_shared<ToolCallsModel>());
    turn.chips = own(std::make_shared<ChipsModel>());
    turn.phases = own(std::make_shared<PhasesModel>());
    append(std::move(turn));
    return rowCount() - 1;
}

void TurnsModel::approve(int row)
{
    decide(row, true);
}

void TurnsModel::deny(int row)
{
    decide(row, false);
}

void TurnsModel::decide(int row, bool approved)
{
    if (row < 0 || row >= rowCount() || at(row).approvalId.isEmpty())
        return;
    at(row).decidingText = approved ? tr("Approving") : tr("Denying");
    touch(row);
    Q_EMIT decided(at(row).approvalId, approved);
}

RepliesModel::RepliesModel(QObject *parent)
    : RowModel(
          {{"firstTokenS", [](const ReplyBar &bar) { return QVariant(bar.firstTokenS); }},
           {"totalS", [](const ReplyBar &bar) { return QVariant(bar.totalS); }},
           {"spoken", [](const ReplyBar &bar) { return QVariant(bar.spoken); }},
           {"live", [](const ReplyBar &bar) { return QVariant(bar.live); }}},
          [](const ReplyBar &bar) { return bar.key; }, parent)
{
}

qreal RepliesModel::longestS() const
{
    qreal longest = 0;
    for (const ReplyBar &bar : rows())
        longest = std::max(longest, bar.totalS);
    return longest;
}

void RepliesModel::add(ReplyBar bar)
{
    if (rowCount() >= kMost)
        removeAt(0);
    append(std::move(bar));
    Q_EMIT changed();
}

void RepliesModel::clear()
{
    clearRows();
    Q_EMIT changed();
}

ConversationsModel::ConversationsModel(QObject *parent)
    : RowModel(
          {{"key", [](const ConversationLine &row) { return QVariant(row.key); }},
           {"user", [](const ConversationLine &row) { return QVariant(row.user); }},
           {"synthetic", [](const ConversationLine &row) { return QVariant(row.isSynthetic); }},
           {"title", [](const ConversationLine &row) { return QVariant(row.title); }},
           {"ageText", [](const ConversationLine &row) { return QVariant(row.ageText); }},
           {"status", [](const ConversationLine &row) { return QVariant(row.status); }},
           {"current", [](const ConversationLine &row) { return QVariant(row.isCurrent); }}},
          [](const ConversationLine &row) { return row.key; }, parent)
{
}

void ConversationsModel::setFilterText(const QString &text)
{
    if (text == filterText_)
        return;
    filterText_ = text;
    rebuild();
    Q_EMIT filterChanged();
}

int ConversationsModel::currentRow() const
{
    const auto found = std::ranges::find(rows(), currentKey_, &ConversationLine::key);
    return found == rows().end() ? -1 : static_cast<int>(found - rows().begin());
}

void ConversationsModel::put(ConversationLine conversation)
{
    std::erase_if(own_, [&](const ConversationLine &row) { return row.key == conversation.key; });
    own_.insert(own_.begin(), std::move(conversation));
    rebuild();
}

void ConversationsModel::setOthers(std::vector<ConversationLine> others)
{
    others_ = std::move(others);
    rebuild();
}

const ConversationLine *ConversationsModel::current() const
{
    for (const auto *list : {&own_, &others_}) {
        const auto found = std::ranges::find(*list, currentKey_, &ConversationLine::key);
        if (found != list->end())
            return &*found;
    }
    return nullptr;
}

QString ConversationsModel::titleOf(const QString &key) const
{
    const auto found = std::ranges::find(own_, key, &ConversationLine::key);
    return found == own_.end() ? QString() : found->title;
}

void ConversationsModel::makeCurrent(const QString &key)
{
    currentKey_ = key;
    rebuild();
    Q_EMIT currentChanged();
}

void ConversationsModel::tick(qint64 nowMs)
{
    nowMs_ = nowMs;
    rebuild();
}

void ConversationsModel::rebuild()
{
    std::vector<ConversationLine> all = own_;
    all.insert(all.end(), others_.begin(), others_.end());
    std::vector<ConversationLine> shown;
    for (ConversationLine &row : all) {
        if (!filterText_.isEmpty() && !row.title.contains(filterText_, Qt::CaseInsensitive) &&
            !row.user.contains(filterText_, Qt::CaseInsensitive))
            continue;
        row.isCurrent = row.key == currentKey_;
        const qint64 age = nowMs_ - row.changedAtMs;
        row.ageText = age < 2000 ? tr("now") : texts::age(age);
        shown.push_back(std::move(row));
    }
    setRows(std::move(shown));
    Q_EMIT currentChanged();
}

void ConversationsModel::select(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    const ConversationLine line = at(row);
    if (line.isOther)
        Q_EMIT otherSelected(line.key);
    else
        Q_EMIT selected(line.identity, line.session);
}

void ConversationsModel::startNew()
{
    Q_EMIT newWanted();
}

} // namespace orchestra
