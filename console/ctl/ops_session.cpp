// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/ops_session.h"

#include "shared/wire/close_code.h"

namespace orchestra::ctl {

OpsSession::OpsSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal)
    : arguments_(arguments)
    , client_(client)
    , clock_(clock)
    , terminal_(terminal)
{
    connect(&client_, &OpsClient::linkChanged, this, &OpsSession::whenLinkChanged);
}

bool OpsSession::follows() const
{
    const bool isFollower = arguments_.verb == Verb::Watch || arguments_.verb == Verb::Tail;
    return isFollower ? !arguments_.once : arguments_.follow;
}

void OpsSession::end(Exit exit)
{
    if (ended_)
        return;
    ended_ = true;
    Q_EMIT ended(exit);
}

void OpsSession::whenLinkChanged()
{
    const LinkState &link = client_.link();
    if (link.phase() == shown_)
        return;
    shown_ = link.phase();
    wasLive_ = wasLive_ || shown_ == LinkPhase::Live;
    if (link.phase() == LinkPhase::Denied) {
        const std::string why =
            link.closeReason().empty() ? std::string(closeCodeMeaning(link.closeCode())) : link.closeReason();
        terminal_.complain(
            QStringLiteral("%1 refused: %2 (%3)").arg(client_.endpoint().name(), printable(why)).arg(link.closeCode()));
        end(Exit::Denied);
    } else if (link.phase() == LinkPhase::Lost) {
        terminal_.complain(
            QStringLiteral("no link to %1: %2").arg(client_.endpoint().name(), printable(link.closeReason())));
        if (!follows() || !wasLive_)
            end(Exit::NotConnected);
    } else if (link.phase() == LinkPhase::Stale) {
        terminal_.complain(QStringLiteral("nothing heard from %1 for 3 s").arg(client_.endpoint().name()));
    }
}

} // namespace orchestra::ctl
