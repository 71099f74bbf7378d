// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/row_filter.h"

#include "shared/wire/ops_messages.h"

#include <QTest>

using namespace orchestra;

class TstRowFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void refusesWhatItCannotRead_data();
    void refusesWhatItCannotRead();
};

void TstRowFilter::matches_data()
{
    QTest::addColumn<QByteArray>("filter");
    QTest::addColumn<bool>("matches");
    // ann's active connection from 10.1.2.3, silent for 7 s, 2048 bytes queued
    const auto row = [](const char *filter, bool matches) { QTest::newRow(filter) << QByteArray(filter) << matches; };
    row("", true);
    row("   ", true);
    row("user:ann", true);
    row("user_id:ann", true);
    row("user:bob", false);
    row("-user:bob", true);
    row("state:active", true);
    row("phase:active", true);
    row("state:closing", false);
    row("state:active user:ann -idle", true);
    row("idle:>5s", true);
    row("idle:>7000ms", false);
    row("idle:>=7s", true);
    row("idle:<1min", true);
    row("idle:<=6999", false);
    row("queue_bytes:>=2KiB", true);
    row("queue_bytes:>2KiB", false);
    row("10.1.2", true);
    row("ANN", true);
    row("\"two words\"", true);
    row("session:\"two words\"", true);
    row("\"two  words\"", false);
    row("-\"two words\"", false);
    row("encoding:protobuf", true);
    row("nosuchcolumn:x", false);
    row("-nosuchcolumn:x", true);
    row("user:>5", false);
}

void TstRowFilter::matches()
{
    QFETCH(QByteArray, filter);
    QFETCH(bool, matches);
    wire::ConnectionRow row;
    row.phase = wire::ConnectionPhase::Active;
    row.userId = "ann";
    row.sessionId = "has two words";
    row.address = "10.1.2.3";
    row.encoding = wire::Encoding::Protobuf;
    row.idleMs = 7000;
    row.queueBytes = 2048;
    const auto parsed = RowFilter::parse(filter.toStdString());
    QVERIFY(parsed);
    QCOMPARE(parsed->matches(row), matches);
}

void TstRowFilter::refusesWhatItCannotRead_data()
{
    QTest::addColumn<QByteArray>("filter");
    for (const char *filter : {"user:", "idle:>", "idle:>soon", "idle:>5 parsecs:>1x", "\"open", "user:\"open"})
        QTest::newRow(filter) << QByteArray(filter);
    QTest::newRow("too long") << QByteArray(501, 'x');
    QTest::newRow("too many words") << QByteArray("a ").repeated(17);
}

void TstRowFilter::refusesWhatItCannotRead()
{
    QFETCH(QByteArray, filter);
    const auto parsed = RowFilter::parse(filter.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Code::Invalid);
    QCOMPARE(parsed.error().pointer, std::string("/filter"));
}

QTEST_APPLESS_MAIN(TstRowFilter)
#include "tst_row_filter.moc"
