// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property bool active: false
    property Content content: Content {}
    property Filter filter: Filter {}
    property string headText: "3 running, 1 waits for a yes"
    property TasksModel tree: TasksModel {}
    property ApprovalsModel approvals: ApprovalsModel {}
    property int currentRow: -1
    property string currentKey
    property string title: "planner for chloe"
    property string subtitle: "Running, 48 s"
    property int status: 4
    property FactsModel facts: FactsModel {}
    property string raw: "{\n  \"task_id\": \"t-1\"\n}"
    property Action cancelAction: Action { title: "Cancel with 2 below…"; risk: 2 }

    function select(row: int) {
        for (let at = 0; at < tree.count; ++at)
            tree.setProperty(at, "current", at === row);
        currentRow = row;
        currentKey = row < 0 ? "" : tree.get(row).key;
    }
    function setExpanded(row: int, expanded: bool) { tree.setProperty(row, "expanded", expanded); }
    function parentOf(row: int): int { return tree.get(row).depth > 0 ? 0 : -1; }
}
