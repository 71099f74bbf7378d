// SPDX-License-Identifier: GPL-3.0-or-later
// Part of each program that shows the console: static QML modules are registered by who links them.
#include <QtQml/qqmlextensionplugin.h>

Q_IMPORT_QML_PLUGIN(Orchestra_ActionsPlugin)
Q_IMPORT_QML_PLUGIN(Orchestra_AppPlugin)
Q_IMPORT_QML_PLUGIN(Orchestra_ConsolePlugin)
Q_IMPORT_QML_PLUGIN(Orchestra_ModelsPlugin)
Q_IMPORT_QML_PLUGIN(Orchestra_UiPlugin)
