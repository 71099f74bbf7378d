// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_wire.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

namespace orchestra::mcp {

using wire::JsonValue;

JsonValue clientInfo()
{
    JsonValue info;
    info.set("name", "orchestrad");
    info.set("version", ORCHESTRA_VERSION);
    return info;
}

std::int64_t errorCode(const JsonValue &message)
{
    const JsonValue *code = message.at("/error/code");
    return code ? code->integer().value_or(0) : 0;
}

bool isModernError(std::int64_t code)
{
    return code == kHeaderMismatch || code == kMissingCapability || code == kUnsupportedVersion;
}

std::pair<Error, bool> errorOf(const JsonValue &message)
{
    const std::int64_t code = errorCode(message);
    const JsonValue *said = message.at("/error/message");
    const std::string text(said && said->text() ? cutUtf8(*said->text(), 500) : "no reason given");
    switch (code) {
    case kInvalidParams:
        return {Error{Code::Invalid, text}, false};
    case kMethodNotFound:
        return {Error{Code::UnsupportedType, text}, false};
    case kInternalError:
        return {makeError(Code::ProviderError, text), true};
    default:
        return {Error{Code::ProviderError, text + " (" + std::to_string(code) + ")"}, false};
    }
}

} // namespace orchestra::mcp
