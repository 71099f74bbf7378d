// SPDX-License-Identifier: GPL-3.0-or-later
// The console as its user has it, watching a server: what it costs and how soon it answers to keys.
// console_meter --server ADDRESS --token-file FILE --rows N --seconds S --rounds R
// Prints one line of JSON: the share of a core for each screen, and for each key the times from the key to the frame
// that shows what it did, in milliseconds. A key without its effect ends it with 1.
#include "console/app/console.h"
#include "console/app/window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <sys/resource.h>
#include <utility>
#include <vector>

using namespace orchestra;

namespace {

double cpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void live(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, &loop, &QEventLoop::quit);
    loop.exec();
}

void require(bool isTrue, const char *what)
{
    if (isTrue)
        return;
    std::fprintf(stderr, "console_meter: %s\n", what);
    std::exit(1);
}

/// Whether what a key press asked for can be seen yet.
using Effect = std::function<bool()>;

/// A key press of the script. `effect` is asked before the press, so that it can remember what was there.
struct KeyPress
{
    const char *name;
    Qt::Key key; ///< unknown: a click into the table
    Qt::KeyboardModifiers modifiers;
    std::function<Effect()> effect;
    std::function<void()> prepare = {}; ///< brings about what the key is pressed in; not timed
};

/// Through every screen and back, with what a person does there.
class Script
{
public:
    Script(Console &console, QQuickWindow &window)
        : console_(console)
        , window_(window)
    {
    }

    std::vector<KeyPress> presses()
    {
        std::vector<KeyPress> all;
        const auto add = [&all](std::vector<KeyPress> more) { std::ranges::move(more, std::back_inserter(all)); };
        add(ofTable());
        add(ofFilter());
        add(ofOverview());
        add(ofPalette());
        add(ofOtherScreens());
        return all;
    }

private:
    /// A value is another than it was.
    template <class Read>
    static std::function<Effect()> changes(Read read)
    {
        return [read]() -> Effect { return [read, before = read()] { return read() != before; }; };
    }
    template <class Read, class Value>
    static std::function<Effect()> becomes(Read read, Value value)
    {
        return [read, value]() -> Effect { return [read, value] { return read() == value; }; };
    }

    /// The screen is the one that is shown, and it shows something.
    std::function<Effect()> shows(Navigation::Screen screen)
    {
        return [this, screen]() -> Effect {
            return [this, screen] {
                const auto *page = window_.property("page").value<QQuickItem *>();
                return console_.navigation()->screen() == screen && page && page->isVisible() && page->hasActiveFocus();
            };
        };
    }
    auto isCovered()
    {
        return [this] { return window_.property("covered").toBool(); };
    }
    auto isTyping()
    {
        return [this] { return window_.property("typing").toBool(); };
    }
    auto place()
    {
        ConnectionsModel &rows = *console_.connections();
        return [&rows] { return std::pair(rows.currentKey(), rows.currentKey().isEmpty() ? rows.currentRow() : 0); };
    }
    auto marks()
    {
        ConnectionsModel &rows = *console_.connections();
        return [&rows] { return rows.markedCount(); };
    }

    std::vector<KeyPress> ofTable()
    {
        ConnectionsModel &rows = *console_.connections();
        const auto row = [&rows] { return rows.currentRow(); };
        const auto last = [&rows]() -> Effect { return [&rows] { return rows.currentRow() == rows.rowTotal() - 1; }; };
        const auto isOpen = [this] { return console_.preferences()->inspectorOpen(); };
        const auto isPaused = [this] { return console_.range()->isPaused(); };
        const auto none = [&rows] {
            rows.setCurrentKey({});
            live(std::chrono::milliseconds(100));
        };
        const auto unmarked = [&rows] {
            rows.clearMarks();
            require(QTest::qWaitFor([&rows] { return !rows.currentKey().isEmpty(); }), "the row to mark does not come");
        };
        return {
            {"Ctrl+2 connections", Qt::Key_2, Qt::ControlModifier, shows(Navigation::Connections)},
            {"F6 next pane", Qt::Key_F6, {}, changes([this] { return window_.activeFocusItem(); })},
            {"click on a row", Qt::Key_unknown, {}, changes(row), none},
            {"Down", Qt::Key_Down, {}, changes(place())},
            {"Page Down", Qt::Key_PageDown, {}, changes(place())},
            {"Page Down", Qt::Key_PageDown, {}, changes(place())},
            {"End", Qt::Key_End, {}, last},
            {"Home", Qt::Key_Home, {}, becomes(row, 0)},
            {"Space mark", Qt::Key_Space, {}, changes(marks()), unmarked},
            {"Shift+Down", Qt::Key_Down, Qt::ShiftModifier, changes(marks())},
            {"Ctrl+A mark all", Qt::Key_A, Qt::ControlModifier, changes(marks())},
            {"I inspector", Qt::Key_I, {}, changes(isOpen)},
            {"I inspector", Qt::Key_I, {}, changes(isOpen)},
            {"P pause", Qt::Key_P, {}, changes(isPaused)},
            {"P pause", Qt::Key_P, {}, changes(isPaused)},
        };
    }

    std::vector<KeyPress> ofFilter()
    {
        const auto text = [this] { return console_.connections()->filter()->text(); };
        return {
            {"/ filter", Qt::Key_Slash, {}, becomes(isTyping(), true)},
            {"u", Qt::Key_U, {}, becomes(text, QStringLiteral("u"))},
            {"s", Qt::Key_S, {}, becomes(text, QStringLiteral("us"))},
            {"e", Qt::Key_E, {}, becomes(text, QStringLiteral("use"))},
            {"r", Qt::Key_R, {}, becomes(text, QStringLiteral("user"))},
            {"Esc", Qt::Key_Escape, {}, becomes(text, QString())},
            {"Esc", Qt::Key_Escape, {}, becomes(isTyping(), false)},
        };
    }

    std::vector<KeyPress> ofOverview()
    {
        const auto preset = [this] { return console_.range()->preset(); };
        const auto faultsOnly = [this] { return console_.overview()->faultsOnly(); };
        const auto asTables = [this] { return window_.property("chartsAsTables").toBool(); };
        return {
            {"Ctrl+1 overview", Qt::Key_1, Qt::ControlModifier, shows(Navigation::Overview)},
            {"] longer", Qt::Key_BracketRight, {}, changes(preset)},
            {"[ shorter", Qt::Key_BracketLeft, {}, changes(preset)},
            {"F faults only", Qt::Key_F, {}, changes(faultsOnly)},
            {"F faults only", Qt::Key_F, {}, changes(faultsOnly)},
            {"T table", Qt::Key_T, {}, changes(asTables)},
            {"T table", Qt::Key_T, {}, changes(asTables)},
        };
    }

    std::vector<KeyPress> ofPalette()
    {
        const auto query = [this] { return console_.commands()->query(); };
        const auto row = [this] { return console_.commands()->currentRow(); };
        return {
            {"Ctrl+K palette", Qt::Key_K, Qt::ControlModifier, becomes(isCovered(), true)},
            {"c", Qt::Key_C, {}, becomes(query, QStringLiteral("c"))},
            {"o", Qt::Key_O, {}, becomes(query, QStringLiteral("co"))},
            {"Down", Qt::Key_Down, {}, changes(row)},
            {"Esc", Qt::Key_Escape, {}, becomes(isCovered(), false)},
            {"? keys", Qt::Key_Question, Qt::ShiftModifier, becomes(isCovered(), true)},
            {"Esc", Qt::Key_Escape, {}, becomes(isCovered(), false)},
        };
    }

    std::vector<KeyPress> ofOtherScreens()
    {
        return {
            {"Ctrl+3 chat", Qt::Key_3, Qt::ControlModifier, shows(Navigation::Chat)},
            {"Ctrl+4 breakers", Qt::Key_4, Qt::ControlModifier, shows(Navigation::Breakers)},
            {"Ctrl+6 tasks", Qt::Key_6, Qt::ControlModifier, shows(Navigation::Tasks)},
            {"Ctrl+8 settings", Qt::Key_8, Qt::ControlModifier, shows(Navigation::Settings)},
        };
    }

    Console &console_;
    QQuickWindow &window_;
};

class Meter
{
public:
    Meter(Console &console, QQuickWindow &window)
        : console_(console)
        , window_(window)
    {
        QObject::connect(&window, &QQuickWindow::frameSwapped, &window, [this] { ++frames_; });
    }

    /// The share of a core while one screen is shown and nobody touches anything.
    double share(int screen, std::chrono::milliseconds time)
    {
        console_.navigation()->open(screen, {}, {});
        live(std::chrono::seconds(2));
        QElapsedTimer wall;
        wall.start();
        const double before = cpuSeconds();
        live(time);
        return (cpuSeconds() - before) / (double(wall.nsecsElapsed()) / 1e9);
    }

    double framesPerSecond(std::chrono::milliseconds time)
    {
        const int before = frames_;
        live(time);
        return (frames_ - before) / std::chrono::duration<double>(time).count();
    }

    QJsonObject pressAll(int rounds)
    {
        QJsonObject times;
        Script script(console_, window_);
        for (int round = 0; round < rounds; ++round) {
            for (const KeyPress &press : script.presses()) {
                QJsonArray all = times[QLatin1String(press.name)].toArray();
                all.append(answerTime(press));
                times[QLatin1String(press.name)] = all;
                live(std::chrono::milliseconds(120));
            }
        }
        return times;
    }

private:
    /// From the press to the first frame that was begun when its effect was there: that one shows it.
    double answerTime(const KeyPress &press)
    {
        constexpr int kPatienceMs = 5000;
        if (press.prepare)
            press.prepare();
        const Effect isThere = press.effect();
        require(!isThere(), qPrintable(QStringLiteral("%1 has nothing to do").arg(QLatin1String(press.name))));
        QEventLoop loop;
        bool isDrawn = false;
        // The basic loop of the software renderer draws in this thread: what is set now is in the frame.
        const auto beginning = QObject::connect(
            &window_, &QQuickWindow::beforeSynchronizing, &loop, [&] { isDrawn = isDrawn || isThere(); },
            Qt::DirectConnection);
        QObject::connect(&window_, &QQuickWindow::frameSwapped, &loop, [&] {
            if (isDrawn)
                loop.quit();
            else
                window_.update(); // what changed nothing that is drawn is looked for again
        });
        QTimer patience;
        QObject::connect(&patience, &QTimer::timeout, &loop, &QEventLoop::quit);
        patience.start(kPatienceMs);
        QElapsedTimer since;
        since.start();
        if (press.key == Qt::Key_unknown)
            QTest::mouseClick(&window_, Qt::LeftButton, {}, QPoint(window_.width() / 3, window_.height() / 2));
        else
            QTest::keyClick(&window_, press.key, press.modifiers);
        window_.update();
        loop.exec();
        QObject::disconnect(beginning);
        require(isDrawn, qPrintable(QStringLiteral("%1 had no effect").arg(QLatin1String(press.name))));
        return double(since.nsecsElapsed()) / 1e6;
    }

    Console &console_;
    QQuickWindow &window_;
    int frames_ = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QCommandLineParser parser;
    for (const char *name : {"server", "token-file", "rows", "seconds", "rounds"})
        parser.addOption({QLatin1String(name), {}, QStringLiteral("value")});
    parser.process(application);
    const auto endpoint = Endpoint::parse(parser.value(QStringLiteral("server")));
    require(bool(endpoint), "--server is not an address");
    const std::chrono::milliseconds time(int(parser.value(QStringLiteral("seconds")).toDouble() * 1000));

    const SystemClock clock;
    SystemRandom random;
    const QTemporaryDir profile;
    Console console(clock, random, {profile.path(), {}, parser.value(QStringLiteral("token-file"))});
    Window window(console);
    require(window.load(), "the window could not be loaded");
    console.start(*endpoint);
    require(QTest::qWaitFor([&] { return console.link()->phase() == Link::Live; }, 20'000), "the link is not live");
    window.window()->requestActivate();
    require(QTest::qWaitForWindowActive(window.window()), "the window is not active");
    console.navigation()->open(Navigation::Connections, {}, {});
    const int rows = parser.value(QStringLiteral("rows")).toInt();
    require(QTest::qWaitFor([&] { return console.connections()->rowTotal() >= rows; }, 20'000), "the rows do not come");

    Meter meter(console, *window.window());
    QJsonObject figures;
    figures[QLatin1String("rows")] = console.connections()->rowTotal();
    figures[QLatin1String("connections")] = meter.share(Navigation::Connections, time);
    figures[QLatin1String("frames_per_second")] = meter.framesPerSecond(std::chrono::seconds(2));
    figures[QLatin1String("overview")] = meter.share(Navigation::Overview, time);
    figures[QLatin1String("keys")] = meter.pressAll(parser.value(QStringLiteral("rounds")).toInt());
    require(window.warnings().isEmpty(), qPrintable(window.warnings().join(QLatin1Char('\n'))));
    require(console.link()->phase() == Link::Live, "the link is no longer live");
    std::printf("%s\n", QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
    return 0;
}
