// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/*
    What stands where content is not: six kinds, one look. Says why, and what next.
    Loading keeps the geometry of the rows to come, and shows nothing at all for the first 300 ms.
*/
Item {
    id: root

    enum Kind { Ready, Loading, Empty, Filtered, Failed, NoPermission, Disconnected }

    property int kind: Placeholder.Ready
    property string headline
    property string detail
    property string code
    /// Skeletons wait a moment, so that quick answers do not flash.
    property bool patient: true
    default property alias actions: slot.data

    readonly property bool loading: kind === Placeholder.Loading
    readonly property int status: kind === Placeholder.Failed || kind === Placeholder.Disconnected ? Status.Bad : kind === Placeholder.NoPermission ? Status.Warn : Status.Idle
    readonly property string ownHeadline: [qsTr("Ready"), qsTr("Loading"), qsTr("Nothing here yet"), qsTr("Nothing matches"), qsTr("Could not load"), qsTr("Your role may not see this"), qsTr("No data: the link is down")][kind]
    readonly property string words: headline === "" ? ownHeadline : headline
    readonly property int rows: Math.max(0, Math.floor(height / Theme.rowHeight))

    visible: kind !== Placeholder.Ready
    implicitHeight: loading ? Theme.rowHeight * 4 : message.implicitHeight + Theme.s4
    Accessible.role: loading ? Accessible.Indicator : status === Status.Bad ? Accessible.AlertMessage : Accessible.Note
    Accessible.name: words
    Accessible.description: (detail + " " + code).trim()

    Timer {
        id: patience
        interval: Theme.skeletonDelay
        running: root.loading && root.patient
    }
    Column {
        visible: root.loading && !patience.running
        width: parent.width

        Repeater {
            model: root.loading ? root.rows : 0

            Item {
                id: bone
                required property int index
                readonly property int thick: Theme.px(8)

                width: root.width
                height: Theme.rowHeight
                opacity: Math.max(0, 1 - index * 0.13)

                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    width: bone.thick
                    height: bone.thick
                    radius: bone.thick / 2
                    color: Theme.pressed
                }
                Rectangle {
                    x: Theme.s5
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.px(56 + (bone.index * 37) % 40)
                    height: bone.thick
                    radius: bone.thick / 2
                    color: Theme.pressed
                }
                Rectangle {
                    x: Theme.px(132)
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.px(64)
                    height: bone.thick
                    radius: bone.thick / 2
                    color: Theme.pressed
                }
                Rectangle {
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.px(24 + (bone.index * 23) % 20)
                    height: bone.thick
                    radius: bone.thick / 2
                    color: Theme.pressed
                }
            }
        }
    }
    Column {
        id: message
        visible: !root.loading
        y: Theme.s2
        width: parent.width
        spacing: Theme.tight

        StatusMark {
            status: root.status
            word: root.words
            role: UiText.Body
            strong: true
            quietWord: true
        }
        UiText {
            visible: text !== ""
            x: Theme.markSize + Theme.tight
            width: parent.width - x
            wrapMode: Text.WordWrap
            lineHeight: Theme.leading
            text: root.detail
            role: UiText.Small
            tone: UiText.Secondary
        }
        UiText {
            visible: text !== ""
            x: Theme.markSize + Theme.tight
            width: parent.width - x
            text: root.code
            role: UiText.MonoSmall
            tone: UiText.Tertiary
        }
        Row {
            id: slot
            x: Theme.markSize + Theme.tight
            topPadding: Theme.s2
            spacing: Theme.s2
        }
    }
}
