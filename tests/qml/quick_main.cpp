// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/look.h"

#include <QApplication>
#include <QQmlEngine>
#include <QtQuickTest/quicktest.h>

#include <cstdio>

namespace {

int g_warnings = 0;

/// Counts what QML complains about outside of a test function, where Quick Test does not look.
class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
        engine->addImportPath(QStringLiteral(FAKE_DIR));
        connect(engine, &QQmlEngine::warnings, this, [](const QList<QQmlError> &warnings) {
            for (const QQmlError &warning : warnings) {
                ++g_warnings;
                std::fprintf(stderr, "QML warning: %s\n", qPrintable(warning.toString()));
            }
        });
    }
};

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    if (!orchestra::ui::installLook()) {
        std::fprintf(stderr, "a bundled font could not be loaded\n");
        return 1;
    }
    Setup setup;
    const int failed = quick_test_main_with_setup(argc, argv, "qml", QUICK_TEST_SOURCE_DIR, &setup);
    return failed != 0 ? failed : g_warnings > 0 ? 1 : 0;
}

#include "quick_main.moc"
