// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui

ApplicationWindow {
    id: root

    property int scheme: Theme.Dark
    property real scale: 1
    property string page

    width: 1160
    height: 860
    visible: true
    color: Theme.canvas
    Component.onCompleted: {
        Theme.scheme = scheme;
        Theme.textScale = scale;
    }

    Loader {
        anchors.fill: parent
        source: root.page
    }
}
