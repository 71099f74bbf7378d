// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["name", "nowText", "status", "spans", "spanStatus", "spanTexts", "spoken"]
}
