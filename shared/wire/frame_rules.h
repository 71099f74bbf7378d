// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/message_type.h"
#include "shared/wire/ops_messages.h"

namespace orchestra::wire {

// Frames that are nothing but a choice, as messages, so that the general encoders and decoders take them.
struct ClientEnvelope
{
    ClientFrame body;
    bool operator==(const ClientEnvelope &) const = default;
    static constexpr auto fields() { return std::tuple(); }
    template <class S = ClientEnvelope>
    static constexpr auto choice()
    {
        return oneOf(1, &S::body);
    }
};

struct OpsClientEnvelope
{
    OpsClientFrame body;
    bool operator==(const OpsClientEnvelope &) const = default;
    static constexpr auto fields() { return std::tuple(); }
    template <class S = OpsClientEnvelope>
    static constexpr auto choice()
    {
        return oneOf(1, &S::body);
    }
};

struct OpsServerEnvelope
{
    OpsServerFrame body;
    bool operator==(const OpsServerEnvelope &) const = default;
    static constexpr auto fields() { return std::tuple(); }
    template <class S = OpsServerEnvelope>
    static constexpr auto choice()
    {
        return oneOf(1, &S::body);
    }
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

/// The protobuf number of a server frame's sequence.
inline constexpr int kSequenceNumber = 100;

inline bool isSequence(const std::optional<std::uint64_t> &sequence)
{
    return sequence && *sequence <= kLargestInteger;
}

inline Error missingSequence()
{
    return {Code::Invalid, "is required, as an integer from 0 to 9007199254740991", false, "/sequence", {}};
}

inline Result<DecodedServerFrame> withSequence(ServerFrame &&frame, std::optional<std::uint64_t> sequence)
{
    if (!isSequence(sequence))
        return missingSequence();
    return DecodedServerFrame{std::move(frame), *sequence};
}

} // namespace orchestra::wire
