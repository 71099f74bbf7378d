// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property bool shown: false
    property string name
    property string summaryText: "Since it was accepted, lines have come (+ 1) and gone (− 1)."
    property string digestText: "SHA-256 2c26b46b68ffc68f"
    property Content content: Content {}
    property ReviewLinesModel lines: ReviewLinesModel {}
    property Action acceptAction: Action { title: "Accept…"; risk: 2 }

    function close() { shown = false; }
}
