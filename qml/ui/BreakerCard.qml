// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import "Words.js" as Words

/* One dependency: name and state, its last calls as evidence, then why and what next. Filled and edged only when not closed. */
Rectangle {
    id: root

    property string name
    property string stateText
    property int status: Status.Idle
    property string sinceText
    property string outcomes
    property string rateText
    property string thresholdText
    property string causeText
    property string nextText
    property string extraText
    property string dayText
    property string spoken
    property bool current: false
    property bool stale: false

    readonly property bool troubled: status === Status.Bad || status === Status.Warn

    signal triggered

    implicitHeight: Theme.px(causeText === "" ? 148 : 170)
    implicitWidth: Theme.px(320)
    radius: Theme.radius
    color: troubled ? Theme.raised : "transparent"
    border.width: current ? Theme.selectionEdge : Theme.hair
    border.color: current ? Theme.accent : status === Status.Bad ? Theme.badEdge : status === Status.Warn ? Theme.warnEdge : Theme.line
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: spoken === "" ? Words.sentence(name, stateText, rateText, nextText) : spoken
    Accessible.onPressAction: root.triggered()
    Keys.onReturnPressed: triggered()
    Keys.onSpacePressed: triggered()

    FocusRing {
        visible: root.activeFocus
    }
    TapHandler {
        onTapped: root.triggered()
    }
    Column {
        x: Theme.s4
        y: Theme.s3
        width: parent.width - Theme.s4 * 2

        Item {
            width: parent.width
            height: Theme.px(22)

            UiText {
                anchors.left: parent.left
                anchors.right: age.left
                anchors.rightMargin: Theme.s2
                text: root.name
                role: UiText.Lead
                tone: root.stale ? UiText.Secondary : UiText.Primary
                Accessible.ignored: true
            }
            UiText {
                id: age
                anchors.right: parent.right
                y: Theme.radiusTiny
                text: root.sinceText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
        Item {
            width: parent.width
            height: Theme.px(28)

            StatusMark {
                height: parent.height
                topPadding: Theme.radiusTiny
                status: root.status
                word: root.stateText
                strong: root.troubled
            }
            UiText {
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                anchors.verticalCenterOffset: Theme.hair
                text: root.dayText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
        OutcomeStrip {
            width: parent.width
            outcomes: root.outcomes
            opacity: root.stale ? Theme.staleInk : 1
        }
        Item {
            width: parent.width
            height: Theme.px(30)

            UiText {
                anchors.left: parent.left
                anchors.right: limit.left
                anchors.rightMargin: Theme.s2
                anchors.bottom: parent.bottom
                text: root.rateText
                role: UiText.Small
                strong: true
                tone: root.status === Status.Bad ? UiText.Bad : UiText.Primary
                Accessible.ignored: true
            }
            UiText {
                id: limit
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                text: root.thresholdText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
        UiText {
            visible: text !== ""
            width: parent.width
            height: Theme.px(22)
            verticalAlignment: Text.AlignBottom
            text: root.causeText
            role: UiText.Small
            tone: UiText.Secondary
            Accessible.ignored: true
        }
        Item {
            width: parent.width
            height: Theme.px(26)

            Icon {
                id: probe
                visible: root.troubled
                anchors.bottom: parent.bottom
                size: Theme.iconSmall
                text: Icons.probe
            }
            UiText {
                anchors.left: probe.visible ? probe.right : parent.left
                anchors.leftMargin: probe.visible ? Theme.s2 : 0
                anchors.right: extra.left
                anchors.rightMargin: Theme.s2
                anchors.bottom: parent.bottom
                text: root.nextText
                role: UiText.Small
                strong: root.troubled
                tone: root.troubled ? UiText.Primary : UiText.Secondary
                Accessible.ignored: true
            }
            UiText {
                id: extra
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                text: root.extraText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
}
