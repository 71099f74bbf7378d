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

#include <algorithm>
#include <map>

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
    , breakers_(client_, feed_, range_, clock, this)
    , tasks_(client_, range_, clock, this)
    , review_(client_, this)
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
        refreshReasons();
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
    connect(&access_, &Access::changed, this, &Console::refreshReasons);
    connect(&servers_, &ServersModel::used, this, &Console::use);
    connect(&servers_, &ServersModel::forgotten, this,
            [this](const QString &name) { actions_.tell(tr("%1 is forgotten").arg(name)); });
    connect(&navigation_, &Navigation::linkWanted, this, &Console::copy);
    connect(&navigation_, &Navigation::rangeWanted, &range_, &ViewRange::setWord);
    const auto nameRange = [this] { navigation_.setRange(range_.word()); };
    connect(&range_, &ViewRange::presetChanged, this, nameRange);
    nameRange();
    connect(&navigation_, &Navigation::placeOpened, this, [this](const Navigation::Place &place) { showPlace(place); });
    connect(&breakers_, &BreakerPanel::currentChanged, this, [this] { navigation_.noteKey(breakers_.currentKey()); });
    connect(&tasks_, &TaskPanel::currentChanged, this, [this] { navigation_.noteKey(tasks_.currentKey()); });
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

/// Turns a screen to what a link or another screen has named.
void Console::showPlace(const Navigation::Place &place)
{
    Filter *filter = place.screen == Navigation::Connections ? connections_.filter()
                     : place.screen == Navigation::Tasks     ? tasks_.filter()
                                                             : nullptr;
    if (filter && !place.filter.isEmpty())
        filter->apply(place.filter);
    if (place.key.isEmpty())
        return;
    if (place.screen == Navigation::Connections)
        connections_.setCurrentKey(place.key);
    else if (place.screen == Navigation::Breakers)
        breakers_.setCurrentKey(place.key);
    else if (place.screen == Navigation::Tasks)
        tasks_.setCurrentKey(place.key);
}

void Console::refreshReasons()
{
    const QString reason = access_.refusal();
    connections_.setActionReason(reason);
    breakers_.setActionReason(reason);
    tasks_.setActionReason(reason);
    overview_.degradation()->setActionReason(reason);
    review_.setActionReason(reason);
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
    std::map<std::string, std::pair<int, int>> byAction; // how many, and the worst
    int worst = Health::Warn;
    for (const wire::ProblemRow &problem : row->problems) {
        const int status = Health::of(problem.severity);
        worst = std::max(worst, status);
        auto &[count, ownWorst] = byAction[problem.action.value_or(std::string())];
        ++count;
        ownWorst = std::max(ownWorst, status);
    }
    navigation_.setProblems(Navigation::Overview, static_cast<int>(row->problems.size()), worst);
    navigation_.setProblems(Navigation::Connections, byAction["open_connection"].first, Health::Warn);
    navigation_.setProblems(Navigation::Breakers, byAction["probe_breaker"].first, byAction["probe_breaker"].second);
    navigation_.setProblems(Navigation::Tasks, static_cast<int>(row->tasksOverDeadline), Health::Warn);
    servers_.noteSession(access_.roleText(), texts::line(row->version), Health::of(row->health), tr("now"));
}

void Console::copy(const QString &text)
{
    if (text.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(text);
    actions_.tell(tr("Copied"));
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
    breakers_.tick();
    tasks_.tick();
    chat_.tick();
    Q_EMIT changed();
}

} // namespace orchestra
