// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/conversation/usage_budget.h"
#include "server/core/models.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// Whether and how a model is asked what it thinks of its own answer. A plain value.
struct SelfCheckRules
{
    bool isOn = false;
    std::chrono::milliseconds within = std::chrono::seconds(20); ///< to the first word of the verdict
    std::uint64_t tokens = 256;                                  ///< that the verdict may cost, thinking included
};

/// The verdict in what a model has replied, 0 to 1: one whole number from 0 to 100 and not a word beside it. Nothing
/// when it is anything else: then the answer was not checked.
std::optional<double> readVerdict(std::string_view reply);

/// One look of a model at its own answer, asked once and never repeated. What it says is not shown to anybody as an
/// answer. Destroying it cancels what still runs. Lives on: hub.
class SelfCheck final : private ModelRunListener
{
public:
    struct Outcome
    {
        std::optional<double> score; ///< nothing: no verdict came of it
        wire::Usage usage;
    };

    /// Makes of the request that was answered with `answer` the one that asks what to think of it; nothing when
    /// `budget` has too few tokens left for it. `done` is called in a later turn of the loop, once, as the last thing.
    static std::unique_ptr<SelfCheck> begin(const SelfCheckRules &rules, Models &models, const ModelIdentity &identity,
                                            ModelRequest answered, const std::string &answer, UsageBudget &budget,
                                            std::function<void(const Outcome &)> done);
    ~SelfCheck() override;
    SelfCheck(const SelfCheck &) = delete;
    SelfCheck &operator=(const SelfCheck &) = delete;

private:
    SelfCheck(UsageBudget::Share share, std::uint64_t promptTokens, std::function<void(const Outcome &)> done)
        : share_(std::move(share))
        , promptTokens_(promptTokens)
        , done_(std::move(done))
    {
    }
    void onPieces(std::vector<ModelPiece> pieces) override;
    void onEnd(const ModelRunEnd &end) override;
    wire::Usage estimate() const;

    std::optional<UsageBudget::Share> share_;
    const std::uint64_t promptTokens_;
    const std::function<void(const Outcome &)> done_;
    std::string reply_;
    std::size_t thoughtBytes_ = 0;
    std::unique_ptr<ModelRun> run_; ///< goes first
};

} // namespace orchestra
