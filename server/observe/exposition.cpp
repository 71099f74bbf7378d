// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/exposition.h"

#include <QtGlobal>

#include <array>
#include <charconv>
#include <initializer_list>
#include <span>
#include <string_view>

namespace orchestra {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

constexpr std::array kLatencyBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};
constexpr std::array kHttpBuckets = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0};
constexpr std::array kFineBuckets = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                     0.01,    0.025,  0.05,    0.1,    0.5,   1.0};
constexpr std::array kShareBuckets = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
constexpr std::array kCountBuckets = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0};

/// Appends families in either format. One call of `begin` opens a family; samples follow it.
class Writer
{
public:
    explicit Writer(ExpositionFormat format)
        : format_(format)
    {
        out_.reserve(32768);
    }

    void begin(std::string_view name, std::string_view type, std::string_view help)
    {
        name_ = name;
        // OpenMetrics names a counter's family without the suffix of its samples.
        const std::string_view family =
            format_ == ExpositionFormat::OpenMetrics && type == "counter" ? name.substr(0, name.size() - 6) : name;
        line({"# HELP ", family, " ", help});
        line({"# TYPE ", family, " ", type});
    }

    void sample(Labels labels, double value) { write("", labels, value); }
    void sample(Labels labels, std::uint64_t value) { write("", labels, static_cast<double>(value)); }
    void sample(std::uint64_t value) { sample({}, value); }

    /// `scale` turns the histogram's unit into the metric's, for example 1e-6 from microseconds to seconds.
    void histogram(Labels labels, const Histogram &values, std::span<const double> bounds, double scale)
    {
        for (const double bound : bounds) {
            const auto limit = static_cast<std::uint64_t>(bound / scale + 0.5);
            bucket(labels, number(bound), values.countAtOrBelow(limit));
        }
        bucket(labels, "+Inf", values.count());
        write("_sum", labels, static_cast<double>(values.sum()) * scale);
        write("_count", labels, static_cast<double>(values.count()));
    }

    std::string finish()
    {
        if (format_ == ExpositionFormat::OpenMetrics)
            out_ += "# EOF\n";
        return std::move(out_);
    }

private:
    static std::string number(double value)
    {
        std::array<char, 32> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
        return {text.data(), end};
    }

    void line(std::initializer_list<std::string_view> parts)
    {
        for (const std::string_view part : parts)
            out_ += part;
        out_ += '\n';
    }

    void label(std::string_view name, std::string_view value, bool first)
    {
        out_ += first ? "" : ",";
        out_.append(name).append("=\"");
        for (const char c : value) {
            if (c == '\\' || c == '"')
                out_ += '\\';
            if (c == '\n')
                out_ += "\\n";
            else
                out_ += c;
        }
        out_ += '"';
    }

    void bucket(Labels labels, std::string_view bound, std::uint64_t count)
    {
        out_.append(name_).append("_bucket{");
        for (const auto &[name, value] : labels) {
            label(name, value, true);
            out_ += ',';
        }
        label("le", bound, true);
        line({"} ", number(static_cast<double>(count))});
    }

    void write(std::string_view suffix, Labels labels, double value)
    {
        out_.append(name_).append(suffix);
        if (labels.size() > 0) {
            out_ += '{';
            bool first = true;
            for (const auto &[name, text] : labels) {
                label(name, text, first);
                first = false;
            }
            out_ += '}';
        }
        line({" ", number(value)});
    }

    const ExpositionFormat format_;
    std::string out_;
    std::string_view name_;
};

/// One struct for all edge threads. (Their mailboxes and loops stay apart: see writeLoops.)
EdgeCounters mergeEdges(const std::vector<EdgeCounters> &edges)
{
    EdgeCounters all;
    const auto addMap = [](auto &to, const auto &from) {
        for (const auto &[key, value] : from)
            to[key] += value;
    };
    for (const EdgeCounters &edge : edges) {
        all.accepted += edge.accepted;
        all.opened += edge.opened;
        addMap(all.closed, edge.closed);
        addMap(all.rejected, edge.rejected);
        addMap(all.validationFailures, edge.validationFailures);
        addMap(all.httpRequests, edge.httpRequests);
        for (const auto &[key, value] : edge.httpDurationUs)
            all.httpDurationUs[key].merge(value);
        all.framesIn += edge.framesIn;
        all.framesOut += edge.framesOut;
        all.bytesIn += edge.bytesIn;
        all.bytesOut += edge.bytesOut;
        all.droppedProgress += edge.droppedProgress;
        all.slowConsumers += edge.slowConsumers;
        all.sequenceGaps += edge.sequenceGaps;
        all.isolationViolations += edge.isolationViolations;
        all.rateLimited += edge.rateLimited;
        all.handleUs.merge(edge.handleUs);
        all.deliverUs.merge(edge.deliverUs);
    }
    return all;
}

std::array<std::string_view, 4> splitKey(std::string_view key)
{
    std::array<std::string_view, 4> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t space = i + 1 < parts.size() ? key.find(' ') : std::string_view::npos;
        parts[i] = key.substr(0, space);
        key = space == std::string_view::npos ? std::string_view() : key.substr(space + 1);
    }
    return parts;
}

/// A counter with one label; each of `known` is there even when it never happened.
template <class Map>
void countBy(Writer &out, std::string_view label, const Map &values, std::initializer_list<std::string_view> known = {})
{
    for (const std::string_view key : known) {
        if (!values.contains(std::string(key)))
            out.sample({{label, key}}, std::uint64_t{0});
    }
    for (const auto &[key, value] : values)
        out.sample({{label, key}}, value);
}

void writeHttp(Writer &out, const EdgeCounters &edge)
{
    out.begin("orchestrad_http_requests_total", "counter", "HTTP requests by method, route, status and API version.");
    for (const auto &[key, count] : edge.httpRequests) {
        const auto [method, route, code, version] = splitKey(key);
        out.sample({{"method", method}, {"route", route}, {"code", code}, {"api_version", version}}, count);
    }
    out.begin("orchestrad_http_request_duration_seconds", "histogram",
              "From a whole request head to the end of the answer.");
    for (const auto &[key, values] : edge.httpDurationUs) {
        const auto parts = splitKey(key);
        out.histogram({{"method", parts[0]}, {"route", parts[1]}}, values, kHttpBuckets, 1e-6);
    }
}

void writeSockets(Writer &out, const MetricsSnapshot &snapshot, const EdgeCounters &edge)
{
    out.begin("orchestrad_websocket_connections", "gauge",
              "WebSockets open now; api_version ops is the operations channel.");
    for (const auto &[version, name] : {std::pair{1, "v1"}, {2, "v2"}, {0, "ops"}}) {
        const auto found = snapshot.connectionsByVersion.find(version);
        out.sample({{"api_version", name}}, found == snapshot.connectionsByVersion.end() ? 0 : found->second);
    }
    out.begin("orchestrad_websocket_connections_opened_total", "counter", "WebSockets upgraded.");
    out.sample(edge.opened);
    out.begin("orchestrad_websocket_connections_closed_total", "counter", "WebSockets closed, by close code.");
    for (const auto &[code, count] : edge.closed)
        out.sample({{"code", std::to_string(code)}}, count);
    out.begin("orchestrad_websocket_connections_rejected_total", "counter",
              "Peers refused before an upgrade, by reason.");
    countBy(out, "reason", edge.rejected);
    out.begin("orchestrad_connections_accepted_total", "counter", "TCP connections accepted.");
    out.sample(edge.accepted);
    out.begin("orchestrad_websocket_frames_total", "counter", "WebSocket messages by direction.");
    out.sample({{"direction", "in"}}, edge.framesIn);
    out.sample({{"direction", "out"}}, edge.framesOut);
    out.begin("orchestrad_websocket_bytes_total", "counter", "WebSocket payload bytes by direction.");
    out.sample({{"direction", "in"}}, edge.bytesIn);
    out.sample({{"direction", "out"}}, edge.bytesOut);
    out.begin("orchestrad_outbound_buffer_bytes", "gauge", "Bytes that wait for slow readers.");
    out.sample(snapshot.outboundBufferBytes);
    out.begin("orchestrad_slow_consumer_disconnects_total", "counter", "Connections closed with 4101.");
    out.sample(edge.slowConsumers);
    out.begin("orchestrad_dropped_progress_frames_total", "counter", "Unnumbered progress left out for slow readers.");
    out.sample(edge.droppedProgress);
    out.begin("orchestrad_rate_limited_total", "counter", "Frames refused by the message rate limit.");
    out.sample(edge.rateLimited);
    out.begin("orchestrad_frame_handle_seconds", "histogram", "From reading a client frame to handing it to the hub.");
    out.histogram({}, edge.handleUs, kFineBuckets, 1e-6);
    out.begin("orchestrad_token_forward_delay_seconds", "histogram",
              "From the hub's hand-over of an event to the socket.");
    out.histogram({}, edge.deliverUs, kFineBuckets, 1e-6);
}

/// The five numbers that watch the promises, and the one that must never move.
void writeMonitors(Writer &out, const MetricsSnapshot &snapshot, const EdgeCounters &edge)
{
    out.begin("orchestrad_sequence_gaps_total", "counter",
              "Frames that would have left a gap in a connection's sequence; stays 0.");
    out.sample(edge.sequenceGaps);
    out.begin("orchestrad_isolation_violations_total", "counter",
              "Frames stopped at egress because they belong to another user; stays 0.");
    out.sample(edge.isolationViolations);
    out.begin("orchestrad_validation_failures_total", "counter", "Client frames and bodies refused, by error code.");
    countBy(out, "code", edge.validationFailures, {"INVALID", "TOO_LARGE"});
    out.begin("orchestrad_refused_transitions_total", "counter", "Invalid transitions of connection states.");
    out.sample(snapshot.hub.refusedTransitions);
    out.begin("orchestrad_mailbox_wait_seconds", "histogram",
              "How long the oldest value of a batch waited for its thread.");
    for (std::size_t i = 0; i < snapshot.edges.size(); ++i)
        out.histogram({{"mailbox", "edge-" + std::to_string(i)}}, snapshot.edges[i].fromHub.waitUs, kFineBuckets, 1e-6);
    out.histogram({{"mailbox", "hub"}}, snapshot.hub.fromEdge.waitUs, kFineBuckets, 1e-6);
    out.histogram({{"mailbox", "hub-store"}}, snapshot.hub.fromStore.waitUs, kFineBuckets, 1e-6);
    out.histogram({{"mailbox", "store"}}, snapshot.store.fromHub.waitUs, kFineBuckets, 1e-6);
    out.histogram({{"mailbox", "providers"}}, snapshot.providers.commandWaitUs, kFineBuckets, 1e-6);
    out.histogram({{"mailbox", "hub-providers"}}, snapshot.hub.fromProviders.waitUs, kFineBuckets, 1e-6);
    out.begin("orchestrad_mailbox_refused_total", "counter", "Pushes that found a mailbox full.");
    for (std::size_t i = 0; i < snapshot.edges.size(); ++i)
        out.sample({{"mailbox", "edge-" + std::to_string(i)}}, snapshot.edges[i].fromHub.refused);
    out.sample({{"mailbox", "hub"}}, snapshot.hub.fromEdge.refused);
    out.sample({{"mailbox", "store"}}, snapshot.store.fromHub.refused);
    out.sample({{"mailbox", "providers"}}, snapshot.hub.fromProviders.refused);
    out.begin("orchestrad_synthetic_assistant_content_total", "counter",
              "Answers whose text came from nowhere; stays 0.");
    out.sample(snapshot.hub.syntheticAssistantContent);
}

void writeChat(Writer &out, const MetricsSnapshot &snapshot)
{
    const HubCounters &hub = snapshot.hub;
    out.begin("orchestrad_chat_turns_total", "counter", "Turns that ended, by outcome.");
    countBy(out, "outcome", hub.turns, {"ok", "error", "cancelled", "rejected"});
    out.begin("orchestrad_chat_turn_errors_total", "counter", "Turns that failed, by error code.");
    countBy(out, "error_type", hub.turnErrors);
    out.begin("orchestrad_chat_messages_total", "counter", "Messages accepted, by kind.");
    out.sample({{"kind", "chat"}}, hub.chats);
    out.sample({{"kind", "command"}}, hub.commands);
    out.begin("orchestrad_chat_tokens_total", "counter", "Pieces of answers sent.");
    out.sample(hub.tokens);
    out.begin("orchestrad_chat_ack_seconds", "histogram",
              "From receiving a chat to handing over its ack, which follows the fsynced commit.");
    out.histogram({}, hub.ackUs, kLatencyBuckets, 1e-6);
    out.begin("orchestrad_chat_time_to_first_token_seconds", "histogram",
              "From accepting a chat to the first piece of its answer, by the model that has given it; without labels' "
              "values what no model has answered.");
    for (const auto &[model, took] : hub.modelFirstTokenUs)
        out.histogram({{"provider", model.first}, {"model", model.second}}, took, kLatencyBuckets, 1e-6);
    out.begin("orchestrad_provider_output_tokens_total", "counter",
              "Tokens that models have written; estimated where their server does not say.");
    for (const auto &[model, tokens] : hub.modelTokens)
        out.sample({{"provider", model.first}, {"model", model.second}}, tokens);
    out.begin("orchestrad_chat_turn_duration_seconds", "histogram", "From accepting a chat to its terminal event.");
    out.histogram({}, hub.turnUs, kLatencyBuckets, 1e-6);
    out.begin("orchestrad_chat_sessions", "gauge", "Conversations loaded: with a connection, and without.");
    out.sample({{"state", "active"}}, snapshot.sessionsActive);
    out.sample({{"state", "detached"}}, snapshot.sessionsDetached);
    out.begin("orchestrad_tasks", "gauge", "Tasks that have not ended.");
    out.sample({{"state", "running"}}, snapshot.tasksRunning);
    out.sample({{"state", "queued"}}, snapshot.tasksQueued);
    out.begin("orchestrad_replay_messages_total", "counter", "Resumed threads, by outcome.");
    countBy(out, "result", hub.replays, {"current", "replayed", "snapshot", "reset"});
    out.begin("orchestrad_intents_total", "counter", "Turns by the intent that Maestro read.");
    countBy(out, "intent", hub.intents);
    out.begin("orchestrad_intent_confidence", "histogram", "Confidence of the intents read, 0 to 1.");
    out.histogram({}, hub.intentConfidence, kShareBuckets, 1e-3);
    out.begin("orchestrad_intent_evaluations_total", "counter",
              "Readings of intents that a user's feedback has labelled, by label.");
    for (const auto &[key, count] : hub.intentEvaluations)
        out.sample({{"intent", key.first}, {"result", key.second}}, count);
    out.begin("orchestrad_swarm_executions_total", "counter", "Questions that a swarm took on, by how they ended.");
    countBy(out, "outcome", hub.swarms, {"completed", "incomplete", "failed", "cancelled"});
    out.begin("orchestrad_swarm_execution_duration_seconds", "histogram",
              "From a swarm's plan to the end of its answer.");
    out.histogram({}, hub.swarmUs, kLatencyBuckets, 1e-6);
}

void writeGovernance(Writer &out, const MetricsSnapshot &snapshot)
{
    out.begin("orchestrad_circuit_breaker_state", "gauge", "1 for the state a breaker is in, 0 for the others.");
    for (const wire::BreakerRow &row : snapshot.breakers) {
        const auto names = wireNames(row.state);
        for (std::size_t i = 0; i < names.size(); ++i)
            out.sample({{"breaker", row.name}, {"state", names[i]}},
                       std::uint64_t{static_cast<std::size_t>(row.state) == i});
    }
    out.begin("orchestrad_circuit_breaker_transitions_total", "counter", "Changes of state, by the state gone to.");
    for (const auto &[key, count] : snapshot.hub.breakerTransitions)
        out.sample({{"breaker", key.first}, {"to", key.second}}, count);
    out.begin("orchestrad_circuit_breaker_calls_total", "counter", "Calls through a breaker, by outcome.");
    for (const auto &[key, count] : snapshot.hub.breakerCalls)
        out.sample({{"breaker", key.first}, {"outcome", key.second}}, count);
    out.begin("orchestrad_tools", "gauge", "Tools of other programs, by their server and where they stand.");
    for (const auto &[key, count] : snapshot.tools)
        out.sample({{"server", key.first}, {"standing", key.second}}, count);
    out.begin("orchestrad_tool_calls_total", "counter", "Calls of tools of other programs, by outcome.");
    for (const auto &[key, count] : snapshot.hub.toolCalls)
        out.sample({{"server", key.first}, {"outcome", key.second}}, count);
    out.begin("orchestrad_tool_call_duration_seconds", "histogram", "How long those calls took.");
    for (const auto &[server, took] : snapshot.hub.toolUs)
        out.histogram({{"server", server}}, took, kLatencyBuckets, 1e-6);
    out.begin("orchestrad_feature_flag_evaluations_total", "counter", "Flag evaluations, by variant.");
    for (const auto &[key, count] : snapshot.hub.flagEvaluations)
        out.sample({{"flag", key.first}, {"variant", key.second}}, count);
    out.begin("orchestrad_degradation_level", "gauge", "0 normal to 4 maintenance.");
    out.sample(snapshot.degradationLevel);
    out.begin("orchestrad_answer_cache_total", "counter", "Questions that a kept answer might serve, by result.");
    countBy(out, "result", snapshot.hub.answerCache, {"hit", "miss"});
    out.begin("orchestrad_turns_rate_limited_total", "counter",
              "Turns refused because a user or an access token had too many messages or tokens.");
    countBy(out, "kind", snapshot.hub.turnsRateLimited, {"messages", "tokens"});
    out.begin("orchestrad_degradation_changes_total", "counter", "Changes of the level, by the level gone to.");
    countBy(out, "to", snapshot.hub.degradationChanges);
    out.begin("orchestrad_overload_refusals_total", "counter",
              "Turns and connections refused because the server could not bear them.");
    out.sample(snapshot.hub.overloads);
    out.begin("orchestrad_api_requests_total", "counter", "Requests by API version and surface.");
    for (const auto &[key, count] : snapshot.hub.apiRequests) {
        const auto parts = splitKey(key);
        out.sample({{"api_version", parts[0]}, {"surface", parts[1]}}, count);
    }
    out.begin("orchestrad_deprecated_api_requests_total", "counter", "Uses of deprecated features.");
    countBy(out, "feature", snapshot.hub.deprecated);
    out.begin("orchestrad_audit_entries_total", "counter", "Entries written to the audit log.");
    out.sample(snapshot.hub.audits);
}

void writeStore(Writer &out, const StoreCounters &store)
{
    out.begin("orchestrad_session_log_appends_total", "counter", "Operations that the store was asked for.");
    out.sample(store.operations);
    out.begin("orchestrad_session_log_append_duration_seconds", "histogram", "Time of a commit, fsync included.");
    out.histogram({}, store.commitUs, kLatencyBuckets, 1e-6);
    out.begin("orchestrad_store_commits_total", "counter", "Commits.");
    out.sample(store.commits);
    out.begin("orchestrad_store_batch_operations", "histogram", "Operations in one commit.");
    out.histogram({}, store.batchSize, kCountBuckets, 1);
    out.begin("orchestrad_store_errors_total", "counter", "Failed operations.");
    countBy(out, "op", store.errors);
}

void writeProcess(Writer &out, const MetricsSnapshot &snapshot)
{
    out.begin("orchestrad_event_loop_lag_seconds", "histogram", "How late a thread's one-second timer fires.");
    for (std::size_t i = 0; i < snapshot.edges.size(); ++i)
        out.histogram({{"thread", "edge-" + std::to_string(i)}}, snapshot.edges[i].loopLagUs, kFineBuckets, 1e-6);
    out.histogram({{"thread", "hub"}}, snapshot.hub.loopLagUs, kFineBuckets, 1e-6);
    out.histogram({{"thread", "provider"}}, snapshot.providers.loopLagUs, kFineBuckets, 1e-6);
    out.begin("orchestrad_log_dropped_total", "counter", "Log records that found the writer's mailbox full.");
    out.sample(snapshot.logRecordsDropped);
    out.begin("orchestrad_ready", "gauge", "1 when /ready answers 200.");
    out.sample(std::uint64_t{snapshot.ready});
    out.begin("orchestrad_drain_state", "gauge", "1 while the server drains.");
    out.sample(std::uint64_t{snapshot.draining});
    out.begin("orchestrad_build_info", "gauge", "Always 1; the labels tell the build.");
    out.sample({{"version", ORCHESTRA_VERSION}, {"qt", qVersion()}}, std::uint64_t{1});
    const ProcessStats &process = snapshot.process;
    out.begin("process_cpu_seconds_total", "counter", "User and system CPU time.");
    out.sample({}, process.cpuSeconds);
    out.begin("process_resident_memory_bytes", "gauge", "Resident memory.");
    out.sample(process.residentBytes);
    out.begin("process_virtual_memory_bytes", "gauge", "Virtual memory.");
    out.sample(process.virtualBytes);
    out.begin("process_open_fds", "gauge", "Open file descriptors.");
    out.sample(process.openFds);
    out.begin("process_max_fds", "gauge", "Limit of open file descriptors.");
    out.sample(process.maxFds);
    out.begin("process_threads", "gauge", "Operating-system threads.");
    out.sample(process.threads);
    out.begin("process_start_time_seconds", "gauge", "Start of the process since 1970.");
    out.sample({}, process.startTimeSeconds);
}

} // namespace

std::string contentType(ExpositionFormat format)
{
    return format == ExpositionFormat::OpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                   : "text/plain; version=0.0.4; charset=utf-8";
}

std::string writeExposition(const MetricsSnapshot &snapshot, ExpositionFormat format)
{
    Writer out(format);
    const EdgeCounters edge = mergeEdges(snapshot.edges);
    writeHttp(out, edge);
    writeSockets(out, snapshot, edge);
    writeMonitors(out, snapshot, edge);
    writeChat(out, snapshot);
    writeGovernance(out, snapshot);
    writeStore(out, snapshot.store);
    writeProcess(out, snapshot);
    return out.finish();
}

} // namespace orchestra
