// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// The options of a verb, each as `--name VALUE` or `--name=VALUE`; INVALID for anything else.
Result<std::map<std::string, std::string>> readOptions(const std::vector<std::string> &arguments,
                                                       std::initializer_list<std::string_view> known);

} // namespace orchestra
