// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orchestra::ctl {

/// A completion script for bash, zsh or fish, made from the same tables as the help. Empty for another shell.
QString completionScript(const QString &shell);

} // namespace orchestra::ctl
