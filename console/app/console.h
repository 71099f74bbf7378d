// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/actions/action_runner.h"
#include "console/actions/command_index.h"
#include "console/link/ops_client.h"
#include "console/models/access.h"
#include "console/models/breaker_panel.h"
#include "console/models/chat_tester.h"
#include "console/models/connections_model.h"
#include "console/models/keymap.h"
#include "console/models/link.h"
#include "console/models/marks_model.h"
#include "console/models/navigation.h"
#include "console/models/other_conversations.h"
#include "console/models/overview.h"
#include "console/models/preferences.h"
#include "console/models/series_feed.h"
#include "console/models/servers_model.h"
#include "console/models/task_panel.h"
#include "console/models/tool_inspection.h"
#include "console/models/view_range.h"

#include <QObject>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace orchestra {

/// The console: every model, built once and joined here; the one object that QML is given. Lives on: gui.
class Console : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(Link *link READ link CONSTANT)
    Q_PROPERTY(Access *access READ access CONSTANT)
    Q_PROPERTY(ViewRange *range READ range CONSTANT)
    Q_PROPERTY(MarksModel *marks READ marks CONSTANT)
    Q_PROPERTY(Navigation *navigation READ navigation CONSTANT)
    Q_PROPERTY(Overview *overview READ overview CONSTANT)
    Q_PROPERTY(ConnectionsModel *connections READ connections CONSTANT)
    Q_PROPERTY(ChatTester *chat READ chat CONSTANT)
    Q_PROPERTY(BreakerPanel *breakers READ breakers CONSTANT)
    Q_PROPERTY(TaskPanel *tasks READ tasks CONSTANT)
    Q_PROPERTY(ToolInspection *review READ review CONSTANT)
    Q_PROPERTY(ServersModel *servers READ servers CONSTANT)
    Q_PROPERTY(Preferences *preferences READ preferences CONSTANT)
    Q_PROPERTY(Keymap *keymap READ keymap CONSTANT)
    Q_PROPERTY(CommandIndex *commands READ commands CONSTANT)
    Q_PROPERTY(ActionRunner *actions READ actions CONSTANT)
    Q_PROPERTY(QString sentence READ sentence NOTIFY changed)
    Q_PROPERTY(int sentenceStatus READ sentenceStatus NOTIFY changed)
    Q_PROPERTY(QStringList numbers READ numbers NOTIFY changed)
    Q_PROPERTY(QString lastErrorText READ lastErrorText NOTIFY changed)
    Q_PROPERTY(QString revisionText READ revisionText NOTIFY changed)
    Q_PROPERTY(QString clockText READ clockText NOTIFY changed)
    Q_PROPERTY(QString versionText READ versionText CONSTANT)
    Q_PROPERTY(QString licencesText READ licencesText CONSTANT)

public:
    struct Options
    {
        QString directory; ///< of preferences and tokens
        QString token;     ///< for this run only; not kept
        QString tokenFile;
    };

    /// Both must outlive the console.
    Console(const Clock &clock, RandomSource &random, Options options);

    /// Connects to an address, or, when there is none, to the server that was used last (this machine's at first).
    void start(const std::optional<Endpoint> &endpoint);

    Link *link() { return &link_; }
    Access *access() { return &access_; }
    ViewRange *range() { return &range_; }
    MarksModel *marks() { return &marks_; }
    Navigation *navigation() { return &navigation_; }
    Overview *overview() { return &overview_; }
    ConnectionsModel *connections() { return &connections_; }
    ChatTester *chat() { return &chat_; }
    BreakerPanel *breakers() { return &breakers_; }
    TaskPanel *tasks() { return &tasks_; }
    ToolInspection *review() { return &review_; }
    ServersModel *servers() { return &servers_; }
    Preferences *preferences() { return &preferences_; }
    Keymap *keymap() { return &keymap_; }
    CommandIndex *commands() { return &commands_; }
    ActionRunner *actions() { return &actions_; }
    OpsClient &client() { return client_; }

    QString sentence() const;
    int sentenceStatus() const;
    QStringList numbers() const;
    QString lastErrorText() const { return lastError_; }
    QString revisionText() const;
    QString clockText() const;
    QString versionText() const;
    QString licencesText() const;

    /// What a maintainer needs to know of this console and its link; no secrets.
    Q_INVOKABLE QString diagnostics() const;
    Q_INVOKABLE void copy(const QString &text);

Q_SIGNALS:
    void changed();

private:
    void joinLink();
    /// A new file among the person's downloads.
    QString exportFile(const QString &name, const QString &suffix) const;
    void tellOfExport(const QString &file, bool ok);
    void joinActions();
    void joinPalette();
    void use(const ServerProfile &profile);
    void whenOverviewChanged();
    void closeChosen();
    void closeUser();
    void probeBreaker(const QString &name, std::function<void(const QString &)> progress);
    void overrideBreaker(wire::BreakerOverride state);
    void pinDegradation();
    void releaseDegradation();
    void acceptTool();
    void cancelTask();
    void decide(const QString &key, const QString &what, bool approved);
    void showPlace(const Navigation::Place &place);
    void refreshReasons();
    void tick();
    void applyZone();
    void loadSavedFilters();
    const wire::OverviewRow *overviewRow() const;

    const Clock &clock_;
    const Options options_;
    OpsClient client_;
    Preferences preferences_;
    ViewRange range_;
    SeriesFeed feed_;
    Link link_;
    Access access_;
    MarksModel marks_{this};
    Navigation navigation_{this};
    Overview overview_;
    ConnectionsModel connections_;
    BreakerPanel breakers_;
    TaskPanel tasks_;
    ToolInspection review_;
    ChatTester chat_;
    OtherConversations others_;
    ServersModel servers_;
    Keymap keymap_;
    CommandIndex commands_{this};
    ActionRunner actions_;
    QTimer changeTimer_; ///< deltas of one moment are one change for QML
    QTimer ticker_;
    QString lastError_;
};

} // namespace orchestra
