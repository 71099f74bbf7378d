// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui

/* A test case in which any warning is a failure and the look is always the same at the start. */
TestCase {
    function init() {
        failOnWarning(/.?/);
        Theme.scheme = Theme.Dark;
        Theme.density = Theme.Normal;
        Theme.textScale = 1;
        Theme.reduceMotion = false;
    }
    /// Every visible item under `item` for which `wanted` answers true.
    function allOf(item, wanted) {
        let found = [];
        for (let at = 0; at < item.children.length; ++at) {
            const child = item.children[at];
            if (child.visible && wanted(child))
                found.push(child);
            if (child.visible)
                found = found.concat(allOf(child, wanted));
        }
        return found;
    }
    /// What can be read under `item`.
    function textsOf(item) {
        return allOf(item, child => child.text !== undefined && child.text !== "").map(child => child.text);
    }
    function watch(spy, target, signalName) {
        spy.target = null;
        spy.signalName = signalName;
        spy.target = target;
        spy.clear();
    }
}
