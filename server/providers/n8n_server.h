// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/question.h"
#include "server/providers/tool_server.h"

#include <memory>
#include <unordered_map>
#include <vector>

#include <QTimer>

namespace orchestra {

/// Workflows of n8n, each called by its webhook. What n8n says at once ("Workflow was started") is told as what it is:
/// not the outcome. A call that may have arrived is never made twice. Lives on: provider.
class N8nServer final : public ToolServer
{
public:
    N8nServer(ToolServerSettings settings, const Ground &ground, Output output);
    ~N8nServer() override;

    void call(ToolPort::Call call, const ToolRequest &request) override;
    void cancel(ToolPort::Call call) override;
    void list(std::uint64_t question) override;

private:
    struct Calling
    {
        MonotonicTime startedAt{};
        std::unique_ptr<Question> question;
    };

    void takeAnswer(ToolPort::Call call, const Question::Answer &said);
    void end(ToolPort::Call call, Result<ToolAnswer> outcome, bool isServersFault, bool wasSent);
    void later(std::function<void()> what);

    const ToolServerSettings settings_;
    const Ground ground_;
    const Output output_;
    std::unordered_map<ToolPort::Call, Calling> calls_;
    std::vector<std::unique_ptr<Question>> over_; ///< to be deleted in the next turn
    std::vector<std::function<void()>> later_;
    QTimer next_;
};

/// What a webhook's successful answer says. Pure.
ToolAnswer readWebhookAnswer(std::string_view contentType, std::string_view body);

} // namespace orchestra
