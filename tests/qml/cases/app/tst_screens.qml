// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.App
import Orchestra.Console
import Orchestra.Testing
import "../../fake"

Item {
    width: 200
    height: 200

    AccessProbe { id: probe }

    Main {
        id: win
        console: MockConsole { id: mock }

        UiCase {
            name: "Screens"
            when: windowShown

            function init() {
                failOnWarning(/.?/);
                win.width = 1360;
                win.height = 860;
                win.requestActivate();
                tryVerify(() => win.active);
                mock.review.shown = false;
                mock.fillTurns();
            }
            function go(screen) {
                mock.navigation.open(screen, "", "");
                tryVerify(() => win.page !== null && win.page.visible);
                win.focusPage();
                tryVerify(() => win.page !== null && win.page.visible && win.page.activeFocus);
                if (screen === Navigation.Connections)
                    find(item => item.sortWanted !== undefined && item.rowCount !== undefined).forceActiveFocus();
                if (screen === Navigation.Overview)
                    find(item => item.reveal !== undefined && item.contentY !== undefined).contentY = 0;
                waitForRendering(win.contentItem);
            }
            function find(wanted) {
                return allOf(win.page, wanted)[0];
            }
            function button(words) {
                return find(item => item.text === words && item.triggered !== undefined);
            }
            function texts() {
                return textsOf(win.page);
            }

            // Overview
            function test_overviewSaysWhatIsWrongAndWhatToDo() {
                go(Navigation.Overview);
                const words = texts();
                for (const one of ["4 problems, worst first", "n8n is open and refuses calls", "v2_api", "level 1 of 4", "Pinned by olga until 14:30:00; what is measured says Full", "breakers 61 %, memory 12 %, loop lag not measured", "412", "out 105", "p95 407", "guard 500"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
                mouseClick(button("Probe now"));
                compare(mock.overview.problems.acted, 0);
            }
            function test_overviewTilesLead() {
                go(Navigation.Overview);
                const tile = find(item => item.label === "Active clients" && item.triggered !== undefined);
                mouseClick(tile, 20, 20);
                compare(mock.overview.tiles.opened, "Active clients");
                const still = find(item => item.label === "Tasks running" && item.triggered !== undefined);
                mouseClick(still, 20, 20);
                compare(mock.overview.tiles.opened, "Active clients");
            }
            function test_overviewChartsShareOneCrosshair() {
                go(Navigation.Overview);
                const charts = allOf(win.page, item => item.cursorMoved !== undefined);
                compare(charts.length, 3);
                charts[0].cursorMoved(mock.range.toMs - 60000);
                for (const chart of charts)
                    verify(chart.hasCursor);
                mock.range.cursorMs = NaN;
            }
            function test_overviewChartsReadAsTables() {
                go(Navigation.Overview);
                keyClick("t");
                for (const chart of allOf(win.page, item => item.cursorMoved !== undefined))
                    verify(chart.asTable);
                keyClick("t");
            }
            function test_overviewPlaceholders_data() {
                return [{ tag: "loading", kind: Content.Loading }, { tag: "empty", kind: Content.Empty }, { tag: "error", kind: Content.Error }, { tag: "no permission", kind: Content.NoPermission }, { tag: "disconnected", kind: Content.Disconnected }];
            }
            function test_overviewPlaceholders(row) {
                go(Navigation.Overview);
                mock.overview.content.kind = row.kind;
                mock.overview.content.headline = "A headline";
                const note = find(item => item.words === "A headline");
                verify(note && note.visible);
                verify(!find(item => item.label === "Active clients"));
                waitForRendering(win.contentItem);
                if (row.kind === Content.Error) {
                    mouseClick(button("Try again"));
                    compare(mock.overview.content.retries, 1);
                }
                mock.overview.content.kind = Content.Ready;
            }
            function test_overviewShowsTheStart() {
                go(Navigation.Overview);
                mock.overview.startup.append({ name: "DATABASE", status: 4, tookText: "0.4 s", detail: "" });
                mock.overview.startup.running = true;
                waitForRendering(win.contentItem);
                verify(texts().includes("Starting: 4 of 7 phases are done"));
                verify(texts().includes("DATABASE"));
                mock.overview.startup.running = false;
                mock.overview.startup.clear();
            }

            // Connections
            function test_connectionsSelectAndInspect() {
                go(Navigation.Connections);
                mock.connections.select(-1);
                keyClick(Qt.Key_Down);
                compare(mock.connections.currentRow, 0);
                verify(mock.connections.detail.key !== "");
                verify(texts().includes("842 of 1\u202f024 KiB"));
                keyClick("i");
                verify(!mock.preferences.inspectorOpen);
                keyClick("i");
                verify(mock.preferences.inspectorOpen);
                keyClick("c");
                compare(mock.copied, mock.connections.currentKey);
            }
            function test_connectionsHoldTheirOrder() {
                go(Navigation.Connections);
                keyClick(Qt.Key_Down);
                verify(mock.connections.frozen, "the focus is on a row of the table");
                mock.connections.move(3, 0);
                compare(mock.connections.heldMoves, 1);
                keyClick("/");
                tryVerify(() => !mock.connections.frozen);
                compare(mock.connections.heldMoves, 0);
                mock.connections.move(0, 3);
            }
            function test_connectionsComeInWhereNoRowIsChosen() {
                go(Navigation.Connections);
                mock.connections.select(-1);
                verify(!mock.connections.frozen, "nobody reads a row, so nothing can jump from under the eyes");
                keyClick(Qt.Key_Down);
                verify(mock.connections.frozen);
            }
            function test_connectionsFilter() {
                go(Navigation.Connections);
                keyClick("/");
                for (const letter of "user:ann")
                    keyClick(letter);
                keyClick(Qt.Key_Return);
                compare(mock.connections.filter.commits, 1);
                compare(mock.connections.filter.chips.count, 3);
                keyClick(Qt.Key_Backspace);
                compare(mock.connections.filter.chips.count, 2);
                mock.connections.filter.error = "\"idle>\" needs a number";
                verify(texts().includes("\"idle>\" needs a number"));
                mock.connections.filter.error = "";
            }
            function test_connectionsStepBackInOrder() {
                go(Navigation.Connections);
                mock.connections.filter.chips.append({ label: "state", value: "slow", negated: false });
                keyClick(Qt.Key_Down);
                keyClick(Qt.Key_Space);
                compare(mock.connections.markedCount, 1);
                mock.navigation.backs = 0;
                keyClick(Qt.Key_Escape);
                compare(mock.connections.filter.chips.count, 0);
                keyClick(Qt.Key_Escape);
                compare(mock.connections.markedCount, 0);
                keyClick(Qt.Key_Escape);
                verify(!mock.preferences.inspectorOpen);
                keyClick(Qt.Key_Escape);
                compare(mock.navigation.backs, 1);
                mock.preferences.inspectorOpen = true;
            }
            function test_connectionsSort() {
                go(Navigation.Connections);
                const table = find(item => item.heldMoves === undefined && item.sortWanted !== undefined && item.rowCount !== undefined);
                table.sortWanted(ConnectionsModel.UserColumn, false);
                compare(mock.connections.sortColumn, ConnectionsModel.UserColumn);
                verify(!mock.connections.sortDescending);
            }
            function test_connectionsHideAndShowColumns() {
                go(Navigation.Connections);
                const table = find(item => item.sortWanted !== undefined && item.rowCount !== undefined);
                verify(!table.layout.shows(ConnectionsModel.AddressColumn));
                mock.preferences.setHiddenColumns("connections", table.layout.toggled(ConnectionsModel.AddressColumn));
                verify(table.layout.shows(ConnectionsModel.AddressColumn));
                mouseClick(button("Columns"));
                tryVerify(() => win.activeFocusItem !== null);
                keyClick(Qt.Key_Escape);
                mock.preferences.setHiddenColumns("connections", [3, 8, 13, 14]);
            }
            function test_connectionsActionsSayWhyNot() {
                go(Navigation.Connections);
                keyClick(Qt.Key_Down);
                const close = button("Close…");
                mouseClick(close);
                compare(mock.connections.closeAction.triggers, 0);
                compare(close.Accessible.description, "prod is read-only");
                mock.connections.closeAction.available = true;
                mouseClick(close);
                compare(mock.connections.closeAction.triggers, 1);
                mock.connections.closeAction.available = false;
            }
            function test_connectionsEmptySayHowToTry() {
                go(Navigation.Connections);
                mock.connections.content.kind = Content.Empty;
                mock.connections.content.headline = "No client is connected";
                verify(texts().includes("127.0.0.1:8700"));
                mock.connections.content.kind = Content.Ready;
            }
            function test_connectionsExport() {
                go(Navigation.Connections);
                keyClick(Qt.Key_E, Qt.ControlModifier);
                compare(mock.connections.exports, 1);
                keyClick(Qt.Key_C, Qt.ControlModifier);
                compare(mock.connections.copies, 1);
            }
            function test_connectionsRawAndFrames() {
                go(Navigation.Connections);
                keyClick(Qt.Key_Down);
                const inspector = find(item => item.lockReason !== undefined && item.tabs !== undefined);
                inspector.tab = 1;
                waitForRendering(win.contentItem);
                verify(texts().includes("agent_completed"));
                verify(texts().includes("content hidden: needs content.read"));
                inspector.tab = 2;
                verify(texts().includes("t-4c1"));
                inspector.tab = 3;
                verify(allOf(inspector, item => item.text !== undefined && item.text.includes("connection_id")).length > 0);
                inspector.tab = 0;
            }

            function test_overviewShowsModelsAndTools() {
                go(Navigation.Overview);
                const words = texts();
                for (const one of ["3 models on 2 servers; lab does not answer", "lab/mixtral:8x7b", "Does not answer", "connection refused", "first token 318 ms, 2 at work", "set_flag", "Changed, waits for a yes", "3 calls, 1 failed"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
                const line = find(item => item.name === "lab/mixtral:8x7b" && item.pressable !== undefined);
                line.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Return);
                compare(mock.overview.models.opened, 2);
            }
            function test_overviewLooksAtATool() {
                go(Navigation.Overview);
                const line = find(item => item.name === "read" && item.pressable === true);
                line.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Return);
                compare(mock.overview.tools.opened, 2);
                mock.review.name = "files/read";
                mock.review.shown = true;
                tryVerify(() => win.covered);
                tryVerify(() => probe.spoken(win.activeFocusItem) === "Button: Close", 1000, "the harmless button has the focus");
                let sheet = win.activeFocusItem;
                while (sheet.review === undefined)
                    sheet = sheet.parent;
                compare(probe.nameless(sheet), []);
                tryVerify(() => textsOf(sheet).includes("+"));
                const words = textsOf(sheet);
                for (const one of ["files/read", "+", "−", "SHA-256 2c26b46b68ffc68f"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
                const accept = allOf(sheet, item => item.text === "Accept…" && item.triggered !== undefined)[0];
                accept.clicked();
                compare(mock.review.acceptAction.triggers, 1);
                keyClick(Qt.Key_Escape);
                verify(!mock.review.shown);
                tryVerify(() => !win.covered);
            }
            function test_overviewPinsALevelByKeys() {
                go(Navigation.Overview);
                const d = mock.overview.degradation;
                button("Pin a level").clicked();
                const steps = find(item => item.Accessible.name === "Level to pin: Lean");
                steps.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Right);
                compare(d.wanted, 3);
                keyClick(Qt.Key_Left);
                compare(d.wanted, 2);
                const term = find(item => item.name === "The pin lasts" && item.chosen !== undefined);
                term.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Right);
                compare(d.term, 1);
                button("Pin Lean for 15 min…").clicked();
                compare(d.pinAction.triggers, 1);
                button("Release the pin…").clicked();
                compare(d.releaseAction.triggers, 1);
                button("Leave it").clicked();
                verify(!find(item => item.name === "The pin lasts" && item.chosen !== undefined && item.visible));
            }
            function test_overviewSaysWhatIsBeingDone() {
                go(Navigation.Overview);
                mock.overview.problems.setProperty(0, "busyText", "Probing 0.4 s");
                const busy = button("Probing 0.4 s");
                verify(busy && !busy.available);
                mock.overview.problems.setProperty(0, "busyText", "");
                verify(button("Probe now").available);
            }
            function test_overviewBreakersLeadToTheirScreen() {
                go(Navigation.Overview);
                const card = find(item => item.name === "redis" && item.outcomes !== undefined && item.triggered !== undefined);
                card.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Return);
                compare(mock.navigation.screen, Navigation.Breakers);
            }

            // Breakers
            function test_breakersShowStateCauseAndWhatIsNext() {
                go(Navigation.Breakers);
                const words = texts();
                for (const one of ["1 open, 1 half-open, 1 closed, 1 without calls", "n8n", "Open (refusing)", "12 of 20 calls failed", "Probe in 12 s", "2 of 5 probes", "Registered, never called", "open 4 min", "half-open", "guard 0.1 %", "Trips at", "3× in 24 h", "1× in 24 h"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
                verify(mock.breakers.active);
                const lanes = find(item => item.lanes !== undefined && item.cursorMoved !== undefined);
                lanes.cursorMoved(mock.range.toMs - 60000);
                for (const chart of allOf(win.page, item => item.cursorMoved !== undefined && item.hasCursor !== undefined))
                    verify(chart.hasCursor);
                mock.range.cursorMs = NaN;
                go(Navigation.Overview);
                verify(!mock.breakers.active);
            }
            function test_breakersMoveByKeys() {
                go(Navigation.Breakers);
                mock.breakers.select(0);
                const card = find(item => item.name === "n8n" && item.outcomes !== undefined && item.triggered !== undefined);
                card.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Right);
                compare(mock.breakers.currentKey, "redis");
                keyClick(Qt.Key_Right);
                keyClick(Qt.Key_Left);
                compare(mock.breakers.currentKey, "redis");
                keyClick("c");
                compare(mock.copied, "redis");
                keyClick("i");
                verify(!mock.preferences.inspectorOpen);
                keyClick(Qt.Key_Return);
                verify(mock.preferences.inspectorOpen);
            }
            function test_breakersAreForcedForATerm() {
                go(Navigation.Breakers);
                const term = find(item => item.name === "An operator's word lasts" && item.chosen !== undefined);
                term.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Right);
                compare(mock.breakers.term, 2);
                button("Force open…").clicked();
                compare(mock.breakers.openAction.triggers, 1);
                const reset = button("Reset…");
                reset.clicked();
                compare(mock.breakers.resetAction.triggers, 0);
                compare(reset.Accessible.description, "Nothing is forced");
                mock.breakers.openAction.busyText = "Forcing 0.3 s";
                verify(!button("Forcing 0.3 s").available);
                mock.breakers.openAction.busyText = "";
            }
            function test_breakersTellTheirTransitions() {
                go(Navigation.Breakers);
                const inspector = find(item => item.lockReason !== undefined && item.tabs !== undefined);
                inspector.tab = 1;
                verify(texts().includes("13:59:10, 12 of 20 calls failed"));
                verify(texts().includes("2 changes in 24 hours."));
                inspector.tab = 2;
                verify(allOf(inspector, item => item.text !== undefined && item.text.includes("\"name\": \"n8n\"")).length > 0);
                inspector.tab = 0;
            }

            // Tasks
            function test_tasksShowTheTree() {
                go(Navigation.Tasks);
                mock.tasks.select(0);
                const words = texts();
                for (const one of ["3 running, 1 waits for a yes", "agent", "step", "tokens", "planner", "researcher", "2 of 3 parts are done", "No model server can be reached", "Over its deadline", "Cancel with 2 below…"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
                const whole = find(item => item.expandable === true && item.title === "planner");
                const part = find(item => item.expandable === false && item.title === "writer");
                const wordOf = row => allOf(row, item => item.word === "Running")[0].mapToItem(row, 0, 0).x;
                verify(wordOf(part) > wordOf(whole), "parts stand further in");
            }
            function test_tasksMoveFoldAndUnfoldByKeys() {
                go(Navigation.Tasks);
                mock.tasks.select(-1);
                const list = find(item => item.unfold !== undefined && item.positionViewAtEnd !== undefined);
                list.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Down);
                compare(mock.tasks.currentKey, "t-1");
                keyClick(Qt.Key_Left);
                verify(!mock.tasks.tree.get(0).expanded);
                keyClick(Qt.Key_Right);
                verify(mock.tasks.tree.get(0).expanded);
                keyClick(Qt.Key_Right);
                compare(mock.tasks.currentKey, "t-2");
                keyClick(Qt.Key_Left);
                compare(mock.tasks.currentKey, "t-1");
                keyClick(Qt.Key_End);
                compare(mock.tasks.currentKey, "t-6");
                keyClick(Qt.Key_Home);
                compare(mock.tasks.currentKey, "t-1");
            }
            function test_tasksAreCancelled() {
                go(Navigation.Tasks);
                mock.tasks.select(0);
                const before = mock.tasks.cancelAction.triggers;
                button("Cancel with 2 below…").clicked();
                compare(mock.tasks.cancelAction.triggers, before + 1);
                mock.tasks.tree.setProperty(2, "busyText", "Cancelling 0.8 s");
                compare(allOf(win.page, item => item.word === "Cancelling 0.8 s").length, 1);
                mock.tasks.tree.setProperty(2, "busyText", "");
            }
            function test_tasksAskForAYes() {
                go(Navigation.Tasks);
                verify(texts().includes("4 min left"));
                verify(texts().includes("operations, for ann"));
                verify(texts().includes("{\"name\":\"stream_merge\",\"enabled\":false}"));
                const yes = button("Approve");
                yes.forceActiveFocus(Qt.TabFocusReason);
                keyClick(Qt.Key_Space);
                compare(mock.tasks.approvals.approved, 0);
                button("Refuse").clicked();
                compare(mock.tasks.approvals.refused, 0);
                mock.tasks.approvals.setProperty(0, "available", false);
                mock.tasks.approvals.setProperty(0, "reason", "prod is read-only");
                mock.tasks.approvals.approved = -1;
                yes.clicked();
                compare(mock.tasks.approvals.approved, -1);
                compare(yes.Accessible.description, "prod is read-only");
                mock.tasks.approvals.setProperty(0, "available", true);
                mock.tasks.approvals.setProperty(0, "reason", "");
            }
            function test_tasksPlaceholders() {
                go(Navigation.Tasks);
                mock.tasks.content.kind = Content.Empty;
                mock.tasks.content.headline = "No task has run yet";
                verify(texts().includes("No task has run yet"));
                verify(!texts().includes("planner"));
                mock.tasks.content.kind = Content.Ready;
            }

            // Live chat
            function test_chatShowsWhatIsKnownOfATurn() {
                go(Navigation.Chat);
                const words = texts();
                for (const one of ["Why is n8n refusing?", "thread t-4c1, epoch 1, offset 318", "streaming", "breaker_state", "refused", "manager", "402 ms", "gap 113–115, cut by tester", "Last 10 replies, s"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
            }
            function test_chatSendsWithControlReturn() {
                go(Navigation.Chat);
                find(item => item.editor !== undefined).forceActiveFocus();
                verify(win.typing);
                for (const letter of "hi p")
                    keyClick(letter);
                compare(mock.chat.draft, "hi p");
                verify(!mock.range.paused);
                const before = mock.chat.sendAction.triggers;
                keyClick(Qt.Key_Return, Qt.ControlModifier);
                compare(mock.chat.sendAction.triggers, before + 1);
                mock.chat.draft = "";
                tryVerify(() => allOf(win.page, item => item.placeholderText !== undefined && item.text === "").length > 0);
            }
            function test_chatKeepsMessages() {
                go(Navigation.Chat);
                const composer = find(item => item.takeSaved !== undefined);
                compare(composer.savedOptions(), ["Is every model available right now?"]);
                composer.takeSaved(0);
                compare(mock.chat.draft, "Is every model available right now?");
                compare(composer.savedOptions()[0], "Forget this message");
                mock.chat.draft = "another one";
                compare(composer.savedOptions()[0], "Keep this message");
                composer.takeSaved(0);
                compare(mock.chat.saved.length, 2);
                composer.takeSaved(0);
                compare(mock.chat.saved.length, 1);
                mock.chat.draft = "";
            }
            function test_chatSendIsOnlyForChat() {
                go(Navigation.Overview);
                const before = mock.chat.sendAction.triggers;
                keyClick(Qt.Key_Return, Qt.ControlModifier);
                compare(mock.chat.sendAction.triggers, before);
            }
            function test_chatStreamsIntoTheLastTurn() {
                go(Navigation.Chat);
                const last = mock.chat.turns.count - 1;
                mock.chat.turns.setProperty(last, "content", "token by token");
                tryVerify(() => texts().includes("token by token"));
            }
            function test_chatFollowsUntilOneLooksBack() {
                go(Navigation.Chat);
                for (let at = 0; at < 30; ++at)
                    mock.addTurn({ content: "Answer " + at + ". " + "Some more words. ".repeat(at % 7 * 8) });
                const transcript = find(item => item.unseen !== undefined && item.following !== undefined);
                const list = allOf(transcript, item => item.positionViewAtEnd !== undefined)[0];
                tryVerify(() => list.contentHeight > list.height * 3 && list.atYEnd);
                list.forceActiveFocus();
                keyClick(Qt.Key_PageUp);
                verify(!transcript.following, "looking back ends following");
                waitForRendering(win.contentItem);
                verify(!list.atYEnd);
                const shown = list.itemAt(list.width / 2, list.contentY + list.height / 2);
                const at = shown.mapToItem(list, 0, 0).y;
                mock.addTurn({ content: "What came meanwhile. ".repeat(30) });
                mock.chat.turns.setProperty(mock.chat.turns.count - 2, "content", "A longer answer than before. ".repeat(40));
                waitForRendering(win.contentItem);
                compare(shown.mapToItem(list, 0, 0).y, at, "what one reads stays where it is");
                compare(transcript.unseen, 1);
                verify(button("1 new"));
                keyClick(Qt.Key_End);
                verify(transcript.following);
                tryVerify(() => list.atYEnd);
                verify(!button("1 new"));
                keyClick(Qt.Key_Home);
                tryVerify(() => list.atYBeginning);
                verify(!transcript.following);
                mouseClick(button("To the end"));
                tryVerify(() => list.atYEnd);
                mock.chat.turns.setProperty(mock.chat.turns.count - 1, "content", "The last answer goes on. ".repeat(80));
                tryVerify(() => list.atYEnd, 1000, "the newest text is in sight");
                keyClick(Qt.Key_PageUp);
                keyClick(Qt.Key_PageDown);
                tryVerify(() => transcript.following, 1000, "who comes back to the end follows again");
            }
            function test_chatListKeepsNameMarkAndAgeApart() {
                go(Navigation.Chat);
                const list = find(item => item.positionViewAtEnd !== undefined && item.count === mock.chat.conversations.count);
                mock.chat.conversations.setProperty(0, "user", "synthetic:a-tester-with-a-long-name");
                waitForRendering(list);
                const row = list.itemAtIndex(0);
                const parts = allOf(row, item => item.text !== undefined && ["synthetic", "now"].includes(item.text)).concat([allOf(row, item => item.text === "synthetic:a-tester-with-a-long-name")[0]]);
                compare(parts.length, 3);
                const edges = parts.map(item => [item.mapToItem(row, 0, 0).x, item.mapToItem(row, item.width, 0).x]).sort((a, b) => a[0] - b[0]);
                for (let at = 1; at < edges.length; ++at)
                    verify(edges[at][0] >= edges[at - 1][1], "parts lie on each other: " + JSON.stringify(edges));
                verify(edges[0][1] - edges[0][0] > 60, "there is room for a name: " + JSON.stringify(edges));
                mock.chat.conversations.setProperty(0, "user", "tester-1");
            }
            function test_chatFailuresAreNotDressedUp() {
                go(Navigation.Chat);
                mock.addTurn({ failureCode: "NO_MODEL", failureText: "Start Ollama or set providers.openai.url.", degradedText: "Answered at level 2" });
                tryVerify(() => texts().includes("NO_MODEL"));
                verify(texts().includes("Start Ollama or set providers.openai.url."));
                verify(texts().includes("Answered at level 2"));
            }
            function test_chatAsksForApproval() {
                go(Navigation.Chat);
                mock.addTurn({ approvalId: "a1", approvalText: "close 3 connections of ben" });
                tryVerify(() => texts().includes("close 3 connections of ben"));
                mouseClick(button("Approve"));
                compare(mock.chat.turns.approved, mock.chat.turns.count - 1);
                mock.chat.turns.setProperty(mock.chat.turns.count - 1, "decidingText", "Approving");
                tryVerify(() => button("Approving") && !button("Approving").available);
                verify(!button("Deny").available);
            }
            function test_chatFramesOpenRaw() {
                go(Navigation.Chat);
                const log = find(item => item.opened !== undefined && item.chat !== undefined);
                const frames = allOf(log, item => item.following !== undefined && item.frames !== undefined)[0];
                frames.forceActiveFocus();
                keyClick(Qt.Key_Down);
                compare(frames.currentIndex, 0);
                keyClick(Qt.Key_Return);
                compare(log.opened, 0);
                tryVerify(() => allOf(log, item => item.text !== undefined && item.text.includes("agent_completed")).length > 0);
                mouseClick(button("List"));
                compare(log.opened, -1);
            }
            function test_chatChoosesAConversation() {
                go(Navigation.Chat);
                const list = find(item => item.positionViewAtEnd !== undefined && item.count === mock.chat.conversations.count);
                list.forceActiveFocus();
                keyClick(Qt.Key_Down);
                compare(mock.chat.conversations.currentRow, 1);
                keyClick(Qt.Key_Up);
                compare(mock.chat.conversations.currentRow, 0);
            }
            function test_chatNarrowKeepsTheFramesAway() {
                go(Navigation.Chat);
                win.width = 960;
                waitForRendering(win.contentItem);
                const log = find(item => item.opened !== undefined && item.chat !== undefined);
                verify(!log);
                win.page.toggleInspector();
                verify(find(item => item.opened !== undefined && item.chat !== undefined));
                verify(win.page.stepBack());
            }

            // Settings
            function test_settingsChangeTheLook() {
                go(Navigation.Settings);
                const theme = find(item => item.name === "Theme" && item.chosen !== undefined);
                theme.forceActiveFocus();
                keyClick(Qt.Key_Right);
                compare(mock.preferences.scheme, Preferences.Light);
                compare(Theme.scheme, Theme.Light);
                keyClick(Qt.Key_Left);
                compare(mock.preferences.scheme, Preferences.Dark);
            }
            function test_settingsTestAServerStepByStep() {
                go(Navigation.Settings);
                button("Test").clicked();
                compare(mock.servers.testRow, 0);
                waitForRendering(win.contentItem);
                for (const one of ["DNS", "TCP", "TLS", "Hello", "Auth", "token expired (4202)"])
                    verify(texts().includes(one), one);
                mock.servers.testRow = -1;
            }
            function test_settingsAddAServer() {
                go(Navigation.Settings);
                mouseClick(button("Add…"));
                verify(mock.servers.draft.open);
                tryVerify(() => win.typing);
                keyClick("x");
                compare(mock.servers.draft.name, "x");
                const save = button("Save");
                verify(!save.available);
                mock.servers.draft.error = "";
                mock.servers.draft.errorField = ServerDraft.None;
                verify(save.available);
                save.clicked();
                compare(mock.servers.draft.saves, 1);
            }
            function test_settingsNeverShowAToken() {
                go(Navigation.Settings);
                mock.servers.draft.open = true;
                const token = find(item => item.name === "Operator token" && item.echoMode !== undefined);
                compare(token.echoMode, TextInput.Password);
                mock.servers.draft.open = false;
            }
            function test_settingsRecordKeys() {
                go(Navigation.Settings);
                const panel = find(item => item.recording !== undefined);
                panel.recording = 0;
                tryVerify(() => allOf(panel, item => item.recorded !== undefined && item.activeFocus).length === 1);
                keyClick(Qt.Key_B, Qt.ControlModifier | Qt.ShiftModifier);
                compare(mock.keymap.rebound, 0);
                compare(mock.keymap.get(0).keys, "Ctrl+Shift+B");
                compare(panel.recording, -1);
                mock.keymap.rebind(0, "Ctrl+K");
            }
            function test_settingsGiveUpRecordingWithEscape() {
                go(Navigation.Settings);
                const panel = find(item => item.recording !== undefined);
                mock.keymap.rebound = -1;
                panel.recording = 1;
                tryVerify(() => allOf(panel, item => item.recorded !== undefined && item.activeFocus).length === 1);
                keyClick(Qt.Key_Escape);
                compare(panel.recording, -1);
                compare(mock.keymap.rebound, -1);
            }
            function test_settingsScrollToWhatHasTheFocus() {
                go(Navigation.Settings);
                const pane = find(item => item.reveal !== undefined && item.contentY !== undefined);
                const last = button("Copy diagnostics");
                last.forceActiveFocus(Qt.TabFocusReason);
                const y = last.mapToItem(pane, 0, 0).y;
                verify(y >= 0 && y + last.height <= pane.height, String(y));
                last.clicked();
                compare(mock.copied, "diagnostics");
            }
        }
    }
}
