// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* The turns of one thread. Follows the end until one scrolls up; then it says how much has come since. */
FocusScope {
    id: root

    required property Console console
    readonly property ChatTester chat: console.chat
    property bool following: true
    /// There is no room beside for the frames.
    property bool offersFrames: false
    property int seen: 0

    signal framesWanted

    readonly property int unseen: following ? 0 : list.count - seen

    function toStart() {
        lookBack();
        list.positionViewAtBeginning();
        go(start());
    }
    function toEnd() {
        following = true;
        follow();
    }
    function follow() {
        if (!following)
            return;
        list.positionViewAtEnd();
        // The end includes the margin, which positionViewAtEnd() leaves out.
        list.contentY = end();
    }
    /// Following ends before the view moves: what is made on the way changes the height, and that must not pull it back.
    function lookBack() {
        following = false;
    }
    // Asked for when it is needed: a binding would still say the old end while the height changes.
    function start(): real {
        return list.originY - list.topMargin;
    }
    function end(): real {
        return Math.max(start(), list.originY + list.contentHeight + list.bottomMargin - list.height);
    }
    function look() {
        following = list.contentY >= end() - Theme.hair;
        if (!following && seen > list.count)
            seen = list.count;
    }
    function go(to: real) {
        lookBack();
        list.contentY = Math.max(start(), Math.min(end(), to));
        look();
    }

    Accessible.role: Accessible.Pane
    Accessible.name: chat.titleText
    onFollowingChanged: seen = list.count

    Item {
        id: head
        width: parent.width
        height: Theme.headerHeight

        UiText {
            id: title
            x: Theme.s6
            y: Theme.s3 - Theme.hair * 2
            width: tools.x - x - Theme.s3
            text: root.chat.titleText
            role: UiText.Lead
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        UiText {
            anchors.top: title.bottom
            x: Theme.s6
            width: tools.x - x - Theme.s3
            text: root.chat.phaseText === "" ? root.chat.subtitleText : root.chat.phaseText
            role: UiText.Small
            tone: root.chat.phaseText === "" ? UiText.Tertiary : toneOf(root.chat.phaseStatus)
        }
        Row {
            id: tools
            anchors.right: parent.right
            anchors.rightMargin: Theme.s6
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.s2

            DeedButton {
                visible: deed.available
                small: true
                deed: root.chat.reconnectAction
            }
            DeedButton {
                visible: !root.chat.reconnectAction.available
                small: true
                glyph: Icons.unplug
                deed: root.chat.cutAction
            }
            DeedButton {
                small: true
                deed: root.chat.stopAction
            }
            UiButton {
                visible: root.offersFrames
                small: true
                kind: UiButton.Quiet
                glyph: Icons.panelRight
                tip: qsTr("Frames (%1)").arg(root.console.keymap.keysFor(Keymap.Inspector))
                onTriggered: root.framesWanted()
            }
        }
        Rectangle {
            visible: root.chat.phasePercent >= 0
            anchors.bottom: parent.bottom
            width: parent.width * root.chat.phasePercent / 100
            height: Theme.selectionEdge
            color: Theme.accent
        }
        Hairline {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    ContentNote {
        anchors.top: head.bottom
        anchors.topMargin: Theme.s4
        x: Theme.s6
        width: parent.width - Theme.s6 * 2
        height: loading ? parent.height - y : implicitHeight
        console: root.console
        content: root.chat.content
        offersServers: false
    }
    ListView {
        id: list
        anchors.fill: parent
        anchors.topMargin: head.height
        visible: root.chat.content.kind === Content.Ready
        clip: true
        focus: true
        activeFocusOnTab: true
        topMargin: Theme.s4
        bottomMargin: Theme.s6
        spacing: Theme.s5
        cacheBuffer: Math.max(0, height)
        boundsBehavior: Flickable.StopAtBounds
        model: root.chat.turns
        ScrollBar.vertical: UiScrollBar {
            onPressedChanged: pressed ? root.lookBack() : root.look()
        }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Transcript")
        onContentHeightChanged: root.follow()
        onHeightChanged: root.follow()
        onMovementStarted: root.lookBack()
        onMovementEnded: root.look()
        Keys.onPressed: event => {
            const steps = { [Qt.Key_Up]: -Theme.s10, [Qt.Key_Down]: Theme.s10, [Qt.Key_PageUp]: -height, [Qt.Key_PageDown]: height };
            event.accepted = true;
            if (event.key === Qt.Key_End)
                root.toEnd();
            else if (event.key === Qt.Key_Home)
                root.toStart();
            else if (event.key in steps)
                root.go(contentY + steps[event.key]);
            else
                event.accepted = false;
        }
        delegate: TurnView {
            required who
            required atText
            required isUser
            required liveText

            x: Theme.s6
            width: ListView.view.width - Theme.s6 * 2
            onCopyWanted: text => root.console.copy(text)
            onLinkWanted: target => root.console.navigation.openLink(target)
            onApproved: root.chat.turns.approve(index)
            onDenied: root.chat.turns.deny(index)
        }
    }
    UiButton {
        visible: !root.following && list.visible
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s3
        small: true
        glyph: Icons.arrowDown
        keys: qsTr("End")
        text: root.unseen > 0 ? qsTr("%n new", "", root.unseen) : qsTr("To the end")
        onTriggered: root.toEnd()
    }
}
