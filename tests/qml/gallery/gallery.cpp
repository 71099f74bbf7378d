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
    parser.addOptions(
        {{QStringLiteral("out"), QStringLiteral("Folder for the pictures."), QStringLiteral("dir"),
          QStringLiteral(".")},
         {QStringLiteral("scheme"), QStringLiteral("dark, light or contrast."), QStringLiteral("name"),
          QStringLiteral("dark")},
         {QStringLiteral("scale"), QStringLiteral("Text scale in percent."), QStringLiteral("percent"),
          QStringLiteral("100")},
         {QStringLiteral("page"), QStringLiteral("Only this page."), QStringLiteral("name")},
         {QStringLiteral("screens"), QStringLiteral("The screens of the console instead of the controls.")}});
    parser.process(app);
    if (!orchestra::ui::installLook())
        return 1;

    const QStringList schemes{QStringLiteral("dark"), QStringLiteral("light"), QStringLiteral("contrast")};
    const bool screens = parser.isSet(QStringLiteral("screens"));
    QStringList pages = QDir(QStringLiteral(GALLERY_DIR)).entryList({QStringLiteral("*Page.qml")});
    pages.replaceInStrings(QStringLiteral("Page.qml"), QString());
    if (screens)
        pages = QStringLiteral("overview below connections chat breakers tasks settings review lost sheet small smallchat")
                    .split(u' ');
    if (parser.isSet(QStringLiteral("page")))
        pages = QStringList{parser.value(QStringLiteral("page"))};

    int warnings = 0;
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
    engine.addImportPath(QStringLiteral(GALLERY_DIR "/../fake"));
    QObject::connect(&engine, &QQmlEngine::warnings, &app,
                     [&warnings](const QList<QQmlError> &list) { warnings += int(list.size()); });
    engine.setInitialProperties({{QStringLiteral("scheme"), schemes.indexOf(parser.value(QStringLiteral("scheme")))},
                                 {QStringLiteral("scale"), parser.value(QStringLiteral("scale")).toInt() / 100.0}});
    engine.load(QUrl::fromLocalFile(screens ? QStringLiteral(GALLERY_DIR "/Screens.qml")
                                            : QStringLiteral(GALLERY_DIR "/Gallery.qml")));
    if (engine.rootObjects().isEmpty())
        return 1;
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());

    QTimer shutter;
    shutter.setInterval(700); // skeletons wait 300 ms
    const auto turn = [&] {
        const QString page =
            screens ? pages.first()
                    : QUrl::fromLocalFile(QStringLiteral(GALLERY_DIR "/%1Page.qml").arg(pages.first())).toString();
        window->setProperty(screens ? "shot" : "page", page);
    };
    QObject::connect(&shutter, &QTimer::timeout, &app, [&] {
        const QString name = pages.takeFirst().toLower();
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
