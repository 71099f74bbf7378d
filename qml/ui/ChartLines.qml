// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import QtCharts

/* The lines or areas themselves. Qt Charts draws them and nothing else, and only this file imports it. */
ChartView {
    id: root

    required property PlotArea plot
    required property list<TimeSeries> series
    property bool stacked: false

    function grow(feed: LineFeed) {
        while (feed.adopted < feed.wanted)
            feed.adopt(createSeries(stacked ? ChartView.SeriesTypeArea : ChartView.SeriesTypeLine, "", timeAxis, valueAxis));
    }

    // Eight pixels round the plot, so that round caps are not cut.
    x: plot.x - Theme.s2
    y: plot.y - Theme.s2
    width: plot.width + Theme.s2 * 2
    height: plot.height + Theme.s2 * 2
    plotArea: Qt.rect(Theme.s2, Theme.s2, plot.width, plot.height)
    margins.left: 0
    margins.right: 0
    margins.top: 0
    margins.bottom: 0
    backgroundColor: "transparent"
    plotAreaColor: "transparent"
    dropShadowEnabled: false
    backgroundRoundness: 0
    legend.visible: false
    antialiasing: true
    animationOptions: ChartView.NoAnimation
    Accessible.ignored: true

    ValuesAxis {
        id: timeAxis
        min: root.plot.fromMs
        max: root.plot.toMs
        visible: false
        gridVisible: false
        labelsVisible: false
        lineVisible: false
    }
    ValuesAxis {
        id: valueAxis
        min: root.plot.values.minimum
        max: root.plot.values.maximum
        visible: false
        gridVisible: false
        labelsVisible: false
        lineVisible: false
    }
    Instantiator {
        id: feeds
        model: root.series.length
        delegate: LineFeed {
            required property int index

            series: root.series[index]
            filled: root.stacked
            below: root.stacked && index > 0 ? feeds.objectAt(index - 1) as LineFeed : null
            onWantedChanged: root.grow(this)
        }
    }
}
