// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/chat_tester.h"

#include "console/models/texts.h"
#include "shared/wire/close_code.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_codec.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kTouchEvery{33};
constexpr int kMostRepeats = 1000;
constexpr qsizetype kShownResult = 2000;

QString wordOf(auto value)
{
    return texts::word(value);
}

/// What a person can do about a failure that may pass.
QString adviceFor(const wire::ErrorBody &error)
{
    const QString text = texts::line(error.message);
    return error.retryable ? ChatTester::tr("%1 Trying again may help.").arg(text) : text;
}

} // namespace

ChatTester::ChatTester(const Clock &clock, RandomSource &random, QObject *parent)
    : QObject(parent)
    , clock_(clock)
    , ids_(clock, random)
    , client_(clock, random)
    , sendAction_(tr("Send"), 0, this)
    , stopAction_(tr("Stop"), 0, this)
    , cutAction_(tr("Cut link"), 0, this)
    , reconnectAction_(tr("Reconnect"), 0, this)
    , identity_(QStringLiteral("synthetic:tester-1"))
{
    connect(&client_, &ChatClient::received, this, &ChatTester::whenReceived);
    connect(&client_, &ChatClient::traced, this, &ChatTester::whenTraced);
    connect(&client_, &ChatClient::closed, this, &ChatTester::whenClosed);
    connect(&client_, &ChatClient::opened, this, [this] { setPhase(Authenticating); });
    connect(&client_, &ChatClient::sequenceGap, this, [this](quint64 expected, quint64 got) {
        FrameLine line;
        line.direction = FramesModel::Gap;
        line.number = ++frameNumber_;
        line.type = tr("gap %1–%2").arg(expected).arg(got - 1);
        frames_.add(std::move(line));
    });
    connect(&turns_, &TurnsModel::decided, this, [this](const QString &id, bool approved) {
        if (const auto approval = parseId<ApprovalId>(id.toStdString()))
            client_.send(wire::Approve{
                {}, *approval, approved ? wire::ApprovalDecision::Approve : wire::ApprovalDecision::Deny});
    });
    connect(&conversations_, &ConversationsModel::selected, this, &ChatTester::openSession);
    connect(&conversations_, &ConversationsModel::newWanted, this, [this] {
        openSession(QStringLiteral("console-%1").arg(QString::fromStdString(toString(ids_.make<EventId>())).left(8)));
    });
    connect(&sendAction_, &Action::triggered, this, &ChatTester::send);
    connect(&stopAction_, &Action::triggered, this, &ChatTester::stop);
    connect(&cutAction_, &Action::triggered, this, &ChatTester::cutLink);
    connect(&reconnectAction_, &Action::triggered, this, &ChatTester::reconnect);
    connect(&repeatTimer_, &QTimer::timeout, this, &ChatTester::sendOnce);
    touchTimer_.setSingleShot(true);
    touchTimer_.setInterval(kTouchEvery);
    connect(&touchTimer_, &QTimer::timeout, this, [this] {
        for (const int row : std::exchange(touched_, {})) {
            if (row < turns_.rowCount())
                turns_.touch(row);
        }
    });
    sendAction_.setKeysText(tr("Ctrl ↵"));
    stopAction_.setKeysText(tr("Ctrl ."));
    session_ = QStringLiteral("console");
    refreshActions();
}

void ChatTester::setServer(const Endpoint &endpoint, const QString &token, const QString &pin, const QString &user)
{
    const bool isSame = endpoint == endpoint_ && token == token_ && user == operatorName_ && hasServer_;
    if (isSame)
        return;
    endpoint_ = endpoint;
    token_ = token;
    pin_ = pin;
    operatorName_ = user;
    hasServer_ = true;
    Q_EMIT identityChanged();
    if (active_)
        connectNow();
}

void ChatTester::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    if (active_ && phase_ == Offline && hasServer_)
        connectNow();
    Q_EMIT activeChanged();
}

QStringList ChatTester::identities() const
{
    QStringList out{QStringLiteral("synthetic:tester-1"), QStringLiteral("synthetic:tester-2")};
    if (!operatorName_.isEmpty())
        out << operatorName_;
    return out;
}

void ChatTester::openSession(const QString &session)
{
    if (session.isEmpty() || (session == session_ && phase_ != Offline))
        return;
    session_ = session;
    title_.clear();
    if (active_)
        connectNow();
}

void ChatTester::connectNow()
{
    turns_.clearRows();
    replies_.clear();
    frames_.clear();
    frameBytes_ = 0;
    lastFrameAtMs_ = 0;
    task_.reset();
    closeText_.clear();
    wasCut_ = false;
    ConversationLine conversation;
    conversation.key = session_;
    conversation.user = identity_;
    conversation.isSynthetic = identity_.startsWith(QLatin1String("synthetic:"));
    conversation.title = title_.isEmpty() ? tr("New conversation") : title_;
    conversation.changedAtMs = clock_.wallMs();
    conversation.status = Health::Pending;
    conversations_.put(std::move(conversation));
    conversations_.makeCurrent(session_);
    ChatClient::Options options;
    options.endpoint = endpoint_;
    // A synthetic user on this machine needs no credential; elsewhere, and as oneself, the operator's own is used.
    const bool isSelf = identity_ == operatorName_;
    options.token = isSelf || !endpoint_.isLoopback() ? token_ : QString();
    options.pin = pin_;
    options.clientId = identity_;
    options.sessionId = session_;
    options.encoding = encoding_ == V2Json ? ChatEncoding::Json : ChatEncoding::Protobuf;
    setPhase(Connecting);
    client_.connectTo(std::move(options));
}

void ChatTester::setPhase(Phase phase)
{
    phase_ = phase;
    if (phase != Initializing)
        percent_ = -1;
    content_.set(Content::Ready);
    refreshActions();
    Q_EMIT changed();
    Q_EMIT framesChanged();
}

void ChatTester::refreshActions()
{
    const QString notOpen = tr("Not connected");
    sendAction_.setReason(!canCompose() ? notOpen : draft_.trimmed().isEmpty() ? tr("Nothing to send") : QString());
    stopAction_.setReason(task_ ? QString() : tr("No answer is running"));
    cutAction_.setReason(phase_ == Active || phase_ == Initializing ? QString() : notOpen);
    reconnectAction_.setReason(phase_ == Closed || phase_ == Offline ? QString() : tr("The link is up"));
}

QString ChatTester::phaseText() const
{
    switch (phase_) {
    case Offline:
        return tr("Offline");
    case Connecting:
        return tr("Connecting");
    case Authenticating:
        return tr("Authenticating");
    case Initializing:
        return initText_.isEmpty() ? tr("Initializing") : initText_;
    case Active:
        return tr("Active");
    case Closing:
        return tr("Closing");
    case Closed:
        return closeText_.isEmpty() ? tr("Closed") : closeText_;
    }
    return {};
}

int ChatTester::phaseStatus() const
{
    switch (phase_) {
    case Active:
        return Health::Ok;
    case Closed:
        return Health::Bad;
    case Offline:
        return Health::Idle;
    default:
        return Health::Pending;
    }
}

QString ChatTester::composeReason() const
{
    return canCompose() ? QString() : phaseText();
}

QString ChatTester::titleText() const
{
    return title_.isEmpty() ? tr("New conversation") : title_;
}

QString ChatTester::subtitleText() const
{
    if (!client_.defaultThread())
        return phaseText();
    const auto cursor = client_.cursors().find(*client_.defaultThread());
    const QString thread = QString::fromStdString(toString(*client_.defaultThread())).left(8);
    if (cursor == client_.cursors().end())
        return tr("thread %1").arg(thread);
    return tr("thread %1, epoch %2, offset %3").arg(thread).arg(cursor->second.epoch).arg(cursor->second.offset);
}

QString ChatTester::framesText() const
{
    if (frameNumber_ == 0)
        return phaseText();
    return tr("connection %1, %2 frames, %3")
        .arg(welcomeConnection_.left(8), texts::count(frameNumber_),
             texts::bytes(static_cast<std::uint64_t>(frameBytes_)));
}

void ChatTester::setShowTokens(bool show)
{
    showTokens_ = show;
    Q_EMIT framesChanged();
}

void ChatTester::setDraft(const QString &draft)
{
    if (draft == draft_)
        return;
    draft_ = draft;
    refreshActions();
    Q_EMIT draftChanged();
}

void ChatTester::setIdentity(const QString &identity)
{
    if (identity == identity_ || identity.trimmed().isEmpty())
        return;
    identity_ = identity.trimmed();
    Q_EMIT identityChanged();
    if (active_)
        connectNow();
}

QStringList ChatTester::encodings() const
{
    return {tr("v2 JSON"), tr("v2 protobuf")};
}

void ChatTester::setEncoding(int encoding)
{
    if (encoding == encoding_ || encoding < V2Json || encoding > V2Protobuf)
        return;
    encoding_ = encoding;
    Q_EMIT identityChanged();
    if (active_)
        connectNow();
}

void ChatTester::setSendCount(int count)
{
    sendCount_ = std::clamp(count, 1, kMostRepeats);
    Q_EMIT repeatChanged();
}

void ChatTester::setSendIntervalMs(int ms)
{
    sendIntervalMs_ = std::clamp(ms, 10, 60'000);
    Q_EMIT repeatChanged();
}

QString ChatTester::repeatText() const
{
    return sendCount_ == 1 ? tr("once") : tr("%1 times, each %2 ms").arg(sendCount_).arg(sendIntervalMs_);
}

void ChatTester::setSaved(const QStringList &saved)
{
    saved_ = saved;
    Q_EMIT savedChanged();
}

void ChatTester::saveDraft()
{
    const QString text = draft_.trimmed();
    if (text.isEmpty() || saved_.contains(text))
        return;
    saved_.prepend(text);
    Q_EMIT savedChanged();
}

void ChatTester::useSaved(int row)
{
    if (row >= 0 && row < saved_.size())
        setDraft(saved_[row]);
}

void ChatTester::removeSaved(int row)
{
    if (row < 0 || row >= saved_.size())
        return;
    saved_.removeAt(row);
    Q_EMIT savedChanged();
}

void ChatTester::send()
{
    if (!sendAction_.isAvailable())
        return;
    left_ = sendCount_;
    sendOnce();
}

void ChatTester::sendOnce()
{
    if (left_ <= 0 || !canCompose()) {
        repeatTimer_.stop();
        return;
    }
    --left_;
    wire::Chat chat;
    chat.content = draft_.trimmed().toStdString();
    client_.send(std::move(chat));
    if (left_ > 0) {
        repeatTimer_.start(sendIntervalMs_);
    } else {
        repeatTimer_.stop();
        setDraft({});
    }
}

void ChatTester::stop()
{
    left_ = 0;
    if (task_)
        client_.send(wire::Cancel{{}, task_, {}, {}});
}

void ChatTester::cutLink()
{
    wasCut_ = true;
    client_.cut();
}

void ChatTester::reconnect()
{
    if (!hasServer_)
        return;
    if (client_.cursors().empty()) {
        connectNow();
        return;
    }
    setPhase(Connecting);
    client_.reconnect();
}

void ChatTester::whenTraced(bool outbound, const QString &type, qint64 bytes, quint64 sequence, const QByteArray &raw)
{
    const qint64 now = clock_.wallMs();
    FrameLine line;
    line.direction = outbound ? FramesModel::Sent : FramesModel::Received;
    line.number = ++frameNumber_;
    line.sequence = sequence;
    line.type = type;
    line.bytes = bytes;
    line.deltaMs = lastFrameAtMs_ == 0 ? -1 : now - lastFrameAtMs_;
    // A hello may carry a token; no log holds one.
    line.raw = type == QLatin1String("hello") || type == QLatin1String("auth_refresh") ? QByteArray() : raw;
    lastFrameAtMs_ = now;
    frameBytes_ += bytes;
    if (showTokens_ || type != QLatin1String("stream_token"))
        frames_.add(std::move(line));
    Q_EMIT framesChanged();
}

void ChatTester::whenClosed(quint16 code, const QString &reason)
{
    closeText_ = wasCut_ ? tr("Cut by you; reconnect resumes")
                         : tr("Closed with %1: %2")
                               .arg(QString::number(code), reason.isEmpty() ? texts::line(closeCodeMeaning(code))
                                                                            : texts::line(reason.toStdString()));
    wasCut_ = false;
    left_ = 0;
    FrameLine line;
    line.direction = FramesModel::Gap;
    line.number = ++frameNumber_;
    line.type = closeText_;
    frames_.add(std::move(line));
    setPhase(Closed);
}

int ChatTester::turnOf(const wire::ServerFrame &frame)
{
    const int row = turns_.rowOf(frame.taskId ? QString::fromStdString(toString(*frame.taskId)) : QStringLiteral("?"));
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

void ChatTester::touchTurn(int row)
{
    if (std::ranges::find(touched_, row) == touched_.end())
        touched_.push_back(row);
    if (!touchTimer_.isActive())
        touchTimer_.start();
}

void ChatTester::addUserTurn(const wire::ServerFrame &frame, const wire::UserMessage &message)
{
    const int row = turns_.rowOf(QString::fromStdString(toString(message.messageId)));
    TranscriptTurn &turn = turns_.turn(row);
    turn.isUser = true;
    turn.who = texts::line(frame.userId);
    turn.atText = texts::clock(frame.timestamp.ms);
    turn.content = texts::block(message.content);
    turn.startedAtMs = frame.timestamp.ms;
    turns_.touch(row);
    title_ = texts::line(message.content);
    ConversationLine conversation;
    conversation.key = session_;
    conversation.user = identity_;
    conversation.isSynthetic = identity_.startsWith(QLatin1String("synthetic:"));
    conversation.title = title_;
    conversation.changedAtMs = frame.timestamp.ms;
    conversation.status = Health::Pending;
    conversations_.put(std::move(conversation));
}

void ChatTester::showSnapshot(const wire::Snapshot &snapshot)
{
    if (snapshot.part == 0)
        turns_.clearRows();
    for (const wire::StoredMessage &message : snapshot.messages) {
        const bool isUser = message.role == wire::MessageRole::User;
        const bool isTask = !isUser && message.taskId;
        const int row =
            turns_.rowOf(QString::fromStdString(isTask ? toString(*message.taskId) : toString(message.messageId)));
        TranscriptTurn &turn = turns_.turn(row);
        turn.isUser = isUser;
        turn.who = isUser ? identity_ : tr("answer");
        turn.atText = texts::clock(message.at.ms);
        turn.startedAtMs = message.at.ms;
        turn.content = texts::block(message.content);
        turn.isLive = !isUser && !message.status;
        if (message.error) {
            turn.failureCode = wordOf(message.error->code);
            turn.failureText = adviceFor(*message.error);
        }
        turns_.touch(row);
        if (isUser)
            title_ = texts::line(message.content);
    }
}

void ChatTester::fillChips(TranscriptTurn &turn, const wire::AgentCompleted &completed) const
{
    std::vector<ChipLine> chips;
    const wire::Provenance &provenance = completed.provenance;
    chips.push_back({tr("source"), wordOf(provenance.source), Health::Idle, false, {}, {}});
    if (provenance.model)
        chips.push_back({texts::line(provenance.provider.value_or("model")),
                         texts::line(*provenance.model),
                         Health::Idle,
                         false,
                         {},
                         {}});
    if (completed.usage.completionTokens > 0)
        chips.push_back({completed.usage.estimated ? tr("tokens, about") : tr("tokens"),
                         texts::count(completed.usage.completionTokens),
                         Health::Idle,
                         false,
                         {},
                         {}});
    if (completed.qualityScore)
        chips.push_back({tr("quality"), texts::number(completed.qualityScore, 2), Health::Idle, false, {}, {}});
    for (const auto &[flag, variant] : provenance.flagVariants)
        chips.push_back({texts::line(flag), texts::line(variant), Health::Idle, false, {}, QStringLiteral("flags")});
    if (completed.degradationLevel > 0)
        chips.push_back({tr("level"), QString::number(completed.degradationLevel), Health::Warn, false, {}, {}});
    turn.chips->setRows(std::move(chips));
}

void ChatTester::fillPhases(TranscriptTurn &turn, const wire::AgentCompleted &completed) const
{
    const wire::Timings &timings = completed.timings;
    std::vector<PhaseBar> bars;
    qreal at = 0;
    const auto add = [&](const QString &name, qreal length, int kind) {
        if (length <= 0)
            return;
        bars.push_back({name, at, length, texts::duration(length), kind, false});
        at += length;
    };
    const qreal firstToken = timings.firstTokenMs.value_or(timings.totalMs);
    const qreal store = timings.storeAckMs.value_or(0);
    const qreal tools = std::min(timings.toolsMs.value_or(0), std::max(0.0, firstToken - timings.queuedMs));
    add(tr("queued"), timings.queuedMs, PhasesModel::Wait);
    add(tr("tools"), tools, PhasesModel::Work);
    add(tr("first token"), firstToken - timings.queuedMs - tools, PhasesModel::Wait);
    add(tr("stream"), timings.totalMs - std::max(firstToken, timings.queuedMs) - store, PhasesModel::Stream);
    add(tr("store ack"), store, PhasesModel::Store);
    turn.phases->replace(std::move(bars), timings.totalMs, texts::duration(timings.totalMs));
}

void ChatTester::finishTurn(int row, const wire::AgentCompleted &completed)
{
    TranscriptTurn &turn = turns_.turn(row);
    turn.isLive = false;
    turn.liveText.clear();
    turn.approvalId.clear();
    turn.approvalText.clear();
    turn.content = texts::block(completed.content);
    turn.tools->abandon();
    if (completed.status != wire::CompletionStatus::Completed) {
        turn.failureCode = completed.error ? wordOf(completed.error->code) : wordOf(completed.status);
        turn.failureText = completed.error ? adviceFor(*completed.error) : QString();
    }
    if (completed.degradationLevel > 0)
        turn.degradedText = tr("Made at degradation level %1").arg(completed.degradationLevel);
    fillChips(turn, completed);
    fillPhases(turn, completed);
    turns_.touch(row);
    ReplyBar bar;
    bar.key = turn.key;
    bar.firstTokenS = completed.timings.firstTokenMs.value_or(completed.timings.totalMs) / 1000;
    bar.totalS = completed.timings.totalMs / 1000;
    bar.spoken =
        tr("first token %1, total %2").arg(texts::duration(bar.firstTokenS * 1000), texts::duration(bar.totalS * 1000));
    replies_.add(std::move(bar));
    task_.reset();
    ConversationLine conversation;
    conversation.key = session_;
    conversation.user = identity_;
    conversation.isSynthetic = identity_.startsWith(QLatin1String("synthetic:"));
    conversation.title = titleText();
    conversation.changedAtMs = clock_.wallMs();
    conversation.status = turn.failureCode.isEmpty() ? Health::Ok : Health::Bad;
    conversations_.put(std::move(conversation));
}

void ChatTester::whenReceived(const wire::ServerFrame &frame)
{
    std::visit(Overload{
                   [&](const wire::Welcome &welcome) {
                       welcomeConnection_ = QString::fromStdString(toString(welcome.connectionId));
                   },
                   [&](const wire::ResumeDone &) { setPhase(Active); },
                   [&](const wire::SystemMessage &message) {
                       const bool isStarting = message.event == wire::SystemEvent::Initializing ||
                                               message.event == wire::SystemEvent::InitializationProgress;
                       if (!isStarting)
                           return;
                       initText_ = texts::line(message.phase.value_or(message.message));
                       percent_ = message.progress ? static_cast<int>(*message.progress) : -1;
                       if (percent_ >= 0)
                           initText_ = tr("Initializing: %1, %2 %").arg(initText_).arg(percent_);
                       setPhase(Initializing);
                   },
                   [&](const wire::Snapshot &snapshot) { showSnapshot(snapshot); },
                   [&](const wire::ServerAck &ack) {
                       if (ack.taskId && !turns_.contains(QString::fromStdString(toString(*ack.taskId))))
                           task_ = ack.taskId;
                   },
                   [&](const wire::UserMessage &message) { addUserTurn(frame, message); },
                   [&](const wire::StatusFrame &status) {
                       if (!frame.taskId)
                           return;
                       const int row = turnOf(frame);
                       turns_.turn(row).liveText =
                           status.position ? tr("waiting behind %1").arg(*status.position) : tr("working");
                       turns_.touch(row);
                   },
                   [&](const wire::AgentStarted &started) {
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
                   [&](const wire::ToolExecuting &tool) {
                       const int row = turnOf(frame);
                       turns_.turn(row).tools->start({QString::fromStdString(tool.callId),
                                                      texts::line(tool.toolName),
                                                      texts::line(tool.parameters.text),
                                                      {},
                                                      Health::Pending,
                                                      {}});
                   },
                   [&](const wire::ToolCompleted &tool) {
                       const int row = turnOf(frame);
                       turns_.turn(row).tools->finish(QString::fromStdString(tool.callId), tool.ok,
                                                      texts::duration(static_cast<double>(tool.durationMs)),
                                                      texts::block(tool.result.text).left(kShownResult));
                   },
                   [&](const wire::ApprovalRequired &approval) {
                       const int row = turnOf(frame);
                       turns_.turn(row).approvalId = QString::fromStdString(toString(approval.approvalId));
                       turns_.turn(row).approvalText = texts::line(approval.what);
                       turns_.turn(row).liveText = tr("waits for your yes");
                       turns_.touch(row);
                   },
                   [&](const wire::ApprovalResolved &) {
                       const int row = turnOf(frame);
                       turns_.turn(row).approvalId.clear();
                       turns_.turn(row).approvalText.clear();
                       turns_.turn(row).liveText = tr("working");
                       turns_.touch(row);
                   },
                   [&](const wire::StreamToken &token) {
                       const int row = turnOf(frame);
                       TranscriptTurn &turn = turns_.turn(row);
                       if (turn.firstTokenAtMs == 0)
                           turn.firstTokenAtMs = frame.timestamp.ms;
                       turn.content += texts::block(token.content);
                       turn.liveText = tr("streaming");
                       ++turn.tokens;
                       touchTurn(row);
                   },
                   [&](const wire::AgentCompleted &completed) { finishTurn(turnOf(frame), completed); },
                   [&](const wire::ErrorFrame &error) {
                       const int row = turns_.rowOf(QStringLiteral("error-%1").arg(frameNumber_));
                       TranscriptTurn &turn = turns_.turn(row);
                       turn.who = tr("server");
                       turn.atText = texts::clock(frame.timestamp.ms);
                       turn.failureCode = wordOf(error.code);
                       turn.failureText = texts::line(error.message);
                       turns_.touch(row);
                   },
                   [&](const wire::Drain &drain) {
                       closeText_ = tr("The server stops: %1").arg(texts::line(drain.reason));
                       setPhase(Closing);
                   },
                   [](const auto &) {},
               },
               frame.body);
    refreshActions();
    Q_EMIT changed();
}

void ChatTester::tick()
{
    conversations_.tick(clock_.wallMs());
}

} // namespace orchestra
