// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/action.h"
#include "shared/wire/ops_messages.h"

#include <QPointer>
#include <QString>

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace orchestra {

/// A command on its way to the server, and how it is shown meanwhile.
struct OperatorCommand
{
    OperatorCommand(wire::ActionBody what, QString inWords)
        : action(std::move(what))
        , doing(std::move(inWords))
    {
    }

    wire::ActionBody action;
    QString doing;                         ///< "Closing 12 connections": what notices and the audit say
    QString busy;                          ///< "Closing": what its button says while the answer is outstanding
    std::optional<std::uint64_t> revision; ///< of what is changed: a change by others since then is a conflict
    /// Told "Closing 0.8 s" again and again while the answer is outstanding, then an empty text.
    std::function<void(const QString &)> progress;
    std::function<void()> sent; ///< told when it goes out

    /// Lets a button show the progress.
    OperatorCommand shownBy(Action *action) &&
    {
        progress = [button = QPointer<Action>(action)](const QString &text) {
            if (button)
                button->setBusyText(text);
        };
        return std::move(*this);
    }
};

} // namespace orchestra
