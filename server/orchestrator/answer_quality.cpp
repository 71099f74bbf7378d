// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/answer_quality.h"

namespace orchestra {
namespace {

constexpr double kSmoothing = 0.1;

} // namespace

void AnswerQuality::note(const MessageId &answer, const std::string &model, const QualityEvidence &evidence)
{
    if (!answers_.emplace(answer, Answer{model, evidence}).second)
        return;
    byAge_.push_back(answer);
    if (byAge_.size() > kRemembered) {
        answers_.erase(byAge_.front());
        byAge_.pop_front();
    }
    learn(model, qualityScore(evidence));
}

void AnswerQuality::rate(const MessageId &answer, bool wasLiked)
{
    const auto known = answers_.find(answer);
    if (known == answers_.end() || known->second.evidence.wasLiked == wasLiked)
        return;
    known->second.evidence.wasLiked = wasLiked;
    learn(known->second.model, qualityScore(known->second.evidence));
}

void AnswerQuality::learn(const std::string &model, const std::optional<double> &score)
{
    if (!score)
        return;
    const auto [known, isNew] = models_.try_emplace(model, *score);
    if (!isNew)
        known->second += kSmoothing * (*score - known->second);
}

std::optional<double> AnswerQuality::of(const std::string &model) const
{
    const auto known = models_.find(model);
    return known == models_.end() ? std::nullopt : std::optional(known->second);
}

} // namespace orchestra
