// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/client_registry.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

std::size_t openOnes(const std::vector<Client *> &clients)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(clients, [](const Client *client) { return !client->isClosing; }));
}

/// What a connection's frames are counted over: the time between its last two reports, which come once a second from
/// those in which something moved. 0 for one that has not reported for longer: nothing moves there.
double secondsOfRate(const Client::Reports &reports, MonotonicTime now)
{
    constexpr std::chrono::milliseconds kStill{2500};
    if (now - reports.lastAt > kStill)
        return 0;
    return std::chrono::duration<double>(reports.lastAt - reports.beforeAt).count();
}

} // namespace

ClientRegistry::ClientRegistry(const Hub &hub, OpenSession open)
    : hub_(hub)
    , open_(std::move(open))
{
}

Client &ClientRegistry::add(const AdmissionRequest &request)
{
    SessionSeed seed{request, hub_.ids.make<ConnectionId>(), hub_.clock.wallMs(), hub_.clock.now()};
    std::shared_ptr<Client> client =
        open_ ? open_(std::move(seed)) : std::make_shared<Client>(std::move(seed), hub_.schedule);
    Client &added = *client;
    byId_.emplace(added.connectionId, added.key);
    clients_.emplace(added.key, std::move(client));
    return added;
}

void ClientRegistry::setPrincipal(Client &client, Principal principal)
{
    forgetUser(client);
    client.principal = std::move(principal);
    client.isKnown = true;
    client.feed.userId = client.principal.userId;
    byUser_[client.principal.userId].insert(client.key);
}

void ClientRegistry::forgetUser(const Client &client)
{
    const auto user = byUser_.find(client.principal.userId);
    if (!client.isKnown || user == byUser_.end())
        return;
    user->second.erase(client.key);
    if (user->second.empty())
        byUser_.erase(user);
}

void ClientRegistry::remove(const ConnectionKey &key)
{
    const auto known = clients_.find(key);
    if (known == clients_.end())
        return;
    forgetUser(*known->second);
    byId_.erase(known->second->connectionId);
    clients_.erase(known);
}

Client *ClientRegistry::find(const ConnectionKey &key) const
{
    const auto known = clients_.find(key);
    return known == clients_.end() ? nullptr : known->second.get();
}

Client *ClientRegistry::find(const ConnectionId &id) const
{
    const auto known = byId_.find(id);
    return known == byId_.end() ? nullptr : find(known->second);
}

std::vector<Client *> ClientRegistry::all() const
{
    std::vector<Client *> out;
    out.reserve(clients_.size());
    for (const auto &[key, client] : clients_)
        out.push_back(client.get());
    return out;
}

std::vector<Client *> ClientRegistry::ofUser(const std::string &userId) const
{
    std::vector<Client *> out;
    if (const auto user = byUser_.find(userId); user != byUser_.end())
        for (const ConnectionKey &key : user->second)
            out.push_back(find(key));
    return out;
}

bool ClientRegistry::isFullFor(const std::string &userId) const
{
    return openOnes(ofUser(userId)) >= hub_.limits.connectionsPerUser;
}

Client *ClientRegistry::longestSilentAmong(const std::vector<Client *> &clients)
{
    Client *oldest = nullptr;
    for (Client *client : clients)
        if (!client->isClosing && (oldest == nullptr || client->lastHeard < oldest->lastHeard))
            oldest = client;
    return oldest;
}

Client *ClientRegistry::longestSilent() const
{
    return longestSilentAmong(all());
}

Client *ClientRegistry::longestSilentOf(const std::string &userId) const
{
    return longestSilentAmong(ofUser(userId));
}

wire::ConnectionRow ClientRegistry::row(const Client &client) const
{
    static const Client::Reports kNone;
    const Client::Reports &reports = client.reports ? *client.reports : kNone;
    const ConnectionStats &now = reports.last;
    const ConnectionStats &before = reports.before;
    const MonotonicTime lastActivity = std::max(now.lastActivity, client.lastHeard);
    wire::ConnectionRow row;
    row.connectionId = client.connectionId;
    row.phase = client.state.phase();
    row.userId = client.principal.userId;
    row.role = wireNames(client.principal.role)[static_cast<std::size_t>(client.principal.role)];
    row.clientId = client.request.clientId;
    row.sessionId = client.request.sessionId;
    row.address = client.request.peer.address;
    row.edgeThread = client.key.edge;
    row.apiVersion = static_cast<std::uint64_t>(client.apiVersion);
    row.encoding = client.encoding;
    row.connectedAt = {client.connectedAt};
    row.idleMs = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(hub_.clock.now() - lastActivity).count());
    const double seconds = secondsOfRate(reports, hub_.clock.now());
    row.inPerS = seconds > 0 ? static_cast<double>(now.framesIn - before.framesIn) / seconds : 0;
    row.outPerS = seconds > 0 ? static_cast<double>(now.framesOut - before.framesOut) / seconds : 0;
    row.framesIn = now.framesIn;
    row.framesOut = now.framesOut;
    row.bytesIn = now.bytesIn;
    row.bytesOut = now.bytesOut;
    row.queueBytes = now.queueBytes;
    row.queueFrames = now.queueFrames;
    row.queueLimitBytes = hub_.limits.queueBytes;
    row.sequence = now.sequence;
    row.dropped = now.dropped;
    row.violations = now.violations;
    return row;
}

std::vector<wire::ConnectionRow> ClientRegistry::rows() const
{
    std::vector<wire::ConnectionRow> rows;
    rows.reserve(clients_.size());
    for (const auto &[key, client] : clients_)
        rows.push_back(row(*client));
    return rows;
}

void ClientRegistry::takeStats(const ConnectionStats &stats)
{
    if (Client *client = find(stats.connection)) {
        if (!client->reports) {
            client->reports = std::make_unique<Client::Reports>();
            client->reports->lastAt = client->admittedAt;
        }
        client->reports->before = std::exchange(client->reports->last, stats);
        client->reports->beforeAt = std::exchange(client->reports->lastAt, hub_.clock.now());
    }
}

std::map<int, std::uint64_t> ClientRegistry::countByVersion() const
{
    std::map<int, std::uint64_t> counts;
    for (const auto &[key, client] : clients_)
        ++counts[client->apiVersion == 1 ? 1 : 2];
    return counts;
}

} // namespace orchestra
