// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace orchestra {

/// What a screen has to show instead of its rows, and why. Lives on: gui.
class Content : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int kind READ kind NOTIFY changed)
    Q_PROPERTY(QString headline READ headline NOTIFY changed)
    Q_PROPERTY(QString detail READ detail NOTIFY changed)
    Q_PROPERTY(QString code READ code NOTIFY changed)

public:
    enum Kind { Ready = 0, Loading = 1, Empty = 2, Filtered = 3, Error = 4, NoPermission = 5, Disconnected = 6 };
    Q_ENUM(Kind)

    explicit Content(QObject *parent)
        : QObject(parent)
    {
    }

    int kind() const { return kind_; }
    QString headline() const { return headline_; }
    QString detail() const { return detail_; }
    QString code() const { return code_; }

    void set(Kind kind, const QString &headline = {}, const QString &detail = {}, const QString &code = {});
    void setError(const orchestra::Error &error, const QString &headline);
    void onRetry(std::function<void()> retry) { retry_ = std::move(retry); }
    Q_INVOKABLE void retry();

Q_SIGNALS:
    void changed();

private:
    Kind kind_ = Loading;
    QString headline_;
    QString detail_;
    QString code_;
    std::function<void()> retry_;
};

} // namespace orchestra
