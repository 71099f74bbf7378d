// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/tool_inspection.h"

#include "tests/console/models/rows.h"

#include <QTest>

using namespace orchestra;

/// What an operator sees of a tool before it is accepted.
class TstToolInspection : public QObject
{
    Q_OBJECT

private:
    /// "same", "+new", "-gone", in their order.
    static QStringList marked(const std::vector<ReviewLine> &lines)
    {
        QStringList out;
        for (const ReviewLine &line : lines)
            out << (line.change == ReviewLinesModel::Added     ? u"+"_qs
                    : line.change == ReviewLinesModel::Removed ? u"-"_qs
                                                               : QString()) +
                       line.text;
        return out;
    }
    static QStringList words(const char *text) { return QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts); }

private Q_SLOTS:
    void tellsLinesThatCameFromLinesThatWent_data()
    {
        QTest::addColumn<QStringList>("before");
        QTest::addColumn<QStringList>("now");
        QTest::addColumn<QStringList>("shown");
        QTest::newRow("the same") << words("a b") << words("a b") << words("a b");
        QTest::newRow("nothing before") << words("") << words("a b") << words("+a +b");
        QTest::newRow("another line") << words("a b c") << words("a x c") << words("a -b +x c");
        QTest::newRow("one more") << words("a c") << words("a b c") << words("a +b c");
        QTest::newRow("one less") << words("a b c") << words("a c") << words("a -b c");
        QTest::newRow("equal lines") << words("a a b") << words("a b b") << words("a -a b +b");
        QTest::newRow("wholly another") << words("a b") << words("c") << words("-a -b +c");
    }
    void tellsLinesThatCameFromLinesThatWent()
    {
        QFETCH(QStringList, before);
        QFETCH(QStringList, now);
        QFETCH(QStringList, shown);
        QCOMPARE(marked(reviewLines(before, now)), shown);
    }

    void givesUpComparingWhatIsVeryLong()
    {
        const QStringList many(static_cast<qsizetype>(kMostReviewLines) + 1, u"a"_qs);
        QCOMPARE(reviewLines(many, words("a")).size(), kMostReviewLines + 2);
    }

    void showsWhatCannotBeSeen()
    {
        const QStringList lines = definitionLines("{\"name\":\"read\",\"description\":\"a\xe2\x80\x8b"
                                                  "b\xe2\x80\xae"
                                                  "c\xf3\xa0\x81\x81\"}");
        QCOMPARE(lines.size(), 4);
        QCOMPARE(lines[1].trimmed(), u"\"description\": \"a<U+200B>b<U+202E>c<U+E0041>\","_qs);
        QCOMPARE(definitionLines("no JSON"), QStringList{u"no JSON"_qs});
    }

    void offersToAcceptOnlyWhatItShows()
    {
        LinkedPeer linked;
        ToolInspection review(linked.client, nullptr);
        QTRY_VERIFY(linked.isLive());
        wire::ToolDescription tool{"files/read", "0123456789abcdef0123", "{\"a\":2}", "old", "{\"a\":1}", true};
        bool isThere = true;
        linked.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            if (const auto *query = std::get_if<wire::ToolQuery>(&frame))
                linked.peer.send(wire::ToolReply{query->id, isThere ? std::optional(tool) : std::nullopt});
        };
        QVERIFY(!review.isShown());
        QVERIFY(!review.acceptAction()->isAvailable());
        review.look(u"files/read"_qs);
        QVERIFY(review.isShown());
        QCOMPARE(review.content()->kind(), static_cast<int>(Content::Loading));
        QVERIFY(!review.acceptAction()->isAvailable());
        QTRY_COMPARE(review.content()->kind(), static_cast<int>(Content::Ready));
        QCOMPARE(linked.peer.bodies<wire::ToolQuery>().back().name, std::string("files/read"));
        QCOMPARE(review.summaryText(), u"Since it was accepted, lines have come (+ 1) and gone (− 1)."_qs);
        QCOMPARE(review.digestText(), u"SHA-256 0123456789abcdef"_qs);
        QCOMPARE(review.digest(), tool.digest);
        QVERIFY(review.acceptAction()->isAvailable());
        review.setActionReason(u"prod is read-only"_qs);
        QCOMPARE(review.acceptAction()->reason(), u"prod is read-only"_qs);
        review.setActionReason({});

        tool.acceptedDigest.reset();
        tool.acceptedDefinition.reset();
        review.look(u"files/read"_qs);
        QVERIFY(review.digest().empty());
        QTRY_COMPARE(review.summaryText(), u"It is new: nobody has accepted it yet."_qs);
        QCOMPARE(marked(review.lines()->rows()).first(), u"+{"_qs);

        tool.acceptedDigest = tool.digest;
        tool.waiting = false;
        review.look(u"files/read"_qs);
        QTRY_COMPARE(review.summaryText(), u"It is accepted as it describes itself now."_qs);
        QCOMPARE(review.acceptAction()->reason(), u"It is offered already"_qs);
        QCOMPARE(marked(review.lines()->rows()).first(), u"{"_qs);

        isThere = false;
        review.look(u"files/gone"_qs);
        QTRY_COMPARE(review.content()->kind(), static_cast<int>(Content::Empty));
        QVERIFY(!review.acceptAction()->isAvailable());
        review.close();
        QVERIFY(!review.isShown());
    }

    void saysSoWhenThereIsNoAnswer()
    {
        LinkedPeer linked;
        ToolInspection review(linked.client, nullptr);
        QTRY_VERIFY(linked.isLive());
        review.look(u"files/read"_qs);
        linked.peer.vanish();
        QTRY_COMPARE(review.content()->kind(), static_cast<int>(Content::Error));
        QVERIFY(!review.acceptAction()->isAvailable());
    }
};

QTEST_GUILESS_MAIN(TstToolInspection)
#include "tst_tool_inspection.moc"
