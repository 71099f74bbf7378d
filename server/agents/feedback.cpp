// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/feedback.h"

#include "server/agents/report.h"
#include "shared/base/text.h"

#include <algorithm>
#include <set>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kListed = 50;

} // namespace

void FeedbackDesk::load(std::function<void(Status)> done)
{
    owner_.check();
    store_.ask(LoadLabels{learned_.most(), learned_.mostOfOneUser()},
               [this, done = std::move(done)](const Result<IntentLabels> &loaded) {
                   if (!loaded)
                       return done(loaded.error());
                   learned_.clear();
                   for (const IntentLabel &label : loaded->labels)
                       learned_.learn(label);
                   done(Ok{});
               });
}

bool FeedbackDesk::isIntent(std::string_view name) const
{
    const auto intent = intentFromWireName(name);
    return intent && *intent != Intent::Unknown;
}

void FeedbackDesk::onLabel(const IntentLabel &label, const std::string &read, bool isFirst)
{
    owner_.check();
    if (isFirst)
        ++counters_.intentEvaluations[{label.intent, read == label.intent ? "correct" : "wrong"}];
    learned_.learn(label);
}

void FeedbackDesk::onErased()
{
    owner_.check();
    if (learned_.lessons().empty())
        return;
    store_.ask(LoadLabels{learned_.most(), learned_.mostOfOneUser()}, [this](const Result<IntentLabels> &loaded) {
        // What cannot be read now is forgotten with the next start at the latest.
        if (!loaded)
            return;
        std::set<MessageId> answers;
        for (const IntentLabel &label : loaded->labels)
            answers.insert(label.messageId);
        learned_.keepOnly(answers);
    });
}

void FeedbackDesk::run(const std::shared_ptr<Turn> &turn, const CommandSpec &command, const std::string &rest)
{
    owner_.check();
    turn->startAgent(kName);
    if (!mayUse(turn->context().principal, ToolAccess::Operators))
        return Report(turn).fail({Code::Forbidden, "This needs the role operator."});
    if (command.changes)
        unlearn(turn, rest);
    else
        list(turn);
}

void FeedbackDesk::list(const std::shared_ptr<Turn> &turn) const
{
    Report report(turn);
    const auto &lessons = learned_.lessons();
    if (lessons.empty()) {
        report.line("Nothing was learnt from feedback yet.");
        return report.finish();
    }
    report.line("{} learnt from feedback, newest first:", {sayCount(lessons.size(), "reading", "readings")});
    std::size_t listed = 0;
    for (auto lesson = lessons.rbegin(); lesson != lessons.rend() && listed < kListed; ++lesson, ++listed)
        report.line("- {}: {}, {} ago, for {}",
                    {toString(lesson->messageId), wireName(lesson->intent), sayAge(clock_.wallMs() - lesson->at),
                     lesson->isShared ? std::string_view("everybody") : lesson->userId});
    if (lessons.size() > listed)
        report.line("There are older ones.");
    report.finish();
}

void FeedbackDesk::unlearn(const std::shared_ptr<Turn> &turn, const std::string &rest)
{
    const bool isAll = lowerAscii(rest) == "all";
    const auto messageId = parseId<MessageId>(rest);
    if (!isAll && !messageId) {
        Report report(turn);
        report.line("Which one? /learned lists them; say for example: /unlearn MESSAGE-ID, or /unlearn all.");
        return report.finish();
    }
    turn->requireApproval(isAll ? "forget everything that was learnt from feedback"
                                : "forget what was learnt from answer " + toString(*messageId),
                          wire::RawJson{"{}"}, [this, turn, messageId](wire::ApprovalOutcome outcome) {
                              if (outcome == wire::ApprovalOutcome::Approved)
                                  return unlearnNow(turn, messageId);
                              Report report(turn);
                              report.line("Nothing was changed.");
                              report.finish();
                          });
}

void FeedbackDesk::unlearnNow(const std::shared_ptr<Turn> &turn, std::optional<MessageId> messageId)
{
    const Principal &actor = turn->context().principal;
    RevertLabels revert;
    revert.messageId = messageId;
    revert.at = clock_.wallMs();
    revert.audit.at = {revert.at};
    revert.audit.actor = actor.userId;
    revert.audit.role = wireNames(actor.role)[static_cast<std::size_t>(actor.role)];
    revert.audit.action = "unlearn";
    revert.audit.target = messageId ? "answer:" + toString(*messageId) : std::string("everything learnt");
    revert.audit.before = "learnt";
    revert.audit.after = "forgotten";
    revert.audit.reason = "confirmed in chat";
    revert.audit.result = "ok";
    revert.audit.requestId = turn->context().requestId;
    store_.ask(std::move(revert), [this, turn](const Result<std::uint64_t> &reverted) {
        if (!reverted) {
            if (turn->isAlive())
                Report(turn).fail(reverted.error());
            return;
        }
        ++counters_.audits;
        load([turn, count = *reverted](const Status &loaded) {
            if (!turn->isAlive())
                return;
            if (!loaded)
                return Report(turn).fail(loaded.error());
            Report report(turn);
            report.line("Done: {} taken back.", {sayCount(count, "reading was", "readings were")});
            report.finish();
        });
    });
}

} // namespace orchestra
