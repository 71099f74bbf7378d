// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* One turn with everything that is known of it: thinking, tools, text as it comes, where it came from, where the time went. */
Turn {
    id: root

    required property int index
    required property string thinking
    required property string content
    required property bool isLive
    required property string failureCode
    required property string failureText
    required property string degradedText
    required property string approvalText
    required property string decidingText
    required property ToolCallsModel tools
    required property ChipsModel chips
    required property PhasesModel phases

    signal copyWanted(string text)
    signal linkWanted(string target)
    signal approved
    signal denied

    Row {
        visible: root.thinking !== ""
        width: parent.width
        spacing: Theme.s2

        Icon {
            id: thought
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: Icons.history
            color: Theme.text3
        }
        UiText {
            width: parent.width - thought.width - Theme.s2
            text: root.thinking
            role: UiText.Small
            tone: UiText.Secondary
            wrapMode: Text.WordWrap
        }
    }
    Column {
        visible: calls.count > 0
        width: parent.width

        Repeater {
            id: calls
            model: root.tools

            ToolCall {
                required name
                required parameters
                required tookText
                required status
                required property string resultText

                width: root.width
                result: resultText
            }
        }
    }
    StatusMark {
        visible: root.degradedText !== ""
        status: Status.Warn
        word: root.degradedText
    }
    Prose {
        visible: text !== "" || live
        width: parent.width
        text: root.content
        live: root.isLive
    }
    Column {
        visible: root.failureCode !== ""
        width: parent.width
        spacing: Theme.s1

        StatusMark {
            status: Status.Bad
            word: root.failureCode
            strong: true
        }
        UiText {
            width: parent.width
            text: root.failureText
            role: UiText.Small
            tone: UiText.Secondary
            wrapMode: Text.WordWrap
        }
    }
    PendingBar {
        visible: root.approvalText !== ""
        width: parent.width
        headline: qsTr("Waits for your yes")
        preview: root.approvalText

        UiButton {
            text: qsTr("Deny")
            available: root.decidingText === ""
            reason: root.decidingText
            onTriggered: root.denied()
        }
        UiButton {
            text: root.decidingText === "" ? qsTr("Approve") : root.decidingText
            glyph: root.decidingText === "" ? "" : Icons.statePending
            kind: UiButton.Danger
            available: root.decidingText === ""
            onTriggered: root.approved()
        }
    }
    Flow {
        visible: !root.isUser && (sources.count > 0 || root.content !== "")
        width: parent.width
        spacing: Theme.tight

        Repeater {
            id: sources
            model: root.chips

            Chip {
                required label
                required value
                required status
                required mono
                required property string glyph
                required property string target

                glyphName: glyph
                link: target !== ""
                onFollowed: root.linkWanted(target)
            }
        }
        UiButton {
            visible: root.content !== "" && !root.isLive
            small: true
            height: Theme.chipHeight
            kind: UiButton.Quiet
            glyph: Icons.copy
            tip: qsTr("Copy this answer")
            onTriggered: root.copyWanted(root.content)
        }
    }
    Waterfall {
        visible: root.phases !== null && root.phases.totalMs > 0
        width: parent.width
        phases: root.phases
        totalMs: root.phases ? root.phases.totalMs : 0
        totalText: root.phases ? root.phases.totalText : ""
    }
}
