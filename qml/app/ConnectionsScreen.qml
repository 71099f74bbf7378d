// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Every connection as a row, what they are doing together above, the chosen one beside. */
ScreenPage {
    id: root

    readonly property ConnectionsModel rows: console.connections
    readonly property Filter filter: rows.filter
    /// What one looks at seldom; the inspector says it too.
    readonly property list<int> usuallyHidden: [ConnectionsModel.AddressColumn, ConnectionsModel.IdleColumn, ConnectionsModel.DropsColumn, ConnectionsModel.SessionColumn]
    readonly property bool inspecting: rows.detail.key !== "" && console.preferences.inspectorOpen
    /// With little room the inspector lies on the table instead of beside it.
    readonly property bool floating: width < Theme.px(1040)
    readonly property int main: inspecting && !floating ? width - Theme.inspectorWidth : width

    bannerWidth: main
    facts: rows.filter.on ? [rows.selectionText, rows.filterText] : [rows.selectionText]

    function focusFilter() {
        bar.forceActiveFocus(Qt.ShortcutFocusReason);
    }
    function toggleInspector() {
        console.preferences.inspectorOpen = !console.preferences.inspectorOpen;
    }
    function exportRows() {
        rows.exportCsv();
    }
    function idToCopy(): string {
        return rows.currentKey;
    }
    function stepBack(): bool {
        if (filter.on || filter.text !== "")
            filter.clear();
        else if (rows.markedCount > 0)
            rows.clearMarks();
        else if (inspecting)
            console.preferences.inspectorOpen = false;
        else
            return false;
        return true;
    }

    ScreenHeader {
        id: head
        width: root.main
        title: qsTr("Connections")
        note: root.rows.headText

        UiButton {
            kind: UiButton.Quiet
            text: qsTr("Columns")
            glyph: Icons.columns
            onTriggered: chooser.open()

            ColumnChooser {
                id: chooser
                y: parent.height + Theme.s1
                x: parent.width - width
                layout: table.layout
                onToggleWanted: section => root.console.preferences.setHiddenColumns("connections", table.layout.toggled(section))
            }
        }
        UiButton {
            kind: UiButton.Quiet
            text: qsTr("Export")
            glyph: Icons.download
            onTriggered: root.exportRows()
        }
    }
    ConnectionCharts {
        id: charts
        anchors.top: head.bottom
        x: Theme.s5
        width: root.main - Theme.s5 * 2
        console: root.console
        old: root.old
        asTables: root.chartsAsTables
    }
    FilterBar {
        id: bar
        anchors.top: charts.bottom
        anchors.topMargin: Theme.s3
        x: Theme.s5
        z: 1
        width: root.main - Theme.s5 * 2
        name: qsTr("Filter connections")
        chips: root.filter.chips
        countText: root.filter.countText
        heldMoves: root.rows.heldMoves
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
        onOrderWanted: table.applyOrder()
        onLeaving: table.forceActiveFocus()

        UiButton {
            visible: root.filter.on
            text: qsTr("Save")
            glyph: Icons.bookmark
            onTriggered: saver.open()

            SaveFilterPopup {
                id: saver
                y: parent.height + Theme.s1
                x: parent.width - width
                onSaved: name => root.filter.save(name)
            }
        }
    }
    DataTable {
        id: table
        anchors.top: bar.bottom
        anchors.topMargin: Theme.s2
        anchors.bottom: parent.bottom
        width: root.main
        visible: root.rows.content.kind === Content.Ready
        focus: true
        name: qsTr("Connections")
        model: root.rows
        currentRow: root.rows.currentRow
        currentSpoken: root.rows.currentSpoken
        sortSection: root.rows.sortColumn
        sortDescending: root.rows.sortDescending
        onRowWanted: row => root.rows.select(row)
        onMarkWanted: row => root.rows.toggleMark(row)
        onRangeWanted: (from, to) => root.rows.markRange(from, to)
        onAllWanted: root.rows.markAll()
        onCopyWanted: root.rows.copyRows()
        onOpened: root.console.preferences.inspectorOpen = true
        onScrolled: (first, last) => root.rows.viewport(first, last)
        onSortWanted: (section, descending) => {
            root.rows.sortColumn = section;
            root.rows.sortDescending = descending;
        }

        DataColumn { section: ConnectionsModel.StateColumn; title: qsTr("State"); group: qsTr("Who"); kind: DataColumn.Mark; width: 112; showsChange: true }
        DataColumn { section: ConnectionsModel.UserColumn; title: qsTr("User"); group: qsTr("Who"); lead: true; width: 72; stretches: true }
        DataColumn { section: ConnectionsModel.ClientColumn; title: qsTr("Client"); group: qsTr("Who"); kind: DataColumn.Mono; width: 84; stretches: true }
        DataColumn { section: ConnectionsModel.AddressColumn; title: qsTr("Address"); group: qsTr("Where"); kind: DataColumn.Mono; width: 148 }
        DataColumn { section: ConnectionsModel.ThreadColumn; title: qsTr("Thread"); group: qsTr("Where"); explanation: qsTr("The edge thread that owns the socket"); width: 60 }
        DataColumn { section: ConnectionsModel.ApiColumn; title: qsTr("API"); group: qsTr("How"); width: 36 }
        DataColumn { section: ConnectionsModel.EncodingColumn; title: qsTr("Enc"); group: qsTr("How"); explanation: qsTr("Encoding of the frames"); width: 44 }
        DataColumn { section: ConnectionsModel.UpColumn; title: qsTr("Up"); group: qsTr("Time"); kind: DataColumn.Figure; width: 68 }
        DataColumn { section: ConnectionsModel.IdleColumn; title: qsTr("Idle"); group: qsTr("Time"); kind: DataColumn.Figure; width: 64 }
        DataColumn { section: ConnectionsModel.InRateColumn; title: qsTr("In/s"); group: qsTr("Traffic"); kind: DataColumn.Figure; width: 48 }
        DataColumn { section: ConnectionsModel.OutRateColumn; title: qsTr("Out/s"); group: qsTr("Traffic"); kind: DataColumn.Figure; width: 52 }
        DataColumn { section: ConnectionsModel.QueueColumn; title: qsTr("Send queue, KiB"); group: qsTr("Traffic"); kind: DataColumn.Bar; width: 112; stretches: true }
        DataColumn { section: ConnectionsModel.SequenceColumn; title: qsTr("Seq"); group: qsTr("Traffic"); kind: DataColumn.Figure; width: 64 }
        DataColumn { section: ConnectionsModel.DropsColumn; title: qsTr("Drops"); group: qsTr("Traffic"); explanation: qsTr("Progress frames left out because the client reads too slowly"); kind: DataColumn.Figure; width: 56 }
        DataColumn { section: ConnectionsModel.SessionColumn; title: qsTr("Session"); group: qsTr("Who"); kind: DataColumn.Mono; width: 100 }
    }
    Item {
        anchors.fill: table
        visible: !table.visible

        ContentNote {
            id: note
            x: Theme.s5
            y: Theme.s4
            width: root.main - Theme.s5 * 2
            height: loading ? parent.height : implicitHeight
            console: root.console
            content: root.rows.content
            filter: root.filter
        }
        FactRow {
            visible: note.kind === Placeholder.Empty && root.rows.listenText !== ""
            anchors.top: note.bottom
            x: Theme.s5 + Theme.markSize + Theme.tight
            width: root.main - x - Theme.s5
            name: qsTr("Listens on")
            value: root.rows.listenText
            mono: true
        }
        FactRow {
            visible: note.kind === Placeholder.Empty && root.rows.testCommand !== ""
            anchors.top: note.bottom
            anchors.topMargin: Theme.controlSmall
            x: Theme.s5 + Theme.markSize + Theme.tight
            width: root.main - x - Theme.s5
            name: qsTr("Try it")
            value: root.rows.testCommand
            mono: true
            link: true
            onFollowed: root.console.copy(root.rows.testCommand)
        }
    }
    ConnectionInspector {
        id: inspector
        visible: root.inspecting
        x: root.width - width
        z: 2
        width: Theme.inspectorWidth
        height: parent.height
        console: root.console
        old: root.old
        onClosed: root.toggleInspector()
    }

    Binding {
        target: root.rows
        property: "frozen"
        value: table.holding
    }
    Binding {
        target: root.rows
        property: "active"
        value: root.visible
    }
    Connections {
        target: root.console.preferences
        function onColumnsChanged() {
            table.hiddenSections = root.console.preferences.hiddenColumns("connections", root.usuallyHidden);
        }
    }
    Component.onCompleted: table.hiddenSections = root.console.preferences.hiddenColumns("connections", root.usuallyHidden)
}
