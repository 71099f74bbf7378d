// SPDX-License-Identifier: GPL-3.0-or-later
// Renders the pages of the gallery to pictures, so that a person can look at every control in every scheme.
#include "qml/ui/look.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QImage>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QTimer>

#include <cstdio>

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{QStringLiteral("out"), QStringLiteral("Folder for the pictures."), QStringLiteral("dir"),
                        QStringLiteral(".")},
                       {QStringLiteral("scheme"), QStringLiteral("dark, light or contrast."), QStringLiteral("name"),
                        QStringLiteral("dark")},
                       {QStringLiteral("scale"), QStringLiteral("Text scale in percent."), QStringLiteral("percent"),
                        QStringLiteral("100")},
                       {QStringLiteral("page"), QStringLiteral("Only this page."), QStringLiteral("name")}});
    parser.process(app);
    if (!orchestra::ui::installLook())
        return 1;

    const QStringList schemes{QStringLiteral("dark"), QStringLiteral("light"), QStringLiteral("contrast")};
    QStringList pages = QDir(QStringLiteral(GALLERY_DIR)).entryList({QStringLiteral("*Page.qml")});
    if (parser.isSet(QStringLiteral("page")))
        pages = {parser.value(QStringLiteral("page")) + QStringLiteral("Page.qml")};

    int warnings = 0;
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
    QObject::connect(&engine, &QQmlEngine::warnings, &app,
                     [&warnings](const QList<QQmlError> &list) { warnings += int(list.size()); });
    engine.setInitialProperties({{QStringLiteral("scheme"), schemes.indexOf(parser.value(QStringLiteral("scheme")))},
                                 {QStringLiteral("scale"), parser.value(QStringLiteral("scale")).toInt() / 100.0}});
    engine.load(QUrl::fromLocalFile(QStringLiteral(GALLERY_DIR "/Gallery.qml")));
    if (engine.rootObjects().isEmpty())
        return 1;
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());

    QTimer shutter;
    shutter.setInterval(700); // skeletons wait 300 ms
    const auto turn = [&] { window->setProperty("page", pages.isEmpty() ? QString() : pages.first()); };
    QObject::connect(&shutter, &QTimer::timeout, &app, [&] {
        const QString name = pages.takeFirst().chopped(int(sizeof("Page.qml")) - 1).toLower();
        const QString file = QStringLiteral("%1/%2-%3-%4.png")
                                 .arg(parser.value(QStringLiteral("out")), name, parser.value(QStringLiteral("scheme")),
                                      parser.value(QStringLiteral("scale")));
        std::fprintf(stderr, "%s %s\n", window->grabWindow().save(file) ? "wrote" : "could not write",
                     qPrintable(file));
        pages.isEmpty() ? app.exit(warnings > 0 ? 2 : 0) : turn();
    });
    turn();
    shutter.start();
    return app.exec();
}
