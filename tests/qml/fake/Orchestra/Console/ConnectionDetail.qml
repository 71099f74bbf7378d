// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string key
    property int status: 2
    property string title: "ben"
    property string subtitle: "Slow reader, active for 41 min"
    property Series queue: Series {}
    property string queueText: "842 of 1\u202f024 KiB"
    property int queueStatus: 2
    property real queueBound: 1024
    property FactsModel facts: FactsModel {}
    property StepsModel timeline: StepsModel {}
    property FramesModel frames: FramesModel {}
    property string framesNote: "content hidden: needs content.read"
    property FactsModel links: FactsModel {}
    property string raw: "{\n  \"connection_id\": \"c-7f3a19\"\n}"
}
