// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/record_tools.h"

#include "shared/base/clock.h"

namespace orchestra {
namespace {

using wire::JsonValue;

constexpr std::size_t kHits = 8;
constexpr std::size_t kSections = 3;
constexpr std::size_t kConversations = 15;
constexpr std::size_t kAuditRows = 12;

/// A tool that asks elsewhere: a spec and a function that answers later.
class RecordTool final : public Tool
{
public:
    using Ask = std::function<void(const RequestContext &, const JsonValue &, ToolDone)>;

    RecordTool(ToolSpec spec, Ask ask)
        : spec_(spec)
        , ask_(std::move(ask))
    {
    }

    const ToolSpec &spec() const override { return spec_; }
    void invoke(const RequestContext &caller, const JsonValue &arguments, ToolDone done) override
    {
        ask_(caller, arguments, std::move(done));
    }

private:
    const ToolSpec spec_;
    const Ask ask_;
};

/// The argument as a time; an error when it is there but no RFC 3339 stamp.
Status readTime(const JsonValue &arguments, std::string_view member, std::optional<WallMs> &at)
{
    const std::string_view text = arguments.textOf(member);
    WallMs ms = 0;
    if (text.empty())
        return Ok{};
    if (!parseTimestamp(text, ms))
        return Error{Code::Invalid, "This is not an RFC 3339 time.", false, "/" + std::string(member)};
    at = ms;
    return Ok{};
}

void searchHistory(StorePort &store, const RequestContext &caller, const JsonValue &arguments, const ToolDone &done)
{
    SearchMessages search;
    search.userId = caller.principal.userId;
    search.query = arguments.textOf("query");
    search.limit = kHits;
    if (search.query.empty())
        return done(Error{Code::Invalid, "Say what to search for.", false, "/query"});
    for (const auto &[member, at] : {std::pair{"from", &search.from}, {"to", &search.to}}) {
        if (const Status status = readTime(arguments, member, *at); !status)
            return done(status.error());
    }
    store.ask(std::move(search), [done](Result<SearchHits> found) {
        if (!found)
            return done(found.error());
        ToolOutcome out;
        out.hits = std::move(found->hits);
        out.total = out.hits.size();
        done(std::move(out));
    });
}

void listConversations(StorePort &store, const RequestContext &caller, const ToolDone &done)
{
    store.ask(ListUserThreads{caller.principal.userId, kConversations, {}}, [done](Result<ThreadRecords> found) {
        if (!found)
            return done(found.error());
        ToolOutcome out;
        out.threads = std::move(found->threads);
        out.total = out.threads.size() + (found->more ? 1 : 0);
        done(std::move(out));
    });
}

void readAudit(AdminPort &admin, const RequestContext &caller, const JsonValue &arguments, const ToolDone &done)
{
    admin.readAudit(caller.principal, std::string(arguments.textOf("target")), 0, kAuditRows,
                    [done](Result<AuditPage> found) {
                        if (!found)
                            return done(found.error());
                        ToolOutcome out;
                        out.rows.audit = std::move(found->rows);
                        out.total = out.rows.audit.size() + (found->more ? 1 : 0);
                        done(std::move(out));
                    });
}

} // namespace

void addRecordTools(ToolRegistry &registry, StorePort &store, AdminPort &admin, const DocsIndex &docs)
{
    const auto add = [&](ToolSpec spec, RecordTool::Ask ask) {
        registry.add(std::make_unique<RecordTool>(spec, std::move(ask)));
    };
    add({"search_history", "Full-text search in your own messages.",
         R"({"type":"object","properties":{"query":{"type":"string"},"from":{"type":"string","format":"date-time"},"to":{"type":"string","format":"date-time"}},"required":["query"]})"},
        [&store](const RequestContext &caller, const JsonValue &arguments, const ToolDone &done) {
            searchHistory(store, caller, arguments, done);
        });
    add({"list_conversations", "Your conversations, newest first.", R"({"type":"object","properties":{}})"},
        [&store](const RequestContext &caller, const JsonValue &, const ToolDone &done) {
            listConversations(store, caller, done);
        });
    add({"read_audit", "Who changed what, newest first.",
         R"({"type":"object","properties":{"target":{"type":"string"}}})", ToolAccess::Observers},
        [&admin](const RequestContext &caller, const JsonValue &arguments, const ToolDone &done) {
            readAudit(admin, caller, arguments, done);
        });
    add({"search_docs", "Search in this server's documentation.",
         R"({"type":"object","properties":{"query":{"type":"string"}},"required":["query"]})"},
        [&docs](const RequestContext &, const JsonValue &arguments, const ToolDone &done) {
            ToolOutcome out;
            out.docs = docs.search(arguments.textOf("query"), kSections);
            out.total = out.docs.size();
            done(std::move(out));
        });
}

} // namespace orchestra
