// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/command_index.h"
#include "console/actions/confirmation.h"
#include "console/app/console.h"
#include "qml/ui/look.h"

#include <QApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QTest>

#include <functional>

using namespace orchestra;

/// The screens are tested over stand-ins of the models: what these offer must be what the models offer.
class TstStandIns : public QObject
{
    Q_OBJECT

private:
    QQmlEngine engine_;

    std::unique_ptr<QObject> standIn(const QString &type)
    {
        QQmlComponent component(&engine_);
        component.setData("import Orchestra.Console\n" + type.toUtf8() + " {}", QUrl());
        std::unique_ptr<QObject> object(component.create());
        if (!object)
            qWarning("%s", qPrintable(component.errorString()));
        return object;
    }

    static QStringList sorted(const QHash<int, QByteArray> &roles)
    {
        QStringList names;
        for (const QByteArray &name : roles)
            names << QString::fromUtf8(name);
        names.sort();
        return names;
    }

    template <class Model>
    static void addRoles(const char *type)
    {
        const Model model(nullptr);
        QTest::newRow(type) << sorted(model.roleNames());
    }

    /// How many arguments the methods of that name may have; empty when there is none.
    static QSet<int> arities(const QMetaObject *meta, const QByteArray &name)
    {
        QSet<int> counts;
        for (int at = 0; at < meta->methodCount(); ++at) {
            if (meta->method(at).name() == name)
                counts << meta->method(at).parameterCount();
        }
        return counts;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(ui::installLook());
        engine_.addImportPath(QStringLiteral("qrc:/qt/qml"));
        engine_.addImportPath(QStringLiteral(FAKE_DIR));
    }

    void rowsHaveTheRolesOfTheModel_data()
    {
        QTest::addColumn<QStringList>("roles");
        addRoles<ToolCallsModel>("ToolCallsModel");
        addRoles<ChipsModel>("ChipsModel");
        addRoles<PhasesModel>("PhasesModel");
        addRoles<TurnsModel>("TurnsModel");
        addRoles<RepliesModel>("RepliesModel");
        addRoles<ConversationsModel>("ConversationsModel");
        addRoles<HistogramModel>("HistogramModel");
        addRoles<TopUsersModel>("TopUsersModel");
        addRoles<FilterChipsModel>("FilterChipsModel");
        addRoles<MarksModel>("MarksModel");
        addRoles<ScreensModel>("ScreensModel");
        addRoles<TilesModel>("TilesModel");
        addRoles<ProblemsModel>("ProblemsModel");
        addRoles<ChangesModel>("ChangesModel");
        addRoles<StartupModel>("StartupModel");
        addRoles<BreakersModel>("BreakersModel");
        addRoles<FlagsModel>("FlagsModel");
        addRoles<LanesModel>("LanesModel");
        addRoles<ModelsModel>("ModelsModel");
        addRoles<ToolsModel>("ToolsModel");
        addRoles<ReviewLinesModel>("ReviewLinesModel");
        addRoles<TasksModel>("TasksModel");
        addRoles<ApprovalsModel>("ApprovalsModel");
        addRoles<FactsModel>("FactsModel");
        addRoles<StepsModel>("StepsModel");
        addRoles<FramesModel>("FramesModel");
        addRoles<ConfirmItemsModel>("ConfirmItemsModel");
    }

    void rowsHaveTheRolesOfTheModel()
    {
        QFETCH(QStringList, roles);
        const std::unique_ptr<QObject> object = standIn(QString::fromUtf8(QTest::currentDataTag()));
        const auto *model = qobject_cast<QAbstractItemModel *>(object.get());
        QVERIFY(model);
        QCOMPARE(sorted(model->roleNames()), roles);
    }

    void methodsTakeAsManyArguments_data()
    {
        QTest::addColumn<const QMetaObject *>("real");
        const std::pair<const char *, const QMetaObject *> types[] = {
            {"Access", &Access::staticMetaObject},
            {"Action", &Action::staticMetaObject},
            {"ActionRunner", &ActionRunner::staticMetaObject},
            {"ApprovalsModel", &ApprovalsModel::staticMetaObject},
            {"BreakerPanel", &BreakerPanel::staticMetaObject},
            {"ChatTester", &ChatTester::staticMetaObject},
            {"CommandIndex", &CommandIndex::staticMetaObject},
            {"Confirmation", &Confirmation::staticMetaObject},
            {"ConnectionsModel", &ConnectionsModel::staticMetaObject},
            {"Console", &Console::staticMetaObject},
            {"Content", &Content::staticMetaObject},
            {"ConversationsModel", &ConversationsModel::staticMetaObject},
            {"Filter", &Filter::staticMetaObject},
            {"FramesModel", &FramesModel::staticMetaObject},
            {"Keymap", &Keymap::staticMetaObject},
            {"Link", &Link::staticMetaObject},
            {"ModelsModel", &ModelsModel::staticMetaObject},
            {"Navigation", &Navigation::staticMetaObject},
            {"Notice", &Notice::staticMetaObject},
            {"Overview", &Overview::staticMetaObject},
            {"PendingAction", &PendingAction::staticMetaObject},
            {"Preferences", &Preferences::staticMetaObject},
            {"ProblemsModel", &ProblemsModel::staticMetaObject},
            {"ServerDraft", &ServerDraft::staticMetaObject},
            {"ServersModel", &ServersModel::staticMetaObject},
            {"TaskPanel", &TaskPanel::staticMetaObject},
            {"TilesModel", &TilesModel::staticMetaObject},
            {"ToolInspection", &ToolInspection::staticMetaObject},
            {"ToolsModel", &ToolsModel::staticMetaObject},
            {"TimeRange", &ViewRange::staticMetaObject},
            {"TurnsModel", &TurnsModel::staticMetaObject},
        };
        for (const auto &[name, meta] : types)
            QTest::newRow(name) << meta;
    }

    void methodsTakeAsManyArguments()
    {
        QFETCH(const QMetaObject *, real);
        const std::unique_ptr<QObject> object = standIn(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(object);
        const QMetaObject *fake = object->metaObject();
        QStringList wrong;
        for (int at = QObject::staticMetaObject.methodCount(); at < fake->methodCount(); ++at) {
            const QMetaMethod method = fake->method(at);
            const QSet<int> known = arities(real, method.name());
            if (!known.isEmpty() && !known.contains(method.parameterCount()))
                wrong << QString::fromUtf8(method.methodSignature());
        }
        QCOMPARE(wrong, QStringList());
    }
};

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    TstStandIns test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_stand_ins.moc"
