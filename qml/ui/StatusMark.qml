// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* Shape + word + colour. The word is left out only where a column head or a neighbour says it. */
Row {
    id: root

    property int status: Status.Idle
    property string word
    property int role: UiText.Small
    property bool strong: false
    /// Healthy words stay neutral: colour is spent on trouble.
    property bool quietWord: status !== Status.Warn && status !== Status.Bad

    spacing: Theme.tight
    Accessible.role: Accessible.StaticText
    Accessible.name: word

    Icon {
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: Icons.ofStatus(root.status)
        color: Theme.statusColor(root.status)
    }
    UiText {
        visible: root.word !== ""
        anchors.verticalCenter: parent.verticalCenter
        text: root.word
        role: root.role
        strong: root.strong
        color: root.quietWord ? Theme.text1 : Theme.statusColor(root.status)
        Accessible.ignored: true
    }
}
