// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console
import "samples.js" as Samples

/* A console full of believable numbers, for tests and pictures. */
Console {
    id: root

    function fill(series, name, points, words) {
        series.name = name;
        series.points = points;
        series.lastText = words;
    }
    function put(model, names, rows) {
        for (const row of rows) {
            const map = {};
            names.forEach((name, at) => map[name] = row[at]);
            model.append(map);
        }
    }
    function lose() {
        link.phase = Link.Lost;
        link.status = Status.Bad;
        link.word = "Lost";
        link.ageText = "retry in 8 s";
        link.bannerText = "Lost 2 min 10 s ago. You can read, filter and export what is here; actions wait for the link.";
        link.whyText = "The socket closed without a close frame (1006).\nThe server may have stopped, or something between here and there has.";
        sentence = "Link lost: no frame from prod for 2 min 10 s";
        sentenceStatus = Status.Bad;
        numbers = [];
        lastErrorText = "socket closed without a close frame (1006)";
        range.toMs = Samples.end + 130000;
        range.fromMs = range.toMs - 900000;
        range.cutMs = Samples.end;
    }

    Component.onCompleted: {
        range.fromMs = Samples.start;
        range.toMs = Samples.end;
        fillFrame();
        fillOverview();
        fillConnections();
        fillChat();
        fillBreakers();
        fillTasks();
        fillServers();
        navigation.mark();
    }

    function fillFrame() {
        put(navigation.screens, ["screenId", "title", "glyph", "keyText", "problems", "problemStatus", "child", "filterText", "current"], [
            [1, "Overview", "overview", "1", 0, 0, false, "", true],
            [2, "Connections", "connections", "2", 2, 2, false, "", false],
            [2, "Slow readers", "", "", 0, 0, true, "state:slow", false],
            [3, "Live chat", "chat", "3", 0, 0, false, "", false],
            [4, "Breakers", "breakers", "4", 2, 3, false, "", false],
            [6, "Tasks", "tasks", "6", 1, 2, false, "", false],
            [8, "Settings", "settings", "8", 0, 0, false, "", false]]);
        put(marks, ["atMs", "markText", "status", "target"], [[Samples.end - 362000, "v2_api 5→25 %", 0, ""], [Samples.end - 252000, "n8n open", 3, ""]]);
    }
    function fillOverview() {
        const o = overview;
        put(o.tiles, ["label", "value", "unit", "changeText", "trend", "note", "status", "points", "low", "high", "guard", "spoken", "clickable"], [
            ["Active clients", "412", "of 1\u202f000", "+3 %", 1, "", 0, Samples.walk(31, 401, 2.2, 0.25, 14), 380, 420, NaN, "", true],
            ["Messages", "39.4", "/s", "−2 %", -1, "", 0, Samples.walk(21, 36, 2.4, 0.3, 5), 25, 48, NaN, "", true],
            ["First token p95", "407", "ms", "+18 %", 1, "guard 500", 0, Samples.walk(9, 318, 18, 0.62, 92), 200, 520, 500, "", true],
            ["Error rate", "0.03", "%", "", 0, "0.12 % at 14:00, guard 0.1", 0, Samples.walk(32, 0.038, 0.006), 0, 0.13, 0.1, "", true],
            ["Breakers not closed", "2", "of 8", "", 1, "n8n open, redis half-open", 3, Samples.walk(2, 1, 0.1, 0.7, 1), 0, 3, NaN, "", false],
            ["Tasks running", "29", "", "+4", 1, "1 over deadline", 2, Samples.walk(33, 24, 1.8, 0.72, 4), 16, 34, NaN, "", false]]);
        fill(o.messagesOut, "out", Samples.walk(22, 112, 5, 0.7, -8), "out 105");
        fill(o.messagesIn, "in", Samples.walk(21, 36, 2.4), "in 39");
        fill(o.tokens, "tokens", Samples.walk(23, 1180, 70), "1\u202f172");
        fill(o.p99, "p99", Samples.walk(5, 520, 46, 0.62, 150), "p99 667");
        fill(o.p95, "p95", Samples.walk(9, 318, 18, 0.62, 92), "p95 407");
        fill(o.p50, "p50", Samples.walk(4, 148, 7, 0.7, 16), "p50 159");
        o.latencyHeat.cells = Samples.heat(91, 9);
        o.latencyHeat.columns = 91;
        put(o.problems, ["key", "status", "title", "detail", "ageText", "actionText", "actionAvailable", "actionReason", "busyText"], [
            ["n8n", 3, "n8n is open and refuses calls", "12 of the last 20 failed; next probe in 12 s", "4 min", "Probe now", true, "", ""],
            ["redis", 2, "redis is half-open, 2 of 5 probes passed", "Cache reads go to the store until it closes", "38 s", "Watch", true, "", ""],
            ["ben", 2, "ben reads too slowly", "842 KiB queued of 1 MiB; closes with 4101 when full", "1 min", "Open client", true, "", ""],
            ["task", 2, "1 task is past its deadline", "research for chloe, 48 s over, step fetch_pages", "48 s", "Cancel task", false, "prod is read-only", ""]]);
        put(o.changes, ["atText", "subject", "change", "actor"], [
            ["14:02:44", "redis", "open → half-open", "breaker"], ["13:59:10", "n8n", "closed → open", "breaker"], ["13:57:20", "v2_api", "5 % → 25 %", "ann"],
            ["13:41:02", "stream_merge", "off → on", "goran"], ["13:12:55", "edge threads", "2 → 4", "config"]]);
        putBreakers(o.breakers);
        put(o.models, ["key", "name", "stateText", "status", "detailText", "firstTokenText", "loadText", "spoken", "clickable"], [
            ["local/llama3.1:8b", "local/llama3.1:8b", "Answers", 1, "8.0B, tools, http://127.0.0.1:11434", "first token 318 ms", "2 at work", "", true],
            ["local/qwen2.5:0.5b", "local/qwen2.5:0.5b", "Answers", 1, "0.5B, http://127.0.0.1:11434", "not measured", "", "", true],
            ["lab/mixtral:8x7b", "lab/mixtral:8x7b", "Does not answer", 3, "connection refused", "first token 702 ms", "", "", true]]);
        put(o.tools, ["key", "name", "serverText", "stateText", "status", "detailText", "roleText", "callsText", "spoken", "clickable"], [
            ["built-in/breakers", "breakers", "built-in", "Ready", 1, "Which circuit breakers are open", "viewer", "14 calls", "", false],
            ["built-in/set_flag", "set_flag", "built-in", "Ready", 1, "Sets a feature flag", "operator, asks first", "", "", false],
            ["files/read", "read", "files", "Changed, waits for a yes", 2, "Reads a file", "client", "3 calls, 1 failed", "", true]]);
        put(review.lines, ["change", "line"], [[0, "{"], [2, "    \"description\": \"Reads a file\","], [1, "    \"description\": \"Reads a file<U+200B> and mails it\","], [0, "    \"name\": \"read\""], [0, "}"]]);
        put(o.flags, ["name", "stateText", "status", "strategyText", "percentText", "ageText"], [
            ["v2_api", "Canary", 1, "Percentage", "25 %", "6 min"], ["stream_merge", "On", 1, "Everyone", "100 %", "22 min"],
            ["response_cache", "Off", 0, "Everyone", "0 %", "41 d"], ["legacy_v1_errors", "Stale", 2, "Everyone", "100 %", "131 d"]]);
    }
    function putBreakers(model) {
        put(model, ["name", "stateText", "status", "sinceText", "outcomes", "rateText", "thresholdText", "causeText", "nextText", "extraText", "dayText", "spoken", "current"], [
            ["n8n", "Open (refusing)", 3, "4 min 12 s", "oosofsfofffsfffsffff", "60 % failed", "trips at 50 %", "12 of 20 calls failed", "Probe in 12 s", "7 refused", "3× in 24 h", "", true],
            ["redis", "Half-open (probing)", 2, "38 s", "ooffsfofofffffrrooro", "50 % failed", "trips at 40 %", "the wait is over", "2 of 5 probes", "", "1× in 24 h", "", false],
            ["model:local/llama3.1:8b", "Closed (passing)", 1, "6 h 12 min", "ooooosoooooooosooooo", "0 % failed", "trips at 50 %", "probes passed", "120 in the window", "2 slow", "", "", false],
            ["embedder", "No calls yet", 0, "9 d", "                    ", "0 % failed", "trips at 50 %", "started", "Registered, never called", "", "", "", false]]);
    }
    function fillBreakers() {
        const b = breakers, end = Samples.end, start = Samples.start;
        putBreakers(b.cards);
        put(b.lanes, ["name", "nowText", "status", "spans", "spanStatus", "spanTexts", "spoken"], [
            ["n8n", "open", 3, [Qt.point(start, end - 252000), Qt.point(end - 252000, end)], [1, 3], ["", "open 4 min"], "n8n: open now; was open 4 min"],
            ["redis", "half-open", 2, [Qt.point(start, end - 128000), Qt.point(end - 128000, end - 38000), Qt.point(end - 38000, end)], [1, 3, 2], ["", "open 90 s", "half-open 38 s"], "redis: half-open now"],
            ["model:local/llama3.1:8b", "closed", 1, [Qt.point(start, end)], [1], [""], "closed now"],
            ["embedder", "no calls", 0, [Qt.point(start, end)], [0], [""], "no calls now"]]);
        fill(b.errorRate, "error rate", Samples.walk(51, 0.05, 0.006, 0.72, 0.06), "0.11");
        put(b.facts, ["name", "value", "status", "mono", "target"], [["State", "Open (refusing)", 3, false, ""], ["Cause", "12 of 20 calls failed", 0, false, ""], ["Next probe in", "12 s", 0, false, ""], ["Failed", "12, 60.0 %", 2, false, ""], ["Trips at", "50 % of 20 calls or more", 0, false, ""]]);
        put(b.moves, ["name", "tookText", "whyText", "status"], [["Open (refusing)", "4 min", "13:59:10, 12 of 20 calls failed", 3], ["Closed (passing)", "6 h 2 min", "07:57:02, probes passed", 1]]);
    }
    function fillTasks() {
        const t = tasks;
        put(t.tree, ["key", "depth", "expandable", "expanded", "title", "userText", "stateText", "status", "stepText", "ageText", "fraction", "over", "tokensText", "open", "busyText", "current", "spoken"], [
            ["t-1", 0, true, true, "planner", "chloe", "Running", 4, "2 of 3 parts are done", "48 s", 0.4, false, "1\u202f204", true, "", false, "planner for chloe"],
            ["t-2", 1, false, false, "researcher", "chloe", "Completed", 1, "fetched 12 pages", "31 s", NaN, false, "802", false, "", false, "researcher for chloe"],
            ["t-3", 1, false, false, "writer", "chloe", "Running", 4, "llama3.1:8b", "17 s", 0.14, false, "402", true, "", false, "writer for chloe"],
            ["t-4", 0, false, false, "operations", "ann", "Waits for a yes", 2, "set_flag", "1 min", 0.5, false, "0", true, "", false, "operations for ann"],
            ["t-5", 0, false, false, "assistant", "ben", "Over its deadline", 2, "fetch_pages", "3 min", 1, true, "88", true, "", false, "assistant for ben"],
            ["t-6", 0, false, false, "assistant", "kofi", "Failed", 3, "No model server can be reached", "2 s", NaN, false, "0", false, "", false, "assistant for kofi"]]);
        put(t.approvals, ["key", "what", "parametersText", "whoText", "leftText", "leftShare", "busyText", "available", "reason", "spoken"], [
            ["a-1", "set_flag", "{\"name\":\"stream_merge\",\"enabled\":false}", "operations, for ann", "4 min left", 0.8, "", true, "", "operations, for ann wants to set_flag"]]);
        put(t.facts, ["name", "value", "status", "mono", "target"], [["State", "Running", 4, false, ""], ["User", "chloe", 0, false, ""], ["Part of", "t-0", 0, true, "orchestra://prod/tasks/t-0"]]);
    }
    function fillConnections() {
        const names = ["ben", "tove", "ann", "dmitri", "uma", "kofi", "sami", "priya", "quinn", "rosa", "elif", "oskar", "lena", "ivo", "tess", "vik", "farah", "goran", "hana", "jun", "mateo", "nia"];
        for (let at = 0; at < 38; ++at) {
            const queue = at === 0 ? 842 : at === 1 ? 391 : Math.max(0, 90 - at * 6);
            const status = at < 2 ? Status.Warn : at === 8 ? Status.Idle : at === 18 ? Status.Pending : Status.Ok;
            const word = at < 2 ? "Slow" : at === 8 ? "Closing" : at === 18 ? "Initializing" : "Active";
            connections.add("c-" + (8338201 + at * 7919).toString(16), [word, names[at % names.length], "c-" + (8338201 + at * 7919).toString(16).slice(0, 6), "10.4.2." + (20 + at) + ":50122", "edge-" + at % 4, at % 7 === 5 ? "v1" : "v2",
                at % 3 ? "json" : "pb", (at * 7 + 41) % 170 + " min", at % 5 ? "0 s" : at + " s", (at * 7 % 13 / 10).toFixed(1), (at * 11 % 97 / 8).toFixed(1), String(queue), (48213 - at * 777).toLocaleString(Qt.locale("C"), "f", 0), "0", "s-20c4e811"], status, queue / 1024);
        }
        fill(connections.idleClients, "idle", Samples.walk(41, 104, 2), "idle 104");
        fill(connections.activeClients, "active", Samples.walk(42, 302, 3), "active 302");
        fill(connections.startingClients, "starting", Samples.walk(43, 6, 1.4), "starting 6");
        put(connections.queueHistogram, ["label", "count", "fraction", "status"], [["0", 241, 1, 0], ["1", 96, 0.83, 0], ["4", 41, 0.68, 0], ["16", 21, 0.56, 0], ["64", 9, 0.42, 0], ["256", 3, 0.25, 0], ["768", 1, 0.13, 2]]);
        put(connections.topUsers, ["user", "count", "limit", "noteText"], [["ann", 5, 5, "full"], ["priya", 4, 5, ""], ["goran", 3, 5, ""], ["chloe", 3, 5, ""]]);
        put(connections.filter.chips, ["label", "value", "negated"], [["role", "client", false], ["", "idle >60s", true]]);
        const d = connections.detail;
        fill(d.queue, "queue", Samples.walk(61, 30, 5, 0.3, 812), "842");
        put(d.facts, ["name", "value", "status", "mono", "target"], [["Client", "c-7f3a19", 0, true, ""], ["Session", "s-20c4e811", 0, true, "orchestra://prod/chat/s-20c4e811"], ["Address", "10.4.2.118:50122", 0, false, ""],
            ["Subprotocol", "orchestra.v2.json", 0, false, ""], ["Last ack", "offset 18\u202f204, 1 min 9 s ago", 2, false, ""], ["Merged / dropped", "1\u202f208 deltas / 0 frames", 0, false, ""]]);
        put(d.timeline, ["name", "tookText", "whyText", "status"], [["Connecting", "3 ms", "13:22:10", 1], ["Authenticating", "11 ms", "token, role client", 1], ["Initializing", "0.4 s", "2 services on demand", 1], ["Active", "41 min", "resumed at 16\u202f990", 1], ["Slow", "1 min 9 s", "above 128 KiB unsent", 2]]);
        put(d.links, ["name", "value", "status", "mono", "target"], [["Thread", "t-4c1", 0, true, "orchestra://prod/chat/t-4c1"]]);
        fillFrames(d.frames, 6);
    }
    function fillFrames(model, count) {
        const types = ["agent_completed", "ack", "hello", "welcome", "resume_done", "chat", "status", "agent_started", "agent_thinking", "tool_executing", "tool_completed"];
        const names = ["direction", "sequenceText", "typeText", "bytesText", "deltaText", "isToken", "spoken"];
        put(model, names, [[0, "112", "agent_completed", "1\u202f204", "7", false, "received agent_completed"], [1, "", "ack", "88", "1\u202f204", false, "sent ack"], [2, "", "gap 113–115, cut by tester", "", "", false, "gap"]]);
        for (let at = 0; at < count; ++at) {
            const token = at > 12;
            put(model, names, [[at % 6 === 4 ? 1 : 0, String(at + 1), token ? "stream_token" : types[at % types.length], String(90 + at * 37 % 400), String(at * 13 % 40), token, "received frame " + (at + 1)]]);
        }
    }
    property Component tools: ToolCallsModel {}
    property Component chips: ChipsModel {}
    property Component phases: PhasesModel {}

    function addTurn(row) {
        const turn = Object.assign({ key: "k" + chat.turns.count, who: "operations", atText: "14:03:19", isUser: false, isLive: false, liveText: "", thinking: "", content: "", failureCode: "", failureText: "", degradedText: "",
            tools: tools.createObject(root), chips: chips.createObject(root), phases: phases.createObject(root, { totalMs: 0, totalText: "" }), approvalId: "", approvalText: "", decidingText: "" }, row);
        chat.turns.append(turn);
        return turn;
    }
    function fillChat() {
        put(chat.conversations, ["key", "user", "synthetic", "title", "ageText", "status", "current"], [
            ["1", "tester-1", true, "Why is n8n refusing?", "now", 4, true], ["2", "ann", false, "Roll back the search index", "12 s", 1, false], ["3", "ben", false, "Summarise the incident", "1 min", 2, false],
            ["4", "chloe", false, "Fetch pages for the report", "2 min", 2, false], ["5", "kofi", false, "Translate the runbook", "14 min", 0, false]]);
        fillTurns();
        fillFrames(chat.frames, 40);
        put(chat.replies, ["firstTokenS", "totalS", "spoken", "live"], [[.16, .5, "0.5 s", false], [.15, 1.1, "1.1 s", false], [.18, .8, "0.8 s", false], [.16, .4, "0.4 s", false], [.2, 1.9, "1.9 s", false], [.17, .7, "0.7 s", false], [.31, 2.2, "2.2 s", false], [.35, 1.4, "1.4 s", false], [.4, 2.6, "2.6 s", false], [.41, 2.71, "2.7 s", true]]);
    }
    function fillTurns() {
        chat.turns.clear();
        addTurn({ who: "tester-1", isUser: true, atText: "14:01:48", content: "Is every model available right now?" });
        const first = addTurn({ atText: "14:01:48", content: "Yes. ollama and openai are both closed and passing; the embedder has had no calls yet." });
        put(first.chips, ["label", "value", "status", "mono", "target", "glyph"], [["source", "manager", -1, false, "", ""], ["tokens", "41", -1, false, "", ""], ["quality", "0.94", -1, false, "", ""], ["trace", "9f20c1", -1, true, "orchestra://prod/traces/9f20c1", ""]]);
        put(first.phases, ["name", "atMs", "lengthMs", "lengthText", "kind", "live"], [["queued", 0, 4, "4 ms", 0, false], ["first token", 4, 148, "148 ms", 1, false], ["stream", 152, 243, "243 ms", 2, false], ["store ack", 395, 7, "7 ms", 3, false]]);
        first.phases.totalMs = 402;
        first.phases.totalText = "402 ms";
        addTurn({ who: "tester-1", isUser: true, content: "Why is n8n refusing calls, and what does a user see meanwhile?" });
        const second = addTurn({ isLive: true, liveText: "streaming", thinking: "Maestro: an operations question; reading breaker and log state first",
            content: "The n8n breaker opened at 13:59:10 after 12 of its last 20 calls failed: 9 with HTTP 502 and 3 past the 5 s deadline. It refuses calls at once and sends one probe every 30 s; the next is due in 12 s. Users are told that workflow tools are unavailable and when to" });
        put(second.tools, ["name", "parameters", "tookText", "status", "resultText"], [["breaker_state", "name: \"n8n\"", "3 ms", 1, "open"], ["query_logs", "breaker:n8n, 5 min", "212 ms", 1, "12 lines"], ["workflow_run", "id: \"notify\"", "refused", 3, "BREAKER_OPEN"]]);
        put(second.chips, ["label", "value", "status", "mono", "target", "glyph"], [["source", "model", -1, false, "", ""], ["ollama", "llama3.1:8b", -1, false, "", ""], ["", "v2_api on", -1, false, "", "flags"], ["level", "2 Lean", 2, false, "", ""], ["trace", "c4417e", -1, true, "orchestra://prod/traces/c4417e", ""]]);
        put(second.phases, ["name", "atMs", "lengthMs", "lengthText", "kind", "live"], [["queued", 0, 6, "6 ms", 0, false], ["tools", 6, 221, "221 ms", 3, false], ["first token", 227, 409, "409 ms", 1, false], ["stream", 636, 2074, "71 tokens", 2, true]]);
        second.phases.totalMs = 3000;
        second.phases.totalText = "2.71 s so far";
    }
    function fillServers() {
        put(servers, ["key", "name", "environment", "environmentText", "url", "pinText", "roleText", "lastSeenText", "versionText", "readOnly", "current", "status"], [
            ["1", "orchestra-eu1", 0, "prod", "wss://orchestra-eu1.example.net:8700", "sha256 4f:21:09:…", "operator", "now", "0.1.0", true, true, 1],
            ["2", "this machine", 2, "dev", "ws://127.0.0.1:8700", "", "operator", "2 d ago", "0.1.0", false, false, 0]]);
        put(servers.testSteps, ["name", "tookText", "whyText", "status"], [["DNS", "3 ms", "10.4.0.7", 1], ["TCP", "11 ms", "", 1], ["TLS", "24 ms", "TLS 1.3, pin matches", 1], ["Hello", "9 ms", "orchestra.ops.v1", 1], ["Auth", "", "token expired (4202)", 3]]);
        servers.testText = "The token expired on 12 January. Make a new one with orchestrad token add.";
    }
    property Component confirmationOf: Confirmation {
        title: "Close 12 connections?"
        effect: "Their clients get code 4007 and do not come back by themselves. 3 replies are streaming now; they go on and are kept for resume."
        verb: "Close 12 connections"
    }
    function ask(): Confirmation {
        const asked = confirmationOf.createObject(root);
        for (let at = 0; at < 12; ++at)
            put(asked.items, ["status", "name", "key", "detail"], [[at < 2 ? 2 : 1, "user" + at, "c-7f3a" + (10 + at), "streaming"]]);
        actions.confirmation = asked;
        return asked;
    }
    property Component noticeOf: Notice {}
    property Component pendingOf: PendingAction {}

    function tell(text: string, undoable: bool): Notice {
        actions.notice = noticeOf.createObject(root, { text: text, undoable: undoable, remaining: 0.7 });
        return actions.notice;
    }
    function pend(text: string): PendingAction {
        actions.pending = pendingOf.createObject(root, { text: text, remaining: 0.8, remainingText: "in 4 s" });
        return actions.pending;
    }
}
