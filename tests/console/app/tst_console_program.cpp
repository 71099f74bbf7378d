// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_process.h"

#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;

/// The program as it is called.
class TstConsoleProgram : public QObject
{
    Q_OBJECT

private:
    struct Outcome
    {
        int code = -1;
        QString out;
        QString err;
    };

    static Outcome run(const QStringList &arguments)
    {
        QProcess process;
        process.start(ServerProcess::binary(QStringLiteral("orchestra-console")), arguments);
        Outcome outcome;
        if (!process.waitForFinished(60'000)) {
            process.kill();
            process.waitForFinished();
            return outcome;
        }
        outcome.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        outcome.out = QString::fromUtf8(process.readAllStandardOutput());
        outcome.err = QString::fromUtf8(process.readAllStandardError());
        return outcome;
    }

private Q_SLOTS:
    void saysHowItIsCalled()
    {
        const Outcome help = run({QStringLiteral("--help")});
        QCOMPARE(help.code, 0);
        for (const char *option : {"--server", "--token-file", "--profile", "--open", "--scheme", "--screenshot"})
            QVERIFY2(help.out.contains(QLatin1String(option)), option);
        const Outcome version = run({QStringLiteral("--version")});
        QCOMPARE(version.code, 0);
        QVERIFY(version.out.startsWith(QStringLiteral("orchestra-console ")));
    }

    void refusesWhatItDoesNotUnderstand_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("reason");
        QTest::newRow("option") << QStringList{u"--nonsense"_qs} << u"nonsense"_qs;
        QTest::newRow("address") << QStringList{u"--server"_qs, u"ftp://x"_qs} << u"orchestra-console: "_qs;
        QTest::newRow("scheme") << QStringList{u"--scheme"_qs, u"pink"_qs} << u"dark, light or contrast"_qs;
    }
    void refusesWhatItDoesNotUnderstand()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, reason);
        const QTemporaryDir profile;
        const Outcome outcome = run(arguments + QStringList{u"--profile"_qs, profile.path()});
        QVERIFY(outcome.code == 1 || outcome.code == 2);
        QVERIFY2(outcome.err.contains(reason), qPrintable(outcome.err));
    }

    void takesAPictureOfAPlaceAndEnds()
    {
        ServerProcess server;
        QVERIFY2(server.start(), qPrintable(server.lastOutput()));
        const QTemporaryDir folder;
        const QString picture = folder.filePath(u"picture.png"_qs);
        const Outcome outcome =
            run({u"--server"_qs, server.url(), u"--token-file"_qs, server.dataDir() + u"/operator.token"_qs,
                 u"--profile"_qs, folder.filePath(u"profile"_qs), u"--open"_qs, u"orchestra://x/connections"_qs,
                 u"--scheme"_qs, u"light"_qs, u"--screenshot"_qs, picture, u"--after"_qs, u"2"_qs});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QImage image(picture);
        QVERIFY(image.width() >= 960 && image.height() >= 600);
        QVERIFY2(qGray(image.pixel(image.width() / 2, image.height() - 100)) > 128, "the light theme was wanted");
    }

    void saysThatAPictureCannotBeWritten()
    {
        const QTemporaryDir folder;
        const Outcome outcome =
            run({u"--server"_qs, u"127.0.0.1:9"_qs, u"--profile"_qs, folder.path(), u"--screenshot"_qs,
                 folder.filePath(u"none/picture.png"_qs), u"--after"_qs, u"0.1"_qs});
        QCOMPARE(outcome.code, 1);
        QVERIFY(outcome.err.contains(u"cannot write"_qs));
    }
};

QTEST_GUILESS_MAIN(TstConsoleProgram)
#include "tst_console_program.moc"
