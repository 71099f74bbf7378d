// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui

/*
    Rows of one height, numbers right, units in the heads, no vertical lines, no stripes; the selection is a tint and an edge.
    Shows a table model with the roles display, cellStatus, fraction, key, marked, gone, dim and
    pendingText. The model sorts, selects and
    filters; this only asks for it. Only what is visible exists.

    Order: while the pointer is in the table, or the focus is on one of its rows, `holding` is true and the model must keep the order
    and the set of its rows, so that no click lands on a row that has moved. The filter bar shows what waits; applyOrder() lets it
    through once. A table without rows holds nothing: the first ones may come.
*/
FocusScope {
    id: root

    property alias model: view.model
    default property alias columns: columnLayout.columns
    property alias hiddenSections: columnLayout.hidden
    property string name
    property int currentRow: -1
    property string currentSpoken
    property int sortSection: -1
    property bool sortDescending: false
    property int margin: Theme.s5

    readonly property alias layout: columnLayout
    readonly property alias rowCount: view.rows
    readonly property bool engaged: pointer.hovered || (activeFocus && currentRow >= 0)
    readonly property bool holding: engaged && rowCount > 0 && !letting
    readonly property int firstRow: Math.max(0, Math.floor(view.contentY / Theme.rowHeight))
    readonly property int rowsShown: Math.ceil(view.height / Theme.rowHeight)
    readonly property int pageRows: Math.max(1, Math.floor(view.height / Theme.rowHeight) - 1)

    property bool letting: false
    property int rangeStart: -1
    property int beat: 0
    property int lastChange: -1
    property int lastPress: -1
    property real lastPressAt: 0

    signal rowWanted(int row)
    signal markWanted(int row)
    signal rangeWanted(int from, int to)
    signal allWanted
    signal opened(int row)
    signal copyWanted
    signal sortWanted(int section, bool descending)
    signal menuWanted(int row)
    /// The rows on screen have changed: a windowed model loads these.
    signal scrolled(int first, int last)

    function applyOrder() {
        letting = true;
    }
    function goTo(row: int, ranged: bool) {
        if (rowCount === 0)
            return;
        const target = Math.max(0, Math.min(rowCount - 1, row));
        if (!ranged)
            rangeStart = -1;
        else if (rangeStart < 0)
            rangeStart = Math.max(0, currentRow);
        rowWanted(target);
        if (ranged)
            rangeWanted(Math.min(rangeStart, target), Math.max(rangeStart, target));
        reveal(target);
    }
    function reveal(row: int) {
        const top = row * Theme.rowHeight;
        if (top < view.contentY)
            view.contentY = top;
        else if (top + Theme.rowHeight > view.contentY + view.height)
            view.contentY = Math.max(0, top + Theme.rowHeight - view.height);
    }
    /// The row under a point of the scene, -1 if there is none.
    function rowUnder(scenePosition: point): int {
        const y = body.mapFromItem(null, scenePosition).y;
        const row = Math.floor((y + view.contentY) / Theme.rowHeight);
        return y >= 0 && row >= 0 && row < rowCount ? row : -1;
    }
    /// The outer columns reach to the edges, so that a tinted row has no holes.
    function widthOf(section: int): int {
        const outer = (section === columnLayout.leading ? margin : 0) + (section === columnLayout.trailing ? margin : 0);
        const own = columnLayout.widthOf(section);
        return own > 0 ? own + outer : 0;
    }
    function press(row: int, button: int, modifiers: int) {
        forceActiveFocus(Qt.MouseFocusReason);
        if (row < 0)
            return;
        if (modifiers & Qt.ControlModifier)
            markWanted(row);
        else
            goTo(row, (modifiers & Qt.ShiftModifier) !== 0);
        if (button === Qt.RightButton)
            menuWanted(row);
        const again = row === lastPress && Date.now() - lastPressAt < Application.styleHints.mouseDoubleClickInterval;
        lastPress = again ? -1 : row;
        lastPressAt = Date.now();
        if (again)
            opened(row);
    }
    function key(pressed: int, ranged: bool, control: bool): bool {
        switch (pressed) {
        case Qt.Key_Up: goTo(currentRow - 1, ranged); return true;
        case Qt.Key_Down: goTo(currentRow + 1, ranged); return true;
        case Qt.Key_PageUp: goTo(currentRow - pageRows, ranged); return true;
        case Qt.Key_PageDown: goTo(currentRow + pageRows, ranged); return true;
        case Qt.Key_Home: goTo(0, ranged); return true;
        case Qt.Key_End: goTo(rowCount - 1, ranged); return true;
        case Qt.Key_Space: markWanted(currentRow); return currentRow >= 0;
        case Qt.Key_Return:
        case Qt.Key_Enter: opened(currentRow); return true;
        case Qt.Key_Menu: menuWanted(currentRow); return true;
        }
        if (control && pressed === Qt.Key_A)
            allWanted();
        else if (control && pressed === Qt.Key_C)
            copyWanted();
        return control && (pressed === Qt.Key_A || pressed === Qt.Key_C);
    }

    implicitHeight: head.height + rowCount * Theme.rowHeight
    activeFocusOnTab: true
    Accessible.role: Accessible.Table
    Accessible.name: name
    Accessible.description: currentSpoken === "" ? qsTr("%n rows", "", rowCount) : currentSpoken
    onFirstRowChanged: scrolled(firstRow, firstRow + rowsShown)
    onRowsShownChanged: scrolled(firstRow, firstRow + rowsShown)
    Keys.onPressed: event => event.accepted = root.key(event.key, (event.modifiers & Qt.ShiftModifier) !== 0, (event.modifiers & Qt.ControlModifier) !== 0)

    TableLayout {
        id: columnLayout
        room: root.width - root.margin * 2
        scale: Theme.textScale
        onChanged: view.forceLayout()
    }
    HoverHandler {
        id: pointer
    }
    Timer {
        interval: 0
        running: root.letting
        onTriggered: root.letting = false
    }
    Timer {
        interval: Theme.beat
        repeat: true
        running: root.lastChange >= 0 && root.beat - root.lastChange <= Theme.changeTick / Theme.beat
        onTriggered: root.beat += 1
    }
    TableHead {
        id: head
        width: parent.width
        layout: columnLayout
        margin: root.margin
        offset: view.contentX
        sortSection: root.sortSection
        descending: root.sortDescending
        onSortWanted: (section, descending) => root.sortWanted(section, descending)
    }
    Item {
        id: body
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        clip: true

        // Hover and the current row are painted by row, under the cells.
        Rectangle {
            readonly property int row: pointer.hovered ? root.rowUnder(pointer.point.scenePosition) : -1

            visible: row >= 0 && row !== root.currentRow
            y: row * Theme.rowHeight - view.contentY
            width: parent.width
            height: Theme.rowHeight
            color: Theme.hover
        }
        Rectangle {
            visible: root.currentRow >= 0 && root.currentRow < root.rowCount
            y: root.currentRow * Theme.rowHeight - view.contentY
            width: parent.width
            height: Theme.rowHeight
            color: Theme.selected
            border.width: root.activeFocus ? Theme.hair : 0
            border.color: Theme.accentEdge

            Rectangle {
                width: Theme.selectionEdge
                height: parent.height
                color: Theme.accent
            }
        }
        TableView {
            id: view
            anchors.fill: parent
            boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: UiScrollBar {}
            ScrollBar.horizontal: UiScrollBar {}
            pointerNavigationEnabled: false
            keyNavigationEnabled: false
            rowHeightProvider: () => Theme.rowHeight
            columnWidthProvider: section => root.widthOf(section)
            delegate: TableCell {
                id: cell
                required property int column
                required property string display
                required property int cellStatus
                required property string key
                required property bool marked

                spec: columnLayout.ofSection(column)
                words: display
                status: cellStatus
                rowKey: key
                beat: root.beat
                inset: column === columnLayout.leading ? root.margin : 0
                outset: column === columnLayout.trailing ? root.margin : 0
                onChangeSeen: root.lastChange = root.beat
                TableView.onReused: forget()

                Rectangle {
                    visible: cell.marked
                    z: -1
                    anchors.fill: parent
                    color: Theme.zoomFill
                }
            }
        }
        TapHandler {
            id: tap
            acceptedButtons: Qt.LeftButton | Qt.RightButton
            onTapped: (point, button) => root.press(root.rowUnder(point.scenePosition), button, tap.point.modifiers)
        }
    }
    Connections {
        target: Theme
        function onRowHeightChanged() {
            view.forceLayout();
        }
    }
}
