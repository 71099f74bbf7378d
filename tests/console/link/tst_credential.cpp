// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/credential.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace orchestra;

class TstCredential : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir dir_;

    QString file(const QString &name, const QByteArray &content)
    {
        QFile out(dir_.filePath(name));
        if (out.open(QIODevice::WriteOnly))
            out.write(content);
        return out.fileName();
    }

private Q_SLOTS:
    void init()
    {
        qunsetenv("ORCHESTRA_TOKEN");
        qunsetenv("ORCHESTRA_TOKEN_FILE");
        qputenv("ORCHESTRA_SERVER__DATA_DIR", dir_.path().toUtf8());
        QFile::remove(dir_.filePath(QStringLiteral("operator.token")));
    }

    void prefersWhatWasSaidOnTheCommandLine()
    {
        qputenv("ORCHESTRA_TOKEN", "from-environment");
        const auto found = findCredential(Endpoint::local(), QStringLiteral("typed"), QString());
        QCOMPARE(found->token, QStringLiteral("typed"));
    }

    void readsATokenFileWithoutItsNewline()
    {
        const auto found = findCredential(Endpoint::local(), QString(), file(QStringLiteral("t"), "ork_abc\n"));
        QCOMPARE(found->token, QStringLiteral("ork_abc"));
    }

    void saysWhichFileCannotBeRead()
    {
        const auto found = findCredential(Endpoint::local(), QString(), dir_.filePath(QStringLiteral("missing")));
        QVERIFY(!found);
        QVERIFY(found.error().message.find("missing") != std::string::npos);
        QVERIFY(!findCredential(Endpoint::local(), QString(), file(QStringLiteral("empty"), "\n")));
    }

    void findsTheOperatorTokenOfThisMachine()
    {
        file(QStringLiteral("operator.token"), "ork_local\n");
        QCOMPARE(findCredential(Endpoint::local(), {}, {})->token, QStringLiteral("ork_local"));
    }

    void neverSendsThatTokenElsewhere()
    {
        file(QStringLiteral("operator.token"), "ork_local\n");
        const auto elsewhere = Endpoint::parse(QStringLiteral("https://chat.example.org"));
        QVERIFY(findCredential(*elsewhere, {}, {})->token.isEmpty());
    }

    void needsNoTokenAtAll()
    {
        const auto found = findCredential(Endpoint::local(), {}, {});
        QVERIFY(found);
        QVERIFY(found->token.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TstCredential)
#include "tst_credential.moc"
