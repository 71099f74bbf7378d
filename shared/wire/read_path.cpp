// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/read_path.h"

#include "shared/base/text.h"

namespace orchestra::wire {

std::string ReadPath::pointer() const
{
    if (!parent)
        return {};
    std::string text = parent->pointer() + '/';
    if (isItem)
        return text + std::to_string(index);
    for (const char c : cutUtf8(name, 64)) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

std::string quotedList(std::span<const std::string_view> names)
{
    std::string list;
    for (const std::string_view name : names)
        list.append(list.empty() ? "\"" : ", \"").append(name).append("\"");
    return list;
}

} // namespace orchestra::wire
