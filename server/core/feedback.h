// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"

#include <string>
#include <string_view>

namespace orchestra {

/// Hears what users say of answers, once it is durable. Implemented by server/agents. Lives on: hub.
class FeedbackListener
{
public:
    virtual ~FeedbackListener() = default;
    /// There is an intent of this name, so that it can be a label.
    virtual bool isIntent(std::string_view name) const = 0;
    /// A user has said what the message of an answer was about. `read`: what it was taken for. `isFirst`: nobody had
    /// said so of this answer before.
    virtual void onLabel(const IntentLabel &label, const std::string &read, bool isFirst) = 0;
    /// Messages were erased, and with them perhaps what was learnt from them.
    virtual void onErased() = 0;
};

} // namespace orchestra
