// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/arguments.h"
#include "console/ctl/completion.h"

#include <QProcess>
#include <QTest>

using namespace orchestra::ctl;

namespace {

/// What bash offers for the words of a command line, the last of which is being typed.
QStringList offered(const QStringList &line)
{
    QProcess bash;
    QString script = completionScript(QStringLiteral("bash"));
    script += QStringLiteral("COMP_WORDS=(%1); COMP_CWORD=%2; _orchestractl; printf '%s\\n' \"${COMPREPLY[@]}\"\n")
                  .arg(line.join(QLatin1Char(' ')) + (line.last().isEmpty() ? QStringLiteral("''") : QString()))
                  .arg(line.size() - 1);
    bash.start(QStringLiteral("bash"), {QStringLiteral("--norc"), QStringLiteral("-c"), script});
    bash.waitForFinished();
    return QString::fromUtf8(bash.readAllStandardOutput()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

class TstCompletion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void offersEveryCommand() { QCOMPARE(offered({QStringLiteral("orchestractl"), QString()}), commandNames()); }

    void finishesACommand()
    {
        QCOMPARE(offered({QStringLiteral("orchestractl"), QStringLiteral("conn")}),
                 QStringList{QStringLiteral("connections")});
    }

    void offersTopicsAndOptionsOfACommand()
    {
        const QStringList words = offered({QStringLiteral("orchestractl"), QStringLiteral("watch"), QString()});
        QVERIFY(words.contains(QStringLiteral("breakers")));
        QVERIFY(words.contains(QStringLiteral("--filter")));
        QVERIFY(!words.contains(QStringLiteral("--once")));
    }

    void offersWhatCanBeDoneToABreakerOrATask()
    {
        const QStringList breakers = offered({QStringLiteral("orchestractl"), QStringLiteral("breakers"), QString()});
        for (const char *word : {"open", "close", "reset", "probe", "history", "--reason", "--for", "--follow"})
            QVERIFY2(breakers.contains(QLatin1String(word)), word);
        const QStringList tasks =
            offered({QStringLiteral("orchestractl"), QStringLiteral("tasks"), QStringLiteral("ap")});
        QCOMPARE(tasks, QStringList{QStringLiteral("approve")});
        QVERIFY(offered({QStringLiteral("orchestractl"), QStringLiteral("watch"), QStringLiteral("mod")})
                    .contains(QStringLiteral("models")));
    }

    void makesAScriptForEachShellAndNothingForOthers()
    {
        QVERIFY(completionScript(QStringLiteral("zsh")).startsWith(QStringLiteral("#compdef")));
        QVERIFY(completionScript(QStringLiteral("fish")).contains(QStringLiteral("__fish_use_subcommand")));
        QVERIFY(completionScript(QStringLiteral("cmd")).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstCompletion)
#include "tst_completion.moc"
