// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Phase { Idle, Connecting, Syncing, Live, Stale, Lost, Denied }
    enum Environment { Production, Staging, Development }

    property int phase: Link.Live
    property int status: 1
    property string word: "Live"
    property string ageText: "0.4 s"
    property string serverName: "orchestra-eu1"
    property int environment: Link.Production
    property string environmentText: "prod"
    property string asOfText: "14:03:22"
    property string bannerText
    property string whyText
    property bool hasData: true
    readonly property bool canAct: phase === Link.Live
    property int retries: 0
    property int refreshes: 0

    function retryNow() { retries += 1; }
    function refresh() { refreshes += 1; }
    function leave() { phase = Link.Idle; }
}
