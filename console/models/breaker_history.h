// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"

#include <QObject>

#include <map>
#include <string>
#include <vector>

namespace orchestra {

/// How circuit breakers changed their states within the last day: as the server has kept it, and as it goes on while
/// somebody looks. Lives on: gui.
class BreakerHistory : public QObject
{
    Q_OBJECT

public:
    using Moves = std::vector<wire::BreakerTransition>;
    static constexpr std::chrono::hours kKept{24};
    static constexpr std::uint64_t kPageRows = 1000;
    /// Of all breakers together; what is older stays unknown.
    static constexpr std::size_t kMostRows = 10'000;

    /// Both must outlive the history.
    BreakerHistory(OpsClient &client, const Clock &clock, QObject *parent);

    /// While active it is asked for anew with each new link.
    void setActive(bool active);
    /// Oldest first, of the last day.
    const Moves &of(const std::string &breaker) const;
    /// How often a breaker began to refuse within the last day.
    static std::size_t openings(const Moves &moves);
    /// Takes in what the rows tell of the time since; call it when they have changed.
    void follow();

Q_SIGNALS:
    void changed();

private:
    void ask(std::uint64_t beforeIndex);
    void take(const wire::BreakerReply &reply);
    void forgetOld();

    OpsClient &client_;
    const Clock &clock_;
    std::map<std::string, Moves> moves_;
    Moves gathered_;          ///< newest first, while pages come
    std::uint64_t round_ = 0; ///< answers to earlier questions are late
    bool active_ = false;
};

} // namespace orchestra
