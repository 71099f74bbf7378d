// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/audit_cli.h"

#include "server/app/cli_options.h"
#include "server/store/audit_chain.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_writer.h"

#include <charconv>
#include <optional>

namespace orchestra {
namespace {

constexpr std::string_view kUsage = "Usage: orchestrad audit verify [--anchor INDEX:HASH]\n"
                                    "       orchestrad audit export [--after INDEX]\n"
                                    "verify checks every entry against its hash and the entry before, and tells the "
                                    "last one: keep that line\n"
                                    "elsewhere and give it back as --anchor, to notice when the end was cut off.\n"
                                    "export writes one JSON object a line.\n";

/// An entry as it is exported: everything its hash is made of, and the hash.
struct ExportedEntry : wire::AuditRow
{
    std::string previousHash;
    std::string hash;
    template <class S = ExportedEntry>
    static constexpr auto fields()
    {
        return std::tuple_cat(
            wire::AuditRow::fields<S>(),
            std::tuple(wire::field(12, "previous_hash", &S::previousHash), wire::field(13, "hash", &S::hash)));
    }
};

struct Anchor
{
    std::uint64_t index = 0;
    std::string hash;
};

CommandOutcome misspelt(const std::string &what)
{
    return {2, {}, what + "\n" + std::string(kUsage)};
}

CommandOutcome failed(const Error &error)
{
    return {1, {}, error.message + "\n"};
}

std::optional<std::uint64_t> numberIn(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Result<Anchor> anchorIn(const std::string &text)
{
    const auto colon = text.find(':');
    const auto index = numberIn(std::string_view(text).substr(0, colon));
    if (!index || *index == 0 || colon == std::string::npos || text.size() - colon - 1 != 64)
        return makeError(Code::Invalid, "an anchor is what verify has told: INDEX:HASH");
    return Anchor{*index, lowerAscii(std::string_view(text).substr(colon + 1))};
}

CommandOutcome verify(const std::vector<std::string> &arguments, const std::string &dataDir)
{
    const auto options = readOptions(arguments, {"--anchor"});
    if (!options)
        return misspelt(options.error().message);
    std::optional<Anchor> anchor;
    if (options->contains("--anchor")) {
        const auto read = anchorIn(options->at("--anchor"));
        if (!read)
            return misspelt(read.error().message);
        anchor = *read;
    }
    std::string found; // the hash of the row that the anchor names
    const auto end = walkAuditOf(dataDir, [&](const AuditEntry &entry) {
        if (anchor && entry.row.index == anchor->index)
            found = hex(entry.hash);
    });
    if (!end)
        return failed(end.error());
    if (end->flaw)
        return failed(*end->flaw);
    if (anchor && found.empty())
        return {1,
                {},
                "row " + std::to_string(anchor->index) + " of the audit log is missing: it ends at row " +
                    std::to_string(end->lastIndex) + "\n"};
    if (anchor && found != anchor->hash)
        return {1, {}, "row " + std::to_string(anchor->index) + " of the audit log is not the one that was noted\n"};
    if (end->rows == 0)
        return {0, "The audit log is empty.\n", {}};
    return {0,
            std::to_string(end->rows) + (end->rows == 1 ? " entry, as it was" : " entries, all as they were") +
                " written.\nLast: " + std::to_string(end->lastIndex) + ":" + hex(end->lastHash) + "\n",
            {}};
}

CommandOutcome exportLog(const std::vector<std::string> &arguments, const std::string &dataDir,
                         const std::function<void(std::string_view)> &write)
{
    const auto options = readOptions(arguments, {"--after"});
    if (!options)
        return misspelt(options.error().message);
    const auto after =
        options->contains("--after") ? numberIn(options->at("--after")) : std::optional<std::uint64_t>(0);
    if (!after)
        return misspelt("--after takes the index of an entry");
    std::string line;
    const auto end = walkAuditOf(dataDir, [&](const AuditEntry &entry) {
        if (entry.row.index <= *after)
            return;
        line.clear();
        wire::writeJson(ExportedEntry{entry.row, hex(entry.previousHash), hex(entry.hash)}, line);
        line += '\n';
        write(line);
    });
    if (!end)
        return failed(end.error());
    return end->flaw ? failed(*end->flaw) : CommandOutcome{};
}

} // namespace

CommandOutcome runAuditCommand(const std::vector<std::string> &arguments, const std::string &dataDir,
                               const std::function<void(std::string_view)> &write)
{
    if (arguments.empty())
        return misspelt("say what to do with the audit log");
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (arguments.front() == "verify")
        return verify(rest, dataDir);
    if (arguments.front() == "export")
        return exportLog(rest, dataDir, write);
    if (arguments.front() == "--help" || arguments.front() == "-h")
        return {0, std::string(kUsage), {}};
    return misspelt("there is no audit command " + arguments.front());
}

} // namespace orchestra
