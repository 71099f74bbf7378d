// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/chat_tester.h"

#include "console/models/texts.h"
#include "shared/wire/close_code.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr int kMostRepeats = 1000;
constexpr QLatin1String kSynthetic("synthetic:");

} // namespace

ChatTester::ChatTester(const Clock &clock, RandomSource &random, QObject *parent)
    : QObject(parent)
    , clock_(clock)
    , ids_(clock, random)
    , client_(clock, random)
    , frames_(clock, this)
    , sendAction_(tr("Send"), 0, this)
    , stopAction_(tr("Stop"), 0, this)
    , cutAction_(tr("Cut link"), 0, this)
    , reconnectAction_(tr("Reconnect"), 0, this)
    , identity_(QStringLiteral("synthetic:tester-1"))
{
    connect(&client_, &ChatClient::received, this, &ChatTester::whenReceived);
    connect(&client_, &ChatClient::traced, this,
            [this](bool outbound, const QString &type, qint64 bytes, quint64 sequence, const QByteArray &raw) {
                frames_.add(outbound, type, bytes, sequence, raw);
                Q_EMIT framesChanged();
            });
    connect(&client_, &ChatClient::closed, this, &ChatTester::whenClosed);
    connect(&client_, &ChatClient::opened, this, [this] { setPhase(Authenticating); });
    connect(&client_, &ChatClient::sequenceGap, this,
            [this](quint64 expected, quint64 got) { frames_.note(tr("gap %1–%2").arg(expected).arg(got - 1)); });
    connect(transcript_.turns(), &TurnsModel::decided, this, [this](const QString &id, bool approved) {
        if (const auto approval = parseId<ApprovalId>(id.toStdString()))
            client_.send(wire::Approve{
                {}, *approval, approved ? wire::ApprovalDecision::Approve : wire::ApprovalDecision::Deny});
    });
    connect(&transcript_, &ChatTranscript::asked, this,
            [this](qint64 atMs) { putConversation(atMs, Health::Pending); });
    connect(&transcript_, &ChatTranscript::answered, this,
            [this](bool failed) { putConversation(clock_.wallMs(), failed ? Health::Bad : Health::Ok); });
    connect(&conversations_, &ConversationsModel::selected, this, &ChatTester::openAs);
    connect(&conversations_, &ConversationsModel::otherSelected, this, &ChatTester::showOther);
    connect(&conversations_, &ConversationsModel::newWanted, this, [this] {
        openSession(QStringLiteral("console-%1").arg(QString::fromStdString(toString(ids_.make<EventId>())).left(8)));
    });
    connect(&sendAction_, &Action::triggered, this, &ChatTester::send);
    connect(&stopAction_, &Action::triggered, this, &ChatTester::stop);
    connect(&cutAction_, &Action::triggered, this, &ChatTester::cutLink);
    connect(&reconnectAction_, &Action::triggered, this, &ChatTester::reconnect);
    connect(&repeatTimer_, &QTimer::timeout, this, &ChatTester::sendOnce);
    sendAction_.setKeysText(tr("Ctrl ↵"));
    stopAction_.setKeysText(tr("Ctrl ."));
    session_ = QStringLiteral("console");
    content_.set(Content::Ready);
    refreshActions();
}

void ChatTester::setServer(const Endpoint &endpoint, const QString &token, const QString &pin, const QString &user)
{
    const bool isSame = endpoint == endpoint_ && token == token_ && pin == pin_ && user == operatorName_ && hasServer_;
    if (isSame)
        return;
    endpoint_ = endpoint;
    token_ = token;
    pin_ = pin;
    operatorName_ = user;
    hasServer_ = true;
    Q_EMIT identityChanged();
    connectAnew();
}

void ChatTester::connectAnew()
{
    if (active_)
        connectNow();
    else
        isOutdated_ = phase_ != Offline;
}

void ChatTester::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    if (active_ && hasServer_ && (phase_ == Offline || isOutdated_))
        connectNow();
    Q_EMIT activeChanged();
}

void ChatTester::openAs(const QString &identity, const QString &session)
{
    if (session.isEmpty() || identity.isEmpty())
        return;
    showOther({});
    if (session == session_ && identity == identity_ && phase_ != Offline)
        return;
    session_ = session;
    if (std::exchange(identity_, identity) != identity)
        Q_EMIT identityChanged();
    transcript_.clearTitle();
    connectAnew();
}

void ChatTester::connectNow()
{
    transcript_.clear();
    transcript_.setReader(identity_, identityName());
    frames_.clear();
    closeText_.clear();
    wasCut_ = false;
    isOutdated_ = false;
    left_ = 0; // what was to be repeated was for another conversation
    repeatTimer_.stop();
    putConversation(clock_.wallMs(), Health::Pending);
    conversations_.makeCurrent(ownKey());
    ChatClient::Options options;
    options.endpoint = endpoint_;
    // A synthetic user on this machine needs no credential; elsewhere, and as oneself, the operator's own is used.
    const bool isSelf = identity_ == operatorName_;
    options.token = isSelf || !endpoint_.isLoopback() ? token_ : QString();
    options.pin = pin_;
    options.clientId = identity_;
    options.sessionId = session_;
    options.encoding = encoding_ == V2Json       ? ChatEncoding::Json
                       : encoding_ == V2Protobuf ? ChatEncoding::Protobuf
                                                 : ChatEncoding::V1Json;
    setPhase(Connecting);
    client_.connectTo(std::move(options));
}

void ChatTester::putConversation(qint64 changedAtMs, int status)
{
    ConversationLine conversation;
    conversation.key = ownKey();
    conversation.identity = identity_;
    conversation.session = session_;
    conversation.user = identityName();
    conversation.isSynthetic = identity_.startsWith(kSynthetic);
    conversation.title = transcript_.title().isEmpty() ? conversations_.titleOf(ownKey()) : transcript_.title();
    if (conversation.title.isEmpty())
        conversation.title = tr("New conversation");
    conversation.changedAtMs = changedAtMs;
    conversation.status = status;
    conversations_.put(std::move(conversation));
}

void ChatTester::showOther(const QString &key)
{
    other_ = key;
    conversations_.makeCurrent(key.isEmpty() ? ownKey() : key);
    const ConversationLine *line = key.isEmpty() ? nullptr : conversations_.current();
    if (line)
        content_.set(Content::NoPermission, tr("What is said here is %1's own").arg(line->user),
                     tr("An operator sees that a conversation exists and how it fares, not what is said in it."));
    else
        content_.set(Content::Ready);
    refreshActions();
    Q_EMIT changed();
}

void ChatTester::askForPast()
{
    const auto &thread = client_.defaultThread();
    const auto cursor = thread ? client_.cursors().find(*thread) : client_.cursors().end();
    if (cursor == client_.cursors().end() || cursor->second.offset == 0 || turns()->rowCount() > 0)
        return;
    client_.send(wire::Follow{{}, *thread, wire::Cursor{*thread, cursor->second.epoch, 0}});
}

QString ChatTester::identityName() const
{
    return identity_.startsWith(kSynthetic) ? identity_.mid(kSynthetic.size()) : identity_;
}

void ChatTester::setPhase(Phase phase)
{
    phase_ = phase;
    if (phase != Initializing)
        percent_ = -1;
    refreshActions();
    Q_EMIT changed();
    Q_EMIT framesChanged();
}

void ChatTester::refreshActions()
{
    const QString notOpen = tr("Not connected");
    sendAction_.setReason(!canCompose() ? notOpen : draft_.trimmed().isEmpty() ? tr("Nothing to send") : QString());
    stopAction_.setReason(transcript_.runningTask() ? QString() : tr("No answer is running"));
    cutAction_.setReason(phase_ == Active || phase_ == Initializing ? QString() : notOpen);
    reconnectAction_.setReason(phase_ == Closed || phase_ == Offline ? QString() : tr("The link is up"));
    refreshBusy();
}

void ChatTester::setShowTokens(bool show)
{
    frames_.setShowsTokens(show);
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
    transcript_.clearTitle();
    Q_EMIT identityChanged();
    connectAnew();
}

void ChatTester::setEncoding(int encoding)
{
    if (encoding == encoding_ || encoding < V2Json || encoding > V1Json)
        return;
    encoding_ = encoding;
    Q_EMIT identityChanged();
    connectAnew();
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
    const std::string id = client_.send(std::move(chat));
    if (encoding_ != V1Json && !id.empty()) // version 1 knows no such answer
        unacked_.insert(id);
    refreshBusy();
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
    if (!transcript_.runningTask())
        return;
    client_.send(wire::Cancel{{}, transcript_.runningTask(), {}, {}});
    isStopping_ = true;
    refreshBusy();
}

/// What was asked for and has not happened yet.
void ChatTester::refreshBusy()
{
    const bool isUp = phase_ == Active || phase_ == Initializing;
    if (!isUp)
        unacked_.clear(); // the next connection sends nothing again
    if (!isUp || !transcript_.runningTask())
        isStopping_ = false;
    sendAction_.setBusyText(unacked_.empty() ? QString() : tr("Sending"));
    stopAction_.setBusyText(isStopping_ ? tr("Stopping") : QString());
    const bool isConnecting = phase_ == Connecting || phase_ == Authenticating;
    reconnectAction_.setBusyText(isConnecting ? tr("Connecting") : QString());
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

void ChatTester::whenClosed(quint16 code, const QString &reason)
{
    closeText_ = wasCut_ ? tr("Cut by you; reconnect resumes")
                         : tr("Closed with %1: %2")
                               .arg(QString::number(code), reason.isEmpty() ? texts::line(closeCodeMeaning(code))
                                                                            : texts::line(reason.toStdString()));
    wasCut_ = false;
    left_ = 0;
    frames_.note(closeText_);
    putConversation(clock_.wallMs(), Health::Idle);
    setPhase(Closed);
}

void ChatTester::whenStarting(const wire::SystemMessage &message)
{
    const bool isStarting =
        message.event == wire::SystemEvent::Initializing || message.event == wire::SystemEvent::InitializationProgress;
    if (!isStarting)
        return;
    initText_ = texts::line(message.phase.value_or(message.message));
    percent_ = message.progress ? static_cast<int>(*message.progress) : -1;
    if (percent_ >= 0)
        initText_ = tr("Initializing: %1, %2 %").arg(initText_).arg(percent_);
    setPhase(Initializing);
}

void ChatTester::whenReceived(const wire::ServerFrame &frame)
{
    std::visit(Overload{
                   [&](const wire::Welcome &welcome) {
                       welcomeConnection_ = QString::fromStdString(toString(welcome.connectionId));
                   },
                   [&](const wire::ResumeDone &) {
                       if (!transcript_.runningTask())
                           putConversation(clock_.wallMs(), turns()->rowCount() > 0 ? Health::Ok : Health::Idle);
                       askForPast();
                       setPhase(Active);
                   },
                   [&](const wire::SystemMessage &message) { whenStarting(message); },
                   [&](const wire::Drain &drain) {
                       closeText_ = tr("The server stops: %1").arg(texts::line(drain.reason));
                       setPhase(Closing);
                   },
                   [&](const wire::ServerAck &ack) {
                       unacked_.erase(ack.ref);
                       transcript_.take(frame);
                   },
                   [&](const wire::ErrorFrame &error) {
                       unacked_.erase(error.ref.value_or(std::string()));
                       transcript_.take(frame);
                   },
                   [&](const auto &) { transcript_.take(frame); },
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
