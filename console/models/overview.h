// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/breaker_models.h"
#include "console/models/content.h"
#include "console/models/degradation.h"
#include "console/models/heat_grid.h"
#include "console/models/model_lists.h"
#include "console/models/overview_models.h"
#include "console/models/series_feed.h"

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// The overview screen: is it well, and since when? Lives on: gui.
class Overview : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(QString compareText READ compareText NOTIFY changed)
    Q_PROPERTY(TilesModel *tiles READ tiles CONSTANT)
    Q_PROPERTY(Series *messagesIn READ messagesIn CONSTANT)
    Q_PROPERTY(Series *messagesOut READ messagesOut CONSTANT)
    Q_PROPERTY(Series *tokens READ tokens CONSTANT)
    Q_PROPERTY(Series *p50 READ p50 CONSTANT)
    Q_PROPERTY(Series *p95 READ p95 CONSTANT)
    Q_PROPERTY(Series *p99 READ p99 CONSTANT)
    Q_PROPERTY(qreal firstTokenGuard READ firstTokenGuard CONSTANT)
    Q_PROPERTY(QString throughputSpoken READ throughputSpoken NOTIFY changed)
    Q_PROPERTY(QString latencySpoken READ latencySpoken NOTIFY changed)
    Q_PROPERTY(HeatGrid *latencyHeat READ latencyHeat CONSTANT)
    Q_PROPERTY(ProblemsModel *problems READ problems CONSTANT)
    Q_PROPERTY(ChangesModel *changes READ changes CONSTANT)
    Q_PROPERTY(Degradation *degradation READ degradation CONSTANT)
    Q_PROPERTY(StartupModel *startup READ startup CONSTANT)
    Q_PROPERTY(BreakersModel *breakers READ breakers CONSTANT)
    Q_PROPERTY(FlagsModel *flags READ flags CONSTANT)
    Q_PROPERTY(ModelsModel *models READ models CONSTANT)
    Q_PROPERTY(ToolsModel *tools READ tools CONSTANT)
    Q_PROPERTY(bool faultsOnly READ faultsOnly WRITE setFaultsOnly NOTIFY faultsOnlyChanged)

public:
    static constexpr qreal kFirstTokenGuardMs = 500;

    /// All must outlive the overview.
    Overview(OpsClient &client, SeriesFeed &feed, ViewRange &range, const Clock &clock, QObject *parent);

    bool isActive() const { return active_; }
    void setActive(bool active);
    Content *content() { return &content_; }
    QString compareText() const;
    TilesModel *tiles() { return &tiles_; }
    Series *messagesIn() { return &messagesIn_; }
    Series *messagesOut() { return &messagesOut_; }
    Series *tokens() { return &tokens_; }
    Series *p50() { return &p50_; }
    Series *p95() { return &p95_; }
    Series *p99() { return &p99_; }
    qreal firstTokenGuard() const { return kFirstTokenGuardMs; }
    QString throughputSpoken() const;
    QString latencySpoken() const;
    HeatGrid *latencyHeat() { return &heat_; }
    ProblemsModel *problems() { return &problems_; }
    ChangesModel *changes() { return &changes_; }
    Degradation *degradation() { return &degradation_; }
    StartupModel *startup() { return &startup_; }
    BreakersModel *breakers() { return &breakers_; }
    FlagsModel *flags() { return &flags_; }
    ModelsModel *models() { return &models_; }
    ToolsModel *tools() { return &tools_; }
    bool faultsOnly() const { return faultsOnly_; }
    void setFaultsOnly(bool faultsOnly);

    /// Once a second: ages move.
    void tick();

Q_SIGNALS:
    void activeChanged();
    void changed();
    void faultsOnlyChanged();

private:
    void flush();
    void refreshContent();
    void fillCharts();
    void fillTiles();
    void fillLists();
    void fillBreakers();
    void fillFlags();
    void fillModels();
    void fillDegradation();
    const wire::OverviewRow *row() const;
    Tile measured(const QString &label, std::string_view series, int decimals, const QString &unit) const;

    OpsClient &client_;
    SeriesFeed &feed_;
    ViewRange &range_;
    const Clock &clock_;
    Content content_{this};
    TilesModel tiles_{this};
    Series messagesIn_;
    Series messagesOut_;
    Series tokens_;
    Series p50_;
    Series p95_;
    Series p99_;
    HeatGrid heat_{this};
    ProblemsModel problems_{this};
    ChangesModel changes_{this};
    Degradation degradation_{this};
    StartupModel startup_{this};
    BreakersModel breakers_{this};
    FlagsModel flags_{this};
    ModelsModel models_{this};
    ToolsModel tools_{this};
    QTimer flushTimer_;
    bool active_ = false;
    bool faultsOnly_ = false;
};

} // namespace orchestra
