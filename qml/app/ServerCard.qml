// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* One server: where, as what, last seen when; a test shows its five steps. */
Rectangle {
    id: root

    required property int index
    required property string name
    required property int environment
    required property string environmentText
    required property string url
    required property string pinText
    required property string roleText
    required property string lastSeenText
    required property string versionText
    required property bool readOnly
    required property bool current
    required property int status
    property bool tested: false
    property StepsModel steps: null
    property string testText

    readonly property color environmentInk: environment === Link.Production ? Theme.envProduction : environment === Link.Staging ? Theme.envStaging : Theme.envDevelopment

    signal useWanted
    signal testWanted
    signal editWanted
    signal forgetWanted

    implicitHeight: content.implicitHeight + Theme.s3 * 2
    radius: Theme.radius
    color: current ? Theme.raised : "transparent"
    border.width: Theme.hair
    border.color: current ? Theme.accentEdge : Theme.line
    Accessible.role: Accessible.Grouping
    Accessible.name: name + ", " + environmentText

    Column {
        id: content
        x: Theme.s4
        y: Theme.s3
        width: parent.width - Theme.s4 * 2
        spacing: Theme.s2

        Item {
            width: parent.width
            height: Theme.controlHeight

            Row {
                height: parent.height
                spacing: Theme.s2

                StatusMark {
                    anchors.verticalCenter: parent.verticalCenter
                    status: root.status
                    word: root.name
                    role: UiText.Lead
                    strong: true
                    quietWord: true
                }
                UiText {
                    anchors.verticalCenter: parent.verticalCenter
                    text: root.environmentText
                    role: UiText.Caption
                    font.weight: Font.DemiBold
                    font.capitalization: Font.AllUppercase
                    font.letterSpacing: Theme.trackCapitals
                    color: root.environmentInk
                }
                Chip {
                    visible: root.readOnly
                    anchors.verticalCenter: parent.verticalCenter
                    glyph: Icons.lock
                    label: qsTr("opens read-only")
                }
            }
            Row {
                anchors.right: parent.right
                height: parent.height
                spacing: Theme.s2

                UiButton {
                    small: true
                    kind: UiButton.Quiet
                    text: qsTr("Test")
                    glyph: Icons.probe
                    onTriggered: root.testWanted()
                }
                UiButton {
                    small: true
                    kind: UiButton.Quiet
                    text: qsTr("Edit")
                    onTriggered: root.editWanted()
                }
                UiButton {
                    small: true
                    kind: UiButton.Quiet
                    text: qsTr("Forget…")
                    onTriggered: root.forgetWanted()
                }
                UiButton {
                    small: true
                    text: root.current ? qsTr("In use") : qsTr("Use")
                    available: !root.current
                    reason: qsTr("This is the server you see")
                    onTriggered: root.useWanted()
                }
            }
        }
        Column {
            width: parent.width

            FactRow {
                width: parent.width
                name: qsTr("Address")
                value: root.url
                mono: true
            }
            FactRow {
                visible: root.pinText !== ""
                width: parent.width
                name: qsTr("TLS pin")
                value: root.pinText
                mono: true
            }
            FactRow {
                width: parent.width
                name: qsTr("Role")
                value: root.roleText
            }
            FactRow {
                width: parent.width
                name: qsTr("Last seen")
                value: root.versionText === "" ? root.lastSeenText : root.lastSeenText + ", " + root.versionText
            }
        }
        StepTimeline {
            visible: root.tested
            width: parent.width
            steps: root.tested ? root.steps : null
        }
        UiText {
            visible: root.tested && text !== ""
            width: parent.width
            text: root.testText
            role: UiText.Small
            tone: UiText.Secondary
            wrapMode: Text.WordWrap
        }
    }
}
