// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/ops_session.h"

namespace orchestra::ctl {

/// Changes one thing: looks it up, sends the command with its reason, says what came of it. Lives on: gui.
class ActSession final : public OpsSession
{
    Q_OBJECT

public:
    /// All must outlive the session.
    ActSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal);

    Status start() override;

private:
    void whenTopicChanged(const TopicChange &change);
    /// What is to be sent; an error when there is no such thing.
    Result<wire::ActionBody> command(std::optional<std::uint64_t> &revision) const;
    Result<wire::ActionBody> breakerCommand(std::optional<std::uint64_t> &revision) const;
    Result<wire::ActionBody> taskCommand() const;
    Result<wire::ActionBody> toolCommand() const;
    void tell(const Result<wire::OpsReply> &reply);

    bool isSent_ = false;
};

} // namespace orchestra::ctl
