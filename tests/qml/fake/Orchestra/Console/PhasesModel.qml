// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["name", "atMs", "lengthMs", "lengthText", "kind", "live"]

    enum Kind { Wait, Work, Stream, Store }

    property real totalMs: 402
    property string totalText: "402 ms"
}
