// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/action.h"
#include "console/models/breaker_history.h"
#include "console/models/breaker_models.h"
#include "console/models/content.h"
#include "console/models/series_feed.h"

#include <QObject>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// The breakers screen: every circuit breaker as a card, their states over time beside the error rate, and the one in
/// focus with what can be done to it. Lives on: gui.
class BreakerPanel : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(QString headText READ headText NOTIFY changed)
    Q_PROPERTY(BreakersModel *cards READ cards CONSTANT)
    Q_PROPERTY(LanesModel *lanes READ lanes CONSTANT)
    Q_PROPERTY(Series *errorRate READ errorRate CONSTANT)
    Q_PROPERTY(qreal errorGuard READ errorGuard CONSTANT)
    Q_PROPERTY(QString errorSpoken READ errorSpoken NOTIFY changed)
    Q_PROPERTY(int currentRow READ currentRow NOTIFY currentChanged)
    Q_PROPERTY(QString currentKey READ currentKey WRITE setCurrentKey NOTIFY currentChanged)
    Q_PROPERTY(QString subtitle READ subtitle NOTIFY changed)
    Q_PROPERTY(int status READ status NOTIFY changed)
    Q_PROPERTY(FactsModel *facts READ facts CONSTANT)
    Q_PROPERTY(StepsModel *moves READ moves CONSTANT)
    Q_PROPERTY(QString movesNote READ movesNote NOTIFY changed)
    Q_PROPERTY(QString raw READ raw NOTIFY changed)
    Q_PROPERTY(QStringList terms READ terms CONSTANT)
    Q_PROPERTY(int term READ term WRITE setTerm NOTIFY termChanged)
    Q_PROPERTY(Action *probeAction READ probeAction CONSTANT)
    Q_PROPERTY(Action *openAction READ openAction CONSTANT)
    Q_PROPERTY(Action *closeAction READ closeAction CONSTANT)
    Q_PROPERTY(Action *resetAction READ resetAction CONSTANT)

public:
    /// All must outlive the panel.
    BreakerPanel(OpsClient &client, SeriesFeed &feed, ViewRange &range, const Clock &clock, QObject *parent);

    bool isActive() const { return active_; }
    void setActive(bool active);
    Content *content() { return &content_; }
    QString headText() const;
    BreakersModel *cards() { return &cards_; }
    LanesModel *lanes() { return &lanes_; }
    Series *errorRate() { return &errorRate_; }
    /// In percent.
    qreal errorGuard() const;
    QString errorSpoken() const;
    int currentRow() const;
    /// The name of the breaker in focus; empty for none.
    QString currentKey() const { return current_; }
    void setCurrentKey(const QString &name);
    QString subtitle() const;
    int status() const;
    FactsModel *facts() { return &facts_; }
    /// What the breaker in focus went through within the last day, newest first.
    StepsModel *moves() { return &moves_; }
    /// How much of it there is.
    QString movesNote() const;
    QString raw() const;
    /// How long an override can be asked for: 5 min, 15 min, 1 h.
    QStringList terms() const;
    int term() const { return term_; }
    void setTerm(int term);
    std::chrono::seconds termLength() const;
    /// The next call is let through as a probe.
    Action *probeAction() { return &probe_; }
    /// Refuses whatever comes, for the chosen term.
    Action *openAction() { return &open_; }
    /// Lets everything pass and goes on counting, for the chosen term.
    Action *closeAction() { return &close_; }
    /// Ends an override.
    Action *resetAction() { return &reset_; }

    Q_INVOKABLE void select(int row);
    /// Nullptr when there is none in focus.
    const wire::BreakerRow *current() const;
    /// Why operators' actions are not available now; empty when they are.
    void setActionReason(const QString &reason);
    /// Once a second: ages move.
    void tick();

Q_SIGNALS:
    void activeChanged();
    void changed();
    void currentChanged();
    void termChanged();

private:
    void flush();
    void fillErrorRate();
    void fillDetail();
    void refreshActions();
    void refreshContent();

    OpsClient &client_;
    SeriesFeed &feed_;
    ViewRange &range_;
    const Clock &clock_;
    Content content_{this};
    BreakerHistory history_;
    BreakersModel cards_{this};
    LanesModel lanes_{this};
    Series errorRate_;
    FactsModel facts_{this};
    StepsModel moves_{this};
    Action probe_;
    Action open_;
    Action close_;
    Action reset_;
    QTimer flushTimer_;
    QString current_;
    QString actionReason_;
    int term_ = 1;
    bool active_ = false;
};

} // namespace orchestra
