// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["name", "stateText", "status", "sinceText", "outcomes", "rateText", "thresholdText", "causeText", "nextText", "extraText", "dayText", "spoken", "current"]
}
