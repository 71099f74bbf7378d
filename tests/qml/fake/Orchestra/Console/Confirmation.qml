// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string title
    property string effect
    property ConfirmItemsModel items: ConfirmItemsModel {}
    property string verb
    property int risk: 2
    property bool reasonNeeded: false
    property string typeToConfirm
    property string conflictText
    property string acceptedWith: "no"
    property int cancels: 0

    function accept(reason: string) { acceptedWith = reason; }
    function cancel() { cancels += 1; }
}
