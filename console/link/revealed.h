// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orchestra {

/// The whole of what somebody else wrote, with whatever cannot be seen (control and format characters, private ones)
/// spelt out as <U+200B>: for what a person is to judge. Line breaks stay. Pure.
QString revealed(const QString &text);
/// A JSON text with a member a line and nothing in it that cannot be seen; what is no JSON as it is. Pure.
QString revealedJson(const std::string &json);

} // namespace orchestra
