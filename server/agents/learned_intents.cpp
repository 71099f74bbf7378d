// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/learned_intents.h"

#include <algorithm>

namespace orchestra {
namespace {

/// Below this two messages are two.
constexpr double kAlike = 0.75;

double similarity(const Fingerprint &a, const Fingerprint &b)
{
    double sum = 0;
    auto x = a.begin();
    auto y = b.begin();
    while (x != a.end() && y != b.end()) {
        if (x->key == y->key)
            sum += double((x++)->value) * double((y++)->value);
        else if (x->key < y->key)
            ++x;
        else
            ++y;
    }
    return sum;
}

} // namespace

void LearnedIntents::learn(const IntentLabel &label)
{
    owner_.check();
    const auto intent = intentFromWireName(label.intent);
    if (!intent || *intent == Intent::Unknown)
        return;
    std::erase_if(lessons_, [&](const Lesson &lesson) { return lesson.messageId == label.messageId; });
    lessons_.push_back(
        {label.messageId, label.userId, label.isShared, *intent, label.at, classifier_.fingerprint(label.question)});
    const auto isTheirs = [&](const Lesson &lesson) { return !lesson.isShared && lesson.userId == label.userId; };
    if (static_cast<std::size_t>(std::ranges::count_if(lessons_, isTheirs)) > mostOfOneUser())
        lessons_.erase(std::ranges::find_if(lessons_, isTheirs));
    if (lessons_.size() > most_) {
        const auto own = std::ranges::find(lessons_, false, &Lesson::isShared);
        lessons_.erase(own == lessons_.end() ? lessons_.begin() : own);
    }
}

void LearnedIntents::keepOnly(const std::set<MessageId> &answers)
{
    owner_.check();
    std::erase_if(lessons_, [&](const Lesson &lesson) { return !answers.contains(lesson.messageId); });
}

std::optional<LearnedIntents::Match> LearnedIntents::match(const std::string &userId, std::string_view text) const
{
    owner_.check();
    if (lessons_.empty())
        return std::nullopt;
    const Fingerprint fingerprint = classifier_.fingerprint(text);
    std::optional<Match> best;
    for (const Lesson &lesson : lessons_) {
        if (!lesson.isShared && lesson.userId != userId)
            continue;
        const double here = similarity(fingerprint, lesson.fingerprint);
        // Of two that are as like, the later one is the better informed.
        if (here >= kAlike && (!best || here >= best->similarity))
            best = Match{lesson.intent, std::min(here, 1.0)};
    }
    return best;
}

} // namespace orchestra
