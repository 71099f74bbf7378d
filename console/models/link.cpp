// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/link.h"

#include "console/models/texts.h"
#include "shared/wire/close_code.h"

namespace orchestra {
namespace {

Link::Environment environmentOf(const std::string &word)
{
    const QString lower = QString::fromStdString(word).toLower();
    if (lower.startsWith(QLatin1String("prod")))
        return Link::Production;
    return lower.startsWith(QLatin1String("stag")) ? Link::Staging : Link::Development;
}

} // namespace

Link::Link(OpsClient &client, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , clock_(clock)
{
    connect(&client_, &OpsClient::linkChanged, this, &Link::changed);
    connect(&client_, &OpsClient::welcomed, this, &Link::changed);
}

int Link::status() const
{
    switch (phase()) {
    case Live:
        return Health::Ok;
    case Stale:
        return Health::Warn;
    case Lost:
    case Denied:
        return Health::Bad;
    case Connecting:
    case Syncing:
        return Health::Pending;
    default:
        return Health::Idle;
    }
}

QString Link::word() const
{
    switch (phase()) {
    case Connecting:
        return tr("Connecting");
    case Syncing:
        return tr("Loading");
    case Live:
        return tr("Live");
    case Stale:
        return tr("Stale");
    case Lost:
        return tr("Lost");
    case Denied:
        return tr("Refused");
    default:
        return tr("No server");
    }
}

QString Link::awayText() const
{
    return texts::age(clock_.wallMs() - client_.lastFrameAt());
}

QString Link::ageText() const
{
    const LinkState &link = client_.link();
    switch (phase()) {
    case Connecting:
        return link.attempt() > 1 ? tr("attempt %1").arg(link.attempt()) : QString();
    case Live:
    case Stale:
        return texts::age(std::chrono::duration_cast<std::chrono::milliseconds>(link.sinceFrame()).count());
    case Lost:
        return tr("retry in %1")
            .arg(texts::age(std::chrono::ceil<std::chrono::seconds>(link.untilRetry()).count() * 1000));
    case Denied:
        return QString::number(link.closeCode());
    default:
        return {};
    }
}

void Link::setProfile(const QString &name, Environment environment)
{
    profileName_ = name;
    profileEnvironment_ = environment;
    Q_EMIT changed();
}

QString Link::serverName() const
{
    if (client_.welcome() && !client_.welcome()->serverName.empty())
        return texts::line(client_.welcome()->serverName);
    return profileName_.isEmpty() ? client_.endpoint().name() : profileName_;
}

int Link::environment() const
{
    return client_.welcome() && !client_.welcome()->environment.empty() ? environmentOf(client_.welcome()->environment)
                                                                        : profileEnvironment_;
}

QString Link::environmentText() const
{
    if (client_.welcome() && !client_.welcome()->environment.empty())
        return texts::line(client_.welcome()->environment);
    switch (profileEnvironment_) {
    case Production:
        return tr("prod");
    case Staging:
        return tr("staging");
    default:
        return tr("dev");
    }
}

QString Link::asOfText() const
{
    return hasData() ? texts::clock(client_.lastFrameAt(), utcOffsetSeconds_) : QString();
}

QString Link::bannerText() const
{
    if (phase() == Denied)
        return tr("The server refused the link. What is here can be read, filtered and exported.");
    if (phase() == Lost || phase() == Connecting)
        return hasData() ? tr("Lost %1 ago. You can read, filter and export what is here; actions wait for the link.")
                               .arg(awayText())
                         : tr("No link to %1.").arg(serverName());
    if (phase() == Stale)
        return tr("Nothing was heard for %1; actions wait for the link.").arg(awayText());
    return {};
}

QString Link::whyText() const
{
    const LinkState &link = client_.link();
    if (link.closeCode() == 0)
        return {};
    const auto meaning = closeCodeMeaning(link.closeCode());
    QStringList lines{tr("Close code %1").arg(link.closeCode())};
    if (!meaning.empty())
        lines << texts::line(meaning);
    if (!link.closeReason().empty())
        lines << texts::line(link.closeReason());
    return lines.join(QLatin1Char('\n'));
}

} // namespace orchestra
