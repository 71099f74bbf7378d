// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* One breaker: what it counts, what it went through and why, and what an operator can say over it, for how long. */
Inspector {
    id: root

    required property Console console
    readonly property BreakerPanel panel: console.breakers

    status: panel.status
    title: panel.currentKey
    subtitle: panel.subtitle
    tabs: [qsTr("Facts"), qsTr("24 hours"), qsTr("Raw")]
    lockReason: console.access.lockReason
    onCopied: console.copy(panel.currentKey)
    footer: [
        DeedButton {
            small: true
            deed: root.panel.openAction
        },
        DeedButton {
            small: true
            deed: root.panel.closeAction
        },
        DeedButton {
            small: true
            deed: root.panel.resetAction
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
            spacing: Theme.s3

            Column {
                width: parent.width

                Repeater {
                    model: root.panel.facts

                    FactRow {
                        required name
                        required value
                        required mono
                        required property int status

                        width: facts.width
                        tone: status >= Status.Warn && status !== Status.Pending ? (status === Status.Bad ? UiText.Bad : UiText.Warn) : UiText.Primary
                    }
                }
            }
            UiText {
                text: qsTr("An operator's word lasts")
                role: UiText.Small
                tone: UiText.Secondary
            }
            Segmented {
                name: qsTr("An operator's word lasts")
                options: root.panel.terms
                current: root.panel.term
                onChosen: index => root.panel.term = index
            }
        }
    }
    ScrollPane {
        name: qsTr("Changes of state in 24 hours")
        anchors.fill: parent
        visible: root.tab === 1
        contentHeight: moves.height

        Column {
            id: moves
            width: root.contentWidth
            spacing: Theme.s2

            UiText {
                width: parent.width
                text: root.panel.movesNote
                role: UiText.Small
                tone: UiText.Secondary
                wrapMode: Text.WordWrap
            }
            StepTimeline {
                width: parent.width
                wordy: true
                steps: root.panel.moves
            }
        }
    }
    RawText {
        anchors.fill: parent
        visible: root.tab === 2
        name: qsTr("This breaker as JSON")
        text: visible ? root.panel.raw : ""
    }
}
