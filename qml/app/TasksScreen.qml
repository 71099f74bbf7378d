// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* What runs, as a tree; what waits for a yes on top of it; the chosen one beside. */
ScreenPage {
    id: root

    readonly property TaskPanel panel: console.tasks
    readonly property Filter filter: panel.filter
    readonly property bool inspecting: panel.currentRow >= 0 && console.preferences.inspectorOpen
    readonly property bool floating: width < Theme.px(1040)
    readonly property int main: inspecting && !floating ? width - Theme.inspectorWidth : width

    bannerWidth: main
    facts: panel.currentRow < 0 ? [qsTr("No selection")] : [panel.title]

    function focusFilter() {
        bar.forceActiveFocus(Qt.ShortcutFocusReason);
    }
    function toggleInspector() {
        console.preferences.inspectorOpen = !console.preferences.inspectorOpen;
    }
    function idToCopy(): string {
        return panel.currentKey;
    }
    function stepBack(): bool {
        if (filter.on || filter.text !== "")
            filter.clear();
        else if (inspecting)
            console.preferences.inspectorOpen = false;
        else
            return false;
        return true;
    }

    ScreenHeader {
        id: head
        width: root.main
        title: qsTr("Tasks")
        note: root.panel.headText

        DeedButton {
            deed: root.panel.cancelAction
        }
    }
    Column {
        id: asked
        anchors.top: head.bottom
        x: Theme.s5
        width: root.main - Theme.s5 * 2
        spacing: Theme.s2
        bottomPadding: waiting.count > 0 ? Theme.s3 : 0
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Waits for a yes")

        Repeater {
            id: waiting
            model: root.panel.approvals

            ApprovalCard {
                width: asked.width
                onApproved: root.panel.approvals.approve(index)
                onRefused: root.panel.approvals.refuse(index)
                onOpened: {
                    root.panel.approvals.open(index);
                    list.forceActiveFocus(Qt.TabFocusReason);
                }
            }
        }
    }
    FilterBar {
        id: bar
        anchors.top: asked.bottom
        x: Theme.s5
        z: 1
        width: root.main - Theme.s5 * 2
        name: qsTr("Filter tasks")
        chips: root.filter.chips
        countText: root.filter.countText
        error: root.filter.error
        completions: root.filter.completions
        on: root.filter.on
        onEdited: text => root.filter.text = text
        onCommitted: if (root.filter.commit()) text = ""
        onChipRemoved: index => root.filter.removeChip(index)
        onCleared: root.filter.clear()
        onCompleted: index => {
            root.filter.complete(index);
            text = root.filter.text;
        }
        onLeaving: list.forceActiveFocus()
    }
    TaskHeads {
        id: heads
        visible: list.visible
        anchors.top: bar.bottom
        anchors.topMargin: Theme.s2
        width: root.main
    }
    ListView {
        id: list
        anchors.top: heads.bottom
        anchors.bottom: parent.bottom
        width: root.main
        visible: root.panel.content.kind === Content.Ready
        clip: true
        focus: true
        activeFocusOnTab: true
        model: root.panel.tree
        currentIndex: root.panel.currentRow
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        ScrollBar.vertical: UiScrollBar {}
        Accessible.role: Accessible.Tree
        Accessible.name: qsTr("Tasks")

        function move(by: int) {
            const from = root.panel.currentRow;
            root.panel.select(from < 0 ? 0 : Math.max(0, Math.min(count - 1, from + by)));
        }
        function unfold() {
            const item = itemAtIndex(currentIndex) as TaskEntry;
            if (item && item.expandable && !item.expanded)
                root.panel.setExpanded(currentIndex, true);
            else if (item && item.expandable)
                move(1);
        }
        function fold() {
            const item = itemAtIndex(currentIndex) as TaskEntry;
            if (item && item.expandable && item.expanded)
                root.panel.setExpanded(currentIndex, false);
            else
                root.panel.select(root.panel.parentOf(currentIndex));
        }

        Keys.onUpPressed: move(-1)
        Keys.onDownPressed: move(1)
        Keys.onRightPressed: unfold()
        Keys.onLeftPressed: fold()
        Keys.onReturnPressed: root.console.preferences.inspectorOpen = true
        Keys.onPressed: event => {
            const page = Math.max(1, Math.floor(height / Theme.rowHeight) - 1);
            const by = event.key === Qt.Key_PageDown ? page : event.key === Qt.Key_PageUp ? -page : event.key === Qt.Key_End ? count : event.key === Qt.Key_Home ? -count : 0;
            if (by !== 0)
                move(by);
            event.accepted = by !== 0;
        }
        delegate: TaskEntry {
            width: ListView.view.width
            ringed: list.activeFocus
            stale: root.old
            onChosen: {
                list.forceActiveFocus();
                root.panel.select(index);
            }
            onToggled: root.panel.setExpanded(index, !expanded)
            onOpened: root.console.preferences.inspectorOpen = true
        }
    }
    ContentNote {
        anchors.top: bar.bottom
        anchors.topMargin: Theme.s4
        x: Theme.s5
        width: root.main - Theme.s5 * 2
        height: loading ? root.height - y : implicitHeight
        console: root.console
        content: root.panel.content
        filter: root.filter
    }
    TaskInspector {
        visible: root.inspecting
        x: root.width - width
        z: 2
        width: Theme.inspectorWidth
        height: parent.height
        console: root.console
        onClosed: root.toggleInspector()
    }

    Binding {
        target: root.panel
        property: "active"
        value: root.visible
    }
}
