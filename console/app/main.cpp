// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/app/console.h"
#include "console/app/window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QImage>
#include <QQuickWindow>
#include <QStandardPaths>

#include <cstdio>

using namespace orchestra;

namespace {

const QStringList kSchemes{QStringLiteral("dark"), QStringLiteral("light"), QStringLiteral("contrast")};

QCommandLineOption option(const char *name, const char *help, const char *value)
{
    return {QString::fromLatin1(name), QCoreApplication::translate("main", help), QString::fromLatin1(value)};
}

int refuse(const QString &text)
{
    std::fprintf(stderr, "orchestra-console: %s\n", qPrintable(text));
    return 2;
}

/// Takes a picture after a while and ends: for reports and for the pictures of the documentation.
void takePicture(Window &window, const QString &file, int afterMs)
{
    QTimer::singleShot(afterMs, &window, [&window, file] {
        const bool ok = window.window() && window.window()->grabWindow().save(file);
        if (!ok)
            std::fprintf(stderr, "orchestra-console: cannot write %s\n", qPrintable(file));
        QCoreApplication::exit(ok && window.warnings().isEmpty() ? 0 : 1);
    });
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("orchestra-console"));
    QApplication::setApplicationVersion(QStringLiteral(ORCHESTRA_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.aiorchestra.Console"));
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main", "Watch and steer AI Orchestra servers."));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto server = option("server", "Server to connect to, for example 127.0.0.1:8700.", "address");
    const auto tokenFile = option("token-file", "File that holds the operator's token.", "file");
    const auto profile = option("profile", "Directory of preferences and tokens.", "directory");
    const auto place =
        option("open", "Place to begin at, as Ctrl+L copies it: orchestra://server/connections.", "link");
    const auto scheme = option("scheme", "Theme for this run: dark, light or contrast.", "name");
    const auto picture = option("screenshot", "Write a picture of the window to a file, then end.", "file");
    const auto after = option("after", "Seconds to wait before the picture; default 5.", "seconds");
    parser.addOptions({server, tokenFile, profile, place, scheme, picture, after});
    parser.process(application);

    std::optional<Endpoint> endpoint;
    if (parser.isSet(server)) {
        const auto parsed = Endpoint::parse(parser.value(server));
        if (!parsed)
            return refuse(QString::fromStdString(parsed.error().message));
        endpoint = *parsed;
    }
    const SystemClock clock;
    SystemRandom random;
    Console::Options options;
    options.directory = parser.isSet(profile) ? parser.value(profile)
                                              : QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    options.tokenFile = parser.value(tokenFile);
    Console console(clock, random, options);
    if (parser.isSet(scheme)) {
        const auto index = kSchemes.indexOf(parser.value(scheme));
        if (index < 0)
            return refuse(QStringLiteral("--scheme is dark, light or contrast."));
        console.preferences()->setScheme(static_cast<int>(index));
    }
    Window window(console);
    QObject::connect(&window, &Window::warned,
                     [](const QString &text) { std::fprintf(stderr, "%s\n", qPrintable(text)); });
    if (!window.load())
        return refuse(QStringLiteral("The window could not be loaded."));
    console.start(endpoint);
    if (parser.isSet(place))
        console.navigation()->openLink(parser.value(place));
    if (parser.isSet(picture))
        takePicture(window, parser.value(picture),
                    static_cast<int>((parser.isSet(after) ? parser.value(after).toDouble() : 5) * 1000));
    return QApplication::exec();
}
