// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Writes as a synthetic user: which one, in which encoding, with which flags, how often. */
FocusScope {
    id: root

    required property ChatTester chat
    readonly property string words: chat.draft.trim()
    readonly property int savedPlace: Words.placeOf(chat.saved, words)

    /// What is kept, and first what can be done with what stands in the box.
    function savedOptions(): list<string> {
        const options = words === "" ? [] : [savedPlace < 0 ? qsTr("Keep this message") : qsTr("Forget this message")];
        for (let at = 0; at < chat.saved.length; ++at)
            options.push(chat.saved[at]);
        return options;
    }
    function takeSaved(index: int) {
        if (words === "")
            chat.useSaved(index);
        else if (index > 0)
            chat.useSaved(index - 1);
        else if (savedPlace < 0)
            chat.saveDraft();
        else
            chat.removeSaved(savedPlace);
    }

    implicitHeight: Theme.px(124)
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Composer")

    Rectangle {
        id: box
        anchors.fill: parent
        anchors.leftMargin: Theme.s6
        anchors.rightMargin: Theme.s6
        anchors.topMargin: Theme.s2
        anchors.bottomMargin: Theme.s4
        radius: Theme.radius
        color: Theme.raised
        border.width: Theme.hair
        border.color: Theme.lineStrong

        FocusRing {
            visible: area.editor.activeFocus
        }
        UiTextArea {
            id: area
            anchors.fill: parent
            anchors.margins: Theme.s3
            anchors.bottomMargin: foot.height + Theme.s2
            focus: true
            enabled: root.chat.canCompose
            placeholder: root.chat.canCompose ? qsTr("Message as %1, or /command").arg(root.chat.identityName) : root.chat.composeReason
            onEdited: text => root.chat.draft = text
        }
        Hairline {
            anchors.bottom: foot.top
            x: Theme.hair
            width: parent.width - Theme.hair * 2
        }
        Item {
            id: foot
            anchors.bottom: parent.bottom
            width: parent.width
            height: Theme.px(40)

            Row {
                id: choices
                x: Theme.s2
                height: parent.height
                spacing: Theme.s1

                UiButton {
                    anchors.verticalCenter: parent.verticalCenter
                    small: true
                    kind: UiButton.Quiet
                    glyph: Icons.user
                    text: root.chat.identityName
                    opensMenu: true
                    onTriggered: who.open()

                    UiMenu {
                        id: who
                        y: -height - Theme.s1
                        name: qsTr("Write as")
                        options: root.chat.identities
                        current: Words.placeOf(root.chat.identities, root.chat.identity)
                        onChosen: index => root.chat.identity = root.chat.identities[index]
                    }
                }
                UiButton {
                    anchors.verticalCenter: parent.verticalCenter
                    small: true
                    kind: UiButton.Quiet
                    text: root.chat.encodings[root.chat.encoding] ?? ""
                    opensMenu: true
                    onTriggered: how.open()

                    UiMenu {
                        id: how
                        y: -height - Theme.s1
                        name: qsTr("Protocol")
                        options: root.chat.encodings
                        current: root.chat.encoding
                        onChosen: index => root.chat.encoding = index
                    }
                }
                UiButton {
                    anchors.verticalCenter: parent.verticalCenter
                    small: true
                    kind: UiButton.Quiet
                    text: root.chat.repeatText
                    opensMenu: true
                    onTriggered: often.open()

                    UiMenu {
                        id: often
                        y: -height - Theme.s1
                        readonly property list<int> counts: [1, 10, 100]
                        name: qsTr("How often")
                        options: [qsTr("Once"), qsTr("10 times, each 200 ms"), qsTr("100 times, each 200 ms")]
                        current: Words.placeOf(counts, root.chat.sendCount)
                        onChosen: index => {
                            root.chat.sendCount = counts[index];
                            root.chat.sendIntervalMs = index === 0 ? 0 : 200;
                        }
                    }
                }
                UiButton {
                    visible: choices.width < foot.width - send.width
                    anchors.verticalCenter: parent.verticalCenter
                    available: stored.options.length > 0
                    reason: qsTr("Write a message to keep it")
                    small: true
                    kind: UiButton.Quiet
                    glyph: Icons.bookmark
                    tip: qsTr("Saved messages")
                    opensMenu: true
                    onTriggered: stored.open()

                    UiMenu {
                        id: stored
                        y: -height - Theme.s1
                        width: Theme.px(320)
                        name: qsTr("Saved messages")
                        options: root.savedOptions()
                        onChosen: index => root.takeSaved(index)
                    }
                }
            }
            DeedButton {
                id: send
                anchors.right: parent.right
                anchors.rightMargin: Theme.s2
                anchors.verticalCenter: parent.verticalCenter
                small: true
                kind: UiButton.Primary
                deed: root.chat.sendAction
            }
        }
    }
    Connections {
        target: root.chat
        function onDraftChanged() {
            if (area.text !== root.chat.draft)
                area.text = root.chat.draft;
        }
    }
}
