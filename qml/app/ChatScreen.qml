// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Conversations, one transcript with a composer that is a protocol tester, and the frames as they pass. */
ScreenPage {
    id: root

    readonly property ChatTester chat: console.chat
    readonly property int listWidth: Theme.px(232)
    readonly property int logWidth: Theme.px(332)
    /// With little room the frames lie over the transcript, when asked for.
    readonly property bool roomy: width >= listWidth + logWidth + Theme.px(420)
    property bool framesWanted: false

    bannerWidth: listWidth
    facts: [chat.subtitleText, chat.framesText]

    function focusFilter() {
        list.focusFilter();
    }
    function toggleInspector() {
        framesWanted = !framesWanted;
    }
    function exportRows() {
        chat.frames.exportJsonl();
    }
    function stepBack(): bool {
        const open = framesWanted && !roomy;
        framesWanted = false;
        return open;
    }

    ConversationList {
        id: list
        width: root.listWidth
        height: parent.height
        conversations: root.chat.conversations
    }
    Transcript {
        anchors.left: list.right
        anchors.right: log.visible && root.roomy ? log.left : parent.right
        anchors.top: parent.top
        anchors.bottom: composer.top
        console: root.console
        offersFrames: !root.roomy && !root.framesWanted
        onFramesWanted: root.framesWanted = true
    }
    Composer {
        id: composer
        anchors.left: list.right
        anchors.right: log.visible && root.roomy ? log.left : parent.right
        anchors.bottom: parent.bottom
        focus: true
        chat: root.chat
    }
    FrameLog {
        id: log
        visible: root.roomy || root.framesWanted
        anchors.right: parent.right
        width: root.logWidth
        height: parent.height
        console: root.console
    }
    Binding {
        target: root.chat
        property: "active"
        value: root.visible
    }
}
