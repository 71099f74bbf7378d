// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import "Words.js" as Words

/* One number with its limit, its change and its shape over the window. No box: a hairline and the grid hold it. */
Item {
    id: root

    property string label
    property string value
    property string unit
    property string changeText
    /// 1 rising, -1 falling, 0 neither.
    property int trend: 0
    property string note
    property int status: Status.Idle
    property alias points: shape.points
    property alias fromMs: shape.fromMs
    property alias toMs: shape.toMs
    property alias low: shape.low
    property alias high: shape.high
    property alias guard: shape.guard
    property string spoken
    property bool clickable: true
    property bool stale: false

    readonly property bool troubled: status === Status.Warn || status === Status.Bad

    signal triggered

    implicitHeight: Theme.px(100)
    implicitWidth: Theme.px(176)
    activeFocusOnTab: clickable
    Accessible.role: clickable ? Accessible.Button : Accessible.StaticText
    Accessible.name: spoken === "" ? Words.sentence(label, value + " " + unit, changeText, note) : spoken
    Accessible.onPressAction: if (root.clickable) root.triggered()
    Keys.onReturnPressed: if (clickable) triggered()
    Keys.onSpacePressed: if (clickable) triggered()

    Rectangle {
        visible: hover.hovered && root.clickable
        anchors.fill: parent
        anchors.margins: -Theme.s1
        radius: Theme.radius
        color: Theme.hover
    }
    FocusRing {
        visible: root.activeFocus
    }
    HoverHandler {
        id: hover
        enabled: root.clickable
        cursorShape: Qt.PointingHandCursor
    }
    TapHandler {
        enabled: root.clickable
        onTapped: root.triggered()
    }
    Row {
        id: head
        height: Theme.px(16)
        spacing: Theme.tight

        Icon {
            visible: root.troubled
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: Icons.ofStatus(root.status)
            color: Theme.statusColor(root.status)
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.label
            role: UiText.Small
            tone: UiText.Secondary
            Accessible.ignored: true
        }
    }
    Row {
        id: big
        anchors.top: head.bottom
        anchors.topMargin: Theme.s1
        height: Theme.px(32)
        spacing: Theme.tight - Theme.hair

        UiText {
            id: figure
            text: root.value
            role: UiText.Stat
            tone: root.stale ? UiText.Secondary : UiText.Primary
            Accessible.ignored: true
        }
        UiText {
            anchors.baseline: figure.baseline
            text: root.unit
            role: UiText.Small
            tone: UiText.Tertiary
            Accessible.ignored: true
        }
    }
    Row {
        id: foot
        anchors.top: big.bottom
        anchors.topMargin: Theme.s1
        width: parent.width
        height: Theme.px(16)
        spacing: Theme.s1

        Icon {
            id: arrow
            visible: root.changeText !== "" && root.trend !== 0
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: root.trend > 0 ? Icons.trendUp : Icons.trendDown
            color: Theme.text3
        }
        UiText {
            id: change
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.changeText
            role: UiText.Caption
            tone: UiText.Secondary
            Accessible.ignored: true
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            width: foot.width - x
            text: root.note
            role: UiText.Caption
            tone: root.troubled ? toneOf(root.status) : UiText.Tertiary
            Accessible.ignored: true
        }
    }
    Spark {
        id: shape
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: Theme.px(20)
        visible: points.length > 0
        opacity: root.stale ? Theme.staleInk : 1
        color: root.troubled ? Theme.statusColor(root.status) : Theme.seriesQuiet
        guardColor: Theme.warn
    }
}
