// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/cli_options.h"

#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {

Result<std::map<std::string, std::string>> readOptions(const std::vector<std::string> &arguments,
                                                       std::initializer_list<std::string_view> known)
{
    std::map<std::string, std::string> options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::size_t equals = arguments[i].find('=');
        const std::string name = arguments[i].substr(0, equals);
        if (std::ranges::find(known, name) == known.end())
            return makeError(Code::Invalid, "unknown option " + name);
        if (equals == std::string::npos && i + 1 == arguments.size())
            return makeError(Code::Invalid, name + " needs a value");
        options[name] = equals == std::string::npos ? arguments[++i] : arguments[i].substr(equals + 1);
    }
    return options;
}

} // namespace orchestra
