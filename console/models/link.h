// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/health.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// The operator's link in words: one state machine, one look. Lives on: gui.
class Link : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int phase READ phase NOTIFY changed)
    Q_PROPERTY(int status READ status NOTIFY changed)
    Q_PROPERTY(QString word READ word NOTIFY changed)
    Q_PROPERTY(QString ageText READ ageText NOTIFY changed)
    Q_PROPERTY(QString serverName READ serverName NOTIFY changed)
    Q_PROPERTY(int environment READ environment NOTIFY changed)
    Q_PROPERTY(QString environmentText READ environmentText NOTIFY changed)
    Q_PROPERTY(QString asOfText READ asOfText NOTIFY changed)
    Q_PROPERTY(QString bannerText READ bannerText NOTIFY changed)
    Q_PROPERTY(QString whyText READ whyText NOTIFY changed)
    Q_PROPERTY(bool hasData READ hasData NOTIFY changed)
    Q_PROPERTY(bool canAct READ canAct NOTIFY changed)

public:
    enum Phase { Idle, Connecting, Syncing, Live, Stale, Lost, Denied };
    Q_ENUM(Phase)
    enum Environment { Production, Staging, Development };
    Q_ENUM(Environment)

    /// Both must outlive the link.
    Link(OpsClient &client, const Clock &clock, QObject *parent);

    int phase() const { return static_cast<int>(client_.link().phase()); }
    int status() const;
    QString word() const;
    QString ageText() const;
    QString serverName() const;
    int environment() const;
    QString environmentText() const;
    QString asOfText() const;
    QString bannerText() const;
    QString whyText() const;
    bool hasData() const { return client_.lastFrameAt() > 0; }
    bool canAct() const { return phase() == Live; }
    /// What the profile of the server says, until the server itself has.
    void setProfile(const QString &name, Environment environment);
    void setUtcOffsetSeconds(int seconds) { utcOffsetSeconds_ = seconds; }

    Q_INVOKABLE void retryNow() { client_.retryNow(); }
    Q_INVOKABLE void refresh() { client_.refresh(); }
    Q_INVOKABLE void leave() { client_.leave(); }

Q_SIGNALS:
    void changed();

private:
    QString awayText() const;

    OpsClient &client_;
    const Clock &clock_;
    QString profileName_;
    Environment profileEnvironment_ = Development;
    int utcOffsetSeconds_ = 0;
};

} // namespace orchestra
