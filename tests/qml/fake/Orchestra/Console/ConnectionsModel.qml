// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RowModel {
    id: root

    enum Column { StateColumn, UserColumn, ClientColumn, AddressColumn, ThreadColumn, ApiColumn, EncodingColumn, UpColumn, IdleColumn, InRateColumn, OutRateColumn, QueueColumn, SequenceColumn, DropsColumn, SessionColumn, ColumnCount }

    columns: ConnectionsModel.ColumnCount
    barColumn: ConnectionsModel.QueueColumn
    property bool active: false
    property int sortColumn: ConnectionsModel.QueueColumn
    property bool sortDescending: true
    property int currentRow: -1
    property string currentKey
    property string currentSpoken
    property int markedCount: 0
    property int rowTotal: 38
    property int total: 412
    property Content content: Content {}
    property Filter filter: Filter {}
    property string headText: "412 of 1\u202f000, limit 5 a client"
    property Series idleClients: Series {}
    property Series activeClients: Series {}
    property Series startingClients: Series {}
    property HistogramModel queueHistogram: HistogramModel {}
    property TopUsersModel topUsers: TopUsersModel {}
    property ConnectionDetail detail: ConnectionDetail {}
    property string listenText: "127.0.0.1:8700"
    property string testCommand: "orchestractl chat --url ws://127.0.0.1:8700"
    property string selectionText: "1 of 38 selected"
    property string filterText: "filter on, 412 in all"
    property Action closeAction: Action { title: "Close…"; risk: 2; available: false; reason: "prod is read-only" }
    property Action closeUserAction: Action { title: "Close all of ben…"; risk: 2; available: false; reason: "prod is read-only" }
    property Action openChatAction: Action { title: "Open chat" }
    property int copies: 0
    property int exports: 0

    function select(row: int) { currentRow = row; currentKey = keyAt(row); detail.key = currentKey; }
    function toggleMark(row: int) { setMarked(row, true); markedCount += 1; }
    function markRange(from: int, to: int) { for (let row = from; row <= to; ++row) setMarked(row, true); markedCount = to - from + 1; }
    function markAll() { markRange(0, rowCount() - 1); }
    function clearMarks() { for (let row = 0; row < rowCount(); ++row) setMarked(row, false); markedCount = 0; }
    function copyRows() { copies += 1; }
    function exportCsv() { exports += 1; }
    function viewport(first: int, last: int) {}
}
