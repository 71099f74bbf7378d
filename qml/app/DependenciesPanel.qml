// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Breakers as cards and flags as lines: to look at; a card leads to the screen where it can be changed. */
Column {
    id: root

    required property Overview overview
    required property Navigation navigation
    readonly property int perRow: Math.max(1, Math.floor((width + Theme.s4) / Theme.px(280)))
    readonly property int cardWidth: Math.floor((width - Theme.s4 * (perRow - 1)) / perRow)
    readonly property int flagsPerRow: Math.max(1, Math.floor((width + Theme.s10) / Theme.px(420)))

    topPadding: Theme.s5
    spacing: Theme.s3

    Hairline {
        visible: cards.count > 0 || flags.count > 0
        width: parent.width
    }
    SectionHeader {
        visible: cards.count > 0
        width: parent.width
        title: qsTr("Breakers")
    }
    Flow {
        visible: cards.count > 0
        width: parent.width
        spacing: Theme.s4
        bottomPadding: Theme.s4

        Repeater {
            id: cards
            model: root.overview.breakers

            BreakerCard {
                required name
                required stateText
                required status
                required sinceText
                required outcomes
                required rateText
                required thresholdText
                required causeText
                required nextText
                required extraText
                required spoken

                width: root.cardWidth
                onTriggered: root.navigation.open(Navigation.Breakers, name, "")
            }
        }
    }
    SectionHeader {
        visible: flags.count > 0
        width: parent.width
        title: qsTr("Flags")
    }
    Grid {
        width: parent.width
        columns: root.flagsPerRow
        columnSpacing: Theme.s10

        Repeater {
            id: flags
            model: root.overview.flags

            Item {
                id: flag
                required property string name
                required property string stateText
                required property int status
                required property string strategyText
                required property string percentText
                required property string ageText

                width: Math.floor((root.width - Theme.s10 * (root.flagsPerRow - 1)) / root.flagsPerRow)
                height: Theme.rowHeight
                Accessible.role: Accessible.ListItem
                Accessible.name: Words.sentence(name, stateText, percentText)

                UiText {
                    id: what
                    width: Math.max(Theme.px(100), parent.width - state.width - share.width - age.width - Theme.s4)
                    height: parent.height
                    text: flag.name
                    role: UiText.Small
                    strong: true
                    Accessible.ignored: true
                }
                StatusMark {
                    id: state
                    anchors.left: what.right
                    width: Theme.px(88)
                    anchors.verticalCenter: parent.verticalCenter
                    status: flag.status
                    word: flag.stateText
                }
                UiText {
                    id: share
                    anchors.left: state.right
                    width: Theme.px(64)
                    height: parent.height
                    horizontalAlignment: Text.AlignRight
                    text: flag.percentText
                    role: UiText.Small
                    tone: UiText.Secondary
                    Accessible.ignored: true
                }
                UiText {
                    id: age
                    anchors.right: parent.right
                    width: Theme.px(72)
                    height: parent.height
                    horizontalAlignment: Text.AlignRight
                    text: flag.ageText
                    role: UiText.Small
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
            }
        }
    }
}
