// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// One thing that can be done now, or the reason why not. Lives on: gui.
class Action : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(bool available READ isAvailable NOTIFY changed)
    Q_PROPERTY(QString reason READ reason NOTIFY changed)
    Q_PROPERTY(int risk READ risk CONSTANT)
    Q_PROPERTY(QString keysText READ keysText NOTIFY changed)
    Q_PROPERTY(QString busyText READ busyText NOTIFY changed)

public:
    /// `risk` 0 look, 1 reversible, 2 disruptive, 3 grave.
    Action(QString title, int risk, QObject *parent)
        : QObject(parent)
        , title_(std::move(title))
        , risk_(risk)
    {
    }

    QString title() const { return title_; }
    bool isAvailable() const { return reason_.isEmpty(); }
    QString reason() const { return reason_; }
    int risk() const { return risk_; }
    QString keysText() const { return keysText_; }
    QString busyText() const { return busyText_; }

    void setTitle(const QString &title) { assign(title_, title); }
    /// Empty: it can be done.
    void setReason(const QString &reason) { assign(reason_, reason); }
    void setKeysText(const QString &keys) { assign(keysText_, keys); }
    void setBusyText(const QString &busy) { assign(busyText_, busy); }

    /// Does nothing while it is not available.
    Q_INVOKABLE void trigger()
    {
        if (isAvailable())
            Q_EMIT triggered();
    }

Q_SIGNALS:
    void changed();
    void triggered();

private:
    void assign(QString &field, const QString &value)
    {
        if (field == value)
            return;
        field = value;
        Q_EMIT changed();
    }

    QString title_;
    QString reason_;
    QString keysText_;
    QString busyText_;
    const int risk_;
};

} // namespace orchestra
