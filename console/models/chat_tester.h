// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/chat_client.h"
#include "console/models/action.h"
#include "console/models/chat_transcript.h"
#include "console/models/content.h"
#include "console/models/frame_log.h"

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <set>
#include <string>

namespace orchestra {

/// Live chat: a real client connection beside the operator's link, with every frame in view. Sends, repeats, stops,
/// cuts the link in mid-answer and resumes. Lives on: gui.
class ChatTester : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(ConversationsModel *conversations READ conversations CONSTANT)
    Q_PROPERTY(QString titleText READ titleText NOTIFY changed)
    Q_PROPERTY(QString subtitleText READ subtitleText NOTIFY changed)
    Q_PROPERTY(bool canCompose READ canCompose NOTIFY changed)
    Q_PROPERTY(QString composeReason READ composeReason NOTIFY changed)
    Q_PROPERTY(TurnsModel *turns READ turns CONSTANT)
    Q_PROPERTY(FramesModel *frames READ frames CONSTANT)
    Q_PROPERTY(QString framesText READ framesText NOTIFY framesChanged)
    Q_PROPERTY(bool showTokens READ showTokens WRITE setShowTokens NOTIFY framesChanged)
    Q_PROPERTY(RepliesModel *replies READ replies CONSTANT)
    Q_PROPERTY(int connectionPhase READ connectionPhase NOTIFY changed)
    Q_PROPERTY(QString phaseText READ phaseText NOTIFY changed)
    Q_PROPERTY(int phasePercent READ phasePercent NOTIFY changed)
    Q_PROPERTY(int phaseStatus READ phaseStatus NOTIFY changed)
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged)
    Q_PROPERTY(QString identity READ identity WRITE setIdentity NOTIFY identityChanged)
    Q_PROPERTY(QString identityName READ identityName NOTIFY identityChanged)
    Q_PROPERTY(QStringList identities READ identities NOTIFY identityChanged)
    Q_PROPERTY(int encoding READ encoding WRITE setEncoding NOTIFY identityChanged)
    Q_PROPERTY(QStringList encodings READ encodings CONSTANT)
    Q_PROPERTY(int sendCount READ sendCount WRITE setSendCount NOTIFY repeatChanged)
    Q_PROPERTY(int sendIntervalMs READ sendIntervalMs WRITE setSendIntervalMs NOTIFY repeatChanged)
    Q_PROPERTY(QString repeatText READ repeatText NOTIFY repeatChanged)
    Q_PROPERTY(QStringList saved READ saved NOTIFY savedChanged)
    Q_PROPERTY(Action *sendAction READ sendAction CONSTANT)
    Q_PROPERTY(Action *stopAction READ stopAction CONSTANT)
    Q_PROPERTY(Action *cutAction READ cutAction CONSTANT)
    Q_PROPERTY(Action *reconnectAction READ reconnectAction CONSTANT)

public:
    enum Phase { Offline, Connecting, Authenticating, Initializing, Active, Closing, Closed };
    Q_ENUM(Phase)
    enum Encoding { V2Json, V2Protobuf, V1Json };
    Q_ENUM(Encoding)

    /// Both must outlive the tester.
    ChatTester(const Clock &clock, RandomSource &random, QObject *parent);

    bool isActive() const { return active_; }
    /// Connects with the first visit and stays connected.
    void setActive(bool active);
    /// Where to chat, and as whom: the operator's own token, or none.
    void setServer(const Endpoint &endpoint, const QString &token, const QString &pin, const QString &user);
    /// Opens a conversation of the identity at hand.
    void openSession(const QString &session) { openAs(identity_, session); }
    /// Opens a conversation of one of the identities, for example of a connection in the table.
    void openAs(const QString &identity, const QString &session);

    Content *content() { return &content_; }
    ConversationsModel *conversations() { return &conversations_; }
    QString titleText() const;
    QString subtitleText() const;
    bool canCompose() const { return other_.isEmpty() && (phase_ == Active || phase_ == Initializing); }
    QString composeReason() const;
    TurnsModel *turns() { return transcript_.turns(); }
    FramesModel *frames() { return frames_.lines(); }
    QString framesText() const;
    bool showTokens() const { return frames_.showsTokens(); }
    void setShowTokens(bool show);
    RepliesModel *replies() { return transcript_.replies(); }
    int connectionPhase() const { return phase_; }
    QString phaseText() const;
    int phasePercent() const { return percent_; }
    int phaseStatus() const;
    QString draft() const { return draft_; }
    void setDraft(const QString &draft);
    QString identity() const { return identity_; }
    void setIdentity(const QString &identity);
    /// The identity as people say it, without the prefix of synthetic users.
    QString identityName() const;
    QStringList identities() const;
    int encoding() const { return encoding_; }
    void setEncoding(int encoding);
    QStringList encodings() const;
    int sendCount() const { return sendCount_; }
    void setSendCount(int count);
    int sendIntervalMs() const { return sendIntervalMs_; }
    void setSendIntervalMs(int ms);
    QString repeatText() const;
    QStringList saved() const { return saved_; }
    void setSaved(const QStringList &saved);
    Action *sendAction() { return &sendAction_; }
    Action *stopAction() { return &stopAction_; }
    Action *cutAction() { return &cutAction_; }
    Action *reconnectAction() { return &reconnectAction_; }

    Q_INVOKABLE void send();
    Q_INVOKABLE void stop();
    Q_INVOKABLE void cutLink();
    Q_INVOKABLE void reconnect();
    Q_INVOKABLE void saveDraft();
    Q_INVOKABLE void useSaved(int row);
    Q_INVOKABLE void removeSaved(int row);

    void tick();

Q_SIGNALS:
    void activeChanged();
    void changed();
    void framesChanged();
    void draftChanged();
    void identityChanged();
    void repeatChanged();
    void savedChanged();

private:
    void connectNow();
    /// Of the conversation at hand: one session name is another conversation for another user.
    QString ownKey() const { return identity_ + QLatin1Char('/') + session_; }
    /// Now, or with the next visit.
    void connectAnew();
    /// Somebody else's conversation instead of an own one; an empty key goes back.
    void showOther(const QString &key);
    /// A session may have been spoken in before: hearing its thread from the start brings that back.
    void askForPast();
    void setPhase(Phase phase);
    void refreshActions();
    void refreshBusy();
    void sendOnce();
    void whenReceived(const wire::ServerFrame &frame);
    void whenStarting(const wire::SystemMessage &message);
    void whenClosed(quint16 code, const QString &reason);
    void putConversation(qint64 changedAtMs, int status);

    const Clock &clock_;
    IdSource ids_;
    ChatClient client_;
    Endpoint endpoint_ = Endpoint::local();
    QString token_;
    QString pin_;
    QString operatorName_;
    Content content_{this};
    ConversationsModel conversations_{this};
    ChatTranscript transcript_{this};
    FrameLog frames_;
    Action sendAction_;
    Action stopAction_;
    Action cutAction_;
    Action reconnectAction_;
    QTimer repeatTimer_;
    QString session_;
    std::set<std::string> unacked_; ///< messages that the server has not said yes or no to
    bool isStopping_ = false;
    QString other_; ///< the conversation of somebody else that is chosen
    QString draft_;
    QString identity_;
    QStringList saved_;
    QString closeText_;
    QString welcomeConnection_;
    QString initText_;
    Phase phase_ = Offline;
    int percent_ = -1;
    int encoding_ = V2Json;
    int sendCount_ = 1;
    int sendIntervalMs_ = 200;
    int left_ = 0;
    bool active_ = false;
    bool hasServer_ = false;
    bool wasCut_ = false;
    bool isOutdated_ = false; ///< the connection at hand is not the one that is wanted by now
};

} // namespace orchestra
