// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/actions/confirmation.h"
#include "console/actions/operator_command.h"
#include "console/link/ops_client.h"
#include "console/models/access.h"

#include <QObject>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <map>

namespace orchestra {

/// The five seconds in which a disruptive action can still be called off. Lives on: gui.
class PendingAction : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString text READ text CONSTANT)
    Q_PROPERTY(qreal remaining READ remaining NOTIFY changed)
    Q_PROPERTY(QString remainingText READ remainingText NOTIFY changed)

public:
    static constexpr std::chrono::milliseconds kGrace{5000};

    PendingAction(QString text, const Clock &clock, QObject *parent);

    QString text() const { return text_; }
    qreal remaining() const;
    QString remainingText() const;
    Q_INVOKABLE void cancel();

Q_SIGNALS:
    void changed();
    void due();
    void cancelled();

private:
    const QString text_;
    const Clock &clock_;
    const MonotonicTime began_;
    QTimer timer_;
};

/// What came of an action, for ten seconds, with the way back where there is one. Lives on: gui.
class Notice : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString text READ text CONSTANT)
    Q_PROPERTY(int status READ status CONSTANT)
    Q_PROPERTY(bool undoable READ isUndoable CONSTANT)
    Q_PROPERTY(qreal remaining READ remaining NOTIFY changed)
    Q_PROPERTY(QString requestId READ requestId CONSTANT)

public:
    static constexpr std::chrono::milliseconds kShown{10000};

    Notice(QString text, int status, QString undoToken, QString requestId, const Clock &clock, QObject *parent);

    QString text() const { return text_; }
    int status() const { return status_; }
    bool isUndoable() const { return !undoToken_.isEmpty(); }
    const QString &undoToken() const { return undoToken_; }
    qreal remaining() const;
    QString requestId() const { return requestId_; }
    Q_INVOKABLE void undo();
    Q_INVOKABLE void dismiss();

Q_SIGNALS:
    void changed();
    void undoWanted(const QString &token);
    void dismissed();

private:
    const QString text_;
    const int status_;
    const QString undoToken_;
    const QString requestId_;
    const Clock &clock_;
    const MonotonicTime began_;
    QTimer timer_;
};

/// Carries out operators' commands by their risk: at once with an undo, or after a confirmation and a moment to call it
/// off. A command whose answer did not come is "not confirmed", never "failed". Lives on: gui.
class ActionRunner : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(Confirmation *confirmation READ confirmation NOTIFY confirmationChanged)
    Q_PROPERTY(PendingAction *pending READ pending NOTIFY pendingChanged)
    Q_PROPERTY(Notice *notice READ notice NOTIFY noticeChanged)
    Q_PROPERTY(QString busyText READ busyText NOTIFY busyChanged)

public:
    /// All must outlive the runner.
    ActionRunner(OpsClient &client, Access &access, const Clock &clock, QObject *parent);

    Confirmation *confirmation() const { return confirmation_; }
    PendingAction *pending() const { return pending_; }
    Notice *notice() const { return notice_; }
    /// The command that has been on its way for longest, once one can notice: "Closing 12 connections 0.8 s".
    QString busyText() const { return busyText_; }

    /// Class 1: at once; the server says how to take it back.
    void runNow(OperatorCommand command);
    /// Class 2 and 3: asks, waits, acts.
    void confirmAndRun(Confirmation::Question question, std::vector<ConfirmItem> items, OperatorCommand command);
    void tell(const QString &text, int status = Health::Ok, const QString &undoToken = {},
              const QString &requestId = {});

    /// Takes the last action back that can be taken back.
    Q_INVOKABLE void undo();

Q_SIGNALS:
    void confirmationChanged();
    void pendingChanged();
    void noticeChanged();
    void busyChanged();

private:
    /// A command whose answer is outstanding.
    struct Outstanding
    {
        OperatorCommand command;
        MonotonicTime since;
    };

    void send(OperatorCommand command, const QString &reason);
    void answered(std::uint64_t number, const Result<wire::OpsReply> &reply);
    void wait(OperatorCommand command, const QString &reason);
    void showBusy();
    template <class T>
    void replace(T *&field, T *value, void (ActionRunner::*changed)());

    OpsClient &client_;
    Access &access_;
    const Clock &clock_;
    Confirmation *confirmation_ = nullptr; ///< child
    PendingAction *pending_ = nullptr;     ///< child
    Notice *notice_ = nullptr;             ///< child
    QString lastUndoToken_;
    std::map<std::uint64_t, Outstanding> outstanding_; ///< in the order in which they were sent
    std::uint64_t lastNumber_ = 0;
    QString busyText_;
    QTimer busyTimer_;
};

} // namespace orchestra
