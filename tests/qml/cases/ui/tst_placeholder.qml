// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 600
    height: 400

    AccessProbe { id: probe }
    Component {
        id: one
        Placeholder {
            width: 400
            height: 112
            UiButton { text: "Try again" }
        }
    }

    UiCase {
        name: "Placeholder"
        when: windowShown

        function test_eachKindSpeaks_data() {
            return [
                { tag: "loading", kind: Placeholder.Loading, spoken: "Indicator: Loading" },
                { tag: "empty", kind: Placeholder.Empty, spoken: "Note: Nothing here yet" },
                { tag: "filtered", kind: Placeholder.Filtered, spoken: "Note: Nothing matches" },
                { tag: "failed", kind: Placeholder.Failed, spoken: "AlertMessage: Could not load" },
                { tag: "no permission", kind: Placeholder.NoPermission, spoken: "Note: Your role may not see this" },
                { tag: "disconnected", kind: Placeholder.Disconnected, spoken: "AlertMessage: No data: the link is down" }
            ];
        }
        function test_eachKindSpeaks(row) {
            const item = createTemporaryObject(one, root, { kind: row.kind });
            verify(item.visible);
            compare(probe.spoken(item), row.spoken);
            item.headline = "0 of 412 match";
            compare(probe.spoken(item).split(": ")[1], "0 of 412 match");
        }
        function test_readyShowsNothing() {
            verify(!createTemporaryObject(one, root, { kind: Placeholder.Ready }).visible);
        }
        function test_aSkeletonWaitsBeforeItShows() {
            const item = createTemporaryObject(one, root, { kind: Placeholder.Loading });
            const skeleton = item.children[0];
            verify(!skeleton.visible);
            tryVerify(() => skeleton.visible, 2000);
            compare(item.rows, 4);
        }
        function test_actionsAreReachable() {
            const item = createTemporaryObject(one, root, { kind: Placeholder.Failed, code: "UNAVAILABLE  req 71c0e2" });
            root.forceActiveFocus();
            keyClick(Qt.Key_Tab);
            verify(probe.tabStops(item).includes("Button: Try again"));
            compare(item.Accessible.description, "UNAVAILABLE  req 71c0e2");
        }
    }
}
