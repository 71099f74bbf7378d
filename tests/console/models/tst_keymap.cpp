// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/keymap.h"

#include <QAbstractItemModelTester>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;

/// Every key, and what a person made of it.
class TstKeymap : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;

    QString file() const { return folder_.filePath(u"console.ini"_qs); }
    static int rowOf(const Keymap &keymap, int command)
    {
        for (int row = 0; row < keymap.rowCount(); ++row)
            if (keymap.rows()[static_cast<std::size_t>(row)].command == command)
                return row;
        return -1;
    }
    static QVariant fact(const Keymap &keymap, int command, const char *role)
    {
        return keymap.data(keymap.index(rowOf(keymap, command)), keymap.roleNames().key(role));
    }

private Q_SLOTS:
    void cleanup() { QFile::remove(file()); }

    void beginsWithoutAClash()
    {
        Preferences preferences(file(), nullptr);
        Keymap keymap(preferences, nullptr);
        for (const KeyBinding &binding : keymap.rows())
            QVERIFY2(binding.clash.isEmpty(), qPrintable(binding.title));
        QCOMPARE(keymap.keysFor(Keymap::Palette), u"Ctrl K"_qs);
        QCOMPARE(keymap.keysFor(-1), QString());
    }

    void knowsWhichKeysMustNotFireInATextField()
    {
        Preferences preferences(file(), nullptr);
        Keymap keymap(preferences, nullptr);
        QVERIFY(fact(keymap, Keymap::Pause, "bare").toBool());
        QVERIFY(fact(keymap, Keymap::FocusFilter, "bare").toBool());
        for (const int command : {Keymap::Palette, Keymap::Back, Keymap::Refresh, Keymap::NextPane})
            QVERIFY2(!fact(keymap, command, "bare").toBool(), qPrintable(QString::number(command)));
    }

    void rebindsWarnsAndRemembers()
    {
        {
            Preferences preferences(file(), nullptr);
            Keymap keymap(preferences, nullptr);
            QAbstractItemModelTester tester(&keymap, QAbstractItemModelTester::FailureReportingMode::Fatal);
            QVERIFY(keymap.rebind(rowOf(keymap, Keymap::Pause), u"L"_qs));
            QCOMPARE(fact(keymap, Keymap::Pause, "clash").toString(), u"Go live"_qs);
            QCOMPARE(fact(keymap, Keymap::GoLive, "clash").toString(), u"Pause the view"_qs);
            QVERIFY(keymap.rebind(rowOf(keymap, Keymap::GoLive), QString()));
            QCOMPARE(fact(keymap, Keymap::Pause, "clash").toString(), QString());
            QVERIFY(!keymap.rebind(rowOf(keymap, Keymap::Keys), u"Ctrl+K, Ctrl+L"_qs));
            QVERIFY(!keymap.rebind(-1, u"X"_qs));
            QVERIFY(!keymap.rebind(999, u"X"_qs));
        }
        Preferences preferences(file(), nullptr);
        Keymap keymap(preferences, nullptr);
        QCOMPARE(keymap.keysFor(Keymap::Pause), u"L"_qs);
        QCOMPARE(keymap.keysFor(Keymap::GoLive), QString());
        keymap.reset(rowOf(keymap, Keymap::Pause));
        QCOMPARE(keymap.keysFor(Keymap::Pause), u"P"_qs);
        keymap.resetAll();
        QCOMPARE(keymap.keysFor(Keymap::GoLive), u"L"_qs);
    }
};

QTEST_GUILESS_MAIN(TstKeymap)
#include "tst_keymap.moc"
