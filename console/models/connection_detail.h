// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/series.h"
#include "console/models/small_models.h"

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// The connection in the inspector: facts, the states it went through, its last frames (sizes and types, never
/// content). Asks the server for what the table does not hold while somebody looks. Lives on: gui.
class ConnectionDetail : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString key READ key NOTIFY changed)
    Q_PROPERTY(int status READ status NOTIFY changed)
    Q_PROPERTY(QString title READ title NOTIFY changed)
    Q_PROPERTY(QString subtitle READ subtitle NOTIFY changed)
    Q_PROPERTY(Series *queue READ queue CONSTANT)
    Q_PROPERTY(QString queueText READ queueText NOTIFY changed)
    Q_PROPERTY(int queueStatus READ queueStatus NOTIFY changed)
    Q_PROPERTY(qreal queueBound READ queueBound NOTIFY changed)
    Q_PROPERTY(FactsModel *facts READ facts CONSTANT)
    Q_PROPERTY(StepsModel *timeline READ timeline CONSTANT)
    Q_PROPERTY(FramesModel *frames READ frames CONSTANT)
    Q_PROPERTY(QString framesNote READ framesNote CONSTANT)
    Q_PROPERTY(FactsModel *links READ links CONSTANT)
    Q_PROPERTY(QString raw READ raw NOTIFY changed)

public:
    /// Both must outlive the detail.
    ConnectionDetail(OpsClient &client, const Clock &clock, QObject *parent);

    QString key() const { return key_; }
    int status() const;
    QString title() const;
    QString subtitle() const;
    Series *queue() { return &queue_; }
    QString queueText() const;
    int queueStatus() const;
    qreal queueBound() const;
    FactsModel *facts() { return &facts_; }
    StepsModel *timeline() { return &timeline_; }
    FramesModel *frames() { return &frames_; }
    QString framesNote() const;
    FactsModel *links() { return &links_; }
    QString raw() const;

    /// Empty: nothing is looked at.
    void show(const QString &key);
    /// New values of the row; nullptr when it is gone (the last values stay).
    void update(const wire::ConnectionRow *row);
    /// Once a second while shown.
    void tick();

Q_SIGNALS:
    void changed();

private:
    void ask();
    void take(const wire::ConnectionDetail &detail);
    void fillFacts();

    OpsClient &client_;
    const Clock &clock_;
    QString key_;
    wire::ConnectionRow row_;
    bool isGone_ = false;
    bool asking_ = false;
    Series queue_;
    QList<QPointF> queuePoints_;
    FactsModel facts_{this};
    StepsModel timeline_{this};
    FramesModel frames_{this};
    FactsModel links_{this};
};

} // namespace orchestra
