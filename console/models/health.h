// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// How well something is, as every model says it: the numbers of the mark beside the word.
class Health : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("An enumeration.")

public:
    enum Level { None = -1, Idle = 0, Ok = 1, Warn = 2, Bad = 3, Pending = 4 };
    Q_ENUM(Level)

    static Level of(wire::HealthState state);
    static Level of(wire::Severity severity);
    static Level of(wire::ConnectionPhase phase);
    static Level of(wire::BreakerState state);
    static Level of(wire::PhaseState state);
};

} // namespace orchestra
