// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Testing

UiCase {
    id: root
    name: "Theme"

    property AccessProbe probe: AccessProbe {}

    function test_everyTextIsReadableOnEverySurface_data() {
        const schemes = [{ tag: "dark", scheme: Theme.Dark }, { tag: "light", scheme: Theme.Light }, { tag: "contrast", scheme: Theme.Contrast }];
        const inks = ["text1", "text2", "text3", "accent", "ok", "warn", "bad", "idle"];
        const rows = [];
        for (const one of schemes)
            for (const ink of inks)
                for (const surface of ["chrome", "canvas", "raised"])
                    rows.push({ tag: [one.tag, ink, surface].join(" "), scheme: one.scheme, ink: ink, surface: surface });
        return rows;
    }
    function test_everyTextIsReadableOnEverySurface(row) {
        Theme.scheme = row.scheme;
        const ratio = probe.contrast(Theme[row.ink], Theme[row.surface]);
        verify(ratio >= 4.5, row.tag + " is only " + ratio.toFixed(2));
    }
    function test_textStaysReadableUnderPointerAndSelection_data() {
        return [{ tag: "dark", scheme: Theme.Dark }, { tag: "light", scheme: Theme.Light }, { tag: "contrast", scheme: Theme.Contrast }];
    }
    function test_textStaysReadableUnderPointerAndSelection(row) {
        Theme.scheme = row.scheme;
        for (const ink of ["text1", "text2", "text3"])
            for (const surface of ["hover", "pressed", "selected"]) {
                const ratio = probe.contrast(Theme[ink], Theme[surface]);
                verify(ratio >= 4.5, ink + " on " + surface + " is only " + ratio.toFixed(2));
            }
        verify(probe.contrast(Theme.accentInk, Theme.accentFill) >= 4.5);
    }
    function test_highContrastIsHigher() {
        Theme.scheme = Theme.Contrast;
        for (const ink of ["text1", "text2", "text3", "ok", "warn", "bad", "idle", "accent"])
            verify(probe.contrast(Theme[ink], Theme.raised) >= 7, ink);
        verify(probe.contrast(Theme.lineStrong, Theme.canvas) >= 4.5);
    }
    function test_schemesDiffer() {
        const dark = Theme.canvas.toString();
        Theme.scheme = Theme.Light;
        verify(Theme.canvas.toString() !== dark);
        verify(!Theme.dark);
        Theme.scheme = Theme.Contrast;
        compare(Theme.canvas, "#000000");
        verify(Theme.dark);
    }
    function test_sizesGrowWithTheText() {
        compare(Theme.px(13), 13);
        compare(Theme.rowHeight, 28);
        Theme.textScale = 2;
        compare(Theme.textBody, 26);
        compare(Theme.rowHeight, 56);
        compare(Theme.s5, 20);
        Theme.textScale = 0.9;
        compare(Theme.textCaption, 10);
    }
    function test_densityChangesRowsOnly() {
        Theme.density = Theme.Compact;
        compare(Theme.rowHeight, 22);
        compare(Theme.controlHeight, 28);
        Theme.density = Theme.Cosy;
        compare(Theme.rowHeight, 36);
    }
    function test_reducedMotionIsNone() {
        verify(Theme.motion > 0 && Theme.motion <= 150);
        Theme.reduceMotion = true;
        compare(Theme.motion, 0);
        compare(Theme.motionFast, 0);
    }
    function test_statusHasAColourAndAShapeOfItsOwn() {
        const colours = [], shapes = [];
        for (const status of [Status.Idle, Status.Ok, Status.Warn, Status.Bad]) {
            colours.push(Theme.statusColor(status).toString());
            shapes.push(Icons.ofStatus(status));
        }
        compare(new Set(colours).size, 4);
        compare(new Set(shapes).size, 4);
        compare(Icons.ofStatus(Status.None), "");
        verify(Icons.ofStatus(Status.Pending) !== "");
    }
    function test_iconsByName() {
        compare(Icons.named("flags"), Icons.flags);
        compare(Icons.named("no such icon"), "");
        compare(Icons.named("objectName"), "");
        compare(Icons.named("named"), "");
    }
}
