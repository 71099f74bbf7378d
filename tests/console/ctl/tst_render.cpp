// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/render.h"

#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace orchestra;
using namespace orchestra::ctl;

namespace {

constexpr WallMs kNow = 1'780'000'000'000;

QString plain(const Line &line)
{
    QString out;
    for (const Span &span : line)
        out += span.text;
    return out;
}

QString plain(const std::vector<Line> &lines)
{
    QString out;
    for (const Line &line : lines)
        out += plain(line) + QLatin1Char('\n');
    return out;
}

} // namespace

class TstRender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsAgesInTheUnitThatFits()
    {
        QCOMPARE(ageText(-5), QStringLiteral("0 s"));
        QCOMPARE(ageText(119'999), QStringLiteral("119 s"));
        QCOMPARE(ageText(120'000), QStringLiteral("2 min"));
        QCOMPARE(ageText(7'200'000), QStringLiteral("2 h"));
        QCOMPARE(ageText(172'800'000), QStringLiteral("2 d"));
    }

    void tellsSizesInBinaryUnits()
    {
        QCOMPARE(bytesText(1023), QStringLiteral("1023 B"));
        QCOMPARE(bytesText(27'034), QStringLiteral("26.4 KiB"));
        QCOMPARE(bytesText(3ULL << 40U), QStringLiteral("3.0 TiB"));
    }

    void showsPartsOfATaskFurtherIn()
    {
        wire::TaskRow whole;
        whole.taskId = TaskId({1});
        whole.userId = "ann";
        whole.agent = "planner";
        whole.state = wire::TaskState::WaitingApproval;
        whole.approvals = {{ApprovalId({9}), "set_flag", {R"({"name":"x"})"}, {kNow - 1000}, {kNow + 60'000}}};
        wire::TaskRow part = whole;
        part.taskId = TaskId({2});
        part.parentTaskId = whole.taskId;
        part.agent = "worker";
        part.state = wire::TaskState::Failed;
        part.error = wire::ErrorBody{Code::NoModel, "There is no model.", false};
        part.approvals.clear();
        const QStringList lines = plain(taskTable({part, whole}).lines(std::nullopt)).split(QLatin1Char('\n'));
        QVERIFY2(lines[1].startsWith(QStringLiteral("▲ waits for a yes")), qPrintable(lines[1]));
        QVERIFY2(lines[2].startsWith(QStringLiteral("  ✖ failed")) &&
                     lines[2].contains(QStringLiteral("There is no model.")),
                 qPrintable(lines[2]));
        const QString asked = plain(renderApprovals({part, whole}, kNow));
        QVERIFY2(asked.contains(QStringLiteral("set_flag {\"name\":\"x\"}")) &&
                     asked.contains(QStringLiteral("60 s left")),
                 qPrintable(asked));
        QVERIFY(renderApprovals({part}, kNow).empty());
    }

    void saysWhichModelsAndToolsCanBeUsed()
    {
        wire::ModelRow model;
        model.server = "local";
        model.model = "tiny\x1b[2J";
        model.canChat = model.canUseTools = true;
        model.parameters = "0.5B";
        model.breakerState = wire::BreakerState::Closed;
        model.firstTokenMs = 318.4;
        wire::ModelRow silent;
        silent.server = "lab";
        silent.url = "http://lab:11434";
        silent.trouble = "connection refused";
        const QString models = plain(modelTable({model, silent}).lines(std::nullopt));
        for (const char *part :
             {"● answers", "chat tools", "318 ms", "0.5B", "✖ does not answer", "http://lab:11434: connection refused"})
            QVERIFY2(models.contains(QString::fromUtf8(part)), part);
        QVERIFY(!models.contains(QChar(0x1b)));
        wire::ToolRow tool;
        tool.name = "set_flag";
        tool.server = "built-in";
        tool.role = "operator";
        tool.changes = tool.changed = tool.pinned = true;
        const QString tools = plain(toolTable({tool}).lines(std::nullopt));
        QVERIFY2(tools.contains(QStringLiteral("▲ changed, waits for a yes")) &&
                     tools.contains(QStringLiteral("operator, asks first")),
                 qPrintable(tools));
        // What has to be accepted is shown with the name that the command takes, whatever the tool says of itself.
        QVERIFY(renderToolChanges({tool}).empty());
        tool.target = "wiki/search";
        tool.digest = std::string(64, 'a');
        tool.differences = {"/description: \"Finds.\" became \"Finds.\x1b[2J\""};
        const QString changes = plain(renderToolChanges({tool}));
        QVERIFY2(changes.contains(QStringLiteral("wiki/search@aaaaaaaaaaaa")) &&
                     changes.contains(QStringLiteral("/description")) && !changes.contains(QChar(0x1b)),
                 qPrintable(changes));
    }

    void showsAllThatAToolSaysOfItself()
    {
        wire::ToolDescription tool{"wiki/search", std::string(64, 'a'),  "{\"name\":\"find\xe2\x80\x8b\"}",
                                   "b",           "{\"name\":\"look\"}", true};
        const QString changed = plain(renderTool(tool));
        for (const char *part : {"wiki/search", "▲ waits for a yes", "-     \"name\": \"look\"",
                                 "+     \"name\": \"find<U+200B>\"", "tools accept wiki/search@aaaaaaaaaaaa "})
            QVERIFY2(changed.contains(QString::fromUtf8(part)), part);
        tool.waiting = false;
        tool.acceptedDefinition.reset();
        const QString accepted = plain(renderTool(tool));
        QVERIFY(accepted.contains(QStringLiteral("● accepted")));
        QVERIFY(!accepted.contains(QStringLiteral("before")) && !accepted.contains(QStringLiteral("- ")));
        QVERIFY(!accepted.contains(QStringLiteral("tools accept")));
    }

    void tellsHowABreakerWentFromStateToState()
    {
        const wire::BreakerTransition move{
            "store", wire::BreakerState::Closed, wire::BreakerState::ForcedOpen, {kNow}, "disk\x1b[2J", "olga", {}};
        const Line line = renderTransition(move);
        const QString text = plain({line});
        for (const char *part : {"store", "closed → forced open", "disk", "by olga"})
            QVERIFY2(text.contains(QString::fromUtf8(part)), part);
        QVERIFY(!text.contains(QChar(0x1b)));
        QVERIFY(std::ranges::any_of(line, [](const Span &span) { return span.tone == Tone::Bad; }));
    }

    void saysWhoHoldsALevelAndWhatIsMeasured()
    {
        wire::DegradationRow row;
        row.level = 2;
        row.name = "constrained";
        row.pinned = true;
        row.since = {kNow - 90'000};
        row.cause = "disks are replaced";
        row.actor = "olga";
        row.pinnedUntil = wire::Timestamp{kNow + 600'000};
        row.inputs = {{"memory", 0.5, "1 of 2 GiB"}, {"loop_lag", {}, "not yet"}};
        const QString text = plain(renderDegradation(row, kNow));
        for (const char *part : {"Level 2 of 4: constrained", "for 90 s: disks are replaced",
                                 "Pinned by olga, ends in 10 min", "50 %", "1 of 2 GiB", "—"})
            QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
    }

    void showsAnUnknownNumberAsADashNeverAsZero()
    {
        wire::OverviewRow row;
        row.sentence = "all is well";
        const QString text = plain(renderOverview(row, kNow));
        QVERIFY(text.contains(QStringLiteral("● Healthy: all is well")));
        QVERIFY(text.contains(QStringLiteral("— ms, — ms")));
    }

    void showsStartupPhasesWhileTheServerIsNotReady()
    {
        wire::OverviewRow row;
        row.phases = {{"DATABASE", wire::PhaseState::Failed, 12, "disk full"}};
        QVERIFY(plain(renderOverview(row, kNow)).contains(QStringLiteral("failed: disk full")));
        row.ready = true;
        QVERIFY(!plain(renderOverview(row, kNow)).contains(QStringLiteral("disk full")));
    }

    void alignsNumbersRightAndTextLeft()
    {
        TextTable table;
        table.columns = {{QStringLiteral("name")}, {QStringLiteral("n"), true}, {QStringLiteral("rest")}};
        table.rows = {{{QStringLiteral("a")}, {QStringLiteral("5")}, {QStringLiteral("x")}},
                      {{QStringLiteral("longer")}, {QStringLiteral("123")}, {QStringLiteral("y")}}};
        const auto lines = table.lines(80);
        QCOMPARE(plain(lines[1]), QStringLiteral("a         5  x"));
        QCOMPARE(plain(lines[2]), QStringLiteral("longer  123  y"));
    }

    void cutsLinesToTheTerminal()
    {
        TextTable table;
        table.columns = {{QStringLiteral("name")}, {QStringLiteral("rest")}};
        table.rows = {{{QStringLiteral("a")}, {QString(500, QLatin1Char('x'))}}};
        const QString cut = plain(table.lines(40)[1]);
        QCOMPARE(cut.size(), 40);
        QVERIFY(cut.endsWith(QStringLiteral("…")));
    }

    void cutsNothingWhereThereIsNoTerminal()
    {
        wire::ConnectionRow row;
        row.userId = std::string(200, 'u');
        row.connectionId = ConnectionId({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        const QString id = QString::fromStdString(toString(row.connectionId));
        QVERIFY(plain(connectionTable({row}, kNow).lines(std::nullopt)[1]).endsWith(id));
        wire::ThreadRow thread;
        thread.threadId = ThreadId(row.connectionId.bytes());
        thread.sessionId = std::string(500, 's');
        const QString line = plain(threadTable({thread}, kNow).lines(std::nullopt)[1]);
        QVERIFY(line.contains(QString(500, u's')) && line.endsWith(id));
    }

    void keepsARowOnOneLine()
    {
        wire::FlagRow row;
        row.name = "beta";
        row.description = "first\nsecond\tthird";
        const QString line = plain(flagTable({row}, kNow).lines(200)[1]);
        QVERIFY(line.endsWith(QStringLiteral("first second third")));
    }

    void knowsTheWidthOfATerminalAndThatAPipeHasNone()
    {
        int pipe[2];
        QCOMPARE(::pipe(pipe), 0);
        QVERIFY(!columnsOf(pipe[1]));
        ::close(pipe[0]);
        ::close(pipe[1]);
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
        QVERIFY(terminal >= 0);
        QCOMPARE(columnsOf(terminal), std::optional(100)); // it does not say
        const winsize size{24, 70, 0, 0};
        QCOMPARE(::ioctl(terminal, TIOCSWINSZ, &size), 0);
        QCOMPARE(columnsOf(terminal), std::optional(70));
        ::close(terminal);
    }

    void marksAQueueAboveThreeQuartersOfItsBound()
    {
        wire::ConnectionRow row;
        row.queueLimitBytes = 1000;
        row.queueBytes = 751;
        QCOMPARE(connectionTable({row}, kNow).rows[0][9].tone, Tone::Warning);
        row.queueBytes = 750;
        QCOMPARE(connectionTable({row}, kNow).rows[0][9].tone, Tone::Plain);
    }

    void saysWhatABreakerDoesInWords()
    {
        wire::BreakerRow row;
        row.name = "store";
        row.state = wire::BreakerState::Open;
        QVERIFY(plain(breakerTable({row}, kNow).lines(120)).contains(QStringLiteral("✖ open (refusing)")));
    }

    void cannotBeDrivenByWhatOthersWrote()
    {
        QCOMPARE(printable("a\x1b[2Jb\r\x07"), QStringLiteral("a\uFFFD[2Jb\uFFFD\uFFFD"));
        QCOMPARE(printable("\u202Egpj.exe"), QStringLiteral("\uFFFDgpj.exe"));
        QCOMPARE(printable("two\nlines\tand a tab"), QStringLiteral("two\nlines\tand a tab"));
        QCOMPARE(printable("\xff"), QStringLiteral("\uFFFD"));
    }
};

QTEST_GUILESS_MAIN(TstRender)
#include "tst_render.moc"
