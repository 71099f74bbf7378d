// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_reader.h"

namespace orchestra::wire {

/// Reads protobuf into a struct by the rules of JsonReader: required members there, no singular member twice, UTF-8,
/// integers up to 2^53-1, finite reals, known enumerators, valid JSON in RawJson (kept without spaces). Every failure
/// is an Error{Code::Invalid} with the pointer that the JSON of the same message would have.
class ProtobufReader
{
public:
    /// `json` reads what RawJson holds; it must outlive the reader.
    explicit ProtobufReader(JsonReader &json)
        : json_(json)
    {
    }

    template <class T>
    Result<T> read(std::string_view bytes, UnknownMembers unknown = UnknownMembers::Refuse)
    {
        T message{};
        const Status status = readInto(kMessageType<T>, &message, bytes, unknown);
        return status ? Result<T>(std::move(message)) : Result<T>(status.error());
    }

    /// The same without the C++ type. On failure `message` holds what was read before it.
    Status readInto(const MessageType &type, void *message, std::string_view bytes, UnknownMembers unknown);

    /// The outermost message may have one more field, an unsigned integer, which `lastTrailer()` gives then.
    void expectTrailer(int number) { trailerNumber_ = number; }
    std::optional<std::uint64_t> lastTrailer() const { return trailer_; }

private:
    JsonReader &json_;
    int trailerNumber_ = 0;
    std::optional<std::uint64_t> trailer_;
};

} // namespace orchestra::wire
