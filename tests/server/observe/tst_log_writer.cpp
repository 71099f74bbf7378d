// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/log_writer.h"
#include "tests/support/manual_clock.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryFile>
#include <QTest>

#include <atomic>

using namespace orchestra;

namespace {

LogRecord record(std::string event = "ws.closed")
{
    LogRecord out;
    out.event = std::move(event);
    out.message = "connection closed";
    out.logger = "edge";
    out.at = 1'780'000'000'123;
    return out;
}

QJsonObject parsed(const LogRecord &record)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(formatLog(record, LogStyle::Json))).object();
}

} // namespace

class TstLogWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesOneJsonObjectPerLine()
    {
        LogRecord entry = record();
        entry.correlationId = "c-1";
        entry.fields = {{"code", "4101"}};
        const QJsonObject json = parsed(entry);
        QCOMPARE(json[QStringLiteral("ts")].toString(), QStringLiteral("2026-05-28T20:26:40.123Z"));
        QCOMPARE(json[QStringLiteral("level")].toString(), QStringLiteral("INFO"));
        QCOMPARE(json[QStringLiteral("event")].toString(), QStringLiteral("ws.closed"));
        QCOMPARE(json[QStringLiteral("correlation_id")].toString(), QStringLiteral("c-1"));
        QCOMPARE(json[QStringLiteral("code")].toString(), QStringLiteral("4101"));
    }

    void cannotBeTrickedIntoASecondLine()
    {
        LogRecord entry = record();
        entry.fields = {{"name", "x\n{\"level\":\"ERROR\"}\x1b[31m\"\\"}};
        for (const LogStyle style : {LogStyle::Json, LogStyle::Text}) {
            const std::string line = formatLog(entry, style);
            QCOMPARE(std::count(line.begin(), line.end(), '\n'), 1);
            QVERIFY(line.find('\x1b') == std::string::npos);
        }
        QCOMPARE(parsed(entry)[QStringLiteral("name")].toString(),
                 QStringLiteral("x\n{\"level\":\"ERROR\"}\x1b[31m\"\\"));
    }

    void redactsWhatLooksLikeACredential_data()
    {
        QTest::addColumn<QString>("value");
        QTest::newRow("our token") << QStringLiteral("ork_abcdef");
        QTest::newRow("header") << QStringLiteral("Authorization: Bearer abc");
        QTest::newRow("provider key") << QStringLiteral("sk-123456");
        QTest::newRow("jwt") << QStringLiteral("eyJhbGciOi");
        QTest::newRow("query") << QStringLiteral("/chat?token=abc");
    }
    void redactsWhatLooksLikeACredential()
    {
        QFETCH(QString, value);
        LogRecord entry = record();
        entry.fields = {{"detail", value.toStdString()}};
        QCOMPARE(parsed(entry)[QStringLiteral("detail")].toString(), QStringLiteral("[redacted]"));
    }

    void writesEverythingBeforeItEnds()
    {
        ManualClock clock;
        QTemporaryFile file;
        QVERIFY(file.open());
        std::FILE *stream = std::fopen(qPrintable(file.fileName()), "w");
        QVERIFY(stream);
        std::atomic<int> observed = 0;
        {
            LogWriter writer(clock, stream, LogStyle::Json, LogLevel::Info, [&](const LogRecord &) { ++observed; });
            for (int i = 0; i < 5000; ++i)
                writer.write(record());
            QCOMPARE(writer.dropped(), 0U);
        }
        std::fclose(stream);
        QCOMPARE(file.readAll().count('\n'), 5000);
        QCOMPARE(observed.load(), 5000);
    }

    void leavesOutWhatIsBelowItsLevel()
    {
        ManualClock clock;
        std::atomic<int> observed = 0;
        std::FILE *stream = std::fopen("/dev/null", "w");
        {
            LogWriter writer(clock, stream, LogStyle::Text, LogLevel::Warn, [&](const LogRecord &) { ++observed; });
            writer.write(record());
            LogRecord warning = record();
            warning.level = LogLevel::Warn;
            writer.write(warning);
            writer.setLevel(LogLevel::Debug);
            writer.write(record());
        }
        std::fclose(stream);
        QCOMPARE(observed.load(), 2);
    }

    void stampsRecordsFromItsClock()
    {
        ManualClock clock;
        WallMs at = 0;
        std::FILE *stream = std::fopen("/dev/null", "w");
        {
            LogWriter writer(clock, stream, LogStyle::Json, LogLevel::Info,
                             [&](const LogRecord &entry) { at = entry.at; });
            LogRecord entry = record();
            entry.at = 0;
            writer.write(entry);
        }
        std::fclose(stream);
        QCOMPARE(at, clock.wallMs());
    }
};

QTEST_GUILESS_MAIN(TstLogWriter)
#include "tst_log_writer.moc"
