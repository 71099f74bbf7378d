// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/command_index.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <random>

using namespace orchestra;

/// One box over everything.
class TstCommandIndex : public QObject
{
    Q_OBJECT

private:
    static PaletteEntry entry(const QString &title, PaletteEntry::Kind kind, const QString &reason = {})
    {
        PaletteEntry out;
        out.key = title;
        out.title = title;
        out.kind = kind;
        out.reason = reason;
        return out;
    }
    static QStringList titles(const CommandIndex &index)
    {
        QStringList out;
        for (const PaletteEntry &row : index.rows())
            out << row.title;
        return out;
    }

    QStringList ran_;
    std::vector<PaletteEntry> entries_;

    void give(CommandIndex &index)
    {
        index.addSource({[this] { return entries_; }, [this](const QString &key) { ran_ << key; }});
        index.reset();
    }

private Q_SLOTS:
    void init()
    {
        ran_.clear();
        entries_ = {entry(u"Overview"_qs, PaletteEntry::Place), entry(u"Close connection"_qs, PaletteEntry::Command),
                    entry(u"ann"_qs, PaletteEntry::Entity),
                    entry(u"Undo"_qs, PaletteEntry::Command, u"Nothing to undo"_qs)};
        entries_[1].risk = 2;
    }

    void scoresABeginningAboveAWordAboveAMiddleAboveScatteredLetters()
    {
        const int beginning = CommandIndex::score(u"con"_qs, u"Connections"_qs);
        const int word = CommandIndex::score(u"con"_qs, u"Close connection"_qs);
        const int middle = CommandIndex::score(u"nect"_qs, u"Connections"_qs);
        const int scattered = CommandIndex::score(u"cnn"_qs, u"Connections"_qs);
        QVERIFY(beginning > word);
        QVERIFY(word > middle);
        QVERIFY(middle > scattered);
        QVERIFY(scattered > 0);
        QCOMPARE(CommandIndex::score(u"xyz"_qs, u"Connections"_qs), 0);
        QCOMPARE(CommandIndex::score(u"abcdefgh"_qs, u"a1b1c1d1e1f1g1h"_qs), 0);
        QVERIFY(CommandIndex::score(QString(), u"anything"_qs) > 0);
    }

    void leavesCommandsOrEntitiesByThePrefix()
    {
        CommandIndex index(nullptr);
        give(index);
        QCOMPARE(index.count(), 4);
        index.setQuery(u">"_qs);
        QCOMPARE(titles(index), QStringList({u"Close connection"_qs, u"Undo"_qs}));
        index.setQuery(u"@ a"_qs);
        QCOMPARE(titles(index), QStringList{u"ann"_qs});
        index.setQuery(u"zzz"_qs);
        QCOMPARE(index.count(), 0);
        QCOMPARE(index.currentRow(), 0);
    }

    void ranksWhatWasUsedLastFirstAndWhatCannotBeDoneLast()
    {
        CommandIndex index(nullptr);
        give(index);
        QCOMPARE(titles(index).last(), u"Undo"_qs);
        QVERIFY(index.run(static_cast<int>(titles(index).indexOf(u"ann"_qs))));
        index.reset();
        QCOMPARE(titles(index).first(), u"ann"_qs);
        QCOMPARE(ran_, QStringList{u"ann"_qs});
    }

    void runsNothingThatIsNotAvailable()
    {
        CommandIndex index(nullptr);
        give(index);
        QVERIFY(!index.run(static_cast<int>(titles(index).indexOf(u"Undo"_qs))));
        QVERIFY(!index.run(-1));
        QVERIFY(!index.run(99));
        QVERIFY(ran_.isEmpty());
    }

    void completesATitleIntoTheBox()
    {
        CommandIndex index(nullptr);
        give(index);
        index.setQuery(u"clo"_qs);
        index.complete(0);
        QCOMPARE(index.query(), u"Close connection"_qs);
        index.complete(7);
        QCOMPARE(index.query(), u"Close connection"_qs);
    }

    void keepsTheCurrentRowWithinTheRows()
    {
        CommandIndex index(nullptr);
        give(index);
        index.setCurrentRow(99);
        QCOMPARE(index.currentRow(), 3);
        index.setCurrentRow(-5);
        QCOMPARE(index.currentRow(), 0);
    }

    void tellsRiskAndReasonInWords()
    {
        CommandIndex index(nullptr);
        give(index);
        index.setQuery(u">clo"_qs);
        const auto text = [&index](const char *role) {
            return index.data(index.index(0), index.roleNames().key(role)).toString();
        };
        QCOMPARE(text("riskText"), u"disruptive"_qs);
        QVERIFY(text("spoken").contains(u"disruptive"_qs));
        index.setQuery(u">und"_qs);
        QCOMPARE(text("reason"), u"Nothing to undo"_qs);
        QCOMPARE(text("available"), u"false"_qs);
    }

    void showsAtMostFifty()
    {
        entries_.clear();
        for (int i = 0; i < 80; ++i)
            entries_.push_back(entry(QStringLiteral("entry %1").arg(i), PaletteEntry::Place));
        CommandIndex index(nullptr);
        give(index);
        QCOMPARE(index.count(), CommandIndex::kShown);
    }

    void keepsItsPromisesThroughRandomQueries()
    {
        std::mt19937 random(7);
        CommandIndex index(nullptr);
        QAbstractItemModelTester tester(&index, QAbstractItemModelTester::FailureReportingMode::Fatal);
        give(index);
        static const QStringList queries{QString(), u"a"_qs, u"@b"_qs, u">c"_qs, u"1"_qs, u"f 2"_qs};
        for (int step = 0; step < 400; ++step) {
            entries_.clear();
            for (unsigned i = random() % 30; i > 0; --i)
                entries_.push_back(entry(QStringLiteral("%1 %2").arg(QChar(u'a' + char16_t(random() % 6))).arg(i),
                                         static_cast<PaletteEntry::Kind>(random() % 3),
                                         random() % 4 ? QString() : u"no"_qs));
            index.setQuery(queries[static_cast<qsizetype>(random() % 6)]);
            if (random() % 3 == 0)
                index.run(static_cast<int>(random() % 30));
            if (random() % 5 == 0)
                index.reset();
            QVERIFY(index.currentRow() == 0 || index.currentRow() < index.count());
        }
    }
};

QTEST_GUILESS_MAIN(TstCommandIndex)
#include "tst_command_index.moc"
