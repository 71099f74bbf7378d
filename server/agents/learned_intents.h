// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intent_classifier.h"
#include "server/core/store_port.h"
#include "shared/base/thread_owner.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace orchestra {

/// What feedback has taught: messages with the intent that people say they had. A message much like one of them is
/// read as that one was meant. A label teaches how its own user's messages are read; one of an operator, everybody's.
/// Keeps no text, only what the classifier sees in it. Lives on: hub.
class LearnedIntents
{
public:
    struct Lesson
    {
        MessageId messageId; ///< of the answer that was labelled
        std::string userId;
        bool isShared = false;
        Intent intent = Intent::Unknown;
        WallMs at = 0;
        Fingerprint fingerprint;
    };
    struct Match
    {
        Intent intent = Intent::Unknown;
        double similarity = 0;
    };

    /// `classifier` must outlive this. Of more than `most` lessons the oldest goes, those for everybody last; one
    /// user's own take up a quarter of the room at most, so that nobody can crowd others' out.
    LearnedIntents(const IntentClassifier &classifier, std::size_t most)
        : classifier_(classifier)
        , most_(most)
    {
    }

    /// Replaces what was learnt from the same answer. A label that is no intent teaches nothing.
    void learn(const IntentLabel &label);
    void clear() { lessons_.clear(); }
    /// Forgets what was learnt from any other answer.
    void keepOnly(const std::set<MessageId> &answers);
    std::size_t most() const { return most_; }
    std::size_t mostOfOneUser() const { return most_ / 4 + 1; }
    /// Oldest first.
    const std::deque<Lesson> &lessons() const { return lessons_; }
    /// The lesson most like `text` that this user's messages are read by; nothing when none is like it.
    std::optional<Match> match(const std::string &userId, std::string_view text) const;

private:
    ThreadOwner owner_;
    const IntentClassifier &classifier_;
    const std::size_t most_;
    std::deque<Lesson> lessons_;
};

} // namespace orchestra
