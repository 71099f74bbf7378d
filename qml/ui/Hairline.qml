// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

Rectangle {
    implicitWidth: Theme.hair
    implicitHeight: Theme.hair
    color: Theme.line
}
