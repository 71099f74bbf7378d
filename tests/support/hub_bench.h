// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/digest.h"
#include "server/orchestrator/orchestrator.h"
#include "server/orchestrator/store_guard.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_store.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// The edge as the hub sees it: keeps what was sent, by connection.
class RecordingEdge final : public EdgePort
{
public:
    std::uint32_t edgeCount() const override { return 2; }
    void send(std::uint32_t, ToEdge message) override { sent.push_back(std::move(message)); }

    std::vector<ToEdge> sent;
};

class NullLog final : public LogSink
{
public:
    void write(LogRecord record) override { events.push_back(record.event); }
    std::vector<std::string> events;
};

/// A gate that a test opens.
class HandGate final : public ServiceGate
{
public:
    bool isReady() const override { return ready; }
    std::vector<wire::PhaseRow> phases() const override { return rows; }
    void ensure() override { ++ensured; }
    void onChange(std::function<void()> changed) override { changed_ = std::move(changed); }
    void open()
    {
        ready = true;
        for (wire::PhaseRow &row : rows)
            row.state = wire::PhaseState::Done;
        changed_();
    }
    void tell() { changed_(); }

    bool ready = true;
    int ensured = 0;
    std::vector<wire::PhaseRow> rows;

private:
    std::function<void()> changed_;
};

/// Keeps the turns it is given; the test is the agent.
class HandRunner final : public TurnRunner
{
public:
    void run(std::shared_ptr<Turn> turn) override { turns.push_back(std::move(turn)); }
    std::vector<std::shared_ptr<Turn>> turns;
};

/// One simulated chat client: what it was sent, in order.
struct Seen
{
    std::vector<wire::ServerFrame> frames;
    std::optional<std::uint16_t> closed;
    bool admitted = false;
    std::optional<Error> refused;
    Principal principal;
    std::size_t partsOut = 0;
    std::vector<wire::OpsServerFrame> ops;
    std::map<std::uint64_t, Result<ApiBody>> replies;
    std::vector<std::uint64_t> streamsBegun;
    std::vector<std::uint64_t> streamsEnded;
    std::vector<CompletionBegin> completionsBegun;
    std::vector<CompletionPart> completionParts;
    std::vector<CompletionDone> completionsDone;

    template <class Body>
    std::vector<Body> bodies() const
    {
        std::vector<Body> out;
        for (const wire::ServerFrame &frame : frames)
            if (const auto *body = std::get_if<Body>(&frame.body))
                out.push_back(*body);
        return out;
    }
    template <class Body>
    const wire::ServerFrame *last() const
    {
        for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame)
            if (std::holds_alternative<Body>(frame->body))
                return &*frame;
        return nullptr;
    }
    /// Offsets of the durable events of one thread, in the order of their arrival.
    std::vector<std::uint64_t> offsets(const ThreadId &thread) const
    {
        std::vector<std::uint64_t> out;
        for (const wire::ServerFrame &frame : frames)
            if (frame.offset && frame.threadId == thread)
                out.push_back(*frame.offset);
        return out;
    }
    std::string text() const
    {
        std::string out;
        for (const auto &token : bodies<wire::StreamToken>())
            out += token.content;
        return out;
    }
};

/// The whole hub in one thread under a manual clock, with a store that answers on demand.
struct HubBench
{
    ManualClock clock;
    Schedule schedule{clock};
    SeededRandom random{1};
    IdSource ids{clock, random};
    NullLog log;
    MemoryStore store;
    StoreGuard guard{clock, schedule};
    RecordingEdge edge;
    HubCounters counters;
    Limits limits;
    Retention retention;
    TurnRules turns;
    HandGate gate;
    HandRunner runner;
    Hub hub{clock, schedule, ids, random, log, guard, edge, counters, limits, retention, turns};
    std::unique_ptr<Orchestrator> server;
    std::map<ConnectionKey, Seen> seen;
    std::uint64_t lastSerial = 0;
    bool drains = true; ///< parts are drained as soon as they are out

    explicit HubBench(Surroundings surroundings = {})
    {
        server = std::make_unique<Orchestrator>(hub, gate, std::move(surroundings));
        guard.guard(store, server->breakerBoard());
        server->setRunner(runner);
    }

    /// Tokens and flags are loaded, as a start does.
    void load()
    {
        server->load([](const Status &) {});
        settle();
    }

    void send(FromEdge message)
    {
        std::vector<FromEdge> batch;
        batch.push_back(std::move(message));
        server->handle(batch);
        collect();
    }

    /// Runs the store, the timers that are due and the drained parts until nothing moves.
    void settle()
    {
        bool moved = true;
        while (moved) {
            moved = store.deliverOne();
            moved = schedule.runDue() > 0 || moved;
            collect();
            if (!drains)
                continue;
            for (auto &[key, client] : seen)
                while (client.partsOut > 0) {
                    --client.partsOut;
                    moved = true;
                    send(PartDrained{key});
                }
        }
    }

    void advance(std::chrono::nanoseconds by)
    {
        // In small steps, so that timers that start timers run at their time.
        const auto step = std::max<std::chrono::nanoseconds>(by / 64, std::chrono::milliseconds(1));
        for (std::chrono::nanoseconds gone{0}; gone < by; gone += step) {
            clock.advance(std::min(step, by - gone));
            settle();
        }
    }

    struct Door
    {
        std::string user = "ann";
        std::string session = "s1";
        std::string token;
        bool loopback = true;
        int version = 2;
        bool mayHello = false;
        Surface surface = Surface::Chat;
        std::uint32_t edgeThread = 0;
        std::string origin;
    };

    ConnectionKey knock(const Door &door)
    {
        AdmissionRequest request;
        request.connection = {door.edgeThread, ++lastSerial};
        request.surface = door.surface;
        request.peer.address = door.loopback ? "127.0.0.1" : "192.0.2.7";
        request.peer.isLoopback = door.loopback;
        request.peer.origin = door.origin;
        request.credential = Secret(door.token);
        request.clientId = door.user;
        request.sessionId = door.session;
        request.apiVersion = door.version;
        request.mayHello = door.mayHello;
        request.correlationId = "corr-" + std::to_string(lastSerial);
        const ConnectionKey key = request.connection;
        send(std::move(request));
        settle();
        return key;
    }

    /// Knocks, and opens the socket when it was admitted.
    ConnectionKey connect(const Door &door)
    {
        const ConnectionKey key = knock(door);
        if (seen[key].admitted)
            send(SocketOpened{key});
        settle();
        return key;
    }

    /// A connection that has said hello.
    ConnectionKey join(const Door &door, std::vector<wire::Cursor> cursors = {})
    {
        const ConnectionKey key = connect(door);
        say(key, wire::Hello{"h1", {2}, {}, {}, std::move(cursors)});
        return key;
    }

    void say(const ConnectionKey &key, wire::ClientFrame frame, bool settled = true)
    {
        send(ClientMessage{key, std::move(frame), 100, clock.now()});
        if (settled)
            settle();
    }

    void chat(const ConnectionKey &key, const std::string &id, const std::string &content, bool settled = true)
    {
        wire::Chat frame;
        frame.id = id;
        frame.content = content;
        say(key, frame, settled);
    }

    void leave(const ConnectionKey &key)
    {
        send(ConnectionGone{key, 1006, "gone"});
        settle();
    }

    std::uint64_t call(const ConnectionKey &key, ApiRequest request, const Door &door)
    {
        ApiCall call;
        call.connection = key;
        call.call = ++lastCall;
        call.peer.isLoopback = door.loopback;
        call.peer.origin = door.origin;
        call.credential = Secret(door.token);
        call.userName = door.user;
        call.correlationId = "corr";
        call.request = std::move(request);
        call.receivedAt = clock.now();
        send(std::move(call));
        settle();
        return lastCall;
    }
    std::uint64_t lastCall = 0;

    /// A token that the store knows. Returns its text.
    std::string addToken(const std::string &user, Role role, std::optional<WallMs> expiresAt = {},
                         const std::string &note = {})
    {
        const std::string text = "ork_" + user + std::to_string(store.tokens.size());
        store.tokens.push_back(
            {"t" + std::to_string(store.tokens.size()), sha256(text), user, role, 0, expiresAt, {}, note});
        return text;
    }

    ThreadId threadOf(const ConnectionKey &key)
    {
        const auto *welcome = seen[key].last<wire::Welcome>();
        return std::get<wire::Welcome>(welcome->body).threads.back().threadId;
    }

    /// The agent says `text` and completes.
    void answer(const std::shared_ptr<Turn> &turn, std::initializer_list<std::string_view> texts)
    {
        turn->startAgent("operations");
        for (const std::string_view text : texts)
            turn->say(ReportWriter::fill("{}", {text}));
        turn->complete({});
        settle();
    }

private:
    void collect()
    {
        for (ToEdge &message : std::exchange(edge.sent, {}))
            std::visit([this](auto &body) { note(body); }, message);
    }
    void note(AdmissionDecision &m)
    {
        Seen &client = seen[m.connection];
        client.admitted = bool(m.outcome);
        if (m.outcome)
            client.principal = m.outcome->principal;
        else
            client.refused = m.outcome.error();
    }
    void note(Authenticated &m) { seen[m.connection].principal = m.principal; }
    void note(Broadcast &m)
    {
        for (auto &[key, client] : seen)
            if (std::ranges::find(m.serials, key.serial) != m.serials.end())
                client.frames.push_back(m.event->frame);
    }
    void note(Unicast &m) { seen[m.connection].frames.push_back(m.frame); }
    void note(ReplayPart &m)
    {
        Seen &client = seen[m.connection];
        ++client.partsOut;
        for (const EventPtr &event : m.events)
            client.frames.push_back(event->frame);
    }
    void note(OpsOut &m)
    {
        Seen &client = seen[m.connection];
        const auto *snapshot = std::get_if<wire::TopicSnapshot>(&m.frame);
        if (snapshot != nullptr && !snapshot->last)
            ++client.partsOut;
        client.ops.push_back(std::move(m.frame));
    }
    void note(CloseConnection &m) { seen[m.connection].closed = m.code; }
    void note(WatchConnections &m) { watches.push_back(m.watch); }
    void note(FramesWanted &m) { framesWanted.push_back(m); }
    void note(StopAccepting &) { ++stopped; }
    void note(ApiReply &m) { seen[m.connection].replies.emplace(m.call, std::move(m.body)); }
    void note(ApiStreamBegin &m) { seen[m.connection].streamsBegun.push_back(m.call); }
    void note(ApiStreamEnd &m) { seen[m.connection].streamsEnded.push_back(m.call); }
    void note(CompletionBegin &m) { seen[m.connection].completionsBegun.push_back(m); }
    void note(CompletionPart &m) { seen[m.connection].completionParts.push_back(m); }
    void note(CompletionDone &m) { seen[m.connection].completionsDone.push_back(m); }

public:
    std::vector<bool> watches;
    std::vector<FramesWanted> framesWanted;
    int stopped = 0;
};

} // namespace orchestra
