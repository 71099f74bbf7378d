// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "tests/support/hand_model_port.h"

#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// The models as an agent sees them; the test says what they answer.
class HandModels final : public Models
{
public:
    struct Asked
    {
        ModelWish wish;
        ModelRequest request;
        ModelRunListener *listener = nullptr; ///< null once the agent has let go of the run
        bool hasSaid = false;
    };

    HandModels();
    ~HandModels() override;

    bool isEmpty() const override { return empty; }
    std::vector<ModelOffer> offers() const override { return offered; }
    std::vector<ModelServerState> servers() const override { return {}; }
    std::unique_ptr<ModelRun> ask(ModelWish wish, ModelRequest request, ModelRunListener &listener) override
    {
        asked.push_back(std::make_shared<Asked>(Asked{std::move(wish), std::move(request), &listener}));
        return std::make_unique<Run>(asked.back());
    }

    /// As the answer of `m` of the server `local`.
    void say(const std::string &text)
    {
        if (!std::exchange(asked.back()->hasSaid, true))
            asked.back()->listener->onAnswering({.server = "local", .model = "m"});
        asked.back()->listener->onPieces(modelSays(text));
    }
    void finish(ModelFinish finish = {})
    {
        ModelRunEnd end;
        end.outcome = std::move(finish);
        end.identity = ModelIdentity{.server = "local", .model = "m"};
        asked.back()->listener->onEnd(end);
    }
    void fail(Error error)
    {
        ModelRunEnd end;
        end.outcome = std::move(error);
        asked.back()->listener->onEnd(end);
    }

    // The same for one of several that answer side by side.
    void sayTo(std::size_t index, const std::string &text) { asked[index]->listener->onPieces(modelSays(text)); }
    void finish(std::size_t index, ModelFinish finish)
    {
        ModelRunEnd end;
        end.outcome = std::move(finish);
        end.identity = ModelIdentity{.server = "local", .model = "m" + std::to_string(index)};
        asked[index]->listener->onEnd(end);
    }
    void answerTo(std::size_t index, const std::string &text, wire::Usage usage = {10, 5, false})
    {
        sayTo(index, text);
        finish(index, {.usage = usage});
    }
    void failFor(std::size_t index, Error error)
    {
        ModelRunEnd end;
        end.outcome = std::move(error);
        end.identity = ModelIdentity{.server = "local", .model = "m" + std::to_string(index)};
        asked[index]->listener->onEnd(end);
    }

    bool empty = true;
    std::vector<ModelOffer> offered;
    std::vector<std::shared_ptr<Asked>> asked;

private:
    class Run final : public ModelRun
    {
    public:
        explicit Run(std::shared_ptr<Asked> asked)
            : asked_(std::move(asked))
        {
        }
        ~Run() override { asked_->listener = nullptr; }

    private:
        std::shared_ptr<Asked> asked_;
    };
};

} // namespace orchestra
