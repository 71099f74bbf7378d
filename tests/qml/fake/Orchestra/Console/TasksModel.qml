// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "depth", "expandable", "expanded", "title", "userText", "stateText", "status", "stepText", "ageText", "fraction", "over", "tokensText", "open", "busyText", "current", "spoken"]
}
