// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/memory.h"

#include "server/agents/report.h"
#include "server/agents/tokens.h"
#include "shared/base/text.h"
#include "shared/wire/json_value.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kListed = 50;
constexpr std::size_t kWords = 32;

/// The page, or nothing when the turn has ended or was failed with the store's error.
std::optional<MemoryPage> pageOrFail(const std::shared_ptr<Turn> &turn, const Result<MemoryPage> &page)
{
    if (!turn->isAlive())
        return std::nullopt;
    if (page)
        return *page;
    Report(turn).fail(page.error());
    return std::nullopt;
}

bool isOn(const Turn &turn, const MemoryPage &page)
{
    const auto &flags = turn.context().flagVariants;
    const auto flag = flags.find(Memory::kFlag);
    return page.isOn.value_or(flag != flags.end() && flag->second == "on");
}

RecallMemories recallFor(const Turn &turn, std::vector<std::string> words, std::size_t limit)
{
    return {turn.context().principal.userId, std::move(words), limit};
}

void sayLine(const std::shared_ptr<Turn> &turn, ReportTemplate form,
             std::initializer_list<std::string_view> values = {})
{
    Report report(turn);
    report.line(form, values);
    report.finish();
}

void sayMemories(Report &report, const std::vector<MemoryRecord> &memories)
{
    for (const MemoryRecord &memory : memories)
        report.line("{}. {}", {std::to_string(memory.number), memory.content});
}

std::string exported(const std::vector<MemoryRecord> &memories)
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const MemoryRecord &memory : memories) {
        wire::JsonValue item;
        item.set("number", memory.number);
        item.set("at", formatTimestamp(memory.at));
        item.set("content", memory.content);
        list.append(std::move(item));
    }
    return list.toText();
}

} // namespace

std::vector<std::string> meaningfulWords(std::string_view text)
{
    std::vector<std::string> words;
    for (const Token &token : tokenize(text)) {
        const bool isEmpty = token.kind == TokenKind::Word && (isStopWord(token.text) || token.text.size() < 2);
        if (isEmpty || words.size() == kWords || std::ranges::find(words, token.text) != words.end())
            continue;
        words.push_back(token.text);
    }
    return words;
}

void Memory::run(const std::shared_ptr<Turn> &turn, const CommandSpec &command, const std::string &rest) const
{
    owner_.check();
    turn->startAgent(kName);
    if (command.name == "remember")
        remember(turn, rest);
    else if (command.name == "recall")
        find(turn, rest);
    else if (command.name == "memories")
        list(turn, rest);
    else if (command.name == "forget")
        forget(turn, rest);
    else
        choose(turn, rest);
}

void Memory::recall(const std::shared_ptr<Turn> &turn, const std::string &text,
                    std::function<void(std::vector<MemoryRecord>)> recalled) const
{
    owner_.check();
    std::vector<std::string> words = meaningfulWords(text);
    // Without a word to look for everything would be found.
    const std::size_t limit = words.empty() ? 0 : rules_.recalled;
    store_.ask(recallFor(*turn, std::move(words), limit),
               [turn, recalled = std::move(recalled)](const Result<MemoryPage> &page) {
                   if (!turn->isAlive())
                       return;
                   // An answer without memories is better than none.
                   if (!page)
                       turn->think(kName, ReportWriter::fill("The memory cannot be read: {}", {page.error().message}));
                   recalled(page && isOn(*turn, *page) ? page->memories : std::vector<MemoryRecord>());
               });
}

void Memory::remember(const std::shared_ptr<Turn> &turn, const std::string &text) const
{
    if (text.empty())
        return sayLine(turn, "What is to be remembered? Say for example: /remember I work on the night shift.");
    if (text.size() > rules_.bytes)
        return Report(turn).fail(
            {Code::TooLarge, "A memory has at most " + std::to_string(rules_.bytes) + " bytes; nothing was kept."});
    store_.ask(recallFor(*turn, {}, 0), [this, turn, text](const Result<MemoryPage> &asked) {
        const auto page = pageOrFail(turn, asked);
        if (!page)
            return;
        if (!isOn(*turn, *page))
            return sayLine(turn, "Your memory is off, so nothing was kept. /memory on turns it on.");
        keep(turn, text);
    });
}

void Memory::keep(const std::shared_ptr<Turn> &turn, const std::string &text) const
{
    Remember request{turn->context().principal.userId, text, clock_.wallMs(), rules_.most};
    store_.ask(std::move(request), [turn](const Result<std::uint64_t> &number) {
        if (!turn->isAlive())
            return;
        if (!number)
            return Report(turn).fail(number.error());
        sayLine(turn, "Remembered as number {}. /forget {} takes it back.",
                {std::to_string(*number), std::to_string(*number)});
    });
}

void Memory::find(const std::shared_ptr<Turn> &turn, const std::string &text) const
{
    std::vector<std::string> words = meaningfulWords(text);
    if (words.empty())
        return sayLine(turn, "What is to be recalled? Say for example: /recall shift.");
    store_.ask(recallFor(*turn, std::move(words), kListed), [turn, text](const Result<MemoryPage> &found) {
        const auto page = pageOrFail(turn, found);
        if (!page)
            return;
        if (page->memories.empty())
            return sayLine(turn, "Nothing you asked me to remember matches \"{}\".", {text});
        Report report(turn);
        sayMemories(report, page->memories);
        report.finish();
    });
}

void Memory::list(const std::shared_ptr<Turn> &turn, const std::string &rest) const
{
    const bool isExport = lowerAscii(rest) == "export";
    store_.ask(
        recallFor(*turn, {}, isExport ? rules_.most : kListed), [turn, isExport](const Result<MemoryPage> &found) {
            const auto page = pageOrFail(turn, found);
            if (!page)
                return;
            if (isExport)
                return sayLine(turn, "{}", {exported(page->memories)});
            Report report(turn);
            report.line("Your memory is {}. {}.",
                        {isOn(*turn, *page) ? "on" : "off", "It holds " + sayCount(page->total, "thing", "things")});
            sayMemories(report, page->memories);
            if (page->total > page->memories.size())
                report.line("There are older ones: /memories export gives them all.");
            report.finish();
        });
}

void Memory::forget(const std::shared_ptr<Turn> &turn, const std::string &rest) const
{
    std::uint64_t number = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (!rest.empty() && read.ec == std::errc() && read.ptr == rest.data() + rest.size())
        return forgetNow(turn, number);
    if (lowerAscii(rest) != "all")
        return sayLine(turn, "Which one? /memories lists them; say for example: /forget 3, or /forget all.");
    turn->requireApproval("forget everything you asked me to remember", wire::RawJson{"{}"},
                          [this, turn](wire::ApprovalOutcome outcome) {
                              if (outcome == wire::ApprovalOutcome::Approved)
                                  return forgetNow(turn, std::nullopt);
                              sayLine(turn, "Nothing was forgotten.");
                          });
}

void Memory::forgetNow(const std::shared_ptr<Turn> &turn, std::optional<std::uint64_t> number) const
{
    store_.ask(ForgetMemories{turn->context().principal.userId, number}, [turn](const Result<std::uint64_t> &gone) {
        if (!turn->isAlive())
            return;
        if (!gone)
            return Report(turn).fail(gone.error());
        sayLine(turn, "Forgotten: {}.", {sayCount(*gone, "memory", "memories")});
    });
}

void Memory::choose(const std::shared_ptr<Turn> &turn, const std::string &rest) const
{
    const std::string word = lowerAscii(rest);
    if (word != "on" && word != "off")
        return list(turn, {});
    const bool isOn = word == "on";
    store_.ask(ChooseMemory{turn->context().principal.userId, isOn, clock_.wallMs()},
               [turn, isOn](const Result<Ok> &chosen) {
                   if (!turn->isAlive())
                       return;
                   if (!chosen)
                       return Report(turn).fail(chosen.error());
                   if (isOn)
                       return sayLine(turn, "Your memory is on: /remember keeps something, and models that answer you "
                                            "are shown what may matter.");
                   sayLine(turn, "Your memory is off: nothing new is kept and models are shown nothing. What it holds "
                                 "stays until you /forget it.");
               });
}

} // namespace orchestra
