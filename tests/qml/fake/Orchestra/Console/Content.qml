// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Kind { Ready, Loading, Empty, Filtered, Error, NoPermission, Disconnected }

    property int kind: Content.Ready
    property string headline
    property string detail
    property string code
    property int retries: 0

    function retry() { retries += 1; }
}
