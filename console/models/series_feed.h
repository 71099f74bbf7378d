// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/series.h"
#include "console/models/view_range.h"

#include <QPointF>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// Where charts get their points: seconds as they stream in for ranges up to ten minutes, and the server's coarser
/// tiers, asked for again as they grow, for longer ones. Lives on: gui.
class SeriesFeed : public QObject
{
    Q_OBJECT

public:
    /// Both must outlive the feed.
    SeriesFeed(OpsClient &client, ViewRange &range, QObject *parent);

    /// Subscribed while somebody looks: each watch() is ended by an unwatch().
    void watch();
    void unwatch();

    /// The visible part of a series; empty while nothing is known.
    QList<QPointF> points(std::string_view name) const;
    /// The last value that is known; nothing when the newest point is a gap or older than 5 s.
    std::optional<double> latest(std::string_view name) const;
    /// The mean over the visible range, and over the range of the same length before it.
    std::optional<double> mean(std::string_view name) const;
    std::optional<double> meanBefore(std::string_view name) const;

    void tick();

Q_SIGNALS:
    /// At most once a second while somebody looks, never while the view is paused.
    void changed();

private:
    const wire::SeriesChunk *chunk(std::string_view name) const;
    std::optional<double> meanBetween(std::string_view name, qreal fromMs, qreal toMs) const;
    bool wantsCoarse() const;
    void askCoarse();

    OpsClient &client_;
    ViewRange &range_;
    std::map<std::string, wire::SeriesChunk> coarse_; ///< by name; of the last answer
    int secondsUntilAsk_ = 0;
    int watchers_ = 0;
    bool asking_ = false;
    bool dirty_ = false;
};

} // namespace orchestra
