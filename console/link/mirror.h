// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// What a snapshot or delta changed, so that a model touches only those rows.
struct TopicChange
{
    wire::Topic topic = wire::Topic::Overview;
    bool reset = false; ///< everything may have changed
    std::vector<std::string> upserted;
    std::vector<std::string> removed;
};

/// The key of a row: the same text on the server and in every model.
std::string rowKey(const wire::OverviewRow &row);
std::string rowKey(const wire::ConnectionRow &row);
std::string rowKey(const wire::ThreadRow &row);
std::string rowKey(const wire::TaskRow &row);
std::string rowKey(const wire::BreakerRow &row);
std::string rowKey(const wire::FlagRow &row);
std::string rowKey(const wire::DegradationRow &row);
std::string rowKey(const wire::ModelRow &row);
std::string rowKey(const wire::ToolRow &row);
/// Name and step: the tiers of a series are separate rows.
std::string rowKey(const wire::SeriesChunk &row);
/// Zero-padded, so that the order of keys is the order of rows.
std::string rowKey(const wire::LogRow &row);
std::string rowKey(const wire::AuditRow &row);

/// The operator's copy of the server's topics, kept by revision. A snapshot's parts are gathered and shown at once when
/// the last has come. A delta that does not follow the revision at hand is refused: the caller subscribes again.
/// Series grow by their deltas (at most kSeriesPoints), logs and audit are rings. Lives on: gui.
class Mirror
{
public:
    static constexpr std::size_t kSeriesPoints = 1440;
    static constexpr std::size_t kLogRows = 50'000;
    static constexpr std::size_t kAuditRows = 10'000;

    enum class Applied : std::uint8_t {
        Changed,
        Waiting, ///< a part of a snapshot; nothing to show yet
        Gap,     ///< revisions do not follow: ask for a fresh snapshot
    };

    Applied apply(const wire::TopicSnapshot &snapshot, TopicChange &change);
    Applied apply(const wire::TopicDelta &delta, TopicChange &change);
    /// Forgets that a topic is in step (its rows stay, to be shown as old).
    void forgetRevision(wire::Topic topic);
    /// A fresh server: forgets everything.
    void clear();

    template <class Row>
    using Table = std::map<std::string, Row>;

    const Table<wire::OverviewRow> &overview() const { return overview_; }
    const Table<wire::ConnectionRow> &connections() const { return connections_; }
    const Table<wire::ThreadRow> &threads() const { return threads_; }
    const Table<wire::TaskRow> &tasks() const { return tasks_; }
    const Table<wire::BreakerRow> &breakers() const { return breakers_; }
    const Table<wire::FlagRow> &flags() const { return flags_; }
    const Table<wire::DegradationRow> &degradation() const { return degradation_; }
    const Table<wire::SeriesChunk> &series() const { return series_; }
    const Table<wire::LogRow> &logs() const { return logs_; }
    const Table<wire::AuditRow> &audit() const { return audit_; }
    const Table<wire::ModelRow> &models() const { return models_; }
    const Table<wire::ToolRow> &tools() const { return tools_; }
    /// What all connections come to, while connections() is a window of them.
    const std::optional<wire::ConnectionTotals> &connectionTotals() const { return connectionTotals_; }

    bool isSynced(wire::Topic topic) const { return state(topic).synced; }
    std::uint64_t revision(wire::Topic topic) const { return state(topic).revision; }
    std::uint64_t total(wire::Topic topic) const { return state(topic).total; }
    std::uint64_t matched(wire::Topic topic) const { return state(topic).matched; }

private:
    struct State
    {
        std::uint64_t revision = 0;
        std::uint64_t total = 0;
        std::uint64_t matched = 0;
        bool synced = false;
        std::uint64_t nextPart = 0;
        wire::Rows gathered;
        std::optional<wire::ConnectionTotals> gatheredTotals;
    };

    State &state(wire::Topic topic) { return states_[static_cast<std::size_t>(topic)]; }
    const State &state(wire::Topic topic) const { return states_[static_cast<std::size_t>(topic)]; }
    void replace(wire::Topic topic, wire::Rows rows);
    void merge(const wire::Rows &rows, TopicChange &change);
    void mergeSeries(const wire::SeriesChunk &chunk);
    bool erase(wire::Topic topic, const std::string &key);

    std::array<State, wireNames(wire::Topic{}).size()> states_;
    Table<wire::OverviewRow> overview_;
    Table<wire::ConnectionRow> connections_;
    Table<wire::ThreadRow> threads_;
    Table<wire::TaskRow> tasks_;
    Table<wire::BreakerRow> breakers_;
    Table<wire::FlagRow> flags_;
    Table<wire::DegradationRow> degradation_;
    Table<wire::SeriesChunk> series_;
    Table<wire::LogRow> logs_;
    Table<wire::AuditRow> audit_;
    Table<wire::ModelRow> models_;
    Table<wire::ToolRow> tools_;
    std::optional<wire::ConnectionTotals> connectionTotals_;
};

} // namespace orchestra
