// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/console.h"

#include "console/app/palette_sources.h"
#include "console/link/credential.h"
#include "console/models/texts.h"
#include "shared/wire/close_code.h"

#include <QClipboard>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>
#include <QSysInfo>
#include <QTimeZone>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kChangeEvery{250};

} // namespace

Console::Console(const Clock &clock, RandomSource &random, Options options)
    : clock_(clock)
    , options_(std::move(options))
    , client_(clock, random)
    , preferences_(options_.directory + QStringLiteral("/console.ini"), this)
    , range_(clock, this)
    , feed_(client_, range_, this)
    , link_(client_, clock, this)
    , access_(client_, clock, this)
    , overview_(client_, feed_, range_, clock, this)
    , connections_(client_, range_, clock, this)
    , chat_(clock, random, this)
    , others_(client_, *chat_.conversations(), this)
    , servers_(preferences_, options_.directory, clock, random, this)
    , keymap_(preferences_, this)
    , actions_(client_, access_, clock, this)
{
    joinLink();
    joinActions();
    joinPalette();
    applyZone();
    connect(&chat_, &ChatTester::activeChanged, this, [this] { others_.setActive(chat_.isActive()); });
    loadSavedFilters();
    chat_.setSaved(preferences_.list(QStringLiteral("saved_messages")));
    connect(&chat_, &ChatTester::savedChanged, this,
            [this] { preferences_.setList(QStringLiteral("saved_messages"), chat_.saved()); });
    connect(&preferences_, &Preferences::changed, this, &Console::applyZone);
    changeTimer_.setSingleShot(true);
    changeTimer_.setInterval(kChangeEvery);
    connect(&changeTimer_, &QTimer::timeout, this, &Console::changed);
    ticker_.setInterval(std::chrono::seconds(1));
    connect(&ticker_, &QTimer::timeout, this, &Console::tick);
    ticker_.start();
}

void Console::joinLink()
{
    wire::Subscribe overview;
    overview.topic = wire::Topic::Overview;
    client_.subscribe(std::move(overview));
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (change.topic == wire::Topic::Overview)
            whenOverviewChanged();
        if (!changeTimer_.isActive())
            changeTimer_.start();
    });
    connect(&client_, &OpsClient::linkChanged, this, [this] {
        const LinkState &link = client_.link();
        if (link.phase() == LinkPhase::Lost || link.phase() == LinkPhase::Denied)
            lastError_ = link.closeReason().empty() ? texts::line(closeCodeMeaning(link.closeCode()))
                                                    : texts::line(link.closeReason());
        connections_.setActionReason(access_.refusal());
        Q_EMIT changed();
    });
    connect(&client_, &OpsClient::malformed, this, [this](const QString &why) { lastError_ = why; });
    connect(&client_, &OpsClient::welcomed, this, [this] {
        lastError_.clear();
        navigation_.setServer(link_.serverName());
        const ServerProfile *profile = servers_.current();
        const auto credential = findCredential(client_.endpoint(), profile ? servers_.tokenOf(profile->key) : QString(),
                                               options_.tokenFile);
        chat_.setServer(client_.endpoint(), credential ? credential->token : QString(),
                        profile ? profile->pin : QString(), access_.user());
    });
    connect(&access_, &Access::changed, this, [this] { connections_.setActionReason(access_.refusal()); });
    connect(&servers_, &ServersModel::used, this, &Console::use);
    connect(&servers_, &ServersModel::forgotten, this,
            [this](const QString &name) { actions_.tell(tr("%1 is forgotten").arg(name)); });
    connect(&navigation_, &Navigation::linkWanted, this, &Console::copy);
    connect(&navigation_, &Navigation::rangeWanted, &range_, &ViewRange::setWord);
    const auto nameRange = [this] { navigation_.setRange(range_.word()); };
    connect(&range_, &ViewRange::presetChanged, this, nameRange);
    nameRange();
    connect(&navigation_, &Navigation::placeOpened, this, [this](const Navigation::Place &place) {
        if (place.screen != Navigation::Connections)
            return;
        if (!place.filter.isEmpty())
            connections_.filter()->apply(place.filter);
        if (!place.key.isEmpty())
            connections_.setCurrentKey(place.key);
    });
    connect(&connections_, &KeyedTable::copyWanted, this, &Console::copy);
    connect(&connections_, &KeyedTable::exportWanted, this, [this] {
        const QString file = exportFile(QStringLiteral("connections"), QStringLiteral("csv"));
        tellOfExport(file, connections_.exportCsv(QUrl::fromLocalFile(file)));
    });
    connect(chat_.frames(), &FramesModel::exportWanted, this, [this] {
        const QString file = exportFile(QStringLiteral("frames"), QStringLiteral("jsonl"));
        tellOfExport(file, chat_.frames()->exportJsonl(QUrl::fromLocalFile(file)));
    });
    connect(&connections_, &KeyedTable::currentChanged, this,
            [this] { navigation_.noteKey(connections_.currentKey()); });
    connect(connections_.filter(), &Filter::saved, this, [this](const QString &name, const QString &filter) {
        QStringList saved = preferences_.list(QStringLiteral("saved_filters"));
        saved.removeIf([&name](const QString &entry) { return entry.section(QLatin1Char('\n'), 0, 0) == name; });
        saved << name + QLatin1Char('\n') + filter;
        preferences_.setList(QStringLiteral("saved_filters"), saved);
        loadSavedFilters();
    });
}

QString Console::exportFile(const QString &name, const QString &suffix) const
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::DownloadLocation));
    folder.mkpath(QStringLiteral("."));
    const QString moment = QDateTime::fromMSecsSinceEpoch(clock_.wallMs()).toString(QStringLiteral("yyyyMMdd-HHmmss"));
    return folder.filePath(QStringLiteral("%1-%2.%3").arg(name, moment, suffix));
}

void Console::tellOfExport(const QString &file, bool ok)
{
    const QFileInfo info(file);
    actions_.tell(ok ? tr("Saved %1 in %2").arg(info.fileName(), info.dir().dirName())
                     : tr("Cannot write %1").arg(file),
                  ok ? Health::Ok : Health::Bad);
}

void Console::loadSavedFilters()
{
    QList<std::pair<QString, QString>> pairs;
    for (const QString &entry : preferences_.list(QStringLiteral("saved_filters")))
        pairs << std::pair(entry.section(QLatin1Char('\n'), 0, 0), entry.section(QLatin1Char('\n'), 1));
    navigation_.setSavedFilters(Navigation::Connections, pairs);
}

void Console::joinActions()
{
    connect(connections_.closeAction(), &Action::triggered, this, &Console::closeChosen);
    connect(connections_.closeUserAction(), &Action::triggered, this, &Console::closeUser);
    connect(&connections_, &ConnectionsModel::chatWanted, this, [this](const QString &user, const QString &session) {
        if (chat_.identities().contains(user)) {
            chat_.setIdentity(user);
            chat_.openSession(session);
        } else {
            // What others say is not shown: their conversations are, and how they fare.
            chat_.conversations()->setFilterText(user);
        }
        navigation_.open(Navigation::Chat, {}, {});
    });
    connect(overview_.tiles(), &TilesModel::opened, this, [this](int screen) { navigation_.open(screen, {}, {}); });
    connect(overview_.problems(), &ProblemsModel::actionWanted, this,
            [this](const QString &kind, const QString &target) {
                if (kind == QLatin1String("probe_breaker"))
                    actions_.runNow(wire::ProbeBreaker{target.toStdString()}, tr("Probe %1").arg(target));
                else if (kind == QLatin1String("open_connection"))
                    navigation_.open(Navigation::Connections, target, {});
            });
}

void Console::joinPalette()
{
    commands_.addSource(screensSource(navigation_, keymap_));
    commands_.addSource(commandsSource(*this));
    commands_.addSource(connectionsSource(client_.mirror(), navigation_));
}

void Console::start(const std::optional<Endpoint> &endpoint)
{
    if (endpoint)
        return servers_.useAddress(*endpoint);
    const QString last = preferences_.text(QStringLiteral("server"));
    for (int row = 0; row < servers_.rowCount(); ++row) {
        if (servers_.rows()[static_cast<std::size_t>(row)].key == last)
            return servers_.use(row);
    }
    servers_.useAddress(Endpoint::local());
}

void Console::use(const ServerProfile &profile)
{
    const auto endpoint = Endpoint::parse(profile.url);
    if (!endpoint)
        return actions_.tell(texts::line(endpoint.error().message), Health::Bad);
    const QString kept = servers_.tokenOf(profile.key);
    const auto credential =
        findCredential(*endpoint, options_.token.isEmpty() ? kept : options_.token, options_.tokenFile);
    if (!credential)
        actions_.tell(texts::line(credential.error().message), Health::Bad);
    link_.setProfile(profile.name, static_cast<Link::Environment>(profile.environment));
    access_.setLocks(profile.readOnly);
    client_.connectTo(*endpoint, credential ? credential->token : QString(), profile.pin);
}

const wire::OverviewRow *Console::overviewRow() const
{
    const auto &rows = client_.mirror().overview();
    return rows.empty() ? nullptr : &rows.begin()->second;
}

void Console::whenOverviewChanged()
{
    const wire::OverviewRow *row = overviewRow();
    if (!row || range_.isPaused())
        return;
    marks_.take(*row, range_.fromMs(), range_.toMs());
    int slow = 0;
    int worst = Health::Warn;
    for (const wire::ProblemRow &problem : row->problems) {
        worst = std::max(worst, static_cast<int>(Health::of(problem.severity)));
        slow += problem.action == "open_connection" ? 1 : 0;
    }
    navigation_.setProblems(Navigation::Overview, static_cast<int>(row->problems.size()), worst);
    navigation_.setProblems(Navigation::Connections, slow, Health::Warn);
    servers_.noteSession(access_.roleText(), texts::line(row->version), Health::of(row->health), tr("now"));
}

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
    if (link_.phase() == Link::Live && row)
        return Health::of(row->health);
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

void Console::copy(const QString &text)
{
    if (text.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(text);
    actions_.tell(tr("Copied"));
}

void Console::closeChosen()
{
    const QStringList keys = connections_.chosenKeys();
    wire::CloseConnections action;
    std::vector<ConfirmItem> items;
    for (const QString &key : keys) {
        const wire::ConnectionRow *row = connections_.row(key);
        const auto id = parseId<ConnectionId>(key.toStdString());
        if (!row || !id)
            continue;
        action.connectionIds.push_back(*id);
        items.push_back({Health::of(row->phase), texts::line(row->userId), key.left(8),
                         tr("%1 queued").arg(texts::bytes(row->queueBytes))});
    }
    if (items.empty())
        return;
    const int count = static_cast<int>(items.size());
    Confirmation::Question question;
    question.title = count == 1 ? tr("Close this connection?") : tr("Close %1 connections?").arg(count);
    question.effect =
        tr("Their clients get code 4007 and do not come back by themselves. Answers go on and are kept for resume.");
    question.verb = count == 1 ? tr("Close connection") : tr("Close %1 connections").arg(count);
    if (link_.environment() == Link::Production && count > 10) {
        question.risk = 3;
        question.reasonNeeded = true;
        question.typeToConfirm = link_.serverName();
    }
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(action),
                           count == 1 ? tr("Closing 1 connection") : tr("Closing %1 connections").arg(count),
                           [this, keys] { connections_.setPending(keys, tr("Closing")); });
}

void Console::closeUser()
{
    const wire::ConnectionRow *row = connections_.row(connections_.currentKey());
    if (!row)
        return;
    const QString user = texts::line(row->userId);
    wire::CloseConnections action;
    action.userId = row->userId;
    std::vector<ConfirmItem> items;
    for (const auto &[key, other] : client_.mirror().connections()) {
        if (other.userId == *action.userId)
            items.push_back(
                {Health::of(other.phase), user, QString::fromStdString(key).left(8), texts::line(other.address)});
    }
    Confirmation::Question question;
    question.title = tr("Close every connection of %1?").arg(user);
    question.effect = tr("Its clients get code 4007 and do not come back by themselves.");
    question.verb = tr("Close all of %1").arg(user);
    actions_.confirmAndRun(std::move(question), std::move(items), std::move(action),
                           tr("Closing every connection of %1").arg(user));
}

void Console::applyZone()
{
    const int offset = preferences_.utc() ? 0 : QDateTime::fromMSecsSinceEpoch(clock_.wallMs()).offsetFromUtc();
    range_.setUtcOffsetSeconds(offset);
    link_.setUtcOffsetSeconds(offset);
}

void Console::tick()
{
    applyZone(); // summer time begins and ends while we run
    const bool isLive = link_.phase() == Link::Live || link_.phase() == Link::Syncing;
    range_.tick(isLive || !link_.hasData() ? qQNaN() : static_cast<qreal>(client_.lastFrameAt()));
    feed_.tick();
    overview_.tick();
    connections_.tick();
    chat_.tick();
    Q_EMIT changed();
}

} // namespace orchestra
