// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["firstTokenS", "totalS", "spoken", "live"]

    property real longestS: 2.8
}
