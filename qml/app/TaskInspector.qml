// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* One task: what is known of it, and its end by an operator's hand, with all below it. */
Inspector {
    id: root

    required property Console console
    readonly property TaskPanel panel: console.tasks

    status: panel.status
    title: panel.title
    subtitle: panel.subtitle
    tabs: [qsTr("Facts"), qsTr("Raw")]
    lockReason: console.access.lockReason
    onCopied: console.copy(panel.currentKey)
    footer: [
        DeedButton {
            deed: root.panel.cancelAction
        }
    ]

    ScrollPane {
        name: qsTr("Facts")
        anchors.fill: parent
        visible: root.tab === 0
        contentHeight: facts.height

        Column {
            id: facts
            width: root.contentWidth

            Repeater {
                model: root.panel.facts

                FactRow {
                    required name
                    required value
                    required mono
                    required property int status
                    required property string target

                    width: facts.width
                    link: target !== ""
                    tone: status >= Status.Warn && status !== Status.Pending ? (status === Status.Bad ? UiText.Bad : UiText.Warn) : UiText.Primary
                    onFollowed: root.console.navigation.openLink(target)
                }
            }
        }
    }
    RawText {
        anchors.fill: parent
        visible: root.tab === 1
        name: qsTr("This task as JSON")
        text: visible ? root.panel.raw : ""
    }
}
