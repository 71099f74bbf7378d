// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/event_stream.h"

#include <QTest>

using namespace orchestra;

class TstEventStream : public QObject
{
    Q_OBJECT

private:
    /// Each event as type|id|data, however the bytes are cut.
    static QStringList read(const std::string &bytes, std::size_t piece)
    {
        QStringList events;
        EventStream stream(1000);
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            stream.take(std::string_view(bytes).substr(at, piece), [&events](const ServerSentEvent &event) {
                const auto text = [](std::string_view part) {
                    return QString::fromUtf8(part.data(), qsizetype(part.size()));
                };
                events << text(event.type) + QLatin1Char('|') + text(event.lastEventId) + QLatin1Char('|') +
                              text(event.data);
                return true;
            });
        }
        return events;
    }

private Q_SLOTS:
    void readsEventsHoweverTheyAreCut_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("events");
        const auto row = [](const char *name, const char *bytes, const QStringList &events) {
            QTest::newRow(name) << QByteArray(bytes) << events;
        };
        row("one line of data", "data: a\n\n", {QStringLiteral("message||a")});
        row("lines are joined", "data: a\ndata:b\ndata\n\n", {QStringLiteral("message||a\nb\n")});
        row("only one space is dropped", "data:  a\n\n", {QStringLiteral("message|| a")});
        row("types last for one event", "event: x\ndata: 1\n\ndata: 2\n\n",
            {QStringLiteral("x||1"), QStringLiteral("message||2")});
        row("ids last", "id: 7\ndata: 1\n\ndata: 2\n\nid\ndata: 3\n\n",
            {QStringLiteral("message|7|1"), QStringLiteral("message|7|2"), QStringLiteral("message||3")});
        row("comments and unknown fields", ": keep-alive\nfoo: bar\ndata: a\n\n", {QStringLiteral("message||a")});
        row("carriage returns", "data: a\r\rdata: b\r\n\r\ndata: c\n\r\n",
            {QStringLiteral("message||a"), QStringLiteral("message||b"), QStringLiteral("message||c")});
        row("a byte order mark",
            "\xef\xbb\xbf"
            "data: a\n\n",
            {QStringLiteral("message||a")});
        row("no data, no event", "event: x\n\ndata: a\n\n", {QStringLiteral("message||a")});
        row("an unfinished event is none", "data: a\n\ndata: b\n", {QStringLiteral("message||a")});
    }
    void readsEventsHoweverTheyAreCut()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QStringList, events);
        for (std::size_t piece = 1; piece <= std::size_t(bytes.size()); ++piece)
            QCOMPARE(read(bytes.toStdString(), piece), events);
    }

    void remembersTheWaitBeforeAReconnection()
    {
        EventStream stream(100);
        const auto ignore = [](const ServerSentEvent &) { return true; };
        stream.take("retry: soon\n", ignore);
        QVERIFY(!stream.retryMs());
        stream.take("retry: 1500\n", ignore);
        QCOMPARE(*stream.retryMs(), std::int64_t(1500));
    }

    void stopsWhenItIsTold()
    {
        EventStream stream(100);
        int events = 0;
        QVERIFY(!stream.take("data: 1\n\ndata: 2\n\n", [&events](const ServerSentEvent &) { return ++events == 0; }));
        QCOMPARE(events, 1);
        QVERIFY(!stream.isTooLong());
    }

    void refusesALineOrAnEventOverTheLimit()
    {
        const auto ignore = [](const ServerSentEvent &) { return true; };
        EventStream line(100);
        QVERIFY(!line.take("data: " + std::string(95, 'x'), ignore));
        QVERIFY(line.isTooLong());
        EventStream event(100);
        bool goesOn = true;
        for (int i = 0; i < 20 && goesOn; ++i)
            goesOn = event.take("data: 0123456789\n", ignore);
        QVERIFY(!goesOn);
        QVERIFY(event.isTooLong());
    }
};

QTEST_GUILESS_MAIN(TstEventStream)
#include "tst_event_stream.moc"
