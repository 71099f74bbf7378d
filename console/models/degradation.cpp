// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/degradation.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::array<std::chrono::minutes, 3> kTerms = {std::chrono::minutes(15), std::chrono::hours(1),
                                                        std::chrono::hours(4)};

QString inputsOf(const wire::DegradationRow &row)
{
    QStringList parts;
    for (const wire::DegradationInput &input : row.inputs) {
        const QString name = texts::line(input.name).replace(QLatin1Char('_'), QLatin1Char(' '));
        parts << (input.load ? Degradation::tr("%1 %2 %").arg(name, texts::number(*input.load * 100, 0))
                             : Degradation::tr("%1 not measured").arg(name));
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

Degradation::Degradation(QObject *parent)
    : QObject(parent)
    , pinAction_(tr("Pin…"), 3, this)
    , releaseAction_(tr("Release the pin…"), 2, this)
{
    refreshActions();
}

QStringList Degradation::levels() const
{
    return {tr("Normal"), tr("Reduced"), tr("Constrained"), tr("Essential"), tr("Maintenance")};
}

QStringList Degradation::terms() const
{
    return {tr("15 min"), tr("1 h"), tr("4 h")};
}

std::chrono::seconds Degradation::termLength() const
{
    return kTerms[static_cast<std::size_t>(term_)];
}

void Degradation::setWanted(int level)
{
    wanted_ = std::clamp(level, 1, static_cast<int>(levels().size()));
    refreshActions();
    Q_EMIT choiceChanged();
}

void Degradation::setTerm(int term)
{
    term_ = std::clamp(term, 0, static_cast<int>(kTerms.size()) - 1);
    refreshActions();
    Q_EMIT choiceChanged();
}

void Degradation::setActionReason(const QString &reason)
{
    actionReason_ = reason;
    refreshActions();
}

void Degradation::take(const wire::DegradationRow *row, WallMs now, int utcOffsetSeconds)
{
    row_ = row ? std::optional(*row) : std::nullopt;
    const int last = static_cast<int>(levels().size());
    level_ = row ? std::min(static_cast<int>(std::min<std::uint64_t>(row->level, 100)) + 1, last) : 0;
    for (QString *text : {&note_, &cause_, &pin_, &shed_, &inputs_})
        text->clear();
    if (row) {
        note_ = tr("level %1 of %2").arg(level_ - 1).arg(last - 1); // as the server and its log count them
        if (row->level > 0 || row->pinned) // that nothing is switched off is said below
            cause_ = tr("For %1: %2").arg(texts::age(now - row->since.ms), texts::line(row->cause));
        if (row->pinned) {
            const int automatic = std::clamp(static_cast<int>(row->automaticLevel.value_or(0)), 0, last - 1);
            pin_ = tr("Pinned by %1 until %2; what is measured says %3")
                       .arg(texts::line(row->actor.value_or(std::string())),
                            row->pinnedUntil ? texts::clock(row->pinnedUntil->ms, utcOffsetSeconds) : texts::kUnknown,
                            levels()[automatic]);
        }
        QStringList shed;
        for (const std::string &feature : row->shed)
            shed << texts::line(feature);
        shed_ = shed.isEmpty() ? tr("Nothing is shed") : tr("Shed now: %1").arg(shed.join(QStringLiteral(", ")));
        inputs_ = inputsOf(*row);
    }
    refreshActions();
    Q_EMIT changed();
}

void Degradation::refreshActions()
{
    pinAction_.setTitle(tr("Pin %1 for %2…").arg(levels()[wanted_ - 1], terms()[term_]));
    const QString unknown = tr("The level is not known yet");
    pinAction_.setReason(row_ ? actionReason_ : unknown);
    releaseAction_.setReason(!row_ ? unknown : row_->pinned ? actionReason_ : tr("Nothing is pinned"));
}

} // namespace orchestra
