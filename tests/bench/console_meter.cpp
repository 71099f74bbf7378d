// SPDX-License-Identifier: GPL-3.0-or-later
// The console as its user has it, watching a server: what it costs and how soon it answers to keys.
// console_meter --server ADDRESS --token-file FILE --rows N --seconds S --rounds R
// Prints one line of JSON: the share of a core for each screen, and for each key the times from the key to the frame
// that shows what it did, in milliseconds.
#include "console/app/console.h"
#include "console/app/window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QQuickWindow>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

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

struct KeyPress
{
    const char *name;
    Qt::Key key; ///< unknown: a click into the table
    Qt::KeyboardModifiers modifiers = Qt::NoModifier;
};

/// Through every screen and back, with what a person does there. Every key shows something.
const KeyPress kScript[] = {
    {"Ctrl+2 connections", Qt::Key_2, Qt::ControlModifier},
    {"F6 next pane", Qt::Key_F6},
    {"click on a row", Qt::Key_unknown},
    {"Down", Qt::Key_Down},
    {"Page Down", Qt::Key_PageDown},
    {"Page Down", Qt::Key_PageDown},
    {"End", Qt::Key_End},
    {"Home", Qt::Key_Home},
    {"Space mark", Qt::Key_Space},
    {"Shift+Down", Qt::Key_Down, Qt::ShiftModifier},
    {"Ctrl+A mark all", Qt::Key_A, Qt::ControlModifier},
    {"I inspector", Qt::Key_I},
    {"I inspector", Qt::Key_I},
    {"P pause", Qt::Key_P},
    {"P pause", Qt::Key_P},
    {"/ filter", Qt::Key_Slash},
    {"u", Qt::Key_U},
    {"s", Qt::Key_S},
    {"e", Qt::Key_E},
    {"r", Qt::Key_R},
    {"Esc", Qt::Key_Escape},
    {"Esc", Qt::Key_Escape},
    {"Ctrl+1 overview", Qt::Key_1, Qt::ControlModifier},
    {"] longer", Qt::Key_BracketRight},
    {"[ shorter", Qt::Key_BracketLeft},
    {"F faults only", Qt::Key_F},
    {"F faults only", Qt::Key_F},
    {"T table", Qt::Key_T},
    {"T table", Qt::Key_T},
    {"Ctrl+K palette", Qt::Key_K, Qt::ControlModifier},
    {"c", Qt::Key_C},
    {"o", Qt::Key_O},
    {"Down", Qt::Key_Down},
    {"Esc", Qt::Key_Escape},
    {"? keys", Qt::Key_Question, Qt::ShiftModifier},
    {"Esc", Qt::Key_Escape},
    {"Ctrl+3 chat", Qt::Key_3, Qt::ControlModifier},
    {"Ctrl+8 settings", Qt::Key_8, Qt::ControlModifier},
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
        for (int round = 0; round < rounds; ++round) {
            for (const KeyPress &press : kScript) {
                const int row = console_.connections()->currentRow();
                QJsonArray all = times[QLatin1String(press.name)].toArray();
                all.append(answerTime(press));
                times[QLatin1String(press.name)] = all;
                live(std::chrono::milliseconds(120));
                const bool isMove = press.key == Qt::Key_End || press.key == Qt::Key_Home;
                require(!isMove || console_.connections()->currentRow() != row, "the table does not take keys");
            }
        }
        return times;
    }

private:
    double answerTime(const KeyPress &press)
    {
        QElapsedTimer since;
        since.start();
        const int before = frames_;
        if (press.key == Qt::Key_unknown)
            QTest::mouseClick(&window_, Qt::LeftButton, {}, QPoint(window_.width() / 3, window_.height() / 2));
        else
            QTest::keyClick(&window_, press.key, press.modifiers);
        window_.update(); // also when the key changed nothing that is seen
        QEventLoop loop;
        QObject::connect(&window_, &QQuickWindow::frameSwapped, &loop, &QEventLoop::quit);
        if (frames_ == before)
            loop.exec();
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
