// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/action.h"
#include "console/models/connection_detail.h"
#include "console/models/connection_summaries.h"
#include "console/models/content.h"
#include "console/models/filter.h"
#include "console/models/keyed_table.h"
#include "console/models/series.h"
#include "console/models/view_range.h"

#include <QTimer>

namespace orchestra {

/// The connections screen: the table, what stands above it, and the connection that is looked at. Rows are filtered and
/// sorted here while all of them are; above a thousand the server does it and sends the window. Lives on: gui.
class ConnectionsModel : public KeyedTable
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(Filter *filter READ filter CONSTANT)
    Q_PROPERTY(QString headText READ headText NOTIFY summaryChanged)
    Q_PROPERTY(Series *idleClients READ idleClients CONSTANT)
    Q_PROPERTY(Series *activeClients READ activeClients CONSTANT)
    Q_PROPERTY(Series *startingClients READ startingClients CONSTANT)
    Q_PROPERTY(HistogramModel *queueHistogram READ queueHistogram CONSTANT)
    Q_PROPERTY(TopUsersModel *topUsers READ topUsers CONSTANT)
    Q_PROPERTY(ConnectionDetail *detail READ detail CONSTANT)
    Q_PROPERTY(QString listenText READ listenText NOTIFY summaryChanged)
    Q_PROPERTY(QString testCommand READ testCommand NOTIFY summaryChanged)
    Q_PROPERTY(QString selectionText READ selectionText NOTIFY summaryChanged)
    Q_PROPERTY(QString filterText READ filterText NOTIFY summaryChanged)
    Q_PROPERTY(Action *closeAction READ closeAction CONSTANT)
    Q_PROPERTY(Action *closeUserAction READ closeUserAction CONSTANT)
    Q_PROPERTY(Action *openChatAction READ openChatAction CONSTANT)

public:
    enum Column {
        StateColumn,
        UserColumn,
        ClientColumn,
        AddressColumn,
        ThreadColumn,
        ApiColumn,
        EncodingColumn,
        UpColumn,
        IdleColumn,
        InRateColumn,
        OutRateColumn,
        QueueColumn,
        SequenceColumn,
        DropsColumn,
        SessionColumn,
        ColumnCount
    };
    Q_ENUM(Column)

    /// Rows above this are filtered, sorted and windowed by the server.
    static constexpr std::uint64_t kLocalRows = 1000;

    /// All must outlive the model.
    ConnectionsModel(OpsClient &client, ViewRange &range, const Clock &clock, QObject *parent);

    int columnCount(const QModelIndex &parent = {}) const override;
    int total() const override;

    bool isActive() const { return active_; }
    void setActive(bool active);
    Content *content() { return &content_; }
    Filter *filter() { return &filter_; }
    QString headText() const;
    Series *idleClients() { return &idle_; }
    Series *activeClients() { return &activeSeries_; }
    Series *startingClients() { return &starting_; }
    HistogramModel *queueHistogram() { return &histogram_; }
    TopUsersModel *topUsers() { return &topUsers_; }
    ConnectionDetail *detail() { return &detail_; }
    QString listenText() const;
    QString testCommand() const;
    QString selectionText() const;
    QString filterText() const;
    Action *closeAction() { return &closeAction_; }
    Action *closeUserAction() { return &closeUserAction_; }
    Action *openChatAction() { return &openChatAction_; }

    /// The row of a key; nullptr when it is gone.
    const wire::ConnectionRow *row(const QString &key) const;
    /// Shows "Closing 0.8 s" in these rows until they leave or change.
    void setPending(const QStringList &keys, const QString &text);
    /// Why operators' actions are not available now; empty when they are.
    void setActionReason(const QString &reason);
    /// Once a second: ages move.
    void tick();

Q_SIGNALS:
    void activeChanged();
    void summaryChanged();
    void chatWanted(const QString &user, const QString &session);

protected:
    std::vector<QString> wantedKeys() const override;
    /// What waits for it is near the bound at which it is closed.
    bool isSlow(const QString &key) const;
    QString cellText(const QString &key, int column) const override;
    int cellStatus(const QString &key, int column) const override;
    qreal cellFraction(const QString &key, int column) const override;
    bool isDim(const QString &key, int column) const override;
    SortValue sortValue(const QString &key, int column) const override;
    QString columnTitle(int column) const override;
    QString spoken(const QString &key) const override;
    QString pendingText(const QString &key) const override;
    int rowsBefore() const override;
    int rowsBehind() const override;

private:
    using Rows = Mirror::Table<wire::ConnectionRow>;

    /// What is shown: the server's rows, or while the view is paused what they were then.
    const Rows &shown() const { return held_ ? *held_ : client_.mirror().connections(); }
    void whenPaused();
    bool isWindowed() const;
    void noteHeard(const TopicChange &change);
    std::int64_t idleMs(const QString &key, const wire::ConnectionRow &row) const;
    void subscribe();
    void whenTopicChanged(const TopicChange &change);
    void whenViewportChanged(int first, int last);
    void flush();
    void countStates();
    void refreshSummaries();
    void refreshContent();
    void refreshActions();
    QString numberCell(const wire::ConnectionRow &row, int column) const;

    OpsClient &client_;
    ViewRange &range_;
    const Clock &clock_;
    Content content_{this};
    Filter filter_;
    Series idle_;
    Series activeSeries_;
    Series starting_;
    HistogramModel histogram_{this};
    TopUsersModel topUsers_{this};
    ConnectionDetail detail_;
    Action closeAction_;
    Action closeUserAction_;
    Action openChatAction_;
    QTimer flushTimer_;
    std::optional<Rows> held_;
    QHash<QString, QString> pending_;
    QList<QPointF> idlePoints_;
    QList<QPointF> activePoints_;
    QList<QPointF> startingPoints_;
    QString actionReason_;
    QHash<QString, WallMs> heardAt_; ///< when each row was last told
    int windowFirst_ = 0;
    int shownFirst_ = 0; ///< of the window that is here
    int windowCount_ = 200;
    bool asksForWindow_ = false; ///< the subscription is for a window of the server's rows
    bool active_ = false;
};

} // namespace orchestra
