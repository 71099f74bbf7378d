// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hub_bench.h"

#include "server/orchestrator/digest.h"

namespace orchestra {

RecordingEdge::~RecordingEdge() = default;
NullLog::~NullLog() = default;
HandGate::~HandGate() = default;
HandRunner::~HandRunner() = default;

HubBench::HubBench(Surroundings surroundings)
{
    server = std::make_unique<Orchestrator>(hub, gate, std::move(surroundings));
    guard.guard(store, server->breakerBoard());
    server->setRunner(runner);
}

HubBench::~HubBench() = default;

void HubBench::load()
{
    server->load([](const Status &) {});
    settle();
}

void HubBench::send(FromEdge message)
{
    std::vector<FromEdge> batch;
    batch.push_back(std::move(message));
    server->handle(batch);
    collect();
}

void HubBench::settle()
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

void HubBench::advance(std::chrono::nanoseconds by)
{
    // In small steps, so that timers that start timers run at their time.
    const auto step = std::max<std::chrono::nanoseconds>(by / 64, std::chrono::milliseconds(1));
    for (std::chrono::nanoseconds gone{0}; gone < by; gone += step) {
        clock.advance(std::min(step, by - gone));
        settle();
    }
}

ConnectionKey HubBench::knock(const Door &door)
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

ConnectionKey HubBench::connect(const Door &door)
{
    const ConnectionKey key = knock(door);
    if (seen[key].admitted)
        send(SocketOpened{key});
    settle();
    return key;
}

ConnectionKey HubBench::join(const Door &door, std::vector<wire::Cursor> cursors)
{
    const ConnectionKey key = connect(door);
    say(key, wire::Hello{"h1", {2}, {}, {}, std::move(cursors)});
    return key;
}

void HubBench::say(const ConnectionKey &key, wire::ClientFrame frame, bool settled)
{
    send(ClientMessage{key, std::move(frame), 100, clock.now()});
    if (settled)
        settle();
}

void HubBench::chat(const ConnectionKey &key, const std::string &id, const std::string &content, bool settled)
{
    wire::Chat frame;
    frame.id = id;
    frame.content = content;
    say(key, frame, settled);
}

void HubBench::leave(const ConnectionKey &key)
{
    send(ConnectionGone{key, 1006, "gone"});
    settle();
}

std::uint64_t HubBench::call(const ConnectionKey &key, ApiRequest request, const Door &door)
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

std::string HubBench::addToken(const std::string &user, Role role, std::optional<WallMs> expiresAt,
                               const std::string &note)
{
    const std::string text = "ork_" + user + std::to_string(store.tokens.size());
    store.tokens.push_back(
        {"t" + std::to_string(store.tokens.size()), sha256(text), user, role, 0, expiresAt, {}, note});
    return text;
}

ThreadId HubBench::threadOf(const ConnectionKey &key)
{
    const auto *welcome = seen[key].last<wire::Welcome>();
    return std::get<wire::Welcome>(welcome->body).threads.back().threadId;
}

void HubBench::answer(const std::shared_ptr<Turn> &turn, std::initializer_list<std::string_view> texts)
{
    turn->startAgent("operations");
    for (const std::string_view text : texts)
        turn->say(ReportWriter::fill("{}", {text}));
    turn->complete({});
    settle();
}

void HubBench::collect()
{
    for (ToEdge &message : std::exchange(edge.sent, {}))
        std::visit([this](auto &body) { note(body); }, message);
}

void HubBench::note(AdmissionDecision &m)
{
    Seen &client = seen[m.connection];
    client.admitted = bool(m.outcome);
    if (m.outcome)
        client.principal = m.outcome->principal;
    else
        client.refused = m.outcome.error();
}

void HubBench::note(Broadcast &m)
{
    for (auto &[key, client] : seen)
        if (std::ranges::find(m.serials, key.serial) != m.serials.end())
            client.frames.push_back(m.event->frame);
}

void HubBench::note(ReplayPart &m)
{
    Seen &client = seen[m.connection];
    ++client.partsOut;
    for (const EventPtr &event : m.events)
        client.frames.push_back(event->frame);
}

void HubBench::note(OpsOut &m)
{
    Seen &client = seen[m.connection];
    const auto *snapshot = std::get_if<wire::TopicSnapshot>(&m.frame);
    if (snapshot != nullptr && !snapshot->last)
        ++client.partsOut;
    client.ops.push_back(std::move(m.frame));
}

void HubBench::note(Authenticated &m)
{
    seen[m.connection].principal = m.principal;
}

void HubBench::note(Unicast &m)
{
    seen[m.connection].frames.push_back(m.frame);
}

void HubBench::note(CloseConnection &m)
{
    seen[m.connection].closed = m.code;
}

void HubBench::note(WatchConnections &m)
{
    watches.push_back(m.watch);
}

void HubBench::note(FramesWanted &m)
{
    framesWanted.push_back(m);
}

void HubBench::note(StopAccepting &)
{
    ++stopped;
}

void HubBench::note(ApiReply &m)
{
    seen[m.connection].replies.emplace(m.call, std::move(m.body));
}

void HubBench::note(ApiStreamBegin &m)
{
    seen[m.connection].streamsBegun.push_back(m.call);
}

void HubBench::note(ApiStreamEnd &m)
{
    seen[m.connection].streamsEnded.push_back(m.call);
}

void HubBench::note(CompletionBegin &m)
{
    seen[m.connection].completionsBegun.push_back(m);
}

void HubBench::note(CompletionPart &m)
{
    seen[m.connection].completionParts.push_back(m);
}

void HubBench::note(CompletionDone &m)
{
    seen[m.connection].completionsDone.push_back(m);
}

} // namespace orchestra
