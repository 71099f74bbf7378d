// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/chat_transcript.h"

#include "console/models/reply_facts.h"
#include "console/models/texts.h"
#include "shared/wire/json_codec.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kTouchEvery{33};
constexpr qsizetype kShownResult = 2000;

QString keyOf(const auto &id)
{
    return QString::fromStdString(toString(id));
}

} // namespace

ChatTranscript::ChatTranscript(QObject *parent)
    : QObject(parent)
{
    touchTimer_.setSingleShot(true);
    touchTimer_.setInterval(kTouchEvery);
    connect(&touchTimer_, &QTimer::timeout, this, [this] {
        for (const int row : std::exchange(touched_, {})) {
            if (row < turns_.rowCount())
                turns_.touch(row);
        }
    });
}

void ChatTranscript::clear()
{
    turns_.clearRows();
    replies_.clear();
    task_.reset();
    parts_.clear();
}

void ChatTranscript::take(const wire::ServerFrame &frame)
{
    std::visit(Overload{
                   [&](const wire::Snapshot &snapshot) { showSnapshot(snapshot); },
                   [&](const wire::ServerAck &ack) {
                       if (ack.taskId && !turns_.contains(keyOf(*ack.taskId)))
                           task_ = ack.taskId;
                   },
                   [&](const wire::UserMessage &message) { addUserTurn(frame, message); },
                   [&](const wire::StatusFrame &status) {
                       if (frame.taskId)
                           setLiveText(turnOf(frame),
                                       status.position ? tr("waiting behind %1").arg(*status.position) : tr("working"));
                   },
                   [&](const wire::AgentStarted &started) {
                       if (started.parentTaskId && frame.taskId) {
                           parts_[*frame.taskId] = *started.parentTaskId;
                           return;
                       }
                       const int row = turnOf(frame);
                       task_ = frame.taskId;
                       turns_.turn(row).who = texts::line(started.agentName);
                       turns_.touch(row);
                   },
                   [&](const wire::AgentThinking &thinking) {
                       const int row = turnOf(frame);
                       turns_.turn(row).thinking = texts::line(thinking.content);
                       turns_.touch(row);
                   },
                   [&](const wire::ToolExecuting &tool) { showTool(turnOf(frame), tool); },
                   [&](const wire::ToolCompleted &tool) {
                       const int row = turnOf(frame);
                       turns_.turn(row).tools->finish(QString::fromStdString(tool.callId), tool.ok,
                                                      texts::duration(static_cast<double>(tool.durationMs)),
                                                      texts::block(tool.result.text).left(kShownResult));
                   },
                   [&](const wire::ApprovalRequired &approval) { askApproval(turnOf(frame), approval); },
                   [&](const wire::ApprovalResolved &) {
                       const int row = turnOf(frame);
                       turns_.turn(row).approvalId.clear();
                       turns_.turn(row).approvalText.clear();
                       turns_.turn(row).decidingText.clear();
                       setLiveText(row, tr("working"));
                   },
                   [&](const wire::StreamToken &token) { addToken(turnOf(frame), frame, token); },
                   [&](const wire::AgentCompleted &completed) { finishTurn(turnOf(frame), completed); },
                   [&](const wire::ErrorFrame &error) { addError(frame, error); },
                   [](const auto &) {},
               },
               frame.body);
}

int ChatTranscript::turnOf(const wire::ServerFrame &frame)
{
    const int row = turns_.rowOf(frame.taskId ? keyOf(wholeOf(*frame.taskId)) : QStringLiteral("?"));
    TranscriptTurn &turn = turns_.turn(row);
    if (turn.startedAtMs == 0) {
        turn.startedAtMs = frame.timestamp.ms;
        turn.atText = texts::clock(frame.timestamp.ms);
        turn.isLive = true;
        turn.liveText = tr("working");
        turn.who = tr("answer");
    }
    return row;
}

TaskId ChatTranscript::wholeOf(TaskId task) const
{
    // No deeper than any server nests, whatever a frame says.
    for (int depth = 0; depth < 16; ++depth) {
        const auto above = parts_.find(task);
        if (above == parts_.end())
            break;
        task = above->second;
    }
    return task;
}

void ChatTranscript::setLiveText(int row, const QString &text)
{
    turns_.turn(row).liveText = text;
    turns_.touch(row);
}

void ChatTranscript::touchSoon(int row)
{
    if (std::ranges::find(touched_, row) == touched_.end())
        touched_.push_back(row);
    if (!touchTimer_.isActive())
        touchTimer_.start();
}

void ChatTranscript::addUserTurn(const wire::ServerFrame &frame, const wire::UserMessage &message)
{
    const int row = turns_.rowOf(keyOf(message.messageId));
    TranscriptTurn &turn = turns_.turn(row);
    turn.isUser = true;
    turn.who = frame.userId == reader_.toStdString() ? readerName_ : texts::line(frame.userId);
    turn.atText = texts::clock(frame.timestamp.ms);
    turn.content = texts::block(message.content);
    turn.startedAtMs = frame.timestamp.ms;
    turns_.touch(row);
    title_ = texts::line(message.content);
    Q_EMIT asked(frame.timestamp.ms);
}

void ChatTranscript::showSnapshot(const wire::Snapshot &snapshot)
{
    if (snapshot.part == 0)
        turns_.clearRows();
    for (const wire::StoredMessage &message : snapshot.messages)
        showStored(message);
}

void ChatTranscript::showStored(const wire::StoredMessage &message)
{
    const bool isUser = message.role == wire::MessageRole::User;
    const int row = turns_.rowOf(!isUser && message.taskId ? keyOf(*message.taskId) : keyOf(message.messageId));
    TranscriptTurn &turn = turns_.turn(row);
    turn.isUser = isUser;
    turn.who = isUser ? readerName_ : tr("answer");
    turn.atText = texts::clock(message.at.ms);
    turn.startedAtMs = message.at.ms;
    turn.content = texts::block(message.content);
    turn.isLive = !isUser && !message.status;
    if (message.error) {
        turn.failureCode = texts::word(message.error->code);
        turn.failureText = adviceFor(*message.error);
    }
    turns_.touch(row);
    if (isUser)
        title_ = texts::line(message.content);
}

void ChatTranscript::showTool(int row, const wire::ToolExecuting &tool)
{
    turns_.turn(row).tools->start({QString::fromStdString(tool.callId),
                                   texts::line(tool.toolName),
                                   texts::line(tool.parameters.text),
                                   {},
                                   Health::Pending,
                                   {}});
}

void ChatTranscript::askApproval(int row, const wire::ApprovalRequired &approval)
{
    turns_.turn(row).approvalId = keyOf(approval.approvalId);
    turns_.turn(row).approvalText = texts::line(approval.what);
    turns_.turn(row).decidingText.clear();
    setLiveText(row, tr("waits for your yes"));
}

void ChatTranscript::addToken(int row, const wire::ServerFrame &frame, const wire::StreamToken &token)
{
    TranscriptTurn &turn = turns_.turn(row);
    if (turn.firstTokenAtMs == 0)
        turn.firstTokenAtMs = frame.timestamp.ms;
    turn.content += texts::block(token.content);
    turn.liveText = tr("streaming");
    ++turn.tokens;
    touchSoon(row);
}

void ChatTranscript::finishTurn(int row, const wire::AgentCompleted &completed)
{
    TranscriptTurn &turn = turns_.turn(row);
    turn.isLive = false;
    turn.liveText.clear();
    turn.approvalId.clear();
    turn.approvalText.clear();
    turn.decidingText.clear();
    turn.content = texts::block(completed.content);
    turn.tools->abandon();
    if (completed.status != wire::CompletionStatus::Completed) {
        turn.failureCode = completed.error ? texts::word(completed.error->code) : texts::word(completed.status);
        turn.failureText = completed.error ? adviceFor(*completed.error) : QString();
    }
    if (completed.degradationLevel > 0)
        turn.degradedText = tr("Made at degradation level %1").arg(completed.degradationLevel);
    const wire::Timings &timings = completed.timings;
    turn.chips->setRows(chipsOf(completed));
    turn.phases->replace(phasesOf(timings), timings.totalMs, texts::duration(timings.totalMs));
    turns_.touch(row);
    ReplyBar bar;
    bar.key = turn.key;
    bar.firstTokenS = timings.firstTokenMs.value_or(timings.totalMs) / 1000;
    bar.totalS = timings.totalMs / 1000;
    bar.spoken =
        tr("first token %1, total %2").arg(texts::duration(bar.firstTokenS * 1000), texts::duration(bar.totalS * 1000));
    replies_.add(std::move(bar));
    task_.reset();
    Q_EMIT answered(!turn.failureCode.isEmpty());
}

void ChatTranscript::addError(const wire::ServerFrame &frame, const wire::ErrorFrame &error)
{
    const int row = turns_.rowOf(QStringLiteral("error-%1").arg(++errors_));
    TranscriptTurn &turn = turns_.turn(row);
    turn.who = tr("server");
    turn.atText = texts::clock(frame.timestamp.ms);
    turn.failureCode = texts::word(error.code);
    turn.failureText = texts::line(error.message);
    turns_.touch(row);
}

} // namespace orchestra
