// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* Frames as they passed: direction, sequence, type, size, time since the one before. A gap is a row of its own. Follows its end until one scrolls up. */
FocusScope {
    id: root

    required property FramesModel frames
    property int margin: Theme.s4
    property bool active: true
    property bool following: true

    readonly property alias currentIndex: list.currentIndex

    signal opened(int row)

    function follow() {
        if (following)
            list.positionViewAtEnd();
    }

    Row {
        id: heads
        x: root.margin
        width: parent.width - root.margin * 2
        height: Theme.px(24)

        UiText {
            width: Theme.px(42)
            height: parent.height
            horizontalAlignment: Text.AlignRight
            text: qsTr("seq")
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        UiText {
            leftPadding: Theme.s3
            width: parent.width - Theme.px(42 + 64 + 56)
            height: parent.height
            text: qsTr("type")
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        UiText {
            width: Theme.px(64)
            height: parent.height
            horizontalAlignment: Text.AlignRight
            text: qsTr("bytes")
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        UiText {
            width: Theme.px(56)
            height: parent.height
            horizontalAlignment: Text.AlignRight
            text: qsTr("Δ ms")
            role: UiText.Caption
            tone: UiText.Tertiary
        }
    }
    Hairline {
        anchors.bottom: heads.bottom
        width: parent.width
    }
    ListView {
        id: list
        anchors.fill: parent
        anchors.topMargin: heads.height
        clip: true
        focus: true
        model: root.active ? root.frames : null
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        currentIndex: -1
        activeFocusOnTab: true
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Frames")
        ScrollBar.vertical: UiScrollBar {}
        onContentHeightChanged: root.follow()
        onMovementEnded: root.following = atYEnd
        Keys.onUpPressed: {
            root.following = false;
            decrementCurrentIndex();
        }
        Keys.onDownPressed: incrementCurrentIndex()
        Keys.onReturnPressed: root.opened(currentIndex)
        delegate: Item {
            id: row
            required property int index
            required property int direction
            required property string sequenceText
            required property string typeText
            required property string bytesText
            required property string deltaText
            required property bool isToken
            required property string spoken

            readonly property bool gap: direction === FramesModel.Gap
            readonly property bool ours: direction === FramesModel.Sent

            width: ListView.view.width
            height: Theme.px(22)
            Accessible.role: Accessible.ListItem
            Accessible.name: spoken

            Rectangle {
                visible: row.gap || row.ListView.isCurrentItem
                anchors.fill: parent
                color: row.gap ? Theme.badTint : Theme.selected
            }
            Icon {
                id: mark
                x: root.margin
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.markSize
                text: row.gap ? Icons.stateBad : row.ours ? Icons.arrowUp : Icons.arrowDown
                color: row.gap ? Theme.bad : row.ours ? Theme.accent : Theme.text3
            }
            UiText {
                id: number
                visible: !row.gap
                anchors.left: mark.right
                width: Theme.px(30)
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: row.sequenceText
                role: UiText.MonoSmall
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            UiText {
                anchors.left: row.gap ? mark.right : number.right
                anchors.leftMargin: row.gap ? Theme.tight : Theme.s3
                anchors.right: row.gap ? parent.right : bytes.left
                height: parent.height
                text: row.typeText
                role: UiText.MonoSmall
                tone: row.gap ? UiText.Bad : row.ours ? UiText.Accent : row.isToken ? UiText.Secondary : UiText.Primary
                Accessible.ignored: true
            }
            UiText {
                id: bytes
                visible: !row.gap
                anchors.right: delta.left
                width: Theme.px(64)
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: row.bytesText
                role: UiText.MonoSmall
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            UiText {
                id: delta
                visible: !row.gap
                anchors.right: parent.right
                anchors.rightMargin: root.margin
                width: Theme.px(56)
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: row.deltaText
                role: UiText.MonoSmall
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            TapHandler {
                onTapped: {
                    list.currentIndex = row.index;
                    root.following = false;
                }
                onDoubleTapped: root.opened(row.index)
            }
        }
    }
    FocusRing {
        visible: root.activeFocus
        anchors.margins: Theme.hair
    }
}
