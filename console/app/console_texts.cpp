// SPDX-License-Identifier: GPL-3.0-or-later
// What the console says of itself and its server.
#include "console/app/console.h"

#include "console/models/texts.h"

#include <QDateTime>
#include <QSysInfo>
#include <QTimeZone>

#include <algorithm>

namespace orchestra {

QString Console::sentence() const
{
    const wire::OverviewRow *row = overviewRow();
    switch (link_.phase()) {
    case Link::Live:
    case Link::Stale:
        if (row)
            return texts::line(row->sentence);
        return link_.word();
    case Link::Lost:
        return link_.hasData() ? tr("Link lost: no frame from %1 for %2")
                                     .arg(link_.serverName(), texts::age(clock_.wallMs() - client_.lastFrameAt()))
                               : tr("No link to %1").arg(link_.serverName());
    case Link::Denied:
        return tr("%1: %2").arg(link_.word(), link_.bannerText());
    case Link::Idle:
        return tr("No server");
    default:
        return tr("%1 %2…").arg(link_.word(), link_.serverName());
    }
}

int Console::sentenceStatus() const
{
    const wire::OverviewRow *row = overviewRow();
    if (link_.phase() == Link::Live && row) {
        int worst = Health::of(row->health);
        for (const wire::ProblemRow &problem : row->problems)
            worst = std::max(worst, static_cast<int>(Health::of(problem.severity)));
        return worst;
    }
    return link_.status();
}

QStringList Console::numbers() const
{
    const wire::OverviewRow *row = overviewRow();
    if (!row)
        return {};
    QStringList out{row->clients == 1 ? tr("1 client") : tr("%1 clients").arg(texts::count(row->clients))};
    if (row->messagesInPerS)
        out << tr("%1 msg/s").arg(texts::number(row->messagesInPerS, *row->messagesInPerS < 10 ? 1 : 0));
    if (row->firstTokenP95Ms)
        out << tr("p95 %1").arg(texts::duration(*row->firstTokenP95Ms));
    return out;
}

QString Console::revisionText() const
{
    std::uint64_t revision = 0;
    for (const wire::Topic topic : {wire::Topic::Overview, wire::Topic::Connections, wire::Topic::Metrics})
        revision = std::max(revision, client_.mirror().revision(topic));
    return tr("rev %1").arg(texts::count(revision));
}

QString Console::clockText() const
{
    const QString zone =
        preferences_.utc() ? tr("UTC") : QDateTime::fromMSecsSinceEpoch(clock_.wallMs()).timeZoneAbbreviation();
    return texts::clock(clock_.wallMs(), range_.utcOffsetSeconds()) + QLatin1Char(' ') + zone;
}

QString Console::versionText() const
{
    return tr("AI Orchestra %1, Qt %2").arg(QStringLiteral(ORCHESTRA_VERSION), QString::fromLatin1(qVersion()));
}

QString Console::licencesText() const
{
    return tr(
        "GPL-3.0-or-later. Inter and JetBrains Mono: SIL Open Font License 1.1. Qt: LGPL-3.0; Qt Charts: GPL-3.0.");
}

QString Console::diagnostics() const
{
    const LinkState &link = client_.link();
    QStringList lines{
        versionText(), QSysInfo::prettyProductName(), tr("server %1").arg(client_.endpoint().name()),
        tr("link %1, attempt %2, close code %3").arg(link_.word()).arg(link.attempt()).arg(link.closeCode()),
        tr("role %1").arg(access_.roleText())};
    if (client_.welcome())
        lines << tr("server version %1").arg(texts::line(client_.welcome()->serverVersion));
    const Mirror &mirror = client_.mirror();
    for (std::size_t i = 0; i < wireNames(wire::Topic{}).size(); ++i) {
        const auto topic = static_cast<wire::Topic>(i);
        if (mirror.revision(topic) > 0)
            lines << tr("%1: revision %2, %3 rows")
                         .arg(texts::word(topic))
                         .arg(mirror.revision(topic))
                         .arg(mirror.total(topic));
    }
    if (!lastError_.isEmpty())
        lines << tr("last error: %1").arg(lastError_);
    return lines.join(QLatin1Char('\n'));
}

} // namespace orchestra
