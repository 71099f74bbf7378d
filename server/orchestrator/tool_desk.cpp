// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/tool_desk.h"

#include "server/orchestrator/guarded_tool_run.h"
#include "server/orchestrator/tool_difference.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr const char *kSelf = "orchestrad";

std::string fullName(const OfferedTool &offer)
{
    return offer.server + "/" + offer.tool.name;
}

ToolPin pinOf(const OfferedTool &offer, WallMs at, std::string by)
{
    return {offer.server, offer.tool.name, offer.tool.digest, offer.tool.definition.text, at, std::move(by)};
}

} // namespace

ToolDesk::ToolDesk(const Hub &hub, BreakerBoard &board, ToolPort &port, ToolPolicy policy)
    : hub_(hub)
    , board_(board)
    , port_(port)
    , policy_(std::move(policy))
    , loading_(hub.schedule)
{
    port_.onListChanged([this](const std::string &name) {
        for (const auto &server : servers_) {
            // Not at once: a server may say so as often as it likes. And once until the next look: by saying it
            // again and again it must not put that off.
            if (server->settings.name == name && !std::exchange(server->isHurried, true) && server->next.isRunning())
                server->next.start(kMostOften, [this, &server = *server] { look(server); });
        }
    });
}

ToolDesk::~ToolDesk()
{
    port_.onListChanged({});
    for (GuardedToolRun *run : std::exchange(runs_, {}))
        run->abandon();
}

void ToolDesk::start(std::vector<ToolServerSettings> servers)
{
    BreakerPolicy breaker = policy_.breaker;
    breaker.callTimeout = policy_.limits.total;
    breaker.longestHalfOpen = std::max<std::chrono::milliseconds>(std::chrono::seconds(30), policy_.limits.total);
    for (const ToolServerSettings &settings : servers) {
        auto server = std::make_unique<Server>(settings, hub_.schedule);
        server->troubledSince = hub_.clock.wallMs();
        server->guard = std::make_unique<ToolGuard>(board_, "tools:" + settings.name, breaker, policy_.concurrency,
                                                    policy_.waiting, policy_.retries);
        if (const auto audience = policy_.audiences.find(settings.name); audience != policy_.audiences.end())
            server->audience = audience->second;
        servers_.push_back(std::move(server));
    }
    if (servers_.empty())
        return;
    port_.setServers(std::move(servers), policy_.limits);
    loadPins();
}

/// Without what was accepted nothing can be offered: it is asked for until it is there.
void ToolDesk::loadPins()
{
    hub_.store.ask(LoadToolPins{}, [this](const Result<ToolPins> &loaded) {
        if (!loaded)
            return loading_.start(std::chrono::seconds(2), [this] { loadPins(); });
        acceptance_.load(loaded->pins);
        for (const auto &server : servers_)
            look(*server);
    });
}

void ToolDesk::look(Server &server)
{
    server.next.stop();
    server.isHurried = false;
    port_.list(server.settings.name, [this, &server](Result<ToolList> list) { take(server, std::move(list)); });
}

void ToolDesk::take(Server &server, Result<ToolList> list)
{
    std::chrono::milliseconds pause = policy_.refresh;
    if (list) {
        if (server.trouble)
            hub_.log.write({LogLevel::Info,
                            "tools.listed",
                            "a server of tools answers",
                            "orchestrator",
                            {},
                            {{"server", server.settings.name},
                             {"protocol", list->protocol},
                             {"product", list->product},
                             {"tools", std::to_string(list->tools.size())}}});
        server.trouble.reset();
        server.list = *std::move(list);
        pause = std::clamp<std::chrono::milliseconds>(server.list.freshFor.value_or(pause), kMostOften,
                                                      std::max<std::chrono::milliseconds>(pause, kMostOften));
        judge(server);
    } else {
        if (!server.trouble)
            server.troubledSince = hub_.clock.wallMs();
        if (!server.trouble || server.trouble->message != list.error().message)
            hub_.log.write({LogLevel::Warn,
                            "tools.not_listed",
                            "a server of tools does not say what it offers",
                            "orchestrator",
                            {},
                            {{"server", server.settings.name}, {"reason", list.error().message}}});
        server.trouble = list.error();
        pause = kTroubledEvery;
    }
    if (server.isHurried)
        pause = std::min<std::chrono::milliseconds>(pause, kMostOften);
    server.guard->breaker().healthProbe(!server.trouble || !server.trouble->retryable);
    server.next.start(pause, [this, &server] { look(server); });
    publish();
}

/// Says of each tool where it stands.
void ToolDesk::judge(Server &server)
{
    server.tools.clear();
    for (const RemoteTool &tool : server.list.tools) {
        ToolState state;
        state.offer = {.name = toolName(server.settings.name, tool.name),
                       .server = server.settings.name,
                       .tool = tool,
                       .audience = server.audience,
                       .needsConsent = policy_.isConsentAlwaysNeeded || !tool.isReadOnly};
        state.standing =
            acceptance_.isAccepted(server.settings.name, tool) ? ToolStanding::Offered : ToolStanding::Waiting;
        if (const ToolPin *pin = acceptance_.find(server.settings.name, tool.name)) {
            state.acceptedDigest = pin->digest;
            state.acceptedDefinition.text = pin->definition;
            if (state.standing == ToolStanding::Waiting)
                state.differences = toolDifferences(pin->definition, tool.definition.text);
        }
        server.tools.push_back(std::move(state));
    }
    // What an operator has written into the configuration needs no second word.
    const bool isOwn = server.settings.kind == ToolServerKind::N8n;
    if (isOwn || (policy_.trust == ToolTrust::FirstLook && acceptance_.isNew(server.settings.name)))
        return pinAll(server);
    acceptance_.keepNoticed(server.settings.name, server.list.tools);
    for (const ToolState &tool : server.tools) {
        if (tool.standing == ToolStanding::Waiting && mayReport(server) &&
            acceptance_.isNews(server.settings.name, tool.offer.tool, hub_.clock.wallMs())) {
            ++server.reports;
            report(server, tool);
        }
    }
}

bool ToolDesk::mayReport(Server &server) const
{
    if (const MonotonicTime now = hub_.clock.now(); now - server.reportsSince >= kReportsIn) {
        server.reportsSince = now;
        server.reports = 0;
    }
    return server.reports < policy_.limits.toolsPerServer;
}

void ToolDesk::pinAll(Server &server)
{
    std::vector<ToolPin> pins;
    for (const ToolState &tool : server.tools) {
        if (tool.standing == ToolStanding::Waiting)
            pins.push_back(pinOf(tool.offer, hub_.clock.wallMs(), kSelf));
    }
    if (pins.empty())
        return;
    wire::AuditRow audit;
    audit.at = {hub_.clock.wallMs()};
    audit.actor = kSelf;
    audit.role = "server";
    audit.action = "pin_tools";
    audit.target = "tools:" + server.settings.name;
    audit.before = "none";
    audit.after = std::to_string(pins.size()) + " tools";
    audit.reason = "first look at what the server offers";
    audit.result = "ok";
    // Offered once that is durable; should it fail, the next look tries again.
    hub_.store.ask(SaveToolPins{pins, std::move(audit)}, [this, &server, pins](const Status &saved) {
        if (!saved)
            return;
        ++hub_.counters.audits;
        for (const ToolPin &pin : pins)
            acceptance_.accept(pin);
        judge(server);
        publish();
    });
}

void ToolDesk::report(const Server &server, const ToolState &tool)
{
    const bool wasKnown = !tool.acceptedDigest.empty();
    hub_.log.write({LogLevel::Warn,
                    wasKnown ? "tools.changed" : "tools.new",
                    "a tool is not what was accepted and waits for an operator",
                    "orchestrator",
                    {},
                    {{"server", server.settings.name}, {"tool", tool.offer.tool.name}}});
    wire::AuditRow audit;
    audit.at = {hub_.clock.wallMs()};
    audit.actor = kSelf;
    audit.role = "server";
    audit.action = wasKnown ? "tool_changed" : "tool_appeared";
    audit.target = "tool:" + fullName(tool.offer);
    audit.before = wasKnown ? tool.acceptedDigest : "none";
    audit.after = tool.offer.tool.digest;
    audit.reason = "its server describes it so";
    audit.result = "waiting";
    hub_.store.ask(AppendAudit{std::move(audit)}, [this](const Result<std::uint64_t> &index) {
        if (index)
            ++hub_.counters.audits;
    });
}

void ToolDesk::allow(bool isAllowed)
{
    isAllowed_ = isAllowed;
    publish();
}

void ToolDesk::publish()
{
    if (stateChanged_)
        stateChanged_();
    std::vector<OfferedTool> now;
    for (const auto &server : servers_) {
        for (const ToolState &tool : server->tools) {
            if (isAllowed_ && !server->trouble && tool.standing == ToolStanding::Offered)
                now.push_back(tool.offer);
        }
    }
    const auto isSame = [](const OfferedTool &a, const OfferedTool &b) {
        return a.name == b.name && a.tool.digest == b.tool.digest;
    };
    if (std::ranges::equal(now, offers_, isSame))
        return;
    offers_ = std::move(now);
    if (changed_)
        changed_();
}

void ToolDesk::measured(const std::string &name, const ToolEnd &end)
{
    constexpr double kSmoothing = 0.2;
    Figures &figures = figures_[name];
    const double ms = std::chrono::duration<double, std::milli>(end.total).count();
    figures.ms = figures.calls == 0 ? ms : figures.ms + kSmoothing * (ms - figures.ms);
    ++figures.calls;
    figures.failures += !end.outcome || end.outcome->isFailure ? 1 : 0;
    if (stateChanged_)
        stateChanged_();
}

// ---- what others see ------------------------------------------------------------------------------------------

std::vector<OfferedTool> ToolDesk::offers() const
{
    return offers_;
}

std::vector<ToolServerState> ToolDesk::servers() const
{
    std::vector<ToolServerState> out;
    for (const auto &server : servers_)
        out.push_back({.name = server->settings.name,
                       .kind = server->settings.kind,
                       .protocol = server->list.protocol,
                       .product = server->list.product,
                       .breaker = server->guard->breaker().name(),
                       .trouble = server->trouble,
                       .tools = server->tools,
                       .refused = server->list.refused,
                       .inFlight = server->guard->concurrency().inFlight()});
    return out;
}

const ToolDesk::Server *ToolDesk::serverOf(const std::string &name, const ToolState *&tool) const
{
    for (const auto &server : servers_) {
        for (const ToolState &state : server->tools) {
            if (fullName(state.offer) == name) {
                tool = &state;
                return server.get();
            }
        }
    }
    return nullptr;
}

std::optional<ToolState> ToolDesk::find(const std::string &name) const
{
    const ToolState *tool = nullptr;
    return serverOf(name, tool) == nullptr ? std::nullopt : std::optional(*tool);
}

Status ToolDesk::accept(const std::string &name, const std::string &digest, const std::string &actor)
{
    const ToolState *tool = nullptr;
    if (serverOf(name, tool) == nullptr)
        return makeError(Code::NotFound, "no server of tools offers this one");
    if (tool->offer.tool.digest != digest)
        return makeError(Code::StaleRevision, "the tool describes itself differently now: look at it again");
    const ToolPin pin = pinOf(tool->offer, hub_.clock.wallMs(), actor);
    acceptance_.accept(pin);
    for (const auto &server : servers_) {
        if (server->settings.name == pin.server)
            judge(*server);
    }
    publish();
    hub_.store.ask(SaveToolPins{{pin}, {}}, [this, name](const Status &saved) {
        if (!saved)
            hub_.log.write({LogLevel::Error,
                            "tools.not_pinned",
                            "an accepted tool could not be stored and will have to be accepted again",
                            "orchestrator",
                            {},
                            {{"tool", name}, {"reason", saved.error().message}}});
    });
    return Ok{};
}

std::unique_ptr<ToolRun> ToolDesk::call(const std::string &name, const std::string &digest, wire::RawJson arguments,
                                        const RequestContext &caller, ToolListener &listener)
{
    return std::make_unique<GuardedToolRun>(*this, name, digest, std::move(arguments), caller, listener);
}

} // namespace orchestra
