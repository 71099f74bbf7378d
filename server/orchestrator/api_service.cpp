// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/api_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::int64_t kStartingRetryMs = 1000;
constexpr std::size_t kMaxPage = 200;

wire::ThreadRow rowOf(const ThreadRecord &record)
{
    wire::ThreadRow row;
    row.threadId = record.threadId;
    row.userId = record.userId;
    row.sessionId = record.sessionId;
    row.title = record.title;
    row.createdAt = {record.createdAt};
    row.updatedAt = {record.updatedAt};
    row.messages = record.messages;
    row.epoch = record.epoch;
    row.offset = record.offset;
    return row;
}

} // namespace

ApiService::ApiService(const Hub &hub, Outbox &outbox, Auth &auth, ServiceGate &gate, ThreadService &threads,
                       Following &following, TaskRegistry &tasks, ChatService &chats, CompletionService &completions,
                       AdminPort &admin, const LiveState &live, OpsService &ops, const Surroundings &surroundings)
    : hub_(hub)
    , outbox_(outbox)
    , auth_(auth)
    , gate_(gate)
    , threads_(threads)
    , following_(following)
    , tasks_(tasks)
    , chats_(chats)
    , completions_(completions)
    , admin_(admin)
    , live_(live)
    , ops_(ops)
    , surroundings_(surroundings)
    , rates_({hub.limits.messagesPerSecond, hub.limits.messageBurst}, kRatedUsers)
{
}

ApiService::~ApiService()
{
    for (const auto &[key, stream] : streams_)
        following_.end(stream->feed);
}

void ApiService::reply(const Request &request, Result<ApiBody> body)
{
    // An edge that was told of the end of a call must not hear of it again.
    if (open_.erase({request.connection, request.call}) > 0)
        outbox_.reply(request.connection, request.call, std::move(body));
}

/// What everybody may know, and while the server starts, too.
bool ApiService::answerOpen(const ApiCall &call)
{
    if (std::holds_alternative<GetLive>(call.request)) {
        outbox_.reply(call.connection, call.call, ApiBody(DoneBody{}));
        return true;
    }
    if (std::holds_alternative<GetReady>(call.request)) {
        const wire::OverviewRow now = live_.overview();
        outbox_.reply(call.connection, call.call,
                      ApiBody(ReadyBody{now.ready, now.phases, now.ready ? std::string() : now.sentence}));
        return true;
    }
    if (std::holds_alternative<GetHealth>(call.request)) {
        getHealth(call);
        return true;
    }
    return false;
}

/// The state is for everybody, the details only for who may view once tokens are configured.
void ApiService::getHealth(const ApiCall &call)
{
    const auto who = auth_.check({call.credential, call.userName, call.peer.isLoopback, false});
    const bool mayView = who && allows(who->role, Role::Viewer);
    const bool detailed = mayView || (auth_.knowsTokens() && !auth_.hasConfiguredTokens());
    outbox_.reply(call.connection, call.call, ApiBody(HealthBody{live_.health(), detailed}));
}

Role ApiService::roleFor(const ApiRequest &request)
{
    const bool needsViewer = std::holds_alternative<GetRows>(request) || std::holds_alternative<GetAudit>(request) ||
                             std::holds_alternative<GetMetrics>(request) || std::holds_alternative<GetTools>(request);
    if (needsViewer)
        return Role::Viewer;
    return std::holds_alternative<GetConfig>(request) ? Role::Operator : Role::Client;
}

std::optional<Error> ApiService::objection(const Principal &who, const ApiRequest &request)
{
    const Role needed = roleFor(request);
    if (!allows(who.role, needed))
        return makeError(Code::Forbidden,
                         "this needs the role " + std::string(wireNames(needed)[static_cast<std::size_t>(needed)]));
    if (std::holds_alternative<GetMetrics>(request))
        return std::nullopt; // a scraper has a rhythm of its own
    const RateLimit::Verdict verdict = rates_.take(who.userId, hub_.clock.now());
    if (verdict.allowed)
        return std::nullopt;
    Error error = makeError(Code::RateLimited, "too many calls");
    error.retryAfterMs = std::chrono::ceil<std::chrono::milliseconds>(verdict.retryAfter).count();
    return error;
}

/// OpenAI's clients send a key even to a server that asks for none, so where none is needed a key that cannot be one of
/// ours counts as none.
Secret ApiService::credentialOf(const ApiCall &call) const
{
    const bool isOpenAi = std::holds_alternative<ListModels>(call.request) ||
                          std::holds_alternative<GetModel>(call.request) ||
                          std::holds_alternative<PostCompletion>(call.request);
    const bool isOurs = call.credential.reveal().starts_with("ork_");
    return isOpenAi && !isOurs && auth_.takesAnonymous(call.peer) ? Secret() : call.credential;
}

void ApiService::take(ApiCall call)
{
    if (answerOpen(call))
        return;
    const bool isMetrics = std::holds_alternative<GetMetrics>(call.request);
    if (!gate_.isReady() && !isMetrics) {
        gate_.ensure();
        Error starting = makeError(Code::NotReady, "the server is starting its services");
        starting.retryAfterMs = kStartingRetryMs;
        outbox_.reply(call.connection, call.call, starting);
        return;
    }
    Request request{call.connection, call.call, call.peer, call.correlationId, call.receivedAt, {}};
    open_.emplace(call.connection, call.call);
    if (isMetrics && auth_.knowsTokens() && !auth_.hasConfiguredTokens()) {
        getMetrics(request, std::get<GetMetrics>(call.request).openMetrics);
        return;
    }
    Presented presented{credentialOf(call), call.userName.empty() ? "anonymous" : call.userName, call.peer.isLoopback,
                        false};
    auth_.authenticate(std::move(presented), [this, request = std::move(request),
                                              body = std::move(call.request)](Result<Principal> who) mutable {
        if (!who) {
            reply(request, who.error());
            return;
        }
        if (auto error = objection(*who, body)) {
            reply(request, *std::move(error));
            return;
        }
        request.principal = *std::move(who);
        answer(request, std::move(body));
    });
}

void ApiService::answer(const Request &request, ApiRequest body)
{
    const std::string &userId = request.principal.userId;
    const auto done = [this, request](const Status &status) {
        if (status)
            reply(request, ApiBody(DoneBody{}));
        else
            reply(request, status.error());
    };
    std::visit(
        Overload{
            [&](GetMetrics &get) { getMetrics(request, get.openMetrics); },
            [&](PostChat &chat) { postChat(request, std::move(chat)); },
            [&](ListThreads &list) { listThreads(request, list); },
            [&](ListMessages &list) { listMessages(request, list); },
            [&](DeleteThread &erase) {
                threads_.erase(userId, erase.threadId, [this, done](const Status &erased) {
                    if (erased)
                        chats_.messagesErased();
                    done(erased);
                });
            },
            [&](ListTasks &) {
                RowsBody rows{wire::Topic::Tasks, {}};
                rows.rows.tasks = live_.tasks();
                std::erase_if(rows.rows.tasks, [&](const wire::TaskRow &row) { return row.userId != userId; });
                reply(request, ApiBody(std::move(rows)));
            },
            [&](PostCancel &cancel) { done(chats_.cancelTask(userId, cancel.taskId)); },
            [&](PostFeedback &feedback) { chats_.saveFeedback(request.principal, std::move(feedback.feedback), done); },
            [&](PostTicket &) { postTicket(request); },
            [&](GetRows &get) { getRows(request, get.topic); },
            [&](GetAudit &get) {
                admin_.readAudit(request.principal, get.target, get.beforeIndex, get.limit,
                                 [this, request](Result<AuditPage> page) {
                                     if (page)
                                         reply(request, ApiBody(AuditBody{std::move(page->rows), page->more}));
                                     else
                                         reply(request, page.error());
                                 });
            },
            [&](GetConfig &) {
                if (surroundings_.configJson)
                    reply(request, ApiBody(JsonBody{{surroundings_.configJson()}}));
                else
                    reply(request, makeError(Code::NotFound, "this server does not show its configuration"));
            },
            [&](GetTools &) {
                if (surroundings_.toolsJson)
                    reply(request, ApiBody(JsonBody{{surroundings_.toolsJson()}}));
                else
                    reply(request, makeError(Code::NotFound, "this server has no tools of other programs"));
            },
            [&](PostAction &post) {
                admin_.act(request.principal, std::move(post.action), [this, request](wire::OpsReply answer) {
                    reply(request, ApiBody(ActionBodyReply{std::move(answer)}));
                });
            },
            [&](ListModels &) {
                if (handOver(request))
                    completions_.list(request);
            },
            [&](GetModel &get) {
                if (handOver(request))
                    completions_.show(request, get.id);
            },
            [&](PostCompletion &post) {
                if (handOver(request))
                    completions_.complete(request, post);
            },
            [](GetLive &) {},
            [](GetReady &) {},
            [](GetHealth &) {},
        },
        body);
}

void ApiService::getMetrics(const Request &request, bool openMetrics)
{
    if (surroundings_.metrics)
        reply(request, ApiBody(surroundings_.metrics(openMetrics)));
    else
        reply(request, makeError(Code::NotFound, "this server keeps no metrics"));
}

// ---- turns ----------------------------------------------------------------------------------------------------

void ApiService::postChat(const Request &request, PostChat chat)
{
    ++hub_.counters.apiRequests[chat.apiVersion == 1 ? "v1 http" : "v2 http"];
    TurnRequest turn;
    turn.principal = request.principal;
    turn.sessionId = chat.sessionId;
    turn.threadId = chat.threadId;
    turn.id = chat.messageId;
    turn.message = chat.message;
    turn.hints = chat.hints;
    turn.traceparent = chat.traceparent;
    turn.tracestate = chat.tracestate;
    turn.correlationId = request.correlationId;
    turn.apiVersion = chat.apiVersion;
    turn.receivedAt = request.receivedAt;
    chats_.submit(std::move(turn), [this, request, chat = std::move(chat)](const Result<AcceptedTurn> &accepted) {
        if (!accepted)
            reply(request, accepted.error());
        else if (chat.stream)
            streamTurn(request, chat, *accepted);
        else
            answerTurn(request, chat, *accepted);
    });
}

void ApiService::answerTurn(const Request &request, const PostChat &chat, const AcceptedTurn &turn)
{
    ChatBody body;
    body.apiVersion = chat.apiVersion;
    body.sessionId = chat.sessionId;
    body.threadId = turn.conversation->id();
    body.taskId = turn.taskId;
    if (!turn.task) {
        body.completed = turn.completed.value_or(wire::AgentCompleted{});
        reply(request, ApiBody(std::move(body)));
        return;
    }
    tasks_.whenEnded(*turn.task, [this, request, body](const wire::AgentCompleted &completed) mutable {
        body.completed = completed;
        reply(request, ApiBody(std::move(body)));
    });
}

void ApiService::streamTurn(const Request &request, const PostChat &chat, const AcceptedTurn &turn)
{
    const ConnectionKey key = request.connection;
    if (open_.erase({key, request.call}) == 0)
        return; // the client went away; the turn goes on
    const std::string &userId = request.principal.userId;
    hub_.edge.send(key.edge, ApiStreamBegin{key, request.call, userId});
    if (!turn.task) {
        wire::ServerFrame frame = outbox_.frame(userId, turn.completed.value_or(wire::AgentCompleted{}));
        frame.threadId = turn.conversation->id();
        frame.requestId = chat.messageId;
        frame.taskId = turn.taskId;
        outbox_.send(key, std::move(frame));
        hub_.edge.send(key.edge, ApiStreamEnd{key, request.call});
        return;
    }
    Stream &stream =
        *streams_.insert_or_assign(key, std::make_unique<Stream>(request, userId, hub_.schedule)).first->second;
    stream.feed.onlyTask = turn.taskId;
    // The log keeps a living task whole, so whoever comes back gets all that it missed.
    std::optional<wire::Cursor> from;
    if (chat.lastEvent && chat.lastEvent->epoch == turn.epoch && chat.lastEvent->offset >= turn.offset)
        from = wire::Cursor{turn.conversation->id(), turn.epoch, chat.lastEvent->offset};
    else if (turn.isDuplicate)
        from = wire::Cursor{turn.conversation->id(), turn.epoch, turn.offset - 1};
    (void)following_.join(stream.feed, *turn.conversation, from);
    following_.pump(stream.feed);
    tasks_.whenEnded(*turn.task, [this, key, call = request.call](const wire::AgentCompleted &) {
        const auto known = streams_.find(key);
        if (known == streams_.end() || known->second->call != call)
            return;
        known->second->taskHasEnded = true;
        endIfDone(key);
    });
}

void ApiService::endIfDone(const ConnectionKey &key)
{
    const Stream &stream = *streams_.at(key);
    if (!stream.taskHasEnded || stream.feed.partIsOut || !stream.feed.catchUp.threads().empty())
        return;
    hub_.edge.send(key.edge, ApiStreamEnd{key, stream.call});
    endStream(key);
}

void ApiService::endStream(const ConnectionKey &key)
{
    const auto known = streams_.find(key);
    if (known == streams_.end())
        return;
    following_.end(known->second->feed);
    streams_.erase(known);
}

bool ApiService::drained(const ConnectionKey &key)
{
    const auto known = streams_.find(key);
    if (known == streams_.end())
        return false;
    following_.drained(known->second->feed);
    endIfDone(key);
    return true;
}

void ApiService::stalled(const ConnectionKey &key)
{
    if (!streams_.contains(key))
        return;
    outbox_.close(key, CloseCode::TooSlow, "a part of the stream was not read in time");
    endStream(key);
}

void ApiService::aborted(const ApiAborted &aborted)
{
    open_.erase({aborted.connection, aborted.call});
    completions_.aborted(aborted);
    const auto known = streams_.find(aborted.connection);
    if (known != streams_.end() && known->second->call == aborted.call)
        endStream(aborted.connection);
}

// ---- lists ----------------------------------------------------------------------------------------------------

void ApiService::listThreads(const Request &request, const ListThreads &list)
{
    hub_.store.ask(
        ListUserThreads{request.principal.userId, std::clamp<std::size_t>(list.limit, 1, kMaxPage), list.after},
        [this, request](const Result<ThreadRecords> &found) {
            if (!found) {
                reply(request, found.error());
                return;
            }
            ThreadsBody body;
            for (const ThreadRecord &record : found->threads)
                body.threads.push_back(rowOf(record));
            if (found->more && !body.threads.empty())
                body.next = body.threads.back().threadId;
            reply(request, ApiBody(std::move(body)));
        });
}

void ApiService::listMessages(const Request &request, const ListMessages &list)
{
    threads_.find(request.principal.userId, list.threadId, [this, request, list](const Result<Conversation *> &found) {
        if (!found) {
            reply(request, found.error());
            return;
        }
        hub_.store.ask(ReadMessages{list.threadId, std::clamp<std::size_t>(list.limit, 1, kMaxPage), list.before},
                       [this, request, list](Result<MessagePage> page) {
                           if (!page) {
                               reply(request, page.error());
                               return;
                           }
                           MessagesBody body;
                           body.messages = std::move(page->messages);
                           const Conversation *conversation = threads_.loaded(list.threadId);
                           if (conversation != nullptr && !list.before)
                               body.messages =
                                   messagesAsVisible(*conversation, std::move(body.messages), hub_.clock.wallMs());
                           if (page->more && !body.messages.empty())
                               body.next = body.messages.front().messageId;
                           reply(request, ApiBody(std::move(body)));
                       });
    });
}

void ApiService::getRows(const Request &request, wire::Topic topic)
{
    reply(request, ApiBody(RowsBody{topic, ops_.rows(topic)}));
}

void ApiService::postTicket(const Request &request)
{
    const auto ticket = auth_.issueTicket(request.principal, request.peer.origin);
    if (ticket)
        reply(request, ApiBody(TicketBody{ticket->text, {ticket->expiresAt}}));
    else
        reply(request, ticket.error());
}

} // namespace orchestra
