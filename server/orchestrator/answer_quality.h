// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/quality_score.h"
#include "shared/base/ids.h"

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace orchestra {

/// How good the answers of each model were of late: the scores of those that were measured, smoothed, and put right
/// when a user says what they think of one. Lives on: hub.
class AnswerQuality
{
public:
    /// Answers whose score a user's word can still change.
    static constexpr std::size_t kRemembered = 2000;

    /// An answer of `model` ("server/name") has ended.
    void note(const MessageId &answer, const std::string &model, const QualityEvidence &evidence);
    /// What a user said of an answer; nothing happens when it is not remembered.
    void rate(const MessageId &answer, bool wasLiked);
    /// 0..1; nothing while no answer of it was measured.
    std::optional<double> of(const std::string &model) const;

private:
    struct Answer
    {
        std::string model;
        QualityEvidence evidence;
    };

    void learn(const std::string &model, const std::optional<double> &score);

    std::map<MessageId, Answer> answers_;
    std::deque<MessageId> byAge_;
    std::map<std::string, double> models_;
};

} // namespace orchestra
