// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* One glyph of the icon font: text, so it is equally sharp in every renderer and takes any colour. */
Text {
    property int size: Theme.iconSize

    width: size
    height: size
    textFormat: Text.PlainText
    renderType: Text.NativeRendering
    font.family: Theme.icons
    font.pixelSize: size
    font.hintingPreference: Font.PreferNoHinting
    color: Theme.text2
    horizontalAlignment: Text.AlignHCenter
    verticalAlignment: Text.AlignVCenter
    Accessible.ignored: true
}
