// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/client.h"
#include "server/orchestrator/hub.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orchestra {

/// Makes a client with everything that belongs to its session; all of it is disposed of with the pointer.
using OpenSession = std::function<std::shared_ptr<Client>(SessionSeed)>;

/// Every chat connection there is, by key and by user, and whether one more may come. Lives on: hub.
class ClientRegistry
{
public:
    /// Without `open` a client stands alone.
    explicit ClientRegistry(const Hub &hub, OpenSession open = {});
    ClientRegistry(const ClientRegistry &) = delete;
    ClientRegistry &operator=(const ClientRegistry &) = delete;

    Client &add(const AdmissionRequest &request);
    /// Says who a client is; it counts among that user's connections from now on.
    void setPrincipal(Client &client, Principal principal);
    /// The client is gone; the caller has ended its feed.
    void remove(const ConnectionKey &key);

    Client *find(const ConnectionKey &key) const;
    Client *find(const ConnectionId &id) const;
    std::vector<Client *> all() const;
    std::vector<Client *> ofUser(const std::string &userId) const;
    std::size_t size() const { return clients_.size(); }

    /// The user has all the connections a user may have.
    bool isFullFor(const std::string &userId) const;
    /// The one heard of longest ago, of all or of one user; null when there is none that is not closing already.
    Client *longestSilent() const;
    Client *longestSilentOf(const std::string &userId) const;

    wire::ConnectionRow row(const Client &client) const;
    std::vector<wire::ConnectionRow> rows() const;
    void takeStats(const ConnectionStats &stats);
    std::map<int, std::uint64_t> countByVersion() const;

private:
    void forgetUser(const Client &client);
    static Client *longestSilentAmong(const std::vector<Client *> &clients);

    const Hub &hub_;
    const OpenSession open_;
    std::map<ConnectionKey, std::shared_ptr<Client>> clients_;
    std::map<std::string, std::set<ConnectionKey>> byUser_;
    std::map<ConnectionId, ConnectionKey> byId_;
};

} // namespace orchestra
