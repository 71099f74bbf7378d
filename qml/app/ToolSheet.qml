// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* How a tool describes itself, line by line beside how it did when it was accepted. What cannot be seen is spelt out. */
Sheet {
    id: root

    required property Console console
    readonly property ToolInspection review: console.review

    signal dismissed

    Accessible.role: Accessible.Dialog
    Accessible.name: qsTr("Tool %1").arg(review.name)
    Accessible.description: review.summaryText
    Keys.onEscapePressed: dismissed()

    UiText {
        id: title
        x: Theme.s5
        y: Theme.s5
        width: parent.width - Theme.s5 * 2
        text: root.review.name
        role: UiText.Lead
    }
    UiText {
        id: summary
        anchors.top: title.bottom
        anchors.topMargin: Theme.s1
        x: Theme.s5
        width: parent.width - Theme.s5 * 2
        text: root.review.summaryText
        role: UiText.Small
        tone: UiText.Secondary
        wrapMode: Text.WordWrap
    }
    Rectangle {
        anchors.fill: list
        radius: Theme.radius
        color: Theme.canvas
        border.width: Theme.hair
        border.color: Theme.line
    }
    ListView {
        id: list
        anchors.top: summary.bottom
        anchors.topMargin: Theme.s3
        anchors.bottom: foot.top
        anchors.bottomMargin: Theme.s4
        x: Theme.s5
        width: parent.width - Theme.s5 * 2
        topMargin: Theme.s2
        bottomMargin: Theme.s2
        clip: true
        activeFocusOnTab: true
        currentIndex: -1
        highlightMoveDuration: 0
        boundsBehavior: Flickable.StopAtBounds
        model: root.review.lines
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Its description")
        ScrollBar.vertical: UiScrollBar {}
        Keys.onUpPressed: decrementCurrentIndex()
        Keys.onDownPressed: incrementCurrentIndex()
        Keys.onPressed: event => {
            const by = event.key === Qt.Key_PageDown ? height : event.key === Qt.Key_PageUp ? -height : 0;
            contentY = Math.max(originY - topMargin, Math.min(originY + contentHeight + bottomMargin - height, contentY + by));
            event.accepted = by !== 0;
        }
        delegate: Item {
            id: row
            required property int change
            required property string line

            readonly property bool added: change === ReviewLinesModel.Added
            readonly property bool removed: change === ReviewLinesModel.Removed

            width: ListView.view.width
            height: words.implicitHeight + Theme.hair * 2
            Accessible.role: Accessible.ListItem
            Accessible.name: added ? qsTr("new: %1").arg(line) : removed ? qsTr("gone: %1").arg(line) : line

            Rectangle {
                visible: row.added || row.removed || row.ListView.isCurrentItem
                anchors.fill: parent
                color: row.added ? Theme.warnTint : row.removed ? Theme.badTint : Theme.hover
            }
            UiText {
                id: sign
                x: Theme.s3
                width: Theme.s4
                height: words.height
                text: row.added ? "+" : row.removed ? "−" : ""
                role: UiText.Mono
                strong: true
                tone: row.added ? UiText.Warn : UiText.Bad
                verticalAlignment: Text.AlignTop
                Accessible.ignored: true
            }
            UiText {
                id: words
                anchors.left: sign.right
                anchors.right: parent.right
                anchors.rightMargin: Theme.s3
                text: row.line
                role: UiText.Mono
                tone: row.removed ? UiText.Secondary : UiText.Primary
                wrapMode: Text.Wrap
                elide: Text.ElideNone
                Accessible.ignored: true
            }
        }

        FocusRing {
            visible: list.activeFocus
        }
    }
    ContentNote {
        anchors.fill: list
        anchors.margins: Theme.s4
        console: root.console
        content: root.review.content
        offersServers: false
    }
    UiText {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s5
        anchors.right: foot.left
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: foot.verticalCenter
        text: root.review.digestText
        role: UiText.MonoSmall
        tone: UiText.Tertiary
    }
    Row {
        id: foot
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s5
        spacing: Theme.s2

        UiButton {
            text: qsTr("Close")
            keys: qsTr("Esc")
            focus: true
            onTriggered: root.dismissed()
        }
        DeedButton {
            deed: root.review.acceptAction
        }
    }
}
