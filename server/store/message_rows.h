// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/store/table_access.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// A message as it goes into the table.
struct NewMessage
{
    MessageId messageId;
    std::int64_t threadKey = 0;
    std::optional<std::int64_t> taskKey; ///< absent for a user's message: the task has the message's own key
    wire::MessageRole role = wire::MessageRole::User;
    std::string_view content;
    WallMs at = 0;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
};

/// Gives the message's key. The thread's count of messages is the caller's to raise.
std::int64_t insertMessage(SqliteConnection &database, const NewMessage &message);

/// Detects any changed byte of a message; no protection against a deliberate change.
std::int64_t messageDigest(const MessageId &id, wire::MessageRole role, WallMs at, std::string_view content);

/// The terminal event of a task as it is kept: everything but the answer's text, which is the answer's message.
std::string outcomeText(wire::AgentCompleted completed);
Result<wire::AgentCompleted> readOutcome(TableAccess &tables, std::string_view outcome);

} // namespace orchestra
