// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// Who the operator is, what the role allows, and the lock of production servers: read-only until it is opened, and
/// closed again after 15 minutes. Lives on: gui.
class Access : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString user READ user NOTIFY changed)
    Q_PROPERTY(QString roleText READ roleText NOTIFY changed)
    Q_PROPERTY(int role READ role NOTIFY changed)
    Q_PROPERTY(bool locked READ isLocked NOTIFY changed)
    Q_PROPERTY(bool canUnlock READ canUnlock NOTIFY changed)
    Q_PROPERTY(QString lockText READ lockText NOTIFY changed)
    Q_PROPERTY(QString lockReason READ lockReason NOTIFY changed)

public:
    enum Role { None, Client, Tester, Viewer, Operator, Admin };
    Q_ENUM(Role)
    static constexpr std::chrono::minutes kUnlockedFor{15};

    /// Both must outlive it.
    Access(OpsClient &client, const Clock &clock, QObject *parent);

    QString user() const;
    QString roleText() const;
    int role() const;
    bool isLocked() const { return locks_ && clock_.now() >= unlockedUntil_; }
    bool canUnlock() const { return role() >= Operator; }
    QString lockText() const;
    QString lockReason() const;
    /// Why an action of a risk class above 0 cannot be done now; empty when it can.
    QString refusal() const;
    /// A server whose profile is read-only locks; another is open all the time.
    void setLocks(bool locks);
    void tick();

    Q_INVOKABLE void unlock();
    Q_INVOKABLE void lock();

Q_SIGNALS:
    void changed();

private:
    OpsClient &client_;
    const Clock &clock_;
    MonotonicTime unlockedUntil_{};
    bool locks_ = false;
    bool wasLocked_ = false;
};

} // namespace orchestra
