// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QObject>

/// The five conditions a thing can be shown in; each has its own shape, word and colour.
/// The numbers are a contract: whoever fills a `status` role or property uses the same ones.
namespace orchestra::ui::status {
Q_NAMESPACE
QML_NAMED_ELEMENT(Status)

enum Level {
    None = -1, ///< nothing to mark
    Idle = 0,  ///< off, unknown, nothing wrong
    Ok = 1,
    Warn = 2,
    Bad = 3,
    Pending = 4, ///< asked for, not confirmed yet
};
Q_ENUM_NS(Level)
} // namespace orchestra::ui::status
