// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/hub.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace orchestra {

/// Flags that operators turn: on or off, and for which share of the sessions. A change is durable together with its
/// audit entry before it takes effect. Lives on: hub.
class FlagService
{
public:
    explicit FlagService(const Hub &hub);
    FlagService(const FlagService &) = delete;
    FlagService &operator=(const FlagService &) = delete;

    void setFlags(std::vector<wire::FlagRow> flags);
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

    /// Every flag as it stands for this session: name -> "on" or "off". The same session is always in the same share.
    std::map<std::string, std::string> evaluate(const std::string &userId, const std::string &sessionId);
    /// One flag for one unit; false for a flag nobody has made.
    bool isOn(const std::string &name, const std::string &unit) const;

    const wire::FlagRow *find(const std::string &name) const;
    std::vector<wire::FlagRow> rows() const;
    std::size_t on() const;
    std::size_t size() const { return flags_.size(); }

    /// The flag as `change` would make it (a new one when there is none), or what is wrong with it.
    Result<wire::FlagRow> planned(const wire::SetFlag &change, const std::string &actor) const;
    /// Stores the flag with its audit entry, then lets it take effect.
    void save(wire::FlagRow flag, wire::AuditRow audit, std::function<void(Status)> done);

private:
    const Hub &hub_;
    std::map<std::string, wire::FlagRow> flags_;
    std::function<void()> changed_;
};

/// The unit of a flag's percentage: two users' sessions of one name are two units.
std::string flagUnit(const std::string &userId, const std::string &sessionId);

} // namespace orchestra
