// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/docs_index.h"
#include "server/core/identity.h"
#include "server/core/live_state.h"
#include "server/core/turn.h"
#include "shared/wire/json_value.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// Who may call a tool.
enum class ToolAccess : std::uint8_t {
    Everybody, ///< sees only what belongs to the caller
    Observers, ///< viewer and above, and testers
    Operators,
};

/// "docs/operations.md:12, Operations > Storage".
std::string citation(const DocsHit &hit);

bool mayUse(const Principal &caller, ToolAccess access);
/// "viewer or tester", for messages.
std::string_view roleWords(ToolAccess access);

/// What a tool is, for help, for models and for the approval of changes.
struct ToolSpec
{
    std::string_view name;
    std::string_view description;
    std::string_view parameters; ///< JSON Schema of the arguments
    ToolAccess access = ToolAccess::Everybody;
    bool changes = false;           ///< changes something: needs a confirmation
    std::string_view question = {}; ///< what the user is asked to confirm; empty: the description
};

/// Statistics of one series over a time range.
struct MetricSummary
{
    std::string name;
    std::optional<double> latest;
    std::optional<double> mean;
    std::optional<double> least;
    std::optional<double> most;
    std::uint64_t points = 0; ///< with data
};

/// What a tool found, typed; members that do not apply are empty.
struct ToolOutcome
{
    wire::Rows rows;
    std::uint64_t total = 0; ///< rows there are; `rows` may hold fewer
    std::vector<MetricSummary> metrics;
    std::vector<SearchHit> hits;
    std::vector<ThreadRecord> threads;
    std::vector<DocsHit> docs;
    std::optional<wire::OpsReply> reply; ///< of a tool that changes something
    std::optional<wire::RawJson> said;   ///< of a tool of another program; nothing else is set then
    bool isFailure = false;              ///< the tool itself says that it failed

    /// As one JSON object, cut to a few dozen rows: the result that users, operators and models see.
    wire::RawJson toJson() const;
};

using ToolDone = std::function<void(Result<ToolOutcome>)>;
/// How far a call is, in a few words.
using ToolProgressed = std::function<void(const std::string &words)>;

/// A capability with typed arguments. Lives on: hub.
class Tool
{
public:
    virtual ~Tool() = default;
    virtual const ToolSpec &spec() const = 0;
    /// `arguments` is an object. `done` is called once, at once or later, on the hub. The caller's access has been
    /// checked; what the caller may see of the rows is the tool's to respect.
    virtual void invoke(const RequestContext &caller, const wire::JsonValue &arguments, ToolDone done) = 0;
    /// The same, tells how far it is, and gives what breaks it off without a word: nothing where it is too short for
    /// that.
    virtual std::function<void()> start(const RequestContext &caller, const wire::JsonValue &arguments,
                                        ToolProgressed progressed, ToolDone done)
    {
        static_cast<void>(progressed);
        invoke(caller, arguments, std::move(done));
        return {};
    }
};

/// One call of a tool in a turn, and the only maker of ToolText.
class ToolCall
{
public:
    ToolCall(std::shared_ptr<Turn> turn, std::string_view tool, wire::RawJson arguments);
    void fail(const Error &error);
    void progress(const std::string &words) const { turn_->progressTool(id_, words); }
    /// It has worked and says by itself whether it succeeded.
    void report(bool ok, wire::RawJson result) { turn_->finishTool(id_, ok, std::move(result)); }
    /// `text` must be what the tool returned, verbatim.
    ToolText quote(std::string text) const { return ToolText(std::move(text), id_); }

private:
    std::shared_ptr<Turn> turn_;
    std::string id_;
};

/// All tools by name. Lives on: hub.
class ToolRegistry
{
public:
    /// Aborts on a name that is taken.
    void add(std::unique_ptr<Tool> tool);
    /// Replaces the tools of other programs, which come and go. One whose name is taken is left out.
    void setRemote(std::vector<std::shared_ptr<Tool>> tools);
    const Tool *find(std::string_view name) const;
    /// Valid until the next setRemote().
    std::vector<const ToolSpec *> specs() const;
    /// Without those of other programs.
    std::vector<const ToolSpec *> ownSpecs() const;

    using CallDone = std::function<void(Result<ToolOutcome>, const ToolCall &)>;
    /// Checks access, announces the call in the turn, runs it and announces its end.
    /// Errors: NotFound, Forbidden (the needed role is in the message), and the tool's own.
    /// Gives what breaks the call off without a word; may be empty.
    std::function<void()> call(const std::shared_ptr<Turn> &turn, std::string_view name,
                               const wire::JsonValue &arguments, CallDone done) const;

private:
    std::shared_ptr<Tool> named(std::string_view name) const;

    std::vector<std::shared_ptr<Tool>> tools_;
    std::vector<std::shared_ptr<Tool>> remote_;
};

} // namespace orchestra
