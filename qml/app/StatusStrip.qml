// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Server, one sentence of truth, the link, the lock, the time range and the palette: the same on every screen. */
FocusScope {
    id: root

    required property Console console
    /// Where the sentence starts: over the screen, beside the rail.
    property int indent: Theme.railWidth
    readonly property Link link: console.link
    readonly property TimeRange range: console.range
    readonly property bool narrow: width < Theme.px(1180)
    readonly property color environmentInk: link.environment === Link.Production ? Theme.envProduction : link.environment === Link.Staging ? Theme.envStaging : Theme.envDevelopment

    signal paletteWanted

    implicitHeight: Theme.stripHeight
    Accessible.role: Accessible.ToolBar
    Accessible.name: qsTr("Status")

    Rectangle {
        anchors.fill: parent
        color: Theme.chrome
    }
    Row {
        id: server
        x: Theme.s3
        height: parent.height
        spacing: Theme.s2

        Rectangle {
            visible: root.link.environmentText !== ""
            anchors.verticalCenter: parent.verticalCenter
            width: word.implicitWidth + Theme.s3
            height: Theme.chipHeight
            radius: Theme.radiusSmall
            color: Theme.alpha(root.environmentInk, Theme.environmentTint)

            UiText {
                id: word
                anchors.centerIn: parent
                text: root.link.environmentText
                role: UiText.Caption
                font.weight: Font.DemiBold
                font.capitalization: Font.AllUppercase
                font.letterSpacing: Theme.trackCapitals
                color: root.environmentInk
            }
        }
        UiButton {
            anchors.verticalCenter: parent.verticalCenter
            small: true
            kind: UiButton.Quiet
            opensMenu: true
            ink: Theme.text1
            text: root.link.serverName === "" ? qsTr("No server") : root.link.serverName
            onTriggered: root.console.navigation.open(Navigation.Settings, "", "")
        }
    }
    Item {
        id: truth
        anchors.left: parent.left
        anchors.leftMargin: Math.max(root.indent + Theme.s5, server.x + server.width + Theme.s4)
        anchors.right: tools.left
        anchors.rightMargin: Theme.s4
        height: parent.height
        clip: true
        activeFocusOnTab: true
        Accessible.role: Accessible.Button
        Accessible.name: root.console.sentence
        Accessible.description: Words.joined(root.console.numbers, ", ")
        Accessible.onPressAction: truth.follow()
        Keys.onReturnPressed: follow()
        Keys.onSpacePressed: follow()

        function follow() {
            root.console.navigation.open(Navigation.Overview, "", "");
        }

        Icon {
            id: mark
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: Icons.ofStatus(root.console.sentenceStatus)
            color: Theme.statusColor(root.console.sentenceStatus)
        }
        UiText {
            id: sentence
            anchors.left: mark.right
            anchors.leftMargin: Theme.tight
            width: Math.min(implicitWidth, truth.width - x)
            height: parent.height
            text: root.console.sentence
            strong: true
            Accessible.ignored: true
        }
        UiText {
            anchors.left: sentence.right
            anchors.leftMargin: Theme.s3
            visible: x + implicitWidth <= truth.width
            height: parent.height
            text: Words.joined(root.console.numbers, "   ")
            role: UiText.Small
            tone: UiText.Secondary
            Accessible.ignored: true
        }
        FocusRing {
            visible: truth.activeFocus
            anchors.margins: Theme.s1
        }
        TapHandler {
            onTapped: truth.follow()
        }
    }
    Row {
        id: tools
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        height: parent.height
        spacing: Theme.s2

        Row {
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.tight
            rightPadding: Theme.s1
            Accessible.role: root.link.status === Status.Bad ? Accessible.AlertMessage : Accessible.StaticText
            Accessible.name: root.link.word + " " + root.link.ageText

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.markSize
                text: Icons.ofStatus(root.link.status)
                color: Theme.statusColor(root.link.status)
            }
            UiText {
                anchors.verticalCenter: parent.verticalCenter
                text: root.link.word
                role: UiText.Small
                strong: root.link.status === Status.Bad
                Accessible.ignored: true
            }
            UiText {
                anchors.verticalCenter: parent.verticalCenter
                text: root.link.ageText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
        UiButton {
            visible: root.link.phase === Link.Lost
            anchors.verticalCenter: parent.verticalCenter
            small: true
            text: qsTr("Retry now")
            onTriggered: root.link.retryNow()
        }
        UiButton {
            visible: root.console.access.lockText !== ""
            anchors.verticalCenter: parent.verticalCenter
            small: true
            kind: UiButton.Quiet
            glyph: root.console.access.locked ? Icons.lock : Icons.unlock
            text: root.narrow ? "" : root.console.access.lockText
            tip: root.console.access.locked ? qsTr("%1. Unlock for 15 minutes; it is written to the audit log.").arg(root.console.access.lockText) : qsTr("Lock again")
            available: root.console.access.canUnlock
            reason: root.console.access.lockReason
            onTriggered: root.console.access.locked ? root.console.access.unlock() : root.console.access.lock()
        }
        UiButton {
            anchors.verticalCenter: parent.verticalCenter
            small: true
            glyph: Icons.clock
            text: root.range.text
            opensMenu: true
            onTriggered: ranges.open()

            UiMenu {
                id: ranges
                name: qsTr("Time range")
                options: root.range.presets
                current: root.range.preset
                onChosen: index => root.range.preset = index
            }
        }
        UiButton {
            anchors.verticalCenter: parent.verticalCenter
            small: true
            glyph: root.range.paused ? Icons.play : Icons.pause
            text: root.range.heldText
            tip: root.range.paused ? qsTr("Go on showing what comes in") : qsTr("Hold the view still; what comes in is kept")
            onTriggered: root.range.paused = !root.range.paused
        }
        UiButton {
            visible: root.narrow
            anchors.verticalCenter: parent.verticalCenter
            small: true
            glyph: Icons.search
            tip: qsTr("Go to or run")
            onTriggered: root.paletteWanted()
        }
        Rectangle {
            id: search
            visible: !root.narrow
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.px(216)
            height: Theme.controlSmall
            radius: Theme.radius
            color: hover.hovered ? Theme.hover : Theme.raised
            border.width: Theme.hair
            border.color: Theme.lineStrong
            activeFocusOnTab: true
            Accessible.role: Accessible.Button
            Accessible.name: qsTr("Go to or run")
            Accessible.onPressAction: root.paletteWanted()
            Keys.onReturnPressed: root.paletteWanted()
            Keys.onSpacePressed: root.paletteWanted()

            Icon {
                x: Theme.tight
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.iconSmall
                text: Icons.search
                color: Theme.text3
            }
            UiText {
                x: Theme.iconSmall + Theme.s3
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("Go to or run…")
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            KeyHint {
                anchors.right: parent.right
                anchors.rightMargin: Theme.s1
                anchors.verticalCenter: parent.verticalCenter
                keys: root.console.keymap.keysFor(Keymap.Palette)
            }
            FocusRing {
                visible: search.activeFocus
            }
            HoverHandler {
                id: hover
            }
            TapHandler {
                onTapped: root.paletteWanted()
            }
        }
    }
    Hairline {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
