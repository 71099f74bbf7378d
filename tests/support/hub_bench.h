// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    ~RecordingEdge() override;
    std::uint32_t edgeCount() const override { return 2; }
    void send(std::uint32_t, ToEdge message) override { sent.push_back(std::move(message)); }

    std::vector<ToEdge> sent;
};

class NullLog final : public LogSink
{
public:
    ~NullLog() override;
    void write(LogRecord record) override { events.push_back(record.event); }
    std::vector<std::string> events;
};

/// A gate that a test opens.
class HandGate final : public ServiceGate
{
public:
    ~HandGate() override;
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
    ~HandRunner() override;
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

    explicit HubBench(Surroundings surroundings = {});
    ~HubBench();

    /// Tokens and flags are loaded, as a start does.
    void load();

    void send(FromEdge message);

    /// Runs the store, the timers that are due and the drained parts until nothing moves.
    void settle();

    void advance(std::chrono::nanoseconds by);

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

    ConnectionKey knock(const Door &door);

    /// Knocks, and opens the socket when it was admitted.
    ConnectionKey connect(const Door &door);

    /// A connection that has said hello.
    ConnectionKey join(const Door &door, std::vector<wire::Cursor> cursors = {});

    void say(const ConnectionKey &key, wire::ClientFrame frame, bool settled = true);

    void chat(const ConnectionKey &key, const std::string &id, const std::string &content, bool settled = true);

    void leave(const ConnectionKey &key);

    std::uint64_t call(const ConnectionKey &key, ApiRequest request, const Door &door);
    std::uint64_t lastCall = 0;

    /// A token that the store knows. Returns its text.
    std::string addToken(const std::string &user, Role role, std::optional<WallMs> expiresAt = {},
                         const std::string &note = {});

    ThreadId threadOf(const ConnectionKey &key);

    /// The agent says `text` and completes.
    void answer(const std::shared_ptr<Turn> &turn, std::initializer_list<std::string_view> texts);

private:
    void collect();
    void note(AdmissionDecision &m);
    void note(Authenticated &m);
    void note(Broadcast &m);
    void note(Unicast &m);
    void note(ReplayPart &m);
    void note(OpsOut &m);
    void note(CloseConnection &m);
    void note(WatchConnections &m);
    void note(FramesWanted &m);
    void note(StopAccepting &);
    void note(ApiReply &m);
    void note(ApiStreamBegin &m);
    void note(ApiStreamEnd &m);
    void note(CompletionBegin &m);
    void note(CompletionPart &m);
    void note(CompletionDone &m);

public:
    std::vector<bool> watches;
    std::vector<FramesWanted> framesWanted;
    int stopped = 0;
};

} // namespace orchestra
