// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* One cell of a DataTable. */
Item {
    id: root

    required property DataColumn spec
    required property string words
    required property int status
    required property real fraction
    required property string rowKey
    required property bool gone
    required property bool dim
    /// A command for this row is on its way: "Closing 0.8 s".
    required property string pendingText
    /// Counts up while some change is marked anywhere in the table.
    required property int beat
    property int inset: 0
    property int outset: 0

    readonly property bool isMark: spec.kind === DataColumn.Mark
    readonly property bool waits: isMark && pendingText !== ""
    readonly property bool isBar: spec.kind === DataColumn.Bar
    readonly property bool troubled: status === Status.Warn || status === Status.Bad
    readonly property int ownTone: troubled ? UiText.Primary : gone || dim ? UiText.Tertiary : spec.lead || isMark ? UiText.Primary : UiText.Secondary

    property string knownKey
    property int changedAt: -1

    signal changeSeen

    implicitHeight: Theme.rowHeight
    Accessible.role: Accessible.Cell
    Accessible.name: words === "" ? "" : spec.title + ": " + words
    onWordsChanged: {
        if (spec.showsChange && rowKey === knownKey) {
            changedAt = beat;
            changeSeen();
        }
        knownKey = rowKey;
    }
    Component.onCompleted: knownKey = rowKey

    /// Called when the cell is about to show another row.
    function forget() {
        knownKey = "";
        changedAt = -1;
    }

    Rectangle {
        visible: root.changedAt >= 0 && root.beat - root.changedAt < Theme.changeTick / Theme.beat
        x: root.inset - Theme.tight
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.selectionEdge
        height: Theme.px(12)
        radius: Theme.hair
        color: Theme.text3
    }
    Icon {
        id: mark
        visible: root.isMark
        x: root.inset
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: !root.isMark ? "" : root.waits ? Icons.statePending : Icons.ofStatus(root.status)
        color: root.waits ? Theme.accent : Theme.statusColor(root.status)
    }
    UiText {
        id: label
        visible: !root.isBar
        anchors.left: root.isMark ? mark.right : parent.left
        anchors.leftMargin: root.isMark ? Theme.tight : root.inset
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3 + root.outset
        height: parent.height
        text: root.isBar ? "" : root.waits ? root.pendingText : root.words
        role: root.spec.kind === DataColumn.Mono ? UiText.Mono : UiText.Small
        strong: root.spec.lead
        tone: root.waits ? UiText.Accent : root.troubled ? toneOf(root.status) : root.ownTone
        font.strikeout: root.gone
        horizontalAlignment: root.spec.kind === DataColumn.Figure ? Text.AlignRight : Text.AlignLeft
        Accessible.ignored: true
    }
    // A Repeater of none or one: most cells have no bar.
    Repeater {
        model: root.isBar ? 1 : 0

        Item {
            id: bar
            readonly property real part: isNaN(root.fraction) ? 0 : Math.max(0, Math.min(1, root.fraction))

            anchors.fill: parent
            anchors.leftMargin: root.inset
            anchors.rightMargin: Theme.s3 + root.outset

            Rectangle {
                id: track
                anchors.left: parent.left
                anchors.right: figure.left
                anchors.rightMargin: Theme.s2
                anchors.verticalCenter: parent.verticalCenter
                height: Theme.barHeight
                radius: height / 2
                color: Theme.pressed

                Rectangle {
                    width: bar.part > 0 ? Math.max(Theme.radiusTiny, track.width * bar.part) : 0
                    height: parent.height
                    radius: height / 2
                    color: root.troubled ? Theme.statusColor(root.status) : bar.part > 0.25 ? Theme.text2 : Theme.text3
                }
            }
            UiText {
                id: figure
                anchors.right: parent.right
                width: Theme.px(44)
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: root.words
                role: UiText.Small
                tone: root.troubled ? toneOf(root.status) : root.ownTone
                Accessible.ignored: true
            }
        }
    }
}
