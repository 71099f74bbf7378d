// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/navigation.h"

#include <QUrl>
#include <QUrlQuery>

#include <array>

namespace orchestra {
namespace {

struct ScreenWords
{
    Navigation::Screen screen;
    const char *title;
    const char *glyph;
    const char *path;
};

constexpr std::array kScreens = {
    ScreenWords{Navigation::Overview, QT_TRANSLATE_NOOP("orchestra::Navigation", "Overview"), "overview", "overview"},
    ScreenWords{Navigation::Connections, QT_TRANSLATE_NOOP("orchestra::Navigation", "Connections"), "connections",
                "connections"},
    ScreenWords{Navigation::Chat, QT_TRANSLATE_NOOP("orchestra::Navigation", "Live chat"), "chat", "chat"},
    ScreenWords{Navigation::Breakers, QT_TRANSLATE_NOOP("orchestra::Navigation", "Breakers"), "breakers", "breakers"},
    ScreenWords{Navigation::Tasks, QT_TRANSLATE_NOOP("orchestra::Navigation", "Tasks"), "tasks", "tasks"},
    ScreenWords{Navigation::Settings, QT_TRANSLATE_NOOP("orchestra::Navigation", "Settings"), "settings", "settings"},
};
constexpr std::size_t kMaxHistory = 50;

const ScreenWords *wordsOf(int screen)
{
    for (const ScreenWords &words : kScreens) {
        if (words.screen == screen)
            return &words;
    }
    return nullptr;
}

} // namespace

ScreensModel::ScreensModel(QObject *parent)
    : RowModel(
          {{"screenId", [](const ScreenEntry &entry) { return QVariant(entry.screen); }},
           {"title", [](const ScreenEntry &entry) { return QVariant(entry.title); }},
           {"glyph", [](const ScreenEntry &entry) { return QVariant(entry.glyph); }},
           {"keyText", [](const ScreenEntry &entry) { return QVariant(entry.keyText); }},
           {"problems", [](const ScreenEntry &entry) { return QVariant(entry.problems); }},
           {"problemStatus", [](const ScreenEntry &entry) { return QVariant(entry.problemStatus); }},
           {"child", [](const ScreenEntry &entry) { return QVariant(entry.isChild); }},
           {"filterText", [](const ScreenEntry &entry) { return QVariant(entry.filterText); }},
           {"current", [](const ScreenEntry &entry) { return QVariant(entry.isCurrent); }}},
          [](const ScreenEntry &entry) {
              return QString::number(entry.screen) + (entry.isChild ? QLatin1Char('/') + entry.title : QString());
          },
          parent)
{
}

Navigation::Navigation(QObject *parent)
    : QObject(parent)
{
    rebuild();
}

void Navigation::rebuild()
{
    std::vector<ScreenEntry> entries;
    for (const ScreenWords &words : kScreens) {
        ScreenEntry entry;
        entry.screen = words.screen;
        entry.title = tr(words.title);
        entry.glyph = QLatin1String(words.glyph);
        entry.keyText = QString::number(words.screen);
        const auto problems = problems_.value(words.screen);
        entry.problems = problems.first;
        entry.problemStatus = problems.second;
        entry.isCurrent = words.screen == place_.screen;
        entries.push_back(entry);
        for (const auto &[name, filter] : saved_.value(words.screen)) {
            ScreenEntry child;
            child.screen = words.screen;
            child.title = name;
            child.isChild = true;
            child.filterText = filter;
            child.isCurrent = entry.isCurrent && filter == place_.filter && !filter.isEmpty();
            entries.push_back(std::move(child));
        }
    }
    screens_.setRows(std::move(entries));
}

void Navigation::setScreen(int screen)
{
    if (screen != place_.screen)
        open(screen, {}, {});
}

void Navigation::open(int screen, const QString &key, const QString &filter)
{
    if (!wordsOf(screen))
        return;
    const Place next{screen, key, filter};
    if (!(next == place_)) {
        history_.push_back(place_);
        if (history_.size() > kMaxHistory)
            history_.erase(history_.begin());
    }
    place_ = next;
    rebuild();
    Q_EMIT screenChanged();
    Q_EMIT placeChanged();
    Q_EMIT placeOpened(place_);
}

void Navigation::openChild(int row)
{
    if (row < 0 || row >= screens_.rowCount())
        return;
    const ScreenEntry entry = screens_.rows()[static_cast<std::size_t>(row)];
    open(entry.screen, {}, entry.filterText);
}

bool Navigation::back()
{
    if (history_.empty())
        return false;
    place_ = history_.back();
    history_.pop_back();
    rebuild();
    Q_EMIT screenChanged();
    Q_EMIT placeChanged();
    Q_EMIT placeOpened(place_);
    return true;
}

QString Navigation::deepLink() const
{
    QUrl url;
    url.setScheme(QStringLiteral("orchestra"));
    url.setHost(server_);
    const ScreenWords *words = wordsOf(place_.screen);
    url.setPath(QLatin1Char('/') + QLatin1String(words ? words->path : "overview") +
                (place_.key.isEmpty() ? QString() : QLatin1Char('/') + place_.key));
    QUrlQuery query;
    if (!place_.filter.isEmpty())
        query.addQueryItem(QStringLiteral("filter"), place_.filter);
    if (!range_.isEmpty())
        query.addQueryItem(QStringLiteral("range"), range_);
    if (!query.isEmpty())
        url.setQuery(query);
    return url.toString(QUrl::FullyEncoded);
}

void Navigation::copyLink()
{
    Q_EMIT linkWanted(deepLink());
}

void Navigation::openLink(const QString &link)
{
    const QUrl url(link, QUrl::StrictMode);
    if (url.scheme() != QLatin1String("orchestra"))
        return;
    const QStringList parts = url.path().split(QLatin1Char('/'), Qt::SkipEmptyParts);
    const QUrlQuery query(url);
    for (const ScreenWords &words : kScreens) {
        if (parts.isEmpty() || parts.first() != QLatin1String(words.path))
            continue;
        if (query.hasQueryItem(QStringLiteral("range")))
            Q_EMIT rangeWanted(query.queryItemValue(QStringLiteral("range")));
        // What is named may itself have slashes, as the breaker of a model has.
        return open(words.screen, parts.mid(1).join(QLatin1Char('/')),
                    query.queryItemValue(QStringLiteral("filter"), QUrl::FullyDecoded));
    }
}

void Navigation::setServer(const QString &name)
{
    server_ = name.section(QLatin1Char(':'), 0, 0);
    Q_EMIT placeChanged();
}

void Navigation::setRange(const QString &word)
{
    range_ = word;
    Q_EMIT placeChanged();
}

void Navigation::setProblems(int screen, int count, int status)
{
    problems_[screen] = {count, status};
    rebuild();
}

void Navigation::setSavedFilters(int screen, const QList<std::pair<QString, QString>> &namesAndFilters)
{
    saved_[screen] = namesAndFilters;
    rebuild();
}

void Navigation::noteKey(const QString &key)
{
    if (place_.key == key)
        return;
    place_.key = key;
    Q_EMIT placeChanged();
}

} // namespace orchestra
