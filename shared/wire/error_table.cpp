// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr bool rowsFollowTheEnumerators()
{
    for (std::size_t i = 0; i < kErrorTable.size(); ++i) {
        if (static_cast<std::size_t>(kErrorTable[i].code) != i)
            return false;
    }
    return kErrorTable.back().code == Code::Cancelled;
}
static_assert(rowsFollowTheEnumerators(), "errorRow() indexes the table by the enumerator");

} // namespace

std::optional<Code> codeFromName(std::string_view name)
{
    const auto row =
        std::find_if(kErrorTable.begin(), kErrorTable.end(), [name](const ErrorRow &r) { return r.name == name; });
    return row == kErrorTable.end() ? std::nullopt : std::optional(row->code);
}

Error makeError(Code code, std::string message, std::string pointer)
{
    return Error{code, std::move(message), errorRow(code).retryable, std::move(pointer), {}};
}

} // namespace orchestra
