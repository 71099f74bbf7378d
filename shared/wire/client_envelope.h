// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_codec.h"

namespace orchestra::wire {

/// ClientFrame as a message, so that the general encoders and decoders take it.
struct ClientEnvelope
{
    ClientFrame body;
    static constexpr auto fields() { return std::tuple(); }
    static constexpr auto choice() { return oneOf(1, &ClientEnvelope::body); }
};

/// The frame's `id`; nullptr when it has none.
inline const std::string *clientId(const ClientFrame &frame)
{
    return std::visit(
        [](const auto &body) -> const std::string * {
            if constexpr (requires { body.id.has_value(); })
                return body.id ? &*body.id : nullptr;
            else if constexpr (requires { body.id; })
                return &body.id;
            else
                return nullptr;
        },
        frame);
}

inline bool isClientId(std::string_view id)
{
    return !id.empty() && id.size() <= kMaxClientId;
}

/// What both encodings end with: the rules that the types cannot express.
inline ClientDecoding checkedClientFrame(ClientFrame &&frame)
{
    const std::string *id = clientId(frame);
    if (id && !isClientId(*id))
        return DecodeFailure{Error{Code::Invalid, "must have 1 to 128 bytes", false, "/id", {}}, {}};
    return std::move(frame);
}

} // namespace orchestra::wire
