// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "who", "atText", "isUser", "isLive", "liveText", "thinking", "content", "failureCode", "failureText", "degradedText", "tools", "chips", "phases", "approvalId", "approvalText", "decidingText"]

    property int approved: -1
    property int denied: -1

    function approve(row: int) { approved = row; }
    function deny(row: int) { denied = row; }
}
