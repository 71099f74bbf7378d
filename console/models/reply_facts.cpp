// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/reply_facts.h"

#include "console/models/texts.h"

#include <algorithm>

namespace orchestra {

std::vector<ChipLine> chipsOf(const wire::AgentCompleted &completed)
{
    std::vector<ChipLine> chips;
    const auto add = [&chips](const QString &label, const QString &value, int status = Health::None,
                              const QString &glyph = {}) {
        chips.push_back({label, value, status, false, {}, glyph});
    };
    const wire::Provenance &provenance = completed.provenance;
    if (provenance.attempt > 0) // version 1 does not say who answered
        add(ChipsModel::tr("source"), texts::word(provenance.source));
    if (provenance.model)
        add(texts::line(provenance.provider.value_or("model")), texts::line(*provenance.model));
    if (completed.usage.completionTokens > 0)
        add(completed.usage.estimated ? ChipsModel::tr("tokens, about") : ChipsModel::tr("tokens"),
            texts::count(completed.usage.completionTokens));
    if (completed.qualityScore)
        add(ChipsModel::tr("quality"), texts::number(completed.qualityScore, 2));
    for (const auto &[flag, variant] : provenance.flagVariants)
        add(texts::line(flag), texts::line(variant), Health::None, QStringLiteral("flags"));
    if (completed.degradationLevel > 0)
        add(ChipsModel::tr("level"), QString::number(completed.degradationLevel), Health::Warn);
    return chips;
}

std::vector<PhaseBar> phasesOf(const wire::Timings &timings)
{
    std::vector<PhaseBar> bars;
    qreal at = 0;
    const auto add = [&](const QString &name, qreal length, int kind) {
        if (length < 0.05) // would read "0.0 ms"
            return;
        bars.push_back({name, at, length, texts::duration(length), kind, false});
        at += length;
    };
    const qreal firstToken = timings.firstTokenMs.value_or(timings.totalMs);
    // The store says yes before the turn begins: its time is a part of the wait.
    const qreal store = std::min(timings.storeAckMs.value_or(0), timings.queuedMs);
    const qreal tools = std::min(timings.toolsMs.value_or(0), std::max(0.0, firstToken - timings.queuedMs));
    add(PhasesModel::tr("queued"), timings.queuedMs - store, PhasesModel::Wait);
    add(PhasesModel::tr("store ack"), store, PhasesModel::Wait);
    add(PhasesModel::tr("tools"), tools, PhasesModel::Store);
    add(PhasesModel::tr("first token"), firstToken - timings.queuedMs - tools, PhasesModel::Work);
    add(PhasesModel::tr("stream"), timings.totalMs - std::max(firstToken, timings.queuedMs), PhasesModel::Stream);
    return bars;
}

QString adviceFor(const wire::ErrorBody &error)
{
    const QString text = texts::line(error.message);
    return error.retryable ? TurnsModel::tr("%1 Trying again may help.").arg(text) : text;
}

} // namespace orchestra
