// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/router.h"

#include <utility>

namespace orchestra {

Router::Router(Reception &reception, FrameDesk &desk, ClientRegistry &clients, Following &following, OpsService &ops,
               ApiService &api)
    : reception_(reception)
    , desk_(desk)
    , clients_(clients)
    , following_(following)
    , ops_(ops)
    , api_(api)
{
}

void Router::route(FromEdge message)
{
    std::visit(Overload{
                   [&](AdmissionRequest &request) {
                       if (request.surface == Surface::Ops)
                           ops_.admit(request);
                       else
                           reception_.admit(request);
                   },
                   [&](SocketOpened &opened) {
                       if (!ops_.opened(opened.connection))
                           reception_.opened(opened.connection);
                   },
                   [&](VersionDecided &decided) { reception_.decideVersion(decided); },
                   [&](ClientMessage &frame) { desk_.take(std::move(frame)); },
                   [&](OpsMessage &frame) { ops_.take(std::move(frame)); },
                   [&](PartDrained &part) { drained(part.connection); },
                   [&](ConnectionGone &gone) {
                       if (!ops_.gone(gone.connection))
                           reception_.gone(gone);
                   },
                   [&](EdgeReport &report) { report_(report); },
                   [&](FrameHistory &history) { ops_.takeFrames(std::move(history)); },
                   [&](ApiCall &call) { api_.take(std::move(call)); },
                   [&](ApiAborted &aborted) { api_.aborted(aborted); },
               },
               message);
}

void Router::drained(const ConnectionKey &key)
{
    if (Client *client = clients_.find(key))
        following_.drained(client->feed);
    else if (!ops_.drained(key))
        (void)api_.drained(key);
}

} // namespace orchestra
